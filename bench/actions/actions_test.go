// Package actions measures the register of actions at the size of the nation: 50 000
// actions over the COPs of all regions.
package actions

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/testkit/registered"
)

const actions = 50_000

func now() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// room is the register of a database.
func room(d *db.DB) *action.Room {
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: journal.New(ids, now, keys), Cursors: keys, Random: rand.Reader}
	return &action.Room{DB: d, IDs: ids, Now: now, Journal: cops.Journal, Cursors: keys, COPs: cops, Links: &link.Links{IDs: ids, Now: now}}
}

// fill writes the register of the nation, and tells the ids of its actions.
func fill(t testing.TB, d *db.DB, tree *territory.Tree) []string {
	t.Helper()
	if err := room(d).COPs.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	all, err := registered.Fill(t.Context(), d, tree, registered.Size{Actions: actions, Author: "équipe", At: time.Date(2025, 11, 1, 8, 0, 0, 0, time.UTC), Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d actions filled in %v", len(all), time.Since(start).Round(time.Millisecond))
	return all
}

func BenchmarkActions(b *testing.B) {
	tree, err := territory.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			d := testkit.Open(b, engine)
			m, all := room(d), fill(b, d, tree)
			lists(b, d, m, tree)
			others(b, d, m, all)
		})
	}
}

// lists measures lists of a COP by its team, of a COP and of the nation by anyone.
func lists(b *testing.B, d *db.DB, m *action.Room, tree *territory.Tree) {
	ctx := b.Context()
	id := cop.RegionID(cop.First, "44")
	team := policy.Actor{Person: "collègue", Grants: []policy.Grant{{Role: policy.Team, COP: id}}}
	inside, err := action.Inside(tree, territory.Ref{Scale: territory.Department, Code: "67"})
	if err != nil {
		b.Fatal(err)
	}
	for _, x := range []struct {
		name string
		who  policy.Actor
		f    action.Filter
	}{
		{"team, first page by title", team, action.Filter{COP: id}},
		{"team, by last change", team, action.Filter{COP: id, Order: action.ByChange}},
		{"team, a lever in a département", team, action.Filter{COP: id, Lever: "voitures-electriques", Department: "67"}},
		{"team, inside a département", team, action.Filter{COP: id, Places: inside}},
		{"team, a state and a status", team, action.Filter{COP: id, States: []action.State{action.Retained}, Status: "late"}},
		{"team, what lacks an impact", team, action.Filter{COP: id, Lacks: "impact"}},
		{"team, a word in five", team, action.Filter{COP: id, Words: registered.Often}},
		{"team, two words", team, action.Filter{COP: id, Words: "réseau gare"}},
		{"anyone, the public list of a region", policy.Actor{}, action.Filter{COP: id}},
		{"anyone, the nation by title", policy.Actor{}, action.Filter{}},
		{"anyone, the nation by last change", policy.Actor{}, action.Filter{Order: action.ByChange}},
		{"anyone, a lever over the nation", policy.Actor{}, action.Filter{Lever: "covoiturage"}},
		{"anyone, a word in five over the nation", policy.Actor{}, action.Filter{Words: registered.Often}},
		{"anyone, retained by budget", policy.Actor{}, action.Filter{States: []action.State{action.Retained}, Order: action.ByInvest}},
		{"anyone, a rare word", policy.Actor{}, action.Filter{Words: "Molsheim"}},
	} {
		b.Run(x.name, func(b *testing.B) {
			var p action.Page
			for b.Loop() {
				if p, err = m.List(ctx, d, x.who, x.f, "", 50); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(p.Total), "found")
		})
	}
	for _, x := range []struct {
		name, by string
		who      policy.Actor
		f        action.Filter
	}{
		{"board of a COP by state", "state", team, action.Filter{COP: id}}, {"board of a COP by lever", "lever", team, action.Filter{COP: id}},
		{"board of the nation by state", "state", policy.Actor{}, action.Filter{}}, {"board of the nation by region", "region", policy.Actor{}, action.Filter{}},
	} {
		b.Run(x.name, func(b *testing.B) {
			for b.Loop() {
				if out, err := m.TallyBy(ctx, d, x.who, x.f, x.by); err != nil || len(out) == 0 {
					b.Fatal(len(out), err)
				}
			}
		})
	}
	b.Run("where each COP stands", func(b *testing.B) {
		for b.Loop() {
			if out, err := action.StandingIn(ctx, d, cop.First); err != nil || len(out) == 0 {
				b.Fatal(len(out), err)
			}
		}
	})
	b.Run("tenth page of the nation", func(b *testing.B) {
		cursor := ""
		for range 9 {
			p, err := m.List(ctx, d, policy.Actor{}, action.Filter{}, cursor, 50)
			if err != nil {
				b.Fatal(err)
			}
			cursor = p.Next
		}
		for b.Loop() {
			if _, err := m.List(ctx, d, policy.Actor{}, action.Filter{}, cursor, 50); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// others measures one action: read, written, tied, forgotten.
func others(b *testing.B, d *db.DB, m *action.Room, all []string) {
	ctx := context.WithoutCancel(b.Context())
	c, err := cop.OfRegion(ctx, d, "44")
	if err != nil {
		b.Fatal(err)
	}
	team := policy.Actor{Person: "collègue", Grants: []policy.Grant{{Role: policy.Team, COP: c.ID}}}
	p, err := m.List(ctx, d, team, action.Filter{COP: c.ID, States: []action.State{action.Proposed}}, "", 200)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	b.Run("read one", func(b *testing.B) {
		for b.Loop() {
			n++
			if _, _, err := action.Find(ctx, d, policy.Actor{Person: "équipe"}, all[n%len(all)]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("save one", func(b *testing.B) {
		for b.Loop() {
			n++
			x, _, err := action.Find(ctx, d, team, p.Rows[n%len(p.Rows)].ID)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := m.Save(ctx, d, team, x, ""); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("change two hundred at once", func(b *testing.B) {
		phases := []string{"idea", "study"}
		for b.Loop() {
			n++
			aims := make([]action.Aimed, 0, len(p.Rows))
			b.StopTimer()
			for _, r := range p.Rows {
				x, _, err := action.Find(ctx, d, team, r.ID)
				if err != nil {
					b.Fatal(err)
				}
				aims = append(aims, action.Aimed{ID: x.ID, Rev: x.Rev})
			}
			b.StartTimer()
			if _, err := m.Bulk(ctx, team, c, aims, action.Change{Phase: &phases[n%2]}, ""); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("forget an address", func(b *testing.B) {
		for b.Loop() {
			if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error { return m.EraseAddress(ctx, tx, "personne@exemple.fr") }); err != nil {
				b.Fatal(err)
			}
		}
	})
}
