package live

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/chart"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/questionnaire"
	"jalon/internal/report"
	"jalon/internal/restitution"
	"jalon/internal/survey"
)

// answers is what authorities answered, and what blocks.
func answers() []block {
	a := composition.Answers
	lever := block{composition.Live{Code: string(a) + "/levier", Part: a, Name: "Un levier, par type de collectivité", Help: "Pertinence et mobilisation d’un levier selon qui répond, ses freins et ses besoins. De la restitution publiée.",
		Options: []composition.Option{{Name: "levier", Label: "Levier", Values: append([][2]string{{"", "celui à débloquer jugé le plus pertinent"}}, asked()...)}}}, ofAnswers("Ce bloc montrera un levier tel que chaque type de collectivité le voit.", oneLever)}
	ticks := usually(a, "freins-besoins", "Freins et besoins les plus cités", "Ce que les collectivités cochent le plus souvent, et pour quels leviers. De la restitution publiée.", ofAnswers("Ce bloc dira ce qui freine et ce qui manque, levier par levier.", ticked))
	ticks.Options = []composition.Option{{Name: "detail", Label: "Détail", Values: [][2]string{{"ensemble", "tous leviers ensemble"}, {"leviers", "et levier par levier"}}}}
	return []block{
		usually(a, "repondants", "Qui a répondu", "Taux de réponse par type de collectivité, communes à part, et par département. De la restitution publiée, ou de la campagne en cours.", respondents),
		usually(a, "familles", "Les trois familles de leviers", "Chaque levier selon la pertinence perçue et la mobilisation, avec l’intervalle de chaque score. De la restitution publiée.", ofAnswers("Ce bloc placera chaque levier selon la pertinence perçue et la mobilisation.", families)),
		usually(a, "actions", "Les actions les plus et les moins engagées", "Part des collectivités engagées sur chaque action, parmi celles qu’elle concerne. De la restitution publiée.", ofAnswers("Ce bloc donnera les actions les plus engagées, et celles qui le sont le moins.", actions)),
		ticks,
		lever,
		usually(a, "freins-retenus", "Les freins retenus, et les réponses de l’échelon national", "Les freins que l’équipe a retenus, ceux qui sont remontés, et ce que la nation en dit.", retained),
		usually(a, "pertinence-rythme", "Pertinence perçue et rythme observé", "Les familles de leviers croisées avec le verdict des séries publiées. De la restitution publiée et des tendances.", ofAnswers("Ce bloc croisera ce que les collectivités jugent pertinent et ce que les séries mesurent.", besidePace)),
	}
}

const fewTogether = "Rien n’est montré de moins de cinq collectivités\u00a0: les petits groupes sont réunis."

func rateText(n, of int) string {
	if of == 0 {
		return "–"
	}
	return french.Number(100*float64(n)/float64(of), 1)
}

// editionNote says which answers a block is made of.
func (p *published) editionNote() string {
	e := p.View.Editions[p.View.Region]
	return upper(p.Scope()) + ". Édition" + nbsp + french.Integer(e.Seq) + " de la restitution, publiée par les deux têtes le " + french.Day(e.PublishedOn) + "."
}

