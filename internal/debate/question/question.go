// Package question holds debates on a question: statements, votes, and the groups
// of opinion that they show.
package question

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "debate_question", Order: []string{"id"}, Scope: db.COP},
		{Name: "debate_question_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "debate_statement", Order: []string{"post_id"}, Scope: db.COP},
		{Name: "debate_pulse", Order: []string{"debate"}, Scope: db.COP},
		{Name: "debate_voter", Order: []string{"debate", "voter"}, Scope: db.COP, Personal: []string{"account", "college", "territory"}, Owner: []string{"account"}, Free: []string{"college", "territory"}},
		{Name: "debate_vote", Order: []string{"debate", "voter", "statement"}, Scope: db.COP},
		{Name: "debate_result", Order: []string{"debate"}, Scope: db.COP},
	}
}

// Version names what anyone reads of debates on a question.
const Version = "debate_question"

// Room does what people do here. It is made by naming its first field: the others
// grow with use.
type Room struct {
	*debate.Room
	// Announce is what the rooms after this one do when a debate opens or is concluded
	// (verb: open, conclude), in its transaction. Nil does nothing.
	Announce func(ctx context.Context, tx db.Q, c cop.COP, x Question, verb string) error

	votes combiner
	mu    sync.Mutex
	known map[string]*Snapshot // by debate, see Snapshot
	heavy sync.Mutex           // held by the one large computation of this process
}

// State is where a debate stands.
type State string

// The states. Votes are taken while it is open, from its first to its last day.
const (
	Draft  State = "draft"
	Open   State = "open"
	Closed State = "closed"
)

var stateNames = map[State]string{Draft: "en préparation", Open: "ouvert", Closed: "clos"}

// Name is the French name of a state.
func (s State) Name() string { return stateNames[s] }

// Who may propose a statement.
const (
	Nobody  = "nobody"
	Account = "account"
	Anyone  = "anyone" // whose address is confirmed
)

// Proposals lists who may propose, with its French name.
func Proposals() [][2]string {
	return [][2]string{{Anyone, "toute personne qui confirme son adresse"}, {Account, "les personnes qui ont un compte"}, {Nobody, "personne\u00a0: l’équipe écrit toutes les affirmations"}}
}

// Input is what the team writes of a debate.
type Input struct {
	Title         string   `json:"title"`
	Question      string   `json:"question"`
	Text          string   `json:"text"` // markdown
	OpensOn       string   `json:"opens_on"`
	ClosesOn      string   `json:"closes_on"`
	Theme         string   `json:"theme"`
	Levers        []string `json:"levers"`
	Group         string   `json:"group"`
	Proposals     string   `json:"proposals"`
	AsksTerritory bool     `json:"asks_territory"`
	AsksCollege   bool     `json:"asks_college"`
}

// Question is a debate.
type Question struct {
	ID  string `json:"id"`
	Rev int64  `json:"-"`
	Num int64  `json:"num"`
	COP string `json:"cop"`
	Input
	State      State     `json:"state"`
	Conclusion string    `json:"conclusion"`
	Statements int64     `json:"-"` // numbers given
	CreatedAt  time.Time `json:"created_at"`
	OpenedAt   time.Time `json:"opened_at"` // zero before
	ClosedAt   time.Time `json:"closed_at"` // zero while it is open
}

// Thing is a debate as policy sees it: anyone reads one that was opened.
func (x Question) Thing(c cop.COP) policy.Thing {
	t := c.Thing(policy.Debate)
	if x.State != Draft {
		t.Part = policy.Public
	}
	t.Group = x.Group
	return t
}

// Span is when votes are taken: from the first instant of the first day to the last
// of the last, where the COP is held. until is far away without a last day.
func (x Question) Span(c cop.COP) (from, until time.Time) {
	from, until = x.OpenedAt, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	if day, err := time.ParseInLocation(time.DateOnly, x.OpensOn, c.Location()); err == nil && day.After(from) {
		from = day
	}
	if day, err := time.ParseInLocation(time.DateOnly, x.ClosesOn, c.Location()); err == nil {
		until = day.AddDate(0, 0, 1)
	}
	if x.State == Closed && x.ClosedAt.Before(until) {
		until = x.ClosedAt
	}
	return from, until
}

// Takes reports whether votes are taken at an instant.
func (x Question) Takes(c cop.COP, at time.Time) bool {
	from, until := x.Span(c)
	return x.State == Open && !at.Before(from) && at.Before(until)
}

const columns = `id, rev, num, cop_id, state, title, question, text, opens_on, closes_on, theme, levers, group_id, proposals, asks_territory, asks_college, conclusion, statements, created_at, opened_at, closed_at`

