package testkit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the administration of the test server

	"jalon/internal/db"
)

// The state of one test process: templates are made once, then copied. The house
// keeps no variables at package level elsewhere; a test binary has no other
// owner for these.
var (
	sqliteTemplate = sync.OnceValues(makeSQLiteTemplate)
	postgresServer = sync.OnceValues(findPostgres)
	databases      atomic.Int64
)

func makeSQLiteTemplate() (_ []byte, err error) {
	dir, err := os.MkdirTemp("", "jalon-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	path := filepath.Join(dir, "template.db")
	d, err := db.Open(ctx, "file:"+path+"?sync=off")
	if err != nil {
		return nil, err
	}
	if err := errors.Join(d.Migrate(ctx), d.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// server is the test PostgreSQL: its administration, and where it answers.
type server struct {
	admin    *sql.DB
	dsn      string
	template string
}

// findPostgres takes the server that JALON_TEST_PG names, or starts one that
// dies with this process; then makes its migrated template once.
func findPostgres() (*server, error) {
	dsn := os.Getenv("JALON_TEST_PG")
	if dsn == "" {
		var err error
		if dsn, err = startCluster(); err != nil {
			return nil, err
		}
	}
	admin, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, err
	}
	s := &server{admin: admin, dsn: dsn}
	if err := s.makeTemplate(context.Background()); err != nil {
		return nil, fmt.Errorf("testkit: template on %s: %w", redact(dsn), err)
	}
	return s, nil
}

// makeTemplate migrates one database named after the migrations' digest, under
// a lock of the server: test processes that share it share the template.
func (s *server) makeTemplate(ctx context.Context) error {
	digest, err := migrationsDigest()
	if err != nil {
		return err
	}
	s.template = "jalon_template_" + digest[:16]
	conn, err := s.admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	const lock = 740119
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, lock); err != nil {
		return err
	}
	defer func() { _, _ = conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, lock) }() // closing conn frees it too
	var exists bool
	if err := conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, s.template).Scan(&exists); err != nil || exists {
		return err
	}
	draft := s.template + "_draft"
	for _, text := range []string{`DROP DATABASE IF EXISTS ` + draft, createEmpty(draft)} {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	d, err := db.Open(ctx, s.at(draft))
	if err != nil {
		return err
	}
	if err := errors.Join(d.Migrate(ctx), d.Close()); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `ALTER DATABASE `+draft+` RENAME TO `+s.template)
	return err
}

func createEmpty(name string) string {
	return `CREATE DATABASE ` + name + ` TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'`
}

// at is the address of another database of the server.
func (s *server) at(name string) string {
	u, err := url.Parse(s.dsn)
	if err != nil {
		return s.dsn
	}
	u.Path = "/" + name
	return u.String()
}

func redact(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return "postgres"
	}
	return u.Redacted()
}

func migrationsDigest() (string, error) {
	h := sha256.New()
	err := fs.WalkDir(db.Migrations(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := fs.ReadFile(db.Migrations(), path)
		fmt.Fprintf(h, "%s %d\n%s", path, len(body), body)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

func postgresCopy(t testing.TB) string {
	t.Helper()
	s := needPostgres(t)
	return s.create(t, func(name string) string { return `CREATE DATABASE ` + name + ` TEMPLATE ` + s.template })
}

func postgresEmpty(t testing.TB) string {
	t.Helper()
	return needPostgres(t).create(t, createEmpty)
}

// Postgres returns the address of an empty PostgreSQL database, for a program
// that a test starts whole.
func Postgres(t testing.TB) string {
	t.Helper()
	return postgresEmpty(t)
}

// Foreign returns the address of a PostgreSQL database made by an arbitrary
// statement, for tests of what Jalon refuses.
func Foreign(t testing.TB, create func(name string) string) string {
	t.Helper()
	return needPostgres(t).create(t, create)
}

func needPostgres(t testing.TB) *server {
	t.Helper()
	s, err := postgresServer()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *server) create(t testing.TB, text func(name string) string) string {
	t.Helper()
	name := "jalon_test_" + strconv.Itoa(os.Getpid()) + "_" + strconv.FormatInt(databases.Add(1), 10)
	if _, err := s.admin.Exec(text(name)); err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := s.admin.Exec(`DROP DATABASE IF EXISTS ` + name + ` WITH (FORCE)`); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	return s.at(name)
}
