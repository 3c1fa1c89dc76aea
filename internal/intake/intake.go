// Package intake brings foreign rows in by two steps: a dry run, staged with a
// verdict for each row, that a person reads; then one act that applies all of
// it or nothing. Staging goes by short transactions, because a single long one
// stops every other writer; what applies is one statement or one short
// transaction, supplied by the room that owns the rows.
package intake

import (
	"context"
	"fmt"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
)

// State says how far a run has come.
type State string

// The states. A run is Staging while its rows come in, Staged when all were
// read and none refused; only then can it be applied.
const (
	Staging   State = "staging"
	Staged    State = "staged"
	Applied   State = "applied"
	Refused   State = "refused"
	Abandoned State = "abandoned"
)

// Verdict is what the dry run says of one row.
type Verdict string

// The verdicts. One Error refuses the whole run; a Warning is told and applied.
const (
	OK      Verdict = "ok"
	Warning Verdict = "warning"
	Error   Verdict = "error"
)

// Name is what a list says of a row with this verdict, in French.
func (v Verdict) Name() string {
	return map[Verdict]string{OK: "bonne", Warning: "bonne, avec une remarque", Error: "refusée"}[v]
}

// Run is one import: a file of one kind, and what became of it.
type Run struct {
	ID        string
	Kind      string // which import: "territories", "keys"…
	FileName  string
	SHA256    string
	State     State
	Rows      int64
	Errors    int64
	At        time.Time
	AppliedAt time.Time // zero unless Applied
	By        string
	Note      string // why the whole file was refused, in French
	Rev       int64  // moves at each change: an act names the one it was decided on
}

// File is what is to be staged. The same bytes for the same kind are applied
// once; Again is a person's word that they are wanted once more (to come back
// to them after another file).
type File struct {
	Kind   string
	Name   string
	SHA256 string
	By     string
	Again  bool
}

// Intake stages and applies runs. Time and ids are given, so that tests and the
// demonstration are the same each time.
type Intake struct {
	ids *db.IDs
	now func() time.Time
}

// New makes an Intake.
func New(ids *db.IDs, now func() time.Time) *Intake { return &Intake{ids: ids, now: now} }

// Tables lists the tables of this package, for dump, load and erasure.
func Tables() []db.Table {
	return []db.Table{
		{Name: "import_run", Order: []string{"id"}, Scope: db.Nation, Personal: []string{"by"}},
		{Name: "import_row", Order: []string{"run", "line"}, Scope: db.Nation, Personal: []string{"data", "reason"}, Free: []string{"data", "reason"}},
	}
}

// AlreadyError says that the same bytes have been applied: nothing was done, and
// nothing needs to be.
type AlreadyError struct{ Run Run }

// Error is the sentence a user reads.
func (e *AlreadyError) Error() string {
	return fmt.Sprintf("Ce fichier a déjà été importé le %s à %s (UTC)\u00a0: rien n’a été modifié.",
		french.Date(e.Run.AppliedAt), e.Run.AppliedAt.UTC().Format("15:04"))
}

// Unwrap makes it a conflict for whoever turns errors into a status.
func (e *AlreadyError) Unwrap() error { return apperr.Conflictf("%s", e.Error()) }

const runColumns = `id, kind, file_name, sha256, state, rows, errors, at, applied_at, by, note, rev`

type scanner interface{ Scan(dest ...any) error }

func scanRun(s scanner) (Run, error) {
	var r Run
	var state string
	var at int64
	var applied *int64
	err := s.Scan(&r.ID, &r.Kind, &r.FileName, &r.SHA256, &state, &r.Rows, &r.Errors, &at, &applied, &r.By, &r.Note, &r.Rev)
	r.State, r.At = State(state), time.UnixMilli(at).UTC()
	if applied != nil {
		r.AppliedAt = time.UnixMilli(*applied).UTC()
	}
	return r, err
}

// Find returns one run.
func Find(ctx context.Context, q db.Q, id string) (_ Run, err error) {
	defer apperr.Wrap(&err, "intake.Find(%q)", id)
	run, err := scanRun(q.QueryRow(ctx, `SELECT `+runColumns+` FROM import_run WHERE id = $1`, id))
	return run, db.OrNotFound(err, "Cet import n’existe pas.")
}

// Runs lists the runs of a kind ("" for all), the newest first, before the run
// that ended the page before ("" for the first page).
func Runs(ctx context.Context, q db.Q, kind, before string, limit int) (_ []Run, err error) {
	defer apperr.Wrap(&err, "intake.Runs(%q)", kind)
	rows, err := q.Query(ctx, `
		SELECT `+runColumns+`
		FROM import_run
		WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR id < $2)
		ORDER BY id DESC
		LIMIT $3`, kind, before, int64(limit))
	return db.Collect(rows, err, func(r *db.Rows) (Run, error) { return scanRun(r) })
}

// already returns the last applied run of the same bytes, other than except.
func already(ctx context.Context, q db.Q, kind, sha256, except string) error {
	run, err := scanRun(q.QueryRow(ctx, `
		SELECT `+runColumns+`
		FROM import_run
		WHERE kind = $1 AND sha256 = $2 AND state = 'applied' AND id <> $3
		ORDER BY id DESC
		LIMIT 1`, kind, sha256, except))
	switch {
	case err == nil:
		return &AlreadyError{Run: run}
	case apperr.KindOf(err) == apperr.NotFound:
		return nil
	}
	return err
}
