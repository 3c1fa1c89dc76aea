package api

import (
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

type indicatorOf struct {
	Code          string   `json:"code"`
	Name          string   `json:"name"`
	Counts        string   `json:"counts"`
	Unit          string   `json:"unit"`
	PublishedUnit string   `json:"published_unit"`
	Factor        float64  `json:"factor"`
	Kind          string   `json:"kind"`
	Numerator     string   `json:"numerator,omitempty"`
	Denominator   string   `json:"denominator,omitempty"`
	Direction     string   `json:"direction,omitempty"`
	Theme         string   `json:"theme,omitempty"`
	Axes          []string `json:"axes"`
	Levers        []string `json:"levers"`
	EveryYears    int      `json:"every_years"`
	Producer      string   `json:"producer"`
	Source        string   `json:"source"`
	Scale         string   `json:"finest_scale"`
	Hub           *int     `json:"hub_id"`
	Barometer     string   `json:"barometer_id,omitempty"`
}

type pointOf struct {
	Year        int      `json:"year"`
	Value       *float64 `json:"value"`
	Reason      string   `json:"reason,omitempty"`
	AsPublished string   `json:"as_published,omitempty"`
	Day         string   `json:"day,omitempty"`
	Partial     bool     `json:"partial,omitempty"`
	Figure      string   `json:"figure"`
}

type revisionOf struct {
	Year    int      `json:"year"`
	Before  *float64 `json:"before"`
	Now     *float64 `json:"now"`
	Edition string   `json:"edition"`
}

type paceOf struct {
	PerYear float64 `json:"per_year"`
	From    int     `json:"from"`
	To      int     `json:"to"`
}

type trendOf struct {
	Indicator string   `json:"indicator"`
	Unit      string   `json:"unit"`
	LastYear  *int     `json:"last_year"`
	Last      *float64 `json:"last"`
	Pace1     *paceOf  `json:"pace_1_year"`
	Pace3     *paceOf  `json:"pace_3_years"`
	Judged    *paceOf  `json:"pace_judged"`
	Required  *paceOf  `json:"pace_required"`
	Target    *aimOf   `json:"target"`
	National  *aimOf   `json:"national_target"`
	Verdict   *string  `json:"verdict"` // null when there is no target to judge by
	Reason    string   `json:"reason"`
	Edition   string   `json:"edition"`
}

type aimOf struct {
	Value  float64 `json:"value"`
	Year   int     `json:"year"`
	Origin string  `json:"origin"`
	Label  string  `json:"label"`
	Source string  `json:"source"`
}

func filled(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func indicatorFrom(i *series.Indicator) indicatorOf {
	out := indicatorOf{Code: i.Code, Name: i.Name, Counts: i.Counts, Unit: i.Unit, PublishedUnit: i.Published, Factor: i.Factor, Kind: string(i.Kind), Numerator: i.Numerator, Denominator: i.Denominator,
		Direction: string(i.Direction), Theme: i.Theme, Axes: filled(i.Axes), Levers: filled(i.Levers), EveryYears: i.Every, Producer: i.Producer, Source: i.Source, Scale: i.Scale, Barometer: i.Barometer}
	if i.Hub > 0 {
		out.Hub = &i.Hub
	}
	return out
}

// seriesList answers /api/v1/series: the catalogue.
func (d Deps) seriesList(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "lever")
	if err != nil {
		return err
	}
	out := struct {
		Items []indicatorOf `json:"items"`
	}{Items: []indicatorOf{}}
	lever := q.Get("lever")
	for _, i := range d.Book.Catalogue.All() {
		if lever == "" || contains(i.Levers, lever) {
			out.Items = append(out.Items, indicatorFrom(&i))
		}
	}
	return answer(w, out)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// seriesOne answers /api/v1/series/{code}: an indicator, with its values when a
// territory is asked for.
func (d Deps) seriesOne(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "territory")
	if err != nil {
		return err
	}
	ind, err := d.Book.Catalogue.Find(r.PathValue("code"))
	if err != nil {
		return err
	}
	out := struct {
		Indicator indicatorOf  `json:"indicator"`
		Territory *place       `json:"territory"`
		Edition   string       `json:"edition,omitempty"`
		Values    []pointOf    `json:"values"`
		Revisions []revisionOf `json:"revisions"`
	}{Indicator: indicatorFrom(ind), Values: []pointOf{}, Revisions: []revisionOf{}}
	if q.Get("territory") == "" {
		return answer(w, out)
	}
	ref, err := territory.ParseRef(q.Get("territory"))
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
	c, err := d.Book.ReadOne(r.Context(), d.Q, ind, ref.String())
	if err != nil {
		return err
	}
	p := placeOf(t)
	out.Territory = &p
	if c == nil {
		return apperr.NotFoundf("Aucune valeur de «\u00a0%s\u00a0» n’est connue pour %s.", ind.Name, t.Name)
	}
	out.Edition = c.Label
	for _, v := range c.Points {
		out.Values = append(out.Values, pointOf{Year: v.Year, Value: known(v), Reason: v.Reason, AsPublished: v.AsPublished, Day: v.Day, Partial: v.Partial, Figure: series.Figure(ind.Code, c.Territory, v.Year)})
	}
	for _, v := range c.Revisions {
		out.Revisions = append(out.Revisions, revisionOf{Year: v.Year, Before: known(v.Old), Now: known(v.New), Edition: v.Label})
	}
	return answer(w, out)
}

func known(p series.Point) *float64 {
	if !p.Known {
		return nil
	}
	return &p.Value
}

func (d Deps) curvesOf(r *http.Request, text string) (territory.Territory, map[string]*series.Curve, *panorama.Model, error) {
	ref, err := territory.ParseRef(text)
	if err != nil {
		return territory.Territory{}, nil, nil, err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return territory.Territory{}, nil, nil, err
	}
	t, err := m.Tree().Lookup(ref)
	if err != nil {
		return t, nil, m, err
	}
	curves, err := d.Book.Read(r.Context(), d.Q, ref.String())
	if err == nil {
		d.Book.Complete(curves)
	}
	return t, curves, m, err
}

// trends answers /api/v1/trends/{territory}: every lever with the series that
// measure it and their verdicts.
func (d Deps) trends(w http.ResponseWriter, r *http.Request) error {
	if _, err := query(r); err != nil {
		return err
	}
	t, curves, m, err := d.curvesOf(r, r.PathValue("territory"))
	if err != nil {
		return err
	}
	p, err := m.Of(t.Ref)
	if err != nil {
		return err
	}
	own := panorama.NoOwn
	if d.Own != nil {
		if own, err = d.Own(r.Context(), t.Ref); err != nil {
			return err
		}
	}
	all := panorama.Trends(&p, d.Book, curves, own, d.Now().Year())
	type leverTrend struct {
		Lever   string    `json:"lever"`
		Name    string    `json:"name"`
		Verdict *string   `json:"verdict"`
		Reason  string    `json:"reason,omitempty"`
		Main    string    `json:"main_series,omitempty"`
		Series  []trendOf `json:"series"`
	}
	given, measured := panorama.Given(all)
	out := struct {
		Territory place        `json:"territory"`
		Notice    string       `json:"notice"`
		Levers    int          `json:"levers"`
		Verdicts  int          `json:"levers_with_verdict"`
		Measured  int          `json:"levers_measured"`
		Rules     []string     `json:"rules"`
		Items     []leverTrend `json:"items"`
	}{Territory: placeOf(t), Notice: notice, Levers: len(all), Verdicts: given, Measured: measured, Rules: series.DefaultRules().Text(), Items: []leverTrend{}}
	for i := range all {
		l := leverTrend{Lever: all[i].Line.Lever.Code, Name: all[i].Line.Lever.Name, Verdict: verdict(all[i].Verdict()), Reason: all[i].Reason, Series: []trendOf{}}
		if all[i].Main >= 0 {
			l.Main = all[i].Trends[all[i].Main].Curve.Indicator.Code
		}
		for k := range all[i].Trends {
			l.Series = append(l.Series, trendFrom(&all[i].Trends[k]))
		}
		out.Items = append(out.Items, l)
	}
	return answer(w, out)
}

func verdict(v series.Verdict) *string { return text(string(v)) }

func trendFrom(x *panorama.Trend) trendOf {
	out := trendOf{Indicator: x.Curve.Indicator.Code, Unit: x.Curve.Indicator.Unit, Pace1: paceFrom(x.Pace1), Pace3: paceFrom(x.Pace3), Judged: paceFrom(x.Judgement.Pace), Required: paceFrom(x.Judgement.Required),
		Target: aimFrom(x.Judgement.Target), National: aimFrom(x.National), Verdict: verdict(x.Judgement.Verdict), Reason: x.Judgement.Reason, Edition: x.Curve.Label}
	if last, ok := x.Curve.Last(); ok {
		out.Last, out.LastYear = &last.Value, &last.Year
	}
	return out
}

func paceFrom(p series.Pace) *paceOf {
	if !p.Known {
		return nil
	}
	return &paceOf{PerYear: p.PerYear, From: p.From, To: p.To}
}

func aimFrom(t *series.Target) *aimOf {
	if t == nil {
		return nil
	}
	return &aimOf{Value: t.Value, Year: t.Year, Origin: string(t.Origin), Label: t.Label, Source: t.Source}
}
