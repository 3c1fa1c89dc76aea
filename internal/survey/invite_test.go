package survey

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

func (s *sending) mails(t testing.TB) []mail.Kept {
	t.Helper()
	rows, err := s.d.Query(t.Context(), `SELECT id FROM mail_outbox ORDER BY id`)
	ids, err := db.Strings(rows, err)
	if err != nil {
		t.Fatal(err)
	}
	var out []mail.Kept
	for _, id := range ids {
		k, err := mail.Find(t.Context(), s.d, id)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, k)
	}
	return out
}

// running is a campaign whose recipients were invited.
func (s *sending) running(t testing.TB, region string) Campaign {
	t.Helper()
	c := s.campaign(t, region, false)
	s.address(t, c)
	c = s.open(t, c)
	if err := s.inviteSome(t.Context(), inviteArgs{Campaign: c.ID}); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAnInvitationOpensItsOwnDoorAlone(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), sendingRoom(t, d, "94")
		c := s.running(t, "94")
		all := s.mails(t)
		if len(all) != 20 {
			t.Fatalf("%d mails", len(all))
		}
		for _, k := range all {
			text := k.Letter.Text()
			at := strings.Index(text, "/questionnaire/")
			link, _, _ := strings.Cut(text[at+len("/questionnaire/"):], "\n")
			o, err := s.Behind(ctx, d, link)
			if err != nil || o.Response.Authority+"@exemple.fr" != k.To.Email || o.Why != nil {
				t.Fatalf("%s opens %s: %v, %v", k.To.Email, o.Response.Authority, o.Why, err)
			}
			if !k.Secret || k.Unsubscribe == "" || !strings.Contains(text, "L’équipe de la COP a écrit\u00a0:\n> Merci d’avance.") || k.FromName == "" {
				t.Fatalf("%+v", k)
			}
		}
		r := s.response(t, c, "corse")
		seats, err := Seats(ctx, d, r.ID)
		if err != nil || len(seats) != 1 {
			t.Fatal(seats, err)
		}
		if err := s.Resend(ctx, teamOf("94"), r.ID, seats[0].ID, false); err != nil {
			t.Fatal(err)
		}
		old := s.Door(seats[0].ID)
		if !strings.Contains(s.mails(t)[20].Letter.Text(), old.Link) {
			t.Error("sent again, the link is another one")
		}
		if err := s.Resend(ctx, teamOf("94"), r.ID, seats[0].ID, true); err != nil {
			t.Fatal(err)
		}
		if o, err := s.Behind(ctx, d, old.Secret); err != nil || o.Why == nil {
			t.Errorf("the old link still opens: %+v, %v", o.Why, err)
		}
		isKind(t, "renewed twice", s.Resend(ctx, teamOf("94"), r.ID, seats[0].ID, true), apperr.Conflict)
		isKind(t, "by another region", s.Resend(ctx, teamOf("44"), r.ID, seats[0].ID, true), apperr.NotFound)
		writer := policy.Actor{Person: "seat:" + seats[0].ID, Grants: []policy.Grant{{Role: policy.Writer, Org: r.Authority}}}
		if err := s.Silence(ctx, writer, r.ID, true); err == nil {
			t.Error("whoever answers changes what the team keeps")
		}
	})
}

func TestABounceGoesToTheNextContactThenToALetter(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), sendingRoom(t, d, "94")
		chain := map[string][]mail.Address{"corse": {{Email: "accueil@exemple.fr"}}}
		s.Contacts = func(ctx context.Context, q db.Q, authority string) ([]mail.Address, int, error) {
			return mail.Reach(ctx, q, func(context.Context, db.Q) ([]mail.Address, error) { return nil, nil },
				func(context.Context, db.Q) ([]mail.Address, error) { return chain[authority], nil })
		}
		c := s.running(t, "94")
		r := s.response(t, c, "corse")
		bounce := func() {
			t.Helper()
			all := s.mails(t)
			for _, k := range slices.Backward(all) {
				if strings.HasPrefix(k.Dedup, "survey/"+r.ID+"/") {
					err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
						if err := s.Outbox.MarkBounce(ctx, tx, k.To.Email, "5.1.1", "inconnu"); err != nil {
							return err
						}
						_, err := s.OnBounce(ctx, tx, k)
						return err
					})
					if err != nil {
						t.Fatal(err)
					}
					return
				}
			}
		}
		bounce()
		if x := s.response(t, c, "corse"); x.State != Listed || !x.InvitedAt.IsZero() {
			t.Fatalf("%+v", x)
		}
		if err := s.inviteSome(ctx, inviteArgs{c.ID, r.ID}); err != nil {
			t.Fatal(err)
		}
		if all := s.mails(t); all[len(all)-1].To.Email != "accueil@exemple.fr" {
			t.Fatalf("to %s", all[len(all)-1].To.Email)
		}
		bounce()
		if err := s.inviteSome(ctx, inviteArgs{c.ID, r.ID}); err != nil {
			t.Fatal(err)
		}
		p, err := s.List(ctx, d, teamOf("94"), c.ID, Follow{State: NoAddress}, "")
		if err != nil || len(p.Rows) != 1 || p.Rows[0].Authority != "corse" || p.Rows[0].Contacts != 0 {
			t.Fatalf("%+v, %v", p.Rows, err)
		}
		letters, more, err := s.Letters(ctx, teamOf("94"), c.ID, Follow{State: NoAddress})
		if err != nil || len(letters) != 1 || more {
			t.Fatal(letters, more, err)
		}
		again, _, err := s.Letters(ctx, teamOf("94"), c.ID, Follow{State: NoAddress})
		if err != nil || again[0].Door != letters[0].Door {
			t.Error("printed again, the letter bears another link")
		}
		if n, err := s.MarkPosted(ctx, teamOf("94"), c.ID, []string{r.ID}); err != nil || n != 1 || s.response(t, c, "corse").State != Invited {
			t.Error(n, err)
		}
		if o, err := s.Behind(ctx, d, letters[0].Door.Secret); err != nil || o.Response.ID != r.ID {
			t.Error(o, err)
		}
	})
}

