package report

import (
	"cmp"
	"slices"
	"strings"

	"jalon/internal/chart"
	"jalon/internal/document"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// edition is what every part of the panorama must say of its figures.
func (b *builder) edition() []string {
	notes := []string{"SGPE, simulateur territorial, objectifs affichés en " + french.Month(b.nation.Edition) + ", et panorama national des leviers (SNBC «\u00a0run 1 bis\u00a0»), 2019-2030."}
	if b.Day < b.nation.Edition+"-24" {
		notes = append(notes, "Ces objectifs sont ceux de "+french.Month(b.nation.Edition)+", publiés après la date de ce document\u00a0: Jalon montre l’édition en vigueur, et garde celle de "+french.Month(panorama.December)+" pour les vérifications.")
	}
	return notes
}

// tonnes reports whether the levers of the cycle have objectives in kilotonnes.
func (b *builder) tonnes() bool { return b.cycle.Framework == framework.National }

// levers is the national panorama: what the nation aims at, lever by lever.
func (b *builder) levers() document.Part {
	if !b.tonnes() {
		return b.leversWithoutTonnes()
	}
	sectors := BySector(b.fw, b.nation)
	first := Largest(sectors)
	s, err := b.fw.Sector(first.Code)
	title := "Objectif national\u00a0: " + b.nation.Total.Kg.Less() + " par an en 2030 qu’en 2019"
	if err == nil {
		title += ", dont " + french.Fraction(float64(first.Kg)/float64(b.nation.Total.Kg)) + " dans " + s.Inside()
	}
	t := document.Table{ID: "leviers-nationaux", Caption: "Les 30 leviers, par objectif décroissant", Columns: []document.Column{{Label: "Levier"}, {Label: "Secteur"},
		{Label: "Objectif", Unit: ktUnit, Number: true}, {Label: "Part", Unit: "%", Number: true}}}
	for _, l := range b.nation.Lines {
		name, err := b.fw.Sector(l.Lever.Sector)
		if err != nil {
			name.Name = "–"
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: l.Lever.ShortName, Href: "/leviers/" + l.Lever.Code}, cell(name.Name), ktWhole(l.Objective, l.FigureKey), part(l.Objective.Kg, b.nation.Total.Kg)})
	}
	t.Rows = append(t.Rows, []document.Cell{cell("Total"), cell(b.nation.Total.Scope), numeric(french.Kt(int64(b.nation.Total.Kg), 0), totalKey(b.nation)), cell("100,0")})
	return document.Part{ID: "panorama", Title: title,
		Blocks: []document.Block{
			b.threeTotals(),
			document.Quote{Title: "Ce que ce total laisse de côté", Spans: b.leftOut()},
			document.Chart{ID: "carre-des-leviers", Title: "Les 30 leviers de la France, par secteur",
				Description: "Chaque surface est un levier, d’autant plus grande que son objectif l’est\u00a0; les leviers d’un secteur sont ensemble. " + firstLevers(b.nation, 3),
				Drawing:     Treemap(sectors), Table: t},
		},
		Notes: append(b.edition(), "Baisse annuelle attendue en 2030 par rapport à 2019, en kilotonnes équivalent CO₂.")}
}

// threeTotals are never one sum, and say so.
func (b *builder) threeTotals() document.KeyFigures {
	k := func(label string, t panorama.Total, key string) document.KeyFigure {
		class := computed
		v, unit := french.Mass(int64(t.Kg))
		return document.KeyFigure{Label: label, Value: v, Unit: unit, Meaning: t.Scope, Class: class, Figure: key}
	}
	return document.KeyFigures{Figures: []document.KeyFigure{
		k("Objectif national", b.scopes.National, totalKey(b.nation)),
		k("13 régions de l’Hexagone et de Corse", b.scopes.Mainland, ""),
		k("5 régions d’outre-mer, à part", b.scopes.Overseas, ""),
	}}
}

