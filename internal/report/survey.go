package report

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// SurveyStudy is the study of the diagnosis: what is asked of authorities, of
// whom, how answers are read, and what they say once there are some.
func SurveyStudy(ctx context.Context, q db.Q, m *panorama.Model, in Edition) (_ document.Document, err error) {
	defer apperr.Wrap(&err, "report.SurveyStudy(%s, %s)", in.Cycle, in.Day)
	b, err := gather(ctx, q, m, in)
	if err != nil {
		return document.Document{}, err
	}
	asked, err := b.asked()
	if err != nil {
		return document.Document{}, err
	}
	doc := b.document(KindSurveyStudy, "Retour des questionnaires aux collectivités", "Ce qui est demandé, à qui, et comment le lire")
	doc.Parts = append(b.opening(), b.surveyAim(), asked, b.surveyContent(), b.surveyMethod(), b.families())
	doc.Parts = append(doc.Parts, b.surveyResults()...)
	return b.sign(doc)
}

func (b *builder) surveyAim() document.Part {
	return document.Part{ID: "objet", Title: "Un questionnaire pour que chaque collectivité dise où elle en est", Blocks: []document.Block{
		document.Para("Au diagnostic, chaque collectivité dit, levier par levier, ce qu’elle fait, ce qu’elle prévoit, ce qui la freine, et si elle pense pouvoir agir. Les réponses nourrissent le diagnostic de la région\u00a0; cette étude les met en regard les unes des autres."),
		document.List{Items: [][]document.Span{
			item("Pour la collectivité", "un état des lieux qu’elle garde, et sa place parmi ses pareilles."),
			item("Pour la région", "les leviers où beaucoup agissent, ceux où peu agissent, ceux où le même frein revient."),
			item("Pour la nation", "ce qui se répète d’une région à l’autre, et qui appelle une réponse commune."),
		}},
		document.Quote{Title: "Ce que ce n’est pas", Spans: document.Plain("Ni un contrôle, ni un classement\u00a0: une réponse engage la collectivité à dire vrai, pas à faire plus.")}},
		Notes: []string{founding, circular}}
}

// asked counts the authorities that may answer, from the tree of territories.
func (b *builder) asked() (document.Part, error) {
	all, err := b.m.Tree().Authorities()
	if err != nil {
		return document.Part{}, err
	}
	kinds := []struct {
		capacity territory.Capacity
		label    string
		counts   string
	}{
		{territory.AsRegion, "Régions et collectivités qui en exercent les compétences", "oui"},
		{territory.AsDepartment, "Départements et collectivités qui en exercent les compétences", "oui"},
		{territory.AsGroup, "Intercommunalités à fiscalité propre", "oui"},
		{territory.AsEPT, "Établissements publics territoriaux du Grand Paris", "oui"},
		{territory.AsCommune, "Communes", "à part\u00a0: leur réponse est facultative"},
	}
	count := map[territory.Capacity]int{}
	for a := range all.All() {
		for _, c := range a.Capacities {
			count[c]++
		}
	}
	t := document.Table{ID: "collectivites", Caption: "Les collectivités interrogées", Columns: []document.Column{{Label: "Collectivités"}, {Label: "Nombre", Number: true}, {Label: "Dans le taux de réponse"}}}
	for _, k := range kinds {
		t.Rows = append(t.Rows, []document.Cell{cell(k.label), cell(french.Integer(count[k.capacity])), cell(k.counts)})
	}
	t.Note = "Une collectivité qui a deux qualités (Corse, Martinique, Guyane, Paris…) est comptée à chacune, et ne répond qu’une fois."
	return document.Part{ID: "collectivites", Title: french.Integer(count[territory.AsGroup]) + " intercommunalités, " + french.Integer(count[territory.AsDepartment]) + " départements, " + french.Integer(count[territory.AsRegion]) + " régions\u00a0: le dénominateur est connu d’avance",
		Blocks: []document.Block{t}, Notes: []string{"Collectivités de l’édition " + b.m.Tree().Edition().Name + " du découpage administratif (INSEE, DGCL), tenues par Jalon. Chacune répond dans la région de son siège."}}, nil
}

