package link

import (
	"context"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/testkit"
)

func TestALinkIsReadBothWays(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		now := func() time.Time { return time.Date(2024, 3, 4, 9, 0, 0, 0, time.UTC) }
		m := &Links{IDs: db.NewIDs(now, rand.Reader), Now: now}
		decision, contribution := End{Decision, "d1"}, End{Contribution, "c1"}
		var wg sync.WaitGroup
		for range 20 { // a button that is pressed twice joins once
			wg.Go(func() {
				if err := m.Join(context.WithoutCancel(ctx), d, "cop", "anne", decision, contribution); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		from, err := From(ctx, d, decision)
		if err != nil || len(from) != 1 || from[0].To != contribution || !from[0].At.Equal(now()) {
			t.Fatalf("from the decision: %+v, %v", from, err)
		}
		if to, err := To(ctx, d, contribution); err != nil || len(to) != 1 || to[0].From != decision {
			t.Fatalf("to the contribution: %+v, %v", to, err)
		}
		if err := m.Part(ctx, d, decision, contribution); err != nil {
			t.Fatal(err)
		}
		if to, err := To(ctx, d, contribution); err != nil || len(to) != 0 {
			t.Errorf("once parted: %+v, %v", to, err)
		}
		if err := m.Join(ctx, d, "cop", "anne", decision, contribution); err != nil {
			t.Fatal(err)
		}
		if to, err := To(ctx, d, contribution); err != nil || len(to) != 1 {
			t.Errorf("joined again: %+v, %v", to, err)
		}
	})
}
