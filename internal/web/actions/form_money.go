package actions

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
)

func moneyPart() part {
	return part{code: "budget", name: "Budget et financement", fills: []string{"un budget"},
		lead: "En euros, toutes années confondues pour l’investissement, par an pour le fonctionnement. Ce qui n’est pas connu reste vide\u00a0: ce n’est pas un zéro.",
		values: func(_ writing, x action.Action) url.Values {
			v := url.Values{"invest": {cents(x.Budget.Invest)}, "operation": {cents(x.Budget.Operation)}, "fte": {cents(x.Budget.FTE)}, "note": {x.Budget.Note}}
			for i, f := range x.Funding {
				v[at("funding", i, "funder")], v[at("funding", i, "amount")], v[at("funding", i, "state")], v[at("funding", i, "note")] = []string{f.Funder}, []string{cents(f.Amount)}, []string{f.State}, []string{f.Note}
			}
			return v
		},
		groups: func(_ writing, v url.Values) []sections.Group {
			out := []sections.Group{{Fields: []ui.Field{
				numeric(v, "invest", "Investissement", "€", "«\u00a021\u202f667,50\u00a0», «\u00a012\u00a0k€\u00a0» ou «\u00a01,2\u00a0M€\u00a0»."), numeric(v, "operation", "Fonctionnement, par an", "€", ""),
				numeric(v, "fte", "Personnes", "équivalents temps plein", ""), area(v, "note", "Note sur le budget", "Ce que les montants comprennent, leur année.", 2)}}}
			return append(out, repeated(v, "funding", "Financeur", func(at func(string) string) []ui.Field {
				state := pick(v, at("state"), "Où en est ce financement", "", action.FundingStates())
				state.Required = false
				return []ui.Field{text(v, at("funder"), "Qui finance", "Videz ce champ et les suivants pour retirer la ligne."), numeric(v, at("amount"), "Montant", "€", ""), state, text(v, at("note"), "Note", "")}
			})...)
		},
		read: func(_ writing, v url.Values, x *action.Action, bad faults) error {
			kept := x.Funding
			x.Budget = action.Budget{Invest: readEuros(v, "invest", bad), Operation: readEuros(v, "operation", bad), Note: v.Get("note")}
			if n := readDecimal(v, "fte", bad); n != nil {
				if math.Abs(*n) > 1e6 {
					bad.add("fte", "Ce nombre de personnes dépasse un million\u00a0: vérifiez-le.")
				}
				h := int64(math.Round(*n * 100))
				x.Budget.FTE = &h
			}
			x.Funding = nil
			for _, i := range filled(v, "funding", "funder", "amount", "note") {
				f := action.Funding{Funder: v.Get(at("funding", i, "funder")), Amount: readEuros(v, at("funding", i, "amount"), bad), State: v.Get(at("funding", i, "state")), Note: v.Get(at("funding", i, "note"))}
				if f.Funder == "" {
					bad.add(at("funding", i, "funder"), "Nommez ce financeur, ou videz la ligne.")
				}
				if j := slices.IndexFunc(kept, func(k action.Funding) bool { return french.Fold(k.Funder) == french.Fold(f.Funder) }); j >= 0 {
					f.Org, f.Aid = kept[j].Org, kept[j].Aid
				}
				x.Funding = append(x.Funding, f)
			}
			return nil
		}, more: gap}
}

// gap sets the budget against what funders bring.
func gap(w writing) ([]sections.Part, error) {
	left, hoped := w.x.Gap()
	if left == nil && hoped == 0 {
		return nil, nil
	}
	p := sections.Part{ID: "reste", Title: "Ce qui reste à trouver"}
	switch {
	case left == nil:
		p.Lead = "L’investissement n’est pas dit\u00a0: ce qui reste à trouver ne se calcule pas."
	case *left > 0:
		p.Facts = append(p.Facts, [2]string{"Reste à trouver", action.Euros(*left)})
	case *left < 0:
		p.Facts = append(p.Facts, [2]string{"Financements au-dessus de l’investissement", action.Euros(-*left)})
	default:
		p.Facts = append(p.Facts, [2]string{"Reste à trouver", "rien\u00a0: l’investissement est financé"})
	}
	if hoped > 0 {
		p.Facts = append(p.Facts, [2]string{"Demandé ou envisagé, pas encore accordé", action.Euros(hoped)})
	}
	if left != nil {
		p.Lead = "L’investissement, moins ce qui est accordé ou versé."
	}
	return []sections.Part{p}, nil
}

