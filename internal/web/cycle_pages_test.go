package web_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
	"jalon/internal/web"
)

// openCycle opens a cycle in every region.
func (s *site) openCycle(code string) {
	s.t.Helper()
	m, err := s.store.Model(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	nation := policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
	if _, err := s.cops.OpenCycle(s.t.Context(), nation, code, m.Tree()); err != nil {
		s.t.Fatal(err)
	}
}

// retainByPage takes an action from the form where it is proposed to the record that both
// heads retained, each person on their own page, and returns its id. Base is the address of
// the COP.
func (s *site) retainByPage(t *testing.T, at string, c cop.COP, title, list string) string {
	s.t.Helper()
	ctx := s.t.Context()
	team, base := s.signIn("equipe."+c.Cycle+"@grandest.example", policy.Team, "region", "44")
	sent := func(p page, what string) page {
		s.t.Helper()
		if p.StatusCode != http.StatusOK || !strings.Contains(p.Request.URL.RawQuery, "fait=") {
			s.t.Fatalf("%s: %s at %s\n%s", what, p.Status, p.Request.URL, p.text("main"))
		}
		return p
	}
	p := s.visit(team, base+at+"/actions/nouvelle", nil)
	f := p.filled("#nouvelle")
	f.Set("title", title)
	f.Set("summary", "Avec les agriculteurs et les communes.")
	f.Set("holder", "Chambre d’agriculture")
	f.Set("places", "Grand Est")
	levers := p.attr("select[name=lever] option", "value")
	if len(levers) < 2 {
		s.t.Fatalf("no lever to choose: %s", p.text("main"))
	}
	f.Set("lever", levers[1])
	p = sent(s.visit(team, base+p.attr("#nouvelle", "action")[0], f), "proposed")
	id := strings.Split(strings.TrimPrefix(p.Request.URL.Path, "/actions/"), "/")[0]
	grid := base + "/actions/" + id + "/grille"
	rev := func() string {
		x, _, err := action.Find(ctx, s.d, policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}, id)
		if err != nil {
			s.t.Fatal(err)
		}
		return strconv.FormatInt(x.Rev, 10)
	}
	sent(s.visit(team, grid, gridForm("self-propose", rev(), "")), "self-propose")
	sent(s.visit(team, grid, gridForm("opinion", rev(), "favourable")), "opinion")
	sent(s.visit(team, grid, gridForm("decision", rev(), "qualified")), "decision")
	sent(s.visit(team, grid, url.Values{"do": {"debate"}, "rev": {rev()}, "on": {"2026-02-20"}, "reason": {"Atelier de Metz."}}), "debate")
	compose := s.visit(team, base+at+"/bureau/actions/retenir", nil)
	checkPage(t, "compose", compose)
	p = sent(s.visit(team, base+compose.attr(`form[action$="/retenir"]`, "action")[0], url.Values{"do": {"picked"}, "pick": compose.attr("input[name=pick]", "value"), "title": {list}}), "list")
	if !strings.HasPrefix(p.Request.URL.Path, at+"/bureau/actions/releves/") {
		s.t.Fatalf("the list is at %s", p.Request.URL.Path)
	}
	for _, head := range []policy.Role{policy.StateChair, policy.RegionChair} {
		browser, base := s.signIn(string(head)+"."+c.Cycle+"@grandest.example", head, "region", "44")
		desk := s.visit(browser, base+at+"/bureau", nil)
		checkPage(t, "desk", desk)
		desk.has("main", list)
		act := desk.attr(`form[action*="/bureau/actes/"]`, "action")
		i := slices.IndexFunc(act, func(a string) bool { return strings.HasPrefix(a, at+"/bureau/actes/") })
		if i < 0 {
			s.t.Fatalf("no act on the desk of %s: %v", c.Cycle, act)
		}
		if p := s.visit(browser, base+act[i], url.Values{"do": {"consent"}}); p.StatusCode != http.StatusOK {
			s.t.Fatalf("%s: %s %s", head, p.Status, p.text("main"))
		}
	}
	return id
}

