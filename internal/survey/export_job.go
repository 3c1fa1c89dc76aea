package survey

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/klauspost/compress/gzip"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

const (
	exportKind = "survey-export"
	// inline is how many responses are exported within the request that asks.
	inline = 500
	// exportChunk is what one row of a file holds.
	exportChunk = 256 << 10
	// KeepExports is how long a file can be taken away; its record stays.
	KeepExports = 7 * 24 * time.Hour
)

type exportArgs struct {
	ID string `json:"id"`
}

// RegisterPapers adds to a worker what is done in the background for files.
func (m *Room) RegisterPapers(c *jobs.Config) {
	c.Handlers[exportKind] = jobs.Handler{Do: m.exportJob}
	c.Handlers[returnKind] = jobs.Handler{Do: m.returnJob}
}

// AskExport records that somebody asks for an export and has it made: at once
// when it is small, else in the background.
func (m *Room) AskExport(ctx context.Context, a policy.Actor, cop string, s Scope, what ExportKind, texts bool) (_ Export, err error) {
	defer apperr.Wrap(&err, "survey.AskExport(%s)", what)
	if !MayExport(a, cop, s) {
		return Export{}, apperr.New(apperr.Forbidden, nil, "Votre rôle ne permet pas d’emporter ces réponses. Aucun fichier n’a été produit.")
	}
	if m.Writers[what] == nil {
		return Export{}, apperr.Invalidf("Choisissez un format de la liste. Aucun fichier n’a été produit.")
	}
	e := Export{Rev: 1, Scope: s, What: what, Texts: texts, By: a.Person, At: m.Now(), State: ExportWaiting}
	e.Beat = e.At
	if e.ID, err = m.IDs.New(); err != nil {
		return e, err
	}
	e.File = e.fileName()
	var n int
	if err := m.DB.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM answer WHERE cycle = $1 AND ($2 = '' OR region = $2) AND ($3 = '' OR department = $3) LIMIT $4) AS found`, s.Cycle, s.Region, s.Department, inline+1).Scan(&n); err != nil {
		return e, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `INSERT INTO survey_export (`+exportColumns+`) VALUES (`+db.Params(1, 19)+`)`,
			e.ID, e.Rev, s.Cycle, s.Region, s.Department, string(what), texts, e.By, e.At.UnixMilli(), string(e.State), e.Beat.UnixMilli(), e.File, "", 0, 0, 0, "", "", ""); err != nil {
			return err
		}
		if _, err := m.Journal.Record(ctx, tx, journal.Entry{Actor: a.Person, Verb: "export", Kind: string(policy.Response), Subject: e.ID, Rev: 1, COP: cop}); err != nil {
			return err
		}
		if n <= inline {
			return nil
		}
		_, err := m.Queue.Enqueue(ctx, tx, exportKind, exportArgs{e.ID}, jobs.Opts{})
		return err
	})
	if err != nil || n > inline {
		return e, err
	}
	if err := m.export(ctx, e.ID); err != nil {
		return e, err
	}
	return FindExport(ctx, m.DB, e.ID)
}

// exportJob makes an export once. A try that finds it begun follows a program
// that stopped in the middle: the export is said to have failed, for whoever
// asked to ask again, rather than made twice.
func (m *Room) exportJob(ctx context.Context, j jobs.Job) error {
	var in exportArgs
	if err := json.Unmarshal(j.Args, &in); err != nil {
		return jobs.Permanent(err)
	}
	return m.export(ctx, in.ID)
}

func (m *Room) export(ctx context.Context, id string) (err error) {
	defer apperr.Wrap(&err, "survey.export(%s)", id)
	n, err := m.DB.Exec(ctx, `UPDATE survey_export SET rev = rev + 1, state = 'running', beat = $1 WHERE id = $2 AND state = 'waiting'`, m.Now().UnixMilli(), id)
	if err != nil {
		return err
	}
	if n == 0 {
		return m.failExport(ctx, id, "Le serveur s’est arrêté pendant la préparation du fichier. Rien d’incomplet n’a été gardé\u00a0: demandez l’export de nouveau.")
	}
	e, err := FindExport(ctx, m.DB, id)
	if err != nil {
		return err
	}
	err = m.makeExport(ctx, e)
	switch {
	case err == nil:
		return m.expireExports(ctx)
	case ctx.Err() != nil: // the worker stops: it is to be made again
		back, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_, uerr := m.DB.Exec(back, `UPDATE survey_export SET rev = rev + 1, state = 'waiting' WHERE id = $1 AND rev = $2 AND state = 'running'`, id, e.Rev)
		return errors.Join(err, uerr)
	}
	return jobs.Permanent(errors.Join(err, m.failExport(ctx, id, apperr.Message(err))))
}

func (m *Room) failExport(ctx context.Context, id, reason string) error {
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE survey_export SET rev = rev + 1, state = 'failed', reason = $1 WHERE id = $2 AND state = 'running'`, reason, id)
		if err != nil || n == 0 {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM survey_export_chunk WHERE export_id = $1`, id)
		return err
	})
}

// makeExport writes the file from one snapshot into a temporary file, keeps its
// chunks by short transactions, and only then says that it is there.
func (m *Room) makeExport(ctx context.Context, e Export) (err error) {
	out, err := os.CreateTemp(m.Temp, "jalon-export-*")
	if err != nil {
		return apperr.New(apperr.Unavailable, err, "Le fichier ne peut pas être préparé\u00a0: le dossier temporaire du serveur ne s’écrit pas.")
	}
	_ = os.Remove(out.Name()) // where it cannot, the file is removed at the end
	defer func() {
		cerr := out.Close()
		if rerr := os.Remove(out.Name()); rerr != nil && !errors.Is(rerr, os.ErrNotExist) {
			cerr = errors.Join(cerr, rerr)
		}
		err = errors.Join(err, cerr)
	}()
	if err := m.writeExport(ctx, &e, out); err != nil {
		return err
	}
	if err := m.keepExport(ctx, e, out); err != nil {
		return err
	}
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE survey_export SET rev = rev + 1, state = 'ready', beat = $1, encoding = $2, size = $3, kept = $4, rows = $5, sha256 = $6, data_version = $7 WHERE id = $8 AND rev = $9 AND state = 'running'`,
			m.Now().UnixMilli(), e.Encoding, e.Size, e.Kept, e.Rows, e.SHA256, e.DataVersion, e.ID, e.Rev)
		if err == nil && n == 0 {
			err = apperr.Conflictf("Cet export a été repris par un autre serveur.")
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO export (id, by, at, what, filter, rows, sha256, data_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, e.ID, e.By, e.At.UnixMilli(), e.File, e.Filter(), e.Rows, e.SHA256, e.DataVersion)
		return err
	})
}

