package dashboards

import (
	"jalon/internal/exchange"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
	"jalon/internal/panorama"
)

// dataset is every lever of some territories, the three things in columns of their own.
func dataset(name string, all []outcome.Outcome) exchange.Dataset {
	number := func(n string) exchange.Field { return exchange.Field{Name: n, Number: true} }
	text := func(n string) exchange.Field { return exchange.Field{Name: n} }
	out := exchange.Dataset{Name: name, Fields: []exchange.Field{text("territoire"), text("nom"), text("jour"), text("thematique"), text("porteur"), text("code_levier"), text("levier"), number("objectif_kt"), text("objectif_raison"), number("attendu_2030_kt"), number("attendu_actions"),
		number("prevu_a_ce_jour_kt"), number("prevu_actions"), number("sans_dates")}}
	for _, c := range []string{"declare", "estime", "mesure"} {
		out.Fields = append(out.Fields, number(c+"_kt"), number(c+"_actions"), number(c+"_ecart_kt"), number(c+"_ecart_delai_kt"), number(c+"_ecart_volume_kt"), number(c+"_ecart_facteur_kt"))
	}
	out.Fields = append(out.Fields, number("sans_quantite_dite"), number("quantite_sans_kt"), number("observe_kt"), number("observe_annee"), text("observe_raison"))
	kt := func(kg panorama.Kg, known bool) exchange.Datum {
		if !known {
			return exchange.Number("")
		}
		return exchange.Number(exchange.Plain(kg.Kt()))
	}
	count := func(n int64) exchange.Datum { return exchange.Integer(int(n)) }
	row := func(o outcome.Outcome, l outcome.Lever) []exchange.Datum {
		d := []exchange.Datum{exchange.Text(o.Place.Ref.String()), exchange.Text(o.Place.Name), exchange.Text(o.Day), exchange.Text(o.Theme), exchange.Text(o.Holder), exchange.Text(l.Line.Lever.Code), exchange.Text(l.Line.Lever.Name), kt(l.Objective.Kg, l.Objective.Known), exchange.Text(l.Objective.Reason),
			kt(l.Planned.Kg.Central, l.Planned.Actions > 0), count(l.Planned.Actions), kt(l.Due.Kg, l.Due.Actions > 0), count(l.Due.Actions), count(l.Undated)}
		for _, c := range []followup.Class{followup.Declared, followup.Estimated, followup.Observed} {
			s, said := l.Said[c]
			g, ok := l.Gaps[c]
			d = append(d, kt(s.Kg, said), count(s.Actions), kt(g.Done-g.Due, ok), kt(g.Delay, ok), kt(g.Volume, ok), kt(g.Factor, ok))
		}
		year := exchange.Number("")
		if l.Done.Kg.Known {
			year = exchange.Integer(l.Done.Year)
		}
		return append(d, count(l.Silent), count(l.Unweighed), kt(l.Done.Kg.Kg, l.Done.Kg.Known), year, exchange.Text(l.Done.Kg.Reason))
	}
	out.Rows = func(yield func([]exchange.Datum, error) bool) {
		for _, o := range all {
			for _, l := range o.Levers {
				if !yield(row(o, l), nil) {
					return
				}
			}
		}
	}
	return out
}
