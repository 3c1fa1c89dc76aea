package ui

import (
	"context"
	"io"
	"math"
	"strconv"

	"github.com/a-h/templ"

	"jalon/internal/chart"
	"jalon/internal/french"
)

// Curve is an indicator year after year, with what it aims at.
type Curve struct {
	ID, Title, Description string
	Unit                   string
	Points                 []CurvePoint
	// Step is the years between two values of the source: a line joins no more.
	Step   int
	Target *CurveTarget
	// Corridor is the range that would keep to the target.
	Corridor *Corridor
	// TableHref leads to the table of the same values.
	TableHref string
}

// CurvePoint is one year; without value it has a reason, and the line breaks.
type CurvePoint struct {
	Year    int
	Value   float64
	Text    string // the value in French, with its unit
	Missing string
	// Partial marks a year measured before its end.
	Partial bool
	Href    string
}

// CurveTarget is a level drawn as a line with its name.
type CurveTarget struct {
	Name  string // «cible de la région», «cible nationale»
	Text  string
	Year  int
	Value float64
}

// Corridor is the hatched range from the last value to the year of the target.
type Corridor struct {
	Name      string
	FromYear  int
	From      float64
	ToYear    int
	Low, High float64
}

func (c Curve) dated() []chart.Dated {
	out := make([]chart.Dated, len(c.Points))
	for i, p := range c.Points {
		out[i] = chart.Dated{Year: p.Year, Value: math.NaN()}
		if p.Missing == "" {
			out[i].Value = p.Value
		}
	}
	return out
}

// missing lists the years without value.
func (c Curve) missing() []CurvePoint {
	var out []CurvePoint
	for _, p := range c.Points {
		if p.Missing != "" {
			out = append(out, p)
		}
	}
	return out
}

func (c Curve) partial() bool {
	for _, p := range c.Points {
		if p.Partial {
			return true
		}
	}
	return false
}

// plot places everything that is drawn in a box.
func (c Curve) plot(box chart.Rect) chart.Plot {
	from, to := math.MaxInt, 0
	var values []float64
	for _, p := range c.Points {
		from, to = min(from, p.Year), max(to, p.Year)
		if p.Missing == "" {
			values = append(values, p.Value)
		}
	}
	if c.Target != nil {
		to, values = max(to, c.Target.Year), append(values, c.Target.Value)
	}
	if r := c.Corridor; r != nil {
		to, values = max(to, r.ToYear), append(values, r.Low, r.High)
	}
	if to == 0 {
		from, to = 2019, 2030
	}
	return chart.NewPlot(box, from, to, values...)
}

// fromZero says whether the axis of values holds zero, whatever the size.
func (c Curve) fromZero() bool { return c.plot(chart.Rect{W: 100, H: 100}).FromZero() }

// curveDrawing writes the drawing for one width.
func curveDrawing(c Curve, name string, w, h, size, years int) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, out io.Writer) error {
		b := make(markup, 0, 8<<10)
		p := c.plot(chart.Rect{X: size * 5, Y: size * 2, W: w - size*7, H: h - size*5})
		b.raw(`<svg class="`, name, ` curve-svg" viewBox="0 0 `)
		b.int(w)
		b.raw(` `)
		b.int(h)
		b.raw(`" role="group" aria-label="`)
		b.text(c.Title)
		b.raw(`" font-size="`)
		b.int(size)
		b.raw(`"><title>`)
		b.text(c.Title)
		b.raw(`</title><desc>`)
		b.text(c.Description)
		b.raw(`</desc>`)
		id := c.ID + "-" + name
		b.axes(c, p, size, years)
		b.corridor(c, p, id)
		b.target(c, p, size)
		b.line(c, p)
		b.points(c, p, size)
		b.raw(`</svg>`)
		_, err := out.Write(b)
		return err
	})
}

func (b *markup) axes(c Curve, p chart.Plot, size, years int) {
	b.raw(`<g aria-hidden="true">`)
	for _, t := range p.Ticks() {
		b.segment("curve-grid", p.Box.X, p.Y(t), p.Box.X+p.Box.W, p.Y(t))
		b.write("end", "t", p.Box.X-size/2, p.Y(t)+size/3, french.Number(t, p.Decimals()))
	}
	for _, y := range p.Years(years) {
		x := p.X(float64(y))
		b.segment("curve-tick", x, p.Box.Y+p.Box.H, x, p.Box.Y+p.Box.H+size/3)
		b.write("middle", "t", x, p.Box.Y+p.Box.H+size*3/2, strconv.Itoa(y))
	}
	b.write("start", "t", size/2, size, c.Unit)
	b.raw(`</g>`)
}

