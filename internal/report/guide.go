package report

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Guide is the study of the launch: what the panorama is, how to read it, how it
// is made and what it leaves out, then the 30 levers of the nation or of one
// region, each with the figures that lead to its explanation.
func Guide(_ context.Context, m *panorama.Model, region string, in Edition) (_ document.Document, err error) {
	defer apperr.Wrap(&err, "report.Guide(%s)", region)
	ref := territory.France
	if region != "" {
		ref = territory.Ref{Scale: territory.RegionS, Code: region}
	}
	p, err := m.Of(ref)
	if err != nil {
		return document.Document{}, err
	}
	version := "référentiel 2023-24, "
	if p.Overseas {
		version = "leviers de l’outre-mer, "
	}
	g := &guide{builder: &builder{Edition: in, m: m, fw: m.Framework(), scopes: m.Scopes()}, p: p, national: ref == territory.France}
	if g.nation, err = m.Of(territory.France); err != nil {
		return document.Document{}, err
	}
	doc := document.Document{Kind: KindGuide, Title: "Guide du panorama des leviers\u00a0: " + p.Territory.Name, Day: in.Day, Author: in.Author, Address: in.Address, Demo: in.Demo,
		Subtitle: "Lire les objectifs, savoir d’où ils viennent, en discuter",
		Scope:    []string{version + french.Month(p.Edition), p.Total.Scope, "objectifs indicatifs, non contraignants"}}
	doc.Parts = g.opening()
	for _, make := range []func() document.Part{g.glance, g.picture, g.reading, g.method, g.keys, g.closure, g.limits, g.units, g.dynamics, g.annex, g.departments, g.questions} {
		if part := make(); part.ID != "" {
			doc.Parts = append(doc.Parts, part)
		}
	}
	return g.sign(doc)
}

type guide struct {
	*builder
	p        panorama.Panorama
	national bool
}

// name heads a title, here stands inside a sentence: no region needs its article.
func (g *guide) name() string { return g.p.Territory.Name }

func (g *guide) here() string {
	if g.national {
		return "en France"
	}
	return "en région " + g.name()
}

// glance is what a reader keeps: the total, the first levers, the units.
func (g *guide) glance() document.Part {
	sectors := BySector(g.fw, g.p)
	first := Largest(sectors)
	title := g.name() + nb + ": " + g.p.Total.Kg.Less() + " par an en 2030 qu’en 2019"
	if s, err := g.fw.Sector(first.Code); err == nil && g.p.Total.Kg > 0 {
		title += ", dont " + french.Fraction(float64(first.Kg)/float64(g.p.Total.Kg)) + " dans " + s.Inside()
	}
	v, unit := french.Mass(int64(g.p.Total.Kg))
	figures := []document.KeyFigure{{Label: "Objectif indicatif pour 2030", Value: v, Unit: unit, Meaning: g.p.Total.Scope, Class: computed, Figure: totalKey(g.p)}}
	if !g.national && !g.p.Overseas {
		figures = append(figures, document.KeyFigure{Label: "Part de l’objectif national", Value: g.shareOfNation(), Unit: "%",
			Meaning: "une mesure de taille, pas d’effort", Class: computed, Figure: totalKey(g.p) + "/" + panorama.AskShare})
	}
	for _, l := range g.p.Lines {
		if len(figures) == 4 || !l.Objective.Known || len(figures) == 3 && g.national {
			break
		}
		k := document.KeyFigure{Label: l.Lever.ShortName, Class: fromState, Figure: l.FigureKey, Meaning: l.Equiv.Text()}
		k.Value, k.Unit = french.Mass(int64(l.Objective.Kg))
		if k.Meaning == "" {
			k.Meaning = "sans unité physique publiée"
		}
		figures = append(figures, k)
	}
	part := document.Part{ID: "en-bref", Title: title, Notes: g.source()}
	part.Blocks = append(part.Blocks, document.KeyFigures{Figures: figures})
	if one := OneKt(g.m, g.p); one != "" {
		part.Blocks = append(part.Blocks, document.Quote{Title: "Une kilotonne, c’est combien\u00a0?", Spans: document.Plain(one)})
	}
	part.Blocks = append(part.Blocks, document.Para("Un objectif est une proposition de l’État, faite pour être discutée\u00a0: la région peut en retenir un autre, et dire pourquoi. Il n’oblige aucune collectivité, et n’est pas un budget."))
	return part
}

