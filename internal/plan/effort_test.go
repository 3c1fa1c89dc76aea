package plan

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jalon/data"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

func lines(t *testing.T, region string) map[string]panorama.Line {
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
	p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: region})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]panorama.Line{}
	for _, l := range p.Lines {
		out[l.Lever.Code] = l
	}
	return out
}

func aim(lever string, gain bool, baseYear int, base float64, targetYear int, target float64, unit string) Objective {
	o := Objective{Lever: lever, Gain: gain, BaseYear: baseYear, TargetYear: targetYear, Target: target, Unit: unit}
	if !math.IsNaN(base) {
		o.Base = known(base)
	}
	return o
}

var none = math.NaN()

// near holds to what the ratios of the panorama carry.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9+math.Abs(b)*2e-3 }

func TestAPlanIsBroughtToThePanorama(t *testing.T) {
	grandEst := lines(t, "44")
	for _, c := range []struct {
		name  string
		lever string
		all   []Objective
		below bool
		kt    float64 // NaN when missing
		level float64
		says  string
	}{
		// The panorama's own target, written as a plan would: the same effort.
		{"the same target", "voitures-electriques", []Objective{aim("", false, 2019, 7.821, 2030, 459.7, "milliers de véhicules")}, false, 966.14, 459.7, "mis en kt"},
		{"in single vehicles", "voitures-electriques", []Objective{aim("", false, 2019, 7821, 2030, 459_700, "véhicules")}, false, 966.14, 459.7, "converti de véhicules"},
		{"no start: the panorama's", "voitures-electriques", []Objective{aim("", false, 2019, none, 2030, 459.7, "milliers de véhicules")}, false, 966.14, 459.7, "pris dans le panorama"},
		{"no start, under the region", "voitures-electriques", []Objective{aim("", false, 2019, none, 2030, 5, "milliers de véhicules")}, true, none, 5, "valeur de départ"},
		{"emissions, by a straight line", "production-industrielle", []Objective{aim("", false, 2015, 1000, 2035, 600, "ktCO₂e")}, false, 220, none, "2019 lu en ligne droite entre 2015 (1\u202f000) et 2035 (600)"},
		{"in tonnes", "production-industrielle", []Objective{aim("", false, 2019, 1e6, 2030, 8e5, "tCO₂e")}, false, 200, none, "converti de tCO₂e"},
		{"several years are one path", "production-industrielle", []Objective{aim("", false, 2019, 1000, 2025, 900, "ktCO₂e"), aim("", false, 2019, 1000, 2035, 700, "ktCO₂e")}, false, 200, none, "entre 2025 (900) et 2035 (700)"},
		{"too short", "production-industrielle", []Objective{aim("", false, 2019, 1000, 2026, 900, "ktCO₂e")}, false, none, none, "l’échéance du plan est 2026"},
		{"too late a start", "production-industrielle", []Objective{aim("", false, 2021, 1000, 2030, 900, "ktCO₂e")}, false, none, none, "part de 2021 et ne dit rien de 2019"},
		{"two values for one year", "production-industrielle", []Objective{aim("", false, 2019, 1000, 2030, 900, "ktCO₂e"), aim("", false, 2019, 990, 2030, 900, "ktCO₂e")}, false, none, none, "deux valeurs pour 2019"},
		{"two units", "production-industrielle", []Objective{aim("", false, 2019, 1000, 2030, 900, "ktCO₂e"), aim("", false, 2019, 1, 2035, 0.8, "MtCO₂e")}, false, none, none, "plusieurs unités"},
		{"another unit", "voitures-electriques", []Objective{aim("", false, 2019, 1, 2030, 2, "TWh")}, false, none, none, "le plan compte en «\u00a0TWh\u00a0»"},
		{"a lever without unit", "biogaz", []Objective{aim("", false, 2019, 1, 2030, 2, "TWh")}, false, none, none, "pas d’unité physique"},
		// Grand Est: 4 000 km of hedges in its roadmap against 5 300 in the panorama, 75 %.
		{"hedges, counted from 2020", "gestion-haies", []Objective{aim("", true, 2020, none, 2030, 4000, "km")}, false, 0.75, none, "ce qui a été gagné avant n’y est pas"},
		{"fewer boilers, written as a gain", "residentiel-fioul", []Objective{aim("", true, 2019, none, 2030, 277.7, "milliers de logements")}, false, 1083.6, 89.7, "mis en kt"},
		{"an average, under the region", "prevention-dechets", []Objective{aim("", false, 2019, 540, 2030, 480, "kg/hab")}, true, none, 480, "une moyenne de la région"},
	} {
		t.Run(c.name, func(t *testing.T) {
			line, ok := grandEst[c.lever]
			if !ok {
				t.Fatal("no such lever")
			}
			e := EffortOf(c.all, line, c.below)
			want := c.kt
			if c.lever == "gestion-haies" {
				want *= line.Objective.Kg.Kt()
			}
			if e.Kt.Known == math.IsNaN(want) || e.Kt.Known && !near(e.Kt.V, want) && c.lever != "gestion-haies" || c.lever == "gestion-haies" && math.Abs(e.Kt.V/line.Objective.Kg.Kt()-0.75) > 0.01 {
				t.Errorf("%+v kt, want %v", e.Kt, want)
			}
			if e.Level.Known == math.IsNaN(c.level) || e.Level.Known && !near(e.Level.V, c.level) {
				t.Errorf("level %+v, want %v", e.Level, c.level)
			}
			if all := strings.Join(e.Steps, "\n") + e.Kt.Reason; !strings.Contains(all, c.says) {
				t.Errorf("does not say %q: %q", c.says, all)
			}
			if !e.Kt.Known && e.Kt.Reason == "" || !e.Change.Known && e.Change.Reason == "" || !e.Level.Known && e.Level.Reason == "" {
				t.Errorf("something is missing without its reason: %+v", e)
			}
		})
	}
	if e := EffortOf(nil, grandEst["biogaz"], false); e.Kt.Known || e.Kt.Reason == "" {
		t.Errorf("%+v", e)
	}
}

