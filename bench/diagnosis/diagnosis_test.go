// Package diagnosis measures what the objectives, the themes and the diagnosis of a
// region cost the server: drawing and compressing their pages, making and freezing
// their files, without the network. The database is the demonstration's, so that
// every block has something to show.
package diagnosis

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/app"
	"jalon/internal/config"
	"jalon/internal/db"
	"jalon/internal/demo"
	"jalon/internal/document"
	"jalon/internal/testkit"
)

// discard is an answer that only counts.
type discard struct {
	header http.Header
	status int
	bytes  int
}

func (d *discard) Header() http.Header  { return d.header }
func (d *discard) WriteHeader(code int) { d.status = code }
func (d *discard) Write(b []byte) (int, error) {
	d.bytes += len(b)
	return len(b), nil
}

// bench is a program filled with the demonstration, and the people who ask.
type bench struct {
	b   *testing.B
	app *app.App
}

func open(b *testing.B, engine db.Engine) bench {
	b.Helper()
	x, _ := opened(b, engine)
	return x
}

// opened also tells how the program was opened, to open it again.
func opened(b *testing.B, engine db.Engine) (bench, config.Config) {
	b.Helper()
	dir := b.TempDir()
	dsn := filepath.Join(dir, "jalon.db")
	if engine == db.PostgreSQL {
		dsn = testkit.Postgres(b)
	}
	cfg := config.Config{Addr: "127.0.0.1:0", DB: dsn, DataDir: dir}
	if _, err := app.FillDemo(b.Context(), cfg, demo.Options{}); err != nil {
		b.Fatal(err)
	}
	a, err := app.New(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	return bench{b, a}, cfg
}

// signIn appoints somebody and gives the cookie of their session.
func (x bench) signIn(role, scope string) *http.Cookie {
	x.b.Helper()
	link, err := x.app.AddUser(context.Background(), app.UserRequest{Email: role + "@bench.exemple.fr", Name: role, Role: role, Scope: scope})
	if err != nil {
		x.b.Fatal(err)
	}
	_, token, _ := strings.Cut(link, "jeton=")
	w := x.post(nil, "/connexion/confirmer", url.Values{"jeton": {token}})
	return w.Result().Cookies()[0]
}

// ask draws a page as a browser asks for it.
func (x bench) ask(who *http.Cookie, path string) int {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, http.NoBody)
	r.Header.Set("Accept-Encoding", "gzip")
	if who != nil {
		r.AddCookie(who)
	}
	w := &discard{header: http.Header{}}
	x.app.Handler().ServeHTTP(w, r)
	if w.status != http.StatusOK {
		x.b.Fatalf("%s: %d", path, w.status)
	}
	return w.bytes
}

// read is a page as it is.
func (x bench) read(who *http.Cookie, path string) string {
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, http.NoBody)
	r.AddCookie(who)
	w := httptest.NewRecorder()
	x.app.Handler().ServeHTTP(w, r)
	return w.Body.String()
}

// post sends a form, which leads to another page.
func (x bench) post(who *http.Cookie, path string, form url.Values) *httptest.ResponseRecorder {
	x.b.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if who != nil {
		r.AddCookie(who)
	}
	w := httptest.NewRecorder()
	x.app.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther {
		x.b.Fatalf("%s: %d, %.2000s", path, w.Code, w.Body)
	}
	return w
}

var (
	revOf = regexp.MustCompile(`name="rev" value="(\d+)"`)
	actOf = regexp.MustCompile(`action="([^"]+/bureau/actes/[^"]+)"`)
)

// offered is how many levers of the Grand Est are shared as they are proposed.
func (x bench) offered(team *http.Cookie) url.Values {
	picks := regexp.MustCompile(`name="pick" value="([^"]+)"`).FindAllStringSubmatch(x.read(team, desk+"/objectifs"), -1)
	form := url.Values{"do": {"picked"}}
	for _, p := range picks {
		form.Add("pick", p[1])
	}
	return form
}

