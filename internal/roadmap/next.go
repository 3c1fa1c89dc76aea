package roadmap

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// The states of what a COP leaves to the next one.
const (
	Kept      = "kept"
	Withdrawn = "withdrawn"
)

// Subject is what the next COP is asked to take up.
type Subject struct {
	ID    string `json:"id"`
	Rev   int64  `json:"-"`
	COP   string `json:"cop"`
	Title string `json:"title"`
	Text  string `json:"text"` // why, and where it comes from: markdown
	Part  string `json:"part"` // policy.Public, or cop.Internal: read at the desk alone
	State string `json:"state"`
}

// Arrangement is how what a COP decided is followed: who, by what, how often, when next.
type Arrangement struct {
	ID         string `json:"id"`
	Rev        int64  `json:"-"`
	COP        string `json:"cop"`
	Who        string `json:"who"`
	Indicators string `json:"indicators"`
	Every      string `json:"every"`
	NextOn     string `json:"next_on"` // a day
	Note       string `json:"note"`
	Part       string `json:"part"`
	State      string `json:"state"`
}

// Paces are how often something is followed, with their French names.
func Paces() [][2]string {
	return [][2]string{{"month", "chaque mois"}, {"quarter", "chaque trimestre"}, {"half", "deux fois par an"}, {"year", "chaque année"}, {"once", "une fois, à la date dite"}}
}

// PaceName is the French name of one of them.
func PaceName(code string) string {
	for _, p := range Paces() {
		if p[0] == code {
			return p[1]
		}
	}
	return ""
}

// Fault refuses one field of a form, so that the form says in which one it stands.
type Fault struct{ Field, Message string }

// Error is the sentence a user reads.
func (f *Fault) Error() string { return f.Message }

// Unwrap makes it an invalid input.
func (f *Fault) Unwrap() error { return apperr.Invalidf("%s", f.Message) }

// Moved is a row that somebody changed meanwhile: the form shows both versions.
type Moved struct{ What string }

// Error is the sentence a user reads.
func (e *Moved) Error() string {
	return "Quelqu’un d’autre a modifié " + e.What + " pendant votre saisie. Rien n’a été enregistré" + nb + ": comparez les deux versions, puis recommencez."
}

// Unwrap makes it a conflict.
func (e *Moved) Unwrap() error { return apperr.Conflictf("%s", e.Error()) }

// The longest texts that a form takes.
const (
	LongestLine = 300
	LongestText = 5_000
)

func long(field, label, text string, most int, needed bool) error {
	switch n := utf8.RuneCountInString(text); {
	case needed && n == 0:
		return &Fault{field, label + nb + ": ce champ est nécessaire."}
	case n > most:
		return &Fault{field, fmt.Sprintf("%s\u00a0: %d caractères au plus, ce texte en a %d.", label, most, n)}
	}
	return nil
}

func partOf(part string) error {
	if part != policy.Public && part != cop.Internal {
		return &Fault{"part", "Dites qui le lit."}
	}
	return nil
}

func firstOf(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s Subject) check() error {
	return firstOf(long("title", "Le sujet", s.Title, LongestLine, true), long("text", "Pourquoi", s.Text, LongestText, false), partOf(s.Part))
}

func (x Arrangement) check() error {
	if err := firstOf(long("who", "Qui suit", x.Who, LongestLine, true), long("indicators", "Par quels indicateurs", x.Indicators, LongestText, true)); err != nil {
		return err
	}
	if PaceName(x.Every) == "" {
		return &Fault{"every", "Choisissez un rythme dans la liste."}
	}
	if _, err := time.Parse(time.DateOnly, x.NextOn); err != nil {
		return &Fault{"next_on", "La prochaine date s’écrit en jour, par exemple 2026-06-30."}
	}
	return firstOf(long("note", "Précisions", x.Note, LongestText, false), partOf(x.Part))
}

