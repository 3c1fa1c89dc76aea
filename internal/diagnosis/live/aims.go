package live

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"jalon/internal/chart"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/report"
	"jalon/internal/territory"
)

// aims is what is aimed at: the panorama, what plans already say, the objectives
// shared.
func aims() []block {
	return []block{
		{Live: composition.Live{Code: "cibles/chiffres-cles", Part: composition.Aims, Name: "Le panorama en quatre chiffres", Usual: true,
			Help: "L’objectif indicatif de la région, sa place dans celui de la France, son premier secteur, et ce que vaut une kilotonne ici."}, make: keyFigures},
		{Live: composition.Live{Code: "cibles/panorama", Part: composition.Aims, Name: "Le panorama, levier par levier", Usual: true,
			Help:    "Tous les leviers en image, puis en tableau\u00a0: objectif en tonnes et, où l’État en publie un, niveau de 2019 et de 2030 dans l’unité du levier.",
			Options: []composition.Option{{Name: "vue", Label: "Regrouper les leviers", Values: [][2]string{{"secteur", "par secteur"}, {"thematique", "par thématique"}}}}}, make: picture},
		{Live: composition.Live{Code: "cibles/premiers-leviers", Part: composition.Aims, Name: "Les leviers qui pèsent le plus",
			Help:    "Les plus grands objectifs de la région, leur part de son total et de l’objectif national.",
			Options: []composition.Option{{Name: "nombre", Label: "Combien de leviers", Values: [][2]string{{"5", "5 leviers"}, {"10", "10 leviers"}}}}}, make: firstLevers},
		{Live: composition.Live{Code: "cibles/departements", Part: composition.Aims, Name: "La part de chaque département",
			Help: "Ce que Jalon répartit de l’objectif dans chaque département, à titre indicatif."}, make: departments},
		{Live: composition.Live{Code: "cibles/documents-regionaux", Part: composition.Aims, Name: "Le document régional face au panorama", Usual: true,
			Help:    "Ce que vise le document de la Région (SRADDET, SDRIF-E, SAR, PADDUC, SRCAE) levier par levier, ramené aux mêmes termes que le panorama.",
			Options: []composition.Option{{Name: "leviers", Label: "Leviers montrés", Values: [][2]string{{"compares", "ceux qui se comparent"}, {"tous", "tous, avec la raison de ce qui manque"}}}}}, make: regionalPlans},
		{Live: composition.Live{Code: "cibles/plans-climat", Part: composition.Aims, Name: "Les plans climat des territoires, additionnés", Usual: true,
			Help: "La somme des PCAET en vigueur, levier par levier, et la part de la population qu’ils couvrent."}, make: climatePlans},
		{Live: composition.Live{Code: "cibles/objectifs-partages", Part: composition.Aims, Name: "Les objectifs mis sur la table", Usual: true,
			Help: "Les objectifs que les deux têtes ont partagés, face à ce que le panorama propose, et les désaccords notés, par partie."}, make: sharedObjectives},
		{Live: composition.Live{Code: "cibles/biodiversite-ressources", Part: composition.Aims, Name: "Biodiversité et ressources\u00a0: ce qui est visé", Usual: true,
			Help: "Les cibles nationales des autres axes et, en face, ce que la région vise dans ses plans."}, make: natureAims},
	}
}

