package app

import (
	"compress/gzip"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/config"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

// earlySchema is that of the backups in testdata. Nothing of Jalon was released yet:
// they are of the first schema where people sign in and work in a COP, made by the
// program of that day (tools/oldbackups.sh), and stand for the first release until
// there is one.
const earlySchema = 31

// A site of long ago, one person, one role, one published news: its backup is
// restored, brought up to date, and serves what it held, on both engines.
func TestASiteOfTheFirstSchemaIsBroughtUpToDate(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			ctx := t.Context()
			path := unzipped(t, filepath.Join("testdata", "old-backup-"+string(engine)+".gz"))
			dsn := filepath.Join(t.TempDir(), "jalon.db")
			if engine == db.PostgreSQL {
				dsn = testkit.Foreign(t, func(name string) string {
					return `CREATE DATABASE ` + name + ` TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'`
				})
			}
			cfg := config.Config{Addr: "127.0.0.1:0", DataDir: t.TempDir(), DB: dsn}
			var said strings.Builder
			if err := Restore(ctx, cfg, path, &said); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(said.String(), "version plus ancienne") || !strings.Contains(said.String(), "(schéma 31,") {
				t.Errorf("said %q", said.String())
			}
			if _, err := OpenExisting(ctx, cfg); err == nil || !strings.Contains(err.Error(), "jalon migrate") {
				t.Errorf("before it is brought up to date: %v", err)
			}
			a := site(t, cfg)
			if current, known, err := a.DB.SchemaVersion(ctx); err != nil || current != known || known <= earlySchema {
				t.Errorf("schema %d of %d, %v", current, known, err)
			}
			for table, want := range map[string]int{"account": 1, "role_grant": 1, "news": 1, "news_version": 2, "cop": 18, "session": 1} {
				if n := rowsIn(t, a.DB, table); n != want {
					t.Errorf("%s: %d rows of %d", table, n, want)
				}
			}
			var email, name, region string
			if err := a.DB.QueryRow(ctx, `SELECT a.email, a.name, g.scope FROM account a JOIN role_grant g ON g.account = a.id WHERE g.role = 'team'`).Scan(&email, &name, &region); err != nil || email != "equipe@exemple.fr" || name != "Anne Martin" || region != "44" {
				t.Errorf("%s %s %s %v", email, name, region, err)
			}
			for path, says := range map[string]string{"/regions/grand-est": "Écrit avec l’ancienne version", "/regions/bretagne": "Bretagne", "/regions/grand-est/panorama": "ktCO"} {
				r := ask(a, path)
				if text := body(t, r); r.StatusCode != http.StatusOK || !strings.Contains(text, says) {
					t.Errorf("%s: %d, without %q", path, r.StatusCode, says)
				}
			}
			// It has become what a new database is, table by table and column by column.
			testkit.CheckTables(t, a.DB, Tables())
			fresh := testkit.Open(t, engine)
			for _, x := range Tables() {
				want, err := db.Columns(ctx, fresh, x.Name)
				if err != nil {
					t.Fatal(err)
				}
				got, err := db.Columns(ctx, a.DB, x.Name)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %s", x.Name, diff)
				}
			}
			if err := a.Verify(ctx, io.Discard); err != nil {
				t.Error(err)
			}
		})
	}
}

func unzipped(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "sauvegarde")
	if err := os.WriteFile(out, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}
