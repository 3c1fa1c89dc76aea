package action

import (
	"context"

	"jalon/internal/db"
)

type throughKey struct{}

// Through tells that what is done to actions is done by a program: the journal says so
// beside whose key it is.
func Through(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, throughKey{}, "api_key:"+key)
}

func through(ctx context.Context) string {
	key, _ := ctx.Value(throughKey{}).(string)
	return key
}

// WithOrigin finds the action of a COP that a program or a file made under a name, if any.
func WithOrigin(ctx context.Context, q db.Q, copID, origin string) (id string, err error) {
	rows, err := q.Query(ctx, `SELECT id FROM action WHERE cop_id = $1 AND origin = $2`, copID, origin)
	all, err := db.Collect(rows, err, func(r *db.Rows) (id string, err error) { return id, r.Scan(&id) })
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}
