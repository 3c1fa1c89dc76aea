package live

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/french"
)

// opening is what opens a roadmap: its summary, who leads the COP, what the diagnosis
// found.
func opening() []block {
	return []block{
		{Live: composition.Live{Code: "preface/essentiel", Part: composition.Preface, Name: "L’essentiel en quatre chiffres", Usual: true,
			Help: "Combien d’actions sont retenues, ce qu’elles apporteraient, combien de leviers elles servent, ce qu’elles coûteraient."}, make: essentials},
		{Live: composition.Live{Code: "preface/tetes", Part: composition.Preface, Name: "Les deux têtes de la COP", Usual: true,
			Help: "Qui conduit la COP, par sa fonction, et ce que vaut une validation."}, make: heads},
		{Live: composition.Live{Code: "etat/diagnostic", Part: composition.Picture, Name: "Ce que le diagnostic a trouvé", Usual: true,
			Help: "Les constats du dernier diagnostic publié par les deux têtes, avec le lien vers chacun."}, make: found},
		{Live: composition.Live{Code: "etat/themes", Part: composition.Picture, Name: "Les thèmes prioritaires, et pourquoi", Usual: true,
			Help: "Les thèmes que les deux têtes ont mis en premier, avec leur raison et leurs leviers."}, make: priorities},
	}
}

