package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

var settings = url.Values{"form": {survey.National + "@1"}, "communes": {"1"}, "closes_on": {"2026-06-30"}, "message": {"<script>alert(1)</script> Merci."}, "contact": {"cop@exemple.fr"}, "remind_max": {"3"}, "remind_every": {"14"},
	"relevance": {"0,5"}, "mobilisation": {"0,5"}}

func with(v url.Values, key, value string) url.Values {
	out := url.Values{}
	for k, list := range v {
		out[k] = list
	}
	out.Set(key, value)
	return out
}

// A team prepares its campaign, imports contacts, opens, follows, reminds in two
// presses, prints a letter, marks and closes.
func TestATeamPlaysItsCampaign(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.seedOrganisations()
		team, base := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		desk := base + "/regions/grand-est/bureau/questionnaire"
		p := s.visit(team, desk, nil)
		p.has("h1", "pas encore préparée")
		checkPage(t, "no campaign", p)
		if p := s.get("/regions/grand-est/questionnaire"); p.StatusCode != http.StatusOK || !strings.Contains(p.body, "pas encore ouverte") {
			t.Errorf("the public page before: %s", p.Status)
		}
		p = s.visit(team, desk+"/reglages", with(with(settings, "closes_on", "demain"), "remind_max", "2"))
		if p.StatusCode != http.StatusBadRequest && p.StatusCode != http.StatusUnprocessableEntity || p.attr("#remind_max", "value")[0] != "2" || p.attr("#closes_on", "value")[0] != "demain" {
			t.Errorf("a wrong date: %s", p.Status)
		}
		p.has(".fr-error-text", "2026-03-31")
		if p = s.visit(team, desk+"/reglages", settings); p.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", p.Status, p.text(".fr-error-text"))
		}
		p.has("h1", "sur 3 destinataires")
		checkPage(t, "the desk", p)
		if strings.Contains(p.body, "<script>alert") {
			t.Error("what a team writes runs")
		}

		bad := s.upload(team, desk+"/contacts", "mauvais.csv", "Code INSEE;Courriel\n67482;mairie@exemple.fr\n35238;rennes@exemple.fr\n67482;rien\n", nil)
		bad.has(".fr-alert", "2 lignes sont refusées")
		bad.has("#lignes td", "n’est pas destinataire")
		checkPage(t, "refused contacts", bad)
		if csv := s.visit(team, base+bad.Request.URL.Path+"/verdicts.csv", nil); !strings.Contains(csv.body, "mauvais.csv;3;1;refusée") {
			t.Errorf("verdicts: %s", csv.body)
		}
		if p := s.upload(team, desk+"/contacts", "colonnes.csv", "a;b\n1;2\n", nil); p.StatusCode != http.StatusBadRequest || len(p.texts(".fr-error-text")) == 0 {
			t.Errorf("wrong columns: %s", p.Status)
		}
		good := s.upload(team, desk+"/contacts", "bon.csv", "collectivité;email;nom\n67482;mairie@exemple.fr;Anne\nEurométropole de Strasbourg;ems@exemple.fr;\n", nil)
		good.has("#enregistrer button", "Enregistrer 2 contacts")
		p = s.visit(team, base+good.Request.URL.Path+"/enregistrer", url.Values{"rev": good.attr("input[name=rev]", "value")})
		p.has(".fr-alert", "Contacts enregistrés")
		if csv := s.visit(team, desk+"/contacts/modele.csv", nil); !strings.Contains(csv.body, "collectivité;email;nom;fonction") {
			t.Errorf("the model: %s", csv.body)
		}

		p = s.visit(team, desk, nil)
		open := url.Values{"act": {"open"}, "rev": {p.attr("#acte-open input[name=rev]", "value")[0]}}
		p = s.visit(team, desk+"/etat", open)
		p.has(".fr-alert", "les invitations partent")
		if p := s.visit(team, desk+"/etat", open); p.StatusCode != http.StatusConflict {
			t.Errorf("opened twice: %s", p.Status)
		}
		p = s.visit(team, desk+"?etat=listed&nom=strasbourg&type=epci", nil)
		if rows := p.texts("#destinataires tbody tr"); len(rows) != 1 {
			t.Errorf("%d rows: %v", len(rows), rows)
		}
		if _, err := d.Exec(t.Context(), `UPDATE response SET state = 'invited', invited_at = 1 WHERE kind <> 'region'`); err != nil {
			t.Fatal(err)
		}

		p = s.visit(team, desk+"/relances", url.Values{"do": {"selection"}})
		if p.StatusCode < 400 || p.StatusCode >= 500 {
			t.Errorf("nobody was chosen: %s", p.Status)
		}
		p = s.visit(team, desk+"/relances", url.Values{"do": {"filtre"}})
		p.has("h1", "2 destinataires seraient relancés")
		p.has("#pas-relances", "pas encore été invitée")
		checkPage(t, "the reminders", p)
		send := url.Values{"do": {"envoyer"}, "press": p.attr("input[name=press]", "value")}
		p = s.visit(team, desk+"/relances", send)
		p.has(".fr-alert", "2 relances partent")

		p = s.visit(team, desk+"/lettres", url.Values{"do": {"imprimer"}, "etat": {survey.NoAddress}})
		p.has(".sheet", "Région Grand Est")
		p.has(".sheet-link", "http://jalon.example/questionnaire/")
		p.has(".sheet strong", "200 052 264") // the SIREN of the région, which stands for an address
		checkPage(t, "the letters", p)
		p = s.visit(team, desk+"/lettres", url.Values{"do": {"postees"}, "id": p.attr(".sheet-no input[name=id]", "value")})
		p.has(".fr-alert", "enregistré")

		c, err := survey.CampaignOf(t.Context(), d, cop.RegionID(cop.First, "44"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := survey.ResponseOf(t.Context(), d, c.ID, "commune-67482")
		if err != nil {
			t.Fatal(err)
		}
		one := desk + "/" + r.ID
		p = s.visit(team, one, nil)
		p.has("h1", "Strasbourg")
		p.has("#contacts td", "Anne")
		checkPage(t, "one authority", p)
		p = s.visit(team, one, url.Values{"do": {"contact"}, "email": {"pas une adresse"}, "name": {"Zoé"}})
		if p.StatusCode < 400 || p.attr("#name", "value")[0] != "Zoé" {
			t.Errorf("a wrong address: %s", p.Status)
		}
		p = s.visit(team, one, url.Values{"do": {"muette"}})
		p.has("#ne-pas-contacter button", "de nouveau")
		p.has("#actes td", "ne plus écrire")

		live := s.visit(team, desk+"/chiffres", nil)
		if live.StatusCode != http.StatusOK || live.Header.Get("ETag") == "" || strings.Contains(live.body, "<html") {
			t.Errorf("the figures alone: %s", live.Status)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, desk+"/chiffres", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("If-None-Match", live.Header.Get("ETag"))
		res, err := team.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusNotModified {
			t.Errorf("nothing changed: %s, %v", res.Status, err)
		}
		if csv := s.visit(team, desk+"/suivi.csv", nil); strings.Count(csv.body, "\r\n") != 4 || !strings.Contains(csv.body, "commune-67482;Strasbourg;commune") {
			t.Errorf("the file: %s", csv.body)
		}

		p = s.visit(team, desk, nil)
		p = s.visit(team, desk+"/etat", url.Values{"act": {"nearly"}, "day": {""}, "rev": {p.attr("#acte-nearly input[name=rev]", "value")[0]}})
		p.has(".scope", "presque finalisée")
		p = s.get("/national/questionnaire?tri=taux")
		p.has("#regions td", "presque finalisée")
		checkPage(t, "the nation", p)
		p = s.get("/regions/grand-est/questionnaire")
		p.has("h1", "ont répondu")
		checkPage(t, "the region", p)
		if strings.Contains(p.body, "mairie@exemple.fr") || strings.Contains(p.body, "Strasbourg") {
			t.Error("the public page names who has not answered")
		}
		if csv := s.get("/national/questionnaire.csv"); strings.Count(csv.body, "\r\n") != 20 {
			t.Errorf("the rates: %d lines", strings.Count(csv.body, "\r\n"))
		}

		stop := "/questionnaire/ne-plus-recevoir/" + s.survey.NoMail(r.ID, "mairie@exemple.fr")
		p = s.get(stop)
		p.has("h2", "mairie@exemple.fr")
		if list, err := survey.Contacts(t.Context(), d, r.ID); err != nil || list[0].Silent {
			t.Errorf("a link that was only read stops mails: %+v, %v", list, err)
		}
		p = s.visit(http.DefaultClient, base+stop, url.Values{})
		p.has("h1", "C’est noté")
		if list, err := survey.Contacts(t.Context(), d, r.ID); err != nil || !list[0].Silent {
			t.Errorf("%+v, %v", list, err)
		}
		if p := s.get(stop + "x"); p.StatusCode != http.StatusNotFound && p.StatusCode != http.StatusBadRequest {
			t.Errorf("a link that was altered: %s", p.Status)
		}

		other, base2 := s.signIn("bretagne@exemple.fr", policy.Team, "region", "53")
		for _, path := range []string{"", "/" + r.ID, "/suivi.csv", strings.TrimPrefix(good.Request.URL.Path, "/regions/grand-est/bureau/questionnaire")} {
			if p := s.visit(other, base2+"/regions/grand-est/bureau/questionnaire"+path, nil); p.StatusCode != http.StatusNotFound {
				t.Errorf("another region at %q: %s", path, p.Status)
			}
		}
	})
}
