package chart

import (
	"math"
	"reflect"
	"testing"
)

// Fifty marks at one place are parted, stay inside the frame, and stand at the
// same places each time.
func TestQuadrantPartsItsMarks(t *testing.T) {
	q := Quadrant{W: 900, H: 600, CutX: 0.5, CutY: 0.5}
	for i := range 50 {
		q.Marks = append(q.Marks, Mark2D{X: 0.62, Y: 0.71, Number: i + 1, Shape: MarkShape(i % 3), Tone: Accent, Title: "levier"})
	}
	p := q.Places()
	if !reflect.DeepEqual(p, q.Places()) {
		t.Error("two drawings of the same values differ")
	}
	near := 0
	for i := range p {
		if p[i].X < 64 || p[i].X > 900-24 || p[i].Y < 40 || p[i].Y > 600-64 {
			t.Errorf("mark %d is outside: %+v", i, p[i])
		}
		for j := i + 1; j < len(p); j++ {
			if math.Hypot(float64(p[i].X-p[j].X), float64(p[i].Y-p[j].Y)) < 26 {
				near++
			}
		}
	}
	if near > 0 {
		t.Errorf("%d pairs of marks overlap", near)
	}
	alone := Quadrant{W: 900, H: 600, Marks: []Mark2D{{X: 0.5, Y: 0.5}, {X: math.NaN(), Y: 2}}}.Places()
	if alone[0] != (Point{64 + 406, 40 + 248}) {
		t.Errorf("a mark alone moved: %+v", alone[0])
	}
}
