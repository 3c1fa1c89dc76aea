package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// A stage is not dated before the one it follows, nor in the future; an event
// that committed the COP is corrected and withdrawn by both heads, and stands
// until they have spoken.
func TestEventsAreCorrectedOnPages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		prefet, base := s.signIn("prefet@exemple.fr", policy.StateChair, "region", "03")
		president, base2 := s.signIn("president@exemple.fr", policy.RegionChair, "region", "03")
		post := func(stage, mark, day, says string) {
			t.Helper()
			before := s.count("cop_event") + s.count("act")
			p := s.visit(prefet, base+bureau+"/evenements", url.Values{"stage": {stage}, "mark": {mark}, "day": {day}, "note": {"gardée"}})
			p.has(".fr-error-text", says)
			if v := p.attr("input#note", "value"); p.StatusCode != http.StatusBadRequest || len(v) != 1 || v[0] != "gardée" {
				t.Errorf("%s %s on %s: %s, %q", stage, mark, day, p.Status, v)
			}
			if after := s.count("cop_event") + s.count("act"); after != before {
				t.Errorf("%s %s on %s left something", stage, mark, day)
			}
		}
		post("diagnostic", "opened", "2026-02-01", "pas encore lancée")
		post("lancement", "opened", "2026-03-03", "à venir")
		post("lancement", "opened", "hier", "écrivez une date")
		post("vacances", "opened", "2026-02-01", "étape dans la liste")

		s.visit(prefet, base+bureau+"/evenements", url.Values{"stage": {"lancement"}, "mark": {"opened"}, "day": {"2026-02-20"}})
		act := func() string { return actID.FindStringSubmatch(s.visit(president, base2+bureau, nil).body)[1] }
		s.visit(president, base2+bureau+"/actes/"+act(), url.Values{"do": {"consent"}})
		post("debat", "opened", "2026-02-19", "précède le lancement")
		post("lancement", "done", "2026-02-19", "ne peut pas s’achever avant")

		p := s.visit(prefet, base+bureau+"/evenements", nil)
		checkPage(t, "events", p)
		var edit string
		for _, href := range p.attr("#evenements a", "href") {
			if strings.HasPrefix(href, bureau+"/evenements/") && !strings.Contains(href, "seed") {
				edit = href
			}
		}
		if edit == "" {
			t.Fatalf("no way to correct: %s", p.body)
		}
		p = s.visit(prefet, base+edit, nil)
		p.has("main", "attend de nouveau les deux têtes")
		checkPage(t, "event", p)
		typed := url.Values{"do": {"correct"}, "stage": {"lancement"}, "mark": {"opened"}, "day": {"2026-02-19"}}
		p = s.visit(prefet, base+edit, typed)
		if v := p.attr("input#day", "value"); p.StatusCode != http.StatusBadRequest || v[0] != "2026-02-19" {
			t.Errorf("without a reason: %s %q", p.Status, v)
		}
		typed.Set("note", "la séance était la veille")
		s.visit(prefet, base+edit, typed).has("main", "C’est enregistré")
		s.get("/regions/guyane").has("h1", "COP lancée le 20 février 2026")
		if p := s.visit(prefet, base+edit, typed); p.StatusCode != http.StatusConflict {
			t.Errorf("corrected twice: %s", p.Status)
		}
		// Another COP's address knows none of its events.
		if p := s.visit(prefet, base+strings.Replace(edit, "guyane", "bretagne", 1), typed); p.StatusCode != http.StatusNotFound {
			t.Errorf("by the address of another COP: %s", p.Status)
		}
		s.visit(president, base2+bureau+"/actes/"+act(), url.Values{"do": {"consent"}})
		s.get("/regions/guyane").has("h1", "COP lancée le 19 février 2026")
		p = s.visit(prefet, base+bureau+"/evenements", nil)
		p.has("#evenements td", "corrigé")
		p = s.visit(prefet, base+edit, typed)
		if p.StatusCode != http.StatusConflict {
			t.Errorf("what was corrected, corrected: %s", p.Status)
		}
		checkPage(t, "event corrected", p)

		for _, href := range s.visit(prefet, base+bureau+"/evenements", nil).attr("#evenements a", "href") {
			if strings.HasPrefix(href, bureau+"/evenements/") && !strings.Contains(href, "seed") {
				edit = href
			}
		}
		if p := s.visit(prefet, base+edit, url.Values{"do": {"retract"}}); p.StatusCode != http.StatusBadRequest {
			t.Errorf("withdrawn without a reason: %s", p.Status)
		}
		s.visit(prefet, base+edit, url.Values{"do": {"retract"}, "reason": {"séance annulée"}}).has("main", "C’est enregistré")
		s.get("/regions/guyane").has("h1", "COP lancée le 19 février 2026")
		s.visit(president, base2+bureau+"/actes/"+act(), url.Values{"do": {"consent"}})
		if h1 := s.get("/regions/guyane").text("h1"); strings.Contains(h1, "lancée") {
			t.Errorf("withdrawn by both, and: %s", h1)
		}
	})
}

// The address of a private calendar is shown once, judged at each reading, and
// closes.
func TestAPrivateCalendar(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		g, err := s.accounts.Appoint(t.Context(), "equipe@exemple.fr", "", policy.Team, "region", "03", "")
		if err != nil {
			t.Fatal(err)
		}
		s.visit(team, base+bureau+"/reunions", url.Values{"title": {"Réunion interne"}, "kind": {"comite"}, "stage": {"preparation"}, "day": {"2026-03-20"}, "part": {"internal"}})
		p := s.visit(team, base+bureau+"/calendrier", url.Values{"do": {"new"}})
		checkPage(t, "private calendar", p)
		address := strings.TrimPrefix(p.text("#adresse-calendrier"), "http://jalon.example")
		if !strings.HasPrefix(address, "/calendriers/") || !strings.HasSuffix(address, ".ics") {
			t.Fatalf("%q", address)
		}
		if p := s.visit(team, base+bureau, nil); strings.Contains(p.body, strings.TrimSuffix(address, ".ics")) {
			t.Error("the secret is shown again")
		}
		read := s.get(address)
		if read.StatusCode != http.StatusOK || !strings.Contains(read.body, "Réunion interne") || read.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s %s", read.Status, read.body)
		}
		if err := s.accounts.End(t.Context(), policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}, g.ID); err != nil {
			t.Fatal(err)
		}
		if read := s.get(address); read.StatusCode != http.StatusOK || strings.Contains(read.body, "Réunion interne") {
			t.Errorf("the role is lost, and the calendar says %s", read.body)
		}
		if _, err := s.accounts.Appoint(t.Context(), "equipe@exemple.fr", "", policy.Team, "region", "03", ""); err != nil {
			t.Fatal(err)
		}
		second := strings.TrimPrefix(s.visit(team, base+bureau+"/calendrier", url.Values{"do": {"new"}}).text("#adresse-calendrier"), "http://jalon.example")
		if s.get(address).StatusCode != http.StatusNotFound || s.get(second).StatusCode != http.StatusOK {
			t.Error("the older address still opens, or the newer does not")
		}
		s.visit(team, base+bureau+"/calendrier", url.Values{"do": {"end"}}).has("#mon-calendrier button", "Obtenir mon adresse")
		for _, path := range []string{second, "/calendriers/rien.ics", "/calendriers/.ics"} {
			if p := s.get(path); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", path, p.Status)
			}
		}
	})
}
