package national

import (
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/testkit"
)

// A plan counts when it is in force and one of its objectives is known; a region
// without any has a true zero.
func TestPlansThatWereReadAreCounted(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		for _, code := range []string{"44", "53"} {
			if _, err := d.Exec(ctx, `INSERT INTO cop (id, rev, cycle, territory, region, slug, name, presentation, contact, zone, patience, two_heads)
				VALUES ($1, 1, $2, $3, $4, $5, '', '', '', 'Europe/Paris', 21, TRUE)`, cop.RegionID(cop.First, code), cop.First, "region:"+code, code, "r-"+code); err != nil {
				t.Fatal(err)
			}
		}
		var plans, objectives [][]any
		for id, state := range map[string]string{"lu": "in_force", "revu": "revising", "projet": "draft", "fini": "ended", "muet": "in_force", "vide": "in_force"} {
			plans = append(plans, []any{id, 1, "pcaet", "epci:246700488", "44", "67", id, "", 0, 0, "", state, ""})
			if id == "muet" {
				continue
			}
			for _, n := range []string{"-1", "-2"} {
				kept := "active"
				if id == "vide" {
					kept = "withdrawn"
				}
				objectives = append(objectives, []any{id + n, 1, id, "biogaz", "", false, 0, nil, 2030, 1.5, "kt", "1,5", "", kept})
			}
		}
		if _, err := db.Insert(ctx, d, "plan", strings.Fields("id rev kind territory region department name adopted from_year to_year link state source"), plans, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Insert(ctx, d, "plan_objective", strings.Fields("id rev plan lever indicator gain base_year base target_year target unit written page state"), objectives, ""); err != nil {
			t.Fatal(err)
		}
		v, err := Plans().Read(ctx, d, cop.First, "2026-03-02")
		if err != nil {
			t.Fatal(err)
		}
		for code, want := range map[string]Value{"44": Counted(2), "53": Counted(0)} {
			if got := v[PlansKey][cop.RegionID(cop.First, code)]; got != want {
				t.Errorf("%s: %+v, want %+v", code, got, want)
			}
		}
	})
}
