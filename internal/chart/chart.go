// Package chart holds the geometry of the charts: numbers in, boxes and spans
// out. It draws nothing and knows no colour; what it returns is deterministic,
// in whole units of the drawing, so that pages stay small and comparable.
//
// A value that is missing (NaN), zero or negative has no area: it gets an
// empty box, keeps its place in the order, and is said in words by the page.
package chart

import "math"

// Rect is a box in whole units of the drawing, from its top left corner.
type Rect struct{ X, Y, W, H int }

// Empty reports whether the box has no area, so that nothing is drawn for it.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Area is the surface of the box, in square units.
func (r Rect) Area() int {
	if r.Empty() {
		return 0
	}
	return r.W * r.H
}

// Inset is the box less d units on each side, or an empty box when nothing is
// left; it leaves the gap that separates neighbours without a stroke.
func (r Rect) Inset(d int) Rect {
	in := Rect{r.X + d, r.Y + d, r.W - 2*d, r.H - 2*d}
	if in.Empty() {
		return Rect{X: r.X, Y: r.Y}
	}
	return in
}

// Transpose swaps the two axes of the box, for a chart that lies down on a
// narrow screen.
func (r Rect) Transpose() Rect { return Rect{r.Y, r.X, r.H, r.W} }

// weight is the part of v that can be drawn as an area.
func weight(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) || v <= 0 {
		return 0
	}
	return v
}

// sum adds the drawable parts of values.
func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += weight(v)
	}
	return total
}

// cut divides length units between weights by rounding the cumulated position,
// so that the pieces always fill the length exactly.
func cut(weights []float64, length int) []int {
	out := make([]int, len(weights))
	total := sum(weights)
	if total == 0 {
		return out
	}
	done, at := 0.0, 0
	for i, w := range weights {
		done += weight(w)
		to := min(int(math.Round(done/total*float64(length))), length)
		out[i] = to - at
		at = to
	}
	return out
}
