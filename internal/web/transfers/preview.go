package transfers

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/web/preview"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

func (d Deps) preview(w http.ResponseWriter, r *http.Request) error {
	return d.showRun(w, r, http.StatusOK, r.PathValue("run"), nil)
}

// run is a file of a COP as the shared page shows it.
func (d Deps) run(r *http.Request, p place, id string, wrong error) (preview.Run, error) {
	ctx, a := r.Context(), shell.Actor(r)
	run, err := action.FindRun(ctx, d.Q, a, p.cop.ID, id)
	if err != nil {
		return preview.Run{}, err
	}
	out := preview.Run{Run: run, Here: p.imports() + "/" + run.ID, Overline: "Actions", Scope: []string{p.region.Name}, Tabs: p.tabs(a, "in").Tabs, TabsName: "Région",
		Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Ce qui en sera fait"}, {Label: "Leviers"}, {Label: "Porteur"}}, Fields: []string{"titre", "effet", "leviers", "porteur"}, Texts: p.texts,
		Cells: func(data json.RawMessage) []ui.Cell {
			t := p.texts(data)
			return []ui.Cell{{Text: t[0]}, {Text: t[1]}, {Text: t[2]}, {Text: t[3]}}
		},
		Nothing: "Rien n’a été enregistré", Wrong: wrong,
		Staged:  ui.Alert{State: "info", Title: "Rien n’est encore enregistré", Text: "Relisez les lignes, puis enregistrez" + nb + ": toutes ou aucune. Une action déjà là n’est pas doublée" + nb + "; la colonne «" + nb + "Ce qui en sera fait" + nb + "» le dit ligne par ligne."},
		Applied: ui.Alert{State: "success", Title: "Actions enregistrées", Text: "Enregistrées le " + french.Date(run.AppliedAt) + "."},
		Act:     p.imports() + "/enregistrer", Form: "enregistrer", Button: "Enregistrer " + french.Integer(run.Rows) + nb + french.Plural(run.Rows, "ligne", "lignes"),
		Links: []ui.Link{{Label: "Importer un autre fichier", Href: p.imports()}}}
	if u, err := action.FindUpload(ctx, d.Q, a, p.cop.ID, run.ID); err == nil && run.State != intake.Applied {
		out.Links = append(out.Links, ui.Link{Label: "Changer le sens des colonnes", Href: p.imports() + "/" + u.ID + "/colonnes"})
	}
	if run.Errors > 0 {
		out.Links = append(out.Links, ui.Link{Label: "Télécharger les lignes refusées, à corriger (XLSX)", Href: out.Here + "/refusees.xlsx"})
	}
	return out, nil
}

func (d Deps) showRun(w http.ResponseWriter, r *http.Request, status int, id string, wrong error) error {
	p, err := d.desk(r)
	if err != nil {
		return err
	}
	run, err := d.run(r, p, id, wrong)
	if err != nil {
		return err
	}
	v, err := run.Read(r.Context(), d.Q, d.Room.Cursors, r)
	if err != nil {
		return err
	}
	return d.Shell.RenderStatus(w, r, status, d.page(r, p, v.Heading.Title, ui.Link{Label: "Importer des actions", Href: p.imports()}, ui.Link{Label: "Aperçu"}), preview.Page(v))
}

// does says what a row will do.
var does = map[string]string{action.DoAdd: "action nouvelle", action.DoUpdate: "mise à jour", action.DoLeave: "laissée", action.DoTask: "tâche de l’action au-dessus"}

// texts are a row as it is listed; a refused one is listed by its own cells.
func (p place) texts(data json.RawMessage) []string {
	out := make([]string, 4)
	var x action.Incomer
	if json.Unmarshal(data, &x) == nil && x.Do != "" {
		levers := make([]string, len(x.Action.Levers))
		for i, code := range x.Action.Levers {
			levers[i] = leverName(p.model.Framework(), code)
		}
		return []string{x.Action.Title, does[x.Do], strings.Join(levers, "; "), x.Action.Holder.Name}
	}
	out[0] = strings.Join(short(cellsOf(data)), " · ")
	return out
}

// short keeps the first filled cells of a row, to recognise it by.
func short(cells []string) (out []string) {
	for _, c := range cells {
		if c = strings.TrimSpace(c); c != "" && len(out) < 3 {
			if r := []rune(c); len(r) > 60 {
				c = string(r[:59]) + "…"
			}
			out = append(out, c)
		}
	}
	return out
}

func cellsOf(data json.RawMessage) []string {
	var x exchange.Refused
	if json.Unmarshal(data, &x) != nil {
		return nil
	}
	return x.Cells
}

// verdicts is the whole preview as a file.
func (d Deps) verdicts(w http.ResponseWriter, r *http.Request) error {
	p, err := d.desk(r)
	if err != nil {
		return err
	}
	run, err := d.run(r, p, r.PathValue("run"), nil)
	if err != nil {
		return err
	}
	return run.CSV(r.Context(), d.Q, w, "actions-verdicts")
}

// refused is a workbook of the rows to mend and to send again.
func (d Deps) refused(w http.ResponseWriter, r *http.Request) error {
	p, err := d.desk(r)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	run, err := action.FindRun(r.Context(), d.Q, a, p.cop.ID, r.PathValue("run"))
	if err != nil {
		return err
	}
	u, err := action.FindUpload(r.Context(), d.Q, a, p.cop.ID, run.ID)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if _, err := exchange.WriteXLSX(&body, exchange.RefusedActions("lignes-refusees", u.Header, errorsIn(d, r, run.ID), func(l intake.Line) []string { return cellsOf(l.Data) })); err != nil {
		return err
	}
	return attach(w, "lignes-refusees.xlsx", typeXLSX, &body)
}

// apply makes a file real, all of it or nothing.
func (d Deps) apply(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	p, err := d.desk(r)
	if err != nil {
		return err
	}
	id := get(r, "run")
	rev, err := strconv.ParseInt(get(r, "rev"), 10, 64)
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	_, err = d.Room.ApplyRun(r.Context(), shell.Actor(r), p.cop, id, rev)
	if err != nil && beside(err) {
		return d.showRun(w, r, apperr.Status(err), id, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, p.imports()+"/"+id)
}
