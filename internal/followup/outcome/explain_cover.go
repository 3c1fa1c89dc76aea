package outcome

import (
	"strconv"

	"jalon/internal/action/coverage"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/panorama"
)

// The parts that coverage gives, as of the day of a review, and those that count actions.
const (
	PlannedIs  Part = "attendu-en-2030"
	SeenIs     Part = "observe"
	RetainedIs Part = "retenues"
	TroubledIs Part = "en-difficulte"
)

// Troubled counts the actions that are said late or blocked.
func (s Standing) Troubled() int64 { return s.Statuses["late"] + s.Statuses["blocked"] }

// Expected is what is expected in 2030 of a lever, or of all of them; false when no
// retained action with a figure says it.
func (o Outcome) Expected(lever string) (panorama.Kg, bool) {
	if lever == All {
		return o.Cover.Planned.Central, o.Cover.Actions > 0
	}
	l, _ := o.Lever(lever)
	return l.Planned.Kg.Central, l.Planned.Actions > 0
}

// Seen is what the indicator observes of a lever, or of all those that have one.
func (o Outcome) Seen(lever string) (panorama.Kg, bool) {
	if lever == All {
		return o.Cover.Done, o.Cover.Measured > 0
	}
	l, _ := o.Lever(lever)
	return l.Done.Kg.Kg, l.Done.Kg.Known
}

// explainCover answers for what coverage says as of the day; false for another part.
func (o Outcome) explainCover(e *figure.Explanation, lever string, part Part) bool {
	switch part {
	case PlannedIs:
		e.Title += "\u00a0: attendu en 2030 des actions retenues"
		e.Sentence, e.Formula = "Ce que les actions retenues et chiffrées apporteraient en 2030, sans celles que la série observée contient déjà.", "somme des apports en 2030"
		kg, ok := o.Expected(lever)
		n := o.Cover.Actions
		if l, one := o.Lever(lever); one {
			n = l.Planned.Actions
		}
		if !ok {
			without(e, "aucune action retenue et chiffrée, ou toutes supposées déjà dans l’observé")
			return true
		}
		e.Figure.Value, e.Numbers = kg.Kt(), count(n)+" = "+kilograms(kg)+"\u00a0ktCO₂e par an"
		return true
	case SeenIs:
		e.Title += "\u00a0: observé par l’indicateur depuis 2019"
		e.Figure.Source = "séries d’indicateurs"
		if o.AsOf {
			e.Notes = append(e.Notes, coverage.AsOfRule)
		}
		kg, ok := o.Seen(lever)
		l, one := o.Lever(lever)
		if !one {
			e.Sentence, e.Formula = "La somme de ce que les indicateurs observent, sur les seuls leviers qui en ont un\u00a0; leurs dernières années peuvent différer.", "somme des leviers mesurés"
			e.Numbers = french.Integer(o.Cover.Measured) + "\u00a0" + french.Plural(o.Cover.Measured, "levier mesuré", "leviers mesurés") + " sur " + french.Integer(o.Cover.Levers)
		} else {
			e.Sentence, e.Formula = "Dernière valeur de l’indicateur moins celle de 2019, au ratio du levier.", "(dernière valeur − valeur de 2019) ÷ ratio"
		}
		switch {
		case !ok && one:
			without(e, l.Done.Kg.Reason)
		case !ok:
			e.Numbers = ""
			without(e, "aucun levier n’a d’indicateur observé")
		default:
			e.Figure.Value = kg.Kt()
			if one {
				e.Numbers = "(" + french.Significant(l.Done.To, 6) + " − " + french.Significant(l.Done.From, 6) + ") ÷ " + french.Significant(l.Done.Ratio, 6) + " = " + kilograms(kg) + "\u00a0ktCO₂e par an"
				e.Inputs = []figure.Input{{Symbol: "v", Label: "valeur de " + strconv.Itoa(l.Done.Year), Value: french.Significant(l.Done.To, 6) + "\u00a0" + l.Done.Unit, Source: l.Done.Source, Key: l.Done.Key()},
					{Symbol: "v0", Label: "valeur de 2019", Value: french.Significant(l.Done.From, 6) + "\u00a0" + l.Done.Unit, Source: l.Done.Source}}
			}
		}
		return true
	}
	return false
}

// explainCount answers for the counts of actions; false for another part.
func (o Outcome) explainCount(e *figure.Explanation, part Part) bool {
	e.Figure.Unit = "actions"
	switch part {
	case RetainedIs:
		e.Title += "\u00a0: actions retenues"
		e.Sentence, e.Formula = "Les actions que les deux têtes avaient retenues ce jour-là.", "actions retenues"
		e.Figure.Value, e.Numbers = float64(o.Actions), count(o.Actions)
	case TroubledIs:
		e.Title += "\u00a0: actions en retard ou bloquées"
		e.Sentence, e.Formula = "Les actions retenues dont le statut est «\u00a0en retard\u00a0» ou «\u00a0bloqué\u00a0».", "en retard + bloquées"
		e.Figure.Value, e.Numbers = float64(o.Troubled()), french.Integer(o.Statuses["late"])+" + "+french.Integer(o.Statuses["blocked"])+" = "+count(o.Troubled())
		if o.Actions == 0 {
			e.Numbers = ""
			without(e, "aucune action n’est retenue")
		}
	default:
		return false
	}
	return true
}