const subjectColumns = `s.id, s.rev, s.cop_id, s.title, s.text, s.part, s.state`

func scanSubject(r interface{ Scan(...any) error }) (s Subject, err error) {
	err = r.Scan(&s.ID, &s.Rev, &s.COP, &s.Title, &s.Text, &s.Part, &s.State)
	return s, err
}

const arrangementColumns = `x.id, x.rev, x.cop_id, x.who, x.indicators, x.every, x.next_on, x.note, x.part, x.state`

func scanArrangement(r interface{ Scan(...any) error }) (x Arrangement, err error) {
	err = r.Scan(&x.ID, &x.Rev, &x.COP, &x.Who, &x.Indicators, &x.Every, &x.NextOn, &x.Note, &x.Part, &x.State)
	return x, err
}

// Subjects lists what a COP leaves to the next one, withdrawn ones last.
func Subjects(ctx context.Context, q db.Q, copID string) (_ []Subject, err error) {
	defer apperr.Wrap(&err, "roadmap.Subjects(%s)", copID)
	rows, err := q.Query(ctx, `SELECT `+subjectColumns+` FROM roadmap_subject s WHERE s.cop_id = $1 ORDER BY s.state, s.id`, copID)
	return db.Collect(rows, err, func(r *db.Rows) (Subject, error) { return scanSubject(r) })
}

// Arrangements lists how a COP is followed, by their next date, withdrawn ones last.
func Arrangements(ctx context.Context, q db.Q, copID string) (_ []Arrangement, err error) {
	defer apperr.Wrap(&err, "roadmap.Arrangements(%s)", copID)
	rows, err := q.Query(ctx, `SELECT `+arrangementColumns+` FROM roadmap_arrangement x WHERE x.cop_id = $1 ORDER BY x.state, x.next_on, x.id`, copID)
	return db.Collect(rows, err, func(r *db.Rows) (Arrangement, error) { return scanArrangement(r) })
}

// FindSubject returns a subject by its id, for who reads the draft of the roadmap.
func FindSubject(ctx context.Context, q db.Q, a policy.Actor, id string) (s Subject, err error) {
	defer apperr.Wrap(&err, "roadmap.FindSubject")
	const gone = "Ce sujet n’existe pas, ou il est réservé à d’autres rôles que les vôtres."
	if s, err = scanSubject(q.QueryRow(ctx, `SELECT `+subjectColumns+` FROM roadmap_subject s WHERE s.id = $1`, id)); err != nil {
		return s, db.OrNotFound(err, gone)
	}
	if !policy.Can(a, policy.Read, thing(s.COP)) {
		return Subject{}, apperr.NotFoundf(gone)
	}
	return s, nil
}

// FindArrangement returns one by its id, for who reads the draft of the roadmap.
func FindArrangement(ctx context.Context, q db.Q, a policy.Actor, id string) (x Arrangement, err error) {
	defer apperr.Wrap(&err, "roadmap.FindArrangement")
	const gone = "Cette modalité de suivi n’existe pas, ou elle est réservée à d’autres rôles que les vôtres."
	if x, err = scanArrangement(q.QueryRow(ctx, `SELECT `+arrangementColumns+` FROM roadmap_arrangement x WHERE x.id = $1`, id)); err != nil {
		return x, db.OrNotFound(err, gone)
	}
	if !policy.Can(a, policy.Read, thing(x.COP)) {
		return Arrangement{}, apperr.NotFoundf(gone)
	}
	return x, nil
}

// SaveSubject adds a subject (no id), or changes it as it was at its revision.
func (m *Room) SaveSubject(ctx context.Context, a policy.Actor, in Subject, reason string) (s Subject, err error) {
	defer apperr.Wrap(&err, "roadmap.SaveSubject")
	values := func(x Subject) []any { return []any{x.Title, x.Text, x.Part, x.State} }
	return save(ctx, m, a, saved[Subject]{table: "roadmap_subject", what: "ce sujet", columns: []string{"title", "text", "part", "state"}, values: values, reason: reason,
		find: func(ctx context.Context, q db.Q, id string) (Subject, error) { return FindSubject(ctx, q, a, id) },
		head: func(x *Subject) (*string, *int64, *string, *string) { return &x.ID, &x.Rev, &x.COP, &x.State }, check: Subject.check}, in)
}

