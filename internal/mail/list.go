package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Kept is a mail of the outbox, as sent or as shown on the page of the
// demonstration.
type Kept struct {
	Mail
	ID        string
	State     State
	At        time.Time
	SentAt    time.Time // zero unless Sent
	GroupedIn string    // the digest that told it
	Error     string
}

const columns = `id, dedup, state, to_email, to_name, person, from_name, reply_to, letter, unsubscribe, secret, cop_id, day, grouped_in, at, expires_at, sent_at, error`

func scan(s interface{ Scan(...any) error }) (Kept, error) {
	var k Kept
	var state, letter string
	var at int64
	var expires, sent *int64
	if err := s.Scan(&k.ID, &k.Dedup, &state, &k.To.Email, &k.To.Name, &k.Person, &k.FromName, &k.ReplyTo, &letter, &k.Unsubscribe, &k.Secret,
		&k.COP, &k.Slot.Day, &k.GroupedIn, &at, &expires, &sent, &k.Error); err != nil {
		return k, err
	}
	k.State, k.At = State(state), time.UnixMilli(at).UTC()
	for _, p := range []struct {
		ms *int64
		to *time.Time
	}{{expires, &k.Expires}, {sent, &k.SentAt}} {
		if p.ms != nil {
			*p.to = time.UnixMilli(*p.ms).UTC()
		}
	}
	if err := json.Unmarshal([]byte(letter), &k.Letter); err != nil {
		return k, fmt.Errorf("mail: letter of %s: %w", k.ID, err)
	}
	return k, nil
}

// Find returns one mail of the outbox.
func Find(ctx context.Context, q db.Q, id string) (_ Kept, err error) {
	defer apperr.Wrap(&err, "mail.Find(%q)", id)
	k, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM mail_outbox WHERE id = $1`, id))
	return k, db.OrNotFound(err, "Ce message n’existe pas, ou n’existe plus.")
}

// Filter chooses mails; a zero field chooses all.
type Filter struct {
	State  State
	Person string
	Email  string
	// COPs are those that the reader may see; nil is all, empty is none.
	COPs []string
}

// name is the filter as the cursor of its list holds it.
func (f Filter) name() string {
	b, err := json.Marshal(f)
	if err != nil {
		return "mail" // texts always marshal
	}
	return "mail" + string(b)
}

// where is the filter as SQL, with its arguments.
func (f Filter) where() (text string, args []any) {
	text = "TRUE"
	bind := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	for _, c := range []struct{ column, value string }{{"state", string(f.State)}, {"person", f.Person}, {"to_email", strings.ToLower(f.Email)}} {
		if c.value != "" {
			text += " AND " + c.column + " = " + bind(c.value)
		}
	}
	if f.COPs != nil {
		var cops []string
		for _, cop := range f.COPs {
			cops = append(cops, bind(cop))
		}
		text += " AND cop_id IN (" + strings.Join(append(cops, "NULL"), ", ") + ")"
	}
	return text, args
}

// Page is a part of a list; Next is the cursor of the part after it, "" at the
// end.
type Page struct {
	Mails []Kept
	Next  string
}

// List returns the mails that f chooses, the newest first, after cursor: what
// an operator, or a visitor of the demonstration, sees of them.
func (o *Outbox) List(ctx context.Context, q db.Q, f Filter, cursor string, limit int) (_ Page, err error) {
	defer apperr.Wrap(&err, "mail.List")
	key, err := o.Cursors.Open(f.name(), cursor, 1)
	if err != nil {
		return Page{}, err
	}
	where, args := f.where()
	if key != nil {
		args = append(args, key[0])
		where += " AND id < $" + strconv.Itoa(len(args))
	}
	args = append(args, int64(limit+1))
	rows, err := q.Query(ctx, `
		SELECT `+columns+`
		FROM mail_outbox
		WHERE `+where+`
		ORDER BY id DESC
		LIMIT $`+strconv.Itoa(len(args)), args...)
	list, err := db.Collect(rows, err, func(r *db.Rows) (Kept, error) { return scan(r) })
	if err != nil || len(list) <= limit {
		return Page{Mails: list}, err
	}
	list = list[:limit]
	return Page{Mails: list, Next: o.Cursors.Seal(f.name(), list[limit-1].ID)}, nil
}

// HeldIn lists the mails that a digest told, the first first.
func HeldIn(ctx context.Context, q db.Q, id string) (_ []Kept, err error) {
	defer apperr.Wrap(&err, "mail.HeldIn(%q)", id)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM mail_outbox WHERE grouped_in = $1 ORDER BY id`, id)
	return db.Collect(rows, err, func(r *db.Rows) (Kept, error) { return scan(r) })
}

// Counts counts the mails by state, for metrics and the operator's page.
func Counts(ctx context.Context, q db.Q) (_ map[State]int64, err error) {
	defer apperr.Wrap(&err, "mail.Counts")
	counts := map[State]int64{}
	rows, err := q.Query(ctx, `SELECT state, COUNT(*) FROM mail_outbox GROUP BY state`)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var state string
		var n int64
		err := r.Scan(&state, &n)
		counts[State(state)] = n
		return struct{}{}, err
	})
	return counts, err
}
