package coverage

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// Part is one of the three parts of coverage.
type Part string

// The parts, as the address of their figure writes them.
const (
	DoneIs    Part = "fait"
	PlannedIs Part = "attendu"
	RestIs    Part = "reste"
)

const unitOfKeys = "ktCO₂e par an"

// Key is the permanent address of a part of the coverage of a lever.
func Key(lever string, at territory.Ref, part Part) string {
	return Prefix + "/" + lever + "/" + at.String() + "/" + string(part)
}

// kt writes a mass for a formula.
func kt(kg panorama.Kg) string {
	return french.Significant(kg.Kt(), 6)
}

// about writes a mass in a sentence.
func about(kg panorama.Kg) string { return french.Significant(kg.Kt(), 4) }

// term writes a mass in a subtraction, a negative one between brackets.
func term(kg panorama.Kg) string {
	if kg < 0 {
		return "(" + kt(kg) + ")"
	}
	return kt(kg)
}

// Explain answers for «couverture/{lever}/{territory}/{part}», where what is summed may
// stand for the lever.
func (m *Room) Explain(ctx context.Context, key string) (_ figure.Explanation, err error) {
	defer apperr.Wrap(&err, "coverage.Explain(%q)", key)
	none := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	parts := strings.Split(key, "/")
	if len(parts) != 4 || parts[0] != Prefix {
		return figure.Explanation{}, none
	}
	ref, err := territory.ParseRef(parts[2])
	if err != nil {
		return figure.Explanation{}, none
	}
	switch {
	case parts[1] == AllLevers || parts[1] == NoForest || parts[1] == Overseas || strings.HasPrefix(parts[1], OfSector):
		return m.explainTotal(ctx, key, parts[1], ref, Part(parts[3]))
	case ref.Scale == territory.Nation:
		return m.explainNation(ctx, key, parts[1], Part(parts[3]))
	}
	x, page, err := m.at(ctx, ref)
	if err != nil {
		return figure.Explanation{}, err
	}
	if ref.Scale == territory.RegionS {
		page += "/" + parts[1]
	}
	c, ok := x.Cell(parts[1])
	if !ok {
		return figure.Explanation{}, none
	}
	e := figure.Explanation{Page: page, Figure: figure.Figure{Key: key, Unit: unitOfKeys, Territory: ref.String(), Year: action.Horizon, Class: figure.Computed, Source: "actions retenues, séries observées, panorama de l’État", Version: x.Panorama.Version}}
	name := c.Line.Lever.Name + ", " + x.Panorama.Territory.Name
	switch Part(parts[3]) {
	case DoneIs:
		c.explainDone(&e, name)
	case PlannedIs:
		c.explainPlanned(&e, name)
	case RestIs:
		c.explainRest(&e, name, ref)
	default:
		return figure.Explanation{}, none
	}
	return e, nil
}

func missing(e *figure.Explanation, reason string) {
	e.Figure.Class, e.Figure.Reason = figure.Missing, reason
}

func (c Cell) explainDone(e *figure.Explanation, name string) {
	d := c.Done
	e.Title, e.Formula = name+"\u00a0: déjà fait depuis 2019", "(dernière valeur − valeur de 2019) ⁄ ratio du levier"
	e.Sentence = "Ce que la série observée a gagné depuis 2019, mis en kt par le ratio que le panorama donne au levier. Un recul est négatif."
	if !d.Kg.Known {
		missing(e, d.Kg.Reason)
		return
	}
	e.Figure.Value = d.Kg.Kg.Kt()
	e.Numbers = fmt.Sprintf("(%s − %s) ⁄ %s = %s\u00a0ktCO₂e", french.Significant(d.To, 6), french.Significant(d.From, 6), french.Significant(d.Ratio, 4), kt(d.Kg.Kg))
	e.Inputs = []figure.Input{{Symbol: "V", Label: d.Indicator.Name + ", " + strconv.Itoa(d.Year), Value: french.Significant(d.To, 6) + "\u00a0" + d.Indicator.Unit, Source: d.Source, Key: d.Key()},
		{Symbol: "V₀", Label: d.Indicator.Name + ", 2019", Value: french.Significant(d.From, 6) + "\u00a0" + d.Indicator.Unit, Source: d.Source},
		{Symbol: "r", Label: "ratio du levier, " + d.Unit + " par kt", Value: french.Significant(d.Ratio, 4), Source: "SGPE, juillet 2024", Key: c.Line.FigureKey}}
	if d.Slack > 0 {
		e.Notes = append(e.Notes, "La série est publiée arrondie\u00a0: ce chiffre est connu à "+kt(d.Slack)+"\u00a0kt près.")
	}
}

