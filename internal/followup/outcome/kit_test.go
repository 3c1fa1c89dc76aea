package outcome_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// kit is the follow-up of Corse and what it comes to, as the program builds them.
type kit struct {
	db      *db.DB
	follow  *followup.Room
	outcome *outcome.Room
	model   *panorama.Model
	cop     cop.COP
	team    policy.Actor
	at      time.Time // what the clock says
}

var book = sync.OnceValues(func() (*series.Book, error) { return series.LoadBook(data.FS) })

func newKit(t testing.TB, d *db.DB) *kit {
	t.Helper()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	k := &kit{at: at}
	now := func() time.Time { return k.at }
	ids, cursors := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	j := journal.New(ids, now, cursors)
	store := panorama.NewStore(d, data.FS, func(ctx context.Context) (*territory.Tree, error) { return territory.LoadActive(ctx, d) })
	m, err := store.Model(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: cursors, Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, m.Tree()); err != nil {
		t.Fatal(err)
	}
	*k = kit{db: d, model: m, at: at, team: policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "94")}}}}
	if k.cop, err = cop.OfRegion(t.Context(), d, "94"); err != nil {
		t.Fatal(err)
	}
	register := &action.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: cursors, COPs: cops, Links: &link.Links{IDs: ids, Now: now}}
	k.follow = &followup.Room{DB: d, IDs: ids, Now: now, Journal: j, COPs: cops, Register: register}
	k.outcome = &outcome.Room{DB: d, Now: now, Model: store.Model, Coverage: &coverage.Room{DB: d, Now: now, Model: store.Model, Book: book}}
	return k
}

func each(t *testing.T, do func(t *testing.T, k *kit)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { do(t, newKit(t, d)) })
}

func num(v float64) *float64    { return &v }
func mass(v int64) *panorama.Kg { kg := panorama.Kg(v); return &kg }
func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// retained is when the actions of the kit were retained.
var retained = time.Date(2025, 6, 1, 9, 0, 0, 0, time.UTC)

// hedges writes a retained action on hedges in Corse.
func (k *kit) hedges(t testing.TB, id string, seq int64, length float64, kg int64, change func(*action.Action)) action.Action {
	t.Helper()
	x := action.Action{ID: id, Rev: 1, COP: k.cop.ID, Cycle: k.cop.Cycle, Region: "94", Seq: seq, Kind: action.Sectoral, State: action.Retained, Title: "Haies " + id, Summary: "Planter.", Theme: "agriculture",
		Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "department:2B"}}, Holder: action.Party{Name: "Chambre d’agriculture"}, Starts: "2025", Ends: "2029", Status: "going", StatusOn: "2025-01-01",
		Impacts: []action.Impact{{Lever: "gestion-haies", Class: action.Quantified, Quantity: num(length), Unit: "km", Kg: mass(kg)}}, At: retained, Changed: retained, RetainedOn: "2025-06-01"}
	if change != nil {
		change(&x)
	}
	if err := db.Tx(t.Context(), k.db, func(ctx context.Context, tx db.Q) error {
		if err := action.InsertAll(ctx, tx, "", "", []action.Action{x}); err != nil {
			return err
		}
		_, err := db.Bump(ctx, tx, action.VersionOf(k.cop.ID), k.outcome.Now())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return x
}

// list keeps what both heads retained of an action.
func (k *kit) list(t testing.TB, id, day string, x action.FrozenAction) {
	t.Helper()
	body, err := json.Marshal(action.FrozenList{COP: k.cop.ID, Day: day, Actions: []action.FrozenAction{x}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Insert(t.Context(), k.db, "action_listing", []string{"id", "cop_id", "seq", "state", "act", "by", "at", "ended_on", "title", "sha256", "body"},
		[][]any{{id, k.cop.ID, int64(1), action.ListingRetained, "", "", int64(0), day, "Liste", "", string(body)}}, ""); err != nil {
		t.Fatal(err)
	}
}

func (k *kit) say(t testing.TB, id, day string, quantity float64, class followup.Class, said followup.Said) {
	t.Helper()
	said.Quantities = []followup.Quantity{{Lever: "gestion-haies", Quantity: num(quantity), Unit: "km", Class: class, Source: "comptage"}}
	if _, err := k.follow.Say(t.Context(), k.db, k.team, followup.Update{Action: id, Day: day, Said: said, Confirmed: true}); err != nil {
		t.Fatal(err)
	}
}

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
