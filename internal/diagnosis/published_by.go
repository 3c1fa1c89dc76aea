package diagnosis

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// PublishedBy lists the diagnoses that the COPs of a cycle had published by the end
// of a day, by region, each one's editions in their order: one statement.
func PublishedBy(ctx context.Context, q db.Q, cycle, day string) (_ []Edition, err error) {
	defer apperr.Wrap(&err, "diagnosis.PublishedBy(%s, %s)", cycle, day)
	rows, err := q.Query(ctx, `SELECT e.id, e.cop_id, e.region, e.cycle, e.seq, e.state, e.day, e.published_on, e.publication_id, e.act, e.by, e.at, e.sha256
		FROM diagnosis_edition e WHERE e.cycle = $1 AND e.state = 'published' AND e.published_on <= $2 ORDER BY e.region, e.seq`, cycle, day)
	return db.Collect(rows, err, func(r *db.Rows) (e Edition, err error) {
		var at int64
		err = r.Scan(&e.ID, &e.COP, &e.Region, &e.Cycle, &e.Seq, &e.State, &e.Day, &e.PublishedOn, &e.Publication, &e.Act, &e.By, &at, &e.SHA256)
		e.At = time.UnixMilli(at).UTC()
		return e, err
	})
}
