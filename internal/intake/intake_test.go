package intake_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/intake"
	"jalon/internal/testkit"
)

type item struct {
	Code  string
	Value int
}

func newIntake() *intake.Intake {
	at := time.Date(2024, 5, 27, 14, 32, 0, 0, time.UTC)
	now := func() time.Time { return at }
	return intake.New(db.NewIDs(now, rand.NewChaCha8([32]byte{7})), now)
}

// rows are n accepted rows, then whatever follows.
func rows(n int, more ...intake.Row) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		for i := range n {
			if !yield(intake.Accept(i+2, item{Code: fmt.Sprintf("c%d", i), Value: i}), nil) {
				return
			}
		}
		for _, r := range more {
			if !yield(r, nil) {
				return
			}
		}
	}
}

var file = intake.File{Kind: "keys", Name: "cles.csv", SHA256: "abc", By: "test"}

// effect is what an import brings: it must be there once or not at all.
func effect(ctx context.Context, tx db.Q) error {
	_, err := tx.Exec(ctx, `INSERT INTO setting (name, value) VALUES ('applied', 'once')`)
	return err
}

func effects(t *testing.T, d *db.DB) int64 {
	t.Helper()
	var n int64
	if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM setting`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStagedThenAppliedOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, in := t.Context(), newIntake()
		const n = 1203 // two whole batches and a part
		staged := 0
		run, err := in.Stage(ctx, d, file, rows(n, intake.Warn(2000, item{Code: "w"}, "valeur inhabituelle")), func(_ context.Context, _ db.Q, _ intake.Run, batch []intake.Row) error {
			staged += len(batch)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if run.State != intake.Staged || run.Rows != n+1 || run.Errors != 0 || staged != n+1 {
			t.Fatalf("staged %d: %+v", staged, run)
		}
		warned, err := intake.Verdicts(ctx, d, run.ID, intake.Warning, 0, 10)
		if err != nil || len(warned) != 1 || warned[0].Line != 2000 || warned[0].Reason != "valeur inhabituelle" {
			t.Errorf("warnings: %+v, %v", warned, err)
		}
		read := 0
		for v, err := range intake.Each[item](ctx, d, run.ID) {
			if err != nil {
				t.Fatal(err)
			}
			if read < n && v.Value != read {
				t.Fatalf("row %d holds %+v", read, v)
			}
			read++
		}
		if read != n+1 {
			t.Errorf("%d rows read back, want %d", read, n+1)
		}
		applied, err := in.Apply(ctx, d, run, false, effect)
		if err != nil || applied.State != intake.Applied || applied.AppliedAt.IsZero() {
			t.Fatalf("applied: %+v, %v", applied, err)
		}

		_, err = in.Apply(ctx, d, run, false, effect)
		var already *intake.AlreadyError
		if !errors.As(err, &already) || apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("a second apply: %v", err)
		}
		_, err = in.Stage(ctx, d, file, rows(1), nil)
		if !errors.As(err, &already) || !strings.Contains(apperr.Message(err), "déjà été importé le 27\u00a0mai\u00a02024 à 14:32") {
			t.Errorf("the same file again: %v", err)
		}
		again := file
		again.Again = true
		if _, err = in.Stage(ctx, d, again, rows(1), nil); err != nil {
			t.Errorf("the same file, wanted again: %v", err)
		}
		other := file
		other.Kind = "objectives"
		if _, err = in.Stage(ctx, d, other, rows(1), nil); err != nil {
			t.Errorf("the same bytes as another kind: %v", err)
		}
		if n := effects(t, d); n != 1 {
			t.Errorf("%d effects", n)
		}
	})
}

func TestRefusedWhole(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, in := t.Context(), newIntake()
		for _, c := range []struct {
			name string
			rows iter.Seq2[intake.Row, error]
			says string
		}{
			{"one bad row among good ones", rows(600, intake.Refuse(900, apperr.Invalidf("code inconnu"))), "1\u00a0ligne en erreur"},
			{"a file that breaks off", func(yield func(intake.Row, error) bool) {
				_ = yield(intake.Accept(2, item{}), nil) && yield(intake.Row{}, apperr.Invalidf("guillemet jamais fermé"))
			}, "guillemet jamais fermé"},
			{"no row at all", rows(0), "aucune ligne de données"},
		} {
			t.Run(c.name, func(t *testing.T) {
				run, err := in.Stage(ctx, d, intake.File{Kind: "k", SHA256: c.name}, c.rows, nil)
				if err != nil || run.State != intake.Refused {
					t.Fatalf("%+v, %v", run, err)
				}
				_, err = in.Apply(ctx, d, run, false, effect)
				if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), c.says) {
					t.Errorf("applying it: %v", err)
				}
			})
		}
		if n := effects(t, d); n != 0 {
			t.Errorf("%d effects", n)
		}
	})
}

func TestAFailureOfOursLeavesNothingOpen(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		in := newIntake()
		ctx, cancel := context.WithCancel(t.Context())
		boom := errors.New("disk gone")
		_, err := in.Stage(ctx, d, file, func(yield func(intake.Row, error) bool) {
			if yield(intake.Accept(2, item{}), nil) {
				cancel()
				yield(intake.Row{}, boom)
			}
		}, nil)
		if !errors.Is(err, boom) {
			t.Fatalf("got %v", err)
		}
		runs, err := intake.Runs(t.Context(), d, "keys", "", 10)
		if err != nil || len(runs) != 1 || runs[0].State != intake.Refused {
			t.Errorf("%+v, %v", runs, err)
		}
	})
}

func TestApplyIsAllOrNothing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, in := t.Context(), newIntake()
		run, err := in.Stage(ctx, d, file, rows(3), nil)
		if err != nil {
			t.Fatal(err)
		}
		boom := errors.New("half way")
		if _, err := in.Apply(ctx, d, run, false, func(ctx context.Context, tx db.Q) error {
			if err := effect(ctx, tx); err != nil {
				return err
			}
			return boom
		}); !errors.Is(err, boom) {
			t.Fatalf("got %v", err)
		}
		if n := effects(t, d); n != 0 {
			t.Errorf("%d effects of a failed apply", n)
		}
		if _, err := in.Apply(ctx, d, run, false, effect); err != nil {
			t.Errorf("it can be tried again: %v", err)
		}
	})
}

func TestAbandonAndSweep(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, in := t.Context(), newIntake()
		run, err := in.Stage(ctx, d, file, rows(3), nil)
		if err != nil {
			t.Fatal(err)
		}
		stale := run
		stale.Rev--
		if err := in.Abandon(ctx, d, stale); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("abandoning what changed: %v", err)
		}
		if _, err := in.Apply(ctx, d, stale, false, effect); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("applying what changed: %v", err)
		}
		if err := in.Abandon(ctx, d, run); err != nil {
			t.Fatal(err)
		}
		if _, err := in.Apply(ctx, d, run, false, effect); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("applying what was abandoned: %v", err)
		}
		open, err := in.Stage(ctx, d, file, rows(2), nil)
		if err != nil {
			t.Fatal(err)
		}
		dropped, err := intake.Sweep(ctx, d, open.At.Add(time.Hour))
		if err != nil || dropped != 5 {
			t.Errorf("swept %d, %v", dropped, err)
		}
		if open, err = intake.Find(ctx, d, open.ID); err != nil || open.State != intake.Abandoned {
			t.Errorf("%+v, %v", open, err)
		}
	})
}

// Twenty people apply two runs of the same bytes at once: one effect.
func TestTwentyApplyAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, in := t.Context(), newIntake()
		var runs []intake.Run
		for range 2 {
			run, err := in.Stage(ctx, d, file, rows(3), nil)
			if err != nil {
				t.Fatal(err)
			}
			runs = append(runs, run)
		}
		start := make(chan struct{})
		results := make([]error, 20)
		var all sync.WaitGroup
		for i := range results {
			all.Go(func() {
				<-start
				_, results[i] = in.Apply(ctx, d, runs[i%2], false, effect)
			})
		}
		close(start)
		all.Wait()
		won := 0
		for _, err := range results {
			var already *intake.AlreadyError
			switch {
			case err == nil:
				won++
			case !errors.As(err, &already):
				t.Errorf("the others are told that it is done, not: %v", err)
			}
		}
		if n := effects(t, d); won != 1 || n != 1 {
			t.Errorf("%d won, %d effects", won, n)
		}
	})
}

type placedError struct{}

func (placedError) Error() string                           { return "f.csv, ligne 3" }
func (placedError) Verdict() (line, col int, reason string) { return 3, 2, "pas un nombre" }

func TestRefuseKeepsTheColumn(t *testing.T) {
	got := intake.Refuse(3, fmt.Errorf("reading: %w", placedError{}))
	want := intake.Row{Line: 3, Col: 2, Verdict: intake.Error, Reason: "pas un nombre"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