// surveyContent is what the template of the cycle asks.
func (b *builder) surveyContent() document.Part {
	part := document.Part{ID: "ce-qui-est-demande", Title: "Quatre questions par levier, et rien à ressaisir", Notes: []string{"Modèle du cycle en vigueur le jour où ce document est produit\u00a0; une région peut l’adapter."}}
	if len(b.template.Questionnaires) == 0 {
		part.Title, part.Missing = "Ce cycle n’a pas encore de questionnaire", "L’administration nationale le règle avec le modèle du cycle."
		return part
	}
	for _, x := range b.template.Questionnaires {
		part.Blocks = append(part.Blocks, document.Text{Spans: []document.Span{bold(x.Name), span(". " + x.Help)}})
	}
	t := document.Table{ID: "leviers-par-theme", Caption: "Les leviers sur lesquels porte le questionnaire", Columns: []document.Column{{Label: "Thématique"}, {Label: "Leviers", Number: true}}}
	total := 0
	for _, th := range b.fw.Themes() {
		n := 0
		for _, l := range b.fw.Levers(b.cycle.Framework) {
			if l.Theme == th.Code {
				n++
			}
		}
		total += n
		if n > 0 {
			t.Rows = append(t.Rows, []document.Cell{cell(th.Name), cell(french.Integer(n))})
		}
	}
	t.Note = counted(total, "levier", "leviers") + " au total. Une collectivité ne voit que ceux où elle a une compétence ou un moyen d’agir."
	if b.cycle.Framework == framework.National {
		t.Note += " Les régions d’outre-mer répondent sur leurs 13 leviers."
	}
	part.Blocks = append(part.Blocks, t)
	return part
}

func (b *builder) surveyMethod() document.Part {
	return document.Part{ID: "methode", Title: "Cinq règles de lecture, fixées avant les réponses", Blocks: []document.Block{document.List{Ordered: true, Items: [][]document.Span{
		item("Un taux a toujours son dénominateur", "réponses validées sur collectivités interrogées, par type et par région. Les communes sont comptées à part."),
		item("Une absence n’est pas un non", "«\u00a0pas de réponse\u00a0», «\u00a0sans objet\u00a0» et «\u00a0rien de fait\u00a0» sont trois choses."),
		item("On compte des collectivités, pas des habitants", "les deux lectures sont données\u00a0; elles ne disent pas la même chose."),
		item("Peu de réponses, pas de moyenne", "en dessous d’un petit nombre, le résultat n’est pas montré, pour ne désigner personne."),
		item("Déclaré et mesuré restent à part", "ce que disent les collectivités est lu à côté des séries publiées, jamais mélangé avec elles."),
	}}}, Notes: []string{"Règles de Jalon. Les seuils seront ceux du questionnaire, réglés par l’administration nationale."}}
}

func (b *builder) surveyResults() []document.Part {
	if b.anyAnswer() {
		out := []document.Part{b.rates()}
		if b.told == nil {
			return append(out, b.synthesis())
		}
		parts := []document.Part{b.told.quadrant(), b.told.families(), b.told.implemented(15), b.told.stopped()}
		for i := range parts {
			parts[i].Notes = append(parts[i].Notes, b.toldNotes()...)
		}
		return append(out, parts...)
	}
	return []document.Part{{ID: "resultats", Title: "Les résultats paraîtront ici, levier par levier",
		Missing: "Aucune réponse n’est dans Jalon\u00a0: les questionnaires de 2024 ont été recueillis ailleurs et leurs réponses ne sont pas publiques. Dès la première campagne, cette partie montrera les leviers les plus engagés, les freins les plus cités et les écarts entre types de collectivités.",
		Notes:   []string{founding}}}
}
