package question

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/group"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// clock is moved by hand.
type clock struct{ ms atomic.Int64 }

func (c *clock) time() time.Time         { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) forward(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// hall is the room with what it needs.
type hall struct {
	*Room
	*clock
	t   testing.TB
	cop cop.COP
}

func newHall(t testing.TB, d *db.DB) hall {
	t.Helper()
	ctx := t.Context()
	k := &clock{}
	k.ms.Store(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC).UnixMilli())
	ids := db.NewIDs(k.time, rand.Reader)
	keys := db.NewCursors([]byte("essai"))
	tree, err := territory.LoadActive(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	treeOf := func(context.Context) (*territory.Tree, error) { return tree, nil }
	j := journal.New(ids, k.time, keys)
	queue := jobs.New(ids, k.time)
	outbox := mail.New(mail.Options{IDs: ids, Now: k.time, Queue: queue, Cursors: keys})
	cops := &cop.Room{DB: d, IDs: ids, Now: k.time, Journal: j, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(ctx, data.FS, tree); err != nil {
		t.Fatal(err)
	}
	accounts := &account.Room{DB: d, IDs: ids, Now: k.time, Random: rand.Reader, Key: []byte("essai"), BaseURL: "http://jalon.example", Journal: j, Outbox: outbox, Cursors: keys, Queue: queue, Tree: treeOf, RegionsOf: cop.RegionsOf, COPsOf: cop.IDsOfRegion}
	shared := &debate.Room{DB: d, IDs: ids, Now: k.time, Random: rand.Reader, Journal: j, Cursors: keys, Queue: queue, Outbox: outbox, COPs: cops, Accounts: accounts, Links: &link.Links{IDs: ids, Now: k.time}, Tree: treeOf, BaseURL: "http://jalon.example"}
	h := hall{Room: &Room{Room: shared}, clock: k, t: t}
	shared.OnConfirm = map[string]func(context.Context, db.Q, debate.Voice, string) (string, error){string(debate.Statement): shared.Confirmed}
	shared.OnState = map[debate.Kind]func(context.Context, db.Q, debate.Post, debate.PostState) error{debate.Statement: h.Turned}
	accounts.OnErase = append(accounts.OnErase, h.Room.Erase, shared.Erase)
	if h.cop, err = cop.Find(ctx, d, cop.RegionID(cop.First, "44")); err != nil {
		t.Fatal(err)
	}
	return h
}

var team = policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "44")}}}

func input() Input {
	return Input{Title: "Le vélo", Question: "Comment aller au travail à vélo\u00a0?", Proposals: Anyone, AsksCollege: true, AsksTerritory: true}
}

// opened is a debate with statements, open.
func (h hall) opened(statements int) Question {
	h.t.Helper()
	ctx := h.t.Context()
	x, err := h.Create(ctx, team, h.cop, input())
	if err != nil {
		h.t.Fatal(err)
	}
	var lines strings.Builder
	for i := range statements {
		fmt.Fprintf(&lines, "- %s, affirmation %d.\n", []string{"Des pistes cyclables partout", "Moins de voitures en ville", "Un train toutes les heures", "La prime au covoiturage", "Des cantines locales"}[i%5], i+1)
	}
	if n, _, err := h.Seed(ctx, team, h.cop, x, lines.String()); err != nil || n != statements {
		h.t.Fatal(n, err)
	}
	if x, err = h.OpenIt(ctx, team, h.cop, x.ID, x.Rev); err != nil {
		h.t.Fatal(err)
	}
	return x
}

// browser is somebody who comes with a browser.
func (h hall) browser(x Question) Voter {
	h.t.Helper()
	cookie, err := h.Browser(x)
	if err != nil {
		h.t.Fatal(err)
	}
	v, err := h.VoterIn(h.t.Context(), x, policy.Actor{}, "", cookie)
	if err != nil || v.ID == 0 {
		h.t.Fatal(v, err)
	}
	return v
}

func (h hall) cast(x Question, v Voter, n, value int64) {
	h.t.Helper()
	if err := h.Cast(h.t.Context(), h.cop, x, v, n, value, "192.0.2."+fmt.Sprint(v.ID%250)); err != nil {
		h.t.Fatal(err)
	}
}

