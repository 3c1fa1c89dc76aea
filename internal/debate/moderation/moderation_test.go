package moderation

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
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const home = "2023-24-r44"

// clock is a day that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func room(t testing.TB, d *db.DB) (*Room, *clock) {
	t.Helper()
	c := &clock{noon}
	ids, keys := db.NewIDs(c.now, rand.Reader), db.NewCursors([]byte("essai"))
	queue := jobs.New(ids, c.now)
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	shared := &debate.Room{DB: d, IDs: ids, Now: c.now, Random: rand.Reader, Journal: journal.New(ids, c.now, keys), Cursors: keys, Queue: queue, BaseURL: "https://jalon.example",
		Outbox: mail.New(mail.Options{IDs: ids, Now: c.now, Queue: queue, Cursors: keys}), Links: &link.Links{IDs: ids, Now: c.now}}
	shared.COPs = &cop.Room{DB: d, IDs: ids, Now: c.now, Journal: shared.Journal, Cursors: keys, Random: rand.Reader}
	shared.Accounts = &account.Room{DB: d, IDs: ids, Now: c.now, Random: rand.Reader, Key: []byte("secret"), Journal: shared.Journal, Outbox: shared.Outbox, Queue: queue, Cursors: keys, COPsOf: cop.IDsOfRegion, BaseURL: "https://jalon.example"}
	if err := shared.COPs.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	return &Room{Room: shared}, c
}

func team(person string) policy.Actor {
	return policy.Actor{Person: person, Grants: []policy.Grant{{Role: policy.Team, COP: home}}}
}

var first, second = team("ines"), team("paul")

