package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jalon/internal/app"
	"jalon/internal/config"
	"jalon/internal/testkit"
)

// Somebody invited comes by the provider, looks at their space, closes another
// session, takes their data away, chooses their mails, signs out there too; then
// comes back and leaves for good.
func TestIdentityJourney(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { comesByTheProvider(t, filepath.Join(t.TempDir(), "jalon.db")) })
	t.Run("postgresql", func(t *testing.T) { comesByTheProvider(t, testkit.Postgres(t)) })
}

func comesByTheProvider(t *testing.T, dsn string) {
	op := testkit.NewOIDC(t, time.Now)
	op.SignedUserinfo, op.PostSecret, op.Interactive = true, true, true // as ProConnect
	a := startOn(t, dsn, func(c *config.Config) {
		c.OIDCIssuer, c.OIDCClientID, c.OIDCClientSecret, c.OIDCName = op.Issuer, op.ClientID, op.ClientSecret, "ProConnect"
		c.OIDCScopes, c.RetentionAccounts, c.RetentionSignIn = "openid given_name usual_name email", 1095, 7
	})
	op.Return, op.AfterLogout = a.URL()+"/connexion/oidc/retour", a.URL()+"/deconnexion/retour"
	invited := app.UserRequest{Email: "camille.durand@exemple.fr", Name: "Camille Durand", Role: "team", Scope: "region:44"}
	if _, err := a.AddUser(t.Context(), invited); err != nil {
		t.Fatal(err)
	}
	op.SignsIn(testkit.OIDCPerson{Sub: "camille", Email: invited.Email, Given: "Camille", Usual: "Durand", Verified: true}, "")

	enter := func(p *Page) {
		t.Helper()
		p.Visit("/connexion")
		p.Follow("#fournisseur a.fr-btn")
		p.Follow("#continuer")
		if p.Path() != "/mon-espace" {
			t.Fatalf("come back, and at %s: %s", p.Path(), p.Text("main"))
		}
	}
	p := Open(t, a.URL())
	p.Visit("/connexion?suite=/mon-espace")
	both(p)
	enter(p)
	phone := Open(t, a.URL())
	phone.NoScript()
	phone.Resize(320, 640)
	enter(phone)

	p.Visit("/mon-espace")
	both(p)
	if n := p.Count("#sessions li"); n != 2 {
		t.Errorf("%d sessions", n)
	}
	p.Follow("#sessions li form button")
	if n := p.Count("#sessions li"); n != 1 {
		t.Errorf("%d sessions after one was closed", n)
	}
	phone.Visit("/mon-espace")
	if !strings.HasPrefix(phone.Path(), "/connexion") {
		t.Errorf("closed from afar, and at %s", phone.Path())
	}
	Eval[bool](p, `(document.querySelector("#notice-news").value = "none", true)`)
	p.Follow("#profil form button")
	if got := Eval[string](p, `document.querySelector("#notice-news").value`); got != "none" {
		t.Errorf("the choice is %q", got)
	}

	p.Follow(`#donnees a[href="/mon-espace/mes-donnees"]`)
	both(p)
	if text := Eval[string](p, `fetch(document.querySelector("main a[download]").href).then(r => r.text())`); !strings.Contains(text, invited.Email) || strings.Contains(text, "token_hash") {
		t.Errorf("the file: %.400s", text)
	}
	p.Visit("/donnees-personnelles")
	if text := p.Text("main"); !strings.Contains(text, "3\u00a0ans") || !strings.Contains(text, "ProConnect") {
		t.Errorf("periods: %s", text)
	}
	both(p)

	p.Visit("/mon-espace")
	p.Follow(`#sessions form[action="/deconnexion"] button`)
	// From our page to the provider's, and back: each leads on by itself.
	p.Until(`location.pathname.startsWith("/deconnexion/retour") && document.readyState === "complete"`)
	both(p)
	if text := p.Text(".fr-alert"); !strings.Contains(text, "auprès de ProConnect") || op.Logouts() != 1 {
		t.Errorf("%d sign-outs: %s", op.Logouts(), text)
	}

	// An answer that does not hold, on a page that helps.
	op.SignsIn(testkit.OIDCPerson{Sub: "camille", Email: invited.Email, Verified: true}, testkit.WrongNonce)
	p.Visit("/connexion")
	p.Follow("#fournisseur a.fr-btn")
	p.Expect("403")
	p.Follow("#continuer")
	both(p)
	op.SignsIn(testkit.OIDCPerson{Sub: "personne", Email: "pas.invite@exemple.fr", Verified: true}, "")
	p.Visit("/connexion")
	p.Follow("#fournisseur a.fr-btn")
	p.Follow("#continuer")
	if text := p.Text(".fr-alert"); !strings.Contains(text, "sur invitation") {
		t.Errorf("not invited: %s", text)
	}
	both(p)

	op.SignsIn(testkit.OIDCPerson{Sub: "camille", Email: "une.autre@exemple.fr", Verified: true}, "")
	enter(p)
	p.Follow(`#donnees a[href="/mon-espace/effacement"]`)
	both(p)
	p.Fill("#phrase", "effacer mon compte")
	p.Follow("main form button")
	both(p)
	p.Follow("main form button")
	both(p)
	if h1 := p.Text("h1"); h1 != "Votre compte est effacé" {
		t.Errorf("h1 %q", h1)
	}
}
