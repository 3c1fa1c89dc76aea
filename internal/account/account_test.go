package account

import (
	"context"
	"crypto/rand"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

type room struct {
	*Room
	t      *testing.T
	now    time.Time
	staged int // files of invitations
}

func newRoom(t *testing.T, d *db.DB) *room {
	t.Helper()
	r := &room{t: t, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return r.now }
	ids := db.NewIDs(clock, rand.Reader)
	cursors := db.NewCursors([]byte("k"))
	queue := jobs.New(ids, clock)
	r.Room = &Room{DB: d, IDs: ids, Now: clock, Random: rand.Reader, Key: []byte("secret"), BaseURL: "https://jalon.example",
		Journal: journal.New(ids, clock, cursors), Queue: queue, Cursors: cursors, Intake: intake.New(ids, clock),
		Outbox: mail.New(mail.Options{IDs: ids, Now: clock, Queue: queue, Cursors: cursors,
			OnBounce: func(ctx context.Context, tx db.Q, k mail.Kept) error { return r.OnBounce(ctx, tx, k) }}),
		// As the program's: it asks the pool first, which a transaction forbids.
		Tree: func(ctx context.Context) (*territory.Tree, error) {
			if _, err := db.Version(ctx, d, "model"); err != nil {
				return nil, err
			}
			return territory.Embedded()
		},
		RegionsOf: func(_ context.Context, _ db.Q, cops []string) (out []string, _ error) {
			for _, c := range cops {
				out = append(out, c[strings.LastIndexByte(c, 'r')+1:])
			}
			return out, nil
		},
		HomeOf: func(_ context.Context, _ db.Q, region string) (Home, error) {
			return Home{COP: "2025-r" + region, Name: "COP " + region, Contact: "Équipe de la COP, equipe-" + region + "@exemple.fr"}, nil
		},
		COPsOf: func(_ context.Context, _ db.Q, region string) ([]string, error) {
			return []string{"2023-24-r" + region, "2025-r" + region}, nil
		}}
	return r
}

var admin = policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}

func (r *room) give(email string, role policy.Role, kind, scope string) Role {
	r.t.Helper()
	g, err := r.Give(r.t.Context(), admin, email, "Anne Martin", role, kind, scope, "ici")
	if err != nil {
		r.t.Fatal(err)
	}
	return g
}

var (
	inLink = regexp.MustCompile(`https://jalon\.example(/connexion/confirmer\?jeton=\S+)`)
	inCode = regexp.MustCompile(`\b(\d{4}) (\d{4})\b`)
)

// last reads the last mail that waits for an address: its link and its code.
func (r *room) last(email string) (token, code, text string) {
	r.t.Helper()
	page, err := r.Outbox.List(r.t.Context(), r.DB, mail.Filter{Email: email}, "", 50)
	if err != nil || len(page.Mails) == 0 {
		r.t.Fatalf("no mail for %s: %v", email, err)
	}
	m := page.Mails[0]
	for _, x := range page.Mails {
		if x.ID > m.ID {
			m = x
		}
	}
	text = m.Letter.Text()
	if found := inLink.FindStringSubmatch(text); found != nil {
		u, err := url.Parse(found[1])
		if err != nil {
			r.t.Fatal(err)
		}
		token = u.Query().Get("jeton")
	}
	if found := inCode.FindStringSubmatch(text); found != nil {
		code = found[1] + found[2]
	}
	return token, code, text
}

func want(t *testing.T, err error, kind apperr.Kind, says string) {
	t.Helper()
	if err == nil || apperr.KindOf(err) != kind || !strings.Contains(apperr.Message(err), says) {
		t.Errorf("got %v, want kind %d that says %q", err, kind, says)
	}
}

