package document

import (
	"cmp"
	"slices"

	"jalon/internal/office"
)

// column is the head of a column, empty for one that has none.
func (t Table) column(i int) Column {
	if i < len(t.Columns) {
		return t.Columns[i]
	}
	return Column{}
}

// width is how many columns the table has: rows may be longer than their head.
func (t Table) width() int {
	n := len(t.Columns)
	for _, r := range t.Rows {
		n = max(n, len(r))
	}
	return n
}

// sureWidth is the part of a column that text is laid in: what opens the file
// measures letters a little otherwise, and a line that just holds here would break
// there.
const sureWidth = 0.96

// columnWidths divides a width, in points, between the columns for a text of a
// size: what each needs when all hold, and otherwise never less than its
// longest word, as far as that is reasonable.
func (t Table) columnWidths(width, size float64) []float64 {
	n := t.width()
	if n == 0 {
		return nil
	}
	const pad = 2*office.CellPad + 4
	takes := func(text string, bold bool) float64 { return office.Width(text, size, bold)/sureWidth + pad }
	need, least := make([]float64, n), make([]float64, n)
	reasons := t.reasons()
	measure := func(i int, text string, bold bool) {
		if len(text) > 400 { // a text: it takes what is left
			text = text[:400]
		}
		need[i] = max(need[i], takes(text, bold))
		for _, word := range office.Words(text) {
			least[i] = max(least[i], takes(word, bold))
		}
	}
	for i := range n {
		need[i], least[i] = 30, 30
	}
	for _, r := range t.Rows {
		for i, c := range r {
			measure(i, c.shown(reasons), i == 0)
		}
	}
	cells := slices.Clone(need) // a head may stand on two lines
	for i := range n {
		cells[i] = max(cells[i], takes(t.column(i).head(), true)/2)
		measure(i, t.column(i).head(), true)
	}
	total, floor := 0.0, 0.0
	for i := range n {
		least[i] = min(least[i], width/2, max(width/float64(n), 110))
		need[i] = max(need[i], least[i])
		total, floor = total+need[i], floor+least[i]
	}
	out := make([]float64, n)
	switch {
	case total <= width: // all hold on one line: the first column takes what is left, within reason
		spare := width - total
		for i := range n {
			out[i] = need[i] + spare*need[i]/total
		}
	case floor >= width:
		for i := range n {
			out[i] = width * least[i] / floor
		}
	default:
		more := 0.0
		for i := range n {
			need[i] = max(min(cells[i], width*0.6), least[i])
			more += need[i] - least[i]
		}
		return t.shortest(size, reasons, spread(least, need, width-floor), shared(least, need, (width-floor)/max(more, 1)))
	}
	return out
}

// shared gives every column the same part of what it wants beyond its least.
func shared(least, need []float64, part float64) []float64 {
	out := make([]float64, len(least))
	for i := range out {
		out[i] = least[i] + part*(need[i]-least[i])
	}
	return out
}

// spread gives what is left first to the columns that want little more: a column
// of sentences breaks its lines before a name or a number does.
func spread(least, need []float64, left float64) []float64 {
	n := len(least)
	order, out := make([]int, n), make([]float64, n)
	for i := range n {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(need[a]-least[a], need[b]-least[b]) })
	for k, i := range order {
		more := min(need[i]-least[i], left/float64(n-k))
		out[i], left = least[i]+more, left-more
	}
	out[order[n-1]] += left
	return out
}

// shortest is the one of two divisions, or their middle, that makes the table
// shortest; the first when they are alike.
func (t Table) shortest(size float64, reasons []string, a, b []float64) []float64 {
	const measured = 60 // rows: the others are like them
	middle := make([]float64, len(a))
	for i := range a {
		middle[i] = (a[i] + b[i]) / 2
	}
	best, fewest := a, 0
	for k, widths := range [][]float64{a, middle, b} {
		lines := 0
		for _, r := range t.Rows[:min(len(t.Rows), measured)] {
			most := 1
			for i, c := range r {
				most = max(most, len(office.Wrap(office.Clean(c.shown(reasons)), (widths[i]-2*office.CellPad)*sureWidth, size, i == 0)))
			}
			lines += most
		}
		if k == 0 || lines < fewest {
			best, fewest = widths, lines
		}
	}
	return best
}