// OneKt pictures a kilotonne by the own ratio of a region; empty where none is
// published.
func OneKt(m *panorama.Model, p panorama.Panorama) string {
	if len(p.Regions) != 1 {
		return ""
	}
	c, ok := m.Reference().Cell(p.Edition, p.Regions[0].Code, "voitures-electriques")
	if !ok || c.Ratio <= 0 {
		return ""
	}
	return "En région " + p.Territory.Name + ", une kilotonne (ktCO₂e) de moins par an, c’est l’effet d’environ " + french.Significant(c.Ratio*1000, 2) + " voitures électriques à la place de voitures thermiques."
}

func (g *guide) source() []string {
	out := []string{"SGPE, simulateur territorial de la planification écologique, objectifs affichés par région en " + french.Month(g.p.Edition) + ". Licence Ouverte 2.0."}
	if g.p.Overseas {
		out = append(out, "Outre-mer\u00a0: 13 leviers propres, hors de l’objectif national.")
	}
	return out
}

// picture is the treemap with all its levers in the table.
func (g *guide) picture() document.Part {
	sectors := BySector(g.fw, g.p)
	if len(sectors) == 0 {
		return document.Part{ID: "en-image", Title: g.name() + nb + ": aucun levier chiffré", Missing: "La publication ne donne pas de valeur à ce territoire."}
	}
	title := g.name() + nb + ": les leviers par secteur"
	if len(g.p.Lines) > 2 && g.p.Lines[2].Objective.Known && g.p.Total.Kg > 0 {
		var three panorama.Kg
		var names []string
		for _, l := range g.p.Lines[:3] {
			three += l.Objective.Kg
			names = append(names, quoted(l.Lever.ShortName))
		}
		title = "Trois leviers font " + french.Fraction(float64(three)/float64(g.p.Total.Kg)) + " de l’objectif\u00a0: " + french.List(names)
	}
	t := document.Table{ID: "secteurs", Caption: "Objectif par secteur", Columns: []document.Column{{Label: "Secteur"}, {Label: "Leviers chiffrés", Number: true}, {Label: "Objectif", Unit: ktUnit, Number: true}, {Label: "Part", Unit: "%", Number: true}}}
	for _, s := range sectors {
		t.Rows = append(t.Rows, []document.Cell{cell(s.Name), cell(french.Integer(len(s.Levers))), cell(french.Kt(int64(s.Kg), 0)), part(s.Kg, g.p.Total.Kg)})
	}
	t.Rows = append(t.Rows, []document.Cell{cell("Total"), cell(french.Integer(g.p.Total.Known)), numeric(french.Kt(int64(g.p.Total.Kg), 0), totalKey(g.p)), cell("100,0")})
	return document.Part{ID: "en-image", Title: title, Notes: g.source(), Blocks: []document.Block{
		document.Chart{ID: "carre", Title: g.name() + nb + ": les leviers par secteur", Description: "Chaque surface est un levier, d’autant plus grande que son objectif l’est. " + firstLevers(g.p, 3),
			Drawing: Treemap(sectors), Table: t}}}
}

// reading is how to read a line.
func (g *guide) reading() document.Part {
	example := "voitures-electriques"
	if g.p.Overseas {
		example = g.p.Lines[0].Lever.Code
	}
	blocks := []document.Block{document.List{Items: [][]document.Span{
		item("Levier", "une chose que l’on peut faire, et dont l’effet sur les émissions se calcule\u00a0: isoler, covoiturer, planter des haies."),
		item("Objectif, en ktCO₂e par an", "ce que les émissions de 2030 auraient de moins que celles de 2019 grâce à ce levier. Un effet annuel, pas un cumul."),
		item("Ordre de grandeur", "la même chose dans une unité que l’on se représente. Les quantités s’additionnent\u00a0; les moyennes (km par voiture, kg par habitant) jamais."),
		item("Fait, attendu, à trouver", "ce qui a déjà baissé depuis 2019, ce que des actions apporteront, ce qui manque\u00a0: trois choses que Jalon tient à part."),
	}}}
	for _, l := range g.p.Lines {
		if l.Lever.Code != example || !l.Objective.Known {
			continue
		}
		spans := []document.Span{span(l.Lever.Name + ", " + g.here() + nb + ": "), number(french.Kt(int64(l.Objective.Kg), 1)+nb+"ktCO₂e par an", l.FigureKey)}
		if e := l.Equiv.Text(); e != "" {
			spans = append(spans, span(", soit "), number(e, l.FigureKey+"/"+panorama.AskChange))
			if l.Equiv.Start.Known {
				spans = append(spans, span(" entre 2019 et 2030"))
			}
		}
		blocks = append(blocks, document.Quote{Title: "Lire une ligne", Spans: append(spans, span(". Chaque nombre souligné mène à son explication\u00a0: formule, termes, source."))})
	}
	return document.Part{ID: "lire", Title: "Lire le panorama\u00a0: un levier, un objectif, un ordre de grandeur", Blocks: blocks, Notes: g.source()}
}

