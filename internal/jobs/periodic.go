package jobs

import (
	"context"
	"strconv"
	"time"
)

// Periodic is a job that comes back. Each tick is one row under a name of its
// own, so that any number of workers put it once; after a stop only the last
// tick missed is done.
type Periodic struct {
	Name string // what the ticks are counted under; also the kind of the job
	Last Schedule
}

// Schedule gives the last tick at or before now.
type Schedule func(now time.Time) time.Time

// Every ticks at round multiples of d.
func Every(d time.Duration) Schedule {
	return func(now time.Time) time.Time {
		ms := d.Milliseconds()
		return time.UnixMilli(now.UnixMilli() / ms * ms)
	}
}

// Daily ticks each day at an hour of a time zone; where the clock jumps over
// it, at the instant that the hour would have been.
func Daily(hour, minute int, zone *time.Location) Schedule {
	return func(now time.Time) time.Time {
		y, m, d := now.In(zone).Date()
		tick := time.Date(y, m, d, hour, minute, 0, 0, zone)
		if tick.After(now) {
			tick = time.Date(y, m, d-1, hour, minute, 0, 0, zone)
		}
		return tick
	}
}

// schedule puts the ticks that are due. The names already put are remembered,
// so that an idle worker asks the database once a tick, not once a look.
func (w *Worker) schedule(ctx context.Context) {
	now := w.Queue.now()
	for _, p := range w.Periodic {
		tick := p.Last(now)
		if w.ticked[p.Name].Equal(tick) {
			continue
		}
		at := strconv.FormatInt(tick.UnixMilli(), 10)
		if _, err := w.Queue.Enqueue(ctx, w.DB, p.Name, tick.UTC(), Opts{RunAt: tick, Dedup: "tick:" + p.Name + ":" + at}); err != nil {
			w.Log.ErrorContext(ctx, "jobs: tick", "name", p.Name, "err", err)
			continue
		}
		w.ticked[p.Name] = tick
	}
}

// PruneKind is the periodic job that forgets old names; see Housekeeping.
const PruneKind = "jobs.prune"

// Housekeeping is what each program that works jobs registers for this package
// itself.
func (s *Queue) Housekeeping(c *Config) {
	c.Handlers[PruneKind] = Handler{Do: func(ctx context.Context, _ Job) error {
		_, err := s.Prune(ctx, c.DB)
		return err
	}}
	c.Periodic = append(c.Periodic, Periodic{Name: PruneKind, Last: Every(24 * time.Hour)})
}
