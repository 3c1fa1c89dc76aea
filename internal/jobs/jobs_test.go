package jobs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

// clock is moved by hand.
type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(time.Date(2024, 5, 27, 8, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) time() time.Time         { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) forward(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// desk is a queue on a database, with its clock.
type desk struct {
	*Queue
	*clock
	d *db.DB
}

func newDesk(d *db.DB) desk {
	c := newClock()
	return desk{Queue: New(db.NewIDs(c.time, rand.Reader), c.time), clock: c, d: d}
}

func (k desk) worker(handlers map[string]Handler) *Worker {
	return NewWorker(Config{DB: k.d, Queue: k.Queue, Handlers: handlers})
}

func (k desk) put(t testing.TB, kind string, args any, o Opts) bool {
	t.Helper()
	fresh, err := k.Enqueue(t.Context(), k.d, kind, args, o)
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

func (k desk) drain(t testing.TB, w *Worker, want int) {
	t.Helper()
	if n, err := w.Drain(t.Context()); err != nil || n != want {
		t.Fatalf("%d tries, %v; want %d", n, err, want)
	}
}

func (k desk) counts(t testing.TB) string {
	t.Helper()
	list, err := Counts(t.Context(), k.d)
	if err != nil {
		t.Fatal(err)
	}
	var s []string
	for _, c := range list {
		s = append(s, fmt.Sprintf("%s %s %d", c.Kind, c.State, c.N))
	}
	return strings.Join(s, ", ")
}

func TestAJobIsDoneOnceAndAtItsTime(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		var got []string
		w := k.worker(map[string]Handler{"greet": Handle(func(_ context.Context, name string) error {
			got = append(got, name)
			return nil
		})})
		k.put(t, "greet", "now", Opts{})
		k.put(t, "greet", "later", Opts{RunAt: k.time().Add(time.Hour)})
		k.drain(t, w, 1)
		k.drain(t, w, 0)
		k.forward(time.Hour)
		k.drain(t, w, 1)
		if diff := cmp.Diff([]string{"now", "later"}, got); diff != "" {
			t.Error(diff)
		}
		if s := k.counts(t); s != "" {
			t.Error("left:", s)
		}
	})
}

func TestAJobIsPutWithTheTransactionThatNeedsIt(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		undone := errors.New("undone")
		err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
			if _, err := k.Enqueue(ctx, tx, "x", nil, Opts{}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) || k.counts(t) != "" {
			t.Error(err, k.counts(t))
		}
	})
}

func TestTheSameNameIsPutOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		w := k.worker(map[string]Handler{"x": {Do: func(context.Context, Job) error { return nil }}})
		once := Opts{Dedup: "letter:1"}
		if !k.put(t, "x", 1, once) || k.put(t, "x", 2, once) {
			t.Error("the second of the same name was put")
		}
		k.drain(t, w, 1)
		if k.put(t, "x", 3, once) {
			t.Error("put again after it was done")
		}
		k.forward(k.Queue.Keep + time.Hour)
		if n, err := k.Prune(t.Context(), d); n != 1 || err != nil {
			t.Error(n, err)
		}
		if !k.put(t, "x", 4, once) {
			t.Error("the name is still taken")
		}
	})
}

func TestAFailureIsTriedAgainWithGrowingDelaysThenKept(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		var last []bool
		w := k.worker(map[string]Handler{"x": {Tries: 3, Do: func(_ context.Context, j Job) error {
			last = append(last, j.Last)
			return apperr.New(apperr.Unavailable, errors.New("no\x00 route\xff"), "Le serveur ne répond pas.")
		}}})
		k.put(t, "x", map[string]int{"a": 1}, Opts{})
		for _, wait := range []time.Duration{0, 10 * time.Second, 20 * time.Second} {
			if wait > 0 {
				k.forward(wait - time.Millisecond)
				k.drain(t, w, 0)
				k.forward(time.Millisecond)
			}
			k.drain(t, w, 1)
		}
		k.forward(time.Hour)
		k.drain(t, w, 0)
		if diff := cmp.Diff([]bool{false, false, true}, last); diff != "" {
			t.Error(diff)
		}
		dead, err := ListDead(t.Context(), d, "", 10)
		if err != nil || len(dead) != 1 {
			t.Fatal(dead, err)
		}
		want := Row{ID: dead[0].ID, Kind: "x", Args: `{"a":1}`, State: Dead, RunAt: k.time().Add(-time.Hour), Attempts: 3,
			Error: "Le serveur ne répond pas.: no route�"}
		if diff := cmp.Diff(want, dead[0]); diff != "" {
			t.Error(diff)
		}
		if more, err := ListDead(t.Context(), d, dead[0].ID, 10); len(more) != 0 || err != nil {
			t.Error(more, err)
		}
		if err := k.Retry(t.Context(), d, dead[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := k.Retry(t.Context(), d, dead[0].ID); apperr.KindOf(err) != apperr.Conflict {
			t.Error(err)
		}
		k.drain(t, w, 1)
		if s := k.counts(t); s != "x ready 1" {
			t.Error(s)
		}
		if err := Discard(t.Context(), d, dead[0].ID); apperr.KindOf(err) != apperr.Conflict {
			t.Error(err)
		}
	})
}

