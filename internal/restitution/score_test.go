package restitution

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"jalon/internal/questionnaire"
	"jalon/internal/testkit/answered"
)

// small is a layout of one lever, or a few, its form and its slots.
func small(levers int) (*Layout, questionnaire.Form, questionnaire.Slots) {
	f := answered.WideForm(levers)
	slots := questionnaire.Slots{}
	for i, k := range f.Keys() {
		slots[k] = i
	}
	return NewLayout([]questionnaire.Form{f}, slots), f, slots
}

// group adds answers up, as those of communes; invited is how many were asked.
func group(l *Layout, f questionnaire.Form, slots questionnaire.Slots, invited int, all ...questionnaire.Answers) Group {
	c := &cell{path: l.path(f.Code, int64(f.Version), questionnaire.Commune), tally: l.tally(), population: invited}
	for _, a := range all {
		l.count(&c.tally, c.path, f.Pack(slots, a), 1)
	}
	b := &Board{Layout: l, cells: []*cell{c}}
	return b.Of(Filter{})
}

// rate answers the two rows of the first lever; an empty text is a blank.
func rate(relevanceA, relevanceB, mobilisationA, mobilisationB string) questionnaire.Answers {
	return questionnaire.Answers{"l1-a.pertinence": relevanceA, "l1-b.pertinence": relevanceB, "l1-a.mobilisation": mobilisationA, "l1-b.mobilisation": mobilisationB}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-3 {
		t.Errorf("%s: got %.6f, want %.6f", what, got, want)
	}
}

// Six authorities rate the two rows of a lever, one skips it, one does not answer:
//
//	     relevance       mean   mobilisation                       mean
//	A    3 and 2         5/6    engagé and rien                    1/3
//	B    3 and blank     1      déployé and blank                  1
//	C    1 and 2         1/2    en réflexion twice                 1/3
//	D    0 and 0         0      rien and non concerné              0
//	E    2 and 3         5/6    non concerné twice                 left out
//	F    3 and 3         1      engagé and déployé                 5/6
//
// Relevance: (5/6 + 1 + 1/2 + 0 + 5/6 + 1) / 6 = 25/36 = 0.6944. Mobilisation, of
// five: (1/3 + 1 + 1/3 + 0 + 5/6) / 5 = 1/2, which is above, at the threshold: to
// amplify.
//
// Interval of relevance: squares 25/36 + 1 + 1/4 + 0 + 25/36 + 1 = 3.6389, less
// 6 × 0.6944² = 2.8935, over 5: a variance of 0.14907, a deviation of 0.3861.
// Population 8: √(2/7) = 0.5345. Student at 5 degrees: 2.571. Half-width
// 2.571 × 0.3861 / √6 × 0.5345 = 0.2166: from 0.4778 to 0.9111.
func TestWorkedExample(t *testing.T) {
	l, f, slots := small(1)
	g := group(l, f, slots, 8,
		rate("3", "2", "engage", "rien"), rate("3", "", "deploye", ""), rate("1", "2", "reflexion", "reflexion"),
		rate("0", "0", "rien", "non-concerne"), rate("2", "3", "non-concerne", "non-concerne"), rate("3", "3", "engage", "deploye"),
		questionnaire.Answers{"l1.sans-objet": questionnaire.Skipped})
	x := g.Lever(0)
	if x.Population != 8 || x.Answers != 7 || x.Skipped != 1 || x.Silent != 0 || x.Out != 3 || x.Blank != 1 {
		t.Errorf("left out: %+v", x)
	}
	r, m := x.Scores[Relevance], x.Scores[Mobilisation]
	if r.N != 6 || m.N != 5 || r.Population != 8 {
		t.Errorf("n: %d of %d and %d", r.N, r.Population, m.N)
	}
	near(t, "relevance", r.Value, 25.0/36)
	near(t, "deviation", r.Deviation, 0.3861)
	near(t, "low", r.Low, 0.4778)
	near(t, "high", r.High, 0.9111)
	if m.Value != 0.5 {
		t.Errorf("mobilisation is %v, not exactly one half", m.Value)
	}
	th := Proposed()
	if got := th.Of(r, m); got != Amplify {
		t.Errorf("at the threshold is above: %q", got)
	}
	s := th.Stability(r, m)
	if !s.Fragile || !slices.Equal(s.On, []Axis{Relevance, Mobilisation}) || s.Relevance.To != r.Value || s.Mobilisation.To != 0.5 {
		t.Errorf("stability %+v", s)
	}
	for _, c := range []struct {
		th   Thresholds
		want Family
	}{{Thresholds{0.5, 0.51}, Unblock}, {Thresholds{0.7, 0.5}, Clarify}, {Thresholds{0.7, 1}, Clarify}, {Thresholds{0, 0}, Amplify}} {
		if got := c.th.Of(r, m); got != c.want {
			t.Errorf("%+v: %q, want %q", c.th, got, c.want)
		}
	}
	// Of engaged among concerned on the first row: A, B and F of A, B, C, D and F.
	if e, n := g.Rows(0)[0].Engaged(); e != 3 || n != 5 {
		t.Errorf("engaged %d of %d", e, n)
	}
}

