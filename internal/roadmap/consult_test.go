package roadmap

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/consultation"
	"jalon/internal/document"
	"jalon/internal/link"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

func (m *Room) consulting() (*consultation.Room, *link.Links) {
	links := &link.Links{IDs: m.IDs, Now: m.Now}
	return &consultation.Room{Room: &debate.Room{DB: m.DB, IDs: m.IDs, Now: m.Now, Journal: m.Journal, COPs: m.COPs, Links: links}}, links
}

var oneArticle = document.Document{Parts: []document.Part{{Title: "Le plan", Blocks: document.Markdown("Planter des haies.")}}}

// rows counts what a consultation leaves in the base.
func (m *Room) rows(t testing.TB) (out [5]int64) {
	t.Helper()
	for i, text := range []string{`SELECT COUNT(*) FROM consultation`, `SELECT COUNT(*) FROM consultation_version`, `SELECT COUNT(*) FROM consultation_article`, `SELECT COUNT(*) FROM link`, `SELECT COUNT(*) FROM journal WHERE kind = 'consultation'`} {
		if err := m.DB.QueryRow(t.Context(), text).Scan(&out[i]); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Of twenty who put one draft in consultation at once, one makes it and the others get
// the same one; what fails on the way leaves nothing.
func TestADraftIsPutInConsultationOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := ended(t, d)
		rooms, links := m.consulting()
		c := must(cop.Find(t.Context(), d, theCOP))
		root := must(m.Composed.Begin(t.Context(), team, composition.Roadmap, theCOP, "", nil, false))
		none := m.rows(t)

		broken := &link.Links{IDs: m.IDs, Now: m.Now, OnJoin: map[string]func(context.Context, db.Q, link.Link) error{link.Document: func(context.Context, db.Q, link.Link) error { return errors.New("plus de place") }}}
		if _, _, err := m.Consult(t.Context(), team, rooms, broken, c, root, oneArticle); err == nil || m.rows(t) != none {
			t.Fatalf("what failed at its last step left %v (%v)", m.rows(t), err)
		}
		_, _, err := m.Consult(t.Context(), team, rooms, links, c, root, document.Document{})
		want(t, "an empty draft", err, apperr.Invalid)
		_, _, err = m.Consult(t.Context(), expert, rooms, links, c, root, oneArticle)
		want(t, "an expert", err, apperr.Forbidden)
		_, _, err = m.Consult(t.Context(), stranger, rooms, links, c, root, oneArticle)
		want(t, "another region", err, apperr.NotFound)
		if m.rows(t) != none {
			t.Fatalf("what was refused left %v", m.rows(t))
		}

		var made atomic.Int64
		ids := make([]string, 20)
		var g errgroup.Group
		for i := range ids {
			g.Go(func() error {
				x, again, err := m.Consult(context.WithoutCancel(t.Context()), team, rooms, links, c, root, oneArticle)
				if err == nil && !again {
					made.Add(1)
				}
				ids[i] = x.ID
				return err
			})
		}
		if err := g.Wait(); err != nil || made.Load() != 1 {
			t.Fatalf("%d were made: %v", made.Load(), err)
		}
		for _, id := range ids {
			if id == "" || id != ids[0] {
				t.Fatalf("two consultations: %q", ids)
			}
		}
		if got := m.rows(t); got != [5]int64{none[0] + 1, none[1] + 1, none[2] + 1, none[3] + 1, none[4] + 1} {
			t.Errorf("one consultation is %v rows", got)
		}
		text := must(consultation.ArticlesOf(t.Context(), d, ids[0], 1))
		if len(text) != 1 || text[0].Title != "Le plan" || text[0].Origin == "" {
			t.Errorf("%+v", text)
		}
	})
}

// A consultation says which edition its text prepares; the roadmap says which
// consultation an edition came from.
func TestAConsultationKnowsItsEdition(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m, s := t.Context(), ended(t, d), &shelf{}
		s.value.Store(12)
		at := noon()
		now := func() time.Time { return at }
		m.Now, m.Composed.Now, m.COPs.Now = now, now, now
		rooms, links := m.consulting()
		c := must(cop.Find(ctx, d, theCOP))
		root := must(m.Composed.Begin(ctx, team, composition.Roadmap, theCOP, "", s.List(), true))
		open := func() consultation.Consultation {
			t.Helper()
			x, again, err := m.Consult(ctx, team, rooms, links, c, root, oneArticle)
			if err != nil || again {
				t.Fatal(again, err)
			}
			if list := must(Consulted(ctx, d, c, "")); len(list) != 0 {
				t.Errorf("a consultation that is not open is read by all: %+v", list)
			}
			return must(rooms.Publish(ctx, team, c, x.ID, x.Rev, ""))
		}
		first := open()
		about, ok, err := AboutOf(ctx, d, first)
		if err != nil || !ok || about.Document.ID != root.ID || about.Before != nil || about.After != nil {
			t.Errorf("%+v %v %v", about, ok, err)
		}
		if list := must(Consulted(ctx, d, c, "")); len(list) != 1 || list[0].ID != first.ID {
			t.Errorf("%+v", list)
		}
		at = at.AddDate(0, 1, 0)
		e := m.adopted(t, s, "")
		about, _, err = AboutOf(ctx, d, first)
		if err != nil || about.Before != nil || about.After == nil || about.After.ID != e.ID {
			t.Errorf("%+v %v", about, err)
		}
		if list := must(Consulted(ctx, d, c, e.ID)); len(list) != 1 || len(must(Consulted(ctx, d, c, ""))) != 0 {
			t.Errorf("the edition came from %+v", list)
		}
		at = at.AddDate(0, 1, 0)
		second := open()
		about, _, err = AboutOf(ctx, d, second)
		if err != nil || about.Before == nil || about.Before.ID != e.ID || about.After != nil {
			t.Errorf("%+v %v", about, err)
		}
		other := must(rooms.Create(ctx, team, c, consultation.Input{Title: "Un chapitre", OpensOn: "2026-06-01", ClosesOn: "2026-06-30"}))
		if _, ok, err := AboutOf(ctx, d, other); ok || err != nil {
			t.Errorf("a text of its own is about a roadmap (%v)", err)
		}
		if list := must(Consulted(ctx, d, must(cop.Find(ctx, d, cop.RegionID(cop.First, "53"))), "")); len(list) != 0 {
			t.Errorf("another region reads %+v", list)
		}
		if _, err := consultation.Find(ctx, d, policy.Actor{}, c, second.ID); err != nil {
			t.Error(err)
		}
	})
}
