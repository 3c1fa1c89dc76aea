package roadmap

import (
	"errors"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

func reasons() map[string]string {
	out := map[string]string{}
	for _, c := range Codes() {
		out[c] = "Les élections ont repoussé ce travail à l’automne."
	}
	return out
}

// A COP closes with a reason for each point that lacks, by both heads, once.
func TestACOPIsClosed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), ended(t, d)
		_, err := m.ProposeClose(ctx, expert, theCOP, reasons())
		want(t, "an expert", err, apperr.Forbidden)
		_, err = m.ProposeClose(ctx, stranger, theCOP, reasons())
		want(t, "another region", err, apperr.NotFound)
		short := reasons()
		short[Covered] = "bof"
		_, err = m.ProposeClose(ctx, team, theCOP, short)
		var f *Fault
		if !errors.As(err, &f) || f.Field != "raison-"+Covered {
			t.Errorf("a short reason: %v", err)
		}
		other, err := m.COPs.Propose(ctx, prefet, theCOP, cop.NewAct{Kind: cop.StageAct, Subject: "x", Title: "Autre acte"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.ProposeClose(ctx, team, theCOP, reasons())
		want(t, "while an act waits", err, apperr.Conflict)
		if _, err := m.COPs.Withdraw(ctx, prefet, other.ID, "à revoir"); err != nil {
			t.Fatal(err)
		}

		var won, lost atomic.Int64
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				switch _, err := m.ProposeClose(ctx, team, theCOP, reasons()); {
				case err == nil:
					won.Add(1)
				case apperr.KindOf(err) == apperr.Conflict:
					lost.Add(1)
				default:
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 || lost.Load() != 19 {
			t.Fatalf("%d won, %d lost: %v", won.Load(), lost.Load(), err)
		}
		x := m.stands(t)
		if x.Close.State != CloseProposed || !x.Close.Intact() || x.Close.Body.Points[0].Reason == "" {
			t.Fatalf("%+v", x.Close)
		}
		act := x.Close.Act
		for _, who := range []policy.Actor{team, expert, stranger, over("préfet de Bretagne", policy.StateChair, "53")} {
			if _, err := m.COPs.Consent(ctx, who, act); err == nil {
				t.Errorf("%s validated", who.Person)
			}
		}
		if _, err := m.COPs.Consent(ctx, prefet, act); err != nil {
			t.Fatal(err)
		}
		if other, err = m.COPs.Propose(ctx, prefet, theCOP, cop.NewAct{Kind: cop.StageAct, Subject: "y", Title: "Encore un acte"}); err != nil {
			t.Fatal(err)
		}
		_, err = m.COPs.Consent(ctx, chair, act)
		want(t, "the second word while another act waits", err, apperr.Conflict)
		if held := must(cop.FindAct(ctx, d, act)); held.State != cop.ActPending || len(held.Consents) != 1 {
			t.Fatalf("the word was kept: %+v", held)
		}
		if _, err := m.COPs.Withdraw(ctx, prefet, other.ID, "à revoir"); err != nil {
			t.Fatal(err)
		}
		won.Store(0)
		for range 20 {
			g.Go(func() error {
				if _, err := m.COPs.Consent(ctx, chair, act); err == nil {
					won.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 {
			t.Fatalf("%d closed: %v", won.Load(), err)
		}
		if x = m.stands(t); x.Close.State != Closed || x.Close.EndedOn != "2026-03-02" || !x.Close.Intact() {
			t.Errorf("%+v", x.Close)
		}
		_, err = m.ProposeClose(ctx, team, theCOP, reasons())
		want(t, "closed twice", err, apperr.Conflict)
		m.exec(t, `UPDATE roadmap_close SET body = REPLACE(body, 'automne', 'hiver')`)
		if m.stands(t).Close.Intact() {
			t.Error("an altered close is intact")
		}
	})
}

// What is withdrawn may be proposed again.
func TestACloseIsWithdrawn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), ended(t, d)
		x, err := m.ProposeClose(ctx, prefet, theCOP, reasons())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.COPs.Withdraw(ctx, prefet, x.Act, "trop tôt"); err != nil {
			t.Fatal(err)
		}
		if held := m.stands(t).Close; held.ID != "" {
			t.Errorf("%+v", held)
		}
		if x, err = m.ProposeClose(ctx, prefet, theCOP, reasons()); err != nil || x.Seq != 2 {
			t.Errorf("%+v %v", x, err)
		}
	})
}
