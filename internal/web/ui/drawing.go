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
			`<rect class="hatch-line" width="2" height="9"/><rect class="hatch-line" x="2" width="2" height="9"/></pattern>`)
		if d.name == "wide" && !c.Second {
			b.raw(sectorPatterns)
		}
		b.raw(`</defs>`)
		for i, g := range d.groups {
			if g.Box.Empty() {
				continue
			}
			b.label("head", d.heads[i], 0)
			for k, box := range g.Cells {
				if !box.Empty() {
					b.cell(c.Groups[i].Cells[k], box, d.cells[i][k], d.size, id)
				}
			}
		}
		b.raw(`</svg>`)
		_, err := w.Write(b)
		return err
	})
}

// sectorPatterns tell sectors apart on paper, where ink may be black only: the
// print rules of app.css fill each colour with the pattern of its number. None
// runs like the hatching of an estimation.
const sectorPatterns = `<pattern id="p1" width="9" height="9" patternUnits="userSpaceOnUse"><rect width="14" height="14"/><path d="M0 4.5H9"/></pattern>` +
	`<pattern id="p2" width="9" height="9" patternUnits="userSpaceOnUse"><rect width="14" height="14"/><path d="M4.5 0V9"/></pattern>` +
	`<pattern id="p3" width="10" height="10" patternUnits="userSpaceOnUse"><rect width="14" height="14"/><path d="M3 5H5"/></pattern>` +
	`<pattern id="p4" width="14" height="14" patternUnits="userSpaceOnUse"><rect width="14" height="14"/><path d="M2 4H4M9 11H11"/></pattern>` +
	`<pattern id="p5" width="9" height="9" patternUnits="userSpaceOnUse"><rect width="14" height="14"/><path d="M-1 -1L10 10M-1 8L1 10M8 -1L10 1"/></pattern>` +
	`<pattern id="p6" width="12" height="12" patternUnits="userSpaceOnUse"><rect width="14" height="14"/><path d="M0 6H12M6 0V12"/></pattern>` +
	`<pattern id="p7" width="12" height="6" patternUnits="userSpaceOnUse"><rect width="14" height="14"/></pattern>` +
	`<pattern id="p8" width="14" height="14" patternUnits="userSpaceOnUse"><rect width="14" height="14"/><path d="M1 9L4 5L7 9"/></pattern>` +
	`<pattern id="p9" width="10" height="10" patternUnits="userSpaceOnUse"><rect width="14" height="14"/><path d="M0 0L10 10M0 10L10 0"/></pattern>` +
	`<pattern id="p10" width="12" height="10" patternUnits="userSpaceOnUse"><rect width="14" height="14"/><path d="M2 5H8"/></pattern>`

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
func (b *markup) cell(c ChartCell, r chart.Rect, l label, usual int, hatch string) {
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
	b.label(inkClass(c), l, usual)
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
