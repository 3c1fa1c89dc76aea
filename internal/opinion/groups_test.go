package opinion_test

import (
	"encoding/json"
	"math"
	"math/rand"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	made "jalon/bench/opinion"
	"jalon/internal/opinion"
)

func read(t testing.TB, d made.Debate) *opinion.Votes {
	t.Helper()
	v, err := opinion.Collect(d.People, d.Statements, int(float64(d.People*d.Statements)*(1-d.Missing)), d.Votes())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// oracle puts each person where somebody who knew the chances would: nobody can do
// better than it on average.
func oracle(d made.Debate, v *opinion.Votes) []int8 {
	chances := d.Chances()
	odds := make([][]float64, d.People)
	for p := range odds {
		odds[p] = make([]float64, d.Groups)
	}
	for x := range v.All() {
		for g := range d.Groups {
			c := chances[g*d.Statements+int(x.Statement)]
			if x.Value == opinion.Disagree {
				c = 1 - c
			}
			odds[x.Participant][g] += math.Log(c)
		}
	}
	out := make([]int8, d.People)
	for p, o := range odds {
		for g := range o {
			if o[g] > o[out[p]] {
				out[p] = int8(g)
			}
		}
	}
	return out
}

// The generator of the issue: three groups of a thousand people, a hundred
// statements, 70 % missing. Their number is found at each seed, and the groups as
// well as the votes allow.
func TestThreeGroupsAreFound(t *testing.T) {
	sum, best := 0.0, 0.0
	const seeds = 20
	for seed := range int64(seeds) {
		d := made.Debate{People: 1000, Statements: 100, Groups: 3, Missing: 0.7, Weak: 1, Seed: seed + 1}
		v := read(t, d)
		res := opinion.Refresh(v, opinion.Options{}, opinion.State{})
		ari, top := opinion.Rand(res.Group, d.Truth()), opinion.Rand(oracle(d, v), d.Truth())
		t.Logf("seed %2d: %d groups, adjusted Rand index %.3f, %.3f for who knows the chances; %+v", seed+1, res.Groups, ari, top, res.Confidence)
		if res.Groups != 3 || ari < min(0.95, top-0.01) || res.Confidence.Level != opinion.Sure {
			t.Errorf("seed %d: %d groups, %.3f, %+v", seed+1, res.Groups, ari, res.Confidence)
		}
		sum, best = sum+ari/seeds, best+top/seeds
	}
	t.Logf("mean %.3f, of %.3f at best", sum, best)
	if sum < 0.96 {
		t.Errorf("mean %.3f", sum)
	}
}

func TestOtherNumbersOfGroups(t *testing.T) {
	for _, k := range []int{2, 4, 5} {
		for seed := range int64(4) {
			d := made.Debate{People: 1000, Statements: 100, Groups: k, Missing: 0.7, Weak: 1, Pass: 0.1, Uneven: seed%2 == 1, Seed: seed + 1}
			if d.Uneven {
				d.Missing = 0.5
			}
			res := opinion.Refresh(read(t, d), opinion.Options{}, opinion.State{})
			ari := opinion.Rand(res.Group, d.Truth())
			t.Logf("%d groups, seed %d: %d found of %v, %.3f, %+v", k, seed+1, res.Groups, res.Sizes, ari, res.Confidence)
			if res.Groups != k || ari < 0.8 || res.Confidence.Level == opinion.Uncertain {
				t.Errorf("%d groups, seed %d: %d found, %.3f, %+v", k, seed+1, res.Groups, ari, res.Confidence)
			}
		}
	}
}

// What is not there is not said to be: weak groups, none, people along a line, and
// debates of a few.
func TestUncertainGroups(t *testing.T) {
	for name, d := range map[string]made.Debate{
		"weak":             {People: 200, Statements: 40, Groups: 3, Missing: 0.7, Weak: 0.3},
		"weaker":           {People: 200, Statements: 40, Groups: 2, Missing: 0.7, Weak: 0.2},
		"none":             {People: 1000, Statements: 100, Missing: 0.7, Weak: 1},
		"none, few":        {People: 40, Statements: 20, Missing: 0.2, Weak: 1},
		"none, many":       {People: 4000, Statements: 100, Missing: 0.9, Weak: 1, Pass: 0.1},
		"none, uneven":     {People: 1000, Statements: 100, Missing: 0.7, Weak: 1, Uneven: true},
		"a line":           {People: 1000, Statements: 100, Missing: 0.7, Line: true},
		"a line, few":      {People: 200, Statements: 40, Missing: 0.3, Line: true},
		"a line, answered": {People: 1000, Statements: 100, Missing: 0.3, Line: true},
		"nobody":           {},
		"four people":      {People: 4, Statements: 10, Groups: 2, Weak: 1},
		"one statement":    {People: 100, Statements: 1, Groups: 2, Weak: 1},
	} {
		for seed := range int64(5) {
			d.Seed = seed + 1
			res := opinion.Refresh(read(t, d), opinion.Options{}, opinion.State{})
			if res.Confidence.Level != opinion.Uncertain || res.Confidence.Reason == opinion.NoReason {
				if !d.Line || res.Confidence.Level == opinion.Sure {
					t.Errorf("%s, seed %d: %d groups, %+v", name, seed+1, res.Groups, res.Confidence)
				} else {
					t.Logf("%s, seed %d: %d groups, %+v", name, seed+1, res.Groups, res.Confidence)
				}
			}
		}
	}
}

// One answer more in a hundred changes nearly nobody's group, nor their numbers.
func TestGroupsStay(t *testing.T) {
	for seed := range int64(2) {
		for _, d := range []made.Debate{
			{People: 1000, Statements: 100, Groups: 3, Missing: 0.7, Weak: 1, Seed: seed + 1},
			{People: 2000, Statements: 150, Groups: 4, Missing: 0.85, Weak: 1, Seed: seed + 1},
		} {
			all := slices.Collect(read(t, d).All())
			r := rand.New(rand.NewSource(seed))
			r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			var last opinion.Result
			for step := range 5 {
				v, err := opinion.Collect(d.People, d.Statements, 0, slices.Values(all[:len(all)*(95+step)/100]))
				if err != nil {
					t.Fatal(err)
				}
				res := opinion.Refresh(v, opinion.Options{}, kept(t, last.State))
				if step > 0 {
					same, both := 0, 0
					for p, g := range res.Group {
						if g >= 0 && last.Group[p] >= 0 {
							both++
							if g == last.Group[p] {
								same++
							}
						}
					}
					ari := opinion.Rand(res.Group, last.Group)
					if res.Groups != last.Groups || ari < 0.95 || float64(same) < 0.97*float64(both) {
						t.Errorf("%+v step %d: %d groups after %d, %.3f, %d of %d kept their number", d, step, res.Groups, last.Groups, ari, same, both)
					}
				}
				last = res
			}
		}
	}
}

// kept is a State as a database gives it back.
func kept(t *testing.T, s opinion.State) (back opinion.State) {
	t.Helper()
	text, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(text, &back)
	}
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(s, back); d != "" {
		t.Errorf("State changed on its way: %s", d)
	}
	return back
}

