// Package debate measures the debate of a COP that holds a hundred times what the
// largest call for contributions gave.
package debate

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/contribution"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/testkit/debated"
)

const (
	contributions = 100_000
	comments      = 20_000
	supports      = 120_000
	voices        = 30_000
)

// filled is the room of contributions over a debate of the sizes above.
func filled(b *testing.B, d *db.DB) (func() *contribution.Room, cop.COP, []string) {
	b.Helper()
	ctx := b.Context()
	tree, err := territory.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	now := func() time.Time { return time.Date(2024, 12, 1, 9, 0, 0, 0, time.UTC) }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: journal.New(ids, now, keys), Cursors: keys, Random: rand.Reader}
	if err := cops.Load(ctx, data.FS, tree); err != nil {
		b.Fatal(err)
	}
	c, err := cop.Find(ctx, d, cop.RegionID(cop.First, "44"))
	if err != nil {
		b.Fatal(err)
	}
	all, err := debated.Fill(ctx, d, debated.Size{Contributions: contributions, Comments: comments, Supports: supports, Voices: voices, COP: c.ID, Places: places(b, tree), Levers: []string{"voitures-electriques", "biogaz", "pistes-cyclables", "haies", "covoiturage"},
		From: time.Date(2024, 3, 1, 8, 0, 0, 0, time.UTC), Seed: 7})
	if err != nil {
		b.Fatal(err)
	}
	shared := &debate.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: cops.Journal, Cursors: keys, COPs: cops, Tree: func(context.Context) (*territory.Tree, error) { return tree, nil }}
	return func() *contribution.Room { return &contribution.Room{Room: shared} }, c, all
}

// places are the communes and départements of Grand Est, and the region.
func places(b *testing.B, tree *territory.Tree) []string {
	b.Helper()
	communes, err := tree.CommunesOf(territory.Ref{Scale: territory.RegionS, Code: "44"})
	if err != nil {
		b.Fatal(err)
	}
	out := []string{"region:44", "department:67", "department:68"}
	for i, n := range communes {
		if i%10 == 0 {
			out = append(out, "commune:"+tree.Communes()[n].Code)
		}
	}
	return out
}

func BenchmarkContributions(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			d := testkit.Open(b, engine)
			fresh, c, all := filled(b, d)
			ctx := b.Context()
			b.Run("first question after a start", func(b *testing.B) {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				var m *contribution.Room
				for b.Loop() {
					m = fresh()
					if _, err := m.List(ctx, d, c, contribution.Filter{}, "", 25); err != nil {
						b.Fatal(err)
					}
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-held")
				runtime.KeepAlive(m)
			})
			m := fresh()
			for _, x := range []struct {
				name string
				f    contribution.Filter
			}{
				{"list by date", contribution.Filter{}}, {"list by support", contribution.Filter{Sort: contribution.BySupport}},
				{"list of a département", contribution.Filter{Territory: "department:67"}}, {"list of a theme, a lever, a study", contribution.Filter{Theme: "se-loger", Lever: "biogaz", Study: string(contribution.Retained)}},
				{"nothing of four filters", contribution.Filter{Theme: "se-loger", Lever: "haies", Territory: "commune:67482", Speaker: debate.Organised}},
				{"search of a word in five, by date", contribution.Filter{Words: debated.Often}}, {"search of a word in five, by support", contribution.Filter{Words: debated.Often, Sort: contribution.BySupport}},
				{"search of three words", contribution.Filter{Words: "vélo gare village"}}, {"search of a rare word", contribution.Filter{Words: "bacodi"}},
			} {
				b.Run(x.name, func(b *testing.B) {
					var total int64
					for b.Loop() {
						p, err := m.List(ctx, d, c, x.f, "", 25)
						if err != nil {
							b.Fatal(err)
						}
						total = p.Total
					}
					b.ReportMetric(float64(total), "found")
				})
			}
			b.Run("page 400 by support", func(b *testing.B) {
				cursor := ""
				for range 40 {
					p, err := m.List(ctx, d, c, contribution.Filter{Sort: contribution.BySupport}, cursor, 250)
					if err != nil {
						b.Fatal(err)
					}
					cursor = p.Next
				}
				for b.Loop() {
					if _, err := m.List(ctx, d, c, contribution.Filter{Sort: contribution.BySupport}, cursor, 250); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("map and curve", func(b *testing.B) {
				for b.Loop() {
					if _, err := m.Count(ctx, d, c, contribution.Filter{}); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("first near question", func(b *testing.B) {
				for b.Loop() {
					if _, err := fresh().Near(ctx, d, c, "Des pistes", "Il faudrait une piste cyclable vers la gare du village.", 3); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("near while typing", func(b *testing.B) {
				for b.Loop() {
					if _, err := m.Near(ctx, d, c, "Des pistes", "Il faudrait une piste cyclable vers la gare du village.", 3); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("a list after a change", func(b *testing.B) {
				n := 0
				for b.Loop() {
					b.StopTimer()
					n++
					if err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
						return m.SetStudy(ctx, tx, all[n%len(all)], contribution.Assigned)
					}); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
					if _, err := m.List(ctx, d, c, contribution.Filter{}, "", 25); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("one contribution and its comments", func(b *testing.B) {
				n := 0
				for b.Loop() {
					n++
					id := all[n%len(all)]
					if _, err := m.Find(ctx, d, policy.Actor{}, c, id, ""); err != nil {
						b.Fatal(err)
					}
					if _, _, err := m.Comments(ctx, d, id, "", 50); err != nil {
						b.Fatal(err)
					}
				}
			})
			v, err := contribution.Recount(ctx, d)
			if err != nil || len(v.Problems) > 0 {
				b.Error(fmt.Sprint(v.Problems, err))
			}
		})
	}
}
