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

// AtWork lists who holds a role over a scope now but to take part, which crowds
// do, by name.
func AtWork(ctx context.Context, q db.Q, scopeKind, scope string) ([]Role, error) {
	rows, err := q.Query(ctx, `SELECT `+roleColumns+` FROM role_grant g JOIN account a ON a.id = g.account
		WHERE g.scope_kind = $1 AND g.scope = $2 AND g.ended_at IS NULL AND g.role IN ('state_chair', 'region_chair', 'team', 'department_lead', 'expert', 'facilitator') ORDER BY a.name, g.id`, scopeKind, scope)
	return db.Collect(rows, err, scanRole)
}
