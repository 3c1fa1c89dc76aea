// Package ballot holds the votes taken live in a room: a code on the screen, one
// voice for each device, results shown when the facilitator says.
package ballot

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
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
		{Name: "ballot", Order: []string{"id"}, Scope: db.COP},
		{Name: "ballot_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "ballot_vote", Order: []string{"ballot_id", "voter"}, Scope: db.COP},
		{Name: "ballot_slip", Order: []string{"ballot_id", "hash"}, Scope: db.Local, Secret: []string{"hash"}},
	}
}

// Room does what people do here.
type Room struct {
	*debate.Room
	// Present is how many people are in a meeting, counted or on its list; unknown when
	// it is nil or says so. What the meeting itself says comes first.
	Present func(ctx context.Context, q db.Q, x cop.Meeting) (n int64, known bool, err error)
}

// Kind is how a question is answered.
type Kind string

// The kinds of questions.
const (
	Single   Kind = "single"
	Multiple Kind = "multiple"
	Scale    Kind = "scale"
)

var kindNames = map[Kind]string{Single: "un seul choix", Multiple: "plusieurs choix", Scale: "degré d’accord"}

// Kinds lists the kinds in the order of forms.
func Kinds() []Kind { return []Kind{Single, Multiple, Scale} }

// Name is the French name of a kind.
func (k Kind) Name() string { return kindNames[k] }

// Agreement are the answers of a scale, the least agreement first.
func Agreement() []string {
	return []string{"Pas du tout d’accord", "Plutôt pas d’accord", "Plutôt d’accord", "Tout à fait d’accord", "Je ne me prononce pas"}
}

// State is where a ballot stands.
type State string

// The states of a ballot.
const (
	Draft  State = "draft"
	Open   State = "open"
	Closed State = "closed"
	Void   State = "void"
)

var stateNames = map[State]string{Draft: "préparé", Open: "ouvert", Closed: "clos", Void: "annulé"}

// Name is the French name of a state.
func (s State) Name() string { return stateNames[s] }

// Ballot is a question put to a room.
type Ballot struct {
	ID       string   `json:"id"`
	Rev      int64    `json:"-"`
	COP      string   `json:"cop"`
	Meeting  string   `json:"meeting"`
	Item     string   `json:"item"` // of the agenda, empty for none
	Code     string   `json:"code"` // what phones type
	Question string   `json:"question"`
	Kind     Kind     `json:"kind"`
	Options  []string `json:"options"`
	Most     int64    `json:"most"`     // choices that one voice may make
	Slips    bool     `json:"slips"`    // a voice needs a slip handed out in the room
	Colleges bool     `json:"colleges"` // who votes may say their college
	State    State    `json:"state"`
	Shown    bool     `json:"shown"` // the screen and the phones show the results
	Hands    []int64  `json:"hands"` // raised hands, for each option; nil when none were counted
	Reason   string   `json:"reason"`
	Present  *int64   `json:"present"` // people there when it closed; nil when nobody knew
	// Voices, Tick and Refused move with each vote, and are no decision of anybody.
	Voices   int64     `json:"-"`
	Tick     int64     `json:"-"`
	Refused  int64     `json:"-"` // votes sent by devices that keep no cookie
	At       time.Time `json:"at"`
	OpenedAt time.Time `json:"opened_at"`
	ClosedAt time.Time `json:"closed_at"`
}

const columns = `id, rev, cop_id, meeting_id, item_id, code, question, kind, options, most, slips, colleges, state, shown, hands, reason, present, voices, tick, refused, at, opened_at, closed_at`

