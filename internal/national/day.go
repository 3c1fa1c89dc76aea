package national

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/jobs"
)

// NightKind is the periodic job that keeps what the board says of the day that
// ended.
const NightKind = "national.night"

// catchUp is how many missed nights are written at most: beyond, the years
// before Jalon was left running are told by dated facts alone.
const catchUp = 400

// Register gives a worker the job of the night, at half past midnight in Paris.
func (m *Room) Register(c *jobs.Config) {
	c.Handlers[NightKind] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error {
		_, err := m.Nights(ctx)
		return err
	}}
	c.Periodic = append(c.Periodic, jobs.Periodic{Name: NightKind, Last: jobs.Daily(0, 30, paris)})
}

// Nights keeps yesterday for each open cycle that has COPs, and the nights missed
// since the last one kept. Run again, it adds nothing. It returns how many nights
// were added.
func (m *Room) Nights(ctx context.Context) (added int, err error) {
	defer apperr.Wrap(&err, "national.Nights")
	cycles, err := cop.Cycles(ctx, m.DB)
	if err != nil {
		return 0, err
	}
	for _, c := range cycles {
		if c.State != "open" {
			continue
		}
		n, err := m.nightsOf(ctx, c.Code)
		if err != nil && apperr.KindOf(err) != apperr.NotFound { // no COP yet
			return added, err
		}
		added += n
	}
	return added, nil
}

func (m *Room) nightsOf(ctx context.Context, cycle string) (added int, err error) {
	yesterday := shift(m.Today(), -1)
	var last string
	if err := m.DB.QueryRow(ctx, `SELECT COALESCE(MAX(day), '') FROM metric_night WHERE cycle = $1`, cycle).Scan(&last); err != nil {
		return 0, err
	}
	from := yesterday
	switch {
	case last != "":
		from = max(shift(last, 1), shift(yesterday, -catchUp))
	case m.late(yesterday):
		return 0, nil // a first start in the day: the first night is the coming one
	}
	for day := from; day <= yesterday; day = shift(day, 1) {
		fresh, err := m.Night(ctx, cycle, day)
		if err != nil {
			return added, err
		}
		if fresh {
			added++
		}
	}
	return added, nil
}

// onTime is how long after its end a day is still taken to be as it ended.
const onTime = 6 * time.Hour

func (m *Room) late(day string) bool { return m.Now().Sub(EndOf(day)) > onTime }

// Night keeps what the board says of a cycle at the end of a day: once, whoever
// asks and how often. A night kept late holds what rows that bear their day or
// their instant tell; the rest says that its night was missed.
func (m *Room) Night(ctx context.Context, cycle, day string) (fresh bool, err error) {
	defer apperr.Wrap(&err, "national.Night(%s, %s)", cycle, day)
	if day >= m.Today() {
		return false, apperr.Invalidf("Un relevé se fait quand le jour est fini\u00a0: le %s ne l’est pas.", french.Day(day))
	}
	late := m.late(day)
	// Values are read before the transaction: it only writes.
	rows, err := m.nightRows(ctx, cycle, day, late)
	if err != nil {
		return false, err
	}
	at := m.Now().UnixMilli()
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The row of the night first: of those who come at once, one writes.
		n, err := db.Insert(ctx, tx, "metric_night", []string{"cycle", "day", "late", "at"}, [][]any{{cycle, day, late, at}}, "ON CONFLICT (cycle, day) DO NOTHING")
		if err != nil || n == 0 {
			return err
		}
		fresh = true
		_, err = db.Insert(ctx, tx, "metric_day", []string{"cop_id", "metric", "day", "value", "whole", "text", "reason", "definition", "at"}, rows, "ON CONFLICT (cop_id, metric, day) DO NOTHING")
		return err
	})
	return fresh && err == nil, err
}

func (m *Room) nightRows(ctx context.Context, cycle, day string, late bool) ([][]any, error) {
	cops, err := cop.InCycle(ctx, m.DB, cycle)
	if err != nil {
		return nil, err
	}
	if len(cops) == 0 {
		return nil, apperr.NotFoundf("Ce cycle n’est pas ouvert\u00a0: il n’a pas encore de COP.")
	}
	var rows [][]any
	at := m.Now().UnixMilli()
	for _, s := range m.Registry.sources {
		if s.Read == nil {
			continue
		}
		v, err := s.Read(ctx, m.DB, cycle, day)
		if err != nil {
			return nil, err
		}
		for _, x := range s.Metrics {
			if x.Coming != "" {
				continue
			}
			for _, c := range cops {
				y, ok := v[x.Key][c.ID]
				switch {
				case late && x.Past == FromNights:
					y = Missing("le relevé de cette nuit a été manqué, et cet indicateur ne se recalcule pas après coup")
				case !ok:
					y = Missing(s.Absent)
				}
				rows = append(rows, y.row(c.ID, x, day, at))
			}
		}
	}
	return rows, nil
}

