package objectives

import (
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func (x nationReading) scope() []string {
	return []string{"objectifs indicatifs, non contraignants", "cycle " + x.Cycle, "partagé, sinon discuté où vous pouvez le lire, sinon proposé"}
}

// shares says how far the regions are on their way with a lever.
func shares(lines []objective.NationLine) string {
	shared, discussed, all := 0, 0, 0
	for _, l := range lines {
		shared, discussed, all = shared+l.Shared, discussed+l.Discussed, all+len(l.Regions)
	}
	s := french.Integer(shared) + sp + french.Plural(shared, "région l’a partagé", "régions l’ont partagé") + ", sur" + sp + french.Integer(all)
	if shared == 0 {
		s = "aucune région ne l’a encore partagé"
	}
	if discussed > 0 {
		s += ", " + french.Integer(discussed) + sp + french.Plural(discussed, "en discute", "en discutent")
	}
	return s
}

func (x nationReading) sentence(l objective.NationLine) string {
	s := "Proposé à " + french.Integer(l.Offered.Known) + sp + french.Plural(l.Offered.Known, "région", "régions") + sp + ": " + wording.Mass(l.Offered.Kg) + ". À ce jour" + sp + ": " + wording.Mass(l.Sum.Kg)
	if l.National.Known {
		s += ". Objectif national" + sp + ": " + wording.Mass(l.National.Kg)
	}
	return s + "."
}

// page is the consolidation: the 13 regions against the nation, then those levers
// that Corse and the overseas regions have of their own.
func (x nationReading) page() across {
	t := x.Total
	sharing := map[string]bool{}
	for _, l := range x.Lines {
		for _, c := range l.Regions {
			if c.State == objective.Shared {
				sharing[c.Region.Code] = true
			}
		}
	}
	n := len(sharing)
	title := "Aucune des 13 régions n’a encore partagé d’objectif\u00a0: ce qui se lit ici est proposé"
	if n > 0 {
		title = french.Integer(n) + sp + french.Plural(n, "région a partagé", "régions ont partagé") + " des objectifs, sur" + sp + "13" + sp + ": la France en est à " + t.Sum.Kg.Less() + " par an, " + gapSentence(gapsOf(x.Lines))
	}
	v := across{Heading: ui.Heading{Title: title, Scope: x.scope()}}
	if !x.board {
		v.Heading.Scope[2] = "partagé par les deux têtes des COP, sinon proposé par le panorama"
	}
	open := !x.sees()
	sum := ui.Value{Text: french.Kt(int64(t.Sum.Kg), 0), Unit: wording.Kilotonnes, Exact: wording.Exact(t.Sum.Kg), Name: "à ce jour, pour les 13 régions"}
	if open {
		sum.Explain = wording.FigurePath(objective.SumKey(objective.TotalSum, x.Cycle))
	}
	gap := gapsOf(x.Lines)
	beyond := ""
	if more := t.Sum.Kg - t.Offered.Kg - gap; more != 0 {
		beyond = ", et " + wording.Mass(more) + " là où rien n’est proposé"
	}
	v.Figures = []ui.KeyFigure{
		{Label: "Objectif national", Value: ui.Value{Text: french.Kt(int64(t.National.Kg), 0), Unit: wording.Kilotonnes, Exact: wording.Exact(t.National.Kg), Name: "objectif national", Explain: wording.FigurePath(wording.TotalKey(panorama.July, territory.France))}, Meaning: "sur les 30 leviers, forêts comprises"},
		{Label: "Proposé aux 13 régions", Value: ui.Value{Text: french.Kt(int64(t.Offered.Kg), 0), Unit: wording.Kilotonnes, Exact: wording.Exact(t.Offered.Kg), Name: "proposé"}, Meaning: wording.Mass(t.Left.Kg) + " de l’objectif national n’y sont pas\u00a0: les raisons sont plus bas, levier par levier"},
		{Label: "À ce jour, 13 régions", Value: sum, Meaning: gapSentence(gap) + beyond + "\u00a0; " + french.Integer(t.Shared) + sp + french.Plural(t.Shared, "objectif partagé", "objectifs partagés") + discussedText(t.Discussed)},
	}
	v.Sections = append(v.Sections, x.gaps()...)
	v.Sections = append(v.Sections, acrossSection{ID: "leviers", Title: "Les 13 régions de l’Hexagone et de Corse", Table: x.table("treize-regions", "Les 30 leviers de l’objectif national", x.Lines, &t, open),
		Lead: []string{"Pour chaque région se lit ce que sa COP a partagé" + x.elsewise() + ". Ce qui manque dans une région n’entre dans aucune somme."}})
	var why []string
	for _, l := range x.Lines {
		for _, w := range l.Why {
			why = append(why, l.Lever.ShortName+", "+w)
		}
	}
	v.Sections = append(v.Sections, acrossSection{ID: "reste", Title: "Pourquoi ce qui est proposé n’est pas l’objectif national", List: why, ListTitle: "Les raisons, levier par levier",
		Lead: []string{"L’objectif national moins ce qui est proposé aux 13 régions fait " + wording.Mass(t.Left.Kg) + ". La répartition de décembre 2023 laissait un reste sur trois leviers (forêts, produits bois, électricité renouvelable)\u00a0; l’État a ensuite revu des valeurs, et l’outre-mer a ses propres leviers."}})
	if len(x.Corse) > 0 {
		v.Sections = append(v.Sections, acrossSection{ID: "corse", Title: "Les leviers propres à la Corse", Table: x.table("corse-leviers", "Hors de l’objectif national", x.Corse, nil, open), Lead: []string{"La Corse n’est pas raccordée au réseau continental\u00a0: elle a un levier à elle, en plus des 30."}})
	}
	v.Sections = append(v.Sections, acrossSection{ID: "outre-mer", Title: "Les cinq régions d’outre-mer", Table: x.table("outre-mer-leviers", "Les 13 leviers de l’outre-mer", x.Overseas, nil, open), Lead: []string{"Elles ont leurs propres leviers, hors de l’objectif national\u00a0: rien ne s’additionne de ce tableau au premier."}})
	v.Foot = ui.Source{Text: "panorama de l’État, juillet 2024" + sp + "; objectifs des COP, lus à l’instant.", Downloads: []ui.Link{{Label: "Chaque région, levier par levier (CSV)", Href: x.base() + ".csv" + x.query()}}, Print: true}
	if !x.board {
		v.Foot.Downloads = append(v.Foot.Downloads, ui.Link{Label: "Pour un programme", Href: "/api/v1/objectives/nation" + x.query(), Note: "JSON"})
	}
	return v
}

func (x nationReading) elsewise() string {
	if x.board {
		return ", sinon ce qui est discuté là où vous pouvez le lire, sinon ce que le panorama propose"
	}
	return ", sinon ce que le panorama propose"
}

// gapsOf is what is read less what is offered, over some levers.
func gapsOf(lines []objective.NationLine) (gap panorama.Kg) {
	for _, l := range lines {
		gap += l.Gap()
	}
	return gap
}

func discussedText(n int) string {
	if n == 0 {
		return ""
	}
	return ", " + french.Integer(n) + sp + "en discussion"
}

func gapSentence(gap panorama.Kg) string {
	switch {
	case gap == 0:
		return "autant que ce qui est proposé"
	case gap > 0:
		return wording.Mass(gap) + " de plus que ce qui est proposé"
	}
	return wording.Mass(-gap) + " de moins que ce qui est proposé"
}

// table is a list of levers, with their total when they have one.
func (x nationReading) table(id, caption string, lines []objective.NationLine, total *objective.NationLine, open bool) ui.Table {
	t := ui.Table{ID: id, Caption: caption, Columns: []ui.Column{{Label: "Levier"}, {Label: "À ce jour", Unit: "kt", Number: true}, {Label: "Proposé", Unit: "kt", Number: true}, {Label: "Écart", Unit: "kt", Number: true},
		{Label: "Partagés", Unit: "régions", Number: true}, {Label: "En discussion", Unit: "régions", Number: true}, {Label: "Seulement proposés", Unit: "régions", Number: true}}}
	if total != nil {
		t.Columns = append(t.Columns, ui.Column{Label: "Objectif national", Unit: "kt", Number: true}, ui.Column{Label: "National moins proposé", Unit: "kt", Number: true})
	}
	row := func(l objective.NationLine, name ui.Cell, key string) ui.Row {
		known := func(t panorama.Total) ui.Cell {
			if t.Known == 0 {
				return ui.Cell{Missing: "aucune région n’a de valeur"}
			}
			return amount(panorama.Amount{Kg: t.Kg, Known: true}, 0)
		}
		read := explained(known(l.Sum), key, l.Lever.ShortName, open || l.Discussed == 0)
		if n := l.Sum.Missing; n > 0 && l.Lever.Code != "" {
			read.Sub = french.Integer(n) + sp + "sans valeur"
		}
		out := ui.Row{Cells: []ui.Cell{name, read, known(l.Offered), difference(panorama.Amount{Kg: l.Gap(), Known: true}, 0), {Text: french.Integer(l.Shared)}, {Text: french.Integer(l.Discussed)}, {Text: french.Integer(l.Only)}}}
		if total != nil {
			out.Cells = append(out.Cells, amount(l.National, 0), difference(l.Left, 0))
		}
		return out
	}
	for _, l := range lines {
		href := wording.LeverPath(l.Lever.Code)
		if x.board {
			href = NationPath + "/" + l.Lever.Code + x.query()
		}
		t.Rows = append(t.Rows, row(l, ui.Cell{Text: l.Lever.ShortName, Href: href}, objective.SumKey(l.Lever.Code, x.Cycle)))
	}
	if total != nil {
		gap := gapsOf(lines)
		foot := row(*total, ui.Cell{Text: "Ensemble"}, objective.SumKey(objective.TotalSum, x.Cycle))
		foot.Cells[3] = difference(panorama.Amount{Kg: gap, Known: true}, 0)
		for i := 4; i <= 6; i++ {
			foot.Cells[i].Sub = "objectifs"
		}
		t.Foot = []ui.Row{foot}
	}
	return t
}
