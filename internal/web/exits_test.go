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

// A team writes what it leaves to the next COP, the page that anyone reads says it; a
// second writer reads both versions; both heads close the COP, which says so.
func TestExitPages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		const desk = "/regions/guyane/bureau/points-de-sortie"
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		public := "/regions/guyane/feuille-de-route/points-de-sortie"
		p := s.get(public)
		p.has("h1", "aucun des quatre points de sortie")
		checkPage(t, "exit points", p)
		p = s.visit(team, base+desk+"/sujets", url.Values{"title": {""}, "text": {"Parce que l’eau manque."}, "part": {"public"}})
		if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, "Parce que l’eau manque.") {
			t.Fatalf("%s, what was typed is lost", p.Status)
		}
		p.has("#title-erreur", "nécessaire")
		checkPage(t, "desk of exit points", p)
		p = s.visit(team, base+desk+"/sujets", url.Values{"title": {"L’eau"}, "text": {"Parce que l’eau manque."}, "part": {"public"}})
		p.has("main", "L’eau")
		link := p.attr("#sujets a", "href")
		if len(link) != 1 {
			t.Fatalf("%d links to subjects", len(link))
		}
		p = s.visit(team, base+desk+"/suivi", url.Values{"who": {"Le comité de pilotage"}, "indicators": {"Ceux des leviers"}, "every": {"half"}, "next_on": {"2026-06-30"}, "part": {"public"}})
		p.has("#suite", "atteint")
		s.get(public).has("h1", "un point de sortie est atteint sur quatre")
		p = s.visit(team, base+link[0], url.Values{"do": {"save"}, "rev": {"1"}, "title": {"L’eau douce"}, "part": {"public"}})
		p.has("main", "L’eau douce")
		p = s.visit(team, base+link[0], url.Values{"do": {"save"}, "rev": {"1"}, "title": {"L’eau salée"}, "part": {"public"}})
		if p.StatusCode != http.StatusConflict {
			t.Fatalf("the second writer: %s", p.Status)
		}
		p.has("#deux-versions", "L’eau douce")
		p.has("#deux-versions", "L’eau salée")
		checkPage(t, "conflict on a subject", p)
		p = s.visit(team, base+link[0], url.Values{"do": {"withdraw"}, "rev": {"2"}})
		p.has("main", "Dites pourquoi")
		if other := s.visit(team, base+strings.Replace(link[0], "guyane", "bretagne", 1), nil); other.StatusCode != http.StatusNotFound {
			t.Errorf("in another region: %s", other.Status)
		}

		p = s.visit(team, base+desk+"/cloture", url.Values{"raison-objectifs": {"Les élections ont tout repoussé."}})
		if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, "Les élections ont tout repoussé.") {
			t.Fatalf("%s, a reason is lost", p.Status)
		}
		why := url.Values{}
		for _, code := range []string{"objectifs", "etat-des-lieux", "plan-d-action"} {
			why.Set("raison-"+code, "Les élections ont tout repoussé.")
		}
		s.visit(team, base+desk+"/cloture", why).has("main", "attend ses deux têtes")
		p = s.visit(team, base+desk+"/cloture", nil)
		p.has("main", "Les élections ont tout repoussé.")
		checkPage(t, "close", p)
		if strings.Contains(s.get("/regions/guyane").body, "close depuis") {
			t.Error("closed before both heads said so")
		}
		for _, role := range []policy.Role{policy.StateChair, policy.RegionChair} {
			head, base := s.signIn(string(role)+"@exemple.fr", role, "region", "03")
			p := s.visit(head, base+"/regions/guyane/bureau", nil)
			id := actID.FindStringSubmatch(p.body)
			if id == nil {
				t.Fatal("nothing to validate")
			}
			s.visit(head, base+"/regions/guyane/bureau/actes/"+id[1], url.Values{"do": {"consent"}})
		}
		s.get("/regions/guyane").has("main", "Cette COP est close depuis le 2 mars 2026")
		p = s.get(public)
		p.has("main", "Raison donnée à la clôture")
		checkPage(t, "closed", p)
	})
}

// The nation's page costs the same number of statements whatever the regions hold.
func TestExitPointsOfTheNation(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		admin, base := s.signIn("admin@exemple.fr", policy.NationalAdmin, "nation", "")
		p := s.visit(admin, base+"/national/points-de-sortie", nil)
		p.has("h1", "0 point de sortie est atteint sur 72")
		if rows := p.texts("#regions tbody tr"); len(rows) != 18 {
			t.Errorf("%d regions", len(rows))
		}
		checkPage(t, "exit points of the nation", p)
		s.get("/chiffres/sortie/2023-24/nation/points").has("main", "0 sur 72")
		s.get("/chiffres/sortie/2023-24/03/participation").has("main", "compte une fois")
	})
}
