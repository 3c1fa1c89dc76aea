package jobs

import (
	"context"
	"errors"
	"math"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Done ends the job in the transaction of its effects: both are kept, or
// neither, and a worker that has lost the job cannot commit them.
func (j Job) Done(ctx context.Context, tx db.Q) (err error) {
	defer apperr.Wrap(&err, "jobs.Done(%s)", j.Kind)
	n, err := j.end(ctx, tx)
	if err == nil && n == 0 {
		return errLost
	}
	return err
}

func (j Job) end(ctx context.Context, q db.Q) (int64, error) {
	if j.dedup == "" {
		return q.Exec(ctx, `DELETE FROM job WHERE id = $1 AND attempts = $2 AND state = 'ready'`, j.ID, int64(j.Attempts))
	}
	return q.Exec(ctx, `
		UPDATE job
		SET state = 'done', lease_until = 0, error = ''
		WHERE id = $1 AND attempts = $2 AND state = 'ready'`, j.ID, int64(j.Attempts))
}

// settle writes what came of a try, even when the worker is being stopped. A
// job that is no longer ours is left as it is.
func (w *Worker) settle(ctx context.Context, j Job, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	now := w.Queue.now()
	switch {
	case err == nil:
		_, err := j.end(ctx, w.DB)
		return err
	case errors.Is(err, errLost):
		return nil
	case errors.Is(err, errStopping):
		return w.put(ctx, j, Ready, now, j.Attempts-1, err)
	case errors.As(err, new(*permanent)), j.Last:
		return w.put(ctx, j, Dead, now, j.Attempts, err)
	}
	return w.put(ctx, j, Ready, now.Add(w.delay(j.Attempts)), j.Attempts, err)
}

func (w *Worker) put(ctx context.Context, j Job, state State, runAt time.Time, attempts int, cause error) error {
	_, err := w.DB.Exec(ctx, `
		UPDATE job
		SET state = $1, run_at = $2, lease_until = 0, attempts = $3, error = $4
		WHERE id = $5 AND attempts = $6 AND state = 'ready'`,
		string(state), runAt.UnixMilli(), int64(attempts), told(cause), j.ID, int64(j.Attempts))
	return err
}

// delay is the wait after the nth failed try: 10 s, 20 s, 40 s… up to an hour,
// give or take a quarter.
func (w *Worker) delay(n int) time.Duration {
	d := min(10*math.Pow(2, float64(n-1)), 3600)
	return time.Duration(d * (0.75 + w.Random()/2) * float64(time.Second))
}
