package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
)

// Apply makes a staged run real: its state changes and fn writes what it brings,
// in one transaction, once, whoever else applies it at the same moment. run is
// the run as the person who decides saw it; if it changed since, nothing is done
// and the conflict says what happened. fn should be one set statement, and never
// more than a short transaction.
func (in *Intake) Apply(ctx context.Context, q db.Q, run Run, again bool, fn func(ctx context.Context, tx db.Q) error) (_ Run, err error) {
	defer apperr.Wrap(&err, "intake.Apply(%q)", run.ID)
	at := in.now()
	err = db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		// One run of a kind at a time: two runs of the same bytes have different
		// roots, and would each find the other not yet applied.
		if _, err := db.Bump(ctx, tx, "import:"+run.Kind, at); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `
			UPDATE import_run
			SET state = 'applied', applied_at = $2, rev = rev + 1
			WHERE id = $1 AND kind = $4 AND state = 'staged' AND errors = 0 AND rev = $3`, run.ID, at.UnixMilli(), run.Rev, run.Kind)
		if err != nil {
			return err
		}
		if n == 0 {
			return why(ctx, tx, run.ID)
		}
		if !again {
			if err := already(ctx, tx, run.Kind, run.SHA256, run.ID); err != nil {
				return err
			}
		}
		return fn(ctx, tx)
	})
	if err != nil {
		return Run{}, err
	}
	return Find(ctx, q, run.ID)
}

// why says, in the transaction that could not apply it, what became of a run.
func why(ctx context.Context, q db.Q, id string) error {
	run, err := Find(ctx, q, id)
	if err != nil {
		return err
	}
	switch run.State {
	case Applied:
		return &AlreadyError{Run: run}
	case Refused:
		if run.Errors > 0 {
			return apperr.Invalidf("Cet import contient %s\u00a0: rien n’a été appliqué. Corrigez le fichier, puis envoyez-le de nouveau.", french.Integer(run.Errors)+"\u00a0"+french.Plural(run.Errors, "ligne en erreur", "lignes en erreur"))
		}
		return apperr.Invalidf("Cet import a été refusé\u00a0: %s", run.Note)
	case Abandoned:
		return apperr.Conflictf("Cet import a été abandonné\u00a0: rien n’a été appliqué.")
	case Staging:
		return apperr.Conflictf("Cet import est encore en cours de lecture. Attendez sa fin, puis recommencez.")
	}
	return apperr.Conflictf("Cet import a changé depuis que vous l’avez lu. Relisez-le, puis recommencez.")
}

// Abandon gives a run up: it can no longer be applied. Its rows are left to
// Sweep.
func (in *Intake) Abandon(ctx context.Context, q db.Q, run Run) (err error) {
	defer apperr.Wrap(&err, "intake.Abandon(%q)", run.ID)
	n, err := q.Exec(ctx, `
		UPDATE import_run
		SET state = 'abandoned', rev = rev + 1
		WHERE id = $1 AND state IN ('staging', 'staged') AND rev = $2`, run.ID, run.Rev)
	if err == nil && n == 0 {
		return why(ctx, q, run.ID)
	}
	return err
}

// Stale lists the runs left open since before, which Sweep would abandon: what
// their room wrote beside, unseen, is its to drop first.
func Stale(ctx context.Context, q db.Q, before time.Time) (_ []Run, err error) {
	defer apperr.Wrap(&err, "intake.Stale")
	rows, err := q.Query(ctx, `
		SELECT `+runColumns+`
		FROM import_run
		WHERE state IN ('staging', 'staged') AND at < $1
		ORDER BY id`, before.UnixMilli())
	return db.Collect(rows, err, func(r *db.Rows) (Run, error) { return scanRun(r) })
}

