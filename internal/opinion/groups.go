package opinion

import (
	"cmp"
	"math"
	"slices"
)

// Options say who counts and how groups are made; zero fields take what is
// proposed.
type Options struct {
	MinVotes  int    // answers from which a person counts (or all statements kept, when fewer); 0: 7
	MinAsked  int    // answers from which a statement is read for groups; 0: 5
	MinGroup  int    // people under which a group is never made nor shown; 0: 5
	MaxGroups int    // 2 to 5; 0: 5
	Seed      uint64 // of everything drawn; 0 is a seed like another
}

func (o Options) filled() Options {
	fill := func(n *int, by int) {
		if *n <= 0 {
			*n = by
		}
	}
	fill(&o.MinVotes, 7)
	fill(&o.MinAsked, 5)
	fill(&o.MinGroup, 5)
	fill(&o.MaxGroups, 5)
	o.MaxGroups = min(o.MaxGroups, 5)
	return o
}

// State is what one refresh leaves to the next, so that groups keep their number
// and their count does not come and go. It is small: a byte a person, a few
// numbers a statement. The zero State is that of a debate never read.
type State struct {
	Groups     int         `json:"groups"`             // 0: none
	Dims       int         `json:"dims"`               // components that groups are made in
	Challenger int         `json:"challenger"`         // another number of groups, that was better lately
	Wins       int         `json:"wins"`               // how many times running
	Labels     []byte      `json:"labels,omitempty"`   // of each participant: its group + 1, 0 when it does not count
	Loadings   [][]float32 `json:"loadings,omitempty"` // of each component, by statement
}

// A number of groups takes the place of the former when its silhouette is higher by
// clearly once, or by slightly at as many refreshes running as patience.
const (
	clearly  = 0.08
	slightly = 0.01
	patience = 3
)

// Result is a debate read once.
type Result struct {
	Counted    int        // people who count
	Read       int        // statements read for groups
	Answers    int        // of those people to those statements
	Groups     int        // 0: too few people or statements for any
	Sizes      []int      // people by group
	Group      []int8     // of each participant, -1 when it does not count
	Sure       []float32  // of each participant: how likely its own group is, among all, by its answers to what others of the groups answered
	X, Y       []float32  // of each participant on the map, 0 when it does not count
	Explained  [2]float64 // share of the differences between answers that each axis of the map tells
	Confidence Confidence
	Statements []Statement
	State      State
}

// dimensions are the most components looked at: five groups differ in four.
const dimensions = 4

// Refresh reads groups from votes. last is the State of the refresh before, the
// zero one at first.
func Refresh(v *Votes, o Options, last State) Result {
	o = o.filled()
	m := v.keep(o.MinAsked, o.MinVotes)
	res := Result{Counted: m.rows, Read: m.cols, Answers: len(m.col),
		Group: make([]int8, v.participants), Sure: make([]float32, v.participants), X: make([]float32, v.participants), Y: make([]float32, v.participants)}
	for i := range res.Group {
		res.Group[i] = -1
	}
	last = last.fit(v.participants)
	res.State = last
	res.State.Labels = nil
	if m.rows < 2*o.MinGroup || m.cols < 2 {
		res.Confidence = Confidence{Reason: TooFew}
		res.State = State{}
		res.Statements = v.tally(res.Group, 0)
		return res
	}
	near := m.former(last)
	c := m.principal(dimensions, near)
	orient(c.vectors, near)
	r := &sequence{o.Seed}
	res.Confidence, res.State.Dims = m.structure(c, last.Dims, r)
	places := points{m.project(c.vectors), len(c.vectors)}
	res.lay(m, c, places)
	if places.dims == 0 {
		res.Confidence.Reason = TooFew
		res.Statements = v.tally(res.Group, 0)
		return res
	}
	labels := make([]int8, m.rows) // of the last refresh
	for i, p := range m.who {
		labels[i] = int8(last.label(int(p))) - 1
	}
	found := places.firsts(res.State.Dims).choose(o, labels, &res.State, &res.Confidence, r)
	if found.label == nil {
		res.Confidence.Reason = TooFew
		res.State.Groups = 0
		res.Statements = v.tally(res.Group, 0)
		return res
	}
	k := len(found.centres)
	label := m.settle(found.label, k, o.MinGroup)
	rename(label, labels, k)
	res.Groups, res.Sizes = k, make([]int, k)
	sure := m.sure(label, k)
	for i, p := range m.who {
		res.Group[p], res.Sure[p] = label[i], sure[i]
		res.Sizes[label[i]]++
	}
	res.Confidence.Stability = m.stability(label, k, res.State.Dims, r)
	res.Confidence.judge()
	res.State.Labels = make([]byte, v.participants)
	for p, g := range res.Group {
		res.State.Labels[p] = byte(g + 1)
	}
	res.State.Loadings = loadings(m, c, v.statements)
	res.Statements = v.tally(res.Group, k)
	for col, s := range m.what {
		res.Statements[s].Read = true
		for j, vec := range c.vectors[:min(2, len(c.vectors))] {
			res.Statements[s].Loading[j] = vec[col]
		}
		l := res.Statements[s].Loading
		res.Statements[s].Extremity = math.Sqrt(float64(m.cols)) * math.Hypot(l[0], l[1])
	}
	return res
}

// lay puts people on the map of the first two components.
func (res *Result) lay(m *matrix, c components, places points) {
	for j := range min(2, len(c.vectors)) {
		res.Explained[j] = c.values[j] / c.total
	}
	for i, p := range m.who {
		at := places.of(i)
		if len(at) > 0 {
			res.X[p] = float32(at[0])
		}
		if len(at) > 1 {
			res.Y[p] = float32(at[1])
		}
	}
}

