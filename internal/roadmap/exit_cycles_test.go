package roadmap

import (
	"strings"
	"testing"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// What a region shared stays in force until it shares another: a later COP counts it, and
// says from which one it is. An earlier COP never counts what a later one shared.
func TestWhatAnEarlierCOPSharedCounts(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m := ended(t, d)
		ctx, model := t.Context(), must(reference())
		nation := policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
		if _, err := m.COPs.OpenCycle(ctx, nation, "2025", model.Tree()); err != nil {
			t.Fatal(err)
		}
		later := func() Exit {
			t.Helper()
			c := must(cop.FindIn(ctx, d, "2025", "region:44"))
			return must(m.Of(ctx, d, model, c))
		}
		levers := m.stands(t).Levers
		for _, l := range levers[:len(levers)-1] {
			m.share(t, l.Code, 1)
		}
		x := later()
		if x.SharedLevers() != len(levers)-1 || len(x.Earlier) != 1 || x.Earlier[0] != (Carried{cop.First, len(levers) - 1}) || x.Points()[0].Met {
			t.Fatalf("%+v", x.Points()[0])
		}
		if f := x.Points()[0].Finding; !strings.HasSuffix(f, "un objectif partagé, dont "+french.Integer(len(levers)-1)+" de la COP 2023-24, toujours en vigueur.") {
			t.Error(f)
		}

		// The later COP shares the one that lacked, and one again that the first one shared.
		for _, i := range []int{0, len(levers) - 1} {
			m.exec(t, `INSERT INTO objective (id, rev, cop_id, cycle, region, territory, scale, lever, state, kg, level, unit, measure, typed, above, reason, by, at, sharing, shared_rev, shared_kg, shared_level, shared_on)
				VALUES ($1, 1, $2, '2025', '44', 'region:44', 'region', $3, 'shared', 1000, NULL, '', 'kt', '1', FALSE, '', '', 0, '', 1, 1000, NULL, '2026-02-01')`, "n-"+levers[i].Code, x.COP.ID, levers[i].Code)
		}
		x = later()
		if p := x.Points()[0]; !p.Met || len(x.Earlier) != 1 || x.Earlier[0].Levers != len(levers)-2 {
			t.Errorf("%+v %+v", p, x.Earlier)
		}
		e, err := m.Explain(ctx, Key("2025", "44", LeversFigure))
		if err != nil || len(e.Inputs) != 3 || !strings.Contains(e.Inputs[1].Label, "2023-24") {
			t.Errorf("%+v %v", e.Inputs, err)
		}
		first := m.stands(t)
		if first.SharedLevers() != len(levers)-1 || len(first.Earlier) != 0 || strings.Contains(first.Points()[0].Finding, "en vigueur") {
			t.Errorf("the first COP counts what a later one shared: %+v", first.Points()[0])
		}
		// A neighbour has none of it, alone or among all.
		all := must(m.InCycle(ctx, d, model, "2025"))
		for _, y := range all {
			if want := map[bool]int{true: len(levers)}[y.Region.Code == "44"]; y.SharedLevers() != want {
				t.Errorf("%s: %d shared", y.Region.Name, y.SharedLevers())
			}
		}
	})
}
