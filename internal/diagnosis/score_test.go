package diagnosis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// levers draws evidence for some levers, in the order of their codes.
func someEvidence(t *rapid.T) []Evidence {
	n := rapid.IntRange(1, 12).Draw(t, "levers")
	out := make([]Evidence, n)
	for i := range out {
		out[i] = Evidence{Lever: string(rune('a' + i)), Name: string(rune('A' + i)), Facts: make([]Fact, len(Criteria()))}
		for j := range out[i].Facts {
			if out[i].Facts[j].Known = rapid.IntRange(0, 3).Draw(t, "known") > 0; out[i].Facts[j].Known {
				// Hundredths: two levers are either level or well apart.
				out[i].Facts[j].Note = float64(rapid.IntRange(0, 100).Draw(t, "note")) / 100
			} else {
				out[i].Facts[j].Reason = "inconnu"
			}
		}
	}
	return out
}

func someWeights(t *rapid.T) Weights {
	w := Weights{By: map[Criterion]float64{}, Turned: map[Criterion]bool{}}
	for _, c := range Criteria() {
		w.By[c.Code] = float64(rapid.IntRange(0, 10).Draw(t, "weight"))
		w.Turned[c.Code] = c.Turns && rapid.Bool().Draw(t, "turned")
	}
	w.By[Size] = max(w.By[Size], 1)
	return w
}

func by(all []Scored) map[string]Scored {
	out := map[string]Scored{}
	for _, s := range all {
		out[s.Lever] = s
	}
	return out
}

func TestScoreIsAMeanOfWhatIsKnown(t *testing.T) {
	e := Evidence{Lever: "a", Facts: []Fact{{Known: true, Note: 1}, {Reason: "pas de série"}, {Known: true, Note: 0.5}, {Reason: "pas publié"}, {Known: true, Note: 0.2}, {Known: true, Note: 0.2}}}
	w := ProposedWeights()
	w.Turned[Strong] = true
	got := Score([]Evidence{e}, w)[0]
	// 2 × 1 + 2 × 0,5 + 1 × 0,2 + 1 × (1 − 0,2), over 6 of the 10 weights.
	if want := 4.0 / 6; !got.Known || math.Abs(got.Score-want) > 1e-12 || math.Abs(got.Standing-0.6) > 1e-12 || got.Rank != 1 {
		t.Errorf("score %v on %v, rank %d; want %v on 0.6", got.Score, got.Standing, got.Rank, want)
	}
	if math.Abs(got.Least-0.4) > 1e-12 || math.Abs(got.Most-0.8) > 1e-12 {
		t.Errorf("were the rest known: between %v and %v, want 0.4 and 0.8", got.Least, got.Most)
	}
	parts := 0.0
	for i := range Criteria() {
		parts += got.Part(w, i)
	}
	if math.Abs(parts-1) > 1e-12 {
		t.Errorf("the parts of the known criteria add up to %v", parts)
	}
}

func TestNothingKnownIsNoScore(t *testing.T) {
	blank := Evidence{Lever: "b", Facts: make([]Fact, len(Criteria()))}
	full := Evidence{Lever: "z", Facts: slices.Repeat([]Fact{{Known: true}}, len(Criteria()))}
	got := Score([]Evidence{blank, full}, ProposedWeights())
	if got[0].Lever != "z" || !got[0].Known || got[0].Score != 0 || got[0].Rank != 1 {
		t.Errorf("a true zero is a score: %+v", got[0])
	}
	if got[1].Known || got[1].Rank != 0 || got[1].Standing != 0 {
		t.Errorf("nothing known has no rank: %+v", got[1])
	}
}

