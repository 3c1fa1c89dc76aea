package static

import (
	"compress/gzip"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func get(t *testing.T, path string, header map[string]string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestHashedFilesAreKeptForEver(t *testing.T) {
	for name, contentType := range map[string]string{
		"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8",
		"htmx.js": "text/javascript; charset=utf-8", "questionnaire.js": "text/javascript; charset=utf-8", "favicon.svg": "image/svg+xml",
	} {
		url := URL(name)
		if !regexp.MustCompile(`^/static/[a-z]+-[0-9a-f]{10}\.[a-z]+$`).MatchString(url) {
			t.Errorf("URL(%q) = %q has no hash", name, url)
		}
		res := get(t, url, nil)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != contentType {
			t.Errorf("%s: %s, %s", url, res.Status, res.Header.Get("Content-Type"))
		}
		if got := res.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", url, got)
		}
		if got := get(t, Prefix+name, nil).Header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("%s without its hash: Cache-Control %q, want no-cache", name, got)
		}
	}
}

func TestCompressedFormIsTheSameFile(t *testing.T) {
	plain, err := io.ReadAll(get(t, URL("app.css"), nil).Body)
	if err != nil {
		t.Fatal(err)
	}
	res := get(t, URL("app.css"), map[string]string{"Accept-Encoding": "br, gzip"})
	if res.Header.Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed")
	}
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil || string(got) != string(plain) {
		t.Errorf("the compressed form differs (%v)", err)
	}
	if get(t, URL("app.css"), map[string]string{"Accept-Encoding": "gzip;q=0"}).Header.Get("Content-Encoding") != "" {
		t.Error("compressed for a reader that refuses it")
	}
}

func TestUnchangedFileIsNotSentAgain(t *testing.T) {
	etag := get(t, "/static/app.js", nil).Header.Get("ETag")
	if res := get(t, "/static/app.js", map[string]string{"If-None-Match": etag}); res.StatusCode != http.StatusNotModified {
		t.Errorf("%s, want 304", res.Status)
	}
}

func TestUnknownFileAndMethod(t *testing.T) {
	for _, path := range []string{"/static/nothing.css", "/static/", "/static/../static.go", "/static/app-0000000000.css"} {
		if res := get(t, path, nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s, want 404", path, res.Status)
		}
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/static/app.css", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d, want 405", w.Code)
	}
}

func TestWeightOfWhatEveryPageLoads(t *testing.T) {
	for name, most := range map[string]int{"app.css": 10 << 10, "app.js": 2 << 10, "htmx.js": 14 << 10, "questionnaire.js": 3 << 10} {
		if got := len(load().byName[name].zipped); got > most {
			t.Errorf("%s takes %d bytes compressed, at most %d", name, got, most)
		}
	}
}

// schemes reads the colour tokens of the light and of the dark scheme; the
// second starts from the first, as the cascade does.
func schemes(t *testing.T) map[string]map[string]string {
	t.Helper()
	css := string(load().byName["app.css"].plain)
	token := regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6})`)
	light, dark := map[string]string{}, map[string]string{}
	light0, rest, ok := strings.Cut(css, "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("no dark scheme")
	}
	dark0, _, _ := strings.Cut(rest, "*, ::before")
	for _, m := range token.FindAllStringSubmatch(light0, -1) {
		light[m[1]], dark[m[1]] = m[2], m[2]
	}
	for _, m := range token.FindAllStringSubmatch(dark0, -1) {
		dark[m[1]] = m[2]
	}
	return map[string]map[string]string{"light": light, "dark": dark}
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	l := 0.0
	for i, k := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatalf("colour %q: %v", hex, err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += k * c
	}
	return l
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func TestContrasts(t *testing.T) {
	pairs := []struct {
		ink, paper string
		least      float64
	}{
		{"text", "bg", 7}, {"text", "bg-soft", 7}, {"text", "bg-raised", 7}, {"text", "accent-soft", 7}, {"text", "track", 7},
		{"muted", "bg", 7}, {"muted", "bg-soft", 7}, {"muted", "bg-raised", 7},
		{"accent", "bg", 7}, {"accent", "bg-soft", 7}, {"accent", "accent-soft", 7}, {"accent-ink", "accent", 7}, {"accent-hover", "bg", 7},
		{"info", "info-bg", 7}, {"success", "success-bg", 7}, {"warning", "warning-bg", 7}, {"error", "error-bg", 7}, {"error", "bg", 7},
		{"text", "info-bg", 7}, {"text", "success-bg", 7}, {"text", "warning-bg", 7}, {"text", "error-bg", 7},
		{"control", "bg", 3}, {"focus", "bg", 3}, {"focus", "bg-soft", 3}, {"bar", "track", 3}, {"negative", "track", 3},
		{"ink-light", "s1", 7}, {"ink-dark", "s2", 7}, {"ink-dark", "s3", 7}, {"ink-dark", "s4", 7}, {"ink-light", "s5", 7},
		{"ink-dark", "s6", 7}, {"ink-dark", "s7", 7}, {"ink-light", "s8", 7}, {"ink-dark", "s9", 7}, {"ink-light", "s10", 7},
	}
	for scheme, color := range schemes(t) {
		for _, p := range pairs {
			if color[p.ink] == "" || color[p.paper] == "" {
				t.Errorf("%s: no token %s or %s", scheme, p.ink, p.paper)
				continue
			}
			if c := contrast(t, color[p.ink], color[p.paper]); c < p.least {
				t.Errorf("%s: %s on %s has a contrast of %.1f, want %.0f", scheme, p.ink, p.paper, c, p.least)
			}
		}
	}
}

func TestSectorsAreDistinctInGreys(t *testing.T) {
	light := schemes(t)["light"]
	for i := 1; i <= 8; i++ {
		for j := 1; j < i; j++ {
			a, b := light["s"+strconv.Itoa(i)], light["s"+strconv.Itoa(j)]
			if c := contrast(t, a, b); c < 1.08 {
				t.Errorf("sectors %d and %d differ by %.2f only once printed in greys", i, j, c)
			}
		}
	}
}

func TestNothingIsFetchedFromElsewhere(t *testing.T) {
	for _, name := range []string{"app.css", "app.js", "questionnaire.js", "favicon.svg"} {
		body := strings.ReplaceAll(string(load().byName[name].plain), "http://www.w3.org/2000/svg", "")
		body = strings.ReplaceAll(body, "url(#", "") // a part of the page itself
		if strings.Contains(body, "http:") || strings.Contains(body, "https:") || strings.Contains(body, "url(") || strings.Contains(body, "@import") {
			t.Errorf("%s asks for another address", name)
		}
	}
}
