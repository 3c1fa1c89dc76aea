package db

import (
	"context"
	"errors"
	"time"

	"jalon/internal/apperr"
)

// Bump moves the version of a named set of data, in the same transaction as
// what changed it: a cache keyed by Version then never serves what is gone.
// It is the last statement of the transaction, since it locks the row.
func Bump(ctx context.Context, tx Q, name string, at time.Time) (version int64, err error) {
	defer apperr.Wrap(&err, "db.Bump(%q)", name)
	err = tx.QueryRow(ctx, `
		INSERT INTO data_version (name, version, at)
		VALUES ($1, 1, $2)
		    ON CONFLICT (name) DO UPDATE
		   SET version = data_version.version + 1, at = excluded.at
		RETURNING version`, name, at.UnixMilli()).Scan(&version)
	return version, err
}

// Version returns the version of a named set of data, 0 before its first Bump.
func Version(ctx context.Context, q Q, name string) (version int64, err error) {
	defer apperr.Wrap(&err, "db.Version(%q)", name)
	err = q.QueryRow(ctx, `SELECT version FROM data_version WHERE name = $1`, name).Scan(&version)
	if errors.Is(err, ErrNoRows) {
		return 0, nil
	}
	return version, err
}
