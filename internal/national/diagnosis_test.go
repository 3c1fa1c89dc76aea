package national

import (
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

// A region without a theme has no figure; one that lists themes and has not chosen
// has a true zero; what was withdrawn counts for nothing.
func TestThemesPutFirstAreCounted(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		at := func(code string) string { return cop.RegionID(cop.First, code) }
		for _, code := range []string{"44", "53", "93"} {
			if _, err := d.Exec(ctx, `INSERT INTO cop (id, rev, cycle, territory, region, slug, name, presentation, contact, zone, patience, two_heads)
				VALUES ($1, 1, $2, $3, $4, $5, '', '', '', 'Europe/Paris', 21, TRUE)`, at(code), cop.First, "region:"+code, code, "r-"+code); err != nil {
				t.Fatal(err)
			}
		}
		var rows [][]any
		for id, x := range map[string]struct {
			code, state string
			first       bool
		}{"a": {"44", "kept", true}, "b": {"44", "kept", true}, "c": {"44", "kept", false}, "d": {"44", "withdrawn", true}, "e": {"53", "kept", false}} {
			rows = append(rows, []any{id, 1, at(x.code), x.code, cop.First, 1, "Thème", "", "cross", "emploi", "produire", "", x.state, x.first, "", ""})
		}
		if _, err := db.Insert(ctx, d, "diagnosis_theme", strings.Fields("id rev cop_id region cycle position name text kind subject maps levers state priority chosen_why choice"), rows, ""); err != nil {
			t.Fatal(err)
		}
		v, err := readDiagnosis(ctx, d, cop.First, "2026-03-02")
		if err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]Value{"44": Counted(2), "53": Counted(0), "93": Missing("la région n’a pas encore de thème dans Jalon")} {
			if got := v[PrioritiesKey][at(code)]; got != want {
				t.Errorf("%s: %+v, want %+v", code, got, want)
			}
		}
	})
}
