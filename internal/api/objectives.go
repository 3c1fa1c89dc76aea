package api

import (
	"encoding/json"
	"net/http"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// objectiveOf is one lever as anyone reads it: shared, the indicative part of what
// the region shared, or what the panorama offers.
type objectiveOf struct {
	Lever    string       `json:"lever"`
	Name     string       `json:"name"`
	Offered  mass         `json:"offered"`
	Read     mass         `json:"objective"`
	State    string       `json:"state"`
	SharedOn string       `json:"shared_on,omitempty"`
	Level    *json.Number `json:"level"`
	Unit     string       `json:"unit,omitempty"`
	Part     bool         `json:"indicative_part"`
	Figure   string       `json:"figure"`
	// Of the nation alone.
	National *mass `json:"national,omitempty"`
	Shared   *int  `json:"regions_shared,omitempty"`
	Only     *int  `json:"regions_offered,omitempty"`
}

// objectives answers /api/v1/objectives/{territory}: what a COP shared, and nothing
// that it only discusses.
func (d Deps) objectives(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "cycle")
	if err != nil {
		return err
	}
	ref, err := territory.ParseRef(r.PathValue("territory"))
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	t, err := m.Tree().Lookup(ref)
	if err != nil {
		return err
	}
	cycle := q.Get("cycle")
	if cycle == "" {
		if cycle, err = objective.LatestCycle(r.Context(), d.Q); err != nil {
			return err
		}
	}
	out := struct {
		Territory place         `json:"territory"`
		Notice    string        `json:"notice"`
		Cycle     string        `json:"cycle"`
		Shared    int           `json:"levers_shared"`
		Items     []objectiveOf `json:"items"`
	}{placeOf(t), notice, cycle, 0, []objectiveOf{}}
	switch ref.Scale {
	case territory.Nation:
		out.Items, err = d.nationObjectives(r, m, cycle)
	case territory.RegionS, territory.Department:
		out.Items, err = d.territoryObjectives(r, m, ref, cycle)
	default:
		return apperr.Invalidf("Les objectifs se lisent pour la France, une région ou un département\u00a0: écrivez par exemple region:44.")
	}
	if err != nil {
		return err
	}
	for _, x := range out.Items {
		if x.State == string(objective.Shared) {
			out.Shared++
		}
	}
	return answer(w, out)
}

func (d Deps) nationObjectives(r *http.Request, m *panorama.Model, cycle string) (items []objectiveOf, err error) {
	if _, err := cop.FindCycle(r.Context(), d.Q, cycle); err != nil {
		return nil, err
	}
	all, err := objective.ReadConsolidation(r.Context(), d.Q, m, cycle, policy.Actor{})
	for _, l := range slices.Concat(all.Lines, all.Corse, all.Overseas) {
		national, shared, only := massOf(l.National), l.Shared, l.Only
		items = append(items, objectiveOf{Lever: l.Lever.Code, Name: l.Lever.Name, Offered: kgOf(l.Offered.Kg), Read: kgOf(l.Sum.Kg), State: "sum", Figure: objective.SumKey(l.Lever.Code, cycle),
			National: &national, Shared: &shared, Only: &only})
	}
	return items, err
}

func (d Deps) territoryObjectives(r *http.Request, m *panorama.Model, ref territory.Ref, cycle string) (items []objectiveOf, err error) {
	region := ref.Code
	if ref.Scale == territory.Department {
		dept, err := m.Tree().Dept(ref.Code)
		if err != nil {
			return nil, err
		}
		region = dept.Region
	}
	c, err := cop.FindIn(r.Context(), d.Q, cycle, "region:"+region)
	if err != nil {
		return nil, err
	}
	all, err := objective.ReadDepartments(r.Context(), d.Q, m, c, objective.Anyone)
	for _, l := range all {
		cell := l.Region
		if i := slices.IndexFunc(l.Cells, func(x objective.Cell) bool { return x.Territory.Ref == ref }); i >= 0 {
			cell = l.Cells[i]
		}
		x := objectiveOf{Lever: l.Lever.Code, Name: l.Lever.Name, Offered: massOf(cell.Offered), Read: massOf(cell.Read), State: string(cell.State), SharedOn: cell.On,
			Part: ref.Scale == territory.Department && cell.Objective == nil, Figure: objective.Key(l.Lever.Code, ref.String(), cycle)}
		if o := cell.Objective; o != nil && o.SharedValue.Level.Known {
			n := json.Number(exchange.Plain(o.SharedValue.Level.V))
			x.Level, x.Unit = &n, o.SharedValue.Unit
		}
		items = append(items, x)
	}
	return items, err
}
