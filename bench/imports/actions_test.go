// Package imports measures files of actions: the largest that a COP would send, and one
// with errors on a few rows.
package imports

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// file is a file of n actions; every bad one of them has a lever that nobody knows.
func file(n int, bad func(int) bool) []byte {
	var b bytes.Buffer
	b.WriteString("Identifiant;Titre;Résumé;Leviers;Territoires;Porteur;Début;Fin;Budget d’investissement (€)\n")
	for i := range n {
		lever := "Gestion des haies"
		if bad(i) {
			lever = "Levier inconnu"
		}
		fmt.Fprintf(&b, "%d;Planter des haies et restaurer la prairie n° %d;%s;%s;Bas-Rhin;Chambre d’agriculture;2025-03;2030;%d,50 €\n", i, i, strings.Repeat("Replanter les haies avec les agriculteurs volontaires de la vallée. ", 1+2*(50_000/max(n, 50_000))), lever, 1000+i)
	}
	return b.Bytes()
}

// BenchmarkActions stages and applies files, and gives the memory that reading took.
func BenchmarkActions(b *testing.B) {
	for _, c := range []struct {
		name  string
		rows  int
		bad   func(int) bool
		apply bool
	}{
		{"1920", 1920, func(int) bool { return false }, true},
		{"50000", 50_000, func(int) bool { return false }, true},
		{"100000", 100_000, func(int) bool { return false }, true},
		{"100000-with-3-errors", 100_000, func(i int) bool { return i == 7 || i == 50_000 || i == 99_999 }, false},
	} {
		for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
			b.Run(c.name+"/"+string(engine), func(b *testing.B) {
				d := testkit.Open(b, engine)
				room, model, of := ready(b, d)
				by := policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: of.ID}}}
				for b.Loop() {
					if _, err := d.Exec(b.Context(), `UPDATE action SET cop_id = id`); err != nil { // a register that is empty again
						b.Fatal(err)
					}
					began := time.Now()
					u, err := room.Keep(b.Context(), by, of, nil, action.Upload{Name: "a.csv", Chosen: action.Chosen{Again: true, Choices: action.Choices{State: action.Proposed}}}, bytes.NewReader(file(c.rows, c.bad)))
					if err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(time.Since(began).Seconds(), "s-keep")
					b.ReportMetric(float64(u.Size)/(1<<20), "MiB-file")
					peak := watch()
					kept, err := u.Read(b.Context(), d)
					if err != nil {
						b.Fatal(err)
					}
					f, err := exchange.OpenActions(u.Name, kept, kept.Size(), exchange.Options{Limits: exchange.ActionLimits()}, nil)
					if err != nil {
						b.Fatal(err)
					}
					began = time.Now()
					run, err := exchange.StageActions(b.Context(), room, model, by, of, f, u)
					if err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(time.Since(began).Seconds(), "s-stage")
					if !c.apply {
						if run.Errors != 3 || run.State != intake.Refused {
							b.Fatalf("%+v", run)
						}
					} else {
						began = time.Now()
						out, err := room.ApplyRun(b.Context(), by, of, run.ID, run.Rev)
						if err != nil || out.Added != c.rows {
							b.Fatal(out, err)
						}
						b.ReportMetric(time.Since(began).Seconds(), "s-apply")
					}
					heap, live := peak()
					b.ReportMetric(heap, "MiB-heap")
					b.ReportMetric(live, "MiB-live")
				}
			})
		}
	}
}

func ready(b *testing.B, d *db.DB) (*action.Room, *panorama.Model, cop.COP) {
	b.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	model, err := panorama.NewStore(d, data.FS, func(ctx context.Context) (*territory.Tree, error) { return territory.LoadActive(ctx, d) }).Model(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	j := journal.New(ids, now, keys)
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(b.Context(), data.FS, model.Tree()); err != nil {
		b.Fatal(err)
	}
	of, err := cop.OfRegion(b.Context(), d, "44")
	if err != nil {
		b.Fatal(err)
	}
	return &action.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, COPs: cops, Links: &link.Links{IDs: ids, Now: now}, Intake: intake.New(ids, now)}, model, of
}

// watch follows the heap until its answer is asked, over what was there before, in MiB:
// what is allocated, which grows to a part of what the program holds before it is swept,
// and what the sweeps found alive, which alone tells what a file weighs.
func watch() func() (heap, live float64) {
	runtime.GC()
	read := func() (heap, live uint64) {
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
		metrics.Read(s)
		return s[0].Value.Uint64(), s[1].Value.Uint64()
	}
	heapBefore, liveBefore := read()
	heapMost, liveMost := heapBefore, liveBefore
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				heap, live := read()
				heapMost, liveMost = max(heapMost, heap), max(liveMost, live)
			}
		}
	}()
	return func() (heap, live float64) {
		close(stop)
		<-done
		return float64(heapMost-heapBefore) / (1 << 20), float64(liveMost-liveBefore) / (1 << 20)
	}
}
