package coverage_test

import (
	"fmt"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

// many writes the impacts of n retained actions over the regions, as the register keeps
// them.
func many(t testing.TB, k *kit, n int) {
	t.Helper()
	levers := k.model.Framework().Levers("2023-24")
	regions := k.model.Tree().MetropolitanRegions()
	statuses := []string{"", "coming", "going", "late", "paused", "blocked", "abandoned", "done"}
	columns := strings.Fields(`action_id lever cop_id state status first_year class quantity unit gross outside kg kg_low kg_high counted`)
	var rows [][]any
	for i := range n {
		kg := any(int64(1_000_000 + i))
		class := "quantified"
		if i%5 == 0 {
			kg, class = nil, []string{"qualitative", "unassessed"}[i%2]
		}
		rows = append(rows, []any{fmt.Sprintf("a%07d", i), levers[i%len(levers)].Code, cop.RegionID(cop.First, regions[i%len(regions)].Code), "retained", statuses[i/7%len(statuses)], int64(2018 + i/3%12), class, nil, "", i%4 == 0, i%9 == 0, kg, kg, kg, int64(10_000)})
		if len(rows) == 500 || i == n-1 {
			if _, err := db.Insert(t.Context(), k.db, "action_impact", columns, rows, ""); err != nil {
				t.Fatal(err)
			}
			rows = rows[:0]
		}
	}
}

// BenchmarkNation reads the coverage of every region over 50 000 retained actions, after
// a change (nothing kept) and when nothing changed.
func BenchmarkNation(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		k := newKit(b, testkit.Open(b, engine))
		many(b, k, 50_000)
		b.Run(string(engine)+"/first", func(b *testing.B) {
			for b.Loop() {
				fresh := coverage.Room{DB: k.db, Now: k.coverage.Now, Model: k.coverage.Model, Book: k.coverage.Book}
				if _, err := fresh.OfNation(b.Context(), k.db); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(string(engine)+"/changed", func(b *testing.B) {
			if _, err := k.coverage.OfNation(b.Context(), k.db); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := db.Bump(b.Context(), k.db, action.VersionOf("2023-24-r44"), k.coverage.Now()); err != nil {
					b.Fatal(err)
				}
				if _, err := k.coverage.OfNation(b.Context(), k.db); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(string(engine)+"/kept", func(b *testing.B) {
			if _, err := k.coverage.OfNation(b.Context(), k.db); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := k.coverage.OfNation(b.Context(), k.db); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
