package action_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/link"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// wired is the kit whose acts end in the register, as the program wires them.
func (k *kit) wired() {
	k.room.COPs.OnEnd = map[string]func(context.Context, db.Q, cop.Act) error{cop.ActionsAct: k.room.End}
}

func (k *kit) again(t *testing.T, id string) action.Action {
	t.Helper()
	x, _, err := action.Find(t.Context(), k.db, k.team, id)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// A list freezes its actions; both heads validate it, and it is the record that anyone
// reads. What was retained moves no more, its status does.
func TestBothHeadsRetainAList(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		k.wired()
		x, y := k.brought(t, "Haies du Sundgau", action.Debated), k.brought(t, "Haies de la Meuse", action.Debated)
		y.Budget.Invest, y.Hidden = cents(1_234_500), []string{"budget"}
		y, err := k.room.Save(ctx, k.db, k.team, y, "Budget confidentiel.")
		if err != nil {
			t.Fatal(err)
		}
		q := k.brought(t, "Haies des Vosges", action.Qualified)
		var stale *action.Stale
		if _, err := k.room.ProposeListing(ctx, k.team, k.cop, "", []action.Pick{{ID: x.ID, Rev: x.Rev}, {ID: q.ID, Rev: q.Rev}}); !errors.As(err, &stale) || len(stale.Moved) != 1 {
			t.Errorf("a list with what is not debated: %v", err)
		}
		if got := k.again(t, x.ID); got.State != action.Debated || got.Rev != x.Rev {
			t.Errorf("half a list was kept: %+v", got)
		}
		if _, err := k.room.ProposeListing(ctx, policy.Actor{}, k.cop, "", []action.Pick{{ID: x.ID, Rev: x.Rev}}); err == nil {
			t.Error("anyone proposes a list")
		}
		l, err := k.room.ProposeListing(ctx, k.team, k.cop, "", []action.Pick{{ID: x.ID, Rev: x.Rev}, {ID: y.ID, Rev: y.Rev}})
		if err != nil || l.Seq != 1 || !l.Intact() || len(l.Frozen.Actions) != 2 || l.Frozen.Actions[0].Title != "Haies du Sundgau" {
			t.Fatalf("%+v %v", l, err)
		}
		if l.Frozen.Actions[1].Budget.Invest != nil {
			t.Error("a record that anyone reads holds a budget that is hidden")
		}
		held := k.again(t, x.ID)
		held.Title = "Autre chose"
		if _, err := k.room.Save(ctx, k.db, k.team, held, ""); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("changed while both heads read it: %v", err)
		}
		if _, err := action.FindListing(ctx, k.db, policy.Actor{}, k.cop, "1"); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("anyone reads a list that waits: %v", err)
		}
		for _, a := range []policy.Actor{k.state, k.region} {
			if _, err := k.room.COPs.Consent(ctx, a, l.Act); err != nil {
				t.Fatal(err)
			}
		}
		got := k.again(t, x.ID)
		if got.State != action.Retained || got.RetainedOn != "2026-03-02" || got.List != l.ID {
			t.Errorf("%+v", got)
		}
		if l, err = action.FindListing(ctx, k.db, policy.Actor{}, k.cop, "1"); err != nil || l.State != action.ListingRetained || l.EndedOn != "2026-03-02" {
			t.Errorf("%+v %v", l, err)
		}
		for _, to := range action.States() {
			if _, err := k.room.Move(ctx, k.db, k.team, action.Turned{ID: got.ID, Rev: got.Rev, To: to, Reason: "x", Debate: action.Debate{On: "2026-02-20", Reason: "x"}}); apperr.KindOf(err) != apperr.Conflict {
				t.Errorf("retained, then %s: %v", to, err)
			}
		}
		got.Status, got.StatusReason = "abandoned", "Porteur dissous."
		if got, err = k.room.Save(ctx, k.db, k.team, got, "Le porteur renonce."); err != nil || got.State != action.Retained {
			t.Errorf("its status: %+v %v", got, err)
		}
		v, err := action.Verify(ctx, k.db)
		if err != nil || v.Lists != 1 || len(v.Problems) != 0 {
			t.Errorf("%+v %v", v, err)
		}
		if _, err := k.db.Exec(ctx, `UPDATE action_listing SET body = REPLACE(body, 'Sundgau', 'Ried')`); err != nil {
			t.Fatal(err)
		}
		if v, err = action.Verify(ctx, k.db); err != nil || len(v.Problems) == 0 || !strings.Contains(v.Problems[0], "empreinte") {
			t.Errorf("what was changed is not seen: %+v %v", v, err)
		}
	})
}

