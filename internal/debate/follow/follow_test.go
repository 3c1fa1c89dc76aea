package follow

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

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
	c   cop.COP
	now time.Time
}

func newRoom(t *testing.T, d *db.DB) *room {
	t.Helper()
	r := &room{t: t, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return r.now }
	ids, keys := db.NewIDs(clock, rand.Reader), db.NewCursors([]byte("essai"))
	queue := jobs.New(ids, clock)
	shared := &debate.Room{DB: d, IDs: ids, Now: clock, Random: rand.Reader, Journal: journal.New(ids, clock, keys), Cursors: keys, Queue: queue, BaseURL: "https://jalon.example",
		Outbox: mail.New(mail.Options{IDs: ids, Now: clock, Queue: queue, Cursors: keys})}
	shared.COPs = &cop.Room{DB: d, IDs: ids, Now: clock, Journal: shared.Journal, Cursors: keys, Random: rand.Reader}
	shared.Accounts = &account.Room{DB: d, IDs: ids, Now: clock, Random: rand.Reader, Key: []byte("s"), Journal: shared.Journal, Outbox: shared.Outbox, Queue: queue, Cursors: keys}
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if err := shared.COPs.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	if r.c, err = cop.Find(t.Context(), d, cop.RegionID(cop.First, "44")); err != nil {
		t.Fatal(err)
	}
	r.Room = &Room{Room: shared, Names: map[Kind]func(context.Context, db.Q, cop.COP, string) (Named, error){
		Lever: func(_ context.Context, _ db.Q, _ cop.COP, id string) (Named, error) {
			return Named{Name: "le levier " + id, Path: "/leviers/" + id}, nil
		}},
		Since: []func(context.Context, db.Q, cop.COP, time.Time) (Part, error){func(_ context.Context, _ db.Q, _ cop.COP, from time.Time) (Part, error) {
			return Part{Title: "Actualités", Items: []Item{{Text: "depuis le " + from.Format(time.DateOnly), Path: "/ici"}}}, nil
		}}}
	shared.OnConfirm = map[string]func(context.Context, db.Q, debate.Voice, string) (string, error){Confirmation: r.Confirmed, LetterConfirmation: r.ReadConfirmed}
	shared.OnErase = append(shared.OnErase, r.Forget)
	return r
}

var confirmLink = regexp.MustCompile(`/voix/confirmer/([0-9a-f]+)`)

