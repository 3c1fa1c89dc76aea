package series

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/french"
)

// Explain answers for «serie/{indicator}/{territory}/{year}» and for
// «serie/{indicator}/{territory}/rythme», the pace that a verdict is given on.
// place names the territory of a key; it fails on one that does not exist.
func (b *Book) Explain(ctx context.Context, q db.Q, place func(ref string) (name, page string, err error), key string) (_ figure.Explanation, err error) {
	defer apperr.Wrap(&err, "series.Explain(%q)", key)
	none := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	parts := strings.Split(key, "/")
	if len(parts) != 4 || parts[0] != Trends {
		return figure.Explanation{}, none
	}
	name, page, err := place(parts[2])
	if err != nil {
		return figure.Explanation{}, err
	}
	ind, err := b.Catalogue.Find(parts[1])
	if err != nil {
		return figure.Explanation{}, err
	}
	c, err := b.ReadOne(ctx, q, ind, parts[2])
	if err != nil {
		return figure.Explanation{}, err
	}
	if c == nil {
		return figure.Explanation{}, none
	}
	if page != "" {
		page += "/tendances/" + c.Indicator.Code
	}
	if parts[3] == "rythme" {
		return b.explainPace(c, name, key, page)
	}
	year, err := strconv.Atoi(parts[3])
	if err != nil || strconv.Itoa(year) != parts[3] {
		return figure.Explanation{}, none
	}
	for i := range c.Points {
		if c.Points[i].Year == year {
			return b.explainPoint(c, &c.Points[i], name, key, page), nil
		}
	}
	return figure.Explanation{}, none
}

func (b *Book) figureOf(c *Curve, key string, year int) figure.Figure {
	return figure.Figure{Key: key, Unit: c.Indicator.Unit, Territory: c.Territory, Year: year, Class: figure.Provider, Source: c.Indicator.Producer + ", " + b.SourceTitle(c.Source), Version: c.Label}
}

func (b *Book) explainPoint(c *Curve, p *Point, name, key, page string) figure.Explanation {
	ind := c.Indicator
	e := figure.Explanation{Figure: b.figureOf(c, key, p.Year), Title: fmt.Sprintf("%s, %s, %d", ind.Name, name, p.Year), Sentence: ind.Counts, Page: page}
	e.Figure.Value = p.Value
	switch {
	case !p.Known:
		e.Figure.Class, e.Figure.Reason = figure.Missing, p.Reason
		return e
	case p.AsPublished == "" && ind.Kind == Ratio:
		b.explainRatio(&e, c, p.Year)
	default:
		e.Formula = "valeur publiée"
		e.Numbers = p.AsPublished + "\u00a0" + ind.Published
		if ind.Factor != 1 {
			e.Formula = "valeur publiée × facteur d’unité"
			e.Numbers = fmt.Sprintf("%s\u00a0%s × %s = %s\u00a0%s", p.AsPublished, ind.Published, french.Significant(ind.Factor, 3), french.Significant(p.Value, 6), ind.Unit)
		}
		e.Inputs = []figure.Input{{Symbol: "v", Label: "valeur telle que publiée", Value: p.AsPublished + "\u00a0" + ind.Published, Source: e.Figure.Source}}
	}
	if p.Partial {
		e.Notes = append(e.Notes, "Mesurée le "+french.Day(p.Day)+"\u00a0: l’année était incomplète, la valeur n’entre dans aucun rythme.")
	}
	for _, r := range c.Revisions {
		if r.Year == p.Year {
			e.Notes = append(e.Notes, fmt.Sprintf("L’édition «\u00a0%s\u00a0» disait %s\u00a0%s.", r.Label, french.Significant(r.Old.Value, 4), ind.Unit))
		}
	}
	e.Notes = append(e.Notes, YearRule)
	return e
}

func (b *Book) explainRatio(e *figure.Explanation, c *Curve, year int) {
	e.Figure.Class = figure.Computed
	n, d := c.Terms[0], c.Terms[1]
	if n == nil || d == nil {
		return
	}
	nv, _ := n.In(year)
	dv, _ := d.In(year)
	e.Formula = "numérateur ÷ dénominateur"
	e.Numbers = fmt.Sprintf("%s ÷ %s = %s\u00a0%s", french.Significant(nv.Value, 7), french.Significant(dv.Value, 7), french.Significant(e.Figure.Value, 4), c.Indicator.Unit)
	for _, t := range []struct {
		symbol string
		c      *Curve
		v      float64
	}{{"n", n, nv.Value}, {"d", d, dv.Value}} {
		e.Inputs = append(e.Inputs, figure.Input{Symbol: t.symbol, Label: t.c.Indicator.Name, Value: french.Significant(t.v, 7) + "\u00a0" + t.c.Indicator.Unit, Source: b.SourceTitle(t.c.Source), Key: Figure(t.c.Indicator.Code, t.c.Territory, year)})
	}
}

func (b *Book) explainPace(c *Curve, name, key, page string) (figure.Explanation, error) {
	p := c.JudgedPace(DefaultRules())
	e := figure.Explanation{Figure: b.figureOf(c, key, p.To), Title: "Rythme observé\u00a0: " + c.Indicator.Name + ", " + name, Page: page,
		Sentence: "Le changement par an entre deux années entières de la même édition.", Formula: "(dernière valeur − première valeur) ÷ nombre d’années"}
	e.Figure.Unit = c.Indicator.PaceUnit()
	if !p.Known {
		e.Figure.Class, e.Figure.Reason = figure.Missing, "Il manque une valeur pour mesurer un rythme."
		return e, nil
	}
	first, _ := c.In(p.From)
	last, _ := c.In(p.To)
	e.Figure.Class, e.Figure.Value = figure.Computed, p.PerYear
	e.Numbers = fmt.Sprintf("(%s − %s) ÷ %d = %s\u00a0%s", french.Significant(last.Value, 6), french.Significant(first.Value, 6), p.Years(), french.Significant(p.PerYear, 4), c.Indicator.PaceUnit())
	for _, t := range []Point{first, last} {
		e.Inputs = append(e.Inputs, figure.Input{Symbol: strconv.Itoa(t.Year), Label: c.Indicator.Name + ", " + strconv.Itoa(t.Year), Value: french.Significant(t.Value, 6) + "\u00a0" + c.Indicator.Unit, Source: e.Figure.Source, Key: Figure(c.Indicator.Code, c.Territory, t.Year)})
	}
	e.Notes = DefaultRules().Text()
	return e, nil
}
