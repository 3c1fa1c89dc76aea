// Package accounts serves sign-in, one's own space, and the roles that one may
// give.
package accounts

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/panorama"
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
	// TrustedProxies are the front servers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Log keeps why a provider's answer was refused; nil keeps nothing.
	Log *slog.Logger
	// Waiting is what waits for an account in other rooms, in one link; nil for nothing.
	Waiting func(ctx context.Context, a account.Account) ([]ui.Link, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"sign-in": d.ask, "sign-in-ask": d.send, "sign-in-confirm": d.confirmPage, "sign-in-use": d.confirm, "sign-in-code": d.code, "sign-out": d.signOut,
		"oidc-start": d.oidcStart, "oidc-return": d.oidcReturn, "sign-out-return": d.signedOut, "oidc-bind": d.bind, "oidc-unbind": d.unbind,
		"own-data": d.ownData, "own-data-json": d.ownDataJSON, "erase": d.eraseAsk, "erase-ask": d.eraseTyped, "erase-confirm": d.eraseConfirm,
		"stop": d.stopPage, "stop-now": d.stop,
		"self": d.self, "self-save": d.selfSave, "session-close": d.sessionClose,
		"roles": d.roles, "role-give": d.roleGive, "role-end": d.roleEnd,
	}
}

type askView struct {
	Fields   []ui.Field
	Next     string
	Title    string // of the notice, when there is one
	Error    string
	Done     bool   // the notice tells good news
	Provider string // name of the provider, when there is one
}

func (v askView) state() string {
	if v.Done {
		return "success"
	}
	return "error"
}

// askView is the sign-in page without anything to say.
func (d Deps) askView(next string) askView {
	v := askView{Fields: []ui.Field{emailField("", "")}, Next: next}
	if d.Room.Provider != nil {
		v.Provider = d.Room.Provider.Name
	}
	return v
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
	return d.Shell.Render(w, r, d.page(r, "Se connecter"), askPage(d.askView(next)))
}

func (d Deps) send(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	email, next := r.PostForm.Get("email"), shell.Back(r.PostForm.Get("suite"))
	err := d.Room.AskLink(r.Context(), email, shell.Machine(r, d.TrustedProxies), next)
	if err != nil && !shell.Beside(err) {
		return err
	}
	if err != nil {
		v := d.askView(next)
		v.Fields = []ui.Field{emailField(email, apperr.Message(err))}
		return d.Shell.RenderStatus(w, r, apperr.Status(err), d.page(r, "Se connecter"), askPage(v))
	}
	return d.Shell.Render(w, r, d.page(r, "Ouvrez le courriel que Jalon vient d’envoyer"), codePage(codeView{Email: strings.TrimSpace(email), Field: codeField("")}))
}

type codeView struct {
	Email string
	Field ui.Field
}

func codeField(wrong string) ui.Field {
	return ui.Field{ID: "code", Label: "Code à huit chiffres", Autocomplete: "one-time-code", Required: true, Error: wrong, Help: "Il est dans le courriel, sous le lien. Exemple\u00a0: 1234\u00a05678"}
}

func (d Deps) code(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	email := r.PostForm.Get("email")
	s, err := d.Room.ConfirmCode(r.Context(), email, r.PostForm.Get("code"), shell.Machine(r, d.TrustedProxies), r.UserAgent())
	if err != nil && shell.Beside(err) {
		return d.Shell.RenderStatus(w, r, apperr.Status(err), d.page(r, "Ouvrez le courriel que Jalon vient d’envoyer"), codePage(codeView{Email: email, Field: codeField(apperr.Message(err))}))
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
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	s, err := d.Room.Confirm(r.Context(), r.PostForm.Get("jeton"), r.UserAgent())
	if err != nil && shell.Beside(err) {
		v := d.askView("/mon-espace")
		v.Title, v.Error = "Ce lien ne sert plus", apperr.Message(err)
		return d.Shell.RenderStatus(w, r, apperr.Status(err), d.page(r, "Se connecter"), askPage(v))
	}
	if err != nil {
		return err
	}
	return d.enter(w, r, s)
}

func (d Deps) enter(w http.ResponseWriter, r *http.Request, s account.SignedIn) error {
	d.setCookie(w, shell.SessionCookie, s.Cookie, "/", s.Life)
	return shell.SeeOther(w, r, shell.Back(s.Next))
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
