package app

import (
	"context"
	"fmt"

	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/questionnaire"
	"jalon/internal/series"
	"jalon/internal/survey"
	"jalon/internal/territory"
	"jalon/internal/web/wording"
)

// spot is a territory whose panorama is put beside the questions.
type spot struct {
	panorama.Panorama
	linked bool // its figures have an address of their own
}

// invited says, beside each section of a lever, what the territory is invited to
// contribute: kilotonnes, and their physical reading. Where a commune has no figure
// of its own, that of its EPCI is shown under its name.
func (x *prefilled) invited() (out []survey.Hint, err error) {
	places, err := x.places()
	if err != nil {
		return nil, err
	}
	for _, s := range x.form.Sections {
		if s.Lever == "" {
			continue
		}
		levers, wider := x.levers(s.Lever)
		for _, l := range levers {
			note := ""
			if wider || len(levers) > 1 {
				note = " pour «\u00a0" + wording.Lower(l.ShortName) + "\u00a0»"
			}
			for _, p := range places {
				h, ok := p.hint(s.ID, l.Code, note)
				if ok {
					out = append(out, h)
				}
				if ok && x.who.Has(territory.AsCommune) {
					break
				}
			}
		}
	}
	return out, nil
}

// levers are those of 2023-24 whose objective is that of a lever of the form: its
// equal, its parts, or else the wider one that it is a part of, of which the
// objective is shown whole and under its name, never split.
func (x *prefilled) levers(code string) (list []framework.Lever, wider bool) {
	fw := x.m.Framework()
	list, err := fw.ObjectiveVia(code)
	if err != nil || len(list) > 0 {
		return list, false // a variant may name a lever that no referential holds
	}
	for _, k := range fw.Crosswalk(code) {
		if k.Kind != framework.PartOf || k.From != code {
			continue
		}
		if l, err := fw.Lever(k.To); err == nil && l.Version == framework.National {
			list = append(list, l)
		}
	}
	return list, true
}

// places are the territories on which the authority decides, the EPCI of a commune
// after it.
func (x *prefilled) places() (out []spot, err error) {
	if len(x.who.Except) > 0 {
		idx, err := x.all.CommunesOf(x.who)
		if err != nil {
			return nil, err
		}
		return []spot{{Panorama: x.m.OfCommunes(territory.Territory{Name: x.who.Name}, idx)}}, nil
	}
	land := x.who.Land
	if len(land) == 1 && land[0].Scale == territory.CommuneS {
		if c, err := x.m.Tree().Commune(land[0].Code); err == nil && c.EPCI != "" {
			land = []territory.Ref{land[0], {Scale: territory.EPCI, Code: c.EPCI}}
		}
	}
	for _, ref := range land {
		p, err := x.m.Of(ref)
		if err != nil {
			return nil, err
		}
		out = append(out, spot{Panorama: p, linked: true})
	}
	return out, nil
}

// hint is the line of a lever in one sentence; false when it has no value there.
func (p spot) hint(section, lever, note string) (h survey.Hint, ok bool) {
	for _, l := range p.Lines {
		if l.Lever.Code != lever || !l.Objective.Known {
			continue
		}
		text := fmt.Sprintf("Repère pour 2030 (%s)%s\u00a0: %s qu’en 2019", p.Territory.Name, note, l.Objective.Kg.Less())
		if e := l.Equiv.Text(); e != "" {
			text += ", soit " + e
		}
		h = survey.Hint{Key: section, Text: text + ".", Source: "panorama des leviers de juillet 2024\u00a0; " + l.Origin(), Class: string(l.Class)}
		if p.linked {
			h.Link = wording.FigurePath(l.FigureKey)
		}
		return h, true
	}
	return h, false
}

