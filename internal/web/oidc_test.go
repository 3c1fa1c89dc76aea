package web_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"jalon/internal/account"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// federated is a site with a real provider beside it.
type federated struct {
	*site
	op   *testkit.OIDC
	base string
}

func newFederated(t *testing.T, d *db.DB) *federated {
	t.Helper()
	s := newSite(t, d)
	_, base := s.browser()
	clock := func() time.Time { return s.now }
	f := &federated{site: s, op: testkit.NewOIDC(t, clock), base: base}
	f.op.Return, f.op.AfterLogout = base+"/connexion/oidc/retour", base+"/deconnexion/retour"
	f.renew()
	return f
}

// renew makes the site meet the provider afresh.
func (f *federated) renew() *account.Provider {
	f.accounts.Provider = &account.Provider{Issuer: f.op.Issuer, ClientID: f.op.ClientID, ClientSecret: f.op.ClientSecret, Name: "ProConnect",
		Scopes: []string{"openid", "given_name", "usual_name", "email"}, Return: f.op.Return, AfterLogout: f.op.AfterLogout, Now: func() time.Time { return f.now }}
	return f.accounts.Provider
}

// tab is a browser of its own; one that stops keeps where the provider sends it
// back instead of going there.
func (f *federated) tab(stops bool) *http.Client {
	f.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	if stops {
		c.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
			if r.URL.Path == "/connexion/oidc/retour" {
				return http.ErrUseLastResponse
			}
			return nil
		}
	}
	return c
}

// away begins a sign-in and gives the address that the provider sends back to.
func (f *federated) away(c *http.Client) string {
	f.t.Helper()
	res, err := c.Get(f.base + "/connexion/oidc?suite=/mon-espace")
	if err != nil {
		f.t.Fatal(err)
	}
	_ = res.Body.Close()
	to := res.Header.Get("Location")
	if !strings.HasPrefix(to, f.op.Return) {
		f.t.Fatalf("the provider answers %s, to %q", res.Status, to)
	}
	return to
}

// invited gives an address a role.
func (f *federated) invited(email string) account.Role {
	f.t.Helper()
	g, err := f.accounts.Appoint(f.t.Context(), email, "Anne Martin", policy.NationalReader, "nation", "", "ici")
	if err != nil {
		f.t.Fatal(err)
	}
	return g
}

