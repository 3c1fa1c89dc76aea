package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// tableRows writes the rows of a table. Like the drawings, it is written by
// hand rather than as a template: a region's page has over two hundred cells.
func tableRows(cols []Column, list []Row, notes *notes) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		b := make(markup, 0, 1024*(1+len(list)))
		for i := range list {
			b.row(cols, &list[i], notes)
		}
		_, err := w.Write(b)
		return err
	})
}

func (b *markup) row(cols []Column, r *Row, notes *notes) {
	if r.Group && len(r.Cells) > 0 {
		b.raw(`<tr class="group"><th scope="rowgroup" colspan="`)
		b.int(len(cols))
		b.raw(`">`)
		b.content(&r.Cells[0], notes)
		b.raw(`</th></tr>`)
		return
	}
	if r.Current {
		b.raw(`<tr class="current">`)
	} else {
		b.raw(`<tr>`)
	}
	for i := range r.Cells {
		switch {
		case i == 0:
			b.raw(`<th scope="row">`)
			b.content(&r.Cells[0], notes)
			b.raw(`</th>`)
			continue
		case i < len(cols) && cols[i].Number:
			b.raw(`<td class="num">`)
		default:
			b.raw(`<td>`)
		}
		b.content(&r.Cells[i], notes)
		b.raw(`</td>`)
	}
	b.raw(`</tr>`)
}

// href writes an address, made harmless as a template would.
func (b *markup) href(address string) { b.text(string(templ.URL(address))) }

// content writes one cell: its number or words, what they lead to, their state.
func (b *markup) content(c *Cell, notes *notes) {
	if c.Check != nil {
		b.raw(`<input type="checkbox" name="`)
		b.text(c.Check.Name)
		b.raw(`" value="`)
		b.text(c.Check.Value)
		b.raw(`" aria-label="`)
		b.text(c.Check.Label)
		if c.Check.Checked {
			b.raw(`" checked> `)
		} else {
			b.raw(`"> `)
		}
	}
	if c.Color > 0 {
		b.raw(swatch(c.Color))
	}
	if c.Spark != nil {
		b.raw(spark(*c.Spark))
	}
	switch {
	case c.Verdict != nil:
		b.verdict(c.Verdict)
	case c.Missing != "":
		b.raw(`<span class="missing"><span aria-hidden="true">–</span><span class="fr-sr-only">non disponible</span><a class="note" href="`)
		b.href(notes.href(c.Missing))
		b.raw(`" title="`)
		b.text(c.Missing)
		b.raw(`" aria-label="note `, notes.of(c.Missing), "\u00a0: ")
		b.text(c.Missing)
		b.raw(`">`, notes.of(c.Missing), `</a></span>`)
	case c.Explain != "":
		b.raw(`<a class="cell-why" href="`)
		b.href(c.Explain)
		b.raw(`" title="`)
		b.text(whyTitle(*c))
		b.raw(`" aria-label="`)
		b.text(whyName(*c))
		b.raw(`">`)
		b.text(c.Text)
		b.raw(`</a>`)
	case c.Href != "":
		b.raw(`<a href="`)
		b.href(c.Href)
		b.raw(`">`)
		b.text(c.Text)
		b.raw(`</a>`)
	case c.Exact != "":
		b.raw(`<span title="`)
		b.text(c.Exact)
		b.raw(`">`)
		b.text(c.Text)
		b.raw(`</span>`)
	default:
		b.text(c.Text)
	}
	if c.Mark != Plain && c.Missing == "" {
		b.raw(` <span class="mark-badge mark-`)
		b.text(string(c.Mark))
		b.raw(`">`)
		b.text(c.Mark.Label())
		b.raw(`</span>`)
	}
	if c.Sub != "" {
		b.raw(` <span class="sub">`)
		b.text(c.Sub)
		b.raw(`</span>`)
	}
}

// swatch is the square of a sector's colour: nothing of it comes from data.
func swatch(color int) string {
	return `<svg class="swatch" width="12" height="12" aria-hidden="true" focusable="false"><rect class="` + sectorClass(color) + `" width="12" height="12"></rect></svg>`
}
