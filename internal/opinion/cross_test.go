package opinion

import (
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// people deals people by category and group.
func people(counts [][]int) (group []int8, category []int16) {
	for c, row := range counts {
		for g, n := range row {
			for range n {
				group, category = append(group, int8(g)), append(category, int16(c))
			}
		}
	}
	return group, category
}

func TestCross(t *testing.T) {
	g, c := people([][]int{{20, 30}, {3, 40}, {50, 60}, {1, 1}, {2, 1}})
	rows := Cross(append(g, -1, 0), append(c, 1, -1), 2, 5, 5)
	// The two last make five together; that row hides both its cells, the second its
	// own and, so that columns do not tell, another.
	if len(rows) != 4 || len(rows[3].Categories) != 2 || rows[3].Total != 5 || !rows[3].Groups[0].Hidden || !rows[3].Groups[1].Hidden ||
		rows[2].Groups[0] != (Cell{People: 50}) || !rows[1].Groups[0].Hidden || !rows[1].Groups[1].Hidden {
		t.Errorf("%+v", rows)
	}
	g, c = people([][]int{{2, 1}, {1, 0}})
	if rows := Cross(g, c, 2, 2, 5); rows != nil {
		t.Errorf("%+v", rows)
	}
	g, c = people([][]int{{20, 30}, {1, 1}}) // alone, the small category would be found by subtraction; with the other, all is one row
	if rows := Cross(g, c, 2, 2, 5); len(rows) != 1 || rows[0].Total != 52 || rows[0].Groups[0].People != 21 {
		t.Errorf("%+v", rows)
	}
}

// No hidden number can be computed from what is shown and the margins, and none
// under the minimum is shown.
func TestCrossTellsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups, categories, least := rapid.IntRange(2, 5).Draw(t, "groups"), rapid.IntRange(1, 8).Draw(t, "categories"), rapid.IntRange(1, 8).Draw(t, "least")
		counts := make([][]int, categories)
		sums := make([]int, groups)
		for c := range counts {
			for g := range groups {
				n := rapid.IntRange(0, 20).Draw(t, "people")
				counts[c] = append(counts[c], n)
				sums[g] += n
			}
		}
		for _, n := range sums {
			if n < least {
				return // a group under the minimum is never made
			}
		}
		g, c := people(counts)
		rows := Cross(g, c, groups, categories, least)
		type spot struct{ r, g int }
		var hidden []spot
		for r, row := range rows {
			if row.Total < least {
				t.Fatalf("a row of %d: %+v", row.Total, rows)
			}
			sum, n := 0, 0
			for x, cell := range row.Groups {
				if cell.Hidden {
					hidden, n = append(hidden, spot{r, x}), n+1
					if cell.People != 0 {
						t.Fatalf("hidden, and there: %+v", rows)
					}
				} else if cell.People < least {
					t.Fatalf("%d shown: %+v", cell.People, rows)
				}
				sum += cell.People
			}
			if n > 0 && row.Total-sum < least && n < groups {
				t.Fatalf("what is hidden in a row adds up to %d: %+v", row.Total-sum, rows)
			}
		}
		// A hidden cell is found when it is a combination of the margins: when adding
		// it to them adds no rank.
		if len(hidden) == 0 {
			return
		}
		margins := func(extra int) *mat.Dense {
			m := mat.NewDense(len(rows)+groups+1, len(hidden), nil)
			for i, s := range hidden {
				m.Set(s.r, i, 1)
				m.Set(len(rows)+s.g, i, 1)
			}
			if extra >= 0 {
				m.Set(len(rows)+groups, extra, 1)
			}
			return m
		}
		before := rank(margins(-1))
		for i, s := range hidden {
			if rank(margins(i)) == before {
				t.Fatalf("cell %+v can be computed: %+v of %v", s, rows, counts)
			}
		}
	})
}

func rank(m *mat.Dense) int {
	var svd mat.SVD
	svd.Factorize(m, mat.SVDNone)
	n := 0
	for _, v := range svd.Values(nil) {
		if v > 1e-9 {
			n++
		}
	}
	return n
}
