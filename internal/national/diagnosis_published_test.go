package national_test

import (
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/national"
	"jalon/internal/testkit"
)

// A diagnosis counts from the day that both heads published it, whatever day one
// asks about; what waits or was withdrawn has no figure, which is not zero.
func TestPublishedDiagnosesOnTheBoard(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		newRoom(t, d)
		var rows [][]any
		for i, e := range [][4]string{{grandEst, "44", "published", "2026-01-10"}, {grandEst, "44", "published", "2026-02-20"}, {grandEst, "44", "proposed", ""}, {reunion, "04", "withdrawn", ""}} {
			rows = append(rows, []any{string(rune('a' + i)), e[0], e[1], cop.First, "diagnostic", "", i + 1, e[2], "2026-01-05", e[3], "", "", "x", 0, ""})
		}
		if _, err := db.Insert(t.Context(), d, "composition_edition", []string{"id", "cop_id", "region", "cycle", "kind", "term", "seq", "state", "day", "published_on", "publication_id", "act", "by", "at", "sha256"}, rows, ""); err != nil {
			t.Fatal(err)
		}
		for day, want := range map[string][2]string{"2026-01-09": {}, "2026-01-10": {"2026-01-10", ""}, "2026-03-02": {"2026-01-10", "2\u00a0éditions, la dernière le 20\u00a0février\u00a02026"}} {
			v, err := national.PublishedDiagnosis().Read(t.Context(), d, cop.First, day)
			if err != nil {
				t.Fatal(err)
			}
			got := v[national.DiagnosisKey][grandEst]
			if got.Text != want[0] || got.Note != want[1] || got.Known != (want[0] != "") {
				t.Errorf("on %s: %+v", day, got)
			}
			if other := v[national.DiagnosisKey][reunion]; other.Known {
				t.Errorf("a withdrawn edition counts: %+v", other)
			}
		}
	})
}
