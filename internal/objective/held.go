package objective

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// HeldOn lists who does not hold what a COP put on the table for a territory, by
// objective, then in the order of what they said. What was lifted is not there.
func HeldOn(ctx context.Context, q db.Q, copID, territory string) (_ []Dissent, err error) {
	defer apperr.Wrap(&err, "objective.HeldOn(%q, %q)", copID, territory)
	rows, err := q.Query(ctx, `
		SELECT d.id, d.rev, d.objective_id, d.cop_id, d.party, d.name, d.org, d.kg, d.level, o.unit, d.measure, d.typed, d.text, d.day, d.state, d.by, d.at
		  FROM objective_dissent d
		  JOIN objective o ON o.id = d.objective_id
		 WHERE d.cop_id = $1 AND o.territory = $2 AND d.state = 'held'
		 ORDER BY d.objective_id, d.day, d.id`, copID, territory)
	return db.Collect(rows, err, func(r *db.Rows) (d Dissent, err error) {
		var kg *int64
		var level *float64
		var unit string
		var at int64
		err = r.Scan(&d.ID, &d.Rev, &d.Objective, &d.COP, &d.Party, &d.Name, &d.Org, &kg, &level, &unit, &d.Measure, &d.Typed, &d.Text, &d.Day, &d.State, &d.By, &at)
		d.At, d.Value = time.UnixMilli(at).UTC(), valueOf(kg, level, unit)
		return d, err
	})
}
