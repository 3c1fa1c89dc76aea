package action_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/db"
	"jalon/internal/link"
	"jalon/internal/policy"
)

// Actions never wait for one another in a ring, even when two people close it at once.
func TestRelationsNeverGoRound(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		var all []action.Action
		for _, title := range []string{"Étude", "Travaux", "Suivi"} {
			x, err := k.room.Add(ctx, k.db, k.team, k.cop, action.Action{Kind: action.Sectoral, Title: title})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, x)
		}
		on := func(i, j int) error {
			x, _, err := action.Find(ctx, k.db, k.team, all[i].ID)
			if err != nil {
				return err
			}
			x.Relations = []action.Relation{{Kind: "depends", Other: all[j].ID}}
			_, err = k.room.Save(ctx, k.db, k.team, x, "")
			return err
		}
		if err := on(1, 0); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		var mu sync.Mutex
		refused := 0
		for _, p := range [][2]int{{2, 1}, {0, 2}} {
			wait.Add(1)
			go func() {
				defer wait.Done()
				var f *action.Fault
				if err := on(p[0], p[1]); errors.As(err, &f) {
					mu.Lock()
					refused++
					mu.Unlock()
				} else if err != nil {
					t.Error(err)
				}
			}()
		}
		wait.Wait()
		if refused != 1 {
			t.Errorf("%d of the two that close the ring were refused", refused)
		}
		ties, err := k.room.Ties(ctx, k.db, k.team, k.cop, all[0].ID)
		if err != nil || len(ties) == 0 || ties[0].Name() == "" {
			t.Errorf("%+v, %v", ties, err)
		}
	})
}

// A document follows its action: who does not read it does not read the document, and a
// hidden one is for those who work on it.
func TestDocumentsFollowTheirAction(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		x, err := k.room.Add(ctx, k.db, k.team, k.cop, action.Action{Kind: action.Sectoral, Title: "Planter", Hidden: []string{"documents"}})
		if err != nil {
			t.Fatal(err)
		}
		x, err = k.room.Attach(ctx, k.team, x.ID, x.Rev, "Plan", strings.NewReader("%PDF-1.4 un plan"), blob.Claim{Name: "plan.pdf"})
		if err != nil || len(x.Files) != 1 {
			t.Fatal(x.Files, err)
		}
		if _, _, err := action.OpenFile(ctx, k.db, k.team, x.ID, x.Files[0].ID); err != nil {
			t.Error(err)
		}
		if _, _, err := action.OpenFile(ctx, k.db, policy.Actor{}, x.ID, x.Files[0].ID); err == nil {
			t.Error("anyone reads the document of a draft")
		}
		if x, err = k.room.Detach(ctx, k.team, x.ID, x.Rev, x.Files[0].ID, "Remplacé."); err != nil || len(x.Files) != 0 {
			t.Error(x.Files, err)
		}
	})
}

// An obstacle that an action says it met lists that action, until it no longer says so.
func TestObstaclesListTheActionsThatMetThem(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		x, err := k.room.Add(ctx, k.db, k.team, k.cop, action.Action{Kind: action.Sectoral, Title: "Planter", Met: []action.Met{{Item: "frein-1"}, {Text: "Le foncier"}}})
		if err != nil {
			t.Fatal(err)
		}
		met := func(item string, want int) {
			t.Helper()
			rows, err := k.room.Of(ctx, k.db, k.team, link.End{Kind: link.Obstacle, ID: item})
			if err != nil || len(rows) != want {
				t.Errorf("%s: %+v, %v", item, rows, err)
			}
		}
		met("frein-1", 1)
		x.Met = []action.Met{{Item: "frein-2"}}
		if _, err = k.room.Save(ctx, k.db, k.team, x, ""); err != nil {
			t.Fatal(err)
		}
		met("frein-1", 0)
		met("frein-2", 1)
	})
}

// Whoever ties an action and whoever holds a COP with its actions, as lists and imports
// do, never wait for each other both ways.
func TestWhoTiesAndWhoHoldsTheCOPGoOn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		var all []action.Action
		for _, title := range []string{"Étude", "Travaux"} {
			x, err := k.room.Add(ctx, k.db, k.team, k.cop, action.Action{Kind: action.Sectoral, Title: title})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, x)
		}
		var wait sync.WaitGroup
		for range 10 {
			wait.Go(func() {
				for range 5 {
					x, _, err := action.Find(ctx, k.db, k.team, all[1].ID)
					if err != nil {
						t.Error(err)
						return
					}
					x.Relations = []action.Relation{{Kind: "depends", Other: all[0].ID}}
					if _, err := k.room.Save(ctx, k.db, k.team, x, ""); err != nil && apperr.KindOf(err) != apperr.Conflict {
						t.Error(err)
					}
				}
			})
			wait.Go(func() {
				for range 10 {
					if err := db.Tx(ctx, k.db, func(ctx context.Context, tx db.Q) error {
						if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev WHERE id = $1`, k.cop.ID); err != nil {
							return err
						}
						_, err := tx.Exec(ctx, `UPDATE action SET rev = rev WHERE id = $1`, all[1].ID)
						return err
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
	})
}
