package account

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

func (r *room) count(text string, args ...any) (n int64) {
	r.t.Helper()
	if err := r.DB.QueryRow(r.t.Context(), text, args...).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// refusals counts the rows of the journal that say an account was tried.
func (r *room) refusals(account string) int {
	r.t.Helper()
	page, err := r.Journal.List(r.t.Context(), r.DB, journal.Filter{Verb: "refuse", Subject: account}, "", 100)
	if err != nil {
		r.t.Fatal(err)
	}
	return len(page.Entries)
}

// twenty does something twenty times at once.
func twenty(do func(i int) error) []error {
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	return errs
}

// Of twenty first sign-ins at once, one binds; of two people whom the provider
// gives one address, one does.
func TestOneBinds(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		r.Provider = &Provider{Issuer: "https://op.exemple.fr", Name: "ProConnect", Now: r.Now}
		r.give("a@exemple.fr", policy.NationalReader, "nation", "")
		b := r.give("b@exemple.fr", policy.NationalReader, "nation", "")
		ctx := context.WithoutCancel(t.Context())
		for _, err := range twenty(func(int) error {
			_, err := r.enterFederated(ctx, Flow{}, Claims{Subject: "a", Email: "a@exemple.fr", Asserted: true}, "")
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if n := r.count(`SELECT COUNT(*) FROM identity`); n != 1 {
			t.Errorf("%d identities of one person", n)
		}
		entered := 0
		for _, err := range twenty(func(i int) error {
			_, err := r.enterFederated(ctx, Flow{}, Claims{Subject: fmt.Sprint("b", i), Email: "b@exemple.fr", Asserted: true}, "")
			return err
		}) {
			if err == nil {
				entered++
			} else {
				want(t, err, apperr.Forbidden, "autre identité")
			}
		}
		if n := r.count(`SELECT COUNT(*) FROM identity WHERE account = $1`, b.Account); n != 1 || entered != 1 {
			t.Errorf("%d identities of one address, %d entered", n, entered)
		}
	})
}

// A state serves once, of twenty that come at once.
func TestAStateServesOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		ctx := context.WithoutCancel(t.Context())
		passed := 0
		for _, err := range twenty(func(int) error { return r.onceOnly(ctx, Flow{State: "s", Until: r.now.UnixMilli()}, "192.0.2.1") }) {
			if err == nil {
				passed++
			} else {
				want(t, err, apperr.Forbidden, "déjà servi")
			}
		}
		if passed != 1 {
			t.Errorf("one state served %d times", passed)
		}
		for i := range returnsPerHub {
			err := r.onceOnly(ctx, Flow{State: fmt.Sprint(i)}, "192.0.2.2")
			if err != nil {
				t.Fatal(i, err)
			}
		}
		want(t, r.onceOnly(ctx, Flow{State: "one more"}, "192.0.2.2"), apperr.TooMany, "Trop de demandes")
	})
}

// A cookie of one purpose is none of another, and holds what we wrote.
func TestSealedFlows(t *testing.T) {
	r := newRoom(t, testkit.DB(t))
	kept, err := r.seal("oidc", Flow{State: "s", Until: r.now.Add(time.Minute).UnixMilli()})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := r.unseal("oidc", kept); !ok {
		t.Error("a flow of ours is refused")
	}
	for _, c := range [][2]string{{"logout", kept}, {"oidc", ""}, {"oidc", "."}, {"oidc", kept + "A"}, {"oidc", "A" + kept}, {"oidc", strings.SplitN(kept, ".", 2)[0]}, {"oidc", strings.Repeat("A", 5000)}} {
		if _, ok := r.unseal(c[0], c[1]); ok {
			t.Errorf("%s takes %.30q", c[0], c[1])
		}
	}
	r.now = r.now.Add(time.Minute)
	if _, ok := r.unseal("oidc", kept); ok {
		t.Error("a flow that is too old serves")
	}
}

