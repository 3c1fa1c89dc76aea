package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// A team plans a meeting; somebody without an account registers and confirms; at the
// door a phone is counted once; the list, its file and the paper are those of the team.
func TestAMeetingFromItsPlanToItsDoor(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.seedOrganisations()
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "03")
		typed := url.Values{"title": {"Plénière"}, "kind": {"restitution"}, "stage": {"debat"}, "day": {"2026-03-20"}, "start": {"14:30"}, "part": {"public"}, "place": {"Cayenne"}, "join_url": {"ftp://x"}, "department": {"973"}}
		p := s.visit(team, base+"/regions/guyane/bureau/reunions/nouvelle", typed)
		if v := p.attr("input#join_url", "value"); p.StatusCode != http.StatusBadRequest || v[0] != "ftp://x" {
			t.Fatalf("%s %v", p.Status, v)
		}
		typed.Set("join_url", "https://visio.exemple.fr/salle")
		typed.Set("department", "67") // of another region: it gives rights over a meeting
		if p := s.visit(team, base+"/regions/guyane/bureau/reunions/nouvelle", typed); p.StatusCode != http.StatusBadRequest {
			t.Errorf("a département of another region: %s", p.Status)
		}
		typed.Set("department", "973")
		p = s.visit(team, base+"/regions/guyane/bureau/reunions/nouvelle", typed)
		checkPage(t, "desk of a meeting", p)
		path := strings.TrimSuffix(p.Request.URL.Path, "/organiser")
		if p := s.visit(team, base+path+"/organiser", url.Values{"do": {"entry"}, "rev": {"0"}, "mode": {"open"}, "capacity": {"beaucoup"}, "words": {"Gardé"}}); p.StatusCode != http.StatusBadRequest || p.attr("#capacity", "value")[0] != "beaucoup" || p.text("#words") != "Gardé" {
			t.Errorf("what was typed is lost: %s", p.Status)
		}
		entry := url.Values{"do": {"entry"}, "rev": {"0"}, "mode": {"open"}, "capacity": {"1"}, "reminders": {"7, 1"}}
		s.visit(team, base+path+"/organiser", entry).has(".fr-alert--success", "enregistré")
		p = s.visit(team, base+path+"/organiser", entry)
		if p.StatusCode != http.StatusConflict {
			t.Errorf("the second writer: %s", p.Status)
		}
		p.has(".fr-alert--warning", "inscription ouverte à tous, 1")

		page := s.get(path)
		checkPage(t, "public page of a meeting", page)
		if strings.Contains(page.body, "visio.exemple.fr") || !strings.Contains(page.body, "place reste") {
			t.Error("anyone reads the link of those who come, or not how many seats are left")
		}
		checkPage(t, "registration", s.get(path+"/inscription"))
		phone, at := s.browser()
		form := url.Values{"name": {"Anne Martin"}, "email": {"anne@exemple.fr"}, "org_name": {"Cayenne"}, "commune": {"Cayenne"}, "college": {"collectivites"}, "needs": {"boucle magnétique"}, "remote": {"non"}}
		robot := url.Values{"site_web": {"http://spam"}}
		for k, v := range form {
			robot[k] = v
		}
		s.visit(phone, at+path+"/inscription", robot)
		if n := s.count("meeting_seat"); n != 0 {
			t.Errorf("a robot left %d registrations", n)
		}
		p = s.visit(phone, at+path+"/inscription", form)
		p.has("h1", "Ouvrez votre messagerie")
		token := regexp.MustCompile(`/voix/confirmer/[0-9a-f]+`).FindString(s.letter("anne@exemple.fr"))
		p = s.visit(phone, at+token, url.Values{})
		p.has("main", "vous venez sur place")
		checkPage(t, "own registration", p)
		own := p.Request.URL.Path
		if page := s.visit(phone, at+path, nil); !strings.Contains(page.body, "visio.exemple.fr") {
			t.Error("who holds a seat does not read the link")
		}
		if ics := s.get(path + "/reunion.ics"); !strings.Contains(ics.body, "DTSTART:20260320T173000Z") || strings.Contains(ics.body, "visio") {
			t.Errorf("the calendar: %s", ics.body)
		}
		stranger, there := s.signIn("ailleurs@exemple.fr", policy.Team, "region", "53")
		for _, page := range []string{"/organiser", "/presences", "/presences.csv", "/emargement", "/entree"} {
			if p := s.visit(stranger, there+path+page, nil); p.StatusCode != http.StatusForbidden || strings.Contains(p.body, "Anne Martin") {
				t.Errorf("%s: %s for another region", page, p.Status)
			}
		}

		s.now = s.now.AddDate(0, 0, 18) // 20 March
		p = s.visit(team, base+path+"/entree", url.Values{})
		checkPage(t, "screen at the door", p)
		code := p.text(".qr-typed strong")
		p = s.visit(phone, at+"/entree", url.Values{"code": {strings.ToLower(code)}})
		checkPage(t, "door", p)
		p.has("main", "Anne Martin, vous êtes inscrit")
		s.visit(phone, at+path+"/entree/"+code, url.Values{"name": {""}}).has(".fr-alert--success", "noté présent")
		s.visit(phone, at+path+"/entree/"+code, url.Values{"name": {""}}).has(".fr-alert--success", "noté présent")
		other, here := s.browser()
		p = s.visit(other, here+path+"/entree/"+code, url.Values{"name": {"Paul"}})
		if p.StatusCode != http.StatusBadRequest || p.attr("#name", "value")[0] != "Paul" {
			t.Errorf("a name alone at the door: %s", p.Status)
		}
		s.visit(other, here+path+"/entree/"+code, url.Values{"name": {"Paul"}, "org_name": {"=cmd"}}).has(".fr-alert--success", "noté présent")
		s.visit(other, here+path+"/entree/"+code, url.Values{"name": {"Pierre"}, "org_name": {"Club"}})
		if n := s.count("meeting_presence"); n != 2 {
			t.Errorf("%d people counted by two phones", n)
		}
		p = s.get("/entree/FAUXFAU")
		if p.StatusCode != http.StatusNotFound || p.attr("#code", "value")[0] != "FAUXFAU" {
			t.Errorf("a wrong code: %s", p.Status)
		}
		p = s.visit(team, base+path+"/presences", nil)
		checkPage(t, "presences", p)
		p.has(".attendance", "boucle magnétique")
		checkPage(t, "paper", s.visit(team, base+path+"/emargement", nil))
		if csv := s.visit(team, base+path+"/presences.csv", nil); !strings.Contains(csv.body, "commune-97302;commune:97302") || !strings.Contains(csv.body, "'=cmd") || !strings.Contains(csv.body, "Anne Martin;anne@exemple.fr;") {
			t.Errorf("%s", csv.body)
		}
		s.visit(team, base+path+"/presences", url.Values{"do": {"close"}}).has(".fr-alert--success", "tenue")
		p = s.get("/regions/guyane/reunions/participation")
		checkPage(t, "participation", p)
		if row := p.row("#departements", "Guyane"); row[1] != "1" || row[2] != "22" || row[4] != "0" {
			t.Errorf("%v", row)
		}
		s.get("/regions/guyane/reunions?departement=973").has("#reunions", "tenue")
		s.get("/chiffres/participation/2023-24/region:03/communes").has("main", "1 ÷ 22")
		if p := s.visit(phone, at+own, url.Values{}); p.StatusCode != http.StatusOK {
			t.Errorf("cancelling: %s", p.Status)
		}
	})
}
