package api

import (
	"context"
	"net/http"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/wording"
)

type place struct {
	Ref        string `json:"ref"`
	Scale      string `json:"scale"`
	Code       string `json:"code"`
	Name       string `json:"name"`
	Kind       string `json:"kind"`
	Population *int64 `json:"population"`
	// PopulationReason says why the population is null.
	PopulationReason string     `json:"population_reason,omitempty"`
	Page             *string    `json:"page"`
	Parents          []string   `json:"parents"`
	Place            string     `json:"place,omitempty"`
	Matched          string     `json:"matched,omitempty"`
	Note             string     `json:"note,omitempty"`
	Parts            []piece    `json:"parts,omitempty"`
	SameAs           string     `json:"same_as,omitempty"`
	Edition          *editionOf `json:"edition,omitempty"`
}

// piece is the part of an EPCI that lies in one département.
type piece struct {
	Region     string `json:"region"`
	Department string `json:"department"`
	Communes   int    `json:"communes"`
	Population *int64 `json:"population"`
}

type editionOf struct {
	Name           string `json:"name"`
	Year           int    `json:"year"`
	PopulationYear int    `json:"population_year"`
	Source         string `json:"source"`
}

type list[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"`
}

// outside is why a commune of an overseas collectivity has no panorama.
const outside = "Hors des 18 régions\u00a0: l’État n’y a pas publié de panorama, et aucun total ne compte ce territoire."

func placeOf(t territory.Territory) place {
	p := place{Ref: t.Ref.String(), Scale: string(t.Ref.Scale), Code: t.Ref.Code, Name: t.Name, Kind: t.Kind, Population: count(t.Population), Parents: []string{}}
	if t.Ref.Scale == territory.CommuneS && len(t.Parents) == 0 {
		p.Note = outside
	} else {
		page := wording.PanoramaPath(t)
		p.Page = &page
	}
	if p.Population == nil {
		p.PopulationReason = "La population de ce territoire n’est pas publiée."
	}
	for _, r := range t.Parents {
		p.Parents = append(p.Parents, r.String())
	}
	return p
}

// count gives null for what is not known.
func count(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

var listed = []territory.Scale{territory.RegionS, territory.Department, territory.EPCI, territory.EPT, territory.CommuneS}

func scaleOf(text string) (territory.Scale, error) {
	s := territory.Scale(text)
	if slices.Contains(listed, s) {
		return s, nil
	}
	return "", apperr.Invalidf("scale est region, department, epci, ept ou commune.")
}

// territories searches by name, code or postcode, or lists a scale.
func (d Deps) territories(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "q", "scale", "limit", "cursor")
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	t := m.Tree()
	if text := q.Get("q"); text != "" {
		return d.search(w, t, text, q)
	}
	scale := territory.RegionS
	if s := q.Get("scale"); s != "" {
		if scale, err = scaleOf(s); err != nil {
			return err
		}
	}
	return d.page(w, t, all(t, scale), "territories|"+string(scale), q)
}

func (d Deps) search(w http.ResponseWriter, t *territory.Tree, text string, q map[string][]string) error {
	values := map[string]string{}
	for k, v := range q {
		values[k] = v[0]
	}
	if values["cursor"] != "" {
		return apperr.Invalidf("Une recherche ne se pagine pas\u00a0: précisez-la, ou demandez jusqu’à 100 réponses par limit.")
	}
	limit, err := limitOf(q, 100)
	if err != nil {
		return err
	}
	var scales []territory.Scale
	if values["scale"] != "" {
		s, err := scaleOf(values["scale"])
		if err != nil {
			return err
		}
		scales = append(scales, s)
	}
	out := list[place]{Items: []place{}}
	for _, h := range t.SearchScale(text, limit, scales...) {
		p := placeOf(h.Territory)
		p.Matched, p.Place = h.Matched, h.Place
		if h.Note != "" {
			p.Note = h.Note
		}
		out.Items = append(out.Items, p)
	}
	return answer(w, out)
}

// all lists the references of a scale by code.
func all(t *territory.Tree, scale territory.Scale) []territory.Ref {
	var refs []territory.Ref
	add := func(code string) { refs = append(refs, territory.Ref{Scale: scale, Code: code}) }
	switch scale {
	case territory.RegionS:
		for _, x := range t.Regions() {
			add(x.Code)
		}
	case territory.Department:
		for _, x := range t.Departments() {
			add(x.Code)
		}
	case territory.EPCI:
		for _, x := range t.Groups() {
			add(x.SIREN)
		}
	case territory.EPT:
		for _, x := range t.EPTs() {
			add(x.SIREN)
		}
	case territory.CommuneS:
		for _, x := range t.Communes() {
			add(x.Code)
		}
	}
	return refs
}

