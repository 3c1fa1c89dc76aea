package live

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
)

// following is how the COP is followed, and what the next one is about.
func following() []block {
	f := composition.Following
	return []block{
		{Live: composition.Live{Code: "suivi/modalites", Part: f, Name: "Qui suit quoi, et quand", Usual: true,
			Help: "Les modalités de suivi que la COP a arrêtées\u00a0: qui, avec quels indicateurs, à quel rythme, et la prochaine date.", Options: otherwise}, make: arrangements},
		{Live: composition.Live{Code: "suivi/echeances", Part: f, Name: "Les échéances des actions", Usual: true,
			Help: "Combien d’actions commencent et finissent chaque année, et combien ont un indicateur."}, make: deadlines},
		{Live: composition.Live{Code: "suivi/prochaine-cop", Part: f, Name: "Les sujets de la prochaine COP", Usual: true,
			Help: "Ce que la COP propose à celle qui suivra.", Options: otherwise}, make: subjects},
	}
}

// otherwise is what a block says while the COP wrote nothing where it is kept.
var otherwise = []composition.Option{{Name: "texte", Label: "En une ligne, tant que rien n’est écrit aux points de sortie de la COP"}}

func lines(list []line) document.List {
	var out document.List
	for _, l := range list {
		if l.Text == "" {
			out.Items = append(out.Items, []document.Span{{Text: l.Name, Bold: true}})
			continue
		}
		out.Items = append(out.Items, document.Labelled(l.Name, l.Text))
	}
	return out
}

