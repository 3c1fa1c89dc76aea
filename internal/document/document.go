// Package document holds what Jalon publishes as a whole: a tree of blocks that
// any room fills, one renderer for each format (page, PPTX, ODT, PDF), and the
// freezing of a document with its figures and their explanations. It knows no
// room. The same document gives the same bytes for the page, PPTX and ODT.
package document

import "jalon/internal/chart"

// Document is a report as of a day.
type Document struct {
	Kind     string // point-etape, guide-panorama, retour-questionnaires, mesures…
	Title    string
	Subtitle string
	Day      string   // as of: 2024-05-27
	Version  string   // names the data and the program: two documents of one version are the same
	Scope    []string // what the reader must know of the whole: cycle, «objectifs indicatifs»…
	Author   string   // who publishes, as shown on the first page
	Demo     bool     // made of invented data: said on every page and slide
	Address  string   // public address of the page, for references; may be empty
	Parts    []Part
	// Mark is a warning that every page and slide bears, such as «projet, non
	// publié»; empty for none.
	Mark string `json:",omitempty"`
	// FigureBase is the address that the keys of its figures follow, so that those
	// of a frozen document lead to the explanations kept with it; empty for
	// /chiffres/, which answers as of today.
	FigureBase string `json:",omitempty"`
	// Sheets makes each part a sheet of its own page, one after the other: neither first
	// page nor table of contents, since each is handed out alone.
	Sheets bool `json:",omitempty"`
	// Poster sets the parts side by side on one large sheet, with the address for phones.
	Poster bool `json:",omitempty"`
}

// Part is a chapter of a text and one slide, or several, of a deck. Its title
// says the finding. A part that has no data yet says why in Missing, and has no
// block: it stays in its place in every format.
type Part struct {
	ID      string // stable, the anchor of the page: «cartes-des-cop»
	Title   string
	Blocks  []Block
	Missing string   // French sentence: what will come, and from where
	Notes   []string // sources and limits: notes of the slide, foot of the chapter
	// Chapter, when it is not empty, opens a chapter of that name with this part: a
	// document that has chapters sets its parts one level below them.
	Chapter string
}

// Block is one of the types below.
type Block interface{ block() }

// Text is a paragraph.
type Text struct{ Spans []Span }

// Span is a run of text: bold, a link, or a figure whose explanation is at
// /chiffres/{Figure}.
type Span struct {
	Text   string
	Bold   bool
	Italic bool
	Href   string
	Figure string
}

// List is a list of paragraphs; Ordered numbers them.
type List struct {
	Ordered bool
	Items   [][]Span
}

// Quote is a remark set apart: a definition, a limit, «ce que ce chiffre ne dit
// pas».
type Quote struct {
	Title string
	Spans []Span
}

// KeyFigures are at most four numbers side by side, each with its sentence.
type KeyFigures struct{ Figures []KeyFigure }

// KeyFigure is a number as a reader reads it. Missing is why there is none;
// Class is the French word of its provenance: «déclaré», «calculé par Jalon».
type KeyFigure struct {
	Label, Value, Unit, Meaning string
	Missing                     string
	Class                       string
	Figure                      string // key of its explanation, when it has one
}

// Table is a table of data; a deck splits a long one over several slides.
type Table struct {
	ID      string
	Caption string
	Columns []Column
	Rows    [][]Cell
	Note    string
	// Detail is one of many alike, such as the sheet of one action: a deck leaves it
	// out, and says how many there are.
	Detail bool `json:",omitempty"`
}

// Column is the head of a column; numbers are set to the right.
type Column struct {
	Label, Unit string
	Number      bool
}

// Cell is a cell as a reader reads it; Missing is why it is empty.
type Cell struct {
	Text    string
	Missing string
	Href    string
	Figure  string
}

// Chart is a picture with its title, its description for who does not see it,
// and the table of the same data, which a text document sets after it and a
// deck in its notes.
type Chart struct {
	ID, Title, Description string
	Drawing                chart.Drawing
	Table                  Table
}

func (Text) block()       {}
func (List) block()       {}
func (Quote) block()      {}
func (KeyFigures) block() {}
func (Table) block()      {}
func (Chart) block()      {}

// Plain is a run of text without any mark.
func Plain(text string) []Span { return []Span{{Text: text}} }

// Para is a paragraph without any mark.
func Para(text string) Text { return Text{Plain(text)} }
