package debate

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// room is the room as the program builds it, with the COP of Grand Est.
func room(t testing.TB, d *db.DB) (*Room, cop.COP, *time.Time) {
	t.Helper()
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	j, queue := journal.New(ids, now, keys), jobs.New(ids, now)
	box := mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys})
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	people := &account.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Outbox: box, Key: []byte("essai"), BaseURL: "https://jalon.test", COPsOf: cop.IDsOfRegion}
	m := &Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Cursors: keys, Queue: queue, Outbox: box, COPs: cops, Accounts: people, BaseURL: "https://jalon.test"}
	m.OnConfirm = map[string]func(context.Context, db.Q, Voice, string) (string, error){string(Contribution): m.Confirmed}
	c, err := cop.Find(t.Context(), d, cop.RegionID(cop.First, "44"))
	if err != nil {
		t.Fatal(err)
	}
	return m, c, &at
}

// sent is the last address of a kind that was sent to somebody.
func sent(t testing.TB, m *Room, email, part string) string {
	t.Helper()
	p, err := m.Outbox.List(t.Context(), m.DB, mail.Filter{Email: email}, "", 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range p.Mails {
		for _, b := range k.Letter.Blocks {
			if _, token, ok := strings.Cut(b.URL, part); ok {
				return token
			}
		}
	}
	t.Fatalf("no mail to %s holds %s", email, part)
	return ""
}

func TestAPostWaitsForItsAddress(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, at := room(t, d)
		ctx := t.Context()
		p, v, err := m.Deposit(ctx, policy.Actor{}, c, Post{Kind: Contribution, Title: "Des haies", Text: "Planter des haies le long des chemins.", Speaker: Person, Signed: "Anne M."},
			Speaker{Email: "Anne@Exemple.fr ", Name: "Anne M.", College: Citizens}, "votre contribution", nil)
		if err != nil || p.State != PostUnconfirmed || v.State != VoiceWaiting || v.Email != "anne@exemple.fr" {
			t.Fatalf("left: %+v, %+v, %v", p, v, err)
		}
		token := sent(t, m, v.Email, "/voix/confirmer/")
		if x, err := m.Confirmable(ctx, d, token); err != nil || x.Thing != p.ID || x.Used {
			t.Fatalf("what it confirms: %+v, %v", x, err)
		}
		if _, _, err := m.Confirm(ctx, token+"0"); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("another link: %v", err)
		}
		// A link that mail scanners follow at once is used once.
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, _, err := m.Confirm(context.WithoutCancel(ctx), token); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if p, err = FindPost(ctx, d, p.ID); err != nil || p.State != PostWaiting || p.Rev != 2 {
			t.Fatalf("once confirmed: %+v, %v", p, err)
		}
		// The browser that confirmed acts for that address, in this COP.
		value, _ := m.VoiceCookie(v.ID)
		q, w, err := m.Deposit(ctx, policy.Actor{}, c, Post{Kind: Contribution, Title: "Des mares", Text: "Curer les mares.", Speaker: Person}, Speaker{Voice: m.VoiceIn(value)}, "votre contribution", nil)
		if err != nil || q.State != PostWaiting || w.ID != v.ID || w.College != Citizens {
			t.Errorf("the same browser: %+v, %+v, %v", q, w, err)
		}
		// Somebody else who types the address changes nothing of it, and waits.
		q, w, err = m.Deposit(ctx, policy.Actor{}, c, Post{Kind: Contribution, Title: "Autre", Text: "Autre texte.", Speaker: Person}, Speaker{Email: v.Email, Name: "Un autre", College: State}, "votre contribution", nil)
		if err != nil || q.State != PostUnconfirmed || w.Name != "Anne M." || w.College != Citizens {
			t.Errorf("another browser: %+v, %+v, %v", q, w, err)
		}
		*at = at.Add(31 * 24 * time.Hour)
		if m.VoiceIn(value) != "" || m.VoiceIn(value+"x") != "" {
			t.Error("an old cookie still speaks")
		}
		if _, _, err := m.Confirm(ctx, sent(t, m, v.Email, "/voix/confirmer/")); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a link that is too old: %v", err)
		}
	})
}

