package chart_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"jalon/internal/chart"
)

func TestACurveBreaksWhereAValueIsMissing(t *testing.T) {
	p := chart.NewPlot(chart.Rect{X: 10, Y: 10, W: 100, H: 50}, 2019, 2029, 0, 10)
	line := []chart.Dated{{2019, 1}, {2020, 2}, {2021, math.NaN()}, {2022, 3}, {2024, 4}, {2025, 5}}
	if runs := p.Runs(line, 1); len(runs) != 3 || len(runs[0]) != 2 || len(runs[1]) != 1 || len(runs[2]) != 2 {
		t.Errorf("every year: %v", runs)
	}
	if runs := p.Runs(line, 2); len(runs) != 2 || len(runs[1]) != 3 {
		t.Errorf("every two years: %v", runs)
	}
	if p.X(2019) != 10 || p.X(2029) != 110 || p.Y(0) != 60 || p.Y(10) != 10 {
		t.Errorf("corners: %d %d %d %d", p.X(2019), p.X(2029), p.Y(0), p.Y(10))
	}
}

// Whatever the values, everything stands in the box, the axis has a few round
// ticks in order, and they are told apart by their decimals.
func TestPlotProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		box := chart.Rect{X: 50, Y: 20, W: 800, H: 300}
		values := rapid.SliceOfN(rapid.Float64Range(-1e9, 1e9), 0, 12).Draw(t, "values")
		from := rapid.IntRange(1900, 2030).Draw(t, "from")
		to := from + rapid.IntRange(0, 130).Draw(t, "years")
		p := chart.NewPlot(box, from, to, append(values, math.NaN(), math.Inf(1))...)
		for _, v := range values {
			if y := p.Y(v); y < box.Y || y > box.Y+box.H {
				t.Fatalf("%v stands at %d", v, y)
			}
		}
		ticks := p.Ticks()
		if len(ticks) < 2 || len(ticks) > 8 {
			t.Fatalf("%d ticks: %v", len(ticks), ticks)
		}
		for i := 1; i < len(ticks); i++ {
			if ticks[i] <= ticks[i-1] || p.Y(ticks[i]) > p.Y(ticks[i-1]) {
				t.Fatalf("ticks: %v", ticks)
			}
		}
		years := p.Years(8)
		if len(years) == 0 || len(years) > 8 || years[len(years)-1] != p.To {
			t.Fatalf("years: %v", years)
		}
	})
}
