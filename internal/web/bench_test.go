package web_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/klauspost/compress/gzip"

	"jalon/internal/db"
	"jalon/internal/testkit"
)

// sink is a writer that keeps nothing, so that a benchmark measures the page.
type sink struct {
	header http.Header
	bytes  int
	status int
}

func (s *sink) Header() http.Header  { return s.header }
func (s *sink) WriteHeader(code int) { s.status = code }
func (s *sink) Write(p []byte) (int, error) {
	s.bytes += len(p)
	return len(p), nil
}

// BenchmarkPage is what a reader costs, from the request to the compressed
// bytes, without any cache of pages.
func BenchmarkPage(b *testing.B) {
	s := benchSite(b)
	for _, path := range []string{"/", "/regions/grand-est/panorama", "/departements/67/panorama", "/communes/67482/panorama", "/france/panorama", "/leviers/voitures-electriques", "/api/v1/panorama/region:44"} {
		b.Run(path, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, "http://jalon.example"+path, nil)
			r.Header.Set("Accept-Encoding", "gzip")
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				w := &sink{header: http.Header{}}
				s.ServeHTTP(w, r)
				if w.status != http.StatusOK {
					b.Fatal(w.status)
				}
				n = w.bytes
			}
			b.ReportMetric(float64(n), "bytes/page")
		})
	}
}

// BenchmarkGzip is how the level of compression was chosen.
func BenchmarkGzip(b *testing.B) {
	s := benchSite(b)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://jalon.example/regions/grand-est/panorama", nil))
	page := w.Body.Bytes()
	for level := 1; level <= 6; level++ {
		b.Run(strconv.Itoa(level), func(b *testing.B) {
			zw, err := gzip.NewWriterLevel(io.Discard, level)
			if err != nil {
				b.Fatal(err)
			}
			var out bytes.Buffer
			b.SetBytes(int64(len(page)))
			for b.Loop() {
				out.Reset()
				zw.Reset(&out)
				if _, err := zw.Write(page); err != nil {
					b.Fatal(err)
				}
				if err := zw.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(out.Len()), "bytes/page")
		})
	}
}

func benchSite(b *testing.B) *site { return newSite(b, testkit.Open(b, db.SQLite)) }
