package objective

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/figure"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Side is one of the totals that a region's shared objectives are shown with.
type Side string

// The sides. Compared and Against are over the same levers, those for which both are
// known, so that their difference means something.
const (
	SharedTotal Side = "partage"  // all that is shared, as the gauge of a region shows it
	Compared    Side = "compare"  // of it, the levers that the panorama gives a value to
	Against     Side = "panorama" // what the panorama offers for those
)

const totals = "jauge"

// TotalKey is the permanent address of a total of what a region shared.
func TotalKey(side Side, region, cycle string) string {
	return keyOf(cycle, totals, string(side), "region:"+region)
}

// explainTotal adds up what both heads of a region shared, or what the panorama
// offers for the same levers.
func (m *Room) explainTotal(ctx context.Context, model *panorama.Model, side Side, c cop.COP, t territory.Territory, f figure.Figure, none error) (x figure.Explanation, err error) {
	x = figure.Explanation{Page: c.Path() + "/objectifs", Formula: "somme des leviers"}
	switch side {
	case SharedTotal:
		x.Title, x.Sentence = t.Name+"\u00a0: somme des objectifs partagés", "Somme exacte de ce que les deux têtes de la COP ont partagé, avant tout arrondi."
	case Compared:
		x.Title, x.Sentence = t.Name+"\u00a0: somme des objectifs partagés, pour les leviers que le panorama chiffre", "Somme exacte de ce que les deux têtes de la COP ont partagé, sur les leviers dont le panorama donne aussi la valeur."
	case Against:
		x.Title, x.Sentence = t.Name+"\u00a0: ce que le panorama propose pour les leviers partagés", "Somme exacte de ce que le panorama propose, sur les seuls leviers dont la COP a partagé l’objectif."
	default:
		return x, none
	}
	p, err := PlaceOf(ctx, m.DB, model, c, t.Ref)
	if err != nil {
		return x, err
	}
	rows, err := OfTerritory(ctx, m.DB, c.ID, t.Ref.String())
	if err != nil {
		return x, err
	}
	sum := panorama.Total{}
	for _, l := range p.Lines(rows, false) {
		if !l.Put() || !l.Reading.Value.Kg.Known || side != SharedTotal && !l.Line.Objective.Known {
			continue
		}
		in := figure.Input{Symbol: "+", Label: l.Lever.ShortName, Value: number(l.Reading.Value.Kg), Source: SharedName(l.Reading.On), Key: Key(l.Lever.Code, t.Ref.String(), c.Cycle)}
		kg := l.Reading.Value.Kg.Kg
		if side == Against {
			in.Value, in.Source, in.Key, kg = number(l.Line.Objective), "SGPE, juillet 2024", l.FigureKey, l.Line.Objective.Kg
		}
		x.Inputs, sum.Kg, sum.Known = append(x.Inputs, in), sum.Kg+kg, sum.Known+1
	}
	total := summed(sum)
	if total.Reason != "" {
		total.Reason = "aucun objectif n’est partagé dans cette région"
	} else {
		x.Numbers = sigma(sum, "leviers")
	}
	x.Notes = []string{"Rien de ce qui n’est que discuté n’y entre. Les sujets de biodiversité et de ressources n’ont pas de tonnes\u00a0: ils ne sont dans aucune somme."}
	x.Figure = valued(f, total)
	return x, nil
}
