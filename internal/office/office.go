// Package office writes presentations (PPTX, ECMA-376) and texts (ODT,
// OpenDocument 1.3) that PowerPoint, LibreOffice and their readers for the
// blind open as their own: titles are titles, tables are tables, drawings are
// shapes that can be taken apart. It writes archives and XML with the standard
// library only, knows nothing of what it writes, and gives the same bytes for
// the same input.
//
// No text can break a file: what XML cannot hold (control characters, invalid
// UTF-8) is left out, and only addresses that are safe to follow become links.
package office

import "strings"

// Language is that of every text written here.
const Language = "fr-FR"

// Color is six hexadecimal digits, «0b4f57»; empty for none.
type Color string

// Run is a run of text of one look. The zero of Size and Color is that of its
// surroundings.
type Run struct {
	Text         string
	Bold, Italic bool
	Size         float64 // points
	Color        Color
	Href         string // absolute, or the anchor of a text: «#cartes»
}

// Align is where the lines of a paragraph stand.
type Align string

// The three alignments; the zero value is the left.
const (
	Left   Align = ""
	Center Align = "center"
	Right  Align = "right"
)

// Point is a place in a drawing, in its units.
type Point struct{ X, Y int }

// Drawing is a group of shapes with its title and its description for who does
// not see it. W and H are its size in the units of its shapes.
type Drawing struct {
	W, H               int
	Title, Description string
	Shapes             []Shape
}

// Shape is one element of a drawing: a box, closed rings (one inside another
// is a hole), a line or one line of text.
type Shape struct {
	Kind       Kind
	X, Y, W, H int       // of a box
	Rings      [][]Point // of a path
	From, To   Point     // of a line; From is the base line of a text
	Width      int       // of a line or an outline, in units of the drawing
	Dashed     bool
	Text       string
	Size       int   // of a text, in units of the drawing
	Anchor     Align // which part of the text stands at From
	Bold       bool
	Fill, Edge Color  // a text is written in Edge
	Href       string // absolute
	Title      string // what is heard of it
}

// Kind is the kind of a shape.
type Kind int

// The kinds of shapes.
const (
	Box Kind = iota
	Path
	Line
	Label
)

// Empty reports whether nothing of the shape would be seen.
func (s Shape) Empty() bool {
	switch s.Kind {
	case Box:
		return s.W <= 0 || s.H <= 0
	case Path:
		for _, r := range s.Rings {
			if len(r) > 2 {
				return false
			}
		}
		return true
	case Line:
		return s.From == s.To
	}
	return strings.TrimSpace(Clean(s.Text)) == "" || s.Size <= 0
}

// bounds is the smallest box around a shape that is not a text.
func (s Shape) bounds() (x0, y0, x1, y1 int) {
	switch s.Kind {
	case Box:
		return s.X, s.Y, s.X + s.W, s.Y + s.H
	case Line:
		return min(s.From.X, s.To.X), min(s.From.Y, s.To.Y), max(s.From.X, s.To.X), max(s.From.Y, s.To.Y)
	}
	first := true
	for _, r := range s.Rings {
		for _, p := range r {
			if first {
				x0, y0, x1, y1, first = p.X, p.Y, p.X, p.Y, false
			}
			x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
		}
	}
	return x0, y0, x1, y1
}

// safe is an address that may become a link, "" when it may not.
func safe(href string) string {
	href = Clean(href)
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if strings.HasPrefix(strings.ToLower(href), scheme) && len(href) < 2000 {
			return strings.ReplaceAll(href, " ", "%20")
		}
	}
	return ""
}