// corridor is hatched, and outlined for those who see no hatching.
func (b *markup) corridor(c Curve, p chart.Plot, id string) {
	r := c.Corridor
	if r == nil {
		return
	}
	b.raw(`<defs><pattern id="`)
	b.text(id + "-h")
	b.raw(`" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="curve-hatch" width="2" height="8"/></pattern></defs><path class="curve-corridor" fill="url(#`)
	b.text(id + "-h")
	b.raw(`)" d="M`)
	b.at(p.X(float64(r.FromYear)), p.Y(r.From))
	b.raw(`L`)
	b.at(p.X(float64(r.ToYear)), p.Y(r.High))
	b.raw(`L`)
	b.at(p.X(float64(r.ToYear)), p.Y(r.Low))
	b.raw(`Z"><title>`)
	b.text(r.Name)
	b.raw(`</title></path>`)
}

func (b *markup) target(c Curve, p chart.Plot, size int) {
	t := c.Target
	if t == nil {
		return
	}
	y := p.Y(t.Value)
	b.segment("curve-target", p.Box.X, y, p.Box.X+p.Box.W, y)
	up := y - size/2
	if up < p.Box.Y {
		up = y + size*5/4
	}
	b.write("start", "curve-name", p.Box.X+size/2, up, t.Name+" "+strconv.Itoa(t.Year)+"\u00a0: "+t.Text)
}

func (b *markup) line(c Curve, p chart.Plot) {
	for _, run := range p.Runs(c.dated(), max(1, c.Step)) {
		if len(run) < 2 {
			continue
		}
		b.raw(`<path class="curve-line" d="`)
		for i, at := range run {
			if i == 0 {
				b.raw(`M`)
			} else {
				b.raw(`L`)
			}
			b.at(at.X, at.Y)
		}
		b.raw(`"/>`)
	}
}

func (b *markup) points(c Curve, p chart.Plot, size int) {
	last := -1
	for i, v := range c.Points {
		if v.Missing != "" {
			continue
		}
		last = i
		b.raw(`<a href="`)
		b.text(string(templ.URL(v.Href)))
		b.raw(`"><title>`)
		b.text(strconv.Itoa(v.Year) + "\u00a0: " + v.Text)
		if v.Partial {
			b.text(", année incomplète")
		}
		b.raw(`</title><circle class="`)
		if v.Partial {
			b.raw(`curve-partial`)
		} else {
			b.raw(`curve-point`)
		}
		b.raw(`" cx="`)
		b.int(p.X(float64(v.Year)))
		b.raw(`" cy="`)
		b.int(p.Y(v.Value))
		b.raw(`" r="`)
		b.int(max(4, size/3))
		b.raw(`"/></a>`)
	}
	if last >= 0 {
		v := c.Points[last]
		x, anchor := p.X(float64(v.Year)), "middle"
		if x > p.Box.X+p.Box.W*4/5 {
			anchor = "end"
		}
		if x < p.Box.X+p.Box.W/6 {
			anchor = "start"
		}
		b.write(anchor, "curve-name", x, max(size*2, p.Y(v.Value)-size*3/4), v.Text)
	}
}

func (b *markup) segment(class string, x1, y1, x2, y2 int) {
	b.raw(`<path class="`, class, `" d="M`)
	b.at(x1, y1)
	b.raw(`L`)
	b.at(x2, y2)
	b.raw(`"/>`)
}

func (b *markup) at(x, y int) {
	b.int(x)
	b.raw(` `)
	b.int(y)
}

func (b *markup) write(anchor, class string, x, y int, text string) {
	b.raw(`<text class="`, class, `" text-anchor="`, anchor, `" x="`)
	b.int(x)
	b.raw(`" y="`)
	b.int(y)
	b.raw(`">`)
	b.text(text)
	b.raw(`</text>`)
}

// Spark is a small curve beside a number, which says the rest: hidden from screen
// readers, it has no axis.
type Spark struct {
	Points []CurvePoint
	Step   int
}

// spark writes it, 96 units by 28.
func spark(s Spark) string {
	c := Curve{Points: s.Points, Step: s.Step}
	p := c.plot(chart.Rect{X: 4, Y: 4, W: 88, H: 20})
	var b markup
	b.raw(`<svg class="spark" viewBox="0 0 96 28" width="96" height="28" aria-hidden="true" focusable="false">`)
	b.line(c, p)
	runs := p.Runs(c.dated(), max(1, c.Step))
	for i, run := range runs {
		if len(run) == 1 || i == len(runs)-1 { // a value alone, and the last
			at := run[len(run)-1]
			b.raw(`<circle class="curve-point" cx="`)
			b.int(at.X)
			b.raw(`" cy="`)
			b.int(at.Y)
			b.raw(`" r="3"/>`)
		}
	}
	b.raw(`</svg>`)
	return string(b)
}
