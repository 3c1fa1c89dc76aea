// Package ambition holds what each party says that it holds reachable for a lever,
// and on what condition.
package ambition

import (
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/objective"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "ambition_debate", Order: []string{"id"}, Scope: db.COP},
		{Name: "ambition_debate_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "ambition_answer", Order: []string{"id"}, Scope: db.COP},
		{Name: "ambition_condition", Order: []string{"answer_id", "post_id"}, Scope: db.COP},
	}
}

// Version is the name of the version of all that the public pages of ambitions show.
const Version = "ambitions"

// Kind is that of an answer, in the links that confirm an address.
const Kind = "ambition"

// Room does what people do here.
type Room struct {
	*debate.Room
}

// The states of a debate.
const (
	Open      = "open"
	Withdrawn = "withdrawn"
)

// Debate is a lever whose ambition a COP debates, from one day to another.
type Debate struct {
	ID     string    `json:"id"`
	Rev    int64     `json:"-"`
	COP    string    `json:"cop"`
	Region string    `json:"region"`
	Lever  string    `json:"lever"`
	Text   string    `json:"text"` // what the team says of it; markdown
	Opens  string    `json:"opens"`
	Closes string    `json:"closes"`
	State  string    `json:"state"`
	At     time.Time `json:"-"`
}

// Thing is a debate as policy sees it: anyone reads one that was opened.
func (d Debate) Thing(c cop.COP) policy.Thing {
	t := c.Thing(policy.Debate)
	if d.State == Open {
		t.Part = policy.Public
	}
	return t
}

// When a debate takes answers.
const (
	Before = "before"
	Now    = "now"
	After  = "after"
)

// When says whether a debate takes answers on a day: both days of its bounds do.
func (d Debate) When(day string) string {
	switch {
	case day < d.Opens:
		return Before
	case day > d.Closes:
		return After
	}
	return Now
}

// The states of an answer.
const (
	Unconfirmed = "unconfirmed"
	Counted     = "counted"
	Replaced    = "replaced"
	Taken       = "withdrawn" // taken back by its author
)

// Answer is what a party holds reachable: a number, or a range.
type Answer struct {
	ID                 string
	COP, Debate, Voice string
	State              string
	Party              string // the organisation that speaks, empty for a person
	Org                string // its id, when the account is a member of it
	College            debate.College
	Measure            objective.Measure
	TypedLow           string
	TypedHigh          string // empty for a number
	Low, High          objective.Value
	At                 time.Time
}

// Range reports whether the answer is a range.
func (a Answer) Range() bool { return a.TypedHigh != "" }

// New is what somebody types in the form of a debate.
type New struct {
	Measure    objective.Measure
	Low, High  string
	Condition  string   // in their words
	Conditions []string // those of others that they make too
	Speaker    debate.Speaker
	As         string // debate.Person or debate.Organisation
	Machine    string // where it comes from, for limits
}

// Fault is an error about one field of a form.
type Fault struct {
	Field string
	err   error
}

func (f *Fault) Error() string { return f.err.Error() }

// Unwrap gives what is said of the field.
func (f *Fault) Unwrap() error { return f.err }

func fault(field, format string, args ...any) error {
	return &Fault{field, apperr.Invalidf(format, args...)}
}
