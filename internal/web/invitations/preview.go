package invitations

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

type runView struct {
	Heading  ui.Heading
	ID, Rev  string
	Notice   ui.Alert
	Table    ui.Table
	Pager    ui.Pager
	Filters  []ui.Link
	Send     string
	Mend     string
	Download string
}

func (d Deps) preview(w http.ResponseWriter, r *http.Request) error {
	return d.showRun(w, r, http.StatusOK, nil)
}

func (d Deps) showRun(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	ctx := r.Context()
	run, s, err := d.Room.FindRun(ctx, d.Room.DB, shell.Actor(r), r.PathValue("run"))
	if err != nil {
		return err
	}
	var only intake.Verdict
	if r.URL.Query().Get("voir") == "refusees" {
		only = intake.Error
	}
	list := "invitations/" + run.ID + "/" + string(only)
	key, err := d.Room.Cursors.Open(list, r.URL.Query().Get("apres"), 1)
	if err != nil {
		return err
	}
	after := 0
	if key != nil {
		if after, err = strconv.Atoi(key[0]); err != nil {
			return apperr.New(apperr.Invalid, err, "Cette page de la liste n’existe pas.")
		}
	}
	lines, err := intake.Verdicts(ctx, d.Room.DB, run.ID, only, after, pageSize+1)
	if err != nil {
		return err
	}
	base := "/invitations/" + run.ID
	v := runView{ID: run.ID, Rev: strconv.FormatInt(run.Rev, 10), Download: base + "/verdicts.csv"}
	if len(lines) > pageSize {
		lines = lines[:pageSize]
		next := url.Values{"apres": {d.Room.Cursors.Seal(list, strconv.Itoa(lines[pageSize-1].Line))}}
		if only != "" {
			next.Set("voir", "refusees")
		}
		v.Pager.Next = base + "?" + next.Encode()
	}
	v.Filters = []ui.Link{{Label: "Toutes les lignes", Href: base, Current: only == ""}, {Label: "Lignes refusées", Href: base + "?voir=refusees", Current: only != ""}}
	where, err := d.scopeName(ctx, s)
	if err != nil {
		return err
	}
	count := french.Integer(run.Rows) + nb + french.Plural(run.Rows, "ligne", "lignes")
	v.Heading = ui.Heading{Overline: "Invitations", Title: "Aperçu" + nb + ": " + count, Scope: []string{run.FileName, where}}
	v.Table = ui.Table{ID: "lignes", Caption: "Chaque ligne et son verdict", Columns: []ui.Column{{Label: "Ligne"}, {Label: "Verdict"}, {Label: "Adresse"}, {Label: "Rôle"}, {Label: "Organisme"}, {Label: "Raison", Wide: true}}}
	for _, l := range lines {
		c := cellsOf(l)
		v.Table.Rows = append(v.Table.Rows, ui.Row{Current: l.Verdict == intake.Error, Cells: []ui.Cell{{Text: c[0]}, {Text: c[2]}, {Text: c[3]}, {Text: c[5]}, {Text: c[6]}, {Text: c[8]}}})
	}
	switch run.State {
	case intake.Staged:
		v.Notice = ui.Alert{State: "info", Title: "Rien n’est encore envoyé", Text: "Relisez les lignes, puis envoyez. Chaque personne reçoit un seul courriel, même si elle a plusieurs lignes."}
		v.Send = "Envoyer " + french.Integer(run.Rows) + nb + french.Plural(run.Rows, "invitation", "invitations")
	case intake.Applied:
		v.Notice = ui.Alert{State: "success", Title: "Invitations envoyées", Text: "Envoyées le " + french.Date(run.AppliedAt) + ". Les personnes se connectent avec leur adresse."}
	case intake.Refused:
		text := "Rien n’a été envoyé" + nb + ": corrigez, puis recommencez."
		if run.Note != "" {
			text = run.Note + " " + text
		}
		title := "Le fichier est refusé"
		if run.Errors > 0 {
			title = french.Integer(run.Errors) + nb + french.Plural(run.Errors, "ligne est refusée", "lignes sont refusées")
		}
		v.Notice = ui.Alert{State: "error", Title: title, Text: text}
		if run.Rows > 0 && run.Rows <= mendable {
			v.Mend = "/invitations?reprendre=" + run.ID
		}
	default:
		v.Notice = ui.Alert{State: "warning", Title: "Cet envoi n’est pas allé à son terme", Text: "Rien n’a été envoyé" + nb + ": recommencez depuis le fichier."}
	}
	if wrong != nil {
		v.Notice = ui.Alert{State: "error", Title: "Rien n’a été envoyé", Text: apperr.Message(wrong)}
	}
	return d.Shell.RenderStatus(w, r, status, d.page(r, v.Heading.Title, ui.Link{Label: "Aperçu"}), runPage(v))
}

func (d Deps) scopeName(ctx context.Context, s account.InviteScope) (string, error) {
	m, err := d.Model(ctx)
	if err != nil {
		return "", err
	}
	switch s.Kind {
	case "region":
		x, err := m.Tree().Region(s.Code)
		return "au nom de la COP régionale " + x.Name, err
	case "department":
		x, err := m.Tree().Dept(s.Code)
		return "au nom du département, " + x.Name, err
	}
	return "au nom de l’administration nationale", nil
}

// cellsOf is a row as it is listed: line, column, verdict, the five cells, the
// reason.
func cellsOf(l intake.Line) [9]string {
	out := [9]string{strconv.Itoa(l.Line)}
	if l.Col > 0 {
		out[1] = strconv.Itoa(l.Col)
	}
	out[2] = l.Verdict.Name()
	var in account.Invite
	if json.Unmarshal(l.Data, &in) == nil {
		copy(out[3:8], in.Raw[:])
		if in.Role != "" {
			out[5] = in.Role.Name()
		}
		if in.OrgName != "" {
			out[6] = in.OrgName + " (" + in.Org + ")"
		}
	}
	out[8] = l.Reason
	return out
}

// verdicts is the whole preview as a file.
func (d Deps) verdicts(w http.ResponseWriter, r *http.Request) error {
	run, _, err := d.Room.FindRun(r.Context(), d.Room.DB, shell.Actor(r), r.PathValue("run"))
	if err != nil {
		return err
	}
	set := exchange.Dataset{Name: "verdicts"}
	for _, c := range append(append([]string{"ligne", "colonne", "verdict"}, exchange.InvitationColumns()...), "raison") {
		set.Fields = append(set.Fields, exchange.Field{Name: c})
	}
	set.Rows = func(yield func([]exchange.Datum, error) bool) {
		for after := 0; ; {
			lines, err := intake.Verdicts(r.Context(), d.Room.DB, run.ID, "", after, 1000)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, l := range lines {
				after = l.Line
				var row []exchange.Datum
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
	return sendCSV(w, "invitations-verdicts", set)
}

func (d Deps) send(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	rev, err := strconv.ParseInt(r.PostForm.Get("rev"), 10, 64)
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	_, err = d.Room.ApplyInvitations(r.Context(), shell.Actor(r), r.PathValue("run"), rev)
	if refused(err) {
		return d.showRun(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/invitations/"+r.PathValue("run"))
}