func arrangements(ctx context.Context, r *reading, params map[string]string) (composition.Made, error) {
	e, err := r.ending(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(e.Arrangements) == 0 && e.Next == "" {
		if text := params["texte"]; text != "" {
			return composition.Made{Title: "Comment la COP sera suivie", Blocks: []document.Block{document.Para(text)}}, nil
		}
		return composition.Made{Missing: "Les modalités de suivi ne sont pas encore écrites."}, nil
	}
	made := composition.Made{Title: "Comment la COP sera suivie"}
	if e.Next != "" {
		made.Title += ", à commencer par le " + french.Day(e.Next)
	}
	if len(e.Arrangements) > 0 {
		made.Blocks = append(made.Blocks, lines(e.Arrangements))
	}
	made.Blocks = append(made.Blocks, document.Text{Spans: []document.Span{{Text: "Ce qui avance se lit à tout moment sur "}, {Text: "la page du suivi", Href: r.base() + "/suivi"}, {Text: "."}}})
	return made, nil
}

func subjects(ctx context.Context, r *reading, params map[string]string) (composition.Made, error) {
	e, err := r.ending(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(e.Subjects) == 0 {
		if text := params["texte"]; text != "" {
			return composition.Made{Title: "Ce que la COP propose à celle qui suivra", Blocks: []document.Block{document.Para(text)}}, nil
		}
		return composition.Made{Missing: "Aucun sujet n’est encore proposé à la prochaine COP."}, nil
	}
	return composition.Made{Title: french.Upper(howMany(len(e.Subjects), "sujet est proposé", "sujets sont proposés")) + " à la prochaine COP", Blocks: []document.Block{lines(e.Subjects)}}, nil
}

func deadlines(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	all, err := r.actions(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(all) == 0 {
		return noAction(), nil
	}
	type year struct{ begin, end int }
	by, measured, undated := map[int]*year{}, 0, 0
	at := func(when string) *year {
		y := action.YearOf(when)
		if y == 0 {
			return nil
		}
		if by[y] == nil {
			by[y] = &year{}
		}
		return by[y]
	}
	for _, x := range all {
		if len(x.Indicators) > 0 {
			measured++
		}
		if y := at(x.Starts); y != nil {
			y.begin++
		}
		if y := at(x.Ends); y != nil {
			y.end++
		} else {
			undated++
		}
	}
	years := make([]int, 0, len(by))
	for y := range by {
		years = append(years, y)
	}
	slices.Sort(years)
	t := document.Table{ID: "echeances", Caption: "Ce qui commence et ce qui finit, par année", Columns: []document.Column{document.Heading("Année"), document.NumberHeading("Actions qui commencent", ""), document.NumberHeading("Actions qui finissent", "")}}
	for _, y := range years {
		cell := func(n int) document.Cell {
			if n == 0 {
				return document.Word("aucune")
			}
			return document.Word(french.Integer(n))
		}
		t.Rows = append(t.Rows, []document.Cell{document.Word(strconv.Itoa(y)), cell(by[y].begin), cell(by[y].end)})
	}
	made := composition.Made{Title: french.Upper(howMany(measured, "action a un indicateur", "actions ont un indicateur")) + " sur " + french.Integer(len(all)), Notes: []string{"Dates et indicateurs que disent les porteurs, au " + french.Day(r.Day) + "."}}
	if measured == 0 {
		made.Title = "Aucune action n’a encore d’indicateur"
	}
	if undated > 0 {
		made.Title += "\u00a0; " + howMany(undated, "n’a", "n’ont") + " pas de date de fin"
	}
	if len(t.Rows) > 0 {
		made.Blocks = []document.Block{t}
	} else {
		made.Blocks = []document.Block{document.Para("Aucune action retenue ne dit encore quand elle commence ni quand elle finit.")}
	}
	return made, nil
}

// annexed are the annexes: how figures are made, and the words.
func annexed() []block {
	a := composition.Annexes
	return []block{
		{Live: composition.Live{Code: "annexes/consultation", Part: a, Name: "Ce que la consultation a apporté", Usual: true, Help: "Les amendements reçus sur le projet depuis la dernière édition, et ce que l’équipe a décidé de chacun."}, make: consulted},
		{Live: composition.Live{Code: "annexes/methode", Part: a, Name: "La méthode", Usual: true, Help: "Comment une action est retenue, comment ce qu’elle apporte est compté, d’où viennent les chiffres."}, make: method},
		{Live: composition.Live{Code: "annexes/glossaire", Part: a, Name: "Le glossaire", Usual: true, Help: "Les mots de la planification écologique, en une phrase chacun."}, make: glossary},
	}
}

func method(_ context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	items := [][]document.Span{
		document.Labelled("Une action retenue", "une action proposée, débattue, passée par la grille de l’action COP, puis portée sur un relevé que les deux têtes ont validé. Les autres ne sont pas dans ce document."),
		document.Labelled("Ce qu’elle apporte", "des tonnes évitées par an en 2030 par rapport à 2019, quand son porteur donne une quantité et que le levier se convertit. Trois classes\u00a0: chiffré, qualitatif, non évalué. Les deux dernières ne valent pas zéro."),
		document.Labelled("Un apport déclaré deux fois", "compte une fois\u00a0: l’équipe de la COP règle les recoupements, et la part comptée est écrite."),
		document.Labelled("Déjà fait, attendu, à trouver", "ce qu’une série mesure depuis 2019, ce que les actions retenues apporteraient, et ce qui reste de l’objectif. Une action commencée avant la dernière année mesurée est supposée dans la mesure."),
		document.Labelled("Objectifs", "ceux que les deux têtes ont partagés, sinon ceux que propose le panorama de l’État. Ils sont indicatifs."),
		document.Labelled("Ce qui manque", "est écrit «\u00a0–\u00a0» avec sa raison, et n’entre dans aucune somme."),
		document.Labelled("D’où vient un chiffre", "chaque chiffre souligné mène à sa formule, à ses termes et à sa source, gardés avec l’édition tels qu’ils étaient."),
	}
	return composition.Made{Title: "Comment ce document est fait", Blocks: []document.Block{document.List{Items: items}},
		Notes: []string{"Sources\u00a0: registre des actions, objectifs partagés, thèmes et freins de la COP\u00a0; panorama de l’État (SGPE, juillet 2024)\u00a0; séries observées avec leur producteur\u00a0; géographie " + r.model.Tree().Edition().Name + "."}}, nil
}

// defined are the words that a roadmap uses.
var defined = []string{"action cop", "ambition", "cop régionale", "couverture", "crte", "diagnostic partagé", "epci", "feuille de route", "ktco₂e", "levier", "objectif indicatif", "panorama", "panorama territorial", "planification écologique", "pcaet", "relevé", "retenue", "sraddet", "sgpe", "vivier"}

func glossary(_ context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	var items [][]document.Span
	for _, t := range r.model.Framework().Glossary() {
		if slices.Contains(defined, strings.ToLower(t.Term)) {
			items = append(items, document.Labelled(t.Term, t.Gloss))
		}
	}
	if len(items) == 0 {
		return composition.Made{Missing: "Le glossaire de Jalon n’a plus ces mots."}, nil
	}
	return composition.Made{Title: "Les mots de cette feuille de route", Blocks: []document.Block{document.List{Items: items}}}, nil
}
