package report

import (
	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/french"
)

// gathered is what the meetings recorded until the day add up to.
type gathered struct {
	held, groups, people, counted, said, declared, silent, largest int64
}

func (b *builder) gathered(only func(cop.Mobilisation) bool) (g gathered) {
	for _, x := range b.meetings {
		if !only(x) {
			continue
		}
		g.held += x.Held
		if x.Kind == cop.GroupMeeting {
			g.groups += x.Held
		}
		g.people, g.counted = g.people+x.Counted, g.counted+x.CountedAt
		g.declared, g.said = g.declared+x.Declared, g.said+x.DeclaredAt
		g.silent, g.largest = g.silent+x.WithoutFigure, max(g.largest, x.Largest)
	}
	return g
}

// mobilisation counts the meetings that teams recorded; figures declared from
// before Jalon stand apart, and the two are never added.
func (b *builder) mobilisation() document.Part {
	g := b.gathered(func(cop.Mobilisation) bool { return true })
	p := document.Part{ID: "mobilisation", Notes: []string{
		"Réunions enregistrées par les équipes des COP, celles des départements comprises, jusqu’au " + french.Day(b.Day) + ".",
		"Une personne venue à deux réunions compte deux fois. Les présents comptés sur une liste et ceux que l’équipe déclare ne s’additionnent pas.",
	}}
	before := b.declaredFigures(topicMeeting)
	switch {
	case g.held > 0:
		p.Title = counted(int(g.held), "réunion est enregistrée", "réunions sont enregistrées") + " dans Jalon, dont " + french.Integer(g.groups) + " de groupes de travail"
		none := "personne n’a été compté"
		if g.counted > 0 {
			none = ""
		}
		p.Blocks = append(p.Blocks, document.KeyFigures{Figures: []document.KeyFigure{
			{Label: "Réunions tenues", Value: french.Integer(g.held), Meaning: "enregistrées par les équipes", Class: computed, Figure: b.metric("cop/reunions-tenues")},
			{Label: "Présences comptées", Value: french.Integer(g.people), Missing: none, Meaning: "sur listes, à " + counted(int(g.counted), "réunion", "réunions"), Class: computed},
			{Label: "Plus grande réunion", Value: french.Integer(g.largest), Unit: french.Plural(g.largest, "personne", "personnes"), Missing: missingIf(g.largest == 0, "aucun nombre n’est enregistré"), Meaning: "comptée ou déclarée", Class: computed},
			{Label: "Réunions sans nombre", Value: french.Integer(g.silent), Meaning: "personne n’a dit combien étaient venus", Class: computed},
		}}, b.meetingTable())
	case len(before) > 0:
		p.Title = saidFirst(before) + "\u00a0; aucune réunion n’est encore comptée par Jalon"
	default:
		p.Title = "La mobilisation n’est pas encore mesurée"
		p.Missing = "Les réunions apparaîtront ici dès qu’une équipe en enregistre une, avec le nombre de présents compté ou déclaré."
		return p
	}
	if len(before) > 0 {
		p.Blocks = append(p.Blocks, document.KeyFigures{Figures: before}, document.Quote{Title: "Deux comptes qui ne s’ajoutent pas",
			Spans: document.Plain("Ces chiffres ont été déclarés avant Jalon\u00a0: leur détail par réunion n’y est pas. Ils restent à part de ce que les équipes enregistrent.")})
		p.Notes = append(p.Notes, b.declaredNotes(topicMeeting)...)
	}
	return p
}

func missingIf(missing bool, why string) string {
	if missing {
		return why
	}
	return ""
}

// meetingTable is one row for each region where a meeting was held.
func (b *builder) meetingTable() document.Table {
	t := document.Table{ID: "reunions", Caption: "Réunions enregistrées par région",
		Columns: []document.Column{{Label: "Région"}, {Label: "Réunions", Number: true}, {Label: "dont groupes de travail", Number: true},
			{Label: "Présences comptées", Unit: "personnes", Number: true}, {Label: "Présences déclarées", Unit: "personnes", Number: true}}}
	silent := 0
	for _, c := range b.cops {
		g := b.gathered(func(x cop.Mobilisation) bool { return x.COP == c.ID })
		if g.held == 0 {
			silent++
			continue
		}
		people, said := blank("personne n’a été compté"), blank("aucun nombre déclaré")
		if g.counted > 0 {
			people = cell(french.Integer(g.people))
		}
		if g.said > 0 {
			said = cell(french.Integer(g.declared))
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: c.Region.Name, Href: "/regions/" + c.Region.Slug}, cell(french.Integer(g.held)), cell(french.Integer(g.groups)), people, said})
	}
	if silent > 0 {
		t.Note = counted(silent, "région n’a enregistré", "régions n’ont enregistré") + " aucune réunion à cette date."
	}
	return t
}

func (b *builder) practices() document.Part {
	return document.Part{ID: "bonnes-pratiques", Title: "Les bonnes pratiques sont à recueillir auprès des équipes",
		Missing: "Chaque COP pourra déposer les siennes, avec qui les porte et ce qu’elles ont changé\u00a0; elles paraîtront ici, choisies par l’équipe nationale. Le point d’étape de mai 2024 en citait une par région\u00a0: elles appartiennent à leurs auteurs et ne sont pas reprises.",
		Notes:   []string{founding}}
}

