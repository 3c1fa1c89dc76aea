package contribution

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
	"jalon/internal/testkit/debated"
)

// counter counts the statements of a reading.
type counter struct {
	db.Q
	n *atomic.Int64
}

func (c counter) Query(ctx context.Context, query string, args ...any) (*db.Rows, error) {
	c.n.Add(1)
	return c.Q.Query(ctx, query, args...)
}

func (c counter) QueryRow(ctx context.Context, query string, args ...any) *db.Row {
	c.n.Add(1)
	return c.Q.QueryRow(ctx, query, args...)
}

// Lists, searches, figures and pages cost the same statements at 50 and at 3 000:
// none goes through rows one by one.
func TestListsCostTheSameStatements(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, _ := room(t, d)
		cost := func(n int, seed uint64, from time.Time) [4]int64 {
			t.Helper()
			ids, err := debated.Fill(t.Context(), d, debated.Size{Contributions: n, Comments: n, Supports: n, Voices: 40, COP: c.ID, Places: []string{"region:44", "commune:67482"}, From: from, Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			m := &Room{Room: m.Room} // as after a start
			ctx, q := t.Context(), counter{d, new(atomic.Int64)}
			if _, err := m.Near(ctx, d, c, "Une piste", "une piste vers la gare", 3); err != nil {
				t.Fatal(err)
			}
			var out [4]int64
			for i, do := range []func() error{
				func() error {
					p, err := m.List(ctx, q, c, Filter{Words: debated.Often, Sort: BySupport}, "", 5)
					if err == nil && len(p.Rows) == 0 {
						t.Error("nothing found")
					}
					return err
				},
				func() error { _, err := m.Count(ctx, q, c, Filter{}); return err },
				func() error {
					if _, err := m.Find(ctx, q, policy.Actor{}, c, ids[0], ""); err != nil {
						return err
					}
					_, _, err := m.Comments(ctx, q, ids[0], "", 50)
					return err
				},
				func() error { _, err := m.Near(ctx, q, c, "piste", "une piste vers la gare", 3); return err },
			} {
				q.n.Store(0)
				if err := do(); err != nil {
					t.Fatal(err)
				}
				out[i] = q.n.Load()
			}
			return out
		}
		few := cost(50, 1, time.Date(2023, 3, 1, 8, 0, 0, 0, time.UTC))
		if _, err := d.Exec(t.Context(), `DELETE FROM debate_voice`); err != nil {
			t.Fatal(err)
		}
		many := cost(3000, 2, time.Date(2024, 1, 1, 8, 0, 0, 0, time.UTC))
		if few[0] != 2 || few[1] != 1 || many[0] != few[0] || many[1] != few[1] || many[3] > 2 || few[3] > 2 || many[2] > 6 || few[2] > 6 {
			t.Errorf("statements at 50: %v, at 3 000: %v", few, many)
		}
	})
}

// A start reads the COPs that have many contributions, and no other: whoever types first
// then waits for nothing.
func TestAStartReadsWhatIsLong(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, c, _ := room(t, d)
		fill := func(n int, seed uint64, year int) {
			t.Helper()
			if _, err := debated.Fill(t.Context(), d, debated.Size{Contributions: n, COP: c.ID, Places: []string{"region:44"}, From: time.Date(year, 3, 1, 8, 0, 0, 0, time.UTC), Seed: seed}); err != nil {
				t.Fatal(err)
			}
		}
		known := func() bool {
			t.Helper()
			m := &Room{Room: m.Room}
			if err := m.Warm(t.Context()); err != nil {
				t.Fatal(err)
			}
			s := m.shelf(c)
			return s.kin != nil && len(s.rows) >= worthWarming
		}
		fill(20, 1, 2022)
		if known() {
			t.Error("a start reads a few contributions")
		}
		fill(worthWarming, 2, 2023)
		if !known() {
			t.Error("a start leaves thousands of contributions to their first reader")
		}
	})
}
