package ui

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"

	"jalon/internal/chart"
)

// chartDrawing writes the surfaces of one drawing, each a link with its title.
// It is written by hand rather than as a template: thirty levers in two sizes
// are most of a page, and this takes less than half of the time.
func chartDrawing(c Chart, d drawing) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		b := make(markup, 0, 16<<10)
		b.raw(`<svg class="`, d.name, `" viewBox="`, viewBox(d.area), `" role="group" aria-label="`)
		b.text(c.Title)
		b.raw(`" font-size="`)
		b.int(d.size)
		b.raw(`">`)
		id := c.ID + "-" + d.name + "-h"
		b.raw(`<defs><pattern id="`)
		b.text(id)
		b.raw(`" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">`,
			`<rect class="hatch-line" width="2" height="9"/><rect class="hatch-line" x="2" width="2" height="9"/></pattern></defs>`)
		for i, g := range d.groups {
			if g.Box.Empty() {
				continue
			}
			if !g.Head.Empty() {
				b.label("head", headLabel(c.Groups[i], g.Head, d.size), 0)
			}
			for k, box := range g.Cells {
				if !box.Empty() {
					b.cell(c.Groups[i].Cells[k], box, d, id)
				}
			}
		}
		b.raw(`</svg>`)
		_, err := w.Write(b)
		return err
	})
}

// markup is a drawing or a table in the making.
type markup []byte

func (b *markup) raw(parts ...string) {
	for _, p := range parts {
		*b = append(*b, p...)
	}
}

// text writes what comes from data, made inert.
func (b *markup) text(s string) { b.raw(templ.EscapeString(s)) }

func (b *markup) int(v int) { *b = strconv.AppendInt(*b, int64(v), 10) }

// box writes the four attributes of a rectangle.
func (b *markup) box(r chart.Rect) {
	b.raw(` x="`)
	b.int(r.X)
	b.raw(`" y="`)
	b.int(r.Y)
	b.raw(`" width="`)
	b.int(r.W)
	b.raw(`" height="`)
	b.int(r.H)
	b.raw(`"/>`)
}

// cell writes the surface of one lever.
func (b *markup) cell(c ChartCell, r chart.Rect, d drawing, hatch string) {
	b.raw(`<a href="`)
	b.text(string(templ.URL(c.Href)))
	b.raw(`"><title>`)
	b.text(c.title())
	b.raw(`</title><rect class="`, cellRect(c), `"`)
	b.box(r)
	if c.Mark == Estimated {
		b.raw(`<rect class="hatch" fill="url(#`)
		b.text(hatch)
		b.raw(`)"`)
		b.box(r)
	}
	b.label(inkClass(c), cellLabel(c, r, d), d.size)
	b.raw(`</a>`)
}

// label writes the lines of a text, with its size when it is not the usual one.
func (b *markup) label(class string, l label, usual int) {
	if len(l.lines) == 0 {
		return
	}
	b.raw(`<text class="`, class, `" x="`)
	b.int(l.x)
	b.raw(`" y="`)
	b.int(l.y)
	if l.size != usual {
		b.raw(`" font-size="`)
		b.int(l.size)
	}
	b.raw(`">`)
	for i, line := range l.lines {
		if i > 0 {
			b.raw(`<tspan x="`)
			b.int(l.x)
			b.raw(`" dy="`)
			b.int(chart.LineHeight(l.size))
			b.raw(`">`)
		}
		b.text(line)
		if i > 0 {
			b.raw(`</tspan>`)
		}
	}
	b.raw(`</text>`)
}