// Under five authorities there is no score; without a mobilisation a lever that is
// relevant has no family, and one that is not has.
func TestTooFew(t *testing.T) {
	l, f, slots := small(1)
	four := []questionnaire.Answers{rate("3", "3", "engage", ""), rate("3", "3", "engage", ""), rate("3", "3", "engage", ""), rate("3", "3", "engage", "")}
	if x := group(l, f, slots, 4, four...).Lever(0); x.Scores[Relevance].Known || x.Scores[Relevance].N != 4 {
		t.Errorf("four gave a score: %+v", x.Scores)
	}
	five := group(l, f, slots, 5, append(four, rate("3", "3", "", ""))...).Lever(0)
	if s := five.Scores[Relevance]; !s.Known || s.Value != 1 || s.Low != 1 || s.High != 1 {
		t.Errorf("everyone answered the same: %+v", s)
	}
	if got := Proposed().Of(five.Scores[Relevance], five.Scores[Mobilisation]); got != Unsorted {
		t.Errorf("four mobilisations gave %q", got)
	}
	low := group(l, f, slots, 9, rate("0", "0", "", ""), rate("0", "0", "", ""), rate("0", "0", "", ""), rate("0", "0", "", ""), rate("1", "1", "", "")).Lever(0)
	if got := Proposed().Of(low.Scores[Relevance], low.Scores[Mobilisation]); got != Clarify {
		t.Errorf("little relevance gave %q", got)
	}
}

// answered draws what one authority answers on a form.
func answersOf(t *rapid.T, f questionnaire.Form) questionnaire.Answers {
	a := questionnaire.Answers{}
	for _, c := range f.Cells() {
		switch {
		case c.Flag:
			if rapid.IntRange(0, 9).Draw(t, "skip") == 0 {
				a[c.Key] = questionnaire.Skipped
			}
		case c.Closed():
			if i := rapid.IntRange(-1, len(c.Options)-1).Draw(t, c.Key); i >= 0 {
				a[c.Key] = c.Options[i].Code
			}
		}
	}
	return a
}

func same(a, b Group) bool {
	return a.Answers == b.Answers && a.Population == b.Population && slices.Equal(a.tally.counts, b.tally.counts) && slices.Equal(a.tally.sums, b.tally.sums) && slices.Equal(a.put, b.put)
}

func TestProperties(t *testing.T) {
	l, f, slots := small(3)
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) questionnaire.Answers { return answersOf(t, f) }), 1, 14).Draw(t, "answers")
		whole := group(l, f, slots, len(all), all...)
		for _, x := range whole.Levers() {
			if x.Skipped+x.Silent > x.Answers || x.Answers > x.Population {
				t.Fatalf("counts %+v", x)
			}
			for a := range axes {
				s := x.Scores[a]
				if s.N > x.Answers-x.Skipped-x.Silent {
					t.Fatalf("%d rated of %+v", s.N, x)
				}
				if s.Known != (s.N >= Fewest) || s.Value < 0 || s.Value > 1 || s.Low > s.Value || s.High < s.Value || s.Low < 0 || s.High > 1 {
					t.Fatalf("bounds %+v", s)
				}
			}
		}
		// No order of reading changes anything, nor adding one and taking it away.
		shuffled := rapid.Permutation(all).Draw(t, "order")
		if !same(whole, group(l, f, slots, len(all), shuffled...)) {
			t.Fatal("the order of reading changes a sum")
		}
		c := &cell{path: l.path(f.Code, int64(f.Version), questionnaire.Commune), tally: l.tally()}
		for _, a := range all {
			l.count(&c.tally, c.path, f.Pack(slots, a), 1)
		}
		more := f.Pack(slots, answersOf(t, f))
		l.count(&c.tally, c.path, more, 1)
		l.count(&c.tally, c.path, more, -1)
		if !slices.Equal(c.tally.sums, whole.tally.sums) || !slices.Equal(c.tally.counts, whole.tally.counts) {
			t.Fatal("taking an answer away does not undo it")
		}
		// Two groups merged are the whole, whose score is their weighted mean.
		cut := rapid.IntRange(0, len(all)).Draw(t, "cut")
		left, right := group(l, f, slots, cut, all[:cut]...), group(l, f, slots, len(all)-cut, all[cut:]...)
		if !same(whole, Merge(left, right)) {
			t.Fatal("merging two groups is not the whole")
		}
		for i := range l.Levers {
			for a := range axes {
				x, y, z := left.Lever(i).Scores[a], right.Lever(i).Scores[a], whole.Lever(i).Scores[a]
				if x.Known && y.Known && math.Abs(z.Value-(x.Value*float64(x.N)+y.Value*float64(y.N))/float64(x.N+y.N)) > 1e-9 {
					t.Fatalf("the whole is no weighted mean: %v of %d, %v of %d, %v", x.Value, x.N, y.Value, y.N, z.Value)
				}
			}
		}
	})
}