// A higher note never lowers a score nor worsens a rank, where the team left the
// sense of the criterion; it never raises it where the team turned it.
func TestScoreIsMonotoneInACriterion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all, w := someEvidence(t), someWeights(t)
		before := by(Score(all, w))
		i, j := rapid.IntRange(0, len(all)-1).Draw(t, "lever"), rapid.IntRange(0, len(Criteria())-1).Draw(t, "criterion")
		if !all[i].Facts[j].Known {
			return
		}
		all[i].Facts[j].Note = all[i].Facts[j].Note + (1-all[i].Facts[j].Note)*rapid.Float64Range(0, 1).Draw(t, "more")
		was, is := before[all[i].Lever], by(Score(all, w))[all[i].Lever]
		rise, climb := is.Score-was.Score, was.Rank-is.Rank
		if w.Turned[Criteria()[j].Code] {
			rise, climb = -rise, -climb
		}
		if rise < -1e-12 || climb < 0 && rise > 1e-6 {
			t.Errorf("score %v → %v, rank %d → %d", was.Score, is.Score, was.Rank, is.Rank)
		}
	})
}

func TestScoresDoNotDependOnTheScaleOfWeightsNorOnTheOrderOfLevers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all, w := someEvidence(t), someWeights(t)
		want := by(Score(all, w))
		scaled := Weights{By: map[Criterion]float64{}, Turned: w.Turned}
		for c, v := range w.By {
			scaled.By[c] = v * 4 // exact in binary: the draws are the same too
		}
		mixed := slices.Clone(all)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		for _, got := range Score(mixed, scaled) {
			x := want[got.Lever]
			if got.Score != x.Score || got.Rank != x.Rank || got.Low != x.Low || got.High != x.High || got.Top != x.Top {
				t.Errorf("%s: %v %d [%d, %d] %v; want %v %d [%d, %d] %v", got.Lever, got.Score, got.Rank, got.Low, got.High, got.Top, x.Score, x.Rank, x.Low, x.High, x.Top)
			}
		}
	})
}

// Two levers, one criterion apart: with even weights the first wins when its
// criterion weighs more, half the time.
func TestIntervalsAreThoseOfAFixedDraw(t *testing.T) {
	fact := func(gap, size float64) []Fact {
		f := make([]Fact, len(Criteria()))
		f[0], f[2] = Fact{Known: true, Note: gap}, Fact{Known: true, Note: size}
		return f
	}
	w := Weights{By: map[Criterion]float64{Gap: 1, Size: 1}}
	all := []Evidence{{Lever: "a", Facts: fact(1, 0)}, {Lever: "b", Facts: fact(0, 1)}, {Lever: "c", Facts: fact(0, 0)}}
	first := Score(all, w)
	for range 3 {
		if again := Score(all, w); !slices.EqualFunc(first, again, func(x, y Scored) bool {
			return x.Lever == y.Lever && x.Low == y.Low && x.High == y.High && x.Top == y.Top
		}) {
			t.Fatal("the same evidence gave other intervals")
		}
	}
	got := by(first)
	if a, b, c := got["a"], got["b"], got["c"]; a.Rank != 1 || b.Rank != 1 || a.Low != 1 || a.High != 2 || b.Low != 1 || b.High != 2 || c.Low != 3 || c.High != 3 {
		t.Errorf("intervals: %+v", first)
	}
	// A criterion that weighs nothing is never drawn.
	w.By = map[Criterion]float64{Gap: 1}
	if a := by(Score(all, w))["a"]; a.Low != 1 || a.High != 1 {
		t.Errorf("one criterion alone: rank between %d and %d", a.Low, a.High)
	}
}

func TestDrawnWeightsStayAroundTheTeams(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	want := []float64{0.5, 0.3, 0.15, 0.05, 0}
	mean, square := make([]float64, len(want)), make([]float64, len(want))
	const n = 20_000
	for range n {
		x := dirichlet(r, want)
		sum := 0.0
		for i, v := range x {
			mean[i], square[i], sum = mean[i]+v/n, square[i]+v*v/n, sum+v
		}
		if math.Abs(sum-1) > 1e-9 || x[4] != 0 {
			t.Fatalf("a weighting adds up to %v, and what weighs nothing weighs %v", sum, x[4])
		}
	}
	for i, s := range want {
		// The law of Dirichlet: mean s, variance s(1 − s) ÷ (concentration + 1).
		if v := square[i] - mean[i]*mean[i]; math.Abs(mean[i]-s) > 0.005 || math.Abs(v-s*(1-s)/(around+1)) > 0.0007 {
			t.Errorf("weight %d: mean %v and variance %v, want %v and %v", i, mean[i], v, s, s*(1-s)/(around+1))
		}
	}
}

