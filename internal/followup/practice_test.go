package followup_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/policy"
)

func drawn(title string) knowledge.Item {
	return knowledge.Item{Kind: knowledge.Strength, Organisation: "Chambre d’agriculture", Territory: "region:44", Scale: "region", Levers: []string{"gestion-haies"}, Title: title, Text: "Cent kilomètres de haies.", Result: "100 km."}
}

func kindOf(t *testing.T, what string, err error, want apperr.Kind) {
	t.Helper()
	if err == nil || apperr.KindOf(err) != want {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// A good practice is drawn from an action that is retained and over, by whoever may bring
// strong points, once; both lead to each other.
func TestAPracticeIsDrawnFromAnActionThatIsOver(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		k.retained(t, "going", 1, nil)
		k.retained(t, "over", 2, func(x *action.Action) { x.Status = "done" })
		k.retained(t, "other", 3, func(x *action.Action) { x.Status = "done" })
		k.retained(t, "pool", 4, func(x *action.Action) { x.Status, x.State = "done", action.Pool })
		expert := over("experte", policy.Expert, "44")

		_, err := k.room.DrawPractice(ctx, k.db, k.team, "going", drawn("Haies"), false)
		kindOf(t, "from one that goes on", err, apperr.Conflict)
		_, err = k.room.DrawPractice(ctx, k.db, k.team, "pool", drawn("Haies"), false)
		kindOf(t, "from one that is not retained", err, apperr.Conflict)
		_, err = k.room.DrawPractice(ctx, k.db, k.team, "absente", drawn("Haies"), false)
		kindOf(t, "from none", err, apperr.NotFound)
		_, err = k.room.DrawPractice(ctx, k.db, policy.Actor{}, "over", drawn("Haies"), false)
		kindOf(t, "by anyone", err, apperr.NotFound)
		_, err = k.room.DrawPractice(ctx, k.db, over("ailleurs", policy.Team, "53"), "over", drawn("Haies"), false)
		kindOf(t, "by another team", err, apperr.NotFound)
		var f *knowledge.Fault
		if _, err = k.room.DrawPractice(ctx, k.db, k.team, "over", drawn(" "), false); !errors.As(err, &f) || f.Field != "title" {
			t.Errorf("without a title: %v", err)
		}
		far := drawn("Haies")
		far.Link = "ftp://exemple.fr"
		if _, err = k.room.DrawPractice(ctx, k.db, k.team, "over", far, false); !errors.As(err, &f) || f.Field != "link" {
			t.Errorf("with a wrong link: %v", err)
		}
		_, err = k.room.DrawPractice(ctx, k.db, expert, "over", drawn("Haies"), true)
		kindOf(t, "shared by who does not judge", err, apperr.Forbidden)
		if there, err := knowledge.DrawnFrom(ctx, k.db, []string{"over", "going", "pool"}); err != nil || len(there) != 0 {
			t.Fatalf("what was refused is kept: %v %v", there, err)
		}

		x, err := k.room.DrawPractice(ctx, k.db, expert, "over", drawn("Haies"), false)
		if err != nil || x.State != knowledge.Proposed || x.FromAction() != "over" || x.Region != "44" || x.Author != "experte" {
			t.Fatal(x, err)
		}
		again, err := k.room.DrawPractice(ctx, k.db, k.team, "over", drawn("Autre"), true)
		kindOf(t, "a second time", err, apperr.Conflict)
		if again.ID != x.ID {
			t.Errorf("the conflict gives %q, want what is there", again.Title)
		}
		ends, err := link.From(ctx, k.db, link.End{Kind: link.Action, ID: "over"})
		if err != nil || len(ends) != 1 || ends[0].To != (link.End{Kind: link.Practice, ID: x.ID}) {
			t.Errorf("ties of the action: %v %v", ends, err)
		}
		y, err := k.room.DrawPractice(ctx, k.db, k.team, "other", drawn("Partagée"), true)
		if err != nil || y.State != knowledge.Retained || !y.Shared {
			t.Error(y, err)
		}
		if p, err := knowledge.Practice(ctx, k.db, y.ID); err != nil || p.FromAction() != "other" {
			t.Error(p, err)
		}
	})
}

// Of twenty people who draw a practice from the same action at once, one does.
func TestTwentyDrawFromOneAction(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.retained(t, "over", 1, func(x *action.Action) { x.Status = "done" })
		var kept, lost atomic.Int64
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				switch _, err := k.room.DrawPractice(t.Context(), k.db, k.team, "over", drawn("Haies"), true); {
				case err == nil:
					kept.Add(1)
				case apperr.KindOf(err) == apperr.Conflict:
					lost.Add(1)
				default:
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if kept.Load() != 1 || lost.Load() != 19 {
			t.Errorf("%d kept, %d told of it", kept.Load(), lost.Load())
		}
	})
}