// count counts rows.
func (f *federated) count(text string, args ...any) (n int64) {
	f.t.Helper()
	if err := f.d.QueryRow(f.t.Context(), text, args...).Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// refusals counts the rows of the journal that say an account was tried.
func (f *federated) refusals(acct string) int {
	f.t.Helper()
	page, err := f.accounts.Journal.List(f.t.Context(), f.d, journal.Filter{Verb: "refuse", Subject: acct}, "", 50)
	if err != nil {
		f.t.Fatal(err)
	}
	return len(page.Entries)
}

var anne = testkit.OIDCPerson{Sub: "sub-anne", Email: "Anne.Martin@Exemple.fr", Given: "Anne", Usual: "Martin", Verified: true}

func TestSignInByAProvider(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		for _, c := range []struct {
			name                      string
			es256, signed, postSecret bool
		}{{"JSON", false, false, false}, {"signed userinfo", false, true, true}, {"elliptic keys", true, true, false}} {
			t.Run(c.name, func(t *testing.T) {
				f := newFederated(t, d)
				f.op.ES256, f.op.SignedUserinfo, f.op.PostSecret = c.es256, c.signed, c.postSecret
				g := f.invited("anne.martin@exemple.fr")
				tab := f.tab(false)
				f.visit(tab, f.base+"/connexion?suite=/roles", nil).has("#fournisseur a", "Se connecter avec ProConnect")
				f.op.SignsIn(anne, "")
				p := f.visit(tab, f.base+"/connexion/oidc?suite=/mon-espace", nil)
				if p.Request.URL.String() != f.base+"/mon-espace" {
					t.Fatalf("signed in, and at %s: %s", p.Request.URL, p.texts("main"))
				}
				p.has("#sessions li", "cette session")
				p.has("#identite p", "est lié à votre identité ProConnect")
				checkPage(t, "self", p)

				// Another address, the same person: the same account, and no other one.
				f.invited("autre@exemple.fr")
				accounts := f.count(`SELECT COUNT(*) FROM account`)
				changed := anne
				changed.Email = "autre@exemple.fr"
				f.op.SignsIn(changed, "")
				f.visit(f.tab(false), f.base+"/connexion/oidc", nil).has("h1", "Mon espace")
				if n := f.count(`SELECT COUNT(*) FROM identity`); n != 1 {
					t.Errorf("%d identities", n)
				}
				if n := f.count(`SELECT COUNT(*) FROM session WHERE account = $1 AND id_token <> ''`, g.Account); n < 2 {
					t.Errorf("%d sessions of the account that is bound", n)
				}
				if n := f.count(`SELECT COUNT(*) FROM account`); n != accounts {
					t.Errorf("%d accounts, want %d", n, accounts)
				}

				// Sign-out goes there too, by a page of ours, and comes back checked.
				p = f.visit(tab, f.base+"/deconnexion", url.Values{})
				p.has("h1", "Vous êtes déconnecté de Jalon")
				_, to, _ := strings.Cut(p.Header.Get("Refresh"), "url=")
				if href := p.attr("main a.fr-btn", "href"); len(href) != 1 || href[0] != to || !strings.HasPrefix(to, f.op.Issuer+"/logout?") {
					t.Fatalf("sign-out leads to %q, refresh %q", href, to)
				}
				checkPage(t, "leaving", p)
				p = f.visit(tab, to, nil)
				p.has(".fr-alert", "fermée sur Jalon et auprès de ProConnect")
				if f.op.Logouts() != 1 {
					t.Errorf("%d sign-outs at the provider", f.op.Logouts())
				}
				p = f.visit(tab, f.base+"/deconnexion/retour?state=x", nil)
				if p.has(".fr-alert", "aucune déconnexion commencée"); p.StatusCode != http.StatusForbidden {
					t.Errorf("a return of nobody: %s", p.Status)
				}
				if p := f.visit(tab, f.base+"/mon-espace", nil); p.Request.URL.Path != "/connexion" {
					t.Errorf("signed out, and at %s", p.Request.URL)
				}
				for _, text := range []string{`DELETE FROM identity`, `DELETE FROM session`} {
					if _, err := d.Exec(t.Context(), text); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	})
}

// Whatever the provider, or somebody in its place, gets wrong: nobody is signed
// in, nothing is bound, the page says it in French, and the journal knows when
// the provider did say for whom.
func TestAProviderThatMisbehaves(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		f := newFederated(t, d)
		g := f.invited("anne.martin@exemple.fr")
		f.op.SignsIn(anne, "")
		f.visit(f.tab(false), f.base+"/connexion/oidc", nil).has("h1", "Mon espace") // the account is bound from now on
		sessions := f.count(`SELECT COUNT(*) FROM session`)
		const unverified, away = "n’a pas pu être vérifiée", "ne répond pas pour l’instant"
		for _, c := range []struct {
			fault  testkit.Fault
			signed bool
			status int
			says   string
			known  bool
		}{
			{testkit.WrongNonce, false, 403, unverified, true}, {testkit.WrongIssuer, false, 403, unverified, true}, {testkit.WrongAudience, false, 403, unverified, true},
			{testkit.OtherParty, false, 403, unverified, true}, {testkit.ExpiredToken, false, 403, unverified, true},
			{testkit.BadSignature, false, 403, unverified, false}, {testkit.AlgNone, false, 403, unverified, false}, {testkit.AlgHMAC, false, 403, unverified, false},
			{testkit.NoIDToken, false, 403, unverified, false}, {testkit.OtherSubject, false, 403, unverified, true}, {testkit.OtherSubject, true, 403, unverified, true},
			{testkit.UserinfoIssuer, true, 403, unverified, true}, {testkit.UserinfoAudience, true, 403, unverified, true}, {testkit.UserinfoForged, true, 403, unverified, true},
			{testkit.UserinfoHTML, false, 403, unverified, true}, {testkit.Denied, false, 403, "Vous n’avez pas terminé la connexion avec ProConnect", false},
			{testkit.OtherState, false, 403, "n’a pas commencé dans ce navigateur", false}, {testkit.TokenDown, false, 503, away, false},
		} {
			f.op.SignedUserinfo = c.signed
			f.op.SignsIn(anne, c.fault)
			before := f.refusals(g.Account)
			tab := f.tab(false)
			p := f.visit(tab, f.base+"/connexion/oidc", nil)
			if p.StatusCode != c.status {
				t.Errorf("%s: %s", c.fault, p.Status)
			}
			p.has(".fr-alert", c.says)
			p.has("form button", "Recevoir le lien") // by mail, one still enters
			checkPage(t, string(c.fault), p)
			if rows := f.refusals(g.Account) - before; rows != map[bool]int{true: 1}[c.known] {
				t.Errorf("%s: %d rows of the journal", c.fault, rows)
			}
			if p := f.visit(tab, f.base+"/mon-espace", nil); p.Request.URL.Path != "/connexion" {
				t.Errorf("%s: signed in all the same", c.fault)
			}
		}
		if n := f.count(`SELECT COUNT(*) FROM session`); n != sessions {
			t.Errorf("%d sessions, want %d", n, sessions)
		}
		if n := f.count(`SELECT COUNT(*) FROM identity`); n != 1 {
			t.Errorf("%d identities", n)
		}
	})
}

func TestAProviderThatIsAway(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		f := newFederated(t, d)
		f.invited("anne.martin@exemple.fr")
		f.op.SignsIn(anne, testkit.Down)
		for _, issuer := range []string{f.op.Issuer, "http://127.0.0.1:1/op"} { // that answers 503, where nobody listens
			f.renew().Issuer = issuer
			p := f.visit(f.tab(false), f.base+"/connexion/oidc", nil)
			if p.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("%s: %s", issuer, p.Status)
			}
			p.has(".fr-alert", "ProConnect ne répond pas")
			p = f.visit(f.tab(false), f.base+"/connexion", url.Values{"email": {"anne.martin@exemple.fr"}})
			p.has("main", "Si un compte est attaché")
		}
		// It comes back, and is asked again a moment later.
		f.renew()
		f.visit(f.tab(false), f.base+"/connexion/oidc", nil).has(".fr-alert", "ne répond pas")
		f.op.SignsIn(anne, "")
		f.now = f.now.Add(11 * time.Second)
		tab := f.tab(false)
		f.visit(tab, f.base+"/connexion/oidc", nil).has("h1", "Mon espace")
		// It goes away again: whoever is signed in stays, and signs out here.
		f.op.SignsIn(anne, testkit.Down)
		f.now = f.now.Add(2 * time.Hour)
		f.visit(tab, f.base+"/mon-espace", nil).has("h1", "Mon espace")
	})
}

