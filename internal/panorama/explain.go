package panorama

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// Names of the totals in figure keys, where a lever's code otherwise stands.
const (
	TotalName         = "total"
	WithoutForestName = "total-hors-forets"
)

// Parts of a figure key after the territory: nothing is the objective itself.
const (
	AskShare  = "part"
	AskStart  = "2019"
	AskTarget = "2030"
	AskChange = "variation"
	// With the code of a family after them, they ask for the part of a total that is
	// of its levers: panorama/2024-07/total/region:44/secteur-transports.
	AskSector = "secteur-"
	AskTheme  = "thematique-"
)

const unitKt = "ktCO₂e par an"

// Explain recomputes the figure of a key such as
// panorama/2024-07/voitures-electriques/region:44 and says how it was made.
func (m *Model) Explain(_ context.Context, key string) (figure.Explanation, error) {
	parts := strings.Split(key, "/")
	if len(parts) < 4 || len(parts) > 5 || parts[0] != "panorama" {
		return figure.Explanation{}, apperr.NotFoundf("Aucun chiffre ne porte l’adresse « %s ».", key)
	}
	ref, err := territory.ParseRef(parts[3])
	if err != nil {
		return figure.Explanation{}, apperr.New(apperr.NotFound, err, "Aucun chiffre ne porte l’adresse « %s ».", key)
	}
	ask := ""
	if len(parts) == 5 {
		ask = parts[4]
	}
	switch parts[1] {
	case July:
		p, err := m.Of(ref)
		if err != nil {
			return figure.Explanation{}, err
		}
		var communes []int32
		if ref != territory.France {
			if communes, err = m.tree.CommunesOf(ref); err != nil {
				return figure.Explanation{}, err
			}
		}
		return m.ExplainIn(p, communes, parts[2], ask)
	case December:
		return m.explainDecember(parts[2], ref, key)
	}
	return figure.Explanation{}, apperr.NotFoundf("L’édition « %s » n’existe pas : les éditions sont 2023-12 et 2024-07.", parts[1])
}

// ExplainIn explains a figure of a panorama already computed over communes: of
// a perimeter, which the model does not hold, as well.
func (m *Model) ExplainIn(p Panorama, communes []int32, name, ask string) (figure.Explanation, error) {
	if name == TotalName || name == WithoutForestName {
		x, kg := m.explainTotal(p, name)
		switch {
		case ask == "":
			return x, nil
		case ask == AskShare && name == TotalName:
			return m.explainTotalShare(x, p)
		case name == TotalName && (strings.HasPrefix(ask, AskSector) || strings.HasPrefix(ask, AskTheme)):
			return m.explainFamily(p, ask)
		}
		err := explainRatio(&x, p, kg, ask)
		return x, err
	}
	i := slices.IndexFunc(p.Lines, func(l Line) bool { return l.Lever.Code == name })
	if i < 0 {
		return figure.Explanation{}, apperr.NotFoundf("Le levier « %s » n’a pas de ligne dans le panorama de %s.", name, p.Territory.Name)
	}
	l := p.Lines[i]
	x := figure.Explanation{
		Figure: figure.Figure{
			Key: l.FigureKey, Value: l.Objective.Kg.Kt(), Reason: l.Objective.Reason, Unit: unitKt, Territory: p.Territory.Ref.String(),
			Year: 2030, Class: l.Class, Source: sourceOf(l), Version: m.version,
		},
		Title: fmt.Sprintf("%s, %s : objectif indicatif pour 2030", l.Lever.Name, p.Territory.Name),
		Page:  p.Territory.Path + "/panorama",
	}
	switch ask {
	case "":
		m.explainObjective(&x, p, communes, l)
	case AskShare:
		m.explainShare(&x, l)
	case AskStart, AskTarget, AskChange:
		m.explainEquivalent(&x, p, l, ask)
	default:
		err := explainRatio(&x, p, l.Objective.Kg, ask)
		return x, err
	}
	return x, nil
}

func sourceOf(l Line) string {
	if l.Key != nil {
		return "SGPE, simulateur territorial, juillet 2024 ; clé : " + l.Key.Source
	}
	return "SGPE, simulateur territorial, juillet 2024"
}