// leftOut says what the national total does not hold, from the tables
// themselves.
func (b *builder) leftOut() []document.Span {
	ref := b.m.Reference()
	forest := panorama.Kg(0)
	for _, l := range b.nation.Lines {
		if l.Lever.Code == panorama.ForestLever {
			forest = l.Objective.Kg
		}
	}
	out := []document.Span{span("Les cinq régions d’outre-mer ont 13 leviers à elles, hors de l’objectif national. La gestion des forêts ("),
		number(forest.Text(), panorama.FigureKey(b.nation.Edition, panorama.ForestLever, territory.France)),
		span(") compte dans le total national sans être répartie entre les régions par une clé publique. ")}
	if gap := b.scopes.National.Kg - b.scopes.Mainland.Kg; gap != 0 {
		out = append(out, span("Les valeurs affichées par les régions font "+abs(gap).Text()+" "+moreOrLess(-gap)+" que l’objectif national\u00a0: "+
			counted(len(ref.Adjusted), "valeur a été revue", "valeurs ont été revues")+" entre les deux éditions, et Jalon ne force aucun total. "))
	}
	return append(out, span("Les transports internationaux, la santé et la qualité de l’air n’y sont pas."))
}

func abs(kg panorama.Kg) panorama.Kg { return max(kg, -kg) }

func moreOrLess(kg panorama.Kg) string {
	if kg < 0 {
		return "de moins"
	}
	return "de plus"
}

// firstLevers names the levers that ask the most.
func firstLevers(p panorama.Panorama, n int) string {
	var names []string
	for _, l := range p.Lines[:min(n, len(p.Lines))] {
		if l.Objective.Known {
			names = append(names, quoted(l.Lever.ShortName)+" ("+l.Objective.Kg.Text()+")")
		}
	}
	if len(names) == 0 {
		return "Aucun levier n’a de valeur."
	}
	return "Les premiers sont " + french.List(names) + "."
}

func ktWhole(a panorama.Amount, figure string) document.Cell {
	if !a.Known {
		return blank(a.Reason)
	}
	return numeric(french.Kt(int64(a.Kg), 0), figure)
}

// themes are the same objectives by theme of everyday life.
func (b *builder) themes() document.Part {
	p := document.Part{ID: "panorama-thematiques"}
	if !b.tonnes() {
		p.Title, p.Missing = "Par thématique\u00a0: pas de total pour ce cycle", "Les leviers de ce cycle n’ont pas d’objectif dans une même unité\u00a0: ils ne s’additionnent pas par thématique."
		return p
	}
	all := ByTheme(b.fw, b.nation)
	slices.SortStableFunc(all, func(x, y Family) int { return cmp.Compare(y.Kg, x.Kg) })
	first := all[0]
	p.Title = quoted(first.Name) + " porte " + french.Fraction(float64(first.Kg)/float64(b.nation.Total.Kg)) + " de l’objectif national"
	t := document.Table{ID: "thematiques", Caption: "L’objectif national par thématique", Columns: []document.Column{{Label: "Thématique"},
		{Label: "Leviers", Number: true}, {Label: "Objectif", Unit: ktUnit, Number: true}, {Label: "Part", Unit: "%", Number: true}}}
	bars := make([]chart.Bar, 0, len(all))
	for _, s := range all {
		bars = append(bars, chart.Bar{Label: s.Name, Value: s.Kg.Kt(), Text: s.Kg.Text()})
		t.Rows = append(t.Rows, []document.Cell{cell(s.Name), cell(french.Integer(len(s.Levers))), cell(french.Kt(int64(s.Kg), 0)), part(s.Kg, b.nation.Total.Kg)})
	}
	var none []string
	for _, x := range b.fw.Themes() {
		if !slices.ContainsFunc(all, func(s Family) bool { return s.Code == string(x.Code) }) {
			none = append(none, quoted(x.Name))
		}
	}
	if len(none) > 0 {
		t.Note = french.List(none) + " n’a pas de levier en tonnes dans ce référentiel\u00a0: ce n’est pas un objectif nul."
	}
	p.Blocks = []document.Block{document.Chart{ID: "barres-thematiques", Title: "L’objectif national par thématique", Description: "Une barre par thématique, de la plus longue à la plus courte.", Drawing: chart.Bars(bars, chart.Target{}), Table: t},
		document.Para("Un levier ne compte que dans une thématique et dans un secteur\u00a0: les deux lectures donnent le même total.")}
	p.Notes = append(b.edition(), "Le rattachement d’un levier à une thématique est celui du référentiel des leviers, tenu par Jalon.")
	return p
}

