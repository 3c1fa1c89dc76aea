package report

import (
	"slices"
	"strings"

	"jalon/data/geo"
	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/french"
)

const circular = "Circulaire n°\u00a06420-SG du 29\u00a0septembre 2023 relative à la territorialisation de la planification écologique."

// founding is what the order of the parts, and some facts, come from.
const founding = "SGPE, point d’étape des COP régionales, 27\u00a0mai 2024."

// purpose is what the COPs are.
func (b *builder) purpose() document.Part {
	return document.Part{
		ID: "les-cop", Title: "Une COP réunit ceux qui peuvent agir ensemble dans leur région d’ici 2030",
		Blocks: []document.Block{
			document.Text{Spans: []document.Span{span("Une conférence des parties (COP) régionale traduit la planification écologique sur un territoire\u00a0: ce qu’il est invité à faire, qui s’en charge, et comment chacun peut le vérifier. "),
				bold("Le préfet de région et l’exécutif du conseil régional l’animent ensemble."), span(" Collectivités, services de l’État, entreprises, associations et habitants y prennent part.")}},
			document.List{Items: [][]document.Span{
				item("Partager un cap", "l’objectif national devient des objectifs régionaux, levier par levier. Ils sont indicatifs\u00a0: une région peut retenir une autre ambition et dire pourquoi."),
				item("Associer toutes les collectivités", "chacune dit ce qu’elle fait déjà, ce qu’elle prévoit et ce qui la freine."),
				item("Faire naître des actions", "à la portée des acteurs du territoire, et qui commencent sans attendre la fin de la COP."),
				item("Nommer les freins", "ce qui bloque sur le terrain, et qui peut le lever."),
			}},
			document.Quote{Title: "L’objet de ce cycle", Spans: document.Plain(b.cycle.Name + nb + ": " + b.cycle.Subject + ".")},
		},
		Notes: []string{circular, founding},
	}
}

// standing sorts the COPs of a day.
type standing struct {
	launched, launching, debating, adopted int
}

// launching is the launch of a COP that was announced and has not happened, and
// whether its day is still to come.
func (b *builder) launching(c copAt) (cop.Event, bool) {
	if _, ok := c.State.Launched(); ok || c.State.Next == nil || c.State.Next.Stage != cop.Launch {
		return cop.Event{}, false
	}
	return *c.State.Next, c.State.Next.Day >= b.Day
}

func (b *builder) standing() (s standing) {
	for _, c := range b.cops {
		if _, ok := c.State.Launched(); ok {
			s.launched++
		}
		if _, ok := b.launching(c); ok {
			s.launching++
		}
		if slices.Index(cop.Stages(), c.State.Stage) >= slices.Index(cop.Stages(), cop.Debate) {
			s.debating++
		}
		if c.State.Finished[cop.Roadmap] {
			s.adopted++
		}
	}
	return s
}

// state is where each COP stands, on a map and in a table of dates.
func (b *builder) state() document.Part {
	p := document.Part{ID: "etat-des-cop"}
	if len(b.cops) == 0 {
		p.Title = "Aucune COP de ce cycle n’est encore ouverte dans Jalon"
		p.Missing = "Une COP apparaît ici quand l’administration nationale ouvre le cycle aux régions, puis quand chaque région date ses étapes."
		return p
	}
	s := b.standing()
	p.Title = counted(s.launched, "COP est lancée", "COP sont lancées") + " sur " + french.Integer(len(b.cops)) + " au " + french.Day(b.Day)
	switch {
	case s.adopted > 0:
		p.Title += ", et " + counted(s.adopted, "feuille de route est adoptée", "feuilles de route sont adoptées")
	case s.launching > 0:
		p.Title += ", et " + french.Integer(s.launching) + nb + agree(s.launching, "est en cours de lancement", "sont en cours de lancement")
	}
	p.Blocks = []document.Block{
		document.KeyFigures{Figures: []document.KeyFigure{
			{Label: "COP lancées", Value: french.Integer(s.launched), Unit: "sur " + french.Integer(len(b.cops)), Meaning: "un événement daté le prouve"},
			{Label: "En cours de lancement", Value: french.Integer(s.launching), Meaning: "lancement annoncé pour une date à venir"},
			{Label: "Au débat, ou plus loin", Value: french.Integer(s.debating), Meaning: "étape datée\u00a0; les autres peuvent y être sans date connue"},
			{Label: "Feuilles de route adoptées", Value: french.Integer(s.adopted), Meaning: "à une date connue de Jalon"},
		}},
	}
	if text, source := b.toldThen(); text != "" {
		p.Notes = append(p.Notes, source)
		p.Blocks = append(p.Blocks, document.Quote{Title: "Ce que l’État disait alors", Spans: document.Plain(text)})
	}
	p.Blocks = append(p.Blocks, b.drawnMap())
	p.Notes = append(p.Notes, "Chaque événement porte sa source\u00a0; la page de la région la donne en entier.",
		"Une étape compte du jour où un événement daté la prouve\u00a0: ce qui n’est pas daté n’y est pas.")
	p.Notes = append(p.Notes, geo.SourceLine)
	for _, c := range b.cops {
		for _, e := range c.State.Conflicts {
			first, _ := c.State.Launched()
			p.Notes = append(p.Notes, c.Region.Name+nb+": deux dates sont connues, le "+first.Date()+" ("+first.Source+") et le "+e.Date()+" ("+e.Source+").")
		}
	}
	return p
}

