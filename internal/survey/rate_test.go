package survey

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/testkit"
)

// The worked example: two régions, one of them marked.
//
//	Région 84, close, communes invited: the région answered; of two départements
//	one answered; the métropole of Lyon, département and EPCI at once, answered; of
//	three other EPCI, one of them a métropole, two answered, not the métropole; of ten
//	communes four answered; a syndicat that the team added answered.
//	Région 11, open, communes not invited: the région did not answer; Paris,
//	département and commune at once, answered; an EPT answered.
func TestRatesOfAWorkedExample(t *testing.T) {
	row := func(region, dept string, mark CampaignState, communes bool, capacities string, metropole, counted, answered bool, n int64) RateRow {
		state := Invited
		if answered {
			state = Done
		}
		return RateRow{Region: region, Department: dept, Mark: mark, Communes: communes, Capacities: split(capacities), Metropole: metropole, Counted: counted, Answered: answered, State: state, N: n}
	}
	c, o := CampaignClosed, CampaignOpen
	got := RatesOf([]RateRow{
		row("84", "", c, true, "region", false, true, true, 1),
		row("84", "01", c, true, "departement", false, true, true, 1),
		row("84", "69", c, true, "departement", false, true, false, 1),
		row("84", "69", c, true, "departement epci", true, true, true, 1),
		row("84", "38", c, true, "epci", true, true, false, 1),
		row("84", "01", c, true, "epci", false, true, true, 2),
		row("84", "01", c, true, "commune", false, true, true, 4),
		row("84", "38", c, true, "commune", false, true, false, 6),
		row("84", "38", c, true, "commune", false, false, true, 1), // merged since
		row("84", "01", c, true, "", false, false, true, 1),
		row("11", "", o, false, "region", false, true, false, 1),
		row("11", "75", o, false, "departement commune", false, true, true, 1),
		row("11", "92", o, false, "ept", false, true, true, 1),
	})
	for name, x := range map[string][2]Rate{
		"total of 84":         {got.Regions["84"].Total, Rate{5, 7}},
		"régions of 84":       {got.Regions["84"].Regions, Rate{1, 1}},
		"départements of 84":  {got.Regions["84"].Departments, Rate{2, 3}},
		"EPCI of 84":          {got.Regions["84"].Groups, Rate{3, 4}},
		"métropoles of 84":    {got.Regions["84"].Metropoles, Rate{1, 2}},
		"communes of 84":      {got.Regions["84"].Communes, Rate{4, 10}},
		"added in 84":         {got.Regions["84"].Outside, Rate{1, 1}},
		"total of 11":         {got.Regions["11"].Total, Rate{1, 2}},
		"départements of 11":  {got.Regions["11"].Departments, Rate{1, 1}},
		"communes of 11":      {got.Regions["11"].Communes, Rate{}},
		"EPT of 11":           {got.Regions["11"].EPT, Rate{1, 1}},
		"nation":              {got.Nation.Total, Rate{5, 7}},
		"everyone":            {got.All.Total, Rate{6, 9}},
		"département 69":      {got.Departments["69"].Total, Rate{1, 2}},
		"département 01":      {got.Departments["01"].Total, Rate{3, 3}},
		"without département": {got.Departments[""].Total, Rate{1, 2}},
	} {
		if x[0] != x[1] {
			t.Errorf("%s: %+v, want %+v", name, x[0], x[1])
		}
	}
	if d := cmp.Diff([]string{"84"}, got.Marked); d != "" {
		t.Error(d)
	}
	if got.Regions["11"].Communes.Known() || got.All.All() != 22 {
		t.Errorf("%+v", got.All)
	}
}

// Corse, Paris and Lyon as the tree has them.
func TestTwoCapacitiesCountTwiceAndOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := sendingRoom(t, d, "94", "11", "84")
		want := map[string]RateSet{}
		for _, region := range []string{"94", "11", "84"} {
			c := s.campaign(t, region, false)
			rows, err := RateRows(t.Context(), d, cop.First, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			want[region] = RatesOf(rows).Regions[region]
		}
		if x := want["94"]; x.Regions.Authorities != 1 || x.Departments.Authorities != 1 || x.Total.Authorities != 1+x.Groups.Authorities {
			t.Errorf("Corse: %+v", x)
		}
		if x := want["11"]; x.Departments.Authorities != 8 || x.EPT.Authorities != 11 || x.Total.Authorities != 1+8+x.Groups.Authorities || x.Communes.Known() {
			t.Errorf("Île-de-France: %+v", x)
		}
		if x := want["84"]; x.Departments.Authorities != 13 || x.Total.Authorities != 1+13+x.Groups.Authorities-1 {
			t.Errorf("Auvergne-Rhône-Alpes: %+v", x)
		}
	})
}

func TestRatesAreFiguresAndAPastDayIsTold(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := t.Context(), sendingRoom(t, d, "94")
		c := s.campaign(t, "94", false)
		s.address(t, c)
		c = s.open(t, c)
		e, err := s.Explain(ctx, RateKey(cop.First, "nation", "total"))
		if err != nil || e.Figure.Class != figure.Missing || e.Figure.Reason == "" {
			t.Fatalf("no region is marked: %+v, %v", e.Figure, err)
		}
		first := s.clock.at
		s.validate(t, s.response(t, c, "corse"), first.Add(time.Hour))
		s.validate(t, s.response(t, c, "epci-242010056"), first.Add(25*time.Hour))
		s.clock.at = first.Add(48 * time.Hour)
		if c, err = s.Turn(ctx, teamOf("94"), c.ID, c.Rev, CloseIt, "", ""); err != nil {
			t.Fatal(err)
		}
		if e, err = s.Explain(ctx, RateKey(cop.First, "region:94", "total")); err != nil || e.Numbers != "2 ÷ 20 = 10\u00a0%" || e.Page != "/regions/corse/questionnaire" {
			t.Errorf("%q %q %v", e.Numbers, e.Page, err)
		}
		if e, err = s.Explain(ctx, RateKey(cop.First, "nation", "total")); err != nil || e.Figure.Value != 10 || len(e.Inputs) != 1 {
			t.Errorf("%+v, %v", e, err)
		}
		if e, err = s.Explain(ctx, RateKey(cop.First, "department:2A", "epci")); err != nil || !e.Figure.Known() {
			t.Errorf("%+v, %v", e.Figure, err)
		}
		for _, key := range []string{"questionnaire/taux/2024/region:99/total", "questionnaire/taux/1999/nation/total", "questionnaire/taux/" + cop.First + "/nation/autre", "questionnaire/taux"} {
			_, err := s.Explain(ctx, key)
			isKind(t, key, err, apperr.NotFound)
		}
		curve, err := Curve(ctx, d, cop.First, []string{c.ID})
		if diff := cmp.Diff([]DayCount{{"2026-03-02", 1, 1}, {"2026-03-03", 1, 2}}, curve); diff != "" || err != nil {
			t.Error(err, diff)
		}
		rows, err := RatesAt(ctx, d, cop.First, first.Add(12*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if x := RatesOf(rows); x.Regions["94"].Total != (Rate{1, 20}) || len(x.Marked) != 0 {
			t.Errorf("%+v", x)
		}
		if rows, err = RatesAt(ctx, d, cop.First, first.Add(-12*time.Hour)); err != nil || len(rows) != 0 {
			t.Errorf("before the campaign: %d rows, %v", len(rows), err)
		}
	})
}
