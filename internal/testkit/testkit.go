// Package testkit gives tests real databases, the same on SQLite and on
// PostgreSQL: nothing of the database is ever mocked.
package testkit

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"jalon/internal/db"
)

// EngineVar names the environment variable that chooses the engine of DB:
// sqlite (default) or postgres.
const EngineVar = "JALON_TEST_ENGINE"

// DB returns a fresh migrated database of the engine that JALON_TEST_ENGINE
// names, closed and removed with the test.
func DB(t testing.TB) *db.DB {
	t.Helper()
	switch engine := db.Engine(os.Getenv(EngineVar)); engine {
	case "", db.SQLite:
		return Open(t, db.SQLite)
	case db.PostgreSQL:
		return Open(t, db.PostgreSQL)
	default:
		t.Fatalf("%s=%q: want sqlite or postgres", EngineVar, engine)
		return nil
	}
}

// Each runs a test on both engines, as two subtests. A rule that rests on the
// engine (a guard, a transaction, a query text) is tested so.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) { fn(t, Open(t, engine)) })
	}
}

// Open returns a fresh migrated database of one engine.
func Open(t testing.TB, engine db.Engine) *db.DB {
	t.Helper()
	if engine == db.PostgreSQL {
		return open(t, postgresCopy(t))
	}
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, "file:"+path+"?sync=off")
}

// Empty returns a database of one engine that nothing has migrated.
func Empty(t testing.TB, engine db.Engine) *db.DB {
	t.Helper()
	if engine == db.PostgreSQL {
		return open(t, postgresEmpty(t))
	}
	return open(t, "file:"+filepath.Join(t.TempDir(), "empty.db")+"?sync=off")
}

// Shared returns a fresh migrated database that another process may open too, by dsn: what
// is killed at work is killed on one of these.
func Shared(t testing.TB, engine db.Engine) (d *db.DB, dsn string) {
	t.Helper()
	dsn = filepath.Join(t.TempDir(), "jalon.db")
	if engine == db.PostgreSQL {
		dsn = Postgres(t)
	}
	d = open(t, dsn)
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d, dsn
}

func open(t testing.TB, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}
