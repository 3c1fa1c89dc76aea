package territory

import (
	"fmt"
	"slices"
	"strings"

	"jalon/internal/apperr"
)

// Region finds a region by its code («44», «01» is Guadeloupe).
func (t *Tree) Region(code string) (Region, error) {
	if i, ok := t.regionAt[code]; ok {
		return t.regions[i], nil
	}
	return Region{}, t.unknown(Ref{RegionS, code})
}

// RegionBySlug finds a region by the name it has in addresses: «grand-est».
func (t *Tree) RegionBySlug(s string) (Region, error) {
	if i, ok := t.regionSlug[s]; ok {
		return t.regions[i], nil
	}
	var close []string
	for _, h := range t.SearchScale(s, 3, RegionS) {
		close = append(close, t.regions[t.regionAt[h.Territory.Ref.Code]].Slug)
	}
	if len(close) == 0 {
		best, name := 4, ""
		for _, r := range t.regions {
			if d := distance(s, r.Slug, best); d < best {
				best, name = d, r.Slug
			}
		}
		if name != "" {
			close = []string{name}
		}
	}
	return Region{}, apperr.NotFoundf("Région inconnue\u00a0: «\u00a0%s\u00a0».%s", clip(s), orSuggest(close))
}

// Dept finds a département by its code («67», «2A», «974»).
func (t *Tree) Dept(code string) (Dept, error) {
	if i, ok := t.deptAt[code]; ok {
		return t.depts[i], nil
	}
	return Dept{}, t.unknown(Ref{Department, code})
}

// EPCI finds an EPCI by its SIREN.
func (t *Tree) EPCI(siren string) (Group, error) {
	if i, ok := t.groupAt[siren]; ok {
		return t.groups[i], nil
	}
	return Group{}, t.unknown(Ref{EPCI, siren})
}

// EPT finds an établissement public territorial by its SIREN.
func (t *Tree) EPT(siren string) (Group, error) {
	if i, ok := t.eptAt[siren]; ok {
		return t.epts[i], nil
	}
	return Group{}, t.unknown(Ref{EPT, siren})
}

// Commune finds a commune in force by its code; the error for a former code
// names the commune that answers today.
func (t *Tree) Commune(code string) (Commune, error) {
	if i, ok := t.CommuneIndex(code); ok {
		return t.communes[i], nil
	}
	return Commune{}, t.unknown(Ref{CommuneS, code})
}

// CommunesOf lists the communes of a territory, ascending. For the nation it is
// those of the 18 regions. A perimeter is not in the tree: see MembersOf.
func (t *Tree) CommunesOf(r Ref) ([]int32, error) {
	switch r.Scale {
	case Nation:
		return t.all, nil
	case RegionS:
		if i, ok := t.regionAt[r.Code]; ok {
			return t.byRegion[i], nil
		}
	case Department:
		if i, ok := t.deptAt[r.Code]; ok {
			return t.byDept[i], nil
		}
	case EPCI:
		if i, ok := t.groupAt[r.Code]; ok {
			return t.groups[i].Communes, nil
		}
	case EPT:
		if i, ok := t.eptAt[r.Code]; ok {
			return t.epts[i].Communes, nil
		}
	case CommuneS:
		if i, ok := t.CommuneIndex(r.Code); ok {
			return []int32{i}, nil
		}
	}
	return nil, t.unknown(r)
}

// Lookup gives what a page needs of any territory of the tree.
func (t *Tree) Lookup(r Ref) (Territory, error) {
	switch r.Scale {
	case Nation:
		return Territory{Ref: r, Name: "France", Kind: "pays", Path: "/national", Population: t.populationOf(t.all)}, nil
	case RegionS:
		if i, ok := t.regionAt[r.Code]; ok {
			return Territory{Ref: r, Name: t.regions[i].Name, Kind: "région", Path: "/regions/" + t.regions[i].Slug,
				Population: t.populationOf(t.byRegion[i])}, nil
		}
	case Department:
		if i, ok := t.deptAt[r.Code]; ok {
			return Territory{Ref: r, Name: t.depts[i].Name, Kind: "département", Path: "/departements/" + r.Code,
				Population: t.populationOf(t.byDept[i]), Parents: []Ref{{RegionS, t.depts[i].Region}}}, nil
		}
	case EPCI:
		if i, ok := t.groupAt[r.Code]; ok {
			return t.group(r, t.groups[i], "/epci/"), nil
		}
	case EPT:
		if i, ok := t.eptAt[r.Code]; ok {
			return t.group(r, t.epts[i], "/epci/"), nil
		}
	case CommuneS:
		if i, ok := t.CommuneIndex(r.Code); ok {
			c := t.communes[i]
			return Territory{Ref: r, Name: c.Name, Kind: "commune", Path: "/communes/" + r.Code,
				Population: c.Population, Parents: communeParents(c)}, nil
		}
	}
	return Territory{}, t.unknown(r)
}

func (t *Tree) group(r Ref, g Group, path string) Territory {
	return Territory{Ref: r, Name: g.Name, Kind: KindLabel(g.Kind), Path: path + r.Code,
		Population: t.populationOf(g.Communes), Parents: t.groupParents(r, g)}
}

// groupParents lists the regions, then the départements, that a group touches;
// for an EPT, the Métropole du Grand Paris comes last.
func (t *Tree) groupParents(r Ref, g Group) []Ref {
	var regions, depts, around []Ref
	add := func(to *[]Ref, x Ref) {
		if x.Code != "" && !slices.Contains(*to, x) {
			*to = append(*to, x)
		}
	}
	for _, i := range g.Communes {
		c := &t.communes[i]
		add(&regions, Ref{RegionS, c.Region})
		add(&depts, Ref{Department, c.Dept})
		if r.Scale == EPT {
			add(&around, Ref{EPCI, c.EPCI})
		}
	}
	return slices.Concat(regions, depts, around)
}

