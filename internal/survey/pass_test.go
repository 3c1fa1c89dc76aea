package survey_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

var passNoon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// passRooms are the room of answers and that of what is known, over one campaign
// of Grand Est.
func passRooms(t testing.TB, d *db.DB) (*survey.Room, *knowledge.Room, survey.Campaign) {
	t.Helper()
	ctx, now := t.Context(), func() time.Time { return passNoon }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	queue := jobs.New(ids, now)
	j := journal.New(ids, now, keys)
	box := mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys})
	m := &survey.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Cursors: keys, Queue: queue, Outbox: box, BaseURL: "https://jalon.example"}
	k := &knowledge.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Queue: queue, Outbox: box, BaseURL: "https://jalon.example", Slug: func(context.Context, string) (string, error) { return "grand-est", nil }}
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(ctx, data.FS, tree); err != nil {
		t.Fatal(err)
	}
	if err := m.Load(ctx, data.FS); err != nil {
		t.Fatal(err)
	}
	id := "campagne-44"
	if _, err := db.Insert(ctx, d, "campaign", strings.Fields("id rev cop_id region cycle form form_version communes opens_on closes_on state marked_on message contact remind_max remind_every relevance mobilisation published_on at"),
		[][]any{{id, 1, cop.RegionID(cop.First, "44"), "44", cop.First, survey.National, 1, true, "2026-10-01", "2026-12-31", "open", "", "", "", 3, 10, 0.5, 0.5, "", 0}}, ""); err != nil {
		t.Fatal(err)
	}
	c, err := survey.FindCampaign(ctx, d, id)
	if err != nil {
		t.Fatal(err)
	}
	return m, k, c
}

// passResponse is a response of an authority, at a version.
func passResponse(t testing.TB, d *db.DB, c survey.Campaign, id, authority string, kind questionnaire.Kind, seq int64) survey.Response {
	t.Helper()
	if _, err := d.Exec(t.Context(), `DELETE FROM response WHERE id = $1`, id); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Insert(t.Context(), d, "response", strings.Fields(`id rev campaign_id authority cop_id region department kind size capacities metropole counted name sort_key state form_version seq
		rows_asked rows_rated prefilled answered silent reminders reason`), [][]any{{id, 1, c.ID, authority, c.COP, "44", "67", string(kind), "s4", "", false, true, "Collectivité " + authority, id, "validated", 1, seq, 0, 0, 0, 0, false, 0, ""}}, ""); err != nil {
		t.Fatal(err)
	}
	r, err := survey.FindResponse(t.Context(), d, id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func passTeam() policy.Actor {
	return policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "44")}}}
}

func passForm(t testing.TB, m *survey.Room, k questionnaire.Kind) questionnaire.Form {
	t.Helper()
	f, err := survey.FormAt(t.Context(), m.DB, survey.National, 1)
	if err != nil {
		t.Fatal(err)
	}
	return f.Path(k)
}

func known(t testing.TB, k *knowledge.Room, kind knowledge.Kind) []knowledge.Item {
	t.Helper()
	p, err := k.List(t.Context(), k.DB, passTeam(), knowledge.Filter{Kind: kind, Region: "44"}, "", 200)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(p.Rows, func(x knowledge.Item) bool { return !strings.HasPrefix(x.Origin, "answer/") })
}

var firstAnswers = questionnaire.Answers{
	"deplacements-point-fort":  "Un car toutes les vingt minutes entre la gare et le lycée. Il est plein.",
	"deplacements-freins":      "norme financement",
	"deplacements-besoins":     "ingenierie",
	"deplacements-commentaire": "Le dossier a duré deux ans.",
}

