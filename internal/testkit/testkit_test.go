package testkit

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/db"
)

func TestCompareTablesNamesEachDifference(t *testing.T) {
	Each(t, func(t *testing.T, d *db.DB) {
		problems, err := compareTables(t.Context(), d, []db.Table{
			{Name: "data_version", Order: []string{"version"}, Scope: db.Nation},
			{Name: "setting", Order: []string{"name"}, Scope: "galaxy", Personal: []string{"mail"}},
			{Name: "setting", Order: []string{"name"}, Scope: db.Local},
			{Name: "nowhere", Order: []string{"id"}, Scope: db.Nation},
			{Name: "import_run", Order: []string{"id"}, Scope: db.Nation},
			{Name: "import_row", Order: []string{"run", "line"}, Scope: db.Nation},
			{Name: "observation", Order: []string{"series", "territory", "year", "edition"}, Scope: db.Nation},
			{Name: "published_edition", Order: []string{"id"}, Scope: db.Nation},
			{Name: "perimeter", Order: []string{"id"}, Scope: db.Nation},
			{Name: "perimeter_member", Order: []string{"perimeter", "commune"}, Scope: db.Nation},
			{Name: "perimeter_version", Order: []string{"id", "rev"}, Scope: db.Nation},
			{Name: "territory_edition", Order: []string{"name"}, Scope: db.Nation},
			{Name: "territory_row", Order: []string{"edition", "kind", "code"}, Scope: db.Nation},
		})
		if err != nil {
			t.Fatal(err)
		}
		problems = slices.DeleteFunc(problems, func(p string) bool { // tables of rooms made since
			return strings.Contains(p, "no room lists it") && !strings.HasPrefix(p, "export:")
		})
		want := []string{
			"data_version: order [version], but the primary key is [name]",
			`setting: unknown scope "galaxy"`,
			"setting: personal column mail does not exist",
			"setting: listed twice",
			"nowhere: listed, but the database has no such table",
			"export: in the database, but no room lists it",
		}
		if diff := cmp.Diff(want, problems); diff != "" {
			t.Error(diff)
		}
	})
}
