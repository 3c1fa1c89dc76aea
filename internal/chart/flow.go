package chart

import "math"

// FlowNode is a stage of a flow: a bar in a column, named beside it.
type FlowNode struct {
	Column int
	Name   string
	Text   string // its amount, as a reader reads it
	Value  float64
	Tone   Tone
}

// FlowLink goes from a node to one of a column further right, by their places.
type FlowLink struct {
	From, To int
	Value    float64
}

const (
	flowHigh  = 420 // of the highest column, without what separates its bars
	flowBar   = 18
	flowGap   = 10
	flowTop   = 12
	flowName  = 250 // room for the names of the last column
	flowSteps = 12  // of a curve
)

// FlowDrawing draws amounts that pass from column to column: the height of a bar and the
// width of a ribbon are to one scale. The ribbons of a node keep the order of the links.
// What is nil or below has neither bar nor ribbon.
func FlowDrawing(nodes []FlowNode, links []FlowLink) Drawing {
	d := Drawing{W: curveWidth + 200}
	columns := 0
	sums := map[int]float64{}
	for _, n := range nodes {
		columns = max(columns, n.Column+1)
		sums[n.Column] += max(n.Value, 0)
	}
	most := 0.0
	for _, s := range sums {
		most = max(most, s)
	}
	if most <= 0 || columns < 2 {
		return Drawing{}
	}
	high := func(v float64) int { return int(math.Round(max(v, 0) / most * flowHigh)) }
	step := (d.W - flowName - flowBar) / (columns - 1)
	boxes, names := make([]Rect, len(nodes)), make([][]string, len(nodes))
	tall := make([]int, columns)
	for i, n := range nodes {
		room := step - flowBar - 8
		if n.Column == columns-1 {
			room = flowName - 8
		}
		lines := Fit(n.Name, room, lineHeight(curveText), curveText)
		if lines == nil { // a name that is long runs on: what follows it is a ribbon
			lines = []string{n.Name}
		}
		names[i] = append(lines, n.Text)
		h := max(high(n.Value), 1)
		boxes[i] = Rect{X: n.Column * step, Y: tall[n.Column], W: flowBar, H: h}
		if above := len(names[i]) * lineHeight(curveText); above > h { // a thin bar stands under its name
			boxes[i].Y += above
			tall[n.Column] += above
		}
		tall[n.Column] += h + flowGap
		d.H = max(d.H, tall[n.Column]+2*flowTop)
	}
	for i, n := range nodes { // columns stand in the middle
		boxes[i].Y += (d.H - tall[n.Column]) / 2
	}
	left, right := make([]float64, len(nodes)), make([]float64, len(nodes))
	for _, l := range links {
		if l.Value <= 0 {
			continue
		}
		a, b := boxes[l.From], boxes[l.To]
		w := l.Value / most * flowHigh
		from, to := float64(a.Y)+right[l.From], float64(b.Y)+left[l.To]
		right[l.From] += w
		left[l.To] += w
		d.Shapes = append(d.Shapes, Shape{Path: &Path{Rings: [][]Point{ribbon(float64(a.X+a.W), from, float64(b.X), to, max(w, 1))}}, Fill: Faint,
			Title: nodes[l.From].Name + " → " + nodes[l.To].Name})
	}
	for i, n := range nodes {
		box := boxes[i]
		if n.Value > 0 {
			d.Shapes = append(d.Shapes, Shape{Box: &box, Fill: n.Tone, Edge: n.Tone, Title: n.Name + "\u00a0: " + n.Text})
		}
		lines := names[i]
		y := box.Y + box.H/2 - len(lines)*lineHeight(curveText)/2 + curveText
		if above := len(lines) * lineHeight(curveText); above > box.H {
			y = box.Y - above + curveText
		}
		for k, text := range lines {
			d.Shapes = append(d.Shapes, Shape{Edge: Ink, Label: &Label{At: Point{box.X + box.W + 6, y + k*lineHeight(curveText)}, Text: text, Size: curveText, Anchor: "start", Bold: k == len(lines)-1}})
		}
	}
	return d
}

// ribbon is the outline of a band that leaves and arrives level.
func ribbon(x0, y0, x1, y1, w float64) []Point {
	var out []Point
	at := func(k int, down float64) Point {
		t := float64(k) / flowSteps
		return Point{int(math.Round(x0 + (x1-x0)*t)), int(math.Round(y0 + (y1-y0)*t*t*(3-2*t) + down))}
	}
	for k := 0; k <= flowSteps; k++ {
		out = append(out, at(k, 0))
	}
	for k := flowSteps; k >= 0; k-- {
		out = append(out, at(k, w))
	}
	return out
}
