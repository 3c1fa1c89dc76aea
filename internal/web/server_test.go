package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jalon/internal/panorama"
	"jalon/internal/web"
	"jalon/internal/web/static"
)

func request(path string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "http://jalon.example"+path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func TestNotModified(t *testing.T) {
	s := sqlite(t)
	const path = "/regions/bretagne/panorama"
	first := s.get(path)
	tag := first.Header.Get("ETag")
	if !strings.HasPrefix(tag, `W/"`) || !strings.Contains(first.Header.Get("Cache-Control"), "max-age=60") {
		t.Fatalf("ETag %q, Cache-Control %q", tag, first.Header.Get("Cache-Control"))
	}
	for _, same := range []string{tag, `"other", ` + tag, strings.TrimPrefix(tag, "W/"), "*"} {
		if p := s.do(request(path, "If-None-Match", same)); p.StatusCode != http.StatusNotModified || p.body != "" {
			t.Errorf("If-None-Match %s: %s, %d bytes", same, p.Status, len(p.body))
		}
	}
	if p := s.do(request(path+"?vue=themes", "If-None-Match", tag)); p.StatusCode != http.StatusOK {
		t.Errorf("another view: %s", p.Status)
	}
	if p := s.get("/operateur"); p.Header.Get("Cache-Control") != "private, no-store" || p.Header.Get("ETag") != "" {
		t.Errorf("a page that depends on who asks may be kept: %q", p.Header.Get("Cache-Control"))
	}
	// A new day writes another date at the foot of the printed page.
	s.now = s.now.AddDate(0, 0, 1)
	if p := s.do(request(path, "If-None-Match", tag)); p.StatusCode != http.StatusOK {
		t.Errorf("the next day: %s", p.Status)
	}
}

func TestCompression(t *testing.T) {
	s := sqlite(t)
	const path = "/regions/grand-est/panorama"
	whole := s.get(path)
	p := s.do(request(path, "Accept-Encoding", "br;q=1.0, gzip;q=0.8"))
	if p.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(p.Header.Get("Vary"), "Accept-Encoding") {
		t.Fatalf("headers %v", p.Header)
	}
	if got := p.ContentLength; got != int64(len(p.body)) {
		t.Errorf("Content-Length %d for %d bytes", got, len(p.body))
	}
	zr, err := gzip.NewReader(strings.NewReader(p.body))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != whole.body {
		t.Error("compressed and plain pages differ")
	}
	if len(p.body) > 40<<10 {
		t.Errorf("the page travels as %d bytes", len(p.body))
	}
	for _, refused := range []string{"", "identity", "gzip;q=0", "gzip; q=0.0"} {
		if p := s.do(request(path, "Accept-Encoding", refused)); p.Header.Get("Content-Encoding") != "" {
			t.Errorf("Accept-Encoding %q was answered with gzip", refused)
		}
	}
}

// A region's page, with all that it loads, keeps to its budget.
func TestPageWeight(t *testing.T) {
	s := sqlite(t)
	p := s.do(request("/regions/grand-est/panorama", "Accept-Encoding", "gzip"))
	sum, files := len(p.body), 1
	plainPage := s.get("/regions/grand-est/panorama")
	script := 0
	for _, address := range append(plainPage.attr("link[rel=stylesheet], link[rel=icon]", "href"), plainPage.attr("script[src]", "src")...) {
		f := s.do(request(address, "Accept-Encoding", "gzip"))
		if f.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", address, f.Status)
		}
		if strings.Contains(address, ".js") {
			script += len(f.body)
		}
		sum += len(f.body)
		files++
	}
	t.Logf("page %d B, with all it loads %d B in %d requests, script %d B", len(p.body), sum, files, script)
	if sum > 100<<10 || files > 8 || script > 20<<10 {
		t.Errorf("%d bytes in %d requests, script %d", sum, files, script)
	}
}

func TestSecurityHeaders(t *testing.T) {
	s := sqlite(t)
	p := s.get("/")
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Content-Security-Policy": "frame-ancestors 'none'", "Permissions-Policy": "camera=()",
	} {
		if got := p.Header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if strings.Contains(p.Header.Get("Content-Security-Policy"), "unsafe") {
		t.Error("the policy allows inline code")
	}
	if p.Header.Get("Strict-Transport-Security") != "" {
		t.Error("HSTS over http")
	}
	if p := s.get("/regions/bretagne/panorama?integre=1"); !strings.Contains(p.Header.Get("Content-Security-Policy"), "frame-ancestors *") || len(p.texts("header")) != 0 {
		t.Error("a page to embed cannot be embedded, or bears its frame")
	}
	if p := s.get("/operateur?integre=1"); !strings.Contains(p.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("a page that acts can be framed")
	}
}

