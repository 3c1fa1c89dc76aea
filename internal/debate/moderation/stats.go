package moderation

import (
	"cmp"
	"context"
	"maps"
	"slices"
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
	alike, err := m.alike(ctx, q, copID)
	if err != nil {
		return s, err
	}
	for _, g := range slices.SortedFunc(maps.Keys(alike), func(a, b likeness) int { return cmp.Compare(a.month, b.month) }) {
		x := alike[g]
		s.count(month(g.month), g.was, g.verb, g.kind, g.reason, g.masked, g.machine, x.n, x.late)
	}
	if err := m.medians(ctx, q, copID, &s); err != nil {
		return s, err
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
