package report

import (
	"cmp"
	"slices"

	"jalon/internal/document"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// units are the levers that a person can picture, in their physical units.
func (g *guide) units() document.Part {
	part := document.Part{ID: "ordres-de-grandeur", Notes: append(g.source(), "2030 = 2019 + objectif × ratio publié\u00a0; les chiffres significatifs sont ceux du ratio.")}
	t := document.Table{ID: "unites", Caption: "Les leviers en unités physiques", Columns: []document.Column{{Label: "Levier"}, {Label: "2019", Number: true}, {Label: "2030", Number: true}, {Label: "Variation", Number: true}, {Label: "Unité"}}}
	none := 0
	for _, l := range g.p.Lines {
		e := l.Equiv
		if e.Reason != "" || !e.Change.Known {
			none++
			continue
		}
		value := func(v panorama.Value, change bool, ask string) document.Cell {
			if !v.Known {
				return blank(v.Reason)
			}
			return numeric(e.Reading(v, change), l.FigureKey+"/"+ask)
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: l.Lever.ShortName, Href: "/leviers/" + l.Lever.Code}, value(e.Start, false, panorama.AskStart),
			value(e.Target, false, panorama.AskTarget), value(e.Change, true, panorama.AskChange), cell(e.Unit)})
	}
	if len(t.Rows) == 0 {
		part.Title = "Aucun ordre de grandeur n’est publié pour ce territoire"
		part.Missing = "La publication ne donne pas d’unité physique aux leviers de l’outre-mer\u00a0: seuls les objectifs en tonnes sont connus."
		return part
	}
	part.Title = french.Integer(len(t.Rows)) + " leviers se disent en unités physiques, " + french.Integer(none) + " seulement en tonnes"
	t.Note = "Une moyenne (L/100 km, km par voiture, kg par habitant, kg par MWh) ne s’additionne pas d’un territoire à l’autre."
	part.Blocks = []document.Block{t}
	return part
}

// annex is each lever with its figures, the whole of what the region is invited
// to do.
func (g *guide) annex() document.Part {
	t := document.Table{ID: "annexe", Caption: "Tous les leviers, par objectif décroissant", Columns: []document.Column{{Label: "Levier"}, {Label: "Secteur"}, {Label: "Objectif", Unit: ktUnit, Number: true},
		{Label: "Part de la France", Unit: "%", Number: true}, {Label: "Provenance"}}}
	if g.national {
		t.Columns[3].Label = "Part du total"
	}
	for _, l := range g.p.Lines {
		sector, err := g.fw.Sector(l.Lever.Sector)
		if err != nil {
			sector.Name = "–"
		}
		share := blank(l.Share.Reason)
		switch {
		case g.national:
			share = part(l.Objective.Kg, g.p.Total.Kg)
		case l.Share.Known:
			share = numeric(french.Number(l.Share.V*100, 1), l.FigureKey+"/"+panorama.AskShare)
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: l.Lever.Name, Href: "/leviers/" + l.Lever.Code}, cell(sector.Name), ktCell(l.Objective, l.FigureKey), share, cell(classOf(l.Class))})
	}
	t.Rows = append(t.Rows, []document.Cell{cell("Total"), cell(g.p.Total.Scope), numeric(french.Kt(int64(g.p.Total.Kg), 1), totalKey(g.p)), g.totalShare(), cell(computed)})
	return document.Part{ID: "annexe", Title: "Annexe\u00a0: " + g.name() + ", " + french.Integer(len(g.p.Lines)) + " leviers et leurs chiffres", Blocks: []document.Block{t}, Notes: g.source()}
}

func (g *guide) totalShare() document.Cell {
	switch {
	case g.national:
		return cell("100,0")
	case g.p.Overseas:
		return blank("les leviers de l’outre-mer sont hors de l’objectif national")
	}
	return numeric(g.shareOfNation(), totalKey(g.p)+"/"+panorama.AskShare)
}

