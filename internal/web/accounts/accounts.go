// Package accounts serves sign-in, one's own space, and the roles that one may
// give.
package accounts

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Room  *account.Room
	// Secure says whether the site is served over https.
	Secure bool
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"sign-in": d.ask, "sign-in-ask": d.send, "sign-in-confirm": d.confirmPage, "sign-in-use": d.confirm, "sign-in-code": d.code, "sign-out": d.signOut,
		"self": d.self, "self-save": d.selfSave, "session-close": d.sessionClose,
		"roles": d.roles, "role-give": d.roleGive, "role-end": d.roleEnd,
	}
}

type askView struct {
	Fields []ui.Field
	Next   string
	Error  string
}

func (d Deps) page(r *http.Request, title string) ui.Page {
	p := d.Shell.Page(r, title, "", ui.Link{Label: "Accueil", Href: "/"}, ui.Link{Label: title})
	p.NoIndex, p.Canonical = true, ""
	return p
}

func emailField(value, wrong string) ui.Field {
	return ui.Field{ID: "email", Label: "Votre adresse électronique professionnelle", Type: "email", Autocomplete: "email", Required: true, Value: value, Error: wrong,
		Help: "Celle que l’équipe de la COP a invitée. Exemple\u00a0: anne.martin@exemple.fr"}
}

func (d Deps) ask(w http.ResponseWriter, r *http.Request) error {
	next := shell.Back(r.URL.Query().Get("suite"))
	if shell.Of(r).SignedIn() {
		return shell.SeeOther(w, r, next)
	}
	return d.Shell.Render(w, r, d.page(r, "Se connecter"), askPage(askView{Fields: []ui.Field{emailField("", "")}, Next: next}))
}

// readForm reads a form; one that cannot be read says so.
func readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire n’a pas pu être lu. Rechargez la page et recommencez.")
	}
	return nil
}

// refused reports whether an error belongs beside a form, which comes back
// filled; others are pages of their own.
func refused(err error) bool {
	switch apperr.KindOf(err) {
	case apperr.Invalid, apperr.Forbidden, apperr.TooMany, apperr.Conflict:
		return true
	}
	return false
}

func (d Deps) send(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	email, next := r.PostForm.Get("email"), shell.Back(r.PostForm.Get("suite"))
	err := d.Room.AskLink(r.Context(), email, machine(r), next)
	if err != nil && !refused(err) {
		return err
	}
	if err != nil {
		v := askView{Fields: []ui.Field{emailField(email, apperr.Message(err))}, Next: next}
		return d.Shell.RenderStatus(w, r, apperr.Status(err), d.page(r, "Se connecter"), askPage(v))
	}
	return d.Shell.Render(w, r, d.page(r, "Ouvrez le mail que Jalon vient d’envoyer"), codePage(codeView{Email: strings.TrimSpace(email), Field: codeField("")}))
}

type codeView struct {
	Email string
	Field ui.Field
}

func codeField(wrong string) ui.Field {
	return ui.Field{ID: "code", Label: "Code à huit chiffres", Autocomplete: "one-time-code", Required: true, Error: wrong, Help: "Il est dans le mail, sous le lien. Exemple\u00a0: 1234\u00a05678"}
}

func (d Deps) code(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	email := r.PostForm.Get("email")
	s, err := d.Room.ConfirmCode(r.Context(), email, r.PostForm.Get("code"), machine(r), r.UserAgent())
	if err != nil && refused(err) {
		return d.Shell.RenderStatus(w, r, apperr.Status(err), d.page(r, "Ouvrez le mail que Jalon vient d’envoyer"), codePage(codeView{Email: email, Field: codeField(apperr.Message(err))}))
	}
	if err != nil {
		return err
	}
	return d.enter(w, r, s)
}

// confirmPage asks for a click: gateways of mail follow links, and must not use
// them up.
func (d Deps) confirmPage(w http.ResponseWriter, r *http.Request) error {
	return d.Shell.Render(w, r, d.page(r, "Confirmer votre connexion"), confirmView(r.URL.Query().Get("jeton")))
}

func (d Deps) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	s, err := d.Room.Confirm(r.Context(), r.PostForm.Get("jeton"), r.UserAgent())
	if err != nil && refused(err) {
		v := askView{Fields: []ui.Field{emailField("", "")}, Next: "/mon-espace", Error: apperr.Message(err)}
		return d.Shell.RenderStatus(w, r, apperr.Status(err), d.page(r, "Se connecter"), askPage(v))
	}
	if err != nil {
		return err
	}
	return d.enter(w, r, s)
}

