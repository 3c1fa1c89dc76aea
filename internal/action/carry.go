package action

import (
	"context"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// followed begins the origin of an action that follows one of an earlier COP, before the
// id of that one.
const followed = "suite:"

// Follows is the action of an earlier COP that an action follows, empty for none.
func (x Action) Follows() string {
	id, ok := strings.CutPrefix(x.Origin, followed)
	if !ok {
		return ""
	}
	return id
}

// FollowOf is a new action of a COP that follows one of an earlier COP: who carries it,
// where, when and with which money stay as they were; the grid, the debate, files and
// ties to other actions do not, for they speak of that COP. What it brings and to which
// levers is for who makes it to say.
func (x Action) FollowOf(c cop.COP, person string) Action {
	out := x
	out.ID, out.Rev, out.COP, out.Cycle, out.Region, out.Seq = "", 1, c.ID, c.Cycle, c.Region, 0
	out.State, out.Author, out.Origin = Proposed, person, followed+x.ID
	out.Grid, out.Debate, out.Files, out.Relations = Grid{}, Debate{}, nil, nil
	out.PoolState, out.MergedInto, out.List, out.RetainedOn = "", "", "", ""
	out.Levers, out.Impacts = nil, nil
	out.Tasks = slices.DeleteFunc(slices.Clone(x.Tasks), func(t Task) bool { return t.Done != "" })
	return out
}

// Carry keeps actions made by FollowOf in a COP, each with its number, its first version
// and what it is found by, in the transaction of who calls: a few statements, whatever
// their number. What follows an action that the COP already follows is refused whole.
func (m *Room) Carry(ctx context.Context, tx db.Q, a policy.Actor, c cop.COP, reason string, all []Action) (_ []Action, err error) {
	defer apperr.Wrap(&err, "action.Carry(%s)", c.ID)
	if len(all) == 0 {
		return nil, nil
	}
	// The row of the COP is held: two actions never have the same number.
	if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, c.ID); err != nil {
		return nil, err
	}
	var seq int64
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) FROM action WHERE cop_id = $1`, c.ID).Scan(&seq); err != nil {
		return nil, err
	}
	now := m.Now().UTC().Truncate(time.Millisecond)
	for i := range all {
		x := &all[i]
		if x.Follows() == "" || x.COP != c.ID || x.State != Proposed {
			return nil, apperr.Invalidf("L’action «\u00a0%s\u00a0» n’est pas une suite.", x.Title)
		}
		if err := policy.Check(a, policy.Create, x.Thing(c)); err != nil {
			return nil, err
		}
		if err := x.check(); err != nil {
			return nil, err
		}
		if x.ID, err = m.IDs.New(); err != nil {
			return nil, err
		}
		x.Seq, x.At, x.Changed = seq+int64(i)+1, now, now
	}
	if err := InsertAll(ctx, tx, a.Person, reason, all); err != nil {
		return nil, err
	}
	for _, x := range all {
		if err := m.met(ctx, tx, a.Person, Action{}, x); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Moved tells what is kept of the actions of a COP that they changed: who calls Carry
// does it at the end of the transaction.
func (m *Room) Moved(ctx context.Context, tx db.Q, copID string) error {
	return m.moved(ctx, tx, copID)
}

// At says at which revisions actions stand, by their ids; what is gone has none.
func At(ctx context.Context, q db.Q, ids []string) (out map[string]int64, err error) {
	defer apperr.Wrap(&err, "action.At")
	out = map[string]int64{}
	for part := range slices.Chunk(ids, 500) {
		var b binder
		rows, err := q.Query(ctx, `SELECT id, rev FROM action WHERE id IN (`+b.in(part)+`)`, b.args...)
		if err := each(rows, err, func(r *db.Rows) error {
			var id string
			var rev int64
			err := r.Scan(&id, &rev)
			out[id] = rev
			return err
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}
