package meeting

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
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
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

type room struct {
	*Room
	t   *testing.T
	now time.Time
	cop cop.COP
}

var team = policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: "2023-24-r44"}}}

func newRoom(t *testing.T, d *db.DB) *room {
	t.Helper()
	r := &room{t: t, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return r.now }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	queue := jobs.New(ids, now)
	m := &debate.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: journal.New(ids, now, keys), Cursors: keys, Queue: queue, BaseURL: "https://jalon.example",
		Outbox: mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys})}
	m.COPs = &cop.Room{DB: d, IDs: ids, Now: now, Journal: m.Journal, Cursors: keys, Random: rand.Reader}
	m.Accounts = &account.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Key: []byte("secret"), BaseURL: m.BaseURL, Journal: m.Journal, Outbox: m.Outbox, Queue: queue, Cursors: keys, COPsOf: cop.IDsOfRegion, RegionsOf: cop.RegionsOf,
		HomeOf: func(ctx context.Context, q db.Q, region string) (account.Home, error) {
			c, err := cop.HomeOf(ctx, q, region)
			return account.Home{COP: c.ID, Name: c.SenderName(), Contact: c.Contact}, err
		}}
	r.Room = &Room{Room: m}
	r.Attach()
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.COPs.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	m.Tree = func(context.Context) (*territory.Tree, error) { return tree, nil }
	if r.cop, err = cop.Find(t.Context(), d, cop.RegionID(cop.First, "44")); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *room) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func n(v int64) *int64 { return &v }

// meet plans a public meeting of 20 March 2026, and says how one registers.
func (r *room) meet(e Entry) cop.Meeting {
	r.t.Helper()
	x, err := r.COPs.AddMeeting(r.t.Context(), team, cop.Meeting{COP: r.cop.ID, Kind: cop.Plenary, Stage: cop.Debate, Title: "Plénière", Day: "2026-03-20", Start: "14:30", End: "17:00", Place: "Strasbourg",
		JoinURL: "https://visio.exemple.fr/salle", Part: policy.Public, State: cop.Planned})
	r.must(err)
	if e.Mode != "" {
		e.Meeting = x.ID
		if e.Remind == nil {
			e.Remind = []int{7, 1}
		}
		_, err = r.SaveEntry(r.t.Context(), team, e)
		r.must(err)
	}
	return x
}

func (r *room) entry(x cop.Meeting) Entry {
	r.t.Helper()
	e, err := EntryOf(r.t.Context(), r.DB, x)
	r.must(err)
	return e
}

func someone(i int) NewSeat {
	return NewSeat{Speaker: debate.Speaker{Email: fmt.Sprintf("p%02d@exemple.fr", i), Name: fmt.Sprintf("Personne %02d", i), OrgName: "Association", College: debate.Associations}}
}

var confirmLink = regexp.MustCompile(`/voix/confirmer/([0-9a-f]+)`)

// last is the last mail to an address.
func (r *room) last(email string) mail.Kept {
	r.t.Helper()
	p, err := r.Outbox.List(r.t.Context(), r.DB, mail.Filter{Email: email}, "", 1)
	r.must(err)
	if len(p.Mails) == 0 {
		r.t.Fatalf("no mail to %s", email)
	}
	return p.Mails[0]
}

func (r *room) mails(subject string) (n int) {
	r.t.Helper()
	p, err := r.Outbox.List(r.t.Context(), r.DB, mail.Filter{}, "", 500)
	r.must(err)
	for _, m := range p.Mails {
		if strings.Contains(m.Letter.Subject, subject) {
			n++
		}
	}
	return n
}

func (r *room) ask(x cop.Meeting, i int) (Seat, string) {
	r.t.Helper()
	in := someone(i)
	in.Invited = in.Email // by the link that was sent to them, when there is one
	s, sure, err := r.Register(r.t.Context(), policy.Actor{}, x.ID, in)
	r.must(err)
	if sure {
		r.t.Fatal("an address that was typed is not sure")
	}
	return s, confirmLink.FindStringSubmatch(r.last(fmt.Sprintf("p%02d@exemple.fr", i)).Letter.Text())[1]
}

func (r *room) come(x cop.Meeting, i int) Seat {
	r.t.Helper()
	s, token := r.ask(x, i)
	_, path, err := r.Confirm(r.t.Context(), token)
	r.must(err)
	if path != r.SeatPath(s) {
		r.t.Errorf("the link leads to %q", path)
	}
	return r.seat(s)
}

