package meeting

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

func (r *room) meeting(x cop.Meeting) cop.Meeting {
	r.t.Helper()
	x, _, err := cop.MeetingOf(r.t.Context(), r.DB, x.ID)
	r.must(err)
	return x
}

// Two people tick the same list at once, and phones read the code at the door: nobody
// is lost, nobody counts twice.
func TestPresencesTickedAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		x := r.meet(Entry{Mode: Open})
		const people = 12
		seats := make([]Seat, people)
		for i := range people {
			seats[i] = r.come(x, i)
		}
		want(t, r.Tick(ctx, team, x.ID, []string{seats[0].ID}, nil), apperr.Invalid, "à partir du jour")
		code, err := r.NewDoor(ctx, team, x.ID)
		r.must(err)
		_, _, err = r.Behind(ctx, d, code)
		want(t, err, apperr.NotFound, "aujourd’hui")
		r.now = time.Date(2026, 3, 20, 13, 0, 0, 0, time.UTC)
		want(t, r.Tick(ctx, policy.Actor{}, x.ID, []string{seats[0].ID}, nil), apperr.Forbidden, "")
		want(t, r.Close(ctx, team, x.ID), apperr.Invalid, "notez d’abord")
		var g errgroup.Group
		for i := range people {
			for range 2 {
				g.Go(func() error { return r.Tick(ctx, team, x.ID, []string{seats[i].ID}, nil) })
			}
			g.Go(func() error { // the same people at the door, by the address that they registered with
				_, _, err := r.Enter(ctx, policy.Actor{}, strings.ToLower(code), Arrival{Email: fmt.Sprintf("p%02d@exemple.fr", i), Device: fmt.Sprint("phone", i)})
				return err
			})
			g.Go(func() error { // and others, who had not registered; each phone sends twice
				for range 2 {
					if _, _, err := r.Enter(ctx, policy.Actor{}, code, Arrival{Device: fmt.Sprint("other", i), NewPresence: NewPresence{Name: fmt.Sprint("Autre ", i), OrgName: "Club"}}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		r.must(g.Wait())
		if n, known, err := r.Seats(ctx, d, x); n != 2*people || !known || err != nil {
			t.Fatalf("%d people, %v, %v", n, known, err)
		}
		r.must(r.Close(ctx, team, x.ID))
		if got := r.meeting(x); got.State != cop.MeetingOn || !got.Counted || *got.Attendance != 2*people {
			t.Errorf("%+v", got)
		}
		// What is corrected later changes the number; the last of those who correct at once is that of all.
		g = errgroup.Group{}
		for i := range people - 2 {
			g.Go(func() error { return r.Tick(ctx, team, x.ID, nil, []string{seats[i].ID}) })
		}
		r.must(g.Wait())
		if got := r.meeting(x); *got.Attendance != people+2 {
			t.Errorf("%d after correction", *got.Attendance)
		}
		lines, err := r.List(ctx, d, team, x.ID, "personne 03")
		if err != nil || len(lines) != 1 || lines[0].Here || lines[0].Email != "p03@exemple.fr" {
			t.Errorf("%+v %v", lines, err)
		}
		_, err = r.List(ctx, d, policy.Actor{}, x.ID, "")
		want(t, err, apperr.Forbidden, "")
		// The room counted one by one wins over the list, and keeps its two writers apart.
		rev := r.entry(x).Rev
		r.must(r.SetHeads(ctx, team, x.ID, rev, n(40), map[debate.College]int64{debate.Citizens: 25}))
		want(t, r.SetHeads(ctx, team, x.ID, rev, n(41), nil), apperr.Conflict, "pendant votre saisie")
		want(t, r.SetHeads(ctx, team, x.ID, rev+1, n(4), map[debate.College]int64{debate.Citizens: 25}), apperr.Invalid, "25")
		if got := r.meeting(x); *got.Attendance != 40 {
			t.Errorf("%d counted", *got.Attendance)
		}
		if _, err = r.NewDoor(ctx, team, x.ID); err != nil {
			t.Error(err)
		}
		_, _, err = r.Behind(ctx, d, code) // the code was changed
		want(t, err, apperr.NotFound, "")
		r.now = r.now.AddDate(0, 0, 1)
		_, _, err = r.Behind(ctx, d, r.entry(x).Door) // and the day is over
		want(t, err, apperr.NotFound, "")
	})
}

// Two meetings: seats are added, people are not; the communes that came are read by
// département, and what nobody recorded is no zero.
func TestWhoCameByDepartment(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		tree, err := territory.Embedded()
		r.must(err)
		none, err := ParticipationOf(ctx, d, tree, r.cop, "2026-12-31")
		r.must(err)
		if none.Lists != 0 || none.SeatsAt != 0 || none.Depts["67"].Communes.Whole == 0 || none.Depts["67"].Communes.Part != 0 {
			t.Errorf("%+v", none)
		}
		exec := func(text string, args ...any) {
			t.Helper()
			_, err := d.Exec(ctx, text, args...)
			r.must(err)
		}
		exec(`INSERT INTO organisation (id, rev, name, name_fold, sort_key, kind, label, capacities, territory, siren, region, department, contact, origin, state, at)
			VALUES ('commune-67482', 1, 'Strasbourg', 'strasbourg', 'strasbourg', 'commune', '', 'commune', 'commune:67482', '', '44', '67', '', 'tree', 'active', 0)`)
		first, second := r.meet(Entry{Mode: Open}), r.meet(Entry{Mode: Open})
		for i := range 2 {
			r.come(first, i)
			r.come(second, i)
		}
		r.now = time.Date(2026, 3, 20, 13, 0, 0, 0, time.UTC)
		mayor := NewPresence{Name: "Anne Martin", Org: "commune-67482", OrgName: "Strasbourg", Territory: "commune:67482"}
		for _, x := range []cop.Meeting{first, second} {
			lines, err := r.List(ctx, d, team, x.ID, "")
			r.must(err)
			r.must(r.Tick(ctx, team, x.ID, []string{lines[0].Seat.ID, lines[1].Seat.ID}, nil))
			mayor.Once = "a"
			r.must(r.Add(ctx, team, x.ID, mayor))
			r.must(r.Add(ctx, team, x.ID, mayor)) // the same form twice
			want(t, r.Add(ctx, team, x.ID, NewPresence{Name: "Sans rien"}), apperr.Invalid, "organisme")
			r.must(r.Close(ctx, team, x.ID))
		}
		p, err := ParticipationOf(ctx, d, tree, r.cop, "2026-03-20")
		r.must(err)
		if p.Seats != 6 || p.SeatsAt != 2 || p.People != 3 || p.Lists != 2 || p.Depts["67"].Communes.Part != 1 || p.Depts["67"].Homes != 1 || p.Depts["68"].Communes.Part != 0 || p.Region.Communes.Part != 1 || p.Region.EPCI.Part != 0 || p.Region.EPCI.Whole == 0 {
			t.Errorf("%+v", p)
		}
		all, err := RegionCounts(ctx, d, tree, cop.First, "2026-03-20")
		if err != nil || all[r.cop.ID].People != 3 || all[r.cop.ID].Region.Communes.Part != 1 {
			t.Errorf("%+v %v", all, err)
		}
		// The name goes after a year, what is counted stays.
		r.now = r.now.AddDate(1, 0, 2)
		r.must(r.Night(ctx))
		if again, err := ParticipationOf(ctx, d, tree, r.cop, "2026-12-31"); err != nil || again.People != 3 || again.Region.Communes.Part != 1 {
			t.Errorf("%+v %v", again, err)
		}
		lines, err := r.List(ctx, d, team, first.ID, "martin")
		if err != nil || len(lines) != 0 {
			t.Errorf("the name is still there: %+v %v", lines, err)
		}
	})
}

