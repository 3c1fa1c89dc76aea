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

// MeasureStudy is the study of the debate: for each lever what an action may do
// and by which quantity it counts, in a region or in general. What helps it is
// said missing until there is a catalogue.
func MeasureStudy(ctx context.Context, q db.Q, m *panorama.Model, region string, in Edition) (_ document.Document, err error) {
	defer apperr.Wrap(&err, "report.MeasureStudy(%s, %s)", region, in.Day)
	b, err := gather(ctx, q, m, in)
	if err != nil {
		return document.Document{}, err
	}
	doc := b.document(KindMeasureStudy, "Actions et mesures d’accompagnement", "Pour chaque levier, quoi faire, et combien cela compte")
	doc.Parts = append(b.opening(), b.measureAim(), b.interventions())
	if region == "" {
		doc.Parts = append(doc.Parts, b.leverActions(b.cycle.Framework))
	} else {
		p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: region})
		if err != nil {
			return document.Document{}, err
		}
		version := b.cycle.Framework
		if p.Overseas && version == framework.National {
			version = framework.Overseas
		}
		doc.Parts = append(doc.Parts, b.leverActions(version))
		doc.Title += nb + ": " + p.Territory.Name
		doc.Parts = append(doc.Parts, b.perKilotonne(p))
	}
	doc.Parts = append(doc.Parts, b.action(), b.aids(), b.resources())
	return b.sign(doc)
}

func (b *builder) measureAim() document.Part {
	return document.Part{ID: "objet", Title: "Partir du levier, trouver l’action, puis l’appui", Blocks: []document.Block{
		document.Para("Un groupe de travail qui débat d’un levier a trois questions\u00a0: que peut-on faire ici, qu’est-ce que cela apporte, et qui peut aider\u00a0? Cette étude répond aux deux premières. La troisième attend le catalogue des aides."),
		document.Quote{Title: "Une liste pour débattre", Spans: document.Plain("Rien ici n’est une prescription ni un classement\u00a0: une bonne action peut n’y être pas.")}},
		Notes: []string{founding}}
}

// interventions are the five ways in which an authority may act on a lever.
func (b *builder) interventions() document.Part {
	return document.Part{ID: "etapes-types", Title: "Cinq manières d’agir, de la décision à l’exemple", Blocks: []document.Block{document.Table{ID: "manieres", Caption: "Étapes types d’une action, et ce qui dépend de la collectivité seule",
		Columns: []document.Column{{Label: "Étape type"}, {Label: "Ce qu’elle fait"}, {Label: "Dépend de la collectivité seule"}},
		Rows: [][]document.Cell{
			{cell("Décider"), cell("fixer une règle, un tarif, un schéma, une priorité"), cell("dans ses compétences")},
			{cell("Étudier"), cell("vérifier qu’un projet tient, techniquement et financièrement"), cell("oui, avec de l’ingénierie")},
			{cell("Équiper"), cell("construire, rénover, planter, mettre en service"), cell("souvent à plusieurs")},
			{cell("Accompagner"), cell("informer, conseiller, orienter vers les aides, suivre"), cell("oui")},
			{cell("Montrer l’exemple"), cell("agir sur ses propres bâtiments, véhicules, achats, terrains"), cell("oui, entièrement")},
		}, Note: "Une action va souvent de l’une à l’autre\u00a0: une étude sans équipement ne réduit rien."}},
		Notes: []string{founding, "Grille de lecture de Jalon."}}
}

// leverActions is what each lever changes, and the quantity an action counts in.
func (b *builder) leverActions(version string) document.Part {
	t := document.Table{ID: "leviers", Caption: "Ce que change chaque levier, et ce qu’une action y compte", Columns: []document.Column{{Label: "Levier"}, {Label: "Ce qu’il change"}, {Label: "Une action se compte en"}, {Label: "Thématique"}}}
	counts := 0
	themes := map[framework.Theme]string{}
	for _, x := range b.fw.Themes() {
		themes[x.Code] = x.Name
	}
	all := b.fw.Levers(version)
	for _, l := range all {
		unit := blank("aucune unité physique publiée\u00a0: l’action se chiffre en tonnes, ou se décrit")
		if l.Unit != "" && l.UnitKind != framework.NoUnit {
			unit = cell(l.Unit)
			counts++
		}
		gloss := cell(l.Gloss)
		if l.Gloss == "" {
			gloss = blank("à décrire")
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: l.ShortName, Href: "/leviers/" + l.Code}, gloss, unit, cell(themes[l.Theme])})
	}
	return document.Part{ID: "leviers", Title: french.Integer(len(all)) + " leviers\u00a0: une action se compte en unités physiques sur " + french.Integer(counts) + " d’entre eux", Blocks: []document.Block{t},
		Notes: []string{"Référentiel " + version + "\u00a0; descriptions de Jalon, unités publiées par l’État."}}
}

// perKilotonne is what makes a kilotonne in a region, by its own ratios.
func (b *builder) perKilotonne(p panorama.Panorama) document.Part {
	part := document.Part{ID: "une-kilotonne", Notes: []string{"SGPE, simulateur territorial, " + french.Month(p.Edition) + "\u00a0: ratio propre à chaque région et à chaque levier."}}
	t := document.Table{ID: "ratios", Caption: "Ce qu’il faut pour éviter une kilotonne de CO₂e par an", Columns: []document.Column{{Label: "Levier"}, {Label: "Pour 1\u00a0ktCO₂e par an", Number: true}, {Label: "Unité"}, {Label: "Objectif de la région", Unit: ktUnit, Number: true}}}
	for _, l := range p.Lines {
		if l.Equiv.Reason != "" || l.Equiv.Ratio == 0 || l.Equiv.Kind != framework.Quantity || !l.Objective.Known {
			continue
		}
		value := french.Significant(l.Equiv.Ratio, 2)
		if l.Equiv.Ratio > 0 {
			value = "+" + value
		}
		t.Rows = append(t.Rows, []document.Cell{{Text: l.Lever.ShortName, Href: "/leviers/" + l.Lever.Code}, cell(value), cell(l.Equiv.Unit), ktCell(l.Objective, l.FigureKey)})
	}
	if len(t.Rows) == 0 {
		part.Title, part.Missing = p.Territory.Name+nb+": pas de ratio publié", "La publication ne donne pas d’ordre de grandeur aux leviers de ce territoire."
		return part
	}
	part.Title = p.Territory.Name + nb + ": ce qu’il faut pour une kilotonne, sur " + counted(len(t.Rows), "levier", "leviers")
	t.Note = "Seules les quantités y sont\u00a0: une moyenne (km par voiture, kg par habitant) ne se compte pas action par action."
	part.Blocks = []document.Block{t}
	return part
}

func (b *builder) aids() document.Part {
	return document.Part{ID: "aides", Title: "Les aides ne sont pas encore dans Jalon",
		Missing: "Le catalogue donnera, pour chaque étape type d’un levier, les aides qui la servent\u00a0: organisme porteur, nature (subvention, prêt, ingénierie), dates, adresse. D’ici là, le service public «\u00a0Aides-territoires\u00a0» les recense.",
		Notes:   []string{founding}}
}

func (b *builder) resources() document.Part {
	return document.Part{ID: "ressources", Title: "Les ressources documentaires restent à recueillir",
		Missing: "Guides, méthodes et retours d’expérience seront reliés aux leviers par les experts des COP, chacun avec sa source et sa date.",
		Notes:   []string{founding}}
}