func TestForeignFormIsRefused(t *testing.T) {
	s := sqlite(t)
	r := httptest.NewRequest(http.MethodPost, "http://jalon.example/operateur", strings.NewReader("cle=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	p := s.do(r)
	if p.StatusCode != http.StatusForbidden {
		t.Fatal(p.Status)
	}
	p.has(".problem", "depuis un autre site")
}

func TestTooLargeForm(t *testing.T) {
	s := sqlite(t)
	r := httptest.NewRequest(http.MethodPost, "http://jalon.example/operateur", strings.NewReader("cle="+strings.Repeat("x", 10<<10)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if p := s.do(r); p.StatusCode != http.StatusRequestEntityTooLarge {
		t.Error(p.Status)
	}
}

func TestHeadAndHealth(t *testing.T) {
	s := sqlite(t)
	r := request("/")
	r.Method = http.MethodHead
	if p := s.do(r); p.StatusCode != http.StatusOK || p.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD /: %s", p.Status)
	}
	if p := s.get("/sante"); p.StatusCode != http.StatusOK || !strings.Contains(p.body, `"engine":"sqlite"`) || !strings.Contains(p.body, `"data_version":"r`) {
		t.Errorf("/sante: %s %s", p.Status, p.body)
	}
	s.ill.Store(true)
	if p := s.get("/sante"); p.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("/sante without database: %s", p.Status)
	}
}

// A failure keeps its cause for the log, and a panic its stack; the reader gets
// a page that helps, with the reference that the log bears. What somebody looked
// up is not in the log.
func TestFailuresAndLog(t *testing.T) {
	var log bytes.Buffer
	cause := errors.New("disk on fire")
	model := func(context.Context) (*panorama.Model, error) { return nil, cause }
	h := web.New(web.Deps{
		Log: slog.New(slog.NewJSONHandler(&log, nil)), Static: static.Handler(), Asset: static.URL, Model: model, More: elsewhere(),
		Health: func(context.Context) (string, error) { panic("boom") },
	})
	get := func(path string) (int, string, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, request(path))
		return w.Code, w.Body.String(), w.Header().Get("X-Request-Id")
	}
	code, body, id := get("/recherche?q=madame+untel")
	if code != http.StatusInternalServerError || !strings.Contains(body, "Une erreur inattendue") || strings.Contains(body, "fire") || !strings.Contains(body, id) {
		t.Errorf("%d %s", code, body)
	}
	if !strings.Contains(log.String(), "disk on fire") || !strings.Contains(log.String(), `"route":"search"`) {
		t.Errorf("log %s", log.String())
	}
	if strings.Contains(log.String(), "untel") {
		t.Error("the log says what was searched for")
	}
	log.Reset()
	if code, body, _ = get("/sante"); code != http.StatusInternalServerError || !strings.Contains(body, "Une erreur s’est produite") {
		t.Errorf("panic: %d", code)
	}
	if !strings.Contains(log.String(), "boom") || !strings.Contains(log.String(), "system.go") {
		t.Errorf("the log of a panic has no stack: %s", log.String())
	}
	if code, body, _ = get("/api/v1/levers"); code != http.StatusInternalServerError || !strings.Contains(body, `"status":500`) {
		t.Errorf("API: %d %s", code, body)
	}
}

// Another site reads every answer of the API, those that say no included, and
// nothing else.
func TestTheAPIIsOpenToOtherSites(t *testing.T) {
	s := sqlite(t)
	const path = "/api/v1/levers"
	again := request(path, "If-None-Match", s.get(path).Header.Get("ETag"))
	posted := request(path)
	posted.Method = http.MethodPost
	for want, r := range map[int]*http.Request{
		http.StatusOK: request(path), http.StatusNotModified: again, http.StatusMethodNotAllowed: posted,
		http.StatusNotFound: request("/api/v1/rien"), http.StatusBadRequest: request("/api/v1/levers?version=1999"),
	} {
		p := s.do(r)
		if p.StatusCode != want || p.Header.Get("Access-Control-Allow-Origin") != "*" || p.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Errorf("%s %s: %s, want %d, %v", r.Method, r.URL, p.Status, want, p.Header)
		}
	}
	if p := s.get("/api/v1/rien"); strings.Contains(p.body, "page") {
		t.Errorf("a program asked for no page: %s", p.body)
	}
	if p := s.get("/leviers"); p.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("a page is open to other sites")
	}
}
