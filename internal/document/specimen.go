package document

import (
	"fmt"
	"math"
	"strings"

	"jalon/internal/chart"
)

// regionNames are those of the specimen.
var regionNames = [][2]string{{"01", "Guadeloupe"}, {"02", "Martinique"}, {"03", "Guyane"}, {"04", "La Réunion"}, {"06", "Mayotte"}, {"11", "Île-de-France"}, {"24", "Centre-Val de Loire"},
	{"27", "Bourgogne-Franche-Comté"}, {"28", "Normandie"}, {"32", "Hauts-de-France"}, {"44", "Grand Est"}, {"52", "Pays de la Loire"}, {"53", "Bretagne"}, {"75", "Nouvelle-Aquitaine"},
	{"76", "Occitanie"}, {"84", "Auvergne-Rhône-Alpes"}, {"93", "Provence-Alpes-Côte d’Azur"}, {"94", "Corse"}}

// Specimen is a report as a préfet would receive it, of every type of block and
// with all that real texts hold: the tests of each format draw it. Its figures
// are invented.
func Specimen() Document {
	stages := []string{"préparation", "lancement", "diagnostic", "débat", "feuille de route"}
	places := map[string]Place{}
	var rows [][]Cell
	var bars []chart.Bar
	for i, r := range regionNames {
		class := (i*7 + 3) % 6
		p := Place{Class: class, Href: "/regions/" + r[0]}
		stage := Cell{Missing: "COP non lancée au 27\u00a0mai 2024"}
		if class > 0 {
			stage = Cell{Text: stages[class-1]}
		}
		p.Title = r[1] + "\u00a0: " + stage.Text + stage.Missing
		places[r[0]] = p
		rows = append(rows, []Cell{{Text: r[1], Href: p.Href}, stage, {Text: fmt.Sprintf("%d\u202f%03d", i+1, i*37), Figure: "panorama/2024-07/total/region:" + r[0]}, {Text: fmt.Sprintf("%d", 10+i*4)}})
		v := float64(10 + i*4)
		text := fmt.Sprintf("%d\u00a0%%", 10+i*4)
		if i == 4 {
			v, text = math.NaN(), "non déclaré"
		}
		bars = append(bars, chart.Bar{Label: r[1], Text: text, Value: v, Href: p.Href})
	}
	columns := []Column{{Label: "Région"}, {Label: "Étape"}, {Label: "Objectif", Unit: "ktCO₂e par an", Number: true}, {Label: "Réponses", Unit: "%", Number: true}}
	var long [][]Cell
	for i := range 40 {
		long = append(long, []Cell{{Text: fmt.Sprintf("Levier n°\u00a0%d\u00a0: rénovation énergétique & changement de chaudières <fioul>", i+1)}, {Text: strings.Repeat("isolation, ", i%7+1) + "etc."}, {Text: fmt.Sprint(i * 13), Figure: fmt.Sprintf("panorama/x/%d", i)}})
	}
	paragraph := "Les conférences des parties régionales réunissent l’État, les collectivités, les entreprises, les associations et les habitants autour d’objectifs indicatifs, proposés à la discussion\u00a0; elles sont coanimées par le préfet de région et la présidente ou le président du conseil régional. "
	return Document{
		Kind: "point-etape", Title: "Seize régions sur dix-huit ont lancé leur COP, et neuf en sont au débat", Subtitle: "Point d’étape national des conférences des parties régionales",
		Day: "2024-05-27", Version: "panorama 2024-07, Jalon 1.2.0", Scope: []string{"cycle 2023-2024", "objectifs indicatifs, non contraignants", "référentiel de juillet 2024"},
		Author: "Secrétariat général à la planification écologique", Demo: true, Address: "https://jalon.example/national/point-etape/2024-05-27",
		Parts: []Part{
			{ID: "cop", Title: "Une COP régionale part de l’objectif national et finit en actions", Notes: []string{"Source\u00a0: point d’étape de mai 2024."},
				Blocks: []Block{Text{[]Span{{Text: paragraph}, {Text: "Rien n’est imposé", Bold: true}, {Text: "\u00a0: voir "}, {Text: "la méthode", Href: "/methode"}, {Text: " et l’objectif de "}, {Text: "22\u202f116\u00a0kt", Figure: "panorama/2024-07/total/region:44"}, {Text: "."}}},
					List{Items: [][]Span{Plain("Un diagnostic partagé, levier par levier."), Plain("Un débat ouvert aux « habitants », aux entreprises & aux associations."), Plain("Une feuille de route validée par les deux têtes.")}},
					List{Ordered: true, Items: [][]Span{Plain("Lancement"), Plain("Diagnostic"), Plain("Débat"), Plain("Feuille de route")}},
					Quote{Title: "Ce que ce document ne dit pas", Spans: Plain("Il ne compte pas les COP départementales.")}}},
			{ID: "chiffres", Title: "Les chiffres du mois", Blocks: []Block{KeyFigures{[]KeyFigure{
				{Label: "COP lancées", Value: "16", Unit: "sur 18 régions", Meaning: "Guyane et Mayotte préparent la leur.", Class: "calculé par Jalon", Figure: "cop/lancees"},
				{Label: "Participants aux lancements", Value: "≈\u00a03\u202f000", Unit: "personnes", Meaning: "Déclaré en mai 2024, avant Jalon.", Class: "déclaré"},
				{Label: "Réponses des collectivités", Missing: "La campagne ouvre le 1er\u00a0juin.", Class: "non disponible"},
				{Label: "À réduire d’ici 2030", Value: "138,4", Unit: "Mt\u00a0CO₂e par an", Meaning: "Par rapport à 2019.", Class: "publié par l’État", Figure: "panorama/x"}}},
				Para(paragraph)}},
			{ID: "carte", Title: "Neuf régions sont au débat, deux n’ont pas encore lancé leur COP", Notes: []string{"Source\u00a0: évènements enregistrés par les équipes."},
				Blocks: []Block{Para("La carte donne l’étape ouverte la plus avancée de chaque COP à la date du document."), List{Items: [][]Span{Plain("Guyane et Mayotte préparent leur lancement."), Plain("La Réunion a tenu deux séances, les 6 et 8\u00a0décembre 2023.")}},
					Chart{ID: "carte-etapes", Title: "Étape des COP au 27\u00a0mai 2024", Description: "Carte des 18 régions colorées par étape.", Drawing: RegionMap(places, stages), Table: Table{ID: "etapes", Caption: "Étape de chaque COP", Columns: columns, Rows: rows}}}},
			{ID: "reponses", Title: "Les taux de réponse vont de 10 à 78\u00a0%", Blocks: []Block{Chart{ID: "barres", Title: "Taux de réponse par région", Description: "Barres horizontales, de la plus basse à la plus haute.", Drawing: chart.Bars(bars, chart.Target{Value: 65, Label: "moyenne\u00a0: 65\u00a0%"}),
				Table: Table{ID: "taux", Caption: "Taux de réponse", Columns: columns, Rows: rows}}}},
			{ID: "secteurs", Title: "Le bâtiment et les transports font la moitié de l’effort", Blocks: []Block{Chart{ID: "surfaces", Title: "Effort par secteur et par levier", Description: "Surfaces proportionnelles.", Drawing: specimenTree()}}},
			{ID: "regions", Title: "État des dix-huit COP", Blocks: []Block{Table{ID: "t18", Caption: "Les dix-huit COP régionales", Columns: columns, Rows: rows, Note: "Objectifs de juillet 2024."}}},
			{ID: "leviers", Title: "Les quarante leviers de la régionalisation de la planification écologique et leurs précisions, présentés dans l’ordre du référentiel de 2023-2024 avec leurs noms entiers et tous leurs détails pour que personne n’oublie rien",
				Blocks: []Block{Table{ID: "t40", Caption: "Leviers & quantités", Columns: []Column{{Label: "Levier"}, {Label: "Contenu"}, {Label: "Quantité", Unit: "kt", Number: true}}, Rows: long}}},
			{ID: "questionnaires", Title: "Ce que disent les questionnaires", Missing: "Cette partie viendra du retour des questionnaires\u00a0: la campagne ouvre le 1er\u00a0juin 2024."},
			{ID: "texte", Title: "Un texte long passe d’une diapositive à l’autre", Blocks: []Block{Para(strings.Repeat(paragraph, 9)), Para("Anticonstitutionnellement" + strings.Repeat("hyperplanificationécologique", 9) + " est un mot long."), Para(paragraph)}},
		},
	}
}

func specimenTree() chart.Drawing {
	var groups []chart.TreeGroup
	for i, s := range []string{"transport-voyageurs", "residentiel", "industrie", "agriculture-forets-sols", "energie", "dechets"} {
		tone := chart.Tone("sector-" + s)
		g := chart.TreeGroup{Name: strings.ToUpper(s[:1]) + s[1:], Text: "12\u00a0Mt", Tone: tone, Over: Over(tone)}
		for k := range 4 {
			g.Cells = append(g.Cells, chart.TreeCell{Name: fmt.Sprintf("Levier %d du secteur", k+1), Short: fmt.Sprintf("Levier %d", k+1), Text: "3,2\u00a0Mt", Value: float64(20-i*2) / float64(k+1)})
		}
		groups = append(groups, g)
	}
	return chart.TreemapDrawing(groups, 880, 420)
}
