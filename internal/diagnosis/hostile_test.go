package diagnosis

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
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
		m.COPs.OnEnd[cop.DiagnosisAct] = m.EndEdition
		all := must[[]Theme](t)(m.StartThemes(ctx, theTeam, theCOP))
		c := must[Choice](t)(m.ProposeChoice(ctx, theTeam, theCOP, picked(all, all[0].Name)))
		s := newShelf()
		root, _ := begun(t, m, s)
		e, err := m.ProposeEdition(ctx, team, root.Rev, grandEst, press(s, &ledger{}))
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range []cop.NewAct{{Kind: cop.ThemesAct, Subject: c.ID, Title: "Choix", SHA256: c.SHA256}, {Kind: cop.DiagnosisAct, Subject: e.ID, Title: "Édition", SHA256: e.SHA256}} {
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
		if list, err := PublishedEditions(ctx, d, theCOP); err != nil || len(list) != 0 {
			t.Errorf("published: %+v %v", list, err)
		}
	})
}

// A live block that left the catalogue keeps its choices when its words are changed,
// and takes none that a form invents.
func TestABlockOutOfTheCatalogueKeepsItsChoices(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), conference(t, d, noon), newShelf()
		_, blocks := begun(t, m, s)
		b := blocks[2]
		b.Params = map[string]string{"nombre": "tous"}
		b, err := m.SaveBlock(ctx, team, s.list, b, "")
		if err != nil {
			t.Fatal(err)
		}
		want := maps.Clone(b.Params)
		s.list = s.list[1:]
		b.Text, b.Params = "Nos mots.", map[string]string{"autre": strings.Repeat("x", 1<<20)}
		b, err = m.SaveBlock(ctx, team, s.list, b, "")
		if err != nil || b.Text != "Nos mots." || !maps.Equal(b.Params, want) {
			t.Errorf("%.200v %v", b, err)
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
