package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/policy"
)

// actionFixtures are the actions that the addresses of the walk name: two proposed
// ones, and a list that waits for both heads.
func (s *site) actionFixtures(copID, slug string, team policy.Actor, out map[string]string) {
	s.t.Helper()
	ctx := s.t.Context()
	c, err := cop.Find(ctx, s.d, copID)
	if err != nil {
		s.t.Fatal(err)
	}
	add := func(title string, to action.State) action.Action {
		x, err := s.register.Add(ctx, s.d, team, c, action.Action{Kind: action.Sectoral, State: action.Proposed, Title: title, Summary: "Un résumé.", Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "region:" + c.Region}}, Holder: action.Party{Name: "Chambre d’agriculture"}})
		if err == nil && to == action.Debated {
			as := action.Assessment{Met: map[string]bool{"born": true, "lever": true, "potential": true, "actors": true, "actors.actors": true}, Why: map[string]string{"born": "Atelier.", "lever": "Haies.", "potential": "Fort.", "actors": "Filière."}, Verdict: "favourable", Reason: "Oui."}
			if x, err = s.register.Assess(ctx, s.d, team, x.ID, x.Rev, action.OpinionTurn, as); err == nil {
				as.Verdict = "qualified"
				x, err = s.register.Decide(ctx, s.d, team, x.ID, x.Rev, as, "")
			}
			if err == nil {
				x, err = s.register.Move(ctx, s.d, team, action.Turned{ID: x.ID, Rev: x.Rev, To: action.Debated, Debate: action.Debate{On: "2026-02-20", Reason: "Atelier."}})
			}
		}
		if err != nil {
			s.t.Fatal(apperr.Message(err), err)
		}
		return x
	}
	x, y, z := add("Planter des haies", action.Proposed), add("Plantation de haies", action.Proposed), add("Restaurer le bocage", action.Debated)
	if _, err := s.register.ProposeListing(ctx, team, c, "Première liste", []action.Pick{{ID: z.ID, Rev: z.Rev}}); err != nil {
		s.t.Fatal(err)
	}
	out[slug+"/action"], out[slug+"/other-action"], out[slug+"/file-listing-pending-file"] = x.ID, y.ID, "releve.odt"
}

// gridForm is a grid filled as a person does.
func gridForm(do, rev, verdict string) url.Values {
	f := url.Values{"do": {do}, "rev": {rev}, "way": {"actors.territories"}, "verdict": {verdict}, "reason": {"La grille est remplie."}}
	for _, c := range []string{"born", "lever", "potential", "actors"} {
		f.Set("met."+c, "yes")
		f.Set("why."+c, "Parce que "+c+".")
	}
	return f
}

// An action goes from a draft to the record of decisions that anyone reads, each person
// on their own page, and what lacks is said before it is asked.
func TestAnActionGoesToTheRecord(t *testing.T) {
	s := sqlite(t)
	ctx := t.Context()
	team, base := s.signIn("equipe.actions@exemple.fr", policy.Team, "region", "44")
	c, err := cop.OfRegion(ctx, s.d, "44")
	if err != nil {
		t.Fatal(err)
	}
	over := func(role policy.Role) policy.Actor {
		return policy.Actor{Person: string(role), Grants: []policy.Grant{{Role: role, COP: c.ID}}}
	}
	x, err := s.register.Add(ctx, s.d, over(policy.Team), c, action.Action{Kind: action.Sectoral, Title: "Planter des haies", Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "region:44"}}, Holder: action.Party{Name: "Chambre d’agriculture"}})
	if err != nil {
		t.Fatal(err)
	}
	at := base + "/actions/" + x.ID + "/grille"
	post := func(path string, f url.Values) {
		t.Helper()
		if p := s.visit(team, path, f); p.StatusCode != http.StatusOK || !strings.Contains(p.Request.URL.RawQuery, "fait=") {
			t.Fatalf("%v: %s at %s\n%s", f.Get("do"), p.Status, p.Request.URL, p.text("main"))
		}
	}
	if p := s.visit(team, at, gridForm("self-propose", "1", "")); p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text("main"), "L’action a un résumé") {
		t.Fatalf("proposed without a summary: %s", p.Status)
	}
	p := s.visit(team, at, nil)
	if !strings.Contains(p.text("#proposer"), "Manque : L’action a un résumé.") || !strings.Contains(p.text("main"), "Parce que potential.") {
		t.Errorf("what lacks is not said: %s", p.text("#proposer"))
	}
	x, _, err = action.Find(ctx, s.d, over(policy.Team), x.ID)
	if err != nil {
		t.Fatal(err)
	}
	x.Summary = "Avec les agriculteurs."
	if x, err = s.register.Save(ctx, s.d, over(policy.Team), x, ""); err != nil {
		t.Fatal(err)
	}
	post(at, url.Values{"do": {"propose"}, "rev": {"3"}})
	post(at, gridForm("opinion", "4", "favourable"))
	if p := s.visit(team, at, gridForm("opinion", "4", "reserved")); p.StatusCode != http.StatusConflict || !strings.Contains(p.text("#deux-versions"), "Réservé") {
		t.Errorf("the second writer does not read both: %s", p.Status)
	}
	post(at, gridForm("decision", "5", "qualified"))
	post(at, url.Values{"do": {"debate"}, "rev": {"6"}, "on": {"2026-02-20"}, "reason": {"Atelier de Metz."}})
	desk := base + "/regions/grand-est/bureau/actions"
	post(desk+"/retenir", url.Values{"do": {"picked"}, "pick": {x.ID + ":7"}, "title": {"Actions 2026"}})
	l, err := action.FindListing(ctx, s.d, over(policy.Team), c, "1")
	if err != nil {
		t.Fatal(err)
	}
	const public = "/regions/grand-est/actions/releves"
	if p := s.get(public + "/1"); p.StatusCode != http.StatusNotFound {
		t.Errorf("anyone reads a list that waits: %s", p.Status)
	}
	for _, role := range []policy.Role{policy.StateChair, policy.RegionChair} {
		if _, err := s.cops.Consent(ctx, over(role), l.Act); err != nil {
			t.Fatal(err)
		}
	}
	if p := s.get(public + "/1"); p.StatusCode != http.StatusOK || !strings.Contains(p.text("main"), l.SHA256) || !strings.Contains(p.text("main"), "Planter des haies") || !strings.Contains(p.text("main"), "c’est bien celle") {
		t.Errorf("the record: %s %s", p.Status, p.text("main"))
	}
	for name, kind := range map[string]string{"releve.odt": "application/vnd.oasis.opendocument.text", "releve.json": "application/json"} {
		if p := s.get(public + "/1/" + name); p.StatusCode != http.StatusOK || p.Header.Get("Content-Type") != kind {
			t.Errorf("%s: %s %s", name, p.Status, p.Header.Get("Content-Type"))
		}
	}
	if p := s.get(public); !strings.Contains(p.text("main"), "Actions 2026") {
		t.Errorf("the list of records: %s", p.text("main"))
	}
}
