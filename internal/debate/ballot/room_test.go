package ballot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
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
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

const theCOP = "2023-24-r44"

var (
	theTeam   = policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: theCOP}}}
	somebody  = policy.Actor{Person: "quelqu-un"}
	elsewhere = policy.Actor{Person: "ailleurs", Grants: []policy.Grant{{Role: policy.Team, COP: "2023-24-r53"}}}
)

// newRoom is a room over an empty database, with a meeting of Grand Est.
func newRoom(t *testing.T, d *db.DB) (*Room, cop.Meeting) {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("k"))
	j := journal.New(ids, now, keys)
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Random: rand.Reader}
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if err := cops.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	x, err := cops.AddMeeting(t.Context(), theTeam, cop.Meeting{COP: theCOP, Kind: cop.GroupMeeting, Stage: cop.Launch, Title: "Groupe de travail", Day: "2026-03-02", Part: policy.Public, State: cop.Planned})
	if err != nil {
		t.Fatal(err)
	}
	accounts := &account.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Key: []byte("k"), Journal: j}
	return &Room{Room: &debate.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Cursors: keys, COPs: cops, Accounts: accounts}}, x
}

func must[T any](t *testing.T) func(T, error) T {
	return func(x T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

var two = Input{Question: "Faut-il prioriser le train ?", Kind: Single, Options: []string{"Oui", "Non"}}

func TestOneVoiceForEachDevice(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, x := newRoom(t, d)
		b := must[Ballot](t)(m.Create(ctx, theTeam, x.ID, two))
		b = must[Ballot](t)(m.Start(ctx, theTeam, b.ID, b.Rev))
		// Twenty-four requests of one device, and as many devices of one machine, at once.
		var g errgroup.Group
		for i := range 24 {
			g.Go(func() error {
				_, err := m.Vote(ctx, b, Voice{Device: "le-meme", Machine: "salle", Choices: []int{i % 2}})
				return err
			})
			g.Go(func() error {
				_, err := m.Vote(ctx, b, Voice{Device: fmt.Sprint("appareil-", i), Machine: "salle", Choices: []int{0}})
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		b = must[Ballot](t)(one(ctx, d, b.ID))
		r := must[Result](t)(Tally(ctx, d, b))
		if b.Voices != 25 || r.Voices != 25 || r.Counts[0]+r.Counts[1] != 25 || r.Counts[0] < 24 {
			t.Errorf("%d voices kept, %+v counted", b.Voices, r)
		}
		if n := must[int64](t)(Widest(ctx, d, b.ID)); n != 25 {
			t.Errorf("%d voices from the room", n)
		}
		said := must[[]int](t)(Said(ctx, d, b, "appareil-3"))
		if changed := must[bool](t)(m.Vote(ctx, b, Voice{Device: "appareil-3", Choices: []int{1}})); !changed || len(said) != 1 || said[0] != 0 {
			t.Errorf("a device that chose %v changes its mind", said)
		}
		if again := must[Result](t)(Tally(ctx, d, b)); again.Voices != 25 || again.Counts[1] != r.Counts[1]+1 {
			t.Errorf("%+v after a change", again)
		}
	})
}

// Whatever comes while a vote is being closed is either counted or refused: what is
// kept once it is closed moves no more.
func TestNoVoiceAfterTheClose(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, x := newRoom(t, d)
		b := must[Ballot](t)(m.Create(ctx, theTeam, x.ID, two))
		if _, err := m.Vote(ctx, b, Voice{Device: "tot", Choices: []int{0}}); !errors.Is(err, ErrClosed) {
			t.Errorf("before it opens: %v", err)
		}
		b = must[Ballot](t)(m.Start(ctx, theTeam, b.ID, b.Rev))
		var taken atomic.Int64
		var g errgroup.Group
		for i := range 24 {
			g.Go(func() error {
				switch _, err := m.Vote(ctx, b, Voice{Device: fmt.Sprint(i), Choices: []int{1}}); {
				case err == nil:
					taken.Add(1)
				case !errors.Is(err, ErrClosed):
					return err
				}
				return nil
			})
		}
		g.Go(func() error { _, err := m.Close(ctx, theTeam, b.ID, b.Rev); return err })
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		closed := must[Ballot](t)(one(ctx, d, b.ID))
		if r := must[Result](t)(Tally(ctx, d, closed)); closed.State != Closed || closed.Voices != taken.Load() || r.Voices != taken.Load() {
			t.Errorf("%s with %d voices, %d counted, %d told that they were", closed.State, closed.Voices, r.Voices, taken.Load())
		}
		// A page that was read before knows nothing of it.
		if _, err := m.Vote(ctx, b, Voice{Device: "tard", Choices: []int{0}}); !errors.Is(err, ErrClosed) || apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("after the close: %v", err)
		}
		again := must[Ballot](t)(m.Start(ctx, theTeam, b.ID, closed.Rev))
		if _, err := m.Vote(ctx, again, Voice{Device: "tard", Choices: []int{0}}); err != nil {
			t.Errorf("opened again: %v", err)
		}
	})
}

