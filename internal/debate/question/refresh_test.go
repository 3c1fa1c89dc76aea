package question

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/jobs"
	"jalon/internal/opinion"
	"jalon/internal/testkit"
)

// people makes some answer: two groups that differ on even statements, one that all
// agree on.
func (h hall) people(x Question, n int) {
	h.t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var voters, votes [][]any
	now := h.Now().UnixMilli()
	for p := range n {
		college, place := string(debate.Citizens), "department:67"
		if p%8 == 0 {
			college, place = string(debate.Economic), "department:68"
		}
		if p == 1 {
			college, place = string(debate.Experts), "department:08"
		}
		voters = append(voters, []any{x.Num, int64(p + 1), int64(p), "", "", college, place, now})
		for s := int64(1); s <= x.Statements; s++ {
			if r.Float64() < 0.3 {
				continue
			}
			agree := 0.9
			if s%2 == 0 && p%2 == 0 {
				agree = 0.1
			}
			value := Disagree
			if r.Float64() < agree {
				value = Agree
			}
			votes = append(votes, []any{x.Num, int64(p + 1), s, value, now})
		}
	}
	if err := db.Tx(h.t.Context(), h.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "debate_voter", []string{"debate", "voter", "seat", "account", "voice_id", "college", "territory", "at"}, voters, ""); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "debate_vote", []string{"debate", "voter", "statement", "value", "at"}, votes, ""); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE debate_pulse SET ticks = ticks + $2, voters = voters + $3 WHERE debate = $1`, x.Num, int64(len(votes)), int64(n))
		return err
	}); err != nil {
		h.t.Fatal(err)
	}
}

func (h hall) worker() *jobs.Worker {
	c := jobs.Config{DB: h.DB, Queue: h.Queue, Handlers: map[string]jobs.Handler{}}
	h.Register(&c)
	return jobs.NewWorker(c)
}

func (h hall) result(x Question) Result {
	h.t.Helper()
	r, err := LastResult(h.t.Context(), h.DB, x.Num)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func reopened(t *testing.T, h hall, x Question) Question {
	t.Helper()
	x, err := Find(t.Context(), h.DB, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// A vote asks for one computation, whatever follows; figures say when and on what; the
// exported file gives them again, and holds nothing of what people said of themselves.
func TestFiguresFollowVotesAndAreComputedAgainFromTheFile(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		x := reopened(t, h, h.opened(20))
		h.people(x, 120)
		v := h.browser(x)
		h.cast(x, v, 1, Agree)
		v.Known = true
		h.cast(x, v, 2, Agree)
		h.cast(x, v, 1, Pass)
		if n := h.one(`SELECT COUNT(*) FROM job WHERE kind = $1`, refreshJob); n != 1 {
			t.Fatalf("%d computations are asked", n)
		}
		w := h.worker()
		if n, err := w.Drain(ctx); n != 0 || err != nil {
			t.Fatal("computed before its time", n, err)
		}
		h.forward(time.Second)
		if n, err := w.Drain(ctx); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		f := h.result(x).Figures
		if f.People != 121 || f.Counted != 120 || len(f.Sizes) != 2 || f.Sizes[0]+f.Sizes[1] != 120 || !f.At.Equal(h.time()) {
			t.Fatalf("%+v", f)
		}
		if f.Confidence.Level == opinion.Uncertain || len(f.Shared) == 0 || len(f.Divisive) == 0 || f.Divisive[0].Statement%2 != 0 || len(f.Marks[0])+len(f.Marks[1]) == 0 {
			t.Errorf("%+v", f)
		}
		for _, parts := range [][]Part{f.Colleges, f.Places} {
			if len(parts) == 0 {
				t.Error("no parts are shown")
			}
			for _, p := range parts {
				for _, n := range append(p.Groups, p.Total) {
					if n >= 0 && n < LeastPlace {
						t.Errorf("%d people are shown: %+v", n, p)
					}
				}
			}
		}
		if len(f.Days) != 1 || f.Days[0].People != 121 || f.Days[0].Votes != int64(f.Votes) {
			t.Errorf("%+v", f.Days)
		}

		check := func() {
			t.Helper()
			m, err := h.Exported(ctx, x)
			if err != nil {
				t.Fatal(err)
			}
			body, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			read, err := ReadMatrix(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			again, err := read.Compute()
			if err != nil {
				t.Fatal(err)
			}
			shown := h.result(x).Figures
			again.Colleges, again.Places, again.Days = shown.Colleges, shown.Places, shown.Days
			if diff := cmp.Diff(jsonOf(t, shown), jsonOf(t, again)); diff != "" {
				t.Error(diff)
			}
			read.Figures = Figures{}
			if text := jsonOf(t, read); strings.Contains(text, "department") || strings.Contains(text, string(debate.Citizens)) || strings.Contains(text, fmt.Sprint(v.ID)) {
				t.Error("the file says who people are")
			}
		}
		check()
		// And again from there: what the first left is in the second file.
		before := h.result(x).Figures
		h.cast(x, v, 3, Disagree)
		h.forward(time.Minute)
		if n, err := w.Drain(ctx); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		check()
		if after := h.result(x).Figures; after.Votes != before.Votes+1 || after.Sizes[0] < before.Sizes[0]-10 || after.Sizes[0] > before.Sizes[0]+10 {
			t.Errorf("%d votes, groups of %v then %v", after.Votes, before.Sizes, after.Sizes)
		}
	})
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Under ten people nothing is shown nor given away.
func TestNothingIsGivenUnderTheMinimum(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		x := reopened(t, h, h.opened(8))
		if _, err := h.Exported(ctx, x); apperr.KindOf(err) != apperr.NotFound {
			t.Error(err)
		}
		h.people(x, LeastPeople-1)
		if err := h.Refresh(ctx, x.Num); err != nil {
			t.Fatal(err)
		}
		if f := h.result(x).Figures; f.Enough() || f.People != LeastPeople-1 {
			t.Errorf("%d people", f.People)
		}
		if _, err := h.Exported(ctx, x); apperr.KindOf(err) != apperr.NotFound {
			t.Error(err)
		}
	})
}

// A computation that fails leaves the last one, and its date; votes go on, and the
// next one replaces it.
func TestTheLastGoodFiguresStay(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		x := reopened(t, h, h.opened(8))
		h.people(x, 40)
		if err := h.Refresh(ctx, x.Num); err != nil {
			t.Fatal(err)
		}
		good := h.result(x)
		if _, err := d.Exec(ctx, `UPDATE debate_result SET state = 'illisible' WHERE debate = $1`, x.Num); err != nil {
			t.Fatal(err)
		}
		v := h.browser(x)
		h.cast(x, v, 1, Agree)
		w := h.worker()
		for range tries {
			h.forward(time.Hour)
			if n, err := w.Drain(ctx); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
		now := h.result(x)
		if !now.FailedAt.Equal(h.time()) || !now.Figures.At.Equal(good.Figures.At) || now.Figures.Votes != good.Figures.Votes {
			t.Errorf("failed at %s, shown of %s", now.FailedAt, now.Figures.At)
		}
		if _, err := d.Exec(ctx, `UPDATE debate_result SET state = '{}' WHERE debate = $1`, x.Num); err != nil {
			t.Fatal(err)
		}
		v.Known = true
		h.cast(x, v, 2, Agree)
		h.forward(time.Minute)
		if n, err := w.Drain(ctx); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if now = h.result(x); !now.FailedAt.IsZero() || now.Figures.Votes != good.Figures.Votes+2 {
			t.Errorf("%+v", now.FailedAt)
		}
	})
}

// However many large debates wait, one is computed at a time and the others give their
// place back: a small one is computed meanwhile.
func TestASmallDebateDoesNotWaitForLargeOnes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		small := reopened(t, h, h.opened(8))
		h.people(small, 30)
		var big []Question
		for range 3 {
			x := h.opened(5)
			if _, err := d.Exec(ctx, `UPDATE debate_pulse SET ticks = $2 WHERE debate = $1`, x.Num, int64(large)); err != nil {
				t.Fatal(err)
			}
			big = append(big, x)
		}
		h.heavy.Lock() // a large one is being computed
		for _, x := range append(big, small) {
			if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error { return h.ask(ctx, tx, x.Num, soon) }); err != nil {
				t.Fatal(err)
			}
		}
		h.forward(time.Second)
		w := h.worker()
		w.Concurrency = 1
		if n, err := w.Drain(ctx); n != 4 || err != nil {
			t.Fatal(n, err)
		}
		if !h.result(small).Known() || h.result(big[0]).Known() {
			t.Error("the small one waits, or a large one did not")
		}
		if n := h.one(`SELECT COUNT(*) FROM job WHERE kind = $1`, refreshJob); n != 3 {
			t.Errorf("%d large ones wait", n)
		}
		h.heavy.Unlock()
		h.forward(waits)
		if n, err := w.Drain(ctx); n != 3 || err != nil {
			t.Fatal(n, err)
		}
		for _, x := range big {
			if !h.result(x).Known() {
				t.Error("a large one was forgotten")
			}
		}
	})
}