func keyFigures(_ context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	p, err := r.panorama()
	if err != nil {
		return composition.Made{}, err
	}
	if p.Total.Known == 0 {
		return none("Aucun objectif n’est publié pour ce territoire", "La publication de l’État ne donne pas de valeur à cette région.", sourceOfPanorama(p)...), nil
	}
	fw := r.model.Framework()
	first := report.Largest(report.BySector(fw, p))
	total := panorama.FigureKey(p.Edition, panorama.TotalName, p.Territory.Ref)
	key := func(label string, kg panorama.Kg, meaning, figureKey string) document.KeyFigure {
		v, unit := french.Mass(int64(kg))
		return document.KeyFigure{Label: label, Value: v, Unit: unit + " par an", Meaning: meaning, Class: figure.Computed.Label(), Figure: figureKey}
	}
	title := p.Total.Kg.Less() + " par an en 2030 qu’en 2019"
	meaning := "somme de " + howMany(p.Total.Known, "objectif publié", "objectifs publiés")
	if kg := p.WithoutForest.Kg; kg != p.Total.Kg {
		meaning += "\u00a0; " + kg.Text() + " sans la gestion des forêts, que l’État ne régionalise pas"
	}
	figures := []document.KeyFigure{key("Objectif indicatif pour 2030", p.Total.Kg, meaning, total)}
	if share := r.model.ShareOfNation(p); share.Known {
		figures = append(figures, document.KeyFigure{Label: "Part de l’objectif national", Value: french.Number(share.V*100, 1), Unit: "%", Meaning: "une mesure de taille, pas d’effort", Class: figure.Computed.Label(), Figure: total + "/" + panorama.AskShare})
	}
	if s, err := fw.Sector(first.Code); err == nil && first.Kg > 0 {
		part := french.Fraction(float64(first.Kg) / float64(p.Total.Kg))
		title += ", dont " + part + " dans " + s.Inside()
		figures = append(figures, key("Premier secteur\u00a0: "+lower(s.Name), first.Kg, part+" de l’objectif, "+howMany(len(first.Levers), "levier", "leviers"), total+"/"+panorama.AskSector+first.Code))
	}
	if n := p.Territory.Population; n > 0 {
		figures = append(figures, document.KeyFigure{Label: "Par habitant", Value: french.Number(float64(p.Total.Kg)/float64(n)/1000, 1), Unit: "tCO₂e par an", Meaning: "l’objectif divisé par " + french.Integer(n) + " habitants",
			Class: figure.Computed.Label(), Figure: total + "/" + panorama.AskPerPerson})
	}
	made := composition.Made{Title: title, Blocks: []document.Block{document.KeyFigures{Figures: figures}}, Notes: sourceOfPanorama(p)}
	if one := report.OneKt(r.model, p); one != "" {
		made.Blocks = append(made.Blocks, document.Quote{Title: "Une kilotonne, c’est combien ici\u00a0?", Spans: document.Plain(one)})
	}
	if p.Overseas {
		made.Blocks = append(made.Blocks, document.Para("Les 13\u00a0leviers de l’outre-mer s’ajoutent à l’objectif national sans en faire partie\u00a0: ils n’ont donc pas de part nationale."))
	}
	return made, nil
}

// picture draws the levers by family, and lists them all.
func picture(_ context.Context, r *reading, params map[string]string) (composition.Made, error) {
	p, err := r.panorama()
	if err != nil {
		return composition.Made{}, err
	}
	families, kind, ask := report.BySector(r.model.Framework(), p), "secteur", panorama.AskSector
	if params["vue"] == "thematique" {
		families, kind, ask = report.ByTheme(r.model.Framework(), p), "thématique", panorama.AskTheme
	}
	if len(families) == 0 || p.Total.Kg <= 0 {
		return none("Aucun levier n’est chiffré pour ce territoire", "La publication de l’État ne donne pas de valeur à cette région.", sourceOfPanorama(p)...), nil
	}
	first, total := report.Largest(families), panorama.FigureKey(p.Edition, panorama.TotalName, p.Territory.Ref)
	t := document.Table{ID: "familles", Caption: "L’objectif par " + kind, Columns: []document.Column{{Label: upper(kind)}, {Label: "Leviers chiffrés", Number: true}, {Label: "Objectif", Unit: kilotonnes, Number: true}, {Label: "Part", Unit: "%", Number: true}}}
	bars := make([]chart.Bar, 0, len(families))
	for _, f := range families {
		part := float64(f.Kg) / float64(p.Total.Kg)
		bars = append(bars, chart.Bar{Label: f.Name, Value: f.Kg.Kt(), Text: f.Kg.Text()})
		t.Rows = append(t.Rows, []document.Cell{word(f.Name), word(french.Integer(len(f.Levers))), keyed(french.Kt(int64(f.Kg), 1), total+"/"+ask+f.Code), word(french.Number(part*100, 1))})
	}
	t.Rows = append(t.Rows, []document.Cell{word("Total"), word(french.Integer(p.Total.Known)), keyed(french.Kt(int64(p.Total.Kg), 1), total), word("100,0")})
	drawing, words := report.Treemap(families), "Chaque surface est un levier, d’autant plus grande que son objectif l’est\u00a0; les leviers d’un secteur sont ensemble."
	if kind != "secteur" {
		slices.SortStableFunc(bars, func(a, b chart.Bar) int { return cmp.Compare(b.Value, a.Value) })
		drawing, words = chart.Bars(bars, chart.Target{}), "Une barre par thématique, de la plus longue à la plus courte."
	}
	return composition.Made{Title: upper(howMany(p.Total.Known, "levier", "leviers")) + " pour " + p.Total.Kg.Text() + "\u00a0: le secteur " + guillemets(first.Name) + " en porte " + french.Fraction(float64(first.Kg)/float64(p.Total.Kg)),
		Blocks: []document.Block{document.Chart{ID: "leviers-en-image", Title: "Les leviers de la région, par " + kind, Description: words, Drawing: drawing, Table: t}, allLevers(p)}, Notes: sourceOfPanorama(p)}, nil
}

