package e2e

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"jalon/internal/db"
)

// front sends each request to a replica that says it is ready, and to another one
// when that fails, as a proxy does with what may be asked twice.
type front struct {
	mu   sync.Mutex
	up   []*replica
	next int
}

func (f *front) set(up ...*replica) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.up = up
}

func (f *front) turn() []*replica {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next++
	all := append([]*replica{}, f.up...)
	n := f.next % len(all)
	return append(all[n:], all[:n]...)
}

func status(ctx context.Context, c *http.Client, address string) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0
	}
	res, err := c.Do(req)
	if err != nil {
		return 0
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode
}

func (f *front) get(ctx context.Context, c *http.Client, path string) int {
	code := 0
	for _, r := range f.turn() {
		if status(ctx, c, r.url+"/readyz") != http.StatusOK {
			continue
		}
		if code = status(ctx, c, r.url+path); code != 0 {
			return code
		}
	}
	return code
}

// stop asks a replica to end, as a supervisor does, and waits for it.
func (r *replica) stop(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := r.cmd.Wait(); errors.As(err, &exit) {
		t.Errorf("a replica that was asked to stop: %v", err)
	}
}

// Two replicas are restarted in turn while somebody reads without a pause, then the
// schema moves on under them as a later version would move it: nobody sees a failure,
// somebody signed in stays so, and the program of before does not start any more.
func restartsInTurn(t *testing.T, c *http.Client, program, dsn string, two, three *replica) {
	t.Helper()
	f := &front{}
	f.set(two, three)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var read, failed atomic.Int64
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for ctx.Err() == nil {
				for _, path := range []string{"/regions/grand-est", "/mon-espace", "/donnees"} {
					switch code := f.get(ctx, c, path); {
					case ctx.Err() != nil:
					case code == http.StatusOK:
						read.Add(1)
					default:
						failed.Add(1)
						t.Errorf("%s: %d", path, code)
					}
				}
			}
		})
	}
	for _, old := range []*replica{two, three} {
		fresh := serve(t, program, dsn, "--no-jobs", "--drain", "1s")
		f.set(fresh, two, three)
		before := read.Load()
		old.stop(t)
		reads(t, &read, &failed, before+20)
		if old == two {
			two = fresh
		} else {
			three = fresh
		}
		f.set(two, three)
	}
	later(t, dsn)
	reads(t, &read, &failed, read.Load()+50)
	if status, page := visit(t, c, two.url+"/regions/grand-est/bureau/actualites", url.Values{"title": {"Écrit pendant la mise à jour"}, "text": {"Rien ne s’arrête."}}); status != http.StatusOK || !strings.Contains(page, "Écrit pendant la mise à jour") {
		t.Errorf("writing after the schema moved on: %d", status)
	}
	stop()
	readers.Wait()
	// Whoever stops says so first.
	if err := two.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	said := false
	for code := http.StatusOK; code != 0 && !said; code = status(t.Context(), c, two.url+"/readyz") {
		said = code == http.StatusServiceUnavailable
	}
	if !said {
		t.Error("a replica that stops never said that it is not ready")
	}
	cmd := exec.CommandContext(t.Context(), program, "serve")
	cmd.Env = append(env(dsn, t.TempDir()), "JALON_METRICS_ADDR=")
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "version plus récente de Jalon") {
		t.Errorf("the program of before on a newer schema: %v\n%s", err, out)
	}
}

// reads waits until n pages were read.
func reads(t *testing.T, read, failed *atomic.Int64, n int64) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for limit := time.Now().Add(2 * time.Minute); read.Load() < n && failed.Load() == 0; <-tick.C {
		if time.Now().After(limit) {
			t.Fatalf("%d pages of %d were read", read.Load(), n)
		}
	}
}

// later moves the schema on as a later version of the program would: it adds.
func later(t *testing.T, dsn string) {
	t.Helper()
	d, err := db.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	err = db.Tx(t.Context(), d, func(ctx context.Context, tx db.Q) error {
		for _, text := range []string{
			`ALTER TABLE account ADD COLUMN later TEXT NOT NULL DEFAULT ''`,
			`ALTER TABLE news ADD COLUMN later BIGINT`,
			`CREATE TABLE later (id TEXT NOT NULL PRIMARY KEY)`,
			`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`,
		} {
			if _, err := tx.Exec(ctx, text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