// method is how the figures come from the nation to the region and below.
func (g *guide) method() document.Part {
	if g.p.Overseas {
		return document.Part{ID: "methode", Title: "L’État publie la région, et rien ne permet encore d’aller au-dessous",
			Blocks: []document.Block{document.List{Items: [][]document.Span{
				item("Une valeur par levier", "publiée par l’État pour la région entière, et reprise telle quelle, à la virgule."),
				item("Sans clé de répartition", "aucune n’est publiée pour ces leviers\u00a0: Jalon ne les répartit ni par intercommunalité, ni par commune."),
				item("À part de la nation", "ces leviers s’ajoutent à l’objectif national sans en faire partie\u00a0: ils n’ont pas de part nationale."),
			}}}, Notes: g.source()}
	}
	states := map[panorama.State]int{}
	for _, l := range g.fw.Levers(framework.National) {
		states[g.m.Reference().Rule(l.Code, territory.EPCI).State]++
	}
	return document.Part{ID: "methode", Title: "De la France à la commune\u00a0: deux étapes, dont une seule est publiée",
		Blocks: []document.Block{
			document.List{Ordered: true, Items: [][]document.Span{
				item("De la France à la région", "l’État répartit chaque levier par une clé publique et publie le résultat. Jalon reprend ces valeurs telles quelles, à la virgule."),
				item("De la région à ses territoires", "Jalon répartit par commune, puis additionne\u00a0: l’EPCI, le département et tout périmètre sont des sommes de communes."),
			}},
			document.Table{ID: "etats", Caption: "Les 30 leviers sous la région, avant tout import de données locales", Columns: []document.Column{{Label: "Comment"}, {Label: "Leviers", Number: true}, {Label: "Ce que cela vaut"}},
				Rows: [][]document.Cell{
					{cell("Clé de l’État"), cell(french.Integer(states[panorama.Keyed])), cell("la même clé qu’en région")},
					{cell("Estimation"), cell(french.Integer(states[panorama.Substitute])), cell("la population remplace une clé que Jalon n’a pas\u00a0: hachurée, à remplacer dès que possible")},
					{cell("Non réparti"), cell(french.Integer(states[panorama.Unallocated])), cell("rien de public ne permet de répartir\u00a0: pas de valeur, et la raison")},
				}, Note: "Une donnée locale importée (parc de véhicules, chauffage, surface agricole) remplace l’estimation là où elle couvre toute la région."},
		}, Notes: append(g.source(), "Règles tenues par Jalon, page «\u00a0Méthode\u00a0».")}
}

// keys is the table of the State's allocation keys.
func (g *guide) keys() document.Part {
	if g.p.Overseas {
		return document.Part{} // none is published for these levers
	}
	ref := g.m.Reference()
	t := document.Table{ID: "cles", Caption: "Clé de répartition de chaque levier, de la France à la région", Columns: []document.Column{{Label: "Levier"}, {Label: "Clé"}, {Label: "Producteur"}, {Label: "Année"}, {Label: "Recalculée par Jalon"}}}
	again := 0
	for _, l := range g.fw.Levers(framework.National) {
		k, ok := ref.Official[l.Code]
		if !ok {
			t.Rows = append(t.Rows, []document.Cell{cell(l.ShortName), blank("aucune clé publiée pour ce levier"), blank("aucun"), blank("aucune"), cell("non")})
			continue
		}
		redone := "non, la série n’est pas dans Jalon"
		if k.Recomputed {
			redone = "oui"
			again++
		}
		producer, year := cell(k.Producer), cell(k.Year)
		if k.Producer == "" {
			producer = blank("aucune clé officielle")
		}
		if k.Year == "" {
			year = blank("année non publiée")
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: l.ShortName, Href: "/leviers/" + l.Code}, cell(k.Label), producer, year, cell(redone)})
	}
	return document.Part{ID: "cles", Title: "Une clé publique par levier\u00a0: Jalon sait recalculer celles de " + french.Integer(again) + " leviers sur " + french.Integer(len(t.Rows)), Blocks: []document.Block{t},
		Notes: []string{"SGPE, simulateur territorial, page «\u00a0À propos\u00a0»\u00a0; producteurs cités en face de chaque clé.", "Recalculée\u00a0: la part de chaque région retrouvée à " + french.Number(panorama.KeyTolerance, 2) + " point près à partir de données publiques."}}
}