// paces say, beside each section of a lever, how fast its indicator moves: in the
// département where there is a series, else in the region. It is two statements at
// most, whatever the form.
func (p *prefill) paces(ctx context.Context, q db.Q, r survey.Response, x prefilled) ([]survey.Hint, error) {
	book, err := p.core.Book()
	if err != nil {
		return nil, err
	}
	var refs []territory.Ref
	if r.Kind != questionnaire.Region && r.Department != "" {
		refs = append(refs, territory.Ref{Scale: territory.Department, Code: r.Department})
	}
	if r.Region != "" {
		refs = append(refs, territory.Ref{Scale: territory.RegionS, Code: r.Region})
	}
	bySection := map[string]survey.Hint{}
	for _, ref := range refs {
		pan, err := x.m.Of(ref)
		if err != nil {
			return nil, err
		}
		curves, err := book.Read(ctx, q, ref.String())
		if err != nil {
			return nil, err
		}
		book.Complete(curves)
		judged := map[string]panorama.LeverTrend{}
		for _, l := range panorama.Trends(&pan, book, curves, panorama.NoOwn, p.core.now().Year()) {
			judged[l.Line.Lever.Code] = l
		}
		for _, s := range x.form.Sections {
			if _, had := bySection[s.ID]; had || s.Lever == "" {
				continue
			}
			if h, ok := x.pace(s.Lever, pan.Territory.Name, book, curves, judged); ok {
				h.Key = s.ID
				bySection[s.ID] = h
			}
		}
	}
	var out []survey.Hint
	for _, s := range x.form.Sections {
		if h, ok := bySection[s.ID]; ok {
			out = append(out, h)
		}
	}
	return out, nil
}

// pace is that of the series that pages show first for a lever; of one that bears
// on no emission, of the first series of its equal in another referential.
func (x *prefilled) pace(lever, name string, book *series.Book, curves map[string]*series.Curve, judged map[string]panorama.LeverTrend) (survey.Hint, bool) {
	levers, wider := x.levers(lever)
	if wider {
		// The main series of a wider lever may be about its other part.
		if h, ok := x.equalPace(lever, name, book, curves); ok {
			return h, true
		}
	}
	for _, l := range levers {
		if t, ok := judged[l.Code]; ok && t.Main >= 0 {
			if h, ok := paceHint(name, book, t.Trends[t.Main].Curve, t.Trends[t.Main].Judgement.Pace); ok {
				return h, true
			}
		}
	}
	return x.equalPace(lever, name, book, curves)
}

// equalPace is the pace of the first series of a lever's equals.
func (x *prefilled) equalPace(lever, name string, book *series.Book, curves map[string]*series.Curve) (survey.Hint, bool) {
	for _, k := range x.m.Framework().Crosswalk(lever) {
		if k.Kind != framework.OneToOne {
			continue
		}
		for _, ind := range book.Catalogue.OfLever(k.Other(lever)) {
			if c := curves[ind.Code]; c != nil {
				if h, ok := paceHint(name, book, c, c.JudgedPace(series.DefaultRules())); ok {
					return h, true
				}
			}
		}
	}
	return survey.Hint{}, false
}

// paceHint says a pace in one sentence; false when it is not known.
func paceHint(name string, book *series.Book, c *series.Curve, pace series.Pace) (h survey.Hint, ok bool) {
	if !pace.Known {
		return h, false
	}
	ind := c.Indicator
	text := french.Significant(pace.PerYear, 3)
	if pace.PerYear > 0 && text != "0" {
		text = "+" + text
	}
	unit := ind.PaceUnit()
	source := book.SourceTitle(c.Source)
	if source == "" {
		source = c.Source
	}
	return survey.Hint{
		Text:   fmt.Sprintf("%s (%s)\u00a0: %s\u00a0%s, de %d à %d.", ind.Name, name, text, unit, pace.From, pace.To),
		Source: source, Class: string(figure.Computed), Link: wording.FigurePath(series.Trends + "/" + ind.Code + "/" + c.Territory + "/rythme"),
	}, true
}