// dates is the table of what is known of each COP.
func (b *builder) dates() document.Table {
	t := document.Table{ID: "dates-des-cop", Caption: "Lancement et dernier événement daté de chaque COP",
		Columns: []document.Column{{Label: "Région"}, {Label: "Étape"}, {Label: "Lancement"}, {Label: "Dernier événement"}, {Label: "Source"}}, Note: "Deux dates : deux sources, dites dans les notes."}
	for _, c := range b.cops {
		launch, last, source := blank("aucune date connue"), blank("rien de daté"), blank("aucune")
		if e, ok := c.State.Launched(); ok {
			launch = cell(e.Date())
			if len(c.State.Conflicts) > 0 {
				launch.Text += " (deux dates)"
			}
		} else if e := c.State.Next; e != nil && e.Stage == cop.Launch {
			launch = cell("annoncé\u00a0: " + e.Date())
			source = cell(e.Source)
		}
		if e := c.State.Last; e != nil {
			last, source = cell(Happened(*e)), cell(e.Source)
			if e.Stage == cop.Launch {
				first, _ := c.State.Launched()
				last, source = cell("le lancement"), cell(first.Source)
			}
		} else if e := c.State.Noted; e != nil {
			last, source = cell("constat du "+e.Date()+"\u00a0: "+strings.TrimSuffix(strings.ToLower(e.Note), ".")), cell(e.Source)
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: c.Region.Name, Href: "/regions/" + c.Region.Slug}, cell(b.stageOf(c)), launch, last, source})
	}
	return t
}

// told is what the State said of the whole on a day, which no dated event of
// ours proves: it is quoted as said, and counts for nothing here.
var told = []struct{ from, until, text, source string }{
	{"2024-05-27", "2024-09-26", "Au 27 mai 2024, le SGPE écrivait que la plupart des COP lancées avaient achevé leur diagnostic et entraient dans le débat. Il n’en donnait pas les dates : ces étapes ne sont donc pas comptées ici.", founding},
	{"2025-05-07", "9999-12-31", "Le ministère chargé de l’écologie fait état de 14 feuilles de route issues des COP de 2024. Jalon ne compte que celles dont un événement daté est connu.",
		"Ministère chargé de l’écologie, page «\u00a0COP régionales\u00a0», https://www.ecologie.gouv.fr/politiques-publiques/cop-regionales."},
}

func (b *builder) toldThen() (text, source string) {
	for _, x := range told {
		if b.Cycle == cop.First && b.Day >= x.from && b.Day <= x.until {
			return x.text, x.source
		}
	}
	return "", ""
}

// Happened says an event in a few words: «feuille de route adoptée, 27 mai 2024».
func Happened(e cop.Event) string {
	words := map[cop.Stage]map[cop.Mark]string{
		cop.Launch:    {cop.Opened: "lancement", cop.Held: "réunion de lancement", cop.Done: "lancement achevé"},
		cop.Diagnosis: {cop.Opened: "diagnostic ouvert", cop.Held: "séance du diagnostic", cop.Done: "diagnostic publié"},
		cop.Debate:    {cop.Opened: "débat ouvert", cop.Held: "séance du débat", cop.Done: "débat achevé"},
		cop.Sharing:   {cop.Opened: "partage ouvert", cop.Held: "séance de partage", cop.Done: "partage achevé"},
		cop.Roadmap:   {cop.Opened: "feuille de route en rédaction", cop.Held: "séance sur la feuille de route", cop.Done: "feuille de route adoptée"},
		cop.Following: {cop.Opened: "suivi ouvert", cop.Held: "séance de suivi", cop.Done: "suivi achevé"},
	}
	if w := words[e.Stage][e.Mark]; w != "" {
		return w + ", " + e.Date()
	}
	return strings.ToLower(e.Stage.Name()) + ", " + e.Mark.Name() + ", " + e.Date()
}

