package national

import (
	"context"

	"jalon/internal/db"
	"jalon/internal/debate/meeting"
	"jalon/internal/figure"
	"jalon/internal/territory"
)

// Participation are the metrics of who came to meetings, by the lists of presence.
// Seats filled are those of Meetings: people there are counted once.
func Participation(tree func(ctx context.Context) (*territory.Tree, error)) Source {
	const rows, leaves = "/regions/{slug}/reunions/participation", "Les réunions où l’on a compté la salle sans liste n’y sont pas, ni celles tenues hors de Jalon."
	m := func(key, name, unit string, kind Kind, total Aggregation, definition, more string) Metric {
		return Metric{Key: key, Name: name, Unit: unit, Kind: kind, Total: total, Past: FromDays, Class: figure.Computed, Rows: rows, Version: 1, Definition: definition, LeavesOut: leaves + more}
	}
	return Source{
		Absent: "aucune liste de présence n’est tenue à cette date",
		Metrics: []Metric{
			m("participation/personnes", "Personnes différentes venues", "personnes", Count, Sum, "Les personnes notées présentes aux réunions tenues, chacune une fois par région\u00a0: reconnues à leur adresse ou à leur compte, sinon au même nom pour le même organisme ou la même commune.",
				" Qui vient une fois inscrit et une autre fois par le code de la salle peut compter deux fois."),
			m("participation/communes", "Communes venues", "%", Rate, RateOfSums, "La part des communes de la région au nom desquelles quelqu’un est noté présent à une réunion tenue.", " Un organisme écrit autrement que dans Jalon n’y est pas."),
			m("participation/epci", "EPCI venus", "%", Rate, RateOfSums, "La part des EPCI (intercommunalités) de la région au nom desquels quelqu’un est noté présent à une réunion tenue.", " Un EPCI à cheval sur deux régions compte dans chacune."),
		},
		Read: func(ctx context.Context, q db.Q, cycle, day string) (Values, error) {
			t, err := tree(ctx)
			if err != nil {
				return nil, err
			}
			all, err := meeting.RegionCounts(ctx, q, t, cycle, day)
			if err != nil {
				return nil, err
			}
			v := Values{}
			for id, p := range all {
				v.Set("participation/personnes", id, Counted(p.People))
				v.Set("participation/communes", id, Ratio(p.Region.Communes.Part, p.Region.Communes.Whole, "aucune commune"))
				v.Set("participation/epci", id, Ratio(p.Region.EPCI.Part, p.Region.EPCI.Whole, "aucun EPCI"))
			}
			return v, nil
		},
	}
}
