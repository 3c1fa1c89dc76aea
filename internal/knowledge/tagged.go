package knowledge

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Tagged is what the team of a region retained on a lever.
type Tagged struct {
	Kind  Kind
	Lever string // code, of whatever version of the referential
	Item  string
}

// RetainedOn lists what a region retained, once for each lever that it names. An
// obstacle merged into another counts with that one, and is left out.
func RetainedOn(ctx context.Context, q db.Q, region string) (_ []Tagged, err error) {
	defer apperr.Wrap(&err, "knowledge.RetainedOn(%s)", region)
	rows, err := q.Query(ctx, `
		SELECT i.kind, l.lever, i.id
		  FROM knowledge_item i JOIN knowledge_lever l ON l.item = i.id
		 WHERE i.region = $1 AND i.state = 'retained' AND i.merged_into = ''
		 ORDER BY i.kind, l.lever, i.id`, region)
	return db.Collect(rows, err, func(r *db.Rows) (t Tagged, err error) {
		err = r.Scan(&t.Kind, &t.Lever, &t.Item)
		return t, err
	})
}