// The same version twice gives the same; a correction corrects; what is not said
// any more is set aside, unless the team had retained it.
func TestPassOn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, k, c := passRooms(t, d)
		pass, form := m.PassOn(k), passForm(t, m, questionnaire.Group)
		v := survey.Validated{Response: passResponse(t, d, c, "r1", "epci-246700488", questionnaire.Group, 1), Form: form, Answers: firstAnswers, Seq: 1}
		for range 2 {
			if err := pass(ctx, d, v); err != nil {
				t.Fatal(err)
			}
		}
		strengths, obstacles := known(t, k, knowledge.Strength), known(t, k, knowledge.Obstacle)
		if len(strengths) != 1 || len(obstacles) != 2 {
			t.Fatalf("%d strong points, %d obstacles", len(strengths), len(obstacles))
		}
		x := strengths[0]
		if x.Origin != "answer/r1/deplacements-point-fort" || x.Territory != "epci:246700488" || x.Org != "epci-246700488" || !slices.Equal(x.Levers, []string{"l25-reduction-deplacements"}) || x.Department != "67" ||
			x.Title != "Un car toutes les vingt minutes entre la gare et le lycée" || x.Rev != 1 || x.State != knowledge.Proposed {
			t.Errorf("%+v", x)
		}
		need := obstacles[slices.IndexFunc(obstacles, func(x knowledge.Item) bool { return strings.HasSuffix(x.Origin, "besoins") })]
		block := obstacles[slices.IndexFunc(obstacles, func(x knowledge.Item) bool { return strings.HasSuffix(x.Origin, "freins") })]
		if need.Nature != "ingenierie" || block.Nature != "norme" || block.Level != "national" || block.Evidence != "Le dossier a duré deux ans." || !strings.Contains(block.Text, "proposés par Jalon") {
			t.Errorf("%+v\n%+v", need, block)
		}
		if !need.Ticked || !block.Ticked || x.Ticked {
			t.Errorf("boxes %v and %v, a strong point written %v", need.Ticked, block.Ticked, x.Ticked)
		}
		// The team corrects and retains: a later version that says the same leaves it.
		block.Level = "regional"
		block, err := k.Save(ctx, d, passTeam(), block, "le niveau")
		if err != nil {
			t.Fatal(err)
		}
		if _, err = k.Judge(ctx, d, passTeam(), block.ID, block.Rev, knowledge.Retain, ""); err != nil {
			t.Fatal(err)
		}
		second := questionnaire.Answers{"deplacements-point-fort": "Un car tous les quarts d’heure entre la gare et le lycée.", "deplacements-freins": "norme financement", "deplacements-commentaire": "Le dossier a duré deux ans."}
		v2 := survey.Validated{Response: passResponse(t, d, c, "r1", "epci-246700488", questionnaire.Group, 2), Form: form, Answers: second, Seq: 2}
		if err := pass(ctx, d, v2); err != nil {
			t.Fatal(err)
		}
		by := func(suffix string) knowledge.Item {
			all := append(known(t, k, knowledge.Strength), known(t, k, knowledge.Obstacle)...)
			i := slices.IndexFunc(all, func(x knowledge.Item) bool { return strings.HasSuffix(x.Origin, suffix) })
			if i < 0 {
				t.Fatalf("no %s", suffix)
			}
			return all[i]
		}
		if x := by("point-fort"); x.Rev != 2 || !strings.HasPrefix(x.Title, "Un car tous les quarts") {
			t.Errorf("corrected: %+v", x)
		}
		if x := by("freins"); x.State != knowledge.Retained || x.Level != "regional" {
			t.Errorf("what the team corrected and retained: %+v", x)
		}
		if x := by("besoins"); x.State != knowledge.SetAside || x.Said == "" {
			t.Errorf("not said any more: %+v", x)
		}
		// The first version, late: nothing.
		if err := pass(ctx, d, v); err != nil {
			t.Fatal(err)
		}
		if x := by("point-fort"); x.Rev != 2 {
			t.Errorf("an older version passed over the newer: %+v", x)
		}
		// A third says nothing at all: the retained one stays, and says so.
		v3 := survey.Validated{Response: passResponse(t, d, c, "r1", "epci-246700488", questionnaire.Group, 3), Form: form, Answers: questionnaire.Answers{}, Seq: 3}
		for range 2 {
			if err := pass(ctx, d, v3); err != nil {
				t.Fatal(err)
			}
		}
		if x := by("freins"); x.State != knowledge.Retained || !strings.Contains(x.Said, "ne le dit plus") {
			t.Errorf("retained: %+v", x)
		}
		if x := by("point-fort"); x.State != knowledge.SetAside || x.Rev != 3 {
			t.Errorf("withdrawn twice: %+v", x)
		}
		// A fourth says it again, word for word.
		v4 := survey.Validated{Response: passResponse(t, d, c, "r1", "epci-246700488", questionnaire.Group, 4), Form: form, Answers: second, Seq: 4}
		if err := pass(ctx, d, v4); err != nil {
			t.Fatal(err)
		}
		if x := by("point-fort"); x.State != knowledge.Proposed || x.Said != "" {
			t.Errorf("said again: %+v", x)
		}
		if x := by("freins"); x.State != knowledge.Retained || x.Said != "" {
			t.Errorf("retained and said again: %+v", x)
		}
	})
}

