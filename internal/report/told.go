package report

import (
	"jalon/internal/document"
	"jalon/internal/restitution"
)

// Told writes parts on what a group of authorities answered, for the documents
// that others compose.
type Told struct{ b answers }

// Tell reads the whole of a view.
func Tell(in Answered) Told {
	b := answers{Answered: in, key: restitution.All, group: in.View.Whole()}
	b.sorted = SortLevers(b.group, in.View.Thresholds())
	return Told{b}
}

// Group is the group that the parts are of.
func (t Told) Group() restitution.Group { return t.b.group }

// Sorted are its levers, in the order of the screens.
func (t Told) Sorted() []Sorted { return t.b.sorted }

// Quadrant is where each lever stands.
func (t Told) Quadrant() document.Part { return t.b.quadrant() }

// Families are the levers of each family, with their scores and what the debate can
// make of them.
func (t Told) Families() document.Part { return t.b.families() }

// Implemented are the actions most engaged.
func (t Told) Implemented(most int) document.Part { return t.b.implemented(most) }

// Stopped is what blocks and what is missing, lever by lever.
func (t Told) Stopped() document.Part { return t.b.stopped() }

// Score is the cell of a score, with its interval and its explanation.
func (t Told) Score(l restitution.LeverOf, a restitution.Axis) document.Cell { return t.b.scored(l, a) }

// In is the same for one group of a dimension.
func (t Told) In(g restitution.Group, d restitution.Dimension) Told {
	b := t.b
	b.group, b.key = g, g.Key(d)
	b.sorted = SortLevers(g, b.View.Thresholds())
	return Told{b}
}

// Scope says what was answered: «synthèse partielle au 3 mars 2026, 45 réponses
// sur 60».
func (t Told) Scope() string { return t.b.said() }

// Top are the options that most ticked, none when nobody did.
func Top(all []restitution.Ticked) []restitution.Ticked {
	n := 0
	for n < len(all) && all[n].N == all[0].N && all[0].N > 0 {
		n++
	}
	return all[:n]
}
