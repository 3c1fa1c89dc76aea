package coverage

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/figure"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// SheetPrefix is that of the keys of figures of the public sheet of a département, whose
// objectives are those that its COP shared there, not those of the panorama.
const SheetPrefix = "fiche"

// SheetKey is the permanent address of a sum of the sheet of a territory, or of what is
// still to find for a lever there.
func SheetKey(scope string, at territory.Ref, part Part) string {
	return SheetPrefix + "/" + scope + "/" + at.String() + "/" + string(part)
}

// Given is what each lever of a territory is held against on its sheet: what the COP reads
// for it, else what the panorama offers. cycle is that of the COP, empty where objectives
// have no address.
func Given(cells map[string]objective.Cell, at territory.Ref, cycle string) func(panorama.Line) Objective {
	return func(line panorama.Line) Objective {
		c, ok := cells[line.Lever.Code]
		if !ok {
			return Objective{Amount: line.Objective, Origin: Offered, Key: line.FigureKey}
		}
		out := Objective{Amount: c.Read, Origin: Offered, On: c.On, Key: line.FigureKey}
		if c.State == objective.Shared {
			out.Origin = Shared
		}
		if cycle != "" {
			out.Key = objective.Key(line.Lever.Code, at.String(), cycle)
		}
		return out
	}
}

// ExplainSheet answers for «fiche/{total or lever}/{department}/{part}», with what anyone
// reads there.
func (m *Room) ExplainSheet(ctx context.Context, key string) (e figure.Explanation, err error) {
	defer apperr.Wrap(&err, "coverage.ExplainSheet(%q)", key)
	none := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	parts := strings.Split(key, "/")
	if len(parts) != 4 || parts[0] != SheetPrefix || partNames[Part(parts[3])] == "" {
		return e, none
	}
	ref, err := territory.ParseRef(parts[2])
	if err != nil || ref.Scale != territory.Department {
		return e, none
	}
	x, err := m.publicSheet(ctx, ref)
	if err != nil {
		return e, err
	}
	part, place := Part(parts[3]), x.Panorama.Territory.Name
	e = figure.Explanation{Page: "/departements/" + ref.Code + "/fiche", Figure: figure.Figure{Key: key, Unit: unitOfKeys, Territory: ref.String(), Year: action.Horizon, Class: figure.Computed, Source: "actions retenues, séries observées, objectifs de la COP, panorama de l’État", Version: x.Panorama.Version}}
	if parts[1] == AllLevers {
		e.Title = "Fiche, " + place + ", tous les leviers\u00a0: " + partNames[part]
		x.Total.explain(&e, x.Cells, ref, part)
		for i := range e.Inputs {
			if part == RestIs || part == GapIs { // what is left is held against other objectives
				e.Inputs[i].Key = strings.Replace(e.Inputs[i].Key, Prefix+"/", SheetPrefix+"/", 1)
			}
		}
		return e, nil
	}
	c, ok := x.Cell(parts[1])
	if !ok || part != RestIs {
		return e, none
	}
	c.explainRest(&e, "Fiche, "+c.Line.Lever.Name+", "+place, ref)
	return e, nil
}

// publicSheet is the coverage of a département as its sheet shows it to anyone.
func (m *Room) publicSheet(ctx context.Context, ref territory.Ref) (x Coverage, err error) {
	model, err := m.Model(ctx)
	if err != nil {
		return x, err
	}
	dept, err := model.Tree().Dept(ref.Code)
	if err != nil {
		return x, err
	}
	p, err := model.Of(ref)
	if err != nil {
		return x, err
	}
	communes, err := model.Tree().CommunesOf(ref)
	if err != nil {
		return x, err
	}
	cycle, err := objective.CycleOf(ctx, m.DB, dept.Region)
	if err != nil {
		return x, err
	}
	c, err := cop.FindIn(ctx, m.DB, cycle, "region:"+dept.Region)
	if err != nil {
		return x, err
	}
	levers, err := objective.ReadDepartments(ctx, m.DB, model, c, objective.Readable(c, policy.Actor{}))
	if err != nil {
		return x, err
	}
	cells := map[string]objective.Cell{}
	for _, l := range levers {
		if i := slices.IndexFunc(l.Cells, func(c objective.Cell) bool { return c.Territory.Ref.Code == ref.Code }); i >= 0 {
			cells[l.Lever.Code] = l.Cells[i]
		}
	}
	return m.OfCommunes(ctx, m.DB, dept.Region, p, communes, Given(cells, ref, c.Cycle))
}
