package web_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"jalon/internal/action"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	told "jalon/internal/diagnosis/live"
	"jalon/internal/document"
	"jalon/internal/followup"
	review "jalon/internal/followup/live"
	"jalon/internal/knowledge"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// retainedAction writes an action on hedges that both heads of Grand Est had retained.
func (s *site) retainedAction(id string, seq int64, change func(*action.Action)) action.Action {
	s.t.Helper()
	kg, km := panorama.Kg(3_003_003), 100.0
	x := action.Action{ID: id, Rev: 1, COP: cop.RegionID(cop.First, "44"), Cycle: cop.First, Region: "44", Seq: seq, Kind: action.Sectoral, State: action.Retained, Title: "Haies " + id, Summary: "Planter.", Theme: "se-nourrir",
		Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "department:67"}}, Holder: action.Party{Name: "Chambre d’agriculture"}, Starts: "2025", Ends: "2029", Status: "going", StatusOn: "2025-01-01",
		Impacts: []action.Impact{{Lever: "gestion-haies", Class: action.Quantified, Quantity: &km, Unit: "km", Kg: &kg}}, At: s.now, Changed: s.now, RetainedOn: s.now.Format(time.DateOnly)}
	if change != nil {
		change(&x)
	}
	if err := db.Tx(s.t.Context(), s.d, func(ctx context.Context, tx db.Q) error {
		if err := action.InsertAll(ctx, tx, "", "", []action.Action{x}); err != nil {
			return err
		}
		_, err := db.Bump(ctx, tx, action.VersionOf(x.COP), s.now)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return x
}

// reviewBlocks is the catalogue of the review, as the program builds it.
func (s *site) reviewBlocks() composition.Catalogue {
	return review.New(review.Sources{DB: s.d, Outcome: s.follow.Outcome, Told: told.New(told.Sources{DB: s.d, Now: func() time.Time { return s.now }, Model: s.store.Model, Restitution: s.answers, Diagnosis: s.diagnose})})
}

// reviewBlock is one block of the review of a year, as it would be made on a day.
func (s *site) reviewBlock(region territory.Region, term, day, code string) composition.Made {
	s.t.Helper()
	open, err := s.reviewBlocks().Open(s.t.Context(), composition.Place{COP: cop.RegionID(cop.First, region.Code), Cycle: cop.First, Region: region, Day: day, Term: term})
	if err != nil {
		s.t.Fatal(err)
	}
	made, err := open.Make(s.t.Context(), code, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return made
}

// reviewed is all that the review of 2025 says, as it would be proposed on a day.
func (s *site) reviewed(day string) string {
	s.t.Helper()
	m, err := s.store.Model(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	region, err := m.Tree().Region("44")
	if err != nil {
		s.t.Fatal(err)
	}
	all := s.reviewBlocks()
	open, err := all.Open(s.t.Context(), composition.Place{COP: cop.RegionID(cop.First, "44"), Cycle: cop.First, Region: region, Day: day, Term: "2025"})
	if err != nil {
		s.t.Fatal(err)
	}
	out := map[string]composition.Made{}
	for _, l := range all.List() {
		made, err := open.Make(s.t.Context(), l.Code, nil)
		if err != nil {
			s.t.Fatal(l.Code, err)
		}
		out[l.Code] = made
	}
	text, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// What changes once the year is over alters nothing of its review, whenever that is
// proposed: actions, alerts, obstacles and their answers.
func TestAReviewIsOfItsYear(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ctx := t.Context()
		copID := cop.RegionID(cop.First, "44")
		team := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: copID}}}
		nation := policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		c, err := cop.Find(ctx, d, copID)
		must(err)

		s.now = time.Date(2025, 6, 2, 8, 0, 0, 0, time.UTC)
		s.retainedAction("a", 1, nil)
		b := s.retainedAction("b", 2, func(x *action.Action) { x.Status, x.StatusReason, x.StatusOn = "blocked", "Foncier.", "2025-06-01" })
		stop, err := s.known.Add(ctx, d, team, knowledge.Item{Kind: knowledge.Obstacle, Region: "44", Organisation: "DREAL", Territory: "region:44", Scale: "region", Levers: []string{"gestion-haies"}, Title: "Foncier agricole", Text: "Bloque.", Evidence: "Deux projets.", Nature: "foncier", Level: "national"})
		must(err)
		stop, err = s.known.Judge(ctx, d, team, stop.ID, stop.Rev, knowledge.Retain, "")
		must(err)
		stop, err = s.known.Escalate(ctx, d, team, stop.ID, stop.Rev, "Hors de notre portée.")
		must(err)
		_, _, err = s.follow.FollowUp.Watch(ctx, c)
		must(err)
		_, err = s.follow.FollowUp.Say(ctx, d, team, followup.Update{Action: "a", Day: "2025-06-01", Said: followup.Said{Status: "done"}})
		must(err)

		s.now = time.Date(2026, 1, 12, 8, 0, 0, 0, time.UTC)
		was := s.reviewed("2026-01-12")
		for _, want := range []string{"Haies a", "1er juin 2025", "Foncier agricole", "Action bloquée", "aucune année après 2025", "12 janvier 2026"} {
			if !strings.Contains(plain(was), want) {
				t.Errorf("the review does not say %q", want)
			}
		}

		// Everything that may change does.
		b.Title, b.Ends = "Un autre titre", "2026"
		_, err = s.register.Save(ctx, d, team, b, "Corrigé après coup.")
		must(err)
		s.retainedAction("c", 3, nil)
		_, err = s.follow.FollowUp.Say(ctx, d, team, followup.Update{Action: "b", Day: "2026-01-10", Said: followup.Said{Status: "going"}})
		must(err)
		live, _, err := followup.Alerts(ctx, d, copID)
		must(err)
		for _, x := range live {
			_, err = s.follow.FollowUp.AnswerAlert(ctx, team, x.ID, x.Rev, "explained", "Levé depuis.")
			must(err)
		}
		_, _, err = s.follow.FollowUp.Watch(ctx, c)
		must(err)
		g, err := knowledge.FindGroup(ctx, d, nation, stop.Group)
		must(err)
		_, err = s.known.Answer(ctx, d, nation, g.ID, g.Rev, knowledge.Reply{Title: "Autre titre", Nature: "foncier", Level: "national", Status: "leve", Answer: "C’est levé.", Day: "2026-01-11"}, "")
		must(err)
		other, err := s.known.Add(ctx, d, team, knowledge.Item{Kind: knowledge.Obstacle, Region: "44", Organisation: "DREAL", Territory: "region:44", Scale: "region", Levers: []string{"gestion-haies"}, Title: "Venu après", Text: "Bloque.", Evidence: "Un projet.", Nature: "foncier", Level: "national"})
		must(err)
		_, err = s.known.Judge(ctx, d, team, other.ID, other.Rev, knowledge.Retain, "")
		must(err)
		if now := s.reviewed("2026-01-12"); now != was {
			t.Errorf("the review of 2025 changed since:\n%s\n%s", was, now)
		}
		// In its own year the same review reads what is there.
		if late := s.reviewed("2025-06-02"); !strings.Contains(late, "Haies a") {
			t.Error("a review made within its year reads nothing")
		}
	})
}

