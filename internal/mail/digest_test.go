package mail

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestNextSlot(t *testing.T) {
	for _, c := range []struct{ zone, now, day, at string }{
		{"Europe/Paris", "2024-05-27T03:00:00Z", "2024-05-27", "2024-05-27T05:00:00Z"},
		{"Europe/Paris", "2024-05-27T05:00:00Z", "2024-05-28", "2024-05-28T05:00:00Z"}, // at the hour: tomorrow's
		{"America/Guadeloupe", "2024-05-27T03:00:00Z", "2024-05-27", "2024-05-27T11:00:00Z"},
		{"Indian/Reunion", "2024-05-27T03:00:00Z", "2024-05-28", "2024-05-28T03:00:00Z"},
		{"Europe/Paris", "2024-12-31T12:00:00Z", "2025-01-01", "2025-01-01T06:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		s := NextSlot(now, 7, zone(t, c.zone))
		if s.Day != c.day || s.At.UTC().Format(time.RFC3339) != c.at {
			t.Errorf("%s in %s: %s %s, want %s %s", c.now, c.zone, s.Day, s.At.UTC().Format(time.RFC3339), c.day, c.at)
		}
	}
}

func daily(p post, t testing.TB, dedup, email, subject string) Mail {
	m := note(dedup, email, subject)
	m.FromName, m.COP = "COP Bretagne", "bretagne"
	m.Slot = NextSlot(p.Now(), 9, zone(t, "Europe/Paris"))
	return m
}

func TestADigestTellsADayOnceToEachReader(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, send := server(t)
		p := newPost(d, send, nil)
		p.put(t, daily(p, t, "1", "anne@exemple.fr", "Une réunion est fixée"))
		p.put(t, daily(p, t, "2", "bruno@exemple.fr", "Une réunion est fixée"))
		p.put(t, daily(p, t, "3", "anne@exemple.fr", "Une action est proposée"))
		if p.put(t, daily(p, t, "3", "anne@exemple.fr", "Une action est proposée")) {
			t.Error("the same was put twice")
		}
		p.drain(t)
		if n := len(m.Received(t)); n != 0 {
			t.Fatalf("%d left before the hour", n)
		}
		p.forward(2 * time.Hour)
		p.drain(t)
		p.drain(t)
		got := map[string]string{}
		for _, r := range m.Received(t) {
			if r.From.Name != "COP Bretagne" {
				t.Error(r.From.Name)
			}
			got[r.To[0].Address] += r.Subject + "\n" + strings.ReplaceAll(strings.TrimSpace(r.Text), "\r\n", "\n")
		}
		want := map[string]string{
			"anne@exemple.fr": "Récapitulatif\u00a0: 2\u00a0messages\nUne réunion est fixée\n---------------------\n\nUne réunion est fixée.\n\n" +
				"Une action est proposée\n-----------------------\n\nUne action est proposée.",
			"bruno@exemple.fr": "Une réunion est fixée\nUne réunion est fixée.",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		counts, err := Counts(t.Context(), d)
		if diff := cmp.Diff(map[State]int64{Grouped: 3, Sent: 2}, counts); diff != "" || err != nil {
			t.Error(err, diff)
		}
		for _, k := range p.all(t) {
			if k.State == Grouped && k.GroupedIn == "" {
				t.Errorf("%+v", k)
			}
		}
	})
}

// A mail of another COP makes the digest Jalon's own; one that is too late is
// left out.
func TestADigestOfSeveralCOPsIsFromJalon(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, send := server(t)
		p := newPost(d, send, nil)
		one, two, late := daily(p, t, "1", "anne@exemple.fr", "Un"), daily(p, t, "2", "anne@exemple.fr", "Deux"), daily(p, t, "3", "anne@exemple.fr", "Trois")
		one.ReplyTo, one.Unsubscribe = "bretagne@exemple.fr", "https://jalon.exemple.fr/stop/1"
		two.COP, two.FromName = "normandie", "COP Normandie"
		late.Expires = p.Now().Add(time.Minute)
		for _, k := range []Mail{one, two, late} {
			p.put(t, k)
		}
		p.forward(2 * time.Hour)
		p.drain(t)
		got := m.Received(t)
		if len(got) != 1 || got[0].From.Name != "Jalon" || strings.Contains(got[0].Raw, "Reply-To") || strings.Contains(got[0].Raw, "List-Unsubscribe") || strings.Contains(got[0].Text, "Trois") {
			t.Errorf("%+v", got)
		}
		if diff := cmp.Diff([]State{Grouped, Grouped, Expired, Sent}, []State{p.all(t)[0].State, p.all(t)[1].State, p.all(t)[2].State, p.all(t)[3].State}); diff != "" {
			t.Error(diff)
		}
	})
}

