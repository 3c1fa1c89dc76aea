package web_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

const askedForm = `{"code": "essai", "version": 1, "title": "Essai", "framework": "2025-03",
 "scales": [{"code": "pertinence", "label": "Pertinence", "options": [{"code": "0", "label": "pas pertinente", "score": 0}, {"code": "3", "label": "très pertinente", "score": 1}]},
            {"code": "mobilisation", "label": "Mobilisation", "options": [{"code": "non-concerne", "label": "non concerné"}, {"code": "engage", "label": "engagé", "score": 0.66}]}],
 "sections": [
  {"id": "moi", "title": "Votre collectivité", "questions": [
    {"id": "population", "type": "number", "label": "Population", "unit": "habitants", "min": 0, "usual_max": 100000},
    {"id": "agents", "type": "number", "label": "Agents du climat", "min": 0, "max": 500}]},
  {"id": "velo", "title": "Vélo", "lever": "l25-velo", "theme": "se-deplacer", "skippable": true, "questions": [
    {"id": "velo-actions", "type": "matrix", "label": "Actions", "columns": ["pertinence", "mobilisation"], "rows": [
      {"id": "velo-plan", "label": "Adopter un plan vélo", "step": "decision"}, {"id": "velo-garage", "label": "Installer du stationnement", "step": "infrastructure"}]},
    {"id": "velo-freins", "type": "choices", "role": "obstacles", "label": "Freins", "when": {"rated": "velo-actions"}, "options": [{"code": "norme", "label": "norme"}, {"code": "argent", "label": "argent"}]}]},
  {"id": "haies", "title": "Haies", "lever": "l25-gestion-haies", "theme": "preserver", "skippable": true, "questions": [
    {"id": "haies-fait", "type": "choice", "label": "Avez-vous planté", "options": [{"code": "oui", "label": "oui"}, {"code": "non", "label": "non"}]},
    {"id": "haies-fiche", "type": "sheet", "label": "Une action à raconter"},
    {"id": "haies-mot", "type": "text", "label": "Un mot"}, {"id": "haies-doc", "type": "file", "label": "Un document"}]}]}`

// campaign opens a campaign of that form in Grand Est.
func (s *site) campaign() {
	s.t.Helper()
	var f questionnaire.Form
	if err := json.Unmarshal([]byte(askedForm), &f); err != nil {
		s.t.Fatal(err)
	}
	s.exec(`INSERT INTO questionnaire_form (code, version, doc, sha256, at, by, reason) VALUES ('essai', 1, $1, '', 0, '', '')`, askedForm)
	for i, key := range f.Keys() {
		s.exec(`INSERT INTO survey_slot (slot_key, n, options) VALUES ($1, $2, '') ON CONFLICT DO NOTHING`, key, 1_000_000+i)
	}
	s.exec(`INSERT INTO campaign (id, rev, cop_id, region, cycle, form, form_version, communes, opens_on, closes_on, state, marked_on, message, contact, remind_max, remind_every, relevance, mobilisation, published_on, at)
		VALUES ('campagne', 1, $1, '44', $2, 'essai', 1, TRUE, '2026-03-01', '2026-06-01', 'open', '', '', '', 3, 7, 0.5, 0.5, '', 0)`, cop.RegionID(cop.First, "44"), cop.First)
}

func (s *site) exec(text string, args ...any) {
	s.t.Helper()
	if _, err := s.d.Exec(s.t.Context(), text, args...); err != nil {
		s.t.Fatal(err)
	}
}

// response adds the response of an authority and gives the path of its link.
func (s *site) response(id, org, name string) string {
	s.t.Helper()
	s.exec(`INSERT INTO response (id, rev, campaign_id, authority, cop_id, region, department, kind, size, capacities, metropole, counted, name, sort_key, state, form_version, seq, rows_asked, rows_rated, prefilled, answered, silent, reminders, reason)
		VALUES ($1, 1, 'campagne', $2, $3, '44', '67', 'epci', 's3', 'epci', FALSE, TRUE, $4, $4, 'invited', 1, 0, 0, 0, 0, 0, FALSE, 0, '')`, id, org, cop.RegionID(cop.First, "44"), name)
	_, door, err := s.survey.NewSeat(s.t.Context(), s.d, survey.Seat{Response: id, Role: survey.Writes, Email: id + "@exemple.fr", By: "campaign:campagne"})
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimPrefix(door.Link, "http://jalon.example")
}