func (h hall) one(query string, args ...any) (n int64) {
	h.t.Helper()
	if err := h.DB.QueryRow(h.t.Context(), query, args...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func plain(err error) string { return strings.ReplaceAll(apperr.Message(err), "\u00a0", " ") }

func want(t testing.TB, what string, err error, kind apperr.Kind) {
	t.Helper()
	if apperr.KindOf(err) != kind || err == nil {
		t.Errorf("%s: %v", what, err)
	}
}

// A vote is kept once for each voter and statement, by however many tabs, and refused
// once the debate is closed, whatever arrives at once.
func TestAVoteIsOneAndIsInTime(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		x := h.opened(6)
		v := h.browser(x)
		var g errgroup.Group
		for i := range 20 { // twenty tabs
			g.Go(func() error { return h.Cast(ctx, h.cop, x, v, 1+int64(i%2), int64(i%3)-1, "192.0.2.1") })
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if n := h.one(`SELECT COUNT(*) FROM debate_vote`); n != 2 {
			t.Errorf("%d votes of one voter to two statements", n)
		}
		if n := h.one(`SELECT COUNT(*) FROM debate_voter`); n != 1 {
			t.Errorf("%d voters", n)
		}
		h.cast(x, v, 1, Disagree)
		answers, err := h.Answers(ctx, x, v)
		if err != nil || answers[1] != Disagree || len(answers) != 2 {
			t.Errorf("%v %v", answers, err)
		}
		want(t, "no such statement", h.Cast(ctx, h.cop, x, v, 99, Agree, ""), apperr.Invalid)
		want(t, "no such answer", h.Cast(ctx, h.cop, x, v, 1, 2, ""), apperr.Invalid)

		// Closed while twenty people vote with the page that they have: those who are
		// told that it is kept are in the base, and nobody else.
		var kept atomic.Int64
		for i := range 20 {
			w := h.browser(x)
			g.Go(func() error {
				if i == 10 {
					_, err := h.Close(ctx, team, h.cop, x.ID, x.Rev)
					return err
				}
				err := h.Cast(ctx, h.cop, x, w, 3, Agree, fmt.Sprint("192.0.2.", i))
				if err == nil {
					kept.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if n := h.one(`SELECT COUNT(*) FROM debate_vote WHERE statement = 3`); n != kept.Load() {
			t.Errorf("%d kept, %d were told so", n, kept.Load())
		}
		err = h.Cast(ctx, h.cop, x, v, 1, Agree, "")
		want(t, "after closing", err, apperr.Conflict)
		if !strings.Contains(plain(err), "clos depuis le 2 mars 2026 à 13:00") {
			t.Error(apperr.Message(err))
		}
		if answers, _ := h.Answers(ctx, x, v); answers[1] != Disagree {
			t.Error("a vote after closing was kept")
		}
	})
}

// The last day ends a debate at midnight where the COP is held, without anybody.
func TestTheLastDayEndsADebate(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		x := h.opened(5)
		in := x.Input
		in.ClosesOn = "2026-03-03"
		x, err := h.Save(ctx, team, h.cop, x.ID, x.Rev, in, "")
		if err != nil {
			t.Fatal(err)
		}
		v := h.browser(x)
		h.forward(34*time.Hour + 30*time.Minute) // 23:30 in Strasbourg
		h.cast(x, v, 1, Agree)
		h.forward(time.Hour)
		err = h.Cast(ctx, h.cop, x, v, 2, Agree, "")
		want(t, "the day after", err, apperr.Conflict)
		if !strings.Contains(plain(err), "clos depuis le 3 mars 2026 au soir") {
			t.Error(apperr.Message(err))
		}
	})
}

// Who makes voters by the hundred is stopped; who votes already is not.
func TestBotsAreLimited(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		x := h.opened(5)
		first := h.browser(x)
		if err := h.Cast(ctx, h.cop, x, first, 1, Agree, "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
		for range perMachine - 1 {
			if _, err := h.Accounts.Tried(ctx, "voter|192.0.2.7", perMachine); err != nil {
				t.Fatal(err)
			}
		}
		want(t, "one voter too many", h.Cast(ctx, h.cop, x, h.browser(x), 1, Agree, "192.0.2.7"), apperr.TooMany)
		first.Known = true
		if err := h.Cast(ctx, h.cop, x, first, 2, Agree, "192.0.2.7"); err != nil {
			t.Error(err)
		}
		if err := h.Cast(ctx, h.cop, x, h.browser(x), 1, Agree, "198.51.100.7"); err != nil {
			t.Error(err)
		}
		if n := h.one(`SELECT COUNT(*) FROM debate_voter`); n != 2 {
			t.Errorf("%d voters", n)
		}
		for _, forged := range []string{"", "abc", h.Cursors.Seal("voter/autre", "zz"), h.Cursors.Seal("voter/"+x.ID, "-5"), h.Cursors.Seal("voter/"+x.ID, "")} {
			if v, err := h.VoterIn(ctx, x, policy.Actor{}, "", forged); err != nil || v.ID != 0 {
				t.Errorf("cookie %q is voter %d, %v", forged, v.ID, err)
			}
		}
	})
}

// Two people who edit one debate: the second reads both versions; one of twenty wins.
func TestTheSecondWriterConflicts(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		x := h.opened(5)
		var won atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			in := x.Input
			in.Title = fmt.Sprint("Titre ", i)
			g.Go(func() error {
				_, err := h.Save(ctx, team, h.cop, x.ID, x.Rev, in, "")
				if err == nil {
					won.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 {
			t.Errorf("%d won, %v", won.Load(), err)
		}
		now, err := Find(ctx, d, x.ID)
		if err != nil || now.Rev != x.Rev+1 {
			t.Fatal(now.Rev, err)
		}
		in := now.Input
		in.Question = "Une autre question\u00a0?"
		_, err = h.Save(ctx, team, h.cop, x.ID, now.Rev, in, "")
		want(t, "the question of an open debate", err, apperr.Invalid)
		stranger := policy.Actor{Person: "x", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "53")}}}
		_, err = h.Save(ctx, stranger, h.cop, x.ID, now.Rev, now.Input, "")
		if err == nil {
			t.Error("another region's team edits")
		}
		// Who facilitates a group edits its debate, and gives it to no other group.
		groups := &group.Room{Room: h.Room.Room}
		made := func(name string) string {
			g, err := groups.Add(ctx, team, group.Group{COP: h.cop.ID, Name: name, Mandate: "Dire.", Part: policy.Public})
			if err != nil {
				t.Fatal(err)
			}
			return g.ID
		}
		hers, other := made("Mobilité"), made("Bâtiment")
		her := policy.Actor{Person: "anime", Grants: []policy.Grant{{Role: policy.Facilitator, Group: hers}}}
		y, err := h.Create(ctx, team, h.cop, Input{Title: "Vélo", Question: "Quoi ?", Proposals: Anyone, Group: hers})
		if err != nil {
			t.Fatal(err)
		}
		in = y.Input
		in.Title = "Le vélo"
		if y, err = h.Save(ctx, her, h.cop, y.ID, y.Rev, in, ""); err != nil {
			t.Fatalf("the facilitator of its group: %v", err)
		}
		for _, of := range []string{other, ""} {
			in.Group = of
			if _, err = h.Save(ctx, her, h.cop, y.ID, y.Rev, in, ""); err == nil {
				t.Errorf("she gave it to %q", of)
			}
		}
		in.Group = "ailleurs"
		_, err = h.Save(ctx, team, h.cop, y.ID, y.Rev, in, "")
		want(t, "a group of nowhere", err, apperr.Invalid)
		if past, err := History(ctx, d, x.ID); err != nil || len(past) != 3 {
			t.Errorf("%d versions, %v", len(past), err)
		}
	})
}

