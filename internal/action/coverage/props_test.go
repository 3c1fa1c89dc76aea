package coverage_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/panorama"
)

func drawGroup(t *rapid.T, label string) coverage.Group {
	kg := func(l string) panorama.Kg {
		return panorama.Kg(rapid.Int64Range(-5_000_000_000, 5_000_000_000).Draw(t, label+l))
	}
	three := []panorama.Kg{kg("a"), kg("b"), kg("c")}
	slices.Sort(three)
	return coverage.Group{Lever: "l", Class: action.Quantified, First: rapid.SampledFrom([]int{0, 2018, 2021, 2022, 2023, 2029, coverage.Outside}).Draw(t, label+"first"),
		Abandoned: rapid.Bool().Draw(t, label+"abandoned"), Regional: rapid.Bool().Draw(t, label+"regional"),
		Counted: rapid.Int64Range(0, 10_000).Draw(t, label+"counted"), Actions: rapid.Int64Range(1, 50).Draw(t, label+"actions"), Kg: coverage.Range{Low: three[0], Central: three[1], High: three[2]}}
}

func drawCell(t *rapid.T) (coverage.Cell, []coverage.Group, coverage.Objective, coverage.Done, panorama.Line) {
	line := panorama.Line{Lever: framework.Lever{Code: "l"}}
	objective := coverage.Objective{Amount: panorama.Amount{Kg: panorama.Kg(rapid.Int64Range(0, 9_000_000_000).Draw(t, "objective")), Known: rapid.Bool().Draw(t, "known")}}
	done := coverage.Done{Kg: panorama.Amount{Kg: panorama.Kg(rapid.Int64Range(-9_000_000_000, 9_000_000_000).Draw(t, "done")), Known: rapid.Bool().Draw(t, "measured")}, Year: 2022}
	var groups []coverage.Group
	for i := range rapid.IntRange(0, 6).Draw(t, "groups") {
		groups = append(groups, drawGroup(t, string(rune('a'+i))))
	}
	return coverage.CellOf(line, objective, done, groups), groups, objective, done, line
}

// The three parts sum to the objective; every action is somewhere once; what is
// qualitative changes no kt.
func TestPartsSumToTheObjective(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, groups, objective, done, line := drawCell(t)
		if c.Rest.Known != objective.Known || c.Rest.WithoutDone != (objective.Known && !done.Kg.Known) {
			t.Fatalf("rest %+v", c.Rest)
		}
		if objective.Known {
			sum := c.Rest.Central + c.Planned.Kg.Central
			if done.Kg.Known {
				sum += done.Kg.Kg
			}
			if sum != objective.Kg || c.Rest.Low > c.Rest.Central || c.Rest.Central > c.Rest.High {
				t.Fatalf("%d ≠ %d, %+v", sum, objective.Kg, c.Rest)
			}
		}
		var actions int64
		for _, g := range groups {
			actions += g.Actions
		}
		p := c.Planned
		if got := p.Actions + p.Started.Actions + p.Undated.Actions + p.Regional.Actions + p.Abandoned.Actions + p.Qualitative + p.Unassessed; got != actions {
			t.Fatalf("%d actions of %d", got, actions)
		}
		if !done.Kg.Known && p.Started.Actions+p.Undated.Actions > 0 {
			t.Fatal("nothing is supposed in a series that is not there")
		}
		more := coverage.CellOf(line, objective, done, append(slices.Clone(groups), coverage.Group{Lever: "l", Class: action.Qualitative, First: 2029, Counted: 10_000, Actions: 3}))
		if more.Rest != c.Rest || more.Planned.Kg != p.Kg || more.Planned.Qualitative != p.Qualitative+3 {
			t.Fatal("a qualitative action changes kt")
		}
		// An action counted for a part never counts more than whole.
		whole := slices.Clone(groups)
		for i := range whole {
			whole[i].Counted, whole[i].Kg.Low, whole[i].Kg.Central, whole[i].Kg.High = 10_000, abs(whole[i].Kg.Low), abs(whole[i].Kg.Central), abs(whole[i].Kg.High)
			groups[i].Kg = whole[i].Kg
		}
		if part, all := coverage.CellOf(line, objective, done, groups), coverage.CellOf(line, objective, done, whole); part.Planned.Kg.Central > all.Planned.Kg.Central {
			t.Fatal("a part counts more than the whole")
		}
	})
}

