package web_test

import (
	"net/http"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/knowledge"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// From the sheet of an action that is over, its team makes a good practice: a form filled
// with what is known, which comes back as it was typed when it is refused; then the sheet
// and the practice lead to each other.
func TestAPracticeIsMadeOfAFinishedAction(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		s := newSite(t, d)
		euros, km := int64(150_000_00), 82.5
		s.retainedAction("a", 1, func(x *action.Action) {
			x.Title, x.Tasks, x.Budget.Invest = "Planter des haies", []action.Task{{ID: "t", Title: "Plants commandés", Done: "2025-03-02"}}, &euros
		})
		team := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "44")}}}
		browser, base := s.signIn("equipe@grandest.example", policy.Team, "region", "44")
		at := base + "/actions/a"
		if p := s.visit(browser, at, nil); strings.Contains(p.text("main"), "En faire une bonne pratique") {
			t.Error("a good practice is offered of an action that goes on")
		}
		p := s.visit(browser, at+"/bonne-pratique", nil)
		p.has("main", "Cette action n’est pas terminée")
		if len(p.texts("#bonne-pratique")) != 0 {
			t.Error("the form is there for an action that goes on")
		}
		if _, err := s.follow.FollowUp.Say(ctx, d, team, followup.Update{Action: "a", Day: "2026-03-01", Said: followup.Said{Status: "done", Spent: &euros, Note: "Les agriculteurs ont suivi.", Quantities: []followup.Quantity{{Lever: "gestion-haies", Quantity: &km, Unit: "km", Class: followup.Declared}}}}); err != nil {
			t.Fatal(err)
		}

		// Nobody else is offered it, nor knows the page.
		if p := s.get("/actions/a"); strings.Contains(p.text("main"), "En faire une bonne pratique") {
			t.Error("anyone is offered it")
		}
		citizen, _ := s.signIn("habitante@exemple.fr", policy.Participant, "region", "44")
		if p := s.visit(citizen, at+"/bonne-pratique", nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("a participant: %s", p.Status)
		}
		elsewhere, _ := s.signIn("equipe@bretagne.example", policy.Team, "region", "53")
		if p := s.visit(elsewhere, at+"/bonne-pratique", nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("another team: %s", p.Status)
		}

		s.visit(browser, at, nil).has("#ensuite", "En faire une bonne pratique")
		p = s.visit(browser, at+"/bonne-pratique", nil)
		checkPage(t, "draw", p)
		form := p.filled("#bonne-pratique form")
		for field, want := range map[string]string{"title": "Planter des haies", "organisation": "Chambre d’agriculture", "territory": "department:67", "lever": "gestion-haies", "text": "Les agriculteurs ont suivi.", "result": "82,5", "link": "/actions/a", "source": "Action 1"} {
			if !strings.Contains(form.Get(field), want) {
				t.Errorf("%s: %q, want %q", field, form.Get(field), want)
			}
		}
		for field, want := range map[string]string{"text": "Plants commandés", "result": "150"} {
			if !strings.Contains(form.Get(field), want) {
				t.Errorf("%s: %q, want %q", field, form.Get(field), want)
			}
		}

		// Refused, it comes back.
		form.Set("title", " ")
		form.Set("replicable", "Commencer par les bords de route.")
		p = s.visit(browser, at+"/bonne-pratique", form)
		if p.StatusCode != http.StatusBadRequest || p.filled("#bonne-pratique form").Get("replicable") != "Commencer par les bords de route." {
			t.Errorf("without a title: %s", p.Status)
		}
		p.has("#bonne-pratique", "Remplissez « Titre ».")
		form.Set("title", "Des haies plantées avec les agriculteurs")
		form.Set("share", "1")
		p = s.visit(browser, at+"/bonne-pratique", form)
		p.has("main", "C’est enregistré")
		p.has("#actions-liees", "Planter des haies")

		// A second one is told of it, with what they typed.
		form.Set("title", "La mienne")
		p = s.visit(browser, at+"/bonne-pratique", form)
		if p.StatusCode != http.StatusConflict || p.filled("#bonne-pratique form").Get("title") != "La mienne" {
			t.Errorf("a second one: %s", p.Status)
		}
		p.has("main", "Une bonne pratique a déjà été tirée de cette action")
		p.has("main", "Des haies plantées avec les agriculteurs")

		there, err := knowledge.DrawnFrom(ctx, d, []string{"a"})
		if err != nil || !there["a"].Shared {
			t.Fatal(there, err)
		}
		x := there["a"]
		sheet := s.get("/actions/a")
		sheet.has("#origine", "La bonne pratique tirée de cette action")
		if !strings.Contains(strings.Join(sheet.attr("#origine a", "href"), " "), "/bonnes-pratiques/"+x.ID) {
			t.Error("the sheet does not lead to its practice")
		}
		s.get("/bonnes-pratiques/"+x.ID).has("#actions-liees", "Planter des haies")
		if p := s.visit(browser, at, nil); strings.Contains(p.text("#ensuite"), "En faire une bonne pratique") {
			t.Error("it is offered a second time")
		}

		// The review of the year in which it ended lists it.
		m, err := s.store.Model(ctx)
		if err != nil {
			t.Fatal(err)
		}
		region, err := m.Tree().Region("44")
		if err != nil {
			t.Fatal(err)
		}
		made := s.reviewBlock(region, "2026", "2026-03-02", "lecons/pratiques")
		if made.Missing != "" || !strings.Contains(made.Title, "1\u00a0bonne pratique tirée de la seule action terminée") {
			t.Errorf("review: %+v", made)
		}
		if before := s.reviewBlock(region, "2025", "2026-03-02", "lecons/pratiques"); before.Missing == "" {
			t.Errorf("the review of the year before lists it: %+v", before)
		}
	})
}
