package document

import (
	"fmt"
	"io"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/office"
)

// WritePPTX writes the document as a deck: a first slide, then one slide for
// each part, or several. Nothing overflows and nothing is lost: what does not
// hold on a slide goes on to the next one.
func WritePPTX(w io.Writer, d Document) (err error) {
	defer apperr.Wrap(&err, "document.WritePPTX(%q)", d.Kind)
	deck := office.Deck{Title: d.Title, Subject: d.Subtitle, Author: d.Author, At: d.at(), Theme: theme(), Mark: d.mark()}
	foot := d.Title
	if day := d.asOf(); day != "" {
		foot += " · " + day
	}
	deck.Footer = clip(foot, 780-office.MarkWidth(deck.Mark), 1, 10, false)
	deck.Slides = append(deck.Slides, d.coverSlide())
	anchors := d.Anchors()
	for i, p := range d.Parts {
		p.ID = anchors[i]
		if p.Chapter != "" {
			deck.Slides = append(deck.Slides, chapterSlide(p.Chapter))
		}
		deck.Slides = append(deck.Slides, d.slides(p)...)
	}
	return deck.Write(w)
}

// Slides is how many slides the document takes.
func (d Document) Slides() int {
	n := 1
	for _, p := range d.Parts {
		n += len(d.slides(p))
		if p.Chapter != "" {
			n++
		}
	}
	return n
}

// chapterSlide opens a chapter.
func chapterSlide(name string) office.Slide {
	s := office.Slide{Cover: true}
	if s.Title, s.TitleSize = fitTitle(name, 816, 126, 36, 32, 28, 24, 20, 16); s.Title != office.Clean(name) {
		s.Notes = []string{name}
	}
	return s
}

// The sizes of a slide's texts, in points, and the height of a line.
const (
	largeText   = 18.0
	usualText   = 16.0
	smallText   = 14.0
	captionText = 14.0
	largeTable  = 14.0
	tableText   = 12.0
	smallTable  = 11.0
	footText    = 10.0
	leading     = 1.2
	rowLeading  = 1.16 // in a table, whose rows grow by themselves
)

func (d Document) coverSlide() office.Slide {
	s := office.Slide{Cover: true}
	s.Title, s.TitleSize = fitTitle(d.Title, 816, 126, 36, 32, 28, 24, 20, 16)
	s.Subtitle = clip(d.Subtitle, 816, 2, 20, false)
	var paras []office.Para
	room := 130.0
	for _, line := range d.Cover() {
		lines := len(office.Wrap(line, 816*0.97, smallText, false))
		h := float64(lines)*smallText*leading + 4
		if h > room {
			s.Notes = append(s.Notes, line)
			continue
		}
		room -= h
		paras = append(paras, office.Para{After: 4, Runs: []office.Run{{Text: line, Size: smallText, Color: muted}}})
	}
	s.Elements = []office.Element{office.TextBox{Name: "Portée", Frame: office.Frame{X: 72, Y: 362, W: 816, H: 134}, Paras: paras}}
	if s.Title != office.Clean(d.Title) {
		s.Notes = append(s.Notes, d.Title)
	}
	if s.Subtitle != office.Clean(d.Subtitle) {
		s.Notes = append(s.Notes, d.Subtitle)
	}
	if d.Address != "" {
		s.Notes = append(s.Notes, "Page en ligne"+nb+": "+d.Address)
	}
	return s
}

// fitTitle is a title and the first of the sizes at which it holds, cut when it
// holds at none.
func fitTitle(title string, width, height float64, sizes ...float64) (string, float64) {
	for _, size := range sizes {
		if lines := office.Wrap(title, width*0.98, size, true); float64(len(lines))*size*1.15 <= height {
			return office.Clean(title), size
		}
	}
	last := sizes[len(sizes)-1]
	return clip(title, width, int(height/(last*1.15)), last, true), last
}

// clip cuts a text to lines of a width, with «…» at its end when it was cut.
func clip(text string, width float64, lines int, size float64, bold bool) string {
	all := office.Wrap(text, width*0.97, size, bold)
	if len(all) <= lines {
		return office.Clean(text)
	}
	all = all[:max(lines, 1)]
	last := office.Wrap(all[len(all)-1], width*0.97-office.Width("…", size, bold), size, bold)[0]
	all[len(all)-1] = strings.TrimRight(last, " ") + "…"
	return strings.Join(all, " ")
}

// slides lays out one part.
func (d Document) slides(p Part) []office.Slide {
	m := &maker{d: d, size: usualText}
	m.start()
	if p.Missing != "" {
		m.missing(p.Missing)
	}
	m.size = p.textSize()
	for i := 0; i < len(p.Blocks); i++ {
		i = m.blocks(p.Blocks, i)
	}
	m.flush()
	drafts := m.drafts
	if len(drafts) > 1 && len(drafts[len(drafts)-1].elements) == 0 {
		drafts = drafts[:len(drafts)-1]
	}
	width, height := office.TitleLines()
	out := make([]office.Slide, len(drafts))
	for i, x := range drafts {
		title := p.Title
		if i > 0 {
			title += fmt.Sprintf(" (suite"+nb+"%d/%d)", i+1, len(drafts))
		}
		s := office.Slide{Elements: x.elements}
		s.Title, s.TitleSize = fitTitle(title, width, height, 26, 24, 22, 20, 18, 16, 14)
		if s.Title != office.Clean(title) {
			s.Title, s.TitleSize = fitTitle(title, width, height, 12)
			s.Notes = append(s.Notes, title)
		}
		s.Notes = append(s.Notes, x.notes...)
		if len(p.Notes) > 0 {
			s.Notes = append(s.Notes, "Sources et limites")
			s.Notes = append(s.Notes, p.Notes...)
		}
		if d.Address != "" && p.ID != "" {
			s.Notes = append(s.Notes, d.Address+"#"+p.ID)
		}
		out[i] = s
	}
	return out
}

// textSize is the size of a part's texts: large when they are alone and hold.
func (p Part) textSize() float64 {
	h := 0.0
	for _, b := range p.Blocks {
		if !textual(b) {
			return usualText
		}
		for _, x := range paragraphs(b) {
			h += x.height(office.Body().W, largeText)
		}
	}
	if h > office.Body().H {
		return usualText
	}
	return largeText
}

// textual reports whether a block is made of paragraphs.
func textual(b Block) bool {
	switch b.(type) {
	case Text, List, Quote:
		return true
	}
	return false
}