func TestSignInByLink(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.give("Anne.Martin@Exemple.fr", policy.Team, "region", "44")
		if err := r.AskLink(ctx, " anne.martin@exemple.FR ", "192.0.2.1", "/regions/grand-est"); err != nil {
			t.Fatal(err)
		}
		token, code, _ := r.last("anne.martin@exemple.fr")
		if token == "" || len(code) != 8 {
			t.Fatalf("token %q, code %q", token, code)
		}
		_, err := r.Confirm(ctx, "forged", "")
		want(t, err, apperr.Forbidden, "déjà servi")
		s, err := r.Confirm(ctx, token, "Firefox")
		if err != nil || s.Next != "/regions/grand-est" {
			t.Fatal(s, err)
		}
		_, err = r.Confirm(ctx, token, "Firefox") // replayed
		want(t, err, apperr.Forbidden, "déjà servi")
		_, err = r.ConfirmCode(ctx, "anne.martin@exemple.fr", code, "192.0.2.1", "") // the code of a link that served
		want(t, err, apperr.Forbidden, "pas le bon")

		seen, err := r.Seen(ctx, s.Cookie)
		if err != nil || seen.Account.Email != "anne.martin@exemple.fr" || len(seen.Actor.Grants) != 2 || seen.Actor.Grants[0] != (policy.Grant{Role: policy.Team, COP: "2023-24-r44"}) {
			t.Fatalf("%+v %v", seen, err)
		}
		for _, tampered := range []string{"", "x", s.Cookie[:42] + "A" + "B", strings.Repeat("A", 43)} {
			if seen, err := r.Seen(ctx, tampered); err != nil || seen.Account.ID != "" {
				t.Errorf("cookie %q: %+v %v", tampered, seen, err)
			}
		}
		list, err := r.Sessions(ctx, seen.Account.ID)
		if err != nil || len(list) != 1 || list[0].Agent != "Firefox" {
			t.Fatal(list, err)
		}
		want(t, r.Close(ctx, "somebody else", list[0].ID), apperr.NotFound, "")
		r.now = r.now.Add(10 * time.Minute)
		if _, err := r.Seen(ctx, s.Cookie); err != nil {
			t.Fatal(err)
		}
		if list, err = r.Sessions(ctx, seen.Account.ID); err != nil || !list[0].SeenAt.Equal(r.now) {
			t.Errorf("last seen %v, want %v: %v", list[0].SeenAt, r.now, err)
		}
		if err := r.Close(ctx, seen.Account.ID, list[0].ID); err != nil {
			t.Fatal(err)
		}
		if seen, err := r.Seen(ctx, s.Cookie); err != nil || seen.Account.ID != "" {
			t.Errorf("a closed session still acts: %+v %v", seen, err)
		}
	})
}

func TestLinksGrowOld(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.give("a@exemple.fr", policy.NationalReader, "nation", "")
		if err := r.AskLink(ctx, "a@exemple.fr", "192.0.2.1", ""); err != nil {
			t.Fatal(err)
		}
		token, code, _ := r.last("a@exemple.fr")
		r.now = r.now.Add(linkLife)
		_, err := r.Confirm(ctx, token, "")
		want(t, err, apperr.Forbidden, "plus d’une heure")
		_, err = r.ConfirmCode(ctx, "a@exemple.fr", code, "192.0.2.1", "")
		want(t, err, apperr.Forbidden, "")
		if err := r.AskLink(ctx, "a@exemple.fr", "192.0.2.1", ""); err != nil {
			t.Fatal(err)
		}
		_, code, _ = r.last("a@exemple.fr")
		s, err := r.ConfirmCode(ctx, "A@exemple.fr", code[:4]+" "+code[4:], "192.0.2.1", "")
		if err != nil {
			t.Fatal(err)
		}
		r.now = r.now.Add(sessionLife)
		if seen, err := r.Seen(ctx, s.Cookie); err != nil || seen.Account.ID != "" {
			t.Errorf("a month later: %+v %v", seen, err)
		}
	})
}

// Five wrong codes close a link: a code of eight digits cannot be guessed.
func TestCodesCannotBeGuessed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.give("a@exemple.fr", policy.NationalReader, "nation", "")
		if err := r.AskLink(ctx, "a@exemple.fr", "192.0.2.1", ""); err != nil {
			t.Fatal(err)
		}
		_, code, _ := r.last("a@exemple.fr")
		wrong := "00000000"
		if code == wrong {
			wrong = "11111111"
		}
		_, err := r.ConfirmCode(ctx, "a@exemple.fr", "1234", "192.0.2.9", "")
		want(t, err, apperr.Invalid, "huit chiffres")
		for range codeTries {
			_, err := r.ConfirmCode(ctx, "a@exemple.fr", wrong, "192.0.2.9", "")
			want(t, err, apperr.Forbidden, "pas le bon")
		}
		_, err = r.ConfirmCode(ctx, "a@exemple.fr", code, "192.0.2.9", "")
		want(t, err, apperr.Forbidden, "pas le bon")
		for range perMachine {
			_, err = r.ConfirmCode(ctx, "b@exemple.fr", wrong, "192.0.2.9", "")
		}
		want(t, err, apperr.TooMany, "Trop de demandes")
	})
}

