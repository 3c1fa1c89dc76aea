// Package survey asks every authority of a region one questionnaire, to which it
// answers once: campaigns and their recipients, seats of those who write,
// delegate and validate, answers kept as they are typed, versions frozen when
// they are validated. What answers say together is package restitution.
package survey

import (
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/territory"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	versions := func(name, key string, scope db.Scope) db.Table {
		return db.Table{Name: name + "_version", Order: []string{key, "rev"}, Scope: scope, Personal: []string{"by"}}
	}
	return append([]db.Table{
		{Name: "questionnaire", Order: []string{"code"}, Scope: db.Nation}, versions("questionnaire", "code", db.Nation),
		{Name: "questionnaire_form", Order: []string{"code", "version"}, Scope: db.Nation, Personal: []string{"by"}},
		{Name: "survey_slot", Order: []string{"slot_key"}, Scope: db.Nation},
		{Name: "campaign", Order: []string{"id"}, Scope: db.COP}, versions("campaign", "id", db.COP),
		{Name: "response", Order: []string{"id"}, Scope: db.COP},
		{Name: "response_contact", Order: []string{"response_id", "email"}, Scope: db.COP, Personal: []string{"email", "name"}, Free: []string{"name"}},
		{Name: "response_seat", Order: []string{"id"}, Scope: db.COP, Personal: []string{"name", "email", "account", "by"}, Owner: []string{"account"}, Free: []string{"name"}, Secret: []string{"token_hash", "code_hash"}},
		{Name: "draft", Order: []string{"response_id", "question"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "response_version", Order: []string{"response_id", "seq"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "answer", Order: []string{"response_id"}, Scope: db.COP},
		{Name: "funded_project", Order: []string{"id"}, Scope: db.Nation},
	}, append(TextTables(), PaperTables()...)...)
}

// Version is the name of the version of all that public pages show of this room.
const Version = "survey"

// Room does what people do to questionnaires and campaigns. Time, ids and
// randomness are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Random  io.Reader // of the secrets in personal links
	Journal *journal.Journal
	Cursors db.Cursors
	Queue   *jobs.Queue
	Outbox  *mail.Outbox
	BaseURL string // what links in mails begin with
	// Sources prefill a response, in order: the first value of a cell wins.
	Sources []Source
	// Pass hands what a validated version says to the rooms that come before
	// (strong points, obstacles), in the transaction of the job that calls it.
	Pass func(ctx context.Context, tx db.Q, v Validated) error
	// Contacts are who is written to for an authority that has no contact of its
	// own in the campaign; step 0 are its contacts, 1 its address, 2 the team.
	Contacts func(ctx context.Context, q db.Q, authority string) (to []mail.Address, step int, err error)
	// Tree gives the territories in force, for the populations of authorities.
	Tree func(ctx context.Context) (*territory.Tree, error)
	// Intake stages the files of contacts.
	Intake *intake.Intake
	// Tried counts a try under a name and reports whether there were more than most
	// within the hour; nil limits nothing.
	Tried func(ctx context.Context, name string, most int64) (over bool, err error)

	// Writers write an export, by what it is; ReadForm reads a form that came back
	// as a workbook, and WriteForm makes it.
	Writers   map[ExportKind]Writer
	ReadForm  FormReader
	WriteForm FormWriter
	// Temp is the folder of files being made, the system's when empty.
	Temp string

	forms sync.Map // formKey → *paths: forms that were published never change
}

// Hint is what is known already about a cell, shown beside it: never written as
// a rated answer. Value is what a press of a button would answer; it is empty when
// the hint only informs.
type Hint struct {
	Key    string // of the cell
	Value  string
	Text   string // French: «projet financé en 2023 : …»
	Source string // French: where it comes from, with its year
	Class  string // a figure.Class
	Link   string // address of the figure or page, "" when none
	// Fill says that the value is written at once into the draft, as a prefilled
	// answer to confirm: identity, population, the last validated answer.
	Fill bool
}

// Source is a function that app hands in.
type Source func(ctx context.Context, q db.Q, r Response, f questionnaire.Form) ([]Hint, error)

// Validated is a version that was just frozen.
type Validated struct {
	Response Response
	Form     questionnaire.Form // the path of the authority
	Answers  questionnaire.Answers
	Seq      int64
}

// CampaignState is where a campaign stands.
type CampaignState string

