package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// An action is linked from its form to a plan, to what it aims at, to a good practice, to
// the answers of who carries it and to an obstacle; its sheet and their pages show it, as
// far as each reader may read.
func TestAnActionIsTiedBothWays(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		s := newSite(t, d)
		s.seedOrganisations()
		s.campaign()
		c, err := cop.OfRegion(ctx, d, "44")
		if err != nil {
			t.Fatal(err)
		}
		team := policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
		answer := "r-ems"
		s.response(answer, strasbourg, "Eurométropole de Strasbourg")
		pcaet, err := s.plans.Add(ctx, d, team, plan.Plan{Kind: plan.PCAET, Territory: "epci:246700488", Region: "44", Department: "67", Name: "PCAET de l’Eurométropole", State: plan.InForce, Source: "délibération"})
		if err != nil {
			t.Fatal(err)
		}
		aim, err := s.plans.AddObjective(ctx, d, team, plan.Objective{Plan: pcaet.ID, Lever: "gestion-haies", BaseYear: 2019, TargetYear: 2030, Target: 120, Unit: "km", Written: "120", Page: "12", Gain: true})
		if err != nil {
			t.Fatal(err)
		}
		kept := func(kind knowledge.Kind, title string, shared bool) knowledge.Item {
			t.Helper()
			x, err := s.known.Add(ctx, d, team, knowledge.Item{Kind: kind, Region: "44", Department: "67", Organisation: "Eurométropole", Territory: "epci:246700488", Scale: "epci", Theme: "preserver", Levers: []string{"gestion-haies"}, Title: title, Text: "Voilà.", Evidence: map[knowledge.Kind]string{knowledge.Obstacle: "Un refus."}[kind], Nature: map[knowledge.Kind]string{knowledge.Obstacle: "foncier"}[kind], Level: map[knowledge.Kind]string{knowledge.Obstacle: "local"}[kind]})
			if err != nil {
				t.Fatal(err)
			}
			s.exec(`UPDATE knowledge_item SET state = 'retained', shared = $2 WHERE id = $1`, x.ID, shared)
			return x
		}
		practice, obstacle := kept(knowledge.Strength, "Haies en bord de route", true), kept(knowledge.Obstacle, "Le foncier manque", false)
		proposed, err := s.known.Add(ctx, d, team, knowledge.Item{Kind: knowledge.Obstacle, Region: "44", Department: "67", Organisation: "Eurométropole", Territory: "epci:246700488", Scale: "epci", Theme: "preserver", Levers: []string{"gestion-haies"}, Title: "Un frein pas encore examiné", Text: "Voilà.", Evidence: "Un refus.", Nature: "foncier", Level: "local"})
		if err != nil {
			t.Fatal(err)
		}
		x := s.retained("Planter des haies", "gestion-haies", "2026", "km", 12, "epci:246700488")
		x.Holder, x.Met = action.Party{Org: strasbourg, Name: "Eurométropole de Strasbourg"}, []action.Met{{Item: proposed.ID}}
		if x, err = s.register.Save(ctx, d, team, x, "porteur"); err != nil {
			t.Fatal(err)
		}
		browser, base := s.signIn("equipe@grandest.example", policy.Team, "region", "44")
		at := base + "/actions/" + x.ID + "/modifier/"
		p := s.visit(browser, at+"liens", nil)
		checkPage(t, "links", p)
		for _, want := range []string{link.PlanAim + "/" + aim.ID, link.Practice + "/" + practice.ID, link.Response + "/" + answer} {
			if !strings.Contains(p.body, `value="`+want+`"`) {
				t.Errorf("the form does not offer %s: %s", want, p.text("#proposes"))
			}
		}
		// Not without its reason, and what was chosen comes back.
		p = s.visit(browser, at+"liens", url.Values{"rev": {formRev(p)}, "pick": {link.Plan + "/" + pcaet.ID}})
		if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, `value="`+link.Plan+"/"+pcaet.ID+`" selected`) {
			t.Errorf("without its reason: %s", p.Status)
		}
		p = s.visit(browser, at+"liens", url.Values{"rev": {formRev(p)}, "reason": {"Dans le PCAET."}, "pick": {link.PlanAim + "/" + aim.ID, link.Practice + "/" + practice.ID, link.Response + "/" + answer}})
		if p.StatusCode != http.StatusOK || !strings.Contains(p.text("#lies"), "PCAET de l’Eurométropole") {
			t.Fatalf("linked: %s %s", p.Status, p.text("main"))
		}
		p = s.visit(browser, at+"liens", url.Values{"rev": {formRev(p)}, "reason": {"Aussi."}, "add": {base + "/regions/grand-est/bureau/plans/" + pcaet.ID}})
		if p.StatusCode != http.StatusOK || strings.Count(p.text("#lies"), "PCAET de l’Eurométropole") < 2 {
			t.Errorf("by its address: %s %s", p.Status, p.text("main"))
		}
		p = s.visit(browser, at+"liens", url.Values{"rev": {formRev(p)}, "reason": {"Aussi."}, "add": {base + "/regions/bretagne/panorama"}})
		if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, "n’est pas celle d’une page qui se lie") {
			t.Errorf("an address of nothing: %s", p.Status)
		}
		p = s.visit(browser, at+"freins", nil)
		checkPage(t, "obstacles", p)
		p = s.visit(browser, at+"freins", url.Values{"rev": {formRev(p)}, "reason": {"Constaté."}, "items": {obstacle.ID, proposed.ID}, "obstacles.0.text": {"Les plants manquent."}})
		if got := s.written(x.ID).Met; p.StatusCode != http.StatusOK || len(got) != 3 {
			t.Errorf("obstacles: %s %+v", p.Status, got)
		}

		// The sheet: anyone reads what is public, and no more.
		sheet := s.get("/actions/" + x.ID)
		checkPage(t, "sheet", sheet)
		for _, want := range []string{"/regions/grand-est/plans#", "/bonnes-pratiques/" + practice.ID, "/regions/grand-est/freins/" + obstacle.ID, "Les plants manquent."} {
			if !strings.Contains(sheet.body, want) {
				t.Errorf("the sheet does not say %q", want)
			}
		}
		for _, hidden := range []string{"/reponses/", "Un frein pas encore examiné", proposed.ID} {
			if strings.Contains(sheet.body, hidden) {
				t.Errorf("anyone reads %q", hidden)
			}
		}
		inner := s.visit(browser, base+"/actions/"+x.ID, nil)
		for _, want := range []string{"/reponses/" + answer + "/fiche", "Un frein pas encore examiné"} {
			if !strings.Contains(inner.body, want) {
				t.Errorf("the team does not read %q", want)
			}
		}
		// An answer that its authority let be published by itself is there for anyone.
		s.exec(`INSERT INTO open_edition (id, campaign_id, cop_id, region, seq, day, doc, sha256, by, at) SELECT 'e1', campaign_id, cop_id, region, 1, '2026-01-02', '{"cycle":"2025","region":"44","edition":1}', 'x', 'x', 1 FROM response WHERE id = $1`, answer)
		s.exec(`INSERT INTO open_member (edition_id, grp, response_id, seq, digest) VALUES ('e1', $1, $2, 1, 'x')`, "accord."+answer, answer)
		if p := s.get("/actions/" + x.ID); strings.Contains(p.body, "/donnees/questionnaire/2025/grand-est/1") {
			t.Error("an answer without consent is named")
		}
		s.exec(`INSERT INTO open_consent (response_id, rev, document, day, state, at) VALUES ($1, 1, 'courrier', '2026-01-01', 'given', 1)`, answer)
		if p := s.get("/actions/" + x.ID); !strings.Contains(p.body, "/donnees/questionnaire/2025/grand-est/1") {
			t.Error("an answer that is published by itself is not named")
		}

		// And the other side of each.
		href := `href="/actions/` + x.ID + `"`
		for _, path := range []string{"/regions/grand-est/plans", "/bonnes-pratiques/" + practice.ID, "/regions/grand-est/points-forts/" + practice.ID, "/regions/grand-est/freins/" + obstacle.ID} {
			p := s.get(path)
			checkPage(t, path, p)
			if !strings.Contains(p.body, href) {
				t.Errorf("%s does not show the action", path)
			}
		}
		for _, path := range []string{"/regions/grand-est/bureau/plans/" + pcaet.ID, "/reponses/" + answer + "/fiche"} {
			if p := s.visit(browser, base+path, nil); p.StatusCode != http.StatusOK || !strings.Contains(p.body, href) {
				t.Errorf("%s does not show the action: %s", path, p.Status)
			}
		}
		// What meets an obstacle in secret is not told by the obstacle.
		x = s.written(x.ID)
		x.Hidden = []string{"obstacles"}
		if _, err := s.register.Save(ctx, d, team, x, "discrétion"); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(s.get("/regions/grand-est/freins/"+obstacle.ID).body, href) || strings.Contains(s.get("/actions/"+x.ID).body, "Le foncier manque") {
			t.Error("what is hidden is told by the other side")
		}
	})
}