// kt writes kilotonnes with the digits of the publication and no useless zero.
func kt(kg Kg) string {
	return french.Significant(french.Round(kg.Kt(), 4), 12) + french.NoBreak + "kt"
}

// published writes a value as the State does, with the decimal comma.
func published(c Cell) string {
	return strings.Replace(c.AsPublished, ".", ",", 1) + french.NoBreak + "kt"
}

func (m *Model) explainObjective(x *figure.Explanation, p Panorama, communes []int32, l Line) {
	switch {
	case !l.Objective.Known:
		x.Sentence = l.Objective.Reason
		x.Formula = "Aucune formule : une valeur qui manque n’est jamais remplacée par zéro."
		if l.Region.Known && p.Territory.Ref.Scale != territory.RegionS {
			x.Inputs = append(x.Inputs, m.regionInput(p, l))
		}
	case p.Territory.Ref.Scale == territory.Nation:
		x.Sentence = "Objectif national du levier, publié par l’État : baisse attendue en 2030 par rapport à 2019."
		x.Formula, x.Numbers = "valeur publiée", kt(l.Objective.Kg)
	case l.State == Published:
		m.explainPublished(x, p, l)
	default:
		m.explainDivided(x, p, communes, l)
	}
}

func (m *Model) regionInput(p Panorama, l Line) figure.Input {
	in := figure.Input{Symbol: "R", Label: "objectif de la région pour ce levier", Value: kt(l.Region.Kg), Source: "SGPE, juillet 2024"}
	if len(p.Regions) == 1 {
		in.Key = FigureKey(July, l.Lever.Code, p.Regions[0])
	} else {
		in.Label = "objectif des régions pour ce levier"
	}
	return in
}

// explainPublished tells a region's value: as published, beside the theoretical
// one of December and, where it can be, beside the key recomputed.
func (m *Model) explainPublished(x *figure.Explanation, p Panorama, l Line) {
	region := p.Regions[0]
	cell, _ := m.ref.Cell(July, region.Code, l.Lever.Code)
	x.Sentence = "Valeur proposée par l’État à la région, publiée en juillet 2024. Elle est indicative et non contraignante."
	x.Formula, x.Numbers = "valeur publiée, sans calcul de Jalon", kt(l.Objective.Kg)
	x.Inputs = append(x.Inputs, figure.Input{Symbol: "O", Label: "valeur telle que publiée", Value: published(cell), Source: "SGPE, simulateur territorial, juillet 2024"})
	if p.SameAs != "" {
		x.Notes = append(x.Notes, "Ce département d’outre-mer est aussi une région : il en montre les valeurs.")
	}
	national, ok := m.ref.National[l.Lever.Code]
	if !ok {
		x.Notes = append(x.Notes, "Ce levier est propre à la Corse et aux outre-mer : il n’entre pas dans les 30 leviers de l’objectif national.")
		return
	}
	x.Inputs = append(x.Inputs, figure.Input{Symbol: "N", Label: "objectif national du levier", Value: kt(national), Source: "SGPE, panorama national", Key: FigureKey(July, l.Lever.Code, territory.France)})
	if dec, ok := m.ref.Cell(December, region.Code, l.Lever.Code); ok && dec.Objective.Known {
		x.Inputs = append(x.Inputs, figure.Input{Symbol: "T", Label: "répartition théorique de décembre 2023", Value: kt(dec.Objective.Kg), Source: "SGPE, décembre 2023", Key: FigureKey(December, l.Lever.Code, region)})
	}
	official := m.ref.Official[l.Lever.Code]
	if official.Label != "" {
		x.Notes = append(x.Notes, "Clé de répartition de l’État : "+official.Label+" ("+official.Producer+").")
	}
	m.noteKey(x, official, region.Code)
	for _, a := range m.ref.Adjusted {
		if a.Region == region.Code && a.Lever == l.Lever.Code {
			x.Notes = append(x.Notes, "Valeur ajustée entre les deux éditions : "+a.Reason)
		}
	}
}

