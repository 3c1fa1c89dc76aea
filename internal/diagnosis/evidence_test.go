package diagnosis

import (
	"math"
	"slices"
	"strings"
	"testing"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/testkit"
	"jalon/internal/testkit/answered"
)

// answeredIn gives Grand Est a campaign on six levers of March 2025, and its answers.
func answeredIn(t *testing.T, d *db.DB) {
	t.Helper()
	f := answered.WideForm(6)
	for i, code := range []string{"l25-biogaz", "l25-gestion-forets-produits-bois", "l25-gestion-haies", "l25-reseaux-chaleur", "l25-velo", "l25-transports-commun"} {
		f.Sections[i].Lever = code
	}
	answered.Fill(t, d, answered.Campaign{Form: f, Cycle: cop.First, Regions: map[string][]string{"44": {"08", "10", "51", "52", "54", "55", "57", "67", "68", "88"}}, Communes: 30, Groups: 8, Share: 0.7, Seed: 3,
		COP: func(r string) string { return cop.RegionID(cop.First, r) }})
}

func fact(t *testing.T, s Scoring, lever string, c Criterion) Fact {
	t.Helper()
	x, ok := s.Lever(lever)
	if !ok {
		t.Fatalf("no lever %s", lever)
	}
	for i, r := range Criteria() {
		if r.Code == c {
			return x.Facts[i]
		}
	}
	t.Fatalf("no criterion %s", c)
	return Fact{}
}

// What the team reads before the answers are published is never what anyone reads,
// nor what a choice freezes, nor what a key explains.
func TestUnpublishedAnswersAreInNoPublicScore(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		answeredIn(t, d)
		m.COPs.OnEnd[cop.RestitutionAct] = m.Restitution.End
		team, public := must[Scoring](t)(m.ScoresOf(ctx, theCOP, false)), must[Scoring](t)(m.ScoresOf(ctx, theCOP, true))
		own := fact(t, team, "biogaz", Family)
		if !own.Known || !strings.Contains(own.Text, "pertinence") || !strings.Contains(team.Answers, "réponses") {
			t.Errorf("the team reads its answers: %+v, %s", own, team.Answers)
		}
		if wide := fact(t, team, "produits-bois", Family); !wide.Known || wide.Beside == "" || wide.Note != fact(t, team, "gestion-forets", Family).Note {
			t.Errorf("a part of a wider lever reads its note, and says so: %+v", wide)
		}
		if other := fact(t, team, "covoiturage", Family); other.Known || other.Reason == "" {
			t.Errorf("no question, no note: %+v", other)
		}
		if f := fact(t, team, "velo-transports-commun", Family); !f.Known || !strings.Contains(f.Numbers, "÷ 2") || f.Beside == "" {
			t.Errorf("a lever in two parts reads their mean: %+v", f)
		}
		for _, l := range public.Levers {
			if f := fact(t, public, l.Lever, Family); f.Known || !strings.Contains(f.Reason, "pas encore publiée") {
				t.Errorf("%s: %+v", l.Lever, f)
			}
		}
		key := ScoreKey("biogaz", "44", cop.First)
		before, err := m.ExplainScore(ctx, key)
		if err != nil || strings.Contains(before.Numbers+strings.Join(before.Notes, ""), "pertinence") || before.Figure.Value != french.Round(scoreOf(public, "biogaz"), 3) {
			t.Errorf("explained: %+v %v", before, err)
		}
		must[[]Theme](t)(m.StartThemes(ctx, theTeam, theCOP))
		all := must[[]Theme](t)(Themes(ctx, d, theCOP))
		c := must[Choice](t)(m.ProposeChoice(ctx, theTeam, theCOP, picked(all, all[2].Name)))
		if !c.Body.Scoring.Public || fact(t, c.Body.Scoring, "biogaz", Family).Known {
			t.Error("a choice froze what is not published")
		}

		e, err := m.Restitution.Propose(ctx, thePrefet, "campagne-44")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.COPs.Consent(ctx, theHead, e.Act); err != nil {
			t.Fatal(err)
		}
		public = must[Scoring](t)(m.ScoresOf(ctx, theCOP, true))
		if f := fact(t, public, "biogaz", Family); !f.Known || f.Note != own.Note {
			t.Errorf("published, and the same: %+v, want %+v", f, own)
		}
		if frozen := must[Choice](t)(FindChoice(ctx, d, c.ID)); fact(t, frozen.Body.Scoring, "biogaz", Family).Known || frozen.SHA256 != c.SHA256 {
			t.Error("the frozen choice changed")
		}
		after, err := m.ExplainScore(ctx, key)
		if err != nil || after.Figure.Value != french.Round(scoreOf(public, "biogaz"), 3) || after.Figure.Value == before.Figure.Value || !strings.Contains(after.Numbers, "÷") {
			t.Errorf("explained: %+v %v", after.Figure, err)
		}
	})
}