func scan(r interface{ Scan(...any) error }) (b Ballot, err error) {
	var options string
	var hands *string
	var at, opened, closed int64
	if err := r.Scan(&b.ID, &b.Rev, &b.COP, &b.Meeting, &b.Item, &b.Code, &b.Question, &b.Kind, &options, &b.Most, &b.Slips, &b.Colleges, &b.State, &b.Shown, &hands, &b.Reason, &b.Present, &b.Voices, &b.Tick, &b.Refused, &at, &opened, &closed); err != nil {
		return b, err
	}
	b.At, b.OpenedAt, b.ClosedAt = instant(at), instant(opened), instant(closed)
	err = json.Unmarshal([]byte(options), &b.Options)
	if hands != nil {
		err = errors.Join(err, json.Unmarshal([]byte(*hands), &b.Hands))
	}
	return b, err
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Find returns a ballot with its meeting and its COP, for who may read the meeting.
func Find(ctx context.Context, q db.Q, a policy.Actor, id string) (b Ballot, x cop.Meeting, c cop.COP, err error) {
	defer apperr.Wrap(&err, "ballot.Find(%s)", id)
	if b, err = one(ctx, q, id); err != nil {
		return b, x, c, err
	}
	x, c, err = cop.FindMeeting(ctx, q, a, b.Meeting)
	return b, x, c, err
}

func one(ctx context.Context, q db.Q, id string) (Ballot, error) {
	b, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM ballot WHERE id = $1`, id))
	return b, db.OrNotFound(err, "Ce vote n’existe pas.")
}

// OfMeeting lists the ballots of a meeting, the first first. The caller read the
// meeting under its rights.
func OfMeeting(ctx context.Context, q db.Q, meeting string) (_ []Ballot, err error) {
	defer apperr.Wrap(&err, "ballot.OfMeeting(%s)", meeting)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM ballot WHERE meeting_id = $1 ORDER BY id`, meeting)
	return db.Collect(rows, err, func(r *db.Rows) (Ballot, error) { return scan(r) })
}

// ErrCode says that no ballot has a code.
var ErrCode = apperr.NotFoundf("Aucun vote ne porte ce code. Vérifiez-le sur l’écran de la salle\u00a0: 6 lettres et chiffres, sans O ni I.")

// ByCode returns the ballot that a phone asked for: whoever knows the code reads the
// question.
func ByCode(ctx context.Context, q db.Q, code string) (b Ballot, err error) {
	defer apperr.Wrap(&err, "ballot.ByCode")
	b, err = scan(q.QueryRow(ctx, `SELECT `+columns+` FROM ballot WHERE code = $1`, code))
	if errors.Is(err, db.ErrNoRows) {
		return b, ErrCode
	}
	return b, err
}

// Next is the ballot of a meeting that is open besides this one, for phones that are
// done with it; its code is empty when there is none.
func Next(ctx context.Context, q db.Q, b Ballot) (next Ballot, err error) {
	defer apperr.Wrap(&err, "ballot.Next")
	next, err = scan(q.QueryRow(ctx, `SELECT `+columns+` FROM ballot WHERE meeting_id = $1 AND state = 'open' AND id <> $2 ORDER BY id DESC LIMIT 1`, b.Meeting, b.ID))
	if errors.Is(err, db.ErrNoRows) {
		return Ballot{}, nil
	}
	return next, err
}

// letters are those of codes: no vowel, so that no word comes out, and nothing that
// is taken for something else when it is read on a screen or said aloud.
const letters = "CDFGHJKMNPQRTVWX3479"

const codeLength, slipLength = 6, 8

// Typed is a code as somebody typed it, the way it is kept.
func Typed(code string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(letters, r) {
			return r
		}
		return -1
	}, strings.ToUpper(code))
}

// random draws a code of n letters, each as likely as the others.
func (m *Room) random(n int) (string, error) {
	var out []byte
	buf := make([]byte, 2*n)
	for len(out) < n {
		if _, err := m.Random.Read(buf); err != nil {
			return "", err
		}
		for _, b := range buf {
			if int(b) < 256-256%len(letters) && len(out) < n {
				out = append(out, letters[int(b)%len(letters)])
			}
		}
	}
	return string(out), nil
}
