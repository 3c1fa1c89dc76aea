package chart_test

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"jalon/internal/chart"
)

func plain(v float64, decimals int) string { return strconv.FormatFloat(v, 'f', decimals, 64) }

func point(year int, v float64) chart.CurvePoint {
	return chart.CurvePoint{Dated: chart.Dated{Year: year, Value: v}, Text: plain(v, 1), Href: "/chiffres/" + strconv.Itoa(year)}
}

func count(d chart.Drawing, keep func(chart.Shape) bool) (n int) {
	for _, s := range d.Shapes {
		if keep(s) {
			n++
		}
	}
	return n
}

func dashed(s chart.Shape) bool { return s.Line != nil && s.Line.Dashed }

func TestACurveIsDrawnWithTheWayToItsTarget(t *testing.T) {
	points := []chart.CurvePoint{point(2019, 10), point(2020, 12), point(2021, math.NaN()), point(2022, 15), {Dated: chart.Dated{Year: 2023, Value: 16}, Open: true}}
	target := &chart.CurveTarget{Dated: chart.Dated{Year: 2030, Value: 40}, Text: "cible"}
	d := chart.CurveDrawing(points, 1, target, plain)
	marks := count(d, func(s chart.Shape) bool { return s.Box != nil })
	open := count(d, func(s chart.Shape) bool { return s.Box != nil && s.Fill == chart.Paper })
	joined := count(d, func(s chart.Shape) bool { return s.Line != nil && s.Edge == chart.Accent })
	if marks != 4 || open != 1 || joined != 2 || count(d, dashed) != 1 {
		t.Errorf("%d marks, %d hollow, %d pieces of line, %d ways", marks, open, joined, count(d, dashed))
	}
	// The way leaves from the last value that is sure.
	last := d.Shapes[slices.IndexFunc(d.Shapes, func(s chart.Shape) bool { return s.Box != nil && s.Title == "2022\u00a0: 15.0" })].Box
	way := d.Shapes[slices.IndexFunc(d.Shapes, dashed)].Line
	if way.From != (chart.Point{X: last.X + last.W/2, Y: last.Y + last.H/2}) {
		t.Errorf("from %v, the last value is at %v", way.From, last)
	}
	target.Apart = true
	if d := chart.CurveDrawing(points, 1, target, plain); count(d, dashed) != 0 || count(d, func(s chart.Shape) bool { return s.Path != nil }) != 1 {
		t.Error("the target of another is shown, and no way leads to it")
	}
	if d := chart.CurveDrawing(nil, 1, nil, plain); len(d.Shapes) != 0 {
		t.Error("nothing to draw")
	}
}

// Whatever the values, nothing leaves the drawing.
func TestACurveStaysInItsDrawing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var points []chart.CurvePoint
		for i := range rapid.IntRange(1, 30).Draw(t, "years") {
			points = append(points, point(2000+i, rapid.Float64Range(-1e6, 1e9).Draw(t, "value")))
		}
		d := chart.CurveDrawing(points, 1, &chart.CurveTarget{Dated: chart.Dated{Year: 2030, Value: rapid.Float64Range(-1e6, 1e9).Draw(t, "target")}, Text: "cible"}, plain)
		inside := func(p chart.Point) bool { return p.X >= 0 && p.X <= d.W && p.Y >= 0 && p.Y <= d.H }
		for _, s := range d.Shapes {
			switch {
			case s.Line != nil && !(inside(s.Line.From) && inside(s.Line.To)), s.Label != nil && !inside(s.Label.At),
				s.Box != nil && !(inside(chart.Point{X: s.Box.X, Y: s.Box.Y}) && inside(chart.Point{X: s.Box.X + s.Box.W, Y: s.Box.Y + s.Box.H})):
				t.Fatalf("%+v leaves %d by %d", s, d.W, d.H)
			}
		}
	})
}
