package objective

import (
	"cmp"
	"context"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// Own gives the targets that the COPs of a region shared for it, those of the newest
// cycle first. Another territory has none.
func Own(ctx context.Context, q db.Q, m *panorama.Model, ref territory.Ref) (_ panorama.Own, err error) {
	defer apperr.Wrap(&err, "objective.Own(%s)", ref)
	if ref.Scale != territory.RegionS {
		return panorama.NoOwn, nil
	}
	p, err := m.Of(ref)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM objective o WHERE o.territory = $1 AND o.shared_rev > 0 ORDER BY o.lever, o.cycle DESC, o.id`, ref.String())
	all, err := db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scan(r) })
	return Targets(p, all), err
}

// Targets brings what a COP shared for its region to the levels that may judge a
// trend. What is only on the table judges nothing, nor does an objective in tonnes
// alone, nor one of which the change alone is known.
func Targets(p panorama.Panorama, rows []Objective) panorama.Own {
	out := map[string][]series.Target{}
	for _, o := range rows {
		now, ok := o.Now(false)
		if !ok || o.Territory != p.Territory.Ref.String() || !now.Value.Level.Known || strings.HasSuffix(now.Value.Unit, SinceStart) {
			continue
		}
		for i := range p.Lines {
			l := &p.Lines[i]
			if l.Lever.Code != o.Lever {
				continue
			}
			// The panorama's own words name the unit: a series is held against them.
			t := series.Target{Origin: series.Shared, Label: "objectif partagé par la COP le " + french.Day(now.On), Value: now.Value.Level.V, Unit: cmp.Or(l.Equiv.Unit, now.Value.Unit), Year: series.Horizon, Source: "COP"}
			if l.Equiv.Start.Known {
				t.Base, t.BaseYear = l.Equiv.Start.V, 2019
			}
			out[o.Lever] = append(out[o.Lever], t)
		}
	}
	return func(lever string) []series.Target { return out[lever] }
}