func (g *guide) shareOfNation() string {
	v := g.m.ShareOfNation(g.p)
	if !v.Known {
		return "–"
	}
	return french.Number(v.V*100, 1)
}

// departments is how far Jalon goes in each département of the region.
func (g *guide) departments() document.Part {
	if g.national || g.p.Overseas {
		return document.Part{}
	}
	t := document.Table{ID: "departements", Caption: "Ce que Jalon répartit dans chaque département", Columns: []document.Column{{Label: "Département"}, {Label: "Réparti", Unit: ktUnit, Number: true}, {Label: "Leviers répartis", Number: true}, {Label: "Premier levier réparti"}}}
	var all []panorama.Panorama
	for _, d := range g.m.Tree().Departments() {
		if d.Region != g.p.Regions[0].Code {
			continue
		}
		x, err := g.m.Of(territory.Ref{Scale: territory.Department, Code: d.Code})
		if err == nil {
			all = append(all, x)
		}
	}
	slices.SortStableFunc(all, func(x, y panorama.Panorama) int { return cmp.Compare(y.Total.Kg, x.Total.Kg) })
	var divided panorama.Kg
	known := 0
	for _, x := range all {
		divided += x.Total.Kg
		known = max(known, x.Total.Known)
		first := blank("aucun levier réparti")
		if x.Total.Known > 0 {
			first = cell(x.Lines[0].Lever.ShortName)
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: x.Territory.Name, Href: x.Territory.Path + "/panorama"}, numeric(french.Kt(int64(x.Total.Kg), 1), totalKey(x)), cell(french.Integer(x.Total.Known)), first})
	}
	t.Note = "Les leviers non répartis restent à l’échelle de la région\u00a0: la somme de cette colonne n’est pas l’objectif régional."
	return document.Part{ID: "departements", Title: "Dans les départements, " + french.Fraction(float64(divided)/float64(max(g.p.Total.Kg, 1))) + " de l’objectif se répartit, sur " + counted(known, "levier", "leviers"),
		Blocks: []document.Block{t}, Notes: append(g.source(), "Parts calculées par Jalon, le plus souvent selon la population\u00a0: elles ne disent encore rien de propre à chaque département.")}
}

// questions is what a region may bring to its first meeting.
func (g *guide) questions() document.Part {
	var items [][]document.Span
	for _, l := range g.p.Lines {
		if len(items) == 3 || !l.Objective.Known {
			break
		}
		text := l.Objective.Kg.Less() + " par an en 2030"
		if e := l.Equiv.Text(); e != "" {
			text += " (" + e + ")"
		}
		items = append(items, item(l.Lever.Name, text+". Qui agit déjà ici\u00a0? Qu’est-ce qui freine\u00a0?"))
	}
	items = append(items, item("Les plans déjà votés", "vont-ils moins loin, aussi loin ou plus loin que ces objectifs\u00a0?"),
		item("Une autre ambition", "pour quels leviers la région veut-elle viser autrement, et pour quelle raison\u00a0?"))
	count := len(g.fw.Levers(framework.National))
	if g.p.Overseas {
		count = len(g.p.Lines)
	}
	return document.Part{ID: "pour-en-discuter", Title: "Pour ouvrir la discussion\u00a0: cinq questions plutôt que " + french.Integer(count) + " chiffres", Blocks: []document.Block{document.List{Items: items},
		document.Text{Spans: []document.Span{span("Le "), link("simulateur", g.simulator()), span(" permet d’essayer une autre répartition entre les leviers et d’en garder l’adresse.")}}}, Notes: g.source()}
}

func (g *guide) simulator() string {
	if g.national {
		return "/simulateur"
	}
	if r, err := g.m.Tree().Region(g.p.Regions[0].Code); err == nil {
		return "/simulateur/" + r.Slug
	}
	return "/simulateur"
}
