package live

import (
	"context"
	"fmt"
	"strings"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/figure"
	"jalon/internal/french"
)

// Prefix is that of the keys of the sums that a roadmap shows.
const Prefix = "feuille-de-route"

// What the keys of a roadmap are about: the retained actions, what is expected of them,
// the levers that they serve, what they cost, their funding, what one brings.
const (
	Actions  = "actions"
	Expected = "attendu"
	Levers   = "leviers"
	Invest   = "investissement"
	Funded   = "financement"
	Brings   = "apport"
)

// Key is the permanent address of a figure of the roadmap of a region.
func Key(cycle, region, what string) string {
	if cycle == cop.First || cycle == "" {
		return Prefix + "/" + region + "/" + what
	}
	return Prefix + "/" + region + "/" + what + "/" + cycle
}

// Explain answers for «feuille-de-route/{region}/{what}», as anyone reads the register.
func (c *Catalogue) Explain(ctx context.Context, key string) (e figure.Explanation, err error) {
	defer apperr.Wrap(&err, "roadmap.Explain(%q)", key)
	none := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	parts := strings.Split(key, "/")
	if len(parts) < 3 || len(parts) > 4 || parts[0] != Prefix {
		return e, none
	}
	m, err := c.Model(ctx)
	if err != nil {
		return e, err
	}
	region, err := m.Tree().Region(parts[1])
	if err != nil {
		return e, none
	}
	cycle := cop.First
	if len(parts) == 4 {
		cycle = parts[3]
	}
	of, err := cop.FindIn(ctx, c.DB, cycle, "region:"+region.Code)
	if err != nil {
		return e, none
	}
	r := &reading{Catalogue: c, Place: composition.Place{COP: of.ID, Cycle: of.Cycle, Region: region}, model: m}
	all, err := r.actions(ctx)
	if err != nil {
		return e, err
	}
	e = figure.Explanation{Page: r.own() + "/actions", Figure: figure.Figure{Key: key, Territory: r.ref().String(), Year: action.Horizon, Class: figure.Declared, Source: "registre des actions retenues", Version: french.Integer(len(all)) + " actions"}}
	name := ", " + region.Name
	switch what := parts[2]; {
	case what == Actions:
		e.Title, e.Formula, e.Sentence = "Actions retenues"+name, "nombre d’actions que les deux têtes ont retenues", "Une action retenue est sur un relevé validé par les deux têtes. Celles qui sont abandonnées depuis y restent."
		e.Figure.Value = float64(len(all))
	case what == Expected:
		x, err := r.coverage(ctx)
		if err != nil {
			return e, err
		}
		e.Page = r.base() + "/couverture"
		e.Title, e.Formula, e.Sentence = "Attendu des actions retenues"+name, "somme, levier par levier, de ce qui est attendu des actions retenues", "Par an en 2030 par rapport à 2019, pour les leviers qui ont un objectif."
		e.Figure.Value, e.Figure.Unit, e.Figure.Class = x.Total.Planned.Central.Kt(), kilotonnes, figure.Computed
		e.Numbers = fmt.Sprintf("%s = %s\u00a0ktCO₂e", howMany(int(x.Total.Actions), "action chiffrée", "actions chiffrées"), french.Kt(int64(x.Total.Planned.Central), 1))
		for _, cell := range x.Cells {
			if cell.Objective.Known && cell.Planned.Actions > 0 {
				e.Inputs = append(e.Inputs, figure.Input{Symbol: "A", Label: cell.Line.Lever.ShortName, Value: french.Kt(int64(cell.Planned.Kg.Central), 1) + "\u00a0ktCO₂e", Source: "couverture du levier", Key: coverage.Key(cell.Line.Lever.Code, r.ref(), coverage.PlannedIs)})
			}
		}
	case what == Levers:
		seen := map[string]bool{}
		for _, x := range all {
			for _, l := range x.Levers {
				if !x.abandoned() {
					seen[l] = true
				}
			}
		}
		e.Title, e.Formula, e.Sentence = "Leviers servis par une action retenue"+name, "nombre de leviers qu’au moins une action retenue nomme", "Une action abandonnée ne sert plus aucun levier."
		e.Figure.Value, e.Figure.Class = float64(len(seen)), figure.Computed
	case what == Invest, strings.HasPrefix(what, Funded+"-"):
		return r.explainMoney(e, what, all, none)
	case strings.HasPrefix(what, Brings+"-"):
		return r.explainBrings(e, strings.TrimPrefix(what, Brings+"-"), all, none)
	default:
		return e, none
	}
	return e, nil
}

func (r *reading) explainMoney(e figure.Explanation, what string, all []retained, none error) (figure.Explanation, error) {
	var sum int64
	n := 0
	for _, x := range all {
		if x.Budget.Invest == nil {
			continue
		}
		left, _ := x.Gap()
		if what != Invest && (x.abandoned() || hides(x.Action, "budget") || hides(x.Action, "funding")) {
			continue
		}
		n++
		switch what {
		case Invest, Funded + "-budget":
			sum += *x.Budget.Invest
		case Funded + "-accorde":
			sum += *x.Budget.Invest - *left
		case Funded + "-reste":
			sum += max(0, *left)
		default:
			return e, none
		}
	}
	e.Title = map[string]string{Invest: "Investissement annoncé", Funded + "-budget": "Investissement annoncé, là où le financement est publié", Funded + "-accorde": "Financement accordé ou versé", Funded + "-reste": "Investissement à financer"}[what] + ", " + r.Region.Name
	e.Formula = map[string]string{Invest: "somme des investissements que les actions publient", Funded + "-budget": "somme des investissements des actions qui publient aussi leur financement", Funded + "-accorde": "somme de ce qui est accordé ou versé à ces actions", Funded + "-reste": "investissement − accordé ou versé, action par action, jamais moins que zéro"}[what]
	e.Sentence = "Ce qu’une action ne publie pas n’est dans aucune somme, et n’y vaut pas zéro."
	e.Figure.Unit, e.Figure.Value = "€", float64(sum)/100
	e.Numbers = howMany(n, "action", "actions") + " = " + action.Euros(sum)
	return e, nil
}

func (r *reading) explainBrings(e figure.Explanation, id string, all []retained, none error) (figure.Explanation, error) {
	for _, x := range all {
		if x.ID != id || !x.known {
			continue
		}
		e.Title, e.Page = x.Title+"\u00a0: ce qu’elle apporte, tous leviers réunis", "/actions/"+x.ID
		e.Formula, e.Sentence = "somme, levier par levier, de ce que l’action éviterait, pour la part comptée", "Par an en 2030, par rapport à 2019. Ce que deux actions déclarent à la fois compte une fois."
		e.Figure.Value, e.Figure.Unit = x.sum.Central.Kt(), kilotonnes
		for _, p := range x.Impacts {
			if p.Kg != nil {
				e.Inputs = append(e.Inputs, figure.Input{Symbol: "A", Label: r.leverNames([]string{p.Lever}), Value: french.Kt(int64(*p.Kg), 1) + "\u00a0ktCO₂e", Source: "fiche de l’action", Key: coverage.ActionKey(x.ID, p.Lever)})
			}
		}
		return e, nil
	}
	return e, none
}
