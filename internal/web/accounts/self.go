package accounts

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

type selfView struct {
	Account  account.Account
	Fields   []ui.Field
	Saved    bool
	Roles    []roleLine
	Sessions []sessionLine
	Desks    []ui.Link
	MayGive  bool
	Provider string // name of the provider, when there is one
	Bound    bool   // the account is bound to it

	Organisations []ownOrganisation
}

type roleLine struct{ ID, Name, Email, Role, Where, Since, End, Account string }

// who names the person of a role, by their address when they gave no name.
func (l roleLine) who() string {
	if l.Name == "" {
		return l.Email
	}
	return l.Name
}

type sessionLine struct {
	ID, Agent, Seen string
	Current         bool
}

func profileFields(name string, choices map[account.Notice]string, wrong string) []ui.Field {
	fields := []ui.Field{{ID: "name", Label: "Votre nom", Autocomplete: "name", Required: true, Value: name, Error: wrong}}
	for _, n := range account.Notices() {
		f := ui.Field{ID: "notice-" + string(n), Label: n.Name(), Type: "select", Required: true}
		for _, o := range [][2]string{{account.Immediate, "aussitôt"}, {account.Digest, "une fois par jour, réunis"}, {account.None, "jamais"}} {
			f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: choices[n] == o[0]})
		}
		fields = append(fields, f)
	}
	return fields
}

func (d Deps) self(w http.ResponseWriter, r *http.Request) error {
	a, err := account.Find(r.Context(), d.Room.DB, shell.Of(r).Account)
	if err != nil {
		return err
	}
	choices, err := account.Choices(r.Context(), d.Room.DB, a)
	if err != nil {
		return err
	}
	return d.showSelf(w, r, http.StatusOK, a, profileFields(a.Name, choices, ""), r.URL.Query().Get("fait") == "1")
}

func (d Deps) showSelf(w http.ResponseWriter, r *http.Request, status int, a account.Account, fields []ui.Field, saved bool) error {
	ctx, who := r.Context(), shell.Of(r)
	v := selfView{Account: a, Fields: fields, Saved: saved, MayGive: len(policy.Gives(who.Actor)) > 0}
	var err error
	if d.Room.Provider != nil {
		v.Provider = d.Room.Provider.Name
		if v.Bound, err = d.Room.Bound(ctx, a.ID); err != nil {
			return err
		}
	}
	if d.Waiting != nil {
		if v.Desks, err = d.Waiting(ctx, a); err != nil {
			return err
		}
	}
	roles, err := account.Roles(ctx, d.Room.DB, a.ID)
	if err != nil {
		return err
	}
	for _, g := range roles {
		where, slug, err := d.where(ctx, g.ScopeKind, g.Scope)
		if err != nil {
			return err
		}
		v.Roles = append(v.Roles, roleLine{Role: g.Role.Name(), Where: where, Since: french.Date(g.At)})
		if slug != "" {
			v.Desks = append(v.Desks, ui.Link{Label: "Bureau de la COP, " + where, Href: "/regions/" + slug + "/bureau"})
		}
		if g.ScopeKind == "department" {
			v.Desks = append(v.Desks, ui.Link{Label: "Bureau de la COP, " + where, Href: "/departements/" + g.Scope + "/bureau"})
		}
	}
	if !policy.Where(who.Actor, policy.Read, policy.Board).None() {
		v.Desks = append(v.Desks, ui.Link{Label: "Tableau national des 18 COP", Href: "/national"})
	}
	if policy.Can(who.Actor, policy.Edit, policy.Thing{Kind: policy.Cycle}) {
		v.Desks = append(v.Desks, ui.Link{Label: "Cycles de COP", Href: "/national/cycles"})
	}
	if v.Organisations, err = d.ownOrganisations(ctx, a.ID); err != nil {
		return err
	}
	if !policy.Where(who.Actor, policy.Read, policy.Organisation).None() {
		v.Desks = append(v.Desks, ui.Link{Label: "Organismes et leurs personnes", Href: "/organisations"})
	}
	if slices.ContainsFunc(who.Actor.Grants, func(g policy.Grant) bool { return g.Role == policy.Writer || g.Role == policy.Validator }) {
		v.Desks = append(v.Desks, ui.Link{Label: "Questionnaires de votre collectivité", Href: "/questionnaire"})
	}
	if !policy.Where(who.Actor, policy.Create, policy.Invitation).None() {
		v.Desks = append(v.Desks, ui.Link{Label: "Inviter des personnes", Href: "/invitations"})
	}
	sessions, err := d.Room.Sessions(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		v.Sessions = append(v.Sessions, sessionLine{ID: s.ID, Agent: agentName(s.Agent), Seen: french.Date(s.SeenAt) + " à " + s.SeenAt.Format("15:04") + " (UTC)", Current: s.ID == who.Session})
	}
	return d.Shell.RenderStatus(w, r, status, d.page(r, "Mon espace"), selfPage(v))
}

// agentName says which browser and system a session comes from, as far as it
// tells.
func agentName(agent string) string {
	name := "navigateur inconnu"
	for _, x := range [][2]string{{"Firefox/", "Firefox"}, {"Edg/", "Edge"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, x[0]) {
			name = x[1]
			break
		}
	}
	for _, x := range [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, x[0]) {
			return name + " sur " + x[1]
		}
	}
	return name
}

func (d Deps) selfSave(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	rev, err := strconv.ParseInt(r.PostForm.Get("rev"), 10, 64)
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	who := shell.Of(r)
	name, choices := r.PostForm.Get("name"), map[account.Notice]string{}
	for _, n := range account.Notices() {
		choices[n] = r.PostForm.Get("notice-" + string(n))
	}
	_, err = d.Room.SaveProfile(r.Context(), who.Actor, rev, name, choices)
	if err != nil && !shell.Beside(err) {
		return err
	}
	if err != nil {
		a, ferr := account.Find(r.Context(), d.Room.DB, who.Account)
		if ferr != nil {
			return ferr
		}
		return d.showSelf(w, r, apperr.Status(err), a, profileFields(name, choices, apperr.Message(err)), false)
	}
	return shell.SeeOther(w, r, "/mon-espace?fait=1")
}

func (d Deps) sessionClose(w http.ResponseWriter, r *http.Request) error {
	who := shell.Of(r)
	if err := d.Room.Close(r.Context(), who.Account, r.PathValue("id")); err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/mon-espace#sessions")
}
