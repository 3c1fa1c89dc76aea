package report

import (
	"jalon/internal/chart"
)

// bar is one bar: its name, its value and the value as it is read.
type bar struct {
	Label, Text, Href string
	Value             float64
}

// barsOf draws horizontal bars from zero, each with its name before it and its
// value at its end.
func barsOf(list []bar) chart.Drawing {
	const left, right = 330, 150
	values := make([]float64, len(list))
	for i, b := range list {
		values[i] = b.Value
	}
	axis := chart.NewAxis(values...)
	step := min(chartHeight/max(len(list), 1), 64)
	size := min(22, step*3/5)
	out := chart.Drawing{W: chartWidth, H: step * len(list)}
	length := chartWidth - left - right
	for i, b := range list {
		y := i * step
		base := y + step/2 + size/3
		s := axis.Span(b.Value)
		x, w := left+int(s.From*float64(length)/100), int(s.Width*float64(length)/100)
		box := chart.Rect{X: x, Y: y + step/6, W: max(w, 1), H: step * 2 / 3}
		out.Shapes = append(out.Shapes,
			chart.Shape{Edge: chart.Ink, Href: b.Href, Label: &chart.Label{At: chart.Point{X: left - 12, Y: base}, Text: b.Label, Size: size, Anchor: "end"}},
			chart.Shape{Box: &box, Fill: chart.Accent, Href: b.Href, Title: b.Label + nb + ": " + b.Text},
			chart.Shape{Edge: chart.Ink, Label: &chart.Label{At: chart.Point{X: x + w + 10, Y: base}, Text: b.Text, Size: size, Anchor: "start", Bold: true}})
	}
	zero := left + int(axis.At(0)*float64(length)/100)
	out.Shapes = append(out.Shapes, chart.Shape{Edge: chart.Faint, Line: &chart.Line{From: chart.Point{X: zero}, To: chart.Point{X: zero, Y: out.H}, Width: 2}})
	return out
}