func (m *Model) noteKey(x *figure.Explanation, k OfficialKey, region string) {
	inputs := m.ref.keyInputs[k.Key]
	v, ok := inputs[region]
	if !ok {
		x.Notes = append(x.Notes, "Les valeurs de cette clé ne sont pas publiques : seule la part de chaque région l’est.")
		return
	}
	var sum float64
	for _, r := range sortedKeys(inputs) {
		sum += inputs[r]
	}
	x.Inputs = append(x.Inputs, figure.Input{
		Symbol: "c", Label: fmt.Sprintf("clé recalculée : %s, %s", k.Label, k.Year),
		Value:  fmt.Sprintf("%s ÷ %s %s = %s", french.Significant(v, 8), french.Significant(sum, 8), k.Unit, french.Percent(v/sum, 4)),
		Source: k.Producer,
	})
}

// explainDivided tells a value under the region: the region's objective times
// the territory's part of the key, communes being served in whole kilograms.
func (m *Model) explainDivided(x *figure.Explanation, p Panorama, idx []int32, l Line) {
	x.Sentence = "Part de l’objectif de la région, calculée par Jalon."
	if l.State == Substitute {
		x.Sentence = "Estimation : faute de mieux, la population tient lieu de clé. Elle donne la même part à chaque habitant et ne dit encore rien de ce territoire."
	}
	x.Inputs = append(x.Inputs, m.regionInput(p, l))
	label := l.Key.Label
	if l.Key.Code == "population" {
		mine, all := m.population(idx), int64(0)
		for _, r := range p.Regions {
			all += m.population(m.regionCommunes[r.Code])
		}
		x.Numbers = fmt.Sprintf("%s × %s ÷ %s = %s", kt(l.Region.Kg), french.Integer(mine), french.Integer(all), kt(l.Objective.Kg))
		x.Inputs = append(x.Inputs,
			figure.Input{Symbol: "p", Label: fmt.Sprintf("population du territoire, %d", l.Key.Year), Value: french.Integer(mine) + " habitants", Source: l.Key.Source},
			figure.Input{Symbol: "P", Label: fmt.Sprintf("population de la région, %d", l.Key.Year), Value: french.Integer(all) + " habitants", Source: l.Key.Source})
		if len(p.Regions) > 1 {
			x.Numbers = "somme des parts reçues de chaque région = " + kt(l.Objective.Kg)
		}
	} else {
		x.Numbers = m.importedNumbers(x, p, l, idx)
	}
	x.Formula = "objectif de la région × clé du territoire ÷ clé de la région"
	x.Notes = append(x.Notes,
		fmt.Sprintf("Clé : %s (%d), connue par %s.", label, l.Key.Year, l.Key.Scale.Label()),
		"La région est répartie entre ses communes en kilogrammes entiers, au plus fort reste ; tout autre territoire est la somme de ses communes. L’écart avec la formule est de quelques kilogrammes au plus.")
	if l.Key.Official != "" {
		x.Notes = append(x.Notes, "La clé de l’État entre les régions compte autre chose\u00a0: "+l.Key.Official+".")
	}
	if rule := m.ref.Rule(l.Lever.Code, ruleScale(p.Territory.Ref.Scale)); rule.Reason != "" && l.Key.Code == "population" {
		x.Notes = append(x.Notes, rule.Reason)
	}
}

func (m *Model) importedNumbers(x *figure.Explanation, p Panorama, l Line, idx []int32) string {
	var mine, all float64
	for _, r := range p.Regions {
		d := m.divisions[m.index[l.Lever.Code]][r.Code]
		all += d.sum
		seen := map[territory.Ref]bool{}
		for _, i := range idx {
			if m.communes[i].Region != r.Code || d.imported == nil {
				continue
			}
			if u := m.unitOf(i, d.imported.Scale); !seen[u] {
				seen[u] = true
				mine += d.weights[u]
			}
		}
	}
	x.Inputs = append(x.Inputs,
		figure.Input{Symbol: "k", Label: fmt.Sprintf("%s, %d, de ce territoire", l.Key.Label, l.Key.Year), Value: french.Significant(mine, 8) + french.NoBreak + l.Key.Unit, Source: l.Key.Source},
		figure.Input{Symbol: "K", Label: fmt.Sprintf("%s, %d, de la région", l.Key.Label, l.Key.Year), Value: french.Significant(all, 8) + french.NoBreak + l.Key.Unit, Source: l.Key.Source})
	if l.State == Substitute {
		return "parts des unités de la clé, puis population à l’intérieur de chacune = " + kt(l.Objective.Kg)
	}
	return fmt.Sprintf("%s × %s ÷ %s = %s", kt(l.Region.Kg), french.Significant(mine, 8), french.Significant(all, 8), kt(l.Objective.Kg))
}

