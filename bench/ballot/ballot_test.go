// Package ballot measures a room that votes: three hundred phones on one question in
// ten seconds, over HTTP to the real listener, while they and the screen ask again
// where the vote stands.
package ballot

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/internal/app"
	"jalon/internal/config"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/ballot"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

const (
	phones = 300
	within = 10 * time.Second // in which they all vote
	again  = 5 * time.Second  // after which each asks where the vote stands
	cycle  = cop.First + "-r44"
)

// taken are the latencies of one kind of request, each from the moment it was due.
type taken struct {
	mu     sync.Mutex
	all    []time.Duration
	failed []error
}

func (t *taken) add(due time.Time, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, time.Since(due))
	if err != nil {
		t.failed = append(t.failed, err)
	}
}

func (t *taken) report(b *testing.B, name string) {
	b.Helper()
	slices.Sort(t.all)
	at := func(p float64) float64 {
		return float64(t.all[min(len(t.all)-1, int(p*float64(len(t.all))))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.95), name+"-ms-p95")
	b.ReportMetric(at(1), name+"-ms-max")
	if len(t.failed) > 0 {
		b.Errorf("%s: %d of %d failed, first: %v", name, len(t.failed), len(t.all), t.failed[0])
	}
}

// put starts a site on an empty database and puts a question to a room.
func put(b *testing.B, engine db.Engine) (base string, m *ballot.Room, q ballot.Ballot) {
	b.Helper()
	ctx := context.Background()
	cfg := config.Config{Addr: "localhost:0", DataDir: b.TempDir(), DB: filepath.Join(b.TempDir(), "jalon.db")}
	if engine == db.PostgreSQL {
		cfg.DB = testkit.Postgres(b)
	}
	a, err := app.New(ctx, cfg, app.WithLog(slog.New(slog.DiscardHandler)))
	if err != nil {
		b.Fatal(err)
	}
	run, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- a.Run(run) }()
	b.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			b.Error(err)
		}
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	keys := db.NewCursors([]byte("bench"))
	j := journal.New(a.IDs, time.Now, keys)
	cops := &cop.Room{DB: a.DB, IDs: a.IDs, Now: time.Now, Journal: j, Cursors: keys, Random: rand.Reader}
	m = &ballot.Room{Room: &debate.Room{DB: a.DB, IDs: a.IDs, Now: time.Now, Random: rand.Reader, Journal: j, Cursors: keys, COPs: cops}}
	team := policy.Actor{Person: "bench", Grants: []policy.Grant{{Role: policy.Team, COP: cycle}}}
	x, err := cops.AddMeeting(ctx, team, cop.Meeting{COP: cycle, Kind: cop.Plenary, Stage: cop.Launch, Title: "Plénière", Day: "2026-03-02", Part: policy.Public, State: cop.Planned})
	if err != nil {
		b.Fatal(err)
	}
	if q, err = m.Create(ctx, team, x.ID, ballot.Input{Question: "Ouvrir la ligne ?", Kind: ballot.Single, Options: []string{"Oui", "Non", "Sans avis"}}); err != nil {
		b.Fatal(err)
	}
	if q, err = m.Start(ctx, team, q.ID, q.Rev); err != nil {
		b.Fatal(err)
	}
	return a.URL(), m, q
}

// phone is a browser of its own: a jar, and its own connection.
func phone(b *testing.B) *http.Client {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 1},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func ask(c *http.Client, r *http.Request, want ...int) (http.Header, error) {
	res, err := c.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && !slices.Contains(want, res.StatusCode) {
		err = fmt.Errorf("%s %s: %s %.200s", r.Method, r.URL, res.Status, body)
	}
	return res.Header, err
}

func get(address, tag string) *http.Request {
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		panic(err) // an address of ours
	}
	r.Header.Set("If-None-Match", tag)
	return r
}

// BenchmarkRoom is the whole of it, on each engine.
func BenchmarkRoom(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			for b.Loop() {
				base, m, q := put(b, engine)
				var opened, voted, polled, screened taken
				var all sync.WaitGroup
				start := time.Now().Add(time.Second)
				end := start.Add(within + again)
				for i := range phones {
					all.Go(func() {
						c := phone(b)
						due := start.Add(time.Duration(i) * within / phones)
						time.Sleep(time.Until(due))
						_, err := ask(c, get(base+"/vote/"+q.Code, ""), http.StatusOK)
						opened.add(due, err)
						r, err := http.NewRequest(http.MethodPost, base+"/vote/"+q.Code, strings.NewReader(url.Values{"choix": {fmt.Sprint(i % 3)}}.Encode()))
						if err != nil {
							b.Error(err)
							return
						}
						r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
						due = time.Now()
						_, err = ask(c, r, http.StatusSeeOther)
						voted.add(due, err)
						tag := ""
						for due = due.Add(again); due.Before(end); due = due.Add(again) {
							time.Sleep(time.Until(due))
							h, err := ask(c, get(base+"/vote/"+q.Code+"?partie=1", tag), http.StatusOK, http.StatusNotModified)
							polled.add(due, err)
							tag = h.Get("ETag")
						}
					})
				}
				all.Go(func() {
					c, tag := phone(b), ""
					for due := start; due.Before(end); due = due.Add(3 * time.Second) {
						time.Sleep(time.Until(due))
						h, err := ask(c, get(base+"/ecran/"+q.Code+"?partie=1", tag), http.StatusOK, http.StatusNotModified)
						screened.add(due, err)
						tag = h.Get("ETag")
					}
				})
				all.Wait()
				opened.report(b, "page")
				voted.report(b, "vote")
				polled.report(b, "poll")
				screened.report(b, "screen")
				now, err := ballot.ByCode(context.Background(), m.DB, q.Code)
				if err != nil {
					b.Fatal(err)
				}
				if r, err := ballot.Tally(context.Background(), m.DB, now); err != nil || now.Voices != phones || r.Voices != phones {
					b.Errorf("%d voices kept, %d counted, of %d phones: %v", now.Voices, r.Voices, phones, err)
				}
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