// door is the path of the link of somebody's seat.
func (s *site) door(response, email string) string {
	s.t.Helper()
	seats, err := survey.Seats(s.t.Context(), s.d, response)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, x := range seats {
		if x.Email == email {
			return strings.TrimPrefix(s.survey.Door(x.ID).Link, "http://jalon.example")
		}
	}
	s.t.Fatalf("nobody has %s", email)
	return ""
}

// formOf is what a browser would send of the form of a part.
func formOf(p page, set url.Values) url.Values {
	out := url.Values{"etat": {p.attr("input[name=etat]", "value")[0]}}
	for _, in := range p.inputs("form.answer input:not([type=file]), form.answer textarea") {
		if in["name"] != "etat" && in["name"] != "" {
			out.Add(in["name"], in["value"])
		}
	}
	for k, v := range set {
		out[k] = v
	}
	return out
}

// inputs are the controls that a selector finds, with what a browser sends of them.
func (p page) inputs(selector string) (out []map[string]string) {
	for _, n := range cascadia.QueryAll(p.root, cascadia.MustCompile(selector)) {
		x := map[string]string{}
		for _, a := range n.Attr {
			x[a.Key] = a.Val
		}
		if n.Data == "textarea" {
			x["value"] = textOf(n)
		}
		if _, on := x["checked"]; !on && (x["type"] == "radio" || x["type"] == "checkbox") {
			continue
		}
		out = append(out, x)
	}
	return out
}

