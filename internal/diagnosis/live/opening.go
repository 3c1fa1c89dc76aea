package live

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/report"
	"jalon/internal/territory"
)

// opening is what opens a diagnosis: the COP, its stage, the method.
func opening() []block {
	return []block{
		{Live: composition.Live{Code: "ouverture/cop", Part: composition.Opening, Name: "La COP en bref", Usual: true,
			Help: "Qui la conduit, où elle en est, pour qui\u00a0: étapes datées de Jalon, population et intercommunalités de l’INSEE."}, make: copInShort},
		{Live: composition.Live{Code: "ouverture/lecture", Part: composition.Opening, Name: "Comment lire ce document", Usual: true,
			Help: "Ce que valent les chiffres\u00a0: objectifs indicatifs, provenances, valeurs qui manquent."}, make: howToRead},
	}
}

func copInShort(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	c, err := r.conference(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	p, err := r.panorama()
	if err != nil {
		return composition.Made{}, err
	}
	all, err := r.councils.of(r.model.Tree())
	if err != nil {
		return composition.Made{}, err
	}
	stage := stageKey(c)
	made := composition.Made{Title: c.Name + nbsp + ": " + standing(c)}
	figures := []document.KeyFigure{stage}
	if n := p.Territory.Population; n > 0 {
		made.Title += ", pour " + french.Integer(n) + nbsp + "habitants"
		figures = append(figures, document.KeyFigure{Label: "Habitants", Value: french.Integer(n), Meaning: "population municipale", Class: figure.Provider.Label()})
	}
	departments := 0
	for _, d := range r.model.Tree().Departments() {
		if d.Region == r.Region.Code {
			departments++
		}
	}
	groups := len(all.OfRegion(r.Region.Code, territory.AsGroup))
	figures = append(figures,
		document.KeyFigure{Label: french.Plural(departments, "Département", "Départements"), Value: french.Integer(departments), Meaning: "où la COP se décline", Class: figure.Reference.Label()},
		document.KeyFigure{Label: "Intercommunalités (EPCI)", Value: french.Integer(groups), Meaning: "dont le siège est dans la région", Class: figure.Reference.Label()})
	items := [][]document.Span{heads(c, all, r.Region.Code), entry("Cycle", c.cycle.Name+nbsp+": "+c.cycle.Subject+".")}
	if e, ok := c.state.Launched(); ok {
		text := e.Date()
		if len(c.state.Conflicts) > 0 {
			text += ", une autre source donnant une autre date"
		}
		items = append(items, entry("Lancement", text+" ("+toldBy(e)+")."))
	}
	if e := c.state.Last; e != nil && e.Stage != cop.Launch {
		items = append(items, entry("Dernier événement", report.Happened(*e)+" ("+toldBy(*e)+")."))
	}
	if e := c.state.Next; e != nil {
		items = append(items, entry("Annoncé", lower(e.Stage.Name())+", "+e.Date()+"."))
	}
	made.Blocks = []document.Block{document.KeyFigures{Figures: figures}, document.List{Items: items}}
	made.Notes = []string{"Une étape compte du jour où un événement daté la prouve.", "INSEE, recensement de la population\u00a0; Banatic pour les intercommunalités, géographie " + r.model.Tree().Edition().Name + "."}
	return made, nil
}

// toldBy is from where an event is known: a source, else who leads the COP.
func toldBy(e cop.Event) string {
	if e.Source == "" {
		return "saisi par la COP"
	}
	return "source" + nbsp + ": " + strings.TrimSuffix(e.Source, ".")
}

// heads says who leads the COP.
func heads(c conference, all *territory.Authorities, region string) []document.Span {
	if head, err := all.ElectedHead(region); err == nil && c.Both && head.ElectedTitle != "" {
		return entry("Deux têtes", "le préfet de région et le "+strings.TrimPrefix(head.ElectedTitle, "le ")+", dont les validations s’ajoutent.")
	}
	return entry("À sa tête", c.Head(cop.StateSide)+" et "+c.Head(cop.RegionSide)+".")
}

// standing says where the COP is in a few words.
func standing(c conference) string {
	switch _, launched := c.state.Launched(); {
	case c.state.Last == nil && !launched:
		return "aucune étape datée n’est encore connue"
	case c.state.Finished[c.state.Stage]:
		return "étape " + guillemets(lower(c.state.Stage.Name())) + " achevée"
	}
	return "à l’étape " + guillemets(lower(c.state.Stage.Name()))
}

func stageKey(c conference) document.KeyFigure {
	k := document.KeyFigure{Label: "Étape", Value: c.state.Stage.Name()}
	place := slices.Index(cop.Stages(), c.state.Stage) + 1
	k.Meaning = french.Integer(place) + "e sur " + french.Integer(len(cop.Stages()))
	if place == 1 {
		k.Meaning = "1re sur " + french.Integer(len(cop.Stages()))
	}
	if e, ok := c.state.Reached[c.state.Stage]; ok {
		k.Meaning += " (événement daté\u00a0: " + e.Date() + ")"
	}
	return k
}

// meanings are what the provenance of a figure tells its reader.
var meanings = map[figure.Class]string{
	figure.Reference:     "publié par l’État ou dans un référentiel national, repris tel quel",
	figure.Provider:      "mesuré par un producteur de données, repris avec son édition",
	figure.Computed:      "obtenu par Jalon à partir d’autres chiffres\u00a0: la formule est donnée",
	figure.Declared:      "dit par une collectivité ou par une équipe, qui en répond",
	figure.Estimated:     "à défaut de mieux\u00a0: une approximation, à remplacer dès que possible",
	figure.ConfirmedZero: "quelqu’un a vérifié que c’est bien zéro",
	figure.Missing:       "personne ne l’a donné ou rien ne le mesure\u00a0: un tiret, et sa raison",
}

func howToRead(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	c, err := r.conference(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	p, err := r.panorama()
	if err != nil {
		return composition.Made{}, err
	}
	t := document.Table{ID: "provenances", Caption: "D’où vient un chiffre", Columns: []document.Column{{Label: "Mention"}, {Label: "Ce qu’elle veut dire"}}}
	for _, class := range []figure.Class{figure.Reference, figure.Provider, figure.Computed, figure.Declared, figure.Estimated, figure.ConfirmedZero, figure.Missing} {
		t.Rows = append(t.Rows, []document.Cell{word(upper(class.Label())), word(meanings[class])})
	}
	items := [][]document.Span{
		entry("Indicatif", "un objectif est une base de discussion\u00a0: la région peut en retenir un autre et dire pourquoi. Il n’oblige personne."),
		entry("Une kilotonne (ktCO₂e)", "mille tonnes de gaz à effet de serre, comptées en CO₂, par an. "+report.OneKt(r.model, p)),
		entry("Absent n’est pas zéro", "ce qui manque est écrit «\u00a0–\u00a0» et n’entre dans aucun total."),
		entry("À la date du document", "les chiffres sont ceux du "+french.Day(r.Day)+". Une fois publié, le document ne change plus\u00a0: chaque chiffre y garde l’explication qu’il avait ce jour-là."),
		entry("Qui parle", "les textes sont ceux de l’équipe de la COP\u00a0; les chiffres, cartes et tableaux viennent de Jalon, avec leur source."),
	}
	made := composition.Made{Title: "Des objectifs indicatifs, sept provenances, et rien d’inventé là où un chiffre manque", Blocks: []document.Block{document.List{Items: items}, t}}
	if c.cycle.Framework != framework.National {
		made.Notes = append(made.Notes, "Les objectifs en tonnes sont ceux du référentiel 2023-24\u00a0: les leviers de ce cycle n’en ont pas de publiés.")
	}
	made.Notes = append(made.Notes, "Règles tenues par Jalon, page «\u00a0Méthode\u00a0».")
	return made, nil
}
