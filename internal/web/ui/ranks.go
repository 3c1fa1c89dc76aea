package ui

import "jalon/internal/chart"

// Ranks is a ranking that is not certain: each row has its rank as a dot, on a bar
// that holds the ranks it may take. Top is a rank drawn as a line with its name.
type Ranks struct {
	ID, Title, Description string
	Rows                   []Rank
	Most                   int // the last rank
	Top                    int
	TopLabel               string
}

// Rank is one row; Text says in words what is drawn.
type Rank struct {
	Name, Href, Text string
	Low, At, High    int
}

// band is where the ranks of a row begin and how wide they run: each rank is one
// column of the axis.
func (r Ranks) band(x Rank) (from, width, dot string) {
	axis := chart.NewAxis(float64(r.Most))
	low, high := axis.At(float64(x.Low-1)), axis.At(float64(x.High))
	return pct(low), pct(high - low), pct(axis.At(float64(x.At) - 0.5))
}

func (r Ranks) line() string { return pct(chart.NewAxis(float64(r.Most)).At(float64(r.Top))) }
