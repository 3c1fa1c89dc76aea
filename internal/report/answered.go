package report

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/restitution"
	"jalon/internal/survey"
)

// readAnswers reads what the regions had published of the answers by the day.
func (b *builder) readAnswers(ctx context.Context) error {
	if b.Restitution == nil || !b.anyAnswer() {
		return nil
	}
	v, err := b.Restitution(ctx, b.Cycle, b.Day)
	if err != nil || len(v.Editions) == 0 {
		return err
	}
	told := &answers{Answered: Answered{View: v, Tree: b.m.Tree(), Now: national.EndOf(b.Day).AddDate(0, 0, -1)}, key: restitution.All, group: v.Whole()}
	if told.group.Answers < restitution.Fewest {
		return nil
	}
	told.sorted = SortLevers(told.group, v.Thresholds())
	b.told = told
	return nil
}

// anyAnswer reports whether an authority had answered by the day.
func (b *builder) anyAnswer() bool {
	return slices.ContainsFunc(b.asking, func(x survey.RateRow) bool { return x.Answered && x.Counted })
}

// named are the names of regions, in the order of the tree.
func (b *builder) named(codes map[string]bool) []string {
	var out []string
	for _, r := range b.m.Tree().Regions() {
		if codes[r.Code] {
			out = append(out, r.Name)
		}
	}
	return out
}

// rates are the response rates of the nation by type, with the regions that count
// and what is left out, each with its explanation; what was declared before Jalon
// stays apart, with its own date.
func (b *builder) rates() document.Part {
	all := survey.RatesOf(b.asking)
	marked, others := map[string]bool{}, map[string]bool{}
	for _, code := range all.Marked {
		marked[code] = true
	}
	for code := range all.Regions {
		if !marked[code] {
			others[code] = true
		}
	}
	p := document.Part{ID: "taux-de-reponse"}
	key := func(kind string) string { return survey.RateKeyOn(b.Cycle, "nation", kind, b.Day) }
	value := func(r survey.Rate) string { return french.Number(100*r.Ratio(), 1) }
	none := "aucune région n’a encore marqué sa campagne «\u00a0presque finalisée\u00a0» ou «\u00a0close\u00a0»"
	if total := all.Nation.Total; total.Known() {
		none = "aucune collectivité de ce type n’est destinataire dans les régions retenues"
		p.Title = value(total) + nb + "% des régions, départements et intercommunalités ont répondu, dans " + counted(len(all.Marked), "région", "régions") + " dont la campagne s’achève"
	} else {
		n := int64(0)
		for _, x := range b.asking {
			if x.Answered && x.Counted {
				n += x.N
			}
		}
		p.Title = counted(int(n), "réponse est validée", "réponses sont validées") + "\u00a0; aucun taux national encore, les campagnes sont en cours"
	}
	t := document.Table{ID: "taux-par-type", Caption: "Taux de réponse par type de collectivité", Columns: []document.Column{{Label: "Type"}, {Label: "Réponses", Number: true}, {Label: "Collectivités", Number: true}, {Label: "Taux", Unit: "%", Number: true}}}
	for _, k := range survey.RateKinds() {
		r := k.Of(all.Nation)
		if !r.Known() {
			t.Rows = append(t.Rows, []document.Cell{cell(k.Name), blank(none), blank(none), blank(none)})
			continue
		}
		t.Rows = append(t.Rows, []document.Cell{cell(k.Name), cell(french.Integer(r.Answers)), cell(french.Integer(r.Authorities)), numeric(value(r), key(k.Code))})
	}
	t.Note = "Communes et établissements publics territoriaux à part\u00a0: ils n’entrent dans aucun autre taux."
	count := document.KeyFigure{Label: "Régions retenues", Value: french.Integer(len(all.Marked)), Meaning: "sur " + counted(len(all.Regions), "région", "régions") + " dont la campagne est ouverte ou close", Class: computed}
	whole := document.KeyFigure{Label: "Compté par Jalon", Unit: "%", Meaning: "régions, départements et intercommunalités", Class: computed, Missing: none}
	if r := all.Nation.Total; r.Known() {
		whole.Value, whole.Missing, whole.Figure = value(r), "", key("total")
		whole.Meaning = french.Integer(r.Answers) + " réponses sur " + french.Integer(r.Authorities) + ", hors communes"
	}
	before := b.declaredFigures(topicSurvey)
	p.Blocks = []document.Block{document.KeyFigures{Figures: append([]document.KeyFigure{whole, count}, before[:min(2, len(before))]...)}, t}
	said := survey.NationRule
	if names := b.named(marked); len(names) > 0 {
		said += " Retenues" + nb + ": " + french.List(names) + "."
	}
	if names := b.named(others); len(names) > 0 {
		said += " Laissées de côté, parce qu’elles recueillent encore" + nb + ": " + french.List(names) + "."
	}
	p.Blocks = append(p.Blocks, document.Quote{Title: "Ce que compte ce taux", Spans: document.Plain(said)})
	p.Notes = append([]string{"Réponses validées au moins une fois au " + french.Day(b.Day) + ", rapportées aux collectivités destinataires."}, b.declaredNotes(topicSurvey)...)
	if len(before) > 0 {
		p.Notes = append(p.Notes, "Ce qui a été déclaré avant Jalon vaut pour sa date\u00a0: il ne s’ajoute pas à ce que Jalon compte, et ne s’y compare pas sans ce qu’il laisse de côté.")
	}
	return p
}