// closure says what adds up, and what does not and why.
func (g *guide) closure() document.Part {
	if g.p.Overseas {
		return document.Part{} // nothing is divided below the region
	}
	ref := g.m.Reference()
	t := document.Table{ID: "ecarts", Caption: "Écarts connus entre l’objectif national et la somme des régions", Columns: []document.Column{{Label: "Levier"}, {Label: "Écart", Unit: "ktCO₂e", Number: true}, {Label: "Raison"}}}
	for _, r := range ref.Residuals {
		name := r.Lever
		if l, err := g.fw.Lever(r.Lever); err == nil {
			name = l.ShortName
		}
		t.Rows = append(t.Rows, []document.Cell{cell(name), cell(signed(r.Kg)), cell(r.Reason)})
	}
	t.Note = "Édition de " + french.Month(panorama.December) + ", avant ajustement. Ailleurs, la somme des régions redonne l’objectif national à l’arrondi près."
	mine := 0
	for _, a := range ref.Adjusted {
		if !g.national && len(g.p.Regions) == 1 && a.Region == g.p.Regions[0].Code {
			mine++
		}
	}
	adjusted := counted(len(ref.Adjusted), "valeur régionale a changé", "valeurs régionales ont changé") + " entre les deux éditions"
	switch {
	case g.national:
	case mine == 0:
		adjusted += ", dont aucune " + g.here()
	default:
		adjusted += ", dont " + french.Integer(mine) + " " + g.here()
	}
	return document.Part{ID: "bouclage", Title: "Le bouclage\u00a0: sous la région, les parts redonnent le tout au kilogramme près",
		Blocks: []document.Block{document.Para("Jalon compte en kilogrammes entiers et répartit les restes un à un\u00a0: communes, EPCI et départements redonnent exactement ce qui est réparti de leur région. Entre la France et les régions, l’État a arrondi et ajusté\u00a0: " + adjusted + ", et les écarts connus sont nommés."), t},
		Notes:  append(g.source(), "La commande «\u00a0jalon verify\u00a0» refait tous ces totaux.")}
}

func signed(kg panorama.Kg) string {
	s := french.Kt(int64(kg), 1)
	if kg > 0 {
		return "+" + s
	}
	return s
}

// limits is what the figures do not hold.
func (g *guide) limits() document.Part {
	list := [][]document.Span{
		item("Les forêts", "leur objectif est national\u00a0; les valeurs régionales sont données pour information. Les totaux disent s’ils les comprennent."),
		item("L’outre-mer", "13 leviers propres à cinq régions, publiés à part, sans ordre de grandeur."),
		item("Les autres axes", "adaptation, eau, biodiversité, pollutions et économie circulaire n’ont pas d’objectif en tonnes."),
		item("L’effort", "une part plus grande suit la taille et l’activité d’un territoire\u00a0: elle ne dit pas qu’il doit faire mieux que son voisin."),
		item("Ce qui est déjà fait", "l’objectif part de 2019\u00a0: une baisse obtenue depuis compte dedans, et se lit à part."),
	}
	var missing []string
	for _, l := range g.p.Lines {
		if !l.Objective.Known {
			missing = append(missing, quoted(l.Lever.ShortName))
		}
	}
	if len(missing) > 0 {
		list = append(list, item(upperFirst(g.here()), counted(len(missing), "levier n’a", "leviers n’ont")+" pas de valeur publiée\u00a0: "+french.List(missing)+". Une valeur qui manque n’est pas zéro."))
	}
	return document.Part{ID: "limites", Title: "Ce que le panorama laisse de côté", Blocks: []document.Block{document.List{Items: list}}, Notes: g.source()}
}

// classOf is the French word of a line's provenance.
func classOf(c figure.Class) string { return c.Label() }
