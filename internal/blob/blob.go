// Package blob keeps files in the database, so that a backup is one thing and
// replicas share them. A file is named by the SHA-256 of its bytes: the same
// file is kept once, whoever brings it and however often. What it is called and
// whose it is stands in the rows that point to it.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// ChunkSize is what one row holds; MaxSize what a file may weigh.
const (
	ChunkSize = 256 << 10
	MaxSize   = 25 << 20
)

// Tables lists the tables of this package, parents first.
func Tables() []db.Table {
	return []db.Table{
		{Name: "blob", Order: []string{"sha256"}, Scope: db.Nation},
		{Name: "blob_chunk", Order: []string{"sha256", "n"}, Scope: db.Nation},
	}
}

// Blob describes a file that is kept.
type Blob struct {
	SHA256 string
	Size   int64
	Type   string // by its content, as served
	At     time.Time
}

// Staged is a file that was received and read, and is not kept yet. It lies in
// a temporary file, so that the transaction that keeps it waits for nobody and
// memory does not grow with it.
type Staged struct {
	Blob
	file *os.File
}

// Claim is what the sender says that a file is.
type Claim struct {
	Name string // file name: its extension is a claim
	Type string // media type of the upload; "" or application/octet-stream claim nothing
	// Only narrows what is accepted to these types; nil accepts every type that
	// Types lists.
	Only []string
	// Made says that Jalon made the file itself: it may then be a page, which
	// nobody may bring.
	Made bool
}

// Stage reads a file, at most MaxSize, and refuses one that is not what it
// claims to be. Close the answer in any case. The temporary file is in dir
// (the system's when empty) and has no name any more where the system allows
// that: nothing is left of a program that dies.
func Stage(ctx context.Context, dir string, r io.Reader, c Claim) (_ *Staged, err error) {
	defer apperr.Wrap(&err, "blob.Stage")
	kind, err := c.kind()
	if err != nil {
		return nil, err // before the bytes are read
	}
	f, err := os.CreateTemp(dir, "jalon-blob-*")
	if err != nil {
		return nil, apperr.New(apperr.Unavailable, err, "Le fichier n’a pas pu être reçu\u00a0: le serveur manque de place. Rien n’a été enregistré\u00a0; réessayez plus tard.")
	}
	s := &Staged{file: f}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	_ = os.Remove(f.Name()) // where it cannot, Close does
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(&reader{ctx, r}, MaxSize+1))
	switch {
	case err != nil && ctx.Err() != nil, errors.Is(err, io.ErrUnexpectedEOF):
		return nil, apperr.New(apperr.Invalid, err, "L’envoi de «\u00a0%s\u00a0» s’est interrompu avant la fin. Rien n’a été enregistré\u00a0: recommencez.", c.Name)
	case err != nil:
		return nil, err
	case n > MaxSize:
		return nil, apperr.New(apperr.TooLarge, nil, "«\u00a0%s\u00a0» dépasse la taille maximale de 25\u00a0Mo. Rien n’a été enregistré\u00a0: allégez ce fichier ou partagez-le en plusieurs.", c.Name)
	case n == 0:
		return nil, apperr.Invalidf("«\u00a0%s\u00a0» est vide. Rien n’a été enregistré.", c.Name)
	}
	s.SHA256, s.Size, s.Type = hex.EncodeToString(h.Sum(nil)), n, kind.media
	return s, c.check(kind, f, n)
}

// reader stops when its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// Reader reads the file from its start, before or after Store: rooms that also
// read what they keep (a list of invitations) need not ask the database.
func (s *Staged) Reader() io.ReadSeeker { return io.NewSectionReader(s.file, 0, s.Size) }

// Close removes the temporary file.
func (s *Staged) Close() error {
	err := s.file.Close()
	if rerr := os.Remove(s.file.Name()); rerr != nil && !errors.Is(rerr, os.ErrNotExist) {
		err = errors.Join(err, rerr)
	}
	return err
}

