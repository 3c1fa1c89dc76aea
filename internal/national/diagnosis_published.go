package national

import (
	"context"

	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/french"
)

// DiagnosisKey is the metric of the diagnosis that both heads published.
const DiagnosisKey = "diagnostic/publie"

// PublishedDiagnosis is the metric of diagnoses that both heads published, at any
// date.
func PublishedDiagnosis() Source {
	return Source{
		Absent: "aucun diagnostic publié dans Jalon à cette date",
		Metrics: []Metric{{Key: DiagnosisKey, Name: "Diagnostic publié", Kind: Date, Total: NoTotal, Past: FromDays, Class: figure.Computed, Rows: "/regions/{slug}/diagnostic/editions", Version: 1,
			Definition: "Le jour de la première édition du diagnostic partagé que les deux têtes de la COP ont publiée dans Jalon.",
			LeavesOut:  "Les diagnostics publiés hors de Jalon n’y sont pas, ni les éditions qui attendent une validation."}},
		Read: func(ctx context.Context, q db.Q, cycle, day string) (Values, error) {
			all, err := cop.InCycle(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			list, err := composition.PublishedIn(ctx, q, composition.Diagnosis, cycle)
			if err != nil {
				return nil, err
			}
			by := map[string][]composition.Edition{}
			for _, e := range list {
				if e.PublishedOn <= day {
					by[e.COP] = append(by[e.COP], e)
				}
			}
			v := Values{}
			for _, c := range all {
				mine := by[c.ID]
				if len(mine) == 0 {
					continue
				}
				x := Value{Known: true, Text: mine[0].PublishedOn, Source: "les deux têtes de la COP"}
				if n := len(mine); n > 1 {
					x.Note = french.Integer(n) + "\u00a0éditions, la dernière le " + french.Day(mine[n-1].PublishedOn)
				}
				v.Set(DiagnosisKey, c.ID, x)
			}
			return v, nil
		},
	}
}
