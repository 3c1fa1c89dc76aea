// Package adaptation holds the priorities of adaptation of the COPs of départements:
// the sixteen fields of the State's own sheet, against the warming that the reference
// trajectory announces. A priority is that of its COP (cop.Priority): its title, its
// text, its adoption and its region's answer. This room keeps what the sheet says
// besides, at the same revision.
package adaptation

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "adaptation_sheet", Order: []string{"id"}, Scope: db.COP},
		{Name: "adaptation_sheet_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "adaptation_warming", Order: []string{"region", "year"}, Scope: db.Nation, Personal: []string{"by"}},
	}
}

// Room does what people do to priorities of adaptation. Time and ids are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
	COPs    *cop.Room
	// Model gives the levers and the territories.
	Model func(ctx context.Context) (*panorama.Model, error)
	// Intake stages the files that teams send; Cursors page through their verdicts.
	Intake  *intake.Intake
	Cursors db.Cursors
}

// Fault refuses one field, so that a form says in which one it stands.
type Fault struct{ Field, Message string }

// Error is the sentence a user reads.
func (f *Fault) Error() string { return f.Message }

// Unwrap makes it an invalid input.
func (f *Fault) Unwrap() error { return apperr.Invalidf("%s", f.Message) }

func fault(field, message string) error { return &Fault{field, message} }

// Sheet is what the State's sheet says of a priority besides its title and its text.
type Sheet struct {
	Effect      string `json:"effect,omitempty"`       // code of Effects
	EffectOther string `json:"effect_other,omitempty"` // words of an effect that no code says
	Sensitivity string `json:"sensitivity,omitempty"`
	Lever       string `json:"lever,omitempty"` // one of the 22 of adaptation
	Level       string `json:"level,omitempty"` // code of Levels
	LevelOther  string `json:"level_other,omitempty"`
	Ends        string `json:"ends,omitempty"`     // a year, a month or a day
	Criteria    string `json:"criteria,omitempty"` // in words: few have a quantity
	Parties     string `json:"parties,omitempty"`
	Engineering string `json:"engineering,omitempty"` // who helps to study
	Funding     string `json:"funding,omitempty"`     // who helps to pay
	Regional    string `json:"regional,omitempty"`    // obstacles that the region may lift
	National    string `json:"national,omitempty"`    // obstacles that the nation may lift
	Budget      string `json:"budget,omitempty"`      // as it was written
	Cents       *int64 `json:"cents,omitempty"`       // what Budget says, when it is one amount
}

// Input is what a person writes of a priority.
type Input struct {
	Title, Text string
	Sheet
}

// Priority is a priority with its sheet, and where it is from.
type Priority struct {
	cop.Priority
	Cycle, Region, Department string // codes
	Sheet
}

// Input is what was written of it.
func (p Priority) Input() Input { return Input{Title: p.Title, Text: p.Text, Sheet: p.Sheet} }

// Adopted reports whether anyone may read it: its département adopted it, whatever the
// region answered.
func (p Priority) Adopted() bool {
	return p.State != cop.PriorityDraft && p.State != cop.PriorityProposed
}

// mayAdd refuses whoever writes no priority in the COP of a département.
func mayAdd(a policy.Actor, c cop.COP) error {
	return policy.Check(a, policy.Create, c.Thing(policy.Priority))
}
