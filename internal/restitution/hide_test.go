package restitution

import (
	"testing"

	"pgregory.net/rapid"

	"jalon/internal/questionnaire"
)

// What is published never lets fewer than five be found, alone or by taking what
// is shown from the total.
func TestProtectAndHide(t *testing.T) {
	l, f, slots := small(1)
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(0, 12), 1, 8).Draw(t, "sizes")
		var groups []Group
		total := 0
		for _, n := range sizes {
			all := make([]questionnaire.Answers, n)
			for i := range all {
				all[i] = rate("3", "2", "engage", "rien")
			}
			groups = append(groups, group(l, f, slots, n+1, all...))
			total += n
		}
		shown := 0
		for _, g := range Protect(groups) {
			if g.Answers > 0 && g.Answers < Fewest {
				t.Fatalf("a group of %d is published", g.Answers)
			}
			shown += g.Answers
		}
		if rest := total - shown; rest != 0 && total >= Fewest {
			t.Fatalf("%d of %d are lost", rest, total)
		}
		rest := 0
		for i, h := range Hide(sizes) {
			if h {
				rest += sizes[i]
			} else if sizes[i] > 0 && sizes[i] < Fewest {
				t.Fatalf("%d is shown", sizes[i])
			}
		}
		if rest > 0 && rest < Fewest && total >= Fewest {
			t.Fatalf("a total less what is shown gives %d", rest)
		}
	})
}

func TestProtectMergesWithTheSmallest(t *testing.T) {
	l, f, slots := small(1)
	var groups []Group
	for i, n := range []int{20, 3, 7} {
		all := make([]questionnaire.Answers, n)
		for i := range all {
			all[i] = rate("3", "2", "engage", "rien")
		}
		g := group(l, f, slots, n, all...)
		g.Codes = []string{string(rune('a' + i))}
		groups = append(groups, g)
	}
	out := Protect(groups)
	if len(out) != 2 || out[1].Answers != 10 || out[1].Codes[0] != "b" || out[1].Codes[1] != "c" {
		t.Errorf("%d groups, %+v", len(out), out[1].Codes)
	}
}
