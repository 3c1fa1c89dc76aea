package survey

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/jobs"
	"jalon/internal/survey"
)

const rate = 200 // arrivals a second

// lasting is how long arrivals go on: a minute, or what SURVEY_SECONDS says.
func lasting(b testing.TB) time.Duration {
	text := os.Getenv("SURVEY_SECONDS")
	if text == "" {
		return time.Minute
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(n) * time.Second
}

// paced calls do at a fixed rate, whatever the answers take: a slow one delays no
// later arrival, and each latency is counted from the moment it was due.
func paced(lasts time.Duration, do func(i int) error) (took []time.Duration, failed []error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	start := time.Now()
	for i := range int(lasts.Seconds() * rate) {
		due := start.Add(time.Duration(i) * time.Second / rate)
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		all.Go(func() {
			err := do(i)
			d := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			took = append(took, d)
			if err != nil {
				failed = append(failed, err)
			}
		})
	}
	all.Wait()
	return took, failed
}

// report gives the latencies of a run and the errors there were.
func report(b *testing.B, took []time.Duration, failed []error) {
	b.Helper()
	if len(took) == 0 {
		b.Fatal("nothing arrived")
	}
	slices.Sort(took)
	at := func(p float64) float64 {
		return float64(took[min(len(took)-1, int(p*float64(len(took))))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.50), "ms-p50")
	b.ReportMetric(at(0.95), "ms-p95")
	b.ReportMetric(at(0.99), "ms-p99")
	b.ReportMetric(at(1), "ms-max")
	b.ReportMetric(float64(len(failed)), "errors")
	b.ReportMetric(0, "ns/op")
	if len(failed) > 0 {
		b.Logf("first error: %v", failed[0])
	}
}

// open makes a database of the load with the settings of production.
func open(b *testing.B, engine db.Engine, l Load) *survey.Room {
	b.Helper()
	ctx := context.Background()
	dsn := emptyOf(b, engine)
	fast := dsn
	if engine == db.SQLite { // what fills may be lost
		fast = "file:" + dsn + "?sync=off"
	}
	d, err := db.Open(ctx, fast)
	if err != nil {
		b.Fatal(err)
	}
	if err := d.Migrate(ctx); err != nil {
		b.Fatal(err)
	}
	if _, err := l.Fill(ctx, roomOn(d)); err != nil {
		b.Fatal(err)
	}
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	if d, err = db.Open(ctx, dsn); err != nil { // synchronous=FULL
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.Close() })
	room := exporting(d)
	room.Now = time.Now
	room.Cursors = db.NewCursors([]byte("bench"))
	room.ReadForm, room.WriteForm = exchange.ReadSurveyForm, exchange.WriteSurveyForm
	return room
}

// seat is where the writer, or the validator, of an authority sits.
func seat(n int, role survey.SeatRole) survey.Seat {
	return survey.Seat{ID: SeatID(n), Response: ResponseID(n), Role: role}
}

// saver is an autosave of one cell: each arrival has its own cell, of one of some
// open responses.
func saver(room *survey.Room, first, responses int) func(i int) error {
	f := Load{}.Form()
	var keys []string
	for _, c := range f.Cells() {
		if c.Row != "" {
			keys = append(keys, c.Key)
		}
	}
	return func(i int) error {
		n, key := first+i%responses, keys[(i/responses)%len(keys)]
		out, err := room.Save(context.Background(), room.DB, seat(n, survey.Writes), ResponseID(n), []survey.Change{{Key: key, Value: answerTo(f.Code, key)}})
		if err == nil && len(out.Outcomes) == 1 && out.Outcomes[0].Verdict != survey.Saved {
			err = fmt.Errorf("%s: %s %s", key, out.Outcomes[0].Verdict, out.Outcomes[0].Message)
		}
		return err
	}
}

// answerTo is an answer that the scale of a cell takes.
func answerTo(_, key string) string {
	if key[len(key)-len("mobilisation"):] == "mobilisation" {
		return "engage"
	}
	return "2"
}

var engines = []db.Engine{db.SQLite, db.PostgreSQL}

// BenchmarkAutosave: 200 cells a second, each a transaction that is on the disk
// when it is acknowledged.
func BenchmarkAutosave(b *testing.B) {
	for _, engine := range engines {
		b.Run(string(engine), func(b *testing.B) {
			n := authorities(b)
			responses := min(4000, n/2)
			room := open(b, engine, Load{Authorities: n, Open: responses})
			for b.Loop() {
				took, failed := paced(lasting(b), saver(room, n-responses, responses))
				report(b, took, failed)
			}
		})
	}
}

// BenchmarkValidation: 200 validations a second of responses of 200 answers, each
// of its own authority.
func BenchmarkValidation(b *testing.B) {
	for _, engine := range engines {
		b.Run(string(engine), func(b *testing.B) {
			ctx := context.Background()
			n := max(authorities(b), int(lasting(b).Seconds()*rate)+2000)
			responses := int(lasting(b).Seconds() * rate)
			room := open(b, engine, Load{Authorities: n, Open: responses, Started: true})
			stamps := make([]string, responses)
			for i := range stamps { // what each validator read before
				t, err := room.Open(ctx, room.DB, seat(n-responses+i, survey.Validates), ResponseID(n-responses+i))
				if err != nil {
					b.Fatal(err)
				}
				stamps[i] = t.Stamp
			}
			for b.Loop() {
				took, failed := paced(lasting(b), func(i int) error {
					_, err := room.Validate(ctx, room.DB, seat(n-responses+i, survey.Validates), ResponseID(n-responses+i), stamps[i])
					return err
				})
				report(b, took, failed)
			}
		})
	}
}

// BenchmarkForms: forms of 200 answers come back together and are read, then applied
// in the background by a worker, while others autosave.
func BenchmarkForms(b *testing.B) {
	for _, engine := range engines {
		b.Run(string(engine), func(b *testing.B) {
			ctx := context.Background()
			n := authorities(b)
			forms := min(4000, n/4)
			room := open(b, engine, Load{Authorities: n, Open: 2 * forms})
			var sent []survey.FormSent
			for i := range forms {
				p, err := room.PaperOf(ctx, room.DB, ResponseID(n-forms+i))
				if err != nil {
					b.Fatal(err)
				}
				sent = append(sent, survey.FormSent{Name: fmt.Sprintf("%d.xlsx", i), Data: filled(b, p, n-forms+i)})
			}
			for b.Loop() {
				ret, err := room.StartReturn(ctx, national, "44", "", "", "2026-06-01")
				if err != nil {
					b.Fatal(err)
				}
				team := teams()
				start := time.Now()
				if err := room.AddForms(ctx, &ret, sent); err != nil {
					b.Fatal(err)
				}
				if err := room.Reading(ctx, team, ret); err != nil {
					b.Fatal(err)
				}
				var took []time.Duration
				var failed []error
				var aside sync.WaitGroup
				done := make(chan struct{})
				aside.Go(func() {
					save := saver(room, n-2*forms, forms)
					for i := 0; ; i++ {
						select {
						case <-done:
							return
						default:
						}
						t, f := paced(time.Second, func(k int) error { return save(i*rate + k) })
						took, failed = append(took, t...), append(failed, f...)
					}
				})
				work(b, room)
				if ret, err = survey.FindReturn(ctx, room.DB, ret.ID); err != nil || ret.State != survey.ReturnRead {
					b.Fatalf("%+v %v", ret, err)
				}
				read := time.Since(start)
				if err := room.Apply(ctx, team, ret.ID, ret.Rev); err != nil {
					b.Fatal(err)
				}
				work(b, room)
				b.ReportMetric(time.Since(start).Seconds(), "s")
				b.ReportMetric(read.Seconds(), "s-read")
				close(done)
				aside.Wait()
				tally, err := survey.TallyOf(ctx, room.DB, ret.ID)
				if err != nil || tally.Written != int64(200*forms) {
					b.Fatalf("%+v %v", tally, err)
				}
				b.ReportMetric(float64(forms), "forms")
				report(b, took, failed)
			}
		})
	}
}

func work(b *testing.B, room *survey.Room) {
	b.Helper()
	c := jobs.Config{DB: room.DB, Queue: room.Queue, Handlers: map[string]jobs.Handler{}}
	room.RegisterPapers(&c)
	if _, err := jobs.NewWorker(c).Drain(context.Background()); err != nil {
		b.Fatal(err)
	}
}
