package ui

import "strconv"

// Value is one number as a page shows it. Text is written in French, unit
// apart; a missing value has a reason instead, and is never a zero.
type Value struct {
	Text string
	Unit string
	// Exact is the unrounded value, shown in the tooltip.
	Exact string
	// Range is written after the number when it is known: «entre 12 et 15».
	Range string
	// Missing is the reason why there is no number.
	Missing string
	// Provenance is the class of the figure («reference», «estimated»…) and
	// ProvenanceLabel its French word.
	Provenance, ProvenanceLabel string
	// Explain leads to the page that recomputes the figure, and Name says
	// which figure it is, to those who hear links out of context.
	Explain, Name string
}

// explainName is the accessible name of the link «d'où vient ce chiffre ?».
func explainName(v Value) string {
	n := "D’où vient ce chiffre\u00a0?"
	if v.Name != "" {
		n += " " + v.Name
	}
	if v.Text != "" {
		n += "\u00a0: " + v.Text
		if v.Unit != "" {
			n += "\u00a0" + v.Unit
		}
	}
	return n
}

// KeyFigure is one of the three numbers that open a territory's page.
type KeyFigure struct {
	Label string
	Value Value
	// Meaning is what it means, in one sentence.
	Meaning string
	// Trend says where it goes, in words.
	Trend string
}

// Column is the head of one column. The unit is written once, there.
type Column struct {
	Label, Unit string
	// Number aligns the column to the right, in tabular figures.
	Number bool
	// SortHref makes the head a link that sorts; Sorted is «ascending» or
	// «descending» on the column that orders the table.
	SortHref, Sorted string
	// Wide lets a column of text take the room that is left.
	Wide bool
}

// Mark is the state of the allocation key behind a value, drawn in charts as
// plain, hatched or outlined.
type Mark string

// The three states: the key of the State or an imported one; a stand-in, so an
// estimation; not allocated at this scale.
const (
	Plain     Mark = ""
	Estimated Mark = "estimated"
	Outlined  Mark = "outlined"
)

// Label is the French word of a mark, empty for the plain one.
func (m Mark) Label() string {
	switch m {
	case Estimated:
		return "estimation"
	case Outlined:
		return "non réparti"
	}
	return ""
}

// Cell is one cell of a table. The first of a row is its header.
type Cell struct {
	Text string
	Href string
	// Missing is the reason why there is no value: the cell shows «–» and a
	// link to the note that gives the reason.
	Missing string
	// Exact is the unrounded value, in the tooltip.
	Exact string
	// Sub is a second line, smaller.
	Sub string
	// Color shows the swatch of a sector (its index in the palette, from 1).
	Color int
	Mark  Mark
	// Explain leads to «D'où vient ce chiffre ?»; Name says which.
	Explain, Name string
	// Verdict is a verdict on a trend, as a badge in place of the text; Spark a
	// small curve before it.
	Verdict *VerdictMark
	Spark   *Spark
	// Check is a box of the form that the table is in, before the text.
	Check *Check
}

// Check is a box to tick in a table: Label says what it chooses, to those who do not
// see its row.
type Check struct {
	Name, Value, Label string
	Checked            bool
}

// Row is one line of a table.
type Row struct {
	Cells []Cell
	// Current sets the row apart, as the territory of the page is.
	Current bool
	// Group makes the row a title over those that follow; its only cell spans
	// the table.
	Group bool
}

// Table is the form in which every chart can also be read.
type Table struct {
	// ID is the anchor of the table, and the prefix of its notes.
	ID      string
	Caption string
	// CaptionHidden keeps the caption for screen readers when a title above
	// the table already says it.
	CaptionHidden bool
	// Stack shows each row as a block on a narrow screen: for lists of words, whose
	// cells are understood without their heads.
	Stack   bool
	Columns []Column
	Rows    []Row
	// Foot are the totals.
	Foot []Row
}

// notes numbers the distinct reasons for missing values, in order of reading.
type notes struct {
	id      string
	reasons []string
	number  map[string]int
}

// collectNotes reads the reasons of a table before it is drawn, so that each is
// written once under it.
func collectNotes(t Table) *notes {
	n := &notes{id: t.ID, number: map[string]int{}}
	for _, rows := range [][]Row{t.Rows, t.Foot} {
		for _, r := range rows {
			for _, c := range r.Cells {
				if c.Missing != "" && n.number[c.Missing] == 0 {
					n.reasons = append(n.reasons, c.Missing)
					n.number[c.Missing] = len(n.reasons)
				}
			}
		}
	}
	return n
}

func (n *notes) of(reason string) string   { return strconv.Itoa(n.number[reason]) }
func (n *notes) anchor(i int) string       { return n.id + "-note-" + strconv.Itoa(i) }
func (n *notes) href(reason string) string { return "#" + n.anchor(n.number[reason]) }

// Stat is a bar of a ranking: a name, its number and what the bar draws.
type Stat struct {
	Name, Href string
	// Text is the number in French; Amount is what the bar draws.
	Text    string
	Amount  float64
	Missing string
	Mark    Mark
	Color   int
	Current bool
	Note    string
}
