package coverage

import (
	"context"
	"fmt"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// What is summed, as the address of its figure writes it where a lever has its code.
const (
	AllLevers = "total"
	NoForest  = "hors-forets"
	Overseas  = "outre-mer"
	OfSector  = "secteur-" // followed by the code of a sector
)

// Parts that are of a sum alone, beside those of a lever.
const (
	AimIs Part = "objectif"
	GapIs Part = "manque" // what is still to find, lever by lever
)

var partNames = map[Part]string{AimIs: "objectif", DoneIs: "déjà fait depuis 2019", PlannedIs: "attendu des actions retenues", RestIs: "reste à trouver", GapIs: "reste à trouver, levier par levier"}

// at reads the coverage of a territory and names its page.
func (m *Room) at(ctx context.Context, ref territory.Ref) (x Coverage, page string, err error) {
	switch ref.Scale {
	case territory.RegionS:
		x, err = m.OfRegion(ctx, m.DB, ref.Code)
		page = "/regions/" + x.Region.Slug + "/couverture"
	case territory.Department:
		x, err = m.OfDepartment(ctx, m.DB, ref.Code)
		page = "/departements/" + ref.Code + "/couverture"
	case territory.EPCI, territory.EPT:
		x, err = m.OfGroup(ctx, m.DB, ref)
		page = "/epci/" + ref.Code + "/couverture"
	default:
		err = apperr.NotFoundf("La couverture se lit pour la nation, une région, un département ou une intercommunalité.")
	}
	return x, page, err
}

// chosen are the levers of a sum, in the order of the pages; false for a sum that has
// no name.
func chosen(all []Cell, scope string) (out []Cell, name string, ok bool) {
	sector, bySector := strings.CutPrefix(scope, OfSector)
	for _, c := range all {
		if scope == NoForest && c.Line.Lever.Code == panorama.ForestLever || bySector && c.Line.Lever.Sector != sector {
			continue
		}
		out = append(out, c)
	}
	switch {
	case scope == AllLevers:
		return out, "tous les leviers", true
	case scope == NoForest:
		return out, "tous les leviers hors forêts", true
	case bySector && len(out) > 0:
		return out, "les leviers du secteur", true
	}
	return nil, "", false
}

// explainTotal answers for a sum of the levers of a territory.
func (m *Room) explainTotal(ctx context.Context, key, scope string, ref territory.Ref, part Part) (e figure.Explanation, err error) {
	none := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	if partNames[part] == "" {
		return e, none
	}
	var cells []Cell
	var name, version string
	page, place := "/national/couverture", "France"
	if ref.Scale == territory.Nation {
		n, err := m.OfNation(ctx, m.DB)
		if err != nil {
			return e, err
		}
		main, over := n.Sides()
		if version = n.version; scope == Overseas {
			cells, name = over, "leviers d’outre-mer"
		} else if cells, name, _ = chosen(main, scope); cells == nil {
			return e, none
		}
	} else {
		x, at, err := m.at(ctx, ref)
		if err != nil {
			return e, err
		}
		page, place, version = at, x.Panorama.Territory.Name, x.Panorama.Version
		if cells, name, _ = chosen(x.Cells, scope); cells == nil {
			return e, none
		}
	}
	e = figure.Explanation{Title: place + ", " + name + "\u00a0: " + partNames[part], Page: page, Figure: figure.Figure{Key: key, Unit: unitOfKeys, Territory: ref.String(), Year: action.Horizon, Class: figure.Computed, Source: "actions retenues, séries observées, panorama de l’État", Version: version}}
	Sum(cells).explain(&e, cells, ref, part)
	return e, nil
}

// explain writes a sum with its levers.
func (t Total) explain(e *figure.Explanation, cells []Cell, ref territory.Ref, part Part) {
	one, sum, known := part, panorama.Kg(0), t.Levers > 0
	switch part {
	case AimIs:
		sum, e.Formula = t.Objective, "somme des leviers qui ont un objectif"
	case DoneIs:
		sum, known, e.Formula = t.Done, t.Measured > 0, "somme des leviers qu’une série mesure, parmi ceux qui ont un objectif"
	case PlannedIs:
		sum, known, e.Formula = t.Planned.Central, t.Actions > 0, "somme des leviers qui ont un objectif"
	case RestIs:
		sum, e.Formula = t.Rest.Central, "somme, sur les leviers qui ont un objectif, de objectif − déjà fait − attendu"
	case GapIs:
		sum, one, e.Formula = t.Gap, RestIs, "somme des restes à trouver, un levier qui dépasse son objectif comptant pour zéro"
	}
	e.Sentence = "Un levier sans objectif n’est dans aucune somme, et ce qui manque n’est pas zéro."
	if !known {
		missing(e, map[Part]string{DoneIs: "aucune série ne dit ce qui est déjà fait", PlannedIs: "aucune action retenue et chiffrée\u00a0: ce n’est pas un zéro confirmé"}[part])
		if e.Figure.Reason == "" {
			e.Figure.Reason = "aucun levier n’a d’objectif connu"
		}
		return
	}
	e.Figure.Value = sum.Kt()
	n := 0
	for _, c := range cells {
		kg, ok := c.value(part)
		if !ok {
			continue
		}
		n++
		in := figure.Input{Symbol: "+", Label: c.Line.Lever.Name, Value: kt(kg) + "\u00a0ktCO₂e", Source: partNames[one], Key: Key(c.Line.Lever.Code, ref, one)}
		if part == AimIs {
			in.Key = c.Objective.Key
		}
		e.Inputs = append(e.Inputs, in)
	}
	e.Numbers = fmt.Sprintf("somme de %d\u00a0%s = %s\u00a0ktCO₂e", n, french.Plural(n, "levier", "leviers"), kt(sum))
	switch {
	case part == RestIs && t.Beyond > 0:
		e.Notes = append(e.Notes, kt(t.Gap)+"\u00a0kt manquent sur certains leviers, et "+kt(t.Beyond)+"\u00a0kt dépassent sur d’autres\u00a0: un dépassement ne comble pas le manque d’un autre levier.")
	case part == PlannedIs && t.Planned.Wide():
		e.Notes = append(e.Notes, "De "+kt(t.Planned.Low)+" à "+kt(t.Planned.High)+"\u00a0ktCO₂e, du plus bas au plus haut de toutes les actions ensemble.")
	}
	if (part == RestIs || part == GapIs) && t.Measured < t.Levers {
		e.Notes = append(e.Notes, french.Integer(t.Levers-t.Measured)+"\u00a0"+french.Plural(t.Levers-t.Measured, "levier compte", "leviers comptent")+" sans le déjà fait\u00a0: aucune série ne le mesure.")
	}
	if t.Missing > 0 {
		e.Notes = append(e.Notes, french.Integer(t.Missing)+"\u00a0"+french.Plural(t.Missing, "levier n’a pas d’objectif connu ici et n’est", "leviers n’ont pas d’objectif connu ici et ne sont")+" dans aucune somme.")
	}
}

// value is what a lever brings to a sum, and whether it does.
func (c Cell) value(part Part) (panorama.Kg, bool) {
	if !c.Objective.Known {
		return 0, false
	}
	switch part {
	case AimIs:
		return c.Objective.Kg, true
	case DoneIs:
		return c.Done.Kg.Kg, c.Done.Kg.Known
	case PlannedIs:
		return c.Planned.Kg.Central, c.Planned.Actions > 0
	case GapIs:
		return c.Rest.Central, c.Rest.Central > 0
	}
	return c.Rest.Central, true
}

// explainNation answers for a lever over all regions.
func (m *Room) explainNation(ctx context.Context, key, lever string, part Part) (e figure.Explanation, err error) {
	none := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	n, err := m.OfNation(ctx, m.DB)
	if err != nil {
		return e, err
	}
	sum, ok := n.cell(lever)
	if !ok || partNames[part] == "" || part == GapIs {
		return e, none
	}
	e = figure.Explanation{Title: sum.Line.Lever.Name + ", France\u00a0: " + partNames[part], Page: "/national/couverture", Formula: "somme des régions", Sentence: "Chaque région avec ce que sa COP a retenu, ce que ses séries observent, et son objectif. Une région où ce chiffre manque n’y est pas\u00a0: ce n’est pas un zéro.",
		Figure: figure.Figure{Key: key, Unit: unitOfKeys, Territory: territory.France.String(), Year: action.Horizon, Class: figure.Computed, Source: "actions retenues, séries observées, panorama de l’État", Version: n.version}}
	total, known := sum.anyValue(part)
	if !known {
		missing(&e, map[Part]string{AimIs: sum.Objective.Reason, DoneIs: sum.Done.Kg.Reason, PlannedIs: "aucune action retenue et chiffrée\u00a0: ce n’est pas un zéro confirmé", RestIs: sum.Rest.Reason}[part])
		return e, nil
	}
	e.Figure.Value = total.Kt()
	regions := 0
	for _, r := range n.Regions {
		c, ok := r.Cell(lever)
		kg, known := c.anyValue(part)
		if !ok || !known {
			continue
		}
		regions++
		in := figure.Input{Symbol: "+", Label: r.Region.Name, Value: kt(kg) + "\u00a0ktCO₂e", Source: partNames[part], Key: Key(lever, territory.Ref{Scale: territory.RegionS, Code: r.Region.Code}, part)}
		if part == AimIs {
			in.Key = c.Objective.Key
		}
		e.Inputs = append(e.Inputs, in)
	}
	e.Numbers = fmt.Sprintf("somme de %d\u00a0%s", regions, french.Plural(regions, "région", "régions"))
	if twice := sum.Planned.Twice; twice.Actions > 0 && (part == PlannedIs || part == RestIs) {
		sign := " − "
		if part == RestIs {
			sign = " + "
		}
		e.Numbers += sign + term(twice.Kg.Central)
		e.Notes = append(e.Notes, french.Integer(twice.Actions)+"\u00a0"+french.Plural(twice.Actions, "action est déclarée aussi dans une autre région", "actions sont déclarées aussi dans une autre région")+", pour "+kt(twice.Kg.Central)+"\u00a0kt comptés une seule fois.", TwiceRule)
	}
	e.Numbers += " = " + kt(total) + "\u00a0ktCO₂e"
	return e, nil
}

// anyValue is a part of a lever, whether or not it has an objective.
func (c Cell) anyValue(part Part) (panorama.Kg, bool) {
	switch part {
	case AimIs:
		return c.Objective.Kg, c.Objective.Known
	case DoneIs:
		return c.Done.Kg.Kg, c.Done.Kg.Known
	case PlannedIs:
		return c.Planned.Kg.Central, c.Planned.Actions > 0
	}
	return c.Rest.Central, c.Rest.Known
}
