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

// Commune is one of the 34 969 communes in force.
type Commune struct {
	Code       string
	Name       string
	Dept       string
	Region     string
	EPCI       string // SIREN, empty when it belongs to none
	EPT        string // SIREN, empty outside the Grand Paris
	Population int64  // -1 when unknown: missing is not zero
	SIREN      string
	Postcodes  []string
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
