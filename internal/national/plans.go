package national

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/plan"
)

// PlansKey is the metric of the plans whose objectives are known.
const PlansKey = "plans/strategies-lues"

// Plans is the metric of the plans of a region and of its territories.
func Plans() Source {
	return Source{
		Metrics: []Metric{{Key: PlansKey, Name: "Plans et stratégies lus", Unit: "plans", Kind: Count, Total: Sum, Past: FromNights, Class: figure.Computed, Rows: "/regions/{slug}/plans", Version: 1,
			Definition: "Les plans et stratégies en vigueur de la région et de ses territoires dont au moins un objectif est saisi.",
			LeavesOut:  "Les plans que personne n’a saisis n’y sont pas, ni ceux qui sont enregistrés sans objectif."}},
		Read: func(ctx context.Context, q db.Q, cycle, _ string) (Values, error) {
			all, err := cop.InCycle(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			by, err := plan.TallyNow(ctx, q)
			if err != nil {
				return nil, err
			}
			v := Values{}
			for _, c := range all {
				v.Set(PlansKey, c.ID, Counted(by[c.Region])) // none is a true zero: Jalon holds all there is
			}
			return v, nil
		},
	}
}
