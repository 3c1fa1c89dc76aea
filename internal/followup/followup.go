// Package followup holds what becomes of retained actions: rounds in which each holder
// is asked where they stand, what they answer, the alerts that written rules raise, and
// what a region's actions come to beside what is planned and what is observed.
package followup

import (
	"context"
	"time"

	"jalon/internal/action"
	"jalon/internal/blob"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/mail"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "followup_round", Order: []string{"id"}, Scope: db.COP},
		{Name: "followup_round_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "followup_ask", Order: []string{"id"}, Scope: db.COP, Secret: []string{"token_hash"}, Personal: []string{"person", "name", "email"}, Free: []string{"name", "email"}},
		{Name: "followup_update", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by", "said_by", "body"}, Free: []string{"said_by", "body"}},
		{Name: "followup_quantity", Order: []string{"update_id", "lever"}, Scope: db.COP},
		{Name: "followup_moved", Order: []string{"cop_id", "version"}, Scope: db.Local},
		{Name: "followup_rule", Order: []string{"cop_id"}, Scope: db.COP},
		{Name: "followup_rule_version", Order: []string{"cop_id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "followup_file", Order: []string{"action_id", "sha256"}, Scope: db.COP},
		{Name: "followup_alert_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by", "body"}, Free: []string{"body"}},
		{Name: "followup_alert", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by", "answer"}, Free: []string{"answer"}},
	}
}

// Version is the name of the version of all that the public pages of this room show.
const Version = "followup"

// VersionOf is the name of the version of what is said of the actions of one COP.
func VersionOf(copID string) string { return Version + ":" + copID }

// Room does what people do in the follow-up. Time and ids are given.
type Room struct {
	DB       *db.DB
	IDs      *db.IDs
	Now      func() time.Time
	Journal  *journal.Journal
	COPs     *cop.Room
	Register *action.Room
	// Knowledge keeps the good practices that are drawn from actions.
	Knowledge *knowledge.Room
	Queue     *jobs.Queue
	Outbox    *mail.Outbox
	// Links draws personal links from the key of this installation; BaseURL begins those
	// in mails.
	Links   db.Cursors
	BaseURL string
	// Lagging lists the levers of a COP that are behind, by the indicator that is observed;
	// Closing says which of some aids close, and when; TellTeam writes to the team of a
	// COP, each as they chose. All may be nil.
	Lagging  func(ctx context.Context, q db.Q, c cop.COP) ([]Lagging, error)
	Closing  func(ctx context.Context, q db.Q, ids []string) (map[string]Closing, error)
	TellTeam func(ctx context.Context, tx db.Q, c cop.COP, m mail.Mail) (int, error)
	// People lists who may be asked about an action at a step of the chain: author,
	// holder, lead. Nil lists nobody.
	People func(ctx context.Context, q db.Q, step string, x action.Action) ([]Person, error)
}

// Class says what stands behind a quantity; the three are never added together.
type Class string

// The classes.
const (
	Observed  Class = "observed"  // measured, with evidence or a source
	Declared  Class = "declared"  // the holder's word
	Estimated Class = "estimated" // the holder's or the team's estimate
)

// Origin says who speaks.
type Origin string

// The origins of an update.
const (
	ByHolder Origin = "holder"
	ByTeam   Origin = "team"
	ByImport Origin = "import"
)

// Quantity is what an action had brought to a lever by the day of its update.
type Quantity struct {
	Lever    string   `json:"lever"`
	Quantity *float64 `json:"quantity"` // nil: not known, which is not zero
	Unit     string   `json:"unit"`
	Class    Class    `json:"class"`
	Source   string   `json:"source,omitempty"` // what it was read in
	Reason   string   `json:"reason,omitempty"` // why it is not known
}

// Said is what an update says of an action: nil and empty fields were not said.
type Said struct {
	Progress   *int64     `json:"progress,omitempty"` // 0 to 100
	Status     string     `json:"status,omitempty"`   // of action.Statuses
	Quantities []Quantity `json:"quantities,omitempty"`
	Spent      *int64     `json:"spent,omitempty"` // cents since the start
	Blocked    string     `json:"blocked,omitempty"`
	Next       string     `json:"next,omitempty"`
	NextBy     string     `json:"next_by,omitempty"` // a day
	Note       string     `json:"note,omitempty"`
	Evidence   []string   `json:"evidence,omitempty"` // addresses, or SHA-256 of kept files
	// Unchanged tells that the holder said that nothing moved: what was said before is
	// repeated for the day.
	Unchanged bool `json:"unchanged,omitempty"`
}

// Update is where an action stood on a day.
type Update struct {
	ID, COP, Region, Action string
	Seq                     int64
	Day                     string
	At                      time.Time
	By, SaidBy              string
	Origin                  Origin
	Ask                     string
	Standing                string // current, superseded, withdrawn
	Said
	// Seen is the number of the last update that the writer read, nil to write whatever
	// was said meanwhile; Confirmed tells that they read that a quantity is above what was
	// planned; Files were received and are kept with it, among its evidence. None of them
	// is read back.
	Seen      *int64
	Confirmed bool
	Files     []File
}

// File is a file that was received as evidence.
type File struct {
	Name string
	Blob *blob.Staged
}
