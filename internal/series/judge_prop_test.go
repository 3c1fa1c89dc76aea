package series_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"jalon/internal/series"
	"jalon/internal/territory"
)

// Whatever the rows, each gets one verdict in its place; what is refused is not
// kept, and no year of a series is kept twice.
func TestJudgeProperties(t *testing.T) {
	b, places := book(t), tree(t)
	codes := []string{"conso-enaf", "part-bio", "points-recharge", "dma-par-habitant", "fret-origine", "inconnue"}
	refs := []territory.Ref{{Scale: territory.RegionS, Code: "44"}, {Scale: territory.Department, Code: "44"}, {Scale: territory.RegionS, Code: "99"}, territory.France}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "rows")
		rows := make([]series.Received, n)
		for i := range rows {
			r := series.Received{Line: i + 1, Indicator: rapid.SampledFrom(codes).Draw(t, "code"), Ref: rapid.SampledFrom(refs).Draw(t, "ref"), Reason: "absente", Source: "x"}
			year := rapid.IntRange(2010, 2014).Draw(t, "year")
			switch rapid.IntRange(0, 3).Draw(t, "when") {
			case 0:
				r.Year = year
			case 1:
				r.Day = fmt.Sprintf("%d-01-01", year)
			case 2:
				r.Day = fmt.Sprintf("%d-12-31", year)
			case 3:
				r.Day = fmt.Sprintf("%d-%02d-15", year, rapid.IntRange(1, 12).Draw(t, "month"))
			}
			if rapid.Bool().Draw(t, "known") {
				v := rapid.SampledFrom([]float64{-1, 0, 0.001, 1, 5, 99, 101, 1e6}).Draw(t, "value")
				r.Value, r.Written = &v, fmt.Sprint(v)
			}
			rows[i] = r
		}
		out := b.Incoming(places).Judge(rows)
		if len(out) != n {
			t.Fatalf("%d verdicts for %d rows", len(out), n)
		}
		seen := map[string]bool{}
		for i, j := range out {
			if j.Line != i+1 {
				t.Fatalf("verdict %d is of line %d", i, j.Line)
			}
			if j.Err != nil && j.Keep != nil {
				t.Fatalf("line %d is refused and kept", j.Line)
			}
			if j.Keep == nil {
				continue
			}
			key := fmt.Sprint(j.Keep.Series, j.Keep.Territory, j.Keep.Year)
			if seen[key] {
				t.Fatalf("%s is kept twice", key)
			}
			seen[key] = true
		}
	})
}
