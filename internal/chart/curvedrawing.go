package chart

import (
	"math"
	"strconv"
)

// CurvePoint is a year of a drawn curve; Value is NaN for a gap. Open tells that it
// is not sure: its mark is hollow.
type CurvePoint struct {
	Dated
	Text string // as a reader reads it, with its unit
	Href string
	Open bool
}

// CurveTarget is the level that a curve aims at in a year. Apart is for one that is
// somebody else's: it is shown, and no way leads to it.
type CurveTarget struct {
	Dated
	Text  string // «cible 2030 : 459,7»
	Apart bool
}

// The sizes of a drawn curve, in its units.
const (
	curveWidth  = 880
	curveHeight = 360
	curveText   = 15
	curveLeft   = 96
	curveMark   = 5
)

// CurveDrawing draws values by year, broken where more than step years lie between
// two, and a dashed way from the last one to the target. number writes a value of
// the axis with a count of decimals.
func CurveDrawing(points []CurvePoint, step int, target *CurveTarget, number func(v float64, decimals int) string) Drawing {
	d := Drawing{W: curveWidth, H: curveHeight}
	if len(points) == 0 {
		return d
	}
	values := make([]float64, 0, len(points)+1)
	dated := make([]Dated, 0, len(points))
	from, to := points[0].Year, points[0].Year
	for _, p := range points {
		values, dated = append(values, p.Value), append(dated, p.Dated)
		from, to = min(from, p.Year), max(to, p.Year)
	}
	if target != nil {
		values, to = append(values, target.Value), max(to, target.Year)
	}
	plot := NewPlot(Rect{X: curveLeft, Y: 34, W: curveWidth - curveLeft - 40, H: curveHeight - 34 - 36}, from, to, values...)
	d.axes(plot, number)
	for _, run := range plot.Runs(dated, step) {
		for i := 1; i < len(run); i++ {
			d.Shapes = append(d.Shapes, Shape{Edge: Accent, Line: &Line{From: run[i-1], To: run[i], Width: 3}})
		}
	}
	var last *Point
	for _, p := range points {
		if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
			continue
		}
		at := Point{plot.X(float64(p.Year)), plot.Y(p.Value)}
		s := Shape{Box: &Rect{at.X - curveMark, at.Y - curveMark, 2 * curveMark, 2 * curveMark}, Fill: Accent, Edge: Accent, Href: p.Href, Title: strconv.Itoa(p.Year) + "\u00a0: " + p.Text}
		if p.Open {
			s.Fill = Paper
		} else {
			last = &at
		}
		d.Shapes = append(d.Shapes, s)
	}
	if target != nil {
		d.target(plot, *target, last)
	}
	return d
}

// axes draws the grid with its values, and the years.
func (d *Drawing) axes(plot Plot, number func(float64, int) string) {
	for _, v := range plot.Ticks() {
		y := plot.Y(v)
		d.Shapes = append(d.Shapes, Shape{Edge: Faint, Line: &Line{From: Point{plot.Box.X, y}, To: Point{plot.Box.X + plot.Box.W, y}, Width: 1}},
			Shape{Edge: Ink, Label: &Label{At: Point{plot.Box.X - 10, y + curveText/3}, Text: number(v, plot.Decimals()), Size: curveText, Anchor: "end"}})
	}
	for _, year := range plot.Years(8) {
		d.Shapes = append(d.Shapes, Shape{Edge: Ink, Label: &Label{At: Point{plot.X(float64(year)), plot.Box.Y + plot.Box.H + curveText + 10}, Text: strconv.Itoa(year), Size: curveText, Anchor: "middle"}})
	}
}

// target draws where the curve should come, and the way that is left.
func (d *Drawing) target(plot Plot, t CurveTarget, last *Point) {
	at := Point{plot.X(float64(t.Year)), plot.Y(t.Value)}
	if last != nil && !t.Apart {
		d.Shapes = append(d.Shapes, Shape{Edge: Second, Line: &Line{From: *last, To: at, Width: 2, Dashed: true}})
	}
	r := curveMark + 3
	d.Shapes = append(d.Shapes, Shape{Path: &Path{Rings: [][]Point{{{at.X, at.Y - r}, {at.X + r, at.Y}, {at.X, at.Y + r}, {at.X - r, at.Y}}}}, Fill: Second, Edge: Second, Title: t.Text})
	y := at.Y - r - 8
	if last != nil && last.Y < at.Y { // the curve comes from above
		y = at.Y + r + curveText + 4
	}
	if y > plot.Box.Y+plot.Box.H-4 {
		y = at.Y - r - 8
	}
	d.Shapes = append(d.Shapes, Shape{Edge: Ink, Label: &Label{At: Point{curveWidth - 4, y}, Text: t.Text, Size: curveText, Anchor: "end", Bold: true}})
}
