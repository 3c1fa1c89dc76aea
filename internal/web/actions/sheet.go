package actions

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/french"
	"jalon/internal/plan"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// readers are the pages that show actions.
func (d Deps) readers() map[string]shell.Handler {
	return map[string]shell.Handler{"actions": d.list, "action": d.sheet, "action-versions": d.history, "action-document": d.document}
}

// sheet is one action: what, where, who, when, how far, with which money, and where it
// comes from.
func (d Deps) sheet(w http.ResponseWriter, r *http.Request) error {
	x, a, err := d.one(r)
	if err != nil {
		return err
	}
	actor := shell.Actor(r)
	v := sections.View{Heading: ui.Heading{Overline: "Action " + number(a.Seq) + " de " + x.cop.SenderName(), Title: a.Title, Scope: x.scope(a)}}
	v.Notices = x.notices(a)
	v.Parts = append(v.Parts, sections.Part{ID: "en-bref", Bodies: []templ.Component{ui.KeyFigures(x.figures(a))}, Markdown: a.Summary})
	v.Parts = append(v.Parts, x.brings(a))
	v.Parts = append(v.Parts, sections.Part{ID: "qui", Title: "Qui la porte", Facts: x.people(a)})
	v.Parts = append(v.Parts, x.placesPart(a), x.calendar(a), x.money(a), indicators(a))
	if p := x.met(a); len(p.List) > 0 {
		v.Parts = append(v.Parts, p)
	}
	around, err := d.around(r, x, a)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, around...)
	if next := d.next(actor, x, a); len(next.Links) > 0 {
		v.Parts = append(v.Parts, next)
	}
	v.Parts = slices.DeleteFunc(v.Parts, func(p sections.Part) bool {
		return p.Title != "" && len(p.Facts)+len(p.Tables)+len(p.List)+len(p.Links)+len(p.Bodies) == 0 && p.Empty.Title == "" && p.Lead == ""
	})
	v.Foot = ui.Source{Text: "Ce que dit son porteur, tel que l’équipe de la COP l’a relu. Dernière modification le " + french.Date(a.Changed.In(x.cop.Location())) + ".", Print: true}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, !a.State.Public(), x.trail(ui.Link{Label: "Action " + number(a.Seq)})...)
}

// scope bounds what the title says.
func (x where) scope(a action.Action) []string {
	out := []string{wording.ActionBadge(a)}
	switch {
	case a.Kind == action.CrossCutting:
		out = append(out, "action transversale")
	case a.Central() != "":
		out = append(out, "levier\u00a0: "+x.lever(a.Central()))
	}
	if a.RetainedOn != "" {
		out = append(out, "retenue par les deux têtes le "+french.Day(a.RetainedOn))
	}
	if a.Status != "" {
		out = append(out, "projet "+action.Named(action.Statuses(), a.Status))
	}
	return out
}

func (x where) notices(a action.Action) (out []ui.Alert) {
	switch {
	case a.State == action.Merged:
		out = append(out, ui.Alert{State: "info", Title: "Cette action a été réunie à une autre", Text: "Elle reste ici avec ses versions\u00a0; c’est l’autre qui compte.", Links: []ui.Link{{Label: "Lire l’action qui la remplace", Href: wording.ActionPath(a.MergedInto)}}})
	case a.State == action.Withdrawn:
		out = append(out, ui.Alert{State: "warning", Title: "Cette action est retirée"})
	case a.State == action.Pool:
		out = append(out, ui.Alert{State: "info", Title: "Cette action est au vivier\u00a0: " + action.Named(action.PoolStates(), a.PoolState), Text: "Elle ne remplit pas encore la grille de l’action COP. Elle n’est pas perdue, et peut être proposée de nouveau."})
	case !a.State.Public():
		out = append(out, ui.Alert{State: "info", Title: "Cette action n’est pas publique", Text: "Elle l’est à partir du débat. Seuls la lisent qui la porte et l’équipe de la COP."})
	}
	if a.Status == "abandoned" {
		out = append(out, ui.Alert{State: "warning", Title: "Ce projet est abandonné", Text: join(a.StatusReason, dayOf(a.StatusOn))})
	}
	return out
}