const (
	desk   = "/regions/grand-est/bureau"
	public = "/regions/grand-est/diagnostic/editions/"
)

// consent has both heads validate whatever waits.
func (x bench) consent(heads ...*http.Cookie) {
	for _, head := range heads {
		for _, act := range actOf.FindAllStringSubmatch(x.read(head, desk), -1) {
			if strings.Contains(x.read(head, desk), `value="consent"`) {
				x.post(head, act[1], url.Values{"do": {"consent"}})
			}
		}
	}
}

// BenchmarkDiagnosis is each page of objectives, themes and diagnosis, and each file,
// with the levers of the Grand Est shared, its themes listed, its usual plan composed,
// and an edition published.
func BenchmarkDiagnosis(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			x := open(b, engine)
			team, nation := x.signIn("team", "region:44"), x.signIn("national_reader", "nation")
			prefet, council := x.signIn("state_chair", "region:44"), x.signIn("region_chair", "region:44")
			x.consent(prefet, council) // what the demonstration left open
			if form := x.offered(team); len(form["pick"]) > 0 {
				x.post(team, desk+"/objectifs/region", form)
				x.consent(prefet, council)
			}
			if strings.Contains(x.read(team, desk+"/diagnostic"), `value="plan"`) {
				x.post(team, desk+"/diagnostic", url.Values{"do": {"plan"}})
			}
			if strings.Contains(x.read(team, desk+"/themes"), desk+"/themes/depart") {
				x.post(team, desk+"/themes/depart", url.Values{})
			}
			propose := func() { // every file of an edition is made and frozen
				rev := revOf.FindStringSubmatch(x.read(team, desk+"/diagnostic/publication"))
				if rev == nil {
					b.Fatal("there is nothing to propose")
				}
				x.post(team, desk+"/diagnostic/publication", url.Values{"rev": {rev[1]}})
			}
			propose()
			x.consent(prefet, council)
			b.Run("propose", func(b *testing.B) { // with the page that its button is on
				for b.Loop() {
					propose()
					b.StopTimer()
					x.consent(prefet, council)
					b.StartTimer()
				}
			})
			numbers := regexp.MustCompile(public + `(\d+)"`).FindStringSubmatch(x.read(team, "/regions/grand-est/diagnostic/editions"))
			if numbers == nil {
				b.Fatal("no edition is published")
			}
			edition := public + numbers[1]
			key := regexp.MustCompile(edition + `/chiffres/[^"]+`).FindString(x.read(team, edition))
			files := desk + "/diagnostic/fichiers/projet-diagnostic-grand-est."
			for _, p := range []struct {
				name, path string
				who        *http.Cookie
			}{
				{"preview", desk + "/diagnostic/apercu", team}, {"compose", desk + "/diagnostic", team}, {"publish", desk + "/diagnostic/publication", team},
				{"edition", edition, nil}, {"explanation", key, nil},
				{"odt", files + "odt", team}, {"pptx", files + "pptx", team}, {"pdf", files + "pdf", team},
				{"objectives-desk", desk + "/objectifs", team}, {"objectives", "/regions/grand-est/objectifs", nil}, {"closure", "/regions/grand-est/objectifs/bouclage", nil},
				{"nation", "/national/objectifs", nation}, {"nation-public", "/objectifs", nil}, {"nation-lever", "/national/objectifs/voitures-electriques", nation},
				{"scores", desk + "/themes/notes", team}, {"choice", desk + "/themes/choix", team},
			} {
				if p.name == "pdf" && document.Browser() == "" {
					b.Log("no browser on this machine: no PDF")
					continue
				}
				b.Run(p.name, func(b *testing.B) {
					n := 0
					for b.Loop() {
						n = x.ask(p.who, p.path)
					}
					b.ReportMetric(float64(n)/1024, "KiB")
					b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms")
				})
			}
		})
	}
}