// Twenty jobs for the same version, and for two versions, double nothing.
func TestPassOnAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, k, c := passRooms(t, d)
		pass, form := m.PassOn(k), passForm(t, m, questionnaire.Group)
		r := passResponse(t, d, c, "r1", "epci-246700488", questionnaire.Group, 2)
		later := questionnaire.Answers{"deplacements-point-fort": "Autre chose, dite autrement.", "deplacements-commentaire": "Deux."}
		var g errgroup.Group
		for i := range 20 {
			v := survey.Validated{Response: r, Form: form, Answers: firstAnswers, Seq: 1}
			if i%2 == 0 {
				v.Answers, v.Seq = later, 2
			}
			g.Go(func() error { return pass(context.Background(), d, v) })
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if s, o := known(t, k, knowledge.Strength), known(t, k, knowledge.Obstacle); len(s) != 1 || len(o) != 0 || s[0].Text != later["deplacements-point-fort"] {
			t.Errorf("%+v %+v", s, o)
		}
		texts, err := survey.Texts(t.Context(), d, passTeam(), c, survey.TextFilter{})
		if err != nil || len(texts) != 2 {
			t.Errorf("%d texts, %v", len(texts), err)
		}
	})
}

// An authority that serves several territories, or none, speaks of its region.
func TestPlaceOfAnswers(t *testing.T) {
	form := questionnaire.Form{Sections: []questionnaire.Section{{ID: "velo", Title: "Vélo", Theme: "se-deplacer", Questions: []questionnaire.Question{{ID: "velo-point-fort", Type: questionnaire.Text, Role: questionnaire.RoleStrength}}}}}
	for authority, want := range map[string]string{"epci-246700488": "epci:246700488", "commune-67482": "commune:67482", "departement-08": "department:08", "alsace": "region:44", "region-44": "region:44", "syndicat-1": "region:44"} {
		given := survey.Known(survey.Validated{Response: survey.Response{Authority: authority, Region: "44"}, Form: form, Answers: questionnaire.Answers{"velo-point-fort": "Une voie verte."}})
		if len(given) != 1 || given[0].Item.Territory != want {
			t.Errorf("%s: %+v", authority, given)
		}
	}
}

// Hostile words pass as words, and the longest is cut, never refused: a job that
// fails for ever would hold the rest back.
func TestPassOnHostileWords(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	m, k, c := passRooms(t, d)
	form := passForm(t, m, questionnaire.Group)
	v := survey.Validated{Response: passResponse(t, d, c, "r1", "epci-246700488", questionnaire.Group, 1), Form: form, Seq: 1, Answers: questionnaire.Answers{
		"deplacements-point-fort": strings.Repeat("é", 1<<20), "covoiturage-point-fort": "<script>alert(1)</script>\n\n# Titre", "deplacements-freins": "inconnu", "deplacements-commentaire": "..."}}
	if err := m.PassOn(k)(t.Context(), d, v); err != nil {
		t.Fatal(err)
	}
	if s, o := known(t, k, knowledge.Strength), known(t, k, knowledge.Obstacle); len(s) != 2 || len(o) != 0 {
		t.Errorf("%d strong points, %d obstacles", len(s), len(o))
	}
}

