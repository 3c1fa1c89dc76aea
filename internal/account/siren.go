package account

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Numbered lists the organisations in force that have a SIREN, by their id, name and
// number alone: what files name holders by.
func Numbered(ctx context.Context, q db.Q) (_ []Organisation, err error) {
	defer apperr.Wrap(&err, "account.Numbered")
	rows, err := q.Query(ctx, `SELECT id, name, siren FROM organisation WHERE siren <> '' AND gone_at IS NULL ORDER BY id`)
	return db.Collect(rows, err, func(r *db.Rows) (o Organisation, err error) { return o, r.Scan(&o.ID, &o.Name, &o.SIREN) })
}