// Nobody is invited twice; only those who hold a seat are reminded, once for each day;
// who comes or was invited learns what changes, and who gave up does not.
func TestInvitationsRemindersAndChanges(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		x := r.meet(Entry{Mode: Invited})
		_, err := r.InvitePasted(ctx, team, x.ID, "a@exemple.fr\npas une adresse")
		want(t, err, apperr.Invalid, "pas une adresse")
		_, err = r.InvitePasted(ctx, policy.Actor{}, x.ID, "a@exemple.fr")
		want(t, err, apperr.Forbidden, "")
		for i, says := range []Sent{{New: 4}, {New: 1, Already: 4}} {
			list := "P01@exemple.fr, p02@exemple.fr; Anne Martin <p03@exemple.fr>\n\np04@exemple.fr"
			if i == 1 {
				list += "\np05@exemple.fr"
			}
			if got, err := r.InvitePasted(ctx, team, x.ID, list); err != nil || got != says {
				t.Errorf("%+v %v, want %+v", got, err, says)
			}
		}
		_, _, err = r.Register(ctx, policy.Actor{}, x.ID, someone(9))
		want(t, err, apperr.Forbidden, "sur invitation")
		// Who tries addresses without a link is told the same of those that were invited.
		_, _, err = r.Register(ctx, policy.Actor{}, x.ID, someone(1))
		want(t, err, apperr.Forbidden, "sur invitation")
		other := someone(2)
		other.Invited = "p01@exemple.fr"
		_, _, err = r.Register(ctx, policy.Actor{}, x.ID, other)
		want(t, err, apperr.Forbidden, "sur invitation")
		token := strings.SplitN(r.InvitePath(x, "P01@exemple.fr"), "invitation=", 2)[1]
		if r.OpenInvite(x, token) != "p01@exemple.fr" || r.OpenInvite(cop.Meeting{ID: "autre"}, token) != "" {
			t.Error("the link of an invitation")
		}
		comes, gone, waits := r.come(x, 1), r.come(x, 2), r.come(x, 3)
		_, err = r.Cancel(ctx, gone.ID)
		r.must(err)
		r.ask(x, 4) // never confirms
		for _, day := range []int{12, 13, 13, 14, 19} {
			r.now = time.Date(2026, 3, day, 6, 0, 0, 0, time.UTC) // too early in the day
			r.must(r.RemindAll(ctx))
			r.now = time.Date(2026, 3, day, 9, 0, 0, 0, time.UTC)
			r.must(r.RemindAll(ctx))
		}
		if got := r.mails("Rappel"); got != 4 {
			t.Errorf("%d reminders, want two for each of two people", got)
		}
		moved := r.meeting(x)
		moved.Note = "Un texte de plus"
		r.must(r.Save(ctx, team, moved))
		if got := r.mails("Changement"); got != 0 {
			t.Errorf("%d people are told of a text", got)
		}
		moved = r.meeting(x)
		moved.Day, moved.Place, moved.State = "2026-03-24", "Metz", cop.Planned
		r.must(r.Save(ctx, team, moved))
		if got := r.mails("Changement"); got != 4 { // two who come, and the two who were invited and hold no seat
			t.Errorf("%d people are told of another day", got)
		}
		if text := strings.ReplaceAll(r.last("p01@exemple.fr").Letter.Text(), nb, " "); !strings.Contains(text, "le 24 mars 2026, de 14:30 à 17:00, au lieu du 20 mars 2026") || !strings.Contains(text, "Metz") {
			t.Errorf("%s", text)
		}
		moved = r.meeting(x)
		moved.State = cop.Cancelled
		r.must(r.Save(ctx, team, moved))
		if got := r.mails("Réunion annulée"); got != 4 {
			t.Errorf("%d people are told that it is cancelled", got)
		}
		if comes.State != Confirmed || waits.State != Confirmed {
			t.Errorf("%+v %+v", comes, waits)
		}
		ics := cop.ICS("x", "https://jalon.example", []cop.Appointment{r.meeting(x).Appointment(r.cop)})
		for _, line := range []string{"METHOD:PUBLISH", "DTSTART:20260324T133000Z", "STATUS:CANCELLED", "URL:https://jalon.example/reunions/" + x.ID} {
			if !strings.Contains(strings.ReplaceAll(ics, "\r\n ", ""), line) {
				t.Errorf("no %s in %s", line, ics)
			}
		}
		if strings.Contains(ics, "visio") {
			t.Error("a calendar that anyone reads holds the link of those who come")
		}
	})
}