func (d Deps) enter(w http.ResponseWriter, r *http.Request, s account.SignedIn) error {
	http.SetCookie(w, &http.Cookie{Name: shell.SessionCookie, Value: s.Cookie, Path: "/", MaxAge: int(s.Life.Seconds()), HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode})
	return shell.SeeOther(w, r, shell.Back(s.Next))
}

func (d Deps) signOut(w http.ResponseWriter, r *http.Request) error {
	if who := shell.Of(r); who.SignedIn() {
		if err := d.Room.Close(r.Context(), who.Account, who.Session); err != nil && apperr.KindOf(err) != apperr.NotFound {
			return err
		}
	}
	http.SetCookie(w, &http.Cookie{Name: shell.SessionCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode})
	return shell.SeeOther(w, r, "/connexion")
}

// machine is where a request comes from, for limits.
func machine(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

type selfView struct {
	Account  account.Account
	Fields   []ui.Field
	Saved    bool
	Roles    []roleLine
	Sessions []sessionLine
	Desks    []ui.Link
	MayGive  bool
}

type roleLine struct{ ID, Who, Role, Where, Since, End string }

type sessionLine struct {
	ID, Agent, Seen string
	Current         bool
}

func profileFields(a account.Account, wrong string) []ui.Field {
	notify := ui.Field{ID: "notify", Label: "Recevoir les messages", Type: "select", Required: true}
	for _, o := range [][2]string{{"immediate", "aussitôt"}, {"digest", "une fois par jour, réunis"}, {"none", "jamais, sauf pour me connecter"}} {
		notify.Options = append(notify.Options, ui.Option{Value: o[0], Label: o[1], Selected: a.Notify == o[0]})
	}
	return []ui.Field{{ID: "name", Label: "Votre nom", Autocomplete: "name", Required: true, Value: a.Name, Error: wrong}, notify}
}

func (d Deps) self(w http.ResponseWriter, r *http.Request) error {
	a, err := account.Find(r.Context(), d.Room.DB, shell.Of(r).Account)
	if err != nil {
		return err
	}
	return d.showSelf(w, r, http.StatusOK, a, profileFields(a, ""), r.URL.Query().Get("fait") == "1")
}

func (d Deps) showSelf(w http.ResponseWriter, r *http.Request, status int, a account.Account, fields []ui.Field, saved bool) error {
	ctx, who := r.Context(), shell.Of(r)
	v := selfView{Account: a, Fields: fields, Saved: saved, MayGive: len(policy.Gives(who.Actor)) > 0}
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
	if err := readForm(r); err != nil {
		return err
	}
	rev, err := strconv.ParseInt(r.PostForm.Get("rev"), 10, 64)
	if err != nil {
		return apperr.New(apperr.Invalid, err, "Le formulaire est incomplet. Rechargez la page et recommencez.")
	}
	who := shell.Of(r)
	name, notify := r.PostForm.Get("name"), r.PostForm.Get("notify")
	_, err = d.Room.SaveProfile(r.Context(), who.Actor, rev, name, notify)
	if err != nil && !refused(err) {
		return err
	}
	if err != nil {
		a, ferr := account.Find(r.Context(), d.Room.DB, who.Account)
		if ferr != nil {
			return ferr
		}
		a.Name, a.Notify = name, notify
		return d.showSelf(w, r, apperr.Status(err), a, profileFields(a, apperr.Message(err)), false)
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

// where names the scope of a role, and gives the slug of a region.
func (d Deps) where(ctx context.Context, kind, scope string) (name, slug string, err error) {
	if kind == "nation" {
		return "toute la France", "", nil
	}
	m, err := d.Model(ctx)
	if err != nil {
		return "", "", err
	}
	switch kind {
	case "region":
		r, err := m.Tree().Region(scope)
		return r.Name, r.Slug, err
	case "department":
		x, err := m.Tree().Dept(scope)
		return x.Name, "", err
	}
	return scope, "", nil
}

type rolesView struct {
	Groups []rolesGroup
	Fields []ui.Field
	Done   bool
}

type rolesGroup struct {
	ID, Title string
	Lines     []roleLine
}

// scopes are where an actor may give roles: all for the nation, else the regions
// and départements of their own roles.
func (d Deps) scopes(ctx context.Context, who shell.Who) (out [][2]string, err error) {
	m, err := d.Model(ctx)
	if err != nil {
		return nil, err
	}
	if who.Actor.Is(policy.NationalAdmin) {
		out = append(out, [2]string{"nation", ""})
		for _, r := range m.Tree().Regions() {
			out = append(out, [2]string{"region", r.Code})
		}
		return out, nil
	}
	held, err := account.Roles(ctx, d.Room.DB, who.Account)
	if err != nil {
		return nil, err
	}
	for _, g := range held {
		if len(policy.Given(g.Role)) > 0 {
			out = append(out, [2]string{g.ScopeKind, g.Scope})
		}
	}
	return out, nil
}

func (d Deps) roles(w http.ResponseWriter, r *http.Request) error {
	return d.showRoles(w, r, http.StatusOK, "", "", "", "", "")
}

func (d Deps) showRoles(w http.ResponseWriter, r *http.Request, status int, email, name, role, scope, wrong string) error {
	ctx, who := r.Context(), shell.Of(r)
	given := policy.Gives(who.Actor)
	if len(given) == 0 {
		return policy.Check(policy.Actor{}, policy.Read, policy.Thing{Kind: policy.RoleGrant})
	}
	scopes, err := d.scopes(ctx, who)
	if err != nil {
		return err
	}
	v := rolesView{Done: r.URL.Query().Get("fait") == "1"}
	roleField := ui.Field{ID: "role", Label: "Rôle", Type: "select", Required: true, Options: []ui.Option{{Label: "Choisissez un rôle"}}}
	for _, x := range given {
		roleField.Options = append(roleField.Options, ui.Option{Value: string(x), Label: x.Name(), Selected: role == string(x)})
	}
	scopeField := ui.Field{ID: "scope", Label: "Où il s’exerce", Type: "select", Required: true}
	for _, x := range scopes {
		where, _, err := d.where(ctx, x[0], x[1])
		if err != nil {
			return err
		}
		value := x[0] + ":" + x[1]
		scopeField.Options = append(scopeField.Options, ui.Option{Value: value, Label: where, Selected: scope == value})
		held, err := account.Holders(ctx, d.Room.DB, x[0], x[1])
		if err != nil {
			return err
		}
		if len(held) == 0 {
			continue
		}
		g := rolesGroup{ID: "roles-" + x[0] + x[1], Title: strings.ToUpper(where[:1]) + where[1:]}
		for _, h := range held {
			g.Lines = append(g.Lines, roleLine{ID: h.ID, Who: strings.TrimSpace(h.Name + " <" + h.Email + ">"), Role: h.Role.Name(), Since: french.Date(h.At)})
		}
		v.Groups = append(v.Groups, g)
	}
	v.Fields = []ui.Field{{ID: "email", Label: "Adresse électronique de la personne", Type: "email", Required: true, Value: email, Error: wrong},
		{ID: "name", Label: "Son nom", Value: name}, roleField, scopeField}
	return d.Shell.RenderStatus(w, r, status, d.page(r, "Les rôles"), rolesPage(v))
}

func (d Deps) roleGive(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(r); err != nil {
		return err
	}
	f := r.PostForm
	kind, scope, _ := strings.Cut(f.Get("scope"), ":")
	where, _, err := d.where(r.Context(), kind, scope)
	if err == nil {
		_, err = d.Room.Give(r.Context(), shell.Actor(r), f.Get("email"), f.Get("name"), policy.Role(f.Get("role")), kind, scope, where)
	}
	if err != nil && !refused(err) {
		return err
	}
	if err != nil {
		return d.showRoles(w, r, apperr.Status(err), f.Get("email"), f.Get("name"), f.Get("role"), f.Get("scope"), apperr.Message(err))
	}
	return shell.SeeOther(w, r, "/roles?fait=1")
}

func (d Deps) roleEnd(w http.ResponseWriter, r *http.Request) error {
	if err := d.Room.End(r.Context(), shell.Actor(r), r.PathValue("id")); err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/roles?fait=1")
}

// Seen reads a session's cookie as the frame of pages needs it.
func Seen(room *account.Room) func(ctx context.Context, cookie string) (shell.Who, error) {
	return func(ctx context.Context, cookie string) (shell.Who, error) {
		s, err := room.Seen(ctx, cookie)
		if err != nil || s.Account.ID == "" {
			return shell.Who{}, err
		}
		return shell.Who{Account: s.Account.ID, Name: s.Account.Name, Session: s.Session, Actor: s.Actor}, nil
	}
}

func rev(a account.Account) string { return strconv.FormatInt(a.Rev, 10) }
