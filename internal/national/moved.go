package national

import (
	"context"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
)

// Change is a metric that says otherwise on the second day than on the first.
type Change struct {
	COP           string
	Metric        Metric
	Before, After Value
}

// By is how much a count moved; false when there is no such number.
func (c Change) By() (int64, bool) {
	return c.After.N - c.Before.N, c.Metric.Kind == Count && c.Before.Known && c.After.Known
}

// Movement is what moved in a region between two days.
type Movement struct {
	COP     cop.COP
	Events  []cop.Event // that happened after the first day, or were only learnt after it
	Changes []Change
}

// Still reports whether nothing moved.
func (m Movement) Still() bool { return len(m.Events)+len(m.Changes) == 0 }

// Movements is what moved in each region of a cycle between two days.
type Movements struct {
	From, To Board
	Regions  []Movement
}

// Moved compares two boards of a cycle, and names the events in between.
func (m *Room) Moved(ctx context.Context, q db.Q, cycle, from, to string) (out Movements, err error) {
	b, err := m.Read(ctx, q, cycle, to)
	if err != nil {
		return out, err
	}
	return m.MovedTo(ctx, q, b, from)
}

// MovedTo is Moved for who has read the second board already, all its metrics.
func (m *Room) MovedTo(ctx context.Context, q db.Q, to Board, from string) (out Movements, err error) {
	defer apperr.Wrap(&err, "national.MovedTo(%s, %s, %s)", to.Cycle, from, to.Day)
	if from >= to.Day {
		return out, apperr.Invalidf("Donnez deux dates, la première avant la seconde.")
	}
	out.To = to
	if out.From, err = m.Read(ctx, q, to.Cycle, from); err != nil {
		return out, err
	}
	events, err := cop.EventsInCycle(ctx, q, to.Cycle)
	if err != nil {
		return out, err
	}
	for _, c := range out.To.COPs {
		x := Movement{COP: c}
		mine := slices.DeleteFunc(slices.Clone(events), func(e cop.Event) bool { return e.COP != c.ID })
		gone := cop.Corrected(mine)
		for _, e := range mine {
			in := func(day string) bool { return day > out.From.Day && day <= out.To.Day }
			happened := e.Mark != cop.Announced && e.Mark != cop.Noted && e.Day <= out.To.Day && (in(e.Day) || in(e.KnownOn))
			announced := e.Mark == cop.Announced && in(e.KnownOn)
			if e.State == cop.Recorded && !gone[e.ID] && (happened || announced) {
				x.Events = append(x.Events, e)
			}
		}
		for _, k := range out.To.Metrics {
			// Days that pass are no movement.
			if k.Coming != "" || k.Kind == Span {
				continue
			}
			before, after := out.From.Value(k.Key, c.ID), out.To.Value(k.Key, c.ID)
			// A first figure is a movement; what no night kept is unknown, not moved.
			if !after.Known || before.same(after) || !before.Known && !out.From.told(k) && !before.Night {
				continue
			}
			x.Changes = append(x.Changes, Change{COP: c.ID, Metric: k, Before: before, After: after})
		}
		out.Regions = append(out.Regions, x)
	}
	return out, nil
}

// Since is the day from which a reader is shown what moved: their last visit, or
// a week ago.
func (m *Room) Since(last string) string {
	if last != "" && last < m.Today() {
		return last
	}
	return shift(m.Today(), -7)
}

// StalledAfter is after how many days without a dated event a region is said to
// stall, when the reader set no other number.
const StalledAfter = 180

// Finding is what a region is blocked on, for whoever opens the board on a
// phone: the longest first.
type Finding struct {
	COP   cop.COP
	Since int64 // days since the last dated event; -1 when there never was one
	On    string
}

// Stalled lists the COPs without a dated event for more than a number of days,
// and on what: the acts that wait for a head when there are some, else the stage
// they have not left.
func (b Board) Stalled(after int64) []Finding {
	var out []Finding
	for _, c := range b.COPs {
		since, stage := b.Value(SinceKey, c.ID), b.Value(StageKey, c.ID)
		if stage.Text == string(cop.Following) || since.Known && since.N <= after {
			continue
		}
		f := Finding{COP: c, Since: -1, On: "à l’étape «\u00a0" + cop.Stage(stage.Text).Name() + "\u00a0»"}
		if since.Known {
			f.Since = since.N
		} else if note := b.Value(LaunchKey, c.ID).Note; note != "" {
			f.On = "lancement " + note
		}
		if acts := b.Value(PendingKey, c.ID); acts.Known && acts.N > 0 {
			f.On += ", " + french.Integer(acts.N) + nb + french.Plural(acts.N, "acte attend", "actes attendent") + " une validation"
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(x, y Finding) int {
		rank := func(f Finding) int64 {
			if f.Since < 0 {
				return 1 << 40
			}
			return f.Since
		}
		return int(rank(y) - rank(x))
	})
	return out
}
