package restitutions

import (
	"net/http"

	"jalon/internal/french"
	"jalon/internal/report"
	"jalon/internal/restitution"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
)

func (d Deps) nation(r *http.Request) (reading, error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return reading{}, err
	}
	return d.read(r, territory.Region{}, m)
}

// national is the cross-region study: of everything for the nation's readers, of
// what regions published for anyone.
func (d Deps) national(w http.ResponseWriter, r *http.Request) error {
	x, err := d.nation(r)
	if err != nil {
		return err
	}
	v := view{Heading: ui.Heading{Overline: "Étude d’ensemble des questionnaires", Title: "Ce que répondent les collectivités, d’une région à l’autre"}}
	trail := ui.Link{Label: "Restitution nationale"}
	if x.empty != "" || len(x.Campaigns) == 0 {
		x.empty = "Aucune région n’a encore publié sa restitution."
		v.Heading.Title = "Ce que répondent les collectivités" + nb + ": rien n’est encore publié"
		v.Empty = ui.Empty{Title: "Rien à lire ici pour l’instant", Text: x.empty + " L’étude réunira les restitutions publiées, levier par levier et par type de collectivité, sans compter deux fois personne."}
		return d.show(w, r, x, v, x.trail(trail)...)
	}
	sorted := report.SortLevers(x.group, x.Thresholds())
	v.Heading.Title = "Les collectivités de France" + nb + ": " + report.FamiliesFound(sorted)
	v.Heading.Scope = append([]string{report.NationScope(x.View, x.tree, d.Now())}, x.scope(d.Now())[1:]...)
	v.Heading.Explain = x.figure(restitution.MeasureAnswers, "")
	if !x.Public {
		v.Notices = []ui.Alert{{State: "info", Title: "Vous lisez les réponses telles qu’elles sont maintenant", Text: "Cette page est réservée à l’échelon national. Le public lit ici ce que les régions ont publié."}}
	}
	v.Filters, v.FilterTo, v.Hidden = []ui.Field{x.nationGroups()}, x.base, x.hidden()
	v.Figures = x.keyFigures(sorted)
	v.Parts = append(v.Parts, part{ID: "comparable", Title: "Ce qui se compare, et ce qui est partiel", List: x.compares()},
		part{ID: "regions", Title: "Les réponses par région", Tables: []ui.Table{x.regionsTable()}, Lead: "Peu de réponses" + nb + ": moins de trente, ou moins d’un tiers des destinataires. Ces régions comptent dans l’ensemble, mais leurs écarts aux autres ne se lisent pas."})
	v.Parts = append(v.Parts, x.parts(sorted)...)
	if x.key == restitution.All {
		v.Parts = append(v.Parts[:len(v.Parts)-2], append([]part{{ID: "types", Title: "Par type de collectivité", Tables: []ui.Table{x.acrossTable(sorted, restitution.ByKind, "types-leviers", "Pertinence et mobilisation par type de collectivité, sur 100")}},
			{ID: "familles-regions", Title: "Dans combien de régions chaque levier est dans chaque famille", Tables: []ui.Table{x.spreadTable(sorted)}, Lead: "Aux mêmes seuils pour toutes, dans les régions où cinq collectivités au moins l’ont noté."}}, v.Parts[len(v.Parts)-2:]...)...)
	}
	v.Foot = x.foot()
	return d.show(w, r, x, v, x.trail(trail)...)
}

func (x reading) nationGroups() ui.Field {
	f := ui.Field{ID: "groupe", Label: "Groupe de collectivités", Type: "select", Required: true, Options: []ui.Option{{Value: restitution.All, Label: "Toutes", Selected: x.key == restitution.All}}}
	for _, g := range x.Cut(restitution.ByKind) {
		if g.Answers > 0 {
			f.Options = append(f.Options, ui.Option{Value: g.Key(restitution.ByKind), Label: g.Name(restitution.ByKind, x.tree), Selected: g.Key(restitution.ByKind) == x.key})
		}
	}
	for _, g := range x.Cut(restitution.BySize) {
		if g.Answers > 0 {
			f.Options = append(f.Options, ui.Option{Value: g.Key(restitution.BySize), Label: "Intercommunalités, " + g.Name(restitution.BySize, x.tree), Selected: g.Key(restitution.BySize) == x.key})
		}
	}
	return f
}

