package contribution

import (
	"context"
	"errors"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
)

// worthWarming is how many published contributions a COP has when its first reader
// would wait for them to be read.
const worthWarming = 2000

// Warm reads the contributions of the COPs that have many, and the words of their texts,
// so that whoever comes first after a start waits for neither.
func (m *Room) Warm(ctx context.Context) (err error) {
	defer apperr.Wrap(&err, "contribution.Warm")
	rows, err := m.DB.Query(ctx, `SELECT cop_id FROM debate_post WHERE kind = 'contribution' AND state = 'published' GROUP BY cop_id HAVING COUNT(*) >= $1 ORDER BY cop_id`, int64(worthWarming))
	all, err := db.Collect(rows, err, func(r *db.Rows) (id string, err error) { err = r.Scan(&id); return id, err })
	if err != nil {
		return err
	}
	var wrong []error
	for _, id := range all {
		c, err := cop.Find(ctx, m.DB, id)
		if err == nil {
			err = m.onShelf(ctx, m.DB, c, func(*shelf) error { return nil })
		}
		if err == nil {
			s := m.shelf(c)
			_, err = s.study.run(ctx, longest, func(ctx context.Context) error { return s.learn(ctx, m.DB, c.ID) })
		}
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}
