// Package aid is the catalogue of aids: who helps whom, with what, at which step of a
// project, where and until when; which of them fit an action and why; and what nobody
// helps yet.
package aid

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"jalon/internal/account"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "aid", Order: []string{"id"}, Scope: db.Nation},
		{Name: "aid_version", Order: []string{"id", "rev"}, Scope: db.Nation, Personal: []string{"by"}},
		{Name: "aid_incoming", Order: []string{"run", "origin"}, Scope: db.Local},
		{Name: "aid_report", Order: []string{"id"}, Scope: db.Nation, Personal: []string{"by", "ip", "text"}, Free: []string{"text"}},
		{Name: "need", Order: []string{"id"}, Scope: db.COP, Personal: []string{"author"}},
		{Name: "need_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by", "body"}, Free: []string{"body"}},
		{Name: "aid_alert", Order: []string{"id"}, Scope: db.Person, Personal: []string{"email", "person", "ip"}, Owner: []string{"email", "person"}},
	}
}

// Version is the name of the version of what the public pages of aids show.
const Version = "aids"

// Room does what people do to aids. Time, ids and randomness are given.
type Room struct {
	DB       *db.DB
	IDs      *db.IDs
	Now      func() time.Time
	Random   io.Reader
	Journal  *journal.Journal
	Cursors  db.Cursors
	Queue    *jobs.Queue
	Outbox   *mail.Outbox
	Accounts *account.Room
	COPs     *cop.Room
	Links    *link.Links
	Intake   *intake.Intake
	Tree     func(ctx context.Context) (*territory.Tree, error)
	// Related are the levers of other versions of the framework that answer to one; nil is
	// none.
	Related func(ctx context.Context) (func(lever string) []string, error)
	// Knowledge keeps the obstacles that needs go up with.
	Knowledge *knowledge.Room
	// BaseURL is what links in mails begin with.
	BaseURL string

	shelves sync.Mutex
	shelf   *Shelf
}

// State is whether an aid is offered.
type State string

// The states. A closed aid is found, never offered: a later edition took its place. A
// withdrawn one is read by its own address alone.
const (
	Published State = "published"
	Closed    State = "closed"
	Withdrawn State = "withdrawn"
)

// Name is the French name of a state.
func (s State) Name() string {
	return map[State]string{Published: "publiée", Closed: "close", Withdrawn: "retirée"}[s]
}

// Facts are what a source says of an aid. What it does not say is empty or nil, never
// zero.
type Facts struct {
	Source      string   `json:"source"`              // who published it, in words: «Aides-territoires»
	SourceID    string   `json:"source_id,omitempty"` // its id there, which changes at each edition
	Address     string   `json:"address,omitempty"`   // of its page there
	ReadOn      string   `json:"read_on,omitempty"`   // the day it was read there
	Name        string   `json:"name"`
	Initial     string   `json:"initial,omitempty"` // as its holder calls it
	Short       string   `json:"short,omitempty"`
	Holders     []string `json:"holders,omitempty"` // who pays or helps
	HolderKind  string   `json:"holder_kind,omitempty"`
	Instructors []string `json:"instructors,omitempty"`
	Types       []string `json:"types,omitempty"`
	Moments     []string `json:"moments,omitempty"` // preop, op, postop
	Audiences   []string `json:"audiences,omitempty"`
	Pays        []string `json:"pays,omitempty"` // supply, investment
	Scale       string   `json:"scale,omitempty"`
	Place       string   `json:"place,omitempty"`       // perimeter, as said
	Territories []string `json:"territories,omitempty"` // ours, empty when Jalon does not know the perimeter
	Opens       string   `json:"opens,omitempty"`
	Predeposit  string   `json:"predeposit,omitempty"`
	Closes      string   `json:"closes,omitempty"`
	Recurrence  string   `json:"recurrence,omitempty"`
	RateMin     *int64   `json:"rate_min,omitempty"` // percent
	RateMax     *int64   `json:"rate_max,omitempty"`
	RateNote    string   `json:"rate_note,omitempty"`
	Loan        *int64   `json:"loan,omitempty"` // euros
	Advance     *int64   `json:"advance,omitempty"`
	Call        bool     `json:"call,omitempty"` // call for projects
	Charged     bool     `json:"charged,omitempty"`
	European    string   `json:"european,omitempty"`
	Programmes  []string `json:"programmes,omitempty"`
	Categories  []string `json:"categories,omitempty"`
	Origin      string   `json:"origin,omitempty"` // where more is read
	Apply       string   `json:"apply,omitempty"`  // where one applies
	Updated     string   `json:"updated,omitempty"`
}

