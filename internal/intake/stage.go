package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// batch is how many rows one short transaction writes.
const batch = 500

// Row is one row of a file after the dry run. Data is what Apply will need of
// it, kept as JSON; nil for a refused row.
type Row struct {
	Line    int
	Data    any
	Verdict Verdict
	Reason  string // in French; empty when Verdict is OK
	Col     int    // from 1; 0 when the whole line is meant
}

// placed is an error that knows its place in a file, such as exchange's.
type placed interface {
	Verdict() (line, col int, reason string)
}

// Accept is the row of a line without fault.
func Accept(line int, data any) Row { return Row{Line: line, Data: data, Verdict: OK} }

// Warn is the row of a line that is applied with a remark.
func Warn(line int, data any, reason string) Row {
	return Row{Line: line, Data: data, Verdict: Warning, Reason: reason}
}

// Refuse is the row of a line that err makes unusable; err's own column is kept
// when it has one.
func Refuse(line int, err error) Row {
	var p placed
	if errors.As(err, &p) {
		_, col, reason := p.Verdict()
		return Row{Line: line, Verdict: Error, Reason: reason, Col: col}
	}
	return Row{Line: line, Verdict: Error, Reason: apperr.Message(err)}
}

// Also writes more for each batch of accepted rows, in its transaction: a room
// whose table keys its rows by edition fills it while staging, and applying is
// then the change of one state. It must write nothing that is read before the
// run is applied.
type Also func(ctx context.Context, tx db.Q, run Run, rows []Row) error

// Stage reads every row with its verdict and writes them by transactions of 500,
// each short whatever the file. The run comes back Staged, or Refused when a row
// is or when rows ended on an error, which is then the run's Note; a dry run that
// refuses is no error. An AlreadyError says that the same bytes were applied
// before. also may be nil.
func (in *Intake) Stage(ctx context.Context, q db.Q, f File, rows iter.Seq2[Row, error], also Also) (_ Run, err error) {
	defer apperr.Wrap(&err, "intake.Stage(%q, %q)", f.Kind, f.Name)
	if !f.Again {
		if err := already(ctx, q, f.Kind, f.SHA256, ""); err != nil {
			return Run{}, err
		}
	}
	run, err := in.begin(ctx, q, f)
	if err != nil {
		return Run{}, err
	}
	note, err := in.fill(ctx, q, run, rows, also)
	if err != nil {
		// Whatever stopped it, what was staged must not stay open.
		return Run{}, errors.Join(err, in.end(context.WithoutCancel(ctx), q, run.ID, "la lecture a été interrompue"))
	}
	if err := in.end(ctx, q, run.ID, note); err != nil {
		return Run{}, err
	}
	return Find(ctx, q, run.ID)
}

func (in *Intake) begin(ctx context.Context, q db.Q, f File) (Run, error) {
	id, err := in.ids.New()
	if err != nil {
		return Run{}, err
	}
	run := Run{ID: id, Kind: f.Kind, FileName: f.Name, SHA256: f.SHA256, State: Staging, At: in.now(), By: f.By, Rev: 1}
	_, err = q.Exec(ctx, `
		INSERT INTO import_run (id, kind, file_name, sha256, state, at, by)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		run.ID, run.Kind, run.FileName, run.SHA256, string(run.State), run.At.UnixMilli(), run.By)
	return run, err
}

// fill writes the batches. The file's own fault comes back as a note, ours as an
// error.
func (in *Intake) fill(ctx context.Context, q db.Q, run Run, rows iter.Seq2[Row, error], also Also) (note string, err error) {
	held := make([]Row, 0, batch)
	total := 0
	for row, err := range rows {
		if err != nil {
			if apperr.KindOf(err) == apperr.Internal {
				return "", err
			}
			note = apperr.Message(err)
			break
		}
		if held = append(held, row); len(held) == batch {
			if err := in.write(ctx, q, run, held, also); err != nil {
				return "", err
			}
			total, held = total+len(held), held[:0]
		}
	}
	if err := in.write(ctx, q, run, held, also); err != nil {
		return "", err
	}
	if total+len(held) == 0 && note == "" {
		note = "Le fichier ne contient aucune ligne de données."
	}
	return note, nil
}

func (in *Intake) write(ctx context.Context, q db.Q, run Run, rows []Row, also Also) error {
	if len(rows) == 0 {
		return nil
	}
	values := make([][]any, len(rows))
	accepted := make([]Row, 0, len(rows))
	for i, r := range rows {
		data, err := json.Marshal(r.Data)
		if err != nil {
			return fmt.Errorf("line %d: %w", r.Line, err)
		}
		var reason, col any
		if r.Reason != "" {
			reason = r.Reason
		}
		if r.Col > 0 {
			col = int64(r.Col)
		}
		values[i] = []any{run.ID, int64(r.Line), string(data), string(r.Verdict), reason, col}
		if r.Verdict != Error {
			accepted = append(accepted, r)
		}
	}
	return db.Tx(ctx, q, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `
			UPDATE import_run
			SET rows = rows + $2, errors = errors + $3, rev = rev + 1
			WHERE id = $1 AND state = 'staging'`, run.ID, int64(len(rows)), int64(len(rows)-len(accepted)))
		if err != nil {
			return err
		}
		if n == 0 {
			return apperr.Conflictf("Cet import a été abandonné pendant sa lecture. Rien n’a été modifié.")
		}
		if _, err := db.Insert(ctx, tx, "import_row", []string{"run", "line", "data", "verdict", "reason", "col"}, values, ""); err != nil {
			return err
		}
		if also == nil || len(accepted) == 0 {
			return nil
		}
		return also(ctx, tx, run, accepted)
	})
}

// end closes the staging: with a note or any refused row, the run is refused.
func (in *Intake) end(ctx context.Context, q db.Q, id, note string) error {
	_, err := q.Exec(ctx, `
		UPDATE import_run
		SET state = CASE WHEN errors > 0 OR CAST($2 AS TEXT) <> '' THEN 'refused' ELSE 'staged' END, note = $2, rev = rev + 1
		WHERE id = $1 AND state = 'staging'`, id, note)
	return err
}
