package national

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/knowledge"
)

// Knowledge are the metrics of strong points and obstacles.
func Knowledge() Source {
	m := func(key, name, unit, rows, definition, leaves string) Metric {
		return Metric{Key: key, Name: name, Unit: unit, Kind: Count, Total: Sum, Past: FromNights, Class: figure.Computed, Rows: rows, Version: 1, Definition: definition, LeavesOut: leaves}
	}
	return Source{
		Metrics: []Metric{
			m("connaissance/points-forts", "Points forts retenus", "points forts", "/regions/{slug}/points-forts", "Les points forts que l’équipe de la région a retenus.",
				"Ceux qui attendent d’être examinés ou qui sont écartés n’y sont pas, ni les bonnes pratiques fournies avec Jalon."),
			m("connaissance/freins-remontes", "Freins remontés", "freins", "/regions/{slug}/freins", "Les freins que l’équipe de la région a fait remonter à l’échelon national.",
				"Les freins regroupés avec un autre avant de remonter comptent avec lui."),
			m("connaissance/freins-repondus", "Freins qui ont une réponse", "freins", "/regions/{slug}/freins", "Les freins remontés par la région auxquels l’échelon national a donné un statut, quel qu’il soit.",
				"Une réponse n’est pas toujours une levée\u00a0: «\u00a0ne sera pas levé\u00a0» en est une."),
		},
		Read: func(ctx context.Context, q db.Q, cycle, _ string) (Values, error) {
			all, err := cop.InCycle(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			list, err := knowledge.TallyNow(ctx, q)
			if err != nil {
				return nil, err
			}
			by := map[string]knowledge.Tally{}
			for _, x := range list {
				by[x.Region] = x
			}
			v := Values{}
			for _, c := range all {
				x := by[c.Region] // none is a true zero: Jalon holds all there is
				v.Set("connaissance/points-forts", c.ID, Counted(x.Strengths))
				v.Set("connaissance/freins-remontes", c.ID, Counted(x.Escalated))
				v.Set("connaissance/freins-repondus", c.ID, Counted(x.Replied))
			}
			return v, nil
		},
	}
}
