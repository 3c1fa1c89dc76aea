package national

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/objective"
)

// Objectives are the metrics of what regions put on the table. levers counts those
// of a region's panorama.
func Objectives(levers func(ctx context.Context, region string) (int, error)) Source {
	const (
		shared    = "objectifs/leviers-partages"
		discussed = "objectifs/en-discussion"
		rows      = "/regions/{slug}/objectifs"
	)
	return Source{
		Metrics: []Metric{
			{Key: shared, Name: "Leviers dont l’objectif est partagé", Kind: Rate, Total: RateOfSums, Past: FromNights, Class: figure.Computed, Rows: rows, Version: 1,
				Definition: "La part des leviers de la région pour lesquels les deux têtes de la COP ont partagé un objectif régional.",
				LeavesOut:  "Les objectifs des départements et des périmètres n’y sont pas, ni les sujets qui ne se comptent pas en CO₂, ni ce qui est encore discuté. Un objectif partagé compte quelle que soit sa valeur."},
			{Key: discussed, Name: "Objectifs en discussion", Unit: "objectifs", Kind: Count, Total: Sum, Past: FromNights, Class: figure.Computed, Rows: rows, Version: 1,
				Definition: "Les objectifs régionaux mis sur la table et qui ne sont pas partagés, ou dont une autre valeur est discutée depuis.",
				LeavesOut:  "Les objectifs des départements et des périmètres n’y sont pas, ni les sujets qui ne se comptent pas en CO₂, ni les leviers pour lesquels la région n’a que ce que le panorama propose."},
		},
		Read: func(ctx context.Context, q db.Q, cycle, _ string) (Values, error) {
			all, err := cop.InCycle(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			list, err := objective.TallyNow(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			v := Values{}
			for _, c := range all {
				n, err := levers(ctx, c.Region)
				if err != nil {
					return nil, err
				}
				x := list[c.ID] // none is a true zero: Jalon holds all there is
				v.Set(shared, c.ID, Ratio(x.Shared, int64(n), "le panorama n’a pas de levier pour cette région"))
				v.Set(discussed, c.ID, Counted(x.Discussed))
			}
			return v, nil
		},
	}
}