// Both heads retain a list in the next COP as in the first one, by page. What the first
// retained does not move, anyone reads both, and a neighbour's team reads neither desk.
func TestBothHeadsRetainAListInALaterCycle(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ctx := t.Context()
		const first, later = "/regions/grand-est", "/regions/grand-est/cycles/2025"
		old, err := cop.OfRegion(ctx, d, "44")
		if err != nil {
			t.Fatal(err)
		}
		before := s.get(first + "/actions")
		if len(before.attr("nav[aria-label='Cycles de la COP'] a", "href")) != 0 {
			t.Error("a region that had one COP is offered others")
		}
		s.retainByPage(t, first, old, "Planter des haies", "Actions de 2024")
		record := s.get(first + "/actions/releves/1/releve.json")
		if record.StatusCode != http.StatusOK {
			t.Fatalf("the record of the first COP: %s", record.Status)
		}
		s.openCycle("2025")
		next, err := cop.FindIn(ctx, d, "2025", "region:44")
		if err != nil {
			t.Fatal(err)
		}
		id := s.retainByPage(t, later, next, "Ombrager les écoles", "Actions de 2025")

		p := s.get(later + "/actions/releves/1")
		checkPage(t, "record of 2025", p)
		p.has("main", "Ombrager les écoles")
		if strings.Contains(p.body, "Planter des haies") {
			t.Error("the record of 2025 holds an action of the first COP")
		}
		for _, link := range p.attr("main a", "href") {
			if strings.HasPrefix(link, first+"/actions/releves/") {
				t.Errorf("the record of 2025 leads to a file of another one: %s", link)
			}
		}
		if again := s.get(first + "/actions/releves/1/releve.json"); again.body != record.body {
			t.Error("the record of the first COP moved")
		}
		was := s.get(first + "/actions/releves/1")
		checkPage(t, "record of the first COP", was)
		was.has("main", "Planter des haies")
		if cycles := was.attr("nav[aria-label='Cycles de la COP'] a", "href"); !slices.Equal(cycles, []string{first + "/actions/releves", later + "/actions/releves"}) {
			t.Errorf("the way between cycles: %v", cycles)
		}
		s.get(later+"/actions").has("main", "Ombrager les écoles")
		if list := s.get(first + "/actions"); strings.Contains(list.body, "Ombrager les écoles") {
			t.Error("the actions of the first COP hold one of 2025")
		}
		s.get("/actions/"+id).has("main", "validé par les deux têtes")

		team, base := s.signIn("equipe.2025@grandest.example", policy.Team, "region", "44")
		neighbour, other := s.signIn("equipe@bretagne.example", policy.Team, "region", "53")
		for _, end := range []string{"", "/tableau", "/calendrier", "/carte", "/retenir", "/releves", "/vivier", "/doublons", "/recoupements", "/transversales", "/importer", "/exporter"} {
			p := s.visit(team, base+later+"/bureau/actions"+end, nil)
			if p.StatusCode != http.StatusOK {
				t.Errorf("%s in 2025: %s", end, p.Status)
				continue
			}
			checkPage(t, "2025"+end, p)
			if cycles := p.attr("nav[aria-label='Cycles de la COP'] a", "href"); !slices.Equal(cycles, []string{first + "/bureau/actions" + end, later + "/bureau/actions" + end}) {
				t.Errorf("%s leads to %v", end, cycles)
			}
			if here := p.attr("nav[aria-label='Cycles de la COP'] a[aria-current]", "href"); !slices.Equal(here, []string{later + "/bureau/actions" + end}) {
				t.Errorf("%s says it is %v", end, here)
			}
			for _, to := range append(p.attr("main form", "action"), p.attr("nav.fr-tabs a", "href")...) {
				if strings.HasPrefix(to, first+"/bureau/actions") {
					t.Errorf("%s in 2025 leads to the first COP: %s", end, to)
				}
			}
			if p := s.visit(neighbour, other+later+"/bureau/actions"+end, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("a neighbour reads %s: %s", end, p.Status)
			}
		}
		for _, end := range []string{"/bureau/feuille-de-route", "/bureau/points-de-sortie", "/bureau/suivi", "/bureau/suivi/alertes", "/bureau/suivi/reglages", "/bureau/suivi/revues", "/bureau/diagnostic", "/bureau/consultations"} {
			p := s.visit(team, base+later+end, nil)
			if p.StatusCode != http.StatusOK {
				t.Errorf("%s in 2025: %s", end, p.Status)
				continue
			}
			checkPage(t, end, p)
			for _, to := range p.attr("main form", "action") {
				if strings.HasPrefix(to, "/regions/") && !strings.HasPrefix(to, later) {
					t.Errorf("%s in 2025 sends to %s", end, to)
				}
			}
			if p := s.visit(neighbour, other+later+end, nil); p.StatusCode != http.StatusNotFound && p.StatusCode != http.StatusForbidden {
				t.Errorf("a neighbour reads %s: %s", end, p.Status)
			}
		}
		for _, end := range []string{"/feuille-de-route", "/feuille-de-route/editions", "/feuille-de-route/points-de-sortie", "/suivi/revues", "/diagnostic/editions", "/actions/fichiers", "/actions/fichiers/actions.csv", "/consultations"} {
			if p := s.get(later + end); p.StatusCode != http.StatusOK {
				t.Errorf("anyone at %s: %s", end, p.Status)
			}
		}
		s.visit(team, base+later+"/bureau", nil).has("main", "Le registre des actions")
	})
}

