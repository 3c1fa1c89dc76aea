package consultation

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jalon/data"
	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/french"
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
	shared.OnConfirm = map[string]func(context.Context, db.Q, debate.Voice, string) (string, error){string(debate.Amendment): shared.Confirmed}
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
	r.Room = &Room{Room: shared}
	return r
}

func (r *room) team() policy.Actor {
	return policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: r.c.ID}}}
}

var input = Input{Title: "Feuille de route", Presentation: "Lisez.", OpensOn: "2026-03-02", ClosesOn: "2026-03-31"}

const draft = "Avant.\n\n# Transports\n\nDes trains chaque heure.\n\n## Vélo\n\n- des pistes\n\n# Bâtiments\n\nRénover."

func (r *room) must(x Consultation, err error) Consultation {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	return x
}

func (r *room) opened() Consultation {
	r.t.Helper()
	ctx, a := r.t.Context(), r.team()
	x := r.must(r.Create(ctx, a, r.c, input))
	x = r.must(r.Write(ctx, a, r.c, x.ID, x.Rev, Cut(draft)))
	return r.must(r.Publish(ctx, a, r.c, x.ID, x.Rev, ""))
}

func kind(t *testing.T, what string, err error, want apperr.Kind) {
	t.Helper()
	if err == nil || apperr.KindOf(err) != want {
		t.Errorf("%s: %v, want kind %v", what, err, want)
	}
}

func TestCut(t *testing.T) {
	got := Cut(draft + "\n\n```\n# pas un titre\n```\n")
	var titles []string
	for _, a := range got {
		titles = append(titles, a.Title)
	}
	if want := []string{"Préambule", "Transports", "Vélo", "Bâtiments"}; !slices.Equal(titles, want) || got[1].Text != "Des trains chaque heure." || !strings.Contains(got[3].Text, "# pas un titre") {
		t.Errorf("%q %+v", titles, got)
	}
	if got := Cut("#hashtag sans titre"); len(got) != 1 || got[0].Title != "Préambule" {
		t.Errorf("%+v", got)
	}
	if Cut(" \n") != nil {
		t.Error("a text of nothing has articles")
	}
}

// Words that are kept and removed make the old text, kept and added the new one.
func TestDiffSaysBothTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"train", "vélo", " ", "  ", "\n", ",", "l’eau", ".", "é"})
		join := func(name string) string {
			return strings.Join(rapid.SliceOfN(word, 0, 30).Draw(t, name), "")
		}
		before, after := join("before"), join("after")
		var a, b string
		for _, c := range Diff(before, after) {
			if c.Mark != Added {
				a += c.Text
			}
			if c.Mark != Removed {
				b += c.Text
			}
		}
		if a != before || b != after {
			t.Fatalf("%q → %q reads %q → %q", before, after, a, b)
		}
	})
	if got := fmt.Sprint(Diff("Un train par heure, le matin.", "Deux trains par heure, le matin.")); got != "[{2 Un train} {1 Deux trains} {0  par heure, le matin.}]" {
		t.Error(got)
	}
	long := strings.Repeat("mot ", 20_000)
	if got := Diff("a "+long+"b", "c "+strings.ReplaceAll(long, "o", "a")+"d"); len(got) != 2 {
		t.Errorf("%d runs of two long texts that share nothing", len(got))
	}
}

// A text is frozen when it opens; what is written hangs from its articles through the
// next versions.
func TestVersions(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		ctx, a := t.Context(), r.team()
		if _, err := r.Create(ctx, policy.Actor{}, r.c, input); err == nil {
			t.Error("anyone creates a consultation")
		}
		empty := r.must(r.Create(ctx, a, r.c, input))
		_, err := r.Publish(ctx, a, r.c, empty.ID, empty.Rev, "")
		kind(t, "without text", err, apperr.Invalid)
		_, err = Find(ctx, d, policy.Actor{}, r.c, empty.ID)
		kind(t, "anyone reads a draft", err, apperr.NotFound)
		x := r.opened()
		first, err := ArticlesOf(ctx, d, x.ID, 1)
		if err != nil || len(first) != 4 {
			t.Fatal(first, err)
		}
		texts, err := TextsOf(ctx, d, x.ID)
		if err != nil || len(texts) != 1 || texts[0].SHA256 != Hash(first) || len(texts[0].SHA256) != 64 {
			t.Fatal(texts, err)
		}
		next := slices.Clone(first)
		next[1].Text = "Des trains chaque demi-heure."
		next = append(next[1:], Article{Title: "Eau", Text: "Économiser."})
		x = r.must(r.Write(ctx, a, r.c, x.ID, x.Rev, next))
		if frozen, err := ArticlesOf(ctx, d, x.ID, 1); err != nil || Hash(frozen) != texts[0].SHA256 {
			t.Errorf("the text that was opened changed: %v", err)
		}
		x = r.must(r.Publish(ctx, a, r.c, x.ID, x.Rev, "Après la concertation."))
		second, err := ArticlesOf(ctx, d, x.ID, 2)
		if err != nil || x.Version != 2 {
			t.Fatal(x, err)
		}
		var said []string
		for _, c := range Compare(first, second) {
			said = append(said, fmt.Sprintf("%s same=%v new=%v gone=%v", c.Article.Title, c.Same(), c.New, c.Gone))
		}
		want := []string{"Transports same=false new=false gone=false", "Vélo same=true new=false gone=false", "Bâtiments same=true new=false gone=false", "Eau same=false new=true gone=false", "Préambule same=false new=false gone=true"}
		if !slices.Equal(said, want) {
			t.Errorf("%q", said)
		}
		sooner := input
		sooner.ClosesOn = "2026-03-10"
		_, err = r.Save(ctx, a, r.c, x.ID, x.Rev, sooner)
		kind(t, "ends sooner", err, apperr.Invalid)
		_, err = r.Save(ctx, a, r.c, x.ID, 1, input)
		kind(t, "a second writer", err, apperr.Conflict)
	})
}