// allLevers lists every lever with what it asks, in tonnes and in its own unit
// where the State publishes one.
func allLevers(p panorama.Panorama) document.Table {
	t := document.Table{ID: "leviers", Caption: "Tous les leviers, par objectif décroissant", Columns: []document.Column{{Label: "Levier"}, {Label: "Objectif", Unit: kilotonnes, Number: true}}}
	if p.Overseas {
		t.Columns = append(t.Columns, document.Column{Label: "Part du total", Unit: "%", Number: true})
		t.Note = "La publication ne donne pas d’ordre de grandeur aux leviers de l’outre-mer."
	} else {
		t.Columns = append(t.Columns, document.Column{Label: "En 2019", Number: true}, document.Column{Label: "En 2030", Number: true}, document.Column{Label: "Unité du levier"})
		t.Note = "En 2030\u00a0: le niveau de 2019 plus l’effet de l’objectif, par le ratio publié. Une moyenne (km par voiture, kg par habitant) ne s’additionne pas."
	}
	for i := range p.Lines {
		l := &p.Lines[i]
		row := []document.Cell{leverCell(l.Lever), mass(l.Objective, l.FigureKey)}
		if p.Overseas {
			t.Rows = append(t.Rows, append(row, partOfTotal(l, p.Total.Kg)))
			continue
		}
		t.Rows = append(t.Rows, append(row, level(l, l.Equiv.Start, panorama.AskStart), level(l, l.Equiv.Target, panorama.AskTarget), unit(l)))
	}
	return t
}

// level is one end of a lever in its own unit; where the State publishes a change
// alone, the end says so.
func level(l *panorama.Line, v panorama.Value, ask string) document.Cell {
	e := &l.Equiv
	switch {
	case e.Reason != "":
		return absent(e.Reason)
	case v.Known:
		return keyed(e.Reading(v, false), l.FigureKey+"/"+ask)
	case ask == panorama.AskTarget && e.Change.Known:
		return keyed(e.Reading(e.Change, true)+" depuis 2019", l.FigureKey+"/"+panorama.AskChange)
	}
	return absent(v.Reason)
}

func unit(l *panorama.Line) document.Cell {
	if l.Equiv.Reason != "" || l.Equiv.Unit == "" {
		return absent(cmp.Or(l.Equiv.Reason, "pas d’unité publiée pour ce levier"))
	}
	return word(l.Equiv.Unit)
}

// partOfTotal is the part of a lever in the total of its territory.
func partOfTotal(l *panorama.Line, total panorama.Kg) document.Cell {
	if !l.Objective.Known {
		return absent(l.Objective.Reason)
	}
	return ratio(panorama.Value{V: float64(l.Objective.Kg) / float64(total), Known: total > 0, Reason: "le total manque"}, l.FigureKey+"/"+panorama.AskOfTotal)
}

