package report_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/journal"
	"jalon/internal/national"
	"jalon/internal/policy"
	"jalon/internal/report"
	"jalon/internal/restitution"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/testkit/answered"
)

// asked gives two regions a campaign since the 1st of February 2026 with answers of
// the 2nd: Grand Est marks its own on the 10th and publishes on the 20th, Bretagne is
// still collecting.
func (s site) asked(t *testing.T) (*restitution.Room, *survey.Room) {
	t.Helper()
	ctx, d := t.Context(), s.db
	answered.Fill(t, d, answered.Campaign{Form: answered.WideForm(6), Cycle: cop.First, Regions: map[string][]string{"44": {"08", "10", "51", "67"}, "53": {"22", "29"}}, Communes: 12, Groups: 8, Share: 0.7, Seed: 3,
		COP: func(r string) string { return cop.RegionID(cop.First, r) }})
	day := func(n int) time.Time { return time.Date(2026, 2, n, 9, 0, 0, 0, time.UTC) }
	mark := func(region string, rev int, state survey.CampaignState, at time.Time) {
		c, err := survey.FindCampaign(ctx, d, "campagne-"+region)
		if err != nil {
			t.Fatal(err)
		}
		c.State = state
		body, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Insert(ctx, d, "campaign_version", []string{"id", "rev", "at", "by", "reason", "body"}, [][]any{{c.ID, 100 + rev, at.UnixMilli(), "", "", string(body)}}, ""); err != nil {
			t.Fatal(err)
		}
	}
	mark("44", 1, survey.CampaignOpen, day(1))
	mark("53", 1, survey.CampaignOpen, day(1))
	mark("44", 2, survey.CampaignNearly, day(10))
	if _, err := d.Exec(ctx, `INSERT INTO response_version (response_id, seq, form, form_version, packed, doc, sha256, by, at, reason)
		SELECT a.response_id, 1, 'essai', 1, a.packed, '', '', '', a.at, '' FROM answer a WHERE TRUE`); err != nil {
		t.Fatal(err)
	}
	published := day(20)
	at := func() time.Time { return published }
	ids := db.NewIDs(at, rand.Reader)
	keys := db.NewCursors([]byte("k"))
	j := journal.New(ids, at, keys)
	tree := func(context.Context) (*territory.Tree, error) { return s.model.Tree(), nil }
	cops := &cop.Room{DB: d, IDs: ids, Now: at, Journal: j, Cursors: keys, Random: rand.Reader}
	m := &restitution.Room{DB: d, IDs: ids, Now: at, Journal: j, COPs: cops, Tree: tree}
	cops.OnEnd = map[string]func(context.Context, db.Q, cop.Act) error{cop.RestitutionAct: m.End}
	who := func(role policy.Role) policy.Actor {
		return policy.Actor{Person: string(role), Grants: []policy.Grant{{Role: role, COP: cop.RegionID(cop.First, "44")}}}
	}
	e, err := m.Propose(ctx, who(policy.Team), "campagne-44")
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range []policy.Role{policy.StateChair, policy.RegionChair} {
		if _, err := cops.Consent(ctx, who(role), e.Act); err != nil {
			t.Fatal(err)
		}
	}
	return m, &survey.Room{DB: d, Now: now, Tree: tree}
}

func told(t *testing.T, doc document.Document, id string) string {
	t.Helper()
	text, err := json.Marshal(part(t, doc, id))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The point d'étape says what was answered by its day, and no more: before the first
// answer, what is awaited; then rates, with who counts; then what was published.
func TestThePointSaysWhatWasAnsweredByItsDay(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), open(t, d)
		room, rates := s.asked(t)
		at := func(day string) document.Document {
			doc, err := report.National(ctx, s.db, s.model, report.Edition{Cycle: cop.First, Day: day, Restitution: room.Past})
			if err != nil {
				t.Fatal(err)
			}
			return doc
		}
		has := func(doc document.Document, id, want string) {
			t.Helper()
			if got := told(t, doc, id); !strings.Contains(got, want) {
				t.Errorf("%s of %s: no %q in %s", id, doc.Day, want, got)
			}
		}
		before := at("2026-01-31")
		has(before, "taux-de-reponse", "aucune campagne de questionnaire n’est ouverte")
		has(before, "familles-de-leviers", "il y faut les réponses")
		has(before, "synthese-des-questionnaires", "attend les premières réponses")
		has(before, "etudes", "réponses à venir")
		collecting := at("2026-02-03")
		has(collecting, "taux-de-reponse", "aucun taux national encore")
		has(collecting, "familles-de-leviers", "aucune région n’a publié")
		marked := at("2026-02-12")
		has(marked, "taux-de-reponse", "Retenues\u00a0: Grand Est.")
		has(marked, "taux-de-reponse", "encore\u00a0: Bretagne.")
		has(marked, "taux-de-reponse", "questionnaire/taux/"+cop.First+"/nation/epci/2026-02-12")
		has(marked, "taux-de-reponse", "au 27\u00a0mai\u00a02024")
		has(marked, "familles-de-leviers", "aucune région n’a publié")
		whole := at("2026-03-01")
		has(whole, "familles-de-leviers", "restitution/"+cop.First+"/nation@2026-03-01/tous/mobilisation/essai-l")
		has(whole, "synthese-des-questionnaires", "/engagement/l")
		has(whole, "etudes", "réponses publiées par 1\u00a0région")
		if a, b := at("2026-02-12"), at("2026-02-12"); !reflect.DeepEqual(a, b) {
			t.Error("the same day gives two documents")
		}
		study, err := report.SurveyStudy(ctx, s.db, s.model, report.Edition{Cycle: cop.First, Day: "2026-03-01", Restitution: room.Past})
		if err != nil {
			t.Fatal(err)
		}
		has(study, "carte-des-leviers", "carte-des-leviers")

		// Each number is explained as it was on that day, whoever asks.
		var registry figure.Registry
		registry.Register("panorama", s.model.Explain)
		registry.Register(national.Prefix, s.board.Figure)
		registry.Register(survey.Figures, rates.Explain)
		registry.Register(restitution.Prefix, room.Explain)
		seen := 0
		for _, doc := range []document.Document{marked, whole, study} {
			for key, shown := range keysOf(doc) {
				if !strings.HasPrefix(key, survey.Figures+"/") && !strings.HasPrefix(key, restitution.Prefix+"/") {
					continue
				}
				x, err := registry.Explain(ctx, key)
				if err != nil {
					t.Errorf("%s: %v", key, err)
					continue
				}
				seen++
				for _, text := range shown {
					if !same(strings.ReplaceAll(text, "\u00a0(", " ("), x.Figure) {
						t.Errorf("%s shows %q, the figure is %v", key, text, x.Figure.Value)
					}
				}
			}
		}
		if seen < 20 {
			t.Errorf("only %d figures", seen)
		}
		for _, key := range []string{"questionnaire/taux/" + cop.First + "/nation/epci/2999-01-01", "questionnaire/taux/" + cop.First + "/nation/epci/hier", "restitution/" + cop.First + "/nation@hier/tous/reponses",
			"restitution/" + cop.First + "/region:44@2026-02-12/tous/reponses", "restitution/" + cop.First + "/nation@2026-02-12/tous/reponses"} {
			if _, err := registry.Explain(ctx, key); err == nil {
				t.Errorf("%s is explained", key)
			}
		}
		// A deck, a text and a page hold the whole.
		for format, body := range written(t, whole) {
			if len(body) == 0 {
				t.Errorf("no %s", format)
			}
		}
	})
}
