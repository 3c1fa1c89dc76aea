package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/support/aid"
	"jalon/internal/testkit"
)

// sendForm sends a form as somebody who did not sign in.
func (s *site) sendForm(path string, form url.Values) page {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://jalon.example"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r)
}

// A reader finds an aid, reads where it comes from, and tells an error; nonsense is refused.
func TestTheCatalogueOfAids(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		id := cop.RegionID(cop.First, "53")
		made := map[string]string{}
		s.helped(policy.Actor{Person: "fixture", Grants: []policy.Grant{{Role: policy.Team, COP: id}}}, id, "53", "bretagne", made)
		s.get("/aides?lieu=Rennes&public=epci&levier=gestion-haies").has("#liste", "Planter des haies")
		s.get("/aides?pour=region:44").has("main", "Aucune aide recensée à ce jour")
		p := s.get("/aides/" + made["bretagne/aid"])
		p.has("main", "Haies")
		p.has("main", "la source ne le dit pas")
		for path, want := range map[string]int{"/aides/absente": http.StatusNotFound, "/aides?type=cadeau": http.StatusBadRequest, "/aides?lieu=zzzzzz": http.StatusBadRequest, "/aides?suite=forgee": http.StatusBadRequest,
			"/alertes-aides/forge": http.StatusNotFound, "/actions/absente/aides": http.StatusNotFound} {
			if got := s.get(path).StatusCode; got != want {
				t.Errorf("%s: %d, want %d", path, got, want)
			}
		}
		report := "/aides/" + made["bretagne/aid"] + "/signaler"
		if p := s.sendForm(report, url.Values{"text": {""}}); p.StatusCode != http.StatusBadRequest {
			t.Error(p.Status)
		}
		if p := s.sendForm(report, url.Values{"text": {"Le lien est mort"}}); p.StatusCode != http.StatusSeeOther {
			t.Error(p.Status)
		}
		if p := s.sendForm("/aides/suivre", url.Values{"query": {"levier=gestion-haies"}, "email": {"pas une adresse"}, "rhythm": {"daily"}}); p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, "pas une adresse") {
			t.Error(p.Status, "what was typed is lost")
		}
		if p := s.sendForm("/aides/suivre", url.Values{"query": {"levier=gestion-haies"}, "email": {"maire@exemple.fr"}, "rhythm": {"daily"}}); p.StatusCode != http.StatusSeeOther {
			t.Error(p.Status)
		}
	})
}

// The page of an action says which aids fit and why, whoever may read the action.
func TestAidsOfAnAction(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		id := cop.RegionID(cop.First, "53")
		team := policy.Actor{Person: "fixture", Grants: []policy.Grant{{Role: policy.Team, COP: id}}}
		s.helped(team, id, "53", "bretagne", map[string]string{})
		c, err := cop.Find(t.Context(), d, id)
		if err != nil {
			t.Fatal(err)
		}
		x, err := s.register.Add(t.Context(), d, team, c, action.Action{Kind: action.Sectoral, Title: "Haies", Levers: []string{"gestion-haies"}, Holder: action.Party{Name: "Communauté", Kind: "epci"}, Places: []action.Place{{Territory: "department:35"}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.get("/actions/" + x.ID + "/aides").StatusCode; got != http.StatusNotFound {
			t.Errorf("anyone reads the aids of a draft: %d", got)
		}
		shelf, err := s.aids().Shelf(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		tree, err := s.aids().Tree(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if m := shelf.Match(aid.WantOf(x), "2026-03-02", tree); m.AllFits != 1 {
			t.Errorf("%+v", m)
		}
	})
}
