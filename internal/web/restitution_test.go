package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/testkit"
	"jalon/internal/testkit/answered"
)

// wide is a form of many levers, as a version that the program's own never reaches:
// a version that is published is not published again.
func wide(levers int) questionnaire.Form {
	f := answered.WideForm(levers)
	f.Version = 1000
	return f
}

// answered gives two regions a campaign and its answers.
func (s *site) answered() {
	s.t.Helper()
	answered.Fill(s.t, s.d, answered.Campaign{Form: wide(6), Cycle: cop.First, Regions: map[string][]string{"44": {"08", "10", "51", "52", "54", "55", "57", "67", "68", "88"}, "53": {"22", "29", "35", "56"}}, Communes: 30, Groups: 8, Share: 0.7, Seed: 3,
		COP: func(r string) string { return cop.RegionID(cop.First, r) }})
}

// The page of a region, its desk and its diagnosis say where the questionnaire
// stands, and lead to it.
func TestTheQuestionnaireIsSaidWhereARegionIsRead(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		if p := s.get("/regions/grand-est"); len(p.texts("#questionnaire")) != 0 {
			t.Error("a line about no campaign")
		}
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		s.visit(team, base+"/regions/grand-est/bureau", nil).has("#questionnaire", "Aucune campagne n’est préparée")
		s.answered()
		for path, to := range map[string]string{"/regions/grand-est": "/regions/grand-est/questionnaire", "/regions/grand-est/bureau": "/regions/grand-est/bureau/questionnaire"} {
			p := s.visit(team, base+path, nil)
			p.has("#questionnaire", "des régions, départements et EPCI ont répondu")
			p.has("#questionnaire", "jusqu’au 30 juin 2026")
			if got := p.attr("#questionnaire a", "href"); len(got) != 1 || got[0] != to {
				t.Errorf("%s leads to %q", path, got)
			}
			checkPage(t, path, p)
		}
		p := s.get("/regions/grand-est/diagnostic")
		p.has(".tiles", "des régions, départements et EPCI ont répondu")
		p.has(".tiles", "rien n’est encore publié")
		links := strings.Join(p.attr(".tiles a", "href"), " ")
		for _, to := range []string{"/regions/grand-est/questionnaire", "/regions/grand-est/restitution"} {
			if !strings.Contains(links, to) {
				t.Errorf("the diagnosis does not lead to %s: %s", to, links)
			}
		}
		checkPage(t, "the diagnosis", p)
	})
}

