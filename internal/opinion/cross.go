package opinion

import (
	"cmp"
	"slices"
)

// Cell is a number of people, or none when it is hidden: too few, or needed to
// guess one of too few.
type Cell struct {
	People int // 0 when hidden
	Hidden bool
}

// Row is a category (a territory, a college) and its people by group.
type Row struct {
	Categories []int // more than one: those too small to be shown apart, together
	Total      int
	Groups     []Cell
}

// Cross counts people by category and group, so that no number under least can be
// read nor found by subtraction: categories under it are put together (with the next
// smallest, when that is not enough), cells under it are hidden, none included, and
// with them as many as it takes for no hidden cell to be the only unknown of a
// line, and for those hidden in a line not to add up to too few. Who has no group or
// no category (negative) is not counted. It gives nothing when all would be too few.
func Cross(group []int8, category []int16, groups, categories, least int) []Row {
	least = max(least, 1)
	counts := make([][]int, categories)
	total := make([]int, categories)
	for c := range counts {
		counts[c] = make([]int, groups)
	}
	for i, g := range group[:min(len(group), len(category))] {
		if c := category[i]; g >= 0 && int(g) < groups && c >= 0 && int(c) < categories {
			counts[c][g]++
			total[c]++
		}
	}
	var order []int // by size, the smallest first
	for c, n := range total {
		if n > 0 {
			order = append(order, c)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(total[a], total[b]), cmp.Compare(a, b)) })
	var small []int
	sum := 0
	for len(order) > 0 && (total[order[0]] < least || len(small) == 1 || sum > 0 && sum < least) {
		small, sum, order = append(small, order[0]), sum+total[order[0]], order[1:]
	}
	if sum > 0 && (sum < least || len(small) == 1) {
		return nil
	}
	slices.Sort(order)
	var rows []Row
	add := func(of []int) {
		r := Row{Categories: of, Groups: make([]Cell, groups)}
		for _, c := range of {
			r.Total += total[c]
			for g, n := range counts[c] {
				r.Groups[g].People += n
			}
		}
		rows = append(rows, r)
	}
	for _, c := range order {
		add([]int{c})
	}
	if len(small) > 0 {
		slices.Sort(small)
		add(small)
	}
	hide(rows, groups, least)
	return rows
}

// hide hides the small cells of a table whose margins are known, and others until
// no hidden one can be found.
func hide(rows []Row, groups, least int) {
	people := make([][]int, len(rows)) // what is hidden is still needed to choose
	for r := range rows {
		people[r] = make([]int, groups)
		for g := range groups {
			people[r][g] = rows[r].Groups[g].People
			if people[r][g] < least {
				rows[r].Groups[g] = Cell{Hidden: true}
			}
		}
	}
	type spot struct{ r, g int }
	smallest := func(in []spot) bool { // hides the smallest that is still shown
		best := spot{-1, -1}
		for _, s := range in {
			if !rows[s.r].Groups[s.g].Hidden && (best.r < 0 || people[s.r][s.g] < people[best.r][best.g]) {
				best = s
			}
		}
		if best.r < 0 {
			return false
		}
		rows[best.r].Groups[best.g] = Cell{Hidden: true}
		return true
	}
	var lines [][]spot
	for r := range rows {
		var l []spot
		for g := range groups {
			l = append(l, spot{r, g})
		}
		lines = append(lines, l)
	}
	for g := range groups {
		var l []spot
		for r := range rows {
			l = append(l, spot{r, g})
		}
		lines = append(lines, l)
	}
	for again := true; again; {
		again = false
		for _, l := range lines {
			hidden, sum := 0, 0
			for _, s := range l {
				if rows[s.r].Groups[s.g].Hidden {
					hidden, sum = hidden+1, sum+people[s.r][s.g]
				}
			}
			if hidden > 0 && (hidden == 1 || sum < least) && smallest(l) {
				again = true
			}
		}
		if again {
			continue
		}
		// A hidden cell that alone ties two parts of the table is the difference of
		// their sums.
		for _, l := range lines[:len(rows)] {
			for _, s := range l {
				if rows[s.r].Groups[s.g].Hidden && bridge(rows, groups, s.r, s.g) && (smallest(lines[s.r]) || smallest(lines[len(rows)+s.g])) {
					again = true
				}
			}
		}
	}
}

// bridge reports whether no other way through hidden cells leads from a row to a
// column.
func bridge(rows []Row, groups, row, group int) bool {
	seenRow, seenGroup := make([]bool, len(rows)), make([]bool, groups)
	var visit func(r int) bool
	visit = func(r int) bool {
		seenRow[r] = true
		for g := range groups {
			if !rows[r].Groups[g].Hidden || r == row && g == group || seenGroup[g] {
				continue
			}
			if g == group {
				return false
			}
			seenGroup[g] = true
			for o := range rows {
				if rows[o].Groups[g].Hidden && !seenRow[o] && !visit(o) {
					return false
				}
			}
		}
		return true
	}
	return visit(row)
}
