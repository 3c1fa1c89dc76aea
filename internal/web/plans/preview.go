package plans

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/plan"
	"jalon/internal/territory"
	"jalon/internal/web/preview"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

func (d Deps) preview(w http.ResponseWriter, r *http.Request) error {
	return d.showRun(w, r, http.StatusOK, r.PathValue("run"), nil)
}

// run is a file of a region as the shared page shows it.
func (d Deps) run(r *http.Request, region territory.Region, id string, wrong error) (preview.Run, error) {
	run, err := plan.FindRun(r.Context(), d.Q, shell.Actor(r), region.Code, id)
	imports := base(region) + "/import"
	return preview.Run{Run: run, Here: imports + "/" + run.ID, Overline: "Plans", Scope: []string{region.Name}, Tabs: deskTabs(region), TabsName: "Région",
		Columns: []ui.Column{{Label: "Plan"}, {Label: "Levier ou indicateur"}, {Label: "Visé"}}, Fields: []string{"plan", "territoire", "levier ou indicateur", "visé"}, Texts: textsOf,
		Cells: func(data json.RawMessage) []ui.Cell {
			t := textsOf(data)
			return []ui.Cell{{Text: t[0], Sub: t[1]}, {Text: t[2]}, {Text: t[3]}}
		},
		Nothing: "Rien n’a été enregistré", Wrong: wrong,
		Staged:  ui.Alert{State: "info", Title: "Rien n’est encore enregistré", Text: "Relisez les lignes, puis enregistrez. Ce qui est déjà là n’est pas doublé" + nb + "; une valeur changée devient une nouvelle version."},
		Applied: ui.Alert{State: "success", Title: "Objectifs enregistrés", Text: "Enregistrés le " + french.Date(run.AppliedAt) + ". La comparaison en tient compte."},
		Act:     imports + "/enregistrer", Form: "enregistrer", Button: "Enregistrer " + french.Integer(run.Rows) + nb + french.Plural(run.Rows, "objectif", "objectifs"),
		Links: []ui.Link{{Label: "Importer un autre fichier", Href: imports}}}, err
}

func (d Deps) showRun(w http.ResponseWriter, r *http.Request, status int, id string, wrong error) error {
	region, err := d.region(r)
	if err != nil {
		return err
	}
	run, err := d.run(r, region, id, wrong)
	if err != nil {
		return err
	}
	v, err := run.Read(r.Context(), d.Q, d.Cursors, r)
	if err != nil {
		return err
	}
	return d.Shell.RenderStatus(w, r, status, d.importPage(r, region, v.Heading.Title, ui.Link{Label: "Importer", Href: base(region) + "/import"}, ui.Link{Label: "Aperçu"}), preview.Page(v))
}

// textsOf is a row as it is listed: the plan, its kind and territory, the lever or
// the indicator, what it aims at.
func textsOf(data json.RawMessage) []string {
	out := make([]string, 4)
	var row plan.Row
	if json.Unmarshal(data, &row) == nil && row.Plan.Name != "" {
		out[0], out[1], out[2] = row.Plan.Name, row.Plan.Kind.Name()+", "+row.Plan.Territory, row.Objective.Lever
		if out[2] == "" {
			out[2] = row.Objective.Indicator
		}
		out[3] = strings.TrimSpace(row.Objective.Written) + nb + row.Objective.Unit + " en " + strconv.Itoa(row.Objective.TargetYear)
	}
	return out
}

// verdicts is the whole preview as a file.
func (d Deps) verdicts(w http.ResponseWriter, r *http.Request) error {
	region, err := d.region(r)
	if err != nil {
		return err
	}
	run, err := d.run(r, region, r.PathValue("run"), nil)
	if err != nil {
		return err
	}
	return run.CSV(r.Context(), d.Q, w, "plans-verdicts")
}

// apply makes a file real, all of it or nothing.
func (d Deps) apply(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	region, err := d.region(r)
	if err != nil {
		return err
	}
	id := get(r, "run")
	rev, err := strconv.ParseInt(get(r, "rev"), 10, 64)
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	_, err = d.Room.ApplyRun(r.Context(), shell.Actor(r), region.Code, id, rev)
	if refused(err) {
		return d.showRun(w, r, apperr.Status(err), id, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, base(region)+"/import/"+id)
}
