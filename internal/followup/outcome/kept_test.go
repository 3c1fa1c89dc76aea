package outcome_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"jalon/internal/action"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
)

// all is every reading of a room.
type all struct {
	Of     []outcome.Outcome
	Nation outcome.Nation
	Named  []outcome.Item
}

// readAll reads all that a room gives of Corse.
func (k *kit) readAll(t *testing.T, m *outcome.Room) (x all) {
	t.Helper()
	for _, a := range []outcome.Ask{{Region: "94"}, {Region: "94", Day: "2025-12-31"}, {Region: "94", Department: "2A"}, {Region: "94", Department: "2B"},
		{Region: "94", Theme: "agriculture"}, {Region: "94", Holder: "Département"}, {Region: "94", Department: "2B", Holder: "Chambre d’agriculture"}} {
		o, err := m.Of(t.Context(), k.db, a)
		if err != nil {
			t.Fatal(err)
		}
		x.Of = append(x.Of, o)
	}
	var err error
	if x.Nation, err = m.OfNation(t.Context(), k.db, ""); err != nil {
		t.Fatal(err)
	}
	if x.Named, err = m.Named(t.Context(), k.db, outcome.Ask{Region: "94"}); err != nil {
		t.Fatal(err)
	}
	return x
}

// fresh is a room that has read nothing yet.
func (k *kit) fresh() *outcome.Room {
	return &outcome.Room{DB: k.db, Now: k.outcome.Now, Model: k.outcome.Model, Coverage: k.outcome.Coverage}
}

// exec changes rows of the register or of what is said, as their rooms do.
func (k *kit) exec(t *testing.T, text string, args ...any) {
	t.Helper()
	if _, err := k.db.Exec(t.Context(), text, args...); err != nil {
		t.Fatal(err)
	}
}

func (k *kit) bump(t *testing.T, name string) {
	t.Helper()
	if _, err := db.Bump(t.Context(), k.db, name, k.outcome.Now()); err != nil {
		t.Fatal(err)
	}
}

// What is kept gives the same figures as a room that reads all for the first time,
// whatever was said, corrected, withdrawn, retained or taken out before.
func TestWhatIsKeptIsWhatIsThere(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		corse(t, k)
		k.readAll(t, k.outcome)
		r := rand.New(rand.NewPCG(11, 7))
		ids, spoken := []string{"a", "b", "c", "d"}, map[string]bool{"a": true, "b": true, "c": true}
		days := []string{"2025-06-30", "2025-12-31", "2026-01-15", "2026-02-20", "2026-02-28"}
		pick := func(list []string) string { return list[r.IntN(len(list))] }
		moved := func(id string) { // what the follow-up does last
			if err := db.Tx(t.Context(), k.db, func(ctx context.Context, tx db.Q) error {
				return followup.Moved(ctx, tx, k.cop.ID, id, k.outcome.Now())
			}); err != nil {
				t.Fatal(err)
			}
		}
		steps := map[string]func(id string){
			"a word": func(id string) {
				var state string
				if err := k.db.QueryRow(t.Context(), `SELECT state FROM action WHERE id = $1`, id).Scan(&state); err != nil {
					t.Fatal(err)
				}
				if state != string(action.Retained) {
					return
				}
				k.say(t, id, pick(days), float64(1+r.IntN(40)), []followup.Class{followup.Declared, followup.Estimated}[r.IntN(2)], followup.Said{Status: pick([]string{"", "going", "late", "paused"})})
				spoken[id] = true
			},
			"a word that is withdrawn": func(id string) {
				day := pick(days)
				k.exec(t, `UPDATE followup_update SET standing = 'withdrawn' WHERE action_id = $1 AND day = $2 AND standing = 'current'`, id, day)
				k.exec(t, `UPDATE followup_quantity SET standing = 'withdrawn' WHERE action_id = $1 AND day = $2 AND standing = 'current'`, id, day)
				moved(id)
			},
			"words from elsewhere": func(id string) { // no row says which
				k.exec(t, `UPDATE followup_quantity SET kg = kg + 1000 WHERE action_id = $1`, id)
				k.bump(t, followup.VersionOf(k.cop.ID))
			},
			"an action taken out": func(id string) {
				k.exec(t, `UPDATE action SET rev = rev + 1, state = 'withdrawn' WHERE id = $1`, id)
				k.exec(t, `UPDATE action_impact SET state = 'withdrawn' WHERE action_id = $1`, id)
				k.bump(t, action.VersionOf(k.cop.ID))
			},
			"an action retained": func(id string) {
				k.exec(t, `UPDATE action SET rev = rev + 1, state = 'retained' WHERE id = $1`, id)
				k.exec(t, `UPDATE action_impact SET state = 'retained' WHERE action_id = $1`, id)
				k.bump(t, action.VersionOf(k.cop.ID))
			},
			"another action": func(string) {
				id := fmt.Sprintf("n%03d", len(ids))
				k.hedges(t, id, int64(len(ids)+1), float64(5+r.IntN(50)), int64(100_000+r.IntN(900_000)), func(x *action.Action) {
					if x.Holder.Name = pick([]string{"Chambre d’agriculture", "Département"}); r.IntN(2) == 0 {
						x.Places = []action.Place{{Territory: pick([]string{"department:2A", "region:94"})}}
					}
				})
				ids = append(ids, id)
			},
			"another place": func(id string) {
				k.exec(t, `UPDATE action_place SET territory = $2 WHERE action_id = $1`, id, pick([]string{"department:2A", "department:2B", "region:94"}))
				k.exec(t, `UPDATE action SET rev = rev + 1 WHERE id = $1`, id)
				k.bump(t, action.VersionOf(k.cop.ID))
			},
			"a way to its end": func(id string) {
				var body string
				if err := k.db.QueryRow(t.Context(), `SELECT body FROM action WHERE id = $1`, id).Scan(&body); err != nil {
					t.Fatal(err)
				}
				var x action.Action
				if err := json.Unmarshal([]byte(body), &x); err != nil {
					t.Fatal(err)
				}
				x.Impacts[0].Ramp = []action.Ramp{{Year: 2025, Part: int64(500 + r.IntN(4000))}, {Year: 2027, Part: 7000}, {Year: 2030, Part: 10_000}}
				text, err := json.Marshal(x)
				if err != nil {
					t.Fatal(err)
				}
				k.exec(t, `UPDATE action SET rev = rev + 1, body = $2 WHERE id = $1`, id, string(text))
				k.bump(t, action.VersionOf(k.cop.ID))
			},
			"a part that counts": func(id string) { // without a revision, as an overlap that is settled
				k.exec(t, `UPDATE action_impact SET counted = $2 WHERE action_id = $1`, id, int64(1000*(1+r.IntN(10))))
				k.bump(t, action.VersionOf(k.cop.ID))
			},
		}
		names := []string{"a word", "a word", "a word", "a word that is withdrawn", "words from elsewhere", "an action taken out", "an action retained", "another action", "another place", "a way to its end", "a part that counts"}
		changed := 0
		before := k.readAll(t, k.fresh())
		for i := range 120 {
			step, id := pick(names), pick(ids)
			steps[step](id)
			if r.IntN(3) == 0 {
				continue // several between two readings
			}
			got, want := k.readAll(t, k.outcome), k.readAll(t, k.fresh())
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("step %d, %s of %s: what is kept is %+v, what is there %+v", i, step, id, got.Of[0].Total, want.Of[0].Total)
			}
			if !reflect.DeepEqual(before, want) {
				changed++
			}
			before = want
		}
		if changed < 30 || len(spoken) < 5 {
			t.Errorf("only %d steps changed a figure, words of %d actions", changed, len(spoken))
		}
	})
}

