package restitutions

import (
	"strings"

	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/report"
	"jalon/internal/restitution"
	"jalon/internal/survey"
	"jalon/internal/web/ui"
)

// leverHref leads to the page of a lever; the nation has none.
func (x reading) leverHref(code string) string {
	if x.region.Code == "" {
		return "/leviers/" + code
	}
	return x.base + "/" + code + x.query()
}

func (x reading) scoreCell(l restitution.LeverOf, a restitution.Axis) ui.Cell {
	if reason := l.Reason(a); reason != "" {
		return ui.Cell{Missing: reason}
	}
	s := l.Scores[a]
	return ui.Cell{Text: s.Percent(), Exact: french.Number(s.Value*100, 2), Sub: s.Between(), Explain: x.figure(a.Name(), l.Lever.Code), Name: a.Name() + ", " + l.Lever.Title}
}

// families is the table of the levers that the chart draws, with its numbers.
func (x reading) families(sorted []report.Sorted) ui.Table {
	t := ui.Table{ID: "leviers", Caption: "Les leviers, par famille", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "N°", Number: true}, {Label: "Famille"}, {Label: "Pertinence", Unit: "sur 100, intervalle", Number: true},
		{Label: "Mobilisation", Unit: "sur 100, intervalle", Number: true}, {Label: "Ont noté", Unit: "sur interrogées", Number: true}, {Label: "Pas notre compétence", Number: true}, {Label: "La famille tient"}}}
	for _, s := range sorted {
		number := ui.Cell{Missing: "pas de place dans le dessin sans les deux scores"}
		if s.Number > 0 {
			number = ui.Cell{Text: french.Integer(s.Number)}
		}
		noted := ui.Cell{Missing: s.Reason(restitution.Relevance)}
		skipped := noted
		if !s.Hidden {
			noted = ui.Cell{Text: french.Integer(s.Scores[restitution.Relevance].N), Sub: "sur " + french.Integer(s.Population)}
			skipped = ui.Cell{Text: french.Integer(s.Skipped)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: s.Lever.Title, Href: x.leverHref(s.Lever.Code)}, number, {Text: s.Family.Name()}, x.scoreCell(s.LeverOf, restitution.Relevance), x.scoreCell(s.LeverOf, restitution.Mobilisation), noted, skipped,
			{Text: report.Held(s), Sub: report.HeldWhy(s)}}})
	}
	return t
}

// actions is the table of what is most implemented.
func (x reading) actions(most int) ui.Table {
	t := ui.Table{ID: "actions", Caption: "Les actions les plus engagées", CaptionHidden: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Levier"}, {Label: "Sorte d’action"}, {Label: "Engagée ou déployée", Unit: "%", Number: true}, {Label: "Collectivités", Unit: "engagées sur concernées", Number: true}}}
	for i, r := range x.group.Implemented() {
		if i == most {
			break
		}
		n, of := r.Engaged()
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.Row.Label}, {Text: r.Lever.Title, Href: x.leverHref(r.Lever.Code)}, {Text: r.Row.Step.Name()},
			{Text: french.Number(100*float64(n)/float64(of), 0), Explain: x.figure(restitution.MeasureEngaged, r.Row.ID), Name: r.Row.Label}, {Text: french.Integer(n) + " sur " + french.Integer(of)}}})
	}
	return t
}

