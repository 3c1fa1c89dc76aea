package document

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/db"
)

const publicationColumns = `id, cop_id, kind, seq, title, day, version, demo, manifest, sha256, at, by`

func scanPublication(scan func(...any) error) (p Publication, err error) {
	var manifest string
	var at int64
	if err := scan(&p.ID, &p.COP, &p.Kind, &p.Seq, &p.Title, &p.Day, &p.Version, &p.Demo, &manifest, &p.SHA256, &at, &p.By); err != nil {
		return p, err
	}
	p.At = time.UnixMilli(at).UTC()
	return p, json.Unmarshal([]byte(manifest), &p.Manifest)
}

func one(ctx context.Context, q db.Q, where string, args ...any) (Publication, error) {
	p, err := scanPublication(q.QueryRow(ctx, `SELECT `+publicationColumns+` FROM publication WHERE `+where, args...).Scan)
	return p, db.OrNotFound(err, "Ce document n’a pas été publié.")
}

// Find returns a publication by its id.
func Find(ctx context.Context, q db.Q, id string) (_ Publication, err error) {
	defer apperr.Wrap(&err, "document.Find(%q)", id)
	return one(ctx, q, `id = $1`, id)
}

// ManifestBytes are the bytes of the manifest as they were kept at freezing: those whose
// digest people validate.
func ManifestBytes(ctx context.Context, q db.Q, id string) (_ []byte, err error) {
	defer apperr.Wrap(&err, "document.ManifestBytes(%q)", id)
	var text string
	err = q.QueryRow(ctx, `SELECT manifest FROM publication WHERE id = $1`, id).Scan(&text)
	return []byte(text), db.OrNotFound(err, "Ce document n’a pas été publié.")
}

// FindSeq returns the publication of a number in its series.
func FindSeq(ctx context.Context, q db.Q, copID, kind string, seq int64) (_ Publication, err error) {
	defer apperr.Wrap(&err, "document.FindSeq(%q, %q, %d)", copID, kind, seq)
	return one(ctx, q, `cop_id = $1 AND kind = $2 AND seq = $3`, copID, kind, seq)
}

// Publications returns the publications of a kind for a COP ("" for the nation), the
// last first, before a number (0 for the last ones).
func Publications(ctx context.Context, q db.Q, copID, kind string, before int64, limit int) (_ []Publication, err error) {
	defer apperr.Wrap(&err, "document.Publications(%q, %q)", copID, kind)
	rows, err := q.Query(ctx, `
		SELECT `+publicationColumns+`
		FROM publication
		WHERE cop_id = $1 AND kind = $2 AND (CAST($3 AS BIGINT) = 0 OR seq < $3)
		ORDER BY seq DESC
		LIMIT $4`, copID, kind, before, int64(limit))
	return db.Collect(rows, err, func(r *db.Rows) (Publication, error) { return scanPublication(r.Scan) })
}

// Open reads a part of a publication as it was frozen.
func Open(ctx context.Context, q db.Q, p Publication, path string) (_ *blob.Reader, err error) {
	defer apperr.Wrap(&err, "document.Open(%s, %q)", p.ID, path)
	for _, e := range p.Manifest {
		if e.Path == path {
			return blob.Open(ctx, q, e.SHA256)
		}
	}
	return nil, apperr.NotFoundf("Ce document n’a pas été publié sous cette forme.")
}

// Load reads a publication back whole: the document, and the explanations of
// its figures as they were.
func Load(ctx context.Context, q db.Q, p Publication) (f Frozen, err error) {
	defer apperr.Wrap(&err, "document.Load(%s)", p.ID)
	r, err := Open(ctx, q, p, DocumentPart)
	if err != nil {
		return f, err
	}
	body, err := io.ReadAll(r)
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(body, &f)
}

// Verify reads every part of a publication again and compares it with its
// manifest, and the manifest with its digest.
func Verify(ctx context.Context, q db.Q, p Publication) (err error) {
	defer apperr.Wrap(&err, "document.Verify(%s)", p.ID)
	m, err := json.Marshal(p.Manifest)
	if err != nil {
		return err
	}
	if digest(string(m)) != p.SHA256 {
		return apperr.New(apperr.Internal, nil, "Cette publication est abîmée\u00a0: sa liste de fichiers n’est plus celle qui a été enregistrée. Prévenez l’administrateur.")
	}
	for _, e := range p.Manifest {
		if err := blob.Verify(ctx, q, e.SHA256); err != nil {
			return err
		}
	}
	return nil
}
