package plan

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/french"
)

// BaseYear and TargetYear are those of the panorama, to which every objective is
// brought before it is compared.
const (
	BaseYear   = 2019
	TargetYear = 2030
)

// Figure is a number that may be missing; Reason (French) then says why.
type Figure struct {
	V      float64
	Known  bool
	Reason string
}

func known(v float64) Figure { return Figure{V: v, Known: true} }

func missing(format string, args ...any) Figure { return Figure{Reason: fmt.Sprintf(format, args...)} }

// path is what the objectives of one plan say of one thing, year by year.
type path struct {
	unit   string
	gain   bool // counted from the base year, not a level
	points []point
}

type point struct {
	year int
	v    float64
}

// pathOf gathers the objectives of a plan that speak of the same thing: several
// years of one plan are one path. Two objectives that give one year two values
// are no path.
func pathOf(all []Objective) (path, string) {
	p := path{unit: all[0].Unit, gain: all[0].Gain}
	add := func(year int, v float64) string {
		for _, x := range p.points {
			if x.year == year && x.v != v {
				return fmt.Sprintf("le plan donne deux valeurs pour %d\u00a0: %s et %s", year, Number(x.v), Number(v))
			}
			if x.year == year {
				return ""
			}
		}
		p.points = append(p.points, point{year, v})
		return ""
	}
	for _, o := range all {
		if o.Unit != p.unit || o.Gain != p.gain {
			return p, "le plan donne ses objectifs dans plusieurs unités, ou tantôt en niveau, tantôt en gain"
		}
		base := o.Base
		if o.Gain && !base.Known {
			base = known(0) // a gain counts from its base year
		}
		if base.Known {
			if why := add(o.BaseYear, base.V); why != "" {
				return p, why
			}
		}
		if why := add(o.TargetYear, o.Target); why != "" {
			return p, why
		}
	}
	slices.SortFunc(p.points, func(a, b point) int { return a.year - b.year })
	return p, ""
}

// at reads the path in a year, on the straight line between the two years of the
// plan around it; how says so in French, and is empty when the plan gives the
// year itself. Outside its years a plan says nothing, and nothing is invented.
func (p path) at(year int) (v Figure, how string) {
	first, last := p.points[0], p.points[len(p.points)-1]
	switch {
	case year < first.year && len(p.points) == 1:
		return missing("le plan ne donne pas la valeur de départ"), ""
	case year < first.year:
		return missing("le plan part de %d et ne dit rien de %d", first.year, year), ""
	case year > last.year:
		return missing("l’échéance du plan est %d\u00a0: il ne dit rien de %d", last.year, year), ""
	}
	for i, x := range p.points {
		if x.year == year {
			return known(x.v), ""
		}
		if x.year > year {
			from := p.points[i-1]
			v := from.v + (x.v-from.v)*float64(year-from.year)/float64(x.year-from.year)
			return known(v), fmt.Sprintf("%d lu en ligne droite entre %d (%s) et %d (%s)\u00a0: %s %s", year, from.year, Number(from.v), x.year, Number(x.v), Number(v), p.unit)
		}
	}
	return missing("le plan ne dit rien de %d", year), ""
}

// Number writes a value with at most four significant digits, and no zero that
// says nothing at its end.
func Number(v float64) string { return brief(v, 4) }

// Exact writes a value as it was typed: up to ten digits.
func Exact(v float64) string { return brief(v, 10) }

func brief(v float64, digits int) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return french.Integer(int64(v))
	}
	text := french.Number(v, max(0, french.Decimals(v, digits)))
	if strings.Contains(text, ",") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ",")
	}
	return text
}

// years writes «de 2019 à 2030».
func years(from, to int) string { return "de " + strconv.Itoa(from) + " à " + strconv.Itoa(to) }
