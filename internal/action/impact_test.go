package action_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

func grandEst(t *testing.T) map[string]panorama.Line {
	t.Helper()
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	fw, err := framework.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	m, err := panorama.FromObservations(tree, fw, data.FS, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: "44"})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]panorama.Line{}
	for _, l := range p.Lines {
		out[l.Lever.Code] = l
	}
	return out
}

func num(v float64) *float64 { return &v }

// The hedges of Grand Est: 4 000 km, in the lever's unit or in another that measures the
// same, are 75 % of the 5 316 km that the objective stands for.
func TestComputeRealHedges(t *testing.T) {
	line := grandEst(t)["gestion-haies"]
	for _, in := range []action.Impact{
		{Class: action.Quantified, Quantity: num(4000), Unit: "km", Gross: true},
		{Class: action.Quantified, Quantity: num(4), Unit: "milliers de km", Gross: true},
	} {
		out, remarks, err := action.Compute(in, line, action.Against{Objective: line.Objective})
		if err != nil {
			t.Fatal(err)
		}
		// 4 thousand km / 0.0333 thousand km per kt = 120.120 120 kt; 120.12 / 159.6543 = 75.2 %.
		if *out.Kg != 120_120_120 {
			t.Errorf("%s: %d kg", in.Unit, *out.Kg)
		}
		if part := float64(*out.Kg) / float64(line.Objective.Kg); math.Abs(part-4000.0/5316) > 0.001 {
			t.Errorf("part of the objective: %v", part)
		}
		if len(remarks) != 1 || remarks[0].Field != "gross" {
			t.Errorf("a gross quantity is not said: %v", remarks)
		}
	}
}