// Twenty readers who come at once read a COP once; those who read while somebody speaks
// end at what was said.
func TestReadersTogether(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		corse(t, k)
		if _, err := k.outcome.Coverage.OfNation(t.Context(), k.db); err != nil {
			t.Fatal(err)
		}
		n := new(atomic.Int64)
		q := counter{k.db, n}
		together := func(m *outcome.Room, do func(i int) error) {
			t.Helper()
			var wg sync.WaitGroup
			failed := make(chan error, 20)
			for i := range 20 {
				wg.Go(func() {
					if err := do(i); err != nil {
						failed <- err
						return
					}
					_, err := m.Of(t.Context(), q, outcome.Ask{Region: "94"})
					failed <- err
				})
			}
			wg.Wait()
			for range 20 {
				if err := <-failed; err != nil {
					t.Error(err)
				}
			}
		}
		cold := k.fresh()
		together(cold, func(int) error { return nil })
		// Versions of coverage (two) and of the COPs each, then actions, places, ways, lists,
		// words and quantities once.
		same(t, "statements", n.Load(), 20*3+6)
		together(cold, func(i int) error {
			_, err := k.follow.Say(t.Context(), k.db, k.team, followup.Update{Action: []string{"a", "b", "c", "d"}[i%4], Day: fmt.Sprintf("2026-01-%02d", 1+i), Confirmed: true,
				Said: followup.Said{Quantities: []followup.Quantity{{Lever: "gestion-haies", Quantity: num(float64(1 + i)), Unit: "km", Class: followup.Declared}}}})
			return err
		})
		if got, want := k.readAll(t, cold), k.readAll(t, k.fresh()); !reflect.DeepEqual(got, want) {
			t.Errorf("what is kept is %+v, what is there %+v", got.Of[0].Total, want.Of[0].Total)
		}
	})
}

// Once a room is warm, its first readers find all of it read.
func TestWarm(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		corse(t, k)
		if err := k.outcome.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		n := new(atomic.Int64)
		if _, err := k.outcome.OfNation(t.Context(), counter{k.db, n}, ""); err != nil {
			t.Fatal(err)
		}
		same(t, "statements of the first reader", n.Load(), 3)
	})
}
