package live

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/report"
	"jalon/internal/restitution"
)

// actions are the most and the least engaged.
func actions(_ context.Context, _ *reading, p *published, _ map[string]string) (composition.Made, error) {
	const shown = 8
	part := p.Implemented(shown)
	if part.Missing != "" {
		return lacking(part.Missing, ""), nil
	}
	out := made(part)
	out.Notes = append([]string{p.editionNote()}, out.Notes...)
	all := p.Group().Implemented()
	rest := all[min(shown, len(all)):]
	if len(rest) == 0 {
		return out, nil
	}
	rest = slices.Clone(rest[max(0, len(rest)-shown):])
	slices.Reverse(rest)
	t := document.Table{ID: "actions-peu", Caption: "Les actions les moins engagées", Columns: []document.Column{textColumn("Action"), textColumn("Levier"), numberColumn("Engagée ou déployée", "%"), numberColumn("Collectivités", "")}}
	for _, x := range rest {
		n, of := x.Engaged()
		t.Rows = append(t.Rows, []document.Cell{word(x.Row.Label), word(x.Lever.Title), keyed(french.Number(100*float64(n)/float64(of), 0), p.View.FigureKey(restitution.All, restitution.MeasureEngaged, x.Row.ID)), word(french.Integer(n) + " sur " + french.Integer(of))})
	}
	out.Blocks = append(out.Blocks, t)
	return out, nil
}

// cited is an obstacle or a need: how many levers put it first, and which.
type cited struct {
	label  string
	times  int // ticked, all levers together
	levers []string
}

// citations adds up what was ticked on each lever that may be told.
func (p *published) citations(of func(i int) ([]restitution.Ticked, int)) []cited {
	by := map[string]*cited{}
	for i := range p.View.Layout.Levers {
		all, n := of(i)
		if n < restitution.Fewest {
			continue
		}
		for _, o := range all {
			if by[o.Label] == nil {
				by[o.Label] = &cited{label: o.Label}
			}
			by[o.Label].times += o.N
		}
		for _, o := range report.Top(all) {
			by[o.Label].levers = append(by[o.Label].levers, p.View.Layout.Levers[i].Title)
		}
	}
	out := make([]cited, 0, len(by))
	for _, c := range by {
		if c.times > 0 {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b cited) int {
		return cmp.Or(cmp.Compare(len(b.levers), len(a.levers)), cmp.Compare(b.times, a.times), cmp.Compare(a.label, b.label))
	})
	return out
}

// first names what comes first on the most levers, and on how many.
func first(all []cited, one, many string) string {
	var names []string
	n := len(all[0].levers)
	for _, c := range all {
		if len(c.levers) == n {
			names = append(names, guillemets(c.label))
		}
	}
	if len(names) == 1 {
		return names[0] + " est " + one + ", en tête sur " + howMany(n, "levier", "leviers")
	}
	return french.List(names) + " sont " + many + ", chacun en tête sur " + howMany(n, "levier", "leviers")
}

// ticked are the obstacles and the needs most often named.
func ticked(_ context.Context, _ *reading, p *published, params map[string]string) (composition.Made, error) {
	obstacles, needs := p.citations(p.Group().Obstacles), p.citations(p.Group().Needs)
	if len(obstacles)+len(needs) == 0 {
		return lacking("Trop peu de collectivités ont coché un frein ou un besoin\u00a0: il en faut cinq par levier.", ""), nil
	}
	out := composition.Made{Notes: []string{p.editionNote(), "Question posée une fois par levier, à celles qui en ont noté une action. Plusieurs réponses possibles\u00a0; à égalité, chacune compte en tête."}}
	switch {
	case len(obstacles) > 0 && len(obstacles[0].levers) > 0:
		out.Title = first(obstacles, "le frein le plus cité", "les freins les plus cités")
	case len(needs) > 0 && len(needs[0].levers) > 0:
		out.Title = first(needs, "le besoin le plus cité", "les besoins les plus cités")
	}
	add := func(id, caption, label string, all []cited) {
		if len(all) == 0 {
			return
		}
		t := document.Table{ID: id, Caption: caption, Columns: []document.Column{textColumn(label), textColumn("En tête pour"), numberColumn("En tête", "leviers"), numberColumn("Coché", "fois")}}
		for _, c := range all[:min(8, len(all))] {
			names := absent("en tête d’aucun levier")
			if n := len(c.levers); n > 0 {
				text := strings.Join(c.levers[:min(3, n)], ", ")
				if n > 3 {
					text += " et " + howMany(n-3, "autre", "autres")
				}
				names = word(text)
			}
			t.Rows = append(t.Rows, []document.Cell{word(c.label), names, word(french.Integer(len(c.levers))), word(french.Integer(c.times))})
		}
		t.Note = "Coché\u00a0: total sur tous les leviers\u00a0; une collectivité peut cocher sur plusieurs."
		out.Blocks = append(out.Blocks, t)
	}
	add("freins-cites", "Les freins les plus cités", "Frein", obstacles)
	add("besoins-cites", "Les besoins les plus cités", "Besoin", needs)
	if params["detail"] == "leviers" {
		out.Blocks = append(out.Blocks, p.Stopped().Blocks...)
	}
	return out, nil
}

