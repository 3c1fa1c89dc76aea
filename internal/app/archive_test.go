package app

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// archive-schema-2.zip was dumped by the first version of the program: two
// imports (a perimeter, two values of a key), before there were jobs, accounts
// or COPs. A new empty database takes its schema, its rows, then every
// migration since.
func TestAnArchiveOfAnOlderVersionLoadsAndIsBroughtUpToDate(t *testing.T) {
	old := filepath.Join("testdata", "archive-schema-2.zip")
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			ctx := context.Background()
			c := coreOn(testkit.Empty(t, engine))
			m, err := c.Load(ctx, old)
			if err != nil {
				t.Fatal(err)
			}
			current, known, err := c.DB.SchemaVersion(ctx)
			if err != nil || m.Schema != 2 || current != known || known <= m.Schema {
				t.Errorf("archive at %d, database at %d, program at %d, %v", m.Schema, current, known, err)
			}
			if n := rowsIn(t, c.DB, "observation"); n != 2 {
				t.Errorf("%d observations", n)
			}
			all, _, err := territory.ListPerimeters(ctx, c.DB, territory.PerimeterFilter{})
			if err != nil || len(all) != 1 || all[0].Name != "Vallée d’essai" || all[0].Count != 2 {
				t.Errorf("%+v %v", all, err)
			}
			// The database works: what it holds is computed with, and it dumps again.
			if _, err := c.Model(ctx); err != nil {
				t.Error(err)
			}
			again := filepath.Join(t.TempDir(), "again.zip")
			if m, err := c.Dump(ctx, again); err != nil || m.Schema != known {
				t.Errorf("dumped at %d, %v", m.Schema, err)
			}
		})
	}
	t.Run("into a database of today", func(t *testing.T) {
		c := coreOn(testkit.DB(t))
		_, err := c.Load(context.Background(), old)
		if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(apperr.Message(err), "L’archive est au schéma 2") ||
			!strings.Contains(apperr.Message(err), "donnez une base neuve") || rowsIn(t, c.DB, "observation") != 0 {
			t.Errorf("got %v", err)
		}
	})
}
