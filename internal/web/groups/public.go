package groups

import (
	"net/http"
	"slices"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/debate/follow"
	"jalon/internal/debate/group"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// public lists the groups of a region: the mandate of each is known to anyone.
func (d Deps) public(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	all, err := group.Of(r.Context(), d.Q, x.cop.ID, d.Room.Today(x.cop))
	if err != nil {
		return err
	}
	v := sections.View{Heading: ui.Heading{Overline: tabGroups, Title: x.Name + nb + ": " + finding(all), Scope: []string{"cycle " + x.cop.Cycle}}, Tabs: wording.RegionTabs(x.Region, wording.TabDebate),
		Foot: ui.Source{Text: "équipe de la COP, et secrétariats des instances qui y siègent.", Print: true}}
	p := sections.Part{ID: "groupes", Title: "Les groupes", Lead: "Le mandat de chaque groupe est public. D’un groupe fermé, les membres et les documents ne le sont pas.", Tables: []ui.Table{x.table(all, group.Active, x.base()+"/groupes", true)}}
	if len(p.Tables[0].Rows) == 0 {
		p.Lead, p.Tables = "", nil
		p.Empty = ui.Empty{Title: "Aucun groupe de travail pour l’instant", Text: "L’équipe de la COP publiera ici le mandat de chacun, et qui y siège.", Action: ui.Link{Label: "Ce que l’on peut faire maintenant", Href: x.base() + "/debat"}}
	}
	v.Parts = append(v.Parts, p)
	if closed := x.table(all, group.Closed, x.base()+"/groupes", true); len(closed.Rows) > 0 {
		closed.ID, closed.Caption = "clos", "Les groupes qui ont fini leur travail"
		v.Parts = append(v.Parts, sections.Part{ID: "groupes-clos", Title: "Ceux qui ont fini leur travail", Tables: []ui.Table{closed}})
	}
	members, err := group.MembersOf(r.Context(), d.Q, x.cop.ID, d.Room.Today(x.cop))
	if err != nil {
		return err
	}
	// What the closed groups hold is in no public count.
	open := map[string]bool{}
	for _, g := range all {
		open[g.ID] = g.Part == policy.Public
	}
	members = slices.DeleteFunc(members, func(m group.Member) bool { return !open[m.Group] })
	if len(members) > 0 {
		v.Parts = append(v.Parts, balance("equilibre", "Qui siège dans les groupes publics", members, d.Room.Today(x.cop), x.departments(), false))
	}
	if _, _, err := d.working(r); err == nil {
		v.Parts = append(v.Parts, sections.Part{Links: []ui.Link{{Label: "Tenir les groupes, au bureau", Href: x.desk()}}})
	} else if apperr.KindOf(err) != apperr.NotFound {
		return err
	}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, trail(x, ui.Link{Label: tabGroups})...)
}

func finding(all []group.Group) string {
	active, bodies := 0, 0
	for _, g := range all {
		if g.State == group.Active {
			active++
			if g.Body != "" {
				bodies++
			}
		}
	}
	switch {
	case active == 0:
		return "aucun groupe de travail pour l’instant"
	case bodies == 0:
		return french.Integer(active) + nb + french.Plural(active, "groupe de travail", "groupes de travail")
	}
	return french.Integer(active) + nb + french.Plural(active, "groupe de travail", "groupes de travail") + ", dont " + french.Integer(bodies) + nb + french.Plural(bodies, "instance qui existait déjà", "instances qui existaient déjà")
}

// table lists the groups in a state, each after the one that it is within.
func (x where) table(all []group.Group, state, base string, public bool) ui.Table {
	t := ui.Table{ID: "liste-groupes", Caption: "Les groupes, chacun sous celui qui l’élargit", CaptionHidden: true, Columns: []ui.Column{{Label: "Groupe", Wide: true}, {Label: "Membres", Number: true}, {Label: "Départements"}, {Label: "Échéance"}, {Label: "Ouverture"}}}
	for _, g := range group.Tree(all) {
		if g.State != state {
			continue
		}
		name := ui.Cell{Text: strings.Repeat("–"+nb, g.Depth) + g.Name, Href: base + "/" + g.ID}
		if g.Body != "" {
			name.Sub = bodyName(g.Body)
		}
		members := ui.Cell{Text: french.Integer(g.Members)}
		switch {
		case public && g.Part != policy.Public:
			members = ui.Cell{Missing: "groupe fermé\u00a0: ses membres ne sont pas publics"}
		case g.Members == 0:
			members = ui.Cell{Missing: "les membres ne sont pas encore inscrits"}
		}
		var names []string
		for _, code := range g.Departments {
			names = append(names, x.departmentName(code))
		}
		until := ui.Cell{Text: french.Day(g.Until)}
		if g.Until == "" {
			until = ui.Cell{Missing: "aucune date n’est fixée"}
		}
		if state == group.Closed {
			until = ui.Cell{Text: "clos le " + french.Day(g.ClosedOn), Sub: g.ClosedReason}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{name, members, {Text: or(strings.Join(names, ", "), "toute la région")}, until, {Text: partName(g.Part)}}})
	}
	return t
}

