package account

import (
	"context"
	"slices"
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

// Names gives the names of some accounts, their addresses where they have none:
// one statement for each two hundred.
func Names(ctx context.Context, q db.Q, ids []string) (_ map[string]string, err error) {
	defer apperr.Wrap(&err, "account.Names(%d)", len(ids))
	return names(ctx, q, ids, true)
}

// Called gives the names of some accounts and never an address, for pages that many
// may read: empty for who gave no name.
func Called(ctx context.Context, q db.Q, ids []string) (_ map[string]string, err error) {
	defer apperr.Wrap(&err, "account.Called(%d)", len(ids))
	return names(ctx, q, ids, false)
}

func names(ctx context.Context, q db.Q, ids []string, orAddress bool) (map[string]string, error) {
	out := make(map[string]string, len(ids))
	for part := range slices.Chunk(ids, 200) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		rows, err := q.Query(ctx, `SELECT id, name, email FROM account WHERE id IN (`+db.Params(1, len(part))+`)`, args...)
		found, err := db.Collect(rows, err, func(r *db.Rows) (x [3]string, err error) { return x, r.Scan(&x[0], &x[1], &x[2]) })
		if err != nil {
			return nil, err
		}
		for _, x := range found {
			if out[x[0]] = x[1]; x[1] == "" && orAddress {
				out[x[0]] = x[2]
			}
		}
	}
	return out, nil
}

// AtWork lists who holds a role over a scope now but to take part, which crowds
// do, by name.
func AtWork(ctx context.Context, q db.Q, scopeKind, scope string) ([]Role, error) {
	rows, err := q.Query(ctx, `SELECT `+roleColumns+` FROM role_grant g JOIN account a ON a.id = g.account
		WHERE g.scope_kind = $1 AND g.scope = $2 AND g.ended_at IS NULL AND g.role IN ('state_chair', 'region_chair', 'team', 'department_lead', 'expert', 'facilitator') ORDER BY a.name, g.id`, scopeKind, scope)
	return db.Collect(rows, err, scanRole)
}
