package db_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

// place is a new place of one engine for a restored database.
func place(t *testing.T, engine db.Engine) string {
	t.Helper()
	if engine == db.SQLite {
		return filepath.Join(t.TempDir(), "neuf", "jalon.db")
	}
	return testkit.Foreign(t, func(name string) string {
		return `CREATE DATABASE ` + name + ` TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'`
	})
}

func opened(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(context.WithoutCancel(t.Context()), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// The whole exercise, as an operator does it: back up while somebody writes, bring
// it back elsewhere, and find the same rows, local ones too.
func TestABackupIsRestoredElsewhere(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		stop, writing := context.WithCancel(t.Context())
		started, stopped := make(chan bool), make(chan error, 1)
		go func() {
			for i := 0; stop.Err() == nil; i++ {
				if err := set(t.Context(), d, "while "+string(rune('a'+i%26))+strings.Repeat("x", i), ""); err != nil {
					stopped <- err
					return
				}
				if i == 0 {
					close(started)
				}
			}
			stopped <- nil
		}()
		<-started
		path := filepath.Join(t.TempDir(), "sauvegarde")
		if _, err := db.Backup(t.Context(), d, path); err != nil {
			t.Fatal(err)
		}
		writing()
		if err := <-stopped; err != nil {
			t.Errorf("a writer was refused while the backup was made: %v", err)
		}
		dsn := place(t, d.Engine())
		r, err := db.Restore(t.Context(), path, dsn)
		if err != nil {
			t.Fatal(err)
		}
		again := opened(t, dsn)
		if err := again.CheckSchema(t.Context()); err != nil {
			t.Error(err)
		}
		if r.Schema != r.Known || r.Schema < 179 || r.Tables["territory_row"] != 1000 || r.Tables["setting"] < 2 || r.Rows() < 1000 || r.Engine != d.Engine() {
			t.Errorf("%+v", r)
		}
		tables := allTables(t)
		_, want := dump(t, d, tables)
		_, got := dump(t, again, tables)
		if diff := cmp.Diff(digests(want), digests(got)); diff != "" {
			t.Error(diff)
		}
		var kept string
		if err := again.QueryRow(t.Context(), `SELECT value FROM setting WHERE name = $1`, "secret").Scan(&kept); err != nil || kept != "never in an archive" {
			t.Errorf("a row of this installation: %q %v", kept, err)
		}
		if err := set(t.Context(), again, "written after", ""); err != nil {
			t.Errorf("the restored database takes no row: %v", err)
		}
		// A second time in the same place: refused, and what is there stays.
		if _, err := db.Restore(t.Context(), path, dsn); apperr.KindOf(err) != apperr.Conflict || !strings.Contains(apperr.Message(err), "Rien n’a été écrit") {
			t.Errorf("over a database: %v", err)
		}
		if err := again.QueryRow(t.Context(), `SELECT name FROM setting WHERE name = $1`, "written after").Scan(&kept); err != nil {
			t.Errorf("what was there: %v", err)
		}
	})
}

func TestABackupOfANewerVersionIsRefused(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		path := filepath.Join(t.TempDir(), "sauvegarde")
		if _, err := d.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, TRUE)`, 99999); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Backup(t.Context(), d, path); err != nil {
			t.Fatal(err)
		}
		dsn := place(t, d.Engine())
		_, err := db.Restore(t.Context(), path, dsn)
		if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), "version plus récente de Jalon (schéma 99999") {
			t.Errorf("%v", err)
		}
		untouched(t, dsn)
	})
}

// untouched checks that a place is still new.
func untouched(t *testing.T, dsn string) {
	t.Helper()
	if strings.HasPrefix(dsn, "postgres") {
		names, err := db.LiveTables(t.Context(), opened(t, dsn))
		if err != nil || len(names) > 0 {
			t.Errorf("%v %v", names, err)
		}
		return
	}
	entries, err := os.ReadDir(filepath.Dir(dsn))
	if err != nil && !os.IsNotExist(err) || len(entries) > 0 {
		t.Errorf("%v %v", entries, err)
	}
}

func TestWhatIsNoBackupIsNotRestored(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		path := filepath.Join(t.TempDir(), "sauvegarde")
		if _, err := db.Backup(t.Context(), d, path); err != nil {
			t.Fatal(err)
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		flipped := append([]byte{}, whole...)
		for i := len(flipped) / 2; i < len(flipped)/2+4096; i++ {
			flipped[i] ^= 0x5a
		}
		for name, body := range map[string][]byte{
			"nothing": {}, "a text": []byte("une lettre"), "an archive": []byte("PK\x03\x04…"),
			"cut": whole[:len(whole)/2], "its head only": whole[:64], "altered": flipped,
		} {
			bad := filepath.Join(t.TempDir(), "fichier")
			if err := os.WriteFile(bad, body, 0o600); err != nil {
				t.Fatal(err)
			}
			dsn := place(t, d.Engine())
			if _, err := db.Restore(t.Context(), bad, dsn); apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), "Rien n’a été") {
				t.Errorf("%s: %v", name, err)
			}
			untouched(t, dsn)
		}
		// Each engine's backup goes to its own.
		other := map[db.Engine]string{db.SQLite: "postgres://localhost/x", db.PostgreSQL: filepath.Join(t.TempDir(), "x.db")}[d.Engine()]
		if _, err := db.Restore(t.Context(), path, other); apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), "jalon load") {
			t.Errorf("the other engine: %v", err)
		}
		if _, err := db.Restore(t.Context(), filepath.Join(t.TempDir(), "no"), other); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("no file: %v", err)
		}
	})
}

// A log that another database left would be read as the restored one's.
func TestARestoreRefusesTheLogOfAnother(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	path := filepath.Join(t.TempDir(), "sauvegarde")
	if _, err := db.Backup(t.Context(), d, path); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(t.TempDir(), "jalon.db")
	if err := os.WriteFile(target+"-wal", []byte("x"), fs.FileMode(0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Restore(t.Context(), path, target); apperr.KindOf(err) != apperr.Conflict || !strings.Contains(apperr.Message(err), "jalon.db-wal") {
		t.Errorf("%v", err)
	}
	only(t, target+"-wal")
}
