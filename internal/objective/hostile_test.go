package objective

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// ticking makes each act of a room a minute after the one before.
func ticking(m *Room) {
	at := m.Now()
	m.Now = func() time.Time { at = at.Add(time.Minute); return at }
	m.COPs.Now = m.Now
}

func shareAll(t *testing.T, m *Room, p Place, picks ...Pick) SharingList {
	t.Helper()
	s, err := m.ProposeSharing(t.Context(), team, p, picks)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []policy.Actor{state, region} {
		if _, err := m.COPs.Consent(t.Context(), a, s.Act); err != nil {
			t.Fatal(err)
		}
	}
	s, err = FindSharing(t.Context(), m.DB, s.ID)
	if err != nil || s.State != SharingShared {
		t.Fatalf("%+v %v", s, err)
	}
	return s
}

// What was noted against a value that was only discussed never becomes public: when
// that value is withdrawn its dissent leaves with it, and that of the value in force
// stays.
func TestDissentOfWithdrawnValueStaysOnTheTable(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, model := table(t, d)
		ticking(m)
		p := place(t, d, model, "44", "region:44")
		const lever = "biogaz"
		if _, err := m.Put(ctx, team, p, kt(lever, "100", 0)); err != nil {
			t.Fatal(err)
		}
		shareAll(t, m, p, Pick{Lever: lever, Rev: 1})
		held, err := m.Dissent(ctx, team, p, NewDissent{Lever: lever, Party: "associations", Name: "Collectif", Text: "100 est trop peu."})
		if err != nil {
			t.Fatal(err)
		}
		o, _, err := Of(ctx, d, p, lever)
		if err != nil {
			t.Fatal(err)
		}
		if o, err = m.Put(ctx, team, p, kt(lever, "200", o.Rev)); err != nil {
			t.Fatal(err)
		}
		secret, err := m.Dissent(ctx, team, p, NewDissent{Lever: lever, Party: "economique", Name: "Chambre", Text: "200 est hors de portée.", Measure: InKt, Typed: "150"})
		if err != nil {
			t.Fatal(err)
		}
		if o, err = m.Withdraw(ctx, team, p, lever, o.Rev+1, "Trop tôt."); err != nil || o.State != Shared || o.Value.Kg.Kg != 100*panorama.KgPerKt {
			t.Fatalf("%+v %v", o, err)
		}
		public, err := Dissents(ctx, d, p.COP.ID, false)
		if err != nil || len(public[o.ID]) != 1 || public[o.ID][0].ID != held.ID {
			t.Errorf("anyone reads %+v %v", public, err)
		}
		all, err := DissentsOf(ctx, d, o.ID)
		if err != nil || len(all) != 2 || all[1].ID != secret.ID || all[1].State != DissentLifted || all[1].Rev != 2 {
			t.Errorf("%+v %v", all, err)
		}
		past, err := Versions(ctx, d, o.ID)
		if err != nil || past[0].Dissents[1].State != DissentLifted {
			t.Errorf("%+v %v", past[0], err)
		}
		// What the State offers, taken up after a value that nobody shared, bears no
		// word against that value.
		if _, err := m.Put(ctx, team, p, kt("gestion-haies", "3", 0)); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Dissent(ctx, team, p, NewDissent{Lever: "gestion-haies", Party: "economique", Name: "Chambre", Text: "3 est hors de portée."}); err != nil {
			t.Fatal(err)
		}
		gone, err := m.Withdraw(ctx, team, p, "gestion-haies", 2, "Finalement non.")
		if err != nil || gone.State != Withdrawn {
			t.Fatalf("%+v %v", gone, err)
		}
		line, _ := p.Line("gestion-haies")
		s := shareAll(t, m, p, Pick{Lever: "gestion-haies", Rev: gone.Rev, AsOffered: true, Kg: line.Objective.Kg})
		if n := len(s.Frozen.Lines[0].Dissents); n != 0 || strings.Contains(string(s.Body()), "hors de portée") {
			t.Errorf("the list of what is offered bears %d dissents", n)
		}
	})
}

