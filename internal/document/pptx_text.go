package document

import (
	"unicode/utf8"

	"jalon/internal/office"
)

// paragraph is a paragraph of a slide before its place is known.
type paragraph struct {
	spans  []Span
	bullet string
	start  int
	quote  bool
	after  float64 // in parts of the size
}

// paragraphs are those of a textual block.
func paragraphs(b Block) []paragraph {
	switch b := b.(type) {
	case Text:
		return []paragraph{{spans: b.Spans, after: 0.5}}
	case List:
		out := make([]paragraph, len(b.Items))
		for i, it := range b.Items {
			out[i] = paragraph{spans: it, bullet: "•", after: 0.35}
			if b.Ordered {
				out[i].bullet, out[i].start = "1", i+1
			}
		}
		return out
	case Quote:
		var out []paragraph
		if b.Title != "" {
			out = append(out, paragraph{spans: []Span{{Text: b.Title, Bold: true}}, quote: true, after: 0.2})
		}
		return append(out, paragraph{spans: b.Spans, quote: true, after: 0.5})
	}
	return nil
}

const quoteIndent = 14

func (p paragraph) lines(width, size float64) []string {
	switch {
	case p.bullet == "1":
		width -= 26
	case p.bullet != "":
		width -= 18
	case p.quote:
		width -= 2 * quoteIndent
	}
	bold := false
	for _, s := range p.spans {
		bold = bold || s.Bold
	}
	return office.Wrap(plain(p.spans), width*0.96, size, bold)
}

func (p paragraph) height(width, size float64) float64 {
	return (float64(len(p.lines(width, size)))*leading + p.after) * size
}

// cut parts a paragraph after its first lines.
func (p paragraph) cut(width, size float64, lines int) (head, tail paragraph) {
	all := p.lines(width, size)
	if lines >= len(all) {
		return p, paragraph{}
	}
	n := 0
	for _, l := range all[:max(lines, 1)] {
		n += utf8.RuneCountInString(l)
	}
	head, tail = p, p
	head.spans, tail.spans = splitSpans(p.spans, n)
	tail.start = 0
	if tail.bullet == "1" {
		tail.bullet = ""
	}
	return head, tail
}

// splitSpans cuts spans after n letters at most, one at least, between two
// words when there are some.
func splitSpans(spans []Span, n int) (head, tail []Span) {
	text := []rune(office.Clean(plain(spans)))
	at := min(max(n, 1), len(text))
	if at < len(text) && text[at] != ' ' && text[at-1] != ' ' {
		if back := lastSpace(text[:at]); back > at-60 && back > 0 {
			at = back + 1
		}
	}
	for at < len(text) && text[at] == ' ' { // the end of a line
		at++
	}
	done := 0
	for _, s := range spans {
		r := []rune(office.Clean(s.Text))
		k := min(max(at-done, 0), len(r))
		done += len(r)
		if k > 0 {
			h := s
			h.Text = string(r[:k])
			head = append(head, h)
		}
		if k < len(r) {
			t := s
			t.Text = string(r[k:])
			tail = append(tail, t)
		}
	}
	return head, tail
}

func lastSpace(r []rune) int {
	for i := len(r) - 1; i >= 0; i-- {
		if r[i] == ' ' {
			return i
		}
	}
	return -1
}

// maker fills slides from top to bottom.
type maker struct {
	d      Document
	size   float64
	drafts []draft
	y      float64
	box    *office.TextBox // texts that follow one another are one box
	quote  bool            // of the box
}

type draft struct {
	elements []office.Element
	notes    []string
}

func (m *maker) last() *draft { return &m.drafts[len(m.drafts)-1] }

func (m *maker) start() {
	m.drafts = append(m.drafts, draft{})
	m.y = office.Body().Y
}

// fresh reports whether nothing stands on the slide yet.
func (m *maker) fresh() bool { return m.y <= office.Body().Y && m.box == nil }

func (m *maker) next() {
	m.flush()
	m.start()
}

func (m *maker) room() float64 { return office.Body().Y + office.Body().H - m.y }

func (m *maker) add(e office.Element, height float64) {
	m.flush()
	m.last().elements = append(m.last().elements, e)
	m.y += height
}

func (m *maker) note(lines ...string) { m.last().notes = append(m.last().notes, lines...) }

// flush sets the box of texts on the slide.
func (m *maker) flush() {
	if m.box == nil {
		return
	}
	b := *m.box
	bottom := office.Body().Y + office.Body().H
	b.Frame.H = max(min(m.y, bottom)-b.Frame.Y, 10) // the space under the last line may go beyond
	m.box = nil
	if m.quote {
		m.y += 8
	}
	m.last().elements = append(m.last().elements, b)
}

// write sets paragraphs one under the other, over as many slides as they take.
func (m *maker) write(list []paragraph, width, size float64) {
	for _, p := range list {
		for len(p.spans) > 0 {
			h := p.height(width, size)
			if h-p.after*size <= m.room() {
				m.put(p, width, size, h)
				break
			}
			fits := int(m.room() / (size * leading))
			total := len(p.lines(width, size))
			fresh := int(office.Body().H / (size * leading))
			// A paragraph breaks when a slide of its own would not hold it, or when
			// both sides keep two lines.
			if fits < 1 || !m.fresh() && (total <= fresh && (fits < 2 || total-fits < 2)) {
				if m.fresh() {
					m.put(p, width, size, h) // cannot be: a slide holds a line
					break
				}
				m.next()
				continue
			}
			head, tail := p.cut(width, size, fits)
			m.put(head, width, size, head.height(width, size))
			p = tail
			if len(p.spans) > 0 {
				m.next()
			}
		}
	}
}

func (m *maker) put(p paragraph, width, size, height float64) {
	body := office.Body()
	if m.box != nil && m.quote != p.quote {
		m.flush()
	}
	if m.box == nil {
		m.box = &office.TextBox{Body: !p.quote, Frame: office.Frame{X: body.X, Y: m.y, W: width}}
		m.quote = p.quote
		if p.quote {
			m.box.Name, m.box.Fill, m.box.Inset = "Encadré", soft, 6
			m.box.Frame.X, m.box.Frame.W = body.X, width
		}
	}
	m.box.Paras = append(m.box.Paras, office.Para{Runs: m.d.runs(p.spans, size), Bullet: p.bullet, Start: p.start, After: p.after * size})
	m.y += height
}