func abs(v panorama.Kg) panorama.Kg { return max(v, -v) }

// What acts together never makes more than its sum, nor more than there is.
func TestCombined(t *testing.T) {
	same(t, "two halves", must(coverage.Combined(100, []panorama.Kg{50, 50})), 75)
	if _, ok := coverage.Combined(100, []panorama.Kg{101}); ok {
		t.Error("more than there is")
	}
	rapid.Check(t, func(t *rapid.T) {
		base := panorama.Kg(rapid.Int64Range(1, 1e12).Draw(t, "base"))
		var cuts []panorama.Kg
		sum := panorama.Kg(0)
		for i := range rapid.IntRange(1, 5).Draw(t, "n") {
			x := panorama.Kg(rapid.Int64Range(0, int64(base)).Draw(t, string(rune('a'+i))))
			cuts, sum = append(cuts, x), sum+x
		}
		got, ok := coverage.Combined(base, cuts)
		if !ok || got > sum+1 || got > base || got < slices.Max(cuts)-1 {
			t.Fatalf("%v of %d: %d", cuts, base, got)
		}
	})
}

func must(v panorama.Kg, ok bool) panorama.Kg {
	if !ok {
		return -1
	}
	return v
}

// The groups name levers that exist, each once.
func TestLeversThatActTogetherExist(t *testing.T) {
	all, err := coverage.LoadTogether(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	fw, err := framework.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range all {
		if len(g.Levers) < 2 || g.Reason == "" {
			t.Errorf("%s: %v", g.Code, g)
		}
		for i, l := range g.Levers {
			if _, err := fw.Lever(l); err != nil || slices.Contains(g.Levers[:i], l) {
				t.Errorf("%s: %s: %v", g.Code, l, err)
			}
		}
	}
}

// counter counts the statements that read.
type counter struct {
	db.Q
	n *int
}

func (c counter) Query(ctx context.Context, query string, args ...any) (*db.Rows, error) {
	*c.n++
	return c.Q.Query(ctx, query, args...)
}

func (c counter) QueryRow(ctx context.Context, query string, args ...any) *db.Row {
	*c.n++
	return c.Q.QueryRow(ctx, query, args...)
}

func statements(k *kit, do func(q db.Q)) (n int) {
	do(counter{k.db, &n})
	return n
}

// The nation is the sum of its regions, lever by lever, and reading it costs the same
// statements however many actions there are.
func TestNationIsTheSumOfItsRegions(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		empty := statements(k, func(q db.Q) { _, err := k.coverage.OfNation(ctx, q); fail(t, err) })
		corse(t, k)
		for _, region := range []string{"44", "53"} {
			k.retained(t, region, action.Action{Title: "Haies", Levers: []string{"gestion-haies"}, Starts: "2024"}, quantity(300, "km"))
			k.retained(t, region, action.Action{Title: "Voitures", Levers: []string{"voitures-electriques"}, Starts: "2024"}, quantity(3, "milliers de véhicules"))
		}
		var n *coverage.Nation
		filled := statements(k, func(q db.Q) {
			var err error
			n, err = k.coverage.OfNation(ctx, q)
			fail(t, err)
		})
		if filled != 4 {
			t.Errorf("%d statements after actions changed", filled)
		}
		if again := statements(k, func(q db.Q) { _, err := k.coverage.OfNation(ctx, q); fail(t, err) }); again != 2 {
			t.Errorf("%d statements when nothing changed", again)
		}
		anew := &coverage.Room{DB: k.db, Now: k.coverage.Now, Model: k.coverage.Model, Book: k.coverage.Book}
		if first := statements(k, func(q db.Q) {
			x, err := anew.OfNation(ctx, q)
			fail(t, err)
			if diff := cmp.Diff(n.Total, x.Total); diff != "" {
				t.Errorf("what is kept differs from what is read: %s", diff)
			}
		}); first != empty {
			t.Errorf("%d statements at first, %d when empty", first, empty)
		}
		if len(n.Regions) != 18 {
			t.Fatalf("%d regions", len(n.Regions))
		}
		var regions []coverage.Coverage
		for _, r := range n.Regions {
			one, err := k.coverage.OfRegion(ctx, k.db, r.Region.Code)
			fail(t, err)
			regions = append(regions, one)
		}
		for _, c := range n.Cells {
			var objective, done, rest panorama.Kg
			var planned coverage.Range
			var actions int64
			for _, one := range regions {
				x, ok := one.Cell(c.Line.Lever.Code)
				if !ok {
					continue
				}
				planned, actions = planned.Plus(x.Planned.Kg), actions+x.Planned.Actions
				if x.Done.Kg.Known {
					done += x.Done.Kg.Kg
				}
				if x.Objective.Known {
					objective, rest = objective+x.Objective.Kg, rest+x.Rest.Central
				}
			}
			if c.Objective.Kg != objective || c.Done.Kg.Kg != done || c.Planned.Kg != planned || c.Planned.Actions != actions || c.Rest.Central != rest {
				t.Errorf("%s: %+v", c.Line.Lever.Code, c)
			}
		}
		one := statements(k, func(q db.Q) { _, err := k.coverage.OfRegion(ctx, q, "94"); fail(t, err) })
		none := statements(k, func(q db.Q) { _, err := k.coverage.OfRegion(ctx, q, "11"); fail(t, err) })
		if one != none {
			t.Errorf("%d statements with actions, %d without", one, none)
		}
	})
}