// Twenty write the text at once: one does.
func TestTwentyWriteAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		x := r.must(r.Create(t.Context(), r.team(), r.c, input))
		ctx := context.WithoutCancel(t.Context())
		var wg sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = r.Write(ctx, r.team(), r.c, x.ID, x.Rev, []Article{{Title: fmt.Sprint("Titre ", i), Text: "Texte"}})
			})
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
		if list, err := ArticlesOf(t.Context(), d, x.ID, 1); err != nil || well != 1 || len(list) != 1 {
			t.Errorf("%d wrote, %d articles, %v", well, len(list), err)
		}
	})
}

var confirmLink = regexp.MustCompile(`/voix/confirmer/([0-9a-f]+)`)

// An amendment waits for its address, then for a moderator; the team decides, once of
// two; its author is told; after the last day nothing comes in.
func TestAnAmendment(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		ctx := t.Context()
		x := r.opened()
		articles, err := ArticlesOf(ctx, d, x.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		in := Proposal{Origin: articles[1].Origin, Form: Rewrite, Why: "Trop peu.\n\n— Texte proposé —\n\nrusé", Proposed: "Des trains chaque demi-heure.", Speaker: debate.Person, Who: debate.Speaker{Email: "a@exemple.fr", Name: "Anne"}}
		for what, change := range map[string]func(*Proposal){
			"no reason": func(p *Proposal) { p.Why = " " }, "unknown form": func(p *Proposal) { p.Form = "x" }, "nothing changed": func(p *Proposal) { p.Proposed = articles[1].Text },
			"a body without name": func(p *Proposal) { p.Speaker = debate.Organisation }, "100 000 characters": func(p *Proposal) { p.Proposed = strings.Repeat("a", 100_000) }} {
			bad := in
			change(&bad)
			_, _, err := r.Amend(ctx, policy.Actor{}, r.c, x.ID, bad)
			kind(t, what, err, apperr.Invalid)
		}
		bad := in
		bad.Origin = "inconnu"
		_, _, err = r.Amend(ctx, policy.Actor{}, r.c, x.ID, bad)
		kind(t, "no such article", err, apperr.NotFound)
		p, _, err := r.Amend(ctx, policy.Actor{}, r.c, x.ID, in)
		if err != nil || p.State != debate.PostUnconfirmed || p.Parent != in.Origin {
			t.Fatal(p, err)
		}
		page, err := r.Outbox.List(ctx, d, mail.Filter{Email: "a@exemple.fr"}, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := r.Confirm(ctx, confirmLink.FindStringSubmatch(page.Mails[0].Letter.Text())[1])
		if err != nil {
			t.Fatal(err)
		}
		if list, err := Amendments(ctx, d, x.ID, ""); err != nil || len(list) != 0 {
			t.Fatalf("read before it is moderated: %v %v", list, err)
		}
		_, err = r.Judge(ctx, r.team(), r.c, x.ID, p.ID, 1, Retained, "Oui.")
		kind(t, "judged before it is published", err, apperr.Invalid)
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			q, err := debate.FindPost(ctx, tx, p.ID)
			if err == nil {
				_, err = r.Turn(ctx, tx, policy.Actor{}, q, debate.PostPublished, "")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		list, err := Amendments(ctx, d, x.ID, in.Origin)
		if err != nil || len(list) != 1 || list[0].Proposed != in.Proposed || !strings.HasSuffix(list[0].Why, "rusé") || list[0].Signed != "Anne" {
			t.Fatalf("%+v %v", list, err)
		}
		_, err = r.Judge(ctx, policy.Actor{}, r.c, x.ID, p.ID, 1, Retained, "Oui.")
		kind(t, "anyone judges", err, apperr.Forbidden)
		_, err = r.Judge(ctx, r.team(), r.c, x.ID, p.ID, 1, Retained, "")
		kind(t, "no reason", err, apperr.Invalid)
		back := context.WithoutCancel(ctx)
		var wg sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			wg.Go(func() { _, errs[i] = r.Judge(back, r.team(), r.c, x.ID, p.ID, 1, Retained, "Oui.") })
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
		if page, err = r.Outbox.List(ctx, d, mail.Filter{Email: "a@exemple.fr"}, "", 10); err != nil || well != 1 || len(page.Mails) != 2 || !strings.Contains(page.Mails[0].Letter.Text(), "> Oui.") {
			t.Errorf("%d decided, %d mails, %v", well, len(page.Mails), err)
		}
		fates, err := r.Fates(ctx, d, []debate.Post{p})
		if f := fates[p.ID]; err != nil || f.Verdict != "retenu\u00a0: Oui." || !strings.HasSuffix(f.Path, "/consultations/"+x.ID+"/articles/"+in.Origin+"#amendement-"+p.ID) {
			t.Errorf("%+v %v", fates, err)
		}
		r.now = time.Date(2026, 4, 1, 0, 30, 0, 0, r.c.Location())
		in.Who.Voice = v.ID
		_, _, err = r.Amend(ctx, policy.Actor{}, r.c, x.ID, in)
		kind(t, "after the last day", err, apperr.Invalid)
		if !strings.Contains(apperr.Message(err), "close depuis le soir du "+french.Day("2026-03-31")) {
			t.Error(err)
		}
	})
}
