package debate

import (
	"context"
	"crypto/rand"
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
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/mail"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// ownRoom is the room of the debate over one database, with the accounts that erase
// through it.
func ownRoom(t *testing.T, d *db.DB) (*Room, cop.COP) {
	t.Helper()
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	queue := jobs.New(ids, now)
	m := &Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: journal.New(ids, now, keys), Cursors: keys, Queue: queue, BaseURL: "https://jalon.example",
		Outbox: mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys})}
	m.COPs = &cop.Room{DB: d, IDs: ids, Now: now, Journal: m.Journal, Cursors: keys, Random: rand.Reader}
	m.Accounts = &account.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Key: []byte("secret"), BaseURL: m.BaseURL, Journal: m.Journal, Outbox: m.Outbox, Queue: queue, Cursors: keys, COPsOf: cop.IDsOfRegion,
		Tables: Tables(), OnErase: []func(context.Context, db.Q, string) error{m.Erase}}
	m.OnConfirm = map[string]func(context.Context, db.Q, Voice, string) (string, error){string(Contribution): m.Confirmed}
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.COPs.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	c, err := cop.Find(t.Context(), d, cop.RegionID(cop.First, "44"))
	if err != nil {
		t.Fatal(err)
	}
	return m, c
}

var confirmLink = regexp.MustCompile(`/voix/confirmer/([0-9a-f]+)`)

// lastToken is that of the last mail to an address.
func lastToken(t *testing.T, m *Room, email string) string {
	t.Helper()
	page, err := m.Outbox.List(t.Context(), m.DB, mail.Filter{Email: email}, "", 1)
	if err != nil || len(page.Mails) == 0 {
		t.Fatalf("no mail to %s: %v", email, err)
	}
	found := confirmLink.FindStringSubmatch(page.Mails[0].Letter.Text())
	if found == nil {
		t.Fatalf("no link in %s", page.Mails[0].Letter.Text())
	}
	return found[1]
}

