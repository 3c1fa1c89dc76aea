// Package jobs does later, and again if need be, what must not be done within a
// request: effects outside the database, long computations, work at a given
// hour. A job is a row, put by the transaction that needs it; a worker holds it
// by a lease, tries again with growing delays, and keeps what failed for the
// operator to see. A job may run twice (a worker that dies after the work and
// before saying so): what it does must bear that, or be ended by Job.Done in
// the transaction of its effects, which then happen once.
package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// State says what became of a job.
type State string

// The states. A Done job is kept only when it has a Dedup key.
const (
	Ready State = "ready"
	Done  State = "done"
	Dead  State = "dead"
)

// Tables lists the tables of this package. Jobs belong to one installation: a
// copy of the data must not repeat what the original has to do.
func Tables() []db.Table {
	return []db.Table{{Name: "job", Order: []string{"id"}, Scope: db.Local}}
}

// Queue puts jobs. Time and ids are given, so that tests choose them.
type Queue struct {
	// Keep is how long the name of a job that was done stays taken: longer than
	// the longest tick of a periodic job. New sets 40 days.
	Keep time.Duration

	ids *db.IDs
	now func() time.Time
}

// New makes a Queue.
func New(ids *db.IDs, now func() time.Time) *Queue {
	return &Queue{Keep: 40 * 24 * time.Hour, ids: ids, now: now}
}

// Opts says when a job runs and what makes it the same as another.
type Opts struct {
	RunAt time.Time // zero: as soon as possible
	// Dedup names what is to be done once: a second job of the same name is not
	// put, whether the first is waiting, dead, or was done less than Keep ago.
	Dedup string
}

// Enqueue puts a job, with args as JSON (ids rather than texts: jobs are seen
// by operators). Give it the transaction that needs the job done: both happen
// or neither. It reports whether the job is new, false when Dedup was taken.
func (s *Queue) Enqueue(ctx context.Context, q db.Q, kind string, args any, o Opts) (fresh bool, err error) {
	defer apperr.Wrap(&err, "jobs.Enqueue(%q)", kind)
	body, err := json.Marshal(args)
	if err != nil {
		return false, err
	}
	id, err := s.ids.New()
	if err != nil {
		return false, err
	}
	if o.RunAt.IsZero() {
		o.RunAt = s.now()
	}
	var dedup *string
	if o.Dedup != "" {
		dedup = &o.Dedup
	}
	n, err := q.Exec(ctx, `
		INSERT INTO job (id, kind, args, dedup, run_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (dedup) DO NOTHING`, id, kind, string(body), dedup, o.RunAt.UnixMilli())
	return n == 1, err
}

// Row is a job as the operator sees it.
type Row struct {
	ID       string
	Kind     string
	Args     string // JSON
	Dedup    string
	State    State
	RunAt    time.Time // of the last try, for a dead job
	Attempts int
	Error    string // of the last try
}

// ListDead lists the jobs that were given up, the newest first, before the one
// that ended the page before ("" for the first page).
func ListDead(ctx context.Context, q db.Q, before string, limit int) (_ []Row, err error) {
	defer apperr.Wrap(&err, "jobs.ListDead")
	rows, err := q.Query(ctx, `
		SELECT id, kind, args, COALESCE(dedup, ''), state, run_at, attempts, error
		FROM job
		WHERE state = 'dead' AND ($1 = '' OR id < $1)
		ORDER BY id DESC
		LIMIT $2`, before, int64(limit))
	return db.Collect(rows, err, func(r *db.Rows) (Row, error) {
		var j Row
		var state string
		var at, attempts int64
		err := r.Scan(&j.ID, &j.Kind, &j.Args, &j.Dedup, &state, &at, &attempts, &j.Error)
		j.State, j.RunAt, j.Attempts = State(state), time.UnixMilli(at).UTC(), int(attempts)
		return j, err
	})
}

// Retry gives a dead job all its tries again, from now.
func (s *Queue) Retry(ctx context.Context, q db.Q, id string) (err error) {
	defer apperr.Wrap(&err, "jobs.Retry(%q)", id)
	n, err := q.Exec(ctx, `
		UPDATE job
		SET state = 'ready', attempts = 0, lease_until = 0, run_at = $1
		WHERE id = $2 AND state = 'dead'`, s.now().UnixMilli(), id)
	return oneOf(n, err)
}

// Discard forgets a dead job that is not to be done any more, and frees its
// Dedup name.
func Discard(ctx context.Context, q db.Q, id string) (err error) {
	defer apperr.Wrap(&err, "jobs.Discard(%q)", id)
	n, err := q.Exec(ctx, `DELETE FROM job WHERE id = $1 AND state = 'dead'`, id)
	return oneOf(n, err)
}

func oneOf(n int64, err error) error {
	if err == nil && n == 0 {
		return apperr.Conflictf("Cette tâche n’est plus en échec\u00a0: quelqu’un l’a déjà relancée ou retirée. Rien n’a été modifié.")
	}
	return err
}

// Count is how many jobs of a kind are in a state, for metrics and for the
// operator's page.
type Count struct {
	Kind   string
	State  State
	N      int64
	Oldest time.Time // earliest RunAt: how late the queue is, when Ready
}

// Counts counts the jobs there are, by kind and state.
func Counts(ctx context.Context, q db.Q) (_ []Count, err error) {
	defer apperr.Wrap(&err, "jobs.Counts")
	rows, err := q.Query(ctx, `
		SELECT kind, state, COUNT(*), MIN(run_at)
		FROM job
		GROUP BY kind, state
		ORDER BY kind, state`)
	return db.Collect(rows, err, func(r *db.Rows) (Count, error) {
		var c Count
		var state string
		var at int64
		err := r.Scan(&c.Kind, &state, &c.N, &at)
		c.State, c.Oldest = State(state), time.UnixMilli(at).UTC()
		return c, err
	})
}

// Prune forgets the names of jobs done more than Keep ago. Workers do it daily.
func (s *Queue) Prune(ctx context.Context, q db.Q) (_ int64, err error) {
	defer apperr.Wrap(&err, "jobs.Prune")
	return q.Exec(ctx, `DELETE FROM job WHERE state = 'done' AND run_at < $1`, s.now().Add(-s.Keep).UnixMilli())
}

// told is what is kept of an error: what a user would read, then its causes,
// within what a page can show and the database can hold.
func told(err error) string {
	const most = 2000
	s := strings.ToValidUTF8(strings.ReplaceAll(fmt.Sprint(err), "\x00", ""), "�")
	for len(s) > most {
		_, size := utf8.DecodeLastRuneInString(s[:most])
		s = s[:most-size]
	}
	return s
}