// Sweep abandons the runs left open since before, and drops, a few thousand at a
// time, the rows of those that will never be applied. It returns how many rows
// went; call it until that is zero. What also wrote is the room's to sweep.
func Sweep(ctx context.Context, q db.Q, before time.Time) (dropped int64, err error) {
	defer apperr.Wrap(&err, "intake.Sweep")
	if _, err := q.Exec(ctx, `
		UPDATE import_run
		SET state = 'abandoned', rev = rev + 1
		WHERE state IN ('staging', 'staged') AND at < $1`, before.UnixMilli()); err != nil {
		return 0, err
	}
	const most = 5_000
	return q.Exec(ctx, `
		DELETE FROM import_row
		WHERE (run, line) IN (
			SELECT r.run, r.line
			FROM import_row r
			JOIN import_run i ON i.id = r.run
			WHERE i.state IN ('refused', 'abandoned') AND i.at < $1
			ORDER BY r.run, r.line
			LIMIT $2)`, before.UnixMilli(), int64(most))
}

// Line is a staged row as it is listed.
type Line struct {
	Line    int
	Col     int
	Verdict Verdict
	Reason  string
	Data    json.RawMessage
}

// Verdicts lists the rows of a run after a line (0 for the first page), those of
// one verdict only when it is given.
func Verdicts(ctx context.Context, q db.Q, run string, only Verdict, after, limit int) (_ []Line, err error) {
	defer apperr.Wrap(&err, "intake.Verdicts(%q)", run)
	rows, err := q.Query(ctx, `
		SELECT line, COALESCE(col, 0), verdict, COALESCE(reason, ''), data
		FROM import_row
		WHERE run = $1 AND line > $2 AND (CAST($3 AS TEXT) = '' OR verdict = $3)
		ORDER BY line
		LIMIT $4`, run, int64(after), string(only), int64(limit))
	return db.Collect(rows, err, func(r *db.Rows) (Line, error) {
		var l Line
		var line, col int64
		var verdict, data string
		err := r.Scan(&line, &col, &verdict, &l.Reason, &data)
		l.Line, l.Col, l.Verdict, l.Data = int(line), int(col), Verdict(verdict), json.RawMessage(data)
		return l, err
	})
}

// Each reads back the data of the rows that a run accepted, page after page in
// the order of their lines. Read them before Apply, not inside it.
func Each[T any](ctx context.Context, q db.Q, run string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range Numbered[T](ctx, q, run) {
			if !yield(v.Data, err) {
				return
			}
		}
	}
}

// Placed is the data of an accepted row with the line it was on.
type Placed[T any] struct {
	Line int
	Data T
}

// Numbered is Each with the line of each row, by which At reads some of them again.
func Numbered[T any](ctx context.Context, q db.Q, run string) iter.Seq2[Placed[T], error] {
	return func(yield func(Placed[T], error) bool) {
		for after := 0; ; {
			lines, err := Verdicts(ctx, q, run, "", after, 2*batch)
			if err != nil {
				yield(Placed[T]{}, err)
				return
			}
			for _, l := range lines {
				after = l.Line
				if l.Verdict == Error {
					continue
				}
				v, err := read[T](run, l)
				if !yield(v, err) || err != nil {
					return
				}
			}
			if len(lines) < 2*batch {
				return
			}
		}
	}
}

// At reads again the accepted rows of a few lines, from one to another: what Apply
// changes one by one need not be held until then.
func At[T any](ctx context.Context, q db.Q, run string, from, to int) (_ []Placed[T], err error) {
	defer apperr.Wrap(&err, "intake.At(%q, %d)", run, from)
	lines, err := Verdicts(ctx, q, run, "", from-1, to-from+1)
	if err != nil {
		return nil, err
	}
	var out []Placed[T]
	for _, l := range lines {
		if l.Line > to || l.Verdict == Error {
			continue
		}
		v, err := read[T](run, l)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func read[T any](run string, l Line) (Placed[T], error) {
	v := Placed[T]{Line: l.Line}
	if err := json.Unmarshal(l.Data, &v.Data); err != nil {
		return v, fmt.Errorf("import %q, line %d: %w", run, l.Line, err)
	}
	return v, nil
}
