package coverage_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/link"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// kit is the register and coverage, as the program builds them.
type kit struct {
	db       *db.DB
	room     *action.Room
	coverage *coverage.Room
	model    *panorama.Model
}

func newKit(t testing.TB, d *db.DB) *kit {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
	ids := db.NewIDs(now, rand.Reader)
	j := journal.New(ids, now, db.NewCursors([]byte("essai")))
	store := panorama.NewStore(d, data.FS, func(ctx context.Context) (*territory.Tree, error) { return territory.LoadActive(ctx, d) })
	m, err := store.Model(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, m.Tree()); err != nil {
		t.Fatal(err)
	}
	return &kit{db: d, model: m,
		room:     &action.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: db.NewCursors([]byte("essai")), COPs: cops, Links: &link.Links{IDs: ids, Now: now}},
		coverage: &coverage.Room{DB: d, Now: now, Model: store.Model, Book: book}}
}

// book is read once: it is part of the program.
var book = sync.OnceValues(func() (*series.Book, error) { return series.LoadBook(data.FS) })

func each(t *testing.T, do func(t *testing.T, k *kit)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { do(t, newKit(t, d)) })
}

func team(region string) policy.Actor {
	return policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, region)}}}
}

func num(v float64) *float64 { return &v }

// retained writes an action of a region with its impact computed, and puts it in the
// state that both heads give.
func (k *kit) retained(t testing.TB, region string, x action.Action, in action.Impact) action.Action {
	t.Helper()
	ctx := t.Context()
	c, err := cop.OfRegion(ctx, k.db, region)
	if err != nil {
		t.Fatal(err)
	}
	p, err := k.model.Of(territory.Ref{Scale: territory.RegionS, Code: region})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range p.Lines {
		if line.Lever.Code != x.Levers[0] {
			continue
		}
		got, _, err := action.Compute(in, line, action.Against{Confirmed: true})
		if err != nil {
			t.Fatal(x.Title, err)
		}
		x.Impacts = []action.Impact{got}
	}
	x.Kind = action.Sectoral
	if x.Places == nil {
		x.Places = []action.Place{{Territory: "region:" + region}}
	}
	if x, err = k.room.Add(ctx, k.db, team(region), c, x); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{`UPDATE action SET state = 'retained' WHERE id = $1`, `UPDATE action_impact SET state = 'retained' WHERE action_id = $1`} {
		if _, err := k.db.Exec(ctx, text, x.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Bump(ctx, k.db, action.Version, time.Now()); err != nil {
		t.Fatal(err)
	}
	return x
}

func quantity(v float64, unit string) action.Impact {
	return action.Impact{Class: action.Quantified, Quantity: num(v), Unit: unit}
}

// corse writes eight actions of Corse.
func corse(t testing.TB, k *kit) (hedges, commune action.Action) {
	cars, hedge := []string{"voitures-electriques"}, []string{"gestion-haies"}
	k.retained(t, "94", action.Action{Title: "Mille voitures électriques", Levers: cars, Starts: "2025", Ends: "2028", Places: []action.Place{{Territory: "department:2A"}}}, quantity(1000, "véhicules"))
	k.retained(t, "94", action.Action{Title: "Flotte de la collectivité", Levers: cars, Starts: "2021-06"}, quantity(0.5, "milliers de véhicules"))
	shown := quantity(200, "véhicules")
	shown.Outside = "Véhicules immatriculés sur le continent, absents de la série."
	k.retained(t, "94", action.Action{Title: "Véhicules de location", Levers: cars, Starts: "2022", Status: "paused", StatusReason: "En attente d’un foncier."}, shown)
	h := quantity(100, "km")
	h.Low, h.High, h.Gross, h.Object = num(80), num(120), true, "haies bocagères de la plaine orientale"
	hedges = k.retained(t, "94", action.Action{Title: "Planter cent kilomètres de haies", Levers: hedge, Starts: "2024", Places: []action.Place{{Territory: "department:2B"}}}, h)
	c := quantity(40, "km")
	c.Gross, c.Object = true, "haies bocagères de la plaine orientale, Ghisonaccia"
	commune = k.retained(t, "94", action.Action{Title: "Haies de Ghisonaccia", Levers: hedge, Starts: "2025", Places: []action.Place{{Territory: "commune:2B123"}}}, c)
	k.retained(t, "94", action.Action{Title: "Former aux haies", Levers: hedge, Starts: "2025"}, action.Impact{Class: action.Qualitative, How: "Des agriculteurs sauront entretenir leurs haies."})
	k.retained(t, "94", action.Action{Title: "Haies abandonnées", Levers: hedge, Starts: "2025", Status: "abandoned", StatusReason: "Faute de foncier."}, quantity(50, "km"))
	k.retained(t, "94", action.Action{Title: "Encore des voitures, sans date", Levers: cars}, quantity(100, "véhicules"))
	return hedges, commune
}

// The coverage of Corse, computed by hand.
func TestCoverageOfCorseByHand(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		hedges, commune := corse(t, k)
		x, err := k.coverage.OfRegion(ctx, k.db, "94")
		if err != nil {
			t.Fatal(err)
		}

		// Electric cars. Objective: 58.1115 kt, as published.
		// Done: 3.1 − 0.3 = 2.8 thousand; 2.8 / 0.4677 = 5.986 744 kt, in 2022.
		// Written with one decimal, both values may be 0.05 off: 0.1 / 0.4677 = 0.213 812 kt.
		// Expected: 1 000 cars from 2025: 1 / 0.4677 = 2.138 123 kt; the 200 shown not to be
		// in the series: 0.2 / 0.4677 = 0.427 625 kt. Together 2.565 748 kt, one of them paused.
		// Not added: 500 begun in 2021, 0.5 / 0.4677 = 1.069 061 kt; 100 without a date, 0.213 812 kt.
		// Rest: 58.111 500 − 5.986 744 − 2.565 748 = 49.559 008 kt, ± 0.213 812.
		cars, _ := x.Cell("voitures-electriques")
		same(t, "cars, objective", cars.Objective.Kg, 58_111_500)
		same(t, "cars, done", cars.Done.Kg.Kg, 5_986_744)
		same(t, "cars, year", cars.Done.Year, 2022)
		same(t, "cars, slack", cars.Done.Slack, 213_812)
		same(t, "cars, expected", cars.Planned.Kg.Central, 2_565_748)
		same(t, "cars, actions", cars.Planned.Actions, 2)
		same(t, "cars, paused", cars.Planned.Paused, 1)
		same(t, "cars, begun before", cars.Planned.Started, coverage.Tally{Actions: 1, Kg: coverage.Range{Low: 1_069_061, Central: 1_069_061, High: 1_069_061}})
		same(t, "cars, undated", cars.Planned.Undated.Kg.Central, 213_812)
		same(t, "cars, rest", cars.Rest.Range, coverage.Range{Low: 49_345_196, Central: 49_559_008, High: 49_772_820})
		same(t, "cars, whose", cars.Objective.Origin, coverage.Offered)

		// Hedges. Objective 15.9307 kt. No series counts them: done is missing, not zero.
		// Expected: 100 km (80 to 120): 0.1 / 0.0333 = 3.003 003 kt (2.402 402 to 3.603 604);
		// 40 km: 0.04 / 0.0333 = 1.201 201 kt. Together 4.204 204 (3.603 603 to 4.804 805), gross.
		// Rest: 15.930 700 − 4.204 204 = 11.726 496 (11.125 895 to 12.327 097).
		h, _ := x.Cell("gestion-haies")
		same(t, "hedges, done", h.Done.Kg.Known, false)
		if h.Done.Kg.Reason == "" {
			t.Error("no reason for what is missing")
		}
		same(t, "hedges, expected", h.Planned.Kg, coverage.Range{Low: 3_603_603, Central: 4_204_204, High: 4_804_805})
		same(t, "hedges, gross", h.Planned.Gross, 2)
		same(t, "hedges, qualitative", h.Planned.Qualitative, 1)
		same(t, "hedges, abandoned", h.Planned.Abandoned.Actions, 1)
		same(t, "hedges, rest", h.Rest.Range, coverage.Range{Low: 11_125_895, Central: 11_726_496, High: 12_327_097})
		same(t, "hedges, without done", h.Rest.WithoutDone, true)

		// The hedges of Ghisonaccia are among those of the plain, but for a quarter:
		// 3.003 003 + 1.201 201 × 25 % = 3.003 003 + 0.300 300 = 3.303 303 kt.
		said, err := k.room.SettleOverlap(ctx, k.db, team("94"), action.Overlap{Lever: "gestion-haies", Counts: hedges.ID, Other: commune.ID, Part: 2_500, State: action.Confirmed, Reason: "Les trois quarts sont dans le programme."})
		if err != nil {
			t.Fatal(err)
		}
		h = k.cell(t, "94", "gestion-haies")
		same(t, "hedges, declared twice", h.Planned.Kg.Central, 3_303_303)
		same(t, "hedges, reduced", h.Planned.Reduced, 1)
		// Writing the action again keeps what the team settled.
		commune.Summary = "Le long des routes."
		if _, err = k.room.Save(ctx, k.db, team("94"), commune, "précision"); err != nil {
			t.Fatal(err)
		}
		h = k.cell(t, "94", "gestion-haies")
		same(t, "hedges, written again", h.Planned.Kg.Central, 3_303_303)
		// The action that counts whole is abandoned: the other counts whole again.
		hedges.Status, hedges.StatusReason = "abandoned", "Faute de foncier."
		if _, err = k.room.Save(ctx, k.db, team("94"), hedges, "faute de terrain"); err != nil {
			t.Fatal(err)
		}
		h = k.cell(t, "94", "gestion-haies")
		same(t, "hedges, abandoned", h.Planned.Kg.Central, 1_201_201)
		if said.Rev != 1 {
			t.Errorf("revision %d", said.Rev)
		}

		// In Corse-du-Sud: the thousand cars; the others, on the whole island, apart.
		south, err := k.coverage.OfDepartment(ctx, k.db, "2A")
		if err != nil {
			t.Fatal(err)
		}
		cars, _ = south.Cell("voitures-electriques")
		same(t, "2A, expected", cars.Planned.Kg.Central, 2_138_123)
		same(t, "2A, regional", cars.Planned.Regional.Actions, 3)
		h, _ = south.Cell("gestion-haies")
		same(t, "2A, hedges", h.Planned.Actions, 0)
		north, err := k.coverage.OfDepartment(ctx, k.db, "2B")
		if err != nil {
			t.Fatal(err)
		}
		h, _ = north.Cell("gestion-haies")
		same(t, "2B, hedges", h.Planned.Kg.Central, 1_201_201)
	})
}

