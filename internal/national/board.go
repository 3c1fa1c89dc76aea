package national

import (
	"context"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
)

// Board is what metrics say of the COPs of a cycle's regions on a day.
type Board struct {
	Cycle, Day string
	Live       bool   // today: read from the rows, not from a night
	First      string // day of the first night kept, empty when there is none
	Before     bool   // the day is before the first night: only dated facts tell it
	Missed     bool   // the night of that day was missed, or written late
	COPs       []cop.COP
	Metrics    []Metric
	values     Values
}

// Value is what a metric says of a COP.
func (b Board) Value(metric, copID string) Value {
	if v, ok := b.values[metric][copID]; ok {
		return v
	}
	return Missing("cet indicateur n’est pas dans ce tableau")
}

// Total is a metric for the nation: over how many COPs, and how many had none.
type Total struct {
	Value
	COPs, Without int
}

// Nation adds up a metric the way it says, over the COPs that have a value: what
// is missing is counted, never added as zero.
func (b Board) Nation(m Metric) Total {
	ids := make([]string, 0, len(b.COPs))
	for _, c := range b.COPs {
		ids = append(ids, c.ID)
	}
	return b.Over(m, ids)
}

// Over is Nation over some COPs.
func (b Board) Over(m Metric, cops []string) Total {
	var t Total
	for _, id := range cops {
		v := b.Value(m.Key, id)
		if !v.Known {
			t.Without++
			continue
		}
		t.COPs++
		switch m.Total {
		case Sum, RateOfSums:
			t.N, t.Whole = t.N+v.N, t.Whole+v.Whole
		case Highest:
			t.N = max(t.N, v.N)
		}
	}
	switch {
	case m.Total == NoTotal:
		t.Value = Missing("cet indicateur ne s’additionne pas")
	case t.COPs == 0 && m.Coming != "":
		t.Value = Missing(m.Coming)
	case t.COPs == 0:
		t.Value = Missing("aucune COP n’a de chiffre à cette date")
	default:
		t.Known = true
	}
	return t
}

// Read reads the board of a cycle on a day: all metrics, or those of some keys.
// It takes a number of statements that depends on the metrics alone.
func (m *Room) Read(ctx context.Context, q db.Q, cycle, day string, keys ...string) (b Board, err error) {
	defer apperr.Wrap(&err, "national.Read(%s, %s)", cycle, day)
	if day, err = m.CheckDay(day); err != nil {
		return b, err
	}
	b = Board{Cycle: cycle, Day: day, Live: day == m.Today(), values: Values{}}
	for _, x := range m.Registry.Metrics() {
		if len(keys) == 0 || slices.Contains(keys, x.Key) {
			b.Metrics = append(b.Metrics, x)
		}
	}
	for _, k := range keys {
		if _, err := m.Registry.Find(k); err != nil {
			return b, err
		}
	}
	if b.COPs, err = cop.InCycle(ctx, q, cycle); err != nil {
		return b, err
	}
	if len(b.COPs) == 0 {
		return b, apperr.NotFoundf("Ce cycle n’est pas ouvert\u00a0: il n’a pas encore de COP.")
	}
	var held, late int64
	if err := q.QueryRow(ctx, `
		SELECT COALESCE(MIN(day), ''), COUNT(CASE WHEN day = $2 THEN 1 END), COUNT(CASE WHEN day = $2 AND late THEN 1 END)
		  FROM metric_night WHERE cycle = $1`, cycle, day).Scan(&b.First, &held, &late); err != nil {
		return b, err
	}
	b.Before = !b.Live && (b.First == "" || day < b.First)
	b.Missed = !b.Live && !b.Before && (held == 0 || late > 0)
	return b, m.fill(ctx, q, &b)
}

// fill asks each source once, and the nights once, for what the board shows.
func (m *Room) fill(ctx context.Context, q db.Q, b *Board) error {
	asked := map[int]Values{}
	nights := false
	for _, x := range b.Metrics {
		if !b.told(x) {
			nights = nights || x.Coming == "" && !b.Before
			continue
		}
		i := m.Registry.source[x.Key]
		if asked[i] != nil {
			continue
		}
		v, err := m.Registry.sources[i].Read(ctx, q, b.Cycle, b.Day)
		if err != nil {
			return err
		}
		if v == nil {
			v = Values{}
		}
		asked[i] = v
	}
	kept := Values{}
	if nights {
		var err error
		if kept, err = nightOf(ctx, q, b.Cycle, b.Day); err != nil {
			return err
		}
	}
	for _, x := range b.Metrics {
		i := m.Registry.source[x.Key]
		for _, c := range b.COPs {
			v, ok := asked[i][x.Key][c.ID]
			switch {
			case x.Coming != "":
				v = Missing(x.Coming)
			case b.told(x):
				if !ok {
					v = Missing(m.Registry.sources[i].Absent)
				}
			case b.Before:
				v = Missing(b.beforeReason())
			default:
				if v, ok = kept[x.Key][c.ID]; !ok {
					v = Missing("le relevé de cette nuit manque, et cet indicateur ne se recalcule pas après coup")
				}
			}
			b.values.Set(x.Key, c.ID, v)
		}
	}
	return nil
}

// told reports whether the rows tell a metric on the day of the board.
func (b Board) told(x Metric) bool {
	return x.Coming == "" && (b.Live || x.Past == FromDays || x.Past == FromRecords && !b.Before)
}

func (b Board) beforeReason() string {
	if b.First == "" {
		return "aucun relevé de nuit n’existe encore\u00a0: seuls des faits datés disent une date passée"
	}
	return "cette date précède le premier relevé de nuit, du " + french.Day(b.First)
}