// Who was refused at the door is in the journal when it is known at whose.
func TestRefusalsAreKept(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		g := r.give("a@exemple.fr", policy.NationalReader, "nation", "")
		if err := r.AskLink(ctx, "a@exemple.fr", "192.0.2.1", ""); err != nil {
			t.Fatal(err)
		}
		token, code, _ := r.last("a@exemple.fr")
		_, err := r.Confirm(ctx, "forged", "")
		want(t, err, apperr.Forbidden, "déjà servi")
		if n := r.count(`SELECT COUNT(*) FROM journal WHERE verb = 'refuse'`); n != 0 {
			t.Errorf("%d rows for a link of nobody", n)
		}
		wrong := "00000000"
		if code == wrong {
			wrong = "11111111"
		}
		_, err = r.ConfirmCode(ctx, "a@exemple.fr", wrong, "192.0.2.1", "")
		want(t, err, apperr.Forbidden, "pas le bon")
		_, unknown := r.ConfirmCode(ctx, "inconnue@exemple.fr", wrong, "192.0.2.1", "")
		if apperr.Message(err) != apperr.Message(unknown) || apperr.KindOf(err) != apperr.KindOf(unknown) {
			t.Errorf("a code tells who has an account: %v, %v", err, unknown)
		}
		if _, err := r.Confirm(ctx, token, ""); err != nil {
			t.Fatal(err)
		}
		if n := r.refusals(g.Account); n != 1 {
			t.Errorf("%d refusals after a wrong code", n)
		}
		_, err = r.Confirm(ctx, token, "") // replayed
		want(t, err, apperr.Forbidden, "déjà servi")
		if err := r.AskLink(ctx, "a@exemple.fr", "192.0.2.1", ""); err != nil {
			t.Fatal(err)
		}
		token, _, _ = r.last("a@exemple.fr")
		r.now = r.now.Add(2 * time.Hour)
		_, err = r.Confirm(ctx, token, "") // expired
		want(t, err, apperr.Forbidden, "plus d’une heure")
		if n := r.refusals(g.Account); n != 3 {
			t.Errorf("%d refusals, want the code, the replay and the old link", n)
		}
	})
}

// The answer costs the same statements whether an address is known or not, so
// that the time taken tells nothing.
func TestUnknownAddressCostsTheSame(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.give("connue@exemple.fr", policy.NationalReader, "nation", "")
		rows := func() int64 {
			return r.count(`SELECT (SELECT COUNT(*) FROM sign_in) + (SELECT COUNT(*) FROM mail_outbox) + (SELECT COUNT(*) FROM job) + (SELECT COUNT(*) FROM attempt) + (SELECT COUNT(*) FROM journal)`)
		}
		var cost []int64
		for i, email := range []string{"connue@exemple.fr", "inconnue@exemple.fr"} {
			before := rows()
			machine := fmt.Sprintf("192.0.2.%d", i)
			if err := r.AskLink(ctx, email, machine, ""); err != nil {
				t.Fatal(err)
			}
			asked := rows()
			_, err := r.ConfirmCode(ctx, email, "12345678", machine, "")
			want(t, err, apperr.Forbidden, "pas le bon")
			cost = append(cost, asked-before, rows()-asked)
		}
		if cost[0] != cost[2] || cost[1] != cost[3] {
			t.Errorf("rows written for a known address, then for an unknown one: %v", cost)
		}
	})
}

func TestNotices(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		g := r.give("a@exemple.fr", policy.NationalReader, "nation", "")
		me := policy.Actor{Person: g.Account}
		a, err := Find(ctx, d, g.Account)
		if err != nil {
			t.Fatal(err)
		}
		choices, err := Choices(ctx, d, a)
		if err != nil || choices[Tasks] != Immediate || choices[News] != Digest || choices[Reminders] != Digest {
			t.Fatalf("a new account: %v %v", choices, err)
		}
		_, err = r.SaveProfile(ctx, me, a.Rev, "Anne", map[Notice]string{Tasks: Immediate, News: "parfois", Reminders: None})
		want(t, err, apperr.Invalid, "Nouvelles de mes COP")
		if _, err = r.SaveProfile(ctx, me, a.Rev, "Anne", map[Notice]string{Tasks: Immediate, News: Digest, Reminders: None}); err != nil {
			t.Fatal(err)
		}
		send := func(kind Notice, name string) mail.Kept {
			t.Helper()
			put, err := r.Notify(ctx, d, g.Account, kind, nil, mail.Mail{Dedup: name, FromName: "COP Grand Est", Letter: mail.Letter{Subject: name, Blocks: []mail.Block{mail.Para("x")}}})
			if err != nil {
				t.Fatal(err)
			}
			page, err := r.Outbox.List(ctx, d, mail.Filter{Email: "a@exemple.fr"}, "", 50)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page.Mails {
				if m.Dedup == name {
					return m
				}
			}
			if put {
				t.Errorf("%s was put, and is nowhere", name)
			}
			return mail.Kept{}
		}
		if m := send(Tasks, "t1"); m.State != mail.Queued || m.Slot.Day != "" || m.Letter.Greeting != "Bonjour Anne," {
			t.Errorf("at once: %+v", m)
		}
		news := send(News, "n1")
		if news.State != mail.Waiting || news.Slot.Day != "2026-03-03" {
			t.Errorf("gathered: %+v", news)
		}
		if m := send(Reminders, "r1"); m.ID != "" {
			t.Errorf("not wanted, and put: %+v", m)
		}
		if put, err := r.Notify(ctx, d, "nobody", Tasks, nil, mail.Mail{Dedup: "x"}); put || err != nil {
			t.Errorf("an account that is gone: %v %v", put, err)
		}

		// One click stops a kind: the address of the mail, a POST, no session.
		token, ok := strings.CutPrefix(news.Unsubscribe, "https://jalon.example/desabonnement?jeton=")
		if !ok {
			t.Fatalf("unsubscribe %q", news.Unsubscribe)
		}
		for _, bad := range []string{"", ".", token + "A", "A" + token, strings.SplitN(token, ".", 2)[0] + ".", strings.Repeat("A", 600)} {
			_, err := r.Stop(ctx, bad)
			want(t, err, apperr.NotFound, "désabonnement")
		}
		for range 2 { // twice is once
			if kind, err := r.Stop(ctx, token); err != nil || kind != News {
				t.Fatal(kind, err)
			}
		}
		if m := send(News, "n2"); m.ID != "" {
			t.Error("stopped, and put")
		}
		if m := send(Tasks, "t2"); m.ID == "" {
			t.Error("another kind was stopped too")
		}
		// A role that is given to whoever chose none of these tells nobody by mail.
		if a, err = Find(ctx, d, g.Account); err != nil {
			t.Fatal(err)
		}
		if _, err = r.SaveProfile(ctx, me, a.Rev, "Anne", map[Notice]string{Tasks: None, News: None, Reminders: None}); err != nil {
			t.Fatal(err)
		}
		before := r.count(`SELECT COUNT(*) FROM mail_outbox`)
		r.give("a@exemple.fr", policy.Team, "region", "44")
		if n := r.count(`SELECT COUNT(*) FROM mail_outbox`); n != before {
			t.Error("a mail left to somebody who wants none")
		}
		r.BaseURL = "http://localhost:8080" // no one-click address without https
		if m := send(Tasks, "t3"); m.Unsubscribe != "" {
			t.Errorf("unsubscribe %q", m.Unsubscribe)
		}
	})
}