func (c Cell) explainPlanned(e *figure.Explanation, name string) {
	p := c.Planned
	e.Title, e.Formula = name+"\u00a0: attendu des actions retenues", "somme des actions retenues, chiffrées, qui ne sont pas déjà dans l’observé"
	e.Sentence = "Ce que les actions retenues par la COP éviteraient par an en 2030, par rapport à 2019."
	e.Figure.Value = p.Kg.Central.Kt()
	e.Numbers = fmt.Sprintf("%d\u00a0%s = %s\u00a0ktCO₂e (de %s à %s)", p.Actions, french.Plural(int(p.Actions), "action", "actions"), kt(p.Kg.Central), kt(p.Kg.Low), kt(p.Kg.High))
	if p.Actions == 0 {
		missing(e, "aucune action retenue et chiffrée n’est attendue pour ce levier\u00a0: ce n’est pas un zéro confirmé")
		e.Numbers = ""
	}
	e.Notes = c.Notes()
}

func (c Cell) explainRest(e *figure.Explanation, name string, at territory.Ref) {
	e.Title, e.Formula = name+"\u00a0: reste à trouver", "objectif − déjà fait − attendu des actions retenues"
	e.Sentence = "Ce qu’aucune action retenue ni aucun progrès observé n’apporte encore. Un reste négatif dit que l’objectif est dépassé."
	if !c.Rest.Known {
		missing(e, c.Rest.Reason)
		return
	}
	e.Figure.Value = c.Rest.Central.Kt()
	whose := "panorama de l’État, objectif proposé"
	if c.Objective.Origin == Shared {
		whose = "objectif partagé par la COP le " + french.Day(c.Objective.On)
	}
	e.Inputs = []figure.Input{{Symbol: "O", Label: whose, Value: kt(c.Objective.Kg) + "\u00a0ktCO₂e", Source: whose, Key: c.Objective.Key}}
	numbers := kt(c.Objective.Kg)
	if c.Done.Kg.Known {
		numbers += " − " + term(c.Done.Kg.Kg)
		e.Inputs = append(e.Inputs, figure.Input{Symbol: "F", Label: "déjà fait depuis 2019", Value: kt(c.Done.Kg.Kg) + "\u00a0ktCO₂e", Source: c.Done.Source, Key: Key(c.Line.Lever.Code, at, DoneIs)})
	} else {
		e.Formula = "objectif − attendu des actions retenues"
		e.Notes = append(e.Notes, "Sans compter ce qui est déjà fait\u00a0: "+c.Done.Kg.Reason)
	}
	numbers += " − " + term(c.Planned.Kg.Central)
	e.Inputs = append(e.Inputs, figure.Input{Symbol: "A", Label: "attendu des actions retenues", Value: kt(c.Planned.Kg.Central) + "\u00a0ktCO₂e", Source: "registre des actions", Key: Key(c.Line.Lever.Code, at, PlannedIs)})
	e.Numbers = fmt.Sprintf("%s = %s\u00a0ktCO₂e (de %s à %s)", numbers, kt(c.Rest.Central), kt(c.Rest.Low), kt(c.Rest.High))
	e.Notes = append(e.Notes, c.Notes()...)
}

// Notes say what the expected part holds and what it leaves out, in sentences.
func (c Cell) Notes() (out []string) {
	p := c.Planned
	say := func(n int64, one, many string) {
		if n > 0 {
			out = append(out, french.Integer(n)+"\u00a0"+french.Plural(n, one, many))
		}
	}
	with := func(t Tally, one, many, end, ends string) {
		if t.Actions > 0 {
			out = append(out, french.Integer(t.Actions)+"\u00a0"+french.Plural(t.Actions, one, many)+" ("+about(t.Kg.Central)+"\u00a0kt)"+french.Plural(t.Actions, end, ends))
		}
	}
	if p.Gross > 0 {
		out = append(out, french.Integer(p.Gross)+"\u00a0"+french.Plural(p.Gross, "action compte", "actions comptent")+" une quantité brute, pour "+about(p.GrossKg)+"\u00a0kt. "+action.GrossNote)
	}
	if c.Done.Kg.Known {
		year := strconv.Itoa(c.Done.Year)
		with(p.Started, "action commencée avant la fin de "+year, "actions commencées avant la fin de "+year, ", supposée déjà dans l’observé\u00a0: elle n’est pas ajoutée.", ", supposées déjà dans l’observé\u00a0: elles ne sont pas ajoutées.")
		with(p.Undated, "action sans date de début", "actions sans date de début", "\u00a0: rien ne dit qu’elle n’est pas déjà dans l’observé, elle n’est pas ajoutée.", "\u00a0: rien ne dit qu’elles ne sont pas déjà dans l’observé, elles ne sont pas ajoutées.")
	}
	with(p.Regional, "action régionale", "actions régionales", ", dont rien ne dit la part ici\u00a0: elle n’est pas répartie.", ", dont rien ne dit la part ici\u00a0: elles ne sont pas réparties.")
	say(p.Reduced, "action compte pour une partie seulement\u00a0: une autre déclare le même objet.", "actions comptent pour une partie seulement\u00a0: d’autres déclarent le même objet.")
	say(p.Estimated, "action déborde de ce territoire\u00a0: sa part ici est estimée par la population.", "actions débordent de ce territoire\u00a0: leur part ici est estimée par la population.")
	say(p.Increases, "action augmenterait les émissions\u00a0: elle est retranchée.", "actions augmenteraient les émissions\u00a0: elles sont retranchées.")
	say(p.Paused, "action comptée est en pause.", "actions comptées sont en pause.")
	say(p.Blocked, "action comptée est bloquée.", "actions comptées sont bloquées.")
	with(p.Abandoned, "action abandonnée", "actions abandonnées", "\u00a0: non comptée.", "\u00a0: non comptées.")
	say(p.Qualitative, "action qualitative\u00a0: comptée comme action, jamais comme zéro kt.", "actions qualitatives\u00a0: comptées comme actions, jamais comme zéro kt.")
	say(p.Unassessed, "action non évaluée\u00a0: comptée comme action, jamais comme zéro kt.", "actions non évaluées\u00a0: comptées comme actions, jamais comme zéro kt.")
	return out
}

