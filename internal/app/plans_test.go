package app

import (
	"context"
	"strings"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

const planHead = "plan;territoire;nom;adoption;statut;levier;mesure;année de départ;valeur de départ;année visée;valeur visée;unité;page;source\n"

// A team's table of plans is read, applied, applied again without doubles, then
// corrected: the older value stays in the versions.
func TestPlansComeInFromATable(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		c := coreOn(d)
		head := strings.Replace(planHead, "levier;", "levier;indicateur;", 1)
		text := head +
			"SRADDET;44;SRADDET Grand Est;2020-01-24;en vigueur;gestion-haies;;gain;2019;;2030;4 000;km;112;Région\n" +
			"SRADDET;44;SRADDET Grand Est;2020-01-24;en vigueur;Voitures électriques;;niveau;2019;7,821;2030;459,7;milliers de véhicules;80;Région\n" +
			"PCAET;246700488;Plan climat 2030;2019-12-20;;residentiel-gaz;;niveau;2019;512000;2030;290000;tCO2e;12;Eurométropole\n"
		r := ImportRequest{Kind: "plans", Path: file(t, "plans.csv", text+"PCAET;246700488;Plan climat 2030;2019-12-20;;;;niveau;2017;1;2030;2;nids;12;x\n"), Apply: true}
		if _, err := c.Import(ctx, r); err == nil || rowsIn(t, d, "plan") != 0 {
			t.Fatalf("an objective of nothing was kept: %v", err)
		}
		text += "PCAET;246700488;Plan climat 2030;2019-12-20;;;Nids d’hirondelles;niveau;2017;1;2030;2;nids;12;Eurométropole\n"
		r.Path = file(t, "plans.csv", text)
		o, err := c.Import(ctx, r)
		if err != nil || !o.Applied || !strings.Contains(o.String(), "Plans créés\u00a0: 2\u00a0; objectifs ajoutés\u00a0: 4") || !strings.Contains(o.String(), "unité «\u00a0nids\u00a0» inconnue") {
			t.Fatalf("%v\n%s", err, o)
		}
		r.Again = true
		if o, err = c.Import(ctx, r); err != nil || !strings.Contains(o.String(), "Plans créés\u00a0: 0\u00a0; objectifs ajoutés\u00a0: 0\u00a0; modifiés\u00a0: 0\u00a0; inchangés\u00a0: 4") {
			t.Fatalf("again: %v\n%s", err, o)
		}
		r.Path = file(t, "plans.csv", strings.Replace(text, "4 000", "4 500", 1))
		if o, err = c.Import(ctx, r); err != nil || !strings.Contains(o.String(), "modifiés\u00a0: 1") || rowsIn(t, d, "plan_objective") != 4 || rowsIn(t, d, "plan_objective_version") != 5 {
			t.Fatalf("corrected: %v\n%s", err, o)
		}

		m, err := c.Model(ctx)
		if err != nil {
			t.Fatal(err)
		}
		p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: "44"})
		if err != nil {
			t.Fatal(err)
		}
		x := comparison(t, c, m, p)
		if x.Compared != 2 || x.Summed != 1 || len(x.Aside) != 1 {
			t.Errorf("%d compared, %d summed, %d aside", x.Compared, x.Summed, len(x.Aside))
		}
		for _, l := range x.Lines {
			switch l.Line.Lever.Code {
			case "voitures-electriques":
				if !l.Gap.Known || l.Gap.V > 1 || l.Gap.V < -1 {
					t.Errorf("the panorama's own target is %v away from it", l.Gap)
				}
			case "residentiel-gaz":
				if !l.Sum.Kt.Known || l.Sum.Kt.V < 221 || l.Sum.Kt.V > 223 || l.Sum.Covered < 500_000 || l.Sum.Covered >= l.Sum.Population || l.Gap.Known {
					t.Errorf("%+v", l.Sum)
				}
			}
			if !l.Gap.Known && l.Gap.Reason == "" || !l.Ambition.Kt.Known && l.Ambition.Kt.Reason == "" {
				t.Errorf("%s: missing without a reason", l.Line.Lever.Code)
			}
		}
	})
}

func comparison(t *testing.T, c *Core, m *panorama.Model, p panorama.Panorama) plan.Comparison {
	t.Helper()
	ctx := context.Background()
	plans, err := plan.OfRegion(ctx, c.DB, p.Territory.Ref.Code)
	if err != nil {
		t.Fatal(err)
	}
	all, err := plan.ObjectivesIn(ctx, c.DB, p.Territory.Ref.Code)
	if err != nil {
		t.Fatal(err)
	}
	x, err := plan.Compare(m, p, plans, all, func(id string) ([]int32, error) { return territory.MembersOf(ctx, c.DB, m.Tree(), id) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestBadPlansAreRefusedAtTheirPlace(t *testing.T) {
	c := coreOn(testkit.DB(t))
	row := func(cells ...string) string { return planHead + strings.Join(cells, ";") + "\n" }
	ok := []string{"SRADDET", "44", "SRADDET", "2020-01-24", "en vigueur", "gestion-haies", "gain", "2019", "", "2030", "4000", "km", "112", "Région"}
	with := func(i int, value string) string {
		cells := append([]string{}, ok...)
		cells[i] = value
		return row(cells...)
	}
	for _, tt := range []struct{ name, text, place, says string }{
		{"unknown kind", with(0, "plan quinquennal"), "colonne\u00a01", "SRADDET, SDRIF-E"},
		{"unknown territory", with(1, "999999999"), "colonne\u00a02", "territoire inconnu"},
		{"a regional document of an EPCI", with(1, "246700488"), "colonne\u00a02", "celui d’une région"},
		{"a date", with(3, "24/01/2020"), "colonne\u00a04", "2020-01-24"},
		{"unknown state", with(4, "presque"), "colonne\u00a05", "statut inconnu"},
		{"unknown lever", with(5, "hirondelles"), "colonne\u00a06", "levier inconnu"},
		{"a lever of two names", with(5, "Changement de chaudière à gaz"), "colonne\u00a06", "plusieurs leviers"},
		{"neither level nor gain", with(6, "vite"), "colonne\u00a07", "niveau"},
		{"target before base", with(9, "2012"), "ligne\u00a02", "doit suivre"},
		{"not a number", with(10, "beaucoup"), "colonne\u00a011", "pas un nombre"},
		{"no unit", with(11, ""), "colonne\u00a012", "doit être remplie"},
		{"twice", row(ok...) + strings.Join(ok, ";") + "\n", "ligne\u00a03", "en double"},
		{"described twice", row(ok...) + strings.Join(append(append([]string{}, ok[:3]...), append([]string{"2021-01-01", "en vigueur", "biogaz"}, ok[6:]...)...), ";") + "\n", "ligne\u00a03", "même façon"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, err := c.Import(context.Background(), ImportRequest{Kind: "plans", Path: file(t, "plans.csv", tt.text), Apply: true})
			if apperr.KindOf(err) != apperr.Invalid || !strings.Contains(o.String(), tt.place) || !strings.Contains(o.String(), tt.says) {
				t.Errorf("%v\n%s", err, o)
			}
		})
	}
	if n := rowsIn(t, c.DB, "plan"); n != 0 {
		t.Errorf("%d plans kept", n)
	}
}
