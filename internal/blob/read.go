package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Reader reads a file that is kept, from any place; http.ServeContent takes it.
// It holds one chunk and no connection between two reads. It is for one
// goroutine.
type Reader struct {
	ctx   context.Context
	q     db.Q
	blob  Blob
	at    int64
	chunk []byte
	n     int64 // of chunk; -1 when none is held
}

// Open finds a file and returns a reader of its bytes, which reads as long as
// ctx lives.
func Open(ctx context.Context, q db.Q, sha256 string) (_ *Reader, err error) {
	defer apperr.Wrap(&err, "blob.Open")
	b, err := Find(ctx, q, sha256)
	if err != nil {
		return nil, err
	}
	return &Reader{ctx: ctx, q: q, blob: b, n: -1}, nil
}

// Blob describes the file.
func (r *Reader) Blob() Blob { return r.blob }

// Read reads on, within the chunk it stands in.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if r.at >= r.blob.Size {
		return 0, io.EOF
	}
	if n := r.at / ChunkSize; n != r.n {
		if err := r.load(n); err != nil {
			return 0, err
		}
	}
	k := copy(p, r.chunk[r.at%ChunkSize:])
	r.at += int64(k)
	return k, nil
}

func (r *Reader) load(n int64) (err error) {
	defer apperr.Wrap(&err, "blob.Read(%s, %d)", r.blob.SHA256, n)
	r.n = -1
	if err := r.q.QueryRow(r.ctx, `SELECT data FROM blob_chunk WHERE sha256 = $1 AND n = $2`, r.blob.SHA256, n).Scan(&r.chunk); err != nil {
		return db.OrNotFound(err, "Ce fichier n’existe plus.")
	}
	if int64(len(r.chunk)) != min(ChunkSize, r.blob.Size-n*ChunkSize) {
		return apperr.New(apperr.Internal, errors.New("blob: a chunk has not its size"), "Ce fichier est abîmé\u00a0: il n’est pas entier. Prévenez l’administrateur.")
	}
	r.n = n
	return nil
}

// Seek moves to where the next Read begins.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.blob.Size
	}
	if offset < 0 {
		return r.at, errors.New("blob: seek before the start")
	}
	r.at = offset
	return offset, nil
}

// Verify reads a whole file again and compares it with its name.
func Verify(ctx context.Context, q db.Q, sha string) (err error) {
	defer apperr.Wrap(&err, "blob.Verify(%q)", sha)
	r, err := Open(ctx, q, sha)
	if err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return err
	}
	return same(r.blob.SHA256, h)
}
