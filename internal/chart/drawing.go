package chart

// Tone names a colour and its role; whoever draws knows the colour, and the
// pattern that stands for it on paper.
type Tone string

// The tones. Scale1 to Scale5 go from the lowest class to the highest; a sector
// has the tone «sector-» and its code.
const (
	Ink    Tone = "ink"    // text, axes
	Faint  Tone = "faint"  // grids, borders
	Paper  Tone = "paper"  // background, gaps
	Accent Tone = "accent" // the series that is spoken of
	Second Tone = "second" // what it is compared with
	Absent Tone = "absent" // no value: outlined, never filled
	Scale1 Tone = "scale-1"
	Scale2 Tone = "scale-2"
	Scale3 Tone = "scale-3"
	Scale4 Tone = "scale-4"
	Scale5 Tone = "scale-5"
)

// Drawing is a picture made of shapes, in whole units from its top left corner.
// A page, a deck and a text document draw the same shapes, so that a chart is
// the same everywhere and stays sharp and editable.
type Drawing struct {
	W, H   int
	Shapes []Shape
}

// Shape is one element of a drawing: exactly one of Box, Path, Line and Label
// is set. Title is what a reader of this element hears: «Bretagne : débat».
type Shape struct {
	Box   *Rect
	Path  *Path
	Line  *Line
	Label *Label
	Fill  Tone // of a box or a path; empty for none
	Edge  Tone // outline of a box or a path, colour of a line or of a text
	Href  string
	Title string
}

// Path is closed rings of points; a ring inside another is a hole.
type Path struct{ Rings [][]Point }

// Point is a place in a drawing.
type Point struct{ X, Y int }

// Line goes from one point to another.
type Line struct {
	From, To Point
	Width    int
	Dashed   bool
}

// Label is one line of text. Anchor is «start», «middle» or «end»; At is on its
// base line.
type Label struct {
	At     Point
	Text   string
	Size   int
	Anchor string
	Bold   bool
}