func firstLevers(_ context.Context, r *reading, params map[string]string) (composition.Made, error) {
	p, err := r.panorama()
	if err != nil {
		return composition.Made{}, err
	}
	most, err := strconv.Atoi(params["nombre"])
	if err != nil {
		most = 5
	}
	t := document.Table{ID: "premiers-leviers", Caption: "Les plus grands objectifs de la région", Columns: []document.Column{{Label: "Levier"}, {Label: "Objectif", Unit: kilotonnes, Number: true}, {Label: "Part du total", Unit: "%", Number: true}}}
	if !p.Overseas {
		t.Columns = append(t.Columns, document.Column{Label: "Part de la France", Unit: "%", Number: true})
	}
	var bars []chart.Bar
	var sum panorama.Kg
	for i := range p.Lines {
		l := &p.Lines[i]
		if len(bars) == most || !l.Objective.Known || l.Objective.Kg <= 0 {
			break // they come by descending objective
		}
		sum += l.Objective.Kg
		bars = append(bars, chart.Bar{Label: l.Lever.ShortName, Value: l.Objective.Kg.Kt(), Text: l.Objective.Kg.Text(), Href: "/leviers/" + l.Lever.Code})
		row := []document.Cell{leverCell(l.Lever), mass(l.Objective, l.FigureKey), partOfTotal(l, p.Total.Kg)}
		if !p.Overseas {
			row = append(row, ratio(l.Share, l.FigureKey+"/"+panorama.AskShare))
		}
		t.Rows = append(t.Rows, row)
	}
	if len(bars) == 0 {
		return none("Aucun levier n’est chiffré pour ce territoire", "La publication de l’État ne donne pas de valeur à cette région.", sourceOfPanorama(p)...), nil
	}
	title := upper(howMany(len(bars), "levier", "leviers")) + " sur " + french.Integer(len(p.Lines)) + french.Plural(len(bars), " porte ", " portent ") + french.Fraction(float64(sum)/float64(p.Total.Kg)) + " de l’objectif"
	return composition.Made{Title: title, Blocks: []document.Block{document.Chart{ID: "barres-leviers", Title: "Les " + french.Integer(len(bars)) + nbsp + "plus grands objectifs de la région", Description: "Une barre par levier, du plus grand objectif au plus petit.", Drawing: chart.Bars(bars, chart.Target{}), Table: t}}, Notes: sourceOfPanorama(p)}, nil
}

// departments are the parts of the objective that Jalon divides, one a département.
func departments(_ context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	p, err := r.panorama()
	if err != nil {
		return composition.Made{}, err
	}
	if p.Overseas {
		return none("L’objectif ne se répartit pas sous la région", "Aucune clé de répartition n’est publiée pour les leviers de l’outre-mer, et la région n’a qu’un département\u00a0: Jalon ne divise rien.", sourceOfPanorama(p)...), nil
	}
	t := document.Table{ID: "departements", Caption: "Ce que Jalon répartit dans chaque département", Columns: []document.Column{{Label: "Département"}, {Label: "Réparti", Unit: kilotonnes, Number: true}, {Label: "Part de la population", Unit: "%", Number: true}, {Label: "Leviers répartis", Number: true}}}
	var all []panorama.Panorama
	var divided panorama.Kg
	known := 0
	for _, d := range r.model.Tree().Departments() {
		if d.Region != r.Region.Code {
			continue
		}
		x, err := r.model.Of(territory.Ref{Scale: territory.Department, Code: d.Code})
		if err != nil {
			return composition.Made{}, err
		}
		all, divided, known = append(all, x), divided+x.Total.Kg, max(known, x.Total.Known)
	}
	slices.SortStableFunc(all, func(a, b panorama.Panorama) int { return cmp.Compare(b.Total.Kg, a.Total.Kg) })
	for _, x := range all {
		people := absent("la population n’est pas connue")
		if x.Territory.Population > 0 && p.Territory.Population > 0 {
			people = word(french.Number(100*float64(x.Territory.Population)/float64(p.Territory.Population), 1))
		}
		amount := absent("aucun levier ne se répartit ici")
		if x.Total.Known > 0 {
			amount = keyed(french.Kt(int64(x.Total.Kg), 1), panorama.FigureKey(x.Edition, panorama.TotalName, x.Territory.Ref))
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: x.Territory.Name, Href: x.Territory.Path + "/panorama"}, amount, people, word(french.Integer(x.Total.Known))})
	}
	t.Note = "Parts indicatives, calculées par Jalon. Ce qui ne se répartit pas reste à l’échelle de la région\u00a0: la somme de la colonne n’est pas l’objectif régional."
	return composition.Made{Title: upper(french.Fraction(float64(divided)/float64(max(p.Total.Kg, 1)))) + " de l’objectif se répartit entre " + howMany(len(all), "département", "départements") + ", sur " + howMany(known, "levier", "leviers"),
		Blocks: []document.Block{t}, Notes: append(sourceOfPanorama(p), "Le plus souvent, la part d’un département suit sa population\u00a0: elle ne dit encore rien de propre à lui.")}, nil
}
