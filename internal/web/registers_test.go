package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// A team sorts its register, changes many actions at once and is told what became of
// each, keeps a view and reads it again.
func TestATeamWorksOnItsRegister(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c, err := cop.OfRegion(t.Context(), d, "44")
		if err != nil {
			t.Fatal(err)
		}
		team := policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
		form := url.Values{"phase": {"study"}}
		for i, title := range []string{"Ouvrir une ligne de bus", "Rénover les écoles", "Planter des haies"} {
			x, err := s.register.Add(t.Context(), d, team, c, action.Action{Kind: action.Sectoral, State: action.Proposed, Title: title, Levers: []string{"gestion-haies"}, Holder: action.Party{Name: map[int]string{1: "Ville de Metz"}[i]}, Starts: "2026", Places: []action.Place{{Territory: "department:67"}}})
			if err != nil {
				t.Fatal(err)
			}
			rev := x.Rev
			if i == 2 {
				rev = 9 // moved since it was seen
			}
			form.Add("action", x.ID+":"+strconv.FormatInt(rev, 10))
		}
		browser, base := s.signIn("equipe@grandest.example", policy.Team, "region", "44")
		desk := base + "/regions/grand-est/bureau/actions"
		p := s.visit(browser, desk, nil)
		checkPage(t, "register", p)
		p.has("h1", "3 actions, 3 à qualifier")
		for name, q := range map[string]string{"tableau": "/tableau", "calendrier": "/calendrier", "carte": "/carte"} {
			checkPage(t, name, s.visit(browser, desk+q, nil))
		}
		p = s.visit(browser, desk+"/carte", nil)
		p.has("h1", "3 actions, département par département")
		if !strings.Contains(p.body, "departement=67") || !strings.Contains(p.body, "Aucune n’est chiffrée.") {
			t.Error("the map does not lead to a département, or takes what nobody assessed for zero")
		}
		if p = s.visit(browser, desk+"?mots=bus", nil); !strings.Contains(p.body, "Ouvrir une ligne") || strings.Contains(p.body, "Rénover les écoles</a>") {
			t.Error("the words do not narrow the register")
		}
		for query, want := range map[string]string{"?porteur=Ville+de+Metz": "1 action", "?auteur=" + team.Person: "3 actions, 3 à qualifier", "?auteur=personne": "Aucune action", "?de=2027": "3 actions", "?a=2025": "Aucune action"} {
			if p = s.visit(browser, desk+query, nil); !strings.HasPrefix(strings.ReplaceAll(p.text("h1"), "\u00a0", " "), want) {
				t.Errorf("%s: %s", query, p.text("h1"))
			}
		}
		if p = s.visit(browser, desk, nil); !strings.Contains(p.body, `<option value="Ville de Metz">`) || !strings.Contains(p.body, `name="de"`) || !strings.Contains(p.body, `name="auteur"`) {
			t.Error("the form does not narrow by holder, author and years")
		}
		for _, wrong := range []string{"?de=20", "?a=bientot", "?de=2030&a=2027"} {
			if p = s.visit(browser, desk+wrong, nil); p.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %d", wrong, p.StatusCode)
			}
		}
		if p = s.visit(browser, desk+"?etat=nulle-part", nil); p.StatusCode != http.StatusBadRequest {
			t.Errorf("an unknown state: %d", p.StatusCode)
		}
		p = s.visit(browser, desk+"/lot", url.Values{"action": form["action"]})
		p.has("h1", "3 actions à la fois")
		p = s.visit(browser, desk+"/lot/changer", url.Values{"action": form["action"]})
		if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, "Choisissez ce qui change") {
			t.Errorf("a change of nothing: %d", p.StatusCode)
		}
		p = s.visit(browser, desk+"/lot/changer", form)
		p.has("h1", "2 actions changées sur 3")
		if !strings.Contains(p.body, "Quelqu’un l’a changée") {
			t.Error("what moved meanwhile is not told")
		}
		p = s.visit(browser, desk+"/vues?phase=study", url.Values{"name": {"En étude"}, "shared": {"1"}})
		if !strings.Contains(p.body, "En étude (partagée avec l’équipe)") {
			t.Error("the view is not kept")
		}
		stranger, _ := s.signIn("ailleurs@bretagne.example", policy.Team, "region", "53")
		if p = s.visit(stranger, desk, nil); p.StatusCode != http.StatusNotFound && p.StatusCode != http.StatusForbidden {
			t.Errorf("another team reads the register: %d", p.StatusCode)
		}
	})
}

// A name that cannot be kept comes back in its form, with what to do.
func TestAViewWithoutANameComesBack(t *testing.T) {
	s := newSite(t, testkit.DB(t))
	browser, base := s.signIn("equipe@grandest.example", policy.Team, "region", "44")
	long := strings.Repeat("vue ", 40)
	p := s.visit(browser, base+"/regions/grand-est/bureau/actions/vues?phase=study", url.Values{"name": {long}})
	if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, strings.TrimSpace(long)) || !strings.Contains(p.body, "80 caractères") {
		t.Errorf("%d: what was typed is lost", p.StatusCode)
	}
}
