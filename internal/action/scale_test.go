package action_test

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"testing"
	"time"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit/registered"
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

// Lists, counts and boards cost the same statements at 50 and at 1 800 actions, and
// what fills a register for tests writes what Add would have: an edit that changes
// nothing leaves the columns and the index as they were.
func TestListsCostTheSameStatements(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx, n := context.Background(), new(atomic.Int64)
		q := counter{k.db, n}
		cost := func(size int, seed uint64) (out [5]int64) {
			t.Helper()
			for _, table := range action.Tables() {
				if _, err := k.db.Exec(ctx, `DELETE FROM `+table.Name); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := registered.Fill(ctx, k.db, k.model.Tree(), registered.Size{Actions: size, Author: k.team.Person, At: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC), Seed: seed}); err != nil {
				t.Fatal(err)
			}
			for i, do := range []func() error{
				func() error {
					p, err := k.room.List(ctx, q, policy.Actor{}, action.Filter{Words: registered.Often}, "", 5)
					if err == nil && len(p.Rows) == 0 {
						t.Error("nothing found")
					}
					return err
				},
				func() error { _, err := k.room.List(ctx, q, k.team, action.Filter{COP: k.cop.ID}, "", 100); return err },
				func() error { _, err := k.room.TallyBy(ctx, q, k.team, action.Filter{}, "state"); return err },
				func() error {
					_, err := k.room.TallyBy(ctx, q, policy.Actor{}, action.Filter{Class: action.Quantified}, "lever")
					return err
				},
				func() error { return k.stands(t, q) },
			} {
				n.Store(0)
				if err := do(); err != nil {
					t.Fatal(err)
				}
				out[i] = n.Load()
			}
			return out
		}
		few, many := cost(50, 1), cost(1_800, 2)
		if few != many || many != [5]int64{7, 6, 1, 1, 2} {
			t.Errorf("statements at 50: %v, at 1 800: %v", few, many)
		}
		p, err := k.room.List(ctx, k.db, k.team, action.Filter{}, "", 10)
		if err != nil || p.Total != 1000 || !p.More {
			t.Errorf("counted %d, more %v, %v", p.Total, p.More, err)
		}
		p, err = k.room.List(ctx, k.db, k.team, action.Filter{COP: k.cop.ID, Order: action.ByNumber}, "", 200)
		if err != nil || int(p.Total) != len(p.Rows) || p.More {
			t.Fatalf("%d of %d, %v", len(p.Rows), p.Total, err)
		}
		for i, r := range p.Rows[:20] {
			if r.Seq != int64(i+1) {
				t.Fatalf("number %d is the %dth", r.Seq, i+1)
			}
			x, _, err := action.Find(ctx, k.db, k.team, r.ID)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := k.room.Save(ctx, k.db, k.team, x, "Relecture."); err != nil {
				t.Fatalf("%s: %v", r.Title, err)
			}
		}
		again, err := k.room.List(ctx, k.db, k.team, action.Filter{COP: k.cop.ID, Order: action.ByNumber}, "", 20)
		if err != nil {
			t.Fatal(err)
		}
		for i := range again.Rows {
			again.Rows[i].Changed, again.Rows[i].Rev = p.Rows[i].Changed, p.Rows[i].Rev
			if a, b := told(again.Rows[i]), told(p.Rows[i]); a != b {
				t.Errorf("filled %s, written again %s", b, a)
			}
		}
	})
}

// told is a row in one line, whatever its pointers.
func told(r action.Row) string {
	out, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(out)
}

// stands reads where the actions of each COP stand, and holds it against what the rows
// say one by one.
func (k *kit) stands(t *testing.T, q db.Q) error {
	t.Helper()
	ctx := context.Background()
	all, err := action.StandingIn(ctx, q, cop.First)
	if err != nil {
		return err
	}
	counts, err := action.CountsIn(ctx, k.db, cop.First)
	if err != nil {
		return err
	}
	for id, c := range counts {
		s := all[id]
		if s.Sectoral[action.Retained] != c.Retained || s.Cross[action.Retained] != c.Cross || s.Sectoral[action.Pool]+s.Cross[action.Pool] != c.Pool || action.OnTheWay(s.Sectoral)+action.OnTheWay(s.Cross) != c.Proposed {
			t.Errorf("%s: %+v, counted %+v", id, s, c)
		}
		if s.Quantified+s.Qualitative+s.Unassessed != s.Sectoral[action.Retained] || s.Quantified < 0 || s.Qualitative < 0 || s.Unassessed < 0 {
			t.Errorf("%s: classes of %+v", id, s)
		}
		var qualitative int64
		if err := k.db.QueryRow(ctx, `SELECT COUNT(*) FROM action x WHERE x.cop_id = $1 AND x.state = 'retained' AND x.kind = 'sectoral'
			AND EXISTS (SELECT 1 FROM action_impact i WHERE i.action_id = x.id AND i.class = 'qualitative') AND NOT EXISTS (SELECT 1 FROM action_impact i WHERE i.action_id = x.id AND i.class = 'quantified')`, id).Scan(&qualitative); err != nil || qualitative != s.Qualitative {
			t.Errorf("%s: %d in words, counted %d, %v", id, s.Qualitative, qualitative, err)
		}
	}
	if len(all) != len(counts) || len(all) == 0 {
		t.Errorf("%d COPs of %d", len(all), len(counts))
	}
	return nil
}
