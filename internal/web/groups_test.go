package web_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// A team makes groups, names who facilitates one, seats its members by a list; what
// anyone reads of a closed group is its mandate alone.
func TestATeamMakesItsGroups(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		const desk, list = "/regions/grand-est/bureau/groupes", "/regions/grand-est/groupes"
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		s.get(list).has("main", "Aucun groupe de travail pour l’instant")
		hub := s.get("/regions/grand-est/debat")
		hub.has("#maintenant", "Déposer une contribution")
		hub.has("#chiffres", "aucune contribution n’est publiée")
		hub.has("#lettre", "La recevoir")
		bureau := s.visit(team, base+"/regions/grand-est/bureau", nil)
		for _, to := range []string{"moderation", "contributions", "contributions/themes", "groupes", "reunions", "debats", "ambitions", "consultations", "lettre"} {
			if got := s.visit(team, base+"/regions/grand-est/bureau/"+to, nil); got.StatusCode != http.StatusOK {
				t.Errorf("the desk leads to %s: %s", to, got.Status)
			}
			bureau.has(`a[href="/regions/grand-est/bureau/`+to+`"]`, "")
		}
		p := s.visit(team, base+desk, url.Values{"name": {"Mobilité"}, "part": {"internal"}})
		if p.StatusCode != http.StatusBadRequest || p.filled("form#groupe").Get("name") != "Mobilité" {
			t.Fatalf("without a mandate: %s, the form holds %q", p.Status, p.filled("form#groupe").Get("name"))
		}
		p = s.visit(team, base+desk, url.Values{"name": {"Mobilité"}, "mandate": {"Dire comment se déplacer."}, "part": {"internal"}, "departments": {"67"}, "levers": {"biogaz"}})
		p.has("h1", "Mobilité")
		checkPage(t, "the desk of a group", p)
		var id string
		if err := d.QueryRow(t.Context(), `SELECT id FROM working_group`).Scan(&id); err != nil {
			t.Fatal(err)
		}

		// A list with one line that may not be: nothing is kept, and each line says why.
		text := "organisme;nom;adresse;collège\nAlsace Nature;Luc Petit;luc@exemple.fr;Associations\nX;;pas une adresse;Associations"
		p = s.visit(team, base+desk+"/"+id+"/membres", url.Values{"list": {text}, "do": {"apply"}})
		p.has("#verdicts", "à corriger")
		if p.StatusCode != http.StatusBadRequest || s.count("working_group_member") != 0 || p.filled("form#coller").Get("list") != text {
			t.Errorf("%s, %d members, the form holds %q", p.Status, s.count("working_group_member"), p.filled("form#coller").Get("list"))
		}
		text = "organisme;nom;adresse;collège\nAlsace Nature;Luc Petit;luc@exemple.fr;Associations"
		s.visit(team, base+desk+"/"+id+"/membres", url.Values{"list": {text}, "do": {"check"}}).has("#liste", "Rien n’est encore enregistré")
		s.visit(team, base+desk+"/"+id+"/membres", url.Values{"list": {text}, "do": {"apply"}}).has("#membres", "Luc Petit")

		// A second writer sees both versions.
		form := url.Values{"rev": {"1"}, "name": {"Mobilité"}, "mandate": {"Un mandat."}, "part": {"internal"}, "departments": {"67"}}
		s.visit(team, base+desk+"/"+id, form)
		form.Set("mandate", "Un autre mandat.")
		p = s.visit(team, base+desk+"/"+id, form)
		if p.StatusCode != http.StatusConflict || p.filled("form#groupe").Get("mandate") != "Un autre mandat." {
			t.Errorf("%s", p.Status)
		}
		p.has("#deux-versions", "Un mandat.")

		// Anyone reads the mandate of a closed group, and nobody who sits in it.
		p = s.get(list + "/" + id)
		p.has("main", "Un mandat.")
		p.has("#membres", "C’est un groupe fermé")
		checkPage(t, "a closed group", p)
		if strings.Contains(p.body, "Alsace Nature") || strings.Contains(s.get(list).body, "Alsace Nature") || strings.Contains(p.body, "Luc") {
			t.Error("a closed group shows who sits there")
		}
		form.Set("part", "public")
		form.Set("rev", "2")
		s.visit(team, base+desk+"/"+id, form)
		p = s.get(list + "/" + id)
		p.has("#membres", "Alsace Nature")
		if strings.Contains(p.body, "Luc") {
			t.Error("a name is shown that nobody agreed to")
		}

		// Whoever facilitates it changes it, and no other; their own page says what they hold.
		s.visit(team, base+desk+"/"+id+"/animation", url.Values{"do": {"appoint"}, "email": {"anne@exemple.fr"}, "name": {"Anne Martin"}}).has("#animation", "Anne Martin")
		anne, hers := s.signIn("anne@exemple.fr", policy.Facilitator, "group", id)
		s.visit(anne, hers+"/mon-espace", nil).has("main", "groupe « Mobilité »")
		p = s.visit(anne, hers+desk+"/"+id, nil)
		p.has("#corriger", "Modifier le groupe")
		p.has("#mandat", "Prévoir une réunion du groupe")
		if p := s.visit(anne, hers+"/regions/bretagne/bureau/groupes", nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("elsewhere: %s", p.Status)
		}
		p = s.visit(team, base+desk+"/"+id+"/etat", url.Values{"rev": {"3"}, "do": {"close"}, "day": {"2026-03-02"}, "reason": {"mandat rempli"}})
		p.has("#mandat", "mandat rempli")
		s.get(list).has("#groupes-clos", "Mobilité")
	})
}