// More than a digest holds, and what came after it left, is told the next day,
// by the hourly sweep.
func TestWhatADigestLeftIsSwept(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		sent := 0
		p := newPost(d, func(context.Context, Kept) error { sent++; return nil }, nil)
		for i := range 201 {
			p.put(t, daily(p, t, fmt.Sprint(i), "anne@exemple.fr", "Un"))
		}
		p.forward(2 * time.Hour)
		p.drain(t)
		if counts, err := Counts(t.Context(), d); err != nil || sent != 1 || counts[Waiting] != 1 {
			t.Error(sent, counts, err)
		}
		p.forward(36 * time.Hour)
		if err := p.sweep(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		p.drain(t)
		if counts, err := Counts(t.Context(), d); err != nil || sent != 2 || counts[Waiting] != 0 {
			t.Error(sent, counts, err)
		}
	})
}

// Each letter of a digest that could not arrive finds its own way.
func TestABouncedDigestIsToldLetterByLetter(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, send := server(t)
		var told []string
		p := newPost(d, send, func(o *Options) {
			o.OnBounce = func(_ context.Context, _ db.Q, k Kept) error { told = append(told, k.Dedup); return nil }
		})
		m.Refuse(t, 550, 0)
		p.put(t, daily(p, t, "1", "anne@exemple.fr", "Un"))
		p.put(t, daily(p, t, "2", "anne@exemple.fr", "Deux"))
		p.forward(2 * time.Hour)
		p.drain(t)
		if diff := cmp.Diff([]string{"1", "2"}, told); diff != "" {
			t.Error(diff)
		}
	})
}

