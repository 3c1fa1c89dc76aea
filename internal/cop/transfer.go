package cop

import (
	"context"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// RegionsOf lists the regions of some COPs.
func RegionsOf(ctx context.Context, q db.Q, cops []string) ([]string, error) {
	if len(cops) == 0 {
		return nil, nil
	}
	args := make([]any, len(cops))
	for i, c := range cops {
		args[i] = c
	}
	rows, err := q.Query(ctx, `SELECT DISTINCT region FROM cop WHERE id IN (`+db.Params(1, len(cops))+`) ORDER BY region`, args...)
	return db.Strings(rows, err)
}

// HomeOf is the COP of a region in the newest cycle that it has one in.
func HomeOf(ctx context.Context, q db.Q, region string) (COP, error) {
	c, err := scanCOP(q.QueryRow(ctx, `SELECT `+copColumns+` FROM cop WHERE region = $1 AND parent IS NULL ORDER BY cycle DESC LIMIT 1`, region))
	return c, db.OrNotFound(err, "Cette région n’a pas de COP.")
}

// MoveDelegations gives the delegations that a person holds, now or later, to
// whoever follows them: those of the side that the actor heads. Only a head
// gives one, so the others are left, and counted. The new one bears the same
// decision; what was done by the old one stays explained.
func (m *Room) MoveDelegations(ctx context.Context, tx db.Q, a policy.Actor, from, to string) (moved, left int, err error) {
	defer apperr.Wrap(&err, "cop.MoveDelegations")
	rows, err := tx.Query(ctx, `SELECT id, cop_id, side, giver, person, reach, target, from_day, to_day, decision, at, COALESCE(ended_at, 0)
		FROM delegation WHERE person = $1 AND ended_at IS NULL ORDER BY id`, from)
	held, err := db.Collect(rows, err, scanDelegation)
	if err != nil {
		return 0, 0, err
	}
	for _, d := range held {
		c, err := Find(ctx, tx, d.COP)
		if err != nil {
			return moved, left, err
		}
		today := m.today(c)
		if d.To < today {
			continue
		}
		side := Side("")
		if policy.Can(a, policy.Create, c.Thing(policy.Delegation)) {
			var by string
			side, by, err = m.sideOf(ctx, tx, a, c, "", "")
			if kind := apperr.KindOf(err); err != nil && kind != apperr.Forbidden && kind != apperr.NotFound {
				return moved, left, err
			}
			if err != nil || by != "" {
				side = ""
			}
		}
		if side != d.Side || to == a.Person {
			left++
			continue
		}
		n, err := tx.Exec(ctx, `UPDATE delegation SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL`, d.ID, m.Now().UnixMilli())
		if err != nil {
			return moved, left, err
		}
		if n == 0 {
			continue
		}
		next := d
		if next.ID, err = m.IDs.New(); err != nil {
			return moved, left, err
		}
		if next.From < today {
			next.From = today
		}
		next.Person, next.Giver, next.At, next.EndedAt = to, a.Person, m.Now(), time.Time{}
		next.Decision = strings.TrimSpace(d.Decision)
		if _, err := db.Insert(ctx, tx, "delegation", []string{"id", "cop_id", "side", "giver", "person", "reach", "target", "from_day", "to_day", "decision", "at"},
			[][]any{{next.ID, next.COP, string(next.Side), next.Giver, next.Person, next.Reach, next.Target, next.From, next.To, next.Decision, next.At.UnixMilli()}}, ""); err != nil {
			return moved, left, err
		}
		if err := m.record(ctx, tx, a, "transfer", "delegation", next.ID, 0, d.COP); err != nil {
			return moved, left, err
		}
		moved++
	}
	return moved, left, nil
}
