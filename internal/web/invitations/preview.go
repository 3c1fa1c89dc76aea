package invitations

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/intake"
	"jalon/internal/web/preview"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

func (d Deps) preview(w http.ResponseWriter, r *http.Request) error {
	return d.showRun(w, r, http.StatusOK, nil)
}

// run is a file of invitations as the shared page shows it.
func (d Deps) run(r *http.Request, wrong error) (preview.Run, error) {
	run, s, err := d.Room.FindRun(r.Context(), d.Room.DB, shell.Actor(r), r.PathValue("run"))
	if err != nil {
		return preview.Run{}, err
	}
	where, err := d.scopeName(r.Context(), s)
	base := "/invitations/" + run.ID
	x := preview.Run{Run: run, Here: base, Overline: "Invitations", Scope: []string{where}, Wrong: wrong, Nothing: "Rien n’a été envoyé",
		Columns: []ui.Column{{Label: "Adresse"}, {Label: "Rôle"}, {Label: "Organisme"}}, Fields: exchange.InvitationColumns(), Texts: textsOf,
		Cells: func(data json.RawMessage) []ui.Cell {
			t := textsOf(data)
			return []ui.Cell{{Text: t[0]}, {Text: t[2]}, {Text: t[3]}}
		},
		Staged:  ui.Alert{State: "info", Title: "Rien n’est encore envoyé", Text: "Relisez les lignes, puis envoyez. Chaque personne reçoit un seul courriel, même si elle a plusieurs lignes."},
		Applied: ui.Alert{State: "success", Title: "Invitations envoyées", Text: "Envoyées le " + french.Date(run.AppliedAt) + ". Les personnes se connectent avec leur adresse."},
		Act:     base + "/envoyer", Form: "envoyer", Button: "Envoyer " + french.Integer(run.Rows) + nb + french.Plural(run.Rows, "invitation", "invitations"),
		Links: []ui.Link{{Label: "Préparer un autre envoi", Href: "/invitations"}}}
	if run.State == intake.Refused && run.Rows > 0 && run.Rows <= mendable {
		x.Links = append([]ui.Link{{Label: "Corriger ces lignes ici", Href: "/invitations?reprendre=" + run.ID}}, x.Links...)
	}
	return x, err
}

func (d Deps) showRun(w http.ResponseWriter, r *http.Request, status int, wrong error) error {
	run, err := d.run(r, wrong)
	if err != nil {
		return err
	}
	v, err := run.Read(r.Context(), d.Room.DB, d.Room.Cursors, r)
	if err != nil {
		return err
	}
	return d.Shell.RenderStatus(w, r, status, d.page(r, v.Heading.Title, ui.Link{Label: "Aperçu"}), preview.Page(v))
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

// textsOf is a row as it is listed: its five cells, read when they could be.
func textsOf(data json.RawMessage) []string {
	out := make([]string, 5)
	var in account.Invite
	if json.Unmarshal(data, &in) == nil {
		copy(out, in.Raw[:])
		if in.Role != "" {
			out[2] = in.Role.Name()
		}
		if in.OrgName != "" {
			out[3] = in.OrgName + " (" + in.Org + ")"
		}
	}
	return out
}

// verdicts is the whole preview as a file.
func (d Deps) verdicts(w http.ResponseWriter, r *http.Request) error {
	run, err := d.run(r, nil)
	if err != nil {
		return err
	}
	return run.CSV(r.Context(), d.Room.DB, w, "invitations-verdicts")
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
	if shell.Beside(err) {
		return d.showRun(w, r, apperr.Status(err), err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/invitations/"+r.PathValue("run"))
}
