package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// aim puts an objective of a region's COP as its room keeps it: shared when shared
// is true, else only discussed.
func (s *site) aim(region, territory, lever string, kt float64, shared bool) {
	s.t.Helper()
	s.aimAll([][]any{aimRow(region, territory, lever, kt, shared)})
}

func aimRow(region, territory, lever string, kt float64, shared bool) []any {
	scale, _, _ := strings.Cut(territory, ":")
	row := []any{territory + "|" + lever, 1, cop.RegionID(cop.First, region), cop.First, region, territory, scale, lever, "discussed", int64(kt * 1e6), "", "kt", "1", false, "parce que", "equipe", 1, 0, nil, "", ""}
	if shared {
		row[8], row[17], row[18], row[19] = "shared", 1, int64(kt*1e6), "2026-01-05"
	}
	return row
}

func (s *site) aimAll(rows [][]any) {
	s.t.Helper()
	var versions [][]any
	for _, r := range rows {
		versions = append(versions, []any{r[0], 1, 1, "equipe", "essai", `{"sharing":"none"}`})
	}
	for _, x := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{{"objective", []string{"id", "rev", "cop_id", "cycle", "region", "territory", "scale", "lever", "state", "kg", "unit", "measure", "typed", "above", "reason", "by", "at", "shared_rev", "shared_kg", "shared_on", "sharing"}, rows},
		{"objective_version", []string{"id", "rev", "at", "by", "reason", "body"}, versions}} {
		if _, err := db.Insert(s.t.Context(), s.d, x.table, x.columns, x.rows, ""); err != nil {
			s.t.Fatal(err)
		}
	}
}

const electric = "voitures-electriques"

// What is only discussed is read by those who work on it, on every page, and by
// nobody else; what is shared is read by all, and closes until somebody differs.
func TestClosureIsReadByRole(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.aim("44", "region:44", electric, 1100, true)
		s.aim("44", "department:67", electric, 260, true)
		s.aim("44", "region:44", "covoiturage", 131.9797, false)
		s.aim("53", "region:53", "covoiturage", 242.8686, false)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		reader, _ := s.signIn("nation@exemple.fr", policy.NationalReader, "nation", "")
		anyone, _ := s.browser()
		const closure = "/regions/grand-est/objectifs/bouclage"
		for _, x := range []struct {
			who   *http.Client
			path  string
			tells []string // of the two values that are discussed
		}{
			{anyone, closure, nil}, {anyone, closure + "?levier=covoiturage", nil}, {anyone, closure + ".csv", nil}, {anyone, "/departements/67/objectifs", nil}, {anyone, "/objectifs", nil}, {anyone, "/objectifs.csv", nil},
			{anyone, "/api/v1/objectives/region:44", nil}, {anyone, "/api/v1/objectives/nation", nil}, {anyone, "/chiffres/objectif/covoiturage/region:44", nil}, {anyone, "/chiffres/objectif/consolidation/covoiturage", nil}, {anyone, "/regions/grand-est/plans.csv", nil},
			{team, closure + ".csv", []string{"131,9797"}}, {team, "/national/objectifs/covoiturage", []string{"131,9797"}}, {team, "/chiffres/objectif/covoiturage/region:44", nil}, {team, "/objectifs.csv", nil},
			{reader, "/national/objectifs.csv", []string{"131,9797", "242,8686"}}, {reader, closure + ".csv", []string{"131,9797"}},
		} {
			p := s.visit(x.who, base+x.path, nil)
			if p.StatusCode != http.StatusOK {
				t.Fatalf("%s: %s", x.path, p.Status)
			}
			for _, value := range []string{"131.9797", "131,9797", "242.8686", "242,8686"} {
				if told := strings.Contains(p.body, value); told != slices.Contains(x.tells, value) {
					t.Errorf("%s tells %s: %t", x.path, value, told)
				}
			}
			if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
				checkPage(t, x.path, p)
			}
		}
		p := s.visit(anyone, base+closure, nil)
		p.has("h1", "1 levier ne boucle pas")
		p.has("#ecarts", "vient de Bas-Rhin (+29,9 ktCO₂e)")
		p.has("#sans-somme td", "répartition n’a de sens")
		if row := p.row("#bouclage", "Voitures électriques"); !strings.Contains(strings.Join(row, " "), "Bas-Rhin (+29,9 ktCO₂e)") {
			t.Errorf("%q", row)
		}
		p = s.visit(anyone, base+closure+"?levier="+electric, nil)
		p.has("#un-levier", "29 889 629 kg")
		p.has("#carte", "Bas-Rhin")
		if row := p.row("#territoires", "Bas-Rhin"); row[2] != "partagé 5 janvier 2026" {
			t.Errorf("%q", row)
		}
		s.visit(team, base+"/departements/67/objectifs", nil).has("#objectifs", "Discuter")
		p = s.visit(reader, base+"/national/objectifs", nil)
		p.has("h1", "1 région a partagé")
		if row := p.row("#treize-regions", "Covoiturage"); row[4] != "0" || row[5] != "2" || row[6] != "11" {
			t.Errorf("%q", row)
		}
		s.visit(reader, base+"/national", nil).has("#objectifs", "1 sur 390")
		p = s.visit(reader, base+"/national/indicateurs/objectifs/leviers-partages", nil)
		p.has("table", "3,3") // one of the 30 of Grand Est
		s.visit(reader, base+"/national/indicateurs/objectifs/en-discussion", nil).has("main", "Objectifs en discussion")
		for _, bad := range []string{closure + "?levier=rien", closure + "?cycle=1999", closure + "?vue=crte&levier=rien", "/departements/00/objectifs", "/perimetres/rien/objectifs", "/national/objectifs/rien", "/objectifs?cycle=1999"} {
			if p := s.visit(reader, base+bad, nil); p.StatusCode != http.StatusNotFound && !strings.Contains(bad, "vue=crte") {
				t.Errorf("%s: %s", bad, p.Status)
			}
		}
	})
}

