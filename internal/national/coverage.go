package national

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
)

// Covered is what retained actions are expected to bring a region, and the sum of its
// objectives, in kg.
type Covered struct{ Planned, Objective int64 }

// Coverage is the metric of how far retained actions cover objectives. read gives it by
// region; without it the metric is told and has no figure.
func Coverage(read func(ctx context.Context, q db.Q) (map[string]Covered, error)) Source {
	const key = "actions/couverture"
	return Source{
		Metrics: []Metric{{Key: key, Name: "Couverture", Unit: "%", Kind: Rate, Total: RateOfSums, Past: FromNights, Class: figure.Computed, Rows: "/regions/{slug}/couverture", Version: 1,
			Definition: "La part de l’objectif de la région, pour les leviers qui en ont un, que couvrent les actions retenues et chiffrées, hors double compte. L’objectif est celui que la COP a partagé, à défaut celui que propose le panorama.",
			LeavesOut:  "Ce qui est déjà fait depuis 2019 n’y est pas, ni les actions sans chiffrage, abandonnées, ou supposées déjà dans l’observé."}},
		Read: func(ctx context.Context, q db.Q, cycle, _ string) (Values, error) {
			all, err := cop.InCycle(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			v := Values{}
			if read == nil {
				for _, c := range all {
					v.Set(key, c.ID, Missing("les actions ne sont pas lues ici"))
				}
				return v, nil
			}
			covered, err := read(ctx, q)
			if err != nil {
				return nil, err
			}
			for _, c := range all {
				x := covered[c.Region]
				v.Set(key, c.ID, Ratio(x.Planned, x.Objective, "aucun objectif n’est connu pour cette région"))
			}
			return v, nil
		},
	}
}