func TestDelayGrowsToAnHourAndSpreads(t *testing.T) {
	for _, c := range []struct {
		try    int
		random float64
		want   time.Duration
	}{
		{1, 0, 7500 * time.Millisecond}, {1, 0.5, 10 * time.Second}, {1, 1, 12500 * time.Millisecond},
		{4, 0.5, 80 * time.Second}, {9, 0.5, 2560 * time.Second}, {10, 0.5, time.Hour}, {60, 0.5, time.Hour},
	} {
		w := NewWorker(Config{Random: func() float64 { return c.random }})
		if got := w.delay(c.try); got != c.want {
			t.Errorf("delay(%d) at %v = %v, want %v", c.try, c.random, got, c.want)
		}
	}
}

func TestWhatNoTryCanMendIsGivenUpAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		w := k.worker(map[string]Handler{
			"lost":  {Do: func(context.Context, Job) error { return Permanent(errors.New("no such letter")) }},
			"panic": {Tries: 1, Do: func(context.Context, Job) error { panic("index out of range") }},
			"exit":  {Tries: 1, Do: func(context.Context, Job) error { runtime.Goexit(); return nil }},
			"args":  Handle(func(context.Context, int) error { return nil }),
		})
		for _, kind := range []string{"lost", "panic", "exit", "args"} {
			k.put(t, kind, "text", Opts{})
		}
		k.drain(t, w, 4)
		dead, err := ListDead(t.Context(), d, "", 10)
		if err != nil || len(dead) != 4 {
			t.Fatal(dead, err)
		}
		for i, part := range []string{"arguments of args", "ended its goroutine", "panic: index out of range", "no such letter"} {
			if !strings.Contains(dead[i].Error, part) {
				t.Errorf("%s: %q", dead[i].Kind, dead[i].Error)
			}
		}
		if err := Discard(t.Context(), d, dead[0].ID); err != nil {
			t.Error(err)
		}
	})
}

// A worker that dies says nothing: its lease ends, another takes the job, and
// whatever the first still writes is refused.
func TestAJobWhoseWorkerDiedIsTakenUpAfterItsLease(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		var tries []int
		handlers := map[string]Handler{"x": {Do: func(_ context.Context, j Job) error {
			tries = append(tries, j.Attempts)
			return nil
		}}}
		k.put(t, "x", nil, Opts{})
		taken, err := k.worker(handlers).claim(t.Context(), 1)
		if err != nil || len(taken) != 1 {
			t.Fatal(taken, err)
		}
		other := k.worker(handlers)
		k.drain(t, other, 0)
		k.forward(time.Minute)
		k.drain(t, other, 1)
		if diff := cmp.Diff([]int{2}, tries); diff != "" {
			t.Error(diff)
		}
		if err := taken[0].Done(t.Context(), d); !errors.Is(err, errLost) {
			t.Error("the dead worker ended the job:", err)
		}
	})
}

func TestAJobThatKillsItsWorkersIsGivenUp(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		w := k.worker(map[string]Handler{"x": {Tries: 2, Do: func(context.Context, Job) error { t.Error("tried"); return nil }}})
		k.put(t, "x", nil, Opts{})
		for range 2 {
			if taken, err := w.claim(t.Context(), 1); err != nil || len(taken) != 1 {
				t.Fatal(taken, err)
			}
			k.forward(time.Minute)
		}
		k.drain(t, w, 1)
		if dead, err := ListDead(t.Context(), d, "", 10); err != nil || len(dead) != 1 || !strings.Contains(dead[0].Error, "without a word") {
			t.Error(dead, err)
		}
	})
}

