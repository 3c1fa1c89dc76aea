package chart

import (
	"testing"
)

// Bars and ribbons are to one scale, what is nil has neither, and all stands in the
// drawing.
func TestAFlowIsToOneScale(t *testing.T) {
	nodes := []FlowNode{{Name: "tout", Text: "100", Value: 100}, {Column: 1, Name: "un levier", Text: "75", Value: 75}, {Column: 1, Name: "rien", Text: "0"}, {Column: 1, Name: "un nom beaucoup trop long pour tenir dans la place d’une colonne", Text: "25", Value: 25}}
	d := FlowDrawing(nodes, []FlowLink{{0, 1, 75}, {0, 2, 0}, {0, 3, 25}})
	var bars, ribbons []int
	labels := map[string]bool{}
	inside := func(p Point) {
		if p.X < 0 || p.X > d.W || p.Y < 0 || p.Y > d.H {
			t.Errorf("%v is out of %d × %d", p, d.W, d.H)
		}
	}
	for _, s := range d.Shapes {
		switch {
		case s.Box != nil:
			bars = append(bars, s.Box.H)
			inside(Point{s.Box.X, s.Box.Y})
			inside(Point{s.Box.X + s.Box.W, s.Box.Y + s.Box.H})
		case s.Path != nil:
			ring := s.Path.Rings[0]
			ribbons = append(ribbons, ring[len(ring)-1].Y-ring[0].Y)
			for _, p := range ring {
				inside(p)
			}
		case s.Label != nil:
			labels[s.Label.Text] = true
			inside(s.Label.At)
		}
	}
	if len(bars) != 3 || bars[0] != flowHigh || bars[1] != flowHigh*3/4 || bars[2] != flowHigh/4 {
		t.Errorf("bars of 100, 75 and 25: %v", bars)
	}
	if len(ribbons) != 2 || ribbons[0] != bars[1] || ribbons[1] != bars[2] {
		t.Errorf("ribbons %v beside bars %v", ribbons, bars)
	}
	for _, n := range nodes {
		if !labels[n.Text] {
			t.Errorf("%q has no amount", n.Name)
		}
	}
	if empty := FlowDrawing(nil, nil); empty.W != 0 {
		t.Error("a drawing of nothing")
	}
}
