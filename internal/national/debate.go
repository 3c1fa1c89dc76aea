package national

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/contribution"
	"jalon/internal/debate/group"
	"jalon/internal/figure"
)

// Debate are the metrics of the groups of a COP and of what people contribute to it.
// The meetings of groups are counted by Meetings.
func Debate() Source {
	const groups, contributions, answered = "groupes/groupes-de-travail", "groupes/contributions", "groupes/contributions-repondues"
	m := func(key, name, unit, rows string, kind Kind, total Aggregation, definition, leaves string) Metric {
		return Metric{Key: key, Name: name, Unit: unit, Kind: kind, Total: total, Past: FromNights, Class: figure.Computed, Rows: "/regions/{slug}/" + rows, Version: 1, Definition: definition, LeavesOut: leaves}
	}
	const none = "aucune contribution n’est publiée dans Jalon à cette date"
	return Source{
		Metrics: []Metric{
			m(groups, "Groupes de travail actifs", "groupes", "groupes", Count, Sum, "Les groupes de travail ouverts dans Jalon et non clos ce jour, instances qui existaient avant la COP comprises.", "Les groupes tenus hors de Jalon n’y sont pas."),
			m(contributions, "Contributions publiées", "contributions", "contributions", Count, Sum, "Les contributions que la modération a publiées et que chacun peut lire.", "Les contributions retirées, refusées ou masquées n’y sont pas, ni les amendements des consultations. Une contribution scindée compte par ses parties."),
			m(answered, "Contributions répondues", "%", "contributions", Rate, RateOfSums, "La part des contributions publiées auxquelles l’équipe de la COP a donné sa réponse, avec sa raison.", "Les avis rendus et non encore validés n’y sont pas. Une contribution lue avec une autre est répondue avec elle."),
		},
		Read: func(ctx context.Context, q db.Q, cycle, _ string) (Values, error) {
			all, err := cop.InCycle(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			active, err := group.ActiveIn(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			v := Values{}
			for _, c := range all {
				v.Set(groups, c.ID, Missing("aucun groupe de travail n’est ouvert dans Jalon à cette date"))
				if n := active[c.ID]; n > 0 {
					v.Set(groups, c.ID, Counted(n))
				}
				a, err := contribution.AnswersOf(ctx, q, c.ID)
				if err != nil {
					return nil, err
				}
				v.Set(contributions, c.ID, Missing(none))
				if a.Received > 0 {
					v.Set(contributions, c.ID, Counted(a.Received))
				}
				v.Set(answered, c.ID, Ratio(a.Answered, a.Received, none))
			}
			return v, nil
		},
	}
}
