package contribution

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/db"
)

// uploadTick throws away, each night, what nobody deposited.
const uploadTick = "contribution.uploads"

// uploadLife is for how long a file waits that came with a form and is held neither by
// a contribution nor by a draft: whoever typed has the day and the night to go on.
const uploadLife = 48 * time.Hour

// uploadsAtOnce is how many files one statement looks at.
const uploadsAtOnce = 200

// Upload keeps a file that came with the form, before anything points to it: anybody
// may send some, so that it is noted, to be thrown away when nobody deposits it. One
// that another room keeps already is not noted: it is not ours to throw away.
func (m *Room) Upload(ctx context.Context, s *blob.Staged) (b blob.Blob, err error) {
	defer apperr.Wrap(&err, "contribution.Upload")
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var known int64
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM blob WHERE sha256 = $1`, s.SHA256).Scan(&known); err != nil {
			return err
		}
		if b, err = s.Store(ctx, tx, m.Now()); err != nil {
			return err
		}
		if known > 0 {
			_, err := tx.Exec(ctx, `UPDATE contribution_upload SET at = (SELECT f.at FROM blob f WHERE f.sha256 = $1) WHERE sha256 = $1`, b.SHA256)
			return err
		}
		_, err := db.Insert(ctx, tx, "contribution_upload", []string{"sha256", "at"}, [][]any{{b.SHA256, b.At.UnixMilli()}}, "ON CONFLICT (sha256) DO NOTHING")
		return err
	})
	return b, err
}

// SweepUploads throws away the drafts that are too old, then the files that no
// contribution and no draft holds. One that another room brought since stays, and is
// that room's.
func (m *Room) SweepUploads(ctx context.Context) (err error) {
	defer apperr.Wrap(&err, "contribution.SweepUploads")
	now := m.Now()
	if _, err := m.DB.Exec(ctx, `DELETE FROM contribution_draft WHERE expires_at < $1`, now.UnixMilli()); err != nil {
		return err
	}
	rows, err := m.DB.Query(ctx, `SELECT body FROM contribution_draft WHERE body <> ''`)
	held := map[string]bool{}
	if _, err := db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var body string
		var x Draft
		err := r.Scan(&body)
		if err == nil {
			err = json.Unmarshal([]byte(body), &x)
		}
		for _, f := range x.Files {
			held[f.SHA256] = true
		}
		return struct{}{}, err
	}); err != nil {
		return err
	}
	before, last := now.Add(-uploadLife), ""
	for {
		rows, err := m.DB.Query(ctx, `
			SELECT u.sha256 FROM contribution_upload u
			 WHERE u.at < $1 AND u.sha256 > $2 AND NOT EXISTS (SELECT 1 FROM contribution_file f WHERE f.sha256 = u.sha256)
			 ORDER BY u.sha256 LIMIT $3`, before.UnixMilli(), last, int64(uploadsAtOnce))
		list, err := db.Strings(rows, err)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, sha := range list {
			if last = sha; held[sha] {
				continue
			}
			if err := m.throw(ctx, sha, before); err != nil {
				return err
			}
		}
	}
}

func (m *Room) throw(ctx context.Context, sha string, before time.Time) error {
	err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var brought int64 // by another room, after the form
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM blob f JOIN contribution_upload u ON u.sha256 = f.sha256 WHERE f.sha256 = $1 AND f.at > u.at`, sha).Scan(&brought); err != nil {
			return err
		}
		if brought == 0 {
			if _, err := blob.Remove(ctx, tx, sha, before); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `DELETE FROM contribution_upload WHERE sha256 = $1`, sha)
		return err
	})
	if apperr.KindOf(err) == apperr.Conflict && err != nil { // something points to it meanwhile
		return nil
	}
	return err
}
