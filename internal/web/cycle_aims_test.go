package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// both heads of the COP at an address give their word to the act that its desk shows.
func (s *site) bothConsent(t *testing.T, at, cycle, read string) {
	s.t.Helper()
	for _, head := range []policy.Role{policy.StateChair, policy.RegionChair} {
		browser, base := s.signIn(string(head)+"."+cycle+"@grandest.example", head, "region", "44")
		desk := s.visit(browser, base+at+"/bureau", nil)
		checkPage(t, "desk", desk)
		if !slices.ContainsFunc(desk.attr("main a", "href"), func(to string) bool { return strings.HasPrefix(to, at+read) }) {
			t.Errorf("the desk of %s does not lead to %s: %q", cycle, at+read, desk.attr("#attente a", "href"))
		}
		acts := slices.DeleteFunc(desk.attr(`form[action*="/bureau/actes/"]`, "action"), func(to string) bool { return !strings.HasPrefix(to, at+"/bureau/actes/") })
		if len(acts) == 0 {
			s.t.Fatalf("no act on the desk of %s", cycle)
		}
		if p := s.visit(browser, base+acts[0], url.Values{"do": {"consent"}}); p.StatusCode != http.StatusOK {
			s.t.Fatalf("%s: %s %s", head, p.Status, p.text("main"))
		}
	}
}

// aimByPage proposes some levers of the table as the State offers them, and both heads
// share them: from and to count the boxes of the table.
func (s *site) aimByPage(t *testing.T, at, cycle string, from, to int) {
	s.t.Helper()
	team, base := s.signIn("equipe."+cycle+"@grandest.example", policy.Team, "region", "44")
	desk := s.visit(team, base+at+"/bureau/objectifs", nil)
	checkPage(t, "table", desk)
	picks := desk.attr("#leviers input[name=pick]", "value")
	if len(picks) < to {
		s.t.Fatalf("%d boxes: %s", len(picks), desk.text("main"))
	}
	p := s.visit(team, base+desk.attr(`form[action$="/bureau/objectifs/region"]`, "action")[0], url.Values{"do": {"picked"}, "pick": picks[from:to]})
	checkPage(t, "list that waits", p)
	if p.StatusCode != http.StatusOK || p.Request.URL.Path != at+"/bureau/objectifs/partages/1" {
		s.t.Fatalf("%s at %s", p.Status, p.Request.URL)
	}
	s.bothConsent(t, at, cycle, "/bureau/objectifs/partages/")
}

// themesByPage makes the list of a COP and puts all of it first.
func (s *site) themesByPage(t *testing.T, at, cycle, why string) {
	s.t.Helper()
	team, base := s.signIn("equipe."+cycle+"@grandest.example", policy.Team, "region", "44")
	desk := s.visit(team, base+at+"/bureau/themes", nil)
	if len(desk.themes()) != 0 {
		t.Errorf("the list of %s is not its own", cycle)
	}
	p := s.visit(team, base+desk.attr(`form[action$="/depart"]`, "action")[0], url.Values{})
	ids := p.themes()
	if len(ids) != 6 || p.Request.URL.Path != at+"/bureau/themes" {
		s.t.Fatalf("%d themes at %s", len(ids), p.Request.URL)
	}
	notes := s.visit(team, base+at+"/bureau/themes/notes", nil)
	p = s.visit(team, base+notes.attr(`form[action*="/themes/notes"]`, "action")[0], url.Values{"rev": {"0"}, "ecart": {"1"}, "rythme": {"2"}, "poids": {"3"}, "questionnaire": {"0"}, "freins": {"1"}, "points-forts": {"1"}, "reason": {why}})
	p.has("#poids-versions", why)
	head, there := s.signIn(string(policy.StateChair)+"."+cycle+"@grandest.example", policy.StateChair, "region", "44")
	choice := s.visit(head, there+at+"/bureau/themes/choix", nil)
	checkPage(t, "choice", choice)
	form := choice.filled("#choisir form")
	form["chosen"] = ids
	for _, id := range ids {
		form.Set("why-"+id, why)
	}
	p = s.visit(head, there+choice.attr("#choisir form", "action")[0], form)
	p.has("#attente", "Un choix attend la validation des deux têtes")
	s.bothConsent(t, at, cycle, "/bureau/themes/choix")
}

