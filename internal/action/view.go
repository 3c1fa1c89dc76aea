package action

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// View is a filter of the register under a name. Query is the filter as an address holds
// it.
type View struct {
	ID, COP, Person, Name, Query string
	Shared                       bool // with the team
	At                           time.Time
}

// mostViews bounds those of one person in a COP.
const mostViews = 50

// Views lists those that an actor sees in a COP: their own and those that are shared.
func Views(ctx context.Context, q db.Q, a policy.Actor, c cop.COP) (_ []View, err error) {
	defer apperr.Wrap(&err, "action.Views(%s)", c.ID)
	rows, err := q.Query(ctx, `SELECT id, cop_id, person, name, query, shared, at FROM action_view WHERE cop_id = $1 AND ended_at IS NULL AND (person = $2 OR shared = $3) ORDER BY name, id`, c.ID, a.Person, true)
	return db.Collect(rows, err, func(r *db.Rows) (v View, err error) {
		var at int64
		err = r.Scan(&v.ID, &v.COP, &v.Person, &v.Name, &v.Query, &v.Shared, &at)
		v.At = time.UnixMilli(at).UTC()
		return v, err
	})
}

// SaveView keeps a filter under a name: the same name of the same person is replaced.
func (m *Room) SaveView(ctx context.Context, a policy.Actor, c cop.COP, in View) (err error) {
	defer apperr.Wrap(&err, "action.SaveView(%s)", c.ID)
	if err := policy.Check(a, policy.Edit, c.Thing(policy.Action)); err != nil {
		return err
	}
	in.Name = strings.TrimSpace(in.Name)
	switch {
	case in.Name == "":
		return fault("name", "Donnez un nom à la vue.")
	case len(in.Query) > 2_000:
		return fault("name", "Cette vue a trop de filtres pour être gardée.")
	}
	if err := sized("name", "Nom de la vue", in.Name, 80); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The row of the COP is held: the same name is never kept twice.
		if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, c.ID); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE action_view SET rev = rev + 1, query = $4, shared = $5 WHERE cop_id = $1 AND person = $2 AND name = $3 AND ended_at IS NULL`, c.ID, a.Person, in.Name, in.Query, in.Shared)
		if err != nil || n > 0 {
			return err
		}
		var held int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM action_view WHERE cop_id = $1 AND person = $2 AND ended_at IS NULL`, c.ID, a.Person).Scan(&held); err != nil {
			return err
		}
		if held >= mostViews {
			return fault("name", "Vous gardez déjà 50 vues\u00a0: retirez-en une d’abord.")
		}
		id, err := m.IDs.New()
		if err != nil {
			return err
		}
		_, err = db.Insert(ctx, tx, "action_view", strings.Fields("id rev cop_id person name query shared at"), [][]any{{id, int64(1), c.ID, a.Person, in.Name, in.Query, in.Shared, m.Now().UnixMilli()}}, "")
		return err
	})
}

// EndView takes a view off the list; its keeper alone does, or the team for a shared one.
func (m *Room) EndView(ctx context.Context, a policy.Actor, c cop.COP, id string) (err error) {
	defer apperr.Wrap(&err, "action.EndView(%q)", id)
	if err := policy.Check(a, policy.Edit, c.Thing(policy.Action)); err != nil {
		return err
	}
	n, err := m.DB.Exec(ctx, `UPDATE action_view SET rev = rev + 1, ended_at = $4 WHERE id = $1 AND cop_id = $2 AND ended_at IS NULL AND (person = $3 OR shared = $5)`, id, c.ID, a.Person, m.Now().UnixMilli(), true)
	if err == nil && n == 0 {
		err = apperr.NotFoundf("Cette vue n’existe plus.")
	}
	return err
}
