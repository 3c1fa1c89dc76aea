package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"jalon/internal/config"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

// logged collects what several goroutines log.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Somebody is given a role, signs in, writes, looks for a place, asks for a link,
// fails: the log has a line of JSON for each request and names nobody and no place.
func TestTheLogOfAJourneyNamesNobody(t *testing.T) {
	var log logged
	cfg := config.Config{Addr: "127.0.0.1:0", DataDir: t.TempDir()}
	cfg.DB = filepath.Join(cfg.DataDir, "jalon.db")
	a, err := New(t.Context(), cfg, WithSeeds(few), WithLog(slog.New(slog.NewJSONHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	const mail, name, other = "anne.dupont-secrete@exemple.fr", "Anne Dupont-Secrète", "inconnu.cache@exemple.org"
	link, err := a.AddUser(t.Context(), UserRequest{Email: mail, Name: name, Role: "team", Scope: "region:44"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Handler())
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	sent := 0
	do := func(path string, form url.Values) int {
		t.Helper()
		method, text := http.MethodGet, io.Reader(nil)
		if form != nil {
			method, text = http.MethodPost, strings.NewReader(form.Encode())
		}
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, text)
		if err != nil {
			t.Fatal(err)
		}
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Body.Close() }()
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Fatal(err)
		}
		sent++
		return r.StatusCode
	}
	_, token, _ := strings.Cut(link, "jeton=")
	if code := do("/connexion/confirmer", url.Values{"jeton": {token}}); code != http.StatusOK {
		t.Fatalf("signing in: %d", code)
	}
	do("/mon-espace", nil)
	do("/regions/grand-est/bureau/actualites", url.Values{"title": {"Réunion avec " + name}, "text": {"Écrire à " + mail}})
	do("/recherche?q=Hagueneau-les-Bains", nil)
	do("/connexion", url.Values{"email": {other}})
	do("/organisations/"+url.PathEscape(other), nil)
	do("/invitations", url.Values{"scope": {"region:44"}, "email": {other}})
	// The database goes away: the errors have causes.
	if err := a.DB.Close(); err != nil {
		t.Fatal(err)
	}
	if code := do("/mon-espace?q="+url.QueryEscape(mail), nil); code < 500 {
		t.Errorf("without a database: %d", code)
	}
	text := log.String()
	requests := 0
	for line := range strings.Lines(text) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil || row["time"] == nil || row["level"] == nil || row["msg"] == nil {
			t.Errorf("no structured line: %s", line)
		}
		if row["msg"] == "request" {
			requests++
		}
	}
	if requests < sent {
		t.Errorf("%d requests are logged of %d", requests, sent)
	}
	for _, secret := range []string{"@", "anne.dupont", "Dupont", "Anne", "inconnu", "Hagueneau", token, "exemple.org"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %q:\n%s", secret, text)
		}
	}
}

// What others say in an error is cut of addresses, wherever it stands.
func TestAddressesAreCutOutOfTheLog(t *testing.T) {
	var b bytes.Buffer
	log := slog.New(discreet{slog.NewJSONHandler(&b, nil)}).With("to", "a@exemple.fr").WithGroup("g")
	log.Error("mail to c.d+x@sous.exemple.fr", "err", errors.New("550 5.1.1 <élu.local@exemple.fr>: User unknown"), slog.Group("deep", "who", "x@y.fr"), "n", 3)
	log.Warn("database", slog.Any("cause", errors.New(`dial postgres://jalon:mot-de-passe@base/jalon: refused`)))
	text := b.String()
	if strings.Contains(text, "exemple") || strings.Contains(text, "mot-de-passe") || strings.Contains(text, "y.fr") || strings.Count(text, "(adresse)") != 6 {
		t.Error(text)
	}
	for _, kept := range []string{"550 5.1.1", "User unknown", `"n":3`, "refused", "dial postgres"} {
		if !strings.Contains(text, kept) {
			t.Errorf("%q is lost: %s", kept, text)
		}
	}
}

// Being alive asks nothing of the database; being ready does, and ends before the
// program does.
func TestAliveAndReady(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		x := &health{db: d, version: "1", log: slog.New(slog.DiscardHandler)}
		h := x.around(http.NotFoundHandler())
		get := func(path string) (int, string) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			return w.Code, w.Body.String()
		}
		if code, text := get("/readyz"); code != http.StatusOK || !strings.Contains(text, `"engine":"`+string(d.Engine())+`"`) {
			t.Errorf("%d %s", code, text)
		}
		if code, _ := get("/autre"); code != http.StatusNotFound {
			t.Errorf("another path: %d", code)
		}
		x.stopping.Store(true)
		if code, text := get("/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(text, "stopping") {
			t.Errorf("stopping: %d %s", code, text)
		}
		x.stopping.Store(false)
		gone, stop := db.Open(t.Context(), filepath.Join(t.TempDir(), "gone.db"))
		if stop != nil {
			t.Fatal(stop)
		}
		if err := gone.Close(); err != nil {
			t.Fatal(err)
		}
		x.db = gone
		if code, _ := get("/readyz"); code != http.StatusServiceUnavailable {
			t.Errorf("without a database: %d", code)
		}
		if code, text := get("/healthz"); code != http.StatusOK || !strings.Contains(text, "alive") {
			t.Errorf("alive: %d %s", code, text)
		}
	})
}
