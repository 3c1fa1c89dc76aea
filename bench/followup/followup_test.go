// Package followup measures what actions come to at the size of the nation: 50 000
// retained actions, each with five years of updates.
package followup

import (
	"crypto/rand"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"context"
	"jalon/data"
	"jalon/internal/action"
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
	if d.Engine() == db.PostgreSQL {
		if _, err := d.Exec(ctx, `VACUUM ANALYZE`); err != nil {
			b.Fatal(err)
		}
	}
}

// processor is the time that the program has taken so far.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// speak says where an action of Grand Est stands, once more on its last day, and how it
// goes when its status changes: what the room of follow-up writes.
func speak(b *testing.B, d *db.DB, n int, status bool) {
	b.Helper()
	copID := cop.RegionID(cop.First, "44")
	if err := db.Tx(b.Context(), d, func(ctx context.Context, tx db.Q) error {
		for _, text := range []string{`INSERT INTO followup_update (id, cop_id, region, action_id, seq, day, at, by, said_by, origin, ask_id, standing, progress, status, spent, blocked, body)
			SELECT 'n' || $1, cop_id, region, action_id, (SELECT MAX(w.seq) + 1 FROM followup_update w WHERE w.action_id = u.action_id), day, at, by, said_by, origin, ask_id, standing, progress, status, spent, blocked, body
			  FROM followup_update u WHERE u.id = (SELECT MIN(x.id) FROM followup_update x WHERE x.cop_id = $2 AND x.standing = 'current' AND x.day = '2029-06-01')`,
			`INSERT INTO followup_quantity (update_id, cop_id, region, action_id, lever, day, quantity, unit, class, kg, standing)
			SELECT 'n' || $1, cop_id, region, action_id, lever, day, quantity, unit, class, kg + 1, standing
			  FROM followup_quantity WHERE update_id = (SELECT MIN(x.id) FROM followup_update x WHERE x.cop_id = $2 AND x.standing = 'current' AND x.day = '2029-06-01')`} {
			if _, err := tx.Exec(ctx, text, fmt.Sprint(n), copID); err != nil {
				return err
			}
		}
		for _, table := range []string{"followup_update", "followup_quantity"} {
			key := map[string]string{"followup_update": "id", "followup_quantity": "update_id"}[table]
			if _, err := tx.Exec(ctx, `UPDATE `+table+` SET standing = 'superseded' WHERE day = '2029-06-01' AND `+key+` <> 'n' || $1 AND standing = 'current'
				AND action_id = (SELECT w.action_id FROM followup_update w WHERE w.id = 'n' || $1)`, fmt.Sprint(n)); err != nil {
				return err
			}
		}
		if status {
			for _, text := range []string{`UPDATE action SET rev = rev + 1, status = $2 WHERE id = (SELECT w.action_id FROM followup_update w WHERE w.id = 'n' || $1)`,
				`UPDATE action_impact SET status = $2 WHERE action_id = (SELECT w.action_id FROM followup_update w WHERE w.id = 'n' || $1)`} {
				if _, err := tx.Exec(ctx, text, fmt.Sprint(n), []string{"going", "late"}[n%2]); err != nil {
					return err
				}
			}
			if _, err := db.Bump(ctx, tx, action.VersionOf(copID), now()); err != nil {
				return err
			}
		}
		var id string
		if err := tx.QueryRow(ctx, `SELECT action_id FROM followup_update WHERE id = 'n' || $1`, fmt.Sprint(n)).Scan(&id); err != nil {
			return err
		}
		return followup.Moved(ctx, tx, copID, id, now())
	}); err != nil {
		b.Fatal(err)
	}
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
			if err := reads["nation"](m); err != nil { // as the program does when it opens
				b.Fatal(err)
			}
			said := 0
			for _, what := range []string{"nation", "region", "departement"} {
				measure := func(name string, before func()) {
					b.Run(what+"/"+name, func(b *testing.B) {
						var taken time.Duration
						for b.Loop() {
							b.StopTimer()
							before()
							from := processor(b)
							b.StartTimer()
							if err := reads[what](m); err != nil {
								b.Fatal(err)
							}
							taken += processor(b) - from
						}
						b.ReportMetric(float64(taken.Microseconds())/1000/float64(b.N), "cpu-ms/op")
					})
				}
				measure("nothing moved", func() {})
				measure("one update", func() { said++; speak(b, d, said, false) })
				measure("one update that changes the status", func() { said++; speak(b, d, said, true) })
			}
			b.Run("nation/first of a process", func(b *testing.B) {
				from := processor(b)
				for b.Loop() {
					if err := reads["nation"](fresh()); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((processor(b)-from).Microseconds())/1000/float64(b.N), "cpu-ms/op")
			})
		})
	}
}
