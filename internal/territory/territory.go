// Package territory holds the one tree of territories: region → département →
// commune and EPCI → commune. EPCI may lie in several départements and regions,
// so everything is aggregated by commune. Codes are typed and kept as text.
package territory

import (
	"strings"

	"jalon/internal/apperr"
)

// Scale is the level of a territory.
type Scale string

// The scales, from the widest. A perimeter (CRTE, PETR, PNR, SCoT…) is a dated
// set of communes; an EPT is inside the Métropole du Grand Paris.
const (
	Nation     Scale = "nation"
	RegionS    Scale = "region"
	Department Scale = "department"
	EPCI       Scale = "epci"
	EPT        Scale = "ept"
	CommuneS   Scale = "commune"
	Perimeter  Scale = "perimeter"
)

// Label is the French name of the scale.
func (s Scale) Label() string {
	switch s {
	case Nation:
		return "France"
	case RegionS:
		return "région"
	case Department:
		return "département"
	case EPCI:
		return "intercommunalité"
	case EPT:
		return "établissement public territorial"
	case CommuneS:
		return "commune"
	case Perimeter:
		return "périmètre"
	}
	return string(s)
}

// Ref names a territory: «region:44», «department:67», «epci:246700488»,
// «commune:67482», «perimeter:…», or «nation».
type Ref struct {
	Scale Scale
	Code  string
}

// France is the Ref of the nation.
var France = Ref{Scale: Nation}

func (r Ref) String() string {
	if r.Scale == Nation {
		return string(Nation)
	}
	return string(r.Scale) + ":" + r.Code
}

// ParseRef reads the text form of a Ref; it does not look the code up.
func ParseRef(s string) (Ref, error) {
	if s == string(Nation) {
		return France, nil
	}
	scale, code, ok := strings.Cut(s, ":")
	switch sc := Scale(scale); {
	case !ok || code == "" || len(code) > 64:
	case sc == RegionS, sc == Department, sc == EPCI, sc == EPT, sc == CommuneS, sc == Perimeter:
		return Ref{Scale: sc, Code: code}, nil
	}
	return Ref{}, apperr.Invalidf("« %s » ne désigne pas un territoire : écrivez par exemple region:44, department:67, epci:246700488, commune:67482 ou nation.", s)
}

// Edition tells which publication of the tree is in force.
type Edition struct {
	Name           string // «6.0.0»
	Year           int    // geography in force on 1 January of this year
	PopulationYear int    // year of the municipal populations
	Note           string // what that year does not say: «Mayotte : population du recensement de 2017»
	Source         string
}

// Region is one of the 18 regions. Overseas regions have one département each.
type Region struct {
	Code     string
	Name     string
	Slug     string // «grand-est»
	Overseas bool
}

// Dept is one of the 101 départements.
type Dept struct {
	Code   string
	Name   string
	Region string
}

// Group is an EPCI (CC, CA, CU, METRO, MET69) or, apart, an EPT.
type Group struct {
	SIREN    string
	Name     string
	Kind     string
	Communes []int32 // indexes into Tree.Communes, ascending
}

// Commune is one of the 34 969 communes in force. 94 of them lie in an overseas
// collectivity, outside the 18 regions: they are known and can be found, but
// have neither region nor département and enter no sum.
type Commune struct {
	Code       string
	Name       string
	Dept       string // empty in an overseas collectivity
	Region     string // empty in an overseas collectivity
	Overseas   string // code of the overseas collectivity, empty in the 18 regions
	EPCI       string // SIREN, empty when it belongs to none
	EPT        string // SIREN, empty outside the Grand Paris
	Population int64  // -1 when unknown: missing is not zero
	SIREN      string
	Postcodes  []string
}

// Former is a code or a name that is no longer a commune: what people still
// type, and what an older file still holds.
type Former struct {
	Code    string
	Name    string // empty when only the code is known
	Kind    string // FormerDelegated, FormerAssociated, FormerDistrict, FormerCode
	Commune int32  // index of the commune it belongs to today
}

// The kinds of Former, as the table of an edition writes them.
const (
	FormerDelegated  = "D" // commune déléguée
	FormerAssociated = "A" // commune associée
	FormerDistrict   = "M" // arrondissement municipal of Paris, Lyon or Marseille
	FormerCode       = "O" // a code of the past, without a name
)

// Overseas is a collectivity outside the 18 regions, known by name only.
type Overseas struct {
	Code     string
	Name     string
	Communes []int32
}

// Part is the share of a territory that lies in one département: an EPCI over
// two regions is read as its parts, never as «its» département.
type Part struct {
	Region     string
	Dept       string
	Communes   []int32
	Population int64 // -1 when that of a commune is unknown
}

// Territory is what a page needs of any territory.
type Territory struct {
	Ref        Ref
	Name       string
	Kind       string // «région», «communauté de communes», «métropole»…
	Path       string // address of its page without the tab: /regions/grand-est
	Population int64  // -1 when unknown
	Parents    []Ref  // widest first, nation excluded; several regions for some EPCI
}
