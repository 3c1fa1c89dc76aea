package territory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

var tree = sync.OnceValues(territory.Embedded)

func embedded(t *testing.T) *territory.Tree {
	t.Helper()
	x, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	return x
}

var monday = time.Date(2026, 5, 25, 9, 0, 0, 0, time.UTC)

const nextEdition = "E\t7.0.0\t2027\t2024\tnote\tsource\nR\t44\tGrand Est\tmetro\nO\t988\tNouvelle-Calédonie\nD\t67\tBas-Rhin\t44\n" +
	"G\t246700488\tMETRO\tEurométropole de Strasbourg\nC\t67482\tStrasbourg\t67\t246700488\t\t300000\t=\t67000\n" +
	"F\t67001\tA\t67482\tAchenheim\nF\t67001\tD\t67482\tAchenheim\n"

func TestEditionComesIntoForce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		before, err := territory.LoadActive(ctx, d)
		if err != nil || before.Edition().Name != "6.0.0" {
			t.Fatalf("%v %v", before, err)
		}
		if _, err := territory.SaveEdition(ctx, d, nextEdition, "run-1", monday); err != nil {
			t.Fatal(err)
		}
		after, err := territory.LoadActive(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		want := territory.Edition{Name: "7.0.0", Year: 2027, PopulationYear: 2024, Note: "note", Source: "source"}
		if d := cmp.Diff(want, after.Edition()); d != "" {
			t.Error(d)
		}
		direct, err := territory.Parse(nextEdition)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]any{direct.Communes(), direct.Groups(), direct.Formers(), direct.Regions()},
			[]any{after.Communes(), after.Groups(), after.Formers(), after.Regions()}); d != "" {
			t.Error(d)
		}
		if v, err := db.Version(ctx, d, territory.DataVersion); err != nil || v != 1 {
			t.Errorf("version %d, %v", v, err)
		}
		if _, err := territory.SaveEdition(ctx, d, nextEdition, "run-2", monday); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("an edition in force was written over: %v", err)
		}
		if _, err := territory.SaveEdition(ctx, d, "nonsense", "run-3", monday); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("%v", err)
		}
	})
}

// An imported edition older than the one the program carries stays out of force.
func TestEmbeddedWinsWhenNewer(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		older := strings.Replace(nextEdition, "E\t7.0.0\t2027", "E\t5.3.0\t2025", 1)
		if _, err := territory.SaveEdition(context.Background(), d, older, "run", monday); err != nil {
			t.Fatal(err)
		}
		got, err := territory.LoadActive(context.Background(), d)
		if err != nil || got.Edition().Name != "6.0.0" {
			t.Errorf("%v, %v", got, err)
		}
	})
}

func input() territory.PerimeterInput {
	return territory.PerimeterInput{Kind: territory.SCoT, Name: "  SCoT de la   Région de Strasbourg ", Holder: "246 700 488",
		From: "2024-05-27", To: "2040-12-31", Members: []string{"246700488", "67482", "67001"}}
}

func TestPerimeterLife(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, tree := context.Background(), embedded(t)
		p, err := territory.CreatePerimeter(ctx, d, tree, "p1", input(), territory.Act{By: "ana", Reason: "création", At: monday})
		if err != nil {
			t.Fatal(err)
		}
		if p.Name != "SCoT de la Région de Strasbourg" || p.Holder != "246700488" || p.Count != 33 {
			t.Errorf("%+v", p)
		}
		got, err := territory.FindPerimeter(ctx, d, "p1")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(p, got); d != "" {
			t.Error(d)
		}
		members, err := territory.MembersOf(ctx, d, tree, "p1")
		if err != nil || len(members) != 33 {
			t.Errorf("%d members, %v", len(members), err)
		}
		x := got.Territory(tree)
		if x.Path != "/perimetres/p1" || x.Population < 400_000 || len(x.Parents) != 2 {
			t.Errorf("%+v", x)
		}

		in := input()
		in.Name, in.Members = "Autre nom", []string{"67482"}
		if _, err := territory.UpdatePerimeter(ctx, d, tree, "p1", 1, in, territory.Act{By: "bob", At: monday.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		if _, err := territory.UpdatePerimeter(ctx, d, tree, "p1", 1, input(), territory.Act{By: "ana", At: monday}); !db.IsConflict(err) {
			t.Errorf("the second writer is not told: %v", err)
		}
		if _, err := territory.UpdatePerimeter(ctx, d, tree, "p9", 1, input(), territory.Act{At: monday}); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("%v", err)
		}
		history, err := territory.PerimeterHistory(ctx, d, "p1")
		if err != nil || len(history) != 2 || history[0].Act.By != "bob" || history[1].Perimeter.Count != 33 {
			t.Errorf("%+v, %v", history, err)
		}
		if members, _ := territory.MembersOf(ctx, d, tree, "p1"); len(members) != 1 {
			t.Errorf("%d members", len(members))
		}
		if err := territory.WithdrawPerimeter(ctx, d, "p1", 2, territory.Act{By: "ana", Reason: "fusion", At: monday}); err != nil {
			t.Fatal(err)
		}
		if page, _, err := territory.ListPerimeters(ctx, d, territory.PerimeterFilter{}); err != nil || len(page) != 0 {
			t.Errorf("%v, %v", page, err)
		}
		if got, err := territory.FindPerimeter(ctx, d, "p1"); err != nil || got.State != territory.PerimeterWithdrawn {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := territory.MembersOf(ctx, d, tree, "nope"); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("%v", err)
		}
		if v, err := db.Version(ctx, d, territory.PerimetersVersion); err != nil || v != 3 {
			t.Errorf("version %d, %v", v, err)
		}
	})
}

