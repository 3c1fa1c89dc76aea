package actions

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/link"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// brings is what the action brings to each lever.
func (x where) brings(a action.Action) sections.Part {
	p := sections.Part{ID: "apports", Title: "Ce qu’elle apporte à chaque levier"}
	if a.Kind == action.CrossCutting {
		p.Lead = "Une action transversale sert plusieurs leviers sans tonnes de CO₂ à elle\u00a0: elle n’entre dans aucune couverture."
		for _, l := range a.Levers {
			p.Links = append(p.Links, ui.Link{Label: x.lever(l), Href: wording.LeverPath(l)})
		}
		return p
	}
	t := ui.Table{ID: "apports-tableau", Caption: "Apports par levier, par an en 2030 par rapport à 2019", CaptionHidden: true, Stack: true,
		Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Quantité"}, {Label: "CO₂e en moins", Number: true}, {Label: "Comment c’est calculé", Wide: true}}}
	for _, l := range a.Levers {
		i := slices.IndexFunc(a.Impacts, func(p action.Impact) bool { return p.Lever == l })
		row := ui.Row{Cells: []ui.Cell{{Text: x.lever(l), Href: wording.LeverPath(l)}, {Missing: "Rien n’est encore dit pour ce levier."}, {Missing: "Rien n’est encore dit pour ce levier."}, {Text: ""}}}
		if i >= 0 {
			p := a.Impacts[i]
			row.Cells[1] = ui.Cell{Missing: "Ce qu’elle apporte est " + p.Class.Name() + "."}
			if p.Quantity != nil {
				row.Cells[1] = ui.Cell{Text: quantity(p), Sub: strings.TrimSpace(gross(p))}
			}
			row.Cells[2] = ui.Cell{Missing: "Ce qu’elle apporte est " + p.Class.Name() + "\u00a0: compté à part, jamais comme zéro."}
			if p.Kg != nil {
				row.Cells[2] = ui.Cell{Text: p.Kg.Text(), Name: x.lever(l)}
				if a.PublicImpact() {
					row.Cells[2].Explain = wording.FigurePath(coverage.ActionKey(a.ID, l))
				}
				if *p.Kg < 0 {
					row.Cells[2].Sub = "cette action augmente les émissions"
				}
			}
			row.Cells[3] = ui.Cell{Text: p.How, Sub: join(p.By, dayOf(p.On), p.Source)}
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		p.Empty = ui.Empty{Title: "Aucun levier n’est encore choisi"}
		return p
	}
	p.Tables = []ui.Table{t}
	if c := a.Central(); c != "" {
		if a.State == action.Retained {
			p.Links = append(p.Links, ui.Link{Label: "Combien il reste à trouver pour ce levier dans la région", Href: cop.RegionPath(x.region.Slug, cop.First) + "/couverture/" + c})
		}
		p.Links = append(p.Links, ui.Link{Label: "Ce qui aide ce levier, étape par étape (mesures)", Href: wording.LeverPath(c) + "/mesures?region=" + x.region.Slug})
	}
	return p
}

func (x where) people(a action.Action) (out [][2]string) {
	add := func(label, text string) {
		if text != "" {
			out = append(out, [2]string{label, text})
		}
	}
	names := func(all []action.Party) string {
		var words []string
		for _, p := range all {
			if p.Role != "" {
				words = append(words, p.Name+" ("+p.Role+")")
			} else {
				words = append(words, p.Name)
			}
		}
		return strings.Join(words, ", ")
	}
	add("Porteur", a.Holder.Name)
	add("Co-porteurs", names(a.CoHolders))
	add("Partenaires", names(a.Partners))
	add("Contact", join(a.Contact, a.Email))
	add("Élu référent", a.Referent)
	if a.Step != "" {
		add("Nature de l’étape", action.Named(action.Steps(), a.Step))
	}
	return out
}

func (x where) placesPart(a action.Action) sections.Part {
	p := sections.Part{ID: "ou", Title: "Où"}
	shared := slices.ContainsFunc(a.Places, func(p action.Place) bool { return p.Share != nil })
	if !shared {
		for _, at := range a.Places {
			p.List = append(p.List, x.place(at.Territory))
		}
		return p
	}
	t := ui.Table{ID: "ou-tableau", Caption: "Part de chaque territoire", CaptionHidden: true, Columns: []ui.Column{{Label: "Territoire", Wide: true}, {Label: "Part", Unit: "%", Number: true}}}
	for _, at := range a.Places {
		cell := ui.Cell{Missing: "La part n’est pas dite."}
		if at.Share != nil {
			cell = ui.Cell{Text: decimal(float64(*at.Share) / 100)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.place(at.Territory)}, cell}})
	}
	p.Tables = []ui.Table{t}
	return p
}

func (x where) calendar(a action.Action) sections.Part {
	p := sections.Part{ID: "quand", Title: "Quand"}
	add := func(label, text string) {
		if text != "" {
			p.Facts = append(p.Facts, [2]string{label, text})
		}
	}
	add("Calendrier", span(a))
	if a.Phase != "" {
		add("Phase du projet", action.Named(action.Phases(), a.Phase))
	}
	if a.Status != "" {
		add("Statut", join(action.Named(action.Statuses(), a.Status), a.StatusReason, dayOf(a.StatusOn)))
	}
	if len(a.Tasks) > 0 {
		t := ui.Table{ID: "taches", Caption: "Ce qui reste à faire, et ce qui est fait", Stack: true, Columns: []ui.Column{{Label: "Tâche", Wide: true}, {Label: "Qui"}, {Label: "Pour"}, {Label: "Faite le"}}}
		for _, k := range a.Tasks {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: k.Title}, {Text: k.Who}, {Text: french.When(k.Due)}, {Text: french.When(k.Done)}}})
		}
		p.Tables = []ui.Table{t}
	}
	return p
}

