package document

import (
	"strings"

	"jalon/internal/french"
	"jalon/internal/office"
)

// blocks lays out the block at i, with those after it that stand beside it,
// and returns the last that it laid out.
func (m *maker) blocks(list []Block, i int) int {
	if n := m.beside(list, i); n > 0 {
		return i + n - 1
	}
	if tables, n := details(list[i:]); tables > 0 {
		m.write(paragraphs(Para(detailsSay(tables))), office.Body().W, m.size)
		return i + n - 1
	}
	switch b := list[i].(type) {
	case Text, List, Quote:
		m.write(paragraphs(b), office.Body().W, m.size)
		m.y += 2
	case KeyFigures:
		m.keys(b)
	case Table:
		m.table(b)
	case Chart:
		m.chart(b)
	}
	return i
}

// details measures the run of tables of detail that a list begins with: how many there
// are, and how many blocks they take with the lines in bold that name groups of them.
func details(list []Block) (tables, blocks int) {
	for i := 0; i < len(list); i++ {
		switch b := list[i].(type) {
		case Table:
			if !b.Detail {
				return tables, blocks
			}
			tables, blocks = tables+1, i+1
		case Text:
			if len(b.Spans) != 1 || !b.Spans[0].Bold {
				return tables, blocks
			}
		default:
			return tables, blocks
		}
	}
	return tables, blocks
}

// detailsSay is what a deck says in their place.
func detailsSay(n int) string {
	if n == 1 {
		return "Le tableau détaillé se lit dans le texte du document et sur sa page en ligne."
	}
	return "Les " + french.Integer(n) + nb + "fiches ou tableaux détaillés se lisent dans le texte du document et sur sa page en ligne."
}

// beside sets a picture that is not wide with the texts before it (or after it)
// on its side, when both hold on one slide; it returns how many blocks it took.
func (m *maker) beside(list []Block, i int) int {
	var text []paragraph
	j := i
	for j < len(list) && textual(list[j]) {
		text = append(text, paragraphs(list[j])...)
		j++
	}
	if j == len(list) {
		return 0
	}
	c, ok := list[j].(Chart)
	if !ok || c.Drawing.W <= 0 || c.Drawing.H <= 0 || float64(c.Drawing.W)/float64(c.Drawing.H) > 1.35 {
		return 0
	}
	j++
	if len(text) == 0 {
		for j < len(list) && textual(list[j]) {
			text = append(text, paragraphs(list[j])...)
			j++
		}
	}
	if len(text) == 0 {
		return 0
	}
	const column, gap = 370.0, 30.0
	body := office.Body()
	h := 0.0
	for _, p := range text {
		h += p.height(column, m.size)
	}
	if h > body.H-10 {
		return 0
	}
	if !m.fresh() {
		m.next()
	}
	m.write(text, column, m.size)
	m.flush()
	top := body.Y
	frame := office.Frame{X: body.X + column + gap, Y: top, W: body.W - column - gap, H: body.H}
	if c.Title != "" {
		m.last().elements = append(m.last().elements, office.TextBox{Name: "Titre du graphique", Frame: office.Frame{X: frame.X, Y: top, W: frame.W, H: 22},
			Paras: []office.Para{{Runs: []office.Run{{Text: clip(c.Title, frame.W, 1, captionText, true), Size: captionText, Bold: true, Color: ink}}}}})
		frame.Y, frame.H = frame.Y+24, frame.H-24
	}
	m.last().elements = append(m.last().elements, office.Picture{Frame: frame, Drawing: m.d.drawing(c)})
	m.told(c)
	m.y = body.Y + body.H // the slide is full
	return j - i
}

// caption writes the title of a table or of a chart.
func (m *maker) caption(text string) {
	if text == "" {
		return
	}
	shown := clip(text, office.Body().W, 2, captionText, true)
	lines := len(office.Wrap(shown, office.Body().W*0.97, captionText, true))
	h := float64(lines)*captionText*leading + 4
	if h > m.room() {
		m.next()
	}
	m.add(office.TextBox{Name: "Légende", Frame: office.Frame{X: office.Body().X, Y: m.y, W: office.Body().W, H: h},
		Paras: []office.Para{{Runs: []office.Run{{Text: shown, Size: captionText, Bold: true, Color: ink}}}}}, h+2)
	if shown != office.Clean(text) {
		m.note(text)
	}
}

