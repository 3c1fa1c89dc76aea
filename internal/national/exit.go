package national

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
)

// Exit is the metric of the four exit points of a COP. read gives how many are met by
// COP; without it the metric is told and has no figure.
func Exit(read func(ctx context.Context, q db.Q, cycle string) (map[string]int64, error)) Source {
	const key = "sortie/points"
	return Source{
		Metrics: []Metric{{Key: key, Name: "Points de sortie atteints", Kind: Rate, Total: RateOfSums, Past: FromNights, Class: figure.Computed, Rows: "/regions/{slug}/feuille-de-route/points-de-sortie", Version: 1,
			Definition: "La part des quatre points de sortie de la COP qui sont atteints, par les règles écrites de leur page.",
			LeavesOut:  "Un point presque atteint n’y est pas. Une COP close avec ses raisons garde les points qui lui manquaient."}},
		Read: func(ctx context.Context, q db.Q, cycle, _ string) (Values, error) {
			all, err := cop.InCycle(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			met := map[string]int64{}
			if read != nil {
				if met, err = read(ctx, q, cycle); err != nil {
					return nil, err
				}
			}
			v := Values{}
			for _, c := range all {
				n, ok := met[c.ID]
				if !ok {
					v.Set(key, c.ID, Missing("les points de sortie ne sont pas lus ici"))
					continue
				}
				v.Set(key, c.ID, Ratio(n, 4, "aucun point"))
			}
			return v, nil
		},
	}
}