// left is a text that waits for a moderator, whose author confirmed their address.
func left(t testing.TB, m *Room, email, text string) debate.Post {
	t.Helper()
	c, err := cop.Find(t.Context(), m.DB, home)
	if err != nil {
		t.Fatal(err)
	}
	p, v, err := m.Deposit(t.Context(), policy.Actor{}, c, debate.Post{Kind: debate.Contribution, Title: "Titre", Text: text, Signed: "Anne", Speaker: debate.Person}, debate.Speaker{Email: email}, "votre contribution", nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Tx(t.Context(), m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := tx.Exec(ctx, `UPDATE debate_voice SET state = 'confirmed' WHERE id = $1`, v.ID); err != nil {
			return err
		}
		if p.State == debate.PostUnconfirmed {
			_, err = m.Confirmed(ctx, tx, v, p.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = debate.FindPost(t.Context(), m.DB, p.ID); err != nil || p.State != debate.PostWaiting {
		t.Fatal(p.State, err)
	}
	return p
}

func kindIs(t *testing.T, what string, err error, want apperr.Kind) {
	t.Helper()
	if err == nil || apperr.KindOf(err) != want {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// letters are the subjects of the mails that wait or went.
func letters(t *testing.T, m *Room) []mail.Kept {
	t.Helper()
	page, err := m.Outbox.List(t.Context(), m.DB, mail.Filter{}, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return page.Mails
}

func told(t *testing.T, m *Room, subject string) (n int) {
	t.Helper()
	for _, k := range letters(t, m) {
		if strings.Contains(k.Letter.Subject, subject) {
			n++
		}
	}
	return n
}

func TestReadThenPublishedOrRefused(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, now := room(t, d)
		a, b := left(t, m, "anne@exemple.fr", "Plus de trains."), left(t, m, "bruno@exemple.fr", "Appelez Mme Durand au 06 12 34 56 78, ou voyez https://exemple.fr/boutique.")
		if err := Mark(ctx, d, b.ID, Noticed("<script>alert(1)</script>\u202eAppelez")...); err != nil {
			t.Fatal(err)
		}
		_, err := m.Queue(ctx, d, policy.Actor{Person: "x", Grants: []policy.Grant{{Role: policy.Expert, COP: home}}}, home, debate.PostWaiting, "", "", 50)
		kindIs(t, "the queue read by an expert", err, apperr.NotFound)
		now.at = noon.Add(8 * 24 * time.Hour)
		l, err := m.Queue(ctx, d, first, home, debate.PostWaiting, "", "", 1)
		if err != nil || len(l.Items) != 1 || l.Items[0].Post.ID != a.ID || !l.Items[0].Late || l.Next == "" {
			t.Fatal(l, err)
		}
		if l, err = m.Queue(ctx, d, first, home, debate.PostWaiting, debate.Comment, "", 1); err != nil || len(l.Items) != 0 {
			t.Errorf("comments: %v %v", l, err)
		}
		x, err := m.One(ctx, d, first, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		seen := fmt.Sprint(x.Spots)
		for _, want := range []string{"06 12 34 56 78", "Mme Durand", "https://exemple.fr/boutique", "caractères invisibles", "balises"} {
			if !strings.Contains(seen, want) {
				t.Errorf("%q is not among %s", want, seen)
			}
		}
		w, err := WaitingIn(ctx, d, home, m.Now())
		if err != nil || w.Read != 2 || w.Late != 2 {
			t.Errorf("%+v, %v", w, err)
		}
		_, err = m.Decide(ctx, first, a.ID, a.Rev, Decision{Verb: Refuse})
		kindIs(t, "refused without a reason", err, apperr.Invalid)
		_, err = m.Decide(ctx, first, b.ID, b.Rev, Decision{Verb: Publish, Mask: []string{"06 99 99 99 99"}})
		kindIs(t, "masking what is not there", err, apperr.Invalid)
		if p, err := m.Decide(ctx, first, a.ID, a.Rev, Decision{Verb: Publish}); err != nil || p.State != debate.PostPublished || p.PublishedAt.IsZero() {
			t.Fatal(p, err)
		}
		p, err := m.Decide(ctx, first, b.ID, b.Rev, Decision{Verb: Publish, Mask: []string{"06 12 34 56 78", "Mme Durand"}})
		if err != nil || strings.Contains(p.Text, "Durand") || strings.Count(p.Text, Masked) != 2 || p.State != debate.PostPublished {
			t.Fatal(p, err)
		}
		var before, after string
		if err := d.QueryRow(ctx, `SELECT body FROM debate_post_version WHERE id = $1 AND rev = $2`, b.ID, b.Rev).Scan(&before); err != nil || !strings.Contains(before, "Durand") {
			t.Errorf("the text that was read: %s %v", before, err)
		}
		if err := d.QueryRow(ctx, `SELECT body FROM debate_post_version WHERE id = $1 AND rev = $2`, b.ID, b.Rev+1).Scan(&after); err != nil || !strings.Contains(after, Masked) {
			t.Errorf("the text that is published: %s %v", after, err)
		}
		if told(t, m, "est publiée") != 2 {
			t.Errorf("authors told: %d", told(t, m, "est publiée"))
		}
		_, err = m.Decide(ctx, second, a.ID, a.Rev, Decision{Verb: Refuse, Reason: "hors-sujet"})
		kindIs(t, "the second moderator", err, apperr.Conflict)
		acts, err := ActsOn(ctx, d, a.ID)
		if err != nil || len(acts) != 1 || acts[0].By != "ines" || !acts[0].Late || acts[0].Waited != 8*24*time.Hour {
			t.Errorf("%+v %v", acts, err)
		}
	})
}

// Twenty moderators treat the same text at once: one decides, the others are told.
func TestTwentyModeratorsAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, _ := room(t, d)
		p := left(t, m, "anne@exemple.fr", "Plus de trains.")
		var done, late atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				x := Decision{Verb: Publish}
				if i%2 == 1 {
					x = Decision{Verb: Refuse, Reason: "hors-sujet"}
				}
				_, err := m.Decide(t.Context(), team(fmt.Sprint("m", i)), p.ID, p.Rev, x)
				switch {
				case err == nil:
					done.Add(1)
				case apperr.KindOf(err) == apperr.Conflict:
					late.Add(1)
				default:
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		acts, err := ActsOn(t.Context(), d, p.ID)
		if done.Load() != 1 || late.Load() != 19 || err != nil || len(acts) != 1 {
			t.Errorf("%d decided, %d were told, %d decisions, %v", done.Load(), late.Load(), len(acts), err)
		}
	})
}

func TestManyAtOnceSayWhatWasTaken(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, _ := room(t, d)
		var picks []Pick
		for i := range 5 {
			p := left(t, m, fmt.Sprintf("v%d@exemple.fr", i), "Achetez ma voiture.")
			picks = append(picks, Pick{p.ID, p.Rev})
		}
		if _, err := m.Decide(ctx, second, picks[1].Post, picks[1].Rev, Decision{Verb: Publish}); err != nil {
			t.Fatal(err)
		}
		out, err := m.DecideMany(ctx, first, home, append(picks, Pick{"absent", 1}), Decision{Verb: Refuse, Reason: "publicite", Note: "Ce n’est pas le lieu."})
		if err != nil || len(out) != 6 {
			t.Fatal(out, err)
		}
		for i, x := range out {
			if failed := i == 1 || i == 5; failed != (x.Err != nil) {
				t.Errorf("%d: %v", i, x.Err)
			}
		}
		if out[1].Last.By != "paul" || out[1].Last.Verb != Publish {
			t.Errorf("the first decision: %+v", out[1].Last)
		}
		if told(t, m, "n’est pas publiée") != 4 {
			t.Error("authors told:", told(t, m, "n’est pas publiée"))
		}
		_, err = m.DecideMany(ctx, first, home, nil, Decision{Verb: Publish})
		kindIs(t, "none ticked", err, apperr.Invalid)
	})
}

func TestAnAppealIsDecidedByAnother(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, _ := room(t, d)
		if _, err := m.Accounts.Appoint(ctx, "paul@exemple.fr", "Paul", policy.Team, "region", "44", ""); err != nil {
			t.Fatal(err)
		}
		p := left(t, m, "anne@exemple.fr", "Plus de trains.")
		if _, err := m.Decide(ctx, first, p.ID, p.Rev, Decision{Verb: Refuse, Reason: "hors-sujet"}); err != nil {
			t.Fatal(err)
		}
		acts, err := ActsOn(ctx, d, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		token := strings.TrimPrefix(m.AppealPath(acts[0].ID), "/recours/")
		_, err = m.Appeal(ctx, token+"x", "Pourquoi.")
		kindIs(t, "an address cut", err, apperr.NotFound)
		_, err = m.Appeal(ctx, token, " ")
		kindIs(t, "nothing said", err, apperr.Invalid)
		l, err := m.Appeal(ctx, token, "Le train émet moins.")
		if err != nil || l.State != AppealOpen {
			t.Fatal(l, err)
		}
		_, err = m.Appeal(ctx, token, "Encore.")
		kindIs(t, "twice", err, apperr.Conflict)
		_, err = m.EndAppeal(ctx, first, l.ID, l.Rev, true, "Finalement oui.")
		kindIs(t, "by who refused", err, apperr.Forbidden)
		_, err = m.EndAppeal(ctx, second, l.ID, l.Rev, true, "")
		kindIs(t, "without a word", err, apperr.Invalid)
		var done atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				_, err := m.EndAppeal(ctx, team(fmt.Sprint("m", i)), l.ID, l.Rev, i%2 == 0, "C’est dans le sujet, ou non.")
				if err == nil {
					done.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || done.Load() != 1 {
			t.Errorf("%d ended it, %v", done.Load(), err)
		}
		l, err = FindAppeal(ctx, d, l.ID)
		now, err2 := debate.FindPost(ctx, d, p.ID)
		if err != nil || err2 != nil || (l.State == AppealReversed) != (now.State == debate.PostPublished) || l.State == AppealOpen {
			t.Errorf("%s, %s, %v %v", l.State, now.State, err, err2)
		}
		s, err := m.StatsOf(ctx, d, home)
		if err != nil || s.Appeals != 1 || s.Open != 0 || s.Upheld+s.Reversed != 1 || s.Reasons["hors-sujet"] != 1 || s.Total.Read != 1 || s.Total.Refused != 1 || s.Total.Median != 0 {
			t.Errorf("%+v %v", s, err)
		}
	})
}

func TestThreeReadersHideAText(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, now := room(t, d)
		p := left(t, m, "anne@exemple.fr", "Plus de trains.")
		p, err := m.Decide(ctx, first, p.ID, p.Rev, Decision{Verb: Publish})
		if err != nil {
			t.Fatal(err)
		}
		report := func(machine, reason string) (bool, bool) {
			t.Helper()
			fresh, hidden, err := m.Report(ctx, policy.Actor{}, p.ID, ReportIn{Reason: reason, Machine: machine})
			if err != nil {
				t.Fatal(err)
			}
			return fresh, hidden
		}
		_, _, err = m.Report(ctx, policy.Actor{}, p.ID, ReportIn{Reason: "?", Machine: "a"})
		kindIs(t, "no reason", err, apperr.Invalid)
		report("a", "publicite")
		if fresh, _ := report("a", "illicite"); fresh {
			t.Error("one machine counted twice")
		}
		report("b", "publicite")
		items, err := m.Reported(ctx, d, first, home, 50)
		if err != nil || len(items) != 1 || len(items[0].Reports) != 2 {
			t.Fatal(items, err)
		}
		// Twenty readers at once: it is hidden once.
		var hid, counted atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				fresh, hidden, err := m.Report(ctx, policy.Actor{}, p.ID, ReportIn{Reason: "publicite", Machine: fmt.Sprint("m", i)})
				if fresh {
					counted.Add(1)
				}
				if hidden {
					hid.Add(1)
				}
				return err
			})
		}
		if err := g.Wait(); err != nil || hid.Load() != 1 || counted.Load() != 20 {
			t.Errorf("hidden %d times, %d counted, %v", hid.Load(), counted.Load(), err)
		}
		if told(t, m, "le temps d’une relecture") != 1 {
			t.Error("its author was not told")
		}
		if p, err = debate.FindPost(ctx, d, p.ID); err != nil || p.State != debate.PostHidden {
			t.Fatal(p.State, err)
		}
		if p, err = m.Decide(ctx, first, p.ID, p.Rev, Decision{Verb: Publish}); err != nil || p.State != debate.PostPublished {
			t.Fatal(p, err)
		}
		if left, err := OpenReports(ctx, d, p.ID); err != nil || len(left) != 0 {
			t.Errorf("%d left, %v", len(left), err)
		}
		for i := range 5 {
			if _, hidden := report(fmt.Sprint("n", i), "publicite"); hidden {
				t.Error("hidden again for a reason that a moderator set aside")
			}
		}
		report("x", "illicite")
		report("y", "illicite")
		if _, hidden := report("z", "droits"); !hidden {
			t.Error("not hidden for other reasons")
		}
		for range reportsAnHour - 1 {
			report("z", "droits")
		}
		_, _, err = m.Report(ctx, policy.Actor{}, p.ID, ReportIn{Reason: "droits", Machine: "z"})
		kindIs(t, "too many from one machine", err, apperr.TooMany)
		now.at = now.at.Add(2 * time.Hour)
		report("z", "droits")
	})
}

