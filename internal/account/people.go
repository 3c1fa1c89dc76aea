package account

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Worker is somebody who worked for a region or a département.
type Worker struct{ Account, ScopeKind, Scope string }

// WorkersAt lists who worked for each region and each département at an instant:
// every role over them but participation, which crowds hold. One statement, which
// reads the index of those roles alone; it neither groups nor sorts, for SQLite
// would then walk the whole crowd in another index.
func WorkersAt(ctx context.Context, q db.Q, at time.Time) (_ []Worker, err error) {
	defer apperr.Wrap(&err, "account.WorkersAt")
	rows, err := q.Query(ctx, `
		SELECT account, scope_kind, scope FROM role_grant
		 WHERE scope_kind IN ('region', 'department') AND role IN ('state_chair', 'region_chair', 'team', 'department_lead', 'expert', 'facilitator')
		   AND at < $1 AND COALESCE(ended_at, $1) >= $1`, at.UnixMilli())
	return db.Collect(rows, err, func(r *db.Rows) (x Worker, err error) {
		err = r.Scan(&x.Account, &x.ScopeKind, &x.Scope)
		return x, err
	})
}
