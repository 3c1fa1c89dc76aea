package app

import (
	"strings"
	"unicode/utf8"
)

// textTable draws a table for a terminal, as wide as its longest cells.
type textTable struct {
	head  []string
	right map[int]bool // columns of numbers
	rows  [][]string
}

func (t *textTable) add(cells ...string) { t.rows = append(t.rows, cells) }

// String is the whole table, one line a row.
func (t *textTable) String() string {
	width := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, c := range row {
			width[i] = max(width[i], utf8.RuneCountInString(c))
		}
	}
	var b strings.Builder
	t.line(&b, t.head, width)
	for i, w := range width {
		if i > 0 {
			b.WriteString("  ")
		}
		b.WriteString(strings.Repeat("─", w))
	}
	b.WriteString("\n")
	for _, row := range t.rows {
		t.line(&b, row, width)
	}
	return b.String()
}

func (t *textTable) line(b *strings.Builder, row []string, width []int) {
	var line strings.Builder
	for i, c := range row {
		if i > 0 {
			line.WriteString("  ")
		}
		gap := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
		if t.right[i] {
			line.WriteString(gap + c)
		} else {
			line.WriteString(c + gap)
		}
	}
	b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
}
