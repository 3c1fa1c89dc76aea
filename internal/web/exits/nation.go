package exits

import (
	"context"
	"net/http"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/roadmap"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// nation is where the 18 COPs stand on the four points.
func (d Deps) nation(w http.ResponseWriter, r *http.Request) error {
	a := shell.Actor(r)
	if err := national.MayRead(a); err != nil {
		return err
	}
	cycle := r.URL.Query().Get("cycle")
	if cycle == "" {
		cycle = cop.First
	}
	if _, err := cop.FindCycle(r.Context(), d.Q, cycle); err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	var all []roadmap.Exit
	err = db.Snapshot(r.Context(), d.Q, func(ctx context.Context, q db.Q) (err error) {
		all, err = d.Room.InCycle(ctx, q, m, cycle)
		return err
	})
	if err != nil {
		return err
	}
	t := ui.Table{ID: "regions", Caption: "Les quatre points de sortie, région par région", Columns: []ui.Column{{Label: "Région", Wide: true}, {Label: "1. Objectifs"}, {Label: "2. État des lieux"}, {Label: "3. Plan d’action"}, {Label: "4. Suite"}, {Label: "Atteints", Number: true}, {Label: "COP"}}}
	met, whole, ended := 0, 0, 0
	each := map[string]int{}
	for _, e := range all {
		x := place{Region: e.Region, cop: e.COP}
		row := ui.Row{Cells: []ui.Cell{{Text: e.Region.Name, Href: x.public()}}}
		for _, p := range e.Points() {
			if p.Met {
				each[p.Code]++
			}
			row.Cells = append(row.Cells, ui.Cell{Text: state(p.Met), Sub: p.Finding, Href: x.public() + "#" + p.Code})
		}
		status := "en cours"
		if e.Close.State == roadmap.Closed {
			status, ended = "close le "+french.Day(e.Close.EndedOn), ended+1
		}
		met, whole = met+e.Met(), whole+len(roadmap.Codes())
		row.Cells = append(row.Cells, ui.Cell{Text: french.Integer(e.Met()), Explain: wording.FigurePath(roadmap.Key(cycle, e.Region.Code, roadmap.PointsFigure)), Name: e.Region.Name}, ui.Cell{Text: status})
		t.Rows = append(t.Rows, row)
	}
	v := sections.View{Heading: ui.Heading{Overline: "Tableau national, points de sortie des COP", Title: french.Integer(met) + nb + french.Plural(met, "point de sortie est atteint", "points de sortie sont atteints") + " sur " + french.Integer(whole) + ", " + french.Integer(ended) + nb + french.Plural(ended, "COP est close", "COP sont closes"),
		Scope: []string{"cycle " + cycle, "règles écrites, les mêmes pour chaque région"}, Explain: wording.FigurePath(roadmap.Key(cycle, roadmap.Nation, roadmap.PointsFigure))}}
	rules := sections.Part{ID: "regles", Title: "Ce que demande chaque point"}
	for i, code := range roadmap.Codes() {
		rules.Facts = append(rules.Facts, [2]string{french.Integer(i+1) + ". " + roadmap.Title(code) + nb + ": " + french.Integer(each[code]) + nb + french.Plural(each[code], "région", "régions"), roadmap.Rule(code)})
	}
	v.Parts = []sections.Part{{ID: "les-regions", Title: "Région par région", Tables: []ui.Table{t}}, rules}
	return d.show(w, r, http.StatusOK, v, true, ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Tableau national", Href: "/national"}, ui.Link{Label: here})
}
