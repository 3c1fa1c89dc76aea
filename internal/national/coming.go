package national

import "jalon/internal/figure"

// Coming are the metrics whose part is not there yet: named and defined, and
// without a figure, which is not zero. Each room that comes replaces its lines
// here by a source of its own.
func Coming() Source {
	var s Source
	for _, x := range []struct {
		key, name, unit    string
		kind               Kind
		total              Aggregation
		definition, leaves string
		part               string
	}{
		{"suivi/points-d-avancement", "Points d’avancement", "points", Count, Sum, "Les actions dont un point d’avancement date de moins d’un an.", "Les actions sans échéance n’y sont pas.", "le suivi"},
	} {
		s.Metrics = append(s.Metrics, Metric{Key: x.key, Name: x.name, Unit: x.unit, Kind: x.kind, Total: x.total, Past: FromNights, Class: figure.Computed, Version: 1,
			Definition: x.definition, LeavesOut: x.leaves, Coming: "à venir\u00a0: la partie de Jalon sur " + x.part + " donnera ce chiffre"})
	}
	return s
}
