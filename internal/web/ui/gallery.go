package ui

import (
	"jalon/internal/chart"
	"jalon/internal/french"
)

// The gallery shows every component with the orders of magnitude of a real
// region, so that tests and eyes can judge them together.

type sampleLever struct {
	name, short   string
	sector, theme int
	kt            float64
	mark          Mark
	missing       string
}

func sampleSectors() []string {
	return []string{"Transport de voyageurs", "Transport de marchandises", "Résidentiel", "Tertiaire", "Industrie", "Énergie", "Déchets", "Agriculture, forêts et sols"}
}

func sampleThemes() []string {
	return []string{"Mieux se déplacer", "Mieux se loger", "Mieux produire", "Mieux se nourrir", "Mieux préserver", "Mieux consommer"}
}

func sampleLevers() []sampleLever {
	return []sampleLever{
		{"Véhicules électriques", "Voitures électriques", 1, 1, 966, Estimated, ""},
		{"Efficacité et carburants décarbonés des véhicules privés", "Voitures plus sobres", 1, 1, 527, Estimated, ""},
		{"Vélo et transports en commun", "Vélo et bus", 1, 1, 412, Plain, ""},
		{"Réduction des déplacements", "Moins de trajets", 1, 1, 247, Plain, ""},
		{"Covoiturage", "Covoiturage", 1, 1, 247, Plain, ""},
		{"Bus et cars décarbonés", "Bus et cars", 1, 1, 55, Estimated, ""},
		{"Fret\u00a0: efficacité et sobriété logistique", "Logistique sobre", 2, 3, 1688, Plain, ""},
		{"Fret\u00a0: carburants décarbonés et multimodalité", "Fret décarboné", 2, 3, 1371, Plain, ""},
		{"Changement de chaudière à fioul", "Logements\u00a0: fioul", 3, 2, 1083, Outlined, ""},
		{"Changement de chaudière à gaz", "Logements\u00a0: gaz", 3, 2, 824, Outlined, ""},
		{"Sobriété et isolation des bâtiments", "Isolation", 3, 2, 616, Estimated, ""},
		{"Sobriété et isolation des bâtiments tertiaires", "Tertiaire sobre", 4, 3, 925, Plain, ""},
		{"Changement de chaudière à fioul dans le tertiaire", "Tertiaire\u00a0: fioul", 4, 3, 785, Plain, ""},
		{"Changement de chaudière à gaz dans le tertiaire", "Tertiaire\u00a0: gaz", 4, 3, 454, Plain, ""},
		{"Production industrielle", "Industrie", 5, 3, 5305, Plain, ""},
		{"Produits bois", "Produits bois", 5, 5, 682, Plain, ""},
		{"Biogaz", "Biogaz", 6, 3, 556, Plain, ""},
		{"Réseaux de chaleur décarbonés", "Réseaux de chaleur", 6, 3, 370, Plain, ""},
		{"Électricité renouvelable", "Électricité", 6, 3, 309, Plain, ""},
		{"Captage de méthane dans les ISDND", "Méthane des décharges", 7, 3, 422, Plain, ""},
		{"Valorisation matière des déchets", "Recyclage", 7, 6, 236, Plain, ""},
		{"Sobriété matière des déchets", "Moins de déchets", 7, 6, 45, Plain, ""},
		{"Changements de pratiques de fertilisation azotée", "Engrais azotés", 8, 4, 1266, Plain, ""},
		{"Élevage durable", "Élevage durable", 8, 4, 443, Plain, ""},
		{"Sobriété foncière", "Sobriété foncière", 8, 5, 390, Plain, ""},
		{"Gestion des prairies", "Prairies", 8, 5, 255, Plain, ""},
		{"Bâtiments et machines agricoles", "Machines agricoles", 8, 4, 213, Plain, ""},
		{"Pratiques stockantes", "Sols", 8, 5, 163, Plain, ""},
		{"Gestion des haies", "Haies", 8, 5, -12, Plain, ""},
		{"Gestion des forêts", "Forêts", 8, 5, 0, Plain, "l’objectif des forêts n’est pas régionalisé"},
	}
}

func (l sampleLever) cell() ChartCell {
	return ChartCell{
		Name: l.name, Short: l.short, Href: "/leviers/" + french.Fold(l.short), Text: french.Number(l.kt, 0) + "\u00a0kt",
		Amount: l.kt, Detail: "8,8\u00a0% de l’objectif national", Missing: l.missing, Mark: l.mark, Color: l.sector,
	}
}

