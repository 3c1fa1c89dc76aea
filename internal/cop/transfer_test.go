package cop

import (
	"context"
	"sync"
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// move is MoveDelegations in a transaction of its own, as a transfer does it.
func (r *room) move(a policy.Actor, from, to string) (moved, left int, err error) {
	err = db.Tx(r.t.Context(), r.DB, func(ctx context.Context, tx db.Q) error {
		moved, left, err = r.MoveDelegations(ctx, tx, a, from, to)
		return err
	})
	return moved, left, err
}

// A head moves what their side gave, from today on and to its last day, under the
// same decision; the other side's is left and counted, what is over is neither.
func TestAHeadMovesTheDelegationsOfTheirSide(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		give := func(by policy.Actor, from, to, decision string) Delegation {
			t.Helper()
			return must[Delegation](t)(r.Delegate(ctx, by, Delegation{COP: grandEst, Person: "delegue", Reach: "kind", Target: StageAct, From: from, To: to, Decision: decision}))
		}
		running, coming := give(prefet, "2026-02-01", "2026-03-31", "arrêté 1"), give(prefet, "2026-06-01", "2026-06-30", "arrêté 2")
		over, theirs, ended := give(prefet, "2026-01-01", "2026-02-28", "arrêté 3"), give(president, "2026-02-01", "2026-12-31", "délibération 4"), give(prefet, "2026-02-01", "2026-12-31", "arrêté 5")
		if err := r.EndDelegation(ctx, prefet, grandEst, ended.ID); err != nil {
			t.Fatal(err)
		}
		before := must[[]Delegation](t)(Delegations(ctx, d, grandEst))
		for name, a := range map[string]policy.Actor{"a team": team, "the delegate": delegate, "nobody": {}} {
			if moved, left, err := r.move(a, "delegue", "suite"); err != nil || moved != 0 || left != 3 {
				t.Errorf("%s moved %d, left %d (%v)", name, moved, left, err)
			}
		}
		if moved, left, err := r.move(prefet, "delegue", prefet.Person); err != nil || moved != 0 || left != 3 {
			t.Errorf("to the head themself: moved %d, left %d (%v)", moved, left, err)
		}
		if after := must[[]Delegation](t)(Delegations(ctx, d, grandEst)); len(after) != len(before) {
			t.Fatalf("%d delegations, then %d", len(before), len(after))
		}

		if moved, left, err := r.move(prefet, "delegue", "suite"); err != nil || moved != 2 || left != 1 {
			t.Fatalf("moved %d, left %d (%v)", moved, left, err)
		}
		now := map[string]Delegation{} // of the follower, by decision
		for _, x := range must[[]Delegation](t)(Delegations(ctx, d, grandEst)) {
			switch open := x.EndedAt.IsZero(); {
			case x.Person == "suite":
				now[x.Decision] = x
			case x.ID == running.ID || x.ID == coming.ID || x.ID == ended.ID:
				if open {
					t.Errorf("goes on beside its follower: %+v", x)
				}
			case x.ID == over.ID || x.ID == theirs.ID:
				if !open {
					t.Errorf("ended, and not theirs to end: %+v", x)
				}
			}
		}
		want := func(old Delegation, from string) Delegation {
			old.ID, old.Person, old.Giver, old.From, old.At, old.EndedAt = now[old.Decision].ID, "suite", prefet.Person, from, r.now, time.Time{}
			return old
		}
		if len(now) != 2 || now["arrêté 1"] != want(running, "2026-03-02") || now["arrêté 2"] != want(coming, "2026-06-01") {
			t.Errorf("%+v", now)
		}
		if n := r.acts(journal.Filter{Kind: "delegation", Verb: "transfer"}); n != 2 {
			t.Errorf("%d rows of the journal", n)
		}
		if moved, left, err := r.move(prefet, "delegue", "suite"); err != nil || moved != 0 || left != 1 {
			t.Errorf("once more: moved %d, left %d (%v)", moved, left, err)
		}
		_, act := r.launch(president)
		if act, err := r.Consent(ctx, policy.Actor{Person: "suite"}, act.ID); err != nil || act.State != ActRecorded {
			t.Errorf("the follower gives no word: %+v %v", act, err)
		}
	})
}

// Of twenty who transfer at once, one moves each delegation: it has one follower.
func TestTwentyMoveADelegationOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		must[Delegation](t)(r.Delegate(ctx, prefet, Delegation{COP: grandEst, Person: "delegue", Reach: "all", From: "2026-03-01", To: "2026-12-31", Decision: "arrêté 1"}))
		var all sync.WaitGroup
		moved, errs := make([]int, 20), make([]error, 20)
		for i := range 20 {
			all.Go(func() { moved[i], _, errs[i] = r.move(prefet, "delegue", "suite") })
		}
		all.Wait()
		n := 0
		for i := range 20 {
			n += moved[i]
			if errs[i] != nil {
				t.Error(errs[i])
			}
		}
		open := 0
		for _, x := range must[[]Delegation](t)(Delegations(ctx, d, grandEst)) {
			if x.EndedAt.IsZero() {
				open++
				if x.Person != "suite" {
					t.Errorf("%+v", x)
				}
			}
		}
		if n != 1 || open != 1 {
			t.Errorf("moved %d times, %d in force", n, open)
		}
	})
}
