package followup_test

import (
	"crypto/rand"
	"testing"
	"time"

	"context"
	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/mail"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// kit is the follow-up with the rooms that it stands on, in Grand Est.
type kit struct {
	db   *db.DB
	room *followup.Room
	cop  cop.COP
	team policy.Actor
	now  time.Time
}

func over(person string, role policy.Role, region string) policy.Actor {
	return policy.Actor{Person: person, Grants: []policy.Grant{{Role: role, COP: cop.RegionID(cop.First, region)}}}
}

func newKit(t testing.TB, d *db.DB) *kit {
	t.Helper()
	k := &kit{db: d, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), team: over("équipe", policy.Team, "44")}
	now := func() time.Time { return k.now }
	ids := db.NewIDs(now, rand.Reader)
	cursors := db.NewCursors([]byte("essai"))
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
	if k.cop, err = cop.OfRegion(t.Context(), d, "44"); err != nil {
		t.Fatal(err)
	}
	register := &action.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: cursors, COPs: cops, Links: &link.Links{IDs: ids, Now: now}}
	k.room = &followup.Room{DB: d, IDs: ids, Now: now, Journal: j, COPs: cops, Register: register, Knowledge: &knowledge.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: cursors}, Links: cursors, BaseURL: "https://jalon.exemple.fr"}
	k.room.Queue = jobs.New(ids, now)
	k.room.Outbox = mail.New(mail.Options{IDs: ids, Now: now, Queue: k.room.Queue, Cursors: cursors})
	return k
}

func each(t *testing.T, do func(t *testing.T, k *kit)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { do(t, newKit(t, d)) })
}

func number(v float64) *float64 { return &v }
func whole(v int64) *int64      { return &v }

// retained writes an action that both heads retained, with 100 km of hedges planned.
func (k *kit) retained(t testing.TB, id string, seq int64, change func(*action.Action)) action.Action {
	t.Helper()
	kg := panorama.Kg(1_000_000)
	x := action.Action{ID: id, Rev: 1, COP: k.cop.ID, Cycle: k.cop.Cycle, Region: k.cop.Region, Seq: seq, Kind: action.Sectoral, State: action.Retained, Title: "Haies " + id, Summary: "Planter.",
		Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "region:44"}}, Holder: action.Party{Name: "Chambre d’agriculture"}, Contact: "Anne Porteuse", Email: "anne@exemple.fr", Status: "going", StatusOn: "2025-01-01",
		Impacts: []action.Impact{{Lever: "gestion-haies", Class: action.Quantified, Quantity: number(100), Unit: "km", Factor: 100, Kg: &kg}}, At: k.now, Changed: k.now, RetainedOn: "2025-06-01"}
	if change != nil {
		change(&x)
	}
	if err := db.Tx(t.Context(), k.db, func(ctx context.Context, tx db.Q) error {
		return action.InsertAll(ctx, tx, "", "", []action.Action{x})
	}); err != nil {
		t.Fatal(err)
	}
	return x
}
