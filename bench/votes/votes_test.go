// Package votes measures votes in a debate, over HTTP, at a fixed arrival rate: each
// is on the disk when it is answered.
package votes

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/internal/app"
	"jalon/internal/config"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/question"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// rate is how many votes arrive in a second; together people vote at a time, each of
// them on all the statements: one vote in twenty brings somebody new.
const (
	rate       = 500
	together   = 100
	statements = 20
)

// lasting is how long votes arrive: a minute, or what VOTES_SECONDS says.
func lasting(b *testing.B) time.Duration {
	text := os.Getenv("VOTES_SECONDS")
	if text == "" {
		return time.Minute
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(n) * time.Second
}

// serve starts the whole program, its worker too, and opens a debate in it.
func serve(b *testing.B, engine db.Engine) (base string, x question.Question, room *question.Room) {
	b.Helper()
	dir := b.TempDir()
	dsn := filepath.Join(dir, "jalon.db") // synchronous=FULL
	if engine == db.PostgreSQL {
		dsn = testkit.Postgres(b)
	}
	ctx, stop := context.WithCancel(context.Background())
	a, err := app.New(ctx, config.Config{Addr: "127.0.0.1:0", DB: dsn, DataDir: dir, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	ids := db.NewIDs(time.Now, rand.Reader)
	keys := db.NewCursors([]byte("bench"))
	room = &question.Room{Room: &debate.Room{DB: a.DB, IDs: ids, Now: time.Now, Random: rand.Reader, Cursors: keys, Journal: journal.New(ids, time.Now, keys)}}
	c, err := cop.Find(ctx, a.DB, cop.RegionID(cop.First, "44"))
	if err != nil {
		b.Fatal(err)
	}
	team := policy.Actor{Person: "bench", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
	if x, err = room.Create(ctx, team, c, question.Input{Title: "Mesure", Question: "Combien\u00a0?", Proposals: question.Nobody}); err != nil {
		b.Fatal(err)
	}
	var lines strings.Builder
	for i := range statements {
		fmt.Fprintf(&lines, "Affirmation %d de la mesure.\n", i)
	}
	if _, _, err := room.Seed(ctx, team, c, x, lines.String()); err != nil {
		b.Fatal(err)
	}
	if x, err = room.OpenIt(ctx, team, c, x.ID, x.Rev); err != nil {
		b.Fatal(err)
	}
	return a.URL() + "/regions/grand-est/debats/" + x.ID, x, room
}

// client keeps connections open, and follows nothing by itself.
func client() *http.Client {
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConns: 2000, MaxIdleConnsPerHost: 2000, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// send sends a request of one voter, from a machine of their own, and reads its answer.
func send(c *http.Client, r *http.Request, voter int, cookie *http.Cookie, want int) (*http.Response, error) {
	r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", voter>>16&255, voter>>8&255, voter&255))
	if cookie != nil {
		r.AddCookie(cookie)
	}
	res, err := c.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return nil, err
	}
	if res.StatusCode != want {
		return nil, fmt.Errorf("%s %s: %s", r.Method, r.URL.Path, res.Status)
	}
	return res, nil
}

// come opens the page of the debate, as somebody new does.
func come(c *http.Client, base string, voter int) (*http.Cookie, error) {
	r, err := http.NewRequest(http.MethodGet, base, nil)
	if err != nil {
		return nil, err
	}
	res, err := send(c, r, voter, nil, http.StatusOK)
	if err != nil {
		return nil, err
	}
	for _, k := range res.Cookies() {
		if k.Name == "jalon_avis" {
			return k, nil
		}
	}
	return nil, fmt.Errorf("no cookie")
}

// vote sends an answer, and opens the page that follows when asked.
func vote(c *http.Client, base string, voter, statement int, cookie *http.Cookie, follow bool) error {
	form := url.Values{"affirmation": {strconv.Itoa(statement)}, "reponse": {[]string{"accord", "pas-accord", "passe"}[(voter*7+statement)%3]}}
	r, err := http.NewRequest(http.MethodPost, base, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if _, err := send(c, r, voter, cookie, http.StatusSeeOther); err != nil || !follow {
		return err
	}
	if r, err = http.NewRequest(http.MethodGet, base+"?apres="+strconv.Itoa(statement), nil); err != nil {
		return err
	}
	_, err = send(c, r, voter, cookie, http.StatusOK)
	return err
}

// BenchmarkVotes: 500 votes a second; then 250 a second each followed by the page of
// the next statement, as a phone does. Each latency is counted from the moment the vote
// was due.
func BenchmarkVotes(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		for _, follow := range []bool{false, true} {
			b.Run(string(engine)+map[bool]string{true: "/and-next-page"}[follow], func(b *testing.B) {
				base, x, room := serve(b, engine)
				at := rate
				if follow {
					at = rate / 2
				}
				n := int(lasting(b).Seconds()) * at
				c := client()
				cookies := make([]*http.Cookie, (n/(together*statements)+1)*together)
				for v := range cookies {
					var err error
					if cookies[v], err = come(c, base, v); err != nil {
						b.Fatal(err)
					}
				}
				var mu sync.Mutex
				var took []time.Duration
				var failed []error
				before := processor(b)
				for b.Loop() {
					var all sync.WaitGroup
					start := time.Now()
					for i := range n {
						due := start.Add(time.Duration(i) * time.Second / time.Duration(at))
						time.Sleep(time.Until(due))
						v := i/(together*statements)*together + i%together
						all.Go(func() {
							err := vote(c, base, v, i/together%statements+1, cookies[v], follow)
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
				}
				b.ReportMetric((processor(b)-before).Seconds()*1000/float64(n), "cpu-ms/vote") // that of the generator too
				var kept int
				if err := room.DB.QueryRow(context.Background(), `SELECT COUNT(*) FROM debate_vote WHERE debate = $1`, x.Num).Scan(&kept); err != nil || kept != n-len(failed) {
					b.Errorf("%d votes are kept of %d, %d failed: %v", kept, n, len(failed), err)
				}
				report(b, took, failed)
			})
		}
	}
}

func report(b *testing.B, took []time.Duration, failed []error) {
	b.Helper()
	slices.Sort(took)
	for name, p := range map[string]float64{"ms-p50": 0.5, "ms-p95": 0.95, "ms-p99": 0.99, "ms-max": 1} {
		b.ReportMetric(float64(took[min(len(took)-1, int(p*float64(len(took))))].Microseconds())/1000, name)
	}
	b.ReportMetric(float64(len(failed)), "errors")
	b.ReportMetric(0, "ns/op")
	if len(failed) > 0 {
		b.Logf("first error: %v", failed[0])
	}
}
