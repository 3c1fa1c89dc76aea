package registers

import (
	"net/http"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// many asks what changes on the actions that were ticked.
func (d Deps) many(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.at(r)
	if err != nil {
		return err
	}
	chosen := aims(r)
	if len(chosen) == 0 {
		return apperr.Invalidf("Cochez au moins une action dans le registre, puis recommencez. Rien n’a changé.")
	}
	return d.ask(w, r, http.StatusOK, x, chosen, changeFields(x, typed{}), nil)
}

// typed is a change as somebody wrote it.
type typed struct{ status, statusReason, statusOn, phase, step, theme, holder, lever, reason string }

func changeFields(x where, t typed) []ui.Field {
	return []ui.Field{
		sections.Choose("status", "Statut du projet", t.status, "ne change pas", action.Statuses()),
		{ID: "status_reason", Label: "Pourquoi ce statut", Value: t.statusReason, Help: "Obligatoire pour ce qui est en retard, en pause, bloqué ou abandonné."},
		{ID: "status_on", Label: "Depuis quel jour", Type: "date", Value: t.statusOn},
		sections.Choose("phase", "Phase du projet", t.phase, "ne change pas", action.Phases()),
		sections.Choose("step", "Étape", t.step, "ne change pas", action.Steps()),
		sections.Choose("theme", "Thématique", t.theme, "ne change pas", x.themes()),
		{ID: "holder", Label: "Porteur", Value: t.holder, Help: "Vide, il ne change pas."},
		sections.Choose("lever", "Levier à ajouter", t.lever, "aucun", x.levers()),
		{ID: "reason", Label: "Pourquoi ce changement", Value: t.reason, Help: "Obligatoire pour les actions déjà retenues\u00a0; gardé dans leurs versions."},
	}
}

func (d Deps) ask(w http.ResponseWriter, r *http.Request, status int, x where, chosen []action.Aimed, fields []ui.Field, notices []ui.Alert) error {
	f := sections.Form{ID: "changer", Action: x.desk() + "/lot/changer?" + x.query(), Submit: "Changer " + french.Plural(len(chosen), "cette action", "ces "+french.Integer(len(chosen))+nb+"actions"), Fields: fields}
	for _, a := range chosen {
		f.Hidden = append(f.Hidden, [2]string{"action", a.ID + ":" + strconv.FormatInt(a.Rev, 10)})
	}
	v := sections.View{Heading: ui.Heading{Overline: x.cop.Name + ", registre des actions", Title: "Changer " + french.Plural(len(chosen), "une action", french.Integer(len(chosen))+nb+"actions à la fois")}, Tabs: x.tabs(wording.RegisterTable), Notices: notices}
	v.Parts = []sections.Part{{ID: "ce-qui-change", Lead: "Seuls changent les champs que vous remplissez. L’état d’une action ne change pas ici\u00a0: il suit la grille et les listes. Une action que quelqu’un a changée entre-temps est laissée, et vous sera signalée.", Forms: []sections.Form{f}, Links: []ui.Link{{Label: "Revenir au registre sans rien changer", Href: x.desk() + "?" + x.query()}}}}
	return d.show(w, r, status, x, v, "Changer plusieurs actions")
}

// change makes it, and says what became of each action.
func (d Deps) change(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.at(r)
	if err != nil {
		return err
	}
	get := func(name string) string { return shell.Typed(r, name) }
	t := typed{get("status"), get("status_reason"), get("status_on"), get("phase"), get("step"), get("theme"), get("holder"), get("lever"), get("reason")}
	c := action.Change{StatusReason: t.statusReason, StatusOn: t.statusOn, AddLever: t.lever}
	for _, f := range []struct {
		typed string
		to    **string
	}{{t.status, &c.Status}, {t.phase, &c.Phase}, {t.step, &c.Step}, {t.theme, &c.Theme}} {
		if f.typed != "" {
			*f.to = &f.typed
		}
	}
	if t.holder != "" {
		c.Holder = &action.Party{Name: t.holder}
	}
	chosen := aims(r)
	out, err := d.Room.Bulk(r.Context(), shell.Actor(r), x.cop, chosen, c, t.reason)
	if err != nil {
		if shell.Beside(err) && len(chosen) > 0 {
			fields := changeFields(x, t)
			return d.ask(w, r, apperr.Status(err), x, chosen, fields, sections.Wrong(fields, "", err))
		}
		return err
	}
	n := 0
	table := ui.Table{ID: "resultat", Caption: "Ce qui est arrivé à chaque action", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Résultat"}, {Label: "Pourquoi", Wide: true}}}
	for _, f := range out {
		result := "laissée"
		if f.Changed {
			n, result = n+1, "changée"
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: f.Action.Title, Href: wording.ActionPath(f.Action.ID), Sub: number(f.Action.Seq)}, {Text: result}, {Text: f.Why}}})
	}
	v := sections.View{Heading: ui.Heading{Overline: x.cop.Name + ", registre des actions", Title: french.Integer(n) + nb + french.Plural(n, "action changée", "actions changées") + " sur " + french.Integer(len(out))}, Tabs: x.tabs(wording.RegisterTable)}
	v.Parts = []sections.Part{{ID: "resultat-part", Tables: []ui.Table{table}, Links: []ui.Link{{Label: "Revenir au registre", Href: x.desk() + "?" + x.query()}}}}
	return d.show(w, r, http.StatusOK, x, v, "Changer plusieurs actions")
}
