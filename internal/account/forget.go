package account

import (
	"context"
	"strings"
	"time"

	"jalon/internal/db"
)

// forgetBelonging takes out of organisations what tells who an erased person
// was: what they did there, their address when an organisation is reached by it,
// and the lines of files that invited them. Rows stay, with their opaque ids.
func (m *Room) forgetBelonging(ctx context.Context, tx db.Q, by, id, email string) error {
	now := m.Now().UnixMilli()
	if _, err := tx.Exec(ctx, `UPDATE membership SET rev = rev + 1, title = '', contact = FALSE, ended_at = COALESCE(ended_at, $2), ended_by = COALESCE(ended_by, $3) WHERE account = $1`, id, now, by); err != nil {
		return err
	}
	for _, text := range []string{
		`UPDATE membership_version SET body = '{}', reason = '' WHERE id IN (SELECT id FROM membership WHERE account = $1)`,
		`UPDATE transfer SET reason = '' WHERE from_account = $1 OR to_account = $1`,
	} {
		if _, err := tx.Exec(ctx, text, id); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE organisation SET rev = rev + 1, contact = '' WHERE contact = $1`, email); err != nil {
		return err
	}
	// Only organisations that somebody edited have versions: they are few.
	rows, err := tx.Query(ctx, `SELECT id, rev, body FROM organisation_version ORDER BY id, rev`)
	type version struct {
		id, body string
		rev      int64
	}
	versions, err := db.Collect(rows, err, func(r *db.Rows) (v version, err error) { return v, r.Scan(&v.id, &v.rev, &v.body) })
	if err != nil {
		return err
	}
	for _, v := range versions {
		if !strings.Contains(strings.ToLower(v.body), email) {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE organisation_version SET body = '{}' WHERE id = $1 AND rev = $2`, v.id, v.rev); err != nil {
			return err
		}
	}
	// What a file said of people is of no use once it was applied or left.
	return m.forgetFiles(ctx, tx, m.Now())
}

// forgetFiles drops the lines of files of invitations that are done with, or
// that nobody came back to since before; what they brought has its own rows.
func (m *Room) forgetFiles(ctx context.Context, q db.Q, before time.Time) error {
	_, err := q.Exec(ctx, `
		DELETE FROM import_row
		 WHERE run IN (SELECT id FROM import_run
		                WHERE SUBSTR(kind, 1, 12) = 'invitations/' AND (state <> 'staged' AND state <> 'staging' OR at < $1))`, before.Add(-24*time.Hour).UnixMilli())
	return err
}
