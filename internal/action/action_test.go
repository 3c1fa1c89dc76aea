package action_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// kit is the register with its COPs, as the program builds them, in Grand Est.
type kit struct {
	db            *db.DB
	room          *action.Room
	cop           cop.COP
	model         *panorama.Model
	team          policy.Actor
	state, region policy.Actor
}

func over(person string, role policy.Role, region string) policy.Actor {
	return policy.Actor{Person: person, Grants: []policy.Grant{{Role: role, COP: cop.RegionID(cop.First, region)}}}
}

func newKit(t testing.TB, d *db.DB) *kit {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
	ids := db.NewIDs(now, rand.Reader)
	j := journal.New(ids, now, db.NewCursors([]byte("essai")))
	store := panorama.NewStore(d, data.FS, func(ctx context.Context) (*territory.Tree, error) { return territory.LoadActive(ctx, d) })
	m, err := store.Model(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, m.Tree()); err != nil {
		t.Fatal(err)
	}
	c, err := cop.OfRegion(t.Context(), d, "44")
	if err != nil {
		t.Fatal(err)
	}
	room := &action.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: db.NewCursors([]byte("essai")), COPs: cops, Links: &link.Links{IDs: ids, Now: now}}
	return &kit{db: d, room: room, cop: c, model: m, team: over("équipe", policy.Team, "44"), state: over("préfète", policy.StateChair, "44"), region: over("président", policy.RegionChair, "44")}
}

func each(t *testing.T, do func(t *testing.T, k *kit)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { do(t, newKit(t, d)) })
}

// An action is kept, read by its authors alone while it is a draft, changed at its
// revision, and the second of two writers gets what the first wrote.
func TestActionIsKeptAndConflictsAreSaid(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		x, err := k.room.Add(ctx, k.db, k.team, k.cop, action.Action{Kind: action.Sectoral, Title: "Planter des haies", Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "region:44"}}})
		if err != nil {
			t.Fatal(err)
		}
		if x.Seq != 1 || x.State != action.Draft || x.Rev != 1 {
			t.Fatalf("got %+v", x)
		}
		if _, _, err := action.Find(ctx, k.db, policy.Actor{}, x.ID); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("anyone reads a draft: %v", err)
		}
		x.Title = "Planter 4 000 km de haies"
		y, err := k.room.Save(ctx, k.db, k.team, x, "")
		if err != nil || y.Rev != 2 {
			t.Fatal(y.Rev, err)
		}
		x.Title = "Autre titre"
		now, err := k.room.Save(ctx, k.db, k.team, x, "")
		if apperr.KindOf(err) != apperr.Conflict || now.Title != y.Title {
			t.Errorf("the second writer: %v, %q", err, now.Title)
		}
		var f *action.Fault
		share := int64(5_000)
		y.Places = []action.Place{{Territory: "department:67", Share: &share}}
		if _, err := k.room.Save(ctx, k.db, k.team, y, ""); !errors.As(err, &f) || f.Field != "places" {
			t.Errorf("shares that do not sum: %v", err)
		}
	})
}
