package meeting

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Mode is whom a meeting takes.
type Mode string

// The modes. None takes no registration: whoever reads of the meeting comes.
const (
	None    Mode = "none"
	Open    Mode = "open"
	Invited Mode = "invited"
)

// Name says a mode in French.
func (x Mode) Name() string {
	switch x {
	case None:
		return "sans inscription"
	case Open:
		return "inscription ouverte à tous"
	case Invited:
		return "inscription sur invitation"
	}
	return ""
}

// Modes lists them in the order of forms.
func Modes() []Mode { return []Mode{None, Open, Invited} }

// Entry is how one comes to a meeting.
type Entry struct {
	Meeting  string                   `json:"meeting"`
	Rev      int64                    `json:"-"` // zero: nobody said anything yet
	COP      string                   `json:"cop"`
	Mode     Mode                     `json:"mode"`
	Capacity *int64                   `json:"capacity"` // nil: no limit
	OpensOn  string                   `json:"opens_on"` // empty: at once
	ClosesOn string                   `json:"closes_on"`
	Words    string                   `json:"words"`     // for those who register
	Remind   []int                    `json:"reminders"` // days before
	Heads    *int64                   `json:"heads"`     // people counted in the room, nil when nobody did
	Colleges map[debate.College]int64 `json:"colleges,omitempty"`
	Taken    int64                    `json:"-"` // seats of the room
	Waiting  int64                    `json:"-"`
	Door     string                   `json:"-"` // the code of the entrance
}

// Left is how many seats there are; ok is false when there is no limit. Nobody has one
// while others wait.
func (e Entry) Left() (n int64, ok bool) {
	switch {
	case e.Capacity == nil:
		return 0, false
	case e.Waiting > 0:
		return 0, true
	}
	return max(0, *e.Capacity-e.Taken), true
}

// LastDay is the last day on which one may register: the eve of the meeting when
// nobody chose one, so that whoever gets a seat has the time to come.
func (e Entry) LastDay(x cop.Meeting) string {
	if e.ClosesOn != "" {
		return min(e.ClosesOn, x.Day)
	}
	day, err := time.Parse(time.DateOnly, x.Day)
	if err != nil {
		return x.Day
	}
	return day.AddDate(0, 0, -1).Format(time.DateOnly)
}

// Takes says why nobody may register on a day; empty when one may.
func (e Entry) Takes(x cop.Meeting, today string) string {
	switch {
	case x.State == cop.Cancelled:
		return "La réunion est annulée."
	case x.State == cop.MeetingOn || today > x.Day:
		return "La réunion a eu lieu."
	case e.Mode == None:
		return "Cette réunion se tient sans inscription."
	case e.OpensOn != "" && today < e.OpensOn:
		return "Les inscriptions ne sont pas encore ouvertes."
	case today > e.LastDay(x):
		return "Les inscriptions sont closes."
	}
	return ""
}

const entryColumns = `e.meeting_id, e.rev, e.cop_id, e.mode, e.capacity, e.opens_on, e.closes_on, e.words, e.reminders, e.taken, e.waiting, e.door, e.heads, e.colleges`

func scanEntry(r interface{ Scan(...any) error }) (e Entry, err error) {
	var reminders, colleges string
	if err = r.Scan(&e.Meeting, &e.Rev, &e.COP, &e.Mode, &e.Capacity, &e.OpensOn, &e.ClosesOn, &e.Words, &reminders, &e.Taken, &e.Waiting, &e.Door, &e.Heads, &colleges); err != nil {
		return e, err
	}
	for day := range strings.SplitSeq(reminders, ",") {
		if n, err := strconv.Atoi(day); err == nil {
			e.Remind = append(e.Remind, n)
		}
	}
	if colleges != "" {
		err = json.Unmarshal([]byte(colleges), &e.Colleges)
	}
	return e, err
}

// EntryOf is how one comes to a meeting: without registration, reminded 7 days and 1
// day before, when nobody said anything.
func EntryOf(ctx context.Context, q db.Q, x cop.Meeting) (e Entry, err error) {
	e, err = scanEntry(q.QueryRow(ctx, `SELECT `+entryColumns+` FROM meeting_entry e WHERE e.meeting_id = $1`, x.ID))
	if err != nil && apperr.KindOf(err) == apperr.NotFound {
		return Entry{Meeting: x.ID, COP: x.COP, Mode: None, Remind: []int{7, 1}}, nil
	}
	return e, err
}

