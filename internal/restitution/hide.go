package restitution

import (
	"cmp"
	"slices"
)

// Protect makes the groups of a whole safe to publish: none of fewer than five
// answers is left, and what is left out of a total is never fewer than five.
// Small groups are merged together, with the next smallest when they are still
// too few. Groups without any answer stay: there is nothing in them. When the
// whole is under five, nothing is left.
func Protect(groups []Group) []Group {
	var out, small []Group
	for _, g := range groups {
		if g.Answers > 0 && g.Answers < Fewest {
			small = append(small, g)
		} else {
			out = append(out, g)
		}
	}
	if len(small) == 0 {
		return out
	}
	merged := Merge(small...)
	for merged.Answers < Fewest {
		next := -1
		for i, g := range out {
			if g.Answers > 0 && (next < 0 || g.Answers < out[next].Answers) {
				next = i
			}
		}
		if next < 0 {
			return out // the whole is under five
		}
		merged = Merge(merged, out[next])
		out = slices.Delete(out, next, next+1)
	}
	return append(out, merged)
}

// Hide says which numbers of a line may not be shown beside their total, given
// how many authorities are behind each: those of fewer than five, and the
// smallest others until what is hidden is five or more. Zero is shown: nobody is
// behind it.
func Hide(n []int) []bool {
	hidden := make([]bool, len(n))
	sum := 0
	for i, x := range n {
		if x > 0 && x < Fewest {
			hidden[i] = true
			sum += x
		}
	}
	order := make([]int, len(n))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(n[a], n[b]) })
	for _, i := range order {
		if sum == 0 || sum >= Fewest {
			break
		}
		if !hidden[i] && n[i] > 0 {
			hidden[i] = true
			sum += n[i]
		}
	}
	return hidden
}