func TestAnAuthorityAnswers(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.campaign()
		link := s.response("r1", "epci-1", "CC du Pays de Wissembourg")
		other := s.response("r2", "epci-2", "CC du Pays Rhénan")
		c, base := s.browser()
		p := s.visit(c, base+link, nil)
		checkPage(t, "a link", p)
		p.has("h1", "CC du Pays de Wissembourg")
		if p.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Error("the secret of a link leaves in Referer")
		}
		p = s.visit(c, base+link, url.Values{"nom": {""}, "mel": {"camille@exemple.fr"}})
		if p.StatusCode != http.StatusBadRequest || p.attr("input#mel", "value")[0] != "camille@exemple.fr" {
			t.Errorf("no name: %s", p.Status)
		}
		p = s.visit(c, base+link, url.Values{"nom": {"Camille"}, "mel": {"camille@exemple.fr"}})
		if p.Request.URL.Path != "/reponses/r1" {
			t.Fatalf("sat down: %s %s", p.Status, p.Request.URL)
		}
		checkPage(t, "contents", p)
		p.has("h3", "Vélo")
		// The link of another authority says whose it is.
		p = s.visit(c, base+other, nil)
		checkPage(t, "another link", p)
		p.has("h1", "CC du Pays Rhénan")
		p.has(".fr-alert", "Ce lien n’est pas celui de CC du Pays de Wissembourg")
		if p := s.visit(c, base+"/reponses/r2", nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("another table: %s", p.Status)
		}
		if p := s.visit(c, base+"/questionnaire/inconnu", nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("an unknown link: %s", p.Status)
		}
		section := base + "/reponses/r1/moi"
		p = s.visit(c, section, nil)
		checkPage(t, "a part", p)
		p = s.visit(c, section, formOf(p, url.Values{"population": {"douze"}, "agents": {"0"}, "do": {"next"}}))
		checkPage(t, "a part with faults", p)
		if p.StatusCode != http.StatusBadRequest || p.attr("input[name=population]", "value")[0] != "douze" {
			t.Errorf("a wrong number: %s", p.Status)
		}
		p.has("[data-cell=agents]", "Zéro est-il bien la valeur")
		p = s.visit(c, section, formOf(p, url.Values{"population": {"12 345"}, "confirm": {"agents"}, "do": {"next"}}))
		if p.Request.URL.Path != "/reponses/r1/velo" {
			t.Fatalf("next: %s %s", p.Status, p.Request.URL)
		}
		checkPage(t, "a matrix", p)
		velo := base + "/reponses/r1/velo"
		drawn := formOf(p, nil)
		// Somebody else writes meanwhile.
		c2, _ := s.browser()
		s.visit(c2, base+link, url.Values{"nom": {"Dominique"}, "mel": {"dominique@exemple.fr"}})
		s.visit(c2, velo, merge(drawn, url.Values{"velo-plan.pertinence": {"0"}, "do": {"save"}}))
		p = s.visit(c, velo, merge(drawn, url.Values{"velo-plan.pertinence": {"3"}, "velo-plan.mobilisation": {"engage"}, "do": {"next"}}))
		checkPage(t, "a conflict", p)
		if p.StatusCode != http.StatusConflict {
			t.Errorf("a conflict: %s", p.Status)
		}
		p.has("[data-cell='velo-plan.pertinence']", "Dominique a répondu « pas pertinente »")
		if got := p.attr("input[name='velo-plan.pertinence'][checked]", "value"); len(got) != 1 || got[0] != "3" {
			t.Errorf("mine does not come back: %v", got)
		}
		p = s.visit(c, velo, formOf(p, url.Values{"velo-freins": {"norme", "argent"}, "do": {"next"}}))
		if p.Request.URL.Path != "/reponses/r1/haies" {
			t.Fatalf("mine, having seen: %s %s", p.Status, p.Request.URL)
		}
		script := `<script>alert(1)</script>`
		p = s.visit(c, base+"/reponses/r1/haies", formOf(p, url.Values{"haies-mot": {script}, "haies-fiche:title": {"Bocage"}, "haies-fiche:budget": {"beaucoup"}, "do": {"next"}}))
		checkPage(t, "a wrong sheet", p)
		if p.StatusCode != http.StatusBadRequest || p.attr("input[name='haies-fiche:budget']", "value")[0] != "beaucoup" || strings.Contains(p.body, script) {
			t.Errorf("a wrong sheet: %s", p.Status)
		}
		p = s.visit(c, base+"/reponses/r1/haies", formOf(p, url.Values{"haies-fiche:budget": {"12 000"}, "do": {"next"}}))
		if p.Request.URL.Path != "/reponses/r1/relire" {
			t.Fatalf("the end: %s %s", p.Status, p.Request.URL)
		}
		checkPage(t, "reading over", p)
		if strings.Contains(p.body, script) {
			t.Error("a script goes through")
		}
		p.has("dd", "Bocage")
		// Nobody validates yet.
		p = s.visit(c, base+"/reponses/r1", url.Values{"do": {"submit"}})
		checkPage(t, "no validator", p)
		p.has(".fr-alert", "Nommez d’abord")
		p = s.visit(c, base+"/reponses/r1/equipe", nil)
		checkPage(t, "the team", p)
		p = s.visit(c, base+"/reponses/r1/equipe", url.Values{"do": {"elect"}, "nom": {"Élue"}, "fonction": {""}, "mel": {"elue@exemple.fr"}})
		checkPage(t, "no title", p)
		if p.StatusCode != http.StatusBadRequest || p.attr("#valideur-nom", "value")[0] != "Élue" {
			t.Errorf("no title: %s", p.Status)
		}
		s.visit(c, base+"/reponses/r1/equipe", url.Values{"do": {"elect"}, "nom": {"Élue"}, "fonction": {"maire"}, "mel": {"elue@exemple.fr"}})
		p = s.visit(c, base+"/reponses/r1/equipe", url.Values{"do": {"share"}, "nom": {"Noor"}, "mel": {"noor@exemple.fr"}, "parties": {"velo"}})
		p.has(".fr-alert", "C’est confié")
		if p := s.visit(c, base+"/reponses/r1/valider", nil); p.StatusCode != http.StatusForbidden {
			t.Errorf("a writer validates: %s", p.Status)
		}
		noor, _ := s.browser()
		s.visit(noor, base+s.door("r1", "noor@exemple.fr"), url.Values{"nom": {"Noor"}})
		p = s.visit(noor, base+"/reponses/r1/haies", nil)
		checkPage(t, "not their part", p)
		if len(p.attr("fieldset.answer-all[disabled]", "class")) != 1 {
			t.Error("a colleague writes everywhere")
		}
		p = s.visit(c, base+"/reponses/r1", url.Values{"do": {"submit"}})
		checkPage(t, "submitted", p)
		p.has(".fr-alert", "envoyée pour validation")
		mayor, _ := s.browser()
		s.visit(mayor, base+s.door("r1", "elue@exemple.fr"), url.Values{"nom": {"Élue"}})
		p = s.visit(mayor, base+"/reponses/r1/valider", nil)
		checkPage(t, "validating", p)
		p.has("h2", "Engagées ou déployées (1)")
		p = s.visit(mayor, base+"/reponses/r1/valider", url.Values{"do": {"validate"}, "vu": p.attr("input[name=vu]", "value")})
		checkPage(t, "validated", p)
		p.has(".fr-alert", "La réponse est validée")
		p.has("dd", "Élue, maire")
		p = s.visit(c, velo, merge(drawn, url.Values{"velo-plan.pertinence": {"0"}, "do": {"save"}}))
		checkPage(t, "too late", p)
		p.has("#erreurs", "vient d’être validée")
		p = s.visit(c, base+"/reponses/r1", url.Values{"do": {"correct"}, "raison": {""}})
		checkPage(t, "no reason", p)
		p = s.visit(c, base+"/reponses/r1", url.Values{"do": {"correct"}, "raison": {"une erreur"}})
		checkPage(t, "a correction", p)
		p.has("#versions a", "Version 1")
		p = s.visit(c, base+"/questionnaire", nil)
		checkPage(t, "home", p)
		p.has("h3", "CC du Pays de Wissembourg")
	})
}

