package panorama

import (
	"strings"

	"jalon/internal/framework"
	"jalon/internal/french"
)

// maxDigits bounds what an equivalent shows: the objectives themselves are not
// known better.
const maxDigits = 4

// significant counts the significant digits of a published number: «0.4677» → 4.
func significant(text string) int {
	s := strings.TrimLeft(strings.TrimPrefix(text, "-"), "0.")
	return min(maxDigits, max(1, len(strings.ReplaceAll(s, ".", ""))))
}

func blank(reason string) Value { return Value{Reason: reason} }

// noEquivalent is a lever without a physical unit here: «–» with the reason.
func noEquivalent(reason string) Equivalent {
	return Equivalent{Kind: framework.NoUnit, Start: blank(reason), Target: blank(reason), Change: blank(reason), Reason: reason}
}

// ToChange turns an objective into the change of the physical quantity.
func ToChange(kg Kg, ratio float64) float64 { return kg.Kt() * ratio }

// ToKg turns a change of the physical quantity into an objective; it reports
// false when the ratio is nothing.
func ToKg(change, ratio float64) (Kg, bool) {
	if ratio == 0 {
		return 0, false
	}
	kg := change / ratio * KgPerKt
	if kg < 0 {
		return Kg(kg - 0.5), true
	}
	return Kg(kg + 0.5), true
}

// equivalent is a lever in its physical unit in a region:
// 2030 = 2019 + kt × ratio when the lever is relative, else the change alone.
func (m *Model) equivalent(l framework.Lever, c Cell, o Amount) Equivalent {
	if !o.Known {
		return noEquivalent(o.Reason)
	}
	if c.RatioText == "" || c.Ratio == 0 {
		reason := c.UnitReason
		if reason == "" {
			reason = "Aucune unité physique n’est publiée pour ce levier."
		}
		return noEquivalent(reason)
	}
	unit := c.Unit
	if unit == "" {
		unit = l.Unit
	}
	e := Equivalent{Unit: unit, UnitShort: l.UnitShort, Kind: l.UnitKind, Ratio: c.Ratio, Relative: c.Relative}
	change := ToChange(o.Kg, c.Ratio)
	e.Decimals = max(0, french.Decimals(change, significant(c.RatioText)))
	e.Change = Value{V: french.Round(change, e.Decimals), Known: true}
	if !c.Relative || !c.Start.Known {
		reason := "La publication ne donne pour ce levier qu’une variation, sans point de départ en 2019."
		e.Start, e.Target = blank(reason), blank(reason)
		return e
	}
	e.Start = Value{V: french.Round(c.Start.V, e.Decimals), Known: true}
	e.Target = Value{V: french.Round(c.Start.V+change, e.Decimals), Known: true}
	return e
}

// below gives the equivalent of a territory under the region: the change of a
// quantity follows its kilograms; a rate is the region's own, and says so.
// parts holds the kilograms by region, for EPCI that lie in several.
func (m *Model) below(l framework.Lever, parts map[string]Kg, known bool, reason string) Equivalent {
	const noLevel = "Sous la région, la publication ne donne pas de point de départ : seule la variation se répartit."
	regions := sortedKeys(parts)
	var out Equivalent
	sum := 0.0
	for n, region := range regions {
		c, _ := m.ref.Cell(July, region, l.Code)
		e := m.equivalent(l, c, c.Objective)
		if e.Reason != "" {
			return e
		}
		if e.Kind == framework.Rate {
			if n > 0 && e.Change.V != out.Change.V {
				return noEquivalent("Ce territoire s’étend sur plusieurs régions, dont les moyennes diffèrent : une moyenne ne se calcule pas par addition.")
			}
			e.RegionAverage, e.Start, e.Target = true, blank(noLevel), blank(noLevel)
			out = e
			continue
		}
		change := ToChange(parts[region], c.Ratio)
		sum += change
		out = e
		out.Decimals = max(0, french.Decimals(sum, significant(c.RatioText)))
	}
	if out.Kind != framework.Rate {
		if !known {
			return noEquivalent(reason)
		}
		out.Change = Value{V: french.Round(sum, out.Decimals), Known: true}
		out.Start, out.Target = blank(noLevel), blank(noLevel)
	}
	return out
}

// nationEquivalent adds the quantities of the mainland regions; a rate, or a
// lever that one region gives without a unit, has no national equivalent.
func (m *Model) nationEquivalent(l framework.Lever) Equivalent {
	var out Equivalent
	var start, change float64
	digits, starts := maxDigits, true
	for _, r := range m.tree.MetropolitanRegions() {
		c, ok := m.ref.Cell(July, r.Code, l.Code)
		if !ok || !c.Objective.Known {
			continue
		}
		e := m.equivalent(l, c, c.Objective)
		if e.Reason != "" {
			return noEquivalent(e.Reason)
		}
		if e.Kind == framework.Rate {
			return noEquivalent("Une moyenne par voiture, par habitant ou par MWh ne s’additionne pas entre régions.")
		}
		out, digits = e, min(digits, significant(c.RatioText))
		start += c.Start.V
		change += ToChange(c.Objective.Kg, c.Ratio)
		starts = starts && c.Relative && c.Start.Known
	}
	out.Ratio = 0
	out.Decimals = max(0, french.Decimals(change, digits))
	out.Change.V = french.Round(change, out.Decimals)
	if starts {
		out.Start.V, out.Target.V = french.Round(start, out.Decimals), french.Round(start+change, out.Decimals)
	}
	return out
}