// Raising one rating never lowers the score of its lever, nor moves another lever.
func TestMonotone(t *testing.T) {
	l, f, slots := small(2)
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) questionnaire.Answers { return answersOf(t, f) }), 6, 12).Draw(t, "answers")
		before := group(l, f, slots, 12, all...)
		who := rapid.IntRange(0, len(all)-1).Draw(t, "who")
		key := rapid.SampledFrom([]string{"l1-a.pertinence", "l1-b.pertinence", "l1-a.mobilisation", "l1-b.mobilisation"}).Draw(t, "key")
		c, _ := f.Cell(key)
		at := slices.IndexFunc(c.Options, func(o questionnaire.Option) bool { return o.Code == all[who][key] })
		if at < 0 || at+1 >= len(c.Options) || c.Options[at].Score == nil {
			t.Skip("nothing to raise")
		}
		all[who][key] = c.Options[at+1].Code
		after := group(l, f, slots, 12, all...)
		axis := Relevance
		if c.Column == questionnaire.Mobilisation {
			axis = Mobilisation
		}
		x, y := before.Lever(0).Scores[axis], after.Lever(0).Scores[axis]
		if y.Known != x.Known || y.Value < x.Value {
			t.Fatalf("raising %s lowers %v to %v", key, x.Value, y.Value)
		}
		for a := range axes {
			if before.Lever(1).Scores[a] != after.Lever(1).Scores[a] || a != axis && before.Lever(0).Scores[a] != after.Lever(0).Scores[a] {
				t.Fatal("another score moved")
			}
		}
	})
}

// A family stays within the interval of thresholds that is given, and changes
// right outside it.
func TestStabilityIsTheInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Score {
			v := rapid.Float64Range(0.01, 0.99).Draw(t, name)
			return Score{Known: true, Value: v, Low: max(v-0.1, 0), High: min(v+0.1, 1), N: 9}
		}
		r, m := draw("relevance"), draw("mobilisation")
		th := Thresholds{rapid.Float64Range(0, 1).Draw(t, "t1"), rapid.Float64Range(0, 1).Draw(t, "t2")}
		family, s := th.Of(r, m), th.Stability(r, m)
		const e = 1e-6
		for _, v := range []float64{s.Relevance.From + e, s.Relevance.To - e} {
			if got := (Thresholds{v, th.Mobilisation}).Of(r, m); v >= 0 && v <= 1 && got != family {
				t.Fatalf("at relevance %v the family is %q, not %q: %+v", v, got, family, s)
			}
		}
		for _, v := range []float64{s.Mobilisation.From + e, s.Mobilisation.To - e} {
			if got := (Thresholds{th.Relevance, v}).Of(r, m); v >= 0 && v <= 1 && got != family {
				t.Fatalf("at mobilisation %v the family is %q, not %q: %+v", v, got, family, s)
			}
		}
		for _, v := range []float64{s.Relevance.From - e, s.Relevance.To + e} {
			if got := (Thresholds{v, th.Mobilisation}).Of(r, m); v > 0 && v < 1 && got == family {
				t.Fatalf("outside %+v the family is the same", s)
			}
		}
		if s.Fragile != (r.Low < th.Relevance && th.Relevance <= r.High || family != Clarify && m.Low < th.Mobilisation && th.Mobilisation <= m.High) {
			t.Fatalf("fragile %v", s.Fragile)
		}
	})
}