func communeParents(c Commune) []Ref {
	var out []Ref
	for _, r := range []Ref{{RegionS, c.Region}, {Department, c.Dept}, {EPCI, c.EPCI}, {EPT, c.EPT}} {
		if r.Code != "" {
			out = append(out, r)
		}
	}
	return out
}

// Parents lists what holds a territory, widest first, the nation left out.
func (t *Tree) Parents(r Ref) ([]Ref, error) {
	x, err := t.Lookup(r)
	return x.Parents, err
}

// Parts cuts a territory by département, in ascending order of code: one part
// for most, several for 89 EPCI, of which 26 over several regions.
func (t *Tree) Parts(r Ref) ([]Part, error) {
	communes, err := t.CommunesOf(r)
	if err != nil {
		return nil, err
	}
	return t.PartsOf(communes), nil
}

// PartsOf cuts any set of communes by département: what Parts does, for a
// perimeter.
func (t *Tree) PartsOf(communes []int32) []Part {
	at := map[string]int{}
	var parts []Part
	for _, i := range communes {
		c := &t.communes[i]
		if c.Dept == "" {
			continue
		}
		n, ok := at[c.Dept]
		if !ok {
			n = len(parts)
			at[c.Dept] = n
			parts = append(parts, Part{Region: c.Region, Dept: c.Dept})
		}
		parts[n].Communes = append(parts[n].Communes, i)
	}
	for i := range parts {
		parts[i].Population = t.populationOf(parts[i].Communes)
	}
	slices.SortFunc(parts, func(a, b Part) int { return strings.Compare(a.Dept, b.Dept) })
	return parts
}

// KindLabel is the French name of the kind of a group.
func KindLabel(kind string) string {
	switch kind {
	case "CC":
		return "communauté de communes"
	case "CA":
		return "communauté d’agglomération"
	case "CU":
		return "communauté urbaine"
	case "METRO":
		return "métropole"
	case "MET69":
		return "métropole de Lyon"
	case "EPT":
		return "établissement public territorial"
	}
	return "intercommunalité"
}

// unknown says what is wrong with a Ref and what its author may have meant.
func (t *Tree) unknown(r Ref) error {
	if r.Scale == Perimeter {
		return apperr.NotFoundf("Périmètre inconnu\u00a0: «\u00a0%s\u00a0». Il a pu être retiré\u00a0; la liste des périmètres est à jour.", clip(r.Code))
	}
	var close []string
	if r.Scale == CommuneS {
		if c, ok := t.Successor(r.Code); ok {
			return apperr.NotFoundf("%s n’est plus le code d’une commune\u00a0: elle fait aujourd’hui partie de %s (commune:%s).", r.Code, c.Name, c.Code)
		}
	}
	for _, scale := range []Scale{RegionS, Department, EPCI, EPT, CommuneS} {
		if scale != r.Scale {
			if x, ok := t.known(Ref{scale, r.Code}); ok {
				close = append(close, fmt.Sprintf("%s est %s (%s)\u00a0: écrivez %s", r.Code, aScale(scale), x, Ref{scale, r.Code}))
			}
		}
	}
	if len(close) > 0 {
		return apperr.NotFoundf("Aucun territoire «\u00a0%s\u00a0». %s.", clip(r.String()), strings.Join(close, "\u00a0; "))
	}
	for _, h := range t.SearchScale(clip(r.Code), 3, r.Scale) {
		close = append(close, fmt.Sprintf("%s (%s)", h.Territory.Ref, h.Territory.Name))
	}
	return apperr.NotFoundf("Aucun territoire «\u00a0%s\u00a0» dans l’édition %d du découpage.%s", clip(r.String()), t.edition.Year, orSuggest(close))
}

// known returns the name of a territory without building an error when it does
// not exist: unknown calls it.
func (t *Tree) known(r Ref) (string, bool) {
	switch r.Scale {
	case RegionS:
		if i, ok := t.regionAt[r.Code]; ok {
			return t.regions[i].Name, true
		}
	case Department:
		if i, ok := t.deptAt[r.Code]; ok {
			return t.depts[i].Name, true
		}
	case EPCI:
		if i, ok := t.groupAt[r.Code]; ok {
			return t.groups[i].Name, true
		}
	case EPT:
		if i, ok := t.eptAt[r.Code]; ok {
			return t.epts[i].Name, true
		}
	case CommuneS:
		if i, ok := t.CommuneIndex(r.Code); ok {
			return t.communes[i].Name, true
		}
	}
	return "", false
}

func aScale(s Scale) string {
	switch s {
	case RegionS, EPCI, CommuneS:
		return "une " + s.Label()
	}
	return "un " + s.Label()
}

func orSuggest(close []string) string {
	if len(close) == 0 {
		return " Cherchez-le par son nom, son code ou son code postal."
	}
	return " Vouliez-vous dire\u00a0: " + strings.Join(close, ", ") + "\u00a0?"
}

// clip keeps what a user typed short enough to be read back.
func clip(s string) string {
	n := 0
	for i := range s {
		if n++; n > 60 {
			return s[:i] + "…"
		}
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// distance is the number of letters to change from a to b, at most limit.
func distance(a, b string, limit int) int {
	if len(a) > 64 || len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	prev, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(prev[j]+cost, prev[j+1]+1, row[j]+1)
		}
		prev, row = row, prev
	}
	return min(prev[len(b)], limit)
}