func same[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, by hand %v", what, got, want)
	}
}

func (k *kit) cell(t testing.TB, region, lever string) coverage.Cell {
	t.Helper()
	x, err := k.coverage.OfRegion(t.Context(), k.db, region)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := x.Cell(lever)
	if !ok {
		t.Fatal(lever)
	}
	return c
}

// The two real cases: the hedges of Grand Est, planned at 75 % of their objective (a
// gross length), and its electric cars, 24.5 of 451.9 thousand, 5 % done in 2022.
func TestRealCases(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		h := quantity(4000, "km")
		h.Gross = true
		k.retained(t, "44", action.Action{Title: "Planter 4 000 km de haies", Levers: []string{"gestion-haies"}, Starts: "2024", Ends: "2030"}, h)
		hedges := k.cell(t, "44", "gestion-haies")
		part, ok := hedges.PlannedPart()
		if got := fmt.Sprintf("%.0f %%", part*100); !ok || got != "75 %" || !hedges.Gross() || hedges.Done.Kg.Known {
			t.Errorf("hedges: %s, gross %v, done %+v", got, hedges.Gross(), hedges.Done)
		}
		cars := k.cell(t, "44", "voitures-electriques")
		part, ok = cars.DonePart()
		if got := fmt.Sprintf("%.0f %% en %d, %.1f", part*100, cars.Done.Year, cars.Done.To-cars.Done.From); !ok || got != "5 % en 2022, 24.5" {
			t.Errorf("cars: %s", got)
		}
		if got := fmt.Sprintf("%.1f", panorama.ToChange(cars.Objective.Kg, cars.Line.Equiv.Ratio)); got != "451.9" {
			t.Errorf("cars aimed at: %s thousand", got)
		}
	})
}
