package db_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

func set(ctx context.Context, q db.Q, name, value string) error {
	_, err := q.Exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2)`, name, value)
	return err
}

func names(t *testing.T, q db.Q) []string {
	t.Helper()
	all, err := db.Strings(q.Query(t.Context(), `SELECT name FROM setting ORDER BY name`))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestErrorsBecomeKindsWithAFrenchSentence(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if err := set(ctx, d, "a", "1"); err != nil {
			t.Fatal(err)
		}
		var value string
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		_, fkErr := d.Exec(ctx, `INSERT INTO import_row (run, line, data, verdict) VALUES ($1, $2, $3, $4)`, "none", 1, "", "ok")
		for name, c := range map[string]struct {
			err  error
			kind apperr.Kind
		}{
			"unique key":     {set(ctx, d, "a", "2"), apperr.Conflict},
			"no row":         {d.QueryRow(ctx, `SELECT value FROM setting WHERE name = $1`, "z").Scan(&value), apperr.NotFound},
			"reference":      {fkErr, apperr.Conflict},
			"NUL":            {set(ctx, d, "b", "x\x00y"), apperr.Invalid},
			"invalid UTF-8":  {set(ctx, d, "b", "\xff"), apperr.Invalid},
			"cancelled":      {set(cancelled, d, "b", ""), apperr.Unavailable},
			"no such column": {d.QueryRow(ctx, `SELECT nope FROM setting`).Scan(&value), apperr.Internal},
			"double quotes":  {d.QueryRow(ctx, `SELECT "nope"`).Scan(&value), apperr.Internal},
		} {
			if c.err == nil {
				t.Errorf("%s: no error", name)
				continue
			}
			if got := apperr.KindOf(c.err); got != c.kind {
				t.Errorf("%s: kind %d, want %d (%v)", name, got, c.kind, c.err)
			}
			if m := apperr.Message(c.err); !strings.HasSuffix(m, ".") {
				t.Errorf("%s: message %q", name, m)
			}
		}
		err := db.OrNotFound(d.QueryRow(ctx, `SELECT value FROM setting WHERE name = $1`, "z").Scan(&value), "Le réglage « %s » n’existe pas.", "z")
		if !errors.Is(err, db.ErrNoRows) || apperr.Message(err) != "Le réglage « z » n’existe pas." {
			t.Errorf("OrNotFound: %v", err)
		}
		if !db.IsConflict(set(ctx, d, "a", "3")) || db.IsConflict(nil) {
			t.Error("IsConflict")
		}
	})
}

func TestArgumentsThatTheEnginesTreatApartAreRefused(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		nan, bad := math.NaN(), "\xff"
		for _, arg := range []any{nan, math.Inf(1), &nan, &bad, time.UnixMilli(0)} {
			if _, err := d.Exec(t.Context(), `DELETE FROM setting WHERE CAST($1 AS TEXT) = $1`, arg); err == nil {
				t.Errorf("%v was taken", arg)
			}
		}
	})
}

func TestPlaceholdersInAnyOrderAndRepeated(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		var a, b, c string
		err := d.QueryRow(t.Context(), `SELECT CAST($2 AS TEXT), CAST($1 AS TEXT), '$1' || CAST($2 AS TEXT)`, "un", "deux").Scan(&a, &b, &c)
		if err != nil || a != "deux" || b != "un" || c != "$1deux" {
			t.Errorf("%q %q %q %v", a, b, c, err)
		}
	})
}

func TestTextFromAnExpressionStaysAsWritten(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		const want = "2024-05-27T10:00:00.120Z"
		var got string
		if err := d.QueryRow(t.Context(), `SELECT COALESCE(CAST($1 AS TEXT), 'x')`, want).Scan(&got); err != nil || got != want {
			t.Errorf("%q %v", got, err)
		}
	})
}

func TestTxCommitsUndoesAndJoins(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		boom := errors.New("boom")
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			if err := set(ctx, tx, "kept", ""); err != nil {
				return err
			}
			return db.Tx(ctx, tx, func(ctx context.Context, tx db.Q) error { return set(ctx, tx, "joined", "") })
		}); err != nil {
			t.Fatal(err)
		}
		err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			return errors.Join(set(ctx, tx, "lost", ""), boom)
		})
		if !errors.Is(err, boom) {
			t.Errorf("error lost: %v", err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
				if err := set(ctx, tx, "panicked", ""); err != nil {
					t.Error(err)
				}
				panic("boom")
			})
		}()
		cancelled, cancel := context.WithCancel(ctx)
		if err := db.Tx(cancelled, d, func(ctx context.Context, tx db.Q) error {
			defer cancel()
			return set(ctx, tx, "cancelled", "")
		}); err == nil {
			t.Error("a cancelled transaction was committed")
		}
		if diff := cmp.Diff([]string{"joined", "kept"}, names(t, d)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnErrorInATransactionLeavesTheConnectionClean(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		for range 40 {
			err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
				if err := set(ctx, tx, "same", ""); err != nil {
					return err
				}
				return set(ctx, tx, "same", "")
			})
			if !db.IsConflict(err) {
				t.Fatal(err)
			}
		}
		if err := set(ctx, d, "same", ""); err != nil {
			t.Error(err)
		}
	})
}

func TestThePoolIsRefusedInsideATransaction(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		var kept db.Q
		var inner context.Context
		if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			kept, inner = tx, ctx
			if err := set(ctx, d, "a", ""); err == nil {
				t.Error("Exec on the pool was taken")
			}
			if _, err := d.Query(ctx, `SELECT name FROM setting`); err == nil {
				t.Error("Query on the pool was taken")
			}
			if err := db.Tx(ctx, d, func(context.Context, db.Q) error { return nil }); err == nil {
				t.Error("a second transaction was begun")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := set(inner, d, "after", ""); err != nil {
			t.Errorf("after the end the context is free again: %v", err)
		}
		if err := set(ctx, kept, "late", ""); err == nil {
			t.Error("a finished transaction was used")
		}
	})
}

func TestSnapshotSeesOneStateAndCannotWrite(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if err := set(ctx, d, "before", ""); err != nil {
			t.Fatal(err)
		}
		if err := db.Snapshot(ctx, d, func(inner context.Context, q db.Q) error {
			first := names(t, q)
			if err := set(ctx, d, "during", ""); err != nil { // another caller's context
				return err
			}
			if diff := cmp.Diff(first, names(t, q)); diff != "" {
				t.Error(diff)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.Snapshot(ctx, d, func(ctx context.Context, q db.Q) error { return set(ctx, q, "never", "") }); err == nil {
			t.Error("a snapshot wrote")
		}
		if diff := cmp.Diff([]string{"before", "during"}, names(t, d)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWriteThatReturnsGoesToTheWriter(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		for want := int64(1); want <= 3; want++ {
			got, err := db.Bump(ctx, d, "series", time.UnixMilli(want))
			if err != nil || got != want {
				t.Fatalf("Bump = %d, %v", got, err)
			}
		}
		if v, err := db.Version(ctx, d, "series"); v != 3 || err != nil {
			t.Errorf("Version = %d, %v", v, err)
		}
		if v, err := db.Version(ctx, d, "other"); v != 0 || err != nil {
			t.Errorf("Version = %d, %v", v, err)
		}
	})
}

// A guarded rule: one seat, twenty takers, one winner.
func TestOneOfTwentyWins(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if _, err := d.Exec(ctx, `INSERT INTO perimeter (id, kind, name, name_fold, state) VALUES ($1, $2, $3, $4, $5)`,
			"p", "scot", "P", "p", "open"); err != nil {
			t.Fatal(err)
		}
		var won, refused atomic.Int64
		together(20, func(int) {
			err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
				n, err := tx.Exec(ctx, `UPDATE perimeter SET rev = rev + 1, state = $1 WHERE id = $2 AND rev = $3 AND state = $4`, "taken", "p", 1, "open")
				if err != nil {
					return err
				}
				if n == 0 {
					return apperr.Conflictf("Déjà pris.")
				}
				return nil
			})
			switch {
			case err == nil:
				won.Add(1)
			case db.IsConflict(err):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
		if won.Load() != 1 || refused.Load() != 19 {
			t.Errorf("%d won, %d refused", won.Load(), refused.Load())
		}
	})
}

func TestTwentyBumpsCountTwenty(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		together(20, func(int) {
			if err := db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
				_, err := db.Bump(ctx, tx, "x", time.UnixMilli(1))
				return err
			}); err != nil {
				t.Error(err)
			}
		})
		if v, err := db.Version(t.Context(), d, "x"); v != 20 || err != nil {
			t.Errorf("version %d, %v", v, err)
		}
	})
}

func together(n int, fn func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() { <-start; fn(i) })
	}
	close(start)
	wg.Wait()
}

func TestRowsWithinRowsOfTheSameText(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		if err := db.Snapshot(t.Context(), d, func(ctx context.Context, q db.Q) error {
			if q.Engine() == db.PostgreSQL {
				return nil // one open answer at a time on a PostgreSQL transaction
			}
			const text = `SELECT CAST($1 AS TEXT)`
			outer, err := q.Query(ctx, text, "a")
			if err != nil {
				return err
			}
			defer outer.Close()
			var b string
			if err := q.QueryRow(ctx, text, "b").Scan(&b); err != nil || b != "b" {
				t.Errorf("%q %v", b, err)
			}
			var a string
			if !outer.Next() || outer.Scan(&a) != nil || a != "a" {
				t.Errorf("outer read %q", a)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestInsertWritesEveryRowWhateverTheirNumber(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		for _, n := range []int{0, 1, 2, 255, 256, 257, 700} {
			rows := make([][]any, n)
			for i := range rows {
				rows[i] = []any{"c", i}
			}
			got, err := db.Insert(t.Context(), d, "data_version", []string{"name", "version", "at"}, withName(rows), "ON CONFLICT (name) DO NOTHING")
			if err != nil || got != int64(n) {
				t.Fatalf("Insert of %d wrote %d, %v", n, got, err)
			}
			var count int
			if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM data_version`).Scan(&count); err != nil || count != n {
				t.Fatalf("%d rows, want %d (%v)", count, n, err)
			}
			if _, err := d.Exec(t.Context(), `DELETE FROM data_version`); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func withName(rows [][]any) [][]any {
	for i := range rows {
		rows[i] = []any{"n" + string(rune('A'+i%26)) + time.UnixMilli(int64(i)).UTC().Format("05.000"), i, 1}
	}
	return rows
}
