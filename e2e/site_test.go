package e2e

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"jalon/internal/account"
	"jalon/internal/app"
	"jalon/internal/config"
	"jalon/internal/territory"
)

func TestMain(m *testing.M) {
	status := Main(m)
	if err := program.stop(); err != nil {
		println("the program did not stop well:", err.Error())
		status = 1
	}
	os.Exit(status)
}

// running is the program that the tests of this package share.
type running struct {
	once sync.Once
	dir  string
	app  *app.App
	end  context.CancelFunc
	done chan error
	err  error
}

var program running

func (r *running) start() {
	if r.dir, r.err = os.MkdirTemp("", "jalon-e2e-"); r.err != nil {
		return
	}
	r.app, r.err = launch(r, filepath.Join(r.dir, "jalon.db"))
}

// launch starts the real program on a database, as cmd/jalon does, with other
// settings when a test has some.
func launch(r *running, dsn string, settings ...func(*config.Config)) (*app.App, error) {
	ctx, end := context.WithCancel(context.Background())
	r.end, r.done = end, make(chan error, 1)
	cfg := config.Config{Addr: "127.0.0.1:0", DB: dsn, DataDir: r.dir}
	for _, set := range settings {
		set(&cfg)
	}
	a, err := app.New(ctx, cfg, app.WithSeeds(few))
	if err != nil {
		return nil, err
	}
	go func() { r.done <- a.Run(ctx) }()
	return a, nil
}

// few are the organisations of reference without the communes but those of the
// Bas-Rhin, where tests look for them: a program starts a second sooner.
func few(o account.Organisation) bool {
	return o.Kind != account.OrgCommune || o.Department == "67"
}

func (r *running) stop() (err error) {
	if r.app != nil {
		r.end()
		err = errors.Join(<-r.done, r.app.Close())
	}
	if r.dir == "" {
		return err
	}
	return errors.Join(err, os.RemoveAll(r.dir))
}

// Start gives the real program over SQLite, one for every test of the package:
// what a test writes there bears a name that no other test reads. Those that use it
// go one after the other; a test that has a program of its own is parallel.
func Start(t testing.TB) *app.App {
	t.Helper()
	program.once.Do(program.start)
	if program.err != nil {
		t.Fatal(program.err)
	}
	return program.app
}

// startOn gives a program of the test's own, over another database.
func startOn(t testing.TB, dsn string, settings ...func(*config.Config)) *app.App {
	t.Helper()
	r := &running{dir: t.TempDir()}
	if r.app, r.err = launch(r, dsn, settings...); r.err != nil {
		t.Fatal(r.err)
	}
	t.Cleanup(func() {
		r.dir = "" // the test removes its own
		if err := r.stop(); err != nil {
			t.Errorf("the program did not stop well: %v", err)
		}
	})
	return r.app
}

// astride is an EPCI whose communes lie in two regions.
func astride(t testing.TB) string {
	t.Helper()
	m, err := Start(t).Model(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range m.Tree().Groups() {
		parts, err := m.Tree().Parts(territory.Ref{Scale: territory.EPCI, Code: g.SIREN})
		if err != nil {
			t.Fatal(err)
		}
		if parts[0].Region != parts[len(parts)-1].Region {
			return g.SIREN
		}
	}
	t.Fatal("no EPCI over two regions")
	return ""
}