// respondents are who answered: the edition published, else the campaign under way.
func respondents(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	p, err := r.told(ctx)
	if err != nil || p.None != "" {
		if err == nil {
			return r.campaign(ctx)
		}
		return composition.Made{}, err
	}
	v := p.View
	kinds := document.Table{ID: "repondants-types", Caption: "Réponses par type de collectivité", Columns: []document.Column{textColumn("Type"), numberColumn("Réponses", ""), numberColumn("Destinataires", ""), numberColumn("Taux", "%")}}
	row := func(name, key string, n, of int) []document.Cell {
		rate := absent("aucune collectivité de ce type n’est destinataire")
		if of > 0 {
			rate = document.Cell{Text: rateText(n, of)}
			if key != "" {
				rate.Figure = v.FigureKey(key, restitution.MeasureAnswers, "")
			}
		}
		return []document.Cell{word(name), word(french.Integer(n)), word(french.Integer(of)), rate}
	}
	n, of, communes := 0, 0, false
	groups := v.Cut(restitution.ByKind)
	for _, g := range groups {
		kinds.Rows = append(kinds.Rows, row(g.Name(restitution.ByKind, r.model.Tree()), g.Key(restitution.ByKind), g.Answers, g.Population))
		if slices.Contains(g.Codes, string(questionnaire.Commune)) {
			communes = communes || g.Answers > 0
			continue
		}
		n, of = n+g.Answers, of+g.Population
	}
	whole := p.Group()
	kinds.Rows = append(kinds.Rows, row("Ensemble", restitution.All, whole.Answers, whole.Population))
	kinds.Note = "Une collectivité à deux compétences répond et compte une fois. Les structures ajoutées par l’équipe (PETR, parcs, syndicats) ne sont dans aucun taux."
	figures := []document.KeyFigure{{Label: "Réponses validées", Value: french.Integer(whole.Answers), Meaning: "sur " + french.Integer(whole.Population) + " destinataires", Class: byJalon, Figure: v.FigureKey(restitution.All, restitution.MeasureAnswers, "")}}
	title := howMany(whole.Answers, "collectivité a répondu", "collectivités ont répondu") + " au questionnaire, soit " + rateText(whole.Answers, whole.Population) + nbsp + "% de celles qui l’ont reçu"
	if communes && of > 0 {
		title = rateText(n, of) + nbsp + "% des collectivités ont répondu, communes à part\u00a0: " + howMany(n, "réponse", "réponses") + " sur " + french.Integer(of)
		figures = append(figures, document.KeyFigure{Label: "Taux, communes à part", Value: rateText(n, of), Unit: "%", Meaning: french.Integer(n) + " réponses sur " + french.Integer(of) + ": région, départements et intercommunalités", Class: byJalon})
	}
	for _, g := range groups {
		if len(g.Codes) == 1 && g.Population > 0 && len(figures) < 4 && (g.Codes[0] == string(questionnaire.Group) || g.Codes[0] == string(questionnaire.Commune)) {
			figures = append(figures, document.KeyFigure{Label: g.Name(restitution.ByKind, r.model.Tree()), Value: rateText(g.Answers, g.Population), Unit: "%", Meaning: french.Integer(g.Answers) + " réponses sur " + french.Integer(g.Population), Class: byJalon, Figure: v.FigureKey(g.Key(restitution.ByKind), restitution.MeasureAnswers, "")})
		}
	}
	for i := range figures {
		figures[i].Meaning = strings.ReplaceAll(figures[i].Meaning, ": ", nbsp+": ")
	}
	out := composition.Made{Title: title, Blocks: []document.Block{document.KeyFigures{Figures: figures}, kinds}, Notes: []string{p.editionNote(), fewTogether,
		"Taux" + nbsp + ": réponses validées par un élu ou son délégué, divisées par les collectivités à qui le questionnaire a été adressé, qu’elles l’aient ouvert ou non."}}
	if c, ok := p.byDepartment(r); ok {
		out.Blocks = append(out.Blocks, c)
	}
	if c := v.Campaigns[v.Region]; !c.Communes {
		out.Notes = append(out.Notes, "Les communes n’ont pas été invitées.")
	}
	return out, nil
}

// byDepartment are the rates of communes and EPCI of each département; there is no
// such chart of a region of one.
func (p *published) byDepartment(r *reading) (document.Chart, bool) {
	t := document.Table{ID: "repondants-departements", Caption: "Réponses par département", Columns: []document.Column{textColumn("Département"), numberColumn("Réponses", ""), numberColumn("Destinataires", ""), numberColumn("Taux", "%")}}
	var bars []chart.Bar
	for _, g := range p.View.Cut(restitution.ByDepartment) {
		name := g.Name(restitution.ByDepartment, r.model.Tree())
		if g.Population == 0 {
			continue
		}
		t.Rows = append(t.Rows, []document.Cell{word(name), word(french.Integer(g.Answers)), word(french.Integer(g.Population)), keyed(rateText(g.Answers, g.Population), p.View.FigureKey(g.Key(restitution.ByDepartment), restitution.MeasureAnswers, ""))})
		bars = append(bars, chart.Bar{Label: name, Text: rateText(g.Answers, g.Population) + nbsp + "%", Value: 100 * float64(g.Answers) / float64(g.Population)})
	}
	if len(bars) < 3 { // one département and its councils: the table of types says it
		return document.Chart{}, false
	}
	return document.Chart{ID: "taux-departements", Title: "Taux de réponse par département", Description: "Part des collectivités qui ont répondu, par département. La région et les conseils départementaux sont réunis.", Drawing: chart.Bars(bars, chart.Target{}), Table: t}, true
}