func essentials(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	all, err := r.actions(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(all) == 0 {
		return noAction(), nil
	}
	cov, err := r.coverage(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	t := cov.Total
	cross, levers := 0, map[string]bool{}
	var invest int64
	budgeted := 0
	for _, x := range all {
		if x.Central() == "" {
			cross++
		}
		for _, l := range x.Levers {
			if !x.abandoned() {
				levers[l] = true
			}
		}
		if x.Budget.Invest != nil {
			invest, budgeted = invest+*x.Budget.Invest, budgeted+1
		}
	}
	count := document.KeyFigure{Label: "Actions retenues", Value: french.Integer(len(all)), Meaning: "par les deux têtes, une fiche pour chacune", Class: figure.Declared.Label(), Figure: r.key(Actions)}
	if cross > 0 {
		count.Meaning = "dont " + howMany(cross, "transversale, sans tonnes à elle", "transversales, sans tonnes à elles")
	}
	v, unit := french.Mass(int64(t.Planned.Central))
	brings := document.KeyFigure{Label: "Attendu des actions en 2030", Value: v, Unit: unit + " par an", Class: figure.Computed.Label(), Figure: r.key(Expected)}
	if t.Planned.Wide() {
		brings.Meaning = between(t.Planned.Low, t.Planned.High) + nbsp + "kt"
	}
	title := howMany(len(all), "action", "actions")
	if t.Actions == 0 {
		brings = document.KeyFigure{Label: "Attendu des actions en 2030", Missing: "aucune action retenue n’est encore chiffrée en tonnes"}
	} else if t.Objective > 0 {
		part := french.Number(100*float64(t.Planned.Central)/float64(t.Objective), 0) + nbsp + "%"
		title += " pour couvrir " + part + " de l’objectif de 2030"
		if brings.Meaning != "" {
			brings.Meaning += "\u00a0; "
		}
		brings.Meaning += part + " de l’objectif"
	}
	served := document.KeyFigure{Label: "Leviers servis", Value: french.Integer(len(levers)), Meaning: "sur " + french.Integer(len(cov.Cells)) + " du panorama de la région", Class: figure.Computed.Label(), Figure: r.key(Levers)}
	cost := document.KeyFigure{Label: "Investissement annoncé", Missing: "aucune action ne publie son budget"}
	if budgeted > 0 {
		amount, unit := euros(invest)
		cost = document.KeyFigure{Label: "Investissement annoncé", Value: amount, Unit: unit, Meaning: "par " + howMany(budgeted, "action, qui publie son budget", "actions, qui publient leur budget") + "\u00a0; les autres ne sont pas comptées zéro", Class: figure.Declared.Label(), Figure: r.key(Invest)}
	}
	made := composition.Made{Title: title, Blocks: []document.Block{document.KeyFigures{Figures: []document.KeyFigure{count, brings, served, cost}}},
		Notes: []string{"Registre des actions de la COP et couverture calculée par Jalon, au " + french.Day(r.Day) + ". Objectifs indicatifs."}}
	var items [][]document.Span
	if t.Measured > 0 {
		items = append(items, document.Labelled("Déjà fait depuis 2019", t.Done.Text()+" par an, sur "+howMany(t.Measured, "levier qu’une série mesure", "leviers qu’une série mesure")+"."))
	}
	if t.Objective > 0 {
		items = append(items, document.Labelled("Encore à trouver", t.Gap.Text()+" par an, levier par levier"+map[bool]string{true: "\u00a0; " + howMany(t.Bare, "levier n’a", "leviers n’ont") + " aucune action retenue"}[t.Bare > 0]+"."))
	}
	if len(items) > 0 {
		made.Blocks = append(made.Blocks, document.List{Items: items})
	}
	return made, nil
}

// euros writes a large amount in few digits.
func euros(cents int64) (value, unit string) {
	v := float64(cents) / 100
	switch {
	case v >= 1e9:
		return french.Significant(v/1e9, 3), "Md€"
	case v >= 1e6:
		return french.Significant(v/1e6, 3), "M€"
	}
	return french.Integer(cents / 100), "€"
}

func heads(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	c, err := r.conference(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	state := "Le préfet de la région " + r.Region.Name
	region := "La présidence du conseil régional"
	authorities, err := r.model.Tree().Authorities()
	if err != nil {
		return composition.Made{}, err
	}
	if head, err := authorities.ElectedHead(r.Region.Code); err == nil && head.ElectedTitle != "" {
		region = "Le " + strings.TrimPrefix(head.ElectedTitle, "le ")
	}
	items := [][]document.Span{document.Labelled(state, "pour "+c.Head(cop.StateSide)+"."), document.Labelled(region, "pour "+c.Head(cop.RegionSide)+".")}
	return composition.Made{Title: "Une feuille de route validée par deux têtes", Blocks: []document.Block{document.List{Items: items},
		document.Para("Chaque tête, ou la personne à qui elle en a donné délégation, enregistre sa validation sur l’empreinte de ce document\u00a0: le jour, la fonction et l’empreinte sont gardés avec l’édition. C’est une validation enregistrée, pas une signature.")}}, nil
}

// found is what the published diagnosis comes to.
func found(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	list, err := composition.PublishedEditions(ctx, r.DB, composition.Diagnosis, r.COP, "")
	if err != nil {
		return composition.Made{}, err
	}
	if len(list) == 0 {
		return composition.Made{Missing: "Les deux têtes n’ont pas encore publié de diagnostic partagé. Ses constats se liront ici dès qu’elles l’auront fait."}, nil
	}
	last := list[0]
	pub, err := document.Find(ctx, r.DB, last.Publication)
	if err != nil {
		return composition.Made{}, err
	}
	kept, err := document.Load(ctx, r.DB, pub)
	if err != nil {
		return composition.Made{}, err
	}
	at := r.own() + "/diagnostic/editions/" + strconv.FormatInt(last.Seq, 10)
	g := composition.GistOf(kept.Document)
	var items [][]document.Span
	for _, f := range g.Findings {
		items = append(items, []document.Span{{Text: f[0], Href: at + "#" + f[1]}, {Text: "."}})
	}
	made := composition.Made{Title: "Le diagnostic partagé, publié le " + french.Day(last.PublishedOn),
		Notes: []string{"Diagnostic partagé, édition n°" + nbsp + french.Integer(last.Seq) + ", situation au " + french.Day(last.Day) + ". Ses chiffres et leurs explications se lisent dans l’édition, tels qu’ils étaient ce jour-là."}}
	if len(items) > 0 {
		made.Title = "Ce que le diagnostic partagé a trouvé, en " + howMany(len(items), "constat", "constats")
		made.Blocks = append(made.Blocks, document.List{Items: items})
	}
	made.Blocks = append(made.Blocks, document.Text{Spans: []document.Span{{Text: "Le diagnostic entier se lit "}, {Text: "dans son édition n°" + nbsp + french.Integer(last.Seq), Href: at}, {Text: "."}}})
	return made, nil
}

func priorities(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	all, err := r.themes(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	list := slices.Clone(all)
	t := document.Table{ID: "themes-prioritaires", Caption: "Les thèmes mis en premier", Columns: []document.Column{document.Heading("Thème"), document.Heading("Pourquoi, selon les deux têtes"), document.Heading("Leviers")}}
	for _, x := range list {
		if x.Priority {
			t.Rows = append(t.Rows, []document.Cell{document.Word(x.Name), document.WordOr(x.Why, "aucune raison n’est écrite"), document.WordOr(r.leverNames(x.Levers), "sujet transversal, sans levier nommé")})
		}
	}
	if len(t.Rows) == 0 {
		return composition.Made{Missing: "Les deux têtes n’ont encore mis aucun thème en premier. Ils se liront ici, avec leur raison."}, nil
	}
	return composition.Made{Title: french.Upper(howMany(len(t.Rows), "thème passe d’abord", "thèmes passent d’abord")) + ", parmi les " + french.Integer(len(all)) + " de la région", Blocks: []document.Block{t},
		Notes: []string{"Choix validé par les deux têtes de la COP. Les thèmes de la région, et ce qui les note, se lisent sur sa page des thèmes."}}, nil
}