// Of the last two national administrators who leave at once, one stays.
func TestOneAdministratorStays(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		r.Tables = Tables()
		ctx := context.WithoutCancel(t.Context())
		held := []Role{r.give("a@exemple.fr", policy.NationalAdmin, "nation", ""), r.give("b@exemple.fr", policy.NationalAdmin, "nation", "")}
		left := 0
		for _, err := range twenty(func(i int) error {
			me := policy.Actor{Person: held[i%2].Account}
			if i%4 < 2 {
				return r.End(ctx, me, held[i%2].ID)
			}
			token, err := r.AskErase(ctx, me, "s", "Effacer mon  compte")
			if err != nil {
				return err
			}
			return r.EraseSelf(ctx, me, "s", token)
		}) {
			if err == nil {
				left++
			}
		}
		if n := r.count(`SELECT COUNT(*) FROM role_grant WHERE role = 'national_admin' AND ended_at IS NULL`); n != 1 || left == 0 {
			t.Errorf("%d administrators stay, %d left", n, left)
		}
	})
}

func TestErasureIsAsked(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		g := r.give("a@exemple.fr", policy.NationalReader, "nation", "")
		me, other := policy.Actor{Person: g.Account}, policy.Actor{Person: r.give("b@exemple.fr", policy.NationalReader, "nation", "").Account}
		_, err := r.AskErase(ctx, me, "s", "oui")
		want(t, err, apperr.Invalid, "effacer mon compte")
		_, err = r.AskErase(ctx, policy.Actor{}, "s", ErasePhrase)
		want(t, err, apperr.NotFound, "")
		token, err := r.AskErase(ctx, me, "s", ErasePhrase)
		if err != nil {
			t.Fatal(err)
		}
		want(t, r.EraseSelf(ctx, me, "another session", token), apperr.Forbidden, "Rien n’a été effacé")
		want(t, r.EraseSelf(ctx, other, "s", token), apperr.Forbidden, "Rien n’a été effacé")
		want(t, r.EraseSelf(ctx, me, "s", token+"A"), apperr.Forbidden, "Rien n’a été effacé")
		r.now = r.now.Add(flowLife)
		want(t, r.EraseSelf(ctx, me, "s", token), apperr.Forbidden, "dix minutes")
		if a, err := Find(ctx, d, g.Account); err != nil || a.Email != "a@exemple.fr" {
			t.Errorf("%+v %v", a, err)
		}
		if token, err = r.AskErase(ctx, me, "s", ErasePhrase); err != nil {
			t.Fatal(err)
		}
		if err := r.EraseSelf(ctx, me, "s", token); err != nil {
			t.Fatal(err)
		}
		want(t, r.EraseSelf(ctx, me, "s", token), apperr.NotFound, "déjà effacé")
		if a, err := Find(ctx, d, g.Account); err != nil || a.Name != ErasedName || a.State != "erased" || strings.Contains(a.Email, "exemple.fr") {
			t.Errorf("%+v %v", a, err)
		}
		// The address may be invited again: another person to Jalon.
		if again := r.give("a@exemple.fr", policy.NationalReader, "nation", ""); again.Account == g.Account {
			t.Error("the erased account came back")
		}
	})
}

func mustFind(t *testing.T, d *db.DB, id string) Account {
	t.Helper()
	a, err := Find(t.Context(), d, id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
