package coverages

import (
	"strconv"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// standing says where an action is counted.
func (x leverReading) standing(b action.Brought) string {
	done := x.row.Done
	switch first := action.YearOf(b.Action.Starts); {
	case b.Action.Status == "abandoned":
		return "abandonnée, non comptée"
	case b.Impact.Class != action.Quantified:
		return b.Impact.Class.Name()
	case done.Kg.Known && b.Impact.Outside == "" && first == 0:
		return "sans date, non ajoutée"
	case done.Kg.Known && b.Impact.Outside == "" && first <= done.Year:
		return "supposée déjà dans l’observé"
	case b.Counted == 0:
		return "même objet qu’une autre, non comptée"
	case b.Counted < 10_000:
		return "comptée pour " + percent(float64(b.Counted)/10_000)
	}
	return "comptée"
}

func (x leverReading) before(b action.Brought) bool {
	return x.standing(b) == "supposée déjà dans l’observé" || x.standing(b) == "sans date, non ajoutée"
}

func (x leverReading) tableOf(id, caption string, keep func(action.Brought) bool) ui.Table {
	t := ui.Table{ID: id, Caption: caption, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Quantité", Number: true}, {Label: "Apport", Unit: kilotonnes, Number: true}, {Label: "Où elle compte"}, {Label: "Dates et état"}}}
	decimals := x.decimals()
	for _, b := range x.brought {
		if !keep(b) {
			continue
		}
		quantity := ui.Cell{Missing: "Aucune quantité n’est donnée."}
		if b.Impact.Quantity != nil {
			quantity = ui.Cell{Text: french.Significant(*b.Impact.Quantity, 5) + nb + b.Impact.Unit}
			if b.Impact.Gross {
				quantity.Sub = "brut"
			}
		}
		kg := ui.Cell{Missing: "Apport " + b.Impact.Class.Name() + nb + ": compté comme action, jamais comme zéro kt."}
		if b.Impact.Kg != nil {
			kg = mass(*b.Impact.Kg, decimals, coverage.ActionKey(b.Action.ID, x.row.Line.Lever.Code), b.Action.Title)
			low, high := *b.Impact.Kg, *b.Impact.Kg
			if b.Impact.KgLow != nil {
				low = *b.Impact.KgLow
			}
			if b.Impact.KgHigh != nil {
				high = *b.Impact.KgHigh
			}
			kg.Sub = between(coverage.Range{Low: low, Central: *b.Impact.Kg, High: high}, decimals)
		}
		when := ui.Cell{Text: dates(b.Action)}
		if b.Action.Status != "" {
			when.Sub = action.Named(action.Statuses(), b.Action.Status)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: b.Action.Title, Href: "/actions/" + b.Action.ID, Sub: b.Action.Holder.Name}, quantity, kg, {Text: x.standing(b)}, when}})
	}
	return t
}

// decimals are those of the masses of the page: as many for each, by the largest.
func (x leverReading) decimals() int {
	most := x.row.Objective.Kg
	for _, b := range x.brought {
		if b.Impact.Kg != nil {
			most = max(most, *b.Impact.Kg, -*b.Impact.Kg)
		}
	}
	return wording.TableDecimals(most)
}

func dates(x action.Action) string {
	first, last := action.YearOf(x.Starts), action.YearOf(x.Ends)
	switch {
	case first == 0:
		return "sans date de début"
	case last == 0 || last == first:
		return "depuis " + strconv.Itoa(first)
	}
	return strconv.Itoa(first) + "–" + strconv.Itoa(last)
}

func (x leverReading) actions() section {
	s := section{ID: "actions", Title: "Les actions retenues sur ce levier"}
	s.Table = x.tableOf("actions-table", "Chaque action et ce qu’elle apporte, ce qui apporte le plus d’abord", func(b action.Brought) bool { return !x.before(b) })
	if len(s.Table.Rows) == 0 {
		s.Lead = []string{"Aucune action retenue n’est encore comptée pour ce levier."}
	}
	if len(x.brought) == action.MostBrought {
		s.Lead = append(s.Lead, "Seules les "+french.Integer(action.MostBrought)+" qui apportent le plus sont listées\u00a0; les sommes plus haut les comptent toutes.")
	}
	return s
}

// begun lists the actions that the series is supposed to hold.
func (x leverReading) begun() section {
	s := section{ID: "avant", Title: "Celles qui ne sont pas ajoutées"}
	if !x.row.Done.Kg.Known {
		s.Lead = []string{"Aucune série n’observe ce levier" + nb + ": toutes les actions retenues et chiffrées comptent."}
		return s
	}
	s.Table = x.tableOf("avant-table", "Commencées avant la fin de "+strconv.Itoa(x.row.Done.Year)+" ou sans date, supposées déjà dans l’observé", x.before)
	if len(s.Table.Rows) == 0 {
		s.Lead = []string{"Aucune action retenue n’a commencé avant la fin de " + strconv.Itoa(x.row.Done.Year) + ", dernière année observée."}
	}
	return s
}