// An act of another COP brings nothing of this one into force.
func TestAnActOfAnotherCOPEndsNothingHere(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, model := table(t, d)
		p := place(t, d, model, "44", "region:44")
		if _, err := m.Put(ctx, team, p, kt("biogaz", "100", 0)); err != nil {
			t.Fatal(err)
		}
		s, err := m.ProposeSharing(ctx, team, p, []Pick{{Lever: "biogaz", Rev: 1}})
		if err != nil {
			t.Fatal(err)
		}
		elsewhere := cop.RegionID(cop.First, "53")
		act, err := m.COPs.Propose(ctx, over("ailleurs", policy.StateChair, "53"), elsewhere, cop.NewAct{Kind: cop.ObjectivesAct, Subject: s.ID, Title: "Partage", SHA256: s.SHA256})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.COPs.Consent(ctx, over("là-bas", policy.RegionChair, "53"), act.ID); err != nil {
			t.Fatal(err)
		}
		o, _, err := Of(ctx, d, p, "biogaz")
		if err != nil || o.State != Sharing || o.SharedRev != 0 {
			t.Errorf("%+v %v", o, err)
		}
		if s, err = FindSharing(ctx, d, s.ID); err != nil || s.State != SharingProposed {
			t.Errorf("%+v %v", s, err)
		}
	})
}

// Whoever changes a byte of a list, what the heads validated of it, or a value in
// force, with the database in hand, is found.
func TestVerifyFindsWhatWasChangedByHand(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, model := table(t, d)
		p := place(t, d, model, "44", "region:44")
		for _, lever := range []string{"biogaz", "voitures-electriques"} {
			if _, err := m.Put(ctx, team, p, kt(lever, "100", 0)); err != nil {
				t.Fatal(err)
			}
		}
		s := shareAll(t, m, p, Pick{Lever: "biogaz", Rev: 1}, Pick{Lever: "voitures-electriques", Rev: 1})
		problems := func(what string, n int) {
			t.Helper()
			if v, err := Verify(ctx, d); err != nil || v.Lists != 1 || len(v.Problems) != n {
				t.Errorf("%s: %+v %v", what, v, err)
			}
		}
		change := func(text string, args ...any) {
			t.Helper()
			if n, err := d.Exec(ctx, text, args...); err != nil || n != 1 {
				t.Fatal(n, err)
			}
		}
		problems("untouched", 0)
		change(`UPDATE objective SET shared_kg = shared_kg + 1 WHERE lever = 'biogaz' AND cop_id = $1`, p.COP.ID)
		problems("a kilogram more", 1)
		change(`UPDATE objective SET shared_kg = shared_kg - 1 WHERE lever = 'biogaz' AND cop_id = $1`, p.COP.ID)
		change(`UPDATE act SET sha256 = 'autre' WHERE id = $1`, s.Act)
		problems("another act", 1)
		change(`UPDATE act SET sha256 = $2 WHERE id = $1`, s.Act, s.SHA256)
		change(`UPDATE objective_sharing SET body = $2 WHERE id = $1`, s.ID, strings.Replace(string(s.Body()), "plénière", "plenière", 1))
		problems("a byte of the list", 3) // and both values are of no list that holds
	})
}

// A button pressed twice notes one dissent, whoever is first.
func TestADissentIsNotedOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, model := table(t, d)
		p := place(t, d, model, "44", "region:44")
		if _, err := m.Put(ctx, team, p, kt("biogaz", "100", 0)); err != nil {
			t.Fatal(err)
		}
		var noted atomic.Int64
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				_, err := m.Dissent(ctx, team, p, NewDissent{Lever: "biogaz", Party: "experts", Name: "Chercheurs", Text: "Trop."})
				if err == nil {
					noted.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || noted.Load() != 1 {
			t.Errorf("%d noted, %v", noted.Load(), err)
		}
		o, _, err := Of(ctx, d, p, "biogaz")
		if all, err2 := DissentsOf(ctx, d, o.ID); err != nil || err2 != nil || len(all) != 1 || o.Rev != 2 {
			t.Errorf("%+v %+v %v %v", o, all, err, err2)
		}
		// Another day, other words, or once it is lifted, it is another.
		if _, err := m.Dissent(ctx, team, p, NewDissent{Lever: "biogaz", Party: "experts", Name: "Chercheurs", Text: "Trop.", Day: "2026-02-01"}); err != nil {
			t.Error(err)
		}
	})
}
