package chart

import (
	"math"
	"strconv"
	"testing"
)

// Names of lines that end at the same place are apart, a gap breaks a line, and every
// shape stays in the drawing.
func TestWaysAreNamedApart(t *testing.T) {
	line := func(name string, values ...float64) (w Way) {
		w = Way{Name: name, Text: "x", Tone: Accent, Marked: true}
		for i, v := range values {
			w.Points = append(w.Points, CurvePoint{Dated: Dated{2019 + i, v}, Text: "x"})
		}
		return w
	}
	d := WaysDrawing([]Way{line("a", 0, 1, 2), line("b", 0, math.NaN(), 2), line("c", 0, 1, 2)}, "hors du dessin", func(v float64, n int) string { return strconv.FormatFloat(v, 'f', n, 64) })
	at, marks := map[string]int{}, 0
	for _, s := range d.Shapes {
		if l := s.Label; l != nil {
			if l.At.X < 0 || l.At.X > d.W || l.At.Y < 0 || l.At.Y > d.H {
				t.Errorf("%q is out of the drawing: %v", l.Text, l.At)
			}
			if len(l.Text) > 2 && l.Text[1] != '.' {
				at[l.Text[:1]] = l.At.Y
			}
		}
		if s.Box != nil {
			marks++
		}
	}
	if marks != 8 {
		t.Errorf("%d marks for eight values", marks)
	}
	for _, pair := range [][2]string{{"a", "b"}, {"b", "c"}, {"a", "c"}} {
		if gap := at[pair[0]] - at[pair[1]]; gap > -wayGap && gap < wayGap {
			t.Errorf("%v stand on one another: %v", pair, at)
		}
	}
	if empty := WaysDrawing(nil, "", nil); len(empty.Shapes) != 0 {
		t.Error("a drawing of nothing")
	}
}
