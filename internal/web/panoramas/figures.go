package panoramas

import (
	"strconv"

	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// keyFigures are the total, the largest lever, and something one can picture.
func (b *builder) keyFigures() []ui.KeyFigure {
	out := []ui.KeyFigure{b.totalFigure()}
	if len(b.p.Lines) > 0 && b.p.Lines[0].Objective.Known {
		out = append(out, b.largestFigure(b.p.Lines[0]))
	}
	for _, pick := range []func() (ui.KeyFigure, bool){b.electricFigure, b.tripsFigure, b.perInhabitant} {
		if k, ok := pick(); ok {
			return append(out, k)
		}
	}
	return out
}

// class is the provenance of the total: a sum that Jalon makes, even of values
// that the State publishes, and an estimation as soon as one of its terms is.
// The page that explains it says the same.
func (b *builder) class() figure.Class {
	for _, l := range b.p.Lines {
		if l.Objective.Known && l.Class == figure.Estimated {
			return figure.Estimated
		}
	}
	return figure.Computed
}

func (b *builder) totalFigure() ui.KeyFigure {
	k := ui.KeyFigure{Label: "Objectif pour 2030"}
	if b.p.Total.Known == 0 {
		k.Value.Missing = "Aucun levier ne se répartit à cette échelle."
		return k
	}
	k.Value = value(b.p.Total.Kg, wording.TotalKey(b.p.Edition, b.p.Territory.Ref), "objectif "+b.p.Territory.Of(), b.class())
	k.Value.Unit += " par an"
	switch {
	case b.below:
		k.Meaning = "en moins par rapport à 2019, pour " + leversOf(b.p.Total.Known) + "\u00a0; les " + strconv.Itoa(b.p.Total.Missing) + " autres ne se répartissent pas à cette échelle."
	case b.p.WithoutForest.Kg != b.p.Total.Kg:
		k.Meaning = "en moins par rapport à 2019, somme des " + strconv.Itoa(b.p.Total.Known) + "\u00a0objectifs publiés par l’État\u00a0; " + french.Kt(int64(b.p.WithoutForest.Kg), 0) + "\u00a0ktCO₂e sans la gestion des forêts, que l’État ne régionalise pas."
	default:
		k.Meaning = "en moins par rapport à 2019, somme des " + strconv.Itoa(b.p.Total.Known) + "\u00a0objectifs publiés par l’État."
	}
	return k
}

// value is an amount with its link and its provenance.
func value(kg panorama.Kg, key, name string, c figure.Class) ui.Value {
	text, unit := french.Mass(int64(kg))
	class, label := wording.Class(c)
	return ui.Value{Text: text, Unit: unit, Exact: wording.Exact(kg), Explain: wording.FigurePath(key), Name: name, Provenance: class, ProvenanceLabel: label}
}

func (b *builder) largestFigure(l panorama.Line) ui.KeyFigure {
	k := ui.KeyFigure{Label: "Premier levier\u00a0: " + wording.Lower(l.Lever.Name),
		Value: value(l.Objective.Kg, l.FigureKey, l.Lever.Name, l.Class)}
	k.Value.Unit += " par an"
	k.Meaning = l.Lever.Gloss
	if l.Share.Known {
		k.Trend = french.Percent(l.Share.V, 2) + " de l’objectif national de ce levier"
	}
	return k
}

func (b *builder) line(code string) (panorama.Line, bool) {
	for _, l := range b.p.Lines {
		if l.Lever.Code == code {
			return l, true
		}
	}
	return panorama.Line{}, false
}

func (b *builder) electricFigure() (ui.KeyFigure, bool) {
	l, ok := b.line(electric)
	if !ok || !l.Equiv.Change.Known {
		return ui.KeyFigure{}, false
	}
	e, class := l.Equiv, figure.Computed
	if l.State == panorama.Substitute {
		class = figure.Estimated
	}
	k := ui.KeyFigure{Label: "Voitures électriques"}
	c, label := wording.Class(class)
	k.Value = ui.Value{Unit: e.Unit, Name: "voitures électriques", Provenance: c, ProvenanceLabel: label}
	if e.Start.Known && e.Target.Known {
		k.Value.Text = french.Significant(e.Start.V, 3) + " → " + french.Significant(e.Target.V, 3)
		k.Value.Exact = wording.Equivalent(e)
		k.Value.Explain = wording.FigurePath(l.FigureKey + "/" + panorama.AskTarget)
		k.Meaning = "de 2019 à 2030, si l’objectif du levier est tenu."
		return k, true
	}
	k.Value.Text = wording.Level(panorama.Value{V: french.Round(e.Change.V, max(0, french.Decimals(e.Change.V, 3))), Known: true}, max(0, french.Decimals(e.Change.V, 3)), true)
	k.Value.Explain = wording.FigurePath(l.FigureKey + "/" + panorama.AskChange)
	k.Meaning = "d’ici 2030 par rapport à 2019, selon la population du territoire."
	return k, true
}

// tripsFigure is the region's average of a rate, for a commune.
func (b *builder) tripsFigure() (ui.KeyFigure, bool) {
	l, ok := b.line("reduction-deplacements")
	if !ok || !l.Equiv.Change.Known {
		return ui.KeyFigure{}, false
	}
	c, label := wording.Class(figure.Computed) // the published ratio times the objective
	return ui.KeyFigure{
		Label: "Kilomètres évités par voiture",
		Value: ui.Value{Text: wording.Level(l.Equiv.Change, l.Equiv.Decimals, false), Unit: l.Equiv.Unit, Name: "réduction des déplacements",
			Explain: wording.FigurePath(l.FigureKey + "/" + panorama.AskChange), Provenance: c, ProvenanceLabel: label},
		Meaning: "moyenne régionale\u00a0: l’ordre de grandeur est le même dans toute la région.",
	}, true
}

// perInhabitant is sound where the objective is the State's own, not divided
// by population.
func (b *builder) perInhabitant() (ui.KeyFigure, bool) {
	t := b.p.Territory
	if b.below || t.Population <= 0 || b.p.Total.Known == 0 || t.Ref.Scale == territory.Nation {
		return ui.KeyFigure{}, false
	}
	c, label := wording.Class(figure.Computed)
	return ui.KeyFigure{
		Label: "Par habitant",
		Value: ui.Value{Text: french.Number(float64(b.p.Total.Kg)/float64(t.Population)/1000, 1), Unit: "tCO₂e par an", Name: "objectif par habitant",
			Explain: wording.FigurePath(wording.TotalKey(b.p.Edition, t.Ref) + "/" + panorama.AskPerPerson), Provenance: c, ProvenanceLabel: label},
		Meaning: "l’objectif divisé par les " + french.Integer(t.Population) + " habitants.",
	}, true
}
