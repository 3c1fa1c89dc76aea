package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"jalon/internal/db"
)

// Job is one try of a job.
type Job struct {
	ID       string
	Kind     string
	Args     []byte // JSON
	Attempts int    // this try included
	Last     bool   // no other try follows a failure of this one

	dedup string
}

// Handler does one kind of job.
type Handler struct {
	// Do is called with a context that ends when the worker must stop or has
	// lost the job. An error, or a panic, is a failed try; see Permanent.
	Do func(ctx context.Context, j Job) error
	// Tries is how often the job is tried before it is given up; zero is 8,
	// over about half an hour. A try that the worker's stop cut short does not
	// count.
	Tries int
}

// Handle makes a Handler of a function of the job's arguments.
func Handle[T any](do func(ctx context.Context, args T) error) Handler {
	return Handler{Do: func(ctx context.Context, j Job) error {
		var args T
		if err := json.Unmarshal(j.Args, &args); err != nil {
			return Permanent(fmt.Errorf("jobs: arguments of %s: %w", j.Kind, err))
		}
		return do(ctx, args)
	}}
}

// Permanent marks an error that another try would only meet again: the job is
// given up at once.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanent{err}
}

type permanent struct{ error }

func (p *permanent) Unwrap() error { return p.error }

var (
	errStopping = errors.New("jobs: the worker stops")
	errLost     = errors.New("jobs: the lease was lost: another worker may have taken the job")
	errIgnores  = errors.New("jobs: a job ignores the end of its context: its lease will free it")
	errExit     = errors.New("jobs: the handler ended its goroutine")
	errCrashes  = errors.New("jobs: given up: each try ended without a word (the program stopped or lost the database)")
)

// Config is what a Worker needs: DB, Queue and Handlers; the rest has defaults
// that suit production.
type Config struct {
	DB       *db.DB
	Queue    *Queue
	Handlers map[string]Handler
	Periodic []Periodic
	// Random is in [0, 1): it spreads the tries that failed together; nil
	// spreads nothing.
	Random func() float64
	Log    *slog.Logger

	Concurrency int           // jobs at once; 8
	Lease       time.Duration // how long a silent worker keeps its jobs; 1 min
	Poll        time.Duration // how often an idle worker looks; 1 s
	Grace       time.Duration // what running jobs get to end at a stop; 20 s
}

// Worker works jobs. Any number of workers, in any number of processes, share
// one database.
type Worker struct {
	Config
	kinds  []string
	claims string
	wake   chan struct{}
	ticked map[string]time.Time // last tick put, by name of Periodic

	// beat paces heartbeats; tests replace it.
	beat func(every time.Duration) (tick <-chan time.Time, stop func())
}

// NewWorker makes a Worker; nothing runs before Run or Drain.
func NewWorker(c Config) *Worker {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	set(&c.Lease, time.Minute)
	set(&c.Poll, time.Second)
	set(&c.Grace, 20*time.Second)
	if c.Concurrency <= 0 {
		c.Concurrency = 8
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Random == nil {
		c.Random = func() float64 { return 0.5 }
	}
	w := &Worker{Config: c, wake: make(chan struct{}, 1), ticked: map[string]time.Time{}}
	for kind := range c.Handlers {
		w.kinds = append(w.kinds, kind)
	}
	slices.Sort(w.kinds)
	w.claims = `
		UPDATE job
		SET lease_until = $1, attempts = attempts + 1
		WHERE id IN (
				SELECT id
				FROM job
				WHERE state = 'ready' AND run_at <= $2 AND lease_until <= $2 AND kind IN (` + db.Params(4, len(w.kinds)) + `)
				ORDER BY run_at, id
				LIMIT $3
			)
			AND state = 'ready' AND lease_until <= $2
		RETURNING id, kind, args, attempts, COALESCE(dedup, '')`
	w.beat = func(every time.Duration) (<-chan time.Time, func()) {
		t := time.NewTicker(every)
		return t.C, t.Stop
	}
	return w
}

// Wake tells the worker of this process that a job was put, so that it does not
// wait for its next look. Call it after the commit.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// batch is how many jobs are taken at once.
const batch = 20

// Run works until ctx ends, then lets running jobs end within Grace; those that
// do not are cut and given back, the try not counted. A database that does not
// answer is told to the log and asked again.
func (w *Worker) Run(ctx context.Context) error {
	slots := make(chan struct{}, w.Concurrency)
	work, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	var running sync.WaitGroup
	for ctx.Err() == nil {
		free := w.take(ctx, slots)
		if ctx.Err() != nil {
			break
		}
		w.schedule(work)
		list, err := w.claim(work, free)
		if err != nil {
			w.Log.ErrorContext(ctx, "jobs: claim", "err", err)
		}
		for range free - len(list) {
			<-slots
		}
		for _, j := range list {
			running.Go(func() {
				defer func() { <-slots }()
				w.do(work, j)
			})
		}
		if len(list) < min(free, batch) {
			w.idle(ctx) // else there may be more
		}
	}
	return w.stop(&running, cut)
}

// take waits for one free slot and takes all that are free; 0 when ctx ends.
func (w *Worker) take(ctx context.Context, slots chan struct{}) int {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	for n := 1; ; n++ {
		select {
		case slots <- struct{}{}:
		default:
			return n
		}
	}
}

func (w *Worker) idle(ctx context.Context) {
	t := time.NewTimer(w.Poll)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-w.wake:
	case <-t.C:
	}
}

