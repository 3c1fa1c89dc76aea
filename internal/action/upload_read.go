package action

import (
	"context"
	"errors"
	"io"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Read opens the bytes of a file again, part after part: the file is never held whole.
// What it returns is read by one goroutine, and reads the database under ctx.
func (u Upload) Read(ctx context.Context, q db.Q) (*io.SectionReader, error) {
	var n int64
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM action_import_part WHERE import_id = $1`, u.ID).Scan(&n); err != nil {
		return nil, err
	}
	if n == 0 || n != (u.Size+partSize-1)/partSize {
		return nil, gone()
	}
	return io.NewSectionReader(&parts{ctx: ctx, q: q, id: u.ID, at: -1}, 0, u.Size), nil
}

func gone() error {
	return apperr.NotFoundf("Ce fichier n’est plus là\u00a0: il est gardé un jour. Envoyez-le de nouveau.")
}

// parts is a file as it is kept, with the part that was read last.
type parts struct {
	ctx  context.Context
	q    db.Q
	id   string
	at   int64 // number of the part that is held, -1 for none
	held []byte
}

// ReadAt implements io.ReaderAt, but for parallel calls.
func (p *parts) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		part := (off + int64(n)) / partSize
		if part != p.at {
			var data []byte
			err := p.q.QueryRow(p.ctx, `SELECT data FROM action_import_part WHERE import_id = $1 AND n = $2`, p.id, part).Scan(&data)
			if apperr.KindOf(err) == apperr.NotFound {
				return n, errors.Join(gone(), err)
			}
			if err != nil {
				return n, err
			}
			p.at, p.held = part, data
		}
		from := off + int64(n) - part*partSize
		if from >= int64(len(p.held)) {
			return n, io.EOF
		}
		n += copy(b[n:], p.held[from:])
	}
	return n, nil
}
