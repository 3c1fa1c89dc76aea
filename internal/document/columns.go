package document

import "jalon/internal/office"

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

// columnWidths divides a width, in points, between the columns for a text of a
// size: what each needs when all hold, and otherwise never less than its
// longest word, as far as that is reasonable.
func (t Table) columnWidths(width, size float64) []float64 {
	n := t.width()
	if n == 0 {
		return nil
	}
	const pad = 2*office.CellPad + 4
	need, least := make([]float64, n), make([]float64, n)
	reasons := t.reasons()
	measure := func(i int, text string, bold bool) {
		if len(text) > 400 { // a text: it takes what is left
			text = text[:400]
		}
		need[i] = max(need[i], office.Width(text, size, bold)+pad)
		for _, word := range office.Words(text) {
			least[i] = max(least[i], office.Width(word, size, bold)+pad)
		}
	}
	for i := range n {
		need[i], least[i] = 30, 30
		measure(i, t.column(i).head(), true)
	}
	for _, r := range t.Rows {
		for i, c := range r {
			measure(i, c.shown(reasons), i == 0)
		}
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
			need[i] = min(need[i], width*0.6)
			more += max(need[i]-least[i], 0)
		}
		for i := range n {
			out[i] = least[i]
			if more > 0 {
				out[i] += (width - floor) * max(need[i]-least[i], 0) / more
			}
		}
	}
	return out
}
