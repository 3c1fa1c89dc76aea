// Package backup measures a backup on line: how fast the copy is made, and what
// people who read and write meanwhile wait.
package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"jalon/internal/account"
	"jalon/internal/app"
	"jalon/internal/config"
	"jalon/internal/db"
)

// childVar asks the test binary to be the program that backs up: in service it is
// another one than the program that serves, and of a lower priority.
const childVar = "JALON_BENCH_BACKUP_OF"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVar); path != "" {
		if err := child(context.Background(), path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(ctx context.Context, path string) error {
	d, err := db.Open(ctx, path)
	if err != nil {
		return err
	}
	r, err := db.Backup(ctx, d, path+".copy")
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(r)
	}
	return errors.Join(err, d.Close())
}

// backup runs the child and reads what it reports.
func backup(ctx context.Context, path string) (r db.BackupReport, err error) {
	cmd := exec.CommandContext(ctx, "nice", "-n", "10", os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), childVar+"="+path), os.Stderr
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &r)
	}
	return r, err
}

// size is the database in MB, 2 000 unless JALON_BENCH_BACKUP_MB says otherwise; it
// takes twice that on the disk of TMPDIR.
func size(b *testing.B) int {
	b.Helper()
	text := os.Getenv("JALON_BENCH_BACKUP_MB")
	if text == "" {
		return 2000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 10 {
		b.Fatalf("JALON_BENCH_BACKUP_MB is %q", text)
	}
	return n
}

// waits are the latencies of one kind of request, each counted from when it was due.
type waits struct {
	mu  sync.Mutex
	all []time.Duration
}

func (w *waits) add(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, d)
}

func (w *waits) report(b *testing.B, name string) {
	b.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.Sort(w.all)
	if len(w.all) == 0 {
		b.Fatalf("no %s", name)
	}
	at := func(share float64) float64 {
		return float64(w.all[int(share*float64(len(w.all)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.5), name+"-p50-ms")
	b.ReportMetric(at(0.99), name+"-p99-ms")
	b.ReportMetric(at(1), name+"-worst-ms")
}

// paced does something at a fixed rate, whatever it takes, until ctx ends.
func paced(ctx context.Context, every time.Duration, w *waits, do func(i int) error, fail func(error)) {
	var under sync.WaitGroup
	tick := time.NewTicker(every)
	defer tick.Stop()
	due := time.Now()
	for i := 0; ctx.Err() == nil; i++ {
		at := due
		under.Go(func() {
			if err := do(i); err != nil {
				fail(err)
			}
			w.add(time.Since(at))
		})
		<-tick.C
		due = due.Add(every)
	}
	under.Wait()
}

// BenchmarkBackup backs up a database of files and rows on SQLite while 50 pages a
// second are read and 10 rows a second are written, each made durable.
func BenchmarkBackup(b *testing.B) {
	ctx := context.Background()
	dir := b.TempDir()
	cfg := config.Config{Addr: "127.0.0.1:0", DataDir: dir, DB: filepath.Join(dir, "jalon.db")}
	a, err := app.New(ctx, cfg, app.WithSeeds(func(o account.Organisation) bool { return o.Kind != account.OrgCommune }))
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	}()
	fill(b, a.DB, size(b))
	for b.Loop() {
		// The same people, without a backup: what the machine gives at that moment.
		beside(b, a, "quiet-", func() error { return wait(ctx, 10*time.Second) })
		var r db.BackupReport
		beside(b, a, "", func() (err error) {
			r, err = backup(ctx, cfg.DB)
			return err
		})
		mb := float64(r.Bytes) / 1e6
		b.ReportMetric(mb, "MB")
		b.ReportMetric(mb/r.Copied.Seconds(), "copied-MB/s")
		b.ReportMetric(r.Checked.Seconds(), "checked-s")
		if err := os.Remove(r.Path); err != nil {
			b.Fatal(err)
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// beside does something while people read and write, and reports what they waited.
func beside(b *testing.B, a *app.App, name string, do func() error) {
	b.Helper()
	ctx := context.Background()
	pages := []string{"/regions/grand-est", "/regions/grand-est/panorama", "/regions/bretagne", "/regions/grand-est/plans", "/regions/grand-est/freins"}
	stopping, stop := context.WithCancel(ctx)
	var reads, writes waits
	var gone sync.WaitGroup
	fail := func(err error) { b.Error(err) }
	gone.Go(func() {
		paced(stopping, 20*time.Millisecond, &reads, func(i int) error {
			w := httptest.NewRecorder()
			a.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+pages[i%len(pages)], nil))
			if w.Code != http.StatusOK {
				return fmt.Errorf("%s: %d", pages[i%len(pages)], w.Code)
			}
			return nil
		}, fail)
	})
	gone.Go(func() {
		paced(stopping, 100*time.Millisecond, &writes, func(i int) error {
			_, err := a.DB.Exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, "bench "+strconv.Itoa(i%50), strconv.Itoa(i))
			return err
		}, fail)
	})
	err := do()
	stop()
	gone.Wait()
	if err != nil {
		b.Fatal(err)
	}
	reads.report(b, name+"read")
	writes.report(b, name+"write")
}

// fill adds files, by the chunks that they are kept in, until the database is as large
// as asked.
func fill(b *testing.B, d *db.DB, mb int) {
	b.Helper()
	ctx := b.Context()
	rnd := rand.NewChaCha8([32]byte{1})
	const chunk, chunks = 256 << 10, 40 // 10 MB a file
	for i := range mb * 1_000_000 / (chunk * chunks) {
		name := fmt.Sprintf("%064x", i)
		if _, err := d.Exec(ctx, `INSERT INTO blob (sha256, size, type, at) VALUES ($1, $2, 'application/pdf', 1)`, name, chunk*chunks); err != nil {
			b.Fatal(err)
		}
		rows := make([][]any, chunks)
		for n := range rows {
			data := make([]byte, chunk)
			if _, err := rnd.Read(data); err != nil {
				b.Fatal(err)
			}
			rows[n] = []any{name, n, data}
		}
		if _, err := db.Insert(ctx, d, "blob_chunk", []string{"sha256", "n", "data"}, rows, ""); err != nil {
			b.Fatal(err)
		}
	}
}
