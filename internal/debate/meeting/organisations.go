package meeting

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/debate"
)

// OrgCount is how many people of an organisation came to a meeting.
type OrgCount struct {
	Organisation string // empty for those who came in their own name
	College      debate.College
	People       int64
}

// ByOrganisation counts who is noted as present at a meeting by organisation, in one
// statement: what its minutes say, without any name of a person.
func ByOrganisation(ctx context.Context, q db.Q, meeting string) (_ []OrgCount, err error) {
	defer apperr.Wrap(&err, "meeting.ByOrganisation(%s)", meeting)
	rows, err := q.Query(ctx, `SELECT org_name, college, COUNT(*) FROM meeting_presence WHERE meeting_id = $1 AND gone_at IS NULL GROUP BY org_name, college ORDER BY CASE WHEN org_name = '' THEN 1 ELSE 0 END, org_name, college`, meeting)
	return db.Collect(rows, err, func(r *db.Rows) (c OrgCount, err error) {
		err = r.Scan(&c.Organisation, &c.College, &c.People)
		return c, err
	})
}