func indicatorsPart() part {
	return part{code: "indicateurs", name: "Indicateurs", fills: []string{"un indicateur"},
		lead: "Ce à quoi l’action se mesure, du départ à la cible.",
		values: func(_ writing, x action.Action) url.Values {
			v := url.Values{}
			for i, n := range x.Indicators {
				set := func(name, s string) { v.Set(at("indicators", i, name), s) }
				set("id", n.ID)
				set("name", n.Name)
				set("unit", n.Unit)
				set("start", plain(n.Start))
				set("target", plain(n.Target))
				if n.Year != 0 {
					set("year", strconv.Itoa(n.Year))
				}
				var all []string
				for _, x := range n.Values {
					all = append(all, strings.TrimSuffix(x.Day+" ; "+plain(&x.V)+" ; "+x.Source, " ; "))
				}
				set("values", strings.Join(all, "\n"))
			}
			return v
		},
		groups: func(_ writing, v url.Values) []sections.Group {
			return repeated(v, "indicators", "Indicateur", func(at func(string) string) []ui.Field {
				return []ui.Field{text(v, at("name"), "Nom", "«\u00a0Haies plantées\u00a0». Videz la ligne pour retirer l’indicateur."), text(v, at("unit"), "Unité", ""), numeric(v, at("start"), "Valeur de départ", "", ""), numeric(v, at("target"), "Cible", "", ""), text(v, at("year"), "Année de la cible", ""),
					area(v, at("values"), "Valeurs relevées", "Une par ligne\u00a0: jour\u00a0; valeur\u00a0; source. «\u00a014/03/2026\u00a0; 12,5\u00a0; comptage de la chambre\u00a0».", 3)}
			})
		},
		read: readIndicators}
}

func readIndicators(w writing, v url.Values, x *action.Action, bad faults) (err error) {
	kept := x.Indicators
	x.Indicators = nil
	for _, i := range filled(v, "indicators", "name", "unit", "start", "target", "year", "values") {
		id := func(name string) string { return at("indicators", i, name) }
		n := action.Indicator{}
		if j := slices.IndexFunc(kept, func(k action.Indicator) bool { return k.ID != "" && k.ID == v.Get(id("id")) }); j >= 0 {
			n = kept[j]
		} else if n.ID, err = w.d.Room.IDs.New(); err != nil {
			return err
		}
		was := n.Values
		n.Name, n.Unit, n.Start, n.Target, n.Year, n.Values = v.Get(id("name")), v.Get(id("unit")), readDecimal(v, id("start"), bad), readDecimal(v, id("target"), bad), 0, nil
		if n.Name == "" {
			bad.add(id("name"), "Nommez cet indicateur, ou videz toute sa ligne.")
		}
		if y := v.Get(id("year")); y != "" {
			if n.Year, err = strconv.Atoi(y); err != nil || n.Year < 1990 || n.Year > 2100 {
				bad.add(id("year"), "Écrivez une année en quatre chiffres, comme 2030.")
			}
		}
		for _, l := range lines(v.Get(id("values"))) {
			c := cells(l, 3)
			day, noDay := exchange.ParseWhen(c[0])
			value, noValue := exchange.ParseNumber(c[1], exchange.CommaDecimal)
			if noDay != nil || noValue != nil {
				bad.add(id("values"), "La ligne «\u00a0"+l+"\u00a0» se lit mal\u00a0: écrivez un jour, un point-virgule, un nombre, puis la source si vous voulez.")
				continue
			}
			one := action.Value{Day: day, V: value, Class: "declared", Source: c[2]}
			if j := slices.IndexFunc(was, func(k action.Value) bool { return k.Day == one.Day && k.V == one.V && k.Source == one.Source }); j >= 0 {
				one.Class = was[j].Class
			}
			n.Values = append(n.Values, one)
		}
		slices.SortStableFunc(n.Values, func(a, b action.Value) int { return strings.Compare(a.Day, b.Day) })
		x.Indicators = append(x.Indicators, n)
	}
	return nil
}

func tasksPart() part {
	return part{code: "taches", name: "Tâches",
		values: func(_ writing, x action.Action) url.Values {
			v := url.Values{}
			for i, t := range x.Tasks {
				for name, s := range map[string]string{"id": t.ID, "title": t.Title, "who": t.Who, "due": t.Due, "done": t.Done} {
					v.Set(at("tasks", i, name), s)
				}
			}
			return v
		},
		groups: func(_ writing, v url.Values) []sections.Group {
			return repeated(v, "tasks", "Tâche", func(at func(string) string) []ui.Field {
				return []ui.Field{text(v, at("title"), "Quoi", "Videz la ligne pour retirer la tâche."), text(v, at("who"), "Qui", "Jamais publié."), text(v, at("due"), "Pour quand", "14/03/2026, 03/2026 ou 2026."), text(v, at("done"), "Faite le", "Vide tant qu’elle ne l’est pas.")}
			})
		},
		read: func(w writing, v url.Values, x *action.Action, bad faults) (err error) {
			kept := x.Tasks
			x.Tasks = nil
			for _, i := range filled(v, "tasks", "title", "who", "due", "done") {
				t := action.Task{ID: v.Get(at("tasks", i, "id")), Title: v.Get(at("tasks", i, "title")), Who: v.Get(at("tasks", i, "who")), Due: readWhen(v, at("tasks", i, "due"), bad), Done: readWhen(v, at("tasks", i, "done"), bad)}
				if t.Title == "" {
					bad.add(at("tasks", i, "title"), "Dites ce qu’il y a à faire, ou videz toute la ligne.")
				}
				if !slices.ContainsFunc(kept, func(k action.Task) bool { return k.ID != "" && k.ID == t.ID }) {
					if t.ID, err = w.d.Room.IDs.New(); err != nil {
						return err
					}
				}
				x.Tasks = append(x.Tasks, t)
			}
			return nil
		}}
}