// publicOne is a group as anyone reads it.
func (d Deps) publicOne(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	g, err := group.Find(r.Context(), d.Q, r.PathValue("id"))
	if err == nil && g.COP != x.cop.ID {
		err = apperr.NotFoundf("Ce groupe n’est pas de cette région.")
	}
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	reads := policy.Can(a, policy.Read, g.Thing(x.cop))
	v := sections.View{Heading: ui.Heading{Overline: "Groupe de travail", Title: g.Name, Scope: []string{standing(g), "groupe " + partName(g.Part)}}, Tabs: wording.RegionTabs(x.Region, wording.TabDebate),
		Foot: ui.Source{Text: "équipe de la COP.", Print: true}}
	facts, err := d.facts(r, x, g)
	if err != nil {
		return err
	}
	mandate := sections.Part{ID: "mandat", Title: "Son mandat", Markdown: g.Mandate, Facts: facts}
	if g.Mandate == "" {
		mandate.Lead = "Cette instance tient son mandat du texte ci-dessous\u00a0: la COP ne lui en a pas donné d’autre."
	}
	v.Parts = append(v.Parts, mandate)
	if len(g.Levers) > 0 {
		p := sections.Part{ID: "leviers", Title: "Les leviers dont il parle"}
		for _, code := range g.Levers {
			if l, err := x.fw.Lever(code); err == nil {
				p.Links = append(p.Links, ui.Link{Label: l.Name, Href: "/leviers/" + l.Code})
			}
		}
		v.Parts = append(v.Parts, p)
	}
	if err := d.around(r, x, g, &v); err != nil {
		return err
	}
	if err := d.who(r, x, g, reads, &v); err != nil {
		return err
	}
	meetings, err := d.meetings(r, x, g, a)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, meetings, sections.Part{Links: []ui.Link{wording.FollowLink(x.cop, follow.Group, g.ID, "ce groupe", x.base()+"/groupes/"+g.ID)}})
	if group.MayEdit(a, g, x.cop) {
		v.Parts = append(v.Parts, sections.Part{Links: []ui.Link{{Label: "Tenir ce groupe, au bureau", Href: x.desk() + "/" + g.ID}}})
	}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, trail(x, ui.Link{Label: tabGroups, Href: x.base() + "/groupes"}, ui.Link{Label: wording.Clip(g.Name, 60)})...)
}

// around links a group to the one that it is within, and to those within it.
func (d Deps) around(r *http.Request, x where, g group.Group, v *sections.View) error {
	all, err := group.Of(r.Context(), d.Q, x.cop.ID, "")
	if err != nil {
		return err
	}
	p := sections.Part{ID: "autour", Title: "Autour de ce groupe"}
	for _, o := range all {
		switch {
		case o.ID == g.Parent:
			p.Links = append(p.Links, ui.Link{Label: "Groupe élargi\u00a0: " + o.Name, Href: x.base() + "/groupes/" + o.ID})
		case o.Parent == g.ID:
			p.Links = append(p.Links, ui.Link{Label: "Groupe restreint\u00a0: " + o.Name, Href: x.base() + "/groupes/" + o.ID})
		}
	}
	if len(p.Links) > 0 {
		v.Parts = append(v.Parts, p)
	}
	return nil
}