// A file answers a question: received, read again by who sits at the table, taken
// away; naming the file of somebody else gives no right to it.
func TestAFileAnswers(t *testing.T) {
	s := sqlite(t)
	s.campaign()
	link, other := s.response("r1", "epci-1", "CC"), s.response("r2", "epci-2", "CC deux")
	c, base := s.browser()
	s.visit(c, base+link, url.Values{"nom": {"Camille"}, "mel": {"camille@exemple.fr"}})
	send := func(name, content string, more url.Values) page {
		p := s.visit(c, base+"/reponses/r1/haies", nil)
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for k, v := range formOf(p, more) {
			for _, x := range v {
				if err := w.WriteField(k, x); err != nil {
					t.Fatal(err)
				}
			}
		}
		f, err := w.CreateFormFile("fichier.haies-doc", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		res, err := c.Post(base+"/reponses/r1/haies", w.FormDataContentType(), &b)
		if err != nil {
			t.Fatal(err)
		}
		return s.read(res)
	}
	p := send("programme.exe", "MZ\x90\x00\x03", url.Values{"haies-mot": {"Écrit avec"}, "do": {"save"}})
	checkPage(t, "a wrong file", p)
	if p.StatusCode != http.StatusBadRequest || p.text("textarea[name=haies-mot]") != "Écrit avec" {
		t.Errorf("a wrong file: %s", p.Status)
	}
	p.has("#erreurs", "Un document")
	p = send("plan <haies>.txt", "Un plan.\n", url.Values{"do": {"save"}})
	checkPage(t, "a file", p)
	p.has("[data-cell=haies-doc] a", "plan <haies>.txt")
	p = s.visit(c, base+"/reponses/r1/fichiers/haies-doc", nil)
	if p.body == "" || !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the file: %s %v", p.Status, p.Header)
	}
	drafts, err := survey.Drafts(t.Context(), s.d, "r1")
	if err != nil {
		t.Fatal(err)
	}
	thief, _ := s.browser()
	s.visit(thief, base+other, url.Values{"nom": {"Sacha"}, "mel": {"sacha@exemple.fr"}})
	if p := s.visit(thief, base+"/reponses/r1/fichiers/haies-doc", nil); p.StatusCode != http.StatusNotFound {
		t.Errorf("by another authority: %s", p.Status)
	}
	body, err := json.Marshal(map[string]any{"cells": []map[string]any{{"key": "haies-doc", "value": survey.AnswersOf(drafts)["haies-doc"]}}})
	if err != nil {
		t.Fatal(err)
	}
	res, err := thief.Post(base+"/reponses/r2/cellules", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if p := s.read(res); !strings.Contains(p.body, `"refused"`) {
		t.Errorf("a file by its name alone: %s", p.body)
	}
	p = s.visit(c, base+"/reponses/r1/haies", nil)
	p = s.visit(c, base+"/reponses/r1/haies", formOf(p, url.Values{"retirer": {"haies-doc"}, "do": {"save"}}))
	if n := len(p.texts("[data-cell=haies-doc] a")); n != 0 {
		t.Error("the file was not taken away")
	}
}

// A commune that merged reads why its answer is out of the rate, and loses nothing.
func TestAMergedCommuneIsTold(t *testing.T) {
	s := sqlite(t)
	s.campaign()
	link := s.response("r1", "commune-1", "Commune fusionnée")
	c, base := s.browser()
	s.visit(c, base+link, url.Values{"nom": {"Camille"}, "mel": {"camille@exemple.fr"}})
	p := s.visit(c, base+"/reponses/r1/haies", nil)
	s.visit(c, base+"/reponses/r1/haies", formOf(p, url.Values{"haies-mot": {"Écrit avant"}, "do": {"save"}}))
	s.exec(`UPDATE response SET counted = FALSE, silent = TRUE, reason = 'Cette collectivité n’existe plus (fusion).' WHERE id = 'r1'`)
	p = s.visit(c, base+"/reponses/r1", nil)
	checkPage(t, "a merged commune", p)
	p.has(".fr-alert", "n’existe plus (fusion)")
	p = s.visit(c, base+"/reponses/r1/relire", nil)
	p.has("dd", "Écrit avant")
}

// A link of a campaign that is closed, or a seat that was ended, says what to do.
func TestALinkThatOpensNothing(t *testing.T) {
	s := sqlite(t)
	s.campaign()
	link, ended := s.response("r1", "epci-1", "CC"), s.response("r2", "epci-2", "CC deux")
	s.exec(`UPDATE response_seat SET ended_at = 1 WHERE response_id = 'r2'`)
	p := s.get(ended)
	checkPage(t, "an ended seat", p)
	p.has(".fr-alert", "Demandez un nouveau lien")
	s.exec(`UPDATE campaign SET state = 'closed'`)
	p = s.get(link)
	checkPage(t, "a closed campaign", p)
	p.has(".fr-alert", "La campagne est close")
	c, base := s.browser()
	if p := s.visit(c, base+link, url.Values{"nom": {"Camille"}, "mel": {"camille@exemple.fr"}}); p.StatusCode != http.StatusForbidden {
		t.Errorf("sat down at a closed one: %s", p.Status)
	}
	p = s.visit(c, base+"/questionnaire", url.Values{"adresse": {"r1@exemple.fr"}, "code": {"0000 0000"}, "nom": {"Camille"}, "mel": {"camille@exemple.fr"}})
	checkPage(t, "a wrong code", p)
	if p.StatusCode != http.StatusForbidden || p.attr("input#nom", "value")[0] != "Camille" {
		t.Errorf("a wrong code: %s", p.Status)
	}
}

func merge(a, b url.Values) url.Values {
	out := url.Values{}
	for _, x := range []url.Values{a, b} {
		for k, v := range x {
			out[k] = v
		}
	}
	return out
}

func TestCellsAreSavedOneByOne(t *testing.T) {
	s := sqlite(t)
	s.campaign()
	link := s.response("r1", "epci-1", "CC")
	c, base := s.browser()
	s.visit(c, base+link, url.Values{"nom": {"Camille"}, "mel": {"camille@exemple.fr"}})
	send := func(body string) (int, map[string]any) {
		res, err := c.Post(base+"/reponses/r1/cellules", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		out := map[string]any{}
		if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, out
	}
	verdict := func(out map[string]any, i int) string {
		return out["cells"].([]any)[i].(map[string]any)["verdict"].(string)
	}
	code, out := send(`{"cells": [{"key": "velo-plan.pertinence", "value": "3"}, {"key": "haies-mot", "value": "x"}, {"key": "rien", "value": "x"}]}`)
	if code != 200 || verdict(out, 0) != "saved" || verdict(out, 2) != "refused" || out["at"] != "13:00" {
		t.Errorf("%d %v", code, out)
	}
	if code, out = send(`{"cells": [{"key": "haies-mot", "value": "y"}]}`); verdict(out, 0) != "conflict" {
		t.Errorf("stale: %d %v", code, out)
	}
	if code, out = send(`{"cells": [{"key": "haies-mot", "value": "` + strings.Repeat("a", 1<<20) + `"}]}`); code != http.StatusRequestEntityTooLarge || out["message"] == "" {
		t.Errorf("1 MB: %d %v", code, out)
	}
	if code, _ = send(`{"cells": `); code != http.StatusBadRequest {
		t.Errorf("cut: %d", code)
	}
	r, err := http.NewRequest(http.MethodPost, base+"/reponses/r1/cellules", strings.NewReader(`{"cells": []}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if res, err := c.Do(r); err != nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %v %v", res, err)
	}
}

// An account that writes for the authority comes in without a link; one that works
// for the COP does not sit at the table.
func TestAccountsSitByTheirRoles(t *testing.T) {
	s := sqlite(t)
	s.seedOrganisations()
	s.campaign()
	s.response("r1", orgs["guyane"], "Collectivité")
	writer, base := s.signIn("redaction@exemple.fr", policy.Writer, "organisation", orgs["guyane"])
	p := s.visit(writer, base+"/reponses/r1", nil)
	p.has("h1", "Collectivité")
	p = s.visit(writer, base+"/questionnaire", nil)
	p.has("h3", "Collectivité")
	if p := s.visit(writer, base+"/reponses/r1/valider", nil); p.StatusCode != http.StatusForbidden {
		t.Errorf("a writer validates: %s", p.Status)
	}
	validator, base := s.signIn("validation@exemple.fr", policy.Validator, "organisation", orgs["guyane"])
	p = s.visit(validator, base+"/reponses/r1/valider", nil)
	p.has("h1", "Valider")
	team, base := s.signIn("equipe44@exemple.fr", policy.Team, "region", "44")
	if p := s.visit(team, base+"/reponses/r1", nil); p.StatusCode != http.StatusNotFound {
		t.Errorf("the team at the table: %s", p.Status)
	}
}