// regions are the totals of the 18, the overseas ones apart.
func (b *builder) regions() document.Part {
	p := document.Part{ID: "panorama-regions"}
	if !b.tonnes() {
		p.Title, p.Missing = "Par région\u00a0: pas d’objectif chiffré pour ce cycle", "Aucun objectif régional n’est publié pour les leviers de ce cycle."
		return p
	}
	var mainland, overseas []panorama.Panorama
	for _, r := range b.m.Tree().Regions() {
		x, err := b.m.Of(territory.Ref{Scale: territory.RegionS, Code: r.Code})
		switch {
		case err != nil:
		case r.Overseas:
			overseas = append(overseas, x)
		default:
			mainland = append(mainland, x)
		}
	}
	down := func(x, y panorama.Panorama) int { return cmp.Compare(y.Total.Kg, x.Total.Kg) }
	slices.SortStableFunc(mainland, down)
	slices.SortStableFunc(overseas, down)
	first, last := mainland[0], mainland[len(mainland)-1]
	p.Title = "D’une région à l’autre\u00a0: de " + last.Total.Kg.Text() + " (" + last.Territory.Name + ") à " + first.Total.Kg.Text() + " (" + first.Territory.Name + ")"
	t := document.Table{ID: "regions", Caption: "Objectif indicatif de chaque région", Columns: []document.Column{{Label: "Région"}, {Label: "Leviers chiffrés", Number: true},
		{Label: "Objectif", Unit: ktUnit, Number: true}, {Label: "Premier levier"}}}
	bars := make([]chart.Bar, 0, len(mainland))
	for _, x := range append(slices.Clone(mainland), overseas...) {
		lead := blank("aucun levier chiffré")
		if len(x.Lines) > 0 && x.Lines[0].Objective.Known {
			lead = cell(x.Lines[0].Lever.ShortName)
		}
		name := x.Territory.Name
		if x.Overseas {
			name += " (outre-mer, à part)"
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: name, Href: x.Territory.Path + "/panorama"}, cell(french.Integer(x.Total.Known)), numeric(french.Kt(int64(x.Total.Kg), 0), totalKey(x)), lead})
		if !x.Overseas {
			bars = append(bars, chart.Bar{Label: x.Territory.Name, Value: x.Total.Kg.Kt(), Text: x.Total.Kg.Text(), Href: x.Territory.Path + "/panorama"})
		}
	}
	t.Note = "Les régions d’outre-mer ont leurs propres leviers, hors de l’objectif national\u00a0: elles sont dans le tableau, pas dans les barres."
	p.Blocks = []document.Block{document.Chart{ID: "barres-regions", Title: "L’objectif indicatif des régions de l’Hexagone et de Corse", Description: "Une barre par région de l’Hexagone et de Corse, de la plus longue à la plus courte.", Drawing: chart.Bars(bars, chart.Target{}), Table: t}}
	p.Notes = append(b.edition(), "Un total plus grand ne dit pas un effort plus grand\u00a0: il suit la population, l’industrie, l’agriculture et les forêts de la région.")
	return p
}

