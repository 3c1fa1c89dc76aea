package api

import (
	"net/http"
	"strconv"

	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/support"
	"jalon/internal/support/aid"
	"jalon/internal/territory"
)

// coverageOf is one lever beside what covers its objective.
type coverageOf struct {
	Lever        string `json:"lever"`
	Name         string `json:"name"`
	Objective    mass   `json:"objective"`
	Origin       string `json:"objective_origin"`
	Done         mass   `json:"done"`
	DoneYear     int    `json:"done_year,omitempty"`
	Planned      mass   `json:"planned"`
	Low          mass   `json:"planned_low"`
	High         mass   `json:"planned_high"`
	Rest         mass   `json:"rest"`
	WithoutDone  bool   `json:"rest_without_done"`
	Actions      int64  `json:"actions_quantified"`
	Started      int64  `json:"actions_in_observed"`
	Regional     int64  `json:"actions_without_share"`
	Qualitative  int64  `json:"actions_qualitative"`
	Unassessed   int64  `json:"actions_unassessed"`
	FigurePrefix string `json:"figures"`
}

// coverage answers /api/v1/couverture/{territoire}, for a region or a département.
func (d Deps) coverage(w http.ResponseWriter, r *http.Request) error {
	if _, err := query(r); err != nil {
		return err
	}
	ref, err := territory.ParseRef(r.PathValue("territoire"))
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
	var x coverage.Coverage
	switch ref.Scale {
	case territory.RegionS:
		x, err = d.Coverage.OfRegion(r.Context(), d.Q, ref.Code)
	case territory.Department:
		x, err = d.Coverage.OfDepartment(r.Context(), d.Q, ref.Code)
	default:
		return apperr.Invalidf("La couverture se lit pour une région ou un département\u00a0: écrivez par exemple region:44.")
	}
	if err != nil {
		return err
	}
	out := struct {
		Territory place        `json:"territory"`
		Notice    string       `json:"notice"`
		Items     []coverageOf `json:"items"`
	}{placeOf(t), notice, []coverageOf{}}
	for _, c := range x.Cells {
		o := coverageOf{Lever: c.Line.Lever.Code, Name: c.Line.Lever.Name, Objective: massOf(c.Objective.Amount), Origin: string(c.Objective.Origin), Done: massOf(c.Done.Kg), Rest: mass{Reason: c.Rest.Reason}, WithoutDone: c.Rest.WithoutDone,
			Actions: c.Planned.Actions, Started: c.Planned.Started.Actions + c.Planned.Undated.Actions, Regional: c.Planned.Regional.Actions, Qualitative: c.Planned.Qualitative, Unassessed: c.Planned.Unassessed, FigurePrefix: coverage.Prefix + "/" + c.Line.Lever.Code + "/" + ref.String()}
		if c.Done.Kg.Known {
			o.DoneYear = c.Done.Year
		}
		none := mass{Reason: "Aucune action retenue et chiffrée."}
		o.Planned, o.Low, o.High = none, none, none
		if c.Planned.Actions > 0 {
			o.Planned, o.Low, o.High = kgOf(c.Planned.Kg.Central), kgOf(c.Planned.Kg.Low), kgOf(c.Planned.Kg.High)
		}
		if c.Rest.Known {
			o.Rest = kgOf(c.Rest.Central)
		}
		out.Items = append(out.Items, o)
	}
	return answer(w, out)
}

// aidOf is one aid, with what its source says; its texts on its own answer alone.
type aidOf struct {
	ID string `json:"id"`
	aid.Facts
	Serves  []serveOf  `json:"serves"`
	Checked string     `json:"checked_on"`
	Stale   bool       `json:"to_be_checked"`
	Broken  bool       `json:"link_broken"`
	Page    string     `json:"page"`
	Texts   *aid.Texts `json:"texts,omitempty"`
}

type serveOf struct {
	Lever string   `json:"lever"`
	Steps []string `json:"steps,omitempty"`
}

func (d Deps) aidOf(x aid.Aid) aidOf {
	out := aidOf{ID: x.ID, Facts: x.Facts, Serves: []serveOf{}, Checked: x.Checked, Broken: x.Broken, Page: x.Path(), Stale: x.Stale(d.Now().UTC().Format("2006-01-02"))}
	for _, s := range x.Said() {
		out.Serves = append(out.Serves, serveOf{s.Lever, s.Steps})
	}
	return out
}

// aids answers /api/v1/aides: the catalogue, page by page.
func (d Deps) aids(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "limit", "cursor", "q", "lever", "step", "audience", "place", "type", "over")
	if err != nil {
		return err
	}
	limit, err := limitOf(q, 200)
	if err != nil {
		return err
	}
	f := aid.Filter{Words: q.Get("q"), Lever: q.Get("lever"), Step: q.Get("step"), Audience: q.Get("audience"), Place: q.Get("place"), Type: q.Get("type"), Over: q.Get("over") == "1"}
	if err := f.Check(); err != nil {
		return err
	}
	p, err := d.Aids.List(r.Context(), f, q.Get("cursor"), limit)
	if err != nil {
		return err
	}
	out := struct {
		Items []aidOf `json:"items"`
		Total int     `json:"total"`
		Next  *string `json:"next"`
	}{[]aidOf{}, p.Total, nil}
	if p.Next != "" {
		out.Next = &p.Next
	}
	for _, x := range p.Aids {
		out.Items = append(out.Items, d.aidOf(x))
	}
	return answer(w, out)
}

// aid answers /api/v1/aides/{id}.
func (d Deps) aid(w http.ResponseWriter, r *http.Request) error {
	if _, err := query(r); err != nil {
		return err
	}
	x, err := aid.Find(r.Context(), d.Q, r.PathValue("id"))
	if err != nil {
		return err
	}
	if x.State == aid.Withdrawn {
		return apperr.NotFoundf("Cette aide n’est plus au catalogue.")
	}
	out := d.aidOf(x)
	out.Texts = &x.Texts
	return answer(w, out)
}

// measures answers /api/v1/mesures/{levier}: what helps a lever, step by step.
func (d Deps) measures(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "region")
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	lever, err := m.Framework().Lever(r.PathValue("levier"))
	if err != nil {
		return err
	}
	if code := q.Get("region"); code != "" {
		if _, err := m.Tree().Region(code); err != nil {
			return err
		}
	}
	list, err := support.Of(r.Context(), d.Q, []string{lever.Code}, q.Get("region"))
	if err != nil {
		return err
	}
	type measureOf struct {
		ID        string   `json:"id"`
		Step      string   `json:"step"`
		Kind      string   `json:"kind"`
		Audience  []string `json:"audience"`
		Text      string   `json:"text"`
		Publisher string   `json:"publisher,omitempty"`
		Link      string   `json:"link,omitempty"`
		Region    string   `json:"region,omitempty"`
		Reviewed  string   `json:"reviewed_on"`
	}
	out := struct {
		Lever  string      `json:"lever"`
		Name   string      `json:"name"`
		Notice string      `json:"notice"`
		Items  []measureOf `json:"items"`
	}{lever.Code, lever.Name, "Ces " + strconv.Itoa(len(list)) + " éléments ne sont ni exhaustifs ni classés.", []measureOf{}}
	for _, x := range list {
		out.Items = append(out.Items, measureOf{x.ID, x.Step, string(x.Kind), x.Audience, x.Text, x.Publisher, x.Link, x.Region, x.Reviewed})
	}
	return answer(w, out)
}