func fail(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Shares, EPCI over several départements and actions on the whole region are told apart.
func TestActionsInDepartments(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		part := func(v int64) *int64 { return &v }
		hedge := []string{"gestion-haies"}
		k.retained(t, "44", action.Action{Title: "Partagée", Levers: hedge, Places: []action.Place{{Territory: "department:67", Share: part(2_500)}, {Territory: "department:68", Share: part(7_500)}}}, quantity(333, "km"))
		k.retained(t, "44", action.Action{Title: "Sans parts", Levers: hedge, Places: []action.Place{{Territory: "department:67"}, {Territory: "department:68"}}}, quantity(100, "km"))
		k.retained(t, "44", action.Action{Title: "Régionale", Levers: hedge}, quantity(100, "km"))
		k.retained(t, "44", action.Action{Title: "Strasbourg et Haguenau", Levers: hedge, Places: []action.Place{{Territory: "commune:67482"}, {Territory: "commune:67180"}}}, quantity(33.3, "km"))
		of := func(code string) coverage.Planned {
			x, err := k.coverage.OfDepartment(t.Context(), k.db, code)
			fail(t, err)
			c, _ := x.Cell("gestion-haies")
			return c.Planned
		}
		// 333 km make 10 kt: 2.5 there, 7.5 here; 33.3 km make 1 kt, all in the Bas-Rhin.
		a, b, none := of("67"), of("68"), of("10")
		same(t, "67", a.Kg.Central, 3_500_000)
		same(t, "68", b.Kg.Central, 7_500_000)
		same(t, "67, apart", a.Regional.Actions, 2)
		same(t, "10", none.Actions, 0)
		same(t, "10, apart", none.Regional.Actions, 1)
		whole := k.cell(t, "44", "gestion-haies").Planned
		same(t, "region", whole.Kg.Central, a.Kg.Central+b.Kg.Central+a.Regional.Kg.Central)
	})
}
