package moderation

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"time"

	"jalon/internal/db"
	"jalon/internal/debate"
)

// likeness is what decisions alike have in common.
type likeness struct {
	month           string
	was             debate.PostState
	verb            Verb
	kind            debate.Kind
	reason          string
	masked, machine bool
}

// many is how many decisions are alike, and how many of them came late.
type many struct{ n, late int64 }

// tally counts the decisions of a COP before an instant. Decisions are never changed:
// what was counted once is not read again.
type tally struct {
	before int64 // ms
	n      int64
	alike  map[likeness]many
}

// settled is how old a decision is before it is counted once and for all: the
// transaction that took it is over.
const settled = time.Hour

// alike counts the decisions of a COP: two statements, which read those of the last hour
// and how many there are before.
func (m *Room) alike(ctx context.Context, q db.Q, copID string) (map[likeness]many, error) {
	m.mu.Lock()
	t := m.tallied[copID]
	m.mu.Unlock()
	var n int64
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM moderation_act WHERE cop_id = $1 AND at < $2`, copID, t.before).Scan(&n); err != nil {
		return nil, err
	}
	if n != t.n { // some were brought in, or went with their COP
		t = tally{}
	}
	until := max(m.Now().Add(-settled).UnixMilli(), t.before)
	rows, err := q.Query(ctx, `SELECT month, was, verb, kind, reason, CASE WHEN masked > 0 THEN 1 ELSE 0 END, CASE WHEN by = '' THEN 1 ELSE 0 END, CASE WHEN at < $3 THEN 1 ELSE 0 END, COUNT(*), CAST(SUM(late) AS BIGINT)
		FROM moderation_act WHERE cop_id = $1 AND at >= $2
		GROUP BY month, was, verb, kind, reason, CASE WHEN masked > 0 THEN 1 ELSE 0 END, CASE WHEN by = '' THEN 1 ELSE 0 END, CASE WHEN at < $3 THEN 1 ELSE 0 END`, copID, t.before, until)
	next := tally{before: until, n: t.n, alike: maps.Clone(t.alike)}
	if next.alike == nil {
		next.alike = map[likeness]many{}
	}
	fresh := map[likeness]many{}
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var g likeness
		var x many
		var masked, machine, old int64
		if err := r.Scan(&g.month, &g.was, &g.verb, &g.kind, &g.reason, &masked, &machine, &old, &x.n, &x.late); err != nil {
			return struct{}{}, err
		}
		g.masked, g.machine = masked == 1, machine == 1
		if old == 1 {
			y := next.alike[g]
			next.alike[g], next.n = many{x.n + y.n, x.late + y.late}, next.n+x.n
		} else {
			fresh[g] = x
		}
		return struct{}{}, nil
	})
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	if m.tallied == nil {
		m.tallied = map[string]tally{}
	}
	m.tallied[copID] = next
	m.mu.Unlock()
	out := maps.Clone(next.alike)
	for g, x := range fresh {
		y := out[g]
		out[g] = many{x.n + y.n, x.late + y.late}
	}
	return out, nil
}

// middle is the middle of the waits of some texts, and of how many.
type middle struct {
	read int64
	wait time.Duration
}

// medians reads the middle of the waits of each month and of them all: those where
// something was read since the last time, in one statement.
func (m *Room) medians(ctx context.Context, q db.Q, copID string, s *Stats) error {
	var parts []string
	var to []*Month
	args := []any{copID}
	m.mu.Lock()
	kept := maps.Clone(m.middles[copID])
	m.mu.Unlock()
	if kept == nil {
		kept = map[string]middle{}
	}
	add := func(x *Month, where string, more ...any) {
		if x.Read < FewestForDelay {
			return
		}
		if y := kept[x.Month]; y.read == x.Read {
			x.Median = y.wait
			return
		}
		args = append(append(args, more...), (x.Read-1)/2)
		name := strconv.Itoa(len(to))
		parts = append(parts, `SELECT `+name+` AS n, waited FROM (SELECT waited FROM moderation_act WHERE cop_id = $1 AND was = 'waiting'`+where+` ORDER BY waited LIMIT 1 OFFSET $`+strconv.Itoa(len(args))+`) x`+name)
		to = append(to, x)
	}
	add(&s.Total, ``)
	for i := range s.Months {
		add(&s.Months[i], ` AND month = $`+strconv.Itoa(len(args)+1), s.Months[i].Month)
	}
	if len(to) == 0 {
		return nil
	}
	rows, err := q.Query(ctx, strings.Join(parts, ` UNION ALL `), args...)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var n, waited int64
		err := r.Scan(&n, &waited)
		if err == nil {
			to[n].Median = time.Duration(waited) * time.Millisecond
			kept[to[n].Month] = middle{to[n].Read, to[n].Median}
		}
		return struct{}{}, err
	})
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.middles == nil {
		m.middles = map[string]map[string]middle{}
	}
	m.middles[copID] = kept
	return nil
}
