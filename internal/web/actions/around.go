package actions

import (
	"cmp"
	"mime"
	"net/http"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/french"
	"jalon/internal/link"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// around is what an action is tied to: other actions, documents, things of other rooms.
func (d Deps) around(r *http.Request, x where, a action.Action) (out []sections.Part, err error) {
	actor := shell.Actor(r)
	ties, err := d.Room.Ties(r.Context(), d.Q, actor, x.cop, a.ID)
	if err != nil {
		return nil, err
	}
	p := sections.Part{ID: "autres-actions", Title: "Avec quelles autres actions"}
	for _, t := range ties {
		p.Links = append(p.Links, ui.Link{Label: wording.Upper(t.Name()) + nb + ": " + number(t.Row.Seq) + " " + t.Row.Title, Href: wording.ActionPath(t.Row.ID)})
	}
	out = append(out, p)
	from, err := link.From(r.Context(), d.Q, link.End{Kind: link.Action, ID: a.ID})
	if err != nil {
		return nil, err
	}
	to, err := link.To(r.Context(), d.Q, link.End{Kind: link.Action, ID: a.ID})
	if err != nil {
		return nil, err
	}
	p = sections.Part{ID: "origine", Title: "D’où elle vient, à quoi elle répond"}
	ends := make([]link.End, 0, len(from)+len(to))
	for _, l := range from {
		ends = append(ends, l.To)
	}
	for _, l := range to {
		ends = append(ends, l.From)
	}
	for _, e := range ends {
		name, ok := d.Things[e.Kind]
		if !ok {
			continue
		}
		l, err := name(r.Context(), actor, e.ID)
		if err != nil {
			return nil, err
		}
		if l.Href != "" {
			p.Links = append(p.Links, l)
		}
	}
	out = append(out, p)
	p = sections.Part{ID: "documents", Title: "Documents"}
	for _, f := range a.Files {
		p.Links = append(p.Links, ui.Link{Label: cmp.Or(f.Title, f.Name), Href: wording.ActionPath(a.ID) + "/documents/" + f.ID})
	}
	return append(out, p), nil
}

// next is what its reader may do with it now.
func (d Deps) next(actor policy.Actor, x where, a action.Action) sections.Part {
	p := sections.Part{ID: "ensuite", Title: "Ce que vous pouvez faire"}
	if policy.Can(actor, policy.Edit, a.Thing(x.cop)) && a.State != action.Merged && a.State != action.Retaining {
		p.Links = append(p.Links, ui.Link{Label: "Compléter ou corriger l’action", Href: wording.ActionPath(a.ID) + "/modifier"})
	}
	p.Links = append(p.Links, wording.ActionSteps(actor, a, x.cop)...)
	if a.Inner(actor, x.cop) {
		p.Links = append(p.Links, ui.Link{Label: "Lire la grille de l’action COP", Href: wording.GridPath(a.ID)}, ui.Link{Label: "Ses versions, et qui l’a changée", Href: wording.ActionPath(a.ID) + "/versions"})
	}
	return p
}

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
