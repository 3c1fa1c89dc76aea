package moderation

import (
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/debate"
)

// FewestForDelay is how many texts a median delay speaks of at least: under it, it
// would tell of one text or another.
const FewestForDelay = 5

// Month is what moderators did in a month.
type Month struct {
	Month     string // 2026-03
	Read      int64  // texts read for the first time
	Published int64
	Refused   int64
	Late      int64         // read later than was promised
	Median    time.Duration // of the wait of those read; zero under FewestForDelay
}

// Stats is what is published of the moderation of a COP.
type Stats struct {
	Setting   Setting
	Waiting   int64 // not read yet
	Total     Month // of all months
	Months    []Month
	Reasons   map[string]int64      // texts refused, by reason
	Kinds     map[debate.Kind]int64 // texts read
	Masked    int64                 // published with passages masked
	Reports   int64
	Hidden    int64 // by reports alone, until somebody looked
	Withdrawn int64 // hidden by a moderator, once published
	Appeals   int64
	Open      int64 // appeals that wait
	Upheld    int64
	Reversed  int64
}

// Received is how many texts came, read or not.
func (s Stats) Received() int64 { return s.Total.Read + s.Waiting }

// StatsOf counts what moderators did in a COP, for everybody: no text, no person.
func (m *Room) StatsOf(ctx context.Context, q db.Q, copID string) (s Stats, err error) {
	defer apperr.Wrap(&err, "moderation.StatsOf(%s)", copID)
	s.Reasons, s.Kinds = map[string]int64{}, map[debate.Kind]int64{}
	if s.Setting, err = SettingOf(ctx, q, copID); err != nil {
		return s, err
	}
	at := map[string]int{}
	month := func(name string) *Month {
		i, ok := at[name]
		if !ok {
			i = len(s.Months)
			at[name], s.Months = i, append(s.Months, Month{Month: name})
		}
		return &s.Months[i]
	}
	rows, err := q.Query(ctx, `SELECT month, was, verb, kind, reason, CASE WHEN masked > 0 THEN 1 ELSE 0 END, CASE WHEN by = '' THEN 1 ELSE 0 END, COUNT(*), CAST(SUM(late) AS BIGINT)
		FROM moderation_act WHERE cop_id = $1 GROUP BY month, was, verb, kind, reason, CASE WHEN masked > 0 THEN 1 ELSE 0 END, CASE WHEN by = '' THEN 1 ELSE 0 END ORDER BY month`, copID)
	_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
		var name, reason string
		var was debate.PostState
		var verb Verb
		var kind debate.Kind
		var masked, machine, n, late int64
		if err := r.Scan(&name, &was, &verb, &kind, &reason, &masked, &machine, &n, &late); err != nil {
			return struct{}{}, err
		}
		s.count(month(name), was, verb, kind, reason, masked == 1, machine == 1, n, late)
		return struct{}{}, nil
	})
	if err != nil {
		return s, err
	}
	// The middle of the waits of each month, and of them all.
	for _, by := range []string{`month`, `''`} {
		rows, err := q.Query(ctx, `SELECT month, waited FROM (SELECT `+by+` AS month, waited, ROW_NUMBER() OVER (PARTITION BY `+by+` ORDER BY waited, id) AS n, COUNT(*) OVER (PARTITION BY `+by+`) AS total
			FROM moderation_act WHERE cop_id = $1 AND was = 'waiting') x WHERE 2 * n >= total AND 2 * n <= total + 1 AND total >= $2`, copID, int64(FewestForDelay))
		_, err = db.Collect(rows, err, func(r *db.Rows) (struct{}, error) {
			var name string
			var waited int64
			err := r.Scan(&name, &waited)
			to := &s.Total
			if name != "" {
				to = month(name)
			}
			to.Median = time.Duration(waited) * time.Millisecond
			return struct{}{}, err
		})
		if err != nil {
			return s, err
		}
	}
	err = q.QueryRow(ctx, `SELECT (SELECT COUNT(*) FROM debate_post WHERE cop_id = $1 AND state = 'waiting'), (SELECT COUNT(*) FROM moderation_report WHERE cop_id = $1),
		(SELECT COUNT(*) FROM moderation_appeal WHERE cop_id = $1), (SELECT COUNT(*) FROM moderation_appeal WHERE cop_id = $1 AND state = 'open'),
		(SELECT COUNT(*) FROM moderation_appeal WHERE cop_id = $1 AND state = 'upheld'), (SELECT COUNT(*) FROM moderation_appeal WHERE cop_id = $1 AND state = 'reversed')`, copID).
		Scan(&s.Waiting, &s.Reports, &s.Appeals, &s.Open, &s.Upheld, &s.Reversed)
	return s, err
}

// count adds some decisions alike to the figures of a month and of all.
func (s *Stats) count(x *Month, was debate.PostState, verb Verb, kind debate.Kind, reason string, masked, machine bool, n, late int64) {
	if masked {
		s.Masked += n
	}
	switch {
	case machine:
		s.Hidden += n
	case verb == Hide:
		s.Withdrawn += n
	case verb == Refuse:
		s.Reasons[reason] += n
	}
	if was != debate.PostWaiting {
		return
	}
	s.Kinds[kind] += n
	for _, to := range []*Month{x, &s.Total} {
		to.Read, to.Late = to.Read+n, to.Late+late
		if verb == Publish {
			to.Published += n
		} else {
			to.Refused += n
		}
	}
}
