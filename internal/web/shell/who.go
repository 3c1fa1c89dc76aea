package shell

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"jalon/internal/policy"
)

// SessionCookie is the name of the cookie that says which session acts.
const SessionCookie = "jalon_session"

// Who is whoever sends a request. The zero Who is anyone: a page that anyone
// may keep never asks.
type Who struct {
	Account string // id of the account, empty when nobody signed in
	Name    string
	Session string // id of the session, to tell it apart in their list
	Actor   policy.Actor
	// Voice is the id of the voice whose address this browser confirmed in a debate, empty
	// for none.
	Voice string
}

// SignedIn reports whether somebody did.
func (w Who) SignedIn() bool { return w.Account != "" }

type whoKey struct{}

// With says who sends a request, for what answers it.
func With(ctx context.Context, w Who) context.Context { return context.WithValue(ctx, whoKey{}, w) }

// In tells who sends the request that a context belongs to, for what is given a
// context alone.
func In(ctx context.Context) Who {
	w, _ := ctx.Value(whoKey{}).(Who)
	return w
}

// Of tells who sends a request. Routes that anyone may keep have nobody.
func Of(r *http.Request) Who { return In(r.Context()) }

// Actor is what policy asks of whoever sends a request.
func Actor(r *http.Request) policy.Actor { return Of(r).Actor }

// Cycle is the cycle that an address names: in its path, as the pages of a COP do, or
// beside it; empty for none.
func Cycle(r *http.Request) string {
	return cmp.Or(r.PathValue("cycle"), Clean(r.URL.Query().Get("cycle")))
}

// SignIn is the address of the sign-in page that leads back to a request.
func SignIn(r *http.Request) string {
	return "/connexion?suite=" + url.QueryEscape(r.URL.RequestURI())
}

// Back reads an address to come back to: one of our own paths, or home. What
// comes in an address may have been written by anybody.
func Back(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || len(u.Path) < 1 || u.Path[0] != '/' || len(path) > 1 && (path[1] == '/' || path[1] == '\\') || len(path) > 1000 {
		return "/mon-espace"
	}
	return u.RequestURI()
}

// VoiceCookie is the name of the cookie that says which address this browser
// confirmed in a debate.
const VoiceCookie = "jalon_voix"
