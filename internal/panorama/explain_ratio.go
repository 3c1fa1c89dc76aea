package panorama

import (
	"fmt"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/french"
)

// Ratios of a figure key, of a lever as of a total: its part of the territory's
// own total, and what it makes per inhabitant.
const (
	AskOfTotal   = "part-du-total"
	AskPerPerson = "par-habitant"
)

// explainRatio turns the explanation of an amount into that of one of its
// ratios: the amount becomes the first term.
func explainRatio(x *figure.Explanation, p Panorama, kg Kg, ask string) error {
	switch ask {
	case AskOfTotal, AskPerPerson:
	default:
		return apperr.NotFoundf("«\u00a0%s\u00a0» n’est pas une question connue\u00a0: part, part-du-total, par-habitant, 2019, 2030 ou variation.", ask)
	}
	amount := figure.Input{Symbol: "O", Label: "objectif", Value: kt(kg), Source: x.Figure.Class.Label(), Key: x.Figure.Key}
	x.Figure.Key += "/" + ask
	x.Formula, x.Numbers, x.Inputs, x.Notes = "", "", nil, nil
	if !x.Figure.Known() {
		x.Sentence = x.Figure.Reason
		return nil
	}
	missing := func(reason string) {
		x.Figure.Class, x.Figure.Reason, x.Figure.Value, x.Sentence = figure.Missing, reason, 0, reason
	}
	if x.Figure.Class == figure.Reference {
		x.Figure.Class = figure.Computed
	}
	if ask == AskOfTotal {
		x.Title = retitled(x.Title, "part du total du territoire")
		x.Figure.Unit = "%"
		if p.Total.Known == 0 || p.Total.Kg == 0 {
			missing("Le total de ce territoire est nul ou inconnu\u00a0: une part de ce total n’a pas de sens.")
			return nil
		}
		v := float64(kg) / float64(p.Total.Kg)
		x.Figure.Value = v * 100
		x.Sentence = "Part de cet objectif dans le total de " + p.Territory.Name + " (" + p.Total.Scope + ")."
		x.Formula = "objectif du levier ÷ total du territoire"
		x.Numbers = fmt.Sprintf("%s ÷ %s = %s", kt(kg), kt(p.Total.Kg), french.Percent(v, 4))
		x.Inputs = []figure.Input{amount, {Symbol: "T", Label: "total du territoire", Value: kt(p.Total.Kg), Source: figure.Computed.Label(), Key: FigureKey(July, TotalName, p.Territory.Ref)}}
		return nil
	}
	x.Title = retitled(x.Title, "objectif par habitant")
	x.Figure.Unit = "kgCO₂e par habitant et par an"
	n := p.Territory.Population
	if n <= 0 {
		missing("La population de ce territoire n’est pas connue.")
		return nil
	}
	v := float64(kg) / float64(n)
	x.Figure.Value = v
	x.Sentence = "L’objectif divisé par le nombre d’habitants, pour comparer des régions de tailles différentes."
	x.Formula = "objectif ÷ population municipale"
	x.Numbers = fmt.Sprintf("%s ÷ %s habitants = %s kgCO₂e", kt(kg), french.Integer(n), french.Significant(v, 5))
	x.Inputs = []figure.Input{amount, {Symbol: "P", Label: "population municipale", Value: french.Integer(n) + french.NoBreak + "habitants", Source: "INSEE, recensement de la population"}}
	return nil
}

// retitled says what is asked of an amount in place of what it is.
func retitled(title, what string) string {
	const was = "objectif indicatif pour 2030"
	if strings.Contains(title, was) {
		return strings.Replace(title, was, what, 1)
	}
	return title + ", " + what
}

// explainFamily explains the total of the levers of a sector, or of a theme.
func (m *Model) explainFamily(p Panorama, ask string) (figure.Explanation, error) {
	in, code := "secteur", strings.TrimPrefix(ask, AskSector)
	of := func(l Line) bool { return l.Lever.Sector == code }
	if theme, ok := strings.CutPrefix(ask, AskTheme); ok {
		in, code = "thématique", theme
		of = func(l Line) bool { return string(l.Lever.Theme) == theme }
	}
	var lines []Line
	t := Total{}
	for _, l := range p.Lines {
		switch {
		case !of(l):
			continue
		case l.Objective.Known:
			t.Kg, t.Known = t.Kg+l.Objective.Kg, t.Known+1
		default:
			t.Missing++
		}
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		return figure.Explanation{}, apperr.NotFoundf("Aucun levier de %s n’est dans «\u00a0%s\u00a0».", p.Territory.Name, ask)
	}
	name := code
	for _, s := range m.fw.Sectors() {
		if in == "secteur" && s.Code == code {
			name = s.Name
		}
	}
	for _, x := range m.fw.Themes() {
		if in == "thématique" && string(x.Code) == code {
			name = x.Name
		}
	}
	t.Scope = in + " «\u00a0" + name + "\u00a0»"
	p.Lines, p.Total = lines, t
	x, _ := m.explainTotal(p, TotalName)
	x.Figure.Key += "/" + ask
	return x, nil
}
