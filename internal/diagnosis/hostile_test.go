package diagnosis

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// The second word of a choice and people who order the list take the same rows: none
// of them waits for the other for ever, on either engine.
func TestOrderingWhileTheHeadsChoose(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		all := must[[]Theme](t)(m.StartThemes(ctx, theTeam, theCOP))
		for range 6 {
			now := must[[]Theme](t)(Themes(ctx, d, theCOP))
			var chosen []string
			for _, x := range now {
				if len(x.Levers) > 0 {
					chosen = append(chosen, x.Name)
				}
			}
			c := must[Choice](t)(m.ProposeChoice(ctx, thePrefet, theCOP, picked(now, chosen...)))
			var g errgroup.Group
			var done atomic.Bool
			for i := range 19 {
				g.Go(func() error {
					for n := 0; n < 4 || !done.Load() && n < 40; n++ {
						if err := m.MoveTheme(ctx, theTeam, all[(i+n)%len(all)].ID, (i+n)%2 == 0); err != nil {
							return err
						}
					}
					return nil
				})
			}
			g.Go(func() error {
				defer done.Store(true)
				_, err := m.COPs.Consent(ctx, theHead, c.Act)
				return err
			})
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			if got := must[[]Theme](t)(Themes(ctx, d, theCOP)); names2(got) == "" {
				t.Fatal("nothing was put first")
			}
			places := map[int64]bool{}
			for _, x := range must[[]Theme](t)(Themes(ctx, d, theCOP)) {
				places[x.Position] = true
			}
			if len(places) != len(all) {
				t.Fatalf("two themes in one place: %v", places)
			}
		}
	})
}

// An act of another COP puts no theme of this one first, and publishes no edition.
func TestAnActOfAnotherCOPEndsNothingHere(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		all := must[[]Theme](t)(m.StartThemes(ctx, theTeam, theCOP))
		c := must[Choice](t)(m.ProposeChoice(ctx, theTeam, theCOP, picked(all, all[0].Name)))
		for _, in := range []cop.NewAct{{Kind: cop.ThemesAct, Subject: c.ID, Title: "Choix", SHA256: c.SHA256}} {
			act, err := m.COPs.Propose(ctx, holding("ailleurs", policy.StateChair, "53"), cop.RegionID(cop.First, "53"), in)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.COPs.Consent(ctx, holding("là-bas", policy.RegionChair, "53"), act.ID); err != nil {
				t.Fatal(err)
			}
		}
		if w, ok, err := WaitingChoice(ctx, d, theCOP); err != nil || !ok || w.ID != c.ID {
			t.Errorf("the choice no longer waits: %v", err)
		}
	})
}

// A double press of a button adds one theme.
func TestAThemeIsAddedOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		in := input("Se loger", "biogaz")
		var added atomic.Int64
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				_, err := m.AddTheme(ctx, theTeam, theCOP, in)
				if err == nil {
					added.Add(1)
				} else if apperr.KindOf(err) != apperr.Invalid {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || added.Load() != 1 {
			t.Errorf("%d added, %v", added.Load(), err)
		}
	})
}

// Whoever changes a byte of a choice, or what the heads validated of it, with the
// database in hand, is found.
func TestVerifyReadsChoices(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		all := must[[]Theme](t)(m.StartThemes(ctx, theTeam, theCOP))
		c := must[Choice](t)(m.ProposeChoice(ctx, theTeam, theCOP, picked(all, all[0].Name)))
		for what, change := range map[string]string{"": `UPDATE diagnosis_choice SET state = state WHERE id = $1`, "body": `UPDATE diagnosis_choice SET body = body || ' ' WHERE id = $1`, "act": `UPDATE act SET sha256 = 'autre' WHERE subject = $1`} {
			if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
				if _, err := tx.Exec(ctx, change, c.ID); err != nil {
					return err
				}
				if v, err := Verify(ctx, tx); err != nil || v.Choices != 1 || len(v.Problems) != len(what)/3 {
					t.Errorf("%s: %+v %v", what, v, err)
				}
				return errors.New("put back")
			}); err == nil {
				t.Error("kept")
			}
		}
	})
}

// A weight is what pages write of it: one that they would write 0 weighs nothing.
func TestAWeightIsWhatIsWritten(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		for _, by := range []map[Criterion]float64{{Gap: 1e-9}, {Gap: math.NaN()}, {Gap: math.Inf(1)}, {Gap: -1}, {Gap: 1e308}, {}} {
			_, err := m.SaveWeights(ctx, theTeam, theCOP, Weights{By: by}, "essai")
			kindIs(t, fmt.Sprint(by), err, apperr.Invalid)
		}
		w := must[Weights](t)(m.SaveWeights(ctx, theTeam, theCOP, Weights{By: map[Criterion]float64{Gap: 1.234567, Size: 2}}, "essai"))
		if w.By[Gap] != 1.23 || w.Text(Gap) != "1,23" {
			t.Errorf("%+v", w)
		}
		if s := must[Scoring](t)(m.ScoresOf(ctx, theCOP, true)); s.Weights.By[Gap] != 1.23 {
			t.Errorf("%+v", s.Weights)
		}
	})
}

// The explanations of one document read the scores once; those of two pages, each its
// own.
func TestExplanationsOfOneDocumentShareTheScores(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	ctx, m := t.Context(), themed(t, d)
	model, reads := m.Model, 0
	m.Model = func(ctx context.Context) (*panorama.Model, error) { reads++; return model(ctx) }
	ask := func(ctx context.Context) figure.Explanation {
		var last figure.Explanation
		for _, lever := range []string{"biogaz", "voitures-electriques", "biogaz"} {
			last = must[figure.Explanation](t)(m.ExplainScore(ctx, ScoreKey(lever, "44", cop.First)))
		}
		return last
	}
	alone := ask(ctx)
	if reads != 3 {
		t.Errorf("%d readings for three pages", reads)
	}
	reads = 0
	if diff := cmp.Diff(alone, ask(Together(ctx))); diff != "" || reads != 1 {
		t.Errorf("%d readings for one document, %s", reads, diff)
	}
}
