package coverage_test

import (
	"testing"
	"time"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// ventoux is the CC Ventoux Sud: 9 505 people in ten communes of Vaucluse (region 93) and
// 122 in one of Drôme (region 84), 9 627 together.
var ventoux = territory.Ref{Scale: territory.EPCI, Code: "200035723"}

// hedges is an action on some places that avoids some kt through hedges.
func (k *kit) hedges(t *testing.T, region, title string, kt float64, places ...string) action.Action {
	t.Helper()
	x := action.Action{Title: title, Levers: []string{"gestion-haies"}, Holder: action.Party{Name: "CC Ventoux Sud"}, Starts: "2025"}
	for _, p := range places {
		x.Places = append(x.Places, action.Place{Territory: p})
	}
	return k.retained(t, region, x, carbon(kt))
}

// carbon is a quantity of kt as its holder counted it.
func carbon(kt float64) action.Impact {
	in := quantity(kt, "ktCO₂e")
	in.How = "Compté par le porteur, haie par haie."
	return in
}

func (k *kit) at(t *testing.T, ref territory.Ref, lever string) coverage.Cell {
	t.Helper()
	var x coverage.Coverage
	var err error
	if ref.Scale == territory.Department {
		x, err = k.coverage.OfDepartment(t.Context(), k.db, ref.Code)
	} else {
		x, err = k.coverage.OfGroup(t.Context(), k.db, ref)
	}
	if err != nil {
		t.Fatal(err)
	}
	c, _ := x.Cell(lever)
	return c
}

// An EPCI over two regions and a free perimeter, computed by hand.
func TestCoverageOfAGroupByHand(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		vaucluse, drome := territory.Ref{Scale: territory.Department, Code: "84"}, territory.Ref{Scale: territory.Department, Code: "26"}
		free, err := territory.CreatePerimeter(ctx, k.db, k.model.Tree(), "ventoux", territory.PerimeterInput{Kind: territory.CRTE, Name: "CRTE du Ventoux", Members: []string{ventoux.Code}}, territory.Act{By: "x", Reason: "essai", At: k.coverage.Now()})
		if err != nil {
			t.Fatal(err)
		}
		k.hedges(t, "93", "Haies du périmètre", 9.627, "perimeter:"+free.ID)
		// 9.627 kt over 9 627 people: 9.505 kt in Vaucluse. The COP of the other region
		// retained nothing: nothing in Drôme. All of it in the EPCI, which is the perimeter.
		same(t, "Vaucluse", k.at(t, vaucluse, "gestion-haies").Planned.Kg.Central, 9_505_000)
		same(t, "Vaucluse, by population", k.at(t, vaucluse, "gestion-haies").Planned.Estimated, 1)
		same(t, "Drôme", k.at(t, drome, "gestion-haies").Planned.Actions, 0)
		c := k.at(t, ventoux, "gestion-haies")
		same(t, "EPCI", c.Planned.Kg.Central, 9_627_000)
		same(t, "EPCI, nothing estimated", c.Planned.Estimated, 0)

		// A commune of the Drôme, by the COP of its region; the whole region, apart; a
		// perimeter that nobody knows, apart too.
		k.hedges(t, "84", "Haies de Ferrassières", 0.5, "commune:26135")
		k.hedges(t, "84", "Haies de la région", 7, "region:84")
		k.hedges(t, "84", "Haies d’un périmètre disparu", 3, "perimeter:disparu")
		c = k.at(t, ventoux, "gestion-haies")
		same(t, "EPCI, two regions", c.Planned.Kg.Central, 10_127_000)
		same(t, "EPCI, apart", c.Planned.Regional, coverage.Tally{Actions: 2, Kg: coverage.Range{Low: 10_000_000, Central: 10_000_000, High: 10_000_000}})
		same(t, "Drôme, its commune", k.at(t, drome, "gestion-haies").Planned.Kg.Central, 500_000)

		// Half in Vaucluse outside, half in the EPCI: shares are said, so nothing is guessed.
		half := int64(5_000)
		k.retained(t, "93", action.Action{Title: "Haies partagées", Levers: []string{"gestion-haies"}, Starts: "2025", Places: []action.Place{{Territory: ventoux.String(), Share: &half}, {Territory: "commune:84007", Share: &half}}}, carbon(2))
		c = k.at(t, ventoux, "gestion-haies")
		same(t, "EPCI, half of two", c.Planned.Kg.Central, 11_127_000)

		// Hedges do not follow the population: their part is missing with its reason, and so
		// is what is left. Cars do: the part of the EPCI less the 250 t of an action.
		if c.Objective.Known || c.Rest.Known || c.Rest.Reason == "" || c.Done.Kg.Known || c.Done.Kg.Reason == "" {
			t.Fatalf("objective %+v, done %+v", c.Objective, c.Done)
		}
		k.retained(t, "84", action.Action{Title: "Voitures du Ventoux", Levers: []string{"voitures-electriques"}, Starts: "2025", Places: []action.Place{{Territory: ventoux.String()}}}, carbon(0.25))
		cars := k.at(t, ventoux, "voitures-electriques")
		if !cars.Objective.Known {
			t.Fatalf("cars: %+v", cars.Objective)
		}
		same(t, "EPCI, cars left", cars.Rest.Central, cars.Objective.Kg-250_000)
		for _, key := range []string{"couverture/gestion-haies/" + ventoux.String() + "/attendu", "couverture/total/" + ventoux.String() + "/reste", "couverture/secteur-" + c.Line.Lever.Sector + "/" + ventoux.String() + "/objectif"} {
			if _, err := k.coverage.Explain(ctx, key); err != nil {
				t.Errorf("%s: %v", key, err)
			}
		}
		if _, err := k.coverage.OfGroup(ctx, k.db, vaucluse); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a département is no EPCI: %v", err)
		}
	})
}