func (r *room) mails(email string) []mail.Kept {
	r.t.Helper()
	page, err := r.Outbox.List(r.t.Context(), r.DB, mail.Filter{Email: email}, "", 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	return page.Mails
}

func (r *room) confirm(email string) debate.Voice {
	r.t.Helper()
	v, _, err := r.Confirm(r.t.Context(), confirmLink.FindStringSubmatch(r.mails(email)[0].Letter.Text())[1])
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

func (r *room) count(text string, args ...any) (n int64) {
	r.t.Helper()
	if err := r.DB.QueryRow(r.t.Context(), text, args...).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

func (r *room) announce(dedup string, subjects ...Subject) {
	r.t.Helper()
	if err := db.Tx(r.t.Context(), r.DB, func(ctx context.Context, tx db.Q) error {
		return r.Announce(ctx, tx, r.c, subjects, dedup, mail.Letter{Subject: dedup, Blocks: []mail.Block{mail.Para("Une nouvelle.")}})
	}); err != nil {
		r.t.Fatal(err)
	}
}

// work does the jobs of this room that wait, in order.
func (r *room) work() {
	r.t.Helper()
	var c jobs.Config
	c.Handlers = map[string]jobs.Handler{}
	r.RegisterJobs(&c)
	rows, err := r.DB.Query(r.t.Context(), `SELECT kind, args FROM job WHERE kind IN ('follow.tell', 'letter.send') AND state = 'ready' ORDER BY id`)
	all, err := db.Collect(rows, err, func(row *db.Rows) (j jobs.Job, err error) {
		var args string
		err = row.Scan(&j.Kind, &args)
		j.Args = []byte(args)
		return j, err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, j := range all {
		if err := c.Handlers[j.Kind].Do(r.t.Context(), j); err != nil {
			r.t.Fatal(err)
		}
	}
}

// crowd makes voices that are confirmed; of them, one in hundred follows «rare».
func (r *room) crowd(n int) {
	r.t.Helper()
	var voices, follows [][]any
	for i := range n {
		id, subject := fmt.Sprintf("v%06d", i), "autre"
		if i%100 == 0 {
			subject = "rare"
		}
		voices = append(voices, []any{id, int64(1), r.c.ID, id + "@exemple.fr", "", "", "", "", "", "", "confirmed", "each", int64(1)})
		follows = append(follows, []any{"f" + id, r.c.ID, id, "lever", subject, "on", int64(1)})
	}
	if _, err := db.Insert(r.t.Context(), r.DB, "debate_voice", []string{"id", "rev", "cop_id", "email", "name", "account", "org", "org_name", "college", "territory", "state", "notify", "at"}, voices, ""); err != nil {
		r.t.Fatal(err)
	}
	if _, err := db.Insert(r.t.Context(), r.DB, "follow", []string{"id", "cop_id", "voice_id", "kind", "subject", "state", "at"}, follows, ""); err != nil {
		r.t.Fatal(err)
	}
}

// Fifty thousand follow something, one in hundred follows what there is news of: five
// hundred mails, by one job.
func TestNewsGoToThoseWhoFollow(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		r.crowd(50_000)
		r.announce("verdict/1", Subject{Lever, "rare"}, Subject{Contribution, "x"})
		r.announce("verdict/1", Subject{Lever, "rare"})
		if n := r.count(`SELECT COUNT(*) FROM job WHERE kind = 'follow.tell'`); n != 1 {
			t.Errorf("%d jobs", n)
		}
		began := time.Now()
		r.work()
		t.Logf("500 of 50 000 told in %v", time.Since(began))
		if n := r.count(`SELECT COUNT(*) FROM mail_outbox`); n != 500 {
			t.Errorf("%d mails, want 500", n)
		}
		if n := r.count(`SELECT told FROM follow_news`); n != 500 {
			t.Errorf("%d told", n)
		}
		r.work() // the job again, as after a worker that died before saying that it was done
		if n := r.count(`SELECT COUNT(*) FROM mail_outbox`); n != 500 {
			t.Errorf("%d mails after a second run", n)
		}
	})
}

// A subscription begins with the link that was sent, tells once what has two of its
// subjects, and stops with a click.
func TestASubscription(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r, who := newRoom(t, d), debate.Speaker{Email: "a@exemple.fr"}
		if _, sure, err := r.Follow(t.Context(), policy.Actor{}, r.c, who, Subject{Lever, "velo"}); err != nil || sure {
			t.Fatal(sure, err)
		}
		r.announce("avant", Subject{Lever, "velo"})
		r.work()
		if n := len(r.mails("a@exemple.fr")); n != 1 {
			t.Fatalf("%d mails before the address is confirmed", n)
		}
		v := r.confirm("a@exemple.fr")
		who.Voice = v.ID
		if _, sure, err := r.Follow(t.Context(), policy.Actor{}, r.c, who, Subject{Lever, "bois"}); err != nil || !sure {
			t.Fatal(sure, err)
		}
		r.announce("deux", Subject{Lever, "velo"}, Subject{Lever, "bois"})
		r.work()
		got := r.mails("a@exemple.fr")
		if len(got) != 2 || got[0].Letter.Subject != "deux" || got[0].Unsubscribe != "https://jalon.example"+r.VoicePath(v.ID)+"/mes/messages" {
			t.Fatalf("%d mails: %+v", len(got), got[0])
		}
		s, err := r.Section(t.Context(), d, v)
		if err != nil || len(s.Rows) != 2 {
			t.Fatal(s, err)
		}
		for _, row := range s.Rows {
			if err := r.Stop(t.Context(), v, strings.TrimPrefix(row.Stop, "/abonnements/")); err != nil {
				t.Fatal(err)
			}
		}
		r.announce("après", Subject{Lever, "velo"})
		r.work()
		if n := len(r.mails("a@exemple.fr")); n != 2 {
			t.Errorf("%d mails after leaving", n)
		}
		// Somebody else types the address: nothing begins without its owner.
		if _, _, err := r.Follow(t.Context(), policy.Actor{}, r.c, debate.Speaker{Email: "a@exemple.fr"}, Subject{Lever, "velo"}); err != nil {
			t.Fatal(err)
		}
		if yes, err := Follows(t.Context(), d, v.ID, r.c, Subject{Lever, "velo"}); err != nil || yes {
			t.Errorf("an address that was typed follows: %v", err)
		}
		if _, _, err := r.Follow(t.Context(), policy.Actor{}, r.c, who, Subject{"secret", "x"}); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("an unknown kind: %v", err)
		}
		if err := r.EraseSelf(t.Context(), v, debate.ErasePhrase); err != nil {
			t.Fatal(err)
		}
		if n := r.count(`SELECT COUNT(*) FROM follow`); n != 0 {
			t.Errorf("%d subscriptions of nobody", n)
		}
	})
}