func (m *Model) explainShare(x *figure.Explanation, l Line) {
	x.Figure.Key += "/" + AskShare
	x.Figure.Unit, x.Figure.Value, x.Figure.Reason = "%", l.Share.V*100, l.Share.Reason
	x.Title = strings.Replace(x.Title, "objectif indicatif pour 2030", "part de l’objectif national", 1)
	x.Formula = "objectif du territoire ÷ objectif national du levier"
	if !l.Share.Known {
		x.Figure.Class, x.Sentence = figure.Missing, l.Share.Reason
		return
	}
	if l.Class == figure.Reference {
		x.Figure.Class = figure.Computed
	}
	national := m.ref.National[l.Lever.Code]
	x.Sentence = "Part de l’objectif national du levier que ce territoire est invité à prendre."
	x.Numbers = fmt.Sprintf("%s ÷ %s = %s", kt(l.Objective.Kg), kt(national), french.Percent(l.Share.V, 4))
	x.Inputs = append(x.Inputs, figure.Input{Symbol: "O", Label: "objectif du territoire", Value: kt(l.Objective.Kg), Source: sourceOf(l), Key: l.FigureKey},
		figure.Input{Symbol: "N", Label: "objectif national", Value: kt(national), Source: "SGPE, panorama national", Key: FigureKey(July, l.Lever.Code, territory.France)})
}

func (m *Model) explainEquivalent(x *figure.Explanation, p Panorama, l Line, ask string) {
	e := l.Equiv
	v := map[string]Value{AskStart: e.Start, AskTarget: e.Target, AskChange: e.Change}[ask]
	what := map[string]string{AskStart: "point de départ en 2019", AskTarget: "niveau en 2030", AskChange: "variation de 2019 à 2030"}[ask]
	x.Figure.Key += "/" + ask
	x.Title = strings.Replace(x.Title, "objectif indicatif pour 2030", what, 1)
	x.Figure.Unit, x.Figure.Value, x.Figure.Reason = e.Unit, v.V, v.Reason
	if ask == AskStart {
		x.Figure.Year = 2019
	}
	x.Formula = "variation = objectif en kt × ratio"
	if e.Relative {
		x.Formula = "2030 = 2019 + objectif en kt × ratio"
	}
	if !v.Known {
		x.Figure.Class, x.Sentence = figure.Missing, v.Reason
		return
	}
	x.Sentence = "Ordre de grandeur : l’objectif en kt traduit dans l’unité physique du levier par le ratio publié."
	number := func(v Value) string { return french.Number(v.V, e.Decimals) }
	switch {
	case e.RegionAverage:
		x.Notes = append(x.Notes, "Moyenne régionale : une moyenne ne se répartit pas, elle est la même dans toute la région.")
	case p.Territory.Ref.Scale == territory.Nation:
		x.Notes = append(x.Notes, "Somme des régions de l’Hexagone et de Corse ; l’objectif national lui-même n’est pas traduit.")
	case e.Relative && e.Start.Known:
		x.Numbers = fmt.Sprintf("%s + %s × %s = %s %s", number(e.Start), french.Number(l.Objective.Kg.Kt(), 4), french.Significant(e.Ratio, 6), number(e.Target), e.Unit)
	default:
		x.Numbers = fmt.Sprintf("%s × %s = %s %s", french.Number(l.Objective.Kg.Kt(), 4), french.Significant(e.Ratio, 6), number(e.Change), e.Unit)
	}
	if x.Figure.Class == figure.Reference && ask != AskStart {
		x.Figure.Class = figure.Computed
	}
	x.Inputs = append(x.Inputs, figure.Input{Symbol: "O", Label: "objectif", Value: kt(l.Objective.Kg), Source: sourceOf(l), Key: l.FigureKey})
	if e.Ratio != 0 {
		x.Inputs = append(x.Inputs, figure.Input{Symbol: "r", Label: "ratio publié, par kt", Value: french.Significant(e.Ratio, 6), Source: "SGPE, juillet 2024"})
	}
	x.Notes = append(x.Notes, "Le résultat ne porte pas plus de chiffres que le ratio.")
}

