package ballot

import (
	"context"
	"sync"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/debate"
)

// Result is what the voices of a ballot say together.
type Result struct {
	Counts   []int64 // for each option
	Voices   int64
	Colleges []CollegeResult // of those who said theirs, when somebody did
}

// CollegeResult is what the voices of one college say.
type CollegeResult struct {
	College debate.College // empty for those who did not say
	Counts  []int64
	Voices  int64
}

// Tally counts the voices of a ballot, in one statement.
func Tally(ctx context.Context, q db.Q, b Ballot) (r Result, err error) {
	defer apperr.Wrap(&err, "ballot.Tally(%s)", b.ID)
	r.Counts = make([]int64, len(b.Options))
	by := map[debate.College]*CollegeResult{}
	rows, err := q.Query(ctx, `SELECT choices, college, COUNT(*) FROM ballot_vote WHERE ballot_id = $1 GROUP BY choices, college ORDER BY choices, college`, b.ID)
	type group struct {
		choices string
		college debate.College
		n       int64
	}
	groups, err := db.Collect(rows, err, func(r *db.Rows) (g group, err error) { err = r.Scan(&g.choices, &g.college, &g.n); return g, err })
	if err != nil {
		return r, err
	}
	for _, g := range groups {
		chosen, err := places(g.choices)
		if err != nil {
			return r, err
		}
		of := by[g.college]
		if of == nil {
			of = &CollegeResult{College: g.college, Counts: make([]int64, len(b.Options))}
			by[g.college] = of
		}
		r.Voices += g.n
		of.Voices += g.n
		for _, c := range chosen {
			if c < len(r.Counts) {
				r.Counts[c] += g.n
				of.Counts[c] += g.n
			}
		}
	}
	if len(by) > 1 || len(by) == 1 && by[""] == nil {
		for _, c := range append(debate.Colleges(), "") {
			if of := by[c]; of != nil {
				r.Colleges = append(r.Colleges, *of)
			}
		}
	}
	return r, nil
}

// Counted keeps the last result of each ballot that a screen shows, by the version of
// what it counts: three hundred phones that ask again read nothing.
type Counted struct {
	mu   sync.Mutex
	last map[string]counted
}

type counted struct {
	tick int64
	Result
}

// countedMost bounds what is kept: more ballots than are ever open at once.
const countedMost = 200

// Of is Tally, read once for each tick of a ballot.
func (k *Counted) Of(ctx context.Context, q db.Q, b Ballot) (Result, error) {
	k.mu.Lock()
	was, ok := k.last[b.ID]
	k.mu.Unlock()
	if ok && was.tick == b.Tick {
		return was.Result, nil
	}
	r, err := Tally(ctx, q, b)
	if err != nil {
		return r, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.last == nil || len(k.last) >= countedMost {
		k.last = map[string]counted{}
	}
	k.last[b.ID] = counted{b.Tick, r}
	return r, nil
}

// Widest is how many voices of an open ballot came from one address of the network,
// at most: in a room that is all of them, elsewhere it tells of a robot.
func Widest(ctx context.Context, q db.Q, id string) (n int64, err error) {
	defer apperr.Wrap(&err, "ballot.Widest(%s)", id)
	err = q.QueryRow(ctx, `SELECT COALESCE(MAX(n), 0) FROM (SELECT COUNT(*) AS n FROM ballot_vote WHERE ballot_id = $1 AND machine <> '' GROUP BY machine) AS each_one`, id).Scan(&n)
	return n, err
}
