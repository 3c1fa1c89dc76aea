package restitution

import (
	"cmp"
	"slices"
	"sync"

	"jalon/internal/questionnaire"
	"jalon/internal/survey"
)

// stratum is the finest group that answers are added up in.
type stratum struct {
	region, department string
	kind               questionnaire.Kind
	size               string
}

// cell is what a stratum holds.
type cell struct {
	stratum
	path       path // what its authorities are asked, by the form of its region
	tally      tally
	population int // authorities to which the questionnaire was put
}

// Board is the answers of a cycle, added up. It does not change once made.
type Board struct {
	Layout *Layout
	// Campaigns are those of the cycle, by region.
	Campaigns map[string]survey.Campaign
	cells     []*cell // in order
	// Outside are answers of recipients outside the tree (PETR, parks): they are in
	// no group.
	Outside map[string]int // by region
	// Last is when the last answer was validated, in milliseconds, by region.
	Last map[string]int64
	// Editions are what was published, by region; nil for answers as they are now.
	Editions map[string]Edition

	cuts *cuts // kept with the cells that they are made of
}

// cuts are the groups of a board already made: a page asks for the same ones
// several times.
type cuts struct {
	sync.Mutex
	made map[cutKey][]Group
}

type cutKey struct {
	d      Dimension
	public bool
}

// keep makes groups once. Nobody changes a group once made.
func (c *cuts) keep(key cutKey, make func() []Group) []Group {
	if c == nil {
		return make()
	}
	c.Lock()
	defer c.Unlock()
	if all, ok := c.made[key]; ok {
		return slices.Clone(all)
	}
	all := make()
	c.made[key] = all
	return slices.Clone(all)
}

func newCuts() *cuts { return &cuts{made: map[cutKey][]Group{}} }

func order(a, b stratum) int {
	return cmp.Or(cmp.Compare(a.region, b.region), cmp.Compare(a.department, b.department), cmp.Compare(a.kind, b.kind), cmp.Compare(a.size, b.size))
}

// Filter chooses strata; an empty field takes all.
type Filter struct {
	Regions    []string // nil for all
	Department string
	Kind       questionnaire.Kind
	Size       string
}

func (f Filter) takes(s stratum) bool {
	return (f.Regions == nil || slices.Contains(f.Regions, s.region)) && (f.Department == "" || f.Department == s.department) &&
		(f.Kind == "" || f.Kind == s.kind) && (f.Size == "" || f.Size == s.size)
}

// Dimension is what a group is cut by.
type Dimension string

// The dimensions. BySize is read within one path: sizes of communes and of EPCI
// are not the same thing.
const (
	ByRegion     Dimension = "region"
	ByDepartment Dimension = "departement"
	ByKind       Dimension = "type"
	BySize       Dimension = "taille"
)

func (d Dimension) of(s stratum) string {
	switch d {
	case ByRegion:
		return s.region
	case ByDepartment:
		return s.department
	case ByKind:
		return string(s.kind)
	}
	return s.size
}

// Group is a set of authorities and what they answered together.
type Group struct {
	// Codes are the values of the dimension that it was cut by: several once small
	// groups were merged, none for a whole.
	Codes      []string
	Answers    int // validated answers
	Population int // authorities to which the questionnaire was put

	layout *Layout
	tally  tally
	put    []int  // by lever: authorities to which it was put
	hidden []bool // levers of which nothing may be told in public
	// mute are the levers of which the obstacles, or the needs, may not be told.
	mute *[2]map[int]bool
}

func (g *Group) hide(lever int) {
	if g.hidden == nil {
		g.hidden = make([]bool, len(g.layout.Levers))
	}
	g.hidden[lever] = true
}

// Hidden reports whether nothing may be told of a lever, by its place.
func (g Group) Hidden(lever int) bool { return g.hidden != nil && g.hidden[lever] }

// Of adds up what a filter takes.
func (b *Board) Of(f Filter) Group {
	g := b.group("")
	g.Codes = nil
	for _, c := range b.cells {
		if f.takes(c.stratum) {
			g.take(c)
		}
	}
	return g
}

// By cuts what a filter takes by a dimension, in the order of the codes; paths
// are in the order of the screens.
func (b *Board) By(f Filter, d Dimension) []Group { return b.by(f, d, d.of) }

func (b *Board) by(f Filter, d Dimension, of func(stratum) string) []Group {
	var out []Group
	at := map[string]int{}
	for _, c := range b.cells {
		if !f.takes(c.stratum) {
			continue
		}
		code := of(c.stratum)
		i, ok := at[code]
		if !ok {
			i = len(out)
			at[code] = i
			out = append(out, b.group(code))
		}
		out[i].take(c)
	}
	rank := func(g Group) int { return slices.Index(questionnaire.Kinds(), questionnaire.Kind(g.Codes[0])) }
	slices.SortFunc(out, func(x, y Group) int {
		if d == ByKind {
			return cmp.Compare(rank(x), rank(y))
		}
		return cmp.Compare(x.Codes[0], y.Codes[0])
	})
	return out
}

func (b *Board) group(code string) Group {
	return Group{Codes: []string{code}, layout: b.Layout, tally: b.Layout.tally(), put: make([]int, len(b.Layout.Levers))}
}

func (g *Group) take(c *cell) {
	g.Answers += int(c.tally.answers)
	g.Population += max(c.population, int(c.tally.answers))
	g.tally.plus(c.tally)
	for i := range g.put {
		if i < len(c.path.levers) && c.path.levers[i] {
			g.put[i] += max(c.population, int(c.tally.answers))
		}
	}
}