// page answers one page of references in the order of their codes, which does
// not move from one page to the next.
func (d Deps) page(w http.ResponseWriter, t *territory.Tree, refs []territory.Ref, filter string, q map[string][]string) error {
	limit, err := limitOf(q, mostLimit)
	if err != nil {
		return err
	}
	slices.SortFunc(refs, byCode)
	if c := first(q["cursor"]); c != "" {
		parts, ok := shell.Unseal(d.CursorKey, filter, c)
		if !ok || len(parts) != 1 {
			return apperr.Invalidf("Ce curseur n’est pas celui de cette liste. Reprenez-la depuis le début.")
		}
		from, exact := slices.BinarySearchFunc(refs, territory.Ref{Code: parts[0]}, byCode)
		if exact {
			from++
		}
		refs = refs[from:]
	}
	out := list[place]{Items: []place{}}
	for _, ref := range refs[:min(limit, len(refs))] {
		x, err := t.Lookup(ref)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, placeOf(x))
	}
	if len(refs) > limit {
		next := shell.Seal(d.CursorKey, filter, refs[limit-1].Code)
		out.Next = &next
	}
	return answer(w, out)
}

func byCode(a, b territory.Ref) int {
	switch {
	case a.Code < b.Code:
		return -1
	case a.Code > b.Code:
		return 1
	}
	return 0
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func (d Deps) territory(w http.ResponseWriter, r *http.Request) error {
	if _, err := query(r); err != nil {
		return err
	}
	ref, err := territory.ParseRef(r.PathValue("ref"))
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	if ref.Scale == territory.Perimeter {
		t, _, err := d.Perimeter(r.Context(), ref.Code)
		if err != nil {
			return err
		}
		return answer(w, placeOf(t))
	}
	t, err := m.Tree().Lookup(ref)
	if err != nil {
		return err
	}
	p := placeOf(t)
	e := m.Tree().Edition()
	p.Edition = &editionOf{Name: e.Name, Year: e.Year, PopulationYear: e.PopulationYear, Source: e.Source}
	if same, ok := m.Tree().SameAs(ref); ok {
		p.SameAs = same.String()
	}
	if ref.Scale == territory.EPCI {
		parts, err := m.Tree().Parts(ref)
		if err != nil {
			return err
		}
		for _, x := range parts {
			p.Parts = append(p.Parts, piece{Region: "region:" + x.Region, Department: "department:" + x.Dept, Communes: len(x.Communes), Population: count(x.Population)})
		}
	}
	return answer(w, p)
}

// below is the scale that children have when none is asked for.
var below = map[territory.Scale]territory.Scale{
	territory.Nation: territory.RegionS, territory.RegionS: territory.Department, territory.Department: territory.CommuneS,
	territory.EPCI: territory.CommuneS, territory.EPT: territory.CommuneS, territory.Perimeter: territory.CommuneS,
}

// within are the scales that a territory may be asked for. An EPCI and a
// perimeter may lie over several départements, even regions: they say so in
// their parts, and their children are smaller than they are.
var within = map[territory.Scale][]territory.Scale{
	territory.Nation:     listed,
	territory.RegionS:    {territory.Department, territory.EPCI, territory.EPT, territory.CommuneS},
	territory.Department: {territory.EPCI, territory.EPT, territory.CommuneS},
	territory.EPCI:       {territory.EPT, territory.CommuneS},
	territory.EPT:        {territory.CommuneS},
	territory.Perimeter:  {territory.EPCI, territory.EPT, territory.CommuneS},
}

// children lists the territories of a scale that share communes with another:
// an EPCI over two départements is a child of both.
func (d Deps) children(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "scale", "limit", "cursor")
	if err != nil {
		return err
	}
	ref, err := territory.ParseRef(r.PathValue("ref"))
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	t := m.Tree()
	idx, err := d.communes(r.Context(), t, ref)
	if err != nil {
		return err
	}
	scale := below[ref.Scale]
	if s := q.Get("scale"); s != "" {
		if scale, err = scaleOf(s); err != nil {
			return err
		}
		if !slices.Contains(within[ref.Scale], scale) {
			return apperr.Invalidf("scale doit être plus fine que le territoire demandé\u00a0: %s n’est pas faite de «\u00a0%s\u00a0».", ref, scale)
		}
	}
	if scale == "" {
		return answer(w, list[place]{Items: []place{}}) // a commune holds nothing smaller
	}
	refs := inside(t, idx, scale)
	return d.page(w, t, refs, "children|"+ref.String()+"|"+string(scale), q)
}

// communes are those of a territory, a free perimeter included.
func (d Deps) communes(ctx context.Context, t *territory.Tree, ref territory.Ref) ([]int32, error) {
	if ref.Scale == territory.Perimeter {
		_, idx, err := d.Perimeter(ctx, ref.Code)
		return idx, err
	}
	if _, err := t.Lookup(ref); err != nil {
		return nil, err
	}
	return t.CommunesOf(ref)
}

// inside lists the territories of a scale that hold one of some communes. The
// communes outside the 18 regions are nobody's: no total counts them.
func inside(t *territory.Tree, idx []int32, scale territory.Scale) []territory.Ref {
	seen := map[string]bool{}
	var refs []territory.Ref
	for _, i := range idx {
		c := &t.Communes()[i]
		if c.Region == "" {
			continue
		}
		code := map[territory.Scale]string{territory.RegionS: c.Region, territory.Department: c.Dept, territory.EPCI: c.EPCI, territory.EPT: c.EPT, territory.CommuneS: c.Code}[scale]
		if code != "" && !seen[code] {
			seen[code] = true
			refs = append(refs, territory.Ref{Scale: scale, Code: code})
		}
	}
	return refs
}
