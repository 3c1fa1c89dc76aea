package jobs

import (
	"context"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/internal/db"
	"jalon/internal/testkit"
)

// started is a worker running in the background; stop ends it.
func started(t *testing.T, k desk, handlers map[string]Handler, grace time.Duration) (w *Worker, stop func() error) {
	w = NewWorker(Config{DB: k.d, Queue: k.Queue, Handlers: handlers, Poll: time.Hour, Grace: grace})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	return w, func() error { cancel(); return <-ended }
}

func TestRunWorksWhatIsPutAndLetsItEnd(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		begun, finish := make(chan int, 100), make(chan struct{})
		w, stop := started(t, k, map[string]Handler{"x": Handle(func(ctx context.Context, i int) error {
			begun <- i
			<-finish
			return ctx.Err()
		})}, time.Hour)
		for i := range 30 { // more than it does at once
			k.put(t, "x", i, Opts{})
		}
		w.Wake()
		for range 8 {
			<-begun
		}
		close(finish)
		for range 22 {
			<-begun
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if s := k.counts(t); s != "" {
			t.Error(s)
		}
	})
}

func TestAStopGivesBackWhatDoesNotEnd(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		k.put(t, "x", nil, Opts{})
		begun := make(chan struct{})
		_, stop := started(t, k, map[string]Handler{"x": {Tries: 1, Do: func(ctx context.Context, _ Job) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		}}}, time.Millisecond)
		<-begun
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		var tries []int
		w := k.worker(map[string]Handler{"x": {Tries: 1, Do: func(_ context.Context, j Job) error {
			tries = append(tries, j.Attempts)
			return nil
		}}})
		k.drain(t, w, 1)
		if len(tries) != 1 || tries[0] != 1 {
			t.Error("the try that the stop cut was counted:", tries)
		}
	})
}

func TestRunOutlivesADatabaseThatDoesNotAnswer(t *testing.T) {
	k := newDesk(testkit.Open(t, db.SQLite))
	if err := k.d.Close(); err != nil {
		t.Fatal(err)
	}
	w, stop := started(t, k, map[string]Handler{"x": {}}, time.Hour)
	w.Wake()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestTwentyWorkersTakeNoJobTwice(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(d)
		const jobs = 400
		for i := range jobs {
			k.put(t, "x", i, Opts{})
		}
		var mu sync.Mutex
		seen := map[int]int{}
		handlers := map[string]Handler{"x": Handle(func(_ context.Context, i int) error {
			mu.Lock()
			defer mu.Unlock()
			seen[i]++
			return nil
		})}
		var g errgroup.Group
		for range 20 {
			g.Go(func() error { _, err := k.worker(handlers).Drain(t.Context()); return err })
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		for i := range jobs {
			if seen[i] != 1 {
				t.Errorf("job %d was done %d times", i, seen[i])
			}
		}
		if s := k.counts(t); s != "" {
			t.Error(s)
		}
	})
}

func BenchmarkDrainThousandJobs(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			k := newDesk(testkit.Open(b, engine))
			w := NewWorker(Config{DB: k.d, Queue: k.Queue, Concurrency: 20,
				Handlers: map[string]Handler{"x": {Do: func(context.Context, Job) error { return nil }}}})
			const jobs = 1000
			for b.Loop() {
				b.StopTimer()
				err := db.Tx(b.Context(), k.d, func(ctx context.Context, tx db.Q) error {
					for i := range jobs {
						if _, err := k.Enqueue(ctx, tx, "x", i, Opts{}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				k.drain(b, w, jobs)
			}
			b.ReportMetric(float64(b.N)*jobs/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}
