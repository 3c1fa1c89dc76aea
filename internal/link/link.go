// Package link joins things of different rooms, and knows none of them: a decision
// and the contribution that it answers, an action and the lever that it serves. A
// link is read both ways; it is ended, never removed.
package link

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Tables lists the tables of this package.
func Tables() []db.Table {
	return []db.Table{{Name: "link", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}}}
}

// The kinds of things that links join.
const (
	Lever        = "lever" // by its code
	Contribution = "contribution"
	Decision     = "decision"
	Meeting      = "meeting"
	Group        = "group"
	Action       = "action"
	Statement    = "statement"
	Objective    = "objective"
	Response     = "response" // of an authority
	Plan         = "plan"
	PlanAim      = "plan_objective" // what a plan aims at
	Practice     = "practice"       // good practice, strong point
	Obstacle     = "obstacle"
	Aid          = "aid"
	Measure      = "measure"
	Consultation = "consultation"
	Document     = "document" // that a COP composes
)

// End is one end of a link.
type End struct {
	Kind string
	ID   string
}

// Link joins From to To: From is what says it, «this decision answers that
// contribution».
type Link struct {
	ID   string
	COP  string
	From End
	To   End
	By   string
	At   time.Time
}

// Links keeps them. Time and ids are given.
type Links struct {
	IDs *db.IDs
	Now func() time.Time
	// OnJoin is what a room does when something is linked to a thing of its kind, in
	// the transaction that links it.
	OnJoin map[string]func(ctx context.Context, tx db.Q, x Link) error
}

// Join adds a link, in the transaction of the act that makes it; one that is there
// already is no error.
func (m *Links) Join(ctx context.Context, tx db.Q, cop, by string, from, to End) (err error) {
	defer apperr.Wrap(&err, "link.Join(%s %s)", from.Kind, to.Kind)
	id, err := m.IDs.New()
	if err != nil {
		return err
	}
	n, err := db.Insert(ctx, tx, "link", []string{"id", "cop_id", "from_kind", "from_id", "to_kind", "to_id", "by", "at"},
		[][]any{{id, cop, from.Kind, from.ID, to.Kind, to.ID, by, m.Now().UnixMilli()}}, "ON CONFLICT (from_kind, from_id, to_kind, to_id) WHERE ended_at IS NULL DO NOTHING")
	if err != nil || n == 0 {
		return err
	}
	if then, ok := m.OnJoin[to.Kind]; ok {
		return then(ctx, tx, Link{ID: id, COP: cop, From: from, To: to, By: by, At: m.Now()})
	}
	return nil
}

// Part ends a link that is there.
func (m *Links) Part(ctx context.Context, tx db.Q, from, to End) (err error) {
	defer apperr.Wrap(&err, "link.Part(%s %s)", from.Kind, to.Kind)
	_, err = tx.Exec(ctx, `UPDATE link SET ended_at = $5 WHERE from_kind = $1 AND from_id = $2 AND to_kind = $3 AND to_id = $4 AND ended_at IS NULL`,
		from.Kind, from.ID, to.Kind, to.ID, m.Now().UnixMilli())
	return err
}

const columns = `id, cop_id, from_kind, from_id, to_kind, to_id, by, at`

func scan(r interface{ Scan(...any) error }) (x Link, err error) {
	var at int64
	err = r.Scan(&x.ID, &x.COP, &x.From.Kind, &x.From.ID, &x.To.Kind, &x.To.ID, &x.By, &at)
	x.At = time.UnixMilli(at).UTC()
	return x, err
}

// From lists what a thing is linked to, the oldest link first.
func From(ctx context.Context, q db.Q, e End) (_ []Link, err error) {
	defer apperr.Wrap(&err, "link.From(%s)", e.Kind)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM link WHERE from_kind = $1 AND from_id = $2 AND ended_at IS NULL ORDER BY id`, e.Kind, e.ID)
	return db.Collect(rows, err, func(r *db.Rows) (Link, error) { return scan(r) })
}

// To lists what is linked to a thing, the oldest link first.
func To(ctx context.Context, q db.Q, e End) (_ []Link, err error) {
	defer apperr.Wrap(&err, "link.To(%s)", e.Kind)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM link WHERE to_kind = $1 AND to_id = $2 AND ended_at IS NULL ORDER BY id`, e.Kind, e.ID)
	return db.Collect(rows, err, func(r *db.Rows) (Link, error) { return scan(r) })
}
