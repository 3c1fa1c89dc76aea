package panorama

import (
	"math"
	"strconv"
	"strings"

	"jalon/internal/apperr"
)

// The arithmetic of the simulator. The browser does the same in simulator.js:
// every operation here is one that IEEE 754 fixes, in the same order, and the
// conversions to float64 keep a compiler from fusing a product and a sum.

// RoundTo rounds v half away from zero to a count of decimals that may be
// negative.
func RoundTo(v float64, decimals int) float64 {
	p := 1.0
	for range max(decimals, -decimals) {
		p *= 10
	}
	a := math.Abs(v)
	if decimals >= 0 {
		a = math.Floor(float64(a*p)+0.5) / p
	} else {
		a = math.Floor(a/p+0.5) * p
	}
	if v < 0 && a != 0 {
		return -a
	}
	return a
}

// Level is the physical level that a mass brings the lever to, with the
// decimals that its ratio carries: 2019 + kt × ratio when the lever is
// relative, else the change alone.
func Level(e Equivalent, kg Kg) float64 {
	change := float64(kg.Kt() * e.Ratio)
	if e.Relative {
		change = e.Start.V + change
	}
	return RoundTo(change, e.Decimals)
}

// MassOfLevel is the roundest mass that brings the lever to the level v: it
// has the fewest decimals of kt that give v back, so that what one types in
// the physical unit is what one reads again. The lever must have a unit.
func MassOfLevel(e Equivalent, v float64) Kg {
	v = RoundTo(v, e.Decimals)
	change := v
	if e.Relative {
		change = v - e.Start.V
	}
	kt := change / e.Ratio
	if math.Abs(kt) > 2*maxSimulated.Kt() {
		kt = math.Copysign(2*maxSimulated.Kt(), kt) // refused by Set, without overflow
	}
	for d := range 6 {
		if kg := Kg(RoundTo(RoundTo(kt, d)*KgPerKt, 0)); Level(e, kg) == v {
			return kg
		}
	}
	return Kg(RoundTo(kt*KgPerKt, 0))
}

// FieldKt writes a mass for a field: exact kt, decimal comma, no thousands
// mark, so that it can be corrected in place.
func FieldKt(kg Kg) string {
	return strings.Replace(queryKt(kg), ".", ",", 1)
}

// FieldObjective writes a starting value for a field with the few digits that
// a reader needs; the exact value stays in the simulation as long as the field
// is not changed.
func FieldObjective(kg Kg) string {
	a := math.Abs(kg.Kt())
	d := 1
	switch {
	case a < 1:
		d = 3
	case a < 10:
		d = 2
	}
	return FieldKt(Kg(RoundTo(RoundTo(kg.Kt(), d)*KgPerKt, 0)))
}

// FieldLevel writes a physical level for a field.
func FieldLevel(e Equivalent, kg Kg) string {
	return strings.Replace(strconv.FormatFloat(Level(e, kg), 'f', max(e.Decimals, 0), 64), ".", ",", 1)
}

// queryKt writes a mass for an address: exact kt, decimal point.
func queryKt(kg Kg) string {
	neg := kg < 0
	s := strconv.FormatInt(int64(max(kg, -kg)), 10)
	if len(s) < 7 {
		s = strings.Repeat("0", 7-len(s)) + s
	}
	out := s[:len(s)-6]
	if frac := strings.TrimRight(s[len(s)-6:], "0"); frac != "" {
		out += "." + frac
	}
	if neg {
		return "-" + out
	}
	return out
}

// spaces are what people and spreadsheets put between thousands.
var spaces = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "\t", "", "\u2212", "-")

// plainNumber reads what people type as a number: decimal comma or point,
// spaces between thousands, any minus; it returns digits with a point.
func plainNumber(typed string) (string, error) {
	if len(typed) > 64 {
		return "", apperr.Invalidf("Ce nombre est trop long.")
	}
	s := strings.TrimPrefix(spaces.Replace(strings.TrimSpace(typed)), "+")
	if strings.Contains(s, ",") {
		if strings.Contains(s, ".") || strings.Count(s, ",") > 1 {
			return "", apperr.Invalidf("« %s » a plusieurs signes décimaux\u00a0: écrivez par exemple 1234,5.", shown(typed))
		}
		s = strings.Replace(s, ",", ".", 1)
	}
	whole, frac, point := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if whole == "" || (point && frac == "") || !digits(whole) || !digits(frac) {
		return "", apperr.Invalidf("« %s » n’est pas un nombre\u00a0: écrivez par exemple 120 ou 120,5.", shown(typed))
	}
	if len(whole) > 12 {
		return "", apperr.Invalidf("Ce nombre est trop grand.")
	}
	return s, nil
}

// shown cuts a foreign text to what a message can hold.
func shown(s string) string {
	r := []rune(strings.ToValidUTF8(s, "\ufffd"))
	if len(r) > 24 {
		return string(r[:24]) + "…"
	}
	return string(r)
}

func digits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// ReadKt reads kilotonnes as people type them.
func ReadKt(typed string) (Kg, error) {
	s, err := plainNumber(typed)
	if err != nil {
		return 0, err
	}
	if _, frac, _ := strings.Cut(s, "."); len(strings.TrimRight(frac, "0")) > 6 {
		return 0, apperr.Invalidf("« %s » a plus de six décimales\u00a0: un kilogramme est le plus petit pas.", shown(typed))
	}
	return ParseKt(s)
}

// ReadLevel reads a physical level as people type it.
func ReadLevel(typed string) (float64, error) {
	s, err := plainNumber(typed)
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, apperr.New(apperr.Invalid, err, "« %s » n’est pas un nombre.", shown(typed))
	}
	return v, nil
}
