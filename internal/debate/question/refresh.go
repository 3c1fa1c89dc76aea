package question

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/opinion"
)

// refreshJob computes the figures of a debate again.
const refreshJob = "question-refresh"

// How long votes wait for the computation that follows them: soon for a small debate,
// and several times what the last one took for a large one, so that it does not
// compute all the time.
const (
	soon   = 500 * time.Millisecond
	rest   = 6 // times the last computation
	latest = time.Minute
	large  = 200_000 // votes from which one process computes one debate at a time
	waits  = 2 * time.Second
	tries  = 4
	lost   = 10 * time.Minute // after which a computation that was asked for is asked for again
)

type refreshArgs struct {
	Debate int64 `json:"debate"`
}

// Register adds what this room does in the background.
func (m *Room) Register(c *jobs.Config) {
	c.Handlers[refreshJob] = jobs.Handler{Tries: tries, Do: func(ctx context.Context, j jobs.Job) error {
		var args refreshArgs
		if err := json.Unmarshal(j.Args, &args); err != nil {
			return jobs.Permanent(err)
		}
		err := m.Refresh(ctx, args.Debate)
		if err != nil && j.Last && !errors.Is(err, context.Canceled) {
			return errors.Join(err, m.failed(ctx, args.Debate))
		}
		return err
	}}
}

// ask puts the computation of a debate, when none waits.
func (m *Room) ask(ctx context.Context, tx db.Q, debate int64, after time.Duration) error {
	var took int64
	err := tx.QueryRow(ctx, `SELECT took FROM debate_result WHERE debate = $1`, debate).Scan(&took)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return err
	}
	now := m.Now()
	at := now.Add(max(after, min(time.Duration(took)*time.Millisecond*rest, latest)))
	// A job that was given up, or that a copy brought back did not hold, stops no debate.
	n, err := tx.Exec(ctx, `UPDATE debate_pulse SET due = $2 WHERE debate = $1 AND (due = 0 OR due < $3)`, debate, at.UnixMilli(), now.Add(-lost).UnixMilli())
	if err != nil || n == 0 {
		return err
	}
	_, err = m.Queue.Enqueue(ctx, tx, refreshJob, refreshArgs{debate}, jobs.Opts{RunAt: at})
	return err
}

// failed tells readers that the figures they see are those of before.
func (m *Room) failed(ctx context.Context, debate int64) error {
	_, err := m.DB.Exec(context.WithoutCancel(ctx), `UPDATE debate_result SET failed_at = $2 WHERE debate = $1`, debate, m.Now().UnixMilli())
	return err
}

// Refresh computes the figures of a debate from its votes, and keeps them. Of large
// debates one is computed at a time, and another one comes back later rather than
// hold a place of the worker: a small debate never waits for them.
func (m *Room) Refresh(ctx context.Context, debate int64) (err error) {
	defer apperr.Wrap(&err, "question.Refresh(%d)", debate)
	before, err := LastResult(ctx, m.DB, debate)
	if err != nil {
		return err
	}
	var ticks int64
	if err := m.DB.QueryRow(ctx, `SELECT ticks FROM debate_pulse WHERE debate = $1`, debate).Scan(&ticks); err != nil {
		if errors.Is(err, db.ErrNoRows) {
			return jobs.Permanent(err)
		}
		return err
	}
	// Votes that come from here on ask for another computation.
	if _, err := m.DB.Exec(ctx, `UPDATE debate_pulse SET due = 0 WHERE debate = $1`, debate); err != nil {
		return err
	}
	if max(ticks, before.Votes) >= large {
		if !m.heavy.TryLock() {
			return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return m.ask(ctx, tx, debate, waits) })
		}
		defer m.heavy.Unlock()
	}
	began := time.Now()
	in, err := m.matrix(ctx, debate)
	if err != nil {
		return err
	}
	out, state := in.compute()
	out.At = m.Now()
	out.follow(before.Figures, in, m.Now())
	return m.keepResult(ctx, in, out, state, time.Since(began))
}

// matrix is what a computation reads.
type matrix struct {
	question Question
	cop      cop.COP
	ticks    int64
	shown    []Statement
	votes    *opinion.Votes
	before   opinion.State // labels by number of here
	seats    []int64       // of each number of here
	college  []int16       // -1 when not said
	place    []int16       // in places, -1 when not said
	places   []string
	came     []time.Time // first vote
}

// matrix reads the votes of a debate in one view of the database. People are numbered
// in an order that only this installation can make: that of the export, where nothing
// tells who came first.
func (m *Room) matrix(ctx context.Context, debate int64) (in matrix, err error) {
	var kept opinion.State // labels by seat
	err = db.Snapshot(ctx, m.DB, func(ctx context.Context, q db.Q) error {
		if in.question, err = scan(q.QueryRow(ctx, `SELECT `+columns+` FROM debate_question WHERE num = $1`, debate)); err != nil {
			return err
		}
		if in.cop, err = cop.Find(ctx, q, in.question.COP); err != nil {
			return err
		}
		if in.shown, err = Statements(ctx, q, in.question.ID); err != nil {
			return err
		}
		if err := q.QueryRow(ctx, `SELECT ticks FROM debate_pulse WHERE debate = $1`, debate).Scan(&in.ticks); err != nil {
			return err
		}
		if kept, err = lastState(ctx, q, debate); err != nil {
			return err
		}
		number, err := m.people(ctx, q, &in)
		if err != nil {
			return err
		}
		return in.read(ctx, q, number)
	})
	if err != nil {
		return in, err
	}
	in.before = kept
	in.before.Labels = make([]byte, len(in.seats))
	for i, seat := range in.seats {
		if seat < int64(len(kept.Labels)) {
			in.before.Labels[i] = kept.Labels[seat]
		}
	}
	return in, nil
}

