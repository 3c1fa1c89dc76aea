package diagnosis

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"jalon/internal/action"
	"jalon/internal/app"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/territory"
	"jalon/internal/testkit/registered"
)

// processor is the time that the program has taken so far.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRoadmap is each page of a roadmap of 300 retained actions, and each of its
// files, in a region where the demonstration holds no other action; its archive verified;
// and its first reader after a start.
func BenchmarkRoadmap(b *testing.B) {
	const region, home = "76", "/regions/occitanie"
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			x, cfg := opened(b, engine)
			c, err := cop.OfRegion(b.Context(), x.app.DB, region)
			if err != nil {
				b.Fatal(err)
			}
			tree, err := territory.Embedded()
			if err != nil {
				b.Fatal(err)
			}
			// One in four of what is made is retained.
			if _, err := registered.Fill(b.Context(), x.app.DB, tree, registered.Size{Actions: 1280, COPs: []cop.COP{c}, At: time.Now().AddDate(0, -2, 0), Seed: 11}); err != nil {
				b.Fatal(err)
			}
			kept, err := action.RetainedOf(b.Context(), x.app.DB, c.ID)
			if err != nil || len(kept) < 300 {
				b.Fatalf("%d retained actions (%v)", len(kept), err)
			}
			team, prefet, council := x.signIn("team", "region:"+region), x.signIn("state_chair", "region:"+region), x.signIn("region_chair", "region:"+region)
			draft := home + "/bureau/feuille-de-route"
			if strings.Contains(x.read(team, draft), `value="plan"`) {
				x.post(team, draft, url.Values{"do": {"plan"}})
			}
			rev := revOf.FindStringSubmatch(x.read(team, draft+"/publication"))
			if rev == nil {
				b.Fatal("there is nothing to propose")
			}
			began, from := time.Now(), processor(b)
			x.post(team, draft+"/publication", url.Values{"rev": {rev[1]}})
			b.Logf("%s, %d actions: six files made and frozen, each figure explained, in %s, %s of processor", engine, len(kept), time.Since(began).Round(time.Millisecond), (processor(b) - from).Round(time.Millisecond))
			for _, head := range []*http.Cookie{prefet, council} {
				for _, act := range actOf.FindAllStringSubmatch(x.read(head, home+"/bureau"), -1) {
					x.post(head, act[1], url.Values{"do": {"consent"}})
				}
			}
			public := home + "/feuille-de-route"
			number := regexp.MustCompile(public + `/editions/(\d+)"`).FindStringSubmatch(x.read(team, public+"/editions"))
			if number == nil {
				b.Fatal("no edition is published")
			}
			edition, files := public+"/editions/"+number[1], draft+"/fichiers/projet-feuille-de-route-occitanie."
			for _, p := range []struct {
				name, path string
				who        *http.Cookie
			}{
				{"public", public, nil}, {"edition", edition, nil}, {"action", edition + "/actions/" + kept[0].ID, nil}, {"register", "/actions/" + kept[0].ID, nil},
				{"preview", draft + "/apercu", team}, {"comments", draft + "/relecture", team}, {"compose", draft, team},
				{"odt", files + "odt", team}, {"pptx", files + "pptx", team}, {"xlsx", files + "xlsx", team}, {"pdf", files + "pdf", team},
			} {
				b.Run(p.name, func(b *testing.B) {
					y := bench{b, x.app}
					n := y.ask(p.who, p.path)
					from := processor(b)
					for b.Loop() {
						n = y.ask(p.who, p.path)
					}
					b.ReportMetric(float64((processor(b)-from).Microseconds())/1000/float64(b.N), "cpu-ms/op")
					b.ReportMetric(float64(n)/1024, "KiB")
				})
			}
			archive := filepath.Join(b.TempDir(), "archive.zip")
			if err := os.WriteFile(archive, []byte(x.read(team, edition+"/archive.zip")), 0o600); err != nil {
				b.Fatal(err)
			}
			b.Run("verify", func(b *testing.B) {
				from := processor(b)
				for b.Loop() {
					if err := app.VerifyRoadmap(b.Context(), archive, io.Discard); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((processor(b)-from).Microseconds())/1000/float64(b.N), "cpu-ms/op")
			})
			// The first reader of a program that has just opened.
			for name, path := range map[string]string{"cold public": public, "cold edition": edition} {
				b.Run(name, func(b *testing.B) {
					var taken time.Duration
					for b.Loop() {
						b.StopTimer()
						a, err := app.New(b.Context(), cfg)
						if err != nil {
							b.Fatal(err)
						}
						y := bench{b, a}
						y.ask(nil, home+"/panorama") // its model is read
						from := processor(b)
						b.StartTimer()
						y.ask(nil, path)
						b.StopTimer()
						taken += processor(b) - from
						if err := a.Close(); err != nil {
							b.Fatal(err)
						}
						b.StartTimer()
					}
					b.ReportMetric(float64(taken.Microseconds())/1000/float64(b.N), "cpu-ms/op")
				})
			}
		})
	}
}