// A list that is withdrawn gives its actions back, and they may be listed again.
func TestAWithdrawnListGivesBack(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		k.wired()
		x := k.brought(t, "Haies", action.Debated)
		l, err := k.room.ProposeListing(ctx, k.state, k.cop, "Première liste", []action.Pick{{ID: x.ID, Rev: x.Rev}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.room.COPs.Withdraw(ctx, k.state, l.Act, "Il manque une action."); err != nil {
			t.Fatal(err)
		}
		x = k.again(t, x.ID)
		if x.State != action.Debated || x.List != "" {
			t.Errorf("%+v", x)
		}
		if l, err = k.room.ProposeListing(ctx, k.region, k.cop, "", []action.Pick{{ID: x.ID, Rev: x.Rev}}); err != nil || l.Seq != 2 {
			t.Errorf("%+v %v", l, err)
		}
		all, err := action.Listings(ctx, k.db, policy.Actor{}, k.cop)
		if err != nil || len(all) != 0 {
			t.Errorf("anyone reads lists that are not retained: %d %v", len(all), err)
		}
	})
}

// Of twenty people who propose one action at once, one list has it; of two heads who
// validate while a third withdraws, one end alone is kept.
func TestListsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		k.wired()
		x := k.brought(t, "Haies", action.Debated)
		y := k.brought(t, "Méthanisation", action.Debated)
		var won atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				var err error
				switch {
				case i == 7:
					z := x
					z.Summary = "Autre résumé."
					_, err = k.room.Save(ctx, k.db, k.team, z, "")
				case i == 9:
					_, err = k.room.Merge(ctx, k.db, k.team, action.Merging{Kept: action.Pick{ID: y.ID, Rev: y.Rev}, Other: action.Pick{ID: x.ID, Rev: x.Rev}, Reason: "La même."})
				default:
					_, err = k.room.ProposeListing(ctx, []policy.Actor{k.team, k.state, k.region}[i%3], k.cop, "", []action.Pick{{ID: x.ID, Rev: x.Rev}})
				}
				if err == nil {
					won.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 {
			t.Fatalf("%d won, %v", won.Load(), err)
		}
		z := k.brought(t, "Covoiturage", action.Debated)
		l, err := k.room.ProposeListing(ctx, k.team, k.cop, "", []action.Pick{{ID: z.ID, Rev: z.Rev}})
		if err != nil {
			t.Fatal(err)
		}
		g = errgroup.Group{}
		for i := range 20 {
			g.Go(func() error {
				var err error
				if i%5 == 4 {
					_, err = k.room.COPs.Withdraw(ctx, k.team, l.Act, "Une erreur.")
				} else {
					_, err = k.room.COPs.Consent(ctx, []policy.Actor{k.state, k.region}[i%2], l.Act)
				}
				if err != nil && apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		z = k.again(t, z.ID)
		l, err = action.FindListing(ctx, k.db, k.team, k.cop, l.ID)
		if err != nil || l.State == action.ListingProposed || (l.State == action.ListingRetained) != (z.State == action.Retained) || (l.State == action.ListingWithdrawn) != (z.State == action.Debated) {
			t.Errorf("list %s, action %s, %v", l.State, z.State, err)
		}
		if v, err := action.Verify(ctx, k.db); err != nil || len(v.Problems) > 0 {
			t.Errorf("%+v %v", v, err)
		}
	})
}

// The same action declared twice is found, merged with its trace and its links, counted
// once, and parted again as it was.
func TestTwoActionsAreOne(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		quantity := 300.0
		add := func(title, place, holder string) action.Action {
			in := whole(title)
			in.Places, in.Holder.Name = []action.Place{{Territory: place}}, holder
			in.Impacts = []action.Impact{{Lever: "gestion-haies", Class: action.Quantified, Quantity: &quantity, Unit: "km", Object: "haies"}}
			x, err := k.room.Add(ctx, k.db, k.team, k.cop, in)
			if err == nil {
				x, err = k.room.Assess(ctx, k.db, k.team, x.ID, x.Rev, action.SelfTurn, sample(""))
			}
			if err == nil {
				x, err = k.room.Move(ctx, k.db, k.team, action.Turned{ID: x.ID, Rev: x.Rev, To: action.Proposed})
			}
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		x := add("Planter 300 km de haies bocagères", "epci:246700488", "Eurométropole de Strasbourg")
		y := add("Plantation de haies bocagères, 300 km", "commune:67482", "Ville de Strasbourg")
		add("Planter 300 km de haies bocagères", "department:08", "Ardennes")
		find := func() []action.Pair {
			t.Helper()
			all, err := k.room.Pairs(ctx, k.db, k.team, k.cop, k.model.Tree(), func(c string) string { return c }, 50)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		pairs := find()
		if len(pairs) != 1 || pairs[0].A.ID != x.ID || pairs[0].B.ID != y.ID || len(pairs[0].Why) < 4 {
			t.Fatalf("%+v", pairs)
		}
		near, err := action.Alike(ctx, k.db, k.team, k.cop, k.model.Tree(), "planter des haies bocagères", "gestion-haies", []string{"commune:67482"})
		if err != nil || len(near) != 2 {
			t.Errorf("while typing: %d, %v", len(near), err)
		}
		if near, err = action.Alike(ctx, k.db, policy.Actor{}, k.cop, k.model.Tree(), "planter des haies bocagères", "", nil); err != nil || len(near) != 0 {
			t.Errorf("anyone is told of what is not public: %d, %v", len(near), err)
		}
		c1, c2 := link.End{Kind: link.Contribution, ID: "c1"}, link.End{Kind: link.Contribution, ID: "c2"}
		for _, l := range []struct {
			from link.End
			to   string
		}{{c1, x.ID}, {c1, y.ID}, {c2, y.ID}} {
			if err := k.room.Links.Join(ctx, k.db, k.cop.ID, "équipe", l.from, link.End{Kind: link.Action, ID: l.to}); err != nil {
				t.Fatal(err)
			}
		}
		links := func(id string) int {
			t.Helper()
			all, err := link.To(ctx, k.db, link.End{Kind: link.Action, ID: id})
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		if _, err := k.room.Merge(ctx, k.db, k.team, action.Merging{Kept: action.Pick{ID: x.ID, Rev: x.Rev}, Other: action.Pick{ID: y.ID, Rev: y.Rev}}); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		kept, err := k.room.Merge(ctx, k.db, k.team, action.Merging{Kept: action.Pick{ID: x.ID, Rev: x.Rev}, Other: action.Pick{ID: y.ID, Rev: y.Rev}, From: []string{"title"}, Reason: "La ville est dans l’EPCI."})
		if err != nil || kept.Title != y.Title || kept.Holder.Name != x.Holder.Name || len(kept.CoHolders) != 1 || len(kept.Impacts) != 1 {
			t.Fatalf("%+v %v", kept, err)
		}
		gone := k.again(t, y.ID)
		if gone.State != action.Merged || gone.MergedInto != x.ID || links(x.ID) != 2 || links(y.ID) != 0 || len(find()) != 0 {
			t.Errorf("%+v, links %d %d", gone, links(x.ID), links(y.ID))
		}
		p, err := k.room.Unmerge(ctx, k.db, k.team, gone.ID, gone.Rev, "Ce sont deux chantiers.")
		if err != nil || p.KeptChanged || p.Other.State != action.Proposed || p.Other.MergedInto != "" {
			t.Fatalf("%+v %v", p, err)
		}
		if back := k.again(t, x.ID); back.Title != x.Title || len(back.CoHolders) != 0 || links(x.ID) != 1 || links(y.ID) != 2 {
			t.Errorf("%+v, links %d %d", back, links(x.ID), links(y.ID))
		}
		if len(find()) != 0 {
			t.Error("what was parted is offered for merging again")
		}
		x = k.again(t, x.ID)
		if err := k.room.Dismiss(ctx, k.team, action.Pick{ID: x.ID, Rev: x.Rev}, action.Pick{ID: y.ID, Rev: p.Other.Rev}, ""); err != nil {
			t.Error(err)
		}
	})
}

// Of twenty people who merge two actions, either way, call them distinct or withdraw
// one, one merging at most is kept, and nobody waits for ever.
func TestMergingsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		x, y := k.brought(t, "Haies", action.Proposed), k.brought(t, "Plantation de haies", action.Proposed)
		one, two := action.Pick{ID: x.ID, Rev: x.Rev}, action.Pick{ID: y.ID, Rev: y.Rev}
		var won atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				in := action.Merging{Kept: one, Other: two, Reason: "La même."}
				if i%2 == 0 {
					in.Kept, in.Other = two, one
				}
				_, err := k.room.Merge(ctx, k.db, k.team, in)
				if err == nil {
					won.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 {
			t.Fatalf("%d won, %v", won.Load(), err)
		}
		a, b := k.again(t, x.ID), k.again(t, y.ID)
		if (a.State == action.Merged) == (b.State == action.Merged) {
			t.Errorf("%s and %s", a.State, b.State)
		}
		gone := a
		if b.State == action.Merged {
			gone = b
		}
		won.Store(0)
		for range 20 {
			g.Go(func() error {
				_, err := k.room.Unmerge(ctx, k.db, k.team, gone.ID, gone.Rev, "Deux chantiers.")
				if err == nil {
					won.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 {
			t.Errorf("parted %d times, %v", won.Load(), err)
		}
	})
}

// BenchmarkPairs compares the 2 000 actions of a COP two by two: at first, when nothing
// moved, after one moved. BenchmarkNear compares one that is being typed.
func BenchmarkPairs(b *testing.B) {
	k := crowd(b)
	read := func(b *testing.B, m *action.Room) []action.Pair {
		all, err := m.Pairs(b.Context(), k.db, k.team, k.cop, k.model.Tree(), func(c string) string { return c }, 100)
		if err != nil {
			b.Fatal(err)
		}
		return all
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			read(b, &action.Room{DB: k.db})
		}
	})
	all := read(b, k.room)
	b.Run("kept", func(b *testing.B) {
		for b.Loop() {
			read(b, k.room)
		}
	})
	b.Run("one moved", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			if _, err := k.db.Exec(b.Context(), `UPDATE action SET rev = rev + 1 WHERE id = $1`, all[0].A.ID); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			read(b, k.room)
		}
	})
}

