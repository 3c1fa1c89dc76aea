package db_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

func writeFile(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// allTables lists the tables of the first migration, parents first, then those
// that rooms have added since: each room lists its own for the program, and
// the program's list is tested where it is put together.
func allTables(t testing.TB) []db.Table {
	t.Helper()
	tables := append(db.Tables(), []db.Table{
		{Name: "import_run", Order: []string{"id"}, Scope: db.Nation},
		{Name: "import_row", Order: []string{"run", "line"}, Scope: db.Nation},
		{Name: "observation", Order: []string{"series", "territory", "year", "edition"}, Scope: db.Nation},
		{Name: "perimeter", Order: []string{"id"}, Scope: db.Nation},
		{Name: "perimeter_member", Order: []string{"perimeter", "commune"}, Scope: db.Nation},
		{Name: "perimeter_version", Order: []string{"id", "rev"}, Scope: db.Nation},
		{Name: "territory_edition", Order: []string{"name"}, Scope: db.Nation},
		{Name: "territory_row", Order: []string{"edition", "kind", "code"}, Scope: db.Nation},
	}...)
	d := testkit.Open(t, db.SQLite)
	live, err := db.LiveTables(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range live {
		if slices.ContainsFunc(tables, func(known db.Table) bool { return known.Name == name }) {
			continue
		}
		columns, err := db.Columns(t.Context(), d, name)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(columns, func(a, b db.Column) int { return a.Key - b.Key })
		table := db.Table{Name: name, Scope: db.Nation}
		for _, c := range columns {
			if c.Key > 0 {
				table.Order = append(table.Order, c.Name)
			}
		}
		tables = append(tables, table)
	}
	return tables
}

func TestTablesListedAreThoseOfTheSchema(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { testkit.CheckTables(t, d, allTables(t)) })
}

func TestBothSchemasHaveTheSameColumns(t *testing.T) {
	describe := func(d *db.DB) string {
		var b strings.Builder
		for _, table := range allTables(t) {
			columns, err := db.Columns(t.Context(), d, table.Name)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(table.Name)
			for _, c := range columns {
				b.WriteString(" " + c.Name + ":" + string(c.Type))
			}
			b.WriteString("\n")
		}
		return b.String()
	}
	lite, pg := describe(testkit.Open(t, db.SQLite)), describe(testkit.Open(t, db.PostgreSQL))
	if lite != pg {
		t.Errorf("SQLite\n%s\nPostgreSQL\n%s", lite, pg)
	}
}

func engines(t *testing.T, fn func(t *testing.T, engine db.Engine)) {
	for _, e := range []db.Engine{db.SQLite, db.PostgreSQL} {
		t.Run(string(e), func(t *testing.T) { fn(t, e) })
	}
}

func TestReplicasMayMigrateTogether(t *testing.T) {
	engines(t, func(t *testing.T, engine db.Engine) {
		d := testkit.Empty(t, engine)
		if current, known, err := d.SchemaVersion(t.Context()); err != nil || current != 0 || known < 1 {
			t.Fatalf("before: %d of %d, %v", current, known, err)
		}
		if err := d.CheckSchema(t.Context()); err == nil || !strings.Contains(apperr.Message(err), "jalon migrate") {
			t.Errorf("CheckSchema before: %v", err)
		}
		together(3, func(int) {
			if err := d.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
		if err := d.CheckSchema(t.Context()); err != nil {
			t.Error(err)
		}
		testkit.CheckTables(t, d, allTables(t))
	})
}

func TestASchemaNewerThanTheBinaryIsRefused(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if _, err := d.Exec(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)`, 9999, true); err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{d.Migrate(ctx), d.CheckSchema(ctx)} {
			if err == nil || !strings.Contains(apperr.Message(err), "plus récente") {
				t.Errorf("%v", err)
			}
		}
	})
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
