package questionnaire

// Spec is what the script of a page reads of a form: see the top of
// web/static/assets/questionnaire.js, which says how the page marks itself.
type Spec struct {
	Sections []SpecSection `json:"sections"`
	Answers  Answers       `json:"answers"`
}

// SpecSection is a section, with its questions that the page needs.
type SpecSection struct {
	ID        string         `json:"id"`
	Skip      string         `json:"skip,omitempty"`
	When      *Condition     `json:"when,omitempty"`
	Questions []SpecQuestion `json:"questions,omitempty"`
}

// SpecQuestion is a question; a matrix has Rows and Columns.
type SpecQuestion struct {
	ID      string     `json:"id"`
	When    *Condition `json:"when,omitempty"`
	Rows    []string   `json:"rows,omitempty"`
	Columns []string   `json:"columns,omitempty"`
}

// Spec says what a page that holds some sections needs to show and hide them as
// one answers: these sections, and elsewhere only what their conditions read,
// with the answers given there. All sections are those of the form.
func (f Form) Spec(a Answers, sections ...string) Spec { return f.Graph().Spec(a, sections...) }

// Spec is that of the form.
func (g *Graph) Spec(a Answers, sections ...string) Spec {
	on := map[string]bool{}
	for _, id := range sections {
		on[id] = true
	}
	needed := make([]bool, len(g.nodes))
	var need func(i int)
	need = func(i int) {
		if needed[i] {
			return
		}
		needed[i] = true
		for _, d := range g.nodes[i].deps {
			need(d)
		}
	}
	here := func(i int) bool {
		if s := g.nodes[i].section; s >= 0 {
			i = s
		}
		return len(on) == 0 || on[g.nodes[i].id]
	}
	for i := range g.nodes {
		if here(i) {
			need(i)
		}
	}
	out := Spec{Sections: []SpecSection{}, Answers: Answers{}}
	for i, n := range g.nodes {
		if !needed[i] {
			continue
		}
		if n.section < 0 {
			out.Sections = append(out.Sections, SpecSection{ID: n.id, Skip: n.skip, When: n.when})
		} else {
			q := SpecQuestion{ID: n.id, When: n.when}
			if n.question.Type == Matrix {
				q.Columns = n.question.Columns
				for _, r := range n.question.Rows {
					q.Rows = append(q.Rows, r.ID)
				}
			}
			last := &out.Sections[len(out.Sections)-1]
			last.Questions = append(last.Questions, q)
		}
		if !here(i) {
			for c := n.from; c < n.to; c++ {
				if v := a[g.cells[c].Key]; v != "" {
					out.Answers[g.cells[c].Key] = v
				}
			}
		}
	}
	return out
}