func (r *room) seat(s Seat) Seat {
	r.t.Helper()
	s, err := FindSeat(r.t.Context(), r.DB, s.ID)
	r.must(err)
	return s
}

func want(t *testing.T, err error, kind apperr.Kind, says string) {
	t.Helper()
	if err == nil || apperr.KindOf(err) != kind || !strings.Contains(apperr.Message(err), says) {
		t.Errorf("%v, want %v saying %q", err, kind, says)
	}
}

// Twenty-four people confirm at once for five seats: five have one, the others wait,
// each at a place of their own.
func TestNoSeatIsGivenTwice(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		x := r.meet(Entry{Mode: Open, Capacity: n(5)})
		const people = 24
		seats, tokens := make([]Seat, people), make([]string, people)
		for i := range people {
			seats[i], tokens[i] = r.ask(x, i)
		}
		if e := r.entry(x); e.Taken != 0 {
			t.Errorf("%d seats are held by addresses that nobody confirmed", e.Taken)
		}
		var g errgroup.Group
		for i := range people {
			for range 2 { // a link that is touched twice counts once
				g.Go(func() error {
					_, _, err := r.Confirm(t.Context(), tokens[i])
					return err
				})
			}
		}
		r.must(g.Wait())
		count, places := map[SeatState]int{}, map[int64]bool{}
		for _, s := range seats {
			s = r.seat(s)
			count[s.State]++
			if s.State == Waiting && (places[s.Place] || s.Place == 0) {
				t.Errorf("place %d is given twice", s.Place)
			}
			places[s.Place] = true
		}
		if e := r.entry(x); count[Confirmed] != 5 || count[Waiting] != people-5 || e.Taken != 5 || e.Waiting != people-5 {
			t.Fatalf("%v, entry %+v", count, e)
		}
		// All who hold a seat leave at once, some of them twice: the first who wait get them.
		var leave []string
		for _, s := range seats {
			if r.seat(s).State == Confirmed {
				leave = append(leave, s.ID)
			}
		}
		g = errgroup.Group{}
		for _, id := range append(leave, leave...) {
			g.Go(func() error {
				_, err := r.Cancel(t.Context(), id)
				return err
			})
		}
		r.must(g.Wait())
		e := r.entry(x)
		if e.Taken != 5 || e.Waiting != people-10 {
			t.Errorf("after five left: %+v", e)
		}
		for _, s := range seats {
			if s = r.seat(s); s.State == Waiting && s.Place <= 5 {
				t.Errorf("place %d still waits, and others have a seat", s.Place)
			}
		}
		if got := r.mails("Inscription confirmée"); got != 10 {
			t.Errorf("%d people were told that they have a seat, want 10", got)
		}
	})
}