// nature lists the levers of the other axes, with the targets of the plans.
func (b *builder) nature() document.Part {
	var with, without int
	t := document.Table{ID: "leviers-vivant", Caption: "Leviers de biodiversité et de ressources, et leurs cibles nationales",
		Columns: []document.Column{{Label: "Levier"}, {Label: "Ce que vise la cible"}, {Label: "Cible", Number: true}, {Label: "Échéance"}, {Label: "Source"}}}
	for _, l := range b.fw.Levers(framework.March2025) {
		if !slices.ContainsFunc(l.Axes, func(a string) bool { return a == "biodiversite" || a == "eau" || a == "economie-circulaire" }) {
			continue
		}
		known := 0
		for _, x := range b.fw.Targets(l.Code) {
			if x.Value == "" {
				continue
			}
			known++
			t.Rows = append(t.Rows, []document.Cell{{Text: l.ShortName, Href: "/leviers/" + l.Code}, cell(x.Target), cell(targetValue(x)), yearCell(x), cell(b.sourceTitle(x.Source))})
		}
		if known > 0 {
			with++
			continue
		}
		without++
		none := blank("aucune cible nationale chiffrée n’est connue de Jalon")
		t.Rows = append(t.Rows, []document.Cell{{Text: l.ShortName, Href: "/leviers/" + l.Code}, none, none, none, none})
	}
	p := document.Part{ID: "biodiversite-ressources", Title: french.Integer(with+without) + " leviers servent la biodiversité, l’eau ou les ressources\u00a0: " + french.Integer(with) + " ont une cible nationale chiffrée"}
	p.Blocks = []document.Block{document.Quote{Title: "Aucune cible régionale", Spans: document.Plain("Ces cibles sont nationales et chacune a son unité\u00a0: elles ne s’additionnent pas, ni entre elles ni avec les tonnes de CO₂. Aucune répartition entre régions n’est publiée, et Jalon n’en invente pas.")}, t}
	p.Notes = []string{"Liste des 50 leviers de mars 2025 (SGPE)\u00a0; cibles tirées des plans et des lois cités en face de chacune."}
	if b.Day < "2025-03-01" {
		p.Notes = append(p.Notes, "Cette liste est postérieure à la date de ce document\u00a0: le panorama de biodiversité de mai 2024 n’est pas dans Jalon.")
	}
	return p
}

// targetValue writes a target with its unit: «−30 %», «50 000 km».
func targetValue(x framework.Target) string {
	v := strings.TrimPrefix(x.Value, "-")
	if n, err := parseNumber(v); err == nil {
		v = french.Significant(n, 6)
	}
	if strings.HasPrefix(x.Value, "-") {
		v = french.Minus + v
	}
	if x.Unit == "" {
		return v
	}
	return v + nb + x.Unit
}

func yearCell(x framework.Target) document.Cell {
	switch {
	case x.Year == "":
		return blank("le plan ne donne pas d’échéance")
	case x.BaseYear != "":
		return cell(x.Year + " (base " + x.BaseYear + ")")
	}
	return cell(x.Year)
}

func (b *builder) sourceTitle(id string) string {
	s, err := b.fw.Source(id)
	if err != nil {
		return id
	}
	return s.Title
}

// leversWithoutTonnes lists the levers of a cycle that has none in kilotonnes.
func (b *builder) leversWithoutTonnes() document.Part {
	all := b.fw.Levers(b.cycle.Framework)
	t := document.Table{ID: "leviers-du-cycle", Caption: "Les leviers du cycle par thématique", Columns: []document.Column{{Label: "Thématique"}, {Label: "Leviers", Number: true}, {Label: "Les premiers"}}}
	for _, th := range b.fw.Themes() {
		var names []string
		for _, l := range all {
			if l.Theme == th.Code {
				names = append(names, l.Name)
			}
		}
		if len(names) > 0 {
			t.Rows = append(t.Rows, []document.Cell{cell(th.Name), cell(french.Integer(len(names))), cell(strings.Join(names[:min(3, len(names))], "\u00a0; "))})
		}
	}
	return document.Part{ID: "panorama", Title: counted(len(all), "levier", "leviers") + " pour ce cycle, sans objectif en tonnes",
		Blocks: []document.Block{t, document.Para("Ces leviers se suivent par des critères et des indicateurs propres à chacun\u00a0: ils n’ont pas d’unité commune, donc pas de total.")},
		Notes:  []string{"Référentiel " + b.cycle.Framework + "\u00a0: " + b.cycle.Name + "."}}
}
