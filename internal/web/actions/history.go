package actions

import (
	"cmp"
	"mime"
	"net/http"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// history is how an action came to say what it says.
func (d Deps) history(w http.ResponseWriter, r *http.Request) error {
	x, a, err := d.one(r)
	if err != nil {
		return err
	}
	if err := policy.Check(shell.Actor(r), policy.Read, inner(a, x)); err != nil {
		return err
	}
	all, err := action.Versions(r.Context(), d.Q, a.ID)
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(all))
	for _, p := range all {
		ids = append(ids, p.By)
	}
	names := map[string]string{}
	if d.PersonName != nil {
		if names, err = d.PersonName(r.Context(), ids); err != nil {
			return err
		}
	}
	edits := policy.Can(shell.Actor(r), policy.Edit, a.Thing(x.cop))
	v := sections.View{Heading: ui.Heading{Overline: "Action " + number(a.Seq), Title: "Les versions de «\u00a0" + a.Title + "\u00a0»", Scope: []string{french.Integer(len(all)) + nb + french.Plural(len(all), "version", "versions")}}}
	for i, p := range all {
		part := sections.Part{ID: "version-" + strconv.FormatInt(p.Rev, 10), Title: "Version " + strconv.FormatInt(p.Rev, 10) + ", le " + french.Date(p.At.In(x.cop.Location()))}
		part.Lead = join(names[p.By], p.Reason)
		if i+1 < len(all) {
			t := ui.Table{ID: part.ID + "-changements", Caption: "Ce qui a changé", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Champ"}, {Label: "Avant", Wide: true}, {Label: "Après", Wide: true}}}
			for _, c := range action.Diff(all[i+1].Action, p.Action, x.words()) {
				t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.What}, {Text: wording.Clip(cmp.Or(c.From, "(rien)"), 400)}, {Text: wording.Clip(cmp.Or(c.To, "(rien)"), 400)}}})
			}
			if len(t.Rows) > 0 {
				part.Tables = []ui.Table{t}
			}
		}
		if i > 0 && edits && a.State != action.Merged && a.State != action.Retaining {
			part.Fold = "Reprendre cette version"
			part.Forms = []sections.Form{{ID: "reprendre-" + strconv.FormatInt(p.Rev, 10), Action: wording.ActionPath(a.ID) + "/versions/" + strconv.FormatInt(p.Rev, 10) + "/reprendre", Rev: strconv.FormatInt(a.Rev, 10), Submit: "Reprendre la version " + strconv.FormatInt(p.Rev, 10), Secondary: true,
				Fields: []ui.Field{{ID: "reason-" + strconv.FormatInt(p.Rev, 10), Name: "reason", Label: "Pourquoi", Help: "L’état, la grille et la liste de l’action ne changent pas."}}}}
		}
		v.Parts = append(v.Parts, part)
	}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, true, x.trail(ui.Link{Label: "Action " + number(a.Seq), Href: wording.ActionPath(a.ID)}, ui.Link{Label: "Versions"})...)
}

// inner is an action as those who read all of it are judged.
func inner(a action.Action, x where) policy.Thing {
	t := a.Thing(x.cop)
	t.Part = ""
	return t
}

// document sends a file of an action.
func (d Deps) document(w http.ResponseWriter, r *http.Request) error {
	f, body, err := action.OpenFile(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"), r.PathValue("fichier"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Type", body.Blob().Type)
	h.Set("X-Content-Type-Options", "nosniff")
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": f.Name})
	if disposition == "" {
		disposition = "attachment"
	}
	h.Set("Content-Disposition", disposition)
	http.ServeContent(w, r, "", body.Blob().At, body)
	return nil
}
