package document

import (
	"encoding/xml"
	"strconv"
	"strings"

	"jalon/internal/chart"
	"jalon/internal/office"
)

// ChartSVG is a chart as a page draws it: classes only, since pages have no
// inline style, with its title and its description, and a link on each element
// that leads somewhere. href gives the address of a link, "" for none. The
// table of the chart stands beside it on the page, so its labels are not read
// twice.
func ChartSVG(c Chart, id string, href func(string) string) string {
	if c.Drawing.W <= 0 || c.Drawing.H <= 0 {
		return ""
	}
	role := "img" // what has links is a group: an image would hide them
	for _, s := range c.Drawing.Shapes {
		if s.Label == nil && s.Href != "" && href(s.Href) != "" {
			role = "group"
		}
	}
	b := svg{href: href}
	b.raw(`<svg class="drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `, strconv.Itoa(c.Drawing.W), " ", strconv.Itoa(c.Drawing.H), `" role="`, role, `"`)
	b.attr("aria-labelledby", id+"-t")
	if c.Description != "" {
		b.attr("aria-describedby", id+"-d")
	}
	b.raw(`><title`)
	b.attr("id", id+"-t")
	b.raw(`>`)
	b.text(c.Title)
	b.raw(`</title>`)
	if c.Description != "" {
		b.raw(`<desc`)
		b.attr("id", id+"-d")
		b.raw(`>`)
		b.text(c.Description)
		b.raw(`</desc>`)
	}
	for _, s := range c.Drawing.Shapes {
		b.shape(s)
	}
	b.raw(`</svg>`)
	return b.String()
}

type svg struct {
	strings.Builder
	href func(string) string
}

func (b *svg) raw(parts ...string) {
	for _, p := range parts {
		b.WriteString(p)
	}
}

func (b *svg) text(s string) { _ = xml.EscapeText(&b.Builder, []byte(office.Clean(s))) } // a strings.Builder takes everything

func (b *svg) attr(name, value string) {
	b.raw(" ", name, `="`)
	b.text(value)
	b.raw(`"`)
}

func (b *svg) int(name string, v int) { b.raw(" ", name, `="`, strconv.Itoa(v), `"`) }

func (b *svg) shape(s chart.Shape) {
	if s.Label != nil {
		b.label(s)
		return
	}
	link := ""
	if s.Href != "" {
		link = b.href(s.Href)
	}
	if link != "" {
		b.raw(`<a`)
		b.attr("href", link)
		b.attr("aria-label", s.Title)
		b.raw(`>`)
	}
	class := "f-" + toneClass(s.Fill) + " e-" + toneClass(s.Edge)
	if s.Fill == chart.Absent {
		class = "f-absent"
	}
	closing := ""
	switch {
	case s.Box != nil:
		b.raw(`<rect class="`, class, `"`)
		b.int("x", s.Box.X)
		b.int("y", s.Box.Y)
		b.int("width", max(s.Box.W, 0))
		b.int("height", max(s.Box.H, 0))
		closing = `</rect>`
	case s.Path != nil:
		b.raw(`<path class="`, class, `" fill-rule="evenodd" d="`)
		b.rings(s.Path.Rings)
		b.raw(`"`)
		closing = `</path>`
	case s.Line != nil:
		b.raw(`<line class="e-`, toneClass(s.Edge))
		if s.Line.Dashed {
			b.raw(` dashed`)
		}
		b.raw(`"`)
		b.int("x1", s.Line.From.X)
		b.int("y1", s.Line.From.Y)
		b.int("x2", s.Line.To.X)
		b.int("y2", s.Line.To.Y)
		b.int("stroke-width", max(s.Line.Width, 1))
		closing = `</line>`
	}
	if closing != "" {
		b.raw(`>`)
		if s.Title != "" {
			b.raw(`<title>`)
			b.text(s.Title)
			b.raw(`</title>`)
		}
		b.raw(closing)
	}
	if link != "" {
		b.raw(`</a>`)
	}
}

func (b *svg) rings(rings [][]chart.Point) {
	for _, r := range rings {
		if len(r) < 3 {
			continue
		}
		at := r[0]
		b.raw("M", strconv.Itoa(at.X), " ", strconv.Itoa(at.Y), "l")
		for _, p := range r[1:] {
			b.raw(strconv.Itoa(p.X-at.X), " ", strconv.Itoa(p.Y-at.Y), " ")
			at = p
		}
		b.raw("z")
	}
}

func (b *svg) label(s chart.Shape) {
	tone := s.Edge
	if tone == "" {
		tone = chart.Ink
	}
	b.raw(`<text aria-hidden="true" class="l-`, toneClass(tone))
	if s.Label.Bold {
		b.raw(` strong`)
	}
	b.raw(`"`)
	b.int("x", s.Label.At.X)
	b.int("y", s.Label.At.Y)
	b.int("font-size", max(s.Label.Size, 0))
	if a := s.Label.Anchor; a == "middle" || a == "end" {
		b.raw(` text-anchor="`, a, `"`)
	}
	b.raw(`>`)
	b.text(s.Label.Text)
	b.raw(`</text>`)
}

// toneClass is the name of a tone in the style sheet: nothing of it comes from
// data.
func toneClass(t chart.Tone) string {
	switch t {
	case "":
		return "none"
	case chart.Ink, chart.Faint, chart.Paper, chart.Accent, chart.Second, chart.Absent:
		return string(t)
	}
	if n, ok := scaleNumber(t); ok {
		return "m" + strconv.Itoa(n)
	}
	if code, ok := strings.CutPrefix(string(t), "sector-"); ok && sectorNumbers[code] > 0 {
		return "s" + strconv.Itoa(sectorNumbers[code])
	}
	if strings.HasPrefix(string(t), "sector-") {
		return string(chart.Second)
	}
	return string(chart.Ink)
}
