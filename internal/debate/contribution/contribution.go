// Package contribution keeps what people contribute: how it is left, read,
// supported and commented, studied and answered.
package contribution

import (
	"context"
	"slices"
	"sync"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return slices.Concat(instructionTables(), themeTables(), []db.Table{
		{Name: "contribution", Order: []string{"post_id"}, Scope: db.COP},
		{Name: "contribution_file", Order: []string{"post_id", "n"}, Scope: db.COP},
		{Name: "debate_support", Order: []string{"post_id", "voice_id"}, Scope: db.COP},
		{Name: "contribution_comment", Order: []string{"post_id"}, Scope: db.COP},
		{Name: "contribution_upload", Order: []string{"sha256"}, Scope: db.Local},
		{Name: "contribution_draft", Order: []string{"id"}, Scope: db.COP, Personal: []string{"person", "body"}, Owner: []string{"person"}, Free: []string{"body"}},
	})
}

// Room does what people do here.
type Room struct {
	*debate.Room
	// Delay tells in how long moderators of a COP read what comes in, in French; nil
	// where no room says it: DefaultDelay.
	Delay func(ctx context.Context, q db.Q, c cop.COP) (string, error)
	// Steps tells what became of a contribution since it was published, the oldest
	// first; nil where no room says it.
	Steps func(ctx context.Context, q db.Q, id string) ([]Step, error)
	// Title names what a contribution is linked to, and where it is read; nil where
	// no room says it. A thing that may not be read has no name.
	Title func(ctx context.Context, q db.Q, kind, id string) (title, href string, err error)
	// Told is what the rooms after this one do of what became of a contribution that
	// anyone reads: they tell those who follow its subject. Nil does nothing.
	Told func(ctx context.Context, tx db.Q, c cop.COP, p debate.Post, e Fact) error

	mu      sync.Mutex
	shelves map[string]*shelf // by COP
}

// DefaultDelay is in how long moderators read what comes in, where nobody said
// otherwise. It is a parameter: this is our proposal.
const DefaultDelay = "7\u00a0jours ouvrés"

// Step is one thing that became of a contribution.
type Step struct {
	At    string // a day in French, or when it is foreseen
	What  string // French
	Text  string // the reason that was given, if any
	Href  string
	Label string // of the link
}

// Limits of what is left here. They are parameters: these are our proposals.
const (
	ShortText  = 30
	LongText   = 5000
	LongTitle  = 150
	LongReply  = 2000
	MostFiles  = 3
	LargeFile  = 10 << 20
	mostStems  = 400
	perMachine = 30 // deposits and comments in an hour
	perVoice   = 15
	supporting = 120 // supports in an hour from one machine: a hall shares one
)

// Study is where the study of a contribution stands.
type Study string

// The states of a study.
const (
	Unstudied   Study = ""
	Assigned    Study = "assigned"
	Retained    Study = "retained"
	PartRetain  Study = "partly"
	NotRetained Study = "not-retained"
	OutOfScope  Study = "out-of-scope"
)

var studyNames = map[Study]string{Unstudied: "pas encore étudiée", Assigned: "à l’étude", Retained: "retenue", PartRetain: "retenue en partie", NotRetained: "non retenue", OutOfScope: "hors champ"}

// Studies lists the states of a study in the order of lists.
func Studies() []Study {
	return []Study{Unstudied, Assigned, Retained, PartRetain, NotRetained, OutOfScope}
}

// Name is the French name of a state of study, empty for an unknown one.
func (s Study) Name() string { return studyNames[s] }

// Fault refuses one field, so that a form says in which one it stands.
type Fault struct{ Field, Message string }

// Error is the message.
func (f *Fault) Error() string { return f.Message }

// Unwrap makes it an invalid input.
func (f *Fault) Unwrap() error { return apperr.Invalidf("%s", f.Message) }

func fault(field, message string) error { return &Fault{field, message} }

// in are the placeholders of some values, which it adds to the arguments.
func in(args []any, values []string) (string, []any) {
	for _, v := range values {
		args = append(args, v)
	}
	return db.Params(len(args)-len(values)+1, len(values)), args
}