func TestSlips(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, x := newRoom(t, d)
		in := two
		in.Slips = true
		b := must[Ballot](t)(m.Create(ctx, theTeam, x.ID, in))
		codes := must[[]string](t)(m.NewSlips(ctx, theTeam, b.ID, 30))
		b = must[Ballot](t)(one(ctx, d, b.ID))
		b = must[Ballot](t)(m.Start(ctx, theTeam, b.ID, b.Rev))
		var g errgroup.Group
		for i := range 24 { // one slip in twenty-four hands
			g.Go(func() error {
				_, err := m.Vote(ctx, b, Voice{Device: fmt.Sprint(i), Slip: " " + codes[0][:4] + "-" + codes[0][4:], Choices: []int{i % 2}})
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Vote(ctx, b, Voice{Device: "x", Slip: "CCCCCCCC", Choices: []int{0}}); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("a made-up slip: %v", err)
		}
		if r := must[Result](t)(Tally(ctx, d, b)); r.Voices != 1 {
			t.Errorf("%d voices for one slip", r.Voices)
		}
		if made, used, err := SlipsOf(ctx, d, b.ID); made != 30 || used != 1 || err != nil {
			t.Errorf("%d made, %d used, %v", made, used, err)
		}
	})
}

func TestWhoRunsAVote(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, x := newRoom(t, d)
		for _, a := range []policy.Actor{{}, somebody, elsewhere} {
			if _, err := m.Create(ctx, a, x.ID, two); apperr.KindOf(err) != apperr.Forbidden {
				t.Errorf("%s prepares a vote: %v", a.Person, err)
			}
		}
		for _, bad := range []Input{{}, {Question: "Q", Kind: Single, Options: []string{"Oui", " Oui "}}, {Question: "Q", Kind: "autre", Options: []string{"a", "b"}}, {Question: "Q", Kind: Multiple, Options: []string{"a", "b"}, Most: 3}} {
			if _, err := m.Create(ctx, theTeam, x.ID, bad); apperr.KindOf(err) != apperr.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		m.Present = func(_ context.Context, _ db.Q, _ cop.Meeting) (int64, bool, error) { return 1, true, nil }
		b := must[Ballot](t)(m.Create(ctx, theTeam, x.ID, Input{Question: "Lesquels ?", Kind: Multiple, Options: []string{"a", "b", "c"}, Most: 2, Colleges: true}))
		b = must[Ballot](t)(m.Start(ctx, theTeam, b.ID, b.Rev))
		if _, err := m.Edit(ctx, theTeam, b.ID, b.Rev, two); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("a question changes once it is open: %v", err)
		}
		if _, err := m.Vote(ctx, b, Voice{Device: "1", Choices: []int{0, 1, 2}}); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("three choices of two: %v", err)
		}
		for i, college := range []debate.College{debate.State, debate.Citizens, ""} {
			must[bool](t)(m.Vote(ctx, b, Voice{Device: fmt.Sprint(i), Choices: []int{2, 0, 0}, College: college}))
		}
		if r := must[Result](t)(Tally(ctx, d, b)); r.Voices != 3 || r.Counts[0] != 3 || r.Counts[2] != 3 || r.Counts[1] != 0 || len(r.Colleges) != 3 {
			t.Errorf("%+v", r)
		}
		if err := m.Bounced(ctx, b); err != nil {
			t.Fatal(err)
		}
		b = must[Ballot](t)(m.Close(ctx, theTeam, b.ID, b.Rev))
		n, _, err := journal.Count(ctx, d, journal.Filter{Kind: "ballot", Verb: "exceed"})
		if b.Present == nil || *b.Present != 1 || b.Refused != 1 || n != 1 || err != nil {
			t.Errorf("three voices of one person present: %+v, %d rows of the journal, %v", b, n, err)
		}
		if n := must[int64](t)(Widest(ctx, d, b.ID)); n != 0 {
			t.Errorf("the machines of %d voices are still kept", n)
		}
		b = must[Ballot](t)(m.Raise(ctx, theTeam, b.ID, b.Rev, []int64{4, 0, 2}))
		if _, err := m.Cancel(ctx, theTeam, b.ID, b.Rev, " "); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("voided without a reason: %v", err)
		}
		if _, err := m.Cancel(ctx, theTeam, b.ID, b.Rev-1, "trop de voix"); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("voided from an old page: %v", err)
		}
		b = must[Ballot](t)(m.Cancel(ctx, theTeam, b.ID, b.Rev, "trop de voix"))
		next := must[Ballot](t)(m.Again(ctx, theTeam, b.ID))
		if next.Code == b.Code || next.Question != b.Question || next.State != Draft || next.Voices != 0 {
			t.Errorf("taken again: %+v", next)
		}
		if found := must[Ballot](t)(ByCode(ctx, d, Typed(" "+next.Code[:3]+" "+next.Code[3:]))); found.ID != next.ID {
			t.Errorf("found by its code: %+v", found)
		}
		if _, err := ByCode(ctx, d, "CCCCCC"); !errors.Is(err, ErrCode) {
			t.Errorf("an unknown code: %v", err)
		}
	})
}

