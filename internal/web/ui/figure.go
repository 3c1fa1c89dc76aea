package ui

import (
	"math"
	"strconv"
	"strings"

	"jalon/internal/chart"
)

// ChartCell is one surface of a treemap or of a column chart: a lever on a
// territory, and the link that says more.
type ChartCell struct {
	Name, Short, Href string
	// Text is the amount with its unit, in French; Amount is what is drawn.
	Text   string
	Amount float64
	// Detail follows name and amount in the tooltip: share of the national
	// objective, equivalent, state of the key.
	Detail string
	// Missing is the reason why nothing is drawn.
	Missing string
	Mark    Mark
	// Color is the index of the sector in the palette, from 1.
	Color int
}

// amount is what the geometry may use of a cell.
func (c ChartCell) amount() float64 {
	if c.Missing != "" {
		return math.NaN()
	}
	return c.Amount
}

// label is the name of a cell where room is short.
func (c ChartCell) label() string {
	if c.Short != "" {
		return c.Short
	}
	return c.Name
}

// title is the tooltip and the accessible name of a cell.
func (c ChartCell) title() string {
	parts := []string{c.Name + "\u00a0: " + c.Text}
	if l := c.Mark.Label(); l != "" {
		parts = append(parts, l)
	}
	if c.Detail != "" {
		parts = append(parts, c.Detail)
	}
	return strings.Join(parts, ", ")
}

// ChartGroup is a family of cells: a sector of the treemap, a theme of the
// column chart. Text is its total with the unit.
type ChartGroup struct {
	Name, Text string
	Color      int
	Cells      []ChartCell
}

// Chart is a treemap or a column chart. Title states the finding and
// Description says how to read it; TableHref is the anchor of the same data as
// a table, which the page always holds.
type Chart struct {
	ID, Title, Description string
	Groups                 []ChartGroup
	TableHref              string
	// Second says that the page has a chart before this one, whose patterns of
	// sectors it uses on paper.
	Second bool
}

// amounts are the numbers of the chart, group by group.
func (c Chart) amounts() [][]float64 {
	out := make([][]float64, len(c.Groups))
	for i, g := range c.Groups {
		out[i] = make([]float64, len(g.Cells))
		for k, cell := range g.Cells {
			out[i][k] = cell.amount()
		}
	}
	return out
}

// undrawn are the cells that have no surface, with the reason in words.
func (c Chart) undrawn() []ChartCell {
	var out []ChartCell
	for _, g := range c.Groups {
		for _, cell := range g.Cells {
			switch {
			case cell.Missing != "":
			case cell.Amount < 0:
				cell.Missing = cell.Text + "\u00a0: une hausse ne se dessine pas en surface"
			case cell.Amount == 0:
				cell.Missing = "zéro confirmé"
			default:
				continue
			}
			out = append(out, cell)
		}
	}
	return out
}

// marks are the states that the chart shows, for its key: none when every cell
// is plain.
func (c Chart) marks() []Mark {
	seen := map[Mark]bool{}
	for _, g := range c.Groups {
		for _, cell := range g.Cells {
			if cell.Missing == "" && cell.Amount > 0 {
				seen[cell.Mark] = true
			}
		}
	}
	var out []Mark
	for _, m := range []Mark{Estimated, Outlined} {
		if seen[m] {
			out = append(out, m)
		}
	}
	return out
}

// viewBox is the frame of a drawing.
func viewBox(r chart.Rect) string {
	return "0 0 " + strconv.Itoa(r.W) + " " + strconv.Itoa(r.H)
}

// n writes a coordinate.
func n(v int) string { return strconv.Itoa(v) }

// dy is the step between two lines of a label.
func dy(size int) string { return strconv.Itoa(chart.LineHeight(size)) }

// pct writes a place on an axis as SVG does.
func pct(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) + "%" }

// sectorClass is the class that gives a surface the colour of its sector.
func sectorClass(i int) string { return "s" + strconv.Itoa(i) }

// Bars is a ranking of numbers as horizontal bars from zero; increases go to
// the left of it. Target is a line with its name, when HasTarget says so.
type Bars struct {
	ID, Title, Description string
	Rows                   []Stat
	Target                 float64
	TargetLabel            string
	HasTarget              bool
	TableHref              string
	// Most is a value that the axis reaches, as 100 for a score out of 100.
	Most float64
}

// hatched says that one bar at least is an estimation.
func (b Bars) hatched() bool {
	for _, r := range b.Rows {
		if r.Mark == Estimated && r.Missing == "" {
			return true
		}
	}
	return false
}

// axis holds every bar and the target.
func (b Bars) axis() chart.Axis {
	values := make([]float64, 0, len(b.Rows)+1)
	for _, r := range b.Rows {
		if r.Missing == "" {
			values = append(values, r.Amount)
		}
	}
	if b.HasTarget {
		values = append(values, b.Target)
	}
	values = append(values, b.Most)
	return chart.NewAxis(values...)
}

// Gauge is what is assigned against an objective, in words and as a bar.
type Gauge struct {
	ID, Label string
	// Assigned and Objective are written in French with their unit; AssignedWhy and
	// ObjectiveWhy lead to «D'où vient ce chiffre ?», when they are explained.
	Assigned, Objective       string
	AssignedWhy, ObjectiveWhy string
	// Rest says what remains or what goes beyond: «reste à assigner : 12 kt».
	Rest                            string
	AssignedAmount, ObjectiveAmount float64
}

func (g Gauge) geometry() chart.Gauge { return chart.NewGauge(g.AssignedAmount, g.ObjectiveAmount) }

// darkSector says which entries of the palette are dark, so that their ink is
// white; app.css holds the colours and a test holds the two together.
func darkSector(i int) bool { return i == 1 || i == 5 || i == 8 || i == 10 }

// inkClass is the class of the text over a cell.
func inkClass(c ChartCell) string {
	switch {
	case c.Mark == Outlined:
		return "t"
	case darkSector(c.Color):
		return "w"
	}
	return "k"
}

// cellRect is the class of the surface of a cell: the colour of its sector, or
// only its outline when the value is not allocated.
func cellRect(c ChartCell) string {
	if c.Mark == Outlined {
		return "out"
	}
	return sectorClass(c.Color)
}

// barClass is the class of a bar.
func barClass(r Stat) string {
	switch {
	case r.Amount < 0:
		return "bar-neg"
	case r.Mark == Outlined:
		return "out"
	case r.Color > 0:
		return sectorClass(r.Color)
	}
	return "bar-fill"
}

func undrawnTitle(n int) string {
	if n == 1 {
		return "1 levier sans surface dans ce dessin"
	}
	return strconv.Itoa(n) + " leviers sans surface dans ce dessin"
}