// Somebody without an account answers, and counts once their address is confirmed; a
// robot believes that it was heard.
func TestAPartySaysHowFarALeverMayGo(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		const desk, page = "/regions/grand-est/bureau/ambitions", "/regions/grand-est/ambitions/biogaz"
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		s.visit(team, base+desk, url.Values{"lever": {"biogaz"}, "opens": {"2026-03-01"}, "closes": {"2026-03-31"}}).has("main", "Biogaz")
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(s.Handler)
		t.Cleanup(server.Close)
		anyone := &http.Client{Jar: jar}
		form := url.Values{"measure": {"kt"}, "low": {"100"}, "as": {"personne"}, "college": {"citoyens"}, "email": {"pas une adresse"}}
		p := s.visit(anyone, server.URL+page, form)
		if p.StatusCode != http.StatusBadRequest || p.filled("form#reponse").Get("low") != "100" {
			t.Fatalf("%s, the form holds %q", p.Status, p.filled("form#reponse").Get("low"))
		}
		form.Set("email", "luc@exemple.fr")
		form.Set("site", "https://robot.example")
		s.visit(anyone, server.URL+page, form).has("main", "Ouvrez le courriel")
		if n := s.count("ambition_answer"); n != 0 {
			t.Fatalf("a robot left %d answers", n)
		}
		form.Del("site")
		s.visit(anyone, server.URL+page, form).has("main", "Ouvrez le courriel")
		if n := s.count("ambition_answer"); n != 1 {
			t.Fatalf("%d answers", n)
		}
		s.get(page).has("#reponses", "Il faut 3 réponses")
		for _, x := range [][2]string{{"a@exemple.fr", "100"}, {"b@exemple.fr", "200"}, {"c@exemple.fr", "600"}} {
			c, there := s.signIn(x[0], policy.Participant, "region", "44")
			p := s.visit(c, there+page, url.Values{"measure": {"kt"}, "low": {x[1]}, "as": {"personne"}, "college": {"citoyens"}, "do": {"give"}})
			p.has("#la-mienne", "compte")
		}
		p = s.get(page)
		p.has("h1", "la moitié des 3 réponses va au-delà de 200")
		checkPage(t, "an ambition", p)
		s.get("/regions/grand-est/debat").has("#maintenant", "Dire jusqu’où un levier peut aller")
		p = s.visit(team, base+"/regions/grand-est/bureau/objectifs/region/biogaz", nil)
		p.has("#atteignable", "Reprendre cette médiane")
		p = s.visit(team, base+"/regions/grand-est/bureau/objectifs/region/biogaz?mesure=kt&valeur=200&raison=M%C3%A9diane", nil)
		if f := p.filled("#valeur form"); f.Get("value") != "200" || f.Get("reason") != "Médiane" {
			t.Errorf("the form holds %v", f)
		}
		if csv := s.get(page + "/reponses.csv"); !strings.Contains(csv.body, "Habitants") || strings.Contains(csv.body, "exemple.fr") {
			t.Errorf("%s", csv.body)
		}
	})
}