func TestComputeRefusesAndSays(t *testing.T) {
	lines := grandEst(t)
	hedges, boilers, rate, none := lines["gestion-haies"], lines["residentiel-fioul"], lines["efficacite-carburants-vehicules"], lines["production-industrielle"]
	q := func(v float64, unit string) action.Impact {
		return action.Impact{Class: action.Quantified, Quantity: num(v), Unit: unit}
	}
	for name, x := range map[string]struct {
		in    action.Impact
		line  panorama.Line
		field string
		says  string
	}{
		"unit of another measure": {q(3, "ha"), hedges, "unit", "milliers de km, km"},
		"unit nobody knows":       {q(3, "brassées"), hedges, "unit", "unités acceptées"},
		"no unit":                 {q(3, ""), hedges, "unit", "unités acceptées"},
		"no quantity":             {action.Impact{Class: action.Quantified, Unit: "km"}, hedges, "quantity", "pas un zéro"},
		"not a number":            {q(math.NaN(), "km"), hedges, "quantity", "nombre"},
		"low above central":       {action.Impact{Class: action.Quantified, Quantity: num(3), Low: num(4), Unit: "km"}, hedges, "low", "basse"},
		"high under central":      {action.Impact{Class: action.Quantified, Quantity: num(3), High: num(2), Unit: "km"}, hedges, "high", "haute"},
		"more than the nation":    {q(4_000_000, "milliers de km"), hedges, "quantity", "vérifiez l’unité"},
		"a rate in one place":     {q(-0.5, "L/100 km"), rate, "unit", "moyenne"},
		"own factor, no source":   {action.Impact{Class: action.Quantified, Quantity: num(3), Unit: "km", Own: true, Factor: 30_000}, hedges, "source", "source"},
		"own factor of nothing":   {action.Impact{Class: action.Quantified, Quantity: num(3), Unit: "km", Own: true, Source: "x"}, hedges, "factor", "facteur"},
		"kt without how":          {q(3, "ktCO₂e"), none, "how", "calcul"},
		"qualitative, no words":   {action.Impact{Class: action.Qualitative, How: "oui"}, hedges, "how", "phrase"},
		"no class":                {action.Impact{}, hedges, "class", "chiffré"},
		"ramp out of order":       {action.Impact{Class: action.Quantified, Quantity: num(3), Unit: "km", Ramp: []action.Ramp{{2027, 100}, {2026, 200}}}, hedges, "ramp", "se suivent"},
		"ramp not whole in 2030":  {action.Impact{Class: action.Quantified, Quantity: num(3), Unit: "km", Ramp: []action.Ramp{{2030, 100}}}, hedges, "ramp", "100"},
	} {
		_, _, err := action.Compute(x.in, x.line, action.Against{Objective: x.line.Objective})
		var f *action.Fault
		if !errors.As(err, &f) || f.Field != x.field || !strings.Contains(f.Message, x.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Fewer boilers are avoided emissions, and the range follows.
	out, _, err := action.Compute(action.Impact{Class: action.Quantified, Quantity: num(-1000), Low: num(-1500), High: num(-500), Unit: "logements"}, boilers, action.Against{})
	if err != nil || *out.Kg <= 0 || *out.KgLow >= *out.Kg || *out.KgHigh <= *out.Kg {
		t.Errorf("boilers: %+v, %v", out, err)
	}
	// The same with a plus sign is an increase, taken and said.
	out, remarks, err := action.Compute(q(1000, "logements"), boilers, action.Against{})
	if err != nil || *out.Kg >= 0 || len(remarks) != 1 || !strings.Contains(remarks[0].Text, "signe moins") {
		t.Errorf("more boilers: %v, %v", remarks, err)
	}
	// An average of the region moves for an action on the whole region.
	if out, _, err = action.Compute(q(-0.1, "L/100 km"), rate, action.Against{Whole: true}); err != nil || *out.Kg <= 0 {
		t.Errorf("a rate of the whole region: %+v, %v", out.Kg, err)
	}
	// Above the whole objective: asked once, then taken and marked.
	var u *action.Unconfirmed
	big := q(6000, "km")
	if _, _, err = action.Compute(big, hedges, action.Against{Objective: hedges.Objective}); !errors.As(err, &u) || u.Objective != hedges.Objective.Kg {
		t.Errorf("above the objective: %v", err)
	}
	if out, _, err = action.Compute(big, hedges, action.Against{Objective: hedges.Objective, Confirmed: true}); err != nil || !out.Above {
		t.Errorf("confirmed: %v, %v", out.Above, err)
	}
	// Nothing that is not quantified has a mass.
	out, _, err = action.Compute(action.Impact{Class: action.Unassessed, Quantity: num(3), Unit: "km"}, hedges, action.Against{})
	if err != nil || out.Kg != nil || out.Quantity != nil {
		t.Errorf("not assessed: %+v, %v", out, err)
	}
}

func TestRampByYear(t *testing.T) {
	p := action.Impact{}
	for year, want := range map[int]int64{2024: 0, 2025: 2_500, 2026: 5_000, 2028: 10_000, 2030: 10_000} {
		if got, ok := p.At(year, "2025-03", "2028"); !ok || got != want {
			t.Errorf("%d: %d, %v", year, got, ok)
		}
	}
	if _, ok := p.At(2026, "", ""); ok {
		t.Error("without a first year nothing is known")
	}
	p.Ramp = []action.Ramp{{2026, 2_000}, {2028, 8_000}}
	for year, want := range map[int]int64{2024: 0, 2025: 1_000, 2026: 2_000, 2027: 5_000, 2028: 8_000, 2029: 9_000, 2030: 10_000} {
		if got, ok := p.At(year, "2025", ""); !ok || got != want {
			t.Errorf("ramp, %d: %d, %v", year, got, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(2015, 2035).Draw(t, "from")
		to := rapid.IntRange(2015, 2040).Draw(t, "to")
		last := int64(0)
		for y := 2010; y <= 2045; y++ {
			got, ok := action.Impact{}.At(y, itoa(from), itoa(to))
			if !ok || got < last || got > 10_000 {
				t.Fatalf("%d–%d at %d: %d after %d", from, to, y, got, last)
			}
			last = got
		}
		if last != 10_000 {
			t.Fatalf("never whole: %d", last)
		}
	})
}

func itoa(v int) string {
	return string([]byte{byte('0' + v/1000), byte('0' + v/100%10), byte('0' + v/10%10), byte('0' + v%10)})
}

// A share is to the nearest kg, and what is shared in parts is never a kg off each.
func TestShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kg := panorama.Kg(rapid.Int64Range(-1e12, 1e12).Draw(t, "kg"))
		part := rapid.Int64Range(0, 10_000).Draw(t, "part")
		a, b := action.Share(kg, part), action.Share(kg, 10_000-part)
		if d := a + b - kg; d < -1 || d > 1 {
			t.Fatalf("%d + %d ≠ %d", a, b, kg)
		}
	})
}
