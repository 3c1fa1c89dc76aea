package contribution

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

const studyHome = "2023-24-r44"

var studyNoon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// desk is the room where contributions are studied, with what a test moves of it.
type desk struct {
	*Room
	t   testing.TB
	at  *time.Time
	c   cop.COP
	jan string // an expert of the region
}

func studyRoom(t testing.TB, d *db.DB) *desk {
	t.Helper()
	at := studyNoon
	now := func() time.Time { return at }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	queue := jobs.New(ids, now)
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	shared := &debate.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: journal.New(ids, now, keys), Cursors: keys, Queue: queue, BaseURL: "https://jalon.example",
		Outbox: mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: keys}), Links: &link.Links{IDs: ids, Now: now},
		Tree: func(context.Context) (*territory.Tree, error) { return tree, nil }}
	shared.COPs = &cop.Room{DB: d, IDs: ids, Now: now, Journal: shared.Journal, Cursors: keys, Random: rand.Reader}
	shared.Accounts = &account.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Key: []byte("secret"), Journal: shared.Journal, Outbox: shared.Outbox, Queue: queue, Cursors: keys, COPsOf: cop.IDsOfRegion, BaseURL: "https://jalon.example"}
	if err := shared.COPs.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	m := &desk{Room: &Room{Room: shared}, t: t, at: &at}
	shared.OnState = map[debate.Kind]func(context.Context, db.Q, debate.Post, debate.PostState) error{debate.Contribution: m.Turned}
	shared.Links.OnJoin = map[string]func(context.Context, db.Q, link.Link) error{link.Contribution: m.Linked}
	if m.c, err = cop.Find(t.Context(), d, studyHome); err != nil {
		t.Fatal(err)
	}
	g, err := shared.Accounts.Appoint(t.Context(), "jan@exemple.fr", "Jan", policy.Expert, "region", "44", "")
	if err != nil {
		t.Fatal(err)
	}
	m.jan = g.Account
	return m
}

