// Package series measures the pages of trends on a base full of observations, and
// the import of the hub's files.
package series

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"jalon/internal/app"
	"jalon/internal/config"
	"jalon/internal/series"
)

// rows is how many observations the base holds: a million, or what SERIES_ROWS
// says (ten million are a few minutes of filling).
func rows(b *testing.B) int {
	b.Helper()
	text := os.Getenv("SERIES_ROWS")
	if text == "" {
		return 1_000_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// fill writes editions of communes and of regions: the regions' own rows are among
// the others, as after years of imports.
func fill(b *testing.B, a *app.App, n int) {
	b.Helper()
	ctx := context.Background()
	book, err := a.Book()
	if err != nil {
		b.Fatal(err)
	}
	const chunk = 10_000
	codes := book.Catalogue.All()
	batch := make([]series.Observation, 0, chunk)
	put := func(o series.Observation) {
		if batch = append(batch, o); len(batch) == chunk {
			if err := series.Write(ctx, a.DB, batch); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	one := 1.0
	for i := range codes {
		for year := 2000; year < 2025; year++ {
			for edition := range 4 {
				put(series.Observation{Series: "serie/" + codes[i].Code, Territory: "region:44", Year: year, Edition: fmt.Sprintf("e%d", edition), Value: &one, Unit: codes[i].Published, Class: "provider", Source: "essai", Label: "essai"})
			}
		}
	}
	for i := range n {
		put(series.Observation{Series: "serie/" + codes[i%10].Code, Territory: fmt.Sprintf("commune:%06d", i/200), Year: 2000 + i/10%20, Edition: "plein", Value: &one, Unit: "x", Class: "provider", Source: "essai"})
	}
	if err := series.Write(ctx, a.DB, batch); err != nil {
		b.Fatal(err)
	}
	for _, edition := range []string{"e0", "e1", "e2", "e3", "plein"} {
		if err := series.Publish(ctx, a.DB, edition, time.UnixMilli(1)); err != nil {
			b.Fatal(err)
		}
	}
}

func open(b *testing.B) *app.App {
	b.Helper()
	a, err := app.New(context.Background(), config.Config{Addr: "127.0.0.1:0", DB: filepath.Join(b.TempDir(), "jalon.db"), DataDir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	return a
}

// BenchmarkTrends asks each page of an empty base, then of a full one.
func BenchmarkTrends(b *testing.B) {
	a := open(b)
	for _, state := range []string{"empty", "full"} {
		if state == "full" {
			fill(b, a, rows(b))
		}
		for _, path := range []string{"/regions/grand-est/tendances", "/regions/grand-est/tendances/part-bio", "/regions/grand-est/biodiversite-ressources", "/departements/67/tendances", "/api/v1/trends/region:44"} {
			b.Run(state+path, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					w := httptest.NewRecorder()
					a.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
					if w.Code != http.StatusOK {
						b.Fatalf("%s: %d", path, w.Code)
					}
				}
			})
		}
	}
}

// BenchmarkImportHub brings in every answer of the hub that stands beside the
// checkout, applied, again and again.
func BenchmarkImportHub(b *testing.B) {
	folder := filepath.Join("..", "..", "..", "shared", "data", "indicateurs", "irpe")
	if _, err := os.Stat(folder); err != nil {
		b.Skip("the answers of the hub are not beside this checkout")
	}
	a := open(b)
	for b.Loop() {
		o, err := a.Import(context.Background(), app.ImportRequest{Kind: "series-hub", Path: folder, Apply: true, Again: true, By: "bench"})
		if err != nil || !o.Applied {
			b.Fatal(err)
		}
	}
}