// An account has one vote, that of its browser when it voted before it signed in; when
// it is erased its votes stay, to nobody.
func TestAnAccountHasOneVoteAndLeavesIt(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		x := h.opened(5)
		someone, err := h.Accounts.Appoint(ctx, "habitante@exemple.fr", "Une habitante", policy.Expert, "region", "44", "")
		if err != nil {
			t.Fatal(err)
		}
		me := policy.Actor{Person: someone.Account}
		cookie, err := h.Browser(x)
		if err != nil {
			t.Fatal(err)
		}
		v, err := h.VoterIn(ctx, x, policy.Actor{}, "", cookie)
		if err != nil {
			t.Fatal(err)
		}
		h.cast(x, v, 1, Agree)
		same, err := h.VoterIn(ctx, x, me, "", cookie)
		if err != nil || same.ID != v.ID || !same.Known || same.Account != me.Person {
			t.Fatalf("%+v %v", same, err)
		}
		elsewhere, err := h.VoterIn(ctx, x, me, "", "")
		if err != nil || elsewhere.ID != v.ID {
			t.Fatalf("%+v %v", elsewhere, err)
		}
		if err := h.About(ctx, h.cop, x, same, "department:67", debate.Citizens); err != nil {
			t.Fatal(err)
		}
		want(t, "another region", h.About(ctx, h.cop, x, same, "department:35", ""), apperr.Invalid)

		// Two browsers at once, no vote before: one voter.
		other := policy.Actor{Person: "quelqu’un"}
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				w, err := h.VoterIn(ctx, x, other, "", "")
				if err != nil {
					return err
				}
				return h.Cast(ctx, h.cop, x, w, 2, Disagree, "")
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if n := h.one(`SELECT COUNT(*) FROM debate_voter`); n != 2 {
			t.Errorf("%d voters", n)
		}
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error { return h.Room.Erase(ctx, tx, me.Person) }); err != nil {
			t.Fatal(err)
		}
		if n := h.one(`SELECT COUNT(*) FROM debate_voter WHERE account = $1 OR college <> '' OR territory <> ''`, me.Person); n != 0 {
			t.Error("something is left of who was erased")
		}
		if n := h.one(`SELECT COUNT(*) FROM debate_vote WHERE voter = $1`, v.ID); n != 1 {
			t.Error("the vote went with its author")
		}
	})
}
