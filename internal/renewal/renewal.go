// Package renewal opens the next COP of a territory from the last one: what is carried
// over, what the new referential no longer maps, what stays to be read as it was. What is
// carried is proposed, chosen by the team, then written in one act; the earlier COP never
// changes.
package renewal

import (
	"context"
	"time"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/adaptation"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "renewal", Order: []string{"id"}, Scope: db.COP},
		{Name: "renewal_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "renewal_item", Order: []string{"cop_id", "kind", "source"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "renewal_crosswalk", Order: []string{"id"}, Scope: db.Nation, Personal: []string{"by"}},
	}
}

// Version is the name of the version of what the public pages show of this room.
const Version = "renewal"

// Room does what people do to open a COP from the one before. Time and ids are given.
type Room struct {
	DB        *db.DB
	IDs       *db.IDs
	Now       func() time.Time
	Journal   *journal.Journal
	COPs      *cop.Room
	Register  *action.Room
	Knowledge *knowledge.Room
	Coverage  *coverage.Room
	// Adaptation writes the priorities of the COP of a département.
	Adaptation *adaptation.Room
	Model      func(ctx context.Context) (*panorama.Model, error)
	// Subjects are what a COP leaves to the next one; none when nil.
	Subjects func(ctx context.Context, q db.Q, copID string) ([]Subject, error)
}

// Subject is what an earlier COP asks the next one to take up.
type Subject struct {
	ID, Title, Text string
	Public          bool
}

// Kind is what sort of thing is carried over.
type Kind string

// The kinds.
const (
	Actions    Kind = "action"
	Priorities Kind = "priority"
	Obstacles  Kind = "obstacle"
	Objectives Kind = "objective"
	Subjects   Kind = "subject"
	Contacts   Kind = "contact"
)

// Kinds lists them in the order of screens.
func Kinds() []Kind { return []Kind{Actions, Priorities, Obstacles, Objectives, Subjects, Contacts} }

// Name is the French name of a kind, of several.
func (k Kind) Name() string {
	return map[Kind]string{Actions: "actions", Priorities: "priorités", Obstacles: "freins", Objectives: "objectifs", Subjects: "sujets", Contacts: "contacts"}[k]
}

// One is the French name of one of them.
func (k Kind) One() string {
	return map[Kind]string{Actions: "action", Priorities: "priorité", Obstacles: "frein", Objectives: "objectif", Subjects: "sujet", Contacts: "contact"}[k]
}

// The ways to settle a lever that the new referential does not map to one.
const (
	ToLever = "lever" // another lever, chosen by hand
	ToCross = "cross" // its actions become cross-cutting
	Behind  = "leave" // what it holds stays in the earlier COP, with a reason
)

// Settled is what the team said of one lever.
type Settled struct {
	Way    string `json:"way"`
	To     string `json:"to,omitempty"`     // of the new referential
	Reason string `json:"reason,omitempty"` // of leaving behind
}

// Choices are what the team chose: all is taken but what it left, and levers without a
// match wait for its word.
type Choices struct {
	Left   map[string]bool    `json:"left,omitempty"` // by Item.Key
	Levers map[string]Settled `json:"levers,omitempty"`
	// Theme is the cross-cutting theme of actions that become so, empty for none.
	Theme string `json:"theme,omitempty"`
}

// Renewal is how a COP begins from an earlier one. Rev is 0 until somebody chose.
type Renewal struct {
	COP, From string
	Rev       int64
	State     string
	Choices   Choices
}

// The states.
const (
	Draft   = "draft"
	Applied = "applied"
)

// Carried is one thing that was carried over.
type Carried struct {
	COP, Source, Made, Title, Note string
	Kind                           Kind
	Public                         bool
	At                             time.Time
}

// may is what the team of the new COP needs to prepare and to apply.
func may(a policy.Actor, c cop.COP) error {
	if err := policy.Check(a, policy.Read, c.Thing(policy.Desk)); err != nil {
		return err
	}
	return policy.Check(a, policy.Judge, c.Thing(policy.Action))
}