func TestASecretDoesNotStay(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newPost(d, func(context.Context, Kept) error { return nil }, nil)
		put := func(dedup string) {
			k := note(dedup, "anne@exemple.fr", "Votre lien de connexion")
			k.Secret, k.Expires = true, p.Now().Add(time.Hour)
			p.put(t, k)
		}
		put("sent")
		p.drain(t)
		put("late")
		p.forward(2 * time.Hour)
		if err := p.sweep(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		p.drain(t)
		if diff := cmp.Diff([]string{"anne@exemple.fr sent", "anne@exemple.fr expired"}, p.states(t)); diff != "" {
			t.Error(diff)
		}
		for _, k := range p.all(t) {
			if diff := cmp.Diff(Letter{}, k.Letter); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// Without a server mails wait, are seen as they would leave, and in the end are
// given up; what they said goes, and their name stays taken.
func TestMailsAreKeptForATimeTheirNamesForEver(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newPost(d, nil, nil)
		p.put(t, note("a", "anne@exemple.fr", "Un"))
		p.drain(t)
		if diff := cmp.Diff([]string{"anne@exemple.fr queued"}, p.states(t)); diff != "" {
			t.Error(diff)
		}
		if err := p.MarkBounce(t.Context(), d, "x@exemple.fr", "550", ""); err != nil {
			t.Fatal(err)
		}
		raw, err := Raw(p.all(t)[0], "jalon@exemple.fr", p.Now())
		again, err2 := Raw(p.all(t)[0], "jalon@exemple.fr", p.Now())
		if err != nil || err2 != nil || !strings.Contains(string(raw), "Subject: Un\r\n") || string(raw) != string(again) {
			t.Errorf("%s %v", raw, err)
		}
		p.forward(p.Keep - time.Hour)
		if n, err := p.Retain(t.Context(), d); n != 0 || err != nil {
			t.Error(n, err)
		}
		p.forward(2 * time.Hour)
		if n, err := p.Retain(t.Context(), d); n != 1 || err != nil {
			t.Error(n, err)
		}
		k := p.all(t)[0]
		if diff := cmp.Diff(Mail{Dedup: "a"}, k.Mail); diff != "" || k.State != Expired {
			t.Error(k.State, diff)
		}
		if p.put(t, note("a", "anne@exemple.fr", "Un")) {
			t.Error("told twice")
		}
		var bounces int64
		if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM mail_bounce`).Scan(&bounces); err != nil || bounces != 0 {
			t.Error(bounces, err)
		}
	})
}

func TestAListShowsWhatItsReaderMaySee(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		p := newPost(d, nil, nil)
		for i, cop := range []string{"bretagne", "normandie", "bretagne", "", "bretagne"} {
			m := note(fmt.Sprint(i), fmt.Sprintf("p%d@exemple.fr", i%2), fmt.Sprint(i))
			m.COP, m.Person = cop, fmt.Sprint("person", i%2)
			p.put(t, m)
		}
		walk := func(f Filter) (subjects string) {
			for cursor := ""; ; {
				page, err := p.List(t.Context(), d, f, cursor, 2)
				if err != nil {
					t.Fatal(err)
				}
				for _, k := range page.Mails {
					subjects += k.Letter.Subject
				}
				if cursor = page.Next; cursor == "" {
					return subjects
				}
			}
		}
		for want, f := range map[string]Filter{
			"43210": {}, "": {COPs: []string{}}, "420": {COPs: []string{"bretagne"}}, "4210": {COPs: []string{"bretagne", "normandie"}},
			"31": {Email: "P1@exemple.fr"}, "31 ": {Person: "person1"}, "43210 ": {State: Queued}, " ": {State: Sent},
		} {
			if got := walk(f); got != strings.TrimSpace(want) {
				t.Errorf("%+v: %q, want %q", f, got, want)
			}
		}
		page, err := p.List(t.Context(), d, Filter{}, "", 2)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.List(t.Context(), d, Filter{COPs: []string{"bretagne"}}, page.Next, 2); apperr.KindOf(err) != apperr.Invalid {
			t.Error("a cursor served another filter:", err)
		}
		if _, err := Find(t.Context(), d, "nothing"); apperr.KindOf(err) != apperr.NotFound {
			t.Error(err)
		}
	})
}

// A report is believed when it names a mail of ours, to the address that it
// went to: anyone may write one.
func TestAReportMarksOnlyWhatWentThere(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		next := 0
		p := newPost(d, func(context.Context, Kept) error { return nil }, func(o *Options) {
			o.OnBounce = func(context.Context, db.Q, Kept) error { next++; return nil }
		})
		p.put(t, note("a", "anne@exemple.fr", "Un"))
		p.drain(t)
		id := p.all(t)[0].ID
		for _, c := range []struct {
			name, text string
			want       int
		}{
			{"a delay", report("delayed", "4.4.1", "anne@exemple.fr", id), 0},
			{"a full box", report("failed", "5.2.2", "anne@exemple.fr", id), 0},
			{"another address", report("failed", "5.1.1", "bruno@exemple.fr", id), 0},
			{"no mail of ours", report("failed", "5.1.1", "anne@exemple.fr", "0190"), 0},
			{"no report", "Subject: bonjour\r\n\r\nBonjour.", 0},
			{"the real one", report("failed", "5.1.1", "Anne@exemple.fr", id), 1},
			{"again", report("failed", "5.1.1", "anne@exemple.fr", id), 0},
		} {
			if n, err := p.Receive(t.Context(), d, strings.NewReader(c.text)); n != c.want || err != nil {
				t.Error(c.name, n, err)
			}
		}
		if diff := cmp.Diff([]string{"anne@exemple.fr bounced"}, p.states(t)); diff != "" || next != 1 {
			t.Error(next, diff)
		}
		if _, err := p.Receive(t.Context(), d, strings.NewReader("\x00")); apperr.KindOf(err) != apperr.Invalid {
			t.Error(err)
		}
	})
}
