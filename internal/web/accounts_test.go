package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/account"
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

// One's own data, and one's own erasure in two steps, on pages.
func TestOwnDataOnPages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.accounts.Tables = account.Tables()
		c, base := s.signIn("anne.martin@exemple.fr", policy.NationalReader, "nation", "")
		p := s.visit(c, base+"/mon-espace/mes-donnees", nil)
		p.has("h2", "Votre compte")
		p.has("dd", "anne.martin@exemple.fr")
		checkPage(t, "own data", p)
		p = s.visit(c, base+"/mon-espace/mes-donnees.json", nil)
		if !strings.Contains(p.body, `"anne.martin@exemple.fr"`) || !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") || p.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s %v", p.body, p.Header)
		}
		anyone, _ := s.browser()
		for _, path := range []string{"/mon-espace/mes-donnees", "/mon-espace/mes-donnees.json", "/mon-espace/effacement"} {
			if p := s.visit(anyone, base+path, nil); p.Request.URL.Path != "/connexion" {
				t.Errorf("anyone at %s is at %s", path, p.Request.URL)
			}
		}
		checkPage(t, "erase", s.visit(c, base+"/mon-espace/effacement", nil))
		p = s.visit(c, base+"/mon-espace/effacement", url.Values{"phrase": {"je ne sais pas"}})
		if v := p.attr("input#phrase", "value"); p.StatusCode != http.StatusBadRequest || len(v) != 1 || v[0] != "je ne sais pas" {
			t.Errorf("%s, the field holds %q", p.Status, v)
		}
		p = s.visit(c, base+"/mon-espace/effacement/confirmer", url.Values{"jeton": {"forgé"}})
		p.has("#erreurs li", "Rien n’a été effacé")
		p = s.visit(c, base+"/mon-espace/effacement", url.Values{"phrase": {"Effacer mon compte"}})
		p.has(".fr-alert", "Rien n’est encore effacé")
		checkPage(t, "erase, last step", p)
		s.visit(c, base+"/mon-espace", nil).has("h1", "Mon espace")
		p = s.visit(c, base+"/mon-espace/effacement/confirmer", url.Values{"jeton": p.attr("input[name=jeton]", "value")})
		p.has("h1", "Votre compte est effacé")
		checkPage(t, "erased", p)
		if p := s.visit(c, base+"/mon-espace", nil); p.Request.URL.Path != "/connexion" {
			t.Errorf("erased, and at %s", p.Request.URL)
		}
		c, base = s.signIn("nation@exemple.fr", policy.NationalAdmin, "nation", "")
		s.visit(c, base+"/mon-espace/effacement", url.Values{"phrase": {"effacer mon compte"}}).has("#erreurs li", "la dernière personne")
	})
}

// A mail reader stops a kind of message by a POST alone, from nowhere and
// without a session.
func TestOneClickUnsubscribe(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		g, err := s.accounts.Appoint(t.Context(), "anne.martin@exemple.fr", "Anne", policy.NationalReader, "nation", "", "ici")
		if err != nil {
			t.Fatal(err)
		}
		path := s.accounts.StopPath(g.Account, account.News)
		p := s.get(path)
		p.has("main", "Nouvelles de mes COP")
		checkPage(t, "stop", p)
		choice := func() string {
			a, err := account.Find(t.Context(), d, g.Account)
			if err != nil {
				t.Fatal(err)
			}
			choices, err := account.Choices(t.Context(), d, a)
			if err != nil {
				t.Fatal(err)
			}
			return choices[account.News]
		}
		if choice() == account.None {
			t.Error("reading the address stopped it")
		}
		r := httptest.NewRequest(http.MethodPost, "http://jalon.example"+path, strings.NewReader("List-Unsubscribe=One-Click"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		p = s.do(r)
		if p.StatusCode != http.StatusOK || choice() != account.None {
			t.Errorf("%s, %s", p.Status, choice())
		}
		checkPage(t, "stopped", p)
		for _, bad := range []string{"/desabonnement", "/desabonnement?jeton=x.y", path + "A"} {
			if p := s.get(bad); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", bad, p.Status)
			}
		}
	})
}

