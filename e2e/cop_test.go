package e2e

import (
	"context"
	"strings"
	"testing"

	"jalon/internal/app"
	"jalon/internal/testkit"
)

// signIn appoints somebody from the command line and signs a tab in by the link
// that it prints, as the first administrator does.
func signIn(t *testing.T, a *app.App, email, role, scope string) *Page {
	t.Helper()
	link, err := a.AddUser(context.Background(), app.UserRequest{Email: email, Name: strings.SplitN(email, "@", 2)[0], Role: role, Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	p := Open(t, a.URL())
	p.Visit("/" + strings.SplitN(strings.SplitN(link, "://", 2)[1], "/", 2)[1])
	p.Axe()
	p.Follow("main form button")
	if p.Path() != "/mon-espace" {
		t.Fatalf("signed in, and at %s: %s", p.Path(), p.Text("main"))
	}
	return p
}

// both looks at a page as it is, wide then narrow.
func both(p *Page) {
	p.t.Helper()
	p.Resize(1280, 900)
	p.Axe()
	p.Picture(1280, 900)
	p.Narrow()
	p.Axe()
	p.Picture(320, 640)
	p.Resize(1280, 900)
}

// Two heads launch a COP: one proposes, the other validates from a phone, the
// public page says so. The whole journey, on each engine, without script too.
func TestTwoHeadsLaunchTheirCOP(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { launchesACOP(t, Start(t), "guyane", "03") })
	t.Run("postgresql", func(t *testing.T) { launchesACOP(t, startOn(t, testkit.Postgres(t)), "guyane", "03") })
}

func launchesACOP(t *testing.T, a *app.App, slug, code string) {
	prefet := signIn(t, a, "prefet."+slug+"@exemple.fr", "state_chair", "region:"+code)
	both(prefet)
	prefet.Follow(`main a[href="/regions/` + slug + `/bureau"]`)
	both(prefet)
	Eval[bool](prefet, `(document.querySelector("#stage").value = "lancement", document.querySelector("#mark").value = "opened", document.querySelector("#day").value = "2999-01-01", true)`)
	prefet.Expect("400")
	prefet.Follow("#evenement form button[type=submit]")
	both(prefet)
	if got := Eval[string](prefet, `document.querySelector("#day").value`); got != "2999-01-01" {
		t.Errorf("what was typed is lost: %q", got)
	}
	Eval[bool](prefet, `(document.querySelector("#day").value = "2026-10-01", true)`)
	prefet.Follow("#evenement form button[type=submit]")
	both(prefet)
	if text := prefet.Text("#attente"); !strings.Contains(text, "Attend la Région") {
		t.Fatalf("the act: %s", text)
	}

	for _, page := range []string{"reunions", "reglages", "journal", "actualites"} {
		prefet.Visit("/regions/" + slug + "/bureau/" + page)
		both(prefet)
	}
	prefet.Fill("#title", "La COP se prépare")
	prefet.Fill("#text", "Merci *à tous*.\n\n- un\n- deux")
	prefet.Follow("#ajouter form button")
	prefet.Follow("main button[value=publish]")
	both(prefet)

	president := signIn(t, a, "president."+slug+"@exemple.fr", "region_chair", "region:"+code)
	president.NoScript()
	president.Resize(320, 640)
	president.Visit("/regions/" + slug + "/bureau")
	president.Follow(`#attente button[value=consent]`)
	if text := president.Text("#actes"); !strings.Contains(text, "validé par les deux têtes") {
		t.Errorf("after both: %s", text)
	}
	anyone := Open(t, a.URL())
	anyone.Visit("/regions/" + slug)
	if h1 := anyone.Text("h1"); !strings.Contains(h1, "COP lancée") {
		t.Errorf("the public page says %q", h1)
	}
	both(anyone)
	anyone.Visit("/regions/" + slug + "/bureau") // sent to the sign-in page
	if !strings.HasPrefix(anyone.Path(), "/connexion?") {
		t.Errorf("anyone at the desk is at %s", anyone.Path())
	}
}

// A national administrator reads the board, sorts it, and gives roles.
func TestRolesAreGiven(t *testing.T) {
	a := Start(t)
	p := signIn(t, a, "nation@exemple.fr", "national_admin", "nation")
	p.Follow(`main a[href="/national"]`)
	both(p)
	p.Follow(`#tableau-national thead a[href*="tri=cop%2Fjours-depuis"]`)
	both(p)
	p.Visit("/mon-espace")
	p.Follow(`main a[href="/roles"]`)
	both(p)
	p.Fill("#email", "equipe.bretagne@exemple.fr")
	Eval[bool](p, `(document.querySelector("#role").value = "team", document.querySelector("#scope").value = "region:53", true)`)
	p.Follow("#donner form button[type=submit]")
	both(p)
	if text := p.Text("main"); !strings.Contains(text, "equipe.bretagne@exemple.fr") {
		t.Errorf("the role is not listed: %s", text)
	}
}
