package questionnaire

import (
	"slices"
	"strings"
)

// Graph is a form made ready to be evaluated: its sections and questions in an
// order in which each comes after all that its condition reads, and every cell by
// its key. Build it once per form; it is read by many at once.
type Graph struct {
	form   Form
	nodes  []node
	order  []int // of nodes; one that is caught in a cycle is not in it, and is never shown
	cyclic []int
	cells  []Cell
	byKey  map[string]int // of cells
	owner  map[string]int // node of a key
	matrix map[string]int // node of a matrix
}

// node is a section, or a question of one.
type node struct {
	id       string
	when     *Condition
	section  int // node of its section, -1 for a section
	skip     string
	question *Question
	from, to int // its cells; those of a section are its flag
	deps     []int
}

// Graph makes a form ready. It takes any form, faulty ones too.
func (f Form) Graph() *Graph {
	g := &Graph{form: f, byKey: map[string]int{}, owner: map[string]int{}, matrix: map[string]int{}}
	for i := range f.Sections {
		s := &f.Sections[i]
		at := len(g.nodes)
		from := len(g.cells)
		all := f.CellsOf(*s)
		g.cells = append(g.cells, all...)
		flag := 0
		n := node{id: s.ID, when: s.When, section: -1, from: from, to: from}
		if s.Skippable {
			flag, n.skip, n.to = 1, s.Skip(), from+1
		}
		g.nodes = append(g.nodes, n)
		next := from + flag
		for j := range s.Questions {
			q := &s.Questions[j]
			count := 1
			if q.Type == Matrix {
				count = len(q.Rows) * len(q.Columns)
				g.matrix[q.ID] = len(g.nodes)
			}
			g.nodes = append(g.nodes, node{id: q.ID, when: q.When, section: at, question: q, from: next, to: next + count})
			next += count
		}
	}
	for i, n := range g.nodes {
		for c := n.from; c < n.to; c++ {
			key := g.cells[c].Key
			if _, double := g.owner[key]; !double {
				g.owner[key], g.byKey[key] = i, c
			}
		}
	}
	g.sort()
	return g
}

// reads calls do with each key and each matrix that a condition reads.
func (c *Condition) reads(do func(key, matrix string)) {
	if c == nil {
		return
	}
	for i := range c.All {
		c.All[i].reads(do)
	}
	for i := range c.Any {
		c.Any[i].reads(do)
	}
	c.Not.reads(do)
	if c.Key != "" || c.Rated != "" {
		do(c.Key, c.Rated)
	}
}

// sort orders the nodes by what they read.
func (g *Graph) sort() {
	left := make([]int, len(g.nodes))
	next := make([][]int, len(g.nodes))
	for i := range g.nodes {
		n := &g.nodes[i]
		if n.section >= 0 {
			n.deps = append(n.deps, n.section)
		}
		n.when.reads(func(key, matrix string) {
			at, ok := g.owner[key]
			if key == "" {
				at, ok = g.matrix[matrix]
			}
			if ok && !slices.Contains(n.deps, at) {
				n.deps = append(n.deps, at)
			}
		})
		left[i] = len(n.deps)
		for _, d := range n.deps {
			next[d] = append(next[d], i)
		}
	}
	for i := range g.nodes {
		if left[i] == 0 {
			g.order = append(g.order, i)
		}
	}
	for k := 0; k < len(g.order); k++ {
		for _, m := range next[g.order[k]] {
			if left[m]--; left[m] == 0 {
				g.order = append(g.order, m)
			}
		}
	}
	for i := range g.nodes {
		if left[i] > 0 {
			g.cyclic = append(g.cyclic, i)
		}
	}
}

// Cell finds a cell by its key, or the mark «gone through» of a section.
func (g *Graph) Cell(key string) (Cell, bool) {
	if i, ok := g.byKey[key]; ok {
		return g.cells[i], true
	}
	if id, ok := strings.CutSuffix(key, seen); ok {
		if s, ok := g.form.Section(id); ok {
			return s.seenCell(), true
		}
	}
	return Cell{}, false
}

// Cells lists the cells in the order of the form. Do not change it.
func (g *Graph) Cells() []Cell { return g.cells }

// State says what is asked, given some answers: an answer to what is not asked
// counts for nothing, however it came there.
type State struct {
	g     *Graph
	a     Answers
	shown []bool // of nodes
	// Evaluated is how many conditions were evaluated.
	Evaluated int
}

// Given evaluates each condition once.
func (g *Graph) Given(a Answers) *State {
	s := &State{g: g, a: a, shown: make([]bool, len(g.nodes))}
	for _, i := range g.order {
		n := &g.nodes[i]
		if n.section >= 0 && (!s.shown[n.section] || s.skipped(n.section)) {
			continue
		}
		if n.when != nil {
			s.Evaluated++
		}
		s.shown[i] = s.holds(n.when)
	}
	return s
}

func (s *State) skipped(section int) bool {
	skip := s.g.nodes[section].skip
	return skip != "" && s.a[skip] == Skipped
}

func (s *State) holds(c *Condition) bool {
	if c == nil {
		return true
	}
	switch {
	case len(c.All) > 0:
		for i := range c.All {
			if !s.holds(&c.All[i]) {
				return false
			}
		}
		return true
	case len(c.Any) > 0:
		for i := range c.Any {
			if s.holds(&c.Any[i]) {
				return true
			}
		}
		return false
	case c.Not != nil:
		return !s.holds(c.Not)
	case c.Key != "":
		at, ok := s.g.owner[c.Key]
		return ok && s.shown[at] && c.takes(s.a[c.Key])
	case c.Rated != "":
		at, ok := s.g.matrix[c.Rated]
		if !ok || !s.shown[at] {
			return false
		}
		for i := s.g.nodes[at].from; i < s.g.nodes[at].to; i++ {
			if s.a[s.g.cells[i].Key] != "" {
				return true
			}
		}
	}
	return false
}

// takes reports whether an answer is one of those that a condition names: any of
// the codes of several choices.
func (c *Condition) takes(value string) bool {
	if value == "" || len(c.In) == 0 {
		return value != ""
	}
	for code := range strings.FieldsSeq(value) {
		if slices.Contains(c.In, code) {
			return true
		}
	}
	return false
}

// Asked reports whether the cell of a key is asked.
func (s *State) Asked(key string) bool {
	at, ok := s.g.owner[key]
	return ok && s.shown[at]
}

// Shows reports whether a section or a question is shown, by its id.
func (s *State) Shows(id string) bool {
	for i := range s.g.nodes {
		if s.g.nodes[i].id == id {
			return s.shown[i]
		}
	}
	return false
}

// Shown lists the sections and questions that are shown, by their ids, in the
// order of the form.
func (s *State) Shown() []string {
	out := []string{}
	for i := range s.g.nodes {
		if s.shown[i] {
			out = append(out, s.g.nodes[i].id)
		}
	}
	return out
}

// Visible lists the cells that are asked. The flag that skips a section is always
// there while the section is.
func (s *State) Visible() []Cell {
	var out []Cell
	for i, n := range s.g.nodes {
		if s.shown[i] {
			out = append(out, s.g.cells[n.from:n.to]...)
		}
	}
	return out
}

// Cycle names the sections and questions whose conditions wait for each other;
// empty when there are none.
func (g *Graph) Cycle() []string {
	var out []string
	for _, i := range g.cyclic {
		out = append(out, g.nodes[i].id)
	}
	return out
}