func (x reading) compares() []string {
	var out []string
	for _, item := range report.Comparable(x.View, x.tree) {
		text := ""
		for _, s := range item {
			text += s.Text
		}
		out = append(out, text)
	}
	if x.Public {
		out = append(out, "Là où une région a trop peu de réponses d’un type pour les publier seules, elles sont réunies à d’autres, ici comme sur sa page"+nb+": un type seul ne compte que les régions qui le publient seul.")
	}
	return append(out, "Une collectivité compte une fois, dans la région de son siège, même quand son territoire en touche deux.")
}

func (x reading) regionsTable() ui.Table {
	t := ui.Table{ID: "taux-regions", Caption: "Les réponses par région", CaptionHidden: true, Columns: []ui.Column{{Label: "Région", Wide: true}, {Label: "Campagne"}, {Label: "Réponses validées", Number: true}, {Label: "Destinataires", Number: true}, {Label: "Taux", Unit: "%", Number: true}, {Label: "Lecture"}}}
	for _, g := range x.Cut(restitution.ByRegion) {
		name := ui.Cell{Text: g.Name(restitution.ByRegion, x.tree)}
		state := "–"
		if len(g.Codes) == 1 {
			if reg, err := x.tree.Region(g.Codes[0]); err == nil {
				name.Href = "/regions/" + reg.Slug + "/restitution" + "?cycle=" + x.Cycle
			}
			state = x.Campaigns[g.Codes[0]].State.Name()
		}
		rate := ui.Cell{Missing: "aucune collectivité n’est destinataire"}
		if g.Population > 0 {
			rate = ui.Cell{Text: french.Number(100*float64(g.Answers)/float64(g.Population), 1)}
			rate.Explain, rate.Name = "/chiffres/"+x.FigureKey(g.Key(restitution.ByRegion), restitution.MeasureAnswers, ""), name.Text
		}
		read := ""
		if report.FewAnswers(g) {
			read = "peu de réponses"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{name, {Text: state}, {Text: french.Integer(g.Answers)}, {Text: french.Integer(g.Population)}, rate, {Text: read}}})
	}
	return t
}

// acrossTable is each lever in each group of a dimension.
func (x reading) acrossTable(sorted []report.Sorted, d restitution.Dimension, id, caption string) ui.Table {
	groups := x.Cut(d)
	t := ui.Table{ID: id, Caption: caption, Columns: []ui.Column{{Label: "Levier", Wide: true}}}
	for _, g := range groups {
		t.Columns = append(t.Columns, ui.Column{Label: g.Name(d, x.tree), Unit: "pertinence, mobilisation", Number: true})
	}
	for _, s := range sorted {
		i, ok := x.Layout.Lever(s.Lever.Code)
		if !ok {
			continue
		}
		row := []ui.Cell{{Text: s.Lever.Title}}
		for _, g := range groups {
			l := g.Lever(i)
			if why := l.Reason(restitution.Relevance); why != "" {
				row = append(row, ui.Cell{Missing: why})
				continue
			}
			c := ui.Cell{Text: l.Scores[restitution.Relevance].Percent(), Sub: "mobilisation –", Explain: "/chiffres/" + x.FigureKey(g.Key(d), restitution.Relevance.Name(), s.Lever.Code), Name: s.Lever.Title + ", " + g.Name(d, x.tree)}
			if m := l.Scores[restitution.Mobilisation]; m.Known {
				c.Sub = "mobilisation " + m.Percent()
			}
			row = append(row, c)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	return t
}

// spreadTable counts the regions in which a lever is in each family.
func (x reading) spreadTable(sorted []report.Sorted) ui.Table {
	t := ui.Table{ID: "regions-familles", Caption: "Nombre de régions par famille", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier", Wide: true}}}
	for _, f := range restitution.Families() {
		t.Columns = append(t.Columns, ui.Column{Label: f.Name(), Unit: "régions", Number: true})
	}
	t.Columns = append(t.Columns, ui.Column{Label: "Non classé", Unit: "régions", Number: true})
	groups := x.Cut(restitution.ByRegion)
	for _, s := range sorted {
		i, ok := x.Layout.Lever(s.Lever.Code)
		if !ok {
			continue
		}
		n := map[restitution.Family]int{}
		for _, g := range groups {
			if l := g.Lever(i); l.Population > 0 && len(g.Codes) == 1 {
				n[x.Thresholds().Of(l.Scores[restitution.Relevance], l.Scores[restitution.Mobilisation])]++
			}
		}
		row := []ui.Cell{{Text: s.Lever.Title}}
		for _, f := range append(restitution.Families(), restitution.Unsorted) {
			row = append(row, ui.Cell{Text: french.Integer(n[f])})
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	return t
}
