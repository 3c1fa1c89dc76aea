package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"jalon/internal/exchange"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

type panoramaOf struct {
	Territory     place      `json:"territory"`
	Edition       string     `json:"edition"`
	Version       string     `json:"version"`
	Notice        string     `json:"notice"`
	Overseas      bool       `json:"overseas"`
	SameAs        string     `json:"same_as,omitempty"`
	Total         totalOf    `json:"total"`
	WithoutForest totalOf    `json:"total_without_forest"`
	RegionTotal   totalOf    `json:"region_total"`
	Divided       totalOf    `json:"divided"`
	Parts         []partOf   `json:"parts"`
	Levers        []lineOf   `json:"levers"`
	Beside        []besideOf `json:"beside,omitempty"`
}

type totalOf struct {
	mass
	Known   int    `json:"levers"`
	Missing int    `json:"levers_missing"`
	Scope   string `json:"scope"`
}

type partOf struct {
	Region string  `json:"region"`
	Name   string  `json:"name"`
	Total  totalOf `json:"total"`
}

type lineOf struct {
	Lever      string        `json:"lever"`
	Name       string        `json:"name"`
	Sector     string        `json:"sector"`
	Theme      string        `json:"theme"`
	Objective  mass          `json:"objective"`
	Share      *json.Number  `json:"share"`
	NoShare    string        `json:"share_reason,omitempty"`
	Region     mass          `json:"region_objective"`
	State      string        `json:"state"`
	Provenance string        `json:"provenance"`
	Key        *keyOf        `json:"key"`
	Equivalent *equivalentOf `json:"equivalent"`
	NoUnit     string        `json:"equivalent_reason,omitempty"`
	Published  []publishedOf `json:"published,omitempty"`
	Emissions  *emissionsOf  `json:"emissions,omitempty"`
	Figure     string        `json:"figure"`
}

type keyOf struct {
	Code   string `json:"code"`
	Label  string `json:"label"`
	Year   int    `json:"year,omitempty"`
	Source string `json:"source"`
	Scale  string `json:"scale,omitempty"`
}

type equivalentOf struct {
	Unit          string       `json:"unit"`
	Kind          string       `json:"kind"`
	Start         *json.Number `json:"start_2019"`
	Target        *json.Number `json:"target_2030"`
	Change        *json.Number `json:"change"`
	RegionAverage bool         `json:"region_average"`
	Reason        string       `json:"reason,omitempty"`
}

type publishedOf struct {
	mass
	Gap     mass   `json:"gap"`
	Edition string `json:"edition"`
	Source  string `json:"source"`
}

type emissionsOf struct {
	mass
	Percent float64 `json:"percent"`
	Sector  string  `json:"sector"`
	InTotal bool    `json:"in_total"`
	Source  string  `json:"source"`
}

type besideOf struct {
	Lever     string      `json:"lever"`
	Name      string      `json:"name"`
	Emissions emissionsOf `json:"emissions"`
}

const notice = "Objectif indicatif, non contraignant\u00a0: baisse attendue en 2030 par rapport à 2019, par an."