// Whoever asks learns nothing of who has an account: same answer, same limits.
func TestUnknownAddress(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.give("connue@exemple.fr", policy.NationalReader, "nation", "")
		for _, email := range []string{"connue@exemple.fr", "inconnue@exemple.fr"} {
			for i := range perAddress + 1 {
				err := r.AskLink(ctx, email, "192.0.2.1", "")
				if i < perAddress && err != nil {
					t.Errorf("%s, %d: %v", email, i, err)
				}
				if i == perAddress {
					want(t, err, apperr.TooMany, "Trop de demandes")
				}
			}
		}
		token, code, text := r.last("inconnue@exemple.fr")
		if token != "" || code != "" || !strings.Contains(text, "aucun compte") {
			t.Errorf("what an unknown address receives: %s", text)
		}
		page, err := r.Outbox.List(ctx, d, mail.Filter{Email: "inconnue@exemple.fr"}, "", 50)
		if err != nil || len(page.Mails) != 1 {
			t.Errorf("%d mails to an address without account, want one a day: %v", len(page.Mails), err)
		}
		want(t, r.AskLink(ctx, "pas une adresse", "192.0.2.1", ""), apperr.Invalid, "")
		r.now = r.now.Add(time.Hour)
		if err := r.AskLink(ctx, "connue@exemple.fr", "192.0.2.1", ""); err != nil {
			t.Errorf("an hour later: %v", err)
		}
		for i := range perMachine {
			err = r.AskLink(ctx, "x"+strings.Repeat("y", i)+"@exemple.fr", "192.0.2.7", "")
		}
		if err != nil {
			t.Errorf("thirty from a machine: %v", err)
		}
		want(t, r.AskLink(ctx, "z@exemple.fr", "192.0.2.7", ""), apperr.TooMany, "")
	})
}

func TestRoles(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		first, again := r.give("p@exemple.fr", policy.StateChair, "region", "44"), r.give("P@exemple.fr", policy.StateChair, "region", "44")
		if first.ID != again.ID {
			t.Error("the same role was given twice")
		}
		prefet, err := r.Actor(ctx, first.Account)
		if err != nil {
			t.Fatal(err)
		}
		team, err := r.Give(ctx, prefet, "t@exemple.fr", "", policy.Team, "region", "44", "Grand Est")
		if err != nil {
			t.Fatal(err)
		}
		_, _, text := r.last("t@exemple.fr")
		if !strings.Contains(text, "équipe de la COP, Grand Est") {
			t.Error(text)
		}
		for _, c := range []struct {
			role        policy.Role
			kind, scope string
		}{{policy.Team, "region", "53"}, {policy.StateChair, "region", "44"}, {policy.NationalAdmin, "nation", ""}, {policy.Operator, "nation", ""}, {policy.Team, "", ""}, {policy.Team, "nation", ""}} {
			if _, err := r.Give(ctx, prefet, "x@exemple.fr", "", c.role, c.kind, c.scope, ""); err == nil {
				t.Errorf("a préfet gave %s over %s:%s", c.role, c.kind, c.scope)
			}
		}
		if _, err := FindByEmail(ctx, d, "x@exemple.fr"); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a refusal left an account: %v", err)
		}
		want(t, r.End(ctx, policy.Actor{Person: "x"}, team.ID), apperr.Forbidden, "")
		held, err := Holders(ctx, d, "region", "44")
		if err != nil || len(held) != 2 {
			t.Fatal(held, err)
		}
		if err := r.End(ctx, prefet, team.ID); err != nil {
			t.Fatal(err)
		}
		want(t, r.End(ctx, prefet, team.ID), apperr.NotFound, "déjà terminé")
		if a, err := r.Actor(ctx, team.Account); err != nil || len(a.Grants) != 0 {
			t.Errorf("an ended role still holds: %+v %v", a, err)
		}
		if err := r.End(ctx, prefet, first.ID); err != nil {
			t.Errorf("one's own role: %v", err)
		}
	})
}

func TestProfile(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		g := r.give("a@exemple.fr", policy.NationalReader, "nation", "")
		me := policy.Actor{Person: g.Account}
		none := map[Notice]string{Tasks: None, News: None, Reminders: None}
		a, err := r.SaveProfile(ctx, me, 1, " Anne ", none)
		if err != nil || a.Name != "Anne" || a.Rev != 2 {
			t.Fatal(a, err)
		}
		_, err = r.SaveProfile(ctx, me, 1, "Autre", none)
		want(t, err, apperr.Conflict, "autre fenêtre")
		_, err = r.SaveProfile(ctx, me, 2, "", none)
		want(t, err, apperr.Invalid, "nom")
		_, err = r.SaveProfile(ctx, policy.Actor{}, 2, "X", none)
		want(t, err, apperr.NotFound, "")
	})
}

// One link, twenty clicks at once: one session.
func TestALinkServesOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		r.give("a@exemple.fr", policy.NationalReader, "nation", "")
		if err := r.AskLink(t.Context(), "a@exemple.fr", "192.0.2.1", ""); err != nil {
			t.Fatal(err)
		}
		token, _, _ := r.last("a@exemple.fr")
		var wg sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			wg.Go(func() { _, errs[i] = r.Confirm(context.WithoutCancel(t.Context()), token, "") })
		}
		wg.Wait()
		passed := 0
		for _, err := range errs {
			if err == nil {
				passed++
			} else if apperr.KindOf(err) != apperr.Forbidden {
				t.Error(err)
			}
		}
		if passed != 1 {
			t.Errorf("%d sessions of one link", passed)
		}
	})
}