func TestEachWeightMovesAlone(t *testing.T) {
	var all []Evidence
	for i := range 7 {
		f := slices.Repeat([]Fact{{Known: true}}, len(Criteria()))
		f[0].Note, f[2].Note = float64(i)/10, float64(6-i)/12
		all = append(all, Evidence{Lever: string(rune('a' + i)), Name: string(rune('A' + i)), Facts: f})
	}
	w := Weights{By: map[Criterion]float64{Gap: 1, Size: 1}}
	s := Score(all, w)
	moves := Moves(s, w)
	if len(moves) != 2*len(Factors()) {
		t.Fatalf("%d moves, want %d: criteria that weigh nothing are left out", len(moves), 2*len(Factors()))
	}
	m := moves[0] // the gap counts no more: the ranking is turned
	if m.Criterion != Gap || m.Factor != 0 || !slices.Equal(m.In, []string{"B", "A"}) || !slices.Equal(m.Out, []string{"G", "F"}) || m.From == m.To {
		t.Errorf("without the gap: %+v", m)
	}
	if alone := Moves(s, Weights{By: map[Criterion]float64{Gap: 1}}); len(alone) != 0 {
		t.Errorf("one criterion alone moves nothing: %+v", alone)
	}
}

func TestThemeIsTheMeanOfItsLeversByObjective(t *testing.T) {
	lever := func(code string, score float64, kg int64, known bool) Scored {
		return Scored{Evidence: Evidence{Lever: code, Name: code, Kg: kg, HasKg: kg != 0}, Known: known, Score: score}
	}
	levers := []Scored{lever("a", 0.9, 300, true), lever("b", 0.1, 100, true), lever("c", 0.5, 0, true), lever("d", 0, 500, false), lever("e", 0.3, -50, true)}
	themes := []Theme{{Kind: OfLevers, Levers: []string{"a", "b", "c", "d"}}, {Kind: OfLevers, Levers: []string{"c", "e"}}, {Kind: Cross}, {Kind: OfLevers, Levers: []string{"d", "parti"}}}
	got := ScoreThemes(themes, levers)
	if x := got[0]; math.Abs(x.Score-0.7) > 1e-12 || x.Counted != 2 || !slices.Equal(x.Left, []string{"d", "c"}) || x.Plain || x.Rank != 1 {
		t.Errorf("weighed by objective: %+v", x)
	}
	if x := got[1]; math.Abs(x.Score-0.4) > 1e-12 || !x.Plain || x.Rank != 2 {
		t.Errorf("no objective: %+v", x)
	}
	for _, x := range got[2:] {
		if x.Known || x.Reason == "" || x.Rank != 0 {
			t.Errorf("no score, with its reason: %+v", x)
		}
	}
	if d := Departs([]bool{false, true, true, false}, got); len(d) != 1 || !slices.Equal(d[1], []int{0}) {
		t.Errorf("departs: %v", d)
	}
}

// BenchmarkScore is a region of the mainland with its thousand weightings.
func BenchmarkScore(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	all := make([]Evidence, 30)
	for i := range all {
		all[i] = Evidence{Lever: string(rune('A' + i)), Facts: make([]Fact, len(Criteria()))}
		for j := range all[i].Facts {
			all[i].Facts[j] = Fact{Known: r.IntN(3) > 0, Note: r.Float64()}
		}
	}
	for b.Loop() {
		Score(all, ProposedWeights())
	}
}
