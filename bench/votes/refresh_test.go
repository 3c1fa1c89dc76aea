package votes

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"jalon/internal/account"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/question"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/territory"
	"jalon/internal/testkit"

	crand "crypto/rand"

	"jalon/data"
	"jalon/internal/policy"
)

// founded is a room of debates in a base of its own, with the COP that holds them.
func founded(b *testing.B, engine db.Engine) (*question.Room, cop.COP) {
	b.Helper()
	ctx := context.Background()
	dsn := "file:" + filepath.Join(b.TempDir(), "jalon.db") + "?sync=off" // what fills may be lost
	if engine == db.PostgreSQL {
		dsn = testkit.Postgres(b)
	}
	d, err := db.Open(ctx, dsn)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(ctx); err != nil {
		b.Fatal(err)
	}
	tree, err := territory.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	ids, keys := db.NewIDs(time.Now, crand.Reader), db.NewCursors([]byte("bench"))
	j := journal.New(ids, time.Now, keys)
	if err := (&cop.Room{DB: d, IDs: ids, Now: time.Now, Journal: j, Cursors: keys, Random: crand.Reader}).Load(ctx, data.FS, tree); err != nil {
		b.Fatal(err)
	}
	c, err := cop.Find(ctx, d, cop.RegionID(cop.First, "44"))
	if err != nil {
		b.Fatal(err)
	}
	return &question.Room{Room: &debate.Room{DB: d, IDs: ids, Now: time.Now, Random: crand.Reader, Cursors: keys, Journal: j, Queue: jobs.New(ids, time.Now),
		Accounts: &account.Room{DB: d, IDs: ids, Now: time.Now, Random: crand.Reader, Key: []byte("bench"), Cursors: keys, Journal: j}}}, c
}

// filled is a debate of some people, statements and votes.
func filled(b *testing.B, room *question.Room, c cop.COP, people, statements, votes int) question.Question {
	b.Helper()
	ctx := context.Background()
	team := policy.Actor{Person: "bench", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
	x, err := room.Create(ctx, team, c, question.Input{Title: "Mesure", Question: "Combien\u00a0?", Proposals: question.Nobody})
	if err != nil {
		b.Fatal(err)
	}
	lines := ""
	for i := range statements {
		lines += fmt.Sprintf("Affirmation %d de la mesure.\n", i)
	}
	if _, _, err := room.Seed(ctx, team, c, x, lines); err != nil {
		b.Fatal(err)
	}
	if x, err = room.OpenIt(ctx, team, c, x.ID, x.Rev); err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	agree := make([]float64, 3*statements)
	for i := range agree {
		agree[i] = r.Float64()
	}
	missing := 1 - float64(votes)/float64(people*statements)
	var n int64
	for from := 0; from < people; from += 500 {
		var voters, rows [][]any
		for p := from; p < min(people, from+500); p++ {
			voters = append(voters, []any{x.Num, int64(p + 1), int64(p), "", "", "", "", x.OpenedAt.UnixMilli()})
			for s := range statements {
				if r.Float64() < missing {
					continue
				}
				value := question.Disagree
				if r.Float64() < agree[p%3*statements+s] {
					value = question.Agree
				}
				rows = append(rows, []any{x.Num, int64(p + 1), int64(s + 1), value, x.OpenedAt.UnixMilli()})
			}
		}
		n += int64(len(rows))
		if err := db.Tx(ctx, room.DB, func(ctx context.Context, tx db.Q) error {
			if _, err := db.Insert(ctx, tx, "debate_voter", []string{"debate", "voter", "seat", "account", "voice_id", "college", "territory", "at"}, voters, ""); err != nil {
				return err
			}
			_, err := db.Insert(ctx, tx, "debate_vote", []string{"debate", "voter", "statement", "value", "at"}, rows, "")
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := room.DB.Exec(ctx, `UPDATE debate_pulse SET ticks = $2, voters = $3 WHERE debate = $1`, x.Num, n, int64(people)); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d votes", n)
	return x
}

// processor is the time of processor that this process used, which others that share the
// machine change less than they do the time that passes. PostgreSQL is another process.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRefresh is what a computation takes from the base to the base: reading the
// votes, finding groups, keeping the result and the matrix. MB is the most that the
// heap grew to, seen every 20 ms.
func BenchmarkRefresh(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		for _, size := range [][3]int{{300, 40, 6_000}, {6_000, 800, 120_000}, {33_000, 1_000, 3_000_000}} {
			b.Run(fmt.Sprintf("%s/%dx%d", engine, size[0], size[1]), func(b *testing.B) {
				room, c := founded(b, engine)
				x := filled(b, room, c, size[0], size[1], size[2])
				runtime.GC()
				stop, most := make(chan struct{}), make(chan uint64)
				go func() {
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					first, top := m.HeapInuse, m.HeapInuse
					tick := time.NewTicker(20 * time.Millisecond)
					defer tick.Stop()
					for {
						select {
						case <-stop:
							most <- top - first
							return
						case <-tick.C:
							runtime.ReadMemStats(&m)
							top = max(top, m.HeapInuse)
						}
					}
				}()
				before := processor(b)
				for b.Loop() {
					if err := room.Refresh(context.Background(), x.Num); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric((processor(b)-before).Seconds()/float64(b.N), "cpu-s/op")
				close(stop)
				b.ReportMetric(float64(<-most)/(1<<20), "MB")
				if size[2] == 3_000_000 {
					besideLarge(b, room, c, x)
				}
			})
		}
	}
}

// besideLarge reports how long the figures of a small debate take to hold a vote, from
// the vote on, while a large one is computed again and again: the worst of five. The
// worker is that of the program, whose idle look at its queue is a second apart.
func besideLarge(b *testing.B, room *question.Room, c cop.COP, large question.Question) {
	b.Helper()
	ctx, stop := context.WithCancel(context.Background())
	small := filled(b, room, c, 300, 40, 6_000)
	config := jobs.Config{DB: room.DB, Queue: room.Queue, Handlers: map[string]jobs.Handler{}}
	room.Register(&config)
	work, heavy := make(chan error, 1), make(chan int, 1)
	go func() { work <- jobs.NewWorker(config).Run(ctx) }()
	go func() {
		n := 0
		for ctx.Err() == nil {
			if room.Refresh(ctx, large.Num) == nil {
				n++
			}
		}
		heavy <- n
	}()
	cookie, err := room.Browser(small)
	if err != nil {
		b.Fatal(err)
	}
	who, err := room.VoterIn(ctx, small, policy.Actor{}, "", cookie)
	if err != nil {
		b.Fatal(err)
	}
	ticks := func() int64 {
		r, err := question.LastResult(ctx, room.DB, small.Num)
		if err != nil {
			b.Fatal(err)
		}
		return r.Ticks
	}
	var worst time.Duration
	for i := range 5 {
		before, from := ticks(), time.Now()
		if err := room.Cast(ctx, c, small, who, int64(i+1), question.Agree, "10.0.0.1"); err != nil {
			b.Fatal(err)
		}
		for ticks() <= before {
			time.Sleep(10 * time.Millisecond)
			if time.Since(from) > time.Minute {
				b.Fatal("the small debate waits for the large one")
			}
		}
		worst = max(worst, time.Since(from))
	}
	stop()
	b.ReportMetric(worst.Seconds(), "beside-s")
	b.ReportMetric(float64(<-heavy), "beside-large-done")
	if err := <-work; err != nil && ctx.Err() == nil {
		b.Error(err)
	}
}
