package french

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// The typographic spaces of French: thousands take the narrow one, units and
// high punctuation the plain one. Neither breaks a line.
const (
	NarrowSpace = "\u202f"
	NoBreak     = "\u00a0"
	Minus       = "\u2212"
)

// Number writes v with the given count of decimals: «1 234,5», minus as U+2212.
// A result that rounds to zero carries no sign.
func Number(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', max(decimals, 0), 64)
	neg := v < 0 && strings.Trim(s, "0.") != ""
	whole, frac, _ := strings.Cut(s, ".")
	var b strings.Builder
	if neg {
		b.WriteString(Minus)
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(NarrowSpace)
		}
		b.WriteRune(r)
	}
	if frac != "" {
		b.WriteByte(',')
		b.WriteString(frac)
	}
	return b.String()
}

// Integer writes a count with its thousands apart: «34 969».
func Integer[T ~int | ~int32 | ~int64](n T) string { return Number(float64(n), 0) }

// Decimals returns how many decimals show v with n significant digits; it is
// negative when the last digits of the whole part are not significant.
func Decimals(v float64, n int) int {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	d := n - 1 - int(math.Floor(math.Log10(math.Abs(v))))
	// 9,996 with three digits becomes 10,0 : look again after rounding.
	if r := Round(v, d); r != 0 {
		d = n - 1 - int(math.Floor(math.Log10(math.Abs(r))))
	}
	return d
}

// Round rounds v half away from zero to a count of decimals that may be negative.
func Round(v float64, decimals int) float64 {
	p := math.Pow(10, math.Abs(float64(decimals)))
	if decimals >= 0 {
		return math.Round(v*p) / p
	}
	return math.Round(v/p) * p
}

// Significant writes v with n significant digits and no useless zero after the
// comma: 966,14 → «966», 0,012345 → «0,0123», 600,0 → «600».
func Significant(v float64, n int) string {
	d := Decimals(v, n)
	r := Round(v, d)
	for d > 0 && r == Round(r, d-1) {
		d--
	}
	return Number(r, d)
}

// Mass writes kilograms of CO₂e a year for a reader: value with three digits
// and its unit, «22,1» and «MtCO₂e», «966» and «ktCO₂e», «850» and «tCO₂e».
func Mass(kg int64) (value, unit string) {
	a := math.Abs(float64(kg))
	switch {
	case a >= 9.995e8: // shown as 1 000 kt or more
		return Significant(float64(kg)/1e9, 3), "MtCO₂e"
	case a >= 9.995e5:
		return Significant(float64(kg)/1e6, 3), "ktCO₂e"
	case a >= 999.5:
		return Significant(float64(kg)/1e3, 3), "tCO₂e"
	case kg == 0:
		return "0", "ktCO₂e"
	}
	return Significant(float64(kg), 3), "kgCO₂e"
}

// MassText is Mass in one string with its non-breaking space.
func MassText(kg int64) string {
	v, u := Mass(kg)
	return v + NoBreak + u
}

// Kt writes kilograms as kilotonnes with the given decimals: «966,1».
func Kt(kg int64, decimals int) string { return Number(float64(kg)/1e6, decimals) }

// Percent writes a ratio (0,123 for 12,3 %) with n significant digits.
func Percent(ratio float64, n int) string {
	return Significant(ratio*100, n) + NoBreak + "%"
}

var months = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}

// Date writes «27 mai 2024», and «1er mai 2024» for the first of a month.
func Date(t time.Time) string {
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = "1er"
	}
	return day + NoBreak + months[t.Month()-1] + NoBreak + strconv.Itoa(t.Year())
}

// Day writes «27 mai 2024» from «2024-05-27», and s itself when it is not a day.
func Day(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return Date(t)
}

// Month writes «juillet 2024» from «2024-07», and s itself when it is not one.
func Month(s string) string {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return s
	}
	return months[t.Month()-1] + NoBreak + strconv.Itoa(t.Year())
}

// Plural returns one when n is 0 or 1, many otherwise, as French counts.
func Plural[T ~int | ~int32 | ~int64](n T, one, many string) string {
	if n < 2 && n > -2 {
		return one
	}
	return many
}

// List joins words as a sentence does: «a, b et c».
func List(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " et " + words[len(words)-1]
}

// Fraction says a part as people do, «un quart», «plus d’un quart», when it is
// near enough to one, and as a percentage otherwise.
func Fraction(part float64) string {
	for _, f := range [...]struct {
		v    float64
		word string
	}{{0.1, "un dixième"}, {0.2, "un cinquième"}, {0.25, "un quart"}, {1.0 / 3, "un tiers"}, {0.5, "la moitié"}, {2.0 / 3, "les deux tiers"}, {0.75, "les trois quarts"}, {0.9, "les neuf dixièmes"}} {
		switch gap := part - f.v; {
		case gap > 0.03 || gap < -0.03:
		case gap > 0.01 && f.word[0] == 'u':
			return "plus d’" + f.word
		case gap < -0.01 && f.word[0] == 'u':
			return "près d’" + f.word
		case gap >= -0.01 && gap <= 0.01:
			return f.word
		}
	}
	return Percent(part, 2)
}

// When writes a day, a month or a year, as they are known: «14 mars 2025», «mars 2025»,
// «2025».
func When(day string) string {
	switch len(day) {
	case len("2006-01"):
		return Month(day)
	case len("2006-01-02"):
		return Day(day)
	}
	return day
}