// Texts are the long texts of an aid, as markdown.
type Texts struct {
	Description string `json:"description,omitempty"`
	Eligibility string `json:"eligibility,omitempty"`
	Examples    string `json:"examples,omitempty"`
	Contact     string `json:"contact,omitempty"`
}

// Serve says that an aid serves a lever, at some step types of an action (action.Steps),
// all of them when none is said. Suggested ones were found by words: nobody confirmed.
type Serve struct {
	Lever     string   `json:"lever"`
	Steps     []string `json:"steps,omitempty"`
	Suggested bool     `json:"suggested,omitempty"`
	// Via is the lever, of another version of the framework, of which this one is what
	// answers to it: made on the shelf, never kept.
	Via string `json:"-"`
}

// Ours is what people of Jalon add to an aid; an import never changes it.
type Ours struct {
	Serves   []Serve `json:"serves,omitempty"`
	Previous string  `json:"previous,omitempty"` // the edition before, confirmed by somebody
	Generic  string  `json:"generic,omitempty"`  // the aid of which this is the local version
	Local    string  `json:"local,omitempty"`    // what is particular here, in words
	// Kept are the fields of a generic aid that its local versions take from it.
	Kept []string `json:"kept,omitempty"`
}

// Aid is one aid. Texts are read on its own page alone: lists do not hold them.
type Aid struct {
	ID    string
	Rev   int64
	Owner string // code of the region whose aid it is, empty for the nation
	State State
	Facts
	Texts
	Ours
	Checked string // the day somebody or an import last saw it
	Broken  bool   // its link did not answer, last time
	Tried   string // the day the link was last asked
	Changed time.Time
}

// Imported reports whether a source holds this aid: what it says is corrected there.
func (x Aid) Imported() bool { return x.SourceID != "" }

// Holder is who helps, in words.
func (x Aid) Holder() string { return strings.Join(x.Holders, ", ") }

// Said are what an aid serves as its source, somebody or its words say it, without the
// levers that answer to these in other versions of the framework.
func (x Aid) Said() []Serve {
	return slices.DeleteFunc(slices.Clone(x.Serves), func(s Serve) bool { return s.Via != "" })
}

// Path is where it is read.
func (x Aid) Path() string { return "/aides/" + x.ID }

// Open reports whether one can apply on a day, as far as its dates say.
func (x *Aid) Open(day string) bool {
	return x.State == Published && !x.Expired(day) && (x.Opens == "" || x.Opens <= day)
}

// Expired reports whether an aid is over on a day. A permanent one is not.
func (x *Aid) Expired(day string) bool {
	return x.State != Published || x.Closes != "" && x.Closes < day && x.Recurrence != "ongoing"
}

// staleAfter is how long the last check of an aid holds.
const staleAfter = 6

// Stale reports whether an aid is to be checked: nobody saw it for six months.
func (x *Aid) Stale(day string) bool {
	at, err := time.Parse(time.DateOnly, x.Checked)
	now, err2 := time.Parse(time.DateOnly, day)
	return err != nil || err2 != nil || at.AddDate(0, staleAfter, 0).Before(now)
}

// Thing is an aid for the table of rights; cops are those of the region that owns it.
func (x Aid) Thing(cops []string) policy.Thing {
	return policy.Thing{Kind: policy.Aid, COPs: cops, Part: policy.Public}
}

// Today is the day in Paris.
func (m *Room) Today() string {
	if paris, err := time.LoadLocation("Europe/Paris"); err == nil {
		return m.Now().In(paris).Format(time.DateOnly)
	}
	return m.Now().UTC().Format(time.DateOnly)
}
