package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

var inMail = regexp.MustCompile(`http://jalon\.example/connexion/confirmer\?jeton=(\S+)`)

// letter reads the last mail that waits for an address.
func (s *site) letter(email string) string {
	s.t.Helper()
	page, err := s.accounts.Outbox.List(s.t.Context(), s.d, mail.Filter{Email: email}, "", 50)
	if err != nil || len(page.Mails) == 0 {
		s.t.Fatalf("no mail for %s: %v", email, err)
	}
	last := page.Mails[0]
	for _, m := range page.Mails {
		if m.ID > last.ID {
			last = m
		}
	}
	return last.Letter.Text()
}

// signIn appoints somebody and signs a browser in as them, as they would.
func (s *site) signIn(email string, role policy.Role, kind, scope string) (*http.Client, string) {
	s.t.Helper()
	if _, err := s.accounts.Appoint(s.t.Context(), email, "Anne Martin", role, kind, scope, "ici"); err != nil {
		s.t.Fatal(err)
	}
	c, base := s.browser()
	p := s.visit(c, base+"/connexion", url.Values{"email": {email}, "suite": {"/mon-espace"}})
	p.has("main", "Si un compte est attaché")
	token := inMail.FindStringSubmatch(s.letter(email))[1]
	s.visit(c, base+"/connexion/confirmer?jeton="+token, nil).has("main button", "Me connecter")
	p = s.visit(c, base+"/connexion/confirmer", url.Values{"jeton": {token}})
	if p.Request.URL.Path != "/mon-espace" {
		s.t.Fatalf("signed in, and at %s: %s", p.Request.URL, p.Status)
	}
	return c, base
}

func TestSignInOnPages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		anyone, base := s.browser()
		p := s.visit(anyone, base+"/mon-espace", nil)
		if p.Request.URL.Path != "/connexion" || p.Request.URL.Query().Get("suite") != "/mon-espace" {
			t.Errorf("anyone at /mon-espace is sent to %s", p.Request.URL)
		}
		p = s.visit(anyone, base+"/mon-espace", url.Values{"name": {"x"}})
		if p.StatusCode != http.StatusForbidden || !strings.Contains(p.body, "Votre session est terminée") {
			t.Errorf("a form without a session: %s", p.Status)
		}
		known, unknown := "", ""
		if _, err := s.accounts.Appoint(t.Context(), "connue@exemple.fr", "", policy.NationalReader, "nation", "", ""); err != nil {
			t.Fatal(err)
		}
		for email, body := range map[string]*string{"connue@exemple.fr": &known, "inconnu@exemple.fr": &unknown} {
			*body = strings.ReplaceAll(s.visit(anyone, base+"/connexion", url.Values{"email": {email}}).body, email, "X")
		}
		if known != unknown {
			t.Error("the page tells who has an account")
		}
		p = s.visit(anyone, base+"/connexion", url.Values{"email": {"pas une adresse"}})
		if v := p.attr("input#email", "value"); p.StatusCode != http.StatusBadRequest || len(v) != 1 || v[0] != "pas une adresse" {
			t.Errorf("%s, the field holds %q", p.Status, v)
		}

		c, base := s.signIn("anne.martin@exemple.fr", policy.NationalAdmin, "nation", "")
		p = s.visit(c, base+"/mon-espace", nil)
		p.has("#roles li", "administration nationale")
		p.has("#sessions li", "cette session")
		checkPage(t, "self", p)
		p = s.visit(c, base+"/roles", url.Values{"email": {"prefet@exemple.fr"}, "role": {string(policy.StateChair)}, "scope": {"region:44"}})
		p.has("main", "C’est enregistré")
		p.has("main li", "prefet@exemple.fr")
		checkPage(t, "roles", p)
		p = s.visit(c, base+"/roles", url.Values{"email": {"x@exemple.fr"}, "role": {"roi"}, "scope": {"region:44"}})
		if v := p.attr("input#email", "value"); p.StatusCode != http.StatusBadRequest || len(v) != 1 || v[0] != "x@exemple.fr" {
			t.Errorf("%s, the field holds %q", p.Status, v)
		}
		p = s.visit(c, base+"/mon-espace", url.Values{"rev": {"1"}, "name": {"Anne"}, "notice-tasks": {"none"}, "notice-news": {"none"}, "notice-reminders": {"digest"}})
		p.has("main", "Profil enregistré")
		p = s.visit(c, base+"/mon-espace", url.Values{"rev": {"1"}, "name": {"Autre"}, "notice-tasks": {"none"}, "notice-news": {"none"}, "notice-reminders": {"digest"}})
		if v := p.attr("input#name", "value"); p.StatusCode != http.StatusConflict || v[0] != "Autre" {
			t.Errorf("%s %q", p.Status, v)
		}
		reader, base2 := s.signIn("lecture@exemple.fr", policy.NationalReader, "nation", "")
		if p := s.visit(reader, base2+"/roles", nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("a reader at /roles: %s", p.Status)
		}
		s.visit(c, base+"/deconnexion", url.Values{})
		if p := s.visit(c, base+"/mon-espace", nil); p.Request.URL.Path != "/connexion" {
			t.Errorf("signed out, and at %s", p.Request.URL)
		}
	})
}
