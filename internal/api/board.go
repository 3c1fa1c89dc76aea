package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/national"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
)

// boardFigure explains a figure of the board; the room judges who asks, by the
// session of the request.
func (d Deps) boardFigure(w http.ResponseWriter, r *http.Request) error {
	return d.explain(w, r, national.Prefix+"/"+r.PathValue("key"))
}

type metricOf struct {
	Key        string `json:"key"`
	Name       string `json:"name"`
	Unit       string `json:"unit"`
	Kind       string `json:"kind"`
	Total      string `json:"total"`
	Past       string `json:"past"`
	Class      string `json:"class"`
	Definition string `json:"definition"`
	LeavesOut  string `json:"leaves_out"`
	Version    int64  `json:"version"`
	Coming     string `json:"coming,omitempty"`
	Page       string `json:"page"`
}

func metricsOf(list []national.Metric) []metricOf {
	out := make([]metricOf, 0, len(list))
	for _, m := range list {
		out = append(out, metricOf{Key: m.Key, Name: m.Name, Unit: m.UnitText(), Kind: string(m.Kind), Total: string(m.Total), Past: string(m.Past), Class: string(m.Class),
			Definition: m.Definition, LeavesOut: m.LeavesOut, Version: m.Version, Coming: m.Coming, Page: "/national/indicateurs/" + m.Key})
	}
	return out
}

// metrics lists the definitions of the metrics.
func (d Deps) metrics(w http.ResponseWriter, r *http.Request) error {
	if err := national.MayRead(shell.Actor(r)); err != nil {
		return err
	}
	if _, err := query(r); err != nil {
		return err
	}
	return answer(w, struct {
		Items []metricOf `json:"items"`
	}{metricsOf(d.Board.Registry.Metrics())})
}

// boardValue is a value of the board: number for a count, days, a rate in
// percent and the rank of a stage; text for a date and the code of a stage.
type boardValue struct {
	Value       *json.Number `json:"value"`
	Numerator   *int64       `json:"numerator,omitempty"`
	Denominator *int64       `json:"denominator,omitempty"`
	Text        string       `json:"text,omitempty"`
	Reason      string       `json:"reason,omitempty"`
	Note        string       `json:"note,omitempty"`
	Source      string       `json:"source,omitempty"`
	Night       bool         `json:"night,omitempty"`
	COPs        *int         `json:"cops,omitempty"`
	Without     *int         `json:"without,omitempty"`
}

func valueOn(m national.Metric, v national.Value) boardValue {
	out := boardValue{Reason: v.Reason, Note: v.Note, Source: v.Source, Night: v.Night}
	if !v.Known {
		return out
	}
	out.Reason, out.Text = "", v.Text
	if m.Kind == national.Date {
		return out
	}
	n := json.Number(strconv.FormatInt(v.N, 10))
	if m.Kind == national.Rate {
		n = json.Number(exchange.Fixed(100*float64(v.N)/float64(v.Whole), 4))
		part, whole := v.N, v.Whole
		out.Numerator, out.Denominator = &part, &whole
	}
	out.Value = &n
	return out
}

type declaredOf struct {
	ID          string      `json:"id"`
	Metric      string      `json:"metric,omitempty"`
	Name        string      `json:"name"`
	Value       json.Number `json:"value"`
	AsPublished string      `json:"as_published"`
	Unit        string      `json:"unit"`
	Day         string      `json:"day"`
	Scope       string      `json:"scope"`
	Source      string      `json:"source"`
	URL         string      `json:"url,omitempty"`
	Class       string      `json:"class"`
}

type boardRegion struct {
	COP       string                `json:"cop"`
	Territory string                `json:"territory"`
	Name      string                `json:"name"`
	Page      string                `json:"page"`
	Values    map[string]boardValue `json:"values"`
}

type boardOf struct {
	Cycle       string                `json:"cycle"`
	Day         string                `json:"day"`
	FirstNight  *string               `json:"first_night"`
	BeforeFirst bool                  `json:"before_first_night"`
	MissedNight bool                  `json:"missed_night"`
	Metrics     []metricOf            `json:"metrics"`
	Regions     []boardRegion         `json:"regions"`
	Nation      map[string]boardValue `json:"nation"`
	// Declared figures stand apart: nothing adds them up.
	Declared []declaredOf `json:"declared"`
}

// board is the whole board, or some metrics of it, on a day.
func (d Deps) board(w http.ResponseWriter, r *http.Request) error {
	a := shell.Actor(r)
	if err := national.MayRead(a); err != nil {
		return err
	}
	if err := national.MayExport(a); err != nil {
		return err
	}
	q, err := query(r, "day", "cycle", "metric")
	if err != nil {
		return err
	}
	cycle := q.Get("cycle")
	if cycle == "" {
		cycle = cop.First
	}
	var keys []string
	if text := q.Get("metric"); text != "" {
		keys = strings.Split(text, ",")
	}
	if len(keys) > 100 {
		return apperr.Invalidf("metric nomme 100 indicateurs au plus.")
	}
	b, err := d.Board.Read(r.Context(), d.Q, cycle, q.Get("day"), keys...)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	out := boardOf{Cycle: b.Cycle, Day: b.Day, BeforeFirst: b.Before, MissedNight: b.Missed, Metrics: metricsOf(b.Metrics), Regions: []boardRegion{}, Nation: map[string]boardValue{}, Declared: []declaredOf{}}
	if b.First != "" {
		out.FirstNight = &b.First
	}
	for _, region := range m.Tree().Regions() {
		for _, c := range b.COPs {
			if c.Region != region.Code {
				continue
			}
			x := boardRegion{COP: c.ID, Territory: c.Territory, Name: region.Name, Page: "/regions/" + c.Slug, Values: map[string]boardValue{}}
			for _, k := range b.Metrics {
				x.Values[k.Key] = valueOn(k, b.Value(k.Key, c.ID))
			}
			out.Regions = append(out.Regions, x)
		}
	}
	for _, k := range b.Metrics {
		t := b.Nation(k)
		v := valueOn(k, t.Value)
		v.COPs, v.Without = &t.COPs, &t.Without
		out.Nation[k.Key] = v
	}
	if cycle == cop.First && policy.Can(a, policy.Read, policy.Thing{Kind: policy.Metric}) {
		list, err := national.DeclaredAt(r.Context(), d.Q, b.Day)
		if err != nil {
			return err
		}
		for _, x := range list {
			out.Declared = append(out.Declared, declaredOf{ID: x.ID, Metric: x.Metric, Name: x.Name, Value: json.Number(exchange.Plain(x.Value)), AsPublished: x.AsPublished, Unit: x.Unit, Day: x.Day,
				Scope: x.Scope, Source: x.Source, URL: x.URL, Class: "declared"})
		}
	}
	return answer(w, out)
}
