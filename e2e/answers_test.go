package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"jalon/internal/app"
	"jalon/internal/questionnaire"
	"jalon/internal/testkit"
)

const answered = `{"code": "essai-e2e", "version": 1, "title": "Questionnaire aux collectivités", "framework": "2025-03",
 "scales": [{"code": "pertinence", "label": "Pertinence", "options": [{"code": "0", "label": "pas pertinente", "score": 0}, {"code": "3", "label": "très pertinente", "score": 1}]},
            {"code": "mobilisation", "label": "Mobilisation", "options": [{"code": "rien", "label": "rien d’engagé", "score": 0}, {"code": "engage", "label": "engagé", "score": 0.66}]}],
 "sections": [
  {"id": "velo", "title": "Vélo", "lever": "l25-velo", "theme": "se-deplacer", "skippable": true, "questions": [
    {"id": "velo-actions", "type": "matrix", "label": "Où en êtes-vous", "columns": ["pertinence", "mobilisation"], "rows": [
      {"id": "velo-plan", "label": "Adopter un plan vélo", "step": "decision"}, {"id": "velo-garage", "label": "Installer du stationnement pour vélos devant les équipements publics", "step": "infrastructure"}]},
    {"id": "velo-freins", "type": "choices", "role": "obstacles", "label": "Freins", "when": {"rated": "velo-actions"}, "options": [{"code": "norme", "label": "norme"}, {"code": "argent", "label": "financement"}]},
    {"id": "velo-agents", "type": "number", "label": "Agents", "min": 0, "max": 50},
    {"id": "velo-mot", "type": "text", "label": "Un mot"}]},
  {"id": "haies", "title": "Haies", "lever": "l25-gestion-haies", "theme": "preserver", "skippable": true, "questions": [{"id": "haies-mot", "type": "text", "label": "Un mot"}]}]}`

// tabled puts a response of an invented campaign in a program, with the links of
// its authority and of its validator.
func tabled(t *testing.T, a *app.App, region, id string) {
	t.Helper()
	exec := func(text string, args ...any) {
		t.Helper()
		if _, err := a.DB.Exec(t.Context(), text, args...); err != nil {
			t.Fatal(err)
		}
	}
	var f questionnaire.Form
	if err := json.Unmarshal([]byte(answered), &f); err != nil {
		t.Fatal(err)
	}
	exec(`INSERT INTO questionnaire_form (code, version, doc, sha256, at, by, reason) VALUES ('essai-e2e', 1, $1, '', 0, '', '') ON CONFLICT DO NOTHING`, answered)
	for i, key := range f.Keys() {
		exec(`INSERT INTO survey_slot (slot_key, n, options) VALUES ($1, $2, '') ON CONFLICT DO NOTHING`, key, 1_000_000+i)
	}
	cop := "2023-24-r" + region
	exec(`INSERT INTO campaign (id, rev, cop_id, region, cycle, form, form_version, communes, opens_on, closes_on, state, marked_on, message, contact, remind_max, remind_every, relevance, mobilisation, published_on, at)
		VALUES ($1, 1, $2, $3, '2023-24', 'essai-e2e', 1, TRUE, '2026-03-01', '2099-06-01', 'open', '', '', '', 3, 7, 0.5, 0.5, '', 0)`, "campagne-"+id, cop, region)
	exec(`INSERT INTO response (id, rev, campaign_id, authority, cop_id, region, department, kind, size, capacities, metropole, counted, name, sort_key, state, form_version, seq, rows_asked, rows_rated, prefilled, answered, silent, reminders, reason)
		VALUES ($1, 1, $2, $3, $4, $5, '', 'epci', 's3', 'epci', FALSE, TRUE, 'CC des Essais (inventée)', 'cc', 'invited', 1, 0, 0, 0, 0, 0, FALSE, 0, '')`, id, "campagne-"+id, "org-"+id, cop, region)
	for _, role := range []string{"writer", "validator"} {
		sum := sha256.Sum256([]byte("survey-seat|" + role + "-" + id))
		exec(`INSERT INTO response_seat (id, response_id, role, name, email, title, account, sections, token_hash, code_hash, by, at) VALUES ($1, $2, $3, '', $4, 'maire', '', '', $5, '', 'campaign', 0)`,
			role+"-"+id, id, role, role+"@exemple.fr", hex.EncodeToString(sum[:]))
	}
}

const savedNow = `document.querySelector("[data-status]").textContent.startsWith("Enregistré à")`

// seatedAt opens a link in a tab of its own and sits down.
func seatedAt(t *testing.T, a *app.App, link, name string) *Page {
	t.Helper()
	p := Open(t, a.URL())
	p.Visit("/questionnaire/" + link)
	both(p)
	p.Fill("#nom", name)
	if p.Count("#mel") > 0 {
		p.Fill("#mel", strings.ToLower(name)+"@exemple.fr")
	}
	p.Follow("main form button")
	return p
}

