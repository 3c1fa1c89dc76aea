package series_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/series"
	"jalon/internal/testkit"
)

func observed(ind, ref, edition string, year int, v float64) series.Observation {
	return series.Observation{Series: series.Trends + "/" + ind, Territory: ref, Year: year, Edition: edition, Value: &v, AsPublished: fmt.Sprint(v), Unit: "ha", Class: "provider", Source: "essai", Label: "édition " + edition}
}

func put(t *testing.T, d *db.DB, edition string, at int64, rows ...series.Observation) {
	t.Helper()
	if err := series.Write(context.Background(), d, rows); err != nil {
		t.Fatal(err)
	}
	if err := series.Publish(context.Background(), d, edition, time.UnixMilli(at)); err != nil {
		t.Fatal(err)
	}
}

// A curve is one edition, the last one; what the older ones said otherwise is told.
func TestTwoEditionsAreNeverMixed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, b := context.Background(), book(t)
		before, err := b.Read(ctx, d, "region:44")
		if err != nil {
			t.Fatal(err)
		}
		table := before["conso-enaf"]
		known, ok := table.In(2020)
		if !ok || table.Edition != "" || len(table.Revisions) != 0 {
			t.Fatalf("the table: %+v", table)
		}
		put(t, d, "a", 1, observed("conso-enaf", "region:44", "a", 2019, 1000), observed("conso-enaf", "region:44", "a", 2020, known.Value), observed("conso-enaf", "department:67", "a", 2020, 7))
		put(t, d, "b", 2, observed("conso-enaf", "region:44", "b", 2019, 1100), observed("inconnue-ici", "region:44", "b", 2019, 1))
		if err := series.Write(ctx, d, []series.Observation{observed("conso-enaf", "region:44", "c", 2019, 5)}); err != nil { // not published
			t.Fatal(err)
		}
		after, err := b.Read(ctx, d, "region:44")
		if err != nil {
			t.Fatal(err)
		}
		if last := after["conso-enaf"]; last.Edition != "b" || len(last.Points) != 1 {
			t.Errorf("the last edition, among all: %+v", last)
		}
		ind, err := b.Catalogue.Find("conso-enaf")
		if err != nil {
			t.Fatal(err)
		}
		c, err := b.ReadOne(ctx, d, ind, "region:44")
		if err != nil {
			t.Fatal(err)
		}
		if c.Edition != "b" || len(c.Points) != 1 || c.Points[0].Value != 1100 || c.Label != "édition b" || c.At.UnixMilli() != 2 {
			t.Errorf("the last edition: %+v", c)
		}
		// 2019 was 1000 in a, and something else in the table.
		said := map[string]float64{}
		for _, r := range c.Revisions {
			if r.Year == 2019 {
				said[r.Edition] = r.Old.Value
			}
		}
		first, _ := table.In(2019)
		if said["a"] != 1000 || said[""] != first.Value {
			t.Errorf("revisions: %v", said)
		}
		if again, _ := b.Embedded("conso-enaf", "region:44"); len(again.Revisions) != 0 || again.Edition != "" {
			t.Error("reading changed the table of the binary")
		}
		if other := after["part-bio"]; other == nil || other.Edition != "" {
			t.Error("an import of one series hides the others")
		}
		across, err := b.Across(ctx, d, "conso-enaf", "region")
		if err != nil || across["region:44"].Edition != "b" || across["region:11"].Edition != "" || across["department:67"] != nil {
			t.Errorf("across: %v %v", across["region:44"], err)
		}
	})
}

// A target that a newer referential gives the nation is the one named, and the
// table of the binary does not move.
func TestANationalTargetComesByImport(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, b := context.Background(), book(t)
		ind, err := b.Catalogue.Find("part-bio")
		if err != nil {
			t.Fatal(err)
		}
		n, ok := b.Catalogue.National(ind.National)
		if !ok || n.Target == nil || *n.Target != 21 || !n.Rate() {
			t.Fatalf("%+v", n)
		}
		all, remark, err := series.JudgeNational(n, "pourcents", map[int]series.Written{2024: {Value: 10, Text: "10"}}, map[int]series.Written{2030: {Value: 18, Text: "18"}}, "référentiel d’essai")
		if err != nil || len(all) != 2 || !strings.Contains(remark, "18") {
			t.Fatalf("%v %q %v", all, remark, err)
		}
		for i := range all {
			all[i].Edition = "n"
		}
		put(t, d, "n", 1, all...)
		curves, err := b.Read(ctx, d, "region:44")
		if err != nil || curves["part-bio"].Aim == nil || curves["part-bio"].Aim.Value != 18 {
			t.Fatalf("%+v %v", curves["part-bio"], err)
		}
		if again, _ := b.Embedded("part-bio", "region:44"); again.Aim != nil {
			t.Error("the table of the binary was changed")
		}
		if _, _, err := series.JudgeNational(n, "tonnes", nil, nil, ""); err == nil {
			t.Error("another unit is taken")
		}
		if _, _, err := series.JudgeNational(n, "", map[int]series.Written{2030: {Value: 1}}, map[int]series.Written{2030: {Value: 2}}, ""); err == nil {
			t.Error("a target that is not after the last value is taken")
		}
	})
}

// A figure's page says how it was made, and says no to what is not one.
func TestEveryFigureExplainsItself(t *testing.T) {
	b, ctx := book(t), context.Background()
	place := func(ref string) (string, string, error) { return "Grand Est", "/regions/grand-est", nil }
	e, err := b.Explain(ctx, nil, place, "serie/conso-fossile-agriculture/region:44/2019")
	if err != nil || !strings.Contains(e.Numbers, "3711") && !strings.Contains(e.Numbers, "3\u202f711") || e.Figure.Unit != "TWh" || e.Figure.Value != 3.711 || e.Page != "/regions/grand-est/tendances/conso-fossile-agriculture" {
		t.Errorf("%+v %v", e, err)
	}
	p, err := b.Explain(ctx, nil, place, "serie/conso-fossile-agriculture/region:44/rythme")
	if err != nil || len(p.Inputs) != 2 || p.Figure.Class != "computed" {
		t.Errorf("%+v %v", p, err)
	}
	for _, key := range []string{"serie", "serie/rien/region:44/2019", "serie/part-bio/region:44", "serie/part-bio/region:44/1900", "serie/part-bio/region:44/02019", "serie/part-bio/region:44/2019/x"} {
		if _, err := b.Explain(ctx, nil, place, key); err == nil {
			t.Errorf("%s is a figure", key)
		}
	}
}