// voice is somebody whose address is confirmed.
func (m *desk) voiceOf(name string) debate.Voice {
	m.t.Helper()
	var v debate.Voice
	err := db.Tx(m.t.Context(), m.DB, func(ctx context.Context, tx db.Q) (err error) {
		if v, _, err = m.Speak(ctx, tx, policy.Actor{}, m.c, debate.Speaker{Email: name + "@exemple.fr", Name: name}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE debate_voice SET state = 'confirmed' WHERE id = $1`, v.ID)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	v.State = debate.VoiceConfirmed
	return v
}

// open is a published contribution, with those who support it.
func (m *desk) open(author, title string, supporters ...string) debate.Post {
	m.t.Helper()
	v := m.voiceOf(author)
	p, _, err := m.Deposit(m.t.Context(), policy.Actor{}, m.c, debate.Post{Kind: debate.Contribution, Title: title, Text: "Un texte qui dit ce que l’on propose.", Speaker: debate.Person, Signed: author, Territory: "commune:67482"},
		debate.Speaker{Voice: v.ID}, "votre contribution", func(ctx context.Context, tx db.Q, p debate.Post, _ debate.Voice) error {
			_, err := db.Insert(ctx, tx, "contribution", strings.Fields("post_id cop_id seq changed_at stems study merged_into orgs marks consent_at"), [][]any{{p.ID, p.COP, int64(1), int64(1), "", "", "", "", "", int64(1)}}, "")
			return err
		})
	if err != nil {
		m.t.Fatal(err)
	}
	err = db.Tx(m.t.Context(), m.DB, func(ctx context.Context, tx db.Q) error {
		if p, err = m.Turn(ctx, tx, policy.Actor{Person: "ines"}, p, debate.PostPublished, ""); err != nil {
			return err
		}
		for _, name := range supporters {
			if err := m.support(ctx, tx, p, m.voiceIn(ctx, tx, name)); err != nil {
				return err
			}
		}
		p, err = debate.FindPost(ctx, tx, p.ID)
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return p
}

func (m *desk) voiceIn(ctx context.Context, tx db.Q, name string) debate.Voice {
	m.t.Helper()
	v, _, err := m.Speak(ctx, tx, policy.Actor{}, m.c, debate.Speaker{Email: name + "@exemple.fr"})
	if err != nil {
		m.t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, `UPDATE debate_voice SET state = 'confirmed' WHERE id = $1`, v.ID); err != nil {
		m.t.Fatal(err)
	}
	return v
}

func (m *desk) study(post string) Instruction {
	m.t.Helper()
	x, err := FindInstruction(m.t.Context(), m.DB, post)
	if err != nil {
		m.t.Fatal(err)
	}
	return x
}

// work does what waits in the background, and gives the subjects told to an address.
func (m *desk) told(name string) (out []string) {
	m.t.Helper()
	c := jobs.Config{DB: m.DB, Queue: m.Queue, Handlers: map[string]jobs.Handler{}}
	m.Register(&c)
	if _, err := jobs.NewWorker(c).Drain(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
	page, err := m.Outbox.List(m.t.Context(), m.DB, mail.Filter{}, "", 200)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, k := range page.Mails {
		if k.To.Email == name+"@exemple.fr" {
			out = append(out, k.Letter.Subject)
		}
	}
	return out
}

func inTeam(person string) policy.Actor {
	return policy.Actor{Person: person, Grants: []policy.Grant{{Role: policy.Team, COP: studyHome}}}
}

func (m *desk) expert() policy.Actor {
	return policy.Actor{Person: m.jan, Grants: []policy.Grant{{Role: policy.Expert, COP: studyHome}}}
}

func refused(t *testing.T, what string, err error, want apperr.Kind) {
	t.Helper()
	if err == nil || apperr.KindOf(err) != want {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

const why = "Parce que la région a la compétence et que le plan le prévoit."

func TestGivenStudiedAnswered(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), studyRoom(t, d)
		p := m.open("anne", "Des trains la nuit", "bruno", "chloe")
		x := m.study(p.ID)
		if x.State != Unassigned || x.Department != "67" {
			t.Fatalf("%+v", x)
		}
		_, err := m.Assign(ctx, m.expert(), p.ID, x.Rev, Holder{Person: m.jan})
		refused(t, "given by an expert", err, apperr.Forbidden)
		_, err = m.Assign(ctx, inTeam("ines"), p.ID, x.Rev, Holder{Person: "inconnu"})
		refused(t, "given to nobody", err, apperr.Invalid)
		_, err = m.Assign(ctx, inTeam("ines"), p.ID, x.Rev, Holder{Group: "absent"})
		refused(t, "given to no group", err, apperr.Invalid)
		if x, err = m.Assign(ctx, inTeam("ines"), p.ID, x.Rev, Holder{Person: m.jan, Due: "2026-04-01"}); err != nil || x.State != Studied {
			t.Fatal(x, err)
		}
		if n, first, err := DueFor(ctx, d, studyHome, m.jan); err != nil || n != 1 || first != "2026-04-01" {
			t.Errorf("%d due, %s, %v", n, first, err)
		}
		list, err := m.Studying(ctx, d, m.expert(), m.c, StudyFilter{Assignee: m.jan}, "", 50)
		if err != nil || len(list.Rows) != 1 || list.Rows[0].Post.Title != p.Title || list.Total != 1 {
			t.Fatal(list, err)
		}
		for _, a := range []policy.Actor{{}, {Person: "x", Grants: []policy.Grant{{Role: policy.Facilitator, Group: "ailleurs"}}}, {Person: "y", Grants: []policy.Grant{{Role: policy.Expert, COP: "2023-24-r53"}}}} {
			_, err := m.Studying(ctx, d, a, m.c, StudyFilter{}, "", 50)
			refused(t, "the list, read from elsewhere", err, apperr.NotFound)
		}
		if list, err = m.Studying(ctx, d, policy.Actor{Person: "z", Grants: []policy.Grant{{Role: policy.DepartmentLead, Department: "67"}}}, m.c, StudyFilter{}, "", 50); err != nil || len(list.Rows) != 1 {
			t.Errorf("its département: %v %v", list, err)
		}
		if list, err = m.Studying(ctx, d, policy.Actor{Person: "z", Grants: []policy.Grant{{Role: policy.DepartmentLead, Department: "68"}}}, m.c, StudyFilter{}, "", 50); err != nil || len(list.Rows) != 0 {
			t.Errorf("another département: %v %v", list, err)
		}
		_, err = m.Opine(ctx, m.expert(), p.ID, x.Rev, PartRetain, "Court.")
		refused(t, "an opinion of one word", err, apperr.Invalid)
		if x, err = m.Opine(ctx, m.expert(), p.ID, x.Rev, PartRetain, why); err != nil || x.State != Advised {
			t.Fatal(x, err)
		}
		_, err = m.Answer(ctx, m.expert(), p.ID, x.Rev, Retained, why)
		refused(t, "answered by an expert", err, apperr.Forbidden)
		_, err = m.Answer(ctx, inTeam("ines"), p.ID, x.Rev-1, Retained, why)
		refused(t, "answered from an older page", err, apperr.Conflict)
		*m.at = studyNoon.Add(10 * 24 * time.Hour)
		if x, err = m.Answer(ctx, inTeam("ines"), p.ID, x.Rev, Retained, why); err != nil || x.State != Answered {
			t.Fatal(x, err)
		}
		fates, err := m.Fates(ctx, d, []debate.Post{p})
		if err != nil || fates[p.ID].Path != "/regions/grand-est/contributions/"+p.ID || !strings.Contains(fates[p.ID].Verdict, why) {
			t.Errorf("its author reads %+v on their own page, %v", fates, err)
		}
		if got := m.told("anne"); len(got) != 1 || got[0] != "La réponse à une contribution" {
			t.Errorf("its author was told %q", got)
		}
		if got := m.told("bruno"); len(got) != 1 {
			t.Errorf("who supports it was told %q", got)
		}
		if x, err = m.Answer(ctx, inTeam("ines"), p.ID, x.Rev, NotRetained, "Le financement n’est plus là cette année."); err != nil || x.Took != 10*24*time.Hour {
			t.Fatal(x, err)
		}
		steps, err := m.StepsOf(ctx, d, p.ID)
		if err != nil || len(steps) != 3 || steps[1].Text != why || !strings.Contains(steps[2].What, "non retenue, et non plus retenue") {
			t.Errorf("%+v %v", steps, err)
		}
		f, err := AnswersOf(ctx, d, studyHome)
		if err != nil || f.Received != 1 || f.Answered != 1 || f.Median != 10*24*time.Hour || f.Verdicts[NotRetained] != 1 {
			t.Errorf("%+v %v", f, err)
		}
		// A decision of a meeting answers it.
		for range 2 {
			err = db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
				return m.Links.Join(ctx, tx, studyHome, "ines", link.End{Kind: link.Decision, ID: "d1"}, link.End{Kind: link.Contribution, ID: p.ID})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := m.told("anne"); len(got) != 3 {
			t.Errorf("its author was told %q", got)
		}
		if facts, err := Became(ctx, d, p.ID); err != nil || len(facts) != 4 || facts[3].Kind != FactLinked {
			t.Errorf("%+v %v", facts, err)
		}
	})
}

// Twenty people answer at once: one answer is published.
func TestTwentyAnswersAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := studyRoom(t, d)
		p := m.open("anne", "Des trains la nuit")
		var done atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				_, err := m.Answer(t.Context(), inTeam(fmt.Sprint("m", i)), p.ID, 1, Verdicts()[i%4], why)
				if err == nil {
					done.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || done.Load() != 1 {
			t.Errorf("%d answered, %v", done.Load(), err)
		}
	})
}

func TestMergedCountsEachVoiceOnceAndComesBack(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), studyRoom(t, d)
		a, b := m.open("anne", "Des trains la nuit", "bruno", "chloe"), m.open("denis", "Un train de nuit", "chloe", "emma", "fanny")
		_, err := m.Merge(ctx, inTeam("ines"), b.ID, 1, b.ID, why)
		refused(t, "with itself", err, apperr.Invalid)
		// Two merges that cross: one is done.
		var done atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				from, into := b.ID, a.ID
				if i%2 == 1 {
					from, into = into, from
				}
				_, err := m.Merge(ctx, inTeam(fmt.Sprint("m", i)), from, 1, into, why)
				if err == nil {
					done.Add(1)
				} else if k := apperr.KindOf(err); k != apperr.Conflict && k != apperr.Unavailable {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || done.Load() != 1 {
			t.Fatalf("%d merged, %v", done.Load(), err)
		}
		if m.study(a.ID).State == Joined {
			a, b = b, a
		}
		p, err := debate.FindPost(ctx, d, a.ID)
		gone, err2 := debate.FindPost(ctx, d, b.ID)
		if err != nil || err2 != nil || p.Supports != 4 || gone.State != debate.PostMerged {
			t.Errorf("%d supports, %s, %v %v", p.Supports, gone.State, err, err2)
		}
		_, err = m.Answer(ctx, inTeam("ines"), b.ID, m.study(b.ID).Rev, Retained, why)
		refused(t, "answering the one that is merged", err, apperr.Conflict)
		if _, err = m.Answer(ctx, inTeam("ines"), a.ID, m.study(a.ID).Rev, Retained, why); err != nil {
			t.Fatal(err)
		}
		if f, err := AnswersOf(ctx, d, studyHome); err != nil || f.Received != 2 || f.Answered != 2 {
			t.Errorf("%+v %v", f, err)
		}
		for _, name := range []string{"anne", "denis"} {
			if got := m.told(name); !strings.Contains(strings.Join(got, "|"), "La réponse à une contribution") {
				t.Errorf("%s was told %q", name, got)
			}
		}
		if _, err = m.Unmerge(ctx, inTeam("ines"), b.ID, m.study(b.ID).Rev, why); err != nil {
			t.Fatal(err)
		}
		p, err = debate.FindPost(ctx, d, a.ID)
		back, err2 := debate.FindPost(ctx, d, b.ID)
		if err != nil || err2 != nil || back.State != debate.PostPublished || p.Supports+back.Supports != 5 {
			t.Errorf("%d and %d supports, %s, %v %v", p.Supports, back.Supports, back.State, err, err2)
		}
		if v, err := Recount(ctx, d); err != nil || len(v.Problems) > 0 {
			t.Errorf("%+v %v", v, err)
		}
		if rel, err := RelationsOf(ctx, d, a.ID); err != nil || len(rel) != 1 || rel[0].EndedAt.IsZero() {
			t.Errorf("%+v %v", rel, err)
		}
		// Once back, it may be merged again.
		if _, err = m.Merge(ctx, inTeam("ines"), b.ID, m.study(b.ID).Rev, a.ID, why); err != nil {
			t.Error(err)
		}
	})
}

func TestCutInSeveral(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), studyRoom(t, d)
		p := m.open("anne", "Des trains et des haies", "bruno")
		_, err := m.Cut(ctx, inTeam("ines"), p.ID, 1, []Piece{{"Des trains", "Des trains."}}, why)
		refused(t, "in one", err, apperr.Invalid)
		ids, err := m.Cut(ctx, inTeam("ines"), p.ID, 1, []Piece{{"Des trains", "Des trains la nuit."}, {"Des haies", "Des haies partout."}}, why)
		if err != nil || len(ids) != 2 {
			t.Fatal(ids, err)
		}
		for _, id := range ids {
			q, err := debate.FindPost(ctx, d, id)
			if err != nil || q.State != debate.PostPublished || q.Voice != p.Voice || m.study(id).State != Unassigned {
				t.Errorf("%+v %v", q, err)
			}
			if rel, err := RelationsOf(ctx, d, id); err != nil || len(rel) != 1 || rel[0].From != p.ID {
				t.Errorf("%+v %v", rel, err)
			}
		}
		_, err = m.Answer(ctx, inTeam("ines"), p.ID, m.study(p.ID).Rev, Retained, why)
		refused(t, "answering what was cut", err, apperr.Conflict)
		if f, err := AnswersOf(ctx, d, studyHome); err != nil || f.Received != 2 || f.Answered != 0 {
			t.Errorf("%+v %v", f, err)
		}
		if got := m.told("bruno"); len(got) != 1 || got[0] != "Une contribution est scindée en plusieurs" {
			t.Errorf("who supports it was told %q", got)
		}
	})
}