func (m *maker) missing(sentence string) {
	m.add(office.TextBox{Name: "À venir", Frame: office.Frame{X: office.Body().X, Y: m.y, W: office.Body().W, H: 34}, Fill: soft, Inset: 8,
		Paras: []office.Para{{Runs: []office.Run{{Text: "À venir", Size: largeText, Bold: true, Color: accent}}}}}, 42)
	m.write([]paragraph{{spans: Plain(sentence), after: 0.5}}, office.Body().W, largeText)
}

// chart sets a picture over the width of the slide.
func (m *maker) chart(c Chart) {
	body := office.Body()
	if c.Drawing.W <= 0 || c.Drawing.H <= 0 {
		m.caption(c.Title)
		m.told(c)
		return
	}
	m.flush()
	full := body.W * float64(c.Drawing.H) / float64(c.Drawing.W)
	head := 0.0
	if c.Title != "" {
		head = 2*captionText*leading + 6
	}
	if want := min(full, 260); !m.fresh() && m.room() < want+head {
		m.next()
	}
	m.caption(c.Title)
	h := min(full, m.room())
	m.add(office.Picture{Frame: office.Frame{X: body.X, Y: m.y, W: body.W, H: h}, Drawing: m.d.drawing(c)}, h+10)
	m.told(c)
}

// told writes in the notes what a picture shows: its description and its
// numbers.
func (m *maker) told(c Chart) {
	if c.Description != "" {
		m.note(c.Title + nb + ": " + c.Description)
	}
	m.note(c.Table.lines()...)
}

// lines are the rows of a table as sentences.
func (t Table) lines() []string {
	if len(t.Rows) == 0 {
		return nil
	}
	reasons := t.reasons()
	var out []string
	if t.Caption != "" {
		out = append(out, t.Caption)
	}
	for _, r := range t.Rows {
		var parts []string
		for i, c := range r {
			s := c.shown(reasons)
			if h := t.column(i).head(); i > 0 && h != "" {
				s = h + nb + ": " + s
			}
			parts = append(parts, s)
		}
		out = append(out, strings.Join(parts, nb+"; "))
	}
	return append(out, t.foot()...)
}

// keys sets key figures side by side, four at most.
func (m *maker) keys(b KeyFigures) {
	for start := 0; start < len(b.Figures); start += 4 {
		m.flush()
		row := b.Figures[start:min(start+4, len(b.Figures))]
		const gap, inset = 14.0, 10.0
		n := float64(max(len(row), 2))
		width := (office.Body().W - gap*(n-1)) / n
		cards := make([][]office.Para, len(row))
		height := 0.0
		for i, k := range row {
			var h float64
			cards[i], h = m.card(k, width-2*inset)
			height = max(height, h+2*inset)
		}
		if height > m.room() && !m.fresh() {
			m.next()
		}
		for i := range row {
			m.add(office.TextBox{Name: "Chiffre clé", Frame: office.Frame{X: office.Body().X + float64(i)*(width+gap), Y: m.y, W: width, H: height},
				Fill: soft, Inset: inset, Paras: cards[i]}, 0)
		}
		m.y += height + 14
	}
}

// card is one key figure: its texts, cut where they are too long for a card
// and then whole in the notes, and their height.
func (m *maker) card(k KeyFigure, width float64) (paras []office.Para, height float64) {
	line := func(text string, size float64, most int, r office.Run) {
		if text == "" {
			return
		}
		r.Size, r.Text = size, clip(text, width, most, size, r.Bold)
		if r.Text != office.Clean(text) {
			m.note(text)
		}
		paras = append(paras, office.Para{Runs: []office.Run{r}, After: 4})
		height += float64(len(office.Wrap(r.Text, width*0.97, size, r.Bold)))*size*leading + 4
	}
	line(k.Label, 14, 3, office.Run{Color: muted, Bold: true})
	value := k.value()
	size := 34.0
	for size > 14 && office.Width(value, size, true) > width*0.96 {
		size--
	}
	line(value, size, 2, office.Run{Bold: true, Color: accent, Href: m.d.follow("", k.Figure)})
	if k.Missing == "" {
		line(k.Unit, 14, 2, office.Run{Color: ink})
	}
	line(k.Missing, 13, 6, office.Run{Color: ink})
	line(k.Meaning, 13, 6, office.Run{Color: ink})
	line(k.Class, 11, 1, office.Run{Color: muted, Italic: true})
	return paras, height
}