// campaign is how far a campaign is whose restitution is not published.
func (r *reading) campaign(ctx context.Context) (composition.Made, error) {
	const coming = "Ce bloc donnera les taux de réponse par type de collectivité."
	set, ok, err := r.rates(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if !ok {
		return lacking("Le questionnaire n’a pas été envoyé aux collectivités de la région.", coming), nil
	}
	t := document.Table{ID: "repondants-types", Caption: "Réponses par type de collectivité", Columns: []document.Column{textColumn("Type"), numberColumn("Réponses", ""), numberColumn("Destinataires", ""), numberColumn("Taux", "%")},
		Note: "Communes et établissements publics territoriaux à part\u00a0: ils n’entrent dans aucun autre taux."}
	key := func(kind string) string {
		return survey.RateKeyOn(r.Cycle, r.ref().String(), kind, r.Day)
	}
	for _, k := range survey.RateKinds() {
		x := k.Of(set)
		if !x.Known() {
			continue
		}
		t.Rows = append(t.Rows, []document.Cell{word(k.Name), word(french.Integer(x.Answers)), word(french.Integer(x.Authorities)), keyed(french.Number(100*x.Ratio(), 1), key(k.Code))})
	}
	if len(t.Rows) == 0 {
		return lacking("Aucune collectivité n’est destinataire du questionnaire à cette date.", coming), nil
	}
	x := set.Total
	out := composition.Made{Title: "La campagne est en cours" + nbsp + ": " + french.Number(100*x.Ratio(), 1) + nbsp + "% des régions, départements et intercommunalités ont répondu", Blocks: []document.Block{t},
		Notes: []string{"Réponses validées au moins une fois au " + french.Day(r.Day) + ". La restitution n’est pas encore publiée\u00a0: ce qu’elles disent n’est pas montré."}}
	if x.Known() {
		out.Blocks = slices.Insert(out.Blocks, 0, document.Block(document.KeyFigures{Figures: []document.KeyFigure{{Label: "Taux de réponse", Value: french.Number(100*x.Ratio(), 1), Unit: "%", Meaning: french.Integer(x.Answers) + " réponses sur " + french.Integer(x.Authorities) + ", communes à part", Class: byJalon, Figure: key("total")}}}))
	} else {
		out.Title = "La campagne est en cours" + nbsp + ": aucune région, aucun département ni intercommunalité n’en est destinataire"
	}
	return out, nil
}

// families are the three families: where each lever stands, then its scores.
func families(_ context.Context, _ *reading, p *published, _ map[string]string) (composition.Made, error) {
	q := p.Quadrant()
	if q.Missing != "" {
		return lacking(q.Missing, ""), nil
	}
	out := composition.Made{Title: upper(report.FamiliesFound(p.Sorted())) + " selon les collectivités", Blocks: q.Blocks,
		Notes: []string{p.editionNote(), "Score sur 100, et entre parenthèses son intervalle de confiance à 95" + nbsp + "%. Un classement est fragile quand cet intervalle contient un seuil."}}
	t, fragile := p.sorted()
	for i, b := range out.Blocks {
		if c, ok := b.(document.Chart); ok {
			c.Table = t
			out.Blocks[i] = c
		}
	}
	out.Notes = append(out.Notes, "Lecture proposée par Jalon\u00a0: elle ouvre le débat, elle ne le conclut pas.")
	if fragile > 0 {
		out.Title += ", dont " + howMany(fragile, "classement fragile", "classements fragiles")
		out.Notes = append(out.Notes, "Pour "+howMany(fragile, "levier", "leviers")+", d’autres réponses pourraient changer la famille\u00a0: un score est à moins d’un intervalle du seuil.")
	}
	return out, nil
}

// sorted is the table of the levers that the chart draws, by family, with what each
// stands on; then those that have no place in it. fragile counts those whose family
// other answers could change.
func (p *published) sorted() (t document.Table, fragile int) {
	t = document.Table{ID: "leviers-familles", Caption: "Les leviers, par famille puis par pertinence", Columns: []document.Column{textColumn("Levier"), textColumn("Famille"), numberColumn("Pertinence", ""), numberColumn("Mobilisation", ""), numberColumn("Ont noté", "")}}
	for _, s := range p.Sorted() {
		name, family := s.Lever.Title, word(s.Family.Name())
		if s.Number > 0 {
			name = french.Integer(s.Number) + ". " + name
		}
		if s.Family == restitution.Unsorted {
			family = absent(s.Family.Means())
		}
		if s.Stability.Fragile {
			family.Text += ", fragile"
			fragile++
		}
		noted := absent(s.Reason(restitution.Relevance))
		if !s.Hidden {
			noted = word(french.Integer(s.Scores[restitution.Relevance].N) + " sur " + french.Integer(s.Population))
		}
		t.Rows = append(t.Rows, []document.Cell{word(name), family, p.Score(s.LeverOf, restitution.Relevance), p.Score(s.LeverOf, restitution.Mobilisation), noted})
	}
	return t, fragile
}
