package opinion

import (
	"cmp"
	"math"
	"slices"
)

// Tally counts the answers to a statement.
type Tally struct{ Agree, Disagree, Pass int32 }

// Answers is how many answered, those who pass included.
func (t Tally) Answers() int { return int(t.Agree + t.Disagree + t.Pass) }

// Side is one of the two answers that take part.
type Side int8

// The sides.
const (
	Against Side = Side(Disagree)
	For     Side = Side(Agree)
)

func (t Tally) of(s Side) float64 {
	if s == For {
		return float64(t.Agree)
	}
	return float64(t.Disagree)
}

// Smoothed is the share of a side, (n + 1) / (answers + 2): a few answers tell
// little.
func (t Tally) Smoothed(s Side) float64 { return (t.of(s) + 1) / (float64(t.Answers()) + 2) }

// Interval is a share and the bounds that it lies between 19 times out of 20
// (Wilson). Without answers it is not known: OK is false.
type Interval struct {
	Share, Low, High float64
	OK               bool
}

// level is the normal deviate of 19 times out of 20.
const level = 1.959963984540054

// Share is the share of a side among those who answered.
func (t Tally) Share(s Side) Interval {
	n := float64(t.Answers())
	if n == 0 {
		return Interval{}
	}
	p := t.of(s) / n
	middle, half := p+level*level/(2*n), level*math.Sqrt(p*(1-p)/n+level*level/(4*n*n))
	under := 1 + level*level/n
	return Interval{p, max(0, (middle-half)/under), min(1, (middle+half)/under), true}
}

// Statement is a statement and what was answered to it.
type Statement struct {
	Number    int
	Read      bool       // it was read for groups
	All       Tally      // by everybody
	Groups    []Tally    // by those of each group
	Loading   [2]float64 // on the two axes of the map: which way agreeing draws
	Extremity float64    // how much it draws, 1.4 on average
}

// tally counts answers by statement.
func (v *Votes) tally(group []int8, k int) []Statement {
	out := make([]Statement, v.statements)
	by := make([]Tally, v.statements*k)
	for s := range out {
		out[s] = Statement{Number: s, Groups: by[s*k : (s+1)*k : (s+1)*k]}
	}
	for p := range v.participants {
		for i := v.start[p]; i < v.start[p+1]; i++ {
			s := &out[v.col[i]]
			s.All.count(v.val[i])
			if g := group[p]; g >= 0 && k > 0 {
				s.Groups[g].count(v.val[i])
			}
		}
	}
	return out
}

func (t *Tally) count(v int8) {
	switch v {
	case Agree:
		t.Agree++
	case Disagree:
		t.Disagree++
	default:
		t.Pass++
	}
}

// Consensus is how much all groups are of one side: the product over groups of the
// smoothed share, so that one group that is not is enough to bring it down. Without
// groups, the share of all.
func (s Statement) Consensus(side Side) float64 {
	if len(s.Groups) == 0 {
		return s.All.Smoothed(side)
	}
	out := 1.0
	for _, t := range s.Groups {
		out *= t.Smoothed(side)
	}
	return out
}

// Gap is what separates two groups on a statement.
type Gap struct {
	Statement int
	High, Low int     // the group that agrees most, and the one that agrees least
	Gap       float64 // between the shares that agree
	AtLeast   float64 // what the gap is at least, 19 times out of 20 (Newcombe); 0: they may not differ
}

// Divides finds the two groups, of those with least answers at least, that differ
// the most surely on a statement.
func (s Statement) Divides(least int) (Gap, bool) {
	best, found := Gap{Statement: s.Number}, false
	for a, x := range s.Groups {
		for b, y := range s.Groups {
			if a == b || x.Answers() < least || y.Answers() < least {
				continue
			}
			p, q := x.Share(For), y.Share(For)
			gap := p.Share - q.Share
			if gap <= 0 {
				continue
			}
			sure := max(0, gap-math.Hypot(p.Share-p.Low, q.High-q.Share))
			if !found || sure > best.AtLeast+1e-12 || sure > best.AtLeast-1e-12 && gap > best.Gap+1e-12 {
				best, found = Gap{s.Number, a, b, gap, sure}, true
			}
		}
	}
	return best, found
}

