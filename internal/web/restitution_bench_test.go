package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/testkit/answered"
)

// BenchmarkRestitution is what a page of the restitution costs on the server, from
// the request to the compressed bytes, with the answers of the nation: about
// 40 000 authorities, 207 closed answers each, as they stand, then as published.
func BenchmarkRestitution(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			s := newSite(b, testkit.Open(b, engine))
			tree, err := territory.LoadActive(b.Context(), s.d)
			if err != nil {
				b.Fatal(err)
			}
			regions := map[string][]string{}
			for _, d := range tree.Departments() {
				regions[d.Region] = append(regions[d.Region], d.Code)
			}
			n := answered.Fill(b, s.d, answered.Campaign{Form: wide(23), Cycle: cop.First, Regions: regions, Communes: 383, Groups: 12, Share: 1, Seed: 1, COP: func(r string) string { return cop.RegionID(cop.First, r) }})
			nation, base := s.signIn("nation@exemple.fr", policy.NationalReader, "nation", "")
			team, _ := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
			at, _ := url.Parse(base)
			for _, x := range []struct {
				name, path string
				c          *http.Client
			}{{"nation", "/national/restitution", nation}, {"nation-type", "/national/restitution?groupe=type:epci", nation}, {"study", "/national/restitution/etude", nation},
				{"region", "/regions/grand-est/restitution", team}, {"region-lever", "/regions/grand-est/restitution/essai-l1", team}, {"department", "/departements/67/restitution", team}} {
				b.Run(x.name, func(b *testing.B) {
					r := httptest.NewRequest(http.MethodGet, base+x.path, nil)
					r.Header.Set("Accept-Encoding", "gzip")
					for _, c := range x.c.Jar.Cookies(at) {
						r.AddCookie(c)
					}
					size := 0
					for b.Loop() {
						w := &sink{header: http.Header{}}
						s.ServeHTTP(w, r)
						if w.status != http.StatusOK {
							b.Fatal(w.status)
						}
						size = w.bytes
					}
					b.ReportMetric(float64(size), "bytes/page")
					b.ReportMetric(float64(n), "answers")
				})
			}
		})
	}
}
