package api

import (
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/plan"
	"jalon/internal/territory"
)

type planSide struct {
	Kind     string   `json:"kind"`
	Name     string   `json:"name"`
	Kt       *float64 `json:"kt"`
	Level    *float64 `json:"level"`
	Change   *float64 `json:"change"`
	Unit     string   `json:"unit,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	Steps    []string `json:"steps"`
	Compared bool     `json:"compared"`
}

func knownOr(f plan.Figure) *float64 {
	if !f.Known {
		return nil
	}
	return &f.V
}

// plans answers /api/v1/plans/{territory}: what the plans of a region aim at,
// lever by lever, beside its panorama.
func (d Deps) plans(w http.ResponseWriter, r *http.Request) error {
	if _, err := query(r); err != nil {
		return err
	}
	ref, err := territory.ParseRef(r.PathValue("territory"))
	if err != nil {
		return err
	}
	if ref.Scale != territory.RegionS {
		return apperr.Invalidf("Les plans se comparent à l’échelle d’une région\u00a0: écrivez par exemple region:44.")
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	t, err := m.Tree().Lookup(ref)
	if err != nil {
		return err
	}
	var ambition plan.Ambition
	if d.Ambition != nil {
		if ambition, err = d.Ambition(r.Context(), ref.Code); err != nil {
			return err
		}
	}
	x, err := plan.Read(r.Context(), d.Q, m, ref.Code, ambition)
	if err != nil {
		return err
	}
	type planOf struct {
		Kind      string `json:"kind"`
		Name      string `json:"name"`
		Territory string `json:"territory"`
		State     string `json:"state"`
		Adopted   string `json:"adopted,omitempty"`
		Link      string `json:"link,omitempty"`
		Source    string `json:"source"`
	}
	type item struct {
		Lever      string     `json:"lever"`
		Name       string     `json:"name"`
		Panorama   *float64   `json:"panorama_kt"`
		Regional   []planSide `json:"regional"`
		Gap        *float64   `json:"gap_kt"`
		GapReason  string     `json:"gap_reason,omitempty"`
		GapChange  *float64   `json:"gap_unit"`
		Unit       string     `json:"unit,omitempty"`
		Sum        *float64   `json:"climate_plans_kt"`
		SumReason  string     `json:"climate_plans_reason,omitempty"`
		Estimated  bool       `json:"estimated"`
		Covered    int64      `json:"covered_population"`
		Population int64      `json:"population"`
		Figure     string     `json:"figure"`
		Shared     *planSide  `json:"shared"`
	}
	out := struct {
		Territory place    `json:"territory"`
		Notice    string   `json:"notice"`
		Rule      string   `json:"rule"`
		Compared  int      `json:"levers_compared"`
		Summed    int      `json:"levers_summed"`
		Plans     []planOf `json:"plans"`
		Items     []item   `json:"items"`
	}{placeOf(t), notice, plan.Rule, x.Compared, x.Summed, []planOf{}, []item{}}
	for _, p := range x.Plans {
		out.Plans = append(out.Plans, planOf{string(p.Kind), p.Name, p.Territory, string(p.State), p.Adopted, p.Link, p.Source})
	}
	for _, l := range x.Lines {
		one := item{Lever: l.Line.Lever.Code, Name: l.Line.Lever.Name, Panorama: knownOr(l.Panorama.Kt), Regional: []planSide{}, Gap: knownOr(l.Gap), GapReason: l.Gap.Reason, GapChange: knownOr(l.GapChange), Unit: l.Panorama.Unit,
			Sum: knownOr(l.Sum.Kt), SumReason: l.Sum.Kt.Reason, Estimated: l.Sum.Estimated, Covered: l.Sum.Covered, Population: l.Sum.Population, Figure: plan.Key(l.Line.Lever.Code, ref.Code)}
		for i, s := range l.Regional {
			if s.Speaks {
				one.Regional = append(one.Regional, planSide{Kind: string(s.Plan.Kind), Name: s.Plan.Name, Kt: knownOr(s.Effort.Kt), Level: knownOr(s.Effort.Level), Change: knownOr(s.Effort.Change), Unit: s.Effort.Unit,
					Reason: s.Effort.Kt.Reason, Steps: append([]string{}, s.Effort.Steps...), Compared: i == 0 && l.Gap.Known})
			}
		}
		if e := l.Ambition; e.Kt.Known || e.Level.Known {
			one.Shared = &planSide{Kind: "cop", Name: "COP", Kt: knownOr(e.Kt), Level: knownOr(e.Level), Change: knownOr(e.Change), Unit: e.Unit, Reason: e.Kt.Reason, Steps: e.Steps}
		}
		out.Items = append(out.Items, one)
	}
	return answer(w, out)
}
