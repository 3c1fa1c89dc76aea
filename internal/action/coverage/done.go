package coverage

import (
	"math"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// DoneOf turns the observed series of a lever into what was avoided since 2019: last
// value less that of 2019, by the ratio of the lever. The series must count the lever in
// the panorama's own unit and agree with it in 2019; of several, the one whose last value
// is the latest. A fall back is negative, and kept.
func DoneOf(line panorama.Line, at territory.Ref, book *series.Book, curves map[string]*series.Curve) Done {
	eq := line.Equiv
	d := Done{Territory: at.String(), Ratio: eq.Ratio, Unit: eq.Unit}
	without := func(reason string) Done { d.Kg = panorama.Amount{Reason: reason}; return d }
	if eq.Reason != "" || eq.Ratio == 0 {
		return without("Ce levier n’a pas ici d’unité que l’on sache convertir en kt\u00a0: aucune série ne peut dire ce qui est déjà fait.")
	}
	if eq.Kind == framework.Rate && at.Scale != territory.RegionS {
		return without("Ce levier se suit par une moyenne de la région, qui ne dit rien de l’un de ses territoires.")
	}
	target := series.Target{Value: eq.Target.V, Unit: eq.Unit, Year: series.Horizon}
	if eq.Start.Known {
		target.Base, target.BaseYear = eq.Start.V, action.Base
	}
	all := book.Catalogue.OfLever(line.Lever.Code)
	if len(all) == 0 {
		return without("Aucune série du catalogue ne mesure ce levier.")
	}
	reason := "Aucune des séries qui mesurent ce levier n’a de valeur dans ce territoire."
	for _, ind := range all {
		c := curves[ind.Code]
		if c == nil || c.Known() == 0 {
			continue
		}
		if ok, why := series.DefaultRules().Fits(c, target); !ok {
			if d.Indicator == nil {
				reason = "La série «\u00a0" + ind.Name + "\u00a0» ne se convertit pas en kt\u00a0: " + why + "."
			}
			continue
		}
		first, ok := c.In(action.Base)
		last, _ := c.Last()
		switch {
		case !ok:
			reason = "La série «\u00a0" + ind.Name + "\u00a0» n’a pas de valeur pour " + strconv.Itoa(action.Base) + "."
			continue
		case last.Year <= action.Base:
			reason = "La série «\u00a0" + ind.Name + "\u00a0» s’arrête en " + strconv.Itoa(last.Year) + "\u00a0: elle ne dit rien de ce qui s’est fait depuis."
			continue
		case d.Indicator != nil && last.Year <= d.Year:
			continue
		}
		kg := panorama.Kg(math.Round((last.Value - first.Value) / eq.Ratio * panorama.KgPerKt))
		d.Slack = panorama.Kg(math.Round(2 * c.Rounding() / math.Abs(eq.Ratio) * panorama.KgPerKt))
		d.Kg, d.Year, d.From, d.To, d.Indicator, d.Source = panorama.Amount{Kg: kg, Known: true}, last.Year, first.Value, last.Value, ind, c.Label
	}
	if d.Indicator == nil {
		return without(reason)
	}
	return d
}
