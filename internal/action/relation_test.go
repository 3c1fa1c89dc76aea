package action_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"jalon/internal/action"
	"jalon/internal/blob"
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
