package plan

import (
	"slices"

	"jalon/internal/french"
)

// unit is a way of writing a quantity: what it measures, and how many of the
// base unit of that dimension it holds.
type unit struct {
	name      string
	dimension string
	factor    float64
}

// carbon is the dimension of greenhouse gases, in kilotonnes a year.
const carbon = "ktCO₂e"

// units are what an objective may be written in, in the order of the form. The
// units of the levers are among them: what is not here is kept as written and
// compared with nothing.
var units = []unit{
	{"ktCO₂e", carbon, 1}, {"tCO₂e", carbon, 1e-3}, {"MtCO₂e", carbon, 1e3},
	{"TWh", "TWh", 1}, {"GWh", "TWh", 1e-3}, {"MWh", "TWh", 1e-6},
	{"milliers de véhicules", "véhicules", 1e3}, {"véhicules", "véhicules", 1},
	{"milliers de logements", "logements", 1e3}, {"logements", "logements", 1},
	{"bus et cars", "bus et cars", 1},
	{"Mtkm/an", "tkm/an", 1e6},
	{"kt", "t", 1e3}, {"t", "t", 1},
	{"kha/an", "ha/an", 1e3}, {"ha/an", "ha/an", 1},
	{"kha", "ha", 1e3}, {"ha", "ha", 1},
	{"milliers de km", "km", 1e3}, {"km", "km", 1},
	{"kg/hab", "kg/hab", 1}, {"L/100 km", "L/100 km", 1}, {"km/voiture", "km/voiture", 1}, {"kg/MWh", "kg/MWh", 1},
}

// synonyms are how files write the same units.
var synonyms = map[string]string{
	"kteqco2": "ktCO₂e", "kt co2e": "ktCO₂e", "kteq co2": "ktCO₂e", "ktco2eq": "ktCO₂e", "ktco2e": "ktCO₂e", "kt eqco2": "ktCO₂e",
	"teqco2": "tCO₂e", "tco2e": "tCO₂e", "tco2eq": "tCO₂e", "t co2e": "tCO₂e", "teq co2": "tCO₂e",
	"mteqco2": "MtCO₂e", "mtco2e": "MtCO₂e", "mt co2e": "MtCO₂e", "mtco2eq": "MtCO₂e",
	"vehicule": "véhicules", "vehicules": "véhicules", "voitures": "véhicules", "voitures electriques": "véhicules", "milliers de voitures": "milliers de véhicules",
	"logement": "logements", "hectares": "ha", "hectare": "ha", "ha par an": "ha/an", "kilometres": "km", "tonnes": "t", "bus": "bus et cars",
	"kg/habitant": "kg/hab", "kg/hab/an": "kg/hab", "l/100km": "L/100 km",
}

// Units lists the units that an objective may be written in.
func Units() []string {
	out := make([]string, len(units))
	for i, u := range units {
		out[i] = u.name
	}
	return out
}

// ParseUnit reads a unit as people and files write it; it reports false for one
// that nothing can be compared in, which is kept as written.
func ParseUnit(text string) (string, bool) {
	folded := french.Fold(text)
	for written, name := range synonyms {
		if french.Fold(written) == folded {
			return name, true
		}
	}
	i := slices.IndexFunc(units, func(u unit) bool { return french.Fold(u.name) == folded })
	if i < 0 {
		return text, false
	}
	return units[i].name, true
}

func findUnit(name string) (unit, bool) {
	i := slices.IndexFunc(units, func(u unit) bool { return u.name == name })
	if i < 0 {
		return unit{}, false
	}
	return units[i], true
}

// Convert brings a value from one unit to another; it reports false when they do
// not measure the same thing.
func Convert(v float64, from, to string) (float64, bool) {
	a, ok := findUnit(from)
	b, known := findUnit(to)
	if !ok || !known || a.dimension != b.dimension {
		return 0, false
	}
	return v * a.factor / b.factor, true
}

// IsCarbon reports whether a unit is a mass of greenhouse gases.
func IsCarbon(name string) bool {
	u, ok := findUnit(name)
	return ok && u.dimension == carbon
}

// Alike lists the units that measure the same thing as one, itself among them, and none
// for a unit that nothing can be compared in.
func Alike(name string) (out []string) {
	u, ok := findUnit(name)
	for _, x := range units {
		if ok && x.dimension == u.dimension {
			out = append(out, x.name)
		}
	}
	return out
}
