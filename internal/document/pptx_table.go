package document

import (
	"jalon/internal/office"
)

// table sets a table over as many slides as its rows take, its head on each.
func (m *maker) table(t Table) {
	n := t.width()
	if n == 0 {
		m.caption(t.Caption)
		m.write([]paragraph{{spans: []Span{{Text: emptyTable, Italic: true}}, after: 0.4}}, office.Body().W, smallText)
		return
	}
	var foot []paragraph
	for _, line := range t.foot() {
		foot = append(foot, paragraph{spans: Plain(line), after: 0.2})
	}
	footHeight := 12.0
	for _, p := range foot {
		footHeight += p.height(office.Body().W, footText)
	}
	m.flush()
	g := m.sheetFor(t, footHeight)
	for i, c := range g.head.cells {
		if full := t.column(i).head(); c.text != office.Clean(full) {
			m.note(full)
		}
	}
	if !m.fresh() && m.room() < min(g.total()+footHeight, 150) {
		m.next()
	}
	rest := g.rows
	share := office.Body().H
	if k := g.slides(footHeight); k > 1 && m.fresh() { // as much on each
		share = g.rowsHeight()/float64(k) + g.tallest()
	}
	for first := true; first || len(rest) > 0; first = false {
		if first {
			m.caption(t.Caption)
		} else {
			m.next()
		}
		room := min(m.room()-g.head.height, share)
		if taken := g.take(&rest, room, m.fresh()); len(taken) > 0 || len(g.rows) == 0 {
			m.grid(t, g, taken)
		}
	}
	if len(foot) > 0 {
		m.write(foot, office.Body().W, footText)
		m.flush()
	}
	if len(t.Rows) == 0 {
		m.write([]paragraph{{spans: []Span{{Text: emptyTable, Italic: true}}, after: 0.4}}, office.Body().W, smallText)
	}
}

// sheet is a table measured for a size of text.
type sheet struct {
	size   float64
	widths []float64
	head   sheetRow
	rows   []sheetRow
}

type sheetRow struct {
	cells  []sheetCell
	height float64
}

type sheetCell struct {
	text, href string
	bold       bool
	align      office.Align
}

func (g sheet) rowsHeight() float64 {
	h := 0.0
	for _, r := range g.rows {
		h += r.height
	}
	return h
}

func (g sheet) total() float64 { return g.head.height + g.rowsHeight() }

// tallest is the height of the highest row, as far as a share is concerned.
func (g sheet) tallest() float64 {
	h := 0.0
	for _, r := range g.rows {
		h = max(h, r.height)
	}
	return h
}

// slides is about how many slides the table takes, with what stands under it.
func (g sheet) slides(foot float64) int {
	const caption = captionText*leading + 6
	room := office.Body().H - g.head.height - caption
	return int((g.rowsHeight()+foot)/room) + 1
}

// sheetFor measures a table with the largest letters that do not cost a slide;
// many columns have smaller ones. Where text stands above it, letters are rather
// smaller than its last rows on a slide of their own.
func (m *maker) sheetFor(t Table, foot float64) sheet {
	size, least := largeTable, smallTable
	switch n := t.width(); {
	case n > 16:
		size, least = 8, 8
	case n > 10:
		size, least = 10, 10
	case n > 6:
		size = tableText
	}
	fewest := m.sheetSized(t, least)
	holds := func(g sheet) bool { return captionText*leading+6+g.total()+foot <= m.room() }
	if !m.fresh() && holds(fewest) {
		for ; size > least; size-- {
			if g := m.sheetSized(t, size); holds(g) {
				return g
			}
		}
		return fewest
	}
	for ; size > least; size-- {
		if g := m.sheetSized(t, size); g.slides(foot) <= fewest.slides(foot) {
			return g
		}
	}
	return fewest
}

func (m *maker) sheetSized(t Table, size float64) sheet {
	g := sheet{size: size, widths: t.columnWidths(office.Body().W, size)}
	reasons := t.reasons()
	for i := range g.widths {
		c := t.column(i)
		g.head.cells = append(g.head.cells, sheetCell{text: clip(c.head(), g.widths[i]-2*office.CellPad, 4, size, true), bold: true, align: number(c)})
	}
	g.head.height = g.height(g.head)
	for _, r := range t.Rows {
		var row sheetRow
		for i, c := range r {
			row.cells = append(row.cells, sheetCell{text: office.Clean(c.shown(reasons)), href: m.d.follow(c.Href, c.Figure), bold: i == 0, align: number(t.column(i))})
		}
		row.height = g.height(row)
		g.rows = append(g.rows, row)
	}
	return g
}

func number(c Column) office.Align {
	if c.Number {
		return office.Right
	}
	return office.Left
}

func (g sheet) wrap(c sheetCell, i int) []string {
	return office.Wrap(c.text, (g.widths[i]-2*office.CellPad)*sureWidth, g.size, c.bold)
}

func (g sheet) height(r sheetRow) float64 {
	lines := 1
	for i, c := range r.cells {
		lines = max(lines, len(g.wrap(c, i)))
	}
	return float64(lines)*g.size*rowLeading + 2*office.CellRise + 0.6
}

// take takes the rows that hold in a height. When not even one does on a slide
// of its own, the row is cut and goes on as another.
func (g sheet) take(rest *[]sheetRow, room float64, alone bool) []sheetRow {
	var out []sheetRow
	for len(*rest) > 0 && (*rest)[0].height <= room {
		room -= (*rest)[0].height
		out = append(out, (*rest)[0])
		*rest = (*rest)[1:]
	}
	// A row that no slide holds is cut at once: there is always more of it.
	if len(*rest) == 0 || len(out) > 0 || !alone && (*rest)[0].height <= office.Body().H-g.head.height {
		return out
	}
	lines := int((room - 2*office.CellRise - 1) / (g.size * rowLeading))
	if lines < 1 {
		if !alone {
			return out
		}
		lines = 1
	}
	head, tail := g.cut((*rest)[0], lines)
	*rest = append([]sheetRow{tail}, (*rest)[1:]...)
	return append(out, head)
}

func (g sheet) cut(r sheetRow, lines int) (head, tail sheetRow) {
	for i, c := range r.cells {
		h, t := c, c
		all := g.wrap(c, i)
		h.text, t.text = c.text, ""
		if len(all) > lines {
			a, b := splitSpans(Plain(c.text), letters(all[:lines]))
			h.text, t.text = plain(a), plain(b)
		}
		head.cells, tail.cells = append(head.cells, h), append(tail.cells, t)
	}
	head.height, tail.height = g.height(head), g.height(tail)
	return head, tail
}

func letters(lines []string) int {
	n := 0
	for _, l := range lines {
		n += len([]rune(l))
	}
	return n
}

func (m *maker) grid(t Table, g sheet, rows []sheetRow) {
	out := office.Grid{Description: t.Caption, X: office.Body().X, Y: m.y, Widths: g.widths}
	for k, r := range append([]sheetRow{g.head}, rows...) {
		var cells []office.GridCell
		for _, c := range r.cells {
			run := office.Run{Text: c.text, Size: g.size, Bold: c.bold, Color: ink, Href: c.href}
			cell := office.GridCell{Runs: []office.Run{run}, Align: c.align}
			if k == 0 {
				cell.Fill = soft
			}
			cells = append(cells, cell)
		}
		out.Rows, out.Heights = append(out.Rows, cells), append(out.Heights, r.height)
	}
	h := g.head.height
	for _, r := range rows {
		h += r.height
	}
	m.add(out, h+10)
}
