package ballot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/policy"
)

const nightTick = "ballot.night"

// Register gives the worker what this room does each night.
func (m *Room) Register(c *jobs.Config) {
	c.Handlers[nightTick] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error { return m.Night(ctx) }}
	c.Periodic = append(c.Periodic, jobs.Periodic{Name: nightTick, Last: jobs.Daily(4, 40, time.UTC)})
}

// Night closes the votes that were left open after the day of their meeting: nobody is
// in the room any more, and from which machines voices came is forgotten with the close.
func (m *Room) Night(ctx context.Context) (err error) {
	defer apperr.Wrap(&err, "ballot.Night")
	// Two days: wherever a COP lives, the day of the meeting is over.
	before := m.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	rows, err := m.DB.Query(ctx, `SELECT b.id FROM ballot b JOIN meeting x ON x.id = b.meeting_id WHERE b.state = 'open' AND x.day < $1 ORDER BY b.id`, before)
	ids, err := db.Strings(rows, err)
	if err != nil {
		return err
	}
	var wrong []error
	for _, id := range ids {
		if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return m.forgotten(ctx, tx, id) }); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", id, err))
		}
	}
	return errors.Join(wrong...)
}

// forgotten closes one of them, unless somebody does meanwhile.
func (m *Room) forgotten(ctx context.Context, tx db.Q, id string) error {
	n, err := tx.Exec(ctx, `UPDATE ballot SET rev = rev + 1, state = 'closed', closed_at = $2 WHERE id = $1 AND state = 'open'`, id, m.Now().UnixMilli())
	if err != nil || n == 0 {
		return err
	}
	b, err := one(ctx, tx, id)
	if err != nil {
		return err
	}
	there, known, err := m.There(ctx, tx, cop.Meeting{ID: b.Meeting, COP: b.COP})
	if err != nil {
		return err
	}
	if known {
		b.Present = &there
		if _, err := tx.Exec(ctx, `UPDATE ballot SET present = $2 WHERE id = $1`, id, there); err != nil {
			return err
		}
	}
	if err := unnamed(ctx, tx, id); err != nil {
		return err
	}
	return m.kept(ctx, tx, policy.Actor{}, "close", "laissé ouvert après la réunion", b)
}