// Mark is a statement that tells a group from the others.
type Mark struct {
	Statement int
	Side      Side
	Own       Interval // share of the side in the group
	Others    Interval // and among all the others
	Ratio     float64  // of the two, smoothed
	Z         float64  // deviate of the test that they are the same
	P         float64  // how likely such a difference is by chance
}

// Marks lists what marks a group, the most telling first: statements on which most
// of those who answered in the group are of one side, more than the others are, the
// difference being tested (two proportions) with the rate of false marks held at
// 5 % over all statements and sides (Benjamini and Hochberg). least is how many
// answers a share needs on each part, to be shown.
func (res *Result) Marks(group, least int) []Mark {
	var all []Mark
	tests := 0
	for _, s := range res.Statements {
		if group < 0 || group >= len(s.Groups) {
			return nil
		}
		own := s.Groups[group]
		var others Tally
		for g, t := range s.Groups {
			if g != group {
				others.Agree, others.Disagree, others.Pass = others.Agree+t.Agree, others.Disagree+t.Disagree, others.Pass+t.Pass
			}
		}
		if own.Answers() < max(least, 1) || others.Answers() < max(least, 1) {
			continue
		}
		for _, side := range []Side{For, Against} {
			tests++
			m := Mark{Statement: s.Number, Side: side, Own: own.Share(side), Others: others.Share(side), Ratio: own.Smoothed(side) / others.Smoothed(side)}
			m.Z = differ(own, others, side)
			m.P = math.Erfc(m.Z/math.Sqrt2) / 2
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b Mark) int { return cmp.Compare(a.P, b.P) })
	kept := 0
	for i, m := range all {
		if m.P <= 0.05*float64(i+1)/float64(tests) {
			kept = i + 1
		}
	}
	all = slices.DeleteFunc(all[:kept], func(m Mark) bool { return m.Own.Share <= 0.5 })
	slices.SortStableFunc(all, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(b.Own.Share*b.Z*b.Ratio, a.Own.Share*a.Z*a.Ratio), cmp.Compare(a.Statement, b.Statement))
	})
	return all
}

// differ is the deviate of the test that two shares are the same, (n + 1) / (N + 2)
// each.
func differ(a, b Tally, side Side) float64 {
	n, m := float64(a.Answers())+2, float64(b.Answers())+2
	p, q := a.Smoothed(side), b.Smoothed(side)
	mean := (p*n + q*m) / (n + m)
	return (p - q) / math.Sqrt(mean*(1-mean)*(1/n+1/m))
}

// Shared lists the statements that every group is of one side on, the most shared
// first: more than half of those who answered in each, least answers in each. It is
// short when there is little consensus.
func (res *Result) Shared(side Side, least int) []Statement {
	out := slices.DeleteFunc(slices.Clone(res.Statements), func(s Statement) bool {
		parts := s.Groups
		if len(parts) == 0 {
			parts = []Tally{s.All}
		}
		return slices.ContainsFunc(parts, func(t Tally) bool {
			return t.Answers() < max(least, 1) || 2*t.of(side) <= float64(t.Answers())
		})
	})
	slices.SortStableFunc(out, func(a, b Statement) int { return cmp.Compare(b.mean(side), a.mean(side)) })
	return out
}

// mean makes consensus over two groups and over five comparable.
func (s Statement) mean(side Side) float64 {
	return math.Pow(s.Consensus(side), 1/float64(max(len(s.Groups), 1)))
}

// Divisive lists what divides, the most surely first, what may not divide left out.
func (res *Result) Divisive(least int) []Gap {
	var out []Gap
	for _, s := range res.Statements {
		if g, ok := s.Divides(least); ok && g.AtLeast > 0 {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b Gap) int { return cmp.Compare(b.AtLeast, a.AtLeast) })
	return out
}
