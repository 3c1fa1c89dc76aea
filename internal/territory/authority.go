package territory

import (
	"iter"
	"slices"
	"strings"

	"jalon/internal/apperr"
)

// Capacity is what an authority may decide as. One authority may hold several:
// the Collectivité de Corse is region and département at once.
type Capacity string

// The capacities.
const (
	AsRegion     Capacity = "region"
	AsDepartment Capacity = "departement"
	AsGroup      Capacity = "epci"
	AsEPT        Capacity = "ept"
	AsCommune    Capacity = "commune"
)

// Label is the French name of the capacity.
func (c Capacity) Label() string {
	switch c {
	case AsRegion:
		return "région"
	case AsDepartment:
		return "département"
	case AsGroup:
		return "intercommunalité"
	case AsEPT:
		return "établissement public territorial"
	}
	return "commune"
}

// Authority is a council that answers and decides. It is not a territory: that
// of Alsace serves two départements, that of Corse a region and its two
// départements.
type Authority struct {
	Code         string // permanent: «region-44», «alsace», «epci-246700488», «commune-67482»
	Name         string
	Kind         string // French: «région», «collectivité territoriale unique», «communauté de communes»…
	Capacities   []Capacity
	Land         []Ref    // where it decides
	Except       []Ref    // what Land holds and another one decides: the métropole in the Rhône
	Departments  []string // that it touches
	Regions      []string // that it touches
	Home         string   // region where it answers and counts: its seat's
	SIREN        string   // empty when unknown
	ElectedTitle string   // of who heads it, in the neutral form of the law
	Source       string   // id of data/sources.csv, empty for what follows from the tree
}

// Has tells whether the authority holds a capacity.
func (a Authority) Has(c Capacity) bool { return slices.Contains(a.Capacities, c) }

// Authorities knows every authority of an edition. Communes, 35 000 of them,
// are made when asked for.
type Authorities struct {
	tree *Tree
	list []Authority // all but the communes that are nothing else
	at   map[string]int
}

// Special lists the authorities that are more than a commune: regions and
// départements first, then Paris, Lyon and the other groups, by SIREN.
func (s *Authorities) Special() []Authority { return s.list }

// All yields every authority, communes last.
func (s *Authorities) All() iter.Seq[Authority] {
	return func(yield func(Authority) bool) {
		for _, a := range s.list {
			if !yield(a) {
				return
			}
		}
		for i := range s.tree.communes {
			c := &s.tree.communes[i]
			if _, special := s.at["commune-"+c.Code]; special || c.Region == "" {
				continue
			}
			if !yield(communeAuthority(c)) {
				return
			}
		}
	}
}

// Find returns an authority by its code.
func (s *Authorities) Find(code string) (Authority, error) {
	if i, ok := s.at[code]; ok {
		return s.list[i], nil
	}
	if insee, ok := strings.CutPrefix(code, "commune-"); ok {
		if i, ok := s.tree.CommuneIndex(insee); ok && s.tree.communes[i].Region != "" {
			return communeAuthority(&s.tree.communes[i]), nil
		}
		if c, ok := s.tree.Successor(insee); ok {
			return Authority{}, apperr.NotFoundf("Collectivité inconnue\u00a0: la commune %s fait aujourd’hui partie de %s (commune-%s).", clip(insee), c.Name, c.Code)
		}
	}
	return Authority{}, apperr.NotFoundf("Collectivité inconnue\u00a0: «\u00a0%s\u00a0». Écrivez par exemple region-44, departement-08, alsace, epci-246700488 ou commune-67482.", clip(code))
}

// OfRegion lists the authorities that answer in a region with a capacity: those
// whose home it is.
func (s *Authorities) OfRegion(region string, c Capacity) []Authority {
	var out []Authority
	if c == AsCommune {
		for a := range s.All() {
			if a.Home == region && a.Has(c) {
				out = append(out, a)
			}
		}
		return out
	}
	for _, a := range s.list {
		if a.Home == region && a.Has(c) {
			out = append(out, a)
		}
	}
	return out
}

// ElectedHead is the authority whose head leads the COP of a region beside the
// préfet de région.
func (s *Authorities) ElectedHead(region string) (Authority, error) {
	for _, a := range s.OfRegion(region, AsRegion) {
		return a, nil
	}
	_, err := s.tree.Region(region)
	return Authority{}, err
}

// On lists the authorities that decide in a commune, the widest first, each
// once whatever its capacities.
func (s *Authorities) On(commune string) ([]Authority, error) {
	i, ok := s.tree.CommuneIndex(commune)
	if !ok {
		return nil, s.tree.unknown(Ref{CommuneS, commune})
	}
	c := &s.tree.communes[i]
	var out []Authority
	for _, a := range s.list {
		if s.covers(a, c) {
			out = append(out, a)
		}
	}
	if _, special := s.at["commune-"+commune]; !special && c.Region != "" {
		out = append(out, communeAuthority(c))
	}
	slices.SortStableFunc(out, func(a, b Authority) int { return widest(a) - widest(b) })
	return out, nil
}

func widest(a Authority) int {
	order := []Capacity{AsRegion, AsDepartment, AsGroup, AsEPT, AsCommune}
	return slices.IndexFunc(order, a.Has)
}

func (s *Authorities) covers(a Authority, c *Commune) bool {
	return slices.ContainsFunc(a.Land, c.in) && !slices.ContainsFunc(a.Except, c.in)
}

// in tells whether the commune lies in a territory.
func (c *Commune) in(r Ref) bool {
	switch r.Scale {
	case RegionS:
		return c.Region == r.Code
	case Department:
		return c.Dept == r.Code
	case EPCI:
		return c.EPCI == r.Code
	case EPT:
		return c.EPT == r.Code
	case CommuneS:
		return c.Code == r.Code
	}
	return false
}

// CommunesOf lists the communes where an authority decides, ascending: what a
// quantity follows.
func (s *Authorities) CommunesOf(a Authority) ([]int32, error) {
	var out []int32
	for _, r := range a.Land {
		list, err := s.tree.CommunesOf(r)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(i int32) bool { return slices.ContainsFunc(a.Except, s.tree.communes[i].in) }), nil
}

func communeAuthority(c *Commune) Authority {
	return Authority{
		Code: "commune-" + c.Code, Name: c.Name, Kind: "commune", Capacities: []Capacity{AsCommune}, Land: []Ref{{CommuneS, c.Code}},
		Departments: []string{c.Dept}, Regions: []string{c.Region}, Home: c.Region, SIREN: c.SIREN, ElectedTitle: "maire " + of(c.Name),
	}
}
