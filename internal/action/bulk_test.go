package action_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"jalon/internal/action"
	"jalon/internal/apperr"
)

func text(s string) *string { return &s }

// A bulk change takes what can change, and says of each of the others why it is left.
func TestBulkChangesWhatItCan(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		var aims []action.Aimed
		for _, title := range []string{"Un", "Deux", "Trois"} {
			x, err := k.room.Add(ctx, k.db, k.team, k.cop, action.Action{Kind: action.Sectoral, Title: title})
			if err != nil {
				t.Fatal(err)
			}
			aims = append(aims, action.Aimed{ID: x.ID, Rev: x.Rev})
		}
		aims[1].Rev = 7 // moved meanwhile
		out, err := k.room.Bulk(ctx, k.team, k.cop, aims, action.Change{Phase: text("study")}, "")
		if err != nil || len(out) != 3 {
			t.Fatal(out, err)
		}
		for _, f := range out {
			if moved := f.Action.Title == "Deux"; moved == f.Changed || moved == (f.Why == "") {
				t.Errorf("%s: changed %v, %q", f.Action.Title, f.Changed, f.Why)
			}
		}
		out, err = k.room.Bulk(ctx, k.team, k.cop, []action.Aimed{{ID: aims[0].ID, Rev: 2}}, action.Change{Status: text("late")}, "")
		if err != nil || out[0].Changed || !strings.Contains(out[0].Why, "pourquoi") {
			t.Errorf("late without a reason: %+v, %v", out, err)
		}
		if out, err := k.room.Bulk(ctx, over("ailleurs", "team", "53"), k.cop, aims, action.Change{Phase: text("idea")}, ""); apperr.KindOf(err) != apperr.NotFound || len(out) != 0 {
			t.Errorf("another team learns of drafts: %+v, %v", out, err)
		}
	})
}

// Of twenty who save an action at the same revision, one wins and the others get what it
// wrote; twenty added at once have twenty numbers.
func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		x, err := k.room.Add(ctx, k.db, k.team, k.cop, action.Action{Kind: action.Sectoral, Title: "Une action"})
		if err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		var mu sync.Mutex
		won, seen := 0, map[int64]bool{}
		for i := range 20 {
			wait.Add(2)
			go func() {
				defer wait.Done()
				in := x
				in.Summary = strings.Repeat("a", i+1)
				_, err := k.room.Save(ctx, k.db, k.team, in, "")
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if apperr.KindOf(err) != apperr.Conflict {
					t.Error(err)
				}
			}()
			go func() {
				defer wait.Done()
				y, err := k.room.Add(ctx, k.db, k.team, k.cop, action.Action{Kind: action.Sectoral, Title: "Une autre"})
				mu.Lock()
				defer mu.Unlock()
				if err != nil || seen[y.Seq] {
					t.Error(y.Seq, err)
				}
				seen[y.Seq] = true
			}()
		}
		wait.Wait()
		if won != 1 || len(seen) != 20 {
			t.Errorf("%d won, %d numbers", won, len(seen))
		}
	})
}

// A kept view is its keeper's, or the team's when it is shared.
func TestViewsAreKept(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		for _, v := range []action.View{{Name: "À qualifier", Query: "etat=proposee"}, {Name: "À qualifier", Query: "etat=proposee&theme=se-loger", Shared: true}} {
			if err := k.room.SaveView(ctx, k.team, k.cop, v); err != nil {
				t.Fatal(err)
			}
		}
		other := over("collègue", "team", "44")
		all, err := action.Views(ctx, k.db, other, k.cop)
		if err != nil || len(all) != 1 || all[0].Query != "etat=proposee&theme=se-loger" {
			t.Fatalf("%+v, %v", all, err)
		}
		if err := k.room.EndView(ctx, over("ailleurs", "team", "53"), k.cop, all[0].ID); apperr.KindOf(err) != apperr.NotFound && apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("another region ends it: %v", err)
		}
		if err := k.room.EndView(ctx, other, k.cop, all[0].ID); err != nil {
			t.Error(err)
		}
	})
}
