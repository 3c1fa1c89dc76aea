package action

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Counts is how many actions of a COP stand where.
type Counts struct {
	Proposed int64 // proposed, qualified or debated: on their way
	Retained int64 // cross-cutting ones apart
	Cross    int64 // retained cross-cutting ones
	Pool     int64
}

// Any reports whether the register of the COP holds anything.
func (c Counts) Any() bool { return c.Proposed+c.Retained+c.Cross+c.Pool > 0 }

// CountsIn counts the actions of each COP of a cycle, in one statement.
func CountsIn(ctx context.Context, q db.Q, cycle string) (_ map[string]Counts, err error) {
	defer apperr.Wrap(&err, "action.CountsIn(%q)", cycle)
	rows, err := q.Query(ctx, `
		SELECT x.cop_id, x.state, x.kind, COUNT(*)
		  FROM action x
		 WHERE x.cycle = $1 AND x.state IN ('proposed', 'qualified', 'debated', 'retaining', 'retained', 'pool')
		 GROUP BY x.cop_id, x.state, x.kind`, cycle)
	out := map[string]Counts{}
	err = each(rows, err, func(r *db.Rows) error {
		var id, state, kind string
		var n int64
		if err := r.Scan(&id, &state, &kind, &n); err != nil {
			return err
		}
		c := out[id]
		switch {
		case State(state) == Pool:
			c.Pool += n
		case State(state) != Retained:
			c.Proposed += n
		case Kind(kind) == CrossCutting:
			c.Cross += n
		default:
			c.Retained += n
		}
		out[id] = c
		return nil
	})
	return out, err
}

// WaitingIn counts the actions of a COP that wait for the opinion of its team.
func WaitingIn(ctx context.Context, q db.Q, copID string) (n int64, err error) {
	defer apperr.Wrap(&err, "action.WaitingIn(%q)", copID)
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM action WHERE cop_id = $1 AND state = 'proposed'`, copID).Scan(&n)
	return n, err
}
