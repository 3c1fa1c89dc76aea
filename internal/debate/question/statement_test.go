package question

import (
	"context"
	"fmt"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// A statement that somebody proposes waits for its address, then for a moderator, and
// is in the debate once published; taken back, it is asked no more.
func TestAStatementIsProposed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		x := h.opened(5)
		near, err := h.Near(ctx, x, "Il faut un train par heure")
		if err != nil || len(near) == 0 || near[0].N != 3 {
			t.Errorf("%v %v", near, err)
		}
		p, err := h.Propose(ctx, policy.Actor{}, h.cop, x, "Des parkings sûrs\u202e d’abord", debate.Speaker{Email: "cycliste@exemple.fr", Name: "Une cycliste"}, "192.0.2.9")
		if err != nil || p.State != debate.PostUnconfirmed || p.Text != "Des parkings sûrs d’abord" {
			t.Fatalf("%+v %v", p, err)
		}
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			if _, err := h.Confirmed(ctx, tx, debate.Voice{}, p.ID); err != nil {
				return err
			}
			now, err := debate.FindPost(ctx, tx, p.ID)
			if err != nil || now.State != debate.PostWaiting {
				return fmt.Errorf("%s %w", now.State, err)
			}
			_, err = h.Turn(ctx, tx, team, now, debate.PostPublished, "")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		snap, err := h.Snapshot(ctx, x.ID)
		if err != nil || len(snap.Statements) != 6 || snap.Statements[5].Seeded {
			t.Fatalf("%+v %v", snap, err)
		}
		v := h.browser(x)
		h.cast(x, v, 6, Agree)
		s := snap.Statements[5]
		want(t, "without a reason", h.Withdraw(ctx, team, h.cop, x, s.Post, s.Rev, " "), apperr.Invalid)
		if err := h.Withdraw(ctx, team, h.cop, x, s.Post, s.Rev, "hors sujet"); err != nil {
			t.Fatal(err)
		}
		want(t, "a vote on it", h.Cast(ctx, h.cop, x, v, 6, Agree, ""), apperr.Invalid)
		for range perHour {
			if _, err := h.Propose(ctx, policy.Actor{}, h.cop, x, "Encore", debate.Speaker{Email: "robot@exemple.fr"}, "192.0.2.9"); apperr.KindOf(err) == apperr.TooMany {
				return
			}
		}
		t.Error("a machine proposes without end")
	})
}

// counting counts the statements that are sent.
type counting struct {
	db.Q
	n int
}

func (c *counting) Query(ctx context.Context, query string, args ...any) (*db.Rows, error) {
	c.n++
	return c.Q.Query(ctx, query, args...)
}

func (c *counting) QueryRow(ctx context.Context, query string, args ...any) *db.Row {
	c.n++
	return c.Q.QueryRow(ctx, query, args...)
}

// Lists cost the same number of statements whatever they hold, and say where they go on.
func TestListsArePaged(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := newHall(t, d)
		ctx := t.Context()
		for range Page + 3 {
			if _, err := h.Create(ctx, team, h.cop, input()); err != nil {
				t.Fatal(err)
			}
		}
		q := &counting{Q: d}
		list, next, err := h.List(ctx, q, team, h.cop, "")
		if q.n != 1 {
			t.Errorf("%d statements for a page", q.n)
		}
		if err != nil || len(list) != Page || next == "" {
			t.Fatal(len(list), next, err)
		}
		more, next, err := h.List(ctx, d, team, h.cop, next)
		if err != nil || len(more) != 3 || next != "" || more[0].ID >= list[Page-1].ID {
			t.Error(len(more), next, err)
		}
		for _, n := range []int{5, 300} {
			x := h.opened(n)
			q.n = 0
			if all, err := Statements(ctx, q, x.ID); err != nil || len(all) != n || q.n != 1 {
				t.Errorf("%d of %d by %d statements, %v", len(all), n, q.n, err)
			}
			q.n = 0
			if _, err := LastResult(ctx, q, x.Num); err != nil || q.n != 1 {
				t.Errorf("%d statements, %v", q.n, err)
			}
		}
		if list, _, err := h.List(ctx, d, policy.Actor{}, h.cop, ""); err != nil || len(list) != 2 {
			t.Error("drafts are read by anyone", len(list), err)
		}
		if _, _, err := h.List(ctx, d, team, h.cop, "faux"); apperr.KindOf(err) != apperr.Invalid {
			t.Error(err)
		}
	})
}
