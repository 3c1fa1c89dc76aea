// Package plan holds the plans of territories (SRADDET, PCAET, SRB…) and what
// they aim at, and compares them with the panorama: brought to the same unit,
// base and year, each step said, and what cannot be compared says why.
package plan

import (
	"maps"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/territory"
)

// Kind is what sort of document a plan is.
type Kind string

// The kinds.
const (
	SRADDET Kind = "sraddet"
	SDRIFE  Kind = "sdrif-e"
	SRCAE   Kind = "srcae"
	PADDUC  Kind = "padduc"
	SAR     Kind = "sar"
	PPE     Kind = "ppe"
	PCAET   Kind = "pcaet"
	SCoTAEC Kind = "scot-aec"
	SRB     Kind = "srb"
	PRPGD   Kind = "prpgd"
	PPA     Kind = "ppa"
	CRTE    Kind = "crte"
	Other   Kind = "autre"
)

// Kinds lists the kinds in the order of forms.
func Kinds() []Kind {
	return []Kind{SRADDET, SDRIFE, SRCAE, PADDUC, SAR, PPE, PCAET, SCoTAEC, SRB, PRPGD, PPA, CRTE, Other}
}

var kindNames = map[Kind][2]string{
	SRADDET: {"SRADDET", "schéma régional d’aménagement, de développement durable et d’égalité des territoires"},
	SDRIFE:  {"SDRIF-E", "schéma directeur environnemental de la région Île-de-France"},
	SRCAE:   {"SRCAE", "schéma régional du climat, de l’air et de l’énergie"},
	PADDUC:  {"PADDUC", "plan d’aménagement et de développement durable de la Corse"},
	SAR:     {"SAR", "schéma d’aménagement régional"},
	PPE:     {"PPE", "programmation pluriannuelle de l’énergie"},
	PCAET:   {"PCAET", "plan climat-air-énergie territorial"},
	SCoTAEC: {"SCoT-AEC", "schéma de cohérence territoriale valant plan climat-air-énergie"},
	SRB:     {"SRB", "schéma régional biomasse"},
	PRPGD:   {"PRPGD", "plan régional de prévention et de gestion des déchets"},
	PPA:     {"PPA", "plan de protection de l’atmosphère"},
	CRTE:    {"CRTE", "contrat pour la réussite de la transition écologique"},
	Other:   {"autre plan", "autre document"},
}

// Name is the short French name of a kind; Long says what it stands for.
func (k Kind) Name() string { return kindNames[k][0] }

// Long is the name of a kind in full.
func (k Kind) Long() string { return kindNames[k][1] }

// Valid reports whether k is one of Kinds.
func (k Kind) Valid() bool { return kindNames[k][0] != "" }

// Climate reports whether a plan of this kind counts in the sum of the climate
// plans of a region's territories.
func (k Kind) Climate() bool { return k == PCAET || k == SCoTAEC }

// Regional reports whether a plan of this kind is the region's own planning
// document.
func (k Kind) Regional() bool {
	switch k {
	case SRADDET, SDRIFE, SRCAE, PADDUC, SAR, PPE:
		return true
	}
	return false
}

// State is where a plan stands.
type State string

// The states of a plan.
const (
	Drafted  State = "draft"
	InForce  State = "in_force"
	Revising State = "revising" // in force, and being revised
	Ended    State = "ended"
)

var stateNames = map[State]string{Drafted: "en élaboration", InForce: "en vigueur", Revising: "en vigueur, en révision", Ended: "qui n’est plus en vigueur"}

// Name is the French name of a state.
func (s State) Name() string { return stateNames[s] }

// Holds reports whether a plan of this state is in force.
func (s State) Holds() bool { return s == InForce || s == Revising }

// Plan is a document that a territory adopted.
type Plan struct {
	ID        string `json:"id"`
	Rev       int64  `json:"-"`
	Kind      Kind   `json:"kind"`
	Territory string `json:"territory"` // region:44, epci:246700488, perimeter:…
	Region    string `json:"region"`    // where it is read and edited: that of most of its population
	// Department is the one it lies in, empty for a region or for several.
	Department string `json:"department"`
	Name       string `json:"name"`
	Adopted    string `json:"adopted"` // day, empty when it is not known
	From       int    `json:"from"`    // years of the plan, 0 when not known
	To         int    `json:"to"`
	Link       string `json:"link"` // where the document, or its page in the observatory, is read
	State      State  `json:"state"`
	Source     string `json:"source"` // who says so
}

// Objective is what a plan aims at, for a lever or for an indicator of its own.
type Objective struct {
	ID         string  `json:"id"`
	Rev        int64   `json:"-"`
	Plan       string  `json:"plan"`
	Lever      string  `json:"lever"`     // code; empty for an indicator without lever
	Indicator  string  `json:"indicator"` // what it counts, in the words of the plan
	Gain       bool    `json:"gain"`      // counts what is gained since BaseYear, not a level
	BaseYear   int     `json:"base_year"`
	Base       Figure  `json:"base"`
	TargetYear int     `json:"target_year"`
	Target     float64 `json:"target"`
	Unit       string  `json:"unit"`    // as ParseUnit gives it, or as written
	Written    string  `json:"written"` // the target as the plan writes it
	Page       string  `json:"page"`    // of the document
	State      string  `json:"state"`   // active, withdrawn
}

// PlaceOf says where the plan of a territory is read and edited, from the parts
// of the territory in each département: the region of most of its people, and
// its département when it lies in one alone.
func PlaceOf(ref territory.Ref, parts []territory.Part) (region, department string, err error) {
	people := map[string]int64{}
	departments := map[string]bool{}
	for _, p := range parts {
		people[p.Region] += max(1, p.Population)
		departments[p.Dept] = true
		department = p.Dept
	}
	for _, code := range slices.Sorted(maps.Keys(people)) {
		if region == "" || people[code] > people[region] {
			region = code
		}
	}
	if region == "" {
		return "", "", apperr.NotFoundf("Ce territoire n’est dans aucune région.")
	}
	if len(departments) > 1 || ref.Scale == territory.RegionS {
		department = ""
	}
	return region, department, nil
}
