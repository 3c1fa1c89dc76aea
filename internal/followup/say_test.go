package followup_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/followup"
	"jalon/internal/policy"
)

func declared(v float64) []followup.Quantity {
	return []followup.Quantity{{Lever: "gestion-haies", Quantity: number(v), Unit: "km", Class: followup.Declared}}
}

// An update is the word of a day: a correction supersedes it, what was said stays, the
// quantity is weighed by the factor of the action, and the register follows the status.
func TestAnUpdateIsTheWordOfADay(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		x := k.retained(t, "a1", 1, nil)
		first, err := k.room.Say(ctx, k.db, k.team, followup.Update{Action: x.ID, Day: "2026-03-01", Said: followup.Said{Progress: whole(20), Quantities: declared(30)}})
		if err != nil || first.Seq != 1 || first.Origin != followup.ByTeam {
			t.Fatalf("%+v %v", first, err)
		}
		second, err := k.room.Say(ctx, k.db, k.team, followup.Update{Action: x.ID, Day: "2026-03-01", Said: followup.Said{Progress: whole(25), Status: "late", Blocked: "Plants en retard.", Quantities: declared(40)}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.room.Say(ctx, k.db, k.team, followup.Update{Action: x.ID, Day: "2025-12-01", Said: followup.Said{Progress: whole(5), Status: "coming"}}); err != nil {
			t.Fatal(err)
		}
		all, err := followup.Of(ctx, k.db, x.ID)
		if err != nil || len(all) != 3 || all[0].ID != second.ID || all[0].Standing != followup.Current || all[1].Standing != followup.Superseded {
			t.Fatalf("%+v %v", all, err)
		}
		last, err := followup.LastOf(ctx, k.db, k.cop.ID)
		if err != nil || len(last) != 1 || last[x.ID].ID != second.ID {
			t.Fatalf("%+v %v", last, err)
		}
		var kg, n int64
		if err := k.db.QueryRow(ctx, `SELECT CAST(SUM(kg) AS BIGINT), COUNT(*) FROM followup_quantity WHERE cop_id = $1 AND standing = 'current'`, k.cop.ID).Scan(&kg, &n); err != nil || kg != 400_000 || n != 1 {
			t.Errorf("40 of 100 km are %d kg in %d rows, %v", kg, n, err)
		}
		now, _, err := action.Find(ctx, k.db, k.team, x.ID)
		if err != nil || now.Status != "late" || !strings.Contains(now.StatusReason, "Plants en retard") || now.StatusOn != "2026-03-01" {
			t.Errorf("the register: %q %q %q %v", now.Status, now.StatusReason, now.StatusOn, err)
		}
		again, err := k.room.Say(ctx, k.db, k.team, followup.Update{Action: x.ID, Day: "2026-03-02", Said: followup.Said{Unchanged: true}})
		if err != nil || *again.Progress != 25 || again.Next != "" || len(again.Quantities) != 1 || !again.Unchanged {
			t.Errorf("nothing changed: %+v %v", again, err)
		}
	})
}

