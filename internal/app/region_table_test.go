package app

import (
	"slices"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/testkit"
)

// The archive of a COP is whole: each table of the schema is read in it or is left
// out for a reason, and every one with a column cop_id is the COP's. A table that a
// room adds tomorrow is in it by its scope, or makes this test fail.
func TestEveryTableIsInTheArchiveOfACOPOrIsLeftOutForAReason(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		all, unsaid, err := inclusions(t.Context(), d, Tables())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range unsaid {
			t.Error(s)
		}
		if len(all)+len(unsaid) != len(Tables()) {
			t.Errorf("%d tables of %d", len(all), len(Tables()))
		}
		by := map[string]inclusion{}
		for _, x := range all {
			by[x.Table.Name] = x
		}
		for _, x := range all {
			columns, err := db.Columns(t.Context(), d, x.Table.Name)
			if err != nil {
				t.Fatal(err)
			}
			has := slices.ContainsFunc(columns, func(c db.Column) bool { return c.Name == "cop_id" })
			if has && x.How != ofCOP && x.Why == "" || x.How == leftOut && x.Why == "" {
				t.Errorf("%s is %s, without a reason", x.Table.Name, x.How)
			}
			for _, c := range columns { // what opens a door, or writes to somebody, is masked
				if door := strings.HasSuffix(c.Name, "token_hash") || strings.HasSuffix(c.Name, "code_hash") || strings.Contains(c.Name, "email") || slices.Contains(x.Table.Secret, c.Name); door && masks(x, nil)[c.Name] == nil {
					t.Errorf("%s.%s would travel", x.Table.Name, c.Name)
				}
			}
			if x.How == ofCOP { // the statement is one that both engines take
				if _, err := (db.Part{Table: x.Table, Where: condition(x, by), Args: []any{"2023-24", "44"}}).Lines(t.Context(), d, func([]byte) error { return nil }); err != nil {
					t.Errorf("%s: %v", x.Table.Name, err)
				}
			}
		}
		for name := range staysHome {
			if _, ok := by[name]; !ok {
				t.Errorf("%s stays home, and does not exist", name)
			}
		}
		// A table of which nothing says how it hangs is named.
		if _, err := d.Exec(t.Context(), `CREATE TABLE stray (key TEXT NOT NULL PRIMARY KEY)`); err != nil {
			t.Fatal(err)
		}
		for _, s := range []db.Scope{db.COP, db.Nation, db.Person} {
			_, unsaid, err := inclusions(t.Context(), d, append(Tables(), db.Table{Name: "stray", Order: []string{"key"}, Scope: s}))
			if err != nil || len(unsaid) != 1 || !strings.HasPrefix(unsaid[0], "stray ("+string(s)+")") {
				t.Errorf("%s: %q %v", s, unsaid, err)
			}
		}
	})
}
