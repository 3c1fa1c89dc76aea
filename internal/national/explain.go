package national

import (
	"context"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Prefix begins the keys of the board's figures.
const Prefix = "national"

// FigureKey is the permanent address of a metric of a territory on a day, in the
// first cycle: national/cop/reunions-tenues/region:44/2024-05-27. Another cycle
// is named at the end.
func FigureKey(metric, territory, day, cycle string) string {
	key := strings.Join([]string{Prefix, metric, territory, day}, "/")
	if cycle != cop.First {
		key += "/" + cycle
	}
	return key
}

// HasFigure reports whether a metric is a number, hence a figure with an
// address; dates and stages are read on the page of the metric.
func (m Metric) HasFigure() bool { return m.Kind != Date && m.Kind != Step }

// Explain answers for a key of the board's figures, to whoever may read the
// board; to anyone else there is no such figure.
func (m *Room) Explain(ctx context.Context, key string) (e figure.Explanation, err error) {
	var a policy.Actor
	if m.Actor != nil {
		a = m.Actor(ctx)
	}
	if err := MayRead(a); err != nil {
		return e, err
	}
	return m.Figure(ctx, key)
}

// Figure explains a figure of the board without asking who reads it: for what
// has judged it already.
func (m *Room) Figure(ctx context.Context, key string) (e figure.Explanation, err error) {
	defer apperr.Wrap(&err, "national.Figure(%s)", key)
	parts := strings.Split(key, "/")
	unknown := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	if len(parts) < 5 || len(parts) > 6 || parts[0] != Prefix || len(parts) == 6 && parts[5] == cop.First || parts[4] == "" {
		return e, unknown
	}
	cycle := cop.First
	if len(parts) == 6 {
		cycle = parts[5]
	}
	x, err := m.Registry.Find(parts[1] + "/" + parts[2])
	if err != nil {
		return e, err
	}
	if !x.HasFigure() {
		return e, apperr.NotFoundf("Une date ou une étape n’est pas un nombre\u00a0: elle se lit sur la page de l’indicateur.")
	}
	b, err := m.Read(ctx, m.DB, cycle, parts[4], x.Key)
	if err != nil {
		return e, err
	}
	tree, err := m.Tree(ctx)
	if err != nil {
		return e, err
	}
	names := map[string]string{}
	for _, r := range tree.Regions() {
		names[r.Code] = r.Name
	}
	e.Figure = figure.Figure{Key: key, Unit: x.UnitText(), Territory: parts[3], Class: x.Class, Version: "définition " + french.Integer(x.Version),
		Source: "Jalon, cycle " + cycle + ", au " + french.Day(parts[4])}
	e.Sentence = x.Definition
	e.Page = "/national/indicateurs/" + x.Key + "?jour=" + parts[4] + "&cycle=" + cycle
	e.Notes = append(e.Notes, "Ce que ce chiffre laisse de côté\u00a0: "+x.LeavesOut, "Au passé, il est "+x.Past.Name()+".")
	var v Value
	switch {
	case parts[3] == "nation":
		t := b.Nation(x)
		v = t.Value
		e.Title = x.Name + ", les COP du cycle " + cycle + ", au " + french.Day(parts[4])
		e.Formula = "Pour le pays\u00a0: " + x.Total.Name() + "."
		for _, c := range b.COPs {
			y := b.Value(x.Key, c.ID)
			in := figure.Input{Symbol: "+", Label: names[c.Region], Value: x.Show(y), Source: y.Reason, Key: FigureKey(x.Key, c.Territory, parts[4], cycle)}
			if y.Known {
				in.Source = provenance(y)
			}
			e.Inputs = append(e.Inputs, in)
		}
		if t.Without > 0 {
			e.Notes = append(e.Notes, french.Integer(t.Without)+nb+french.Plural(t.Without, "COP n’a", "COP n’ont")+" pas de chiffre\u00a0: elle n’est dans aucune somme, et n’y compte pas pour zéro.")
		}
	default:
		ref, err := territory.ParseRef(parts[3])
		if err != nil || ref.Scale != territory.RegionS {
			return e, unknown
		}
		id := cop.RegionID(cycle, ref.Code)
		if names[ref.Code] == "" || ref.String() != parts[3] {
			return e, unknown
		}
		v = b.Value(x.Key, id)
		e.Title = x.Name + ", " + names[ref.Code] + ", au " + french.Day(parts[4])
		e.Formula = "Les lignes que Jalon garde de la COP, comptées à cette date."
		if v.Night {
			e.Formula = "Lu dans le relevé de la nuit du " + french.Day(parts[4]) + "."
		}
		if v.Note != "" {
			e.Notes = append(e.Notes, v.Note)
		}
	}
	if x.Kind == Span && v.Known && v.Text != "" {
		e.Formula = "La date du tableau moins celle du dernier événement."
		e.Numbers = french.Day(parts[4]) + " − " + french.Day(v.Text) + " = " + x.Show(v) + nb + x.UnitText()
		e.Figure.Value = float64(v.N)
		e.Inputs = append(e.Inputs, figure.Input{Symbol: "−", Label: "Dernier événement daté", Value: french.Day(v.Text), Source: v.Source})
	} else if x.Kind == Rate && v.Known {
		e.Numbers = french.Integer(v.N) + " ÷ " + french.Integer(v.Whole) + " = " + x.Show(v) + nb + "%"
		e.Figure.Value = 100 * float64(v.N) / float64(v.Whole)
	} else if v.Known {
		e.Figure.Value = float64(v.N)
		e.Numbers = x.Show(v) + nb + x.UnitText()
	}
	if !v.Known {
		e.Figure.Class, e.Figure.Reason = figure.Missing, v.Reason
	}
	return e, nil
}

// provenance says in a few words where a value comes from.
func provenance(v Value) string {
	switch {
	case v.Source != "":
		return v.Source
	case v.Night:
		return "relevé de la nuit"
	}
	return "compté par Jalon"
}

// Provenance says in a few words where a value comes from, with the class of its
// metric.
func (m Metric) Provenance(v Value) string {
	if v.Known && v.Source == "" && !v.Night {
		return m.Class.Label()
	}
	return provenance(v)
}