// A review is set beside the last one as that was frozen: both figures, their difference,
// and what one of them does not say.
func TestAReviewIsSetBesideTheLastOne(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		ctx := t.Context()
		copID := cop.RegionID(cop.First, "44")
		team := policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: copID}}}
		heads := []policy.Actor{{Person: "état", Grants: []policy.Grant{{Role: policy.StateChair, COP: copID}}}, {Person: "région", Grants: []policy.Grant{{Role: policy.RegionChair, COP: copID}}}}
		m, err := s.store.Model(ctx)
		if err != nil {
			t.Fatal(err)
		}
		region, err := m.Tree().Region("44")
		if err != nil {
			t.Fatal(err)
		}
		publish := func(term, day string) composition.Edition {
			t.Helper()
			s.now, err = time.Parse(time.DateOnly, day)
			if err != nil {
				t.Fatal(err)
			}
			all := s.reviewBlocks()
			root, err := s.composing.Begin(ctx, team, composition.Review, copID, term, all.List(), true)
			if err != nil {
				t.Fatal(err)
			}
			e, err := s.composing.ProposeEdition(ctx, team, root.Rev, composition.Review, term, composition.Place{COP: copID, Cycle: cop.First, Region: region, Day: day, Term: term},
				composition.Press{Catalogue: all, Explain: s.follow.Outcome.Explain, Draw: func(context.Context, document.Document) ([]document.File, error) { return nil, nil },
					Sheet: func(int64) composition.Sheet { return composition.Sheet{} }})
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range heads {
				if _, err := s.cops.Consent(ctx, h, e.Act); err != nil {
					t.Fatal(err)
				}
			}
			if e, err = composition.FindEdition(ctx, d, e.ID); err != nil || e.State != composition.EditionPublished {
				t.Fatal(e.State, err)
			}
			return e
		}
		s.now = time.Date(2024, 3, 4, 8, 0, 0, 0, time.UTC)
		s.retainedAction("a", 1, nil)
		s.retainedAction("b", 2, nil)
		if e := publish("2024", "2025-02-03"); e.Day != "2024-12-31" {
			t.Errorf("the edition is of the %s", e.Day)
		}
		km := 12.0
		if _, err := s.follow.FollowUp.Say(ctx, d, team, followup.Update{Action: "a", Day: "2025-02-01", Said: followup.Said{Status: "done", Quantities: []followup.Quantity{{Lever: "gestion-haies", Quantity: &km, Unit: "km", Class: followup.Declared}}}}); err != nil {
			t.Fatal(err)
		}
		s.now = time.Date(2026, 1, 12, 8, 0, 0, 0, time.UTC)
		made := s.reviewBlock(region, "2025", "2026-01-12", "evolution/derniere-revue")
		rows := map[string][]document.Cell{}
		for _, b := range made.Blocks {
			for _, row := range b.(document.Table).Rows {
				rows[row[0].Text] = row[1:]
			}
		}
		for name, want := range map[string][3]string{
			"Actions terminées": {"0", "1", "+1"}, "Actions retenues": {"2", "2", "0"},
			"Tous les leviers, déclaré par les porteurs (kt par an)": {"", "0,360", ""}, "Tous les leviers, attendu en 2030 (kt par an)": {"6,006", "6,006", "0,000"},
		} {
			got := rows[name]
			if len(got) != 3 || got[0].Text != want[0] || got[1].Text != want[1] || got[2].Text != want[2] {
				t.Errorf("%s: %+v, want %v", name, got, want)
			}
			for _, c := range got {
				if c.Text == "" && c.Missing == "" {
					t.Errorf("%s: a missing figure has no reason", name)
				}
			}
		}
		if made.Title != "Depuis la revue 2024, 1\u00a0action terminée de plus" {
			t.Errorf("finding: %q", made.Title)
		}
	})
}
