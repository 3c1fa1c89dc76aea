package roadmap

import (
	"context"
	"encoding/json"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/french"
)

// FigureChange is a figure that two editions show with two values.
type FigureChange struct {
	Title, Unit, Was, Now string
	Key                   string
}

// Changes are what differs from one edition of a document to the next.
type Changes struct {
	Added, Removed, Changed        []string // parts, by title
	Figures                        []FigureChange
	ActionsAdded, ActionsWithdrawn []string // titles of the actions that the document leads to
}

// None reports whether nothing differs.
func (c Changes) None() bool {
	return len(c.Added)+len(c.Removed)+len(c.Changed)+len(c.Figures)+len(c.ActionsAdded)+len(c.ActionsWithdrawn) == 0
}

// ChangesBetween compares two frozen editions: their parts, the figures that both show,
// the actions that they lead to.
func ChangesBetween(ctx context.Context, q db.Q, before, after composition.Edition) (c Changes, err error) {
	defer apperr.Wrap(&err, "roadmap.ChangesBetween(%s, %s)", before.ID, after.ID)
	var both [2]document.Frozen
	for i, e := range []composition.Edition{before, after} {
		p, err := document.Find(ctx, q, e.Publication)
		if err != nil {
			return c, err
		}
		if both[i], err = document.Load(ctx, q, p); err != nil {
			return c, err
		}
	}
	return changesOf(both[0], both[1])
}

func changesOf(was, now document.Frozen) (c Changes, err error) {
	bodies := func(f document.Frozen) (map[string]string, error) {
		out := map[string]string{}
		for _, p := range f.Document.Parts {
			b, err := json.Marshal(p.Blocks)
			if err != nil {
				return nil, err
			}
			out[partKey(p)] += string(b)
		}
		return out, nil
	}
	old, err := bodies(was)
	if err != nil {
		return c, err
	}
	fresh, err := bodies(now)
	if err != nil {
		return c, err
	}
	told := map[string]bool{}
	for _, p := range now.Document.Parts {
		key := partKey(p)
		body, ok := old[key]
		switch {
		case told[key]:
		case !ok:
			c.Added = append(c.Added, p.Title)
		case body != fresh[key]:
			c.Changed = append(c.Changed, p.Title)
		}
		told[key] = true
	}
	for _, p := range was.Document.Parts {
		if key := partKey(p); !told[key] {
			told[key] = true
			c.Removed = append(c.Removed, p.Title)
		}
	}
	values := map[string]int{}
	for i, e := range was.Explanations {
		values[e.Figure.Key] = i
	}
	for _, e := range now.Explanations {
		i, ok := values[e.Figure.Key]
		if !ok {
			continue
		}
		if x := was.Explanations[i]; x.Figure.Value != e.Figure.Value || x.Figure.Known() != e.Figure.Known() {
			c.Figures = append(c.Figures, FigureChange{Title: e.Title, Unit: e.Figure.Unit, Was: valueText(x.Figure), Now: valueText(e.Figure), Key: e.Figure.Key})
		}
	}
	a, b := actionsIn(was.Document), actionsIn(now.Document)
	c.ActionsAdded, c.ActionsWithdrawn = less(b, a), less(a, b)
	return c, nil
}

// partKey is what makes a part the same from one edition to the next: its block, or the
// title of a text. The words of a title that says a finding may change with its figures.
func partKey(p document.Part) string {
	if p.ID == "" || p.ID == "texte" {
		return "texte/" + p.Title
	}
	return p.ID
}

func valueText(f figure.Figure) string {
	if !f.Known() {
		return "–"
	}
	return french.Significant(f.Value, 6)
}

// titled is an action that a document leads to.
type titled struct{ id, title string }

// actionsIn are the actions that the cells and words of a document lead to.
func actionsIn(d document.Document) (out []titled) {
	seen := map[string]bool{}
	add := func(href, text string) {
		_, id, ok := strings.Cut(href, "/actions/")
		if ok && !strings.Contains(id, "/") && !seen[id] && text != "" {
			seen[id] = true
			out = append(out, titled{id, text})
		}
	}
	spans := func(list []document.Span) {
		for _, s := range list {
			add(s.Href, s.Text)
		}
	}
	for _, p := range d.Parts {
		for _, b := range p.Blocks {
			switch b := b.(type) {
			case document.Text:
				spans(b.Spans)
			case document.List:
				for _, item := range b.Items {
					spans(item)
				}
			case document.Table:
				for _, row := range b.Rows {
					for _, cell := range row {
						add(cell.Href, cell.Text)
					}
				}
			}
		}
	}
	return out
}

// less are the titles of those of a that b does not hold.
func less(a, b []titled) (out []string) {
	held := map[string]bool{}
	for _, x := range b {
		held[x.id] = true
	}
	for _, x := range a {
		if !held[x.id] {
			out = append(out, x.title)
		}
	}
	return out
}