// ensure makes the row of a meeting and holds it until the end of the transaction:
// whoever takes or frees a seat does it one after the other.
func (m *Room) ensure(ctx context.Context, tx db.Q, x cop.Meeting) (Entry, error) {
	if _, err := db.Insert(ctx, tx, "meeting_entry", []string{"meeting_id", "rev", "cop_id", "mode", "opens_on", "closes_on", "words", "reminders", "taken", "waiting", "line", "door", "colleges"},
		[][]any{{x.ID, int64(0), x.COP, string(None), "", "", "", "7,1", int64(0), int64(0), int64(0), "", ""}}, "ON CONFLICT (meeting_id) DO NOTHING"); err != nil {
		return Entry{}, err
	}
	if _, err := tx.Exec(ctx, `UPDATE meeting_entry SET line = line WHERE meeting_id = $1`, x.ID); err != nil {
		return Entry{}, err
	}
	return EntryOf(ctx, tx, x)
}

func (e Entry) check(x cop.Meeting) error {
	day := func(s string) bool { _, err := time.Parse(time.DateOnly, s); return s == "" || err == nil }
	switch {
	case e.Mode.Name() == "":
		return apperr.Invalidf("Dites si l’on s’inscrit, et comment.")
	case e.Capacity != nil && (*e.Capacity < 1 || *e.Capacity > 100_000):
		return apperr.Invalidf("Le nombre de places va de 1 à 100\u202f000\u00a0; laissez le champ vide quand il n’y a pas de limite.")
	case !day(e.OpensOn) || !day(e.ClosesOn):
		return apperr.Invalidf("Écrivez les dates d’inscription comme 2024-05-27.")
	case e.OpensOn != "" && e.OpensOn > e.LastDay(x):
		return apperr.Invalidf("Les inscriptions s’ouvrent après leur clôture\u00a0: vérifiez les dates.")
	case e.ClosesOn > x.Day:
		return apperr.Invalidf("Les inscriptions se terminent après la réunion\u00a0: choisissez au plus tard le jour de la réunion.")
	case len(e.Remind) > 5 || slices.ContainsFunc(e.Remind, func(n int) bool { return n < 1 || n > 90 }):
		return apperr.Invalidf("Les rappels sont au plus cinq nombres de jours, de 1 à 90, séparés par des virgules.")
	}
	return debate.Long("le texte aux inscrits", e.Words, 2000)
}

// SaveEntry says how one comes to a meeting, as it was at revision in.Rev. Seats that
// are added go to those who wait, in their order.
func (m *Room) SaveEntry(ctx context.Context, a policy.Actor, in Entry) (e Entry, err error) {
	defer apperr.Wrap(&err, "meeting.SaveEntry(%s)", in.Meeting)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, c, err := m.mine(ctx, tx, a, in.Meeting)
		if err != nil {
			return err
		}
		in.Words = debate.Tidy(in.Words)
		if err := in.check(x); err != nil {
			return err
		}
		if _, err := m.ensure(ctx, tx, x); err != nil {
			return err
		}
		days := make([]string, len(in.Remind))
		for i, n := range in.Remind {
			days[i] = strconv.Itoa(n)
		}
		n, err := tx.Exec(ctx, `UPDATE meeting_entry SET rev = rev + 1, mode = $3, capacity = $4, opens_on = $5, closes_on = $6, words = $7, reminders = $8 WHERE meeting_id = $1 AND rev = $2`,
			x.ID, in.Rev, string(in.Mode), in.Capacity, in.OpensOn, in.ClosesOn, in.Words, strings.Join(days, ","))
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un a changé les inscriptions pendant votre saisie. Rien de la vôtre n’est enregistré\u00a0: relisez ce qui est écrit, puis recommencez.")
		}
		if err := m.promote(ctx, tx, c, x); err != nil {
			return err
		}
		if e, err = EntryOf(ctx, tx, x); err != nil {
			return err
		}
		return m.keptEntry(ctx, tx, a, "registration", e)
	})
	return e, err
}

// mine is a meeting that the actor organises.
func (m *Room) mine(ctx context.Context, q db.Q, a policy.Actor, id string) (x cop.Meeting, c cop.COP, err error) {
	if x, c, err = cop.MeetingOf(ctx, q, id); err != nil {
		return x, c, err
	}
	return x, c, policy.Check(a, policy.Edit, x.Thing(c))
}

// keptEntry writes the version of an entry and its row in the journal.
func (m *Room) keptEntry(ctx context.Context, tx db.Q, a policy.Actor, verb string, e Entry) error {
	if err := m.KeepVersion(ctx, tx, a, "meeting_entry", e.Meeting, e.Rev, "", e); err != nil {
		return err
	}
	return m.record(ctx, tx, a, verb, e.Meeting, e.Rev, e.COP)
}

func (m *Room) record(ctx context.Context, tx db.Q, a policy.Actor, verb, subject string, rev int64, copID string) error {
	_, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: verb, Kind: "meeting", Subject: subject, Rev: rev, COP: copID})
	return err
}