func deposit(t *testing.T, m *Room, c cop.COP, a policy.Actor, s Speaker, p Post) Post {
	t.Helper()
	p.Kind = Contribution
	if p.Speaker == "" {
		p.Speaker = Person
	}
	p, _, err := m.Deposit(t.Context(), a, c, p, s, "votre contribution", nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func turn(t *testing.T, m *Room, id string, states ...PostState) Post {
	t.Helper()
	var p Post
	err := db.Tx(t.Context(), m.DB, func(ctx context.Context, tx db.Q) (err error) {
		if p, err = FindPost(ctx, tx, id); err != nil {
			return err
		}
		for _, s := range states {
			if p, err = m.Turn(ctx, tx, policy.Actor{}, p, s, ""); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// holds counts the rows of every table of the debate and of the outbox that hold a text.
func holds(t *testing.T, d *db.DB, text string) (where []string) {
	t.Helper()
	for _, table := range append(Tables(), mail.Tables()...) {
		columns, err := db.Columns(t.Context(), d, table.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range columns {
			if c.Type != db.Text {
				continue
			}
			var n int64
			if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM `+table.Name+` WHERE REPLACE(`+c.Name+`, $1, '') <> `+c.Name, text).Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n > 0 {
				where = append(where, table.Name+"."+c.Name)
			}
		}
	}
	return where
}

// An address is erased: published texts stay, signed by nobody; the rest is emptied,
// everywhere.
func TestEraseAVoice(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c := ownRoom(t, d)
		who := Speaker{Email: "anne.martin@exemple.fr", Name: "Anne Martin", OrgName: "Les Amis de la Bruche", College: Associations, Territory: "commune:67482"}
		first := deposit(t, m, c, policy.Actor{}, who, Post{Title: "Des pistes", Text: "Des pistes cyclables secrètes", Signed: "Anne Martin", State: ""})
		if first.State != PostUnconfirmed {
			t.Fatalf("state %s", first.State)
		}
		v, _, err := m.Confirm(t.Context(), lastToken(t, m, who.Email))
		if err != nil {
			t.Fatal(err)
		}
		who.Voice = v.ID
		org := deposit(t, m, c, policy.Actor{}, who, Post{Title: "Pour le train", Text: "Un train par heure", Speaker: Organisation, Signed: "Les Amis de la Bruche, par Anne Martin"})
		refused := deposit(t, m, c, policy.Actor{}, who, Post{Title: "Titre refusé", Text: "Texte refusé", Signed: "Anne Martin"})
		draft := deposit(t, m, c, policy.Actor{}, who, Post{Title: "Titre brouillon", Text: "Texte brouillon", Signed: "Anne Martin", State: PostDraft})
		taken := deposit(t, m, c, policy.Actor{}, who, Post{Title: "Titre repris", Text: "Texte repris", Signed: "Anne Martin"})
		turn(t, m, first.ID, PostPublished)
		turn(t, m, org.ID, PostPublished, PostHidden)
		turn(t, m, refused.ID, PostRefused)
		turn(t, m, taken.ID, PostPublished)
		p := turn(t, m, taken.ID)
		if err := m.Withdraw(t.Context(), v, taken.ID, p.Rev); err != nil {
			t.Fatal(err)
		}
		if err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
			return m.Tell(ctx, tx, c, v.ID, "essai", mail.Letter{Subject: "Réponse à Anne Martin", Blocks: []mail.Block{mail.Para("Bonjour Anne Martin")}}, true)
		}); err != nil {
			t.Fatal(err)
		}
		other := deposit(t, m, c, policy.Actor{}, Speaker{Email: "autre@exemple.fr", Name: "Paul Autre"}, Post{Title: "Autre", Text: "Autre", Signed: "Paul Autre"})
		if err := m.EraseSelf(t.Context(), v, "n’importe quoi"); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("without the words: %v", err)
		}
		if v, err = FindVoice(t.Context(), d, v.ID); err != nil || v.Email != who.Email {
			t.Fatalf("refused, and erased: %v %v", v, err)
		}
		if err := m.EraseSelf(t.Context(), v, "Effacer ce que j'ai laissé"); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{who.Email, "Anne Martin", "refusé", "brouillon", "repris", "67482"} {
			if at := holds(t, d, text); at != nil {
				t.Errorf("%q is still in %v", text, at)
			}
		}
		for id, want := range map[string][3]string{first.ID: {"published", "Des pistes cyclables secrètes", Erased}, org.ID: {"hidden", "Un train par heure", "Les Amis de la Bruche, par " + Erased},
			refused.ID: {"withdrawn", "", Erased}, draft.ID: {"withdrawn", "", Erased}, taken.ID: {"withdrawn", "", Erased}, other.ID: {"unconfirmed", "Autre", "Paul Autre"}} {
			p, err := FindPost(t.Context(), d, id)
			if got := [3]string{string(p.State), p.Text, p.Signed}; err != nil || got != want {
				t.Errorf("%v, want %v (%v)", got, want, err)
			}
		}
		if at := holds(t, d, "autre@exemple.fr"); len(at) == 0 {
			t.Error("somebody else was erased too")
		}
		if _, err := m.OpenVoice(t.Context(), d, strings.TrimPrefix(m.VoicePath(v.ID), "/voix/")); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("the page of an erased voice: %v", err)
		}
		if err := m.EraseSelf(t.Context(), v, ErasePhrase); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("erased twice: %v", err)
		}
		// The same person may come back, as somebody new.
		who.Voice = ""
		again := deposit(t, m, c, policy.Actor{}, who, Post{Title: "Retour", Text: "Retour", Signed: "Anne Martin"})
		if again.Voice == v.ID {
			t.Error("an erased voice speaks again")
		}
	})
}

// An account is erased: its voices are, in every COP; while an account or another
// debate holds an address, erasing one voice leaves the mails of the others.
func TestEraseWithAnAccount(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c := ownRoom(t, d)
		g, err := m.Accounts.Appoint(t.Context(), "paul.durand@exemple.fr", "Paul Durand", policy.NationalReader, "nation", "", "")
		if err != nil {
			t.Fatal(err)
		}
		a := policy.Actor{Person: g.Account}
		p := deposit(t, m, c, a, Speaker{}, Post{Title: "Du bois", Text: "Du bois local", Signed: "Paul Durand"})
		turn(t, m, p.ID, PostPublished)
		elsewhere, err := cop.Find(t.Context(), d, cop.RegionID(cop.First, "53"))
		if err != nil {
			t.Fatal(err)
		}
		q := deposit(t, m, elsewhere, a, Speaker{}, Post{Title: "Ailleurs", Text: "Ailleurs", Signed: "Paul Durand"})
		turn(t, m, q.ID, PostPublished)
		tell := func(c cop.COP, voice, what string) {
			t.Helper()
			if err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
				return m.Tell(ctx, tx, c, voice, what, mail.Letter{Subject: what, Blocks: []mail.Block{mail.Para(what)}}, false)
			}); err != nil {
				t.Fatal(err)
			}
		}
		tell(c, p.Voice, "ici")
		tell(elsewhere, q.Voice, "ailleurs")
		v, err := VoiceOf(t.Context(), d, c.ID, a.Person)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.EraseSelf(t.Context(), v, ErasePhrase); err != nil {
			t.Fatal(err)
		}
		page, err := m.Outbox.List(t.Context(), d, mail.Filter{Email: "paul.durand@exemple.fr"}, "", 10)
		if err != nil {
			t.Fatal(err)
		}
		subjects := ""
		for _, k := range page.Mails {
			subjects += k.Letter.Subject + ";"
		}
		if strings.Contains(subjects, "ici") || !strings.Contains(subjects, "ailleurs") {
			t.Errorf("left in the outbox: %s", subjects)
		}
		token, err := m.Accounts.AskErase(t.Context(), a, "session", account.ErasePhrase)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Accounts.EraseSelf(t.Context(), a, "session", token); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"paul.durand@exemple.fr", "Paul Durand"} {
			if at := holds(t, d, text); at != nil {
				t.Errorf("%q is still in %v", text, at)
			}
		}
		for _, id := range []string{p.ID, q.ID} {
			if p, err := FindPost(t.Context(), d, id); err != nil || p.Signed != Erased || p.State != PostPublished || p.Text == "" {
				t.Errorf("%+v %v", p, err)
			}
		}
	})
}

// Twenty erasures at once are one; a link that is pressed twenty times confirms once.
func TestTwentyAtOnceOnAVoice(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c := ownRoom(t, d)
		ctx := context.WithoutCancel(t.Context())
		p := deposit(t, m, c, policy.Actor{}, Speaker{Email: "a@exemple.fr", Name: "Anne"}, Post{Title: "T", Text: "T", Signed: "Anne"})
		token := lastToken(t, m, "a@exemple.fr")
		twenty := func(do func() error) (well int) {
			var wg sync.WaitGroup
			errs := make([]error, 20)
			for i := range errs {
				wg.Go(func() { errs[i] = do() })
			}
			wg.Wait()
			for _, err := range errs {
				if err == nil {
					well++
				} else if k := apperr.KindOf(err); k != apperr.NotFound && k != apperr.Conflict {
					t.Error(err)
				}
			}
			return well
		}
		if n := twenty(func() error { _, _, err := m.Confirm(ctx, token); return err }); n != 20 {
			t.Errorf("%d of twenty clicks were answered", n)
		}
		if got := turn(t, m, p.ID); got.State != PostWaiting || got.Rev != 2 {
			t.Errorf("%s at revision %d", got.State, got.Rev)
		}
		v, err := FindVoice(ctx, d, p.Voice)
		if err != nil {
			t.Fatal(err)
		}
		v.Notify = TellDigest
		if n := twenty(func() error { _, err := m.SaveVoice(ctx, v); return err }); n != 1 {
			t.Errorf("%d of twenty settings were kept", n)
		}
		if n := twenty(func() error { return m.EraseSelf(ctx, v, ErasePhrase) }); n != 1 {
			t.Errorf("%d of twenty erasures", n)
		}
	})
}