// blocked is what stops and what is missing, lever by lever.
func (x reading) blocked() ui.Table {
	t := ui.Table{ID: "freins-besoins", Caption: "Freins et besoins, levier par levier", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier"}, {Label: "Frein le plus cité", Wide: true}, {Label: "Ont répondu", Number: true}, {Label: "Besoin le plus cité", Wide: true}, {Label: "Ont répondu", Number: true}}}
	for i := range x.Layout.Levers {
		l := x.group.Lever(i)
		if l.Population == 0 {
			continue
		}
		obstacles, n := x.group.Obstacles(i)
		needs, m := x.group.Needs(i)
		row := []ui.Cell{{Text: l.Lever.Title, Href: x.leverHref(l.Lever.Code)}}
		row = append(row, x.cited(obstacles, n)...)
		t.Rows = append(t.Rows, ui.Row{Cells: append(row, x.cited(needs, m)...)})
	}
	return t
}

// cited is the option that most ticked, and how many answered.
func (x reading) cited(all []restitution.Ticked, n int) []ui.Cell {
	const few = "moins de cinq collectivités ont répondu à cette question"
	if n == 0 || x.Public && n < restitution.Fewest {
		return []ui.Cell{{Missing: few}, {Missing: few}}
	}
	if len(all) == 0 || all[0].N == 0 {
		return []ui.Cell{{Text: "aucun"}, {Text: french.Integer(n)}}
	}
	var top []string
	for _, o := range all {
		if o.N == all[0].N {
			top = append(top, o.Label)
		}
	}
	return []ui.Cell{{Text: strings.Join(top, ", "), Sub: french.Integer(all[0].N) + " sur " + french.Integer(n)}, {Text: french.Integer(n)}}
}

// rates is who answered, by a dimension.
func (x reading) rates(d restitution.Dimension, id, caption, label string) ui.Table {
	t := ui.Table{ID: id, Caption: caption, Columns: []ui.Column{{Label: label, Wide: true}, {Label: "Réponses validées", Number: true}, {Label: "Destinataires", Number: true}, {Label: "Taux", Unit: "%", Number: true}}}
	line := func(name, key string, g restitution.Group) ui.Row {
		rate := ui.Cell{Missing: "aucune collectivité n’est destinataire"}
		if g.Population > 0 {
			rate = ui.Cell{Text: french.Number(100*float64(g.Answers)/float64(g.Population), 1), Explain: "/chiffres/" + x.FigureKey(key, restitution.MeasureAnswers, ""), Name: name}
		}
		return ui.Row{Cells: []ui.Cell{{Text: name}, {Text: french.Integer(g.Answers)}, {Text: french.Integer(g.Population)}, rate}}
	}
	for _, g := range x.Cut(d) {
		t.Rows = append(t.Rows, line(g.Name(d, x.tree), g.Key(d), g))
	}
	t.Foot = []ui.Row{line("Ensemble", restitution.All, x.Whole())}
	return t
}

// byGroup is one lever in each group of a dimension.
func (x reading) byGroup(i int, d restitution.Dimension, id, caption, label string) ui.Table {
	t := ui.Table{ID: id, Caption: caption, Columns: []ui.Column{{Label: label, Wide: true}, {Label: "Pertinence", Unit: "sur 100, intervalle", Number: true}, {Label: "Mobilisation", Unit: "sur 100, intervalle", Number: true}, {Label: "Ont noté", Unit: "sur interrogées", Number: true}, {Label: "Famille"}}}
	for _, g := range x.Cut(d) {
		l := g.Lever(i)
		if l.Population == 0 {
			continue
		}
		y := x
		y.group, y.key = g, g.Key(d)
		noted := ui.Cell{Missing: l.Reason(restitution.Relevance)}
		if !l.Hidden {
			noted = ui.Cell{Text: french.Integer(l.Scores[restitution.Relevance].N), Sub: "sur " + french.Integer(l.Population)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: g.Name(d, x.tree), Href: x.base + x.query("groupe", y.key)}, y.scoreCell(l, restitution.Relevance), y.scoreCell(l, restitution.Mobilisation), noted,
			{Text: x.Thresholds().Of(l.Scores[restitution.Relevance], l.Scores[restitution.Mobilisation]).Name()}}})
	}
	return t
}

// groups are the choices of the filter: one dimension at a time, so that no two
// pages together tell of fewer than five.
func (x reading) groups() ui.Field {
	f := ui.Field{ID: "groupe", Label: "Groupe de collectivités", Type: "select", Required: true, Options: []ui.Option{{Value: restitution.All, Label: "Toutes", Selected: x.key == restitution.All}}}
	for _, d := range []restitution.Dimension{restitution.ByKind, restitution.ByDepartment, restitution.BySize} {
		for _, g := range x.Cut(d) {
			if g.Answers == 0 {
				continue
			}
			label := g.Name(d, x.tree)
			if d == restitution.BySize {
				label = "Intercommunalités, " + label
			}
			f.Options = append(f.Options, ui.Option{Value: g.Key(d), Label: label + " (" + french.Integer(g.Answers) + nb + french.Plural(g.Answers, "réponse", "réponses") + ")", Selected: g.Key(d) == x.key})
		}
	}
	return f
}

// chart is the quadrant of the levers.
func (x reading) chart(sorted []report.Sorted, title string) *document.Chart {
	c := report.Quadrant(sorted, x.Thresholds(), x.leverHref)
	if len(c.Drawing.Shapes) == 0 {
		return nil
	}
	c.ID, c.Title = "carte", title
	return &c
}

// hides names what is left out of a region's page.
func (x reading) leftOut() []string {
	var out []string
	n := 0
	for _, k := range x.Outside {
		n += k
	}
	if n > 0 {
		out = append(out, french.Integer(n)+nb+french.Plural(n, "réponse", "réponses")+" de structures que l’équipe a ajoutées (PETR, parcs, syndicats)"+nb+": elles ne sont dans aucun groupe ni aucun score.")
	}
	for _, c := range x.Campaigns {
		if x.region.Code != "" && !c.Communes {
			out = append(out, "Les communes n’ont pas été invitées.")
		}
		if x.region.Code != "" && c.State != survey.CampaignClosed {
			out = append(out, "La campagne est "+c.State.Name()+nb+": d’autres réponses peuvent arriver.")
		}
	}
	return out
}