func TestPerimeterList(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, tree := context.Background(), embedded(t)
		for i, in := range []territory.PerimeterInput{
			{Kind: territory.PNR, Name: "Vosges du Nord", Members: []string{"67482", "67001"}},
			{Kind: territory.CRTE, Name: "Élan", Members: []string{"67482"}, From: "2021-01-01", To: "2026-12-31"},
			{Kind: territory.CRTE, Name: "Élan", Members: []string{"67001"}},
			{Kind: territory.PETR, Name: "Bruche", Members: []string{"67001"}, From: "2030-01-01"},
		} {
			if _, err := territory.CreatePerimeter(ctx, d, tree, fmt.Sprintf("p%d", i), in, territory.Act{At: monday}); err != nil {
				t.Fatal(err)
			}
		}
		for name, c := range map[string]struct {
			f    territory.PerimeterFilter
			want string
		}{
			"all":        {territory.PerimeterFilter{}, "p3 p1 p2 p0"},
			"by two":     {territory.PerimeterFilter{Limit: 2}, "p3 p1 p2 p0"},
			"by one":     {territory.PerimeterFilter{Limit: 1}, "p3 p1 p2 p0"},
			"kind":       {territory.PerimeterFilter{Kind: territory.CRTE}, "p1 p2"},
			"name":       {territory.PerimeterFilter{Query: "ÉLA"}, "p1 p2"},
			"inert":      {territory.PerimeterFilter{Query: "%"}, "p3 p1 p2 p0"},
			"of commune": {territory.PerimeterFilter{Commune: "67482"}, "p1 p0"},
			"on a day":   {territory.PerimeterFilter{Day: "2027-01-01"}, "p2 p0"},
		} {
			var ids []string
			for {
				page, next, err := territory.ListPerimeters(ctx, d, c.f)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range page {
					ids = append(ids, p.ID)
				}
				if c.f.After = next; next == (territory.PerimeterKey{}) {
					break
				}
			}
			if got := strings.Join(ids, " "); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
	})
}

// Twenty writers from the same revision: one wins, nineteen are told.
func TestPerimeterOneWriterWins(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, tree := context.Background(), embedded(t)
		if _, err := territory.CreatePerimeter(ctx, d, tree, "p", input(), territory.Act{At: monday}); err != nil {
			t.Fatal(err)
		}
		var wins, told int
		var mu sync.Mutex
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				in := input()
				in.Name = fmt.Sprintf("nom %d", i)
				_, err := territory.UpdatePerimeter(ctx, d, tree, "p", 1, in, territory.Act{At: monday})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					wins++
				case db.IsConflict(err):
					told++
				default:
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || wins != 1 || told != 19 {
			t.Errorf("%d wins, %d told, %v", wins, told, err)
		}
	})
}

func TestPerimeterFaults(t *testing.T) {
	tree := embedded(t)
	in := territory.PerimeterInput{Kind: "x", Name: " - ", Holder: "123456789", From: "27/05/2024", To: "2024-02-30", Members: []string{"99999", "200000000"}}
	_, faults := in.Check(tree)
	var fields []string
	for _, f := range faults {
		fields = append(fields, f.Field)
	}
	if d := cmp.Diff([]string{"kind", "name", "holder", "from", "to", "members", "members"}, fields); d != "" {
		t.Error(d)
	}
	back := input()
	back.To = "2020-01-01"
	if _, faults := back.Check(tree); len(faults) != 1 || faults[0].Field != "to" {
		t.Errorf("%v", faults)
	}
	if _, err := territory.CreatePerimeter(context.Background(), nil, tree, "p", in, territory.Act{}); apperr.KindOf(err) != apperr.Invalid || errors.Is(err, db.ErrNoRows) {
		t.Errorf("%v", err)
	}
	for s, want := range map[string]territory.PerimeterKind{"PTRTE": territory.CRTE, "crte": territory.CRTE, "SCoT": territory.SCoT, "Autre": territory.OtherPerimeter} {
		if got, err := territory.ParsePerimeterKind(s); err != nil || got != want {
			t.Errorf("%s: %s, %v", s, got, err)
		}
	}
	if _, err := territory.ParsePerimeterKind("canton"); apperr.KindOf(err) != apperr.Invalid {
		t.Error(err)
	}
}