// SaveArrangement adds an arrangement (no id), or changes it as it was at its revision.
func (m *Room) SaveArrangement(ctx context.Context, a policy.Actor, in Arrangement, reason string) (x Arrangement, err error) {
	defer apperr.Wrap(&err, "roadmap.SaveArrangement")
	values := func(x Arrangement) []any {
		return []any{x.Who, x.Indicators, x.Every, x.NextOn, x.Note, x.Part, x.State}
	}
	return save(ctx, m, a, saved[Arrangement]{table: "roadmap_arrangement", what: "cette modalité de suivi", columns: []string{"who", "indicators", "every", "next_on", "note", "part", "state"}, values: values, reason: reason,
		find: func(ctx context.Context, q db.Q, id string) (Arrangement, error) {
			return FindArrangement(ctx, q, a, id)
		},
		head: func(x *Arrangement) (*string, *int64, *string, *string) { return &x.ID, &x.Rev, &x.COP, &x.State }, check: Arrangement.check}, in)
}

// saved is how a row of this room is written: both kinds are the same but for their
// columns.
type saved[T any] struct {
	table, what, reason string
	columns             []string
	values              func(T) []any
	find                func(ctx context.Context, q db.Q, id string) (T, error)
	head                func(*T) (id *string, rev *int64, copID, state *string)
	check               func(T) error
}

func save[T any](ctx context.Context, m *Room, a policy.Actor, how saved[T], in T) (out T, err error) {
	id, rev, copID, state := how.head(&in)
	fresh := *id == ""
	verb := policy.Edit
	if fresh {
		verb, *state = policy.Create, Kept
	}
	if !fresh {
		held, err := how.find(ctx, m.DB, *id)
		if err != nil {
			return out, err
		}
		_, _, of, _ := how.head(&held)
		*copID = *of
	} else if _, err := cop.Find(ctx, m.DB, *copID); err != nil {
		return out, err
	}
	if err := policy.Check(a, verb, thing(*copID)); err != nil {
		return out, err
	}
	if *state != Kept && *state != Withdrawn {
		return out, apperr.Invalidf("Cet état n’existe pas. Rechargez la page et recommencez.")
	}
	if err := how.check(in); err != nil {
		return out, err
	}
	if fresh {
		if *id, err = m.IDs.New(); err != nil {
			return out, err
		}
		*rev = 1
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if fresh {
			if _, err := db.Insert(ctx, tx, how.table, append([]string{"id", "rev", "cop_id"}, how.columns...), [][]any{append([]any{*id, *rev, *copID}, how.values(in)...)}, ""); err != nil {
				return err
			}
			out = in
			return m.version(ctx, tx, a, "create", how.table, *id, *rev, *copID, how.reason, in)
		}
		set := ""
		for i, c := range how.columns {
			set += fmt.Sprintf(", %s = $%d", c, i+3)
		}
		n, err := tx.Exec(ctx, `UPDATE `+how.table+` SET rev = rev + 1`+set+` WHERE id = $1 AND rev = $2`, append([]any{*id, *rev}, how.values(in)...)...)
		if err != nil {
			return err
		}
		if n == 0 {
			return &Moved{how.what}
		}
		if out, err = how.find(ctx, tx, *id); err != nil {
			return err
		}
		_, now, _, _ := how.head(&out)
		done := "edit"
		if *state == Withdrawn {
			done = "withdraw"
		}
		return m.version(ctx, tx, a, done, how.table, *id, *now, *copID, how.reason, out)
	})
	return out, err
}