// The flow is this browser's, for ten minutes, once.
func TestTheFlowIsBound(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		f := newFederated(t, d)
		f.invited("anne.martin@exemple.fr")
		f.op.SignsIn(anne, "")
		const bound = "n’a pas commencé dans ce navigateur"
		refused := func(name string, c *http.Client, to string) {
			t.Helper()
			c.CheckRedirect = nil
			p := f.visit(c, to, nil)
			if p.StatusCode != http.StatusForbidden || p.Request.URL.Path != "/connexion/oidc/retour" {
				t.Errorf("%s: %s at %s", name, p.Status, p.Request.URL)
				return
			}
			p.has(".fr-alert", bound)
		}
		edit := func(to, key, value string) string {
			u, err := url.Parse(to)
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			if q.Del(key); value != "" {
				q.Set(key, value)
			}
			u.RawQuery = q.Encode()
			return u.String()
		}
		tab := f.tab(true)
		refused("no state", tab, edit(f.away(tab), "state", ""))
		tab = f.tab(true)
		refused("another state", tab, edit(f.away(tab), "state", strings.Repeat("A", 43)))
		tab = f.tab(true)
		refused("another browser", f.tab(true), f.away(tab))
		refused("nobody began", f.tab(true), f.op.Return+"?code=x&state=y")

		// Tampered: the cookie is not as we wrote it.
		tab = f.tab(true)
		to := f.away(tab)
		u, _ := url.Parse(f.op.Return)
		var kept *http.Cookie
		for _, c := range tab.Jar.Cookies(u) {
			if c.Name == "jalon_oidc" {
				kept = c
			}
		}
		if kept == nil {
			t.Fatal("no cookie")
		}
		tampered := *kept
		tampered.Value = "A" + kept.Value[1:]
		other := f.tab(true)
		other.Jar.SetCookies(u, []*http.Cookie{&tampered})
		refused("a tampered cookie", other, to)

		// Too late.
		tab = f.tab(true)
		late := f.away(tab)
		f.now = f.now.Add(10 * time.Minute)
		refused("ten minutes later", tab, late)

		// Replayed by the same browser; then by one that kept a copy of the cookie: the
		// state served, here or in any replica. The code is not even shown again.
		tab = f.tab(true)
		to = f.away(tab)
		cookies := tab.Jar.Cookies(u)
		tab.CheckRedirect = nil
		f.visit(tab, to, nil).has("h1", "Mon espace")
		exchanged := f.op.Tokens()
		refused("replayed", tab, to)
		thief := f.tab(true)
		thief.Jar.SetCookies(u, cookies)
		refused("replayed with a copy of the cookie", thief, to)
		if n := f.op.Tokens(); n != exchanged {
			t.Errorf("the code was shown again: %d exchanges, want %d", n, exchanged)
		}

		// A code that served, in a flow of its own: the provider refuses it.
		served, _ := url.Parse(to)
		tab = f.tab(true)
		to = edit(f.away(tab), "code", served.Query().Get("code"))
		tab.CheckRedirect = nil
		p := f.visit(tab, to, nil)
		p.has(".fr-alert", "n’a pas pu être vérifiée")

		// The answer of another issuer (mix-up), and none.
		for _, iss := range []string{"", "https://ailleurs.exemple.fr"} {
			tab = f.tab(true)
			to = edit(f.away(tab), "iss", iss)
			tab.CheckRedirect = nil
			f.visit(tab, to, nil).has(".fr-alert", "n’a pas pu être vérifiée")
		}
	})
}