func scoreOf(s Scoring, lever string) float64 {
	x, _ := s.Lever(lever)
	return x.Score
}

func TestWhatIsRetainedCountsUnderEveryNameOfALever(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		known := &knowledge.Room{DB: d, IDs: m.IDs, Now: m.Now, Journal: m.Journal, Cursors: db.NewCursors([]byte("essai"))}
		if f := fact(t, must[Scoring](t)(m.ScoresOf(ctx, theCOP, true)), "biogaz", Obstacles); f.Known {
			t.Errorf("no obstacle yet: nothing is known, %+v", f)
		}
		keep := func(title string, retain bool, levers ...string) knowledge.Item {
			x, err := known.Add(ctx, d, theTeam, knowledge.Item{Kind: knowledge.Obstacle, Region: "44", Organisation: "DDT", Territory: "region:44", Scale: "region", Theme: "produire", Levers: levers, Title: title, Text: "Ce qui bloque.", Evidence: "Trois projets.", Nature: "norme", Level: "national"})
			if err == nil && retain {
				x, err = known.Judge(ctx, d, theTeam, x.ID, x.Rev, knowledge.Retain, "")
			}
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		keep("Permis", true, "biogaz")
		keep("Raccordement", true, "l25-biogaz")
		keep("Les deux", true, "biogaz", "l25-biogaz")
		keep("Pas encore examiné", false, "biogaz")
		s := must[Scoring](t)(m.ScoresOf(ctx, theCOP, true))
		if f := fact(t, s, "biogaz", Obstacles); !f.Known || f.Note != 0.6 || f.Page != "/regions/grand-est/freins?levier=biogaz" {
			t.Errorf("three obstacles, each once: %+v", f)
		}
		if f := fact(t, s, "gestion-haies", Obstacles); !f.Known || f.Note != 0 {
			t.Errorf("none, once the region has some: a true zero, %+v", f)
		}
		if f := fact(t, s, "biogaz", Strong); f.Known {
			t.Errorf("strong points are not obstacles: %+v", f)
		}
	})
}

// The facts of real regions keep to their rules, and lead to what they come from.
func TestFactsOfEveryRegionKeepToTheirRules(t *testing.T) {
	ctx, m := t.Context(), themed(t, testkit.Open(t, db.SQLite))
	ref, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	paced := 0
	for _, region := range ref.tree.Regions() {
		s := must[Scoring](t)(m.ScoresOf(ctx, cop.RegionID(cop.First, region.Code), true))
		largest := 0.0
		for _, l := range s.Levers {
			for i, r := range Criteria() {
				f := l.Facts[i]
				if f.Known != (f.Reason == "") || f.Note < 0 || f.Note > 1 || math.IsNaN(f.Note) || f.Known && (f.Text == "" || f.Numbers == "" || f.Key == "" && f.Page == "") {
					t.Errorf("%s, %s, %s: %+v", region.Name, l.Lever, r.Code, f)
				}
				if r.Code == Size {
					largest = max(largest, f.Note)
				}
				if r.Code == Pace && f.Known {
					paced++
				}
			}
			if l.Known && (l.Score < 0 || l.Score > 1 || l.Low < 1 || l.High < l.Low || l.Top < 0 || l.Top > 1) {
				t.Errorf("%s, %s: %+v", region.Name, l.Lever, l)
			}
		}
		if largest != 1 {
			t.Errorf("%s: the largest lever is at %v", region.Name, largest)
		}
	}
	if paced < 50 {
		t.Errorf("%d paces are known: the series are not read", paced)
	}
}

