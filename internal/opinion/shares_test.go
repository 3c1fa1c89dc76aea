package opinion

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestShares(t *testing.T) {
	// Wilson's interval of 8 in 10, as statsmodels gives it.
	i := Tally{Agree: 8, Disagree: 1, Pass: 1}.Share(For)
	if !i.OK || i.Share != 0.8 || math.Abs(i.Low-0.49016247153664183) > 1e-9 || math.Abs(i.High-0.9433178485456247) > 1e-9 {
		t.Errorf("%+v", i)
	}
	if i := (Tally{}).Share(For); i.OK {
		t.Errorf("a share of nobody: %+v", i)
	}
	if p := (Tally{Agree: 3, Disagree: 1}).Smoothed(For); math.Abs(p-4.0/6) > 1e-12 {
		t.Errorf("smoothed %v", p)
	}
	s := Statement{Groups: []Tally{{Agree: 9, Disagree: 1}, {Agree: 4, Disagree: 4}}}
	if c := s.Consensus(For); math.Abs(c-10.0/12*5/10) > 1e-12 {
		t.Errorf("consensus %v", c)
	}
	if g, ok := s.Divides(5); !ok || g.High != 0 || g.Low != 1 || math.Abs(g.Gap-0.4) > 1e-12 || g.AtLeast >= g.Gap {
		t.Errorf("divides %+v %v", g, ok)
	}
	if _, ok := s.Divides(9); ok {
		t.Error("a gap with a group of fewer answers than asked")
	}
}

func TestSharesAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(what string) Tally {
			n := rapid.Int32Range(0, 1_000_000)
			return Tally{n.Draw(t, what+" for"), n.Draw(t, what+" against"), n.Draw(t, what+" pass")}
		}
		s := Statement{All: draw("all")}
		for range rapid.IntRange(0, 5).Draw(t, "groups") {
			s.Groups = append(s.Groups, draw("group"))
		}
		least := 1.0
		for _, side := range []Side{For, Against} {
			c := s.Consensus(side)
			if !(c > 0 && c < 1) {
				t.Fatalf("consensus %v", c)
			}
			for _, g := range s.Groups {
				least = min(least, g.Smoothed(side))
			}
			i := s.All.Share(side)
			if i.OK && !(0 <= i.Low && i.Low <= i.Share+1e-9 && i.Share <= i.High+1e-9 && i.High <= 1) {
				t.Fatalf("%+v", i)
			}
		}
		if len(s.Groups) > 0 && s.Consensus(For)*s.Consensus(Against) > least {
			t.Fatal("more consensus than the group that shares least")
		}
		if g, ok := s.Divides(1); ok && !(0 <= g.AtLeast && g.AtLeast <= g.Gap && g.Gap <= 1) {
			t.Fatalf("%+v", g)
		}
	})
}

// What groups are made to hold is what is said of them.
func TestWhatGroupsHold(t *testing.T) {
	// Statement 0: the first group only; 1: the second only; 2: all for; 3: all
	// against; 4: hardly anybody asked; the others: half and half in both.
	var all []Vote
	r := sequence{1}
	for p := range int32(200) {
		for s := range int32(30) {
			chance := 0.5
			switch {
			case s == 0, s > 10 && s%2 == 1:
				chance = 0.95 - 0.9*float64(p%2)
			case s == 1, s > 10:
				chance = 0.05 + 0.9*float64(p%2)
			case s == 2:
				chance = 0.95
			case s == 3:
				chance = 0.05
			}
			v := Vote{p, s, Disagree}
			if r.unit() < chance {
				v.Value = Agree
			}
			if s == 4 && p > 3 || r.unit() < 0.3 {
				continue
			}
			all = append(all, v)
		}
	}
	v := collect(t, 200, 30, all)
	res := Refresh(v, Options{}, State{})
	if res.Groups != 2 || res.Confidence.Level != Sure || res.Read != 29 || res.Statements[4].Read {
		t.Fatalf("%d groups, %+v, %d statements read", res.Groups, res.Confidence, res.Read)
	}
	first := int(res.Group[0])
	for g := range 2 {
		marks, wrong := res.Marks(g, 5), 0
		if len(marks) < 15 {
			t.Errorf("group %d: %d marks", g, len(marks))
		}
		for _, m := range marks {
			agrees := m.Statement == 0 || m.Statement > 10 && m.Statement%2 == 1
			if (m.Statement == 0 || m.Statement == 1 || m.Statement > 10) && (m.Side == For) != (agrees == (g == first)) || m.Own.Share <= 0.5 || m.P > 0.05 {
				t.Errorf("group %d: %+v", g, m)
			}
			if m.Statement >= 2 && m.Statement <= 10 {
				wrong++
			}
		}
		if wrong > 2 {
			t.Errorf("group %d is marked by %d statements that all share", g, wrong)
		}
	}
	if shared := res.Shared(For, 5); len(shared) == 0 || shared[0].Number != 2 {
		t.Errorf("shared: %+v", shared)
	}
	if shared := res.Shared(Against, 5); len(shared) == 0 || shared[0].Number != 3 {
		t.Errorf("refused by all: %+v", shared)
	}
	divisive := res.Divisive(5)
	if len(divisive) < 20 || slices.ContainsFunc(divisive[:20], func(g Gap) bool { return g.Statement > 1 && g.Statement < 11 }) {
		t.Errorf("divisive: %+v", divisive)
	}
	if res.Marks(7, 5) != nil || res.Marks(-1, 5) != nil {
		t.Error("marks of a group that is not")
	}
	for p, s := range res.Sure {
		if res.Group[p] >= 0 && (s <= 0 || s > 1) {
			t.Errorf("participant %d is sure at %v", p, s)
		}
	}
	total := 0
	for _, s := range res.Statements {
		total += s.All.Answers()
	}
	if total != v.Len() {
		t.Errorf("%d answers told, of %d", total, v.Len())
	}
}

