package account

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// People is how many accounts held a role over a scope.
type People struct {
	ScopeKind, Scope string
	N                int64
}

// PeopleAt counts who held a role over each region and each département at an
// instant, each person once for a scope, in one statement.
func PeopleAt(ctx context.Context, q db.Q, at time.Time) (_ []People, err error) {
	defer apperr.Wrap(&err, "account.PeopleAt")
	rows, err := q.Query(ctx, `
		SELECT scope_kind, scope, COUNT(DISTINCT account) FROM role_grant
		 WHERE scope_kind IN ('region', 'department') AND at < $1 AND COALESCE(ended_at, $1) >= $1
		 GROUP BY scope_kind, scope ORDER BY scope_kind, scope`, at.UnixMilli())
	return db.Collect(rows, err, func(r *db.Rows) (x People, err error) {
		err = r.Scan(&x.ScopeKind, &x.Scope, &x.N)
		return x, err
	})
}
