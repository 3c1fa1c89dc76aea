package report

import (
	"strconv"

	"jalon/data/geo"
	"jalon/internal/chart"
	"jalon/internal/cop"
	"jalon/internal/document"
)

// The list beside the map: the reader goes from a number to a name and a date,
// so that no colour has to be understood.
const (
	listLeft  = geo.Width + 40
	listWidth = 1960
	listSize  = 42
)

// tone is the colour of a stage, from the lightest to the darkest; what has no
// known launch is outlined.
func (b *builder) tone(c copAt) chart.Tone {
	if _, ok := b.launching(c); ok {
		return chart.Scale1
	}
	if _, ok := c.State.Launched(); !ok && c.State.Stage == cop.Preparation {
		return chart.Absent
	}
	switch c.State.Stage {
	case cop.Launch, cop.Preparation:
		return chart.Scale2
	case cop.Roadmap:
		return chart.Scale4
	case cop.Following:
		return chart.Scale5
	}
	return chart.Scale3
}

// drawnMap draws the 18 regions with their stage, and lists them beside.
func (b *builder) drawnMap() document.Chart {
	d := chart.Drawing{W: listLeft + listWidth, H: geo.Height}
	for _, f := range sortedFrames() {
		d.Shapes = append(d.Shapes, chart.Shape{Box: &chart.Rect{X: f.X, Y: f.Y, W: f.W, H: f.H}, Edge: chart.Faint})
	}
	step := geo.Height / max(len(b.cops), 1)
	var labels []chart.Shape
	for i, c := range b.cops {
		o, ok := geo.Regions()[c.Region.Code]
		if !ok {
			continue
		}
		tone, says, href := b.tone(c), b.says(c), "/regions/"+c.Region.Slug
		title := c.Region.Name + nb + ": " + says
		d.Shapes = append(d.Shapes, chart.Shape{Path: &chart.Path{Rings: document.Rings(o.Path)}, Fill: fillOf(tone), Edge: edgeOf(tone), Href: href, Title: title})
		n, over := strconv.Itoa(i+1), document.Over(tone)
		if c.Region.Overseas {
			over = chart.Ink // in its frame, under the outline
		}
		labels = append(labels, chart.Shape{Edge: over, Label: &chart.Label{At: chart.Point{X: o.LabelX, Y: o.LabelY + 12}, Text: n, Size: 34, Anchor: "middle", Bold: true}})
		base := i*step + step/2 + listSize/3
		labels = append(labels,
			chart.Shape{Box: &chart.Rect{X: listLeft, Y: base - listSize + 4, W: listSize, H: listSize}, Fill: fillOf(tone), Edge: edgeOf(tone)},
			chart.Shape{Edge: chart.Ink, Label: &chart.Label{At: chart.Point{X: listLeft + 120, Y: base}, Text: n, Size: listSize, Anchor: "end", Bold: true}},
			chart.Shape{Edge: chart.Ink, Href: href, Label: &chart.Label{At: chart.Point{X: listLeft + 140, Y: base}, Text: c.Region.Name, Size: listSize, Anchor: "start", Bold: true}},
			chart.Shape{Edge: chart.Ink, Label: &chart.Label{At: chart.Point{X: listLeft + 890, Y: base}, Text: says, Size: listSize - 2, Anchor: "start"}})
	}
	d.Shapes = append(d.Shapes, labels...)
	return document.Chart{ID: "carte", Title: "L’étape de chaque région", Description: "Carte des 18 régions, outre-mer en encadrés, numérotées\u00a0; la liste à côté donne l’étape et sa date.", Drawing: d, Table: b.dates()}
}

// says is what the list says of a COP: a stage and its date.
func (b *builder) says(c copAt) string {
	switch e := c.State.Last; {
	case e != nil && e.Stage == cop.Launch:
		first, _ := c.State.Launched()
		if len(c.State.Conflicts) > 0 {
			return "lancée le " + first.Date() + " (deux dates)"
		}
		return "lancée le " + first.Date()
	case e != nil:
		return Happened(*e)
	}
	if e, coming := b.launching(c); coming {
		return "lancement annoncé, " + e.Date()
	} else if e.ID != "" {
		return "lancement annoncé, sans suite connue"
	}
	return "pas de lancement connu"
}

func fillOf(t chart.Tone) chart.Tone {
	if t == chart.Absent {
		return chart.Paper
	}
	return t
}

func edgeOf(t chart.Tone) chart.Tone {
	if t == chart.Absent {
		return chart.Absent
	}
	return chart.Paper
}

func sortedFrames() []geo.Box {
	all := geo.Frames()
	out := make([]geo.Box, 0, len(all))
	for _, name := range []string{"guadeloupe", "martinique", "guyane", "la-reunion", "mayotte"} {
		out = append(out, all[name])
	}
	return out
}