func TestNoGroupUnderTheMinimum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people, statements, all := votes(t)
		o := Options{MinVotes: 1, MinAsked: 1, MinGroup: rapid.IntRange(1, 12).Draw(t, "least"), MaxGroups: rapid.IntRange(2, 6).Draw(t, "most"), Seed: 3}
		res := Refresh(collect(t, people, statements, all), o, State{})
		if res.Groups == 1 || res.Groups > 5 || len(res.Sizes) != res.Groups {
			t.Fatalf("%d groups", res.Groups)
		}
		count := make([]int, res.Groups)
		for p, g := range res.Group {
			if g >= 0 {
				count[g]++
			}
			for _, x := range []float32{res.X[p], res.Y[p], res.Sure[p]} {
				if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
					t.Fatalf("participant %d: %v", p, x)
				}
			}
		}
		for g, n := range count {
			if n < o.MinGroup || n != res.Sizes[g] {
				t.Fatalf("group %d of %d people, said %d", g, n, res.Sizes[g])
			}
		}
		c := res.Confidence
		for _, x := range []float64{c.Structure, c.Silhouette, c.Chance, c.Stability} {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				t.Fatalf("%+v", c)
			}
		}
		if res.Groups == 0 && c.Reason != TooFew {
			t.Fatalf("no group, and %+v", c)
		}
	})
}

func TestNext(t *testing.T) {
	var all []Asked
	for i := range int32(100) {
		all = append(all, Asked{Statement: i, All: Tally{Agree: 40, Disagree: 30, Pass: 5}})
	}
	all[7].All = Tally{}                   // never asked
	all[8].Extremity = 6                   // tells people apart
	all[9].All = Tally{Agree: 1, Pass: 74} // people pass
	first := map[int32]int{}
	for seed := range uint64(20_000) {
		got := Next(all, seed, func(s int32) bool { return s == 3 }, 10)
		if len(got) != 10 || !slices.Equal(got, Next(all, seed, func(s int32) bool { return s == 3 }, 10)) {
			t.Fatalf("seed %d: %v", seed, got)
		}
		seen := map[int32]bool{3: true}
		for _, s := range got {
			if seen[s] {
				t.Fatalf("seed %d: %v", seed, got)
			}
			seen[s] = true
		}
		if short := Next(all, seed, func(s int32) bool { return s == 3 }, 4); !slices.Equal(short, got[:4]) {
			t.Fatalf("seed %d: %v, then %v", seed, short, got)
		}
		first[got[0]]++
	}
	// Each is first as often as it weighs.
	sum := 0.0
	for _, a := range all {
		if a.Statement != 3 {
			sum += a.Weight()
		}
	}
	for _, s := range []int32{7, 8, 9, 50} {
		want := 20_000 * all[s].Weight() / sum
		if got := float64(first[s]); math.Abs(got-want) > 5*math.Sqrt(want)+3 {
			t.Errorf("statement %d first %v times, %v expected", s, got, want)
		}
	}
	if all[7].Weight() < 5*all[50].Weight() || all[8].Weight() < 5*all[50].Weight() || all[9].Weight() > all[50].Weight()/5 {
		t.Errorf("weights: never asked %v, telling %v, passed %v, other %v", all[7].Weight(), all[8].Weight(), all[9].Weight(), all[50].Weight())
	}
	if got := Next(all, 1, func(int32) bool { return true }, 5); len(got) != 0 {
		t.Errorf("of nothing left: %v", got)
	}
	if got := Next(all, 1, nil, 1000); len(got) != 100 {
		t.Errorf("%d of 100", len(got))
	}
	if got := Next(all, 1, nil, 0); len(got) != 0 {
		t.Errorf("of none asked: %v", got)
	}
}
