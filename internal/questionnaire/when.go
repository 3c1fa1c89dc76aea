package questionnaire

import "slices"

// Holds evaluates one condition of a form against some answers, all of which
// count: a page asks Graph, which sets aside the answers to what is not asked. A
// nil condition holds.
func (c *Condition) Holds(f Form, a Answers) bool {
	if c == nil {
		return true
	}
	switch {
	case len(c.All) > 0:
		return !slices.ContainsFunc(c.All, func(x Condition) bool { return !x.Holds(f, a) })
	case len(c.Any) > 0:
		return slices.ContainsFunc(c.Any, func(x Condition) bool { return x.Holds(f, a) })
	case c.Not != nil:
		return !c.Not.Holds(f, a)
	case c.Key != "":
		return c.takes(a[c.Key])
	case c.Rated != "":
		for _, s := range f.Sections {
			for _, q := range s.Questions {
				if q.ID == c.Rated && q.Type == Matrix && slices.ContainsFunc(q.Keys(), func(k string) bool { return a[k] != "" }) {
					return true
				}
			}
		}
	}
	return false
}

// Keys lists the keys of the cells of a question.
func (q Question) Keys() []string {
	if q.Type != Matrix {
		return []string{q.ID}
	}
	var out []string
	for _, r := range q.Rows {
		for _, col := range q.Columns {
			out = append(out, r.ID+"."+col)
		}
	}
	return out
}

// Visible lists the cells that are asked, given the answers: those of sections
// that are not skipped, whose conditions hold. A flag that skips its section is
// there as long as the section is. What evaluates a form often keeps its Graph.
func (f Form) Visible(a Answers) []Cell { return f.Graph().Given(a).Visible() }

// Progress says how far a response is.
type Progress struct {
	Done, Total int // sections that have been gone through, of those that are asked
	Rows, Rated int // rows of matrices that are asked, and those rated
	Minutes     int // that are left, rounded up
}

// Pace is how long answers take, in seconds: a parameter of the form.
type Pace struct {
	Row   int `json:"row,omitempty"`   // of a matrix
	Other int `json:"other,omitempty"` // any other question
}

// Our own estimates: a commune's 25 rows are under 10 minutes.
const (
	secondsRow   = 20
	secondsOther = 12
)

func (f Form) pace() Pace {
	p := Pace{secondsRow, secondsOther}
	if f.Pace != nil {
		if f.Pace.Row > 0 {
			p.Row = f.Pace.Row
		}
		if f.Pace.Other > 0 {
			p.Other = f.Pace.Other
		}
	}
	return p
}

func minutes(seconds int) int { return (seconds + 59) / 60 }

// Duration is how long the whole form takes, in minutes, when every question is
// asked. Of a path: f.Path(kind).Duration().
func (f Form) Duration() int {
	pace, seconds := f.pace(), 0
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			if q.Type == Matrix {
				seconds += len(q.Rows) * pace.Row
			} else {
				seconds += pace.Other
			}
		}
	}
	return minutes(seconds)
}

// seen ends the key under which a section is marked as gone through.
const seen = ".vu"

// Seen is the key under which a section is marked as gone through, with the value
// Gone: whoever answers left it by «suite». It is no answer: it has no slot, and
// is not among Cells, but Cell finds it.
func (s Section) Seen() string { return s.ID + seen }

// Gone marks a section as gone through.
const Gone = "oui"

func (s Section) seenCell() Cell {
	return Cell{Key: s.Seen(), Section: s.ID, Type: Choice, Options: []Option{{Code: Gone, Label: "section parcourue"}}, Flag: true}
}

// Progress measures the answers against the path that they are on.
func (f Form) Progress(a Answers) Progress { return f.Graph().Given(a).Progress() }

// Progress measures the answers that were given. A section is done when it is
// skipped; else when each row that it asks is rated and each required question is
// answered. One that asks neither rows nor required questions is done once
// something in it is answered, or it is marked as gone through (Seen): nobody has
// read what they have not opened. What takes time are the rows and questions left
// in sections that are not done.
func (s *State) Progress() Progress {
	var p Progress
	pace, seconds := s.g.form.pace(), 0
	sections := map[int]*progressOf{}
	var order []*progressOf
	for i := range s.g.nodes {
		n := &s.g.nodes[i]
		if !s.shown[i] {
			continue
		}
		if n.section < 0 {
			x := &progressOf{skipped: s.skipped(i), seen: s.a[n.id+seen] == Gone, whole: true}
			sections[i] = x
			order = append(order, x)
			continue
		}
		x := sections[n.section]
		if n.question.Type == Matrix {
			s.rows(n, x, &p, pace)
			continue
		}
		if answered := s.a[n.id] != ""; answered {
			x.touched = true
		} else {
			x.seconds += pace.Other
			if n.question.Required {
				x.whole = false
			}
		}
		x.due = x.due || n.question.Required
	}
	for _, x := range order {
		p.Total++
		if x.skipped || x.whole && (x.due || x.touched || x.seen) {
			p.Done++
		} else {
			seconds += x.seconds
		}
	}
	p.Minutes = minutes(seconds)
	return p
}

// progressOf is how far a section is.
type progressOf struct {
	skipped, seen bool
	due           bool // asks rows or required questions
	whole         bool // all of which are answered
	touched       bool
	seconds       int
}

func (s *State) rows(n *node, x *progressOf, p *Progress, pace Pace) {
	wide := len(n.question.Columns)
	for r := range n.question.Rows {
		p.Rows++
		x.due = true
		rated := true
		for c := range wide {
			rated = rated && s.a[s.g.cells[n.from+r*wide+c].Key] != ""
		}
		if rated {
			p.Rated++
		} else {
			x.whole = false
			x.seconds += pace.Row
		}
	}
}
