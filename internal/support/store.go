package support

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

const columns = `x.id, x.rev, x.region, x.lever, x.step, x.kind, x.audience, x.text, x.publisher, x.link, x.reviewed, x.state, x.author, x.place, x.at`

func scan(r interface{ Scan(...any) error }) (x Measure, err error) {
	var audience string
	var at int64
	err = r.Scan(&x.ID, &x.Rev, &x.Region, &x.Lever, &x.Step, &x.Kind, &audience, &x.Text, &x.Publisher, &x.Link, &x.Reviewed, &x.State, &x.Author, &x.Place, &at)
	x.Audience, x.At = strings.Fields(audience), time.UnixMilli(at).UTC()
	return x, err
}

func (x Measure) row() []any {
	return []any{x.ID, x.Rev, x.Region, x.Lever, x.Step, string(x.Kind), strings.Join(x.Audience, " "), x.Text, x.Publisher, x.Link, x.Reviewed, x.State, x.Author, x.Place, x.At.UnixMilli()}
}

var rowColumns = strings.Fields("id rev region lever step kind audience text publisher link reviewed state author place at")

// Find returns a measure.
func Find(ctx context.Context, q db.Q, id string) (Measure, error) {
	x, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM measure x WHERE x.id = $1`, id))
	return x, db.OrNotFound(err, "Cette mesure n’existe pas.")
}

// binder gathers the arguments of a statement.
type binder struct{ args []any }

func (b *binder) in(values []string) string {
	out := make([]string, 0, len(values)+1)
	for _, v := range values {
		b.args = append(b.args, v)
		out = append(out, "$"+strconv.Itoa(len(b.args)))
	}
	return strings.Join(append(out, "NULL"), ", ")
}

// Of lists what is active for some levers: the nation's, and that of a region when one
// is given. One statement.
func Of(ctx context.Context, q db.Q, levers []string, region string) (_ []Measure, err error) {
	defer apperr.Wrap(&err, "support.Of(%v)", levers)
	var b binder
	in := b.in(levers)
	regions := b.in([]string{"", region})
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM measure x WHERE x.lever IN (`+in+`) AND x.region IN (`+regions+`) AND x.state = 'active' ORDER BY x.lever, x.region, x.place, x.id`, b.args...)
	return db.Collect(rows, err, func(r *db.Rows) (Measure, error) { return scan(r) })
}

