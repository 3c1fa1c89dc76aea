package app

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/config"
	"jalon/internal/demo"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/testkit"
	"jalon/internal/web"
)

// demonstration opens a site on a database that «jalon demo» filled, as «jalon
// serve» would.
func demonstration(t *testing.T, cfg config.Config) *App {
	t.Helper()
	cfg.Addr, cfg.DataDir = "127.0.0.1:0", t.TempDir()
	if cfg.DB == "" {
		cfg.DB = filepath.Join(cfg.DataDir, "jalon-demo.db")
	}
	if _, err := FillDemo(t.Context(), cfg, demo.Options{Size: demo.Small}, WithSeeds(few)); err != nil {
		t.Fatal(err)
	}
	return site(t, cfg)
}

// few are the organisations of reference without the communes, that these tests
// do not read.
func few(o account.Organisation) bool { return o.Kind != account.OrgCommune }

func site(t *testing.T, cfg config.Config) *App {
	t.Helper()
	a, err := New(t.Context(), cfg, WithSeeds(few))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func real(t *testing.T) *App {
	dir := t.TempDir()
	return site(t, config.Config{Addr: "127.0.0.1:0", DataDir: dir, DB: filepath.Join(dir, "jalon.db")})
}

func ask(a *App, path string) *http.Response {
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://jalon.example"+path, nil))
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// «jalon serve» on a demonstration says so on every page, embedded ones and
// errors too, in every file and to every program; nothing says it elsewhere, and
// no cache takes one for the other.
func TestEveryAnswerOfADemonstrationSaysSo(t *testing.T) {
	invented, serious := demonstration(t, config.Config{}), real(t)
	pages := 0
	paths := []string{"/nulle-part", "/regions/grand-est/panorama?integre=1", "/regions/atlantide"}
	for _, rt := range web.Routes() {
		if rt.Sample != "" {
			paths = append(paths, rt.Sample)
		}
	}
	for _, path := range paths {
		r, other := ask(invented, path), ask(serious, path)
		text := body(t, r)
		if r.Header.Get("X-Jalon-Data") != "demonstration" || other.Header.Get("X-Jalon-Data") != "" {
			t.Errorf("%s: X-Jalon-Data %q, elsewhere %q", path, r.Header.Get("X-Jalon-Data"), other.Header.Get("X-Jalon-Data"))
		}
		if strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") && r.StatusCode/100 != 3 {
			pages++
			if !strings.Contains(text, "Données de démonstration") || !strings.Contains(text, `content="noindex"`) {
				t.Errorf("%s does not say that its data are invented", path)
			}
		}
		if strings.Contains(body(t, other), "onnées de démonstration") {
			t.Errorf("%s: the real site says that its data are invented", path)
		}
		if name := r.Header.Get("Content-Disposition"); name != "" && !strings.Contains(name, "-demonstration.") {
			t.Errorf("%s is taken away as %s", path, name)
		}
		if tag := r.Header.Get("ETag"); strings.HasPrefix(tag, "W/") && tag == other.Header.Get("ETag") {
			t.Errorf("%s: the real page and the invented one are the same to a cache", path)
		}
	}
	if pages < 25 {
		t.Errorf("only %d pages", pages)
	}
	for path, says := range map[string]string{"/regions/grand-est/calendrier.ics": "données de d", "/robots.txt": "Disallow: /\n", "/sante": `"demonstration":true`, "/donnees/sources.csv.sha256": "sources-demonstration.csv"} {
		if text := body(t, ask(invented, path)); !strings.Contains(text, says) {
			t.Errorf("%s does not say %q: %s", path, says, text)
		}
	}
}

var (
	enter  = regexp.MustCompile(`name="person" value="([^"]+)"`)
	letter = regexp.MustCompile(`href="(/demonstration/courriels/[0-9a-f-]+)"`)
)

// Each person on the page is one click away, in every region, on both engines:
// the click signs in, and their first page is there.
func TestOneClickIsEnoughToBeAnyone(t *testing.T) {
	for engine, dsn := range map[string]string{"sqlite": "", "postgres": testkit.Postgres(t)} {
		t.Run(engine, func(t *testing.T) {
			a := demonstration(t, config.Config{DB: dsn})
			server := httptest.NewServer(a.Handler())
			t.Cleanup(server.Close)
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			browser := &http.Client{Jar: jar}
			m, err := a.Model(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			roles := map[policy.Role]bool{policy.Operator: true}
			for _, r := range m.Tree().Regions() {
				page := fetch(t, browser, server.URL+"/demonstration?region="+r.Code, nil)
				text := body(t, page)
				for _, role := range policy.Roles() {
					roles[role] = roles[role] || strings.Contains(text, role.Name())
					if !strings.Contains(text, role.Name()) {
						t.Errorf("%s: nobody to be for the role %s", r.Name, role)
					}
				}
				for _, found := range enter.FindAllStringSubmatch(text, -1) {
					p := fetch(t, browser, server.URL+"/demonstration", url.Values{"person": {found[1]}})
					if p.StatusCode != http.StatusOK || p.Request.Method != http.MethodGet {
						t.Errorf("%s, %s is at %s: %s", r.Name, found[1], p.Request.URL, p.Status)
					}
					self := fetch(t, browser, server.URL+"/mon-espace", nil)
					if signed := !strings.HasPrefix(self.Request.URL.Path, "/connexion"); signed != (found[1] != string(policy.Operator)) {
						t.Errorf("%s, after the click /mon-espace leads %s to %s", r.Name, found[1], self.Request.URL)
					}
				}
			}
			if p := fetch(t, browser, server.URL+"/demonstration", url.Values{"person": {"inconnue"}}); p.StatusCode != http.StatusNotFound {
				t.Errorf("somebody who is not there: %s", p.Status)
			}
			mailsAreRead(t, browser, server.URL)
			foreign, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/demonstration", strings.NewReader("person=operator"))
			if err != nil {
				t.Fatal(err)
			}
			foreign.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			foreign.Header.Set("Sec-Fetch-Site", "cross-site")
			p, err := browser.Do(foreign)
			if err != nil || p.StatusCode != http.StatusForbidden {
				t.Errorf("from another site: %v %v", p.Status, err)
			}
			_ = p.Body.Close()
		})
	}
}

func fetch(t *testing.T, c *http.Client, address string, form url.Values) *http.Response {
	t.Helper()
	get := func() (*http.Response, error) { return c.Get(address) }
	if form != nil {
		get = func() (*http.Response, error) { return c.PostForm(address, form) }
	}
	r, err := get()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r.Body)
	if err != nil || r.Body.Close() != nil {
		t.Fatal(err)
	}
	r.Body = io.NopCloser(strings.NewReader(string(text)))
	return r
}

// A mail is read as text and, in a frame that may do nothing, as a page; the
// list goes on by sealed cursors.
func mailsAreRead(t *testing.T, c *http.Client, base string) {
	t.Helper()
	// Somebody asks for a link: the visitor finds it here, and uses it.
	fetch(t, c, base+"/connexion", url.Values{"email": {"personne@exemple.fr"}})
	first := body(t, fetch(t, c, base+"/demonstration/courriels", nil))
	paths := letter.FindAllStringSubmatch(first, -1)
	if len(paths) != 25 || !strings.Contains(first, "Votre demande de connexion à Jalon") {
		t.Fatalf("%d mails on the first page: %s", len(paths), first)
	}
	next := regexp.MustCompile(`href="(/demonstration/courriels\?apres=[^"]+)"`).FindStringSubmatch(first)
	if next == nil {
		t.Fatal("no second page")
	}
	if p := fetch(t, c, base+next[1], nil); p.StatusCode != http.StatusOK || strings.Contains(body(t, p), paths[0][1]+`"`) {
		t.Errorf("the second page: %s", p.Status)
	}
	if p := fetch(t, c, base+next[1]+"x", nil); p.StatusCode != http.StatusBadRequest {
		t.Errorf("a cursor that was altered: %s", p.Status)
	}
	p := fetch(t, c, base+paths[0][1], nil)
	if text := body(t, p); p.StatusCode != http.StatusOK || !strings.Contains(text, `sandbox=""`) || !strings.Contains(text, "personne@exemple.fr") {
		t.Errorf("the mail: %s %s", p.Status, text)
	}
	p = fetch(t, c, base+paths[0][1]+"/html", nil)
	if policy := p.Header.Get("Content-Security-Policy"); p.StatusCode != http.StatusOK || !strings.HasSuffix(policy, "; sandbox") || !strings.Contains(policy, "default-src 'none'") ||
		!strings.Contains(body(t, p), "aucun compte") {
		t.Errorf("the mail as a page: %s, %s", p.Status, policy)
	}
}

// On a real site these addresses lead nowhere, whatever is sent to them.
func TestARealSiteHasNoDoorOfDemonstration(t *testing.T) {
	a := real(t)
	g, err := a.accounts.Appoint(t.Context(), "anne@exemple.fr", "Anne", policy.NationalAdmin, "nation", "", "toute la France")
	if err != nil {
		t.Fatal(err)
	}
	page, err := a.outbox.List(t.Context(), a.DB, mail.Filter{}, "", 1)
	if err != nil || len(page.Mails) != 1 {
		t.Fatalf("%+v %v", page, err)
	}
	id := page.Mails[0].ID
	for _, path := range []string{"/demonstration", "/demonstration/courriels", "/demonstration/courriels/" + id, "/demonstration/courriels/" + id + "/html", "/operateur/courriels"} {
		if r := ask(a, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, r.Status)
		}
	}
	for _, person := range []string{g.Account, "operator"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "http://jalon.example/demonstration", strings.NewReader(url.Values{"person": {person}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusNotFound || len(w.Result().Cookies()) != 0 {
			t.Errorf("%s signed in: %d %v", person, w.Code, w.Result().Cookies())
		}
	}
	if _, err := a.accounts.EnterAs(t.Context(), g.Account, "essai"); apperr.KindOf(err) != apperr.NotFound {
		t.Errorf("the room itself let somebody in: %v", err)
	}
}

// No mail leaves a demonstration, even with a server to send them.
func TestNoMailLeavesADemonstration(t *testing.T) {
	smtp, err := config.Load([]string{"JALON_SMTP_URL=smtp://localhost:25?tls=none", "JALON_MAIL_FROM=jalon@exemple.fr"})
	if err != nil {
		t.Fatal(err)
	}
	a := demonstration(t, config.Config{SMTP: smtp.SMTP, MailFrom: smtp.MailFrom})
	if _, sends := a.worker.Handlers[mail.SendKind]; sends {
		t.Error("the demonstration sends mails")
	}
	dir := t.TempDir()
	b := site(t, config.Config{Addr: "127.0.0.1:0", DataDir: dir, DB: filepath.Join(dir, "jalon.db"), SMTP: smtp.SMTP, MailFrom: smtp.MailFrom})
	if _, sends := b.worker.Handlers[mail.SendKind]; !sends {
		t.Error("the real site does not")
	}
	if cfg := DemoConfig(smtp); cfg.SMTP != nil || filepath.Base(cfg.DB) != "jalon-demo.db" {
		t.Errorf("«jalon demo» is set to %+v", cfg)
	}
}

// A real database is refused before its schema is touched, on both engines.
func TestADemonstrationNeverOpensOnARealDatabase(t *testing.T) {
	dir := t.TempDir()
	for engine, dsn := range map[string]string{"sqlite": filepath.Join(dir, "jalon.db"), "postgres": testkit.Postgres(t)} {
		t.Run(engine, func(t *testing.T) {
			cfg := config.Config{Addr: "127.0.0.1:0", DataDir: t.TempDir(), DB: dsn}
			c, err := Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.AddUser(t.Context(), UserRequest{Email: "anne@exemple.fr", Role: "national_admin", Scope: "nation"}); err != nil {
				t.Fatal(err)
			}
			// As a release before this one left it: without the table of the mark.
			if _, err := c.DB.Exec(t.Context(), `DROP TABLE demo`); err != nil {
				t.Fatal(err)
			}
			_, err = FillDemo(t.Context(), cfg, demo.Options{Reset: true})
			if apperr.ExitCode(err) != 2 || !strings.Contains(apperr.Message(err), "Rien n’y a été touché") {
				t.Errorf("%v", err)
			}
			var n int64
			if err := c.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM account`).Scan(&n); err != nil || n != 1 {
				t.Errorf("%d accounts left (%v)", n, err)
			}
			if _, _, err := demo.Read(t.Context(), c.DB); err == nil {
				t.Error("the schema was changed")
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
