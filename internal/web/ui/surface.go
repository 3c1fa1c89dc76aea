package ui

import (
	"strconv"
	"strings"

	"jalon/internal/chart"
)

// drawing is one of the two sizes of a chart: wide for screens and paper, tall
// for phones. Both hold the same links; only one is ever displayed. Its labels
// are laid out once, for the drawing and for the list of what it numbers.
type drawing struct {
	name   string
	area   chart.Rect
	groups []chart.Group
	size   int
	heads  []label
	cells  [][]label
	// numbered are the surfaces too small for their name: each bears its number
	// in this list, which is written under the drawing.
	numbered []ChartCell
}

func (c Chart) treemaps() []drawing {
	wide, tall := c.areas()
	return []drawing{
		c.lay(drawing{name: "wide", area: wide, groups: chart.Nested(c.amounts(), wide, 26), size: 14}),
		c.lay(drawing{name: "tall", area: tall, groups: chart.Nested(c.amounts(), tall, 24), size: 14}),
	}
}

func (c Chart) marimekkos() []drawing {
	wide, tall := c.areas()
	lying := chart.Marimekko(c.amounts(), tall.Transpose(), 104)
	for i, g := range lying {
		lying[i].Box, lying[i].Head = g.Box.Transpose(), g.Head.Transpose()
		for k, b := range g.Cells {
			lying[i].Cells[k] = b.Transpose()
		}
	}
	return []drawing{
		c.lay(drawing{name: "wide", area: wide, groups: chart.Marimekko(c.amounts(), wide, 64), size: 14}),
		c.lay(drawing{name: "tall", area: tall, groups: lying, size: 14}),
	}
}

// areas are the frames of the two drawings: a few surfaces do not need the room
// of thirty.
func (c Chart) areas() (wide, tall chart.Rect) {
	n := 0
	for _, g := range c.Groups {
		n += len(g.Cells)
	}
	switch {
	case n <= 4:
		return chart.Rect{W: 1000, H: 200}, chart.Rect{W: 360, H: 300}
	case n <= 9:
		return chart.Rect{W: 1000, H: 320}, chart.Rect{W: 360, H: 440}
	case n <= 16:
		return chart.Rect{W: 1000, H: 440}, chart.Rect{W: 360, H: 600}
	}
	return chart.Rect{W: 1000, H: 560}, chart.Rect{W: 360, H: 720}
}

// lay writes the labels of a drawing where they hold.
func (c Chart) lay(d drawing) drawing {
	d.heads, d.cells = make([]label, len(d.groups)), make([][]label, len(d.groups))
	for i, g := range d.groups {
		if g.Box.Empty() {
			continue
		}
		if !g.Head.Empty() {
			d.heads[i] = headLabel(c.Groups[i], g.Head, d.size)
		}
		d.cells[i] = make([]label, len(g.Cells))
		for k, box := range g.Cells {
			if box.Empty() {
				continue
			}
			l := cellLabel(c.Groups[i].Cells[k], box, d)
			if l.lines == nil {
				d.numbered = append(d.numbered, c.Groups[i].Cells[k])
				l = numberLabel(len(d.numbered), box, d.size)
			}
			d.cells[i][k] = l
		}
	}
	return d
}

// label is the text of a box: the lines, their size, and where the first one
// is written.
type label struct {
	x, y, size int
	lines      []string
}

const (
	pad     = 7
	headGap = 18 // between the names of two families side by side
)

// cellLabel is the name of a cell and its amount, the short name alone, or
// nothing, whichever holds; the wide drawing may write a little smaller.
func cellLabel(c ChartCell, b chart.Rect, d drawing) label {
	w, h := b.W-2*pad, b.H-2*pad+4
	short := c.label()
	sizes := []int{d.size}
	if d.name == "wide" {
		sizes = append(sizes, d.size-2)
	}
	var alone label
	for _, size := range sizes {
		for _, name := range []string{c.Name, short} {
			lines := chart.Fit(name, w, h, size)
			if lines == nil {
				continue
			}
			at := label{x: b.X + pad, y: b.Y + pad + size - 2, size: size, lines: lines}
			if amount := chart.Fit(c.Text, w, h, size); len(amount) == 1 &&
				(len(lines)+1)*chart.LineHeight(size) <= h {
				at.lines = append(at.lines, c.Text)
				return at
			}
			if alone.lines == nil || name == short && alone.size == size {
				alone = at
			}
		}
	}
	return alone
}

// numberLabel is the number of a surface that cannot bear its name, with less
// room around it than words need, or nothing on a mere line.
func numberLabel(n int, b chart.Rect, size int) label {
	text := strconv.Itoa(n)
	for _, at := range []struct{ pad, size int }{{pad, size}, {3, size - 2}, {2, size - 4}} {
		if chart.Fit(text, b.W-at.pad, b.H-at.pad, at.size) != nil {
			return label{x: b.X + at.pad, y: b.Y + at.pad + at.size - 2, size: at.size, lines: []string{text}}
		}
	}
	return label{}
}

// headLabel is the name of a family and its total, or its name alone, in the
// strip above it. Heads are bold: they are fitted as if one unit larger, and
// stop short of the next one.
func headLabel(g ChartGroup, b chart.Rect, size int) label {
	w, h := b.W-pad-headGap, b.H-4
	bare := strings.TrimSuffix(g.Text, "\u00a0CO₂e")
	for _, text := range []string{g.Name + " " + g.Text, g.Name + " " + bare, g.Name} {
		for _, size := range []int{size + 1, size, size - 1} {
			if lines := chart.Fit(text, w, h, size+1); lines != nil {
				return label{x: b.X + pad, y: b.Y + size + 3, size: size, lines: lines}
			}
		}
	}
	return label{}
}

// unnamed are the families that a drawing shows without their name.
func (c Chart) unnamed(d drawing) []ChartGroup {
	var out []ChartGroup
	for i, g := range d.groups {
		if !g.Box.Empty() && d.heads[i].lines == nil {
			out = append(out, c.Groups[i])
		}
	}
	return out
}
