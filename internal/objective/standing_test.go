package objective_test

import (
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// What a region shared stands in its next COP until that one shares another: in its
// closure, in the nation's sum, in what explains them. The first COP reads nothing of it.
func TestWhatWasSharedStandsUntilAnotherIs(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), theModel(t)
		r := newRoom(t, d)
		keep(t, d, kept{"44", "region:44", electric, 0, 1000, 0}, kept{"44", "department:67", electric, 0, 50, 0}, kept{"53", "region:53", electric, 131, 0, 0})
		nation := policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
		if _, err := r.COPs.OpenCycle(ctx, nation, "2025", m.Tree()); err != nil {
			t.Fatal(err)
		}
		of := func(cycle string) (region, department, sum objective.Cell) {
			t.Helper()
			c, err := cop.FindIn(ctx, d, cycle, "region:44")
			if err != nil {
				t.Fatal(err)
			}
			all, err := objective.ReadDepartments(ctx, d, m, c, func(objective.Objective) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range all {
				if l.Lever.Code != electric {
					continue
				}
				region = l.Region
				for _, x := range l.Cells {
					if x.Territory.Ref.Code == "67" {
						department = x
					}
				}
			}
			every, err := objective.ReadConsolidation(ctx, d, m, cycle, policy.Actor{})
			if err != nil {
				t.Fatal(err)
			}
			line, ok := every.Line(electric)
			if !ok {
				t.Fatal("no line of the nation")
			}
			for _, x := range line.Regions {
				if x.Region.Code == "44" {
					sum = x.Cell
				}
			}
			return region, department, sum
		}
		expect := func(what, cycle string, region, department float64, state objective.State) {
			t.Helper()
			a, b, c := of(cycle)
			kg := func(kt float64) panorama.Kg { return panorama.Kg(kt * 1e6) }
			if a.Read.Kg != kg(region) || a.State != state || b.Read.Kg != kg(department) || c.Read.Kg != kg(region) || c.State != state {
				t.Errorf("%s, %s: %v %v, %v, the nation %v %v", what, cycle, a.Read, a.State, b.Read, c.Read, c.State)
			}
		}
		expect("nothing of its own", "2025", 1000, 50, objective.Shared)
		e, err := r.Explain(ctx, m, objective.Key(electric, "region:44", "2025"))
		if err != nil || e.Figure.Value != 1000 || !strings.Contains(strings.Join(e.Notes, " "), "Partagé par la COP 2023-24") || e.Page != "/regions/grand-est/cycles/2025/objectifs/bouclage" {
			t.Errorf("%+v %v", e, err)
		}
		if before, err := objective.Before(ctx, d, "region:44", "2025"); err != nil || len(before) != 1 || before[electric].Cycle != cop.First {
			t.Errorf("%v %v", before, err)
		}
		if before, err := objective.Before(ctx, d, "region:44", cop.First); err != nil || len(before) != 0 {
			t.Errorf("before the first: %v %v", before, err)
		}

		// On the table of 2025 it changes nothing that is in force; shared, it does.
		columns := `INSERT INTO objective (id, rev, cop_id, cycle, region, territory, scale, lever, state, kg, level, unit, measure, typed, above, reason, by, at, sharing, shared_rev, shared_kg, shared_level, shared_on)
			VALUES ('later', 1, $1, '2025', '44', 'region:44', 'region', $2, 'discussed', 700000000, NULL, '', 'kt', '700', FALSE, '', '', 0, '', 0, NULL, NULL, '')`
		if _, err := d.Exec(ctx, columns, cop.RegionID("2025", "44"), electric); err != nil {
			t.Fatal(err)
		}
		expect("another on the table", "2025", 1000, 50, objective.Shared)
		if _, err := d.Exec(ctx, `UPDATE objective SET state = 'shared', shared_rev = 1, shared_kg = 700000000, shared_on = '2026-02-01' WHERE id = 'later'`); err != nil {
			t.Fatal(err)
		}
		expect("another shared", "2025", 700, 50, objective.Shared)
		expect("the first COP", cop.First, 1000, 50, objective.Shared)
	})
}
