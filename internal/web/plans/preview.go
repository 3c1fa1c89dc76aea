package plans

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/plan"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const previewSize = 100

// runView is a file that was read: its rows, their verdicts, and the act.
type runView struct {
	Heading  ui.Heading
	Tabs     []ui.Link
	Base     string
	ID, Rev  string
	Notice   ui.Alert
	Table    ui.Table
	Pager    ui.Pager
	Filters  []ui.Link
	Save     string
	Download string
}

func (d Deps) preview(w http.ResponseWriter, r *http.Request) error {
	return d.showRun(w, r, http.StatusOK, r.PathValue("run"), nil)
}

func (d Deps) showRun(w http.ResponseWriter, r *http.Request, status int, id string, wrong error) error {
	ctx := r.Context()
	region, err := d.region(r)
	if err != nil {
		return err
	}
	run, err := plan.FindRun(ctx, d.Q, shell.Actor(r), region.Code, id)
	if err != nil {
		return err
	}
	var only intake.Verdict
	if r.URL.Query().Get("voir") == "refusees" {
		only = intake.Error
	}
	list := "plans/" + run.ID + "/" + string(only)
	key, err := d.Cursors.Open(list, r.URL.Query().Get("apres"), 1)
	if err != nil {
		return err
	}
	after := 0
	if key != nil {
		if after, err = strconv.Atoi(key[0]); err != nil {
			return apperr.New(apperr.Invalid, err, "Cette page de la liste n’existe pas.")
		}
	}
	lines, err := intake.Verdicts(ctx, d.Q, run.ID, only, after, previewSize+1)
	if err != nil {
		return err
	}
	here := base(region) + "/import/" + run.ID
	v := runView{Tabs: deskTabs(region), Base: base(region) + "/import", ID: run.ID, Rev: strconv.FormatInt(run.Rev, 10), Download: here + "/verdicts.csv", Notice: noticeOf(run),
		Heading: ui.Heading{Overline: "Plans", Title: "Aperçu" + nb + ": " + french.Integer(run.Rows) + nb + french.Plural(run.Rows, "ligne", "lignes"), Scope: []string{run.FileName, region.Name}},
		Filters: []ui.Link{{Label: "Toutes les lignes", Href: here, Current: only == ""}, {Label: "Lignes refusées", Href: here + "?voir=refusees", Current: only != ""}}}
	if len(lines) > previewSize {
		lines = lines[:previewSize]
		next := url.Values{"apres": {d.Cursors.Seal(list, strconv.Itoa(lines[previewSize-1].Line))}}
		if only != "" {
			next.Set("voir", "refusees")
		}
		v.Pager.Next = here + "?" + next.Encode()
	}
	v.Table = ui.Table{ID: "lignes", Caption: "Chaque ligne et son verdict", Columns: []ui.Column{{Label: "Ligne"}, {Label: "Colonne"}, {Label: "Verdict"}, {Label: "Plan"}, {Label: "Levier ou indicateur"}, {Label: "Visé"}, {Label: "Raison", Wide: true}}}
	for _, l := range lines {
		c := cellsOf(l)
		v.Table.Rows = append(v.Table.Rows, ui.Row{Current: l.Verdict == intake.Error, Cells: []ui.Cell{{Text: c[0]}, {Text: c[1]}, {Text: c[2]}, {Text: c[3], Sub: c[4]}, {Text: c[5]}, {Text: c[6]}, {Text: c[7]}}})
	}
	if run.State == intake.Staged {
		v.Save = "Enregistrer " + french.Integer(run.Rows) + nb + french.Plural(run.Rows, "objectif", "objectifs")
	}
	if wrong != nil {
		v.Notice = ui.Alert{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)}
	}
	return d.Shell.RenderStatus(w, r, status, d.importPage(r, region, v.Heading.Title, ui.Link{Label: "Importer", Href: v.Base}, ui.Link{Label: "Aperçu"}), runPage(v))
}

// noticeOf says where a file stands.
func noticeOf(run intake.Run) ui.Alert {
	switch run.State {
	case intake.Staged:
		return ui.Alert{State: "info", Title: "Rien n’est encore enregistré", Text: "Relisez les lignes, puis enregistrez. Ce qui est déjà là n’est pas doublé" + nb + "; une valeur changée devient une nouvelle version."}
	case intake.Applied:
		return ui.Alert{State: "success", Title: "Objectifs enregistrés", Text: "Enregistrés le " + french.Date(run.AppliedAt) + ". La comparaison en tient compte."}
	case intake.Refused:
		text := "Rien n’a été enregistré" + nb + ": corrigez le fichier, puis envoyez-le de nouveau."
		if run.Note != "" {
			text = run.Note + " " + text
		}
		title := "Le fichier est refusé"
		if run.Errors > 0 {
			title = french.Integer(run.Errors) + nb + french.Plural(run.Errors, "ligne est refusée", "lignes sont refusées")
		}
		return ui.Alert{State: "error", Title: title, Text: text}
	}
	return ui.Alert{State: "warning", Title: "Cet import n’est pas allé à son terme", Text: "Rien n’a été enregistré" + nb + ": recommencez depuis le fichier."}
}

// cellsOf is a row as it is listed: line, column, verdict, plan, its kind and
// territory, lever or indicator, what it aims at, the reason.
func cellsOf(l intake.Line) [8]string {
	out := [8]string{strconv.Itoa(l.Line), "", l.Verdict.Name()}
	if l.Col > 0 {
		out[1] = strconv.Itoa(l.Col)
	}
	var row plan.Row
	if json.Unmarshal(l.Data, &row) == nil && row.Plan.Name != "" {
		out[3], out[4], out[5] = row.Plan.Name, row.Plan.Kind.Name()+", "+row.Plan.Territory, row.Objective.Lever
		if out[5] == "" {
			out[5] = row.Objective.Indicator
		}
		out[6] = strings.TrimSpace(row.Objective.Written) + nb + row.Objective.Unit + " en " + strconv.Itoa(row.Objective.TargetYear)
	}
	out[7] = l.Reason
	return out
}

// verdicts is the whole preview as a file.
func (d Deps) verdicts(w http.ResponseWriter, r *http.Request) error {
	region, err := d.region(r)
	if err != nil {
		return err
	}
	run, err := plan.FindRun(r.Context(), d.Q, shell.Actor(r), region.Code, r.PathValue("run"))
	if err != nil {
		return err
	}
	set := exchange.Dataset{Name: "plans-verdicts"}
	for _, name := range []string{"fichier", "ligne", "colonne", "verdict", "plan", "territoire", "levier ou indicateur", "visé", "raison"} {
		set.Fields = append(set.Fields, exchange.Field{Name: name})
	}
	set.Rows = func(yield func([]exchange.Datum, error) bool) {
		for after := 0; ; {
			lines, err := intake.Verdicts(r.Context(), d.Q, run.ID, "", after, 1000)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, l := range lines {
				after = l.Line
				row := []exchange.Datum{exchange.Text(run.FileName)}
				for _, text := range cellsOf(l) {
					row = append(row, exchange.Text(text))
				}
				if !yield(row, nil) {
					return
				}
			}
			if len(lines) < 1000 {
				return
			}
		}
	}
	return sendCSV(w, set)
}

// apply makes a file real, all of it or nothing.
func (d Deps) apply(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
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
