package questionnaire

import "slices"

// Cell is one thing that can be answered.
type Cell struct {
	Key      string
	Section  string
	Question string
	Row      string // of a matrix
	Column   string
	Type     Type // of a cell of a matrix: Choice
	Options  []Option
	// Flag is a cell that only says that a section is skipped.
	Flag bool
}

// Closed reports whether its answer is one of few, and is packed.
func (c Cell) Closed() bool { return c.Type == Choice || c.Type == Choices }

// Path is what one kind of authority is asked: the sections, questions and rows
// of the form that concern it.
func (f Form) Path(k Kind) Form {
	out := f
	out.Sections = nil
	for _, s := range f.Sections {
		if !serves(s.For, k) {
			continue
		}
		kept := s
		kept.Questions = nil
		for _, q := range s.Questions {
			if !serves(q.For, k) {
				continue
			}
			if q.Type == Matrix {
				rows := q.Rows
				q.Rows = slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return !serves(r.For, k) })
				if len(q.Rows) == 0 {
					continue
				}
			}
			kept.Questions = append(kept.Questions, q)
		}
		// A lever of which no row concerns it has nothing to ask.
		if s.Lever != "" && !slices.ContainsFunc(kept.Questions, func(q Question) bool { return q.Type == Matrix }) &&
			slices.ContainsFunc(s.Questions, func(q Question) bool { return q.Type == Matrix }) {
			continue
		}
		if len(kept.Questions) > 0 {
			out.Sections = append(out.Sections, kept)
		}
	}
	return out
}

// Rows counts the rows of the matrices.
func (f Form) Rows() int {
	n := 0
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			n += len(q.Rows)
		}
	}
	return n
}

// Scale finds a scale by its code.
func (f Form) Scale(code string) Scale {
	for _, s := range f.Scales {
		if s.Code == code {
			return s
		}
	}
	return Scale{}
}

// Cells lists what can be answered, in the order of the form.
func (f Form) Cells() []Cell {
	var out []Cell
	for _, s := range f.Sections {
		out = append(out, f.CellsOf(s)...)
	}
	return out
}

// CellsOf lists what can be answered in a section.
func (f Form) CellsOf(s Section) []Cell {
	var out []Cell
	if s.Skippable {
		out = append(out, Cell{Key: s.Skip(), Section: s.ID, Type: Choice, Options: []Option{{Code: Skipped, Label: "pas notre compétence"}}, Flag: true})
	}
	for _, q := range s.Questions {
		if q.Type != Matrix {
			out = append(out, Cell{Key: q.ID, Section: s.ID, Question: q.ID, Type: q.Type, Options: q.Options})
			continue
		}
		for _, r := range q.Rows {
			for _, col := range q.Columns {
				out = append(out, Cell{Key: r.ID + "." + col, Section: s.ID, Question: q.ID, Row: r.ID, Column: col, Type: Choice, Options: f.Scale(col).Options})
			}
		}
	}
	return out
}

// Cell finds a cell by its key, or the mark «gone through» of a section. What
// looks for many keeps the form's Graph.
func (f Form) Cell(key string) (Cell, bool) {
	for _, s := range f.Sections {
		if key == s.Seen() {
			return s.seenCell(), true
		}
	}
	for _, c := range f.Cells() {
		if c.Key == key {
			return c, true
		}
	}
	return Cell{}, false
}

// Section finds a section by its id.
func (f Form) Section(id string) (Section, bool) {
	for _, s := range f.Sections {
		if s.ID == id {
			return s, true
		}
	}
	return Section{}, false
}
