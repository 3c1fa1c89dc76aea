package report

import (
	"jalon/internal/chart"
)

// The size of the charts, in their own units: the shape of a slide under its
// title.
const (
	chartWidth  = 1160
	chartHeight = 500
)

// dark are the sectors whose colour is written on in white.
var dark = map[string]bool{"transport-voyageurs": true, "industrie": true, "agriculture-forets-sols": true, "batiment": true}

// treemap draws families of levers: each surface is in proportion. A name is
// written where it holds, and always stands in the table beside.
func treemap(families []sum, w, h int) chart.Drawing {
	const head, name, small, gap = 26, 17, 14, 2
	values := make([][]float64, len(families))
	for i, f := range families {
		for _, l := range f.Levers {
			values[i] = append(values[i], max(l.Objective.Kg.Kt(), 0))
		}
	}
	out := chart.Drawing{W: w, H: h}
	for i, g := range chart.Nested(values, chart.Rect{W: w, H: h}, head) {
		f := families[i]
		if !g.Head.Empty() {
			label := f.Name + " · " + f.Kg.Text()
			if chart.Fit(label, g.Head.W-8, head, name) == nil {
				label = f.Name
			}
			if lines := chart.Fit(label, g.Head.W-8, head, name); len(lines) == 1 {
				out.Shapes = append(out.Shapes, chart.Shape{Edge: chart.Ink, Label: &chart.Label{At: chart.Point{X: g.Head.X + 4, Y: g.Head.Y + 19}, Text: lines[0], Size: name, Anchor: "start", Bold: true}})
			}
		}
		for j, c := range g.Cells {
			l := f.Levers[j]
			if c.Empty() {
				continue
			}
			box := chart.Rect{X: c.X, Y: c.Y, W: max(c.W-gap, 1), H: max(c.H-gap, 1)}
			out.Shapes = append(out.Shapes, chart.Shape{Box: &box, Fill: chart.Tone("sector-" + l.Lever.Sector), Href: "/leviers/" + l.Lever.Code,
				Title: l.Lever.Name + nb + ": " + l.Objective.Kg.Text()})
			out.Shapes = append(out.Shapes, written(box, l.Lever.ShortName, l.Objective.Kg.Text(), small, dark[l.Lever.Sector])...)
		}
	}
	return out
}

// written sets a name and its amount at the top of a box, or the name alone, or
// nothing when it does not hold.
func written(box chart.Rect, name, amount string, size int, light bool) []chart.Shape {
	edge := chart.Ink
	if light {
		edge = chart.Paper
	}
	for _, s := range []int{size, size - 2} {
		step := chart.LineHeight(s)
		lines := chart.Fit(name, box.W-10, box.H-8-step, s)
		amounts := chart.Fit(amount, box.W-10, step, s)
		if lines == nil || amounts == nil {
			amounts = nil
			lines = chart.Fit(name, box.W-10, box.H-6, s)
		}
		if lines == nil {
			continue
		}
		var out []chart.Shape
		for i, text := range append(lines, amounts...) {
			out = append(out, chart.Shape{Edge: edge, Label: &chart.Label{At: chart.Point{X: box.X + 5, Y: box.Y + 3 + s + i*step}, Text: text, Size: s, Anchor: "start", Bold: i < len(lines)}})
		}
		return out
	}
	return nil
}