func TestAHeartbeatKeepsALongJob(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		beat := make(chan time.Time)
		other := k.worker(map[string]Handler{"x": {Do: func(context.Context, Job) error { t.Error("taken twice"); return nil }}})
		w := k.worker(map[string]Handler{"x": {Do: func(ctx context.Context, _ Job) error {
			for range 5 {
				k.forward(40 * time.Second)
				beat <- time.Time{}
				beat <- time.Time{} // the first was written once the second is received
				k.drain(t, other, 0)
			}
			return ctx.Err()
		}}})
		w.beat = func(time.Duration) (<-chan time.Time, func()) { return beat, func() {} }
		k.put(t, "x", nil, Opts{})
		k.drain(t, w, 1)
		if s := k.counts(t); s != "" {
			t.Error(s)
		}
	})
}

func TestALostJobIsCutAndLeftToItsNewWorker(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		beat := make(chan time.Time)
		var done int
		other := k.worker(map[string]Handler{"x": {Do: func(context.Context, Job) error { done++; return nil }}})
		w := k.worker(map[string]Handler{"x": {Do: func(ctx context.Context, _ Job) error {
			k.forward(2 * time.Minute)
			k.drain(t, other, 1)
			beat <- time.Time{}
			<-ctx.Done()
			return ctx.Err()
		}}})
		w.beat = func(time.Duration) (<-chan time.Time, func()) { return beat, func() {} }
		k.put(t, "x", nil, Opts{})
		k.drain(t, w, 1)
		if s := k.counts(t); s != "" || done != 1 {
			t.Error(s, done)
		}
	})
}

func TestDoneKeepsTheEffectsAndTheEndTogether(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		fail := true
		w := k.worker(map[string]Handler{"x": {Do: func(ctx context.Context, j Job) error {
			return db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
				if _, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, '')`, fmt.Sprint("effect ", j.Attempts)); err != nil {
					return err
				}
				if err := j.Done(ctx, tx); err != nil {
					return err
				}
				if fail {
					fail = false
					return errors.New("undone")
				}
				return nil
			})
		}}})
		k.put(t, "x", nil, Opts{})
		k.drain(t, w, 1)
		k.forward(time.Minute)
		k.drain(t, w, 1)
		rows, err := d.Query(t.Context(), `SELECT name FROM setting WHERE name >= 'effect' AND name < 'effecu'`)
		names, err := db.Strings(rows, err)
		if diff := cmp.Diff([]string{"effect 2"}, names); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}

func TestAWorkerLeavesKindsThatItDoesNotKnow(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		k.put(t, "newer", nil, Opts{})
		k.drain(t, k.worker(map[string]Handler{"x": {}}), 0)
		k.drain(t, k.worker(nil), 0)
		if s := k.counts(t); s != "newer ready 1" {
			t.Error(s)
		}
	})
}

func TestEachTickIsPutOnceByTwoWorkers(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		var runs atomic.Int64
		worker := func() *Worker {
			c := Config{DB: d, Queue: k.Queue,
				Handlers: map[string]Handler{"night": {Do: func(context.Context, Job) error { runs.Add(1); return nil }}},
				Periodic: []Periodic{{Name: "night", Last: Daily(2, 30, time.UTC)}}}
			k.Housekeeping(&c)
			return NewWorker(c)
		}
		a, b := worker(), worker()
		for day := range 3 {
			var g errgroup.Group
			for _, w := range []*Worker{a, b} {
				g.Go(func() error { _, err := w.Drain(t.Context()); return err })
			}
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			if got := runs.Load(); got != int64(day+1) {
				t.Fatalf("day %d: %d runs", day, got)
			}
			k.forward(24 * time.Hour)
		}
		k.forward(10 * 24 * time.Hour) // a long stop: only the last tick is made up for
		k.drain(t, worker(), 2)
		if got := runs.Load(); got != 4 {
			t.Errorf("%d runs after a stop", got)
		}
	})
}

func TestSchedules(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		last      Schedule
		now, want string
	}{
		{Every(15 * time.Minute), "2024-05-27T08:14:59Z", "2024-05-27T08:00:00Z"},
		{Every(15 * time.Minute), "2024-05-27T08:15:00Z", "2024-05-27T08:15:00Z"},
		{Daily(2, 30, paris), "2024-05-27T00:29:00Z", "2024-05-26T00:30:00Z"},
		{Daily(2, 30, paris), "2024-05-27T00:30:00Z", "2024-05-27T00:30:00Z"},
		{Daily(2, 30, paris), "2024-03-31T12:00:00Z", "2024-03-31T01:30:00Z"}, // 2.30 does not exist that day
		{Daily(2, 30, paris), "2024-10-27T12:00:00Z", "2024-10-27T01:30:00Z"}, // and is twice on this one: the second
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.last(now).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("at %s: %s, want %s", c.now, got, c.want)
		}
	}
}
