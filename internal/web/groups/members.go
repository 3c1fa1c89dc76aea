package groups

import (
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/debate"
	"jalon/internal/debate/group"
	"jalon/internal/french"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// memberPart lists who sits and who sat, and holds the form that seats one.
func (d Deps) memberPart(x where, g group.Group, members []group.Member, here string, edit bool, s oneState, v *sections.View) sections.Part {
	today := d.Room.Today(x.cop)
	p := sections.Part{ID: "membres", Title: "Ses membres"}
	t := ui.Table{ID: "liste-membres", Caption: "Qui siège, puis qui a siégé", CaptionHidden: true, Columns: []ui.Column{{Label: "Organisme", Wide: true}, {Label: "Personne", Wide: true}, {Label: "Collège"}, {Label: "Siège"}, {Label: "Département"}, {Label: "Nom public"}, {Label: "Depuis"}}}
	if edit {
		t.Columns = append(t.Columns, ui.Column{Label: "Changer"})
	}
	row := func(m group.Member) ui.Row {
		person := said(m.Name, "personne n’est désigné")
		person.Sub = m.Email
		if m.Title != "" {
			person.Sub = m.Title + ", " + m.Email
		}
		since := ui.Cell{Text: french.Day(m.From)}
		if m.From == "" {
			since = ui.Cell{Missing: "la date d’arrivée n’est pas dite"}
		}
		if m.Until != "" {
			since.Sub = "jusqu’au " + french.Day(m.Until)
		}
		public := "non"
		if m.Shown {
			public = "oui, accepté"
		}
		cells := []ui.Cell{said(m.OrgName, "à titre personnel"), person, {Text: m.College.Name()}, {Text: group.SeatName(m.Seat)}, said(x.departmentNameOrNone(m.Department), "non renseigné"), {Text: public}, since}
		if edit {
			cells = append(cells, ui.Cell{Text: "changer", Href: here + "/membres/" + m.ID})
		}
		return ui.Row{Cells: cells}
	}
	var before []ui.Row
	for _, m := range members {
		if m.Sits(today) || m.From > today {
			t.Rows = append(t.Rows, row(m))
		} else {
			before = append(before, row(m))
		}
	}
	if len(before) > 0 {
		t.Rows = append(append(t.Rows, ui.Row{Group: true, Cells: []ui.Cell{{Text: "Ont siégé"}}}), before...)
	}
	if p.Tables = []ui.Table{t}; len(members) == 0 {
		p.Tables, p.Empty = nil, ui.Empty{Title: "Personne n’est encore inscrit", Text: "Inscrivez les membres un par un, ou collez la liste plus bas."}
	}
	if edit && g.State == group.Active {
		typed := group.Member{Seat: group.Holder}
		if s.member != nil {
			typed = *s.member
		}
		fields := memberFields(x, typed)
		v.Notices = append(v.Notices, wrongIn(fields, s.about("member"))...)
		p.Fold, p.Open = "Inscrire un membre", s.on == "member"
		p.Forms = []sections.Form{{ID: "membre", Action: here + "/membres", Do: "add", Submit: "Inscrire", Fields: fields}}
	}
	return p
}

func memberFields(x where, m group.Member) []ui.Field {
	var colleges [][2]string
	for _, c := range debate.Colleges() {
		colleges = append(colleges, [2]string{string(c), c.Name()})
	}
	org := m.OrgName
	return []ui.Field{{ID: "organisme", Label: "Organisme", Value: org, Help: "Son nom entier, son SIREN ou son code dans l’annuaire. Absent de l’annuaire, il est gardé comme écrit. Vide pour une personne à titre personnel."},
		{ID: "member-name", Name: "name", Label: "Personne", Value: m.Name}, {ID: "member-email", Name: "email", Label: "Son adresse électronique", Type: "email", Value: m.Email, Help: "Elle sert aux invitations, et n’est jamais publique."},
		{ID: "title", Label: "Sa fonction", Value: m.Title}, sections.Choose("college", "Collège", string(m.College), "celui de l’organisme", colleges),
		sections.Choose("seat", "Siège", m.Seat, "", [][2]string{{group.Holder, group.SeatName(group.Holder)}, {group.Substitute, group.SeatName(group.Substitute)}}),
		sections.Choose("department", "Département", m.Department, "celui de l’organisme, ou non renseigné", x.departments()),
		{ID: "shown", Label: "Nom public", Type: "checkbox", Options: []ui.Option{{Value: "1", Label: "La personne accepte que son nom soit lu par tous", Selected: m.Shown}}},
		{ID: "from", Label: "Depuis", Type: "date", Value: m.From}, {ID: "member-until", Name: "until", Label: "Jusqu’au", Type: "date", Value: m.Until}}
}

func typedMember(r *http.Request, g group.Group) group.Member {
	return group.Member{COP: g.COP, Group: g.ID, OrgName: shell.Typed(r, "organisme"), Name: shell.Typed(r, "name"), Email: shell.Typed(r, "email"), Title: shell.Typed(r, "title"), College: debate.College(shell.Typed(r, "college")),
		Seat: shell.Typed(r, "seat"), Department: shell.Typed(r, "department"), Shown: shell.Typed(r, "shown") == "1", From: shell.Typed(r, "from"), Until: shell.Typed(r, "until")}
}

// members seats one member, or a pasted list, in a group.
func (d Deps) members(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, g, err := d.found(r)
	if err != nil {
		return err
	}
	if !group.MayEdit(shell.Actor(r), g, x.cop) {
		return apperr.New(apperr.Forbidden, nil, "Votre rôle permet de lire ce groupe, pas de le changer. Rien n’a été enregistré.")
	}
	if do := r.PostForm.Get("do"); do == "check" || do == "apply" {
		p, done, err := d.pasted(r, x, g.ID)
		if err != nil {
			return err
		}
		if done {
			return shell.SeeOther(w, r, x.desk()+"/"+g.ID+"?fait=1")
		}
		return d.showOne(w, r, p.status(), oneState{on: "paste", pasted: p})
	}
	typed := typedMember(r, g)
	m, err := d.Room.Located(r.Context(), d.Q, x.Code, typed)
	if err == nil {
		err = d.Room.AddMembers(r.Context(), shell.Actor(r), []group.Member{m})
	}
	return d.ended(w, r, x, g, err, oneState{on: "member", member: &typed})
}

// member shows one member, and changes them.
func (d Deps) member(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodPost {
		if err := shell.ReadForm(r); err != nil {
			return err
		}
	}
	x, g, err := d.found(r)
	if err != nil {
		return err
	}
	if !group.MayEdit(shell.Actor(r), g, x.cop) {
		return apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	m, err := group.FindMember(r.Context(), d.Q, r.PathValue("membre"))
	if err != nil || m.Group != g.ID {
		return apperr.New(apperr.NotFound, err, "Ce membre n’existe pas dans ce groupe.")
	}
	if r.Method != http.MethodPost {
		return d.showMember(w, r, http.StatusOK, x, g, m, m, nil)
	}
	rev, err := shell.Rev(r)
	if err != nil {
		return err
	}
	typed := typedMember(r, g)
	typed.ID, typed.Rev = m.ID, rev
	switch r.PostForm.Get("do") {
	case "leave":
		typed = m
		_, err = d.Room.Leave(r.Context(), shell.Actor(r), m.ID, rev, shell.Typed(r, "until"))
	case "forget":
		typed = m
		_, err = d.Room.Forget(r.Context(), shell.Actor(r), m.ID, rev)
	default:
		var located group.Member
		if located, err = d.Room.Located(r.Context(), d.Q, x.Code, typed); err == nil {
			_, err = d.Room.SaveMember(r.Context(), shell.Actor(r), located)
		}
	}
	if err == nil {
		return shell.SeeOther(w, r, x.desk()+"/"+g.ID+"?fait=1#membres")
	}
	if !shell.Beside(err) {
		return err
	}
	return d.showMember(w, r, apperr.Status(err), x, g, m, typed, err)
}

func (d Deps) showMember(w http.ResponseWriter, r *http.Request, status int, x where, g group.Group, m, shown group.Member, wrong error) error {
	here, rev := x.desk()+"/"+g.ID+"/membres/"+m.ID, strconv.FormatInt(m.Rev, 10)
	name := or(m.Name, m.OrgName)
	v := sections.View{Heading: ui.Heading{Overline: "Membre du groupe «" + nb + g.Name + nb + "»", Title: name, Scope: []string{m.College.Name(), group.SeatName(m.Seat)}}, Tabs: deskTabs(x)}
	fields := memberFields(x, shown)
	if apperr.KindOf(wrong) == apperr.Conflict && wrong != nil {
		v.Conflict = ui.TwoVersions(memberFields(x, m), fields)
		if len(v.Conflict.Rows) == 0 {
			v.Notices = append(v.Notices, ui.Alert{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(wrong)})
		}
	} else {
		v.Notices = append(v.Notices, wrongIn(fields, wrong)...)
	}
	v.Parts = []sections.Part{{ID: "corriger", Title: "Modifier", Forms: []sections.Form{{ID: "membre", Action: here, Rev: rev, Do: "save", Submit: "Enregistrer", Fields: fields}}},
		{ID: "depart", Title: "Son départ", Lead: "Le siège reste dans l’histoire du groupe.", Forms: []sections.Form{{ID: "partir", Action: here, Rev: rev, Do: "leave", Submit: "Enregistrer le départ", Secondary: true, Fields: []ui.Field{{ID: "leave-until", Name: "until", Label: "Dernier jour", Type: "date", Required: true, Value: d.Room.Today(x.cop)}}}}},
		{ID: "effacer", Title: "Effacer ses données", Lead: "À la demande de la personne\u00a0: son nom, son adresse et sa fonction disparaissent, sans retour possible. Le siège et l’organisme restent comptés.", Forms: []sections.Form{{ID: "oublier", Action: here, Rev: rev, Do: "forget", Submit: "Effacer ses données", Secondary: true}}}}
	return sections.Show(d.Shell, w, r, status, v, true, trail(x, ui.Link{Label: tabGroups, Href: x.desk()}, ui.Link{Label: g.Name, Href: x.desk() + "/" + g.ID}, ui.Link{Label: name})...)
}