// Store keeps the file, in the transaction of the row that will point to it:
// both are there afterwards, or neither. Bytes already kept are not written
// again, but count as brought now, so that nothing cleans them up meanwhile.
func (s *Staged) Store(ctx context.Context, q db.Q, now time.Time) (b Blob, err error) {
	defer apperr.Wrap(&err, "blob.Store(%s)", s.SHA256)
	b = s.Blob
	b.At = time.UnixMilli(now.UnixMilli()).UTC()
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		for range 3 {
			n, err := tx.Exec(ctx, `
				INSERT INTO blob (sha256, size, type, at)
				VALUES ($1, $2, $3, $4)
				ON CONFLICT (sha256) DO NOTHING`, b.SHA256, b.Size, b.Type, b.At.UnixMilli())
			if err != nil {
				return err
			}
			if n == 1 {
				return s.write(ctx, tx)
			}
			// This also locks the row: what removes it waits, then sees at.
			n, err = tx.Exec(ctx, `
				UPDATE blob
				SET at = CASE WHEN at < $1 THEN $1 ELSE at END
				WHERE sha256 = $2`, b.At.UnixMilli(), b.SHA256)
			if err != nil || n == 1 {
				return err
			}
			// It was removed in between: once more.
		}
		return apperr.Conflictf("Ce fichier est en cours de suppression. Rien n’a été enregistré\u00a0: recommencez dans un instant.")
	})
	return b, err
}

func (s *Staged) write(ctx context.Context, tx db.Q) error {
	r := s.Reader()
	h := sha256.New()
	buf := make([]byte, ChunkSize)
	for n := int64(0); n*ChunkSize < s.Size; n++ {
		size := min(ChunkSize, s.Size-n*ChunkSize)
		if _, err := io.ReadFull(r, buf[:size]); err != nil {
			return err
		}
		h.Write(buf[:size])
		if _, err := tx.Exec(ctx, `INSERT INTO blob_chunk (sha256, n, data) VALUES ($1, $2, $3)`, s.SHA256, n, buf[:size]); err != nil {
			return err
		}
	}
	return same(s.SHA256, h)
}

func same(want string, h hash.Hash) error {
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return apperr.New(apperr.Internal, errors.New("blob: bytes of "+want+" have digest "+got), "Ce fichier est abîmé\u00a0: ses octets ne sont plus ceux qui ont été reçus. Prévenez l’administrateur.")
	}
	return nil
}

// Put stages and stores a file by itself. A room whose row points to the file
// calls Stage before its transaction and Store within.
func Put(ctx context.Context, q db.Q, now time.Time, r io.Reader, c Claim) (b Blob, err error) {
	s, err := Stage(ctx, "", r, c)
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.Store(ctx, q, now)
}

// Find returns what is known of a file.
func Find(ctx context.Context, q db.Q, sha256 string) (b Blob, err error) {
	defer apperr.Wrap(&err, "blob.Find(%q)", sha256)
	var at int64
	err = q.QueryRow(ctx, `SELECT sha256, size, type, at FROM blob WHERE sha256 = $1`, strings.ToLower(sha256)).Scan(&b.SHA256, &b.Size, &b.Type, &at)
	b.At = time.UnixMilli(at).UTC()
	return b, db.OrNotFound(err, "Ce fichier n’existe pas, ou n’existe plus.")
}

// Remove removes a file that came in before an instant: give old files a day,
// so that one just brought back is not lost. It reports whether it was removed.
// Rows that point to files reference the table, so that one still in use is a
// conflict; finding those that are not is the caller's, who knows the rows.
func Remove(ctx context.Context, q db.Q, sha256 string, before time.Time) (_ bool, err error) {
	defer apperr.Wrap(&err, "blob.Remove(%q)", sha256)
	n, err := q.Exec(ctx, `DELETE FROM blob WHERE sha256 = $1 AND at < $2`, sha256, before.UnixMilli())
	return n == 1, err
}

// List goes through the files in the order of their names, after one ("" for
// the first): what cleaning up and verifying walk along.
func List(ctx context.Context, q db.Q, after string, limit int) (_ []Blob, err error) {
	defer apperr.Wrap(&err, "blob.List")
	rows, err := q.Query(ctx, `SELECT sha256, size, type, at FROM blob WHERE sha256 > $1 ORDER BY sha256 LIMIT $2`, after, int64(limit))
	return db.Collect(rows, err, func(r *db.Rows) (Blob, error) {
		var b Blob
		var at int64
		err := r.Scan(&b.SHA256, &b.Size, &b.Type, &at)
		b.At = time.UnixMilli(at).UTC()
		return b, err
	})
}