func (k *kit) nation(t *testing.T, lever string) (coverage.Cell, *coverage.Nation) {
	t.Helper()
	n, err := k.coverage.OfNation(t.Context(), k.db)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range n.Cells {
		if c.Line.Lever.Code == lever {
			return c, n
		}
	}
	t.Fatal(lever)
	return coverage.Cell{}, nil
}

// What two COPs declare counts once in the nation, and in each region; computed by hand.
func TestTwoRegionsDeclareTheSameThing(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		const lever = "gestion-haies"
		k.hedges(t, "93", "Planter au Ventoux", 4, ventoux.String())
		k.hedges(t, "93", "Haies de Bédoin", 1, "commune:84017")
		alone, _ := k.nation(t, lever)
		same(t, "one region", alone.Planned.Kg.Central, 5_000_000)

		// The other region retains the same: 4 + 1 + 4 = 9 kt in two regions, 5 in the nation.
		again := k.hedges(t, "84", "Planter au Ventoux", 4, ventoux.String())
		// Of another quantity, so no longer alike in all: 5 + 3 = 8 kt.
		third := k.hedges(t, "84", "Planter au Ventoux, côté Drôme", 3, ventoux.String())
		k.bump(t, "93", "84")
		c, n := k.nation(t, lever)
		same(t, "PACA", k.cell(t, "93", lever).Planned.Kg.Central, 5_000_000)
		same(t, "Auvergne-Rhône-Alpes", k.cell(t, "84", lever).Planned.Kg.Central, 7_000_000)
		same(t, "nation", c.Planned.Kg.Central, 8_000_000)
		same(t, "nation, actions", c.Planned.Actions, 3)
		same(t, "nation, not added", c.Planned.Twice, coverage.Tally{Actions: 1, Kg: coverage.Range{Low: 4_000_000, Central: 4_000_000, High: 4_000_000}})
		same(t, "nation, rest", c.Rest.Central, alone.Rest.Central-3_000_000)
		if len(n.Twice) != 1 || n.Twice[0].Other.ID != again.ID || n.Twice[0].Settled || n.Twice[0].Kg.Central != 4_000_000 {
			t.Errorf("%+v", n.Twice)
		}
		same(t, "nation, sum of levers", n.Total.Planned.Central, 8_000_000)
		// In the EPCI, which both regions hold, once too: 4 + 3; Bédoin is of another EPCI.
		same(t, "EPCI", k.at(t, ventoux, lever).Planned.Kg.Central, 7_000_000)
		e, err := k.coverage.Explain(ctx, "couverture/"+lever+"/nation/attendu")
		if err != nil || e.Figure.Value != 8 || e.Numbers != "somme de 2\u00a0régions − 4 = 8\u00a0ktCO₂e" {
			t.Errorf("%v %q %v", e.Figure.Value, e.Numbers, err)
		}

		// The team of the other region says that two thirds of its third action are in the
		// first: 3 × 1/3 = 1 kt counts still, 5 + 1 = 6 kt. Its region keeps its 7.
		first := n.Twice[0].Counts.ID
		say := action.Overlap{Lever: lever, Counts: first, Other: third.ID, Part: 3_333, State: action.Confirmed, Reason: "Les deux tiers des mêmes haies."}
		if _, err := k.room.SettleOverlap(ctx, k.db, team("93"), say); apperr.KindOf(err) != apperr.Forbidden && apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("who does not judge the action reduces it: %v", err)
		}
		if _, err := k.room.SettleOverlap(ctx, k.db, team("84"), say); err != nil {
			t.Fatal(err)
		}
		c, _ = k.nation(t, lever)
		same(t, "settled", c.Planned.Kg.Central, 5_999_900)
		same(t, "settled, the region", k.cell(t, "84", lever).Planned.Kg.Central, 7_000_000)

		// They say that the second is another thing after all: 6 + 4.
		said, err := k.room.SettleOverlap(ctx, k.db, team("84"), action.Overlap{Lever: lever, Counts: first, Other: again.ID, State: action.Dismissed, Reason: "Une autre plaine."})
		if err != nil {
			t.Fatal(err)
		}
		c, _ = k.nation(t, lever)
		same(t, "dismissed", c.Planned.Kg.Central, 9_999_900)
		// The other team cannot turn that word against them by naming the pair the other way.
		said.Counts, said.Other = again.ID, first
		if _, err := k.room.SettleOverlap(ctx, k.db, team("93"), said); apperr.KindOf(err) != apperr.Forbidden && apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("turned by the other team: %v", err)
		}

		// The action that counts is abandoned: nothing is taken off any more. 1 + 4 + 3.
		x, _, err := action.Find(ctx, k.db, team("93"), first)
		if err != nil {
			t.Fatal(err)
		}
		x.Status, x.StatusReason = "abandoned", "Faute de foncier."
		if _, err = k.room.Save(ctx, k.db, team("93"), x, "faute de terrain"); err != nil {
			t.Fatal(err)
		}
		c, _ = k.nation(t, lever)
		same(t, "abandoned", c.Planned.Kg.Central, 8_000_000)
	})
}

