package accounts

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/web/shell"
)

// The cookies that a browser keeps while it is away at the provider: SameSite
// Lax, since it comes back from another site, by a GET.
const (
	flowCookie   = "jalon_oidc"
	logoutCookie = "jalon_oidc_fin"
	flowPath     = "/connexion/oidc"
	logoutPath   = "/deconnexion"
)

func (d Deps) setCookie(w http.ResponseWriter, name, value, path string, life time.Duration) {
	c := &http.Cookie{Name: name, Value: value, Path: path, MaxAge: int(life.Seconds()), HttpOnly: true, Secure: d.Secure, SameSite: http.SameSiteLaxMode}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// oidcStart sends the browser to the provider. It writes nothing here, so that a
// link does: a form may lead nowhere but here, by our content policy.
func (d Deps) oidcStart(w http.ResponseWriter, r *http.Request) error {
	next := shell.Back(r.URL.Query().Get("suite"))
	address, kept, life, err := d.Room.StartFederated(r.Context(), "", next)
	if err != nil {
		return d.oidcFailed(w, r, next, err)
	}
	d.setCookie(w, flowCookie, kept, flowPath, life)
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// bind begins the same for whoever is signed in, to bind the provider to their
// account. That asks for a POST from a page of ours: by a link, another site that
// had signed them in there as somebody else would bind that somebody.
func (d Deps) bind(w http.ResponseWriter, r *http.Request) error {
	address, kept, life, err := d.Room.StartFederated(r.Context(), shell.Of(r).Account, "/mon-espace")
	if err != nil {
		return d.oidcFailed(w, r, "/mon-espace", err)
	}
	d.setCookie(w, flowCookie, kept, flowPath, life)
	name := d.Room.Provider.Name
	return d.leave(w, r, leavingView{Title: "Lier " + name, Text: name + " va vous identifier, puis vous reviendrez ici\u00a0; votre navigateur y va de lui-même.", Label: "Aller chez " + name, Address: address})
}

type leavingView struct{ Title, Text, Label, Address string }

// leave answers a form by a page of ours that leads elsewhere by itself.
func (d Deps) leave(w http.ResponseWriter, r *http.Request, v leavingView) error {
	w.Header().Set("Refresh", "0; url="+v.Address)
	return d.Shell.Render(w, r, d.page(r, v.Title), v.page())
}

// oidcReturn ends what oidcStart began. Its cookie serves once, whatever comes
// of it.
func (d Deps) oidcReturn(w http.ResponseWriter, r *http.Request) error {
	q, who := r.URL.Query(), shell.Of(r)
	d.setCookie(w, flowCookie, "", flowPath, 0)
	s, err := d.Room.FinishFederated(r.Context(), cookie(r, flowCookie), who.Account,
		account.Answer{State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error")}, shell.Machine(r, d.TrustedProxies), r.UserAgent())
	if err != nil {
		return d.oidcFailed(w, r, "/mon-espace", err)
	}
	if who.SignedIn() { // the session of before has no cookie left
		if err := d.Room.Close(r.Context(), who.Account, who.Session); err != nil && apperr.KindOf(err) != apperr.NotFound {
			return err
		}
	}
	return d.enter(w, r, s)
}

// oidcFailed says above the sign-in form what went wrong: by mail, one still
// enters. The log keeps the cause.
func (d Deps) oidcFailed(w http.ResponseWriter, r *http.Request, next string, err error) error {
	kind := apperr.KindOf(err)
	if kind != apperr.Unavailable && !shell.Beside(err) || d.Room.Provider == nil {
		return err
	}
	if cause := errors.Unwrap(err); d.Log != nil && cause != nil {
		d.Log.LogAttrs(r.Context(), slog.LevelWarn, "provider", slog.String("error", err.Error()))
	}
	v := d.askView(next)
	v.Title, v.Error = "Vous n’êtes pas connecté", apperr.Message(err)
	if kind == apperr.Unavailable {
		v.Title = d.Room.Provider.Name + " ne répond pas"
	}
	if shell.Of(r).SignedIn() {
		v.Title = "Rien n’a changé"
	}
	return d.Shell.RenderStatus(w, r, apperr.Status(err), d.page(r, "Se connecter"), askPage(v))
}

// signOut ends the session here, then leads to where that of the provider ends.
// The browser goes there from a page of ours: a form may not lead elsewhere.
func (d Deps) signOut(w http.ResponseWriter, r *http.Request) error {
	var address string
	if who := shell.Of(r); who.SignedIn() {
		to, kept, life, err := d.Room.EndFederated(r.Context(), who.Account, who.Session)
		if err != nil {
			return err
		}
		if address = to; address != "" {
			d.setCookie(w, logoutCookie, kept, logoutPath, life)
		}
	}
	d.setCookie(w, shell.SessionCookie, "", "/", 0)
	if address == "" {
		return shell.SeeOther(w, r, "/connexion")
	}
	name := d.Room.Provider.Name
	return d.leave(w, r, leavingView{Title: "Vous êtes déconnecté de Jalon", Text: "Il reste à fermer votre session auprès de " + name + "\u00a0; votre navigateur y va de lui-même.",
		Label: "Me déconnecter de " + name, Address: address})
}

// signedOut is where the provider sends back who signed out there.
func (d Deps) signedOut(w http.ResponseWriter, r *http.Request) error {
	ended := d.Room.Ended(cookie(r, logoutCookie), r.URL.Query().Get("state"))
	d.setCookie(w, logoutCookie, "", logoutPath, 0)
	v, status := d.askView("/mon-espace"), http.StatusOK
	if ended && d.Room.Provider != nil {
		v.Title, v.Error, v.Done = "Vous êtes déconnecté", "Votre session est fermée sur Jalon et auprès de "+d.Room.Provider.Name+".", true
	} else {
		status = http.StatusForbidden
		v.Title, v.Error = "Ce retour n’est pas le vôtre", "Il ne correspond à aucune déconnexion commencée dans ce navigateur. Rien n’a été fermé\u00a0: vos sessions sont dans «\u00a0Mon espace\u00a0»."
	}
	return d.Shell.RenderStatus(w, r, status, d.page(r, "Se connecter"), askPage(v))
}

func (d Deps) unbind(w http.ResponseWriter, r *http.Request) error {
	if err := d.Room.Unbind(r.Context(), shell.Actor(r)); err != nil {
		return err
	}
	return shell.SeeOther(w, r, "/mon-espace?fait=1#identite")
}

// startHref is the address that begins a sign-in by the provider.
func startHref(next string) string {
	return flowPath + "?" + url.Values{"suite": {next}}.Encode()
}

type stopView struct {
	Token, Kind string
	Done        bool
}

// stopPage asks before it stops: what follows links must stop nothing.
func (d Deps) stopPage(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("jeton")
	_, kind, err := d.Room.StopKind(token)
	if err != nil {
		return err
	}
	return d.Shell.Render(w, r, d.page(r, "Ne plus recevoir ces messages"), stopView{Token: token, Kind: kind.Name()}.page())
}

// stop stops a kind of message by a POST alone, from a person or from their mail
// reader (RFC 8058): no session is asked.
func (d Deps) stop(w http.ResponseWriter, r *http.Request) error {
	kind, err := d.Room.Stop(r.Context(), r.URL.Query().Get("jeton"))
	if err != nil {
		return err
	}
	return d.Shell.Render(w, r, d.page(r, "Ne plus recevoir ces messages"), stopView{Kind: kind.Name(), Done: true}.page())
}
