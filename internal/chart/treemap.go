package chart

import (
	"math"
	"sort"
)

// Treemap divides area between values so that each surface is in proportion
// and boxes stay as square as they can (squarified treemap: Bruls, Huizing and
// van Wijk, 2000). Boxes come back in the order of values; the largest value
// lies at the top left. The boxes fill the area exactly when one value at
// least is positive.
func Treemap(values []float64, area Rect) []Rect {
	out := make([]Rect, len(values))
	for i := range out {
		out[i] = Rect{X: area.X, Y: area.Y}
	}
	order := make([]int, 0, len(values))
	for i, v := range values {
		if weight(v) > 0 {
			order = append(order, i)
		}
	}
	sort.SliceStable(order, func(a, b int) bool { return values[order[a]] > values[order[b]] })
	total := sum(values)
	rest := area
	for len(order) > 0 && !rest.Empty() {
		n, row := bestRow(values, order, total, rest)
		rest = layRow(values, order[:n], row, total, rest, n == len(order), out)
		order, total = order[n:], total-row
	}
	return out
}

// bestRow takes values along the short side of rest while the worst aspect
// ratio improves; it returns how many and what they weigh together.
func bestRow(values []float64, order []int, total float64, rest Rect) (int, float64) {
	short := float64(min(rest.W, rest.H))
	scale := float64(rest.Area()) / total
	row, worst, n := 0.0, math.Inf(1), 0
	largest := values[order[0]] * scale
	for _, i := range order {
		next := row + values[i]
		side := next * scale / short
		w := math.Max(largest/(side*side), side*side/(values[i]*scale))
		if n > 0 && w > worst {
			break
		}
		row, worst = next, w
		n++
	}
	return n, row
}

// layRow places one row of boxes on the short side of rest, writes them in out
// and returns what remains; the last row takes everything, so nothing is lost
// to rounding.
func layRow(values []float64, row []int, rowWeight, total float64, rest Rect, last bool, out []Rect) Rect {
	weights := make([]float64, len(row))
	for k, i := range row {
		weights[k] = values[i]
	}
	flat := rest.W < rest.H
	long, short := rest.W, rest.H
	if flat {
		long, short = rest.H, rest.W
	}
	thick := long
	if !last {
		thick = min(max(int(math.Round(rowWeight/total*float64(long))), 0), long)
	}
	at := 0
	for k, size := range cut(weights, short) {
		if flat {
			out[row[k]] = Rect{rest.X + at, rest.Y, size, thick}
		} else {
			out[row[k]] = Rect{rest.X, rest.Y + at, thick, size}
		}
		at += size
	}
	if flat {
		return Rect{rest.X, rest.Y + thick, rest.W, rest.H - thick}
	}
	return Rect{rest.X + thick, rest.Y, rest.W - thick, rest.H}
}

// Group is one family of a nested chart: its whole box, the strip that bears
// its name (empty when there is no room for it) and one box for each value.
type Group struct {
	Box, Head Rect
	Cells     []Rect
}

// Nested is a treemap of treemaps: families first, by the sum of their values,
// then the values of each one in what its name strip of head units leaves.
func Nested(groups [][]float64, area Rect, head int) []Group {
	totals := make([]float64, len(groups))
	for i, g := range groups {
		totals[i] = sum(g)
	}
	out := make([]Group, len(groups))
	for i, box := range Treemap(totals, area) {
		body, strip := box, Rect{X: box.X, Y: box.Y}
		if box.H >= 2*head && box.W >= 2*head {
			strip.W, strip.H = box.W, head
			body.Y, body.H = box.Y+head, box.H-head
		}
		out[i] = Group{Box: box, Head: strip, Cells: Treemap(groups[i], body)}
	}
	return out
}

// Marimekko gives each column a width in proportion to its total, under a head
// strip, and cuts it between its values from top to bottom in the order given:
// every surface can be compared with every other.
func Marimekko(columns [][]float64, area Rect, head int) []Group {
	totals := make([]float64, len(columns))
	for i, c := range columns {
		totals[i] = sum(c)
	}
	out := make([]Group, len(columns))
	x := area.X
	for i, w := range cut(totals, area.W) {
		out[i] = Group{
			Box:  Rect{x, area.Y, w, area.H},
			Head: Rect{x, area.Y, w, head},
		}
		y := area.Y + head
		for _, h := range cut(columns[i], area.H-head) {
			out[i].Cells = append(out[i].Cells, Rect{x, y, w, h})
			y += h
		}
		x += w
	}
	return out
}
