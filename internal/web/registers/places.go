package registers

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/chart"
	"jalon/internal/french"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// places is the register by département: those that happen in one only, and apart those
// that nobody may divide.
func (d Deps) places(w http.ResponseWriter, r *http.Request) error {
	x, err := d.at(r)
	if err != nil {
		return err
	}
	f, err := x.filter()
	if err != nil {
		return err
	}
	f.Places = nil
	tally, err := d.Room.TallyBy(r.Context(), d.Q, shell.Actor(r), f, "department")
	if err != nil {
		return err
	}
	of := map[string]action.Tally{}
	for _, t := range tally {
		of[t.Code] = t
	}
	m := ui.Map{ID: "carte", Title: "Actions par département", Description: "Communes et intercommunalités comprises. Celles de plusieurs départements ou de toute la région n’y sont pas.", Departments: true, ListTitle: "Les départements", TableHref: "#departements"}
	t := ui.Table{ID: "departements", Caption: "Actions par département", Columns: []ui.Column{{Label: "Département"}, {Label: "Actions", Number: true}, {Label: "CO₂e en moins, par an en 2030", Number: true}, {Label: "Investissement", Number: true}}}
	departments := x.departments()
	var values []float64
	for _, dep := range departments {
		values = append(values, float64(of[dep[0]].Count))
	}
	bounds := chart.Classes(values, 5)
	m.Legend = wording.Steps(bounds)
	rest := sum(tally)
	for _, dep := range departments {
		n, q := of[dep[0]], url.Values{}
		for k, v := range x.ask {
			if k != "suite" && k != "fait" {
				q[k] = v
			}
		}
		q.Set("departement", dep[0])
		href := x.desk() + "?" + q.Encode()
		m.Places = append(m.Places, ui.Place{Code: dep[0], Name: dep[1], Href: href, Text: french.Integer(n.Count), Class: chart.ClassOf(bounds, float64(n.Count))})
		t.Rows = append(t.Rows, ui.Row{Cells: tallied(ui.Cell{Text: dep[1], Href: href}, n)})
		rest.Count, rest.Kg, rest.Counted, rest.Invest, rest.Budgeted = rest.Count-n.Count, rest.Kg-n.Kg, rest.Counted-n.Counted, rest.Invest-n.Invest, rest.Budgeted-n.Budgeted
	}
	if rest.Count > 0 {
		t.Rows = append(t.Rows, ui.Row{Cells: tallied(ui.Cell{Text: "Toute la région, plusieurs départements, ou aucun lieu dit"}, rest)})
	}
	t.Foot = []ui.Row{{Cells: tallied(ui.Cell{Text: "Tout ce que le filtre choisit"}, sum(tally))}}
	v := sections.View{Heading: ui.Heading{Overline: x.cop.Name + ", registre des actions", Title: title(nil), Scope: []string{"par département"}}, Tabs: x.tabs(wording.RegisterMap)}
	if n := sum(tally).Count; n > 0 {
		v.Heading.Title = french.Integer(n) + nb + french.Plural(n, "action", "actions") + ", département par département"
	}
	v.Parts = []sections.Part{{ID: "filtrer", Fold: "Filtrer", Open: x.query() != "", Forms: []sections.Form{x.filterForm(x.desk() + "/carte")}},
		{ID: "ou", Title: "Où les actions se passent", Lead: "Une action compte ici dans un département quand elle s’y passe tout entière. La liste à laquelle un département mène montre aussi celles qui s’y passent en partie.", Bodies: []templ.Component{ui.TerritoryMap(m)}},
		{ID: "chiffres", Title: "Les mêmes chiffres, en tableau", Tables: []ui.Table{t}}}
	return d.show(w, r, http.StatusOK, x, v, "Carte des actions")
}

// tallied is a line of sums: what nobody said is missing, and never zero.
func tallied(name ui.Cell, n action.Tally) []ui.Cell {
	cells := []ui.Cell{name, {Text: french.Integer(n.Count)}, {Missing: "Aucune n’est chiffrée."}, {Missing: "Aucune ne dit son budget."}}
	if n.Counted > 0 {
		cells[2] = ui.Cell{Text: n.Kg.Text(), Sub: french.Integer(n.Counted) + nb + french.Plural(n.Counted, "chiffrée", "chiffrées")}
	}
	if n.Budgeted > 0 {
		cells[3] = ui.Cell{Text: action.Euros(n.Invest), Sub: french.Integer(n.Budgeted) + nb + "avec un budget"}
	}
	return cells
}
