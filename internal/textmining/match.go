package textmining

import (
	"cmp"
	"slices"
)

// Known is a theme of a grouping, by the words that mark it and the ids of its
// texts.
type Known struct{ Terms, Members []string }

// Continues is the likeness from which a theme is taken for a former one.
const Continues = 0.3

// Match says which former theme each new theme continues: its place among old, -1
// when it is new. A name that a team gave then survives the next grouping. Likeness
// is the share of texts that the two hold in common among those that both groupings
// knew (0.7), and that of their words (0.3); words alone when no text is common. Each former theme is
// continued once, by the likest: of a theme that splits, the larger part keeps the
// name.
func Match(old, renewed []Known) []int {
	before, after := map[string]int{}, map[string]int{}
	for i, t := range old {
		for _, m := range t.Members {
			before[m] = i
		}
	}
	for i, t := range renewed {
		for _, m := range t.Members {
			after[m] = i
		}
	}
	both := make([][]int, len(renewed)) // texts common to a new theme and a former one
	for i := range both {
		both[i] = make([]int, len(old))
	}
	was, is := make([]int, len(old)), make([]int, len(renewed)) // texts that the other grouping knew
	for m, i := range before {
		if j, ok := after[m]; ok {
			both[j][i]++
			was[i]++
			is[j]++
		}
	}
	s := NewStemmer()
	type pair struct {
		at, of int
		like   float64
	}
	var pairs []pair
	for i, n := range renewed {
		for j, o := range old {
			like := alike(s, n.Terms, o.Terms)
			if union := is[i] + was[j] - both[i][j]; union > 0 {
				like = 0.3*like + 0.7*float64(both[i][j])/float64(union)
			}
			if like >= Continues {
				pairs = append(pairs, pair{i, j, like})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.like, a.like), cmp.Compare(a.at, b.at), cmp.Compare(a.of, b.of))
	})
	out, taken := make([]int, len(renewed)), make([]bool, len(old))
	for i := range out {
		out[i] = -1
	}
	for _, p := range pairs {
		if out[p.at] < 0 && !taken[p.of] {
			out[p.at], taken[p.of] = p.of, true
		}
	}
	return out
}

// alike is the share of words that two lists hold in common, by their stems.
func alike(s *Stemmer, a, b []string) float64 {
	stems := func(words []string) map[string]bool {
		m := map[string]bool{}
		for _, w := range words {
			for _, stem := range s.Stems(w) {
				m[stem] = true
			}
		}
		return m
	}
	x, y, both := stems(a), stems(b), 0
	for w := range x {
		if y[w] {
			both++
		}
	}
	if len(x)+len(y) == 0 {
		return 0
	}
	return float64(both) / float64(len(x)+len(y)-both)
}
