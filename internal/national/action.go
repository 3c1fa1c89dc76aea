package national

import (
	"context"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
)

// Actions are the metrics of the register of actions of a COP.
func Actions() Source {
	const retained, cross, proposed, pool = "actions/actions", "actions/transversales", "actions/proposees", "actions/vivier"
	m := func(key, name, rows, definition, leaves string) Metric {
		return Metric{Key: key, Name: name, Unit: "actions", Kind: Count, Total: Sum, Past: FromNights, Class: figure.Computed, Rows: rows, Version: 1, Definition: definition, LeavesOut: leaves}
	}
	const list = "/regions/{slug}/actions"
	return Source{
		Metrics: []Metric{
			m(retained, "Actions retenues", list, "Les actions sectorielles que les deux têtes ont retenues, par un relevé de décisions.", "Les actions transversales sont comptées à part. Une action retenue puis abandonnée y reste."),
			m(cross, "Actions transversales retenues", list, "Les actions retenues qui servent plusieurs leviers, sans tonnes de CO₂ à elles.", "Elles n’entrent dans aucune couverture."),
			m(proposed, "Actions en chemin", list, "Les actions proposées, qualifiées ou débattues, et celles d’une liste qui attend les deux têtes.", "Les brouillons n’y sont pas."),
			m(pool, "Actions au vivier", list, "Les actions que la grille n’a pas laissé entrer, et qui sont gardées.", "Les actions retirées ou fusionnées n’y sont pas."),
		},
		Read: func(ctx context.Context, q db.Q, cycle, _ string) (Values, error) {
			all, err := cop.InCycle(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			counts, err := action.CountsIn(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			v := Values{}
			for _, c := range all {
				n := counts[c.ID]
				for key, value := range map[string]int64{retained: n.Retained, cross: n.Cross, proposed: n.Proposed, pool: n.Pool} {
					v.Set(key, c.ID, Missing("aucune action n’est inscrite dans Jalon à cette date"))
					if n.Any() {
						v.Set(key, c.ID, Counted(value))
					}
				}
			}
			return v, nil
		},
	}
}
