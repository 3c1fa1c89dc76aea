package action_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/policy"
)

func hedge(title, object string, km float64, place string) action.Action {
	return action.Action{Kind: action.Sectoral, Title: title, Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: place}},
		Impacts: []action.Impact{{Lever: "gestion-haies", Class: action.Quantified, Quantity: &km, Unit: "km", Object: object}}}
}

// Of twenty people who settle the same overlap at once, one is heard; the others read
// what it said. Who may not judge changes nothing.
func TestOverlapIsSettledOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		a, err := k.room.Add(ctx, k.db, k.team, k.cop, hedge("Planter", "haies bocagères", 100, "region:44"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := k.room.Add(ctx, k.db, k.team, k.cop, hedge("Planter ici", "haies bocagères", 10, "department:67"))
		if err != nil {
			t.Fatal(err)
		}
		say := action.Overlap{Lever: "gestion-haies", Counts: a.ID, Other: b.ID, Part: 2_000, State: action.Confirmed, Reason: "La même haie."}
		if _, err := k.room.SettleOverlap(ctx, k.db, over("lectrice", policy.NationalReader, "44"), say); apperr.KindOf(err) != apperr.Forbidden && apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a reader settles: %v", err)
		}
		var heard, late atomic.Int64
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				x := say
				if i%2 == 1 {
					x.Counts, x.Other = x.Other, x.Counts // the pair is the same whatever the order
				}
				now, err := k.room.SettleOverlap(ctx, k.db, k.team, x)
				switch {
				case err == nil:
					heard.Add(1)
				case apperr.KindOf(err) == apperr.Conflict && now.Reason == say.Reason && now.Rev == 1:
					late.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if heard.Load() != 1 || late.Load() != 19 {
			t.Errorf("%d heard, %d late", heard.Load(), late.Load())
		}
		list, err := action.Overlaps(ctx, k.db, k.cop.ID)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		for _, bad := range []action.Overlap{{Lever: "gestion-haies", Counts: a.ID, Other: a.ID, State: action.Confirmed, Reason: "x"}, {Lever: "gestion-haies", Counts: a.ID, Other: b.ID, Part: 10_000, State: action.Confirmed, Reason: "x"},
			{Lever: "gestion-haies", Counts: a.ID, Other: b.ID, State: action.Confirmed}, {Lever: "gestion-haies", Counts: a.ID, Other: b.ID, State: "peut-être", Reason: "x"}} {
			if _, err := k.room.SettleOverlap(ctx, k.db, k.team, bad); apperr.KindOf(err) != apperr.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

// Near actions are on places one inside the other, and alike by words or by quantity.
func TestFindNear(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		id := func(x action.Action, id string) action.Action { x.ID = id; return x }
		all := []action.Action{
			id(hedge("Programme", "haies bocagères de plaine", 4000, "region:44"), "a"),
			id(hedge("Bas-Rhin", "haies bocagères en plaine d’Alsace", 40, "department:67"), "b"),
			id(hedge("Strasbourg", "arbres d’alignement", 40, "commune:67482"), "c"),
			id(hedge("Haut-Rhin", "arbres fruitiers plantés", 500, "department:68"), "d"),
		}
		got := map[string]string{}
		for _, n := range action.FindNear(k.model.Tree(), all) {
			got[n.A.ID+n.B.ID] = n.Why[0]
		}
		// a and b by their words, b and c by their quantity; the Haut-Rhin is like none.
		if len(got) != 2 || got["ab"] == "" || got["bc"] == "" {
			t.Errorf("%v", got)
		}
	})
}
