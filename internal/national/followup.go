package national

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
)

// Followed is how the actions of a region go: those that are retained, those late or
// blocked, those over, those in progress, and of them those whose last word is less than
// a year old. DeclaredKg is what holders declare done, in kg a year, when any does.
type Followed struct {
	Actions, Late, Done, Awaited, Fresh int64
	DeclaredKg                          int64
	Declared                            bool
}

// FollowUp are the metrics of what becomes of retained actions. read gives them by
// region; without it the metrics are told and have no figure.
func FollowUp(read func(ctx context.Context, q db.Q) (map[string]Followed, error)) Source {
	const updates, late, done, declared = "suivi/points-d-avancement", "suivi/en-retard", "suivi/terminees", "suivi/declare"
	const page = "/regions/{slug}/suivi"
	return Source{
		Metrics: []Metric{
			{Key: updates, Name: "Points d’avancement", Kind: Rate, Total: RateOfSums, Past: FromNights, Class: figure.Computed, Rows: page, Version: 2,
				Definition: "La part des actions retenues, ni terminées ni abandonnées, dont un point d’avancement parle d’un jour de moins d’un an.", LeavesOut: "Les actions terminées ou abandonnées n’y sont pas."},
			{Key: late, Name: "En retard ou bloquées", Unit: "actions", Kind: Count, Total: Sum, Past: FromNights, Class: figure.Computed, Rows: page, Version: 1,
				Definition: "Les actions retenues dont le statut est «\u00a0en retard\u00a0» ou «\u00a0bloqué\u00a0».", LeavesOut: "Une action dont personne n’a dit le retard n’y est pas."},
			{Key: done, Name: "Actions terminées", Unit: "actions", Kind: Count, Total: Sum, Past: FromNights, Class: figure.Computed, Rows: page, Version: 1,
				Definition: "Les actions retenues dont le statut est «\u00a0terminé\u00a0».", LeavesOut: "Les actions abandonnées n’y sont pas."},
			{Key: declared, Name: "Déclaré fait", Unit: "tCO₂e par an", Kind: Count, Total: Sum, Past: FromNights, Class: figure.Declared, Rows: page, Version: 1,
				Definition: "Ce que les porteurs déclarent fait, à leur dernier point d’avancement, au facteur de chaque action, hors double compte.", LeavesOut: "Ce qu’ils estiment ou ont mesuré, et ce que l’indicateur observe, sont d’autres chiffres\u00a0: ils n’y sont pas."},
		},
		Read: func(ctx context.Context, q db.Q, cycle, _ string) (Values, error) {
			all, err := cop.InCycle(ctx, q, cycle)
			if err != nil {
				return nil, err
			}
			v := Values{}
			var of map[string]Followed
			if read != nil {
				if of, err = read(ctx, q); err != nil {
					return nil, err
				}
			}
			for _, c := range all {
				x := of[c.Region]
				for key, n := range map[string]int64{late: x.Late, done: x.Done} {
					v.Set(key, c.ID, Missing("aucune action n’est retenue"))
					if x.Actions > 0 {
						v.Set(key, c.ID, Counted(n))
					}
				}
				v.Set(updates, c.ID, Ratio(x.Fresh, x.Awaited, "aucune action retenue n’est en cours"))
				v.Set(declared, c.ID, Missing("aucun porteur n’a déclaré de quantité"))
				if x.Declared {
					v.Set(declared, c.ID, Counted((x.DeclaredKg+500)/1_000))
				}
			}
			return v, nil
		},
	}
}
