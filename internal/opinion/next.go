package opinion

import (
	"cmp"
	"math"
	"slices"
)

// Asked is a statement that may be asked next: what was answered so far, and how
// much it tells people apart (Statement.Extremity; 0 when not known).
type Asked struct {
	Statement int32
	All       Tally
	Extremity float64
}

// Weight is how much a statement deserves to be asked: more when people take side
// on it, when it tells them apart, when many agree, and much more when few were
// asked. It is the rule of Polis.
func (a Asked) Weight() float64 {
	n := float64(a.All.Answers())
	pass := (float64(a.All.Pass) + 1) / (n + 2)
	worth := (1 - pass) * (a.Extremity + 1) * a.All.Smoothed(For) * (1 + 8*math.Exp2(-n/5))
	return worth * worth
}

// Next draws the statements to ask a person, most at most: the likelier, the more
// they weigh, among those that the person did not answer. seed is the person's own:
// the same person is asked the same, however often the page is loaded, and two
// people are not asked in the same order. One pass, one allocation.
func Next(all []Asked, seed uint64, answered func(statement int32) bool, most int) []int32 {
	if most <= 0 {
		return nil
	}
	type turn struct {
		statement int32
		key       float64
	}
	first := make([]turn, 0, min(most, len(all))+1)
	for _, a := range all {
		if answered != nil && answered(a.Statement) {
			continue
		}
		// An exponential time of this rate: the first to ring is drawn by weight
		// (Efraimidis and Spirakis), without a sum over all.
		u := (float64(mix(seed^mix(uint64(a.Statement)+0x9E3779B97F4A7C15))>>11) + 0.5) / (1 << 53)
		t := turn{a.Statement, -math.Log(u) / a.Weight()}
		if len(first) == most && t.key >= first[most-1].key {
			continue
		}
		at, _ := slices.BinarySearchFunc(first, t, func(x, y turn) int {
			return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.statement, y.statement))
		})
		first = slices.Insert(first, at, t)
		first = first[:min(most, len(first))]
	}
	out := make([]int32, len(first))
	for i, t := range first {
		out[i] = t.statement
	}
	return out
}
