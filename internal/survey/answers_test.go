package survey

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/questionnaire"
	"jalon/internal/testkit"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// asked is a form that holds one of each thing that answering must bear.
const asked = `{"code": "essai", "version": 1, "title": "Essai", "framework": "2025-03",
 "scales": [{"code": "pertinence", "label": "Pertinence", "options": [{"code": "0", "label": "pas", "score": 0}, {"code": "3", "label": "très", "score": 1}]},
            {"code": "mobilisation", "label": "Mobilisation", "options": [{"code": "non-concerne", "label": "non concerné"}, {"code": "engage", "label": "engagé", "score": 1}]}],
 "sections": [
  {"id": "moi", "title": "Votre collectivité", "questions": [
    {"id": "population", "type": "number", "label": "Population", "min": 0, "usual_max": 100000},
    {"id": "agents", "type": "number", "label": "Agents du climat", "min": 0, "max": 500}]},
  {"id": "velo", "title": "Vélo", "lever": "l25-velo", "theme": "se-deplacer", "skippable": true, "questions": [
    {"id": "velo-actions", "type": "matrix", "label": "Actions", "columns": ["pertinence", "mobilisation"], "rows": [
      {"id": "velo-plan", "label": "Plan vélo", "step": "decision"}, {"id": "velo-garage", "label": "Stationnement", "step": "infrastructure"}, {"id": "velo-epci", "label": "Réseau", "step": "infrastructure", "for": ["epci"]}]},
    {"id": "velo-freins", "type": "choices", "role": "obstacles", "label": "Freins", "when": {"rated": "velo-actions"}, "options": [{"code": "norme", "label": "norme"}, {"code": "argent", "label": "argent"}]}]},
  {"id": "haies", "title": "Haies", "lever": "l25-gestion-haies", "theme": "preserver", "skippable": true, "questions": [
    {"id": "haies-fait", "type": "choice", "label": "Des haies ?", "options": [{"code": "oui", "label": "oui"}, {"code": "non", "label": "non"}]},
    {"id": "haies-actions", "type": "matrix", "label": "Actions", "when": {"key": "haies-fait", "in": ["oui"]}, "columns": ["pertinence", "mobilisation"], "rows": [{"id": "haies-plante", "label": "Planter", "step": "infrastructure"}]},
    {"id": "haies-mot", "type": "text", "label": "Un mot"}]}]}`

// bench is a room with an open campaign of that form, and its responses.
type bench struct {
	*Room
	campaign Campaign
}

func newBench(t testing.TB, d *db.DB) *bench {
	t.Helper()
	now := func() time.Time { return noon }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	queue := jobs.New(ids, now)
	m := &Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: journal.New(ids, now, keys), Cursors: keys, Queue: queue, BaseURL: "https://jalon.example",
		Outbox: mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys})}
	var f questionnaire.Form
	must(t, json.Unmarshal([]byte(asked), &f))
	must(t, db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error { return m.publish(ctx, tx, f, Seed, "essai") }))
	b := &bench{Room: m, campaign: Campaign{ID: "campagne", COP: "cop-44", Region: "44", Cycle: "2023-24", Form: "essai", FormVersion: 1}}
	exec(t, d, `INSERT INTO campaign (id, rev, cop_id, region, cycle, form, form_version, communes, opens_on, closes_on, state, marked_on, message, contact, remind_max, remind_every, relevance, mobilisation, published_on, at)
		VALUES ('campagne', 1, 'cop-44', '44', '2023-24', 'essai', 1, TRUE, '2026-03-01', '2026-06-01', 'open', '', '', '', 3, 7, 0.5, 0.5, '', 0)`)
	return b
}

func exec(t testing.TB, q db.Q, text string, args ...any) {
	t.Helper()
	if _, err := q.Exec(t.Context(), text, args...); err != nil {
		t.Fatal(err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func kindIs(t *testing.T, what string, err error, want apperr.Kind) {
	t.Helper()
	if err == nil || apperr.KindOf(err) != want {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// response adds the response of an authority, with the seat of its personal link.
func (b *bench) response(t testing.TB, id, name string, kind questionnaire.Kind) (Response, Seat) {
	t.Helper()
	exec(t, b.DB, `INSERT INTO response (id, rev, campaign_id, authority, cop_id, region, department, kind, size, capacities, metropole, counted, name, sort_key, state, form_version, seq, rows_asked, rows_rated, prefilled, answered, silent, reminders, reason)
		VALUES ($1, 1, 'campagne', $2, 'cop-44', '44', '67', $3, 's3', $3, FALSE, TRUE, $4, $4, 'invited', 1, 0, 0, 0, 0, 0, FALSE, 0, '')`, id, "org-"+id, string(kind), name)
	s, _, err := b.NewSeat(t.Context(), b.DB, Seat{Response: id, Role: Writes, Email: "mairie-" + id + "@exemple.fr", By: "campaign"})
	must(t, err)
	r, err := FindResponse(t.Context(), b.DB, id)
	must(t, err)
	return r, s
}

// seated is somebody who came by the link of a response.
func (b *bench) seated(t testing.TB, s Seat, name string) Seat {
	t.Helper()
	out, err := b.SitDown(t.Context(), b.Door(s.ID).Secret, Person{name, fold(name) + "@exemple.fr"})
	must(t, err)
	return out
}

func fold(name string) string { return fmt.Sprintf("p%x", name) }

func (b *bench) read(t testing.TB, id string) Response {
	t.Helper()
	r, err := FindResponse(t.Context(), b.DB, id)
	must(t, err)
	return r
}

// save sends changes and returns what became of each.
func (b *bench) save(t testing.TB, s Seat, changes ...Change) []Outcome {
	t.Helper()
	out, err := b.Save(t.Context(), b.DB, s, s.Response, changes)
	must(t, err)
	return out.Outcomes
}

func verdicts(out []Outcome) (v []Verdict) {
	for _, o := range out {
		v = append(v, o.Verdict)
	}
	return v
}

func is(t *testing.T, what string, got []Outcome, want ...Verdict) {
	t.Helper()
	if fmt.Sprint(verdicts(got)) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v: %+v", what, verdicts(got), want, got)
	}
}

func each(t *testing.T, fn func(t *testing.T, b *bench)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { fn(t, newBench(t, d)) })
}