func sampleChart(id, title string, names []string, of func(sampleLever) int) Chart {
	c := Chart{ID: id, Title: title, Description: "Chaque surface est proportionnelle à la baisse attendue en 2030 par rapport à 2019, en ktCO₂e par an.", TableHref: "#leviers"}
	for i, name := range names {
		g := ChartGroup{Name: name, Color: i + 1}
		total := 0.0
		for _, l := range sampleLevers() {
			if of(l) == i+1 {
				g.Cells = append(g.Cells, l.cell())
				total += max(l.kt, 0)
			}
		}
		g.Text = french.Number(total, 0) + "\u00a0kt"
		c.Groups = append(c.Groups, g)
	}
	return c
}

func sampleTreemap() Chart {
	return sampleChart("par-secteur", "Un quart de la baisse se joue dans l’industrie", sampleSectors(), func(l sampleLever) int { return l.sector })
}

func sampleMarimekko() Chart {
	c := sampleChart("par-thematique", "Mieux produire porte plus de la moitié de la baisse", sampleThemes(), func(l sampleLever) int { return l.theme })
	c.Second = true
	for i := range c.Groups {
		c.Groups[i].Color = 0 // colours are those of sectors; a theme has none
	}
	return c
}

func sampleTable() Table {
	t := Table{
		ID: "leviers", Caption: "Objectifs du Grand Est par levier",
		Columns: []Column{
			{Label: "Levier", Wide: true, SortHref: "?tri=levier"},
			{Label: "Objectif 2030", Unit: "ktCO₂e par an", Number: true, SortHref: "?tri=objectif", Sorted: "descending"},
			{Label: "Part nationale", Unit: "%", Number: true, SortHref: "?tri=part"},
			{Label: "Ordre de grandeur", Unit: "selon le levier", Number: true},
		},
		Foot: []Row{{Cells: []Cell{{Text: "Total, forêts non comprises"}, {Text: "21\u202f016", Exact: "21\u202f015,8\u00a0ktCO₂e"}, {Text: "10,5"}, {Missing: "des unités différentes ne s’additionnent pas"}}}},
	}
	for i, l := range sampleLevers() {
		if i > 9 && i < 28 {
			continue
		}
		row := Row{Cells: []Cell{{Text: l.name, Href: "/leviers/x", Color: l.sector, Mark: l.mark}, {Missing: l.missing}, {Text: "8,8"}, {Text: "+\u00a0452", Sub: "milliers de véhicules"}}}
		if l.missing == "" {
			row.Cells[1] = Cell{Text: french.Number(l.kt, 0), Exact: french.Number(l.kt, 4) + "\u00a0ktCO₂e", Explain: "/chiffres/x", Name: l.name}
		}
		if i%3 == 1 {
			row.Cells[3] = Cell{Missing: "ce levier n’a pas d’unité physique"}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func sampleMap(id string, named bool) Map {
	codes := []string{"84", "27", "53", "24", "94", "44", "32", "11", "28", "75", "76", "52", "93", "01", "02", "03", "04", "06"}
	names := []string{"Auvergne-Rhône-Alpes", "Bourgogne-Franche-Comté", "Bretagne", "Centre-Val de Loire", "Corse", "Grand Est", "Hauts-de-France", "Île-de-France", "Normandie", "Nouvelle-Aquitaine", "Occitanie", "Pays de la Loire", "Provence-Alpes-Côte d’Azur", "Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"}
	kt := []float64{24552, 10465, 9843, 9504, 1289, 22116, 22764, 17361, 13174, 19631, 16141, 11799, 16275, 1612, 978, 648, 3235, 566}
	m := Map{ID: id, Title: "Les 18 régions", ListTitle: "Choisir une région", Names: named}
	bounds := chart.Classes(kt, 5)
	for i, code := range codes {
		p := Place{Code: code, Name: names[i], Href: "/regions/" + code + "/panorama", Text: french.Number(kt[i], 0) + "\u00a0kt"}
		if !named {
			p.Class = chart.ClassOf(bounds, kt[i])
			p.Current = code == "44"
			if code == "94" {
				p.Missing, p.Class = "levier remplacé par un autre en Corse", 0
			}
			if code == "53" {
				p.Mark = Estimated
			}
		}
		m.Places = append(m.Places, p)
	}
	if !named {
		m.Title = "Objectif par région"
		m.Description = "En ktCO₂e par an en 2030, par rapport à 2019."
		low := kt[len(kt)-1]
		for _, b := range bounds {
			m.Legend = append(m.Legend, french.Number(low, 0)+" à "+french.Number(b, 0))
			low = b + 1
		}
	}
	return m
}

func sampleDepartments() Map {
	m := Map{ID: "departements", Title: "Les départements du Grand Est", Departments: true, Legend: []string{"moins de 30\u00a0kt", "30 à 60\u00a0kt", "plus de 60\u00a0kt"}}
	for i, code := range []string{"08", "10", "51", "52", "54", "55", "57", "67", "68", "88"} {
		m.Places = append(m.Places, Place{Code: code, Name: "Département " + code, Href: "/departements/" + code + "/panorama", Text: french.Number(float64(20+7*i), 0) + "\u00a0kt", Class: 1 + i/2})
	}
	return m
}

func sampleBars() Bars {
	b := Bars{ID: "barres", Title: "Les leviers du Grand Est, du plus grand au plus petit", Description: "En ktCO₂e par an.", HasTarget: true, Target: 1200, TargetLabel: "moyenne des régions\u00a0: 1\u202f200\u00a0kt", TableHref: "#leviers"}
	for _, i := range []int{6, 7, 22, 0, 8, 10, 28, 29} {
		l := sampleLevers()[i]
		b.Rows = append(b.Rows, Stat{Name: l.name, Href: "/leviers/x", Text: french.Number(l.kt, 0) + "\u00a0kt", Amount: l.kt, Missing: l.missing, Mark: l.mark, Color: l.sector, Current: i == 0})
	}
	return b
}

func sampleFields() []Field {
	return []Field{
		{ID: "objectif", Label: "Objectif", Type: "number", Unit: "ktCO₂e par an", Value: "12,5.3", Required: true, Help: "Un nombre positif, avec une virgule pour les décimales.", Error: "«\u00a012,5.3\u00a0» n’est pas un nombre\u00a0: écrivez par exemple 12,5."},
		{ID: "motif", Label: "Motif de l’écart", Type: "textarea", Help: "Il sera publié avec la valeur."},
		{ID: "echelle", Label: "Échelle", Type: "select", Required: true, Options: []Option{{Value: "region", Label: "Région"}, {Value: "epci", Label: "Intercommunalité", Selected: true}}},
		{ID: "methode", Label: "Méthode", Type: "radio", Options: []Option{{Value: "a", Label: "Par clé de répartition", Selected: true}, {Value: "b", Label: "À partir des émissions", Help: "Il faut avoir importé les émissions de 2019."}}},
		{ID: "fichier", Label: "Fichier CSV", Type: "file", Accept: ".csv", Required: true},
	}
}

func samplePage(asset func(string) string) Page {
	return Page{
		Title: "Galerie des composants", Description: "Tous les composants des pages de Jalon.", Nav: MainNav("/leviers"),
		Trail: []Link{{Label: "France", Href: "/"}, {Label: "Grand Est", Href: "/regions/grand-est"}, {Label: "Panorama"}},
		Demo:  true, NoIndex: true, Asset: asset, PrintNote: "Imprimé le 27 mai 2024 – https://jalon.example/galerie",
	}
}

func sampleCurve() Curve {
	c := Curve{ID: "courbe", Title: "Voitures électriques\u00a0: 53,5 milliers en 2022, trois fois plus qu’en 2019", Description: "La cible de la région est de 620 milliers en 2030\u00a0; 2021 manque.",
		Unit: "milliers de véhicules", Step: 1, TableHref: "#tendances",
		Target:   &CurveTarget{Name: "cible de la région", Text: "620", Year: 2030, Value: 620},
		Corridor: &Corridor{Name: "de 80\u00a0% à 120\u00a0% du rythme requis", FromYear: 2023, From: 110, ToYear: 2030, Low: 518, High: 722}}
	for i, v := range []float64{13.8, 22, 0, 53.5, 110, 150} {
		p := CurvePoint{Year: 2019 + i, Value: v, Text: french.Significant(v, 3), Href: "#tendances", Partial: i == 5}
		if v == 0 {
			p.Missing = "non publié"
		}
		c.Points = append(c.Points, p)
	}
	return c
}

func sampleVerdicts() []VerdictMark {
	return []VerdictMark{{"ahead", "en avance"}, {"on-track", "sur la trajectoire"}, {"behind", "en retard"}, {"wrong", "à contre-sens"}, {"insufficient", "données insuffisantes"}, {"none", "pas de cible régionale"}}
}

func sampleTrends() Table {
	t := Table{ID: "tendances", Caption: "Tendances", Columns: []Column{{Label: "Levier"}, {Label: "Courbe"}, {Label: "Verdict"}}}
	for _, v := range sampleVerdicts() {
		t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: v.Word}, {Text: "53,5", Spark: &Spark{Points: sampleCurve().Points, Step: 1}}, {Verdict: &v}}})
	}
	return t
}