// What the panorama asks, written in its own unit as a plan, is its own effort,
// for every lever that has a level.
func TestThePanoramaAsAPlanIsItself(t *testing.T) {
	n := 0
	for _, region := range []string{"44", "53", "11", "93", "04"} {
		for code, line := range lines(t, region) {
			eq := line.Equiv
			if !eq.Target.Known || !line.Objective.Known {
				continue
			}
			n++
			unit, ok := ParseUnit(line.Lever.UnitShort)
			if !ok {
				t.Errorf("%s: the unit of the lever, %q, is not one of those that objectives are written in", code, line.Lever.UnitShort)
				continue
			}
			e := EffortOf([]Objective{aim(code, false, 2019, eq.Start.V, 2030, eq.Target.V, unit)}, line, false)
			kt := line.Objective.Kg.Kt()
			// Levels are rounded to the digits of their ratio.
			slack := math.Abs(math.Pow10(-eq.Decimals)/eq.Ratio) + 1e-6
			if !e.Kt.Known || math.Abs(e.Kt.V-kt) > slack {
				t.Errorf("%s in %s: %+v, the panorama says %v (give or take %v)", code, region, e.Kt, kt, slack)
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d lines were compared", n)
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		text, want string
		known      bool
	}{
		{"tCO2e", "tCO₂e", true}, {"ktCO₂e", "ktCO₂e", true}, {"kteqCO2", "ktCO₂e", true}, {" twh ", "TWh", true}, {"Véhicules", "véhicules", true},
		{"KM", "km", true}, {"kg/habitant", "kg/hab", true}, {"parsecs", "parsecs", false}, {"", "", false},
	} {
		if got, known := ParseUnit(c.text); got != c.want || known != c.known {
			t.Errorf("%q: %q %v", c.text, got, known)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(Units()).Draw(t, "a"), rapid.SampledFrom(Units()).Draw(t, "b")
		v := rapid.Float64Range(-1e9, 1e9).Draw(t, "v")
		there, ok := Convert(v, a, b)
		back, ok2 := Convert(there, b, a)
		if ok != ok2 || ok && math.Abs(back-v) > math.Abs(v)*1e-9 {
			t.Fatalf("%v %s → %v %s → %v", v, a, there, b, back)
		}
	})
}