// Merge adds groups up: the whole is what they are together.
func Merge(groups ...Group) Group {
	out := groups[0]
	out.Codes = slices.Clone(out.Codes)
	out.put, out.hidden, out.mute = slices.Clone(out.put), nil, nil
	out.tally.counts, out.tally.sums = slices.Clone(out.tally.counts), slices.Clone(out.tally.sums)
	for _, g := range groups[1:] {
		out.Codes = append(out.Codes, g.Codes...)
		out.Answers += g.Answers
		out.Population += g.Population
		out.tally.plus(g.tally)
		for i, n := range g.put {
			out.put[i] += n
		}
	}
	return out
}

// LeverOf is what a group says of a lever.
type LeverOf struct {
	Lever      *Lever
	Population int // authorities to which it was put
	Answers    int // of them, those that answered
	Skipped    int // «pas notre compétence»
	Silent     int // answered, but rated none of its rows
	Out        int // ratings «non concerné»
	Blank      int // rows left blank
	Scores     [axes]Score
	Hidden     bool // nothing is told, so that fewer than five cannot be found
}

// Lever reads one lever, by its place in the layout.
func (g Group) Lever(i int) LeverOf {
	if g.Hidden(i) {
		return LeverOf{Lever: &g.layout.Levers[i], Population: g.put[i], Hidden: true}
	}
	return g.lever(i)
}

func (g Group) lever(i int) LeverOf {
	x := &g.layout.Levers[i]
	c := g.tally.counts[x.at : x.at+leverCounters]
	out := LeverOf{Lever: x, Answers: int(c[cAnswers]), Skipped: int(c[cSkipped]), Silent: int(c[cSilent]), Out: int(c[cOut]), Blank: int(c[cBlank])}
	out.Population = max(g.put[i], out.Answers)
	for a := range axes {
		out.Scores[a] = score(int(c[cRated+int(a)]), g.tally.sums[i*int(axes)+int(a)], out.Population)
	}
	return out
}

// Levers reads every lever that was put to somebody of the group.
func (g Group) Levers() []LeverOf {
	var out []LeverOf
	for i := range g.layout.Levers {
		if x := g.Lever(i); x.Population > 0 {
			out = append(out, x)
		}
	}
	return out
}

// RowOf is what a group answers on a row.
type RowOf struct {
	Row    *Row
	Lever  *Lever
	Counts [axes][]int // by option of the scale
	Blank  [axes]int
}

// Rows reads the rows of a lever.
func (g Group) Rows(i int) []RowOf {
	x := &g.layout.Levers[i]
	var out []RowOf
	if g.Hidden(i) {
		return nil
	}
	for j := range x.Rows {
		r := RowOf{Row: &x.Rows[j], Lever: x}
		for a := range axes {
			n := len(r.Row.Scales[a])
			for k := range n {
				r.Counts[a] = append(r.Counts[a], int(g.tally.counts[r.Row.at[a]+k]))
			}
			r.Blank[a] = int(g.tally.counts[r.Row.at[a]+n])
		}
		if !r.asked() {
			continue // nobody of the group was asked it
		}
		out = append(out, r)
	}
	return out
}

func (r RowOf) asked() bool {
	n := 0
	for a := range axes {
		n += r.Blank[a]
		for _, k := range r.Counts[a] {
			n += k
		}
	}
	return n > 0
}

// EngagedFrom is the score from which a row is engaged: «engagé» and «déployé» of
// the scale that Jalon proposes.
const EngagedFrom = 2.0/3 - 1e-9

// Engaged counts, of the authorities concerned by a row, those that are engaged
// or have deployed it. Concerned are those that rated it on a score.
func (r RowOf) Engaged() (engaged, concerned int) {
	for i, n := range r.Counts[Mobilisation] {
		if o := r.Row.Scales[Mobilisation][i]; o.Rated {
			concerned += n
			if o.Score >= EngagedFrom {
				engaged += n
			}
		}
	}
	return engaged, concerned
}

// Implemented lists the rows by the share of engaged among concerned, those with
// too few concerned left out.
func (g Group) Implemented() []RowOf {
	var out []RowOf
	for i := range g.layout.Levers {
		for _, r := range g.Rows(i) {
			if _, n := r.Engaged(); n >= Fewest {
				out = append(out, r)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b RowOf) int {
		x, n := a.Engaged()
		y, m := b.Engaged()
		return cmp.Or(cmp.Compare(y*n, x*m), cmp.Compare(m, n)) // shares without dividing
	})
	return out
}

// Ticked is how many authorities ticked an obstacle or a need.
type Ticked struct {
	Option
	N int
}

// Obstacles and Needs count what was ticked on a lever, the most ticked first,
// and how many authorities answered the question.
func (g Group) Obstacles(i int) ([]Ticked, int) { return g.ticked(i, 0) }

// Needs is Obstacles of what authorities ask for.
func (g Group) Needs(i int) ([]Ticked, int) { return g.ticked(i, 1) }

func (g Group) ticked(i, k int) ([]Ticked, int) {
	x := &g.layout.Levers[i]
	if !g.tells(i, int(axes)+k) {
		return nil, 0
	}
	at := x.lists[k].at
	var out []Ticked
	for j, o := range [][]Option{x.Obstacles, x.Needs}[k] {
		out = append(out, Ticked{o, int(g.tally.counts[at+1+j])})
	}
	slices.SortStableFunc(out, func(a, b Ticked) int { return cmp.Compare(b.N, a.N) })
	return out, int(g.tally.counts[at])
}
