// Package followup measures what actions come to at the size of the nation: 50 000
// retained actions, each with five years of updates.
package followup

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"context"
	"jalon/data"
	"jalon/internal/action/coverage"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
	"jalon/internal/framework"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/testkit"
	"jalon/internal/testkit/registered"
)

const (
	actions = 50_000
	years   = 5
)

func now() time.Time { return time.Date(2030, 3, 2, 12, 0, 0, 0, time.UTC) }

// told writes a register whose actions are all retained, and an update a year of each
// with a quantity, the last one current for its day as all are.
func told(b *testing.B, d *db.DB, tree *territory.Tree) {
	b.Helper()
	ctx := b.Context()
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: journal.New(ids, now, keys), Cursors: keys, Random: rand.Reader}
	if err := cops.Load(ctx, data.FS, tree); err != nil {
		b.Fatal(err)
	}
	if _, err := registered.Fill(ctx, d, tree, registered.Size{Actions: actions, Author: "équipe", At: time.Date(2025, 1, 5, 8, 0, 0, 0, time.UTC), Seed: 7}); err != nil {
		b.Fatal(err)
	}
	for _, q := range []string{`UPDATE action SET state = 'retained'`, `UPDATE action_impact SET state = 'retained'`} {
		if _, err := d.Exec(ctx, q); err != nil {
			b.Fatal(err)
		}
	}
	type one struct{ id, cop, region, lever string }
	rows, err := d.Query(ctx, `SELECT a.id, a.cop_id, a.region, COALESCE(MIN(i.lever), '') FROM action a LEFT JOIN action_impact i ON i.action_id = a.id GROUP BY a.id, a.cop_id, a.region`)
	all, err := db.Collect(rows, err, func(r *db.Rows) (x one, err error) { return x, r.Scan(&x.id, &x.cop, &x.region, &x.lever) })
	if err != nil {
		b.Fatal(err)
	}
	said := strings.Fields("id cop_id region action_id seq day at by said_by origin ask_id standing progress status spent blocked body")
	quantities := strings.Fields("update_id cop_id region action_id lever day quantity unit class kg standing")
	var updates, sums [][]any
	flush := func() {
		for table, batch := range map[string]struct {
			columns []string
			rows    [][]any
		}{"followup_update": {said, updates}, "followup_quantity": {quantities, sums}} {
			if len(batch.rows) == 0 {
				continue
			}
			if _, err := db.Insert(ctx, d, table, batch.columns, batch.rows, ""); err != nil {
				b.Fatal(err)
			}
		}
		updates, sums = updates[:0], sums[:0]
	}
	classes := []followup.Class{followup.Declared, followup.Estimated, followup.Observed}
	for i, x := range all {
		for y := range years {
			id, day := fmt.Sprintf("u%07d-%d", i, y), fmt.Sprintf("%d-06-01", 2025+y)
			updates = append(updates, []any{id, x.cop, x.region, x.id, int64(y + 1), day, int64(i), "équipe", "", "team", "", "current", int64(20 * (y + 1)), "going", nil, "", "{}"})
			if x.lever != "" {
				sums = append(sums, []any{id, x.cop, x.region, x.id, x.lever, day, float64(10 * (y + 1)), "", string(classes[i%3]), int64(1000 * (y + 1)), "current"})
			}
		}
		if len(updates) >= 500 {
			flush()
		}
	}
	flush()
}

// BenchmarkDashboards reads the dashboards of the nation, of a region and of a
// département: when nothing moved, after one update of Grand Est, and the first time of
// a process.
func BenchmarkDashboards(b *testing.B) {
	tree, err := territory.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	fw, err := framework.Load(data.FS)
	if err != nil {
		b.Fatal(err)
	}
	model, err := panorama.NewModel(tree, fw, panorama.Inputs{Tables: data.FS, Version: "essai"})
	if err != nil {
		b.Fatal(err)
	}
	book, err := series.LoadBook(data.FS)
	if err != nil {
		b.Fatal(err)
	}
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		b.Run(string(engine), func(b *testing.B) {
			d := testkit.Open(b, engine)
			told(b, d, tree)
			modelOf := func(context.Context) (*panorama.Model, error) { return model, nil }
			fresh := func() *outcome.Room {
				return &outcome.Room{DB: d, Now: now, Model: modelOf, Coverage: &coverage.Room{DB: d, Now: now, Model: modelOf, Book: func() (*series.Book, error) { return book, nil }}}
			}
			m := fresh()
			reads := map[string]func(m *outcome.Room) error{
				"nation": func(m *outcome.Room) error { _, err := m.OfNation(b.Context(), d, ""); return err },
				"region": func(m *outcome.Room) error { _, err := m.Of(b.Context(), d, outcome.Ask{Region: "44"}); return err },
				"departement": func(m *outcome.Room) error {
					_, err := m.Of(b.Context(), d, outcome.Ask{Region: "44", Department: "67"})
					return err
				},
			}
			for _, what := range []string{"nation", "region", "departement"} {
				b.Run(what+"/nothing moved", func(b *testing.B) {
					for b.Loop() {
						if err := reads[what](m); err != nil {
							b.Fatal(err)
						}
					}
				})
				b.Run(what+"/one update", func(b *testing.B) {
					for b.Loop() {
						if _, err := db.Bump(b.Context(), d, followup.VersionOf(cop.RegionID(cop.First, "44")), now()); err != nil {
							b.Fatal(err)
						}
						if err := reads[what](m); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
			b.Run("nation/first of a process", func(b *testing.B) {
				for b.Loop() {
					if err := reads["nation"](fresh()); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
