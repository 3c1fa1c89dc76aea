package objectives

import (
	"cmp"
	"slices"

	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// perimeterQuery is the value of «vue» for CRTE, empty for départements.
func perimeterQuery(crte bool) string {
	if crte {
		return perimetersView
	}
	return ""
}

// apart keeps the levers that have a value somewhere under the region, and sets the
// others in a table of their own: twenty lines of dashes hide the ten that are read.
func (x place) apart(all []objective.LeverClosure, vue string) (divided []objective.LeverClosure, none ui.Table) {
	none = ui.Table{ID: "sans-somme", Caption: "Ce qui n’a de valeur que pour la région", Columns: []ui.Column{{Label: "Levier"}, {Label: "Région", Unit: "kt", Number: true}, {Label: "Pourquoi", Wide: true}}}
	decimals := decimalsOf(all)
	for _, l := range all {
		if l.Gap.Known || slices.ContainsFunc(l.Cells, func(c objective.Cell) bool { return c.Read.Known || c.Objective != nil }) {
			divided = append(divided, l)
			continue
		}
		region := explained(amount(l.Region.Read, decimals), objective.Key(l.Lever.Code, "region:"+x.region.Code, x.cop.Cycle), l.Lever.ShortName+", "+x.region.Name, public(l.Region))
		region.Sub = stateText(l.Region, true).Text
		none.Rows = append(none.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Lever.ShortName, Href: x.base() + x.query("levier", l.Lever.Code, "vue", vue)}, region, {Text: wording.Upper(l.Gap.Reason)}}})
	}
	return divided, none
}

func apartOf(t ui.Table, where string) string {
	n := len(t.Rows)
	return french.Integer(n) + sp + french.Plural(n, "levier ne se répartit pas", "leviers ne se répartissent pas") + " " + where + sp + ": pourquoi"
}

// gaps draws the levers that do not close, the widest gap first; nothing when all do.
func (x place) gaps(all []objective.LeverClosure, who, vue string) []acrossSection {
	var open []objective.LeverClosure
	for _, l := range all {
		if l.Gap.Known && l.Gap.Kg != 0 {
			open = append(open, l)
		}
	}
	if len(open) == 0 {
		return nil
	}
	slices.SortStableFunc(open, func(a, b objective.LeverClosure) int { return cmp.Compare(size(b.Gap.Kg), size(a.Gap.Kg)) })
	over := 0
	b := ui.Bars{ID: "ecarts", Description: "Écart entre la somme des " + who + " et ce qui est à ce jour l’objectif de la région. À droite, ils dépassent la région\u00a0; à gauche, ils restent en deçà.", TableHref: "#bouclage"}
	for _, l := range open {
		text := signed(l.Gap.Kg)
		if l.Gap.Kg > 0 {
			over++
		}
		row := ui.Stat{Name: l.Lever.ShortName, Href: x.base() + x.query("levier", l.Lever.Code, "vue", vue), Text: text, Amount: l.Gap.Kg.Kt()}
		if made := makers(l); made != "" {
			row.Note = "vient de " + made
		}
		b.Rows = append(b.Rows, row)
	}
	under := len(open) - over
	levers := func(n int) string { return french.Integer(n) + sp + french.Plural(n, "levier", "leviers") }
	switch {
	case under == 0:
		b.Title = "Les " + who + " dépassent la région sur " + levers(over)
	case over == 0:
		b.Title = "Les " + who + " restent en deçà de la région sur " + levers(under)
	default:
		b.Title = "Les " + who + " dépassent la région sur " + levers(over) + ", restent en deçà sur " + french.Integer(under)
	}
	return []acrossSection{{ID: "ecarts-leviers", Title: "Ce qui ne boucle pas, et d’où cela vient", Bars: &b,
		Lead: []string{"«\u00a0Boucler\u00a0», c’est quand la somme des " + who + " redonne l’objectif de la région. Un écart n’est pas une faute\u00a0: il montre où la région et ses territoires n’ont pas encore les mêmes chiffres, et se discute."}}}
}

func size(kg panorama.Kg) panorama.Kg { return max(kg, -kg) }

func signed(kg panorama.Kg) string {
	if kg < 0 {
		return "−" + wording.Mass(-kg)
	}
	return "+" + wording.Mass(kg)
}

// nationGaps is how many levers the chart of the nation draws: its table has all.
const nationGaps = 10

// gaps draws the levers on which the regions are furthest from what is offered to
// them; nothing while they keep to it.
func (x nationReading) gaps() []acrossSection {
	var open []objective.NationLine
	over := 0
	for _, l := range x.Lines {
		if gap := l.Gap(); gap != 0 {
			open = append(open, l)
			if gap > 0 {
				over++
			}
		}
	}
	if len(open) == 0 {
		return nil
	}
	slices.SortStableFunc(open, func(a, b objective.NationLine) int { return cmp.Compare(size(b.Gap()), size(a.Gap())) })
	b := ui.Bars{ID: "ecarts", TableHref: "#treize-regions", Title: "Les régions visent moins que ce qui leur est proposé sur " + french.Integer(len(open)-over) + sp + french.Plural(len(open)-over, "levier", "leviers") + ", davantage sur " + french.Integer(over),
		Description: "Ce que donnent les 13 régions à ce jour, moins ce que le panorama leur propose. À droite, elles visent davantage\u00a0; à gauche, moins."}
	if len(open) > nationGaps {
		b.Description += " Les " + french.Integer(nationGaps) + " plus grands écarts\u00a0; le tableau les a tous."
		open = open[:nationGaps]
	}
	for _, l := range open {
		href := wording.LeverPath(l.Lever.Code)
		if x.board {
			href = NationPath + "/" + l.Lever.Code + x.query()
		}
		b.Rows = append(b.Rows, ui.Stat{Name: l.Lever.ShortName, Href: href, Text: signed(l.Gap()), Amount: l.Gap().Kt()})
	}
	return []acrossSection{{ID: "ecarts-leviers", Title: "Où les COP s’écartent de ce qui est proposé", Bars: &b}}
}

// apartFromPart is how far a value is from the indicative part of its territory.
func apartFromPart(c objective.Cell, decimals int) ui.Cell {
	out := moved(c, decimals)
	if c.Objective != nil && c.Part.Known {
		out.Sub = "part indicative" + sp + ": " + amount(c.Part, decimals).Text
	}
	return out
}