// In the next COP both heads share objectives and put themes first by page, as in the first
// one, whose own do not move. What it shared is still in force there, and is said.
func TestBothHeadsShareAndChooseInALaterCycle(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		const first, later = "/regions/grand-est", "/regions/grand-est/cycles/2025"
		s.aimByPage(t, first, cop.First, 0, 3)
		s.themesByPage(t, first, cop.First, "Ce qui pesait en 2024.")
		ends := []string{"/objectifs", "/objectifs.csv", "/objectifs/partages/1", "/objectifs/bouclage", "/objectifs/bouclage.csv", "/themes"}
		data := s.get(first + "/objectifs.csv").body
		s.openCycle("2025")
		before := map[string]string{}
		for _, end := range ends {
			before[end] = s.get(first + end).body
		}
		if before["/objectifs.csv"] != data {
			t.Error("opening a cycle moved the objectives of the first COP")
		}
		s.get(first+"/objectifs").has("nav[aria-label='Cycles de la COP'] a", "Cycle 2025")

		// Before the next COP shares anything, what the first one shared is in force there.
		p := s.get(later + "/objectifs")
		checkPage(t, "objectives of 2025", p)
		p.has("h1", "3 objectifs de la COP 2023-24 toujours en vigueur, celle de 2025 n’en a pas encore partagé")
		p.has("main li", "3 objectifs de la COP 2023-24 toujours en vigueur, hors de cette somme")
		p.has("main li", "27 leviers seulement proposés")
		s.get(later+"/feuille-de-route/points-de-sortie").has("#objectifs", "dont 3 de la COP 2023-24, toujours en vigueur")
		if p = s.get(later + "/objectifs/partages/1"); p.StatusCode != http.StatusNotFound {
			t.Errorf("the list of the first COP is read in the next one: %s", p.Status)
		}
		s.get(later+"/themes").has("main", "Aucun thème pour l’instant")

		s.aimByPage(t, later, "2025", 2, 5) // one of them again
		s.themesByPage(t, later, "2025", "Ce qui pèse en 2025.")
		for _, end := range ends {
			if s.get(first+end).body != before[end] {
				t.Errorf("%s of the first COP moved", end)
			}
			p := s.get(later + end)
			if p.StatusCode != http.StatusOK {
				t.Errorf("%s in 2025: %s", end, p.Status)
				continue
			}
			if strings.HasSuffix(end, ".csv") {
				continue
			}
			checkPage(t, "2025"+end, p)
			for _, to := range append(p.attr("main a", "href"), p.attr("nav.fr-tabs a", "href")...) {
				for _, own := range []string{"/objectifs", "/themes", "/actions", "/feuille-de-route"} {
					if strings.HasPrefix(to, first+own) && !slices.Contains(p.attr("nav[aria-label='Cycles de la COP'] a", "href"), to) {
						t.Errorf("%s in 2025 leads to the first COP: %s", end, to)
					}
				}
			}
			for _, why := range p.attr("main a.cell-why", "href") {
				if x := s.get(why); x.StatusCode != http.StatusOK {
					t.Errorf("%s in 2025: %s leads nowhere: %s", end, why, x.Status)
				}
			}
		}
		p = s.get(later + "/objectifs")
		p.has("h1", "3 objectifs partagés")
		p.has("main li", "2 objectifs de la COP 2023-24 toujours en vigueur, hors de cette somme")
		p.has("#leviers td", "remplacé")
		p.has("#leviers td", "toujours en vigueur")
		s.get(later+"/objectifs/bouclage").has("main", "compte aussi les objectifs des COP d’avant")
		p = s.get(later + "/themes")
		p.has("#priorites", "Ce qui pèse en 2025.")
		if strings.Contains(p.body, "Ce qui pesait en 2024.") {
			t.Error("the themes of 2025 are those of the first COP")
		}
		p = s.get(later + "/feuille-de-route/points-de-sortie")
		checkPage(t, "exit points of 2025", p)
		p.has("#objectifs", "5 sur 30 leviers ont un objectif partagé, dont 2 de la COP 2023-24, toujours en vigueur.")
		p.has("#plan-d-action", "0 sur 6 thèmes prioritaires ont")
		s.get(first+"/feuille-de-route/points-de-sortie").has("#objectifs", "3 sur 30 leviers ont un objectif partagé.")

		held, at := s.signIn("equipe.2025@grandest.example", policy.Team, "region", "44")
		code := strings.Split(s.visit(held, at+first+"/bureau/objectifs", nil).attr("#leviers a[href*='/bureau/objectifs/region/']", "href")[0], "/region/")[1]
		p = s.visit(held, at+later+"/bureau/objectifs/region/"+code, nil)
		p.has("h1", "toujours en vigueur depuis la COP 2023-24")
		p.has("#valeurs th", "Partagé par la COP 2023-24")

		// The desk stays in its COP, whoever reads it, and a neighbour reads none of it.
		team, base := s.signIn("equipe.2025@grandest.example", policy.Team, "region", "44")
		neighbour, other := s.signIn("equipe@bretagne.example", policy.Team, "region", "53")
		theme := s.visit(team, base+later+"/bureau/themes", nil).themes()[0]
		for _, end := range []string{"/bureau/objectifs", "/bureau/objectifs/region", "/bureau/objectifs/departement-67", "/bureau/objectifs/region/biogaz", "/bureau/objectifs/partages/1", "/bureau/themes", "/bureau/themes/notes", "/bureau/themes/choix", "/bureau/themes/" + theme} {
			p := s.visit(team, base+later+end, nil)
			if p.StatusCode != http.StatusOK {
				t.Errorf("%s in 2025: %s", end, p.Status)
				continue
			}
			checkPage(t, "2025"+end, p)
			cycles := p.attr("nav[aria-label='Cycles de la COP'] a", "href")
			if len(cycles) != 2 || !strings.HasPrefix(cycles[1], later+"/bureau/") || strings.HasPrefix(cycles[0], later) {
				t.Errorf("%s leads to %v", end, cycles)
			}
			for _, to := range slices.Concat(p.attr("main form", "action"), p.attr("main a", "href"), p.attr("nav.fr-tabs a", "href")) {
				if regexp.MustCompile("^"+first+"/(bureau|objectifs|themes|$)").MatchString(to) && !slices.Contains(cycles, to) {
					t.Errorf("%s in 2025 leads to the first COP: %s", end, to)
				}
			}
			if strings.Contains(end, "/partages/") {
				continue // what both heads shared is anyone's to read
			}
			if p := s.visit(neighbour, other+later+end, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("a neighbour reads %s: %s", end, p.Status)
			}
		}
		// A score of 2025 is explained with the weights of 2025.
		scores := s.visit(team, base+later+"/bureau/themes/notes?vue=publique", nil).attr("#classement a.cell-why", "href")
		if len(scores) == 0 || !strings.HasSuffix(scores[0], "/2025") {
			t.Errorf("scores of 2025: %q", scores)
		} else if p := s.get(scores[0]); p.StatusCode != http.StatusOK || !slices.Contains(p.attr("main a", "href"), later+"/themes") {
			t.Errorf("%s: %s %q", scores[0], p.Status, p.attr("main a", "href"))
		}
		if p := s.visit(team, base+first+"/bureau/themes/"+theme, nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("a theme of 2025 is read in the first COP: %s", p.Status)
		}

		// A value is put on the table of 2025, and a dissent noted, from the page itself.
		one := base + later + "/bureau/objectifs/departement-67/biogaz"
		p = s.visit(team, one, url.Values{"do": {"put"}, "rev": {"0"}, "measure": {"kt"}, "value": {"1"}, "reason": {"Essai."}})
		if p.StatusCode != http.StatusOK || p.Request.URL.Path != later+"/bureau/objectifs/departement-67/biogaz" {
			t.Errorf("%s at %s", p.Status, p.Request.URL)
		}
		var cycle string
		if err := d.QueryRow(t.Context(), `SELECT cycle FROM objective WHERE territory = 'department:67'`).Scan(&cycle); err != nil || cycle != "2025" {
			t.Errorf("the value is of %q: %v", cycle, err)
		}
	})
}
