package db_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

func TestBackupOnSQLiteIsADatabaseThatOpens(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	fill(t, d)
	path := filepath.Join(t.TempDir(), "à garder.db")
	if err := writeFile(path, "yesterday's"); err != nil {
		t.Fatal(err)
	}
	r, err := db.Backup(t.Context(), d, path)
	if err != nil {
		t.Fatal(err)
	}
	if r.Path != path || r.Bytes == 0 || r.Tables["territory_row"] != 1000 || r.Tables["setting"] != 1 {
		t.Errorf("%+v", r)
	}
	only(t, path)
	again, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	tables := allTables(t)
	_, want := dump(t, d, tables)
	_, got := dump(t, again, tables)
	if diff := cmp.Diff(digests(want), digests(got)); diff != "" {
		t.Error(diff)
	}
}

// only checks that a folder holds one file: nothing half made stays.
func only(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 || entries[0].Name() != filepath.Base(path) {
		t.Errorf("%v %v", entries, err)
	}
}

func TestBackupOnPostgresRestores(t *testing.T) {
	d := testkit.Open(t, db.PostgreSQL)
	fill(t, d)
	path := filepath.Join(t.TempDir(), "jalon.dump")
	r, err := db.Backup(t.Context(), d, path)
	if err != nil {
		t.Fatal(err)
	}
	if r.Bytes == 0 {
		t.Errorf("%+v", r)
	}
	only(t, path)
	restore, ok := db.PostgresTool("pg_restore")
	if !ok {
		t.Fatal("pg_restore: not found")
	}
	dsn := testkit.Foreign(t, func(name string) string {
		return `CREATE DATABASE ` + name + ` TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'`
	})
	if out, err := exec.CommandContext(t.Context(), restore, "--dbname="+dsn, "--no-owner", path).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	again, err := db.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	tables := allTables(t)
	_, want := dump(t, d, tables)
	_, got := dump(t, again, tables)
	if diff := cmp.Diff(digests(want), digests(got)); diff != "" {
		t.Error(diff)
	}
}

func TestBackupRefusesTheLiveDatabaseAndAMissingFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jalon.db")
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if _, err := db.Backup(t.Context(), d, path+suffix); apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), "en service") {
			t.Errorf("%q: %v", suffix, err)
		}
	}
	if _, err := db.Backup(t.Context(), d, filepath.Join(filepath.Dir(path), "no", "copy.db")); apperr.KindOf(err) != apperr.Unavailable {
		t.Errorf("missing folder: %v", err)
	}
	if err := d.CheckSchema(t.Context()); err != nil {
		t.Errorf("the live database: %v", err)
	}
}