func scan(r interface{ Scan(...any) error }) (x Question, err error) {
	var levers string
	var created, opened, closed int64
	err = r.Scan(&x.ID, &x.Rev, &x.Num, &x.COP, &x.State, &x.Title, &x.Question, &x.Text, &x.OpensOn, &x.ClosesOn, &x.Theme, &levers, &x.Group, &x.Proposals, &x.AsksTerritory, &x.AsksCollege, &x.Conclusion, &x.Statements, &created, &opened, &closed)
	if levers != "" {
		x.Levers = strings.Split(levers, " ")
	}
	x.CreatedAt, x.OpenedAt, x.ClosedAt = instant(created), instant(opened), instant(closed)
	return x, err
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Find returns a debate by its id: the caller asks policy.
func Find(ctx context.Context, q db.Q, id string) (Question, error) {
	x, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM debate_question WHERE id = $1`, id))
	return x, db.OrNotFound(err, "Ce débat n’existe pas, ou n’est pas encore ouvert.")
}

// Listed is a debate in a list, with what is known of its participation.
type Listed struct {
	Question
	Shown    int64 // statements that are read
	Waiting  int64 // statements that wait for a moderator
	People   int64
	Votes    int64 // at the last computation
	Computed time.Time
}

// Page is how many debates a list shows.
const Page = 30

// List lists the debates of a COP that somebody may read, the newest first, from
// after a cursor; next is the cursor of what follows, empty at the end.
func (m *Room) List(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, cursor string) (list []Listed, next string, err error) {
	defer apperr.Wrap(&err, "question.List(%s)", c.ID)
	drafts := policy.Can(a, policy.Edit, c.Thing(policy.Debate))
	filter := "questions/" + c.ID
	key, err := m.Cursors.Open(filter, cursor, 1)
	if err != nil {
		return nil, "", err
	}
	after := "g" // ids are hexadecimal: after them all
	if key != nil {
		after = key[0]
	}
	rows, err := q.Query(ctx, `
		SELECT `+columns+`,
		       (SELECT COUNT(*) FROM debate_post p WHERE p.parent = debate_question.id AND p.kind = 'statement' AND p.state = 'published'),
		       (SELECT COUNT(*) FROM debate_post p WHERE p.parent = debate_question.id AND p.kind = 'statement' AND p.state = 'waiting'),
		       COALESCE((SELECT voters FROM debate_pulse u WHERE u.debate = debate_question.num), 0),
		       COALESCE((SELECT votes FROM debate_result r WHERE r.debate = debate_question.num), 0),
		       COALESCE((SELECT at FROM debate_result r WHERE r.debate = debate_question.num), 0)
		  FROM debate_question
		 WHERE cop_id = $1 AND id < $2 AND (state <> 'draft' OR $3)
		 ORDER BY id DESC
		 LIMIT $4`, c.ID, after, drafts, int64(Page+1))
	list, err = db.Collect(rows, err, func(r *db.Rows) (y Listed, err error) {
		var at int64
		y.Question, err = scan(more{r, []any{&y.Shown, &y.Waiting, &y.People, &y.Votes, &at}})
		y.Computed = instant(at)
		return y, err
	})
	if err == nil && len(list) > Page {
		list = list[:Page]
		next = m.Cursors.Seal(filter, list[Page-1].ID)
	}
	return list, next, err
}

// more scans columns beyond those that a function reads.
type more struct {
	r    interface{ Scan(...any) error }
	rest []any
}

func (x more) Scan(dest ...any) error { return x.r.Scan(append(dest, x.rest...)...) }

// Past is a version of a debate.
type Past struct {
	Rev    int64
	At     time.Time
	Reason string
	Body   Question
}

// History lists the versions of a debate, the last first.
func History(ctx context.Context, q db.Q, id string) (_ []Past, err error) {
	defer apperr.Wrap(&err, "question.History")
	rows, err := q.Query(ctx, `SELECT rev, at, reason, body FROM debate_question_version WHERE id = $1 ORDER BY rev DESC LIMIT 50`, id)
	return db.Collect(rows, err, func(r *db.Rows) (p Past, err error) {
		var at int64
		var body string
		if err = r.Scan(&p.Rev, &at, &p.Reason, &body); err != nil {
			return p, err
		}
		p.At = instant(at)
		return p, json.Unmarshal([]byte(body), &p.Body)
	})
}

// number makes a number that names a row among many: later ones are greater, and
// nobody guesses them.
func (m *Room) number() (int64, error) {
	var raw [3]byte
	if _, err := io.ReadFull(m.Random, raw[:]); err != nil {
		return 0, err
	}
	return m.Now().UnixMilli()<<20 | int64(raw[0])<<12 | int64(raw[1])<<4 | int64(raw[2])>>4, nil
}