// A CRTE that overlaps another is kept, and said: when it is saved, on its pages,
// and in the closure of its region, where the commune counts once.
func TestOverlappingPerimetersAreSaid(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, base := s.browser()
		s.enter(c, base)
		save := func(name, members string) page {
			return s.visit(c, base+"/perimetres/nouveau", url.Values{"kind": {"crte"}, "name": {name}, "members": {members}})
		}
		first := save("Premier", "67482\n67001")
		if strings.Contains(first.body, "autre CRTE") {
			t.Error("it overlaps nothing")
		}
		p := save("Second", "67001\n68066")
		p.has(".fr-alert--success", "enregistré")
		p.has(".fr-alert--warning", "Premier : Achenheim")
		id := strings.TrimSuffix(strings.TrimPrefix(p.Request.URL.Path, "/perimetres/"), "/modifier")
		p = s.visit(c, base+"/perimetres/"+id+"/objectifs", nil)
		p.has(".fr-alert", "Premier (Achenheim)")
		checkPage(t, "perimeter", p)
		s.visit(c, base+"/perimetres/"+id+"/panorama", nil).has("main", "partage Achenheim avec Premier")
		p = s.visit(c, base+"/regions/grand-est/objectifs/bouclage?vue=crte&levier="+electric, nil)
		p.has("#recouvrements", "Premier et Second : Achenheim")
		p.has("#un-levier", "écart : 0 kg")
		checkPage(t, "closure", p)
		checkPage(t, "closure of all levers", s.visit(c, base+"/regions/grand-est/objectifs/bouclage?vue=crte", nil))
		if csv := s.visit(c, base+"/regions/grand-est/objectifs/bouclage.csv?vue=crte", nil); !strings.Contains(csv.body, "hors CRTE") || !strings.Contains(csv.body, "recouvrement") {
			t.Errorf("%.300s", csv.body)
		}
	})
}

// BenchmarkConsolidation is a page of the nation whole: read, computed, drawn, with
// every lever shared by the 13 regions and a thousand rows of départements beside.
func BenchmarkConsolidation(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			s := newSite(b, testkit.Open(b, engine))
			m, err := s.store.Model(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			var rows [][]any
			for i, l := range m.Framework().Levers(framework.National) {
				for _, r := range m.Tree().MetropolitanRegions() {
					rows = append(rows, aimRow(r.Code, "region:"+r.Code, l.Code, 100, true))
				}
				if i < 10 {
					for _, dept := range m.Tree().Departments() {
						rows = append(rows, aimRow(dept.Region, "department:"+dept.Code, l.Code, 10, true))
					}
				}
			}
			s.aimAll(rows)
			b.Logf("%d rows", len(rows))
			for _, path := range []string{"/objectifs", "/regions/grand-est/objectifs/bouclage"} {
				b.Run(path, func(b *testing.B) {
					r := httptest.NewRequest(http.MethodGet, "http://jalon.example"+path, nil)
					for b.Loop() {
						w := httptest.NewRecorder()
						s.ServeHTTP(w, r)
						if w.Code != http.StatusOK {
							b.Fatal(fmt.Sprint(w.Code))
						}
					}
				})
			}
		})
	}
}
