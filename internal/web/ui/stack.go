package ui

import "jalon/internal/chart"

// Look is how a piece of a stack is drawn: filled for what is there, light for what is
// expected, outlined for what is missing, in the colour of what goes the wrong way.
type Look string

// The looks.
const (
	Filled Look = "bar-fill"
	Light  Look = "rank-band"
	Hollow Look = "out"
	Back   Look = "bar-neg"
)

// Stacks draws rows of pieces on one axis: parts of a whole end to end, or the steps of a
// waterfall. Words hold everything that is drawn; the page has the same data as a table.
type Stacks struct {
	ID, Title, Description string
	Rows                   []Stack
	Marks                  []SpreadMark
	TableHref              string
}

// Stack is one row: its pieces, the number in words, and what follows it in small.
type Stack struct {
	Name, Href, Text, Sub, Missing string
	Pieces                         []Piece
}

// Piece is drawn from one value of the axis to another.
type Piece struct {
	From, To float64
	Look     Look
}

func (s Stacks) axis() chart.Axis {
	var all []float64
	for _, r := range s.Rows {
		for _, p := range r.Pieces {
			all = append(all, p.From, p.To)
		}
	}
	for _, m := range s.Marks {
		all = append(all, m.At)
	}
	return chart.NewAxis(all...)
}

// span is where a piece is drawn, its start and its width.
func (s Stacks) span(p Piece) (x, width string) {
	a := s.axis()
	from, to := a.At(min(p.From, p.To)), a.At(max(p.From, p.To))
	return pct(from), pct(to - from)
}

func (s Stacks) at(v float64) string { return pct(s.axis().At(v)) }
