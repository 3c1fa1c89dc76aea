package report

import (
	"slices"

	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/french"
)

// diagnosis is what the first phase is made of.
func (b *builder) diagnosis() document.Part {
	dated := 0
	for _, c := range b.cops {
		if _, ok := c.State.Reached[cop.Diagnosis]; ok {
			dated++
		}
	}
	known := "Aucune COP n’a daté son diagnostic dans Jalon à cette date\u00a0: plusieurs l’ont pu faire sans que le jour en soit connu."
	if dated > 0 {
		known = counted(dated, "COP a daté", "COP ont daté") + " son diagnostic dans Jalon à cette date."
		if dated > 1 {
			known = french.Integer(dated) + nb + "COP ont daté leur diagnostic dans Jalon à cette date."
		}
	}
	p := document.Part{ID: "diagnostic", Title: "Le diagnostic croise quatre regards pour choisir ce qui sera débattu",
		Blocks: []document.Block{
			document.Para("Il fait connaître les enjeux, fixe le point de départ de chaque collectivité, et désigne les thèmes prioritaires du débat."),
			document.List{Ordered: true, Items: [][]document.Span{
				item("Cibles et objectifs", "le panorama des leviers, à côté de ce que visent déjà les plans\u00a0: SRADDET, PCAET, plans régionaux."),
				item("Dynamiques", "ce qui change déjà, lu par les services de l’État, les opérateurs et les collectivités."),
				item("Questionnaire", "ce que les collectivités font, prévoient, et jugent utile de faire."),
				item("Points forts", "ce qui marche quelque part et peut être repris ailleurs."),
			}},
		},
		Notes: []string{founding, "Le diagnostic publié engage la COP\u00a0: son jour est celui où les deux têtes l’ont validé."}}
	published, _, objectives := b.sharing()
	if published == 0 || dated > 0 {
		p.Blocks = append(p.Blocks, document.Quote{Title: "Ce que Jalon sait à cette date", Spans: document.Plain(known)})
	}
	if published+objectives > 0 {
		p.Title = "Aucun diagnostic n’est encore publié"
		if published > 0 {
			p.Title = counted(published, "région a publié son diagnostic", "régions ont publié leur diagnostic")
		}
		if objectives > 0 {
			p.Title += "\u00a0; " + counted(objectives, "objectif est partagé", "objectifs sont partagés")
		}
		p.Blocks = append(p.Blocks, b.sharedFigures(), b.sharedTable())
		p.Notes = append(p.Notes, "Diagnostics et objectifs validés par les deux têtes au "+french.Day(b.Day)+". Ce qui est publié ou partagé après n’y est pas.")
	}
	return p
}

// answers are the response rates: those declared before Jalon, each with what it
// leaves out, and those that Jalon counts once there are some.
func (b *builder) answers() document.Part {
	if b.anyAnswer() {
		return b.rates()
	}
	const none = "aucune campagne de questionnaire n’est ouverte dans Jalon"
	p := document.Part{ID: "taux-de-reponse", Title: "Les réponses au questionnaire ne sont pas encore comptées"}
	before := b.declaredFigures(topicSurvey)
	if len(before) == 0 {
		p.Missing = "Les taux de réponse se liront ici, par type de collectivité et par région, dès la première campagne de questionnaire. Aucun chiffre n’avait été déclaré à cette date."
		return p
	}
	p.Title = saidFirst(before)
	before = slices.Concat(before[:min(3, len(before))], []document.KeyFigure{{Label: "Compté par Jalon", Missing: none, Meaning: "taux à venir, par type de collectivité"}})
	p.Blocks = []document.Block{
		document.KeyFigures{Figures: before},
		document.Quote{Title: "Ce que le taux déclaré ne dit pas", Spans: document.Plain(
			"Il porte sur les régions, départements et intercommunalités des seules régions dont le questionnaire était presque achevé. Il laisse de côté les communes, qui répondent si elles le souhaitent, et les régions où l’enquête commençait. Ce n’est donc pas un taux national.")},
	}
	p.Notes = append(p.Notes, b.declaredNotes(topicSurvey)...)
	return p
}

// families are the three groups in which the answers put the levers. The reading
// is Jalon's own: the founding document shows its axis, not its words.
func (b *builder) families() document.Part {
	if b.told != nil {
		return b.familiesFound()
	}
	t := document.Table{ID: "familles", Caption: "Trois familles de leviers, selon ce que répondent les collectivités",
		Columns: []document.Column{{Label: "Famille"}, {Label: "Les collectivités jugent agir"}, {Label: "Elles agissent déjà"}, {Label: "Ce que le débat peut en faire"}},
		Rows: [][]document.Cell{
			{cell("À amplifier"), cell("pertinent"), cell("beaucoup"), cell("généraliser ce qui marche, partager les méthodes")},
			{cell("À débloquer"), cell("pertinent"), cell("peu"), cell("nommer le frein, chercher l’appui qui manque")},
			{cell("À clarifier"), cell("peu pertinent"), cell("peu ou beaucoup"), cell("dire qui d’autre porte ce levier, et ce qui dépend du territoire")},
		},
		Note: b.unsorted()}
	return document.Part{ID: "familles-de-leviers", Title: "Trois familles de leviers, trois sortes de débat",
		Blocks: []document.Block{
			document.Para("Croiser la pertinence perçue d’un levier et ce qui est déjà fait dit quel débat il appelle."), t},
		Notes: []string{"Lecture proposée par Jalon à partir des trois familles du point d’étape de mai 2024, dont le détail n’est pas public. Les seuils seront réglables par la région."}}
}

func (b *builder) synthesis() document.Part {
	if b.told != nil {
		p := b.told.implemented(10)
		p.ID, p.Notes = "synthese-des-questionnaires", append(p.Notes, b.toldNotes()...)
		return p
	}
	return document.Part{ID: "synthese-des-questionnaires", Title: b.awaited(),
		Missing: "Elle montrera les leviers et les actions les plus engagés, puis, levier par levier, ce qu’en disent les régions, départements, intercommunalités et communes, à côté des dynamiques mesurées. L’étude «\u00a0Retour des questionnaires\u00a0» en décrit la méthode.",
		Notes:   []string{founding, "La synthèse nationale ne remplace pas le diagnostic, que les deux têtes de chaque COP arrêtent."}}
}