// who says who facilitates a group and who sits in it: organisations, and the names of
// those alone who agreed to it.
func (d Deps) who(r *http.Request, x where, g group.Group, reads bool, v *sections.View) error {
	held, err := group.Facilitators(r.Context(), d.Q, g.ID)
	if err != nil {
		return err
	}
	var names []string
	for _, f := range held {
		if f.Name != "" {
			names = append(names, f.Name)
		}
	}
	if len(names) > 0 {
		v.Parts[0].Facts = append(v.Parts[0].Facts, [2]string{"Animation", strings.Join(names, ", ")})
	}
	if !reads {
		v.Parts = append(v.Parts, sections.Part{ID: "membres", Title: "Qui y siège", Lead: "C’est un groupe fermé\u00a0: ses membres et ses documents ne sont pas publics."})
		return nil
	}
	members, err := group.Members(r.Context(), d.Q, g.ID)
	if err != nil {
		return err
	}
	today := d.Room.Today(x.cop)
	members = slices.DeleteFunc(members, func(m group.Member) bool { return !m.Sits(today) })
	if len(members) == 0 {
		v.Parts = append(v.Parts, sections.Part{ID: "membres", Title: "Qui y siège", Empty: ui.Empty{Title: "Les membres ne sont pas encore inscrits", Text: "L’animation du groupe les inscrira au bureau."}})
		return nil
	}
	t := ui.Table{ID: "liste-membres", Stack: true, Caption: "Les organismes qui siègent", CaptionHidden: true, Columns: []ui.Column{{Label: "Organisme", Wide: true}, {Label: "Collège"}, {Label: "Représenté par", Wide: true}}}
	alone := map[debate.College]int{}
	for i := 0; i < len(members); {
		m, j := members[i], i
		var shown []string
		hidden := 0
		for ; j < len(members) && members[j].OrgName == m.OrgName && (m.OrgName != "" || j == i); j++ {
			o := members[j]
			switch {
			case o.Name == "" || o.Name == account.ErasedName:
			case o.Shown:
				shown = append(shown, named(o))
			default:
				hidden++
			}
		}
		if m.OrgName == "" && !m.Shown {
			alone[m.College]++
			i = j
			continue
		}
		if hidden > 0 {
			shown = append(shown, french.Integer(hidden)+nb+french.Plural(hidden, "personne", "personnes"))
		}
		by := ui.Cell{Text: strings.Join(shown, ", ")}
		if len(shown) == 0 {
			by = ui.Cell{Missing: "aucune personne n’est encore désignée"}
		}
		name := ui.Cell{Text: m.OrgName}
		if m.OrgName == "" {
			name, by = ui.Cell{Text: m.Name}, ui.Cell{Text: "à titre personnel"}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{name, {Text: m.College.Name()}, by}})
		i = j
	}
	p := sections.Part{ID: "membres", Title: "Qui y siège", Tables: []ui.Table{t}, Lead: "Le nom d’une personne n’est montré que si elle l’a accepté."}
	for _, c := range debate.Colleges() {
		if n := alone[c]; n > 0 {
			p.Tables[0].Rows = append(p.Tables[0].Rows, ui.Row{Cells: []ui.Cell{{Text: french.Integer(n) + nb + french.Plural(n, "personne à titre personnel", "personnes à titre personnel")}, {Text: c.Name()}, {Text: "–"}}})
		}
	}
	over := x.departments()
	if len(g.Departments) > 0 {
		over = slices.DeleteFunc(over, func(x [2]string) bool { return !slices.Contains(g.Departments, x[0]) })
	}
	v.Parts = append(v.Parts, p, balance("equilibre", "L’équilibre du groupe", members, today, over, len(g.Departments) > 0))
	return nil
}

func named(m group.Member) string {
	out := m.Name
	if m.Title != "" {
		out += ", " + m.Title
	}
	if m.Seat == group.Substitute {
		out += " (suppléance)"
	}
	return out
}

// meetings lists those of a group that somebody may know.
func (d Deps) meetings(r *http.Request, x where, g group.Group, a policy.Actor) (sections.Part, error) {
	p := sections.Part{ID: "reunions", Title: "Ses réunions"}
	list, err := cop.MeetingsOfGroup(r.Context(), d.Q, a, x.cop, g.ID)
	if err != nil {
		return p, err
	}
	t := ui.Table{ID: "liste-reunions", Stack: true, Caption: "Les réunions du groupe, la dernière d’abord", CaptionHidden: true, Columns: []ui.Column{{Label: "Date"}, {Label: "Réunion", Wide: true}, {Label: "Lieu"}, {Label: "État"}}}
	for _, m := range list {
		place := ui.Cell{Text: m.Place}
		if m.Place == "" {
			place = ui.Cell{Missing: "le lieu n’est pas encore dit"}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Day(m.Day)}, {Text: m.Title, Href: "/reunions/" + m.ID}, place, {Text: meetingState(m)}}})
	}
	if len(t.Rows) == 0 {
		p.Empty = ui.Empty{Title: "Aucune réunion publique pour l’instant", Text: "Les réunions annoncées de ce groupe seront ici."}
		return p, nil
	}
	p.Tables = []ui.Table{t}
	return p, nil
}

func meetingState(m cop.Meeting) string {
	switch m.State {
	case cop.Cancelled:
		return "annulée"
	case cop.MeetingOn:
		return "tenue"
	}
	return "prévue"
}