// ActionPrefix is that of the keys of what one action brings.
const ActionPrefix = "action"

// ActionKey is the permanent address of what an action brings to a lever.
func ActionKey(id, lever string) string { return ActionPrefix + "/" + id + "/" + lever }

// ExplainAction answers for «action/{id}/{lever}», for an action that anyone may read.
func (m *Room) ExplainAction(ctx context.Context, key string) (_ figure.Explanation, err error) {
	defer apperr.Wrap(&err, "coverage.ExplainAction(%q)", key)
	none := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	parts := strings.Split(key, "/")
	if len(parts) != 3 || parts[0] != ActionPrefix {
		return figure.Explanation{}, none
	}
	x, c, err := action.Find(ctx, m.DB, policy.Actor{}, parts[1])
	if err != nil {
		return figure.Explanation{}, none
	}
	for _, p := range x.For(policy.Actor{}, c).Impacts {
		if p.Lever == parts[2] {
			return m.explainImpact(ctx, x, p, key)
		}
	}
	return figure.Explanation{}, none
}

func (m *Room) explainImpact(ctx context.Context, x action.Action, p action.Impact, key string) (e figure.Explanation, err error) {
	model, err := m.Model(ctx)
	if err != nil {
		return e, err
	}
	lever, err := model.Framework().Lever(p.Lever)
	if err != nil {
		return e, err
	}
	e = figure.Explanation{Title: x.Title + "\u00a0: apport au levier «\u00a0" + lever.Name + "\u00a0»", Page: "/actions/" + x.ID, Sentence: "Ce que l’action éviterait par an en 2030, par rapport à 2019, selon qui l’a chiffrée.",
		Figure: figure.Figure{Key: key, Unit: unitOfKeys, Territory: "region:" + x.Region, Year: action.Horizon, Class: figure.Declared, Source: "registre des actions", Version: french.Integer(int(x.Rev))}}
	if p.Kg == nil || p.Quantity == nil {
		missing(&e, "apport "+p.Class.Name()+"\u00a0: "+cmp.Or(p.How, "aucune quantité n’est donnée"))
		return e, nil
	}
	e.Figure.Value = p.Kg.Kt()
	q, label := french.Significant(*p.Quantity, 6), "quantité"
	if p.Gross {
		label = "quantité brute"
	}
	e.Inputs = []figure.Input{{Symbol: "Q", Label: label, Value: q + "\u00a0" + p.Unit, Source: cmp.Or(p.By, "porteur de l’action")}}
	switch {
	case p.Own:
		e.Formula, e.Numbers = "quantité × facteur de l’action", fmt.Sprintf("%s × %s\u00a0kg = %s\u00a0ktCO₂e", q, french.Significant(p.Factor, 6), kt(*p.Kg))
		e.Inputs = append(e.Inputs, figure.Input{Symbol: "f", Label: "facteur propre à l’action, kg par an et par " + p.Unit, Value: french.Significant(p.Factor, 6), Source: p.Source})
	case p.Factor == 0:
		e.Formula, e.Numbers = "quantité donnée en gaz à effet de serre", q+"\u00a0"+p.Unit+" = "+kt(*p.Kg)+"\u00a0ktCO₂e"
	default:
		e.Formula, e.Numbers = "quantité, dans l’unité du levier ⁄ ratio du levier", fmt.Sprintf("%s\u00a0%s, en %s, ⁄ %s = %s\u00a0ktCO₂e", q, p.Unit, lever.UnitShort, french.Significant(p.Factor, 4), kt(*p.Kg))
		e.Inputs = append(e.Inputs, figure.Input{Symbol: "r", Label: "ratio du levier, " + lever.UnitShort + " par kt", Value: french.Significant(p.Factor, 4), Source: "SGPE, juillet 2024, lu le jour du chiffrage"})
	}
	if p.KgLow != nil || p.KgHigh != nil {
		low, high := p.Kg, p.Kg
		if p.KgLow != nil {
			low = p.KgLow
		}
		if p.KgHigh != nil {
			high = p.KgHigh
		}
		e.Notes = append(e.Notes, "De "+kt(*low)+" à "+kt(*high)+"\u00a0ktCO₂e.")
	}
	for _, n := range []string{p.How, p.Outside} {
		if n != "" {
			e.Notes = append(e.Notes, n)
		}
	}
	if p.Gross {
		e.Notes = append(e.Notes, action.GrossNote)
	}
	return e, nil
}