// stageOf says where a COP stands as a reader of the map would.
func (b *builder) stageOf(c copAt) string {
	if _, ok := b.launching(c); ok {
		return "en cours de lancement"
	}
	if _, ok := c.State.Launched(); !ok && c.State.Stage == cop.Preparation {
		return "pas de lancement connu"
	}
	return strings.ToLower(c.State.Stage.Name())
}

// what each stage is for, and what ends it, in our words.
var stageWork = map[cop.Stage][2]string{
	cop.Preparation: {"nommer les deux têtes, l’équipe et le calendrier", "une équipe et une date"},
	cop.Launch:      {"réunir les parties et présenter le panorama", "une réunion publique"},
	cop.Diagnosis:   {"mesurer le chemin fait et celui qui reste", "des thèmes prioritaires"},
	cop.Debate:      {"travailler en groupes, proposer des actions", "des actions retenues"},
	cop.Sharing:     {"porter les travaux dans les départements", "des priorités locales"},
	cop.Roadmap:     {"choisir les engagements et leurs porteurs", "une feuille de route validée"},
	cop.Following:   {"rendre compte, corriger, préparer la suite", "un bilan public"},
}

// steps are the stages, with how many COPs a dated event places in each.
func (b *builder) steps() document.Part {
	t := document.Table{ID: "etapes", Caption: "Les sept étapes d’une COP",
		Columns: []document.Column{{Label: "Étape"}, {Label: "Ce qu’on y fait"}, {Label: "Ce qui en sort"}, {Label: "COP à cette étape", Number: true}}}
	at := map[cop.Stage]int{}
	for _, c := range b.cops {
		at[c.State.Stage]++
	}
	furthest := cop.Preparation
	for _, s := range cop.Stages() {
		if at[s] > 0 {
			furthest = s
		}
		t.Rows = append(t.Rows, []document.Cell{cell(s.Name()), cell(stageWork[s][0]), cell(stageWork[s][1]), cell(french.Integer(at[s]))})
	}
	title := "Une COP avance en sept étapes, à son rythme"
	if len(b.cops) > 0 && furthest != cop.Preparation {
		title = "Sept étapes\u00a0: " + counted(at[furthest], "COP en est", "COP en sont") + " à la plus avancée, " + quoted(strings.ToLower(furthest.Name()))
	}
	t.Note = "Les étapes se suivent et peuvent se recouvrir. Une COP compte à la plus avancée qu’un événement daté prouve."
	return document.Part{ID: "etapes", Title: title,
		Blocks: []document.Block{t, document.Text{Spans: []document.Span{bold("Trois passages engagent la COP"), span("\u00a0: son lancement, son diagnostic publié, sa feuille de route adoptée. Les deux têtes les valident, et Jalon garde qui a validé, quand, et pour qui.")}}},
		Notes:  []string{circular, "Les sept étapes de Jalon détaillent les quatre de la circulaire (diagnostic, débat, partage infrarégional, feuille de route)."}}
}

// pillars are the four supports of the method.
func (b *builder) pillars() document.Part {
	return document.Part{ID: "piliers", Title: "La méthode tient sur quatre appuis, du chiffre partagé à l’action",
		Blocks: []document.Block{document.List{Ordered: true, Items: [][]document.Span{
			item("Des leviers tangibles", "pour chaque région, la marche à franchir levier par levier, en tonnes et en quantités que l’on se représente\u00a0: voitures, logements, kilomètres de haies."),
			item("Un diagnostic partagé", "chaque échelon dit ce qu’il voit\u00a0: les priorités viennent du territoire."),
			item("Un débat ouvert", "entreprises, associations, habitants et acteurs publics travaillent ensemble, à l’initiative de la région."),
			item("Des actions concrètes", "choisies pour ce qu’elles changent d’ici 2030, portées par quelqu’un, suivies jusqu’au bout."),
		}}},
		Notes: []string{founding}}
}
