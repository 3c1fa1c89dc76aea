package report

import (
	"jalon/internal/chart"
	"jalon/internal/document"
)

// The size of a treemap, in the units of its text: the shape of a slide under
// its title.
const (
	treeWidth  = 1160
	treeHeight = 500
)

// Treemap draws families of levers: each surface is in proportion to its
// objective, and leads to its lever.
func Treemap(families []Family) chart.Drawing {
	groups := make([]chart.TreeGroup, 0, len(families))
	for _, f := range families {
		tone := chart.Tone("sector-" + f.Code)
		g := chart.TreeGroup{Name: f.Name, Text: f.Kg.Text(), Tone: tone, Over: document.Over(tone)}
		for _, l := range f.Levers {
			g.Cells = append(g.Cells, chart.TreeCell{Name: l.Lever.ShortName, Text: l.Objective.Kg.Text(), Value: max(l.Objective.Kg.Kt(), 0), Href: "/leviers/" + l.Lever.Code})
		}
		groups = append(groups, g)
	}
	return chart.TreemapDrawing(groups, treeWidth, treeHeight)
}
