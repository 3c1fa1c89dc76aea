package action

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Brought is what a retained action brings to one lever; Counted is the part of it that
// counts, in ten-thousandths.
type Brought struct {
	Action  Action
	Impact  Impact
	Counted int64
}

// MostBrought bounds the actions that one page lists for a lever.
const MostBrought = 300

// BroughtTo lists the retained actions of a region that are about a lever, those that
// bring the most first, at most MostBrought: one statement.
func BroughtTo(ctx context.Context, q db.Q, region, lever string) (_ []Brought, err error) {
	defer apperr.Wrap(&err, "action.BroughtTo(%q, %q)", region, lever)
	rows, err := q.Query(ctx, `
		SELECT `+columns+`, i.counted
		  FROM action_impact i JOIN action x ON x.id = i.action_id
		 WHERE i.lever = $1 AND i.state = 'retained' AND x.region = $2
		 ORDER BY COALESCE(i.kg, -9000000000000000000) DESC, x.id LIMIT $3`, lever, region, int64(MostBrought))
	return db.Collect(rows, err, func(r *db.Rows) (b Brought, err error) {
		b.Action, err = scan(with{r, &b.Counted})
		for _, p := range b.Action.Impacts {
			if p.Lever == lever {
				b.Impact = p
			}
		}
		return b, err
	})
}

// with scans one more column at the end of a row.
type with struct {
	r    *db.Rows
	last any
}

// Scan is that of the row.
func (w with) Scan(into ...any) error { return w.r.Scan(append(into, w.last)...) }