// Twenty at once follow one subject under one address: one subscription.
func TestTwentyFollowAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		r.crowd(1)
		ctx := context.WithoutCancel(t.Context())
		var wg sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			wg.Go(func() {
				_, _, errs[i] = r.Follow(ctx, policy.Actor{}, r.c, debate.Speaker{Voice: "v000000"}, Subject{Lever, "velo"})
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if n := r.count(`SELECT COUNT(*) FROM follow WHERE subject = 'velo' AND state = 'on'`); n != 1 {
			t.Errorf("%d subscriptions", n)
		}
	})
}

func (r *room) team() policy.Actor {
	return policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: r.c.ID}}}
}

// A letter goes to those who asked and confirmed, once each, though its sender is
// killed between two chunks; who leaves gets no other.
func TestALetter(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		r.crowd(250)
		var rows [][]any
		for i := range 250 {
			rows = append(rows, []any{fmt.Sprintf("r%06d", i), r.c.ID, fmt.Sprintf("v%06d", i), "on", "oui", int64(1), int64(1)})
		}
		if _, err := db.Insert(t.Context(), d, "letter_reader", []string{"id", "cop_id", "voice_id", "state", "wording", "asked_at", "confirmed_at"}, rows, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Read(t.Context(), policy.Actor{}, r.c, debate.Speaker{Email: "a@exemple.fr"}, false); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("without consent: %v", err)
		}
		for _, email := range []string{"a@exemple.fr", "jamais@exemple.fr"} {
			if sure, err := r.Read(t.Context(), policy.Actor{}, r.c, debate.Speaker{Email: email}, true); err != nil || sure {
				t.Fatal(sure, err)
			}
		}
		v := r.confirm("a@exemple.fr")
		if s, err := r.LetterSection(t.Context(), d, v); err != nil || len(s.Rows) != 1 || !strings.Contains(s.Rows[0].Note, "J’accepte que l’équipe") {
			t.Errorf("the proof: %+v %v", s, err)
		}
		if _, err := r.AddLetter(t.Context(), policy.Actor{}, r.c, "T", "T"); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("anyone writes a letter: %v", err)
		}
		x, err := r.AddLetter(t.Context(), r.team(), r.c, "Mars", "# Bonjour\n\nUn [mot](https://exemple.fr).\n\n- un\n- deux")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := FindLetter(t.Context(), d, policy.Actor{}, r.c, x.ID); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("anyone reads a draft: %v", err)
		}
		ctx := context.WithoutCancel(t.Context())
		var wg sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			wg.Go(func() { _, errs[i] = r.SendLetter(ctx, r.team(), r.c, x.ID, 1) })
		}
		wg.Wait()
		well := 0
		for _, err := range errs {
			if err == nil {
				well++
			} else if apperr.KindOf(err) != apperr.Conflict {
				t.Error(err)
			}
		}
		if well != 1 {
			t.Fatalf("sent %d times", well)
		}
		if more, err := r.sendSome(t.Context(), x.ID); err != nil || !more { // then killed
			t.Fatal(more, err)
		}
		r.work()
		if x, err = FindLetter(t.Context(), d, policy.Actor{}, r.c, x.ID); err != nil || x.State != Sent || x.Count != 251 {
			t.Fatalf("%+v %v", x, err)
		}
		if n := r.count(`SELECT COUNT(*) FROM mail_outbox WHERE dedup LIKE 'letter/%'`); n != 251 {
			t.Errorf("%d letters, want 251", n)
		}
		got := r.mails("a@exemple.fr")[0]
		text := got.Letter.Text()
		if got.Unsubscribe != "https://jalon.example"+r.VoicePath(v.ID)+"/mes/lettre" || !strings.Contains(text, "- un\n- deux") || !strings.Contains(text, "Un mot (https://exemple.fr).") ||
			!strings.Contains(text, "depuis le 2026-02-02\u00a0: https://jalon.example/ici") || strings.Contains(got.Letter.HTML(), "<img") {
			t.Errorf("%s\n%s", got.Unsubscribe, text)
		}
		if err := r.LeaveLetter(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		r.now = r.now.Add(24 * time.Hour)
		y, err := r.AddLetter(t.Context(), r.team(), r.c, "Avril", "Encore.")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.SaveLetter(t.Context(), r.team(), r.c, y.ID, 7, "Avril", "Perdu."); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("a second writer: %v", err)
		}
		if y, err = r.SendLetter(t.Context(), r.team(), r.c, y.ID, 1); err != nil || y.Auto[0].Items[0].Text != "depuis le 2026-03-02" {
			t.Fatalf("%+v %v", y, err)
		}
		r.work()
		if n := len(r.mails("a@exemple.fr")); n != 2 { // the link that confirms, and the first letter
			t.Errorf("%d mails to somebody who left", n)
		}
		if n, err := ReadersOf(t.Context(), d, r.c); err != nil || n != (Readers{On: 250, Waiting: 1, Gone: 1}) {
			t.Errorf("%+v %v", n, err)
		}
	})
}