// people numbers those who voted.
func (m *Room) people(ctx context.Context, q db.Q, in *matrix) (number map[int64]int32, err error) {
	type person struct {
		voter, seat, at    int64
		college, territory string
		order              string
	}
	list := "shuffle/" + in.question.ID
	rows, err := q.Query(ctx, `SELECT voter, seat, at, college, territory FROM debate_voter WHERE debate = $1`, in.question.Num)
	all, err := db.Collect(rows, err, func(r *db.Rows) (p person, err error) {
		err = r.Scan(&p.voter, &p.seat, &p.at, &p.college, &p.territory)
		p.order = m.Cursors.Seal(list, strconv.FormatInt(p.voter, 36))
		return p, err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b person) int { return strings.Compare(a.order, b.order) })
	number = make(map[int64]int32, len(all))
	for _, p := range all {
		if p.territory != "" && !slices.Contains(in.places, p.territory) {
			in.places = append(in.places, p.territory)
		}
	}
	slices.Sort(in.places)
	for i, p := range all {
		number[p.voter] = int32(i)
		in.seats, in.came = append(in.seats, p.seat), append(in.came, instant(p.at))
		in.college = append(in.college, int16(collegeAt(p.college)))
		in.place = append(in.place, int16(slices.Index(in.places, p.territory)))
	}
	return number, nil
}

// read takes all answers to the statements that are read, one row for each voter:
// three million rows read one by one take longer than the groups to be found.
func (in *matrix) read(ctx context.Context, q db.Q, number map[int64]int32) error {
	shown := make([]bool, in.question.Statements+1)
	for _, s := range in.shown {
		shown[s.N] = true
	}
	rows, err := q.Query(ctx, `
		SELECT voter, string_agg(CAST(statement * 4 + value + 1 AS TEXT), ' ')
		  FROM debate_vote
		 WHERE debate = $1
		 GROUP BY voter`, in.question.Num)
	if err != nil {
		return err
	}
	defer rows.Close()
	var wrong error
	votes := func(yield func(opinion.Vote) bool) {
		for rows.Next() {
			var voter int64
			var all string
			if wrong = rows.Scan(&voter, &all); wrong != nil {
				return
			}
			who, ok := number[voter]
			if !ok {
				continue
			}
			for part := range strings.SplitSeq(all, " ") {
				x, err := strconv.ParseInt(part, 10, 64)
				if err != nil {
					wrong = err
					return
				}
				if n := x >> 2; n < int64(len(shown)) && shown[n] && !yield(opinion.Vote{Participant: who, Statement: int32(n), Value: int8(x&3) - 1}) {
					return
				}
			}
		}
	}
	in.votes, err = opinion.Collect(len(in.seats), len(shown), 0, votes)
	return errors.Join(err, wrong, rows.Err())
}

// keepResult writes what was computed, in the place of what was: unless a computation
// that read more votes was quicker.
func (m *Room) keepResult(ctx context.Context, in matrix, out Figures, state opinion.State, took time.Duration) error {
	body, err := json.Marshal(out)
	if err != nil {
		return err
	}
	labels := []byte{}
	for i, seat := range in.seats {
		for int64(len(labels)) <= seat {
			labels = append(labels, 0)
		}
		if i < len(state.Labels) {
			labels[seat] = state.Labels[i]
		}
	}
	state.Labels = labels
	kept, err := json.Marshal(state)
	if err != nil {
		return err
	}
	packed, err := in.pack()
	if err != nil {
		return err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `
			INSERT INTO debate_result (debate, at, ticks, votes, people, took, failed_at, body, state, matrix)
			VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9)
			    ON CONFLICT (debate) DO UPDATE
			   SET at = excluded.at, ticks = excluded.ticks, votes = excluded.votes, people = excluded.people, took = excluded.took, failed_at = 0,
			       body = excluded.body, state = excluded.state, matrix = excluded.matrix
			 WHERE debate_result.ticks <= excluded.ticks`,
			in.question.Num, out.At.UnixMilli(), in.ticks, int64(out.Votes), int64(out.People), took.Milliseconds(), string(body), string(kept), packed); err != nil {
			return err
		}
		_, err := db.Bump(ctx, tx, Version, m.Now())
		return err
	})
	m.forget(in.question.ID)
	return err
}

// Result is the last computation of a debate that succeeded.
type Result struct {
	Figures  Figures
	Votes    int64
	Ticks    int64
	FailedAt time.Time // of a later one, zero when there is none
}

// Known reports whether anything was computed.
func (r Result) Known() bool { return !r.Figures.At.IsZero() }

// LastResult reads the last computation of a debate; the zero one before the first.
func LastResult(ctx context.Context, q db.Q, debate int64) (r Result, err error) {
	defer apperr.Wrap(&err, "question.LastResult")
	var body string
	var failed int64
	err = q.QueryRow(ctx, `SELECT votes, ticks, failed_at, body FROM debate_result WHERE debate = $1`, debate).Scan(&r.Votes, &r.Ticks, &failed, &body)
	if errors.Is(err, db.ErrNoRows) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.FailedAt = instant(failed)
	return r, json.Unmarshal([]byte(body), &r.Figures)
}

// lastState is what the last computation left to the next.
func lastState(ctx context.Context, q db.Q, debate int64) (s opinion.State, err error) {
	var text string
	err = q.QueryRow(ctx, `SELECT state FROM debate_result WHERE debate = $1`, debate).Scan(&text)
	if errors.Is(err, db.ErrNoRows) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal([]byte(text), &s)
}
