package ambition

import (
	"context"
	"crypto/rand"
	"math"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/french"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// bench is the room with its COP, the place that it debates and the debate of a lever.
type bench struct {
	*Room
	d     Debate
	c     cop.COP
	place objective.Place
	at    time.Time
}

var team = policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "44")}}}

func set(t testing.TB, d *db.DB) *bench {
	t.Helper()
	b := &bench{at: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return b.at }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	j, queue := journal.New(ids, now, keys), jobs.New(ids, now)
	store := panorama.NewStore(d, data.FS, func(ctx context.Context) (*territory.Tree, error) { return territory.LoadActive(ctx, d) })
	model, err := store.Model(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	box := mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys})
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, model.Tree()); err != nil {
		t.Fatal(err)
	}
	people := &account.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Outbox: box, Key: []byte("essai"), BaseURL: "https://jalon.test", COPsOf: cop.IDsOfRegion}
	shared := &debate.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Cursors: keys, Queue: queue, Outbox: box, COPs: cops, Accounts: people, BaseURL: "https://jalon.test"}
	b.Room = &Room{Room: shared}
	shared.OnConfirm = map[string]func(context.Context, db.Q, debate.Voice, string) (string, error){Kind: b.Confirmed, string(debate.Condition): b.ConfirmedCondition}
	if b.c, err = cop.Find(t.Context(), d, cop.RegionID(cop.First, "44")); err != nil {
		t.Fatal(err)
	}
	if b.place, err = objective.PlaceOf(t.Context(), d, model, b.c, territory.Ref{Scale: territory.RegionS, Code: "44"}); err != nil {
		t.Fatal(err)
	}
	if b.d, err = b.Begin(t.Context(), team, b.c, Debate{Lever: "biogaz", Text: "Jusqu’où ?", Opens: "2026-03-01", Closes: "2026-03-31"}); err != nil {
		t.Fatal(err)
	}
	return b
}

// person is an account, for who is sure of their address.
func (b *bench) person(t testing.TB, email string) policy.Actor {
	t.Helper()
	var a account.Account
	err := db.Tx(t.Context(), b.DB, func(ctx context.Context, tx db.Q) (err error) {
		a, _, err = b.Accounts.Ensure(ctx, tx, policy.Actor{}, email, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return policy.Actor{Person: a.ID}
}

func says(kt string, c debate.College) New {
	return New{Measure: objective.InKt, Low: kt, As: debate.Person, Speaker: debate.Speaker{College: c}}
}

func (b *bench) give(t testing.TB, a policy.Actor, in New) Answer {
	t.Helper()
	x, err := b.Give(t.Context(), a, b.c, b.d, b.place, in)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (b *bench) sent(t testing.TB, email string) string {
	t.Helper()
	p, err := b.Outbox.List(t.Context(), b.DB, mail.Filter{Email: email}, "", 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range p.Mails {
		for _, x := range k.Letter.Blocks {
			if _, token, ok := strings.Cut(x.URL, "/voix/confirmer/"); ok {
				return token
			}
		}
	}
	t.Fatal("no link was sent to ", email)
	return ""
}

func (b *bench) counted(t testing.TB) []Answer {
	t.Helper()
	list, err := Answers(t.Context(), b.DB, b.d.ID)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAnAnswerTakesThePlaceOfTheLast(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		b := set(t, d)
		anne := b.person(t, "anne@exemple.fr")
		b.give(t, anne, says("100", debate.Citizens))
		b.at = b.at.Add(time.Hour)
		in := says("80", debate.Citizens)
		in.High = "120,5"
		x := b.give(t, anne, in)
		list := b.counted(t)
		if len(list) != 1 || !list[0].Range() || list[0].High.Kg.Kg.Kt() != 120.5 {
			t.Fatalf("%+v", list)
		}
		own, err := Own(t.Context(), d, b.d.ID, x.Voice)
		if err != nil || len(own) != 2 || own[1].State != Replaced {
			t.Errorf("%+v %v", own, err)
		}
		if err := b.TakeBack(t.Context(), anne, b.d, x.Voice); err != nil || len(b.counted(t)) != 0 {
			t.Errorf("taken back: %v", err)
		}
		if err := b.TakeBack(t.Context(), anne, b.d, x.Voice); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("twice: %v", err)
		}
	})
}

func TestWhatIsTypedUnderAnAddressWaitsForIt(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		b := set(t, d)
		anne := b.person(t, "anne@exemple.fr")
		b.give(t, anne, says("100", debate.Citizens))
		// Somebody types her address: nothing counts until she confirms.
		in := says("1", debate.State)
		in.Speaker.Email = "anne@exemple.fr"
		b.at = b.at.Add(time.Minute)
		if x := b.give(t, policy.Actor{}, in); x.State != Unconfirmed {
			t.Fatalf("%+v", x)
		}
		if list := b.counted(t); len(list) != 1 || list[0].Low.Kg.Kg.Kt() != 100 {
			t.Fatalf("%+v", list)
		}
		// She answers again, then follows the old link: her last word stands.
		b.at = b.at.Add(time.Minute)
		b.give(t, anne, says("90", debate.Citizens))
		_, path, err := b.Confirm(t.Context(), b.sent(t, "anne@exemple.fr"))
		if err != nil || path != "/regions/grand-est/ambitions/biogaz" {
			t.Fatal(path, err)
		}
		if list := b.counted(t); len(list) != 1 || list[0].Low.Kg.Kg.Kt() != 90 {
			t.Errorf("%+v", list)
		}
		in.Speaker.Email, in.Condition = "luc@exemple.fr", "Que le prix d’achat suive."
		b.give(t, policy.Actor{}, in)
		if _, _, err := b.Confirm(t.Context(), b.sent(t, "luc@exemple.fr")); err != nil {
			t.Fatal(err)
		}
		if list := b.counted(t); len(list) != 2 {
			t.Errorf("confirmed with a condition: %+v", list)
		}
	})
}

func TestConditionsAreReadByModeratorsThenShared(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		b := set(t, d)
		ctx := t.Context()
		in := says("100", debate.Economic)
		in.Condition = "Que le raccordement soit payé."
		b.give(t, b.person(t, "a@exemple.fr"), in)
		if list, err := Conditions(ctx, d, b.d.ID); err != nil || len(list) != 0 {
			t.Fatalf("before any moderator: %+v %v", list, err)
		}
		var post string
		if err := d.QueryRow(ctx, `SELECT id FROM debate_post WHERE kind = 'condition'`).Scan(&post); err != nil {
			t.Fatal(err)
		}
		other := says("50", debate.State)
		other.Conditions = []string{post}
		if _, err := b.Give(ctx, b.person(t, "b@exemple.fr"), b.c, b.d, b.place, other); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("a condition that nobody may read: %v", err)
		}
		err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			p, err := debate.FindPost(ctx, tx, post)
			if err != nil {
				return err
			}
			_, err = b.Turn(ctx, tx, team, p, debate.PostPublished, "")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		b.give(t, b.person(t, "b@exemple.fr"), other)
		if list, err := Conditions(ctx, d, b.d.ID); err != nil || len(list) != 1 || list[0].Answers != 2 {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestWhatIsRefusedSaysWhy(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		b := set(t, d)
		ctx, anne := t.Context(), b.person(t, "anne@exemple.fr")
		for what, change := range map[string]func(*New){
			"nothing":          func(in *New) { in.Low = " " },
			"no number":        func(in *New) { in.Low = "<b>beaucoup</b>" },
			"a turned range":   func(in *New) { in.High = "3" },
			"no college":       func(in *New) { in.Speaker.College = "" },
			"no organisation":  func(in *New) { in.As = debate.Organisation },
			"no measure":       func(in *New) { in.Measure = "tonnes" },
			"a long condition": func(in *New) { in.Condition = strings.Repeat("x", 100_000) },
			"out of measure":   func(in *New) { in.Low = "9999999" },
		} {
			in := says("100", debate.Citizens)
			change(&in)
			if _, err := b.Give(ctx, anne, b.c, b.d, b.place, in); apperr.KindOf(err) != apperr.Invalid {
				t.Errorf("%s: %v", what, err)
			}
		}
		b.at = time.Date(2026, 4, 2, 12, 0, 0, 0, time.UTC)
		if _, err := b.Give(ctx, anne, b.c, b.d, b.place, says("100", debate.Citizens)); apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), french.Day("2026-03-31")) {
			t.Errorf("after the end: %v", err)
		}
		if len(b.counted(t)) != 0 {
			t.Error("what was refused counts")
		}
		if _, err := b.Begin(ctx, anne, b.c, Debate{Lever: "velo", Opens: "2026-03-01", Closes: "2026-03-31"}); apperr.KindOf(err) != apperr.NotFound && apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("opened by anybody: %v", err)
		}
		if _, err := b.Begin(ctx, team, b.c, Debate{Lever: "biogaz", Opens: "2026-03-01", Closes: "2026-03-31"}); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("opened twice: %v", err)
		}
		stale := b.d
		stale.Closes = "2026-05-01"
		if _, err := b.Change(ctx, team, stale, "prolongé"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Change(ctx, team, stale, ""); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("a stale form: %v", err)
		}
	})
}

