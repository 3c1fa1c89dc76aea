package office

import "strconv"

// TextTable is a table of a text. Its head is repeated on each page that it
// takes.
type TextTable struct {
	Caption string
	Widths  []float64 // parts of the width of the page
	Head    []TextCell
	Rows    [][]TextCell
	Plain   bool // without lines and caption: cells side by side
}

// TextCell is a cell: one paragraph, or several for a plain table.
type TextCell struct {
	Runs  []Run
	Align Align
	Paras []TextPara
	Fill  Color
}

// TextPara is a paragraph of a cell.
type TextPara struct {
	Style string
	Runs  []Run
}

// Table writes a table.
func (t *Text) Table(x TextTable) {
	if len(x.Widths) == 0 || len(x.Rows)+len(x.Head) == 0 {
		return
	}
	t.tables++
	if x.Caption != "" {
		t.Paragraph(CaptionStyle, []Run{{Text: x.Caption}})
	}
	total := 0.0
	for _, w := range x.Widths {
		total += w
	}
	tableStyle := t.style("Tab", "table", "", `<style:table-properties style:width="17cm" table:align="left" fo:margin-bottom="0.2cm"/>`)
	t.body.raw(`<table:table table:style-name="`, tableStyle, `" table:name="Tableau`, strconv.Itoa(t.tables), `">`)
	if x.Caption != "" {
		t.body.raw(`<table:title>`)
		t.body.text(x.Caption)
		t.body.raw(`</table:title>`)
	}
	for _, w := range x.Widths {
		width := cm(int(w / total * PageWidth * 1000))
		t.body.raw(`<table:table-column table:style-name="`, t.style("Col", "table-column", "", `<style:table-column-properties style:column-width="`+width+`"/>`), `"/>`)
	}
	if len(x.Head) > 0 {
		t.body.raw(`<table:table-header-rows>`)
		t.tableRow(x, x.Head, true)
		t.body.raw(`</table:table-header-rows>`)
	}
	for _, row := range x.Rows {
		t.tableRow(x, row, false)
	}
	t.body.raw(`</table:table>`)
}

func (t *Text) tableRow(x TextTable, row []TextCell, head bool) {
	whole := 0
	for _, c := range row {
		for _, r := range c.Runs {
			whole = max(whole, len(r.Text))
		}
	}
	keep := `fo:keep-together="always"`
	if whole > 3000 { // a row that is longer than a page must break
		keep = `fo:keep-together="auto"`
	}
	t.body.raw(`<table:table-row table:style-name="`, t.style("Row", "table-row", "", `<style:table-row-properties `+keep+`/>`), `">`)
	line := "c9d3d5"
	if l := t.props.Theme.Line; l != "" {
		line = string(l)
	}
	for i := range x.Widths {
		var c TextCell
		if i < len(row) {
			c = row[i]
		}
		props := `fo:padding="0.08cm" fo:border-left="none" fo:border-right="none" fo:border-top="0.5pt solid #` + line + `" fo:border-bottom="0.5pt solid #` + line + `"`
		if x.Plain {
			props = `fo:padding="0.2cm" fo:border-left="none" fo:border-right="none" fo:border-bottom="none" fo:border-top="2pt solid #` + line + `"`
		}
		if c.Fill != "" {
			props += ` fo:background-color="#` + string(c.Fill) + `"`
		}
		t.body.raw(`<table:table-cell table:style-name="`, t.style("Cel", "table-cell", "", `<style:table-cell-properties `+props+`/>`), `" office:value-type="string">`)
		style := cellStyle
		if head {
			style = headStyle
		}
		for _, p := range c.Paras {
			t.Paragraph(p.Style, p.Runs)
		}
		if len(c.Paras) == 0 {
			t.paragraph(style, c.Align, c.Runs)
		}
		t.body.raw(`</table:table-cell>`)
	}
	t.body.raw(`</table:table-row>`)
}