// A team reads the restitution while it runs, asks both heads to publish it, and
// then anyone reads the same, takes it away, and finds where each number comes
// from.
func TestARestitutionIsPublished(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		const here = "/regions/grand-est/restitution"
		p := s.get(here)
		p.has("h1", "n’est pas encore publiée")
		checkPage(t, "before any campaign", p)
		s.answered()
		s.get(here).has("h1", "n’est pas encore publiée")
		if p := s.get(here + "/essai-l1"); p.StatusCode != http.StatusNotFound {
			t.Errorf("a lever before it is published: %s", p.Status)
		}
		if p := s.get("/chiffres/restitution/" + cop.First + "/region:44/tous/reponses"); p.StatusCode != http.StatusNotFound {
			t.Errorf("a figure before it is published: %s", p.Status)
		}
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		other, _ := s.signIn("ailleurs@exemple.fr", policy.Team, "region", "53")
		state, _ := s.signIn("prefet@exemple.fr", policy.StateChair, "region", "44")
		region, _ := s.signIn("presidente@exemple.fr", policy.RegionChair, "region", "44")
		s.visit(other, base+here, nil).has("h1", "n’est pas encore publiée")
		p = s.visit(team, base+here, nil)
		p.has("h1", "Grand Est")
		p.has(".scope", "synthèse partielle")
		p.has("#publication button", "Proposer la publication")
		checkPage(t, "the team's restitution", p)
		checkPage(t, "the team's lever", s.visit(team, base+here+"/essai-l1", nil))
		expert, _ := s.signIn("experte@exemple.fr", policy.Expert, "region", "44")
		s.visit(expert, base+here, nil).has("h1", "Grand Est")
		if p := s.visit(expert, base+here+"/tableaux/leviers.csv", nil); p.StatusCode != http.StatusForbidden {
			t.Errorf("taken away by who may only read: %s", p.Status)
		}
		form := url.Values{"cycle": {cop.First}}
		if p := s.visit(other, base+here+"/publication", form); p.StatusCode != http.StatusNotFound {
			t.Errorf("proposed by another region: %s", p.Status)
		}
		s.visit(team, base+here+"/publication", form).has("#publication", "attend la validation des deux têtes")
		if p := s.visit(team, base+here+"/publication", form); p.StatusCode != http.StatusConflict {
			t.Errorf("proposed twice: %s", p.Status)
		}
		var act string
		if err := d.QueryRow(t.Context(), `SELECT act FROM restitution`).Scan(&act); err != nil {
			t.Fatal(err)
		}
		var edition string
		if err := d.QueryRow(t.Context(), `SELECT id FROM restitution`).Scan(&edition); err != nil {
			t.Fatal(err)
		}
		s.visit(state, base+here+"?edition="+edition, nil).has(".scope", "édition n° 1, non publiée")
		if p := s.visit(other, base+here+"?edition="+edition, nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("an edition that waits, read by another region: %s", p.Status)
		}
		for _, c := range []*http.Client{state, region} {
			if p := s.visit(c, base+"/regions/grand-est/bureau/actes/"+act, url.Values{"rev": {"1"}, "do": {"consent"}}); p.StatusCode != http.StatusOK {
				t.Fatalf("a head's word: %s", p.Status)
			}
		}
		p = s.get(here)
		p.has(".scope", "publiée le 2 mars 2026")
		checkPage(t, "the published restitution", p)
		if len(p.texts("figure svg a")) != 6 || len(p.texts("#leviers tbody tr")) != 6 {
			t.Errorf("%d marks and %d lines for six levers", len(p.texts("figure svg a")), len(p.texts("#leviers tbody tr")))
		}
		for _, href := range p.attr("a", "href") {
			if strings.HasPrefix(href, "/chiffres/restitution/") {
				if x := s.get(href); x.StatusCode != http.StatusOK {
					t.Fatalf("%s: %s", href, x.Status)
				}
			}
			if strings.Contains(href, "/tableaux/") {
				x := s.get(href)
				r := csv.NewReader(strings.NewReader(strings.TrimPrefix(x.body, "\ufeff")))
				r.Comma = ';'
				if rows, err := r.ReadAll(); err != nil || len(rows) < 2 {
					t.Errorf("%s: %d lines %v", href, len(rows), err)
				}
			}
		}
		for _, option := range p.attr("select#groupe option", "value") {
			if x := s.get(here + "?groupe=" + url.QueryEscape(option)); x.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", option, x.Status)
			}
		}
		checkPage(t, "a published lever", s.get(here+"/essai-l2"))
		for _, wrong := range []string{here + "?groupe=type:region", here + "?groupe=departement:35", here + "?groupe=x", here + "/inconnu", here + "/tableaux/inconnu.csv", here + "/tableaux/leviers"} {
			if x := s.get(wrong); x.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %s", wrong, x.Status)
			}
		}
		p = s.get("/national/restitution")
		p.has(".scope", "1 région sur 18, hors outre-mer")
		checkPage(t, "the nation's", p)
		checkPage(t, "the study", s.get("/national/restitution/etude"))
	})
}

// Each département has its file: for who leads it while it runs, for anyone once
// published.
func TestTheFileOfADepartment(t *testing.T) {
	s := sqlite(t)
	s.answered()
	const here = "/departements/67/restitution"
	s.get(here).has("h1", "n’est pas encore là")
	if p := s.get(here + "/restitution-67.odt"); p.StatusCode != http.StatusNotFound {
		t.Errorf("a file before it is published: %s", p.Status)
	}
	lead, base := s.signIn("pilote@exemple.fr", policy.DepartmentLead, "department", "67")
	p := s.visit(lead, base+here, nil)
	p.has("h1", "Bas-Rhin")
	p.has("caption", "Réponses par type")
	checkPage(t, "the lead's file", p)
	const kept = "la restitution de la région n’est pas encore publiée"
	if !strings.Contains(p.body, kept) {
		t.Error("who leads a département reads the scores of the region before it is published")
	}
	team, teamBase := s.signIn("equipe67@exemple.fr", policy.Team, "region", "44")
	if x := s.visit(team, teamBase+here, nil); x.StatusCode != http.StatusOK || strings.Contains(x.body, kept) {
		t.Errorf("the team reads its region: %s", x.Status)
	}
	s.visit(lead, base+"/departements/68/restitution", nil).has("h1", "n’est pas encore là")
	for _, href := range p.attr("a", "href") {
		if strings.HasPrefix(href, "/chiffres/restitution/") {
			if x := s.visit(lead, base+href, nil); x.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", href, x.Status)
			}
		}
	}
	for _, ext := range []string{"odt", "pptx"} {
		x := s.visit(lead, base+here+"/restitution-67."+ext, nil)
		z, err := zip.NewReader(bytes.NewReader([]byte(x.body)), int64(len(x.body)))
		if x.StatusCode != http.StatusOK || err != nil || len(z.File) < 5 {
			t.Errorf("%s: %s %v", ext, x.Status, err)
		}
		again := s.visit(lead, base+here+"/restitution-67."+ext, nil)
		if again.body != x.body {
			t.Errorf("%s: two files of the same answers differ", ext)
		}
	}
	for _, wrong := range []string{"/restitution-68.odt", "/restitution-67.exe", "/x"} {
		if x := s.visit(lead, base+here+wrong, nil); x.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", wrong, x.Status)
		}
	}
}