// Pairs of two COPs are proposed to the team of each, and never round a ring: what three
// teams say of three actions leaves one that counts.
func TestARingOfRegionsLeavesOne(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		const lever = "gestion-haies"
		a := k.hedges(t, "93", "Haies du Ventoux", 4, ventoux.String())
		b := k.hedges(t, "84", "Haies du Ventoux au nord", 4.05, ventoux.String())
		c := k.hedges(t, "76", "Haies du Ventoux à l’ouest", 4.1, ventoux.String())
		near, err := action.NearAcross(ctx, k.db, k.model.Tree(), a.COP)
		if err != nil || len(near) != 2 || near[0].A.ID != a.ID || near[0].B.COP == a.COP {
			t.Fatalf("%d pairs, %v", len(near), err)
		}
		for _, x := range []struct {
			region        string
			counts, other action.Action
		}{{"84", a, b}, {"76", b, c}, {"93", c, a}} {
			if _, err := k.room.SettleOverlap(ctx, k.db, team(x.region), action.Overlap{Lever: lever, Counts: x.counts.ID, Other: x.other.ID, State: action.Confirmed, Reason: "Les mêmes."}); err != nil {
				t.Fatal(err)
			}
		}
		k.bump(t, "93", "84", "76")
		sum, n := k.nation(t, lever)
		same(t, "one of three", sum.Planned.Actions, 1)
		same(t, "one of three, pairs", len(n.Twice), 2)
		if kg := sum.Planned.Kg.Central; kg < panorama.Kg(4_000_000) || kg > 4_100_000 {
			t.Errorf("%d kg", kg)
		}
		said, err := action.OverlapsAcross(ctx, k.db, b.COP)
		if err != nil || len(said) != 2 {
			t.Errorf("%d said, %v", len(said), err)
		}
	})
}

// bump tells that the actions of some regions moved, as Room does.
func (k *kit) bump(t *testing.T, regions ...string) {
	t.Helper()
	for _, r := range regions {
		if _, err := db.Bump(t.Context(), k.db, action.VersionOf(team(r).Grants[0].COP), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
}