func (x where) money(a action.Action) sections.Part {
	p := sections.Part{ID: "argent", Title: "Avec quel argent"}
	add := func(label string, cents *int64, after string) {
		if cents != nil {
			p.Facts = append(p.Facts, [2]string{label, action.Euros(*cents) + after})
		}
	}
	add("Investissement", a.Budget.Invest, "")
	add("Fonctionnement", a.Budget.Operation, " par an")
	if a.Budget.FTE != nil {
		p.Facts = append(p.Facts, [2]string{"Personnes", decimal(float64(*a.Budget.FTE)/100) + nb + "équivalent temps plein"})
	}
	if a.Budget.Note != "" {
		p.Facts = append(p.Facts, [2]string{"Remarque", a.Budget.Note})
	}
	_, hoped := a.Gap()
	switch gap := x.gapOf(a); {
	case gap != nil && len(a.Funding) == 0 && *gap > 0:
		add("Reste à trouver en investissement", gap, "\u00a0: tout le budget, aucun financement n’est encore dit")
	case gap != nil && *gap < 0:
		over := -*gap
		add("Financé au-delà du budget, en investissement", &over, "")
	case gap != nil:
		add("Reste à trouver en investissement", gap, "")
	default:
		why := "le plan de financement n’est pas publié"
		switch {
		case a.Budget.Invest == nil && x.inner:
			why = "le budget d’investissement n’est pas dit"
		case a.Budget.Invest == nil:
			why = "aucun budget d’investissement n’est publié"
		}
		p.Facts = append(p.Facts, [2]string{"Reste à trouver en investissement", "– (inconnu\u00a0: " + why + ")"})
	}
	if hoped > 0 {
		p.Facts = append(p.Facts, [2]string{"Demandé ou envisagé", action.Euros(hoped) + "\u00a0: non compté tant que ce n’est pas accordé"})
	}
	if len(a.Funding) > 0 {
		t := ui.Table{ID: "financement", Caption: "Plan de financement", Stack: true, Columns: []ui.Column{{Label: "Financeur", Wide: true}, {Label: "Montant", Number: true}, {Label: "Où il en est"}, {Label: "Remarque"}}}
		for _, f := range a.Funding {
			cell := ui.Cell{Missing: "Le montant n’est pas dit."}
			if f.Amount != nil {
				cell = ui.Cell{Text: action.Euros(*f.Amount)}
			}
			name := ui.Cell{Text: f.Funder}
			if f.Aid != "" {
				name.Href = "/aides/" + f.Aid
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{name, cell, {Text: action.Named(action.FundingStates(), f.State)}, {Text: f.Note}}})
		}
		p.Tables = []ui.Table{t}
	}
	p.Links = []ui.Link{{Label: "Les aides qui peuvent convenir, et pourquoi", Href: wording.ActionPath(a.ID) + "/aides"}}
	return p
}

func indicators(a action.Action) sections.Part {
	p := sections.Part{ID: "indicateurs", Title: "Comment on la mesure"}
	if len(a.Indicators) == 0 {
		return p
	}
	t := ui.Table{ID: "indicateurs-tableau", Caption: "Indicateurs de l’action", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Indicateur", Wide: true}, {Label: "Départ", Number: true}, {Label: "Dernière valeur", Number: true}, {Label: "Cible", Number: true}}}
	for _, i := range a.Indicators {
		of := func(v *float64, missing string) ui.Cell {
			if v == nil {
				return ui.Cell{Missing: missing}
			}
			return ui.Cell{Text: decimal(*v) + nb + i.Unit}
		}
		last := ui.Cell{Missing: "Aucune valeur n’est encore donnée."}
		if n := len(i.Values); n > 0 {
			v := i.Values[n-1]
			last = ui.Cell{Text: decimal(v.V) + nb + i.Unit, Sub: join(classOf(v.Class), dayOf(v.Day), v.Source)}
		}
		target := of(i.Target, "Pas de cible.")
		if i.Target != nil && i.Year > 0 {
			target.Sub = "en " + strconv.Itoa(i.Year)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: i.Name}, of(i.Start, "Pas de valeur de départ."), last, target}})
	}
	p.Tables = []ui.Table{t}
	return p
}

// classOf names where a value of an indicator comes from.
func classOf(code string) string {
	return action.Named([][2]string{{"declared", "déclaré"}, {"provider", "observé"}, {"estimated", "estimé"}}, code)
}

// met is what slows the action: what it says in words, then the obstacles of the register
// as far as their reader may read them.
func (d Deps) met(ctx context.Context, reader policy.Actor, a action.Action) (sections.Part, error) {
	p := sections.Part{ID: "freins", Title: "Ce qui la freine"}
	for _, m := range a.Met {
		if m.Text != "" {
			p.List = append(p.List, m.Text)
		}
		name, ok := d.Things[link.Obstacle]
		if m.Item == "" || !ok {
			continue
		}
		l, err := name(ctx, reader, m.Item)
		if err != nil {
			return p, err
		}
		if l.Href != "" {
			p.Links = append(p.Links, l)
		}
	}
	return p, nil
}
