package groups

import (
	"encoding/json"
	"net/http"
	"strconv"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/debate/group"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// oneState is what comes back of a form of the desk of a group.
type oneState struct {
	on       string // which form: group, turn, facilitate, member, paste
	wrong    error
	group    *group.Group
	member   *group.Member
	pasted   *pasting
	conflict bool
}

func (s oneState) about(form string) error {
	if s.on == form {
		return s.wrong
	}
	return nil
}

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	return d.showOne(w, r, http.StatusOK, oneState{})
}

// showOne draws the desk of a group, with what the actor may do there.
func (d Deps) showOne(w http.ResponseWriter, r *http.Request, status int, s oneState) error {
	x, g, err := d.found(r)
	if err != nil {
		return err
	}
	ctx, a, here := r.Context(), shell.Actor(r), x.desk()+"/"+r.PathValue("id")
	edit := group.MayEdit(a, g, x.cop)
	v := sections.View{Heading: ui.Heading{Overline: "Groupe de travail, bureau", Title: g.Name, Scope: []string{standing(g), "groupe " + partName(g.Part)}}, Tabs: deskTabs(x)}
	facts, err := d.facts(r, x, g)
	if err != nil {
		return err
	}
	mandate := sections.Part{ID: "mandat", Title: "Son mandat", Markdown: g.Mandate, Facts: facts, Links: []ui.Link{{Label: "Ce que chacun en lit", Href: x.base() + "/groupes/" + g.ID}}}
	if g.State == group.Active && policy.Can(a, policy.Create, cop.Meeting{Group: g.ID, Part: cop.Internal}.Thing(x.cop)) {
		mandate.Links = append(mandate.Links, ui.Link{Label: "Prévoir une réunion du groupe", Href: x.base() + "/bureau/reunions/nouvelle?groupe=" + g.ID})
	}
	v.Parts = append(v.Parts, mandate)
	members, err := group.Members(ctx, d.Q, g.ID)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, d.memberPart(x, g, members, here, edit, s, &v))
	if len(members) > 0 {
		v.Parts = append(v.Parts, balance("equilibre", "L’équilibre du groupe", members, d.Room.Today(x.cop), x.departments(), false))
	}
	if edit && g.State == group.Active {
		v.Parts = append(v.Parts, pastePart(x, s.pasted, here+"/membres", false, true)...)
	}
	facilitators, err := d.facilitators(r, g, here, edit, s, &v)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, facilitators)
	meetings, err := d.meetings(r, x, g, a)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, meetings)
	if edit {
		if err := d.editParts(r, x, g, here, s, &v); err != nil {
			return err
		}
	}
	past, err := d.history(r, g)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, past)
	return sections.Show(d.Shell, w, r, status, v, true, trail(x, ui.Link{Label: tabGroups, Href: x.desk()}, ui.Link{Label: wording.Clip(g.Name, 60)})...)
}

// editParts are the forms that change the group itself, and end it.
func (d Deps) editParts(r *http.Request, x where, g group.Group, here string, s oneState, v *sections.View) error {
	all, err := group.Of(r.Context(), d.Q, x.cop.ID, "")
	if err != nil {
		return err
	}
	shown := g
	if s.group != nil {
		shown = *s.group
		shown.ID = g.ID
	}
	fields, err := d.fields(r, x, shown, all)
	if err != nil {
		return err
	}
	if s.conflict && s.group != nil {
		kept, err := d.fields(r, x, g, all)
		if err != nil {
			return err
		}
		v.Conflict = ui.TwoVersions(kept, fields)
	} else {
		v.Notices = append(v.Notices, wrongIn(fields, s.about("group"))...)
	}
	fields = append(fields, ui.Field{ID: "reason", Label: "Ce qui change, et pourquoi", Value: shell.Typed(r, "reason"), Help: "Reste dans l’histoire du groupe."})
	rev := strconv.FormatInt(g.Rev, 10)
	v.Parts = append(v.Parts, sections.Part{ID: "corriger", Title: "Modifier le groupe", Fold: "Ouvrir le formulaire", Open: s.on == "group", Forms: []sections.Form{{ID: "groupe", Action: here, Rev: rev, Fields: fields, Submit: "Enregistrer"}}})
	end := sections.Form{ID: "fin", Action: here + "/etat", Rev: rev, Do: "close", Submit: "Clore le groupe", Secondary: true, Fields: []ui.Field{
		{ID: "day", Label: "Dernier jour", Type: "date", Required: true, Value: or(shell.Typed(r, "day"), d.Room.Today(x.cop))},
		{ID: "end-reason", Name: "reason", Label: "Pourquoi il se termine", Required: true, Value: shell.Typed(r, "reason"), Help: "Sa page publique le dira. Son histoire reste."}}}
	if g.State == group.Closed {
		end = sections.Form{ID: "fin", Action: here + "/etat", Rev: rev, Do: "reopen", Submit: "Rouvrir le groupe", Secondary: true}
	}
	v.Notices = append(v.Notices, wrongIn(end.Fields, s.about("turn"))...)
	v.Parts = append(v.Parts, sections.Part{ID: "etat", Title: "Sa fin", Fold: end.Submit, Open: s.on == "turn", Forms: []sections.Form{end}})
	return nil
}