func TestAReporterIsToldOnceTheirAddressIsConfirmed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, _ := room(t, d)
		p := left(t, m, "anne@exemple.fr", "Plus de trains.")
		p, err := m.Decide(ctx, first, p.ID, p.Rev, Decision{Verb: Publish})
		if err != nil {
			t.Fatal(err)
		}
		for _, email := range []string{"lu@exemple.fr", "autre@exemple.fr"} {
			if fresh, _, err := m.Report(ctx, policy.Actor{}, p.ID, ReportIn{Reason: "illicite", Note: "Il me nomme.", Email: email, Machine: email}); err != nil || !fresh {
				t.Fatal(fresh, err)
			}
		}
		if _, err := d.Exec(ctx, `UPDATE debate_voice SET state = 'confirmed' WHERE email = 'lu@exemple.fr'`); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Decide(ctx, first, p.ID, p.Rev, Decision{Verb: Hide, Reason: "illicite"}); err != nil {
			t.Fatal(err)
		}
		if n := told(t, m, "signalement a été examiné"); n != 1 {
			t.Errorf("%d reporters told, one confirmed", n)
		}
		v, err := debate.FindVoice(ctx, d, p.Voice)
		if err != nil {
			t.Fatal(err)
		}
		// Its author is erased: the text stays, what was written to moderators goes.
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			if err := m.Erased(ctx, tx, v); err != nil {
				return err
			}
			return m.EraseVoice(ctx, tx, v)
		}); err != nil {
			t.Fatal(err)
		}
		acts, err := ActsOn(ctx, d, p.ID)
		p, err2 := debate.FindPost(ctx, d, p.ID)
		if err != nil || err2 != nil || len(acts) != 2 || acts[0].Note != "" || p.Signed != debate.Erased {
			t.Errorf("%+v %+v %v %v", acts, p, err, err2)
		}
	})
}

func TestSettingsAreSavedOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, _ := room(t, d)
		s, err := SettingOf(ctx, d, home)
		if err != nil || s.Days != 7 || s.Reports != 3 {
			t.Fatal(s, err)
		}
		kindIs(t, "no delay", m.SaveSetting(ctx, first, home, Setting{Days: 0, Reports: 3}), apperr.Invalid)
		if err := m.SaveSetting(ctx, first, home, Setting{Days: 3, Reports: 5}); err != nil {
			t.Fatal(err)
		}
		kindIs(t, "from an older page", m.SaveSetting(ctx, second, home, Setting{Days: 4, Reports: 5}), apperr.Conflict)
		if s, err = SettingOf(ctx, d, home); err != nil || s.Days != 3 || s.Rev != 1 {
			t.Error(s, err)
		}
	})
}