func TestAWaitingListAndItsEnd(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		x := r.meet(Entry{Mode: Open, Capacity: n(1), ClosesOn: "2026-03-20"})
		first, second, third := r.come(x, 1), r.come(x, 2), r.come(x, 3)
		if first.State != Confirmed || second.State != Waiting || third.State != Waiting || second.Place >= third.Place {
			t.Fatalf("%+v %+v %+v", first, second, third)
		}
		// From afar nobody takes a seat of the room.
		afar := someone(4)
		afar.Remote = true
		s, _, err := r.Register(ctx, policy.Actor{}, x.ID, afar)
		r.must(err)
		_, _, err = r.Confirm(ctx, confirmLink.FindStringSubmatch(r.last("p04@exemple.fr").Letter.Text())[1])
		r.must(err)
		if s = r.seat(s); s.State != Confirmed || s.Seated || r.entry(x).Taken != 1 {
			t.Errorf("%+v", s)
		}
		// Who typed somebody else's address changes nothing of their seat, and learns nothing.
		other := someone(1)
		other.Name = "Quelqu’un d’autre"
		_, sure, err := r.Register(ctx, policy.Actor{}, x.ID, other)
		r.must(err)
		if got := r.seat(first); sure || got.Name != "Personne 01" || got.State != Confirmed {
			t.Errorf("%+v", got)
		}
		// A seat more goes to the first who waits; a second writer is told.
		stale := r.entry(x)
		e := stale
		e.Capacity = n(2)
		_, err = r.SaveEntry(ctx, team, e)
		r.must(err)
		if r.seat(second).State != Confirmed || r.seat(third).State != Waiting {
			t.Errorf("%+v %+v", r.seat(second), r.seat(third))
		}
		_, err = r.SaveEntry(ctx, team, stale)
		want(t, err, apperr.Conflict, "pendant votre saisie")
		_, err = r.SaveEntry(ctx, policy.Actor{}, e)
		want(t, err, apperr.Forbidden, "")
		if txt := r.last("p02@exemple.fr").Letter.Text(); !strings.Contains(txt, "à vous") || !strings.Contains(txt, "visio.exemple.fr") {
			t.Errorf("the letter of a seat that came: %s", txt)
		}
		if txt := r.last("p03@exemple.fr").Letter.Text(); strings.Contains(txt, "visio.exemple.fr") {
			t.Errorf("who waits reads the link: %s", txt)
		}
		// On the day itself nobody would have the time to come.
		r.now = time.Date(2026, 3, 20, 8, 0, 0, 0, time.UTC)
		_, err = r.Cancel(ctx, first.ID)
		r.must(err)
		if r.seat(third).State != Waiting {
			t.Error("a seat was given on the day itself")
		}
		if got := r.come(x, 5); got.State != Waiting { // and nobody passes before who waits
			t.Errorf("%+v", got)
		}
		r.now = r.now.AddDate(0, 0, 1)
		_, _, err = r.Register(ctx, policy.Actor{}, x.ID, someone(6))
		want(t, err, apperr.Invalid, "a eu lieu")
	})
}

func TestRegistrationIsCheckedAndErased(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		none := r.meet(Entry{})
		_, _, err := r.Register(ctx, policy.Actor{}, none.ID, someone(1))
		want(t, err, apperr.Invalid, "sans inscription")
		for _, bad := range []struct {
			e    Entry
			says string
		}{{Entry{Mode: "x"}, "comment"}, {Entry{Mode: Open, Capacity: n(0)}, "de 1 à"}, {Entry{Mode: Open, ClosesOn: "2026-03-21"}, "après la réunion"}, {Entry{Mode: Open, OpensOn: "2026-03-20"}, "après leur clôture"},
			{Entry{Mode: Open, OpensOn: "demain"}, "2024-05-27"}, {Entry{Mode: Open, Remind: []int{0}}, "rappels"}, {Entry{Mode: Open, Words: strings.Repeat("é", 2001)}, "raccourcissez de 1"}} {
			bad.e.Meeting = none.ID
			_, err := r.SaveEntry(ctx, team, bad.e)
			want(t, err, apperr.Invalid, bad.says)
		}
		x := r.meet(Entry{Mode: Open, Capacity: n(1)})
		in := someone(1)
		in.Name = " \u202e"
		_, _, err = r.Register(ctx, policy.Actor{}, x.ID, in)
		want(t, err, apperr.Invalid, "nom")
		in = someone(1)
		in.Needs = "boucle magnétique"
		in.Email = "P01@Exemple.fr"
		s, _, err := r.Register(ctx, policy.Actor{}, x.ID, in)
		r.must(err)
		v, _, err := r.Confirm(ctx, confirmLink.FindStringSubmatch(r.last("p01@exemple.fr").Letter.Text())[1])
		r.must(err)
		waits := r.come(x, 2)
		got, err := r.section(ctx, d, v)
		if err != nil || len(got.Rows) != 1 || !strings.Contains(got.Rows[0].Note, "boucle") {
			t.Errorf("%+v %v", got, err)
		}
		if got, err := r.OpenSeat(ctx, d, x.ID, strings.TrimPrefix(r.SeatPath(s), x.Path()+"/inscription/")); err != nil || got.ID != s.ID {
			t.Errorf("%+v %v", got, err)
		}
		_, err = r.OpenSeat(ctx, d, none.ID, strings.TrimPrefix(r.SeatPath(s), x.Path()+"/inscription/"))
		want(t, err, apperr.NotFound, "")
		r.must(db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error { return r.Room.Room.EraseVoice(ctx, tx, v) }))
		if s = r.seat(s); s.Name != "" || s.Needs != "" || s.State != Cancelled || r.seat(waits).State != Confirmed {
			t.Errorf("erased: %+v, who waited: %+v", s, r.seat(waits))
		}
	})
}