// fit is a State that speaks of these participants only: one that was written by
// hand may say anything.
func (s State) fit(participants int) State {
	if s.Groups < 2 || s.Groups > 5 || slices.ContainsFunc(s.Labels, func(b byte) bool { return int(b) > s.Groups }) {
		return State{}
	}
	s.Labels = s.Labels[:min(len(s.Labels), participants)]
	return s
}

func (s State) label(participant int) byte {
	if participant < len(s.Labels) {
		return s.Labels[participant]
	}
	return 0
}

// former are the components of the last refresh, on the columns of now.
func (m *matrix) former(last State) [][]float64 {
	var out [][]float64
	for _, l := range last.Loadings[:min(len(last.Loadings), dimensions)] {
		d := make([]float64, m.cols)
		for c, s := range m.what {
			if int(s) < len(l) {
				if x := float64(l[s]); !math.IsNaN(x) && math.Abs(x) <= 1 {
					d[c] = x
				}
			}
		}
		out = append(out, d)
	}
	return out
}

func loadings(m *matrix, c components, statements int) [][]float32 {
	var out [][]float32
	for _, v := range c.vectors {
		l := make([]float32, statements)
		for col, s := range m.what {
			l[s] = float32(v[col])
		}
		out = append(out, l)
	}
	return out
}

// orient turns components the way that those of the last refresh were.
func orient(vectors, near [][]float64) {
	for j := range min(len(vectors), len(near)) {
		if product(vectors[j], near[j]) < 0 {
			scale(vectors[j], -1)
		}
	}
}

// sampled is how many people silhouettes are computed on, and the starts of groups
// compared.
const sampled = 1500

// choose finds groups for each number of them, and keeps one number.
func (p points) choose(o Options, labels []int8, s *State, conf *Confidence, r *sequence) clustering {
	rows := r.some(sampled, p.len())
	sample := p.some(rows)
	var all, seen []clustering
	for k := 2; k <= o.MaxGroups && k*o.MinGroup <= p.len() && k <= sample.len(); k++ {
		c := p.lloyd(sample.group(k, r).centres)
		if k == s.Groups {
			// Groups stay where they were, unless others are clearly tighter.
			if warm := p.lloyd(p.means(labels, k)); warm.spread <= c.spread*1.01 {
				c = warm
			}
		}
		if slices.Min(c.sizes()) < o.MinGroup {
			continue
		}
		all = append(all, c)
		in := clustering{label: make([]int8, len(rows)), centres: c.centres}
		for i, row := range rows {
			in.label[i] = c.label[row]
		}
		seen = append(seen, in)
	}
	if len(all) == 0 {
		return clustering{}
	}
	width := sample.silhouettes(seen)
	best, held := 0, -1
	for i := range all {
		if width[i] > width[best]+1e-9 {
			best = i
		}
		if len(all[i].centres) == s.Groups {
			held = i
		}
	}
	pick := s.patient(best, held, width, func(i int) int { return len(all[i].centres) })
	conf.Silhouette = width[pick]
	conf.Chance = sample.chance(len(all[pick].centres), r)
	s.Groups = len(all[pick].centres)
	return all[pick]
}

// patient keeps the number of groups of before, unless another is better clearly or
// again and again.
func (s *State) patient(best, held int, width []float64, groups func(int) int) int {
	if held < 0 || held == best {
		s.Challenger, s.Wins = 0, 0
		return best
	}
	gain := width[best] - width[held]
	switch {
	case gain < slightly:
		s.Challenger, s.Wins = 0, 0
	case s.Challenger == groups(best):
		s.Wins++
	default:
		s.Challenger, s.Wins = groups(best), 1
	}
	if gain >= clearly || s.Wins >= patience {
		s.Challenger, s.Wins = 0, 0
		return best
	}
	return held
}

// means are the centres of groups of points; a group that has none is at the
// origin, where the mean answer is.
func (p points) means(labels []int8, k int) [][]float64 {
	out, n := make([][]float64, k), make([]int, k)
	for x := range out {
		out[x] = make([]float64, p.dims)
	}
	for i, l := range labels {
		if l >= 0 && int(l) < k {
			add(out[l], p.of(i), 1)
			n[l]++
		}
	}
	for x := range out {
		if n[x] > 0 {
			scale(out[x], 1/float64(n[x]))
		}
	}
	return out
}

// rename gives groups the numbers of those of before that they share most people
// with; what is new is numbered by size. There are five at most: every order is
// tried.
func rename(label, former []int8, k int) {
	share, size, first := make([][]int, k), make([]int, k), make([]int, k)
	for x := range share {
		share[x], first[x] = make([]int, k), len(label)
	}
	for i, l := range label {
		if size[l]++; size[l] == 1 {
			first[l] = i
		}
		if f := former[i]; f >= 0 && int(f) < k {
			share[l][f]++
		}
	}
	order := make([]int, k) // groups, the largest first: what decides when nothing else does
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(size[b], size[a]), cmp.Compare(first[a], first[b])) })
	best, top := []int(nil), -1
	var try func(names []int, used, sum int)
	try = func(names []int, used, sum int) {
		if len(names) == k {
			if sum > top {
				best, top = slices.Clone(names), sum
			}
			return
		}
		for f := range k {
			if used&(1<<f) == 0 {
				try(append(names, f), used|1<<f, sum+share[order[len(names)]][f])
			}
		}
	}
	try(make([]int, 0, k), 0, 0)
	names := make([]int8, k)
	for i, l := range order {
		names[l] = int8(best[i])
	}
	for i, l := range label {
		label[i] = names[l]
	}
}
