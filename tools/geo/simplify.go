package main

import (
	"math"
	"strconv"
	"strings"
)

// simplify thins every border once, whichever side it is read from, so that
// neighbours share it exactly; junctions of borders are kept. Rings that are
// too small to see are left out, but each territory keeps its largest.
func simplify(shapes []shape, tolerance, smallest float64) []shape {
	junction := junctions(shapes)
	out := make([]shape, len(shapes))
	for i, s := range shapes {
		out[i] = shape{code: s.code, frame: s.frame, scale: s.scale}
		largest := 0.0
		for _, r := range s.rings {
			largest = math.Max(largest, math.Abs(r.area()))
		}
		for _, r := range s.rings {
			area := math.Abs(r.area())
			if area < largest && area < smallest*s.scale*s.scale {
				continue
			}
			if thin := r.thin(junction, math.Max(tolerance, 1)); len(thin) >= 3 {
				out[i].rings = append(out[i].rings, thin)
			}
		}
	}
	return out
}

// junctions are the points where more than two borders meet.
func junctions(shapes []shape) map[point]bool {
	near := map[point]map[point]bool{}
	for _, s := range shapes {
		for _, r := range s.rings {
			for i, p := range r {
				if near[p] == nil {
					near[p] = map[point]bool{}
				}
				near[p][r[(i+1)%len(r)]] = true
				near[p][r[(i+len(r)-1)%len(r)]] = true
			}
		}
	}
	out := map[point]bool{}
	for p, n := range near {
		out[p] = len(n) > 2
	}
	return out
}

func (r ring) area() float64 {
	a := 0.0
	for i, p := range r {
		q := r[(i+1)%len(r)]
		a += p.x*q.y - q.x*p.y
	}
	return a / 2
}

func less(a, b point) bool { return a.x < b.x || a.x == b.x && a.y < b.y }

// thin cuts the ring at its junctions and simplifies each arc from its least
// end, so that both sides of a border give the same points. A ring without a
// junction is cut at its two most distant ends.
func (r ring) thin(junction map[point]bool, tolerance float64) ring {
	var cuts []int
	for i, p := range r {
		if junction[p] {
			cuts = append(cuts, i)
		}
	}
	if len(cuts) < 2 {
		first, last := 0, 0
		for i, p := range r {
			if less(p, r[first]) {
				first = i
			}
			if less(r[last], p) {
				last = i
			}
		}
		cuts = []int{min(first, last), max(first, last)}
	}
	var out ring
	for k, from := range cuts {
		to := cuts[(k+1)%len(cuts)]
		var arc ring
		for i := from; ; i = (i + 1) % len(r) {
			arc = append(arc, r[i])
			if i == to {
				break
			}
		}
		backwards := less(arc[len(arc)-1], arc[0])
		if backwards {
			arc.reverse()
		}
		kept := douglasPeucker(arc, tolerance)
		if backwards {
			kept.reverse()
		}
		out = append(out, kept[:len(kept)-1]...)
	}
	return out
}

func (r ring) reverse() {
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
}

func douglasPeucker(arc ring, tolerance float64) ring {
	a, b := arc[0], arc[len(arc)-1]
	far, at := 0.0, 0
	for i := 1; i < len(arc)-1; i++ {
		if d := distance(arc[i], a, b); d > far {
			far, at = d, i
		}
	}
	if far <= tolerance {
		return ring{a, b}
	}
	left, right := douglasPeucker(arc[:at+1], tolerance), douglasPeucker(arc[at:], tolerance)
	return append(append(ring{}, left[:len(left)-1]...), right...)
}

// distance is that of p to the segment from a to b.
func distance(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = math.Max(0, math.Min(1, ((p.x-a.x)*dx+(p.y-a.y)*dy)/l))
	}
	return math.Hypot(p.x-a.x-t*dx, p.y-a.y-t*dy)
}

// inside is the point of the shape that is the farthest from its outline, on a
// grid: where a label is best written.
func (s shape) inside() point {
	var main ring
	for _, r := range s.rings {
		if math.Abs(r.area()) > math.Abs(main.area()) {
			main = r
		}
	}
	low, high := main[0], main[0]
	for _, p := range main {
		low = point{math.Min(low.x, p.x), math.Min(low.y, p.y)}
		high = point{math.Max(high.x, p.x), math.Max(high.y, p.y)}
	}
	best, far := low, -1.0
	const steps = 60
	for i := 1; i < steps; i++ {
		for j := 1; j < steps; j++ {
			p := point{low.x + (high.x-low.x)*float64(i)/steps, low.y + (high.y-low.y)*float64(j)/steps}
			if !main.holds(p) {
				continue
			}
			d := math.Inf(1)
			for k, a := range main {
				d = math.Min(d, distance(p, a, main[(k+1)%len(main)]))
			}
			if d > far {
				best, far = p, d
			}
		}
	}
	return best
}

func (r ring) holds(p point) bool {
	in := false
	for i, a := range r {
		b := r[(i+1)%len(r)]
		if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
			in = !in
		}
	}
	return in
}

func round(v float64) int { return int(math.Round(v)) }

// path writes the rings as SVG does, in whole units and relative steps.
func (s shape) path() string {
	var b strings.Builder
	for _, r := range s.rings {
		x, y := round(r[0].x), round(r[0].y)
		b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y) + "l")
		first := true
		for _, p := range r[1:] {
			dx, dy := round(p.x)-x, round(p.y)-y
			if dx == 0 && dy == 0 {
				continue
			}
			if !first && dx >= 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strconv.Itoa(dx))
			if dy >= 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strconv.Itoa(dy))
			x, y, first = x+dx, y+dy, false
		}
		b.WriteByte('z')
	}
	return b.String()
}