// facilitators are who facilitates the group, and the form that names one.
func (d Deps) facilitators(r *http.Request, g group.Group, here string, edit bool, s oneState, v *sections.View) (p sections.Part, err error) {
	p = sections.Part{ID: "animation", Title: "Qui l’anime", Lead: "Une personne qui anime modifie ce groupe, ses membres et ses réunions, et rien d’autre. Son nom est public."}
	held, err := group.Facilitators(r.Context(), d.Q, g.ID)
	if err != nil {
		return p, err
	}
	for _, f := range held {
		p.List = append(p.List, or(f.Name, f.Email)+", depuis le "+french.Date(f.At))
	}
	if len(held) == 0 {
		p.Lead += " Personne n’est encore désigné."
	}
	if at, _, _, err := group.Placed(r.Context(), d.Q, g.ID); err != nil || !edit || !policy.MayGrant(shell.Actor(r), policy.Grant{Role: policy.Facilitator, Group: g.ID}, at) {
		return p, err
	}
	p.Fold, p.Open = "Désigner une personne, ou mettre fin à une animation", s.on == "facilitate"
	add := sections.Form{ID: "animer", Action: here + "/animation", Do: "appoint", Submit: "Confier l’animation", Title: "Désigner une personne", Fields: []ui.Field{
		{ID: "facilitator-email", Name: "email", Label: "Son adresse électronique", Type: "email", Required: true, Value: shell.Typed(r, "email")}, {ID: "facilitator-name", Name: "name", Label: "Son nom", Value: shell.Typed(r, "name"), Help: "Un courriel le lui dit."}}}
	if s.on == "facilitate" {
		field := ""
		if apperr.KindOf(s.wrong) == apperr.Invalid {
			field = "email"
		}
		v.Notices = append(v.Notices, sections.Wrong(add.Fields, field, s.wrong)...)
	}
	p.Forms = append(p.Forms, add)
	if len(held) > 0 {
		var options [][2]string
		for _, f := range held {
			options = append(options, [2]string{f.ID, or(f.Name, f.Email)})
		}
		p.Forms = append(p.Forms, sections.Form{ID: "fin-animation", Action: here + "/animation", Do: "dismiss", Submit: "Mettre fin à son animation", Secondary: true, Title: "Mettre fin à une animation", Fields: []ui.Field{sections.Choose("role", "Qui", "", "", options)}})
	}
	return p, nil
}

func (d Deps) history(r *http.Request, g group.Group) (p sections.Part, err error) {
	past, err := group.History(r.Context(), d.Q, g.ID)
	if err != nil {
		return p, err
	}
	ids := make([]string, len(past))
	for i, y := range past {
		ids[i] = y.By
	}
	names, err := account.Names(r.Context(), d.Q, ids)
	if err != nil {
		return p, err
	}
	t := ui.Table{ID: "versions", Caption: "Chaque version, la dernière d’abord", Columns: []ui.Column{{Label: "Version", Number: true}, {Label: "Le"}, {Label: "Par"}, {Label: "Nom du groupe", Wide: true}, {Label: "État"}, {Label: "Pourquoi"}}}
	for _, y := range past {
		var was group.Group
		if err := json.Unmarshal([]byte(y.Body), &was); err != nil {
			return p, err
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: strconv.FormatInt(y.Rev, 10)}, {Text: french.Date(y.At)}, {Text: or(names[y.By], "l’équipe")}, {Text: was.Name}, {Text: standing(was)}, said(wording.Clip(y.Reason, 200), "aucune raison n’est dite")}})
	}
	return sections.Part{ID: "histoire", Title: "Son histoire", Tables: []ui.Table{t}}, nil
}

func (d Deps) save(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, was, err := d.found(r)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	typed := typedGroup(r, x)
	typed.ID, typed.Rev = was.ID, rev
	if err = d.known(r, x, typed); err == nil {
		_, err = d.Room.Save(r.Context(), shell.Actor(r), typed, debate.Line(shell.Typed(r, "reason")))
	}
	return d.ended(w, r, x, was, err, oneState{on: "group", group: &typed, conflict: apperr.KindOf(err) == apperr.Conflict})
}

// ended goes back to the desk of a group after an act, or shows its form again.
func (d Deps) ended(w http.ResponseWriter, r *http.Request, x where, g group.Group, err error, s oneState) error {
	if err == nil {
		return shell.SeeOther(w, r, x.desk()+"/"+g.ID+"?fait=1")
	}
	if apperr.KindOf(err) == apperr.Forbidden && !group.MayEdit(shell.Actor(r), g, x.cop) || !shell.Beside(err) {
		return err
	}
	s.wrong = err
	return d.showOne(w, r, apperr.Status(err), s)
}

func (d Deps) turn(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, g, err := d.found(r)
	if err != nil {
		return err
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	if r.PostForm.Get("do") == "reopen" {
		_, err = d.Room.Reopen(r.Context(), shell.Actor(r), g.ID, rev)
	} else {
		_, err = d.Room.Close(r.Context(), shell.Actor(r), g.ID, rev, shell.Typed(r, "day"), shell.Typed(r, "reason"))
	}
	return d.ended(w, r, x, g, err, oneState{on: "turn"})
}

func (d Deps) facilitate(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, g, err := d.found(r)
	if err != nil {
		return err
	}
	if r.PostForm.Get("do") == "dismiss" {
		err = d.Room.Dismiss(r.Context(), shell.Actor(r), g.ID, shell.Typed(r, "role"))
	} else {
		_, err = d.Room.Appoint(r.Context(), shell.Actor(r), g.ID, shell.Typed(r, "email"), shell.Typed(r, "name"))
	}
	return d.ended(w, r, x, g, err, oneState{on: "facilitate"})
}
