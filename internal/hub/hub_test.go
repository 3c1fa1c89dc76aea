package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/hub"
)

const good = `{"query":{"measures":["c.id_1"]},"data":[{"c.geocode_region":"44","c.date_mesure":"2022-01-01","c.id_1":1}]}`

// patience is a clock that only waiting moves, so that no test sleeps.
type patience struct {
	now    time.Time
	pauses []time.Duration
}

func (p *patience) wait(_ context.Context, d time.Duration) error {
	p.pauses, p.now = append(p.pauses, d), p.now.Add(d)
	return nil
}

// misbehaving serves what each try answers in turn, the last one for ever.
func misbehaving(t *testing.T, tries ...http.HandlerFunc) (*hub.Client, *patience, *atomic.Int32) {
	t.Helper()
	var n atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := int(n.Add(1)) - 1
		tries[min(i, len(tries)-1)](w, r)
	}))
	t.Cleanup(s.Close)
	p := &patience{now: time.Unix(0, 0)}
	return &hub.Client{URL: s.URL + "/v1", Token: "jeton-secret", Wait: p.wait, Now: func() time.Time { return p.now }}, p, &n
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func query() hub.Query {
	return hub.Query{Measures: []string{"c.id_1"}, Dimensions: []string{"c.geocode_region"}}
}

func TestAnAnswerComesAfterWaits(t *testing.T) {
	wait := says(200, `{"error":"Continue wait"}`)
	c, p, n := misbehaving(t, wait, wait, says(500, "panne"), wait, says(200, good))
	body, err := c.Load(t.Context(), query())
	if err != nil || string(body) != good || n.Load() != 5 {
		t.Fatalf("%s %v after %d tries", body, err, n.Load())
	}
	for i, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second} {
		if p.pauses[i] != want {
			t.Errorf("pauses: %v", p.pauses)
		}
	}
}

func TestTheHubThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		try   http.HandlerFunc
		kind  apperr.Kind
		says  string
		tries int32
	}{
		"for ever":          {says(500, "panne"), apperr.Unavailable, "échoué 4 fois", 4},
		"too many requests": {says(429, ""), apperr.Unavailable, "échoué 4 fois", 4},
		"half a JSON":       {says(200, good[:40]), apperr.Unavailable, "échoué 4 fois", 4},
		"cuts the line":     {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, apperr.Unavailable, "échoué 4 fois", 4},
		"waits for ever":    {says(200, `{"error":"Continue wait"}`), apperr.Unavailable, "n’a pas répondu", 0},
		"refuses the token": {says(403, ""), apperr.Invalid, "JALON_HUB_TOKEN", 1},
		"refuses the query": {says(400, `{"error":"unknown measure"}`), apperr.Invalid, "unknown measure", 1},
		"an error in a 200": {says(200, `{"error":"Internal"}`), apperr.Invalid, "Internal", 1},
		"no data":           {says(200, `{}`), apperr.Unavailable, "pas de données", 1},
		"sends elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, apperr.Unavailable, "échoué", 4},
	} {
		client, _, n := misbehaving(t, c.try)
		body, err := client.Load(t.Context(), query())
		if err == nil || apperr.KindOf(err) != c.kind || !strings.Contains(apperr.Message(err), c.says) {
			t.Errorf("%s: %s %v", name, body, err)
		}
		if c.tries > 0 && n.Load() != c.tries {
			t.Errorf("%s: %d tries, want %d", name, n.Load(), c.tries)
		}
		if strings.Contains(err.Error(), "jeton-secret") {
			t.Errorf("%s: the token is in the error", name)
		}
	}
}

// A body that never ends is cut at its bound; one that never comes, in time.
func TestTheHubThatNeverEnds(t *testing.T) {
	flood := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat("[", 4096)); err != nil {
				return
			}
		}
	}
	c, _, n := misbehaving(t, flood)
	c.Size = 1 << 20
	if _, err := c.Load(t.Context(), query()); apperr.KindOf(err) != apperr.TooLarge || n.Load() != 1 {
		t.Errorf("a flood: %v after %d tries", err, n.Load())
	}
	hang := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	c, _, n = misbehaving(t, hang)
	c.Each, c.Failures = 30*time.Millisecond, 2
	if _, err := c.Load(t.Context(), query()); apperr.KindOf(err) != apperr.Unavailable || n.Load() != 2 {
		t.Errorf("a hub that hangs: %v after %d tries", err, n.Load())
	}
}

func TestWhatIsAsked(t *testing.T) {
	var seen []*http.Request
	var bodies []string
	c, _, _ := misbehaving(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		seen, bodies = append(seen, r), append(bodies, string(body))
		_, _ = io.WriteString(w, good)
	})
	long := query()
	for range 100 {
		long.Dimensions = append(long.Dimensions, "c.une_dimension_de_plus")
	}
	for _, q := range []hub.Query{query(), long} {
		if _, err := c.Load(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	var got hub.Query
	if err := json.Unmarshal([]byte(seen[0].URL.Query().Get("query")), &got); err != nil || seen[0].Method != http.MethodGet || seen[0].URL.Path != "/v1/load" || got.Measures[0] != "c.id_1" {
		t.Errorf("%s %s %v", seen[0].Method, seen[0].URL, err)
	}
	if seen[1].Method != http.MethodPost || !strings.HasPrefix(bodies[1], `{"query":{"measures":["c.id_1"]`) || seen[1].Header.Get("Authorization") != "jeton-secret" {
		t.Errorf("%s %.60s", seen[1].Method, bodies[1])
	}
	if _, err := (&hub.Client{}).Load(t.Context(), query()); !strings.Contains(apperr.Message(err), "JALON_HUB_URL") {
		t.Errorf("without address: %v", err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Load(stopped, query()); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("after the caller left: %v", err)
	}
}
