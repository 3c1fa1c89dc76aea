package chart

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

// within reports whether a shape stands in its drawing, labels by their base.
func within(d Drawing, s Shape) bool {
	in := func(p Point) bool { return p.X >= 0 && p.Y >= 0 && p.X <= d.W && p.Y <= d.H }
	switch {
	case s.Box != nil:
		return in(Point{s.Box.X, s.Box.Y}) && in(Point{s.Box.X + s.Box.W, s.Box.Y + s.Box.H})
	case s.Line != nil:
		return in(s.Line.From) && in(s.Line.To)
	case s.Label != nil:
		w := int(textWidth(s.Label.Text, s.Label.Size))
		switch s.Label.Anchor {
		case "end":
			return in(s.Label.At) && s.Label.At.X-w >= -2
		case "middle":
			return in(s.Label.At) && s.Label.At.X-w/2 >= -2 && s.Label.At.X+w/2 <= d.W+2
		}
		return in(s.Label.At) && s.Label.At.X+w <= d.W+2
	}
	return false
}

func TestBars(t *testing.T) {
	bars := []Bar{{Label: "Bretagne", Text: "66 %", Value: 66, Href: "/regions/bretagne"}, {Label: "Grand Est", Text: "33 %", Value: 33}, {Label: "Guyane", Text: "non déclaré", Value: math.NaN()}, {Label: "Corse", Text: "−10 %", Value: -10, Tone: Second}}
	d := Bars(bars, Target{Value: 50, Label: "moyenne : 50 %"})
	var boxes []Shape
	for _, s := range d.Shapes {
		if !within(d, s) {
			t.Errorf("outside of the drawing: %+v %+v %+v", s.Box, s.Line, s.Label)
		}
		if s.Box != nil {
			boxes = append(boxes, s)
		}
	}
	if len(boxes) != 3 { // what is missing has no bar: it is not a bar of length zero
		t.Fatalf("%d bars of 3 known values", len(boxes))
	}
	if a, b := boxes[0].Box.W, boxes[1].Box.W; a < 2*b-2 || a > 2*b+2 {
		t.Errorf("66 is drawn %d long, 33 is drawn %d", a, b)
	}
	if boxes[2].Box.X+boxes[2].Box.W != boxes[0].Box.X {
		t.Errorf("a negative bar ends at %d, positive ones begin at %d", boxes[2].Box.X+boxes[2].Box.W, boxes[0].Box.X)
	}
	if boxes[0].Title != "Bretagne\u00a0: 66 %" || boxes[0].Href == "" || boxes[2].Fill != Second || boxes[0].Fill != Accent {
		t.Errorf("the first bar: %+v", boxes[0])
	}
	if !reflect.DeepEqual(d, Bars(bars, Target{Value: 50, Label: "moyenne : 50 %"})) {
		t.Error("two drawings of the same bars differ")
	}
}

func TestDrawingsOfAnything(t *testing.T) {
	long := strings.Repeat("hyperplanification ", 50)
	for _, values := range [][]float64{nil, {0}, {math.NaN()}, {math.Inf(1), math.Inf(-1)}, {-1e308, 1e308}, {1e-300}, {5, 5, 5}} {
		var bars []Bar
		var cells []TreeCell
		for _, v := range values {
			bars = append(bars, Bar{Label: long, Text: long, Value: v}, Bar{Label: strings.ReplaceAll(long, " ", ""), Value: v})
			cells = append(cells, TreeCell{Name: long, Short: "court", Text: "1", Value: v})
		}
		for _, d := range []Drawing{Bars(bars, Target{}), Bars(bars, Target{Value: -3, Label: long}), TreemapDrawing([]TreeGroup{{Name: long, Text: long, Cells: cells}, {}}, 300, 200), TreemapDrawing(nil, -1, 0)} {
			for _, s := range d.Shapes {
				if !within(d, s) {
					t.Errorf("%v: outside of the drawing: %+v %+v %+v", values, s.Box, s.Line, s.Label)
				}
			}
		}
	}
}

func TestTreemapDrawing(t *testing.T) {
	d := TreemapDrawing([]TreeGroup{{Name: "Industrie", Text: "9 Mt", Tone: "sector-industrie", Over: Paper, Cells: []TreeCell{{Name: "Sobriété", Text: "6 Mt", Value: 6}, {Name: "Hydrogène", Text: "3 Mt", Value: 3}, {Name: "Rien", Value: 0}}}}, 600, 300)
	area := map[string]int{}
	for _, s := range d.Shapes {
		if s.Box != nil {
			area[s.Title] = s.Box.Area()
		}
		if s.Label != nil && s.Label.Text == "Sobriété" && s.Edge != Paper {
			t.Errorf("the name is written in %s over a dark surface", s.Edge)
		}
	}
	a, b := area["Sobriété\u00a0: 6 Mt"], area["Hydrogène\u00a0: 3 Mt"]
	if len(area) != 2 || a < 19*b/10 || a > 21*b/10 {
		t.Errorf("surfaces %v are not in proportion, or what is nothing has one", area)
	}
}