// The states of a campaign: non ouverte, en cours, presque finalisée, close.
const (
	CampaignDraft  CampaignState = "draft"
	CampaignOpen   CampaignState = "open"
	CampaignNearly CampaignState = "nearly"
	CampaignClosed CampaignState = "closed"
)

// CampaignStates lists them in order.
func CampaignStates() []CampaignState {
	return []CampaignState{CampaignDraft, CampaignOpen, CampaignNearly, CampaignClosed}
}

// Name is the French name of a state.
func (s CampaignState) Name() string {
	return map[CampaignState]string{CampaignDraft: "non ouverte", CampaignOpen: "en cours", CampaignNearly: "presque finalisée", CampaignClosed: "close"}[s]
}

// Takes reports whether answers are taken.
func (s CampaignState) Takes() bool { return s == CampaignOpen || s == CampaignNearly }

// Marked reports whether the campaign counts in the national rate.
func (s CampaignState) Marked() bool { return s == CampaignNearly || s == CampaignClosed }

// Campaign is the questionnaire of a COP, sent to its authorities.
type Campaign struct {
	ID, COP, Region, Cycle  string
	Rev                     int64
	Form                    string
	FormVersion             int64
	Communes                bool // invited too
	OpensOn, ClosesOn       string
	State                   CampaignState
	MarkedOn                string  // day on which the team marked it nearly or closed
	Message                 string  // of the team, in its box of the invitation
	Contact                 string  // who answers questions
	RemindMax, RemindEvery  int64   // reminders at most, days between two
	Relevance, Mobilisation float64 // thresholds of the families
	PublishedOn             string  // day on which both heads published the restitution
	At                      time.Time
}

// Thing is the campaign for the table of rights.
func (c Campaign) Thing() policy.Thing {
	return policy.Thing{Kind: policy.Campaign, COPs: []string{c.COP}}
}

// State is where a response stands.
type State string

// The states of a response.
const (
	Listed    State = "listed" // not invited yet
	Invited   State = "invited"
	Opened    State = "opened"
	Started   State = "started"
	Submitted State = "submitted" // waits for its validator
	Done      State = "validated"
	Refused   State = "refused"
)

// States lists them in order.
func States() []State { return []State{Listed, Invited, Opened, Started, Submitted, Done, Refused} }

// Name is the French name of a state.
func (s State) Name() string {
	return map[State]string{Listed: "pas encore invitée", Invited: "invitée", Opened: "ouverte", Started: "en cours", Submitted: "à valider", Done: "validée", Refused: "refus"}[s]
}

// Response is the one answer of an authority to a campaign.
type Response struct {
	ID, Campaign, Authority, COP                                         string
	Rev                                                                  int64
	Region, Department                                                   string // home: where it counts
	Kind                                                                 questionnaire.Kind
	Size                                                                 string // see Sizes
	Capacities                                                           []string
	Metropole, Counted                                                   bool
	Name, SortKey                                                        string
	State                                                                State
	FormVersion, Seq                                                     int64
	Asked, Rated                                                         int64 // rows
	Prefilled, Answered                                                  int64 // cells that came filled, and cells answered
	Silent                                                               bool  // do not contact
	Reminders                                                            int64
	RemindedAt, InvitedAt, OpenedAt, StartedAt, SubmittedAt, ValidatedAt time.Time // zero when not
	Reason                                                               string    // of a refusal
}

// Thing is the response for the table of rights.
func (r Response) Thing() policy.Thing {
	return policy.Thing{Kind: policy.Response, COPs: []string{r.COP}, Department: r.Department, Org: r.Authority}
}

// Sizes lists the classes of population of authorities, with their French names:
// at most so many inhabitants.
func Sizes() []SizeClass {
	return []SizeClass{{"s1", "moins de 500 habitants", 499}, {"s2", "500 à 1\u00a0999 habitants", 1999}, {"s3", "2\u00a0000 à 9\u00a0999 habitants", 9999}, {"s4", "10\u00a0000 à 49\u00a0999 habitants", 49_999},
		{"s5", "50\u00a0000 à 199\u00a0999 habitants", 199_999}, {"s6", "200\u00a0000 habitants et plus", 1 << 60}}
}

// SizeClass is one of Sizes.
type SizeClass struct {
	Code, Name string
	Most       int64
}

// SizeOf is the class of a population.
func SizeOf(population int64) string {
	for _, s := range Sizes() {
		if population <= s.Most {
			return s.Code
		}
	}
	return ""
}

func split(s string) []string { return strings.Fields(s) }