// The limits of a machine follow the header of a front server that is trusted,
// and of no other.
func TestLimitsBehindAFrontServer(t *testing.T) {
	s := newSite(t, testkit.DB(t))
	s.trusted = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	s.rebuild()
	ask := func(peer, header string, i int) int {
		r := httptest.NewRequest(http.MethodPost, "http://jalon.example/connexion", strings.NewReader(url.Values{"email": {fmt.Sprintf("p%d@exemple.fr", i)}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-For", header)
		r.RemoteAddr = peer + ":1234"
		return s.do(r).StatusCode
	}
	for i := range 30 { // each time another forged address: the machine is the same
		if code := ask("192.0.2.1", fmt.Sprintf("203.0.113.%d", i), i); code != http.StatusOK {
			t.Fatalf("%d: %d", i, code)
		}
	}
	if code := ask("192.0.2.1", "203.0.113.77", 30); code != http.StatusTooManyRequests {
		t.Errorf("a forged header leads round the limit: %d", code)
	}
	for i := range 40 { // 40 readers behind the front server, who forge too
		if code := ask("10.0.0.1", fmt.Sprintf("192.0.2.1, 198.51.100.%d", i), 100+i); code != http.StatusOK {
			t.Fatalf("reader %d behind the front server: %d", i, code)
		}
	}
	for i := range 31 {
		code := ask("10.0.0.1", fmt.Sprintf("192.0.2.%d, 203.0.113.200", i), 200+i)
		if want := map[bool]int{true: http.StatusTooManyRequests, false: http.StatusOK}[i == 30]; code != want {
			t.Fatalf("one reader behind the front server, %d: %d", i, code)
		}
	}
}

// The roles of a territory are listed there, fifty at most, and found by name;
// that over a département is given from the region.
func TestRolesAreFound(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, base := s.signIn("anne.martin@exemple.fr", policy.NationalAdmin, "nation", "")
		p := s.visit(c, base+"/roles", url.Values{"email": {"prefete@exemple.fr"}, "name": {"Zoé Éluard"}, "role": {string(policy.DepartmentLead)}, "scope": {"department:67"}})
		p.has("#tenus li", "Zoé Éluard")
		for i := range 60 {
			if _, err := s.accounts.Appoint(t.Context(), fmt.Sprintf("p%d@exemple.fr", i), fmt.Sprintf("Participante %d", i), policy.Participant, "region", "44", "Grand Est"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.accounts.Appoint(t.Context(), "zele@exemple.fr", "Zélie Équipe", policy.Team, "region", "44", "Grand Est"); err != nil {
			t.Fatal(err)
		}
		p = s.visit(c, base+"/roles?ou=region:44", nil)
		if lines := p.texts("#tenus li"); len(lines) != 50 || !strings.Contains(lines[0], "Zélie Équipe") {
			t.Errorf("%d roles, the first %q", len(lines), lines[0])
		}
		p.has("#tenus p", "premiers rôles sur 61")
		checkPage(t, "roles of a region", p)
		p = s.visit(c, base+"/roles?ou=region:44&nom=equipe", nil)
		if lines := p.texts("#tenus li"); len(lines) != 1 {
			t.Errorf("by a name without its accents: %q", lines)
		}
		p = s.visit(c, base+"/roles?ou=region:44&nom=personne", nil)
		p.has("#tenus", "Personne de ce nom")

		// A territory of others is not listed: one reads one's own.
		team, base2 := s.signIn("equipe@exemple.fr", policy.Team, "region", "53")
		if p := s.visit(team, base2+"/roles?ou=region:44", nil); strings.Contains(p.body, "Participante") {
			t.Error("a team reads the roles of another region")
		}
	})
}
