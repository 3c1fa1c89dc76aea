package cop

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// Delegation lets a person act for a head, between two days, the decision
// attached. It is ended, never removed: what was done by it stays explained.
type Delegation struct {
	ID, COP  string
	Side     Side
	Giver    string
	Person   string
	Reach    string // act, kind, all
	Target   string // id of the act, or kind of acts; empty for all
	From, To string // days, both included
	Decision string // address of the decision, or its reference
	At       time.Time
	EndedAt  time.Time
}

// Delegate gives a delegation. Only a head gives one, and not by delegation:
// whoever received one does not pass it on.
func (m *Room) Delegate(ctx context.Context, a policy.Actor, in Delegation) (d Delegation, err error) {
	defer apperr.Wrap(&err, "cop.Delegate(%s)", in.COP)
	c, err := Find(ctx, m.DB, in.COP)
	if err != nil {
		return d, err
	}
	if err := policy.Check(a, policy.Create, c.Thing(policy.Delegation)); err != nil {
		return d, err
	}
	side, by, err := m.sideOf(ctx, m.DB, a, c, "", "")
	if err != nil {
		return d, err
	}
	if by != "" {
		return d, apperr.New(apperr.Forbidden, nil, "Une délégation reçue ne se délègue pas.")
	}
	if err := m.checkDelegation(in, a); err != nil {
		return d, err
	}
	if in.Reach == "act" {
		if act, err := FindAct(ctx, m.DB, in.Target); err != nil || act.COP != in.COP {
			return d, unlessNotFound(err, apperr.Invalidf("Choisissez l’acte à déléguer parmi ceux de cette COP."))
		}
	}
	d = in
	if d.ID, err = m.IDs.New(); err != nil {
		return d, err
	}
	d.Side, d.Giver, d.At = side, a.Person, m.Now()
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "delegation", []string{"id", "cop_id", "side", "giver", "person", "reach", "target", "from_day", "to_day", "decision", "at"},
			[][]any{{d.ID, d.COP, string(d.Side), d.Giver, d.Person, d.Reach, d.Target, d.From, d.To, d.Decision, d.At.UnixMilli()}}, ""); err != nil {
			return err
		}
		return m.record(ctx, tx, a, "create", "delegation", d.ID, 0, d.COP)
	})
	return d, err
}

// unlessNotFound is what to say when a thing named by a form is not there: an
// error of another kind stays.
func unlessNotFound(err, say error) error {
	if err != nil && !notFound(err) {
		return err
	}
	return say
}

func (m *Room) checkDelegation(in Delegation, a policy.Actor) error {
	if err := day(in.From, "Début de la délégation"); err != nil {
		return err
	}
	if err := day(in.To, "Fin de la délégation"); err != nil {
		return err
	}
	switch {
	case in.To < in.From:
		return apperr.Invalidf("La délégation se termine avant de commencer.")
	case in.Decision == "":
		return apperr.Invalidf("Indiquez la décision qui donne la délégation\u00a0: sa référence ou son adresse.")
	case in.Person == "" || in.Person == a.Person:
		return apperr.Invalidf("Choisissez la personne à qui vous déléguez, autre que vous.")
	case in.Reach != "all" && (in.Reach != "act" && in.Reach != "kind" || in.Target == ""):
		return apperr.Invalidf("Dites ce que vous déléguez\u00a0: un acte, un type d’acte, ou tous.")
	}
	return nil
}

// EndDelegation ends a delegation from now on.
func (m *Room) EndDelegation(ctx context.Context, a policy.Actor, copID, id string) (err error) {
	defer apperr.Wrap(&err, "cop.EndDelegation(%s)", id)
	c, err := Find(ctx, m.DB, copID)
	if err != nil {
		return err
	}
	if err := policy.Check(a, policy.Edit, c.Thing(policy.Delegation)); err != nil {
		return err
	}
	side, _, err := m.sideOf(ctx, m.DB, a, c, "", "")
	if err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE delegation SET ended_at = $4 WHERE id = $1 AND cop_id = $2 AND side = $3 AND ended_at IS NULL`, id, copID, string(side), m.Now().UnixMilli())
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.NotFoundf("Cette délégation n’existe pas, ou elle est déjà terminée.")
		}
		return m.record(ctx, tx, a, "end", "delegation", id, 0, copID)
	})
}

// Delegations lists those of a COP, newest first.
func Delegations(ctx context.Context, q db.Q, copID string) ([]Delegation, error) {
	rows, err := q.Query(ctx, `SELECT id, cop_id, side, giver, person, reach, target, from_day, to_day, decision, at, COALESCE(ended_at, 0)
		FROM delegation WHERE cop_id = $1 ORDER BY id DESC`, copID)
	return db.Collect(rows, err, scanDelegation)
}

func scanDelegation(r *db.Rows) (d Delegation, err error) {
	var at, ended int64
	err = r.Scan(&d.ID, &d.COP, &d.Side, &d.Giver, &d.Person, &d.Reach, &d.Target, &d.From, &d.To, &d.Decision, &at, &ended)
	d.At = time.UnixMilli(at).UTC()
	if ended > 0 {
		d.EndedAt = time.UnixMilli(ended).UTC()
	}
	return d, err
}

// delegationFor finds a delegation in force today that covers an act; the zero
// one when there is none.
func (m *Room) delegationFor(ctx context.Context, q db.Q, person string, c COP, kind, act string) (Delegation, error) {
	today := m.today(c)
	rows, err := q.Query(ctx, `SELECT id, cop_id, side, giver, person, reach, target, from_day, to_day, decision, at, COALESCE(ended_at, 0)
		FROM delegation
		WHERE cop_id = $1 AND person = $2 AND ended_at IS NULL AND from_day <= $3 AND to_day >= $3
		  AND (reach = 'all' OR reach = 'kind' AND target = $4 OR reach = 'act' AND target = $5)
		ORDER BY id`, c.ID, person, today, kind, act)
	found, err := db.Collect(rows, err, scanDelegation)
	if err != nil || len(found) == 0 {
		return Delegation{}, err
	}
	return found[0], nil
}