func TestTwentyAnswersOfOneVoiceAtOnceCountOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		b := set(t, d)
		anne := b.person(t, "anne@exemple.fr")
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				_, err := b.Give(context.WithoutCancel(t.Context()), anne, b.c, b.d, b.place, says("100", debate.Citizens))
				return err
			})
		}
		if err := g.Wait(); err != nil || len(b.counted(t)) != 1 {
			t.Errorf("%d count, %v", len(b.counted(t)), err)
		}
	})
}

func TestSpread(t *testing.T) {
	kt := func(low, high float64, c debate.College) Answer {
		v := func(x float64) objective.Value {
			return objective.Value{Kg: panorama.Amount{Kg: panorama.Kg(x * 1e6), Known: true}}
		}
		a := Answer{State: Counted, College: c, Low: v(low), High: v(high)}
		if low != high {
			a.TypedHigh = "x"
		}
		return a
	}
	s := SpreadOf([]Answer{kt(1, 1, debate.State), kt(2, 2, debate.State), kt(4, 4, debate.State), kt(0, 6, debate.Citizens), kt(10, 10, "")})
	if !s.InKt || !s.Shown || s.All.N != 5 || s.Ranges != 1 || s.Apart != 2 || len(s.By) != 1 {
		t.Fatalf("%+v", s)
	}
	// Middles 1, 2, 3, 4, 10: by hand.
	if f := s.All.Five; f.Min != 0 || f.Q1 != 2 || f.Median != 3 || f.Q3 != 4 || f.Max != 10 {
		t.Errorf("%+v", f)
	}
	if f := s.By[0].Five; f.Q1 != 1.5 || f.Median != 2 || f.Q3 != 3 {
		t.Errorf("%+v", f)
	}
	if s := SpreadOf([]Answer{kt(1, 1, debate.State), kt(2, 2, debate.State)}); s.Shown {
		t.Error("two answers are shown")
	}
	if s := SpreadOf(nil); s.All.N != 0 || s.Shown || math.IsNaN(s.All.Median) {
		t.Errorf("%+v", s)
	}
}