// Free texts are read by the team alone, nothing is publishable before, and a
// correction is to be read again.
func TestReviewOfTexts(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, k, c := passRooms(t, d)
		pass, form := m.PassOn(k), passForm(t, m, questionnaire.Group)
		v := survey.Validated{Response: passResponse(t, d, c, "r1", "epci-246700488", questionnaire.Group, 1), Form: form, Answers: firstAnswers, Seq: 1}
		if err := pass(ctx, d, v); err != nil {
			t.Fatal(err)
		}
		for name, a := range map[string]policy.Actor{"nobody": {}, "another region": {Person: "x", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "53")}}},
			"an expert": {Person: "x", Grants: []policy.Grant{{Role: policy.Expert, COP: c.COP}}}} {
			if _, err := survey.Texts(ctx, d, a, c, survey.TextFilter{}); err == nil {
				t.Errorf("read by %s", name)
			}
			if err := m.Review(ctx, d, a, c.ID, []survey.Reading{{"x", 1, survey.Publishable}}); err == nil {
				t.Errorf("reviewed by %s", name)
			}
		}
		texts, err := survey.Texts(ctx, d, passTeam(), c, survey.TextFilter{Role: questionnaire.RoleComment})
		if err != nil || len(texts) != 1 || texts[0].State != survey.Unread || texts[0].Lever != "l25-reduction-deplacements" {
			t.Fatal(texts, err)
		}
		if p, err := survey.PublishableTexts(ctx, d, c.ID); err != nil || len(p) != 0 {
			t.Errorf("before anybody read: %v %v", p, err)
		}
		x := texts[0]
		if err := m.Review(ctx, d, passTeam(), c.ID, []survey.Reading{{x.ID, x.Rev, survey.Publishable}}); err != nil {
			t.Fatal(err)
		}
		if err := m.Review(ctx, d, passTeam(), c.ID, []survey.Reading{{x.ID, x.Rev, survey.Withheld}}); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("an older revision: %v", err)
		}
		if err := m.Review(ctx, d, passTeam(), c.ID, []survey.Reading{{x.ID, x.Rev + 1, "magie"}}); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("an unknown state: %v", err)
		}
		p, err := survey.PublishableTexts(ctx, d, c.ID)
		if err != nil || len(p) != 1 || p[0].Authority != "" || p[0].Response != "" {
			t.Errorf("publishable: %+v %v", p, err)
		}
		before, _ := survey.TextsStamp(ctx, d, c.ID)
		answers := questionnaire.Answers{"deplacements-commentaire": "Écrire à M. Martin, 06 12 34 56 78."}
		v2 := survey.Validated{Response: passResponse(t, d, c, "r1", "epci-246700488", questionnaire.Group, 2), Form: form, Answers: answers, Seq: 2}
		if err := pass(ctx, d, v2); err != nil {
			t.Fatal(err)
		}
		if after, _ := survey.TextsStamp(ctx, d, c.ID); after == before {
			t.Error("the stamp did not move")
		}
		if p, err := survey.PublishableTexts(ctx, d, c.ID); err != nil || len(p) != 0 {
			t.Errorf("corrected, and still publishable: %+v %v", p, err)
		}
		if texts, err = survey.Texts(ctx, d, passTeam(), c, survey.TextFilter{}); err != nil || len(texts) != 1 || texts[0].State != survey.Unread {
			t.Errorf("%+v %v", texts, err)
		}
		var body string
		if err := d.QueryRow(ctx, `SELECT body FROM survey_text_version WHERE id = $1 ORDER BY rev DESC LIMIT 1`, x.ID).Scan(&body); err != nil || !json.Valid([]byte(body)) || strings.Contains(body, "Martin") {
			t.Errorf("%q %v", body, err)
		}
		// Twenty reviews at once: one is kept.
		var g errgroup.Group
		kept := make(chan bool, 20)
		for range 20 {
			g.Go(func() error {
				err := m.Review(context.Background(), d, passTeam(), c.ID, []survey.Reading{{x.ID, texts[0].Rev, survey.Personal}})
				kept <- err == nil
				if err != nil && apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		close(kept)
		n := 0
		for ok := range kept {
			if ok {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d of twenty reviews kept", n)
		}
	})
}

// The team judges while corrections arrive: nobody waits for the other both ways.
func TestPassOnWhileTheTeamJudges(t *testing.T) {
	d := testkit.Open(t, db.PostgreSQL)
	m, k, c := passRooms(t, d)
	pass, form := m.PassOn(k), passForm(t, m, questionnaire.Group)
	r := passResponse(t, d, c, "r1", "epci-246700488", questionnaire.Group, 1)
	if err := pass(t.Context(), d, survey.Validated{Response: r, Form: form, Answers: firstAnswers, Seq: 1}); err != nil {
		t.Fatal(err)
	}
	items := append(known(t, k, knowledge.Strength), known(t, k, knowledge.Obstacle)...)
	var g errgroup.Group
	for i := range 20 {
		g.Go(func() error {
			if i%2 == 0 {
				answers := questionnaire.Answers{"deplacements-point-fort": strings.Repeat("Autre ", i+1), "deplacements-freins": "foncier", "deplacements-besoins": "donnees"}
				return pass(context.Background(), d, survey.Validated{Response: r, Form: form, Answers: answers, Seq: 1})
			}
			x := items[i%len(items)]
			if _, err := k.Judge(context.Background(), d, passTeam(), x.ID, x.Rev, knowledge.Retain, ""); err != nil && apperr.KindOf(err) != apperr.Conflict {
				return err
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	if s, o := known(t, k, knowledge.Strength), known(t, k, knowledge.Obstacle); len(s) != 1 || len(o) != 2 {
		t.Errorf("%d strong points, %d obstacles", len(s), len(o))
	}
}
