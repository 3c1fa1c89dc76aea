package series_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/series"
	"jalon/internal/testkit"
)

func value(v float64) *float64 { return &v }

func row(name, ref string, year int, edition string, v *float64) series.Observation {
	o := series.Observation{Series: name, Territory: ref, Year: year, Edition: edition, Value: v, Unit: "t", Class: figure.Provider, Source: "essai"}
	if v == nil {
		o.Reason = "secret statistique"
	}
	return o
}

func TestAnEditionIsSeenWholeOrNotAtAll(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		first := []series.Observation{
			row("cle/a", "commune:67001", 2020, "1", value(1)),
			row("cle/a", "commune:67002", 2020, "1", nil),
			row("clef/a", "commune:67001", 2020, "1", value(9)),
		}
		write(t, d, first)
		if got := latest(t, d); len(got) != 0 {
			t.Fatalf("seen before it is published: %v", got)
		}
		publish(t, d, "1")
		if diff := cmp.Diff(first[:2], latest(t, d)); diff != "" {
			t.Errorf("latest (-want +got):\n%s", diff)
		}
		// The second edition says one thing anew, the first keeps the rest.
		second := row("cle/a", "commune:67001", 2020, "2", value(2))
		write(t, d, []series.Observation{second})
		publish(t, d, "2")
		if diff := cmp.Diff([]series.Observation{second, first[1]}, latest(t, d)); diff != "" {
			t.Errorf("latest (-want +got):\n%s", diff)
		}
		all, err := series.History(ctx, d, series.Keys)
		if err != nil || len(all) != 3 {
			t.Errorf("history: %d rows, %v; want 3", len(all), err)
		}
		if err := series.Publish(ctx, d, "2", time.UnixMilli(1)); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("published twice: %v", err)
		}
	})
}

func TestWriteAgainChangesNothing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, []series.Observation{row("cle/a", "nation", 2020, "1", value(1))})
		write(t, d, []series.Observation{row("cle/a", "nation", 2020, "1", value(5))})
		publish(t, d, "1")
		if got := latest(t, d); len(got) != 1 || *got[0].Value != 1 {
			t.Errorf("got %v", got)
		}
	})
}

func TestDiscardSparesWhatIsPublished(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		write(t, d, []series.Observation{row("cle/a", "nation", 2020, "1", value(1)), row("cle/a", "nation", 2020, "2", value(2))})
		publish(t, d, "1")
		for _, edition := range []string{"1", "2"} {
			if err := series.Discard(ctx, d, edition); err != nil {
				t.Fatal(err)
			}
		}
		publish(t, d, "2")
		if got := latest(t, d); len(got) != 1 || *got[0].Value != 1 {
			t.Errorf("got %v, want the published row only", got)
		}
	})
}

func TestAMissingValueNeedsItsReason(t *testing.T) {
	d := testkit.DB(t)
	err := series.Write(context.Background(), d, []series.Observation{{Series: "cle/a", Territory: "nation", Year: 2020, Edition: "1"}})
	if apperr.KindOf(err) != apperr.Invalid {
		t.Errorf("got %v, want Invalid", err)
	}
}

func write(t *testing.T, d *db.DB, rows []series.Observation) {
	t.Helper()
	if err := series.Write(context.Background(), d, rows); err != nil {
		t.Fatal(err)
	}
}

func publish(t *testing.T, d *db.DB, edition string) {
	t.Helper()
	if err := series.Publish(context.Background(), d, edition, time.UnixMilli(1)); err != nil {
		t.Fatal(err)
	}
}

func latest(t *testing.T, d *db.DB) []series.Observation {
	t.Helper()
	all, err := series.Latest(context.Background(), d, series.Keys)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
