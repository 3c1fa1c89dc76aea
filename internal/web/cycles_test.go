package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// filled reads a form as a browser would send it.
func (p page) filled(selector string) url.Values {
	p.t.Helper()
	out := url.Values{}
	form := cascadia.Query(p.root, cascadia.MustCompile(selector))
	if form == nil {
		p.t.Fatalf("%s: no form %s", p.where(), selector)
	}
	get := func(n *html.Node, name string) (string, bool) {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val, true
			}
		}
		return "", false
	}
	for _, n := range cascadia.QueryAll(form, cascadia.MustCompile("input[name], select[name], textarea[name]")) {
		name, _ := get(n, "name")
		value, _ := get(n, "value")
		kind, _ := get(n, "type")
		_, checked := get(n, "checked")
		switch {
		case kind == "checkbox" || kind == "radio":
			if checked {
				out.Add(name, value)
			}
		case n.Data == "select":
			options := cascadia.QueryAll(n, cascadia.MustCompile("option"))
			for i, o := range options {
				if _, selected := get(o, "selected"); selected || i == 0 {
					v, _ := get(o, "value")
					out.Set(name, v)
				}
			}
		case n.Data == "textarea":
			out.Add(name, textOf(n))
		default:
			out.Add(name, value)
		}
	}
	return out
}

const regional = "/regions/grand-est/cycles/2026"

// The national administration opens a cycle and changes its template; a region
// adapts its copy, reads what it changed, and comes back by a new version.
func TestACycleIsOpenedAndAdapted(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		nation, base := s.signIn("nation@exemple.fr", policy.NationalAdmin, "nation", "")
		p := s.visit(nation, base+"/national/cycles", nil)
		p.has(".act", "COP régionales 2026")
		checkPage(t, "cycles", p)
		if s.get(regional).StatusCode != http.StatusNotFound {
			t.Error("a COP of a cycle that is not open")
		}
		p = s.visit(nation, base+"/national/cycles/2026", nil)
		checkPage(t, "cycle", p)
		p = s.visit(nation, base+"/national/cycles/2026/ouvrir", url.Values{})
		p.has("#cop-ouvertes td, #cop-ouvertes th", "Grand Est")
		if again := s.visit(nation, base+"/national/cycles/2026/ouvrir", url.Values{}); again.StatusCode != http.StatusOK || len(again.texts("#cop-ouvertes tbody tr")) != 18 {
			t.Errorf("opened twice: %s", again.Status)
		}
		cycle := p.filled("#cycle form")
		cycle.Set("subject", "communes et intercommunalités")
		cycle.Set("do", "cycle")
		cycle.Set("framework", "inventé")
		if bad := s.visit(nation, base+"/national/cycles/2026", cycle); bad.StatusCode != http.StatusBadRequest || bad.attr("input#subject", "value")[0] != "communes et intercommunalités" {
			t.Errorf("an unknown referential: %s", bad.Status)
		}
		cycle.Set("framework", "2026")
		s.visit(nation, base+"/national/cycles/2026", cycle).has("main", "C’est enregistré")
		if p := s.visit(nation, base+"/national/cycles/2026", cycle); p.StatusCode != http.StatusConflict || len(p.texts("#deux-versions")) == 0 {
			t.Errorf("the same form twice: %s", p.Status)
		}
		t1 := p.filled("#editeur")
		t1.Set("grid-4-name", "Elle dit qui la porte")
		t1.Set("reason", "un critère de plus")
		s.visit(nation, base+"/national/cycles/2026/modele", t1).has("#versions td", "un critère de plus")
		if p := s.visit(nation, base+"/national/cycles/2026/modele", t1); p.StatusCode != http.StatusConflict {
			t.Errorf("the same template twice: %s", p.Status)
		}

		team, base2 := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		at := base2 + regional + "/bureau/modele"
		p = s.visit(team, at, nil)
		p.has("h1", "le modèle national, tel quel")
		checkPage(t, "template", p)
		mine := p.filled("#editeur")
		if mine.Get("grid-4-name") != "Elle dit qui la porte" {
			t.Errorf("the region does not follow the nation: %q", mine.Get("grid-4-name"))
		}
		mine.Set("check-0-remove", "1")
		mine.Set("grid-0-name", "Une initiative nouvelle")
		for n := 0; ; n++ { // the first empty line
			key := "check-" + strconv.Itoa(n) + "-"
			if _, there := mine[key+"name"]; !there {
				t.Fatal("no empty line")
			}
			if mine.Get(key+"name") == "" {
				mine.Set(key+"name", "Réunir la convention citoyenne")
				mine.Set(key+"stage", "debat")
				break
			}
		}
		mine["stages"] = mine["stages"][:0]
		if p := s.visit(team, at, mine); p.StatusCode != http.StatusBadRequest || !strings.Contains(p.body, "Réunir la convention citoyenne") {
			t.Errorf("no stage left: %s", p.Status)
		}
		for _, stage := range cop.Stages() {
			mine.Add("stages", string(stage))
		}
		p = s.visit(team, at, mine)
		p.has("h1", "3 écarts avec le modèle national")
		p.has("#ecarts tr", "Réunir la convention citoyenne")
		checkPage(t, "adapted template", p)
		s.visit(team, base2+regional+"/bureau", nil).has("#liste li", "Réunir la convention citoyenne")
		if p := s.visit(team, at, mine); p.StatusCode != http.StatusConflict {
			t.Errorf("adapted from revision 0 again: %s", p.Status)
		}
		p = s.visit(team, at, url.Values{"rev": {"1"}, "do": {"reset"}})
		p.has("h1", "0 écart")
		p.has("#versions td", "retour au modèle")
		for _, path := range []string{"/national/cycles", "/national/cycles/2026"} {
			if p := s.visit(team, base2+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("a team at %s: %s", path, p.Status)
			}
		}

		made := s.visit(nation, base+"/national/cycles", nil).filled("#ajouter form")
		made.Set("name", "COP régionales 2027")
		made.Set("code", "deux mille")
		made.Set("subject", "eau")
		made.Add("axes", "eau")
		if p := s.visit(nation, base+"/national/cycles", made); p.StatusCode != http.StatusBadRequest || p.attr("input#name", "value")[0] != "COP régionales 2027" {
			t.Errorf("a code that is none: %s", p.Status)
		}
		made.Set("code", "2027")
		s.visit(nation, base+"/national/cycles", made).has("h1", "COP régionales 2027")
		if p := s.visit(nation, base+"/national/cycles", made); p.StatusCode != http.StatusConflict {
			t.Errorf("made twice: %s", p.Status)
		}
	})
}