// What an update may not say is refused with its field, and nothing is kept.
func TestWhatAnUpdateMayNotSay(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		x := k.retained(t, "a1", 1, nil)
		for name, c := range map[string]struct {
			field string
			u     followup.Update
		}{
			"nothing":       {"progress", followup.Update{}},
			"a day to come": {"day", followup.Update{Day: "2026-03-09", Said: followup.Said{Progress: whole(1)}}},
			"no day":        {"day", followup.Update{Day: "hier", Said: followup.Said{Progress: whole(1)}}},
			"too far":       {"progress", followup.Update{Said: followup.Said{Progress: whole(101)}}},
			"below nothing": {"progress", followup.Update{Said: followup.Said{Progress: whole(-1)}}},
			"a megabyte":    {"blocked", followup.Update{Said: followup.Said{Blocked: strings.Repeat("é", 1<<20)}}},
			"a status":      {"status", followup.Update{Said: followup.Said{Status: "perdu"}}},
			"money":         {"spent", followup.Update{Said: followup.Said{Spent: whole(-5)}}},
			"a script":      {"evidence", followup.Update{Said: followup.Said{Evidence: []string{"javascript:alert(1)"}}}},
			"no lever":      {"quantity-biogaz", followup.Update{Said: followup.Said{Quantities: []followup.Quantity{{Lever: "biogaz", Quantity: number(1), Unit: "GWh", Class: followup.Declared}}}}},
			"a unit":        {"quantity-gestion-haies", followup.Update{Said: followup.Said{Quantities: []followup.Quantity{{Lever: "gestion-haies", Quantity: number(1), Unit: "parsecs", Class: followup.Declared}}}}},
			"no class":      {"quantity-gestion-haies", followup.Update{Said: followup.Said{Quantities: []followup.Quantity{{Lever: "gestion-haies", Quantity: number(1), Unit: "km"}}}}},
			"no source":     {"quantity-gestion-haies", followup.Update{Said: followup.Said{Quantities: []followup.Quantity{{Lever: "gestion-haies", Quantity: number(1), Unit: "km", Class: followup.Observed}}}}},
			"blocked why":   {"blocked", followup.Update{Said: followup.Said{Status: "blocked"}}},
		} {
			u := c.u
			u.Action = x.ID
			if u.Day == "" {
				u.Day = "2026-03-01"
			}
			var f *action.Fault
			if _, err := k.room.Say(ctx, k.db, k.team, u); !errors.As(err, &f) || f.Field != c.field {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, q := range map[string]float64{"above": 101, "the other way": -1} {
			u := followup.Update{Action: x.ID, Day: "2026-03-01", Said: followup.Said{Quantities: declared(q)}}
			var ask *followup.Unconfirmed
			if _, err := k.room.Say(ctx, k.db, k.team, u); !errors.As(err, &ask) {
				t.Errorf("%s what was planned: %v", name, err)
			}
			u.Confirmed = true
			if _, err := k.room.Say(ctx, k.db, k.team, u); err != nil {
				t.Errorf("%s, confirmed: %v", name, err)
			}
		}
		if _, err := k.room.Say(ctx, k.db, policy.Actor{Person: "passant"}, followup.Update{Action: x.ID, Day: "2026-03-01", Said: followup.Said{Progress: whole(1)}}); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("anyone speaks: %v", err)
		}
		for i, change := range []func(*action.Action){
			func(x *action.Action) { x.Status, x.StatusReason = "abandoned", "Plus de porteur." },
			func(x *action.Action) { x.State, x.MergedInto = action.Merged, "a1" },
			func(x *action.Action) { x.State = action.Withdrawn },
		} {
			y := k.retained(t, "b"+string(rune('0'+i)), int64(10+i), change)
			if _, err := k.room.Say(ctx, k.db, k.team, followup.Update{Action: y.ID, Day: "2026-03-01", Said: followup.Said{Progress: whole(1)}}); apperr.KindOf(err) != apperr.Conflict || !strings.Contains(apperr.Message(err), "Rien n’a été enregistré") {
				t.Errorf("an update on %s: %v", y.State, err)
			}
		}
	})
}

// Twenty who speak at once about the same day, having read the same: one is kept, the
// others read what it said; the same form sent twenty times is one update.
func TestTwentySpeakAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		x := k.retained(t, "a1", 1, nil)
		run := func(u func(i int) followup.Update) (kept, moved int) {
			var mu sync.Mutex
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					_, err := k.room.Say(ctx, k.db, k.team, u(i))
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						kept++
					case apperr.KindOf(err) == apperr.Conflict:
						moved++
					default:
						t.Error(err)
					}
				})
			}
			wg.Wait()
			return kept, moved
		}
		if kept, moved := run(func(i int) followup.Update {
			return followup.Update{Action: x.ID, Day: "2026-03-01", Said: followup.Said{Progress: whole(int64(i))}, Seen: whole(0)}
		}); kept != 1 || moved != 19 {
			t.Errorf("%d kept, %d told", kept, moved)
		}
		if kept, _ := run(func(int) followup.Update {
			return followup.Update{Action: x.ID, Day: "2026-03-02", Said: followup.Said{Progress: whole(50)}, Seen: whole(1)}
		}); kept != 20 {
			t.Errorf("the same form: %d", kept)
		}
		all, err := followup.Of(ctx, k.db, x.ID)
		if err != nil || len(all) != 2 {
			t.Errorf("%d updates, %v", len(all), err)
		}
	})
}
