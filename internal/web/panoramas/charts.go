package panoramas

import (
	"strings"

	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const tableAnchor = "#leviers"

// bySector groups levers by sector, in the order of the referential.
func (b *builder) bySector() ui.Chart {
	c := ui.Chart{ID: "secteurs", TableHref: tableAnchor, Title: b.chartTitle(),
		Description: "Chaque surface est un levier, d’autant plus grande que son objectif l’est\u00a0; les leviers d’un secteur sont ensemble."}
	for _, s := range b.fw.Sectors() {
		b.group(&c, s.Name, s.Color, func(l panorama.Line) bool { return l.Lever.Sector == s.Code })
	}
	return c
}

// byTheme makes a column of each theme.
func (b *builder) byTheme() ui.Chart {
	c := ui.Chart{ID: "themes", TableHref: tableAnchor, Title: b.chartTitle(),
		Description: "Chaque colonne est un thème, d’autant plus large que son objectif l’est, coupée entre ses leviers."}
	for _, t := range b.fw.Themes() {
		b.group(&c, t.Name, 0, func(l panorama.Line) bool { return l.Lever.Theme == t.Code })
	}
	return c
}

func (b *builder) chartTitle() string {
	name := wording.Upper(b.p.Territory.Name)
	if len(b.p.Lines) == 0 || !b.p.Lines[0].Objective.Known {
		return name + "\u00a0: aucun levier réparti"
	}
	first := b.p.Lines[0]
	return name + "\u00a0: le premier levier est «\u00a0" + first.Lever.Name + "\u00a0» (" + wording.Mass(first.Objective.Kg) + " sur " + wording.Mass(b.p.Total.Kg) + ")"
}

// group adds the levers that keep selects; a lever not allocated here belongs
// to the list that gives its reason, not to the drawing.
func (b *builder) group(c *ui.Chart, name string, color int, keep func(panorama.Line) bool) {
	g := ui.ChartGroup{Name: name, Color: color}
	var sum panorama.Kg
	for i := range b.p.Lines {
		l := &b.p.Lines[i]
		if !keep(*l) || !l.Objective.Known {
			continue
		}
		sum += l.Objective.Kg
		g.Cells = append(g.Cells, b.cell(l))
	}
	if len(g.Cells) == 0 {
		return
	}
	g.Text = wording.Mass(sum)
	c.Groups = append(c.Groups, g)
}

func (b *builder) cell(l *panorama.Line) ui.ChartCell {
	cell := ui.ChartCell{
		Name: l.Lever.Name, Short: l.Lever.ShortName, Href: wording.LeverPath(l.Lever.Code), Text: wording.Mass(l.Objective.Kg),
		Amount: l.Objective.Kg.Kt(), Mark: wording.MarkOf(l.State), Color: b.sectors[l.Lever.Sector].Color,
	}
	var detail strings.Builder
	if l.Share.Known {
		detail.WriteString(french.Percent(l.Share.V, 3) + " de l’objectif national, ")
	}
	if e := wording.Equivalent(l.Equiv); e != "" {
		detail.WriteString(e + ", ")
	}
	detail.WriteString(wording.Origin(*l))
	cell.Detail = detail.String()
	return cell
}
