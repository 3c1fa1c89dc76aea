package actions

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/chart"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// byDepartment is the map of the actions that happen in one département alone, and the
// same in a table.
func (x where) byDepartment(tally []action.Tally) []sections.Part {
	m := ui.Map{ID: "carte", Title: "Actions par département", Description: "Communes et intercommunalités comprises. Celles de plusieurs départements ou de toute la région n’y sont pas.", Departments: true, ListTitle: "Les départements", TableHref: "#par-departement"}
	t := ui.Table{ID: "par-departement", Caption: "Actions qui ont lieu dans un seul département", Columns: []ui.Column{{Label: "Département", Wide: true}, {Label: "Actions", Number: true}}}
	of := map[string]int64{}
	for _, n := range tally {
		of[n.Code] = n.Count
	}
	var values []float64
	for _, dep := range x.departments() {
		values = append(values, float64(of[dep[0]]))
	}
	bounds := chart.Classes(values, 5)
	m.Legend = wording.Steps(bounds)
	for _, dep := range x.departments() {
		n, href := of[dep[0]], "?departement="+dep[0]
		m.Places = append(m.Places, ui.Place{Code: dep[0], Name: dep[1], Href: href, Text: french.Integer(n), Class: chart.ClassOf(bounds, float64(n))})
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: dep[1], Href: href}, {Text: french.Integer(n)}}})
	}
	if len(t.Rows) < 2 {
		return nil
	}
	p := sections.Part{ID: "departements", Title: "Par département", Lead: "Le lien donne tout ce qui se passe dans un département, ses intercommunalités et ses communes\u00a0; le nombre ne compte que les actions qui ont lieu dans lui seul.", Tables: []ui.Table{t}}
	if slices.ContainsFunc(values, func(v float64) bool { return v > 0 }) {
		p.Bodies = []templ.Component{ui.TerritoryMap(m)}
	}
	return []sections.Part{p}
}

// mostInTime is how many actions the public calendar draws.
const mostInTime = 60

// inTime is the calendar of the actions that say when they begin.
func (d Deps) inTime(r *http.Request, f action.Filter) ([]sections.Part, error) {
	f.Order = action.ByStart
	page, err := d.Room.List(r.Context(), d.Q, policy.Actor{}, f, "", mostInTime)
	if err != nil {
		return nil, err
	}
	body, table := d.InTime(page.Rows, d.Now())
	if body == nil {
		return nil, nil
	}
	p := sections.Part{ID: "calendrier", Title: "Dans le temps", Bodies: []templ.Component{body}, Tables: []ui.Table{table}}
	if page.Next != "" {
		p.Lead = "Les " + french.Integer(len(page.Rows)) + " premières à commencer sont dessinées\u00a0: choisissez parmi les actions pour voir les autres."
	}
	return []sections.Part{p}, nil
}