// toldNotes say of whom the families speak.
func (b *builder) toldNotes() []string {
	return []string{"Ce que les régions ont publié" + nb + ": " + NationScope(b.told.View, b.told.Tree, b.told.Now) + ". Rien n’est montré de moins de cinq collectivités."}
}

// familiesFound are how many levers, and which, the published answers put in each
// family.
func (b *builder) familiesFound() document.Part {
	n := CountFamilies(b.told.sorted)
	th := b.told.View.Thresholds()
	t := document.Table{ID: "familles", Caption: "Trois familles de leviers, selon ce que répondent les collectivités",
		Columns: []document.Column{{Label: "Famille"}, {Label: "Leviers", Number: true}, {Label: "Les premiers, par pertinence"}, {Label: "Ce que le débat peut en faire"}}}
	for _, f := range restitution.Families() {
		var names []string
		for _, s := range b.told.sorted {
			if s.Family == f && len(names) < 3 {
				names = append(names, s.Lever.Title)
			}
		}
		first := blank("aucun levier n’est dans cette famille")
		if len(names) > 0 {
			first = cell(french.List(names))
		}
		t.Rows = append(t.Rows, []document.Cell{cell(strings.ToUpper(f.Name()[:2]) + f.Name()[2:] + nb + ": " + f.Means()), cell(french.Integer(n[f])), first, cell(strings.Join(f.Debate(), nb+"; "))})
	}
	t.Note = "Pertinence haute à partir de " + french.Number(100*th.Relevance, 0) + " sur 100, mobilisation à partir de " + french.Number(100*th.Mobilisation, 0) + ", les mêmes pour toutes les régions."
	if n[restitution.Unsorted] > 0 {
		t.Note += " " + counted(n[restitution.Unsorted], "levier n’est pas classé", "leviers ne sont pas classés") + nb + ": moins de cinq collectivités les ont notés."
	}
	best := document.Table{ID: "leviers-engages", Caption: "Les leviers où les collectivités sont le plus engagées", Columns: []document.Column{{Label: "Levier"}, {Label: "Famille"}, {Label: "Pertinence", Number: true}, {Label: "Mobilisation", Number: true}}}
	levers := slices.Clone(b.told.sorted)
	slices.SortStableFunc(levers, func(x, y Sorted) int {
		switch d := y.Scores[restitution.Mobilisation].Value - x.Scores[restitution.Mobilisation].Value; {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	})
	for _, s := range levers {
		if s.Number > 0 && len(best.Rows) < 8 {
			best.Rows = append(best.Rows, []document.Cell{cell(s.Lever.Title), cell(s.Family.Name()), b.told.scored(s.LeverOf, restitution.Relevance), b.told.scored(s.LeverOf, restitution.Mobilisation)})
		}
	}
	p := document.Part{ID: "familles-de-leviers", Title: "Trois familles, trois sortes de débat" + nb + ": " + FamiliesFound(b.told.sorted), Blocks: []document.Block{t}}
	if len(best.Rows) > 0 {
		best.Note = "Scores sur 100, avec leur intervalle de confiance à 95" + nb + "%."
		p.Blocks = append(p.Blocks, best)
	}
	p.Notes = append([]string{"Lecture proposée par Jalon\u00a0: elle ouvre le débat, elle ne le conclut pas."}, b.toldNotes()...)
	return p
}

// unsorted says why no lever is in a family.
func (b *builder) unsorted() string {
	if b.anyAnswer() {
		return "Aucun levier n’y est encore rangé\u00a0: aucune région n’a publié sa restitution à cette date."
	}
	return "Aucun levier n’y est encore rangé\u00a0: il y faut les réponses au questionnaire."
}

// awaited is what the synthesis waits for.
func (b *builder) awaited() string {
	if b.anyAnswer() {
		return "La synthèse des questionnaires attend une première restitution publiée"
	}
	return "La synthèse des questionnaires attend les premières réponses"
}

// surveyStands is where the study of the diagnosis is.
func (b *builder) surveyStands() string {
	switch {
	case b.told != nil:
		return "méthode, taux et réponses publiées par " + counted(len(b.told.View.Editions), "région", "régions")
	case b.anyAnswer():
		return "méthode et taux de réponse\u00a0; restitutions à venir"
	}
	return "méthode prête\u00a0; réponses à venir"
}

func (b *builder) studiesStand() string {
	if b.told != nil {
		return "une est complète, une se remplit des réponses, une attend ses données"
	}
	return "une est complète, deux attendent leurs données"
}