func TestRemindersGoToWhoHasNotFinishedAndNoMore(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), sendingRoom(t, d, "94")
		c := s.running(t, "94")
		rows, err := d.Query(ctx, `SELECT authority FROM response ORDER BY sort_key, id`)
		names, err := db.Strings(rows, err)
		if err != nil {
			t.Fatal(err)
		}
		for i, state := range []State{Done, Refused, Submitted, Started, Opened} {
			s.set(t, `UPDATE response SET state = $2, rows_asked = 60, rows_rated = 12 WHERE authority = $1`, names[i], string(state))
		}
		waiting := s.response(t, c, names[2])
		if _, _, err := s.NewSeat(ctx, d, Seat{Response: waiting.ID, Role: Validates, Name: "La maire", Email: "maire@exemple.fr"}); err != nil {
			t.Fatal(err)
		}
		if err := s.Silence(ctx, teamOf("94"), s.response(t, c, names[5]).ID, true); err != nil {
			t.Fatal(err)
		}
		if err := s.StopMail(ctx, s.NoMail(s.response(t, c, names[6]).ID, names[6]+"@exemple.fr")); err != nil {
			t.Fatal(err)
		}
		p, err := s.PlanReminders(ctx, d, teamOf("94"), c.ID, Follow{}, nil)
		if err != nil || len(p.Due) != 0 {
			t.Fatalf("due on the first day: %d, %v", len(p.Due), err)
		}
		s.clock.at = s.clock.at.Add(14 * 24 * time.Hour)
		p, err = s.PlanReminders(ctx, d, teamOf("94"), c.ID, Follow{}, nil)
		if err != nil || len(p.Due) != 20-4 {
			t.Fatalf("due: %d, %v, %+v", len(p.Due), err, p.Spared)
		}
		why := map[string]int{}
		for _, g := range p.Spared {
			why[g.Why] = g.N
		}
		if why["a déjà validé sa réponse"] != 1 || why["a dit qu’elle ne répondra pas"] != 1 || why["à ne pas contacter"] != 1 || why[noAddress] != 1 {
			t.Errorf("%v", why)
		}
		before := len(s.mails(t))
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				_, err := s.Remind(ctx, teamOf("94"), c.ID, Follow{}, nil, "une-pression")
				if apperr.KindOf(err) == apperr.Conflict {
					return nil
				}
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM job WHERE kind = 'survey.remind-some'`); n != 1 {
			t.Errorf("%d jobs for one press", n)
		}
		var ids []string
		for _, x := range p.Due {
			ids = append(ids, x.Response.ID)
		}
		for range 20 {
			g.Go(func() error { _, err := s.remindSome(ctx, remindArgs{Campaign: c.ID, IDs: ids}); return err })
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		sent := s.mails(t)[before:]
		if len(sent) != 16 {
			t.Fatalf("%d reminders", len(sent))
		}
		for _, k := range sent {
			text := k.Letter.Text()
			switch k.To.Email {
			case "maire@exemple.fr":
				if !strings.Contains(text, "attend votre validation") {
					t.Error(text)
				}
			case names[2] + "@exemple.fr":
				t.Error("who wrote is reminded of what a validator holds")
			case names[3] + "@exemple.fr":
				if !strings.Contains(text, "12 des 60") {
					t.Error(text)
				}
			}
		}
		r := s.response(t, c, names[10])
		seats, err := Seats(ctx, d, r.ID)
		if err != nil || len(seats) != 1 || r.Reminders != 1 {
			t.Fatalf("a reminder makes another seat: %d, %d, %v", len(seats), r.Reminders, err)
		}
		for range 5 { // the job of each morning, up to the most
			s.clock.at = s.clock.at.Add(15 * 24 * time.Hour)
			if _, err := s.remindSome(ctx, remindArgs{Campaign: c.ID, IDs: ids}); err != nil {
				t.Fatal(err)
			}
		}
		if r := s.response(t, c, names[10]); r.Reminders != 3 {
			t.Errorf("%d reminders", r.Reminders)
		}
		if err := s.Silence(ctx, teamOf("94"), s.response(t, c, names[6]).ID, true); err != nil { // no address is left: every morning would look again
			t.Fatal(err)
		}
		if err := s.remindAll(ctx, "un-jour"); err != nil {
			t.Fatal(err)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM job WHERE kind = 'survey.remind-some'`); n != 1 {
			t.Errorf("the morning finds somebody who had the most: %d jobs", n)
		}
		if _, err := s.PlanReminders(ctx, d, teamOf("44"), c.ID, Follow{}, nil); err != nil {
			t.Error(err)
		} else if p, _ := s.PlanReminders(ctx, d, teamOf("44"), c.ID, Follow{}, nil); len(p.Due)+len(p.Spared) != 0 {
			t.Error("another region plans reminders here")
		}
	})
}
