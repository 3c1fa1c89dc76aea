package chart

import (
	"math"
	"strconv"
)

// Mark2D is a point of a quadrant chart: X goes to the right, Y upwards, both from 0
// to 1. Number is written on it, and names it in the table beside.
type Mark2D struct {
	X, Y   float64
	Number int
	Shape  MarkShape
	Tone   Tone
	Over   Tone // of its number
	Title  string
	Href   string
}

// MarkShape tells families apart without their colour.
type MarkShape int

// The shapes.
const (
	Square MarkShape = iota
	Diamond
	Disc
)

// Quadrant is two axes cut by a threshold each.
type Quadrant struct {
	W, H         int
	CutX, CutY   float64
	AxisX, AxisY string // names, with their sense
	Marks        []Mark2D
	// Corners name the four quarters: top right, top left, bottom.
	TopRight, TopLeft, Bottom string
	NameX, NameY              string // of the thresholds
}

const (
	markHalf  = 17
	markApart = 2*markHalf + 4
	quadSize  = 18
)

// area is the frame of the marks, inside the axes.
func (q Quadrant) area() Rect { return Rect{X: 64, Y: 40, W: q.W - 64 - 24, H: q.H - 40 - 64} }

// Places sets each mark where its values are, then parts those that overlap: each
// stays as near as it can, the same for the same values.
func (q Quadrant) Places() []Point {
	a := q.area()
	x, y := make([]float64, len(q.Marks)), make([]float64, len(q.Marks))
	for i, m := range q.Marks {
		x[i] = float64(a.X) + clamp(m.X)*float64(a.W)
		y[i] = float64(a.Y) + (1-clamp(m.Y))*float64(a.H)
	}
	for range 200 {
		moved := false
		for i := range x {
			for j := i + 1; j < len(x); j++ {
				dx, dy := x[j]-x[i], y[j]-y[i]
				d := math.Hypot(dx, dy)
				if d >= markApart {
					continue
				}
				if d < 0.01 { // the same place: the later goes around
					dx, dy, d = math.Cos(float64(j)), math.Sin(float64(j)), 1
				}
				push := (markApart - math.Min(d, markApart)) / 2
				if d == 1 {
					push = markApart / 2
				}
				x[i], y[i] = x[i]-dx/d*push, y[i]-dy/d*push
				x[j], y[j] = x[j]+dx/d*push, y[j]+dy/d*push
				moved = true
			}
		}
		for i := range x {
			x[i] = math.Max(float64(a.X+markHalf), math.Min(x[i], float64(a.X+a.W-markHalf)))
			y[i] = math.Max(float64(a.Y+markHalf), math.Min(y[i], float64(a.Y+a.H-markHalf)))
		}
		if !moved {
			break
		}
	}
	out := make([]Point, len(x))
	for i := range x {
		out[i] = Point{int(math.Round(x[i])), int(math.Round(y[i]))}
	}
	return out
}

func clamp(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return math.Max(0, math.Min(1, v))
}

// Drawing draws the quarters, the thresholds and the marks; a mark that had to
// move has a line to where its values are.
func (q Quadrant) Drawing() Drawing {
	a := q.area()
	d := Drawing{W: q.W, H: q.H}
	cutX, cutY := a.X+int(math.Round(clamp(q.CutX)*float64(a.W))), a.Y+int(math.Round((1-clamp(q.CutY))*float64(a.H)))
	text := func(x, y int, s, anchor string, bold bool) {
		d.Shapes = append(d.Shapes, Shape{Edge: Ink, Label: &Label{At: Point{x, y}, Text: s, Size: quadSize, Anchor: anchor, Bold: bold}})
	}
	line := func(from, to Point, tone Tone, width int, dashed bool) {
		d.Shapes = append(d.Shapes, Shape{Edge: tone, Line: &Line{From: from, To: to, Width: width, Dashed: dashed}})
	}
	d.Shapes = append(d.Shapes, Shape{Fill: Paper, Edge: Faint, Box: &a})
	for _, v := range []float64{0, 0.25, 0.5, 0.75, 1} {
		x, y := a.X+int(v*float64(a.W)), a.Y+int((1-v)*float64(a.H))
		line(Point{x, a.Y + a.H}, Point{x, a.Y + a.H + 6}, Second, 1, false)
		line(Point{a.X - 6, y}, Point{a.X, y}, Second, 1, false)
		text(x, a.Y+a.H+26, strconv.Itoa(int(v*100)), "middle", false)
		text(a.X-10, y+5, strconv.Itoa(int(v*100)), "end", false)
	}
	line(Point{a.X, cutY}, Point{a.X + a.W, cutY}, Ink, 2, true)
	if cutY > a.Y {
		line(Point{cutX, a.Y}, Point{cutX, cutY}, Ink, 2, true)
	}
	text(a.X+a.W-8, a.Y+20, q.TopRight, "end", true)
	text(a.X+8, a.Y+20, q.TopLeft, "start", true)
	text(a.X+8, a.Y+a.H-10, q.Bottom, "start", true)
	text(a.X, 24, q.AxisY, "start", false)
	text(a.X+a.W, q.H-12, q.AxisX, "end", false)
	places := q.Places()
	for i, m := range q.Marks {
		at := Point{a.X + int(math.Round(clamp(m.X)*float64(a.W))), a.Y + int(math.Round((1-clamp(m.Y))*float64(a.H)))}
		if p := places[i]; math.Hypot(float64(p.X-at.X), float64(p.Y-at.Y)) > markHalf {
			line(at, p, Second, 1, false)
		}
	}
	for i, m := range q.Marks {
		d.Shapes = append(d.Shapes, Shape{Fill: m.Tone, Edge: Paper, Href: m.Href, Title: m.Title, Path: &Path{Rings: [][]Point{ring(m.Shape, places[i])}}})
		over := m.Over
		if over == "" {
			over = Paper
		}
		d.Shapes = append(d.Shapes, Shape{Edge: over, Label: &Label{At: Point{places[i].X, places[i].Y + 6}, Text: strconv.Itoa(m.Number), Size: quadSize - 2, Anchor: "middle", Bold: true}})
	}
	return d
}

// ring is the outline of a mark.
func ring(s MarkShape, p Point) []Point {
	const h = markHalf
	switch s {
	case Square:
		return []Point{{p.X - h + 2, p.Y - h + 2}, {p.X + h - 2, p.Y - h + 2}, {p.X + h - 2, p.Y + h - 2}, {p.X - h + 2, p.Y + h - 2}}
	case Diamond:
		return []Point{{p.X, p.Y - h - 3}, {p.X + h + 3, p.Y}, {p.X, p.Y + h + 3}, {p.X - h - 3, p.Y}}
	}
	var out []Point
	for i := range 16 {
		t := float64(i) * math.Pi / 8
		out = append(out, Point{p.X + int(math.Round(h*math.Cos(t))), p.Y + int(math.Round(h*math.Sin(t)))})
	}
	return out
}
