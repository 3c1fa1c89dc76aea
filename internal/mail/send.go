package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/jobs"
)

// Send gives a mail to a server. It returns a *Failure when the server refuses.
type Send func(ctx context.Context, m Kept) error

// Failure is what a server answered. An error of another type says that there
// was no answer, which another try may mend.
type Failure struct {
	Code      string // "550 5.1.1"
	Permanent bool   // the same mail would be refused again
	Address   bool   // because nobody has this address
	Cause     error
}

func (f *Failure) Error() string { return fmt.Sprintf("mail: refused (%s): %v", f.Code, f.Cause) }

// Unwrap returns what the SMTP library said.
func (f *Failure) Unwrap() error { return f.Cause }

// sendTries spreads over a day: a server that greylists or is down overnight is
// waited for.
const sendTries = 30

// Register gives a worker the jobs of this package. With a nil send nothing
// leaves: mails stay queued, as in a demonstration.
func (o *Outbox) Register(c *jobs.Config, send Send) {
	c.Handlers[digestKind] = jobs.Handler{Do: func(ctx context.Context, j jobs.Job) error { return o.digest(ctx, c.DB, j) }}
	c.Handlers[sweepKind] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error { return o.sweep(ctx, c.DB) }}
	c.Handlers[retainKind] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error {
		_, err := o.Retain(ctx, c.DB)
		return err
	}}
	c.Periodic = append(c.Periodic, jobs.Periodic{Name: sweepKind, Last: jobs.Every(time.Hour)},
		jobs.Periodic{Name: retainKind, Last: jobs.Every(24 * time.Hour)})
	if send != nil {
		c.Handlers[SendKind] = jobs.Handler{Tries: sendTries, Do: func(ctx context.Context, j jobs.Job) error {
			return o.send(ctx, c.DB, j, send)
		}}
	}
}

// send is one try of one mail. The server is spoken to outside any transaction;
// then what it answered and the end of the job are written together. A program
// that dies in between sends once more, under the same Message-ID.
func (o *Outbox) send(ctx context.Context, d *db.DB, j jobs.Job, send Send) error {
	id, err := jobArgs[string](j)
	if err != nil {
		return err
	}
	m, err := Find(ctx, d, id)
	switch {
	case apperr.KindOf(err) == apperr.NotFound && errors.Is(err, db.ErrNoRows):
		return nil // forgotten or erased since
	case err != nil:
		return err
	case m.State != Queued && m.State != Failed:
		return nil
	case !m.Expires.IsZero() && !o.Now().Before(m.Expires):
		return o.end(ctx, d, j, m, Expired, nil)
	}
	err = send(ctx, m)
	var f *Failure
	switch {
	case err == nil:
		return o.end(ctx, d, j, m, Sent, nil)
	case errors.As(err, &f) && f.Permanent && f.Address:
		return o.end(ctx, d, j, m, Bounced, f)
	case errors.As(err, &f) && f.Permanent:
		return jobs.Permanent(errors.Join(err, o.mark(ctx, d, m, Failed, err)))
	case j.Last:
		return errors.Join(err, o.mark(ctx, d, m, Failed, err))
	}
	return err
}

// end writes a last state, what follows from it, and the end of the job.
func (o *Outbox) end(ctx context.Context, d *db.DB, j jobs.Job, m Kept, state State, f *Failure) error {
	return db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
		var why error
		if f != nil {
			why = f
		}
		if err := o.mark(ctx, tx, m, state, why); err != nil {
			return err
		}
		switch state {
		case Sent:
			if err := ClearBounce(ctx, tx, m.To.Email); err != nil {
				return err
			}
		case Bounced:
			if err := o.bounced(ctx, tx, m, f.Code, f.Cause.Error()); err != nil {
				return err
			}
		}
		return j.Done(ctx, tx)
	})
}

func (o *Outbox) mark(ctx context.Context, q db.Q, m Kept, state State, why error) error {
	var sent *int64
	if state == Sent {
		sent = millis(o.Now())
	}
	text := ""
	if why != nil {
		text = short(clean(why.Error()), 500)
	}
	wipe := m.Secret && state != Failed
	_, err := q.Exec(ctx, `
		UPDATE mail_outbox
		SET state = $1, sent_at = $2, error = $3, letter = CASE WHEN $4 THEN '{}' ELSE letter END
		WHERE id = $5 AND state IN ('queued', 'failed')`, string(state), sent, text, wipe, m.ID)
	return err
}