// The same matrix gives the same result to the last bit, whatever order the votes
// came in, and again from what an export holds.
func TestSameVotesSameResult(t *testing.T) {
	d := made.Debate{People: 3000, Statements: 100, Groups: 3, Missing: 0.8, Weak: 0.8, Pass: 0.1, Uneven: true, Seed: 4}
	v := read(t, d)
	all := slices.Collect(v.All())
	first := opinion.Refresh(v, opinion.Options{}, opinion.State{})
	second := opinion.Refresh(v, opinion.Options{}, first.State)
	for seed := range int64(3) {
		rand.New(rand.NewSource(seed)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		again, err := opinion.Collect(d.People, d.Statements, 0, slices.Values(all))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(first, opinion.Refresh(again, opinion.Options{}, opinion.State{})); d != "" {
			t.Errorf("not the same: %s", d)
		}
		if d := cmp.Diff(second, opinion.Refresh(again, opinion.Options{}, kept(t, first.State))); d != "" {
			t.Errorf("not the same from a State: %s", d)
		}
	}
}

// People have no order: given other numbers, they make the same groups.
func TestPeopleHaveNoOrder(t *testing.T) {
	for seed := range int64(5) {
		d := made.Debate{People: 600, Statements: 80, Groups: 3, Missing: 0.5, Weak: 1, Seed: seed + 1}
		v := read(t, d)
		order := rand.New(rand.NewSource(seed)).Perm(d.People)
		moved := make([]opinion.Vote, 0, v.Len())
		for x := range v.All() {
			x.Participant = int32(order[x.Participant])
			moved = append(moved, x)
		}
		w, err := opinion.Collect(d.People, d.Statements, 0, slices.Values(moved))
		if err != nil {
			t.Fatal(err)
		}
		a, b := opinion.Refresh(v, opinion.Options{}, opinion.State{}), opinion.Refresh(w, opinion.Options{}, opinion.State{})
		back := make([]int8, d.People)
		for p := range back {
			back[p] = b.Group[order[p]]
		}
		if ari := opinion.Rand(a.Group, back); a.Groups != b.Groups || ari < 1 {
			t.Errorf("seed %d: %d and %d groups, %.3f", seed, a.Groups, b.Groups, ari)
		}
		if !slices.Equal(sorted(a.Sizes), sorted(b.Sizes)) {
			t.Errorf("sizes %v and %v", a.Sizes, b.Sizes)
		}
	}
}

func sorted(x []int) []int {
	x = slices.Clone(x)
	slices.Sort(x)
	return x
}

// A State written by hand, or of another debate, is no worse than none.
func TestForeignState(t *testing.T) {
	d := made.Debate{People: 300, Statements: 60, Groups: 3, Missing: 0.5, Weak: 1, Seed: 1}
	v := read(t, d)
	want := opinion.Refresh(v, opinion.Options{}, opinion.State{})
	for name, s := range map[string]opinion.State{
		"nonsense":   {Groups: 99, Dims: -4, Labels: []byte{255, 7, 3}, Loadings: [][]float32{{float32(math.NaN())}, nil, {1e30}}},
		"other size": {Groups: 3, Dims: 9, Labels: make([]byte, 5000), Loadings: [][]float32{make([]float32, 900)}},
		"empty":      {Groups: 4, Dims: 2, Challenger: 3, Wins: 1000},
	} {
		res := opinion.Refresh(v, opinion.Options{}, s)
		if res.Groups != want.Groups || opinion.Rand(res.Group, want.Group) < 0.97 {
			t.Errorf("%s: %d groups, %.3f", name, res.Groups, opinion.Rand(res.Group, want.Group))
		}
	}
}