func (d Deps) panorama(w http.ResponseWriter, r *http.Request) error {
	if _, err := query(r); err != nil {
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
	var p panorama.Panorama
	if ref.Scale == territory.Perimeter {
		t, idx, err := d.Perimeter(r.Context(), ref.Code)
		if err != nil {
			return err
		}
		p = m.OfCommunes(t, idx)
	} else if p, err = m.Of(ref); err != nil {
		return err
	}
	out := panoramaOf{Territory: placeOf(p.Territory), Edition: p.Edition, Version: p.Version, Notice: notice, Overseas: p.Overseas, SameAs: p.SameAs,
		Total: total(p.Total), WithoutForest: total(p.WithoutForest), RegionTotal: total(p.RegionTotal), Divided: total(p.Divided),
		Parts: []partOf{}, Levers: []lineOf{}}
	for _, x := range p.Parts {
		out.Parts = append(out.Parts, partOf{Region: x.Region.String(), Name: x.Name, Total: total(x.Total)})
	}
	for i := range p.Lines {
		out.Levers = append(out.Levers, line(m, &p.Lines[i]))
	}
	for _, b := range p.Beside {
		out.Beside = append(out.Beside, besideOf{Lever: b.Lever.Code, Name: b.Lever.Name, Emissions: emissions(&b.Share)})
	}
	return answer(w, out)
}

func total(t panorama.Total) totalOf {
	out := totalOf{Known: t.Known, Missing: t.Missing, Scope: t.Scope}
	if t.Known > 0 {
		out.mass = kgOf(t.Kg)
	} else {
		out.Reason = "Aucun levier n’a de valeur à cette échelle."
	}
	return out
}

func line(m *panorama.Model, l *panorama.Line) lineOf {
	out := lineOf{Lever: l.Lever.Code, Name: l.Lever.Name, Sector: l.Lever.Sector, Theme: string(l.Lever.Theme), Objective: massOf(l.Objective),
		Region: massOf(l.Region), State: string(l.State), Provenance: string(l.Class), Figure: "/api/v1/figures/" + l.FigureKey,
		Share: valueOf(l.Share, share), NoShare: why(l.Share)}
	switch official, ok := m.Reference().Official[l.Lever.Code]; {
	case l.Key != nil:
		out.Key = &keyOf{Code: l.Key.Code, Label: l.Key.Label, Year: l.Key.Year, Source: l.Key.Source, Scale: string(l.Key.Scale)}
	case l.State == panorama.Published && ok:
		out.Key = &keyOf{Code: official.Key, Label: official.Label, Source: official.Source}
	}
	if e := &l.Equiv; e.Unit == "" {
		out.NoUnit = e.Reason
	} else {
		text := func(v float64) string { return exchange.Fixed(french.Round(v, e.Decimals), e.Decimals) }
		out.Equivalent = &equivalentOf{Unit: e.Unit, Kind: string(e.Kind), Start: valueOf(e.Start, text), Target: valueOf(e.Target, text),
			Change: valueOf(e.Change, text), RegionAverage: e.RegionAverage, Reason: firstReason(e)}
	}
	for _, v := range l.Imported {
		out.Published = append(out.Published, publishedOf{mass: kgOf(v.Kg), Gap: massOf(v.Gap), Edition: v.Edition, Source: v.Source})
	}
	if l.Emissions != nil {
		e := emissions(l.Emissions)
		out.Emissions = &e
	}
	return out
}

func share(v float64) string { return strconv.FormatFloat(french.Round(v, 8), 'f', -1, 64) }

// firstReason says why a value of the equivalent is null.
func firstReason(e *panorama.Equivalent) string {
	for _, v := range []panorama.Value{e.Change, e.Target, e.Start} {
		if !v.Known && v.Reason != "" {
			return v.Reason
		}
	}
	return e.Reason
}

func emissions(s *panorama.EmissionShare) emissionsOf {
	return emissionsOf{mass: massOf(s.Amount), Percent: s.Percent, Sector: s.Sector, InTotal: s.InTotal, Source: s.Source}
}

// explained is an explanation whose figure has no value when it is missing: a
// zero would be read as one.
type explained struct {
	Figure   figureOf       `json:"figure"`
	Title    string         `json:"title"`
	Sentence string         `json:"sentence"`
	Formula  string         `json:"formula"`
	Numbers  string         `json:"numbers"`
	Inputs   []figure.Input `json:"inputs"`
	Notes    []string       `json:"notes"`
	Page     string         `json:"page"`
}

type figureOf struct {
	Key       string   `json:"key"`
	Value     *float64 `json:"value"`
	Reason    string   `json:"reason,omitempty"`
	Unit      string   `json:"unit"`
	Territory string   `json:"territory"`
	Year      int      `json:"year"`
	Class     string   `json:"class"`
	Source    string   `json:"source"`
	Version   string   `json:"version"`
}

func (d Deps) figure(w http.ResponseWriter, r *http.Request) error {
	return d.explain(w, r, r.PathValue("key"))
}

func (d Deps) explain(w http.ResponseWriter, r *http.Request, key string) error {
	if _, err := query(r); err != nil {
		return err
	}
	x, err := d.Explain(r.Context(), key)
	if err != nil {
		return err
	}
	f := figureOf{Key: x.Figure.Key, Reason: x.Figure.Reason, Unit: x.Figure.Unit, Territory: x.Figure.Territory, Year: x.Figure.Year,
		Class: string(x.Figure.Class), Source: x.Figure.Source, Version: x.Figure.Version}
	if x.Figure.Known() {
		f.Value = &x.Figure.Value
	}
	out := explained{Figure: f, Title: x.Title, Sentence: x.Sentence, Formula: x.Formula, Numbers: x.Numbers, Inputs: x.Inputs, Notes: x.Notes, Page: "/chiffres/" + x.Figure.Key}
	if out.Inputs == nil {
		out.Inputs = []figure.Input{}
	}
	if out.Notes == nil {
		out.Notes = []string{}
	}
	return answer(w, out)
}