func (v Value) row(copID string, x Metric, day string, at int64) []any {
	var n, whole *int64
	if v.Known {
		n = &v.N
		if x.Kind == Rate {
			whole = &v.Whole
		}
	}
	text := v.Text
	if !v.Known {
		text = ""
	}
	return []any{copID, x.Key, day, n, whole, text, v.Reason, x.Version, at}
}

const nightColumns = `d.cop_id, d.metric, d.day, d.value, COALESCE(d.whole, 0), d.text, d.reason, d.definition`

// night is a row of a night.
type night struct {
	cop, metric, day string
	value            Value
	version          int64
}

func scanNight(r *db.Rows) (x night, err error) {
	var n *int64
	err = r.Scan(&x.cop, &x.metric, &x.day, &n, &x.value.Whole, &x.value.Text, &x.value.Reason, &x.version)
	if x.value.Night = true; n != nil {
		x.value.Known, x.value.N = true, *n
	}
	return x, err
}

// nightOf reads what was kept of a cycle's COPs for a day.
func nightOf(ctx context.Context, q db.Q, cycle, day string) (Values, error) {
	rows, err := q.Query(ctx, `SELECT `+nightColumns+` FROM metric_day d
		WHERE d.day = $2 AND d.cop_id IN (SELECT id FROM cop WHERE cycle = $1 AND parent IS NULL) ORDER BY d.metric, d.cop_id`, cycle, day)
	list, err := db.Collect(rows, err, scanNight)
	v := Values{}
	for _, x := range list {
		v.Set(x.metric, x.cop, x.value)
	}
	return v, err
}

// Point is a day of a curve.
type Point struct {
	Day   string
	Value Value
	// Version is that of the definition the night counted with.
	Version int64
}

// Curves reads the nights kept of a metric between two days, by COP of a cycle,
// oldest first.
func (m *Room) Curves(ctx context.Context, q db.Q, cycle, metric, from, to string) (out map[string][]Point, err error) {
	defer apperr.Wrap(&err, "national.Curves(%s)", metric)
	rows, err := q.Query(ctx, `SELECT `+nightColumns+` FROM metric_day d
		WHERE d.metric = $2 AND d.day >= $3 AND d.day <= $4 AND d.cop_id IN (SELECT id FROM cop WHERE cycle = $1 AND parent IS NULL)
		ORDER BY d.cop_id, d.day`, cycle, metric, from, to)
	list, err := db.Collect(rows, err, scanNight)
	out = map[string][]Point{}
	for _, x := range list {
		out[x.cop] = append(out[x.cop], Point{Day: x.day, Value: x.value, Version: x.version})
	}
	return out, err
}

// Difference is a night that says otherwise than the rows say today: somebody
// corrected a past event, or recorded a past meeting, since.
type Difference struct {
	COP, Day  string
	Metric    Metric
	Kept, Now Value
}

// Compare recomputes what can be of a night and says what differs from what was
// kept. Nights counted with another definition are not compared.
func (m *Room) Compare(ctx context.Context, q db.Q, cycle, day string) (out []Difference, err error) {
	defer apperr.Wrap(&err, "national.Compare(%s, %s)", cycle, day)
	rows, err := q.Query(ctx, `SELECT `+nightColumns+` FROM metric_day d
		WHERE d.day = $2 AND d.cop_id IN (SELECT id FROM cop WHERE cycle = $1 AND parent IS NULL) ORDER BY d.metric, d.cop_id`, cycle, day)
	list, err := db.Collect(rows, err, scanNight)
	if err != nil {
		return nil, err
	}
	said := map[int]Values{}
	for _, x := range list {
		metric, err := m.Registry.Find(x.metric)
		if err != nil || metric.Past == FromNights || metric.Version != x.version || metric.Coming != "" {
			continue // a metric that is gone, or that nothing recomputes
		}
		i := m.Registry.source[x.metric]
		if said[i] == nil {
			if said[i], err = m.Registry.sources[i].Read(ctx, q, cycle, day); err != nil {
				return nil, err
			}
		}
		now, ok := said[i][x.metric][x.cop]
		if !ok {
			now = Missing(m.Registry.sources[i].Absent)
		}
		if !now.Known {
			now.N, now.Whole, now.Text = 0, 0, ""
		}
		if !x.value.same(now) {
			out = append(out, Difference{COP: x.cop, Day: day, Metric: metric, Kept: x.value, Now: now})
		}
	}
	return out, nil
}

// NightDays lists the nights kept of a cycle between two days, oldest first.
func NightDays(ctx context.Context, q db.Q, cycle, from, to string) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT day FROM metric_night WHERE cycle = $1 AND day >= $2 AND day <= $3 ORDER BY day`, cycle, from, to)
	return db.Strings(rows, err)
}

// shift moves a day.
func shift(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}