func BenchmarkNear(b *testing.B) {
	k := crowd(b)
	for b.Loop() {
		if _, err := action.Alike(b.Context(), k.db, k.team, k.cop, k.model.Tree(), "planter des haies bocagères le long des routes", "gestion-haies", []string{"department:67"}); err != nil {
			b.Fatal(err)
		}
	}
}

// crowd is a COP of 2 000 proposed actions.
func crowd(b *testing.B) *kit {
	b.Helper()
	k := newKit(b, testkit.Open(b, db.SQLite))
	verbs, things, where := []string{"Planter", "Restaurer", "Soutenir", "Développer", "Équiper", "Former"}, []string{"haies bocagères", "méthaniseurs agricoles", "pistes cyclables", "réseaux de chaleur", "écoles rénovées", "ateliers de réemploi", "flottes électriques"}, []string{"du Sundgau", "de la Meuse", "des Vosges", "de l’Aube", "du Ried", "de la Zorn", "du Barrois", "de l’Argonne"}
	levers, departments := []string{"gestion-haies", "biogaz", "covoiturage", "voitures-electriques", "produits-bois"}, []string{"67", "68", "54", "55", "57", "88", "08", "10", "51", "52"}
	for i := range 2000 {
		x := whole(verbs[i%len(verbs)] + " des " + things[i%len(things)] + " " + where[i%len(where)] + ", tranche " + strconv.Itoa(i))
		x.State, x.Levers, x.Places = action.Proposed, []string{levers[i%len(levers)]}, []action.Place{{Territory: "department:" + departments[i%len(departments)]}}
		if _, err := k.room.Add(b.Context(), k.db, k.team, k.cop, x); err != nil {
			b.Fatal(err)
		}
	}
	return k
}