// Whoever tries too many codes is told nothing any more, not even of one that exists;
// a room that types badly is far below.
func TestGuessing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, x := newRoom(t, d)
		first := must[Ballot](t)(m.Create(ctx, theTeam, x.ID, two))
		first = must[Ballot](t)(m.Start(ctx, theTeam, first.ID, first.Rev))
		if _, err := m.Vote(ctx, first, Voice{Device: "d", Machine: "salle", Choices: []int{0}}); err != nil {
			t.Fatal(err)
		}
		next := must[Ballot](t)(m.Create(ctx, theTeam, x.ID, two))
		for range 3 {
			if err := m.Guessed(ctx, "salle"); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Blocked(ctx, "salle", "autre", next); err != nil {
			t.Errorf("after three: %v", err)
		}
		must[int64](t)(d.Exec(ctx, `UPDATE attempt SET n = $1`, int64(guesses+1)))
		if err := m.Blocked(ctx, "salle", "autre", next); apperr.KindOf(err) != apperr.TooMany {
			t.Errorf("after too many: %v", err)
		}
		if err := m.Blocked(ctx, "salle", "d", Ballot{}); apperr.KindOf(err) != apperr.TooMany {
			t.Errorf("an unknown code: %v", err)
		}
		if err := m.Blocked(ctx, "salle", "d", next); err != nil {
			t.Errorf("who voted in this room: %v", err)
		}
		if err := m.Blocked(ctx, "ailleurs", "", Ballot{}); err != nil {
			t.Errorf("another network: %v", err)
		}
	})
}

// Phones that change their voice while the facilitator closes or voids the vote: on
// PostgreSQL each would hold a row that the other waits for. Afterwards nothing tells
// from which machines voices came.
func TestVoicesChangeWhileAVoteEnds(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, x := newRoom(t, d)
		for round := range 6 {
			b := must[Ballot](t)(m.Create(ctx, theTeam, x.ID, two))
			b = must[Ballot](t)(m.Start(ctx, theTeam, b.ID, b.Rev))
			vote := func(i, choice int) error {
				_, err := m.Vote(ctx, b, Voice{Device: fmt.Sprint(i), Machine: "192.0.2.7", Choices: []int{choice}})
				return err
			}
			for i := range 20 {
				if err := vote(i, 0); err != nil {
					t.Fatal(err)
				}
			}
			var g errgroup.Group
			for i := range 20 {
				g.Go(func() error {
					for range 3 {
						if err := vote(i, 1); err != nil && !errors.Is(err, ErrClosed) {
							return err
						}
					}
					return nil
				})
			}
			g.Go(func() error {
				if round%2 == 0 {
					_, err := m.Close(ctx, theTeam, b.ID, b.Rev)
					return err
				}
				_, err := m.Cancel(ctx, theTeam, b.ID, b.Rev, "question mal posée")
				return err
			})
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			var named int64
			if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM ballot_vote WHERE ballot_id = $1 AND machine <> ''`, b.ID).Scan(&named); err != nil || named > 0 {
				t.Errorf("round %d: %d voices still tell their machine, %v", round, named, err)
			}
			if b = must[Ballot](t)(one(ctx, d, b.ID)); b.Voices != 20 {
				t.Errorf("%d voices of 20 devices", b.Voices)
			}
		}
	})
}