func (w *Worker) stop(running *sync.WaitGroup, cut context.CancelCauseFunc) error {
	ended := make(chan struct{})
	go func() { running.Wait(); close(ended) }()
	for _, wait := range []time.Duration{w.Grace, max(w.Grace, 10*time.Second)} { // to end; after the cut, to say so
		t := time.NewTimer(wait)
		select {
		case <-ended:
			t.Stop()
			return nil
		case <-t.C:
			cut(errStopping)
		}
	}
	return errIgnores
}

// Drain works every job that is due, and those they put in turn, then returns
// how many tries there were. It serves commands, the demonstration and tests.
func (w *Worker) Drain(ctx context.Context) (tries int, err error) {
	for {
		w.schedule(ctx)
		list, err := w.claim(ctx, w.Concurrency)
		if err != nil || len(list) == 0 {
			return tries, err
		}
		var running sync.WaitGroup
		for _, j := range list {
			running.Go(func() { w.do(ctx, j) })
		}
		running.Wait()
		tries += len(list)
	}
}

// claim takes up to n jobs that are due, of the kinds this worker knows: during
// an upgrade the older program leaves the newer kinds alone. Two workers that
// choose the same rows are parted by the guard outside of the choice.
func (w *Worker) claim(ctx context.Context, n int) ([]Job, error) {
	if n == 0 || len(w.kinds) == 0 {
		return nil, nil
	}
	now := w.Queue.now()
	args := []any{now.Add(w.Lease).UnixMilli(), now.UnixMilli(), int64(min(n, batch))}
	for _, kind := range w.kinds {
		args = append(args, kind)
	}
	rows, err := w.DB.Query(ctx, w.claims, args...)
	return db.Collect(rows, err, func(r *db.Rows) (Job, error) {
		var j Job
		var body string
		var attempts int64
		err := r.Scan(&j.ID, &j.Kind, &body, &attempts, &j.dedup)
		j.Args, j.Attempts = []byte(body), int(attempts)
		j.Last = j.Attempts >= w.tries(j.Kind)
		return j, err
	})
}

func (w *Worker) tries(kind string) int {
	if n := w.Handlers[kind].Tries; n > 0 {
		return n
	}
	return 8
}

// do runs one try and writes what came of it.
func (w *Worker) do(ctx context.Context, j Job) {
	start := w.Queue.now()
	err := error(&permanent{errCrashes})
	if j.Attempts <= w.tries(j.Kind) {
		err = w.try(ctx, j)
	}
	if serr := w.settle(ctx, j, err); serr != nil {
		w.Log.ErrorContext(ctx, "jobs: settle", "kind", j.Kind, "id", j.ID, "err", serr)
	}
	if err != nil {
		w.Log.WarnContext(ctx, "jobs: try failed", "kind", j.Kind, "id", j.ID, "try", j.Attempts, "err", err)
		return
	}
	w.Log.DebugContext(ctx, "jobs: done", "kind", j.Kind, "id", j.ID, "took", w.Queue.now().Sub(start))
}

// try calls the handler while a heartbeat keeps the lease. A panic is an error
// like another: one job must not stop the others.
func (w *Worker) try(ctx context.Context, j Job) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var heart sync.WaitGroup
	heart.Go(func() { w.keep(ctx, j, cancel) })
	defer func() {
		if err != nil && ctx.Err() != nil { // the handler's own time-outs are its failures, these are not
			why := errStopping
			if errors.Is(context.Cause(ctx), errLost) {
				why = errLost
			}
			err = fmt.Errorf("%w (%w)", why, err)
		}
		cancel(nil)
		heart.Wait()
	}()
	ended := make(chan struct{})
	err = errExit
	go func() { // a handler that calls runtime.Goexit ends only itself
		defer close(ended)
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		err = w.Handlers[j.Kind].Do(ctx, j)
	}()
	<-ended
	return err
}

// keep extends the lease until ctx ends; when the job is no longer ours, it
// ends the try.
func (w *Worker) keep(ctx context.Context, j Job, cancel context.CancelCauseFunc) {
	tick, stop := w.beat(w.Lease / 3)
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		n, err := w.DB.Exec(ctx, `
			UPDATE job
			SET lease_until = $1
			WHERE id = $2 AND attempts = $3 AND state = 'ready'`,
			w.Queue.now().Add(w.Lease).UnixMilli(), j.ID, int64(j.Attempts))
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			w.Log.WarnContext(ctx, "jobs: heartbeat", "kind", j.Kind, "id", j.ID, "err", err)
		case n == 0:
			// Gone: taken by another, or ended by Job.Done a moment ago, which
			// the handler is about to say.
			cancel(errLost)
			return
		}
	}
}
