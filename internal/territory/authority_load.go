package territory

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/french"
)

const authoritiesTable = "collectivites.csv"

// Authorities ties the councils to the tree: those of the table, then each EPCI
// and EPT that the table does not name. A row that designates a territory the
// edition does not know is an error, since somebody would answer for nobody.
func (t *Tree) Authorities() (_ *Authorities, err error) {
	defer apperr.Wrap(&err, "Authorities")
	f, err := data.FS.Open(authoritiesTable)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err := f.Close(); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	s := &Authorities{tree: t, at: make(map[string]int, len(t.groups)+len(rows))}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[name] = i
	}
	for n, row := range rows[1:] {
		a, err := t.readAuthority(func(name string) string { return row[col[name]] })
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", authoritiesTable, n+2, err)
		}
		if err := s.add(a); err != nil {
			return nil, err
		}
	}
	for _, group := range []struct {
		scale  Scale
		prefix string
		as     Capacity
		list   []Group
	}{{EPCI, "epci-", AsGroup, t.groups}, {EPT, "ept-", AsEPT, t.epts}} {
		for _, g := range group.list {
			if _, named := s.at[group.prefix+g.SIREN]; named {
				continue
			}
			a := Authority{Code: group.prefix + g.SIREN, Name: g.Name, Kind: KindLabel(g.Kind), Capacities: []Capacity{group.as},
				Land: []Ref{{group.scale, g.SIREN}}, SIREN: g.SIREN, ElectedTitle: groupTitle(g.Kind)}
			t.place(&a)
			if err := s.add(a); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

func (s *Authorities) add(a Authority) error {
	if _, twice := s.at[a.Code]; twice {
		return fmt.Errorf("%s: authority %s twice", authoritiesTable, a.Code)
	}
	s.at[a.Code] = len(s.list)
	s.list = append(s.list, a)
	return nil
}

func (t *Tree) readAuthority(cell func(string) string) (Authority, error) {
	a := Authority{Code: cell("code"), Name: cell("name"), SIREN: cell("siren"), ElectedTitle: cell("elected_title"), Source: cell("source"),
		Departments: list(cell("departments")), Regions: list(cell("regions"))}
	kinds := map[string]string{"region": "région", "single": "collectivité territoriale unique", "department": "département",
		"special": "collectivité à statut particulier", "group": "métropole"}
	a.Kind = kinds[cell("kind")]
	for _, c := range list(cell("capacities")) {
		a.Capacities = append(a.Capacities, Capacity(c))
	}
	for _, text := range list(cell("territories")) {
		name, except := strings.CutPrefix(text, "-")
		r, err := ParseRef(name)
		if err != nil {
			return a, err
		}
		if _, err := t.CommunesOf(r); err != nil {
			return a, err
		}
		if except {
			a.Except = append(a.Except, r)
		} else {
			a.Land = append(a.Land, r)
		}
	}
	if a.Code == "" || a.Kind == "" || widest(a) < 0 || len(a.Land) == 0 || len(a.Regions) == 0 || (a.SIREN != "" && !french.ValidSIREN(a.SIREN)) {
		return a, fmt.Errorf("authority %q is incomplete", a.Code)
	}
	a.Home = a.Regions[0]
	if len(a.Departments) == 0 {
		t.place(&a)
	}
	return a, nil
}

func list(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, "|")
}

// place finds what a group touches, and its home. The package does not publish
// seats: the SIREN of the older EPCI holds the département of theirs (24, then
// its number); for the others home is the region where most inhabitants live.
func (t *Tree) place(a *Authority) {
	a.Departments, a.Regions = nil, nil
	byRegion := map[string]int64{}
	for _, r := range a.Land {
		parts, err := t.Parts(r)
		if err != nil {
			continue // checked by the caller: the Ref is one of the tree
		}
		for _, p := range parts {
			a.Departments = append(a.Departments, p.Dept)
			if !slices.Contains(a.Regions, p.Region) {
				a.Regions = append(a.Regions, p.Region)
			}
			byRegion[p.Region] += max(p.Population, 0)
			if strings.HasPrefix(a.SIREN, "24"+p.Dept) {
				byRegion[p.Region] += 1 << 40
			}
		}
	}
	for _, region := range a.Regions {
		if a.Home == "" || byRegion[region] > byRegion[a.Home] {
			a.Home = region
		}
	}
}

// groupTitle is who heads a group, in the words of the law.
func groupTitle(kind string) string {
	switch kind {
	case "CC", "CA", "CU", "METRO":
		return "président de la " + KindLabel(kind)
	case "EPT":
		return "président de l’établissement public territorial"
	}
	return "président"
}
