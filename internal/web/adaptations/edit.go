package adaptations

import (
	"errors"
	"net/http"

	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// fieldOf is the field that refuses, empty when none does in particular.
func fieldOf(err error) string {
	var f *adaptation.Fault
	if errors.As(err, &f) {
		return f.Field
	}
	return ""
}

// theirs is a priority of the COP of the address, for those who read its desk.
func (d Deps) theirs(r *http.Request) (p place, x adaptation.Priority, err error) {
	if p, err = d.atDesk(r); err != nil {
		return p, x, err
	}
	x, c, err := adaptation.Find(r.Context(), d.Q, p.actor, r.PathValue("id"))
	if err == nil && c.ID != p.cop.ID {
		err = apperr.NotFoundf("Cette priorité n’existe pas dans cette COP.")
	}
	return p, x, err
}

func (d Deps) edit(w http.ResponseWriter, r *http.Request) error {
	p, x, err := d.theirs(r)
	if err != nil {
		return err
	}
	return d.showEdit(w, r, http.StatusOK, p, x, nil)
}

// showEdit draws a fiche as its team writes it; what a form sent comes back in it, and
// beside what somebody else kept meanwhile.
func (d Deps) showEdit(w http.ResponseWriter, r *http.Request, status int, p place, x adaptation.Priority, wrong error) error {
	in := x.Input()
	v := sections.View{Heading: ui.Heading{Overline: "Fiche d’adaptation", Title: x.Title, Scope: []string{p.where, p.cycleWord(), x.State.Name(), french.Integer(in.Filled()) + nb + "champs remplis sur" + nb + "16"}}, Tabs: p.tabs("desk"), Notices: answered(x)}
	draft := x.State == cop.PriorityDraft && policy.Can(p.actor, policy.Edit, p.cop.Thing(policy.Priority))
	if wrong != nil && shell.Typed(r, "do") != "adopt" {
		in = typed(r)
		if status == http.StatusConflict && draft {
			v.Conflict = ui.TwoVersions(all(p.form(x.Input())), all(p.form(in)))
		}
	}
	if draft {
		groups := p.form(in)
		if shell.Typed(r, "do") == "adopt" && wrong != nil {
			v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
		} else {
			v.Notices = append(v.Notices, wrongIn(groups, wrong)...)
		}
		v.Parts = append(v.Parts, p.warmingPart(), sections.Part{ID: "fiche", Forms: []sections.Form{{ID: "fiche-form", Action: p.desk() + "/" + x.ID, Rev: revOf(x.Rev), Submit: "Enregistrer", Do: "save", Groups: groups}}})
		adopt := sections.Part{ID: "adopter", Title: "Proposer à l’adoption", Lead: p.adopts()}
		if missing := x.Input().Missing(); len(missing) > 0 {
			adopt.Lead += " " + "Il manque encore" + nb + ":"
			adopt.List = missing
		}
		adopt.Forms = []sections.Form{{ID: "adopter-form", Action: p.desk() + "/" + x.ID, Rev: revOf(x.Rev), Submit: "Proposer l’adoption", Do: "adopt", Secondary: true}}
		v.Parts = append(v.Parts, adopt)
	} else {
		if wrong != nil {
			v.Notices = append(v.Notices, ui.Alert{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
		}
		v.Parts = append(v.Parts, p.sheetParts(x)...)
		if wrong != nil && shell.Typed(r, "do") == "save" { // what was typed is not lost
			lost := sections.Part{ID: "votre-texte", Title: "Ce que vous aviez écrit"}
			for _, f := range adaptation.Fields() {
				if text := in.Value(p.frame, f.Key); text != "" && text != x.Input().Value(p.frame, f.Key) {
					lost.Facts = append(lost.Facts, [2]string{f.Label, text})
				}
			}
			v.Parts = append(v.Parts, lost)
		}
	}
	paper := sections.Part{ID: "papier", Title: "Imprimer ou emporter", Links: d.papers(p.desk() + "/" + x.ID)}
	if x.Adopted() {
		paper.Links = append(d.papers(path(x)), ui.Link{Label: "La page publique de cette priorité", Href: path(x)})
	} else {
		paper.Links = []ui.Link{{Label: "Voir et imprimer toutes les fiches, une par page", Href: p.desk() + "/fiches#" + x.ID}}
	}
	history, err := d.history(r, p, x)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, paper, history)
	return sections.Show(d.Shell, w, r, status, v, true, p.trail(ui.Link{Label: "Fiches d’adaptation", Href: p.desk()}, ui.Link{Label: x.Title})...)
}

func all(groups []sections.Group) []ui.Field { return sections.Form{Groups: groups}.All() }

// history lists what the fiche was, and what each revision changed.
func (d Deps) history(r *http.Request, p place, x adaptation.Priority) (part sections.Part, err error) {
	versions, err := adaptation.Versions(r.Context(), d.Q, p.actor, x.ID)
	if err != nil {
		return part, err
	}
	var ids []string
	for _, v := range versions {
		ids = append(ids, v.By)
	}
	names, err := d.Names(r.Context(), ids)
	if err != nil {
		return part, err
	}
	t := ui.Table{ID: "historique", Caption: "Ce que la fiche a été, du plus récent au plus ancien", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Le"}, {Label: "Par"}, {Label: "État"}, {Label: "Ce qui a changé", Wide: true}, {Label: "Raison", Wide: true}}}
	for i, v := range versions {
		changed := "première version"
		if i+1 < len(versions) {
			var labels []string
			for _, f := range adaptation.Fields() {
				if v.Value(p.frame, f.Key) != versions[i+1].Value(p.frame, f.Key) {
					labels = append(labels, f.Label)
				}
			}
			if changed = french.List(labels); len(labels) == 0 {
				changed = "aucun champ"
			}
		}
		who := names[v.By]
		if who == "" {
			who = "Quelqu’un qui n’est plus là"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Date(v.At.In(p.cop.Location()))}, {Text: who}, {Text: v.State.Name()}, {Text: changed}, {Text: v.Reason}}})
	}
	return sections.Part{ID: "versions", Title: "Historique", Tables: []ui.Table{t}}, nil
}

func (d Deps) save(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	p, x, err := d.theirs(r)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	switch shell.Typed(r, "do") {
	case "adopt":
		_, _, err = d.Room.COPs.AdoptPriority(r.Context(), p.actor, x.ID, rev)
	case "save", "":
		_, err = d.Room.Save(r.Context(), p.actor, x.ID, rev, typed(r))
	default:
		err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if err != nil && shell.Beside(err) && apperr.KindOf(err) != apperr.Forbidden {
		fresh, _, ferr := adaptation.Find(r.Context(), d.Q, p.actor, x.ID)
		if ferr != nil {
			return ferr
		}
		return d.showEdit(w, r, apperr.Status(err), p, fresh, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, p.desk()+"/"+x.ID+"?fait=1")
}
