package coverage

import (
	"context"
	"math"
	"slices"

	"jalon/internal/action"
	"jalon/internal/db"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// LineOf is a lever in the panorama of a region, by which the impact of an action is
// computed; one that the panorama does not hold has no ratio.
func LineOf(m *panorama.Model, region, lever string) (panorama.Line, error) {
	p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: region})
	if err != nil {
		return panorama.Line{}, err
	}
	for _, l := range p.Lines {
		if l.Lever.Code == lever {
			return l, nil
		}
	}
	out := panorama.Line{Equiv: panorama.Equivalent{Reason: "hors du panorama"}}
	if out.Lever, err = m.Framework().Lever(lever); err != nil {
		out.Lever.Code, err = lever, nil
	}
	return out, err
}

// Held is what the impacts of an action of a region are held against: what its COP
// shared of each lever, else what the panorama offers.
func Held(ctx context.Context, q db.Q, m *panorama.Model, region string, places []action.Place) (func(panorama.Line) action.Against, error) {
	shared, err := objective.Ambition(ctx, q, m, region)
	if err != nil {
		return nil, err
	}
	whole := slices.ContainsFunc(places, func(p action.Place) bool { return p.Territory == "region:"+region })
	return func(line panorama.Line) action.Against {
		a := action.Against{Objective: line.Objective, Whole: whole}
		if e, ok := shared(line.Lever.Code); ok && e.Kt.Known {
			a.Objective = panorama.Amount{Kg: panorama.Kg(math.Round(e.Kt.V * panorama.KgPerKt)), Known: true}
		}
		return a
	}, nil
}
