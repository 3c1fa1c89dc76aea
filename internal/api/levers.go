package api

import (
	"encoding/json"
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

type versionOf struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Year  string `json:"year"`
	Count int    `json:"count"`
}

type leverOf struct {
	Code        string   `json:"code"`
	Version     string   `json:"version"`
	Name        string   `json:"name"`
	ShortName   string   `json:"short_name"`
	Sector      string   `json:"sector"`
	Theme       string   `json:"theme"`
	Axes        []string `json:"axes"`
	Regional    bool     `json:"regional"`
	Unit        string   `json:"unit"`
	UnitKind    string   `json:"unit_kind"`
	Gloss       string   `json:"gloss"`
	Direction   string   `json:"direction,omitempty"`
	Scope       string   `json:"scope,omitempty"`
	Workstream  string   `json:"workstream,omitempty"`
	Source      string   `json:"source"`
	Territorial bool     `json:"territorial"`
	Wider       string   `json:"wider,omitempty"`
	Page        string   `json:"page"`
}

type leverPage struct {
	leverOf
	National  mass       `json:"national_objective"`
	Key       *keyOf     `json:"key"`
	Scales    []inScale  `json:"scales"`
	Regions   []inRegion `json:"regions"`
	Crosswalk []linkOf   `json:"crosswalk"`
	Targets   []targetOf `json:"targets"`
}

// inScale is what becomes of a lever at a scale under the region when nothing
// was imported.
type inScale struct {
	Scale  string `json:"scale"`
	State  string `json:"state"`
	Reason string `json:"reason"`
}

type inRegion struct {
	Region    string       `json:"region"`
	Name      string       `json:"name"`
	Objective mass         `json:"objective"`
	Share     *json.Number `json:"share"`
	NoShare   string       `json:"share_reason,omitempty"`
}

type linkOf struct {
	From      string  `json:"from"`
	To        *string `json:"to"` // null when nothing answers to it in that version
	ToVersion string  `json:"to_version"`
	Kind      string  `json:"kind"`
	Reason    string  `json:"reason"`
	Source    string  `json:"source"`
}

type targetOf struct {
	Target string  `json:"target"`
	Value  *string `json:"value"` // as published; null when the target is a sentence
	Unit   string  `json:"unit"`
	Year   string  `json:"year"`
	Source string  `json:"source"`
}

// text gives null for what is not there.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func leverFrom(l framework.Lever) leverOf {
	axes := l.Axes
	if axes == nil {
		axes = []string{}
	}
	return leverOf{Code: l.Code, Version: l.Version, Name: l.Name, ShortName: l.ShortName, Sector: l.Sector, Theme: string(l.Theme), Axes: axes,
		Regional: l.Regional, Unit: l.Unit, UnitKind: string(l.UnitKind), Gloss: l.Gloss,
		Direction: l.Direction, Scope: l.Scope, Workstream: l.Workstream, Source: l.Source, Territorial: l.Territorial, Wider: l.Wider, Page: "/leviers/" + l.Code}
}

const currentVersion = "2023-24"

func (d Deps) levers(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "version")
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	out := struct {
		Version  string      `json:"version"`
		Versions []versionOf `json:"versions"`
		Items    []leverOf   `json:"items"`
	}{Version: q.Get("version"), Items: []leverOf{}}
	if out.Version == "" {
		out.Version = currentVersion
	}
	known := false
	for _, v := range m.Framework().Versions() {
		out.Versions = append(out.Versions, versionOf{ID: v.ID, Title: v.Title, Year: v.Year, Count: v.Count})
		known = known || v.ID == out.Version
	}
	if !known {
		return apperr.Invalidf("Version inconnue\u00a0: «\u00a0%s\u00a0». Sans paramètre, la réponse liste les versions.", out.Version)
	}
	for _, l := range m.Framework().Levers(out.Version) {
		out.Items = append(out.Items, leverFrom(l))
	}
	return answer(w, out)
}

func (d Deps) lever(w http.ResponseWriter, r *http.Request) error {
	if _, err := query(r); err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	l, err := m.Framework().Lever(r.PathValue("code"))
	if err != nil {
		return err
	}
	out := leverPage{leverOf: leverFrom(l), Scales: []inScale{}, Regions: []inRegion{}, Crosswalk: []linkOf{}, Targets: []targetOf{}}
	if kg, ok := m.Reference().National[l.Code]; ok {
		out.National = kgOf(kg)
	} else {
		out.National.Reason = "Ce levier n’a pas d’objectif national en ktCO₂e."
	}
	if k, ok := m.Reference().Official[l.Code]; ok {
		out.Key = &keyOf{Code: k.Key, Label: k.Label, Source: k.Source}
	}
	if l.Version == currentVersion {
		for _, scale := range []territory.Scale{territory.Department, territory.EPCI, territory.CommuneS} {
			rule := m.Reference().Rule(l.Code, scale)
			out.Scales = append(out.Scales, inScale{Scale: string(scale), State: string(rule.State), Reason: rule.Reason})
		}
	}
	if l.Version == currentVersion || l.Version == currentVersion+"-om" {
		if out.Regions, err = regions(m, l.Code); err != nil {
			return err
		}
	}
	for _, c := range m.Framework().Crosswalk(l.Code) {
		out.Crosswalk = append(out.Crosswalk, linkOf{From: c.From, To: text(c.To), ToVersion: c.ToVersion, Kind: string(c.Kind), Reason: c.Reason, Source: c.Source})
	}
	for _, t := range m.Framework().Targets(l.Code) {
		out.Targets = append(out.Targets, targetOf{Target: t.Target, Value: text(t.Value), Unit: t.Unit, Year: t.Year, Source: t.Source})
	}
	return answer(w, out)
}

func regions(m *panorama.Model, code string) ([]inRegion, error) {
	cells, err := m.LeverAcross(code)
	if err != nil {
		return nil, err
	}
	out := []inRegion{}
	for _, c := range cells {
		out = append(out, inRegion{Region: territory.Ref{Scale: territory.RegionS, Code: c.Region.Code}.String(), Name: c.Region.Name,
			Objective: massOf(c.Line.Objective), Share: valueOf(c.Line.Share, share), NoShare: why(c.Line.Share)})
	}
	return out, nil
}