// rampUp is what counted actions bring each year until 2030.
func (x leverReading) rampUp() section {
	s := section{ID: "montee", Title: "D’ici 2030, année par année"}
	t := ui.Table{ID: "montee-table", Caption: "Ce que les actions comptées apportent à la fin de chaque année", Columns: []ui.Column{{Label: "Année"}, {Label: "Attendu des actions", Unit: kilotonnes, Number: true}, {Label: "Part de 2030", Number: true}}}
	chart := &ui.Stacks{ID: "montee-dessin", Title: "La montée en charge des actions comptées", Description: "Selon la montée en charge que chaque action donne, sinon en ligne droite de son début à sa fin.", TableHref: "#montee-table"}
	years := map[int]panorama.Kg{}
	var whole panorama.Kg
	unknown := 0
	for _, b := range x.brought {
		if b.Impact.Kg == nil || x.before(b) || b.Action.Status == "abandoned" {
			continue
		}
		kg := action.Share(*b.Impact.Kg, b.Counted)
		if _, known := b.Impact.At(action.Horizon, b.Action.Starts, b.Action.Ends); !known {
			unknown++
			continue
		}
		whole += kg
		for y := x.row.firstYear(); y <= action.Horizon; y++ {
			part, _ := b.Impact.At(y, b.Action.Starts, b.Action.Ends)
			years[y] += action.Share(kg, part)
		}
	}
	if unknown > 0 {
		s.Lead = append(s.Lead, french.Integer(unknown)+nb+french.Plural(unknown, "action sans date de début n’y est pas", "actions sans date de début n’y sont pas")+"\u00a0: leur montée en charge n’est pas connue.")
	}
	if len(years) == 0 || whole == 0 {
		s.Lead = append(s.Lead, "Aucune action comptée n’a de date\u00a0: il n’y a pas de montée en charge à montrer.")
		return s
	}
	for y := x.row.firstYear(); y <= action.Horizon; y++ {
		kg := years[y]
		look := ui.Light
		if kg < 0 {
			look = ui.Back
		}
		text := french.Number(kg.Kt(), x.decimals())
		chart.Rows = append(chart.Rows, ui.Stack{Name: strconv.Itoa(y), Text: text, Pieces: []ui.Piece{{From: 0, To: kg.Kt(), Look: look}}})
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.Itoa(y)}, {Text: text}, {Text: percent(float64(kg) / float64(whole))}}})
	}
	if o := x.row.Objective; o.Known {
		chart.Marks = []ui.SpreadMark{{Text: "l’objectif de 2030, " + french.Significant(o.Kg.Kt(), 4) + nb + kilotonnes, At: o.Kg.Kt()}}
	}
	s.Chart, s.Table = chart, t
	return s
}

// firstYear is the first that the ramp-up shows: after what is observed.
func (x row) firstYear() int {
	if x.Done.Kg.Known {
		return min(x.Done.Year+1, action.Horizon)
	}
	return 2024
}

// declared are the values of indicators in the lever's own unit: said by who carries
// the action, beside what is observed and never added to it.
func (x leverReading) declared() (section, bool) {
	s := section{ID: "declare", Title: "Ce que les porteurs déclarent", Lead: []string{"Ces valeurs sont déclarées dans les indicateurs des actions, avec leur source. Elles se lisent à côté de l’observé" + nb + ": elles ne s’y ajoutent pas."}}
	t := ui.Table{ID: "declare-table", Caption: "Dernière valeur déclarée de chaque action, dans une unité du levier", Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Valeur", Number: true}, {Label: "De l’objectif du levier", Number: true}, {Label: "Le"}, {Label: "Source", Wide: true}}}
	for _, y := range coverage.DeclaredOf(x.row.Cell, x.brought) {
		part := ui.Cell{Missing: "Sans objectif connu dans cette unité."}
		if y.PartKnown {
			part = ui.Cell{Text: percent(y.Part)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: y.Action.Title, Href: "/actions/" + y.Action.ID, Sub: y.Indicator}, {Text: french.Significant(y.Value.V, 6) + nb + y.Unit, Sub: "déclaré"}, part, {Text: french.Day(y.Value.Day)}, {Text: y.Value.Source}}})
	}
	s.Table = t
	return s, len(t.Rows) > 0
}
