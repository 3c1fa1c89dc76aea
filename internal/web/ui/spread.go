package ui

import "jalon/internal/chart"

// Spreads draws how numbers are spread, a row for each group: from the least to the
// most as a thin bar, half of them as a wide one, the median as a dot. Marks are values
// to hold them against, drawn as lines with their names in the key.
type Spreads struct {
	ID, Title, Description string
	Rows                   []Spread
	Marks                  []SpreadMark
	TableHref              string
}

// Spread is one row; Text says in words what is drawn.
type Spread struct {
	Name, Text               string
	Min, Q1, Median, Q3, Max float64
}

// SpreadMark is a value on the axis of all rows; Text names it and writes it.
type SpreadMark struct {
	Text string
	At   float64
}

func (s Spreads) axis() chart.Axis {
	var all []float64
	for _, r := range s.Rows {
		all = append(all, r.Min, r.Max)
	}
	for _, m := range s.Marks {
		all = append(all, m.At)
	}
	return chart.NewAxis(all...)
}

// box is where a row is drawn.
type box struct{ min, span, q1, half, median string }

func (s Spreads) box(r Spread) box {
	a := s.axis()
	return box{pct(a.At(r.Min)), pct(a.At(r.Max) - a.At(r.Min)), pct(a.At(r.Q1)), pct(a.At(r.Q3) - a.At(r.Q1)), pct(a.At(r.Median))}
}

func (s Spreads) at(m SpreadMark) string { return pct(s.axis().At(m.At)) }