func TestTwoWhoTurnAPost(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, _ := room(t, d)
		p, _, err := m.Deposit(t.Context(), policy.Actor{}, c, Post{Kind: Contribution, Title: "Des haies", Text: "Planter.", Speaker: Person}, Speaker{Email: "a@exemple.fr"}, "votre contribution", nil)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		done, refused := 0, 0
		for i := range 20 {
			to := PostPublished
			if i%2 == 0 {
				to = PostRefused
			}
			wg.Go(func() {
				err := db.Tx(context.WithoutCancel(t.Context()), d, func(ctx context.Context, tx db.Q) error {
					_, err := m.Turn(ctx, tx, policy.Actor{Person: "m"}, p, to, "")
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					done++
				case apperr.KindOf(err) == apperr.Conflict:
					refused++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if done != 1 || refused != 19 {
			t.Errorf("%d done, %d refused", done, refused)
		}
	})
}

func TestWhoIsErasedLeavesTheirPublishedWords(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, _ := room(t, d)
		ctx := t.Context()
		s := Speaker{Email: "anne@exemple.fr", Name: "Anne Martin"}
		read, v, err := m.Deposit(ctx, policy.Actor{}, c, Post{Kind: Contribution, Title: "Des haies", Text: "Planter des haies.", Speaker: Person, Signed: "Anne Martin"}, s, "votre contribution", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := m.Confirm(ctx, sent(t, m, v.Email, "/voix/confirmer/")); err != nil {
			t.Fatal(err)
		}
		held, _, err := m.Deposit(ctx, policy.Actor{}, c, Post{Kind: Contribution, Title: "Secret", Text: "Mon numéro est le 03.", Speaker: Person, Signed: "Anne Martin"}, s, "votre contribution", nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			p, err := FindPost(ctx, tx, read.ID)
			if err != nil {
				return err
			}
			if _, err := m.Turn(ctx, tx, policy.Actor{Person: "m"}, p, PostPublished, ""); err != nil {
				return err
			}
			return m.EraseVoice(ctx, tx, v)
		})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := FindPost(ctx, d, read.ID); err != nil || p.State != PostPublished || p.Text != "Planter des haies." || p.Signed != Erased {
			t.Errorf("published: %+v, %v", p, err)
		}
		if p, err := FindPost(ctx, d, held.ID); err != nil || p.State != PostWithdrawn || p.Title+p.Text != "" {
			t.Errorf("never published: %+v, %v", p, err)
		}
		rows, err := d.Query(ctx, `SELECT body FROM debate_post_version`)
		bodies, err := db.Collect(rows, err, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) })
		if err != nil || len(bodies) < 4 {
			t.Fatalf("%d versions, %v", len(bodies), err)
		}
		for _, b := range bodies {
			if strings.Contains(b, "Martin") || !json.Valid([]byte(b)) {
				t.Errorf("a version still says %s", b)
			}
		}
		if _, err := m.OpenVoice(ctx, d, strings.TrimPrefix(m.VoicePath(v.ID), "/voix/")); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("the address of an erased voice: %v", err)
		}
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			return m.Tell(ctx, tx, c, v.ID, "essai", mail.Letter{Subject: "x", Blocks: []mail.Block{mail.Para("y")}}, false)
		}); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if p, err := m.Outbox.List(ctx, d, mail.Filter{Person: v.ID}, "", 50); err != nil || len(p.Mails) != 0 { // what was for them is forgotten too
			t.Errorf("an erased voice was written to: %d, %v", len(p.Mails), err)
		}
	})
}

// However the address is written and from wherever it is asked, few links leave for it
// in an hour, and what is refused leaves nothing.
func TestNobodyFloodsAnAddress(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, at := room(t, d)
		ctx := t.Context()
		ask := func(email string) error {
			_, _, err := m.Deposit(ctx, policy.Actor{}, c, Post{Kind: Contribution, Title: "Des haies", Text: "Planter des haies.", Speaker: Person}, Speaker{Email: email}, "votre contribution", nil)
			return err
		}
		for i := range mostLinks {
			if err := ask([]string{"anne@exemple.fr", "ANNE@exemple.fr", " Anne@Exemple.FR "}[i%3]); err != nil {
				t.Fatal(i, err)
			}
		}
		if err := ask("aNNe@exemple.fr"); apperr.KindOf(err) != apperr.TooMany {
			t.Errorf("one more: %v", err)
		}
		var posts int64
		if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM debate_post`).Scan(&posts); err != nil || posts != mostLinks {
			t.Errorf("%d texts kept, %v", posts, err)
		}
		if err := ask("bruno@exemple.fr"); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		*at = at.Add(61 * time.Minute)
		if err := ask("anne@exemple.fr"); err != nil {
			t.Errorf("an hour later: %v", err)
		}
	})
}