// action is the grid by which an action is one of a COP.
func (b *builder) action() document.Part {
	p := document.Part{ID: "action-cop", Title: "Une action COP apporte du nouveau et pèse sur son levier"}
	grid := document.List{}
	for _, x := range b.template.Grid {
		spans := []document.Span{bold(x.Name)}
		if x.Help != "" {
			spans = append(spans, span(nb+": "+lowerFirst(x.Help)))
		}
		grid.Items = append(grid.Items, spans)
	}
	if len(grid.Items) == 0 {
		p.Missing = "Ce cycle n’a pas encore de grille\u00a0: l’administration nationale la règle avec le modèle du cycle."
		return p
	}
	p.Blocks = []document.Block{
		document.Para("Le débat cherche des actions que la COP fait naître ou change d’échelle. La grille a " + counted(len(grid.Items), "question", "questions") + "\u00a0; une région peut l’adapter."),
		grid,
		document.Quote{Title: "Ce que la grille n’exige pas", Spans: document.Plain("Un chiffrage complet n’est pas une condition d’entrée\u00a0: une évaluation qualitative suffit pour proposer. Le chiffrage vient ensuite, et sa fiabilité se lit à côté.")},
	}
	p.Notes = []string{founding, "Grille en vigueur dans le modèle du cycle le jour où ce document est produit."}
	return p
}

func (b *builder) measures() document.Part {
	return document.Part{ID: "mesures", Title: "Les mesures d’accompagnement restent à relier aux leviers",
		Missing: "Quand le catalogue des aides sera dans Jalon, chaque levier montrera ici ses étapes types, les aides qui les servent, leur organisme porteur et ce qui dépend de la collectivité seule. L’étude «\u00a0Actions et mesures d’accompagnement\u00a0» dit ce qui est déjà connu.",
		Notes:   []string{founding}}
}

// exits are what a COP must have when it ends.
func (b *builder) exits() document.Part {
	s := b.standing()
	title := "Une COP s’achève sur quatre résultats"
	if s.adopted > 0 {
		title += "\u00a0; " + counted(s.adopted, "a adopté", "ont adopté") + " sa feuille de route"
		if s.adopted > 1 {
			title = "Une COP s’achève sur quatre résultats\u00a0; " + french.Integer(s.adopted) + nb + "régions ont adopté leur feuille de route"
		}
	}
	return document.Part{ID: "points-de-sortie", Title: title,
		Blocks: []document.Block{document.List{Ordered: true, Items: [][]document.Span{
			item("Des objectifs discutés", "à l’échelle de la région, pour chaque levier, repris ou modifiés avec leur raison."),
			item("Un état des lieux partagé", "auquel la majorité des collectivités a contribué."),
			item("Une feuille de route", "cohérente, qui répond aux priorités sorties du diagnostic."),
			item("La suite", "ce que la prochaine COP traitera, et comment l’avancement sera suivi."),
		}}, b.reached(s.adopted)},
		Notes: []string{founding}}
}

// studies lists the three documents that go with the stages.
func (b *builder) studies() document.Part {
	at := "?jour=" + b.Day
	t := document.Table{ID: "etudes", Caption: "Une étude pour chaque temps de la COP", Columns: []document.Column{{Label: "Quand"}, {Label: "Étude"}, {Label: "À quoi elle sert"}, {Label: "Où elle en est"}},
		Rows: [][]document.Cell{
			{cell("Lancement"), {Text: "Guide du panorama des leviers", Href: "/etudes/guide-du-panorama" + at}, cell("lire les objectifs d’une région et savoir d’où ils viennent"), cell("complète, pour la France et chaque région")},
			{cell("Diagnostic"), {Text: "Retour des questionnaires", Href: "/etudes/retour-des-questionnaires" + at}, cell("comparer ce que disent les collectivités, levier par levier"), cell(b.surveyStands())},
			{cell("Débat"), {Text: "Actions et mesures d’accompagnement", Href: "/etudes/actions-et-mesures" + at}, cell("trouver, pour un levier, quoi faire et avec quel appui"), cell("leviers prêts\u00a0; aides à venir")},
		}}
	return document.Part{ID: "etudes", Title: "Trois études accompagnent les COP\u00a0: " + b.studiesStand(), Blocks: []document.Block{t},
		Notes: []string{founding, "Les trois études sont produites par Jalon à partir de ses propres données\u00a0; ce ne sont pas celles publiées en 2024."}}
}

func (b *builder) success() document.Part {
	return document.Part{ID: "facteurs-de-succes", Title: "Ce qui fait réussir la suite\u00a0: durer, oser, rester concret",
		Blocks: []document.Block{document.List{Items: [][]document.Span{
			item("Durer", "garder tout le monde autour de la table après le lancement, et montrer ce que les contributions sont devenues."),
			item("Oser", "porter les actions qui déplacent vraiment un levier, même quand elles demandent de s’allier."),
			item("Rester concret", "pour chaque action, un porteur, une date et une quantité\u00a0: la feuille de route s’exécute dès son adoption."),
		}}},
		Notes: []string{founding}}
}