// Written lists all that the nation, or a region, wrote on a lever, or on all of them
// when lever is empty, what was withdrawn too.
func Written(ctx context.Context, q db.Q, region, lever string) (_ []Measure, err error) {
	defer apperr.Wrap(&err, "support.Written(%s, %s)", region, lever)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM measure x WHERE x.region = $1 AND (CAST($2 AS TEXT) = '' OR x.lever = $2) ORDER BY x.lever, x.place, x.id`, region, lever)
	return db.Collect(rows, err, func(r *db.Rows) (Measure, error) { return scan(r) })
}

// Count is how much of a lever's cartography is written, by the nation or by a region.
type Count struct {
	Lever, Region, Step string
	Kind                Kind
	N                   int64
	Oldest              string // day of the one that was read again the longest ago
}

// Counts counts what is active, by lever, region, step and kind: one statement.
func Counts(ctx context.Context, q db.Q) (_ []Count, err error) {
	defer apperr.Wrap(&err, "support.Counts")
	rows, err := q.Query(ctx, `SELECT x.lever, x.region, x.step, x.kind, COUNT(*), MIN(x.reviewed) FROM measure x WHERE x.state = 'active' GROUP BY x.lever, x.region, x.step, x.kind ORDER BY x.lever, x.region, x.step, x.kind`)
	return db.Collect(rows, err, func(r *db.Rows) (c Count, err error) {
		err = r.Scan(&c.Lever, &c.Region, &c.Step, &c.Kind, &c.N, &c.Oldest)
		return c, err
	})
}

// Add keeps a new measure: the nation's, or a region's own.
func (m *Room) Add(ctx context.Context, a policy.Actor, x Measure, lever func(code string) bool) (_ Measure, err error) {
	defer apperr.Wrap(&err, "support.Add(%s)", x.Lever)
	if err := may(ctx, m.DB, a, policy.Create, x.Region); err != nil {
		return x, err
	}
	if err := x.check(lever); err != nil {
		return x, err
	}
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	x.Rev, x.State, x.Author, x.At = 1, Active, a.Person, m.Now().UTC().Truncate(time.Millisecond)
	x.Place = x.At.UnixMilli() // after what comes with the program, in the order of writing
	err = m.change(ctx, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "measure", rowColumns, [][]any{x.row()}, ""); err != nil {
			return err
		}
		return m.kept(ctx, tx, a.Person, "create", "", x)
	})
	return x, err
}

// Change keeps a new version of a measure, which x.Rev is the revision read of: its
// words, its step, its audience, the day it was read again, whether it is withdrawn.
// A measure stays of who wrote it, the nation or a region.
func (m *Room) Change(ctx context.Context, a policy.Actor, x Measure, reason string, lever func(code string) bool) (_ Measure, err error) {
	defer apperr.Wrap(&err, "support.Change(%s)", x.ID)
	was, err := Find(ctx, m.DB, x.ID)
	if err != nil {
		return x, err
	}
	if err := may(ctx, m.DB, a, policy.Edit, was.Region); err != nil {
		return x, err
	}
	x.Region, x.Author, x.Place, x.At = was.Region, was.Author, was.Place, was.At
	if err := x.check(lever); err != nil {
		return x, err
	}
	verb := "edit"
	switch {
	case x.State != Active && x.State != Withdrawn:
		return x, &Fault{"state", "Choisissez un état de la liste."}
	case x.State == Withdrawn && reason == "":
		return x, &Fault{"reason", "Dites pourquoi vous la retirez\u00a0: la raison reste dans son histoire."}
	case x.State == Withdrawn && was.State == Active:
		verb = "withdraw"
	case x.State == Active && was.State == Withdrawn:
		verb = "restore"
	}
	err = m.change(ctx, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE measure SET rev = rev + 1, lever = $3, step = $4, kind = $5, audience = $6, text = $7, publisher = $8, link = $9, reviewed = $10, state = $11 WHERE id = $1 AND rev = $2`,
			x.ID, x.Rev, x.Lever, x.Step, string(x.Kind), strings.Join(x.Audience, " "), x.Text, x.Publisher, x.Link, x.Reviewed, x.State)
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Quelqu’un d’autre a modifié cette mesure pendant votre saisie. Rien de ce que vous avez tapé n’est perdu\u00a0: comparez les deux versions, puis enregistrez à nouveau.")
		}
		x.Rev++
		return m.kept(ctx, tx, a.Person, verb, reason, x)
	})
	return x, err
}

func may(ctx context.Context, q db.Q, a policy.Actor, v policy.Verb, region string) error {
	t, err := Thing(ctx, q, region)
	if err != nil {
		return err
	}
	return policy.Check(a, v, t)
}

// kept writes a version and its row of the journal.
func (m *Room) kept(ctx context.Context, tx db.Q, by, verb, reason string, x Measure) error {
	row, err := m.version(by, reason, x)
	if err != nil {
		return err
	}
	if _, err := db.Insert(ctx, tx, "measure_version", versionColumns, [][]any{row}, ""); err != nil {
		return err
	}
	_, err = m.Journal.Record(ctx, tx, journal.Entry{Actor: by, Verb: verb, Kind: "measure", Subject: x.ID, Rev: x.Rev})
	return err
}

var versionColumns = []string{"id", "rev", "at", "by", "reason", "body"}

func (m *Room) version(by, reason string, x Measure) ([]any, error) {
	text, err := json.Marshal(x)
	return []any{x.ID, x.Rev, m.Now().UnixMilli(), by, reason, string(text)}, err
}

// change runs what writes, and moves what public pages are kept by as its last
// statement.
func (m *Room) change(ctx context.Context, do func(ctx context.Context, tx db.Q) error) error {
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if err := do(ctx, tx); err != nil {
			return err
		}
		_, err := db.Bump(ctx, tx, Version, m.Now())
		return err
	})
}

// Past is one version of a measure: what was said, when, and why it changed.
type Past struct {
	Rev     int64
	At      time.Time
	By      string
	Reason  string
	Measure Measure
}

// History lists the versions of a measure, the last first, at most fifty.
func History(ctx context.Context, q db.Q, id string) ([]Past, error) {
	rows, err := q.Query(ctx, `SELECT rev, at, by, reason, body FROM measure_version WHERE id = $1 ORDER BY rev DESC LIMIT 50`, id)
	return db.Collect(rows, err, func(r *db.Rows) (p Past, err error) {
		var at int64
		var body string
		if err := r.Scan(&p.Rev, &at, &p.By, &p.Reason, &body); err != nil {
			return p, err
		}
		p.At = time.UnixMilli(at).UTC()
		return p, json.Unmarshal([]byte(body), &p.Measure)
	})
}