// oneLever is a lever as each type of authority sees it.
func oneLever(_ context.Context, r *reading, p *published, params map[string]string) (composition.Made, error) {
	code := params["levier"]
	for _, f := range []restitution.Family{restitution.Unblock, restitution.Amplify, restitution.Clarify} {
		for _, s := range p.Sorted() { // the most relevant first
			if code == "" && s.Family == f {
				code = s.Lever.Code
			}
		}
	}
	i, ok := p.View.Layout.Lever(code)
	if !ok && code == "" {
		return lacking("Aucun levier n’a été noté par cinq collectivités.", ""), nil
	}
	if !ok {
		return lacking("Ce levier n’est pas dans le questionnaire de la région.", "Choisissez-en un autre."), nil
	}
	g := p.Group()
	l := g.Lever(i)
	if l.Population == 0 {
		return lacking("Le levier "+guillemets(l.Lever.Title)+" n’a été demandé à aucune collectivité de la région.", "Choisissez-en un autre."), nil
	}
	if why := l.Reason(restitution.Relevance); why != "" {
		return lacking("Le levier "+guillemets(l.Lever.Title)+" ne peut pas être montré\u00a0: "+why+".", ""), nil
	}
	score := l.Scores[restitution.Relevance]
	out := composition.Made{Title: guillemets(l.Lever.Title) + nbsp + ": pertinence " + score.Percent() + " sur 100", Notes: []string{p.editionNote(), fewTogether, "Score sur 100, et entre parenthèses son intervalle de confiance à 95" + nbsp + "%."}}
	th := p.View.Thresholds()
	if m := l.Scores[restitution.Mobilisation]; m.Known {
		out.Title += ", mobilisation " + m.Percent() + ", levier " + th.Of(score, m).Name()
	}
	t := document.Table{ID: "levier-types", Caption: l.Lever.Title + ", par type de collectivité", Columns: []document.Column{textColumn("Type"), numberColumn("Pertinence", ""), numberColumn("Mobilisation", ""), textColumn("Ont noté"), textColumn("Famille")}}
	line := func(name string, in report.Told, y restitution.LeverOf) {
		noted := absent(y.Reason(restitution.Relevance))
		if !y.Hidden {
			noted = word(french.Integer(y.Scores[restitution.Relevance].N) + " sur " + french.Integer(y.Population))
		}
		family := th.Of(y.Scores[restitution.Relevance], y.Scores[restitution.Mobilisation])
		said := word(family.Name())
		if family == restitution.Unsorted {
			said = absent(family.Means())
		}
		t.Rows = append(t.Rows, []document.Cell{word(name), in.Score(y, restitution.Relevance), in.Score(y, restitution.Mobilisation), noted, said})
	}
	for _, k := range p.View.Cut(restitution.ByKind) {
		if y := k.Lever(i); y.Population > 0 {
			line(k.Name(restitution.ByKind, r.model.Tree()), p.In(k, restitution.ByKind), y)
		}
	}
	line("Ensemble", p.Told, l)
	out.Blocks = []document.Block{t}
	for k, of := range []func(int) ([]restitution.Ticked, int){g.Obstacles, g.Needs} {
		all, n := of(i)
		if n < restitution.Fewest {
			continue
		}
		label := []string{"Frein", "Besoin"}[k]
		y := document.Table{ID: "levier-" + strings.ToLower(label), Caption: label + "s cités, sur " + howMany(n, "réponse", "réponses"), Columns: []document.Column{textColumn(label), numberColumn("Coché par", "collectivités"), numberColumn("Part", "%")}}
		for _, o := range all[:min(6, len(all))] {
			y.Rows = append(y.Rows, []document.Cell{word(o.Label), word(french.Integer(o.N)), word(french.Number(100*float64(o.N)/float64(n), 0))})
		}
		out.Blocks = append(out.Blocks, y)
	}
	return out, nil
}