func (m *Model) explainTotal(p Panorama, name string) (figure.Explanation, Kg) {
	t := p.Total
	if name == WithoutForestName {
		t = p.WithoutForest
	}
	x := figure.Explanation{
		Figure: figure.Figure{
			Key: FigureKey(July, name, p.Territory.Ref), Value: t.Kg.Kt(), Unit: unitKt, Territory: p.Territory.Ref.String(),
			Year: 2030, Class: figure.Computed, Source: "SGPE, simulateur territorial, juillet 2024", Version: m.version,
		},
		Title:    p.Territory.Name + " : total des leviers (" + t.Scope + ")",
		Sentence: "Somme exacte des objectifs des leviers qui ont une valeur ici, avant tout arrondi.",
		Formula:  "somme des objectifs par levier", Numbers: fmt.Sprintf("Σ de %d leviers = %s", t.Known, kt(t.Kg)),
		Page: p.Territory.Path + "/panorama",
	}
	if t.Known == 0 {
		x.Figure.Class, x.Figure.Reason = figure.Missing, "Aucun levier n’a de valeur à cette échelle."
	}
	for _, l := range p.Lines {
		if !l.Objective.Known || (name == WithoutForestName && l.Lever.Code == ForestLever) {
			continue
		}
		x.Inputs = append(x.Inputs, figure.Input{Symbol: "+", Label: l.Lever.ShortName, Value: kt(l.Objective.Kg), Source: l.Class.Label(), Key: l.FigureKey})
		if l.Class == figure.Estimated {
			x.Figure.Class = figure.Estimated
		}
	}
	if t.Missing > 0 {
		x.Notes = append(x.Notes, fmt.Sprintf("%d %s sans valeur ici : %s ne compte pas pour zéro, il manque.", t.Missing, french.Plural(t.Missing, "levier est", "leviers sont"), french.Plural(t.Missing, "il", "chacun")))
	}
	return x, t.Kg
}

func (m *Model) explainDecember(lever string, ref territory.Ref, key string) (figure.Explanation, error) {
	c, ok := m.ref.Cell(December, ref.Code, lever)
	if !ok || ref.Scale != territory.RegionS {
		return figure.Explanation{}, apperr.NotFoundf("L’édition de décembre 2023 ne donne que les régions : « %s » n’y est pas.", key)
	}
	t, err := m.tree.Lookup(ref)
	if err != nil {
		return figure.Explanation{}, err
	}
	x := figure.Explanation{
		Figure: figure.Figure{Key: key, Value: c.Objective.Kg.Kt(), Reason: c.Objective.Reason, Unit: unitKt, Territory: ref.String(), Year: 2030,
			Class: figure.Reference, Source: "SGPE, simulateur territorial, décembre 2023", Version: m.version},
		Title:    fmt.Sprintf("%s, %s : répartition théorique de décembre 2023", m.leverName(lever), t.Name),
		Sentence: "Répartition de l’objectif national par la clé de l’État, avant tout ajustement. Les pages montrent la valeur de juillet 2024.",
		Formula:  "objectif national × part de la région dans la clé", Numbers: published(c), Page: t.Path + "/panorama",
	}
	if !c.Objective.Known {
		x.Figure.Class, x.Sentence = figure.Missing, c.Objective.Reason
	}
	m.noteKey(&x, m.ref.Official[lever], ref.Code)
	return x, nil
}

func (m *Model) leverName(code string) string {
	if i, ok := m.index[code]; ok {
		return m.levers[i].Name
	}
	return code
}