// Two people write one response: as one types, through a lost line, into each
// other's answers; then its mayor validates it from a phone.
func TestAnAuthorityAnswersTogether(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { answersTogether(t, Start(t), "53", "e2e-53") })
	t.Run("postgresql", func(t *testing.T) { answersTogether(t, startOn(t, testkit.Postgres(t)), "53", "e2e-53") })
}

func answersTogether(t *testing.T, a *app.App, region, id string) {
	tabled(t, a, region, id)
	p := seatedAt(t, a, "writer-"+id, "Camille")
	both(p)
	p.Visit("/reponses/" + id + "/velo")
	both(p)
	if Eval[bool](p, `!document.querySelector("[data-question=velo-freins]").hidden`) {
		t.Error("obstacles are asked before anything is rated")
	}
	pick(p, "velo-plan.pertinence", "3")
	p.Until(savedNow)
	p.Until(`!document.querySelector("[data-question=velo-freins]").hidden`)
	both(p)

	// A wrong number says so beside it; zero is confirmed.
	p.Fill("#c-velo-agents", "0")
	p.Press("\t")
	p.Until(`!!document.querySelector("[data-cell=velo-agents] .answer-say-confirm button")`)
	both(p)
	p.Click("[data-cell=velo-agents] .answer-say-confirm button")
	p.Until(`!document.querySelector("[data-cell=velo-agents] .answer-say-confirm")`)

	// The line is lost: what is typed stays, in the browser too, and goes when it is back.
	Eval[bool](p, `(window.line = window.fetch, window.fetch = () => Promise.reject(new Error("line")), true)`)
	pick(p, "velo-garage.pertinence", "0")
	p.Fill("#c-velo-mot", "Écrit dans un tunnel")
	p.Press("\t")
	p.Until(`document.querySelector("[data-status]").textContent.includes("2 réponses gardées")`)
	if kept := Eval[string](p, `localStorage.getItem("jalon:`+id+`/velo")`); !strings.Contains(kept, "tunnel") {
		t.Errorf("the browser keeps %q", kept)
	}
	both(p)
	p.Click(`button[value="next"]`) // one does not leave what is not saved
	p.Until(`location.pathname.endsWith("/velo")`)
	Eval[bool](p, `(window.fetch = window.line, true)`)
	p.Follow(`button[value="next"]`) // and leaves once it is
	if p.Path() != "/reponses/"+id+"/haies" {
		t.Fatalf("after the line is back: %s", p.Path())
	}

	// Somebody else, at once.
	q := seatedAt(t, a, "writer-"+id, "Dominique")
	q.Visit("/reponses/" + id + "/velo")
	if v := Eval[string](q, `document.querySelector("#c-velo-mot").value`); v != "Écrit dans un tunnel" {
		t.Errorf("what was typed without a line: %q", v)
	}
	p.Visit("/reponses/" + id + "/velo")
	pick(q, "velo-plan.mobilisation", "rien")
	q.Until(savedNow)
	pick(p, "velo-plan.mobilisation", "engage")
	p.Until(`!!document.querySelector("[data-cell='velo-plan.mobilisation'] .answer-say-conflict")`)
	both(p)
	if text := p.Text(`[data-cell='velo-plan.mobilisation'] .answer-say-conflict`); !strings.Contains(text, "Dominique") || !strings.Contains(text, "rien d’engagé") {
		t.Errorf("the conflict says %q", text)
	}
	p.Click(`[data-cell='velo-plan.mobilisation'] .answer-say-conflict button`) // mine
	p.Until(`!document.querySelector(".answer-say-conflict")`)
	p.Until(savedNow)

	// A lever skipped in one act hides its questions.
	p.Visit("/reponses/" + id + "/haies")
	p.Click(`input[name="haies.sans-objet"] + label`)
	p.Until(`document.querySelector("[data-question=haies-mot]").hidden`)
	p.Until(savedNow)
	both(p)
	p.Visit("/reponses/" + id + "/relire")
	both(p)
	p.Follow(`#envoyer button`)
	both(p)

	mayor := seatedAt(t, a, "validator-"+id, "Élu")
	mayor.Resize(320, 640)
	mayor.NoScript()
	mayor.Visit("/reponses/" + id + "/valider")
	mayor.Follow(`button[value="validate"]`)
	mayor.Script()
	both(mayor)
	if text := mayor.Text("main"); !strings.Contains(text, "La réponse est validée") || !strings.Contains(text, "Pas notre compétence") || !strings.Contains(text, "zéro") && !strings.Contains(text, "0") {
		t.Errorf("validated: %s", text)
	}

	// Who still had the page open is told, and keeps what they typed.
	q.Fill("#c-velo-mot", "Trop tard")
	q.Press("\t")
	q.Until(`!!document.querySelector("[data-cell=velo-mot] .answer-say-refused")`)
	both(q)
	if v := Eval[string](q, `document.querySelector("#c-velo-mot").value`); v != "Trop tard" {
		t.Errorf("what was typed is lost: %q", v)
	}
}