func (m *Room) writeExport(ctx context.Context, e *Export, out *os.File) error {
	sum := sha256.New()
	size := new(lengthOf)
	var sink io.Writer = out
	var zip *gzip.Writer
	if e.What.zipped() {
		e.Encoding = "gzip"
		var err error
		if zip, err = gzip.NewWriterLevel(out, gzip.BestSpeed); err != nil {
			return err
		}
		sink = zip
	}
	pipe := newRelay(io.MultiWriter(sink, sum, size))
	defer pipe.Close() // a writer that panics leaves no goroutine behind
	work := ctx
	err := db.Snapshot(ctx, m.DB, func(ctx context.Context, q db.Q) error {
		n, err := db.Version(ctx, q, Version)
		if err != nil {
			return err
		}
		e.DataVersion = fmt.Sprintf("%s-%d", Version, n)
		x, err := extract(ctx, q, e.What, e.Scope, e.Texts, e.At)
		if err != nil {
			return err
		}
		each := x.Each
		x.Each = func(ctx context.Context, f func(*Answered) error) error {
			done := 0
			return each(ctx, func(a *Answered) error {
				if done++; done%2000 == 0 {
					if err := m.beatExport(work, *e); err != nil {
						return err
					}
				}
				return f(a)
			})
		}
		e.Rows, err = m.Writers[e.What](ctx, pipe, x)
		return err
	})
	err = errors.Join(err, pipe.Close())
	if zip != nil {
		err = errors.Join(err, zip.Close())
	}
	if err != nil {
		return err
	}
	e.Size, e.SHA256 = int64(*size), hex.EncodeToString(sum.Sum(nil))
	e.Kept, err = out.Seek(0, io.SeekEnd)
	return err
}

// beatExport says that an export moves, and stops one that another program took
// for dead. It writes outside of the snapshot.
func (m *Room) beatExport(ctx context.Context, e Export) error {
	n, err := m.DB.Exec(ctx, `UPDATE survey_export SET beat = $1 WHERE id = $2 AND rev = $3 AND state = 'running'`, m.Now().UnixMilli(), e.ID, e.Rev)
	if err == nil && n == 0 {
		return apperr.Conflictf("Cet export a été abandonné ou repris par un autre serveur.")
	}
	return err
}

func (m *Room) keepExport(ctx context.Context, e Export, from *os.File) error {
	buf := make([]byte, exportChunk)
	for n := int64(0); n*exportChunk < e.Kept; n++ {
		part := buf[:min(exportChunk, e.Kept-n*exportChunk)]
		if _, err := from.ReadAt(part, n*exportChunk); err != nil {
			return err
		}
		if _, err := m.DB.Exec(ctx, `INSERT INTO survey_export_chunk (export_id, n, data) VALUES ($1, $2, $3)`, e.ID, n, part); err != nil {
			return err
		}
		if n%64 == 63 {
			if err := m.beatExport(ctx, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// expireExports lets go of the files that were kept long enough.
func (m *Room) expireExports(ctx context.Context) error {
	before := m.Now().Add(-KeepExports).UnixMilli()
	return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE survey_export SET rev = rev + 1, state = 'expired' WHERE state = 'ready' AND at < $1`, before); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM survey_export_chunk WHERE export_id IN (SELECT id FROM survey_export WHERE state IN ('expired', 'failed') AND at < $1)`, before)
		return err
	})
}

// OpenExport gives the bytes of an export as they are kept.
func OpenExport(ctx context.Context, q db.Q, e Export) (io.Reader, error) {
	switch e.State {
	case ExportReady:
		return &chunks{ctx: ctx, q: q, id: e.ID, left: e.Kept}, nil
	case ExportExpired:
		return nil, apperr.NotFoundf("Ce fichier n’est plus gardé\u00a0: les exports le sont sept jours. Demandez-le de nouveau.")
	}
	return nil, apperr.NotFoundf("Ce fichier n’est pas prêt.")
}

// chunks reads an export, a chunk at a time.
type chunks struct {
	ctx  context.Context
	q    db.Q
	id   string
	n    int64
	left int64
	part []byte
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.left == 0 && len(c.part) == 0 {
		return 0, io.EOF
	}
	if len(c.part) == 0 {
		if err := c.q.QueryRow(c.ctx, `SELECT data FROM survey_export_chunk WHERE export_id = $1 AND n = $2`, c.id, c.n).Scan(&c.part); err != nil {
			return 0, err
		}
		c.n++
		c.left -= int64(len(c.part))
	}
	n := copy(p, c.part)
	c.part = c.part[n:]
	return n, nil
}

type lengthOf int64

func (c *lengthOf) Write(p []byte) (int, error) { *c += lengthOf(len(p)); return len(p), nil }