var priorityID = regexp.MustCompile(`/bureau/priorites/([0-9a-f-]{36})`)

// A département writes a priority, its two heads adopt it, the region sets it
// aside with its reason; both read the history.
func TestAPriorityGoesUp(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		nation, base := s.signIn("nation@exemple.fr", policy.NationalAdmin, "nation", "")
		s.visit(nation, base+"/national/cycles/2025/ouvrir", url.Values{})
		up := "/regions/grand-est/cycles/2025"
		p := s.visit(nation, base+up+"/bureau/departements", nil)
		p.has("#departements td, #departements th", "Bas-Rhin")
		checkPage(t, "departments", p)
		if p := s.visit(nation, base+up+"/bureau/departements", url.Values{"department": {"33"}, "heads": {"two"}}); p.StatusCode != http.StatusBadRequest {
			t.Errorf("a département of another region: %s", p.Status)
		}
		s.visit(nation, base+up+"/bureau/departements", url.Values{"department": {"67"}, "heads": {"two"}}).has("#departements tr", "le préfet et la présidence")
		if p := s.visit(nation, base+"/regions/grand-est/bureau/departements", url.Values{"department": {"67"}, "heads": {"two"}}); p.StatusCode != http.StatusBadRequest {
			t.Errorf("under the first cycle: %s", p.Status)
		}
		down := "/departements/67/cycles/2025"
		if p := s.get("/departements/67/cop"); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != down {
			t.Errorf("%s %q", p.Status, p.Header.Get("Location"))
		}
		public := s.get(down)
		public.has("h1", "Bas-Rhin")
		if strings.Contains(public.body, "Objectif proposé pour 2030") || !strings.Contains(s.get("/regions/grand-est").body, "Objectif proposé pour 2030") {
			t.Error("a COP of adaptation bears an objective in kt, or one of mitigation does not")
		}
		public.has("#autres-cop a", "COP régionale, Grand Est, cycle 2025")
		checkPage(t, "public page of a département", public)
		s.get(up).has("#autres-cop a", "Bas-Rhin, cycle 2025")
		s.get("/regions/grand-est").has("#autres-cop a", "cycle 2025")
		if p := s.get(down + "/calendrier.ics"); p.StatusCode != http.StatusOK {
			t.Errorf("its calendar: %s", p.Status)
		}

		lead, base2 := s.signIn("prefet67@exemple.fr", policy.DepartmentLead, "department", "67")
		council, base3 := s.signIn("cd67@exemple.fr", policy.RegionChair, "department", "67")
		region, base4 := s.signIn("prefet44@exemple.fr", policy.StateChair, "region", "44")
		p = s.visit(lead, base2+"/departements/67/bureau", nil)
		if p.Request.URL.Path != down+"/bureau" {
			t.Fatalf("the desk is at %s: %s", p.Request.URL, p.Status)
		}
		checkPage(t, "desk of a département", p)
		for _, path := range []string{"reunions", "actualites", "documents", "priorites", "evenements", "modele", "reglages", "journal"} {
			p := s.visit(lead, base2+down+"/bureau/"+path, nil)
			if p.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", path, p.Status)
			}
			checkPage(t, path, p)
		}
		p = s.visit(lead, base2+down+"/bureau/priorites", url.Values{"title": {""}, "text": {"Des arbres."}, "theme": {"se-loger"}})
		if p.StatusCode != http.StatusBadRequest || p.texts("textarea#text")[0] != "Des arbres." {
			t.Errorf("without a title: %s", p.Status)
		}
		p = s.visit(lead, base2+down+"/bureau/priorites", url.Values{"title": {"Ombre dans les écoles"}, "text": {"Des **arbres**."}, "theme": {"se-loger"}})
		p.has("#texte strong", "arbres")
		checkPage(t, "priority", p)
		id := priorityID.FindStringSubmatch(p.body)[1]
		mine, theirs := base2+down+"/bureau/priorites/"+id, base4+up+"/bureau/priorites/"+id
		if p := s.visit(region, theirs, nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("a draft seen from the region: %s", p.Status)
		}
		edit := url.Values{"do": {"edit"}, "rev": {"1"}, "title": {"De l’ombre dans les écoles"}, "text": {"Des arbres."}, "theme": {"se-loger"}}
		s.visit(lead, mine, edit).has("h1", "De l’ombre")
		edit.Set("title", "Autre titre")
		p = s.visit(lead, mine, edit)
		if v := p.attr("input#title", "value"); p.StatusCode != http.StatusConflict || v[0] != "Autre titre" {
			t.Errorf("an older revision: %s %q", p.Status, v)
		}
		p.has("#deux-versions td", "De l’ombre dans les écoles")
		p = s.visit(lead, mine, url.Values{"do": {"adopt"}, "rev": {"2"}})
		p.has(".scope, main", "validation en attente")
		act := actID.FindStringSubmatch(s.visit(lead, base2+down+"/bureau", nil).body)[1]
		if p := s.visit(region, base4+down+"/bureau/actes/"+act, url.Values{"do": {"consent"}}); p.StatusCode != http.StatusForbidden {
			t.Errorf("the préfet of the region speaks for the département: %s", p.Status)
		}
		p = s.visit(council, base3+down+"/bureau", nil)
		p.has("#attente", "Attend le Département")
		s.visit(council, base3+down+"/bureau/actes/"+act, url.Values{"do": {"consent"}}).has("#actes", "validé par les deux têtes")

		s.visit(region, base4+up+"/bureau", nil).has("#a-faire a", "Répondre à la priorité d’un département")
		p = s.visit(region, theirs, nil)
		checkPage(t, "priority of the region", p)
		rev := p.attr("#repondre input[name=rev]", "value")[0]
		answer := url.Values{"do": {"answer"}, "rev": {rev}, "answer": {"set_aside"}, "reason": {""}}
		if p := s.visit(region, theirs, answer); p.StatusCode != http.StatusBadRequest {
			t.Errorf("without a reason: %s", p.Status)
		}
		if p := s.visit(lead, mine, answer); p.StatusCode != http.StatusBadRequest && p.StatusCode != http.StatusForbidden {
			t.Errorf("the département answers itself: %s", p.Status)
		}
		answer.Set("reason", "déjà portée par le plan régional")
		s.visit(region, theirs, answer).has(".fr-alert", "déjà portée par le plan régional")
		answer.Set("reason", "une autre raison")
		p = s.visit(region, theirs, answer)
		if p.StatusCode != http.StatusConflict || p.texts("textarea#reason")[0] != "une autre raison" {
			t.Errorf("two answers at once: %s", p.Status)
		}
		p.has("#deux-versions td", "déjà portée par le plan régional")
		checkPage(t, "conflict of answers", p)
		p = s.visit(lead, mine, nil)
		p.has("#historique tr", "écartée par la région")
		p.has("#historique tr", "déjà portée par le plan régional")
	})
}