func TestTheGapIsWhatThePlanMisses(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		plans := &plan.Room{DB: d, IDs: m.IDs, Now: m.Now, Journal: m.Journal}
		team := holding("équipe", policy.Team, "53")
		bretagne := cop.RegionID(cop.First, "53")
		p, err := plans.Add(ctx, d, team, plan.Plan{Kind: plan.SRADDET, Territory: "region:53", Region: "53", Name: "Schéma", State: plan.InForce, Source: "essai"})
		if err != nil {
			t.Fatal(err)
		}
		if f := fact(t, must[Scoring](t)(m.ScoresOf(ctx, bretagne, true)), "voitures-electriques", Gap); f.Known {
			t.Errorf("a plan that says nothing: %+v", f)
		}
		if _, err := plans.AddObjective(ctx, d, team, plan.Objective{Plan: p.ID, Lever: "voitures-electriques", BaseYear: 2019, Base: plan.Figure{V: 10, Known: true}, TargetYear: 2030, Target: 100, Unit: "milliers de véhicules", Written: "100"}); err != nil {
			t.Fatal(err)
		}
		model := must[*panorama.Model](t)(m.Model(ctx))
		compared, err := plan.Read(ctx, d, model, "53", nil)
		if err != nil {
			t.Fatal(err)
		}
		s := must[Scoring](t)(m.ScoresOf(ctx, bretagne, true))
		for _, l := range compared.Lines {
			f := fact(t, s, l.Line.Lever.Code, Gap)
			if f.Known != (l.Gap.Known && l.Panorama.Kt.V > 0) {
				t.Errorf("%s: %+v beside %+v", l.Line.Lever.Code, f, l.Gap)
			}
			if f.Known {
				if want := clamp(-l.Gap.V / l.Panorama.Kt.V); math.Abs(f.Note-want) > 1e-12 || f.Key != "plan/"+l.Line.Lever.Code+"/region:53" {
					t.Errorf("%s: %+v, want %v", l.Line.Lever.Code, f, want)
				}
			}
			if l.Line.Lever.Code == "voitures-electriques" && !f.Known {
				t.Errorf("the plan of the region is not compared: %s", l.Gap.Reason)
			}
		}
	})
}

func TestALeverIsFoundUnderItsOtherNames(t *testing.T) {
	fw, err := framework.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	if n := namesOf(fw, "gestion-forets"); n.same[0] != "gestion-forets" || n.wider != "l25-gestion-forets-produits-bois" || len(n.parts) != 0 {
		t.Errorf("%+v", n)
	}
	if n := namesOf(fw, "velo-transports-commun"); n.wider != "" || !slices.Equal(n.parts, []string{"l25-velo", "l25-transports-commun"}) {
		t.Errorf("%+v", n)
	}
	if n := namesOf(fw, "om-dechets"); len(n.same) != 1 || n.wider != "" || len(n.parts) != 0 {
		t.Errorf("a lever of overseas has no other name: %+v", n)
	}
	if a, b := LeverName(fw, "residentiel-fioul"), LeverName(fw, "tertiaire-fioul"); a == b || a == "" {
		t.Errorf("twins: %q and %q", a, b)
	}
}

func TestAKeyThatNamesNoScoreIsNotFound(t *testing.T) {
	ctx, m := t.Context(), themed(t, testkit.Open(t, db.SQLite))
	for _, key := range []string{"diagnostic", "diagnostic/score/biogaz", "diagnostic/score/biogaz/france", "diagnostic/score/biogaz/region:99", "diagnostic/score/rien/region:44", "diagnostic/autre/biogaz/region:44", "diagnostic/score/biogaz/department:67"} {
		_, err := m.ExplainScore(ctx, key)
		kindIs(t, key, err, apperr.NotFound)
	}
	if e, err := m.ExplainScore(ctx, ScoreKey("om-dechets", "04", cop.First)); err != nil || e.Title == "" || len(e.Inputs) != len(Criteria()) {
		t.Errorf("%+v %v", e, err)
	}
}
