package opinion

import (
	"slices"
	"testing"
)

// The number of groups changes when another is better clearly, or slightly again and
// again; never back and forth.
func TestTheNumberOfGroupsIsPatient(t *testing.T) {
	groups := func(i int) int { return i + 2 }
	s := State{Groups: 3}
	for n, step := range []struct {
		width []float64 // of 2, 3 and 4 groups
		want  int
	}{
		{[]float64{0.40, 0.45, 0.44}, 3},  // still the best
		{[]float64{0.40, 0.45, 0.455}, 3}, // hardly better
		{[]float64{0.40, 0.45, 0.48}, 3},  // better, once
		{[]float64{0.40, 0.45, 0.48}, 3},  // twice
		{[]float64{0.40, 0.45, 0.44}, 3},  // no more: one counts again
		{[]float64{0.40, 0.45, 0.48}, 3},
		{[]float64{0.49, 0.45, 0.48}, 3}, // another one: one counts again
		{[]float64{0.40, 0.45, 0.48}, 3},
		{[]float64{0.40, 0.45, 0.48}, 3},
		{[]float64{0.40, 0.45, 0.48}, 4}, // three times running
		{[]float64{0.40, 0.47, 0.45}, 4},
		{[]float64{0.60, 0.47, 0.45}, 2}, // clearly
	} {
		best := 0
		for i, w := range step.width {
			if w > step.width[best] {
				best = i
			}
		}
		s.Groups = groups(s.patient(best, s.Groups-2, step.width, groups))
		if s.Groups != step.want {
			t.Fatalf("step %d: %d groups, not %d (%+v)", n, s.Groups, step.want, s)
		}
	}
	// A number that cannot be made any more is left at once.
	if got := s.patient(1, -1, []float64{0.1, 0.2}, groups); got != 1 {
		t.Errorf("%d", got)
	}
}

func TestGroupsKeepTheirNumbers(t *testing.T) {
	for name, c := range map[string]struct {
		label, former, want []int8
		k                   int
	}{
		"by size, without former ones": {[]int8{0, 1, 1, 2, 2, 2}, []int8{-1, -1, -1, -1, -1, -1}, []int8{2, 1, 1, 0, 0, 0}, 3},
		"as before":                    {[]int8{0, 1, 1, 2, 2, 2}, []int8{0, 1, 1, 2, 2, 2}, []int8{0, 1, 1, 2, 2, 2}, 3},
		"turned round":                 {[]int8{0, 1, 1, 2, 2, 2}, []int8{2, 0, 0, 1, 1, 1}, []int8{2, 0, 0, 1, 1, 1}, 3},
		"one moved, one came":          {[]int8{0, 0, 0, 1, 1, 1}, []int8{1, 1, 0, 0, 0, -1}, []int8{1, 1, 1, 0, 0, 0}, 2},
		"one group more":               {[]int8{0, 0, 1, 1, 2, 2}, []int8{1, 1, 0, 0, 0, 0}, []int8{1, 1, 0, 0, 2, 2}, 3},
	} {
		label := slices.Clone(c.label)
		rename(label, c.former, c.k)
		if !slices.Equal(label, c.want) {
			t.Errorf("%s: %v, not %v", name, label, c.want)
		}
	}
}

func TestTheRuleOfConfidence(t *testing.T) {
	for _, c := range []struct {
		c      Confidence
		level  Level
		reason Reason
	}{
		{Confidence{Structure: 2, Silhouette: 0.6, Chance: 0.33, Stability: 0.8}, Sure, NoReason},
		{Confidence{Structure: 1.4, Silhouette: 0.44, Chance: 0.34, Stability: 0.45}, FairlySure, NoReason},
		{Confidence{Structure: 1.05, Silhouette: 0.6, Chance: 0.33, Stability: 0.8}, Uncertain, NoStructure},
		{Confidence{Structure: 11, Silhouette: 0.59, Chance: 0.55, Stability: 0.8}, Uncertain, Gradual},
		{Confidence{Structure: 2, Silhouette: 0.6, Chance: 0.33, Stability: 0.2}, Uncertain, Unstable},
	} {
		got := c.c
		if got.judge(); got.Level != c.level || got.Reason != c.reason {
			t.Errorf("%+v, not level %d, reason %d", got, c.level, c.reason)
		}
	}
}
