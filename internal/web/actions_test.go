package web_test

import (
	"net/http"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// Anyone reads what is retained, without what its holder keeps; a draft is for those who
// work on it.
func TestActionsAreRead(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		teamOf44 := policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "44")}}}
		x := s.retained("Planter 4 000 km de haies", "gestion-haies", "2025", "km", 4_000, "region:44")
		x.Budget.Invest, x.Hidden, x.Email = new(int64), []string{"budget"}, "porteur@exemple.fr"
		*x.Budget.Invest = 1_000_000_00
		if _, err := s.register.Save(t.Context(), d, teamOf44, x, "précision"); err != nil {
			t.Fatal(err)
		}
		c, err := cop.OfRegion(t.Context(), d, "44")
		if err != nil {
			t.Fatal(err)
		}
		draft, err := s.register.Add(t.Context(), d, teamOf44, c, action.Action{Kind: action.Sectoral, Title: "Brouillon"})
		if err != nil {
			t.Fatal(err)
		}
		page := s.get("/actions/" + x.ID)
		checkPage(t, "action", page)
		for _, want := range []string{"Planter 4 000 km de haies", "retenue", french.Integer(4000) + "\u00a0km", "CO₂e en moins par an", "brut"} {
			if !strings.Contains(page.body, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		for _, hidden := range []string{"porteur@exemple.fr", french.Integer(1_000_000)} {
			if strings.Contains(page.body, hidden) {
				t.Errorf("the page shows %q", hidden)
			}
		}
		list := s.get("/regions/grand-est/actions")
		checkPage(t, "list", list)
		if !strings.Contains(list.body, "1\u00a0action retenue") || !strings.Contains(list.body, "Planter 4 000 km") || strings.Contains(list.body, "Brouillon") {
			t.Error(list.body)
		}
		if none := s.get("/regions/grand-est/actions?levier=covoiturage"); !strings.Contains(none.body, "Aucune action ne répond") {
			t.Error(none.body)
		}
		if got := s.get("/actions/" + draft.ID); got.StatusCode != http.StatusNotFound {
			t.Errorf("anyone reads a draft: %d", got.StatusCode)
		}
		s.retained("Des haies à Strasbourg", "gestion-haies", "2026", "km", 12, "commune:67482")
		for path, want := range map[string]bool{"/communes/67482/panorama": true, "/departements/67/panorama": true, "/communes/57463/panorama": false} {
			if got := strings.Contains(s.get(path).body, "Des haies à Strasbourg"); got != want {
				t.Errorf("%s shows the action near it: %v", path, got)
			}
		}
	})
}