// Every role sends a request to every page that a later COP has as the first one: what the
// table of rights refuses there is refused here, and writes nothing.
func TestEveryRoleAtThePagesOfALaterCycle(t *testing.T) {
	s := sqlite(t)
	s.fixtures()
	s.openCycle("2025")
	walkers := s.walkers()
	tried := 0
	for _, rt := range web.Routes() {
		rest, ok := strings.CutPrefix(rt.Pattern, "/regions/{slug}/cycles/{cycle}/")
		n, known := foreseenLike(rt.Name)
		if !ok || !rt.SignIn || !known || needs[rt.Name] != nil {
			continue
		}
		tried++
		path := "/regions/guyane/cycles/2025/" + strings.NewReplacer("{annee}", "2026", "{fichier}", "absent.odt", "{key...}", "x/y").Replace(rest)
		path = strings.NewReplacer("{", "", "}", "").Replace(path)
		var form url.Values
		if rt.Method == http.MethodPost {
			form = url.Values{"rev": {"0"}}
			maps.Copy(form, n.form)
		}
		s.walkAlone(t, rt, path)
		for _, w := range walkers {
			may, reads := n.allows(w.actor, "guyane")
			before := s.rows(t)
			p := s.visit(w.c, w.base+path, form)
			if p.StatusCode >= 500 {
				t.Errorf("%s at %s: %s", w.role, path, p.Status)
			}
			if may && n.over != nobody {
				continue
			}
			begin := reads && p.StatusCode == http.StatusSeeOther // whoever reads is led to where the document begins
			if p.StatusCode != http.StatusNotFound && p.StatusCode != http.StatusForbidden && !begin {
				t.Errorf("%s at %s: %s, the table refuses it", w.role, path, p.Status)
			}
			if after := s.rows(t); after != before {
				t.Errorf("%s at %s was refused, and wrote: %s → %s", w.role, path, before, after)
			}
		}
	}
	if tried < 60 {
		t.Errorf("%d pages were tried", tried)
	}
	r := httptest.NewRequest(http.MethodGet, "http://jalon.example/regions/guyane/cycles/1999/actions", nil)
	if p := s.do(r); p.StatusCode != http.StatusNotFound {
		t.Errorf("a cycle that is none: %s", p.Status)
	}
}

// foreseenLike is what the walk foresees of a route by its name.
func foreseenLike(name string) (n need, ok bool) {
	for _, table := range []map[string]need{foreseen, foreseenActions, foreseenFollow} {
		if n, ok = table[name]; ok {
			return n, true
		}
	}
	return n, false
}
