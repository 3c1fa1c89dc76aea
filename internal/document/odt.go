package document

import (
	"io"
	"unicode/utf8"

	"jalon/internal/apperr"
	"jalon/internal/office"
)

// WriteODT writes the document as a text that can be edited: first page, table
// of contents, one chapter for each part.
func WriteODT(w io.Writer, d Document) (err error) {
	defer apperr.Wrap(&err, "document.WriteODT(%q)", d.Kind)
	subject := d.Subtitle
	t := office.NewText(office.TextProps{Title: d.Title, Subject: subject, Author: d.Author, At: d.at(),
		Header: clip(d.Title, office.PageWidth, 1, 9, false), Footer: d.asOf(), Mark: d.mark(), Theme: theme()})
	if !d.Sheets {
		d.cover(t)
	}
	anchors := d.Anchors()
	for i, p := range d.Parts {
		if i == 0 && !d.Sheets || i > 0 && d.Sheets {
			t.PageBreak()
		}
		x := odt{d, t, 1}
		if d.Chaptered() {
			x.level = 2
		}
		if p.Chapter != "" {
			x.t.Heading(1, "chapitre-"+anchors[i], p.Chapter)
		}
		x.part(p, anchors[i])
	}
	return t.Write(w)
}

// cover is the first page and the table of contents.
func (d Document) cover(t *office.Text) {
	t.Paragraph(office.TitleStyle, []office.Run{{Text: d.Title}})
	if d.Subtitle != "" {
		t.Paragraph(office.SubtitleStyle, []office.Run{{Text: d.Subtitle}})
	}
	for _, line := range d.Cover() {
		t.Paragraph(office.CoverStyle, []office.Run{{Text: line}})
	}
	if d.Address != "" {
		t.Paragraph(office.CoverStyle, []office.Run{{Text: d.Address, Href: d.Address}})
	}
	if len(d.Parts) > 0 {
		t.PageBreak()
		t.Paragraph("Standard", nil)
		t.Contents("Sommaire")
	}
}

type odt struct {
	d     Document
	t     *office.Text
	level int // of the titles of parts
}

func (x odt) part(p Part, anchor string) {
	x.t.Heading(x.level, anchor, p.Title)
	if p.Missing != "" {
		x.t.Paragraph(office.MissingStyle, []office.Run{{Text: p.Missing}})
	}
	for _, b := range p.Blocks {
		x.block(b)
	}
	for _, n := range p.Notes {
		x.t.Paragraph(office.NoteStyle, []office.Run{{Text: n}})
	}
}

func (x odt) block(b Block) {
	switch b := b.(type) {
	case Text:
		x.t.Paragraph(office.BodyStyle, x.d.runs(b.Spans, 0))
	case List:
		items := make([][]office.Run, len(b.Items))
		for i, it := range b.Items {
			items[i] = x.d.runs(it, 0)
		}
		x.t.List(b.Ordered, items)
	case Quote:
		if b.Title != "" {
			x.t.Paragraph(office.QuoteTitle, []office.Run{{Text: b.Title}})
		}
		x.t.Paragraph(office.QuoteStyle, x.d.runs(b.Spans, 0))
	case KeyFigures:
		x.keys(b)
	case Table:
		x.table(b)
	case Chart:
		x.t.Heading(x.level+1, "", b.Title)
		x.t.Drawing(x.d.drawing(b), office.PageWidth, 420)
		if b.Description != "" {
			x.t.Paragraph(office.NoteStyle, []office.Run{{Text: b.Description}})
		}
		if len(b.Table.Rows) > 0 {
			x.table(b.Table)
		}
	}
}

func (x odt) keys(b KeyFigures) {
	if len(b.Figures) == 0 {
		return
	}
	t := office.TextTable{Plain: true}
	var row []office.TextCell
	for _, k := range b.Figures {
		t.Widths = append(t.Widths, 1)
		c := office.TextCell{Paras: []office.TextPara{{Style: office.KeyLabel, Runs: []office.Run{{Text: k.Label}}}}}
		value := []office.Run{{Text: k.value(), Href: x.d.follow("", k.Figure)}}
		c.Paras = append(c.Paras, office.TextPara{Style: office.KeyStyle, Runs: value})
		if k.Unit != "" && k.Missing == "" {
			c.Paras = append(c.Paras, office.TextPara{Style: office.KeyLabel, Runs: []office.Run{{Text: k.Unit, Color: ink}}})
		}
		for _, s := range []string{k.Missing, k.Meaning} {
			if s != "" {
				c.Paras = append(c.Paras, office.TextPara{Style: office.NoteStyle, Runs: []office.Run{{Text: s, Color: ink}}})
			}
		}
		if k.Class != "" {
			c.Paras = append(c.Paras, office.TextPara{Style: office.NoteStyle, Runs: []office.Run{{Text: k.Class, Italic: true}}})
		}
		row = append(row, c)
	}
	t.Rows = [][]office.TextCell{row}
	x.t.Table(t)
	x.t.Paragraph(office.NoteStyle, nil)
}

func (x odt) table(b Table) {
	reasons := b.reasons()
	var long []string
	t := office.TextTable{Caption: b.Caption}
	t.Widths = b.columnWidths(office.PageWidth, 9)
	for i := range t.Widths {
		c := b.column(i)
		// A head stands on each page: one that is long is whole under the table.
		head := clip(c.head(), t.Widths[i]-8, 5, 9, true)
		if head != office.Clean(c.head()) {
			long = append(long, c.head())
		}
		cell := office.TextCell{Runs: []office.Run{{Text: head}}, Fill: soft}
		if c.Number {
			cell.Align = office.Right
		}
		t.Head = append(t.Head, cell)
	}
	for _, r := range b.Rows {
		row := make([]office.TextCell, 0, len(r))
		for i, c := range r {
			cell := office.TextCell{Runs: []office.Run{{Text: c.shown(reasons), Bold: i == 0 && utf8.RuneCountInString(c.Text) < 80, Href: x.d.follow(c.Href, c.Figure)}}}
			if b.column(i).Number {
				cell.Align = office.Right
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 && len(t.Widths) > 0 {
		t.Rows = [][]office.TextCell{{{Runs: []office.Run{{Text: emptyTable, Italic: true}}}}}
	}
	x.t.Table(t)
	for _, n := range append(long, b.foot()...) {
		x.t.Paragraph(office.NoteStyle, []office.Run{{Text: n}})
	}
}

// emptyTable is what a table without any row says.
const emptyTable = "Aucune ligne."
