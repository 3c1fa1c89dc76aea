package diagnosis

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/territory"
	"jalon/internal/testkit/registered"
)

// BenchmarkRoadmap is each page of a roadmap of 300 retained actions, and each of its
// files, in a region where the demonstration holds no other action.
func BenchmarkRoadmap(b *testing.B) {
	const region, home = "75", "/regions/nouvelle-aquitaine"
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			x := open(b, engine)
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
			began := time.Now()
			x.post(team, draft+"/publication", url.Values{"rev": {rev[1]}})
			b.Logf("%d actions: six files made and frozen, each figure explained, in %s", len(kept), time.Since(began).Round(time.Millisecond))
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
			edition, files := public+"/editions/"+number[1], draft+"/fichiers/projet-feuille-de-route-nouvelle-aquitaine."
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
					for b.Loop() {
						n = y.ask(p.who, p.path)
					}
					b.ReportMetric(float64(n)/1024, "KiB")
				})
			}
		})
	}
}
