// Package objective holds the objectives that a COP puts on the table: for a lever
// and a territory, what the panorama offers is discussed, then shared by both
// heads. Who does not hold a value is kept beside it. It reads closure from the
// region to its départements and perimeters, and the nation's sum of ambitions.
package objective

import (
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "objective", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "objective_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "objective_dissent", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "objective_dissent_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "objective_sharing", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
	}
}

// Version is the name of the version of all that the public pages of objectives
// show.
const Version = "objectives"

// Prefix is that of the keys of figures of this room.
const Prefix = "objectif"

// Room does what people do to objectives. Time and ids are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
	COPs    *cop.Room
}

// State is how far an objective is on its way.
type State string

// The states. Offered is what the panorama gives and nobody has put another value
// beside: it has no row. Sharing waits for both heads.
const (
	Offered   State = "offered"
	Discussed State = "discussed"
	Sharing   State = "sharing"
	Shared    State = "shared"
	Withdrawn State = "withdrawn"
)

// Name is the French name of a state.
func (s State) Name() string {
	switch s {
	case Offered:
		return "proposé"
	case Discussed:
		return "discuté"
	case Sharing:
		return "partage en attente de validation"
	case Shared:
		return "partagé"
	case Withdrawn:
		return "retiré"
	}
	return string(s)
}

// Measure is what somebody wrote a value in.
type Measure string

// The measures: kt of CO₂e per year in 2030 against 2019, or the level of the
// lever's own unit in 2030.
const (
	InKt    Measure = "kt"
	InLevel Measure = "level"
)

// Value is an objective in both measures. Kg is missing for a lever that does not
// count in CO₂, Level for a lever that has no equivalent there.
type Value struct {
	Kg    panorama.Amount `json:"kg"`
	Level panorama.Value  `json:"level"` // in 2030, in the unit of the lever
	Unit  string          `json:"unit"`  // that of Level
}

// Objective is the value on the table for a lever in a territory, and the last one
// shared.
type Objective struct {
	ID        string    `json:"id"`
	Rev       int64     `json:"-"`
	COP       string    `json:"cop"`
	Cycle     string    `json:"cycle"`
	Region    string    `json:"region"`    // code
	Territory string    `json:"territory"` // region:44, department:67, perimeter:…
	Scale     string    `json:"scale"`     // region, department, perimeter
	Lever     string    `json:"lever"`
	State     State     `json:"state"`
	Value     Value     `json:"value"`
	Measure   Measure   `json:"measure"`
	Typed     string    `json:"typed"` // as it was written
	Above     bool      `json:"above"` // confirmed above the whole emissions of the lever
	Reason    string    `json:"reason"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
	// What is in force: the last value that both heads shared. SharedRev is zero
	// when none was.
	SharedRev   int64  `json:"shared_rev"`
	SharedValue Value  `json:"shared_value"`
	SharedOn    string `json:"shared_on"` // day
	Sharing     string `json:"sharing"`   // the list that waits for both heads, or the last one shared
}

// Dissent is who does not hold the value on the table.
type Dissent struct {
	ID        string    `json:"id"`
	Rev       int64     `json:"-"`
	Objective string    `json:"objective"`
	COP       string    `json:"cop"`
	Party     string    `json:"party"` // code of Parties
	Name      string    `json:"name"`  // who, in words
	Org       string    `json:"org"`   // id of an organisation, or empty
	Value     Value     `json:"value"` // what they hold, when they said it
	Measure   Measure   `json:"measure"`
	Typed     string    `json:"typed"`
	Text      string    `json:"text"`
	Day       string    `json:"day"`   // when they said so
	State     string    `json:"state"` // held, lifted
	By        string    `json:"by"`
	At        time.Time `json:"at"`
}

// Parties lists who may hold another value, with their French names.
func Parties() [][2]string {
	return [][2]string{{"etat", "État et ses opérateurs"}, {"region", "Région"}, {"departement", "Département"}, {"bloc-communal", "EPCI et communes"},
		{"economique", "Entreprises, chambres consulaires, agriculture"}, {"associations", "Associations"}, {"syndicats", "Syndicats de salariés"}, {"citoyens", "Citoyens"}, {"experts", "Experts et recherche"}, {"autre", "Autre"}}
}

// Thing is an objective of a COP for the table of rights. department is the code of
// the one that it is about, empty for the region and for a perimeter; shared tells
// that it may be read by anyone.
func Thing(c cop.COP, department string, shared bool) policy.Thing {
	t := c.Thing(policy.Objective)
	if department != "" {
		t.Department = department
	}
	if shared {
		t.Part = policy.Public
	}
	return t
}