// figures are the three numbers that a reader looks for first.
func (x where) figures(a action.Action) []ui.KeyFigure {
	gain := ui.KeyFigure{Label: "Ce qu’elle apporte"}
	var sum int64
	known, impact := false, action.Impact{}
	for _, p := range a.Impacts {
		if p.Kg != nil {
			if !known {
				impact = p
			}
			sum, known = sum+int64(*p.Kg), true
		}
	}
	switch {
	case known:
		value, unit := french.Mass(sum)
		gain.Value = ui.Value{Text: value, Unit: unit + " en moins par an en 2030", Provenance: "declared", ProvenanceLabel: "déclaré", Explain: wording.FigurePath(coverage.ActionKey(a.ID, impact.Lever)), Name: "ce qu’apporte l’action"}
		if impact.Quantity != nil {
			gain.Meaning = quantity(impact) + gross(impact)
		}
	case a.Kind == action.CrossCutting:
		gain.Value = ui.Value{Missing: "Une action transversale sert plusieurs leviers et n’a pas de tonnes de CO₂ à elle."}
	case len(a.Impacts) > 0:
		gain.Value = ui.Value{Missing: "Ce qu’elle apporte n’est pas chiffré\u00a0: " + a.Impacts[0].Class.Name() + "."}
	default:
		gain.Value = ui.Value{Missing: "Son porteur n’a pas encore dit ce qu’elle apporte."}
	}
	cost := ui.KeyFigure{Label: "Ce qu’elle coûte", Value: ui.Value{Missing: "Aucun budget d’investissement n’est publié."}}
	if a.Budget.Invest != nil {
		cost.Value = ui.Value{Text: amount(*a.Budget.Invest), Unit: "€ d’investissement"}
		if gap, _ := a.Gap(); gap != nil && *gap > 0 {
			cost.Meaning = "Il reste " + action.Euros(*gap) + " à trouver."
		} else if gap != nil {
			cost.Meaning = "Le financement est réuni."
		}
	}
	far := ui.KeyFigure{Label: "Où elle en est", Value: ui.Value{Missing: "Son porteur n’a pas dit où elle en est."}}
	if a.Phase != "" || a.Status != "" {
		far.Value = ui.Value{Text: cmp.Or(action.Named(action.Statuses(), a.Status), action.Named(action.Phases(), a.Phase))}
		if a.Status != "" && a.Phase != "" {
			far.Meaning = "Phase\u00a0: " + action.Named(action.Phases(), a.Phase) + ". " + a.StatusReason
		}
		far.Trend = span(a)
	}
	return []ui.KeyFigure{gain, cost, far}
}

func amount(cents int64) string { return strings.TrimSuffix(action.Euros(cents), nb+"€") }

// span is the calendar of an action in words.
func span(a action.Action) string {
	switch {
	case a.Starts != "" && a.Ends != "":
		return "de " + when(a.Starts) + " à " + when(a.Ends)
	case a.Starts != "":
		return "à partir de " + when(a.Starts)
	case a.Ends != "":
		return "jusqu’à " + when(a.Ends)
	}
	return ""
}

// when writes a date that may be a year, a month or a day.
func when(day string) string {
	switch len(day) {
	case len("2006-01"):
		return french.Month(day)
	case len("2006-01-02"):
		return french.Day(day)
	}
	return day
}

func dayOf(day string) string {
	if day == "" {
		return ""
	}
	return "le " + when(day)
}

func join(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return strings.TrimSpace(s) == "" }), ", ")
}

func decimal(v float64) string { return plan.Exact(v) }

// quantity writes what is done, with its range.
func quantity(p action.Impact) string {
	if p.Quantity == nil {
		return ""
	}
	text := decimal(*p.Quantity) + nb + p.Unit
	if p.Low != nil && p.High != nil {
		text += ", entre " + decimal(*p.Low) + " et " + decimal(*p.High)
	}
	return text
}

func gross(p action.Impact) string {
	if p.Gross {
		return " (brut\u00a0: ce qui disparaît pendant ce temps n’est pas retranché)"
	}
	return ""
}

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
				row.Cells[2] = ui.Cell{Text: p.Kg.Text(), Explain: wording.FigurePath(coverage.ActionKey(a.ID, l)), Name: x.lever(l)}
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
	if c := a.Central(); c != "" && a.State == action.Retained {
		p.Links = []ui.Link{{Label: "Combien il reste à trouver pour ce levier dans la région", Href: x.home() + "/couverture/" + c}}
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
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: k.Title}, {Text: k.Who}, {Text: when(k.Due)}, {Text: when(k.Done)}}})
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
	gap, hoped := a.Gap()
	add("Reste à trouver en investissement", gap, "")
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

func (x where) met(a action.Action) sections.Part {
	p := sections.Part{ID: "freins", Title: "Ce qui la freine"}
	for _, m := range a.Met {
		if m.Text != "" {
			p.List = append(p.List, m.Text)
		}
	}
	return p
}
