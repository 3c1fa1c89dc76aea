package survey

import (
	"context"
	"sync/atomic"

	"jalon/internal/db"
	"jalon/internal/questionnaire"
)

// formKey names the path of a kind of authority through one version.
type formKey struct {
	code    string
	version int64
	kind    questionnaire.Kind
}

// Path is a published form as one kind of authority follows it, with what saving
// a cell must know at once. It is shared: nobody changes it.
type Path struct {
	Form     questionnaire.Form
	Graph    *questionnaire.Graph
	order    []string // keys of its cells
	cells    map[string]questionnaire.Cell
	siblings map[string][]string // row → keys of its cells
	skip     map[string]string   // section → key that skips it
	// deep are the keys that decide which rows are asked, and the sections whose
	// rows depend on answers: a change there counts the whole response again.
	deep  map[string]bool
	slots atomic.Pointer[questionnaire.Slots]
}

// PathOf returns the path of a response through its form. Published forms never
// change: each is read once.
func (m *Room) PathOf(ctx context.Context, q db.Q, code string, version int64, kind questionnaire.Kind) (*Path, error) {
	key := formKey{code, version, kind}
	if p, ok := m.forms.Load(key); ok {
		return p.(*Path), nil
	}
	f, err := FormAt(ctx, q, code, version)
	if err != nil {
		return nil, err
	}
	p := newPath(f.Path(kind))
	m.forms.Store(key, p)
	return p, nil
}

func newPath(f questionnaire.Form) *Path {
	p := &Path{Form: f, Graph: f.Graph(), cells: map[string]questionnaire.Cell{}, siblings: map[string][]string{}, skip: map[string]string{}, deep: map[string]bool{}}
	matrices := map[string][]string{}
	for _, s := range f.Sections {
		if s.Skippable {
			p.skip[s.ID] = s.Skip()
			p.deep[s.Skip()] = true
		}
		if c, ok := f.Cell(s.Seen()); ok {
			p.cells[c.Key] = c
		}
		for _, c := range f.CellsOf(s) {
			p.cells[c.Key] = c
			p.order = append(p.order, c.Key)
			if c.Row != "" {
				p.siblings[c.Row] = append(p.siblings[c.Row], c.Key)
				matrices[c.Question] = append(matrices[c.Question], c.Key)
			}
		}
	}
	for _, s := range f.Sections {
		whens := []*questionnaire.Condition{s.When}
		depends := s.When != nil
		for _, q := range s.Questions {
			if q.Type == questionnaire.Matrix && q.When != nil {
				whens, depends = append(whens, q.When), true
			}
		}
		for _, w := range whens {
			for _, key := range keysOf(w, matrices) {
				p.deep[key] = true
			}
		}
		if depends {
			for _, c := range f.CellsOf(s) {
				p.deep[c.Key] = true
			}
		}
	}
	return p
}

// keysOf lists the cells that a condition looks at.
func keysOf(c *questionnaire.Condition, matrices map[string][]string) []string {
	if c == nil {
		return nil
	}
	var out []string
	if c.Key != "" {
		out = append(out, c.Key)
	}
	out = append(out, matrices[c.Rated]...)
	for _, x := range c.All {
		out = append(out, keysOf(&x, matrices)...)
	}
	for _, x := range c.Any {
		out = append(out, keysOf(&x, matrices)...)
	}
	return append(out, keysOf(c.Not, matrices)...)
}

// Cell finds a cell by its key.
func (p *Path) Cell(key string) (questionnaire.Cell, bool) {
	c, ok := p.cells[key]
	return c, ok
}
