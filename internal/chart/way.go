package chart

import (
	"math"
	"strconv"
)

// Way is one line of a drawing of several, with its name at its end.
type Way struct {
	Name   string
	Text   string // of its last value, as a reader reads it
	Points []CurvePoint
	Tone   Tone
	Dashed bool
	// Marked draws each value as a mark.
	Marked bool
}

const (
	wayRight = 330 // room for the names
	wayGap   = 24  // between two names
)

// WaysDrawing draws lines over the same years, each named at its end. beyond, when it is
// not empty, says what is left out because it is far above.
func WaysDrawing(ways []Way, beyond string, number func(v float64, decimals int) string) Drawing {
	d := Drawing{W: curveWidth + 200, H: curveHeight + 60}
	from, to := math.MaxInt, math.MinInt
	values := []float64{0}
	for _, w := range ways {
		for _, p := range w.Points {
			from, to = min(from, p.Year), max(to, p.Year)
			values = append(values, p.Value)
		}
	}
	if from > to {
		return d
	}
	plot := NewPlot(Rect{X: curveLeft, Y: 34, W: d.W - curveLeft - wayRight, H: d.H - 34 - 36}, from, to, values...)
	d.axes(plot, number)
	if beyond != "" {
		d.Shapes = append(d.Shapes, Shape{Edge: Ink, Label: &Label{At: Point{plot.Box.X + 4, curveText + 2}, Text: beyond, Size: curveText, Anchor: "start"}})
	}
	type end struct {
		way Way
		at  Point
		y   int
	}
	var ends []end
	for _, w := range ways {
		dated := make([]Dated, len(w.Points))
		for i, p := range w.Points {
			dated[i] = p.Dated
		}
		var last *Point
		for _, run := range plot.Runs(dated, 1) {
			for i := 1; i < len(run); i++ {
				d.Shapes = append(d.Shapes, Shape{Edge: w.Tone, Line: &Line{From: run[i-1], To: run[i], Width: 3, Dashed: w.Dashed}})
			}
			last = &run[len(run)-1]
		}
		for _, p := range w.Points {
			if !w.Marked || math.IsNaN(p.Value) {
				continue
			}
			at := Point{plot.X(float64(p.Year)), plot.Y(p.Value)}
			s := Shape{Box: &Rect{at.X - curveMark, at.Y - curveMark, 2 * curveMark, 2 * curveMark}, Fill: w.Tone, Edge: w.Tone, Title: w.Name + ", " + strconv.Itoa(p.Year) + "\u00a0: " + p.Text}
			if p.Open {
				s.Fill = Paper
			}
			d.Shapes = append(d.Shapes, s)
		}
		if last != nil {
			ends = append(ends, end{w, *last, last.Y})
		}
	}
	// Names keep the order of their lines, from the lowest, and do not cover one another.
	for i := range ends {
		for j := i; j > 0 && ends[j].y > ends[j-1].y; j-- {
			ends[j], ends[j-1] = ends[j-1], ends[j]
		}
	}
	for i := range ends {
		if i > 0 && ends[i].y > ends[i-1].y-wayGap {
			ends[i].y = ends[i-1].y - wayGap
		}
	}
	for i, least := len(ends)-1, curveText; i >= 0; i, least = i-1, max(least, ends[i].y)+wayGap {
		ends[i].y = max(ends[i].y, least)
	}
	for i := range ends {
		x := plot.Box.X + plot.Box.W + 22
		d.Shapes = append(d.Shapes, Shape{Edge: Faint, Line: &Line{From: ends[i].at, To: Point{x - 4, ends[i].y}, Width: 1}},
			Shape{Edge: Ink, Label: &Label{At: Point{x, ends[i].y + curveText/3}, Text: ends[i].way.Name + "\u00a0: " + ends[i].way.Text, Size: curveText, Anchor: "start", Bold: ends[i].way.Tone == Accent}})
	}
	return d
}
