package plan

import (
	"cmp"
	"context"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// Prefix is that of the keys of figures of this room.
const Prefix = "plan"

// Key is the permanent address of what a region's own document does for a lever.
func Key(lever, region string) string { return Prefix + "/" + lever + "/region:" + region }

// Own gives the targets that the own documents of a region set for its levers:
// the level that each leads to in 2030, in the unit of the lever. A territory
// under the region, and the nation, have none.
func Own(ctx context.Context, q db.Q, m *panorama.Model, ref territory.Ref) (_ panorama.Own, err error) {
	defer apperr.Wrap(&err, "plan.Own(%s)", ref)
	if ref.Scale != territory.RegionS {
		return panorama.NoOwn, nil
	}
	p, err := m.Of(ref)
	if err != nil {
		return nil, err
	}
	plans, err := OfRegion(ctx, q, ref.Code)
	if err != nil {
		return nil, err
	}
	plans = slices.DeleteFunc(plans, func(x Plan) bool { return !x.Kind.Regional() || !x.State.Holds() })
	if len(plans) == 0 {
		return panorama.NoOwn, nil // a page costs no more where nobody has entered a plan
	}
	all, err := ObjectivesIn(ctx, q, ref.Code)
	if err != nil {
		return nil, err
	}
	return Targets(p, plans, all), nil
}

// Targets brings the objectives of the own documents of a region to the levels
// that may judge a trend. A document that only counts a gain has no level where
// the panorama gives no starting point, and then judges nothing.
func Targets(p panorama.Panorama, plans []Plan, objectives []Objective) panorama.Own {
	by := map[string][]Objective{}
	for _, o := range objectives {
		by[o.Plan+"|"+o.Lever] = append(by[o.Plan+"|"+o.Lever], o)
	}
	out := map[string][]series.Target{}
	for _, line := range p.Lines {
		for _, x := range plans {
			own := by[x.ID+"|"+line.Lever.Code]
			if len(own) == 0 || !x.Kind.Regional() || !x.State.Holds() {
				continue
			}
			e := EffortOf(own, line, false)
			if !e.Level.Known || e.Unit == "" {
				continue
			}
			// The panorama's own words name the unit: a series is held against them.
			unit := cmp.Or(line.Equiv.Unit, line.Lever.Unit)
			t := series.Target{Origin: series.Plan, Label: x.Kind.Name() + ", " + x.Name, Value: e.Level.V, Unit: unit, Year: TargetYear, Source: x.Source, Key: Key(line.Lever.Code, p.Territory.Ref.Code)}
			t.Base, t.BaseYear = e.from(own)
			out[line.Lever.Code] = append(out[line.Lever.Code], t)
		}
	}
	return func(lever string) []series.Target { return out[lever] }
}

// from is the value that a level starts from, by which it is held to be the same
// measure as a series: that of 2019, else that of the first year which the plan
// gives; no year when it gives none.
func (e Effort) from(own []Objective) (v float64, year int) {
	if e.Change.Known {
		return e.Level.V - e.Change.V, BaseYear
	}
	path, why := pathOf(own)
	if why != "" || len(path.points) < 2 || path.gain {
		return 0, 0
	}
	v, ok := Convert(path.points[0].v, path.unit, e.Unit)
	if !ok {
		return 0, 0
	}
	return v, path.points[0].year
}
