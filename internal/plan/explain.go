package plan

import (
	"context"
	"fmt"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// Read compares the plans of a region with its panorama: two statements, and one
// for each free perimeter.
func Read(ctx context.Context, q db.Q, m *panorama.Model, region string, ambition Ambition) (_ Comparison, err error) {
	defer apperr.Wrap(&err, "plan.Read(%s)", region)
	p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: region})
	if err != nil {
		return Comparison{}, err
	}
	plans, err := OfRegion(ctx, q, region)
	if err != nil {
		return Comparison{}, err
	}
	all, err := ObjectivesIn(ctx, q, region)
	if err != nil {
		return Comparison{}, err
	}
	return Compare(m, p, plans, all, func(id string) ([]int32, error) { return territory.MembersOf(ctx, q, m.Tree(), id) }, ambition)
}

// Explain answers for «plan/{lever}/region:44»: what the region's own document
// does for a lever, less what the panorama offers for discussion.
func Explain(ctx context.Context, q db.Q, m *panorama.Model, key string) (_ figure.Explanation, err error) {
	defer apperr.Wrap(&err, "plan.Explain(%q)", key)
	none := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	parts := strings.Split(key, "/")
	if len(parts) != 3 || parts[0] != Prefix {
		return figure.Explanation{}, none
	}
	ref, err := territory.ParseRef(parts[2])
	if err != nil || ref.Scale != territory.RegionS {
		return figure.Explanation{}, none
	}
	region, err := m.Tree().Region(ref.Code)
	if err != nil {
		return figure.Explanation{}, none
	}
	x, err := Read(ctx, q, m, ref.Code, nil)
	if err != nil {
		return figure.Explanation{}, err
	}
	for _, l := range x.Lines {
		if l.Line.Lever.Code == parts[1] {
			return l.explain(key, region), nil
		}
	}
	return figure.Explanation{}, none
}

func (l Line) explain(key string, region territory.Region) figure.Explanation {
	ref := "region:" + region.Code
	out := figure.Explanation{Title: fmt.Sprintf("%s, %s\u00a0: écart du document de la Région au panorama", l.Line.Lever.Name, region.Name),
		Sentence: "Ce que le document de la Région évite en 2030 par rapport à 2019, moins ce que le panorama de l’État propose à la discussion. Un écart négatif dit que le document vise moins.",
		Formula:  "document de la Région − panorama",
		Page:     "/regions/" + region.Slug + "/plans",
		Figure:   figure.Figure{Key: key, Unit: "ktCO₂e par an", Territory: ref, Year: TargetYear, Class: figure.Computed, Source: "panorama de l’État et plans enregistrés", Version: "panorama de juillet 2024"}}
	if l.Gap.Known {
		out.Figure.Value = l.Gap.V
	} else {
		out.Figure.Class, out.Figure.Reason = figure.Missing, l.Gap.Reason
	}
	kt := func(f Figure) string {
		if !f.Known {
			return "non disponible\u00a0: " + f.Reason
		}
		return Number(f.V) + "\u00a0ktCO₂e"
	}
	out.Inputs = []figure.Input{{Symbol: "P", Label: "panorama, objectif indicatif", Value: kt(l.Panorama.Kt), Source: "SGPE, juillet 2024", Key: l.Line.FigureKey}}
	for i, s := range l.Regional {
		symbol := "D"
		if i > 0 {
			symbol = "D" + french.Integer(i+1)
		}
		label := s.Plan.Kind.Name() + ", " + s.Plan.Name
		if i > 0 {
			label += " (n’entre pas dans l’écart)"
		}
		out.Inputs = append(out.Inputs, figure.Input{Symbol: symbol, Label: label, Value: kt(s.Effort.Kt), Source: s.Plan.Source})
		for _, step := range s.Effort.Steps {
			out.Notes = append(out.Notes, s.Plan.Kind.Name()+"\u00a0: "+step)
		}
		if s.Effort.Base != "" {
			out.Notes = append(out.Notes, s.Plan.Kind.Name()+"\u00a0: compté "+s.Effort.Base)
		}
	}
	if l.Gap.Known {
		out.Numbers = fmt.Sprintf("%s − %s = %s\u00a0ktCO₂e", signed(l.Regional[0].Effort.Kt.V), signed(l.Panorama.Kt.V), Number(l.Gap.V))
		if l.GapChange.Known {
			out.Notes = append(out.Notes, "Le même écart dans l’unité du levier\u00a0: "+Number(l.GapChange.V)+"\u00a0"+l.Panorama.Unit)
		}
	}
	return out
}

// signed writes a term of a subtraction, a negative one between brackets.
func signed(v float64) string {
	if v < 0 {
		return "(" + Number(v) + ")"
	}
	return Number(v)
}
