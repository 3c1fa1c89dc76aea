package national

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/figure"
)

// PrioritiesKey is the metric of the themes that regions put first.
const PrioritiesKey = "diagnostic/themes-prioritaires"

// Diagnosis are the metrics of the shared diagnosis.
func Diagnosis() Source {
	return Source{
		Metrics: []Metric{{Key: PrioritiesKey, Name: "Thèmes prioritaires", Unit: "thèmes", Kind: Count, Total: Sum, Past: FromNights, Class: figure.Declared, Rows: "/regions/{slug}/themes", Version: 1,
			Definition: "Les thèmes de la liste de la région que ses deux têtes ont mis en priorité.",
			LeavesOut:  "Un choix qui attend la seconde validation n’y est pas, ni un thème retiré de la liste. Une région sans thème dans Jalon n’a pas de chiffre."}},
		Read: readDiagnosis,
	}
}

func readDiagnosis(ctx context.Context, q db.Q, cycle, _ string) (Values, error) {
	all, err := cop.InCycle(ctx, q, cycle)
	if err != nil {
		return nil, err
	}
	themes, err := diagnosis.ThemesOfCycle(ctx, q, cycle)
	if err != nil {
		return nil, err
	}
	listed, first := map[string]bool{}, map[string]int64{}
	for _, t := range themes {
		listed[t.COP] = true
		if t.Priority {
			first[t.COP]++
		}
	}
	v := Values{}
	for _, c := range all {
		if !listed[c.ID] {
			v.Set(PrioritiesKey, c.ID, Missing("la région n’a pas encore de thème dans Jalon"))
			continue
		}
		v.Set(PrioritiesKey, c.ID, Counted(first[c.ID]))
	}
	return v, nil
}
