// Package pages measures what a page costs the server: drawing and compressing
// it, without the network.
package pages

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"jalon/internal/app"
	"jalon/internal/config"
)

// discard is an answer that only counts.
type discard struct {
	header http.Header
	status int
	bytes  int
}

func (d *discard) Header() http.Header { return d.header }
func (d *discard) WriteHeader(s int)   { d.status = s }
func (d *discard) Write(b []byte) (int, error) {
	d.bytes += len(b)
	return len(b), nil
}

func BenchmarkPages(b *testing.B) {
	a, err := app.New(context.Background(), config.Config{Addr: "127.0.0.1:0", DB: filepath.Join(b.TempDir(), "jalon.db"), DataDir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	for _, path := range []string{
		"/", "/regions/grand-est/panorama", "/regions/grand-est/panorama?vue=themes", "/departements/67/panorama",
		"/epci/246700488/panorama", "/communes/67482/panorama", "/france/panorama", "/leviers/voitures-electriques",
		"/chiffres/panorama/2024-07/voitures-electriques/region:44", "/recherche?q=saint",
	} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
				r.Header.Set("Accept-Encoding", "gzip")
				w := &discard{header: http.Header{}}
				a.Handler().ServeHTTP(w, r)
				if w.status != http.StatusOK {
					b.Fatalf("status %d", w.status)
				}
			}
		})
	}
}
