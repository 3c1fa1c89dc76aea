package series

import "math"

// Horizon is the year that targets are for.
const Horizon = 2030

// Pace is a change a year, in the unit of the indicator, between two known
// values of whole years.
type Pace struct {
	PerYear  float64
	From, To int
	Known    bool
}

// Years is the length that a pace was measured over.
func (p Pace) Years() int { return p.To - p.From }

// PaceOver is the pace over exactly n years up to the last value; unknown when
// the first of them has no value.
func (c *Curve) PaceOver(n int) Pace {
	last, ok := c.Last()
	if !ok || n < 1 {
		return Pace{}
	}
	first, ok := c.In(last.Year - n)
	if !ok {
		return Pace{}
	}
	return Pace{PerYear: (last.Value - first.Value) / float64(n), From: first.Year, To: last.Year, Known: true}
}

// JudgedPace is the pace that a verdict is given on: three years, else two, else
// four, else one (Rules.Windows).
func (c *Curve) JudgedPace(r Rules) Pace {
	for _, n := range r.Windows {
		if p := c.PaceOver(n); p.Known {
			return p
		}
	}
	return Pace{}
}

// Required is the pace from the last value to a target: what is left divided by
// the years left. It is unknown once the year of the target has come.
func (c *Curve) Required(target float64, year int) Pace {
	last, ok := c.Last()
	if !ok || year <= last.Year {
		return Pace{}
	}
	return Pace{PerYear: (target - last.Value) / float64(year-last.Year), From: last.Year, To: year, Known: true}
}

// Recompute makes a ratio from its two terms: numerator over denominator in the
// years where both are known, in percent when the indicator is one. It returns
// nil when no year has both: a ratio is never an average of ratios.
func Recompute(ratio *Indicator, numerator, denominator *Curve) *Curve {
	if ratio.Kind != Ratio || numerator == nil || denominator == nil {
		return nil
	}
	out := &Curve{Indicator: ratio, Territory: numerator.Territory, Edition: numerator.Edition, Label: numerator.Label, Source: numerator.Source, At: numerator.At, Terms: [2]*Curve{numerator, denominator}}
	scale := ratio.Factor
	if ratio.Percent() {
		scale *= 100
	}
	for _, n := range numerator.Points {
		d, ok := denominator.In(n.Year)
		if !ok || !n.Known || n.Partial || d.Value == 0 {
			continue
		}
		v := n.Value / numerator.Indicator.Factor / (d.Value / denominator.Indicator.Factor) * scale
		if math.IsInf(v, 0) || math.IsNaN(v) {
			continue
		}
		out.Points = append(out.Points, Point{Year: n.Year, Value: v, Known: true})
	}
	if len(out.Points) == 0 {
		return nil
	}
	return out
}

// Sum adds the curves of territories that make one: a year counts only when each
// has a value of the same edition. A ratio or an index is never added.
func Sum(territory string, parts []*Curve) *Curve {
	if len(parts) == 0 || parts[0] == nil || parts[0].Indicator.Kind != Quantity {
		return nil
	}
	out := &Curve{Indicator: parts[0].Indicator, Territory: territory, Edition: parts[0].Edition, Label: parts[0].Label, Source: parts[0].Source, At: parts[0].At}
	for _, p := range parts[0].Points {
		sum, whole := 0.0, true
		for _, c := range parts {
			if c == nil || c.Indicator.Code != out.Indicator.Code || c.Edition != out.Edition {
				return nil
			}
			q, ok := c.In(p.Year)
			sum, whole = sum+q.Value, whole && ok
		}
		if whole {
			out.Points = append(out.Points, Point{Year: p.Year, Value: sum, Known: true})
		}
	}
	if len(out.Points) == 0 {
		return nil
	}
	return out
}

// Complete adds the ratios that no edition publishes for a territory and that
// their two terms, when both are there, let one recompute.
func (b *Book) Complete(curves map[string]*Curve) {
	for i := range b.Catalogue.list {
		ind := &b.Catalogue.list[i]
		if ind.Kind != Ratio || curves[ind.Code] != nil {
			continue
		}
		if c := Recompute(ind, curves[ind.Numerator], curves[ind.Denominator]); c != nil {
			curves[ind.Code] = c
		}
	}
}
