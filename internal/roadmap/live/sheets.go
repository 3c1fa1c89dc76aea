package live

import (
	"context"
	"strings"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
)

// SheetPrefix begins the id of the table that is the sheet of an action in a document;
// the id of the action follows.
const SheetPrefix = "fiche-"

// longestSummary bounds what a sheet takes of the summary of an action.
const longestSummary = 900

// sheets are the actions one by one, by theme.
func sheets(ctx context.Context, r *reading, _ map[string]string) (composition.Made, error) {
	all, err := r.actions(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	if len(all) == 0 {
		return noAction(), nil
	}
	list, err := r.families(ctx, false)
	if err != nil {
		return composition.Made{}, err
	}
	at, err := r.wheres(ctx)
	if err != nil {
		return composition.Made{}, err
	}
	made := composition.Made{Title: howMany(len(all), "fiche d’action", "fiches d’action"),
		Notes: []string{"Fiches du registre des actions au " + french.Day(r.Day) + ", telles que chacun peut les lire\u00a0: une action peut garder pour elle son budget, son financement ou ses freins. Ni adresse ni nom de personne n’y figure.",
			"Une fiche dit ce que son porteur veut faire. Ce que les deux têtes valident est l’ensemble."}}
	for _, f := range list {
		if len(f.list) == 0 {
			continue
		}
		made.Blocks = append(made.Blocks, document.Text{Spans: []document.Span{{Text: f.name, Bold: true}}})
		for _, x := range f.list {
			made.Blocks = append(made.Blocks, r.sheet(x, at))
		}
	}
	return made, nil
}

// sheet is one action.
func (r *reading) sheet(x retained, at map[string]where) document.Table {
	t := document.Table{ID: SheetPrefix + x.ID, Caption: "Action " + number(x.Action) + nbsp + ": " + x.Title, Columns: []document.Column{document.Heading("Ce que l’on en sait"), document.Heading("Au " + french.Day(r.Day))}, Detail: true}
	add := func(label string, c document.Cell) {
		t.Rows = append(t.Rows, []document.Cell{document.Word(label), c})
	}
	said := func(label, text string) {
		if text != "" {
			add(label, document.Word(text))
		}
	}
	said("En bref", french.Short(x.Summary, longestSummary))
	add("Porteur", document.WordOr(x.Holder.Name, "aucun porteur n’est nommé"))
	said("Co-porteurs", names(x.CoHolders))
	said("Partenaires", names(x.Partners))
	add("Leviers", document.WordOr(r.leverNames(x.Levers), "aucun levier n’est dit"))
	var places []string
	for _, p := range x.Places {
		places = append(places, at[p.Territory].name)
	}
	add("Où", document.WordOr(strings.Join(places, ", "), "aucun territoire n’est dit"))
	r.impacts(x, add)
	add("Quand", dates(x.Action))
	r.money(x.Action, add)
	add("Où elle en est", r.standing(x.Action))
	var measured []string
	for _, i := range x.Indicators {
		text := i.Name
		if i.Target != nil {
			text += " (cible" + nbsp + ": " + french.Significant(*i.Target, 4) + nbsp + i.Unit + ")"
		}
		measured = append(measured, text)
	}
	add("Mesurée par", document.WordOr(strings.Join(measured, nbsp+"; "), "aucun indicateur n’est choisi"))
	var met []string
	for _, m := range x.Met {
		if m.Text != "" {
			met = append(met, m.Text)
		}
	}
	said("Freins rencontrés", strings.Join(met, nbsp+"; "))
	if x.RetainedOn != "" {
		said("Retenue", "par les deux têtes de la COP le "+french.Day(x.RetainedOn))
	}
	add("Aujourd’hui", document.Linked("sa fiche à jour, dans le registre", "/actions/"+x.ID))
	return t
}

func names(all []action.Party) string {
	var out []string
	for _, p := range all {
		if p.Role != "" {
			out = append(out, p.Name+" ("+p.Role+")")
		} else {
			out = append(out, p.Name)
		}
	}
	return strings.Join(out, ", ")
}

// impacts are what an action brings to each of its levers, one line each.
func (r *reading) impacts(x retained, add func(string, document.Cell)) {
	if x.Kind == action.CrossCutting {
		add("Apport", document.Absent("une action transversale sert des leviers sans tonnes à elle"))
		return
	}
	if len(x.Impacts) == 0 {
		add("Apport", document.Absent("ce qu’elle apporte n’est pas encore évalué"))
	}
	for _, p := range x.Impacts {
		label := "Apport\u00a0: " + french.Lower(r.leverNames([]string{p.Lever}))
		if p.Kg == nil {
			add(label, document.Absent("ce qu’elle apporte est "+p.Class.Name()+", sans tonnes comptées"))
			continue
		}
		text := french.Kt(int64(*p.Kg), 1) + nbsp + kilotonnes + " en 2030"
		if p.KgLow != nil && p.KgHigh != nil && *p.KgLow != *p.KgHigh {
			text += " (" + between(*p.KgLow, *p.KgHigh) + ")"
		}
		if p.Quantity != nil {
			text += ", pour " + french.Significant(*p.Quantity, 4) + nbsp + p.Unit
		}
		if p.Gross {
			text += " en brut"
		}
		if *p.Kg < 0 {
			text += "\u00a0; cette action augmente les émissions"
		}
		if x.part {
			text += "\u00a0; une part est déclarée aussi par une autre action, et compte une fois"
		}
		add(label, document.Keyed(text+", "+p.Class.Name(), coverage.ActionKey(x.ID, p.Lever)))
	}
}

func (r *reading) money(x action.Action, add func(string, document.Cell)) {
	const kept = "l’action ne le publie pas"
	var cost []string
	if x.Budget.Invest != nil {
		cost = append(cost, action.Euros(*x.Budget.Invest)+" d’investissement")
	}
	if x.Budget.Operation != nil {
		cost = append(cost, action.Euros(*x.Budget.Operation)+" de fonctionnement par an")
	}
	if x.Budget.FTE != nil {
		cost = append(cost, french.Significant(float64(*x.Budget.FTE)/100, 3)+nbsp+french.Plural(*x.Budget.FTE/100, "équivalent temps plein", "équivalents temps plein"))
	}
	switch {
	case hides(x, "budget"):
		add("Budget", document.Absent(kept))
	default:
		add("Budget", document.WordOr(strings.Join(cost, ", "), "aucun budget n’est dit"))
	}
	if hides(x, "funding") {
		add("Financement", document.Absent(kept))
		return
	}
	var funds []string
	for _, f := range x.Funding {
		text := f.Funder + " (" + action.Named(action.FundingStates(), f.State) + ")"
		if f.Amount != nil {
			text += nbsp + ": " + action.Euros(*f.Amount)
		}
		funds = append(funds, text)
	}
	add("Financement", document.WordOr(strings.Join(funds, nbsp+"; "), "aucun financeur n’est nommé"))
	if gap, _ := x.Gap(); gap != nil && *gap > 0 && !hides(x, "budget") {
		add("Reste à financer", document.Word(action.Euros(*gap)+" d’investissement"))
	}
}

func (r *reading) standing(x action.Action) document.Cell {
	var out []string
	if x.Phase != "" {
		out = append(out, "phase "+french.Quoted(action.Named(action.Phases(), x.Phase)))
	}
	if x.Status != "" {
		text := action.Named(action.Statuses(), x.Status)
		if x.StatusReason != "" {
			text += " (" + strings.TrimSuffix(x.StatusReason, ".") + ")"
		}
		out = append(out, text)
	}
	return document.WordOr(strings.Join(out, ", "), "son statut n’est pas dit")
}