// An address binds only what the provider says is the person's, and what it says
// tells nothing of who has an account.
func TestWhoIsBound(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		f := newFederated(t, d)
		known := f.invited("anne.martin@exemple.fr")
		try := func(p testkit.OIDCPerson) page {
			f.op.SignsIn(p, "")
			return f.visit(f.tab(false), f.base+"/connexion/oidc", nil)
		}
		for _, verified := range []any{false, "false", nil, 1} {
			a, b := anne, testkit.OIDCPerson{Sub: "sub-b", Email: "inconnue@exemple.fr", Verified: verified}
			a.Verified = verified
			first, second := try(a), try(b)
			first.has(".fr-alert", "n’a pas vérifié votre adresse électronique")
			if first.body != second.body || first.StatusCode != second.StatusCode {
				t.Errorf("email_verified %v tells who has an account", verified)
			}
		}
		try(testkit.OIDCPerson{Sub: "sub-c", Verified: true}).has(".fr-alert", "n’a pas donné d’adresse")
		try(testkit.OIDCPerson{Sub: "sub-c", Email: "pas une adresse", Verified: true}).has(".fr-alert", "n’a pas donné d’adresse")
		try(testkit.OIDCPerson{Sub: "sub-d", Email: "sans.invitation@exemple.fr", Verified: true}).has(".fr-alert", "Les comptes s’ouvrent sur invitation")
		if n := f.count(`SELECT COUNT(*) FROM identity`) + f.count(`SELECT COUNT(*) FROM session`); n != 0 {
			t.Fatalf("%d identities and sessions", n)
		}
		// A provider that checks all addresses without saying so of each.
		f.accounts.Provider.EmailTrusted = true
		quiet := anne
		quiet.Verified = nil
		try(quiet).has("h1", "Mon espace")
		// The mailbox changed hands: the new holder does not get the account.
		try(testkit.OIDCPerson{Sub: "sub-successor", Email: "anne.martin@exemple.fr", Verified: true}).has(".fr-alert", "déjà liée à une autre identité")

		// Signed in by mail, one binds; somebody else's identity is not taken.
		c, base := f.signIn("bruno@exemple.fr", policy.NationalReader, "nation", "")
		_ = base
		u, _ := url.Parse(f.base)
		mine := f.tab(false)
		mine.Jar.SetCookies(u, c.Jar.Cookies(u))
		f.op.SignsIn(anne, "")
		bind := func() page {
			_, to, _ := strings.Cut(f.visit(mine, f.base+"/mon-espace/identite/lier", url.Values{}).Header.Get("Refresh"), "url=")
			return f.visit(mine, to, nil)
		}
		bind().has(".fr-alert", "déjà liée à un autre compte que le vôtre")
		bruno, err := account.FindByEmail(t.Context(), d, "bruno@exemple.fr")
		if err != nil {
			t.Fatal(err)
		}
		if n := f.refusals(bruno.ID); n != 1 {
			t.Errorf("%d rows say that somebody was refused", n)
		}
		f.op.SignsIn(testkit.OIDCPerson{Sub: "sub-bruno", Email: "quelconque@exemple.fr", Verified: false}, "")
		// A link does not bind, nor a form of another site: whoever signed them in
		// there as somebody else would enter their account.
		f.visit(mine, f.base+"/connexion/oidc", nil).has(".fr-alert", "n’a pas vérifié")
		r := httptest.NewRequest(http.MethodPost, "http://jalon.example/mon-espace/identite/lier", nil)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if p := f.do(r); p.StatusCode != http.StatusForbidden {
			t.Errorf("a form of another site: %s", p.Status)
		}
		p := bind()
		p.has("#identite p", "est lié à votre identité")
		if n := len(p.texts("#sessions li")); n != 1 {
			t.Errorf("%d sessions, the one of before should be closed", n)
		}
		// Whoever signed out meanwhile, or lent the browser, binds nothing.
		_, to, _ := strings.Cut(f.visit(mine, f.base+"/mon-espace/identite/lier", url.Values{}).Header.Get("Refresh"), "url=")
		other := f.tab(false)
		flow, _ := url.Parse(f.op.Return)
		for _, c := range mine.Jar.Cookies(flow) {
			if c.Name == "jalon_oidc" {
				other.Jar.SetCookies(flow, []*http.Cookie{c})
			}
		}
		f.op.SignsIn(testkit.OIDCPerson{Sub: "sub-other", Email: "x@exemple.fr", Verified: true}, "")
		f.visit(other, to, nil).has(".fr-alert", "n’a pas commencé dans ce navigateur")
		f.op.SignsIn(testkit.OIDCPerson{Sub: "sub-bruno", Email: "quelconque@exemple.fr", Verified: false}, "")
		// Unbound, the identity opens nothing any more.
		f.visit(mine, f.base+"/mon-espace/identite/delier", url.Values{}).has("#identite p", "n’est pas lié")
		try(testkit.OIDCPerson{Sub: "sub-bruno", Email: "quelconque@exemple.fr", Verified: false}).has(".fr-alert", "n’a pas vérifié")
		_ = known
	})
}
