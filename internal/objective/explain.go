package objective

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
)

// The figures that are not those of one territory.
const (
	sums     = "consolidation"
	gaps     = "bouclage"
	TotalSum = "total" // the lever that stands for all of them
	unit     = "ktCO₂e par an"
)

// keyOf joins the parts of a key, with the cycle when it is not the first one.
func keyOf(cycle string, parts ...string) string {
	key := Prefix + "/" + strings.Join(parts, "/")
	if cycle != cop.First {
		key += "/" + cycle
	}
	return key
}

// Key is the permanent address of the objective of a lever in a territory, as
// anyone reads it: shared, or what the panorama offers.
func Key(lever, territory, cycle string) string { return keyOf(cycle, lever, territory) }

// SumKey is that of the sum of the regions for a lever, or for all (TotalSum).
func SumKey(lever, cycle string) string { return keyOf(cycle, sums, lever) }

// GapKey is that of the gap of the départements to their region.
func GapKey(lever, region, cycle string) string {
	return keyOf(cycle, gaps, lever, "region:"+region)
}

// Explain answers for the keys of this room with what anyone may read: nothing that
// is only discussed is ever in an explanation.
func (m *Room) Explain(ctx context.Context, model *panorama.Model, key string) (x figure.Explanation, err error) {
	defer apperr.Wrap(&err, "objective.Explain(%q)", key)
	none := apperr.NotFoundf("Aucun chiffre ne porte l’adresse «\u00a0%s\u00a0».", key)
	parts := strings.Split(key, "/")
	if len(parts) < 3 || parts[0] != Prefix {
		return x, none
	}
	n := 3
	if parts[1] == gaps || parts[1] == totals {
		n = 4
	}
	cycle := cop.First
	if len(parts) == n+1 && parts[n] != cop.First {
		cycle, parts = parts[n], parts[:n]
	}
	if len(parts) != n {
		return x, none
	}
	f := figure.Figure{Key: key, Unit: unit, Year: 2030, Class: figure.Computed, Source: "objectifs partagés par les COP, panorama de l’État (juillet 2024)", Version: model.Version()}
	if parts[1] == sums {
		return m.explainSum(ctx, model, parts[2], cycle, f, none)
	}
	ref, err := territory.ParseRef(parts[n-1])
	if err != nil {
		return x, none
	}
	f.Territory = ref.String()
	switch {
	case ref.Scale == territory.Perimeter && n == 3:
		return m.explainPerimeter(ctx, model, parts[1], ref, cycle, f, none)
	case ref.Scale != territory.RegionS && (ref.Scale != territory.Department || n == 4):
		return x, none
	}
	t, err := model.Tree().Lookup(ref)
	if err != nil {
		return x, none
	}
	region := ref.Code
	if ref.Scale == territory.Department {
		d, err := model.Tree().Dept(ref.Code)
		if err != nil {
			return x, none
		}
		region = d.Region
	}
	c, err := cop.Find(ctx, m.DB, cop.RegionID(cycle, region))
	if err != nil {
		return x, none
	}
	if parts[1] == totals {
		return m.explainTotal(ctx, model, Side(parts[2]), c, t, f, none)
	}
	all, err := ReadDepartments(ctx, m.DB, model, c, Anyone)
	if err != nil {
		return x, err
	}
	i := slices.IndexFunc(all, func(l LeverClosure) bool { return l.Lever.Code == parts[n-2] })
	switch {
	case i < 0:
		return x, none
	case n == 4:
		return explainGap(all[i], c, f), nil
	case ref.Scale == territory.RegionS:
		return m.explainCell(ctx, model, all[i].Lever.Name, all[i].Region, all[i].Region, c, t, f)
	}
	j := slices.IndexFunc(all[i].Cells, func(x Cell) bool { return x.Territory.Ref == ref })
	if j < 0 {
		return x, none
	}
	return m.explainCell(ctx, model, all[i].Lever.Name, all[i].Cells[j], all[i].Region, c, t, f)
}

// number writes a mass as the explanations of the panorama do.
func number(a panorama.Amount) string {
	if !a.Known {
		return "non disponible\u00a0: " + a.Reason
	}
	return french.Significant(french.Round(a.Kg.Kt(), 4), 12) + french.NoBreak + "kt"
}

func valued(f figure.Figure, a panorama.Amount) figure.Figure {
	if f.Value = a.Kg.Kt(); !a.Known {
		f.Value, f.Class, f.Reason = 0, figure.Missing, a.Reason
	}
	return f
}

// explainCell tells what is read of a lever in a territory: shared, offered, or the
// indicative part of what is read for the region.
func (m *Room) explainCell(ctx context.Context, model *panorama.Model, lever string, c, region Cell, of cop.COP, t territory.Territory, f figure.Figure) (x figure.Explanation, err error) {
	code := strings.Split(f.Key, "/")[1]
	x = figure.Explanation{Title: lever + ", " + t.Name + "\u00a0: objectif pour 2030", Page: of.Path() + "/objectifs/bouclage"}
	offered := figure.Input{Symbol: "P", Label: "proposé par le panorama", Value: number(c.Offered), Source: "SGPE, juillet 2024", Key: panorama.FigureKey(panorama.July, code, t.Ref)}
	if t.Ref.Scale != territory.RegionS {
		x.Page = t.Path + "/objectifs"
	}
	switch {
	case c.Objective != nil:
		f.Class, f.Source = figure.Declared, SharedName(c.On)
		x.Sentence = "Objectif partagé le " + french.Day(c.On) + " par la COP\u00a0: il reste indicatif, et en vigueur tant qu’un autre n’est pas partagé."
		x.Formula, x.Inputs = "valeur partagée, telle qu’elle a été écrite", []figure.Input{offered}
		if earlier := c.Objective.Cycle; earlier != of.Cycle {
			x.Notes = append(x.Notes, "Partagé par la COP "+earlier+", dans le cycle d’avant : la COP "+of.Cycle+" n’en a pas partagé d’autre.")
		}
		if err := m.tellShared(ctx, *c.Objective, model, t, &x); err != nil {
			return x, err
		}
	case t.Ref.Scale == territory.RegionS:
		f.Class = figure.Reference
		x.Sentence = "La COP n’a pas encore partagé d’objectif pour ce levier\u00a0: ce qui vaut à ce jour est ce que le panorama propose à la discussion."
		x.Formula, x.Numbers, x.Inputs = "objectif proposé par le panorama", number(c.Read), []figure.Input{offered}
	default:
		x.Sentence = "Part indicative\u00a0: personne n’a partagé d’autre valeur ici. Elle suit les parts du panorama, au kilogramme près."
		x.Formula = "objectif à ce jour de la région × part de ce territoire dans le panorama"
		x.Inputs = []figure.Input{{Symbol: "R", Label: "objectif à ce jour de la région (" + region.State.Name() + ")", Value: number(region.Read), Source: "COP de la région", Key: Key(code, "region:"+of.Region, of.Cycle)},
			{Symbol: "O", Label: "objectif que le panorama propose à la région", Value: number(region.Offered), Source: "SGPE, juillet 2024", Key: panorama.FigureKey(panorama.July, code, territory.Ref{Scale: territory.RegionS, Code: of.Region})}, offered}
		if c.Read.Known && region.Offered.Known && c.Offered.Known {
			x.Numbers = fmt.Sprintf("%s × %s ÷ %s = %s", number(region.Read), number(c.Offered), number(region.Offered), number(c.Read))
		}
		if c.Estimated {
			f.Class = figure.Estimated
			x.Notes = append(x.Notes, "Estimation\u00a0: faute de clé, la population tient lieu de clé dans le panorama.")
		}
	}
	x.Figure = valued(f, c.Read)
	return x, nil
}

// tellShared adds what was written, by what ratio it became the other measure, why,
// in which act, and who did not hold it: all as both heads read it in their list, so
// that nothing of what is discussed since is told.
func (m *Room) tellShared(ctx context.Context, o Objective, model *panorama.Model, t territory.Territory, x *figure.Explanation) error {
	v := o.SharedValue
	if x.Numbers = number(v.Kg); v.Level.Known {
		x.Numbers += "\u00a0; " + v.LevelText()
	}
	if p, err := model.Of(t.Ref); err == nil && v.Kg.Known && v.Level.Known {
		for _, l := range p.Lines {
			if l.Lever.Code == o.Lever && l.Equiv.Ratio != 0 {
				x.Inputs = append(x.Inputs, figure.Input{Symbol: "r", Label: "ratio publié, par kt, entre les deux mesures", Value: french.Significant(l.Equiv.Ratio, 6), Source: "SGPE, juillet 2024"})
			}
		}
	}
	was, err := versionAt(ctx, m.DB, o.ID, o.SharedRev)
	if err != nil {
		return err
	}
	list, err := findSharing(ctx, m.DB, was.Objective.Sharing)
	if apperr.KindOf(err) == apperr.NotFound {
		x.Notes = append(x.Notes, "La liste qui l’a partagé n’est pas dans cette base.")
		return nil
	}
	if err != nil {
		return err
	}
	act, err := cop.FindAct(ctx, m.DB, list.Act)
	note := "Liste n°" + nb + french.Integer(list.Seq) + " de la COP"
	switch {
	case apperr.KindOf(err) == apperr.NotFound:
	case err != nil:
		return err
	case act.State == cop.ActAlone:
		note += ", enregistrée par une seule tête, l’autre n’ayant pas répondu dans le délai\u00a0: " + act.Reason
	default:
		note += ", validation enregistrée des deux têtes"
	}
	x.Notes = append(x.Notes, note+".")
	for _, line := range list.Frozen.Lines {
		if line.Objective != o.ID {
			continue
		}
		unit := "ktCO₂e par an"
		if line.Measure == InLevel {
			unit = v.Unit
		}
		x.Inputs = append(x.Inputs, figure.Input{Symbol: "V", Label: "valeur telle qu’elle a été écrite", Value: line.Typed + nb + unit, Source: "équipe de la COP, le " + french.Day(line.On)})
		if line.Reason != "" {
			x.Notes = append(x.Notes, "Raison donnée\u00a0: "+line.Reason)
		}
		if line.Above {
			x.Notes = append(x.Notes, "Au-dessus des émissions connues du levier\u00a0: qui l’a écrit l’a confirmé.")
		}
		for _, d := range line.Dissents {
			x.Notes = append(x.Notes, "Dissensus du "+french.Day(d.Day)+"\u00a0: "+d.Who()+", "+d.Holds()+".")
		}
	}
	return nil
}

func explainGap(l LeverClosure, c cop.COP, f figure.Figure) figure.Explanation {
	x := figure.Explanation{Title: l.Lever.Name + "\u00a0: écart des départements à la région", Page: c.Path() + "/objectifs/bouclage?levier=" + l.Lever.Code,
		Sentence: "Ce qui vaut à ce jour pour les départements, moins ce qui vaut pour la région. Les parts indicatives ferment au kilogramme près\u00a0: un écart ne vient que d’un département qui a partagé une autre valeur.",
		Formula:  "somme des départements − région", Numbers: number(l.Sum) + " − " + number(l.Region.Read) + " = " + number(l.Gap), Figure: valued(f, l.Gap)}
	if !l.Gap.Known {
		x.Numbers = ""
	}
	for _, cell := range l.Cells {
		x.Inputs = append(x.Inputs, figure.Input{Symbol: "+", Label: cell.Territory.Name + " (" + stateOf(cell) + ")", Value: number(cell.Read), Source: "COP de la région", Key: Key(l.Lever.Code, cell.Territory.Ref.String(), c.Cycle)})
	}
	x.Inputs = append(x.Inputs, figure.Input{Symbol: "−", Label: "région (" + l.Region.State.Name() + ")", Value: number(l.Region.Read), Source: "COP de la région", Key: Key(l.Lever.Code, "region:"+c.Region, c.Cycle)})
	return x
}

func stateOf(c Cell) string {
	if c.Objective == nil {
		return "part indicative"
	}
	return c.State.Name()
}

// explainSum adds up the regions, as anyone reads them.
func (m *Room) explainSum(ctx context.Context, model *panorama.Model, lever, cycle string, f figure.Figure, none error) (x figure.Explanation, err error) {
	if _, err := cop.FindCycle(ctx, m.DB, cycle); err != nil {
		return x, none
	}
	all, err := ReadConsolidation(ctx, m.DB, model, cycle, policy.Actor{})
	if err != nil {
		return x, err
	}
	f.Territory = territory.France.String()
	if lever == TotalSum {
		x = figure.Explanation{Title: "Les 13 régions ensemble\u00a0: somme des objectifs", Page: "/objectifs", Formula: "somme des leviers", Sentence: "Somme de ce qui vaut à ce jour pour les 13 régions de l’Hexagone et de Corse, sur les 30 leviers\u00a0: partagé où la COP l’a fait, proposé par le panorama ailleurs."}
		for _, l := range all.Lines {
			x.Inputs = append(x.Inputs, figure.Input{Symbol: "+", Label: l.Lever.ShortName, Value: number(panorama.Amount{Kg: l.Sum.Kg, Known: true}), Source: fmt.Sprintf("%d partagés, %d proposés", l.Shared, l.Only), Key: SumKey(l.Lever.Code, cycle)})
		}
		x.Figure = valued(f, summed(all.Total.Sum))
		return x, nil
	}
	l, ok := all.Line(lever)
	if !ok {
		return x, none
	}
	x = figure.Explanation{Title: l.Lever.Name + "\u00a0: somme des objectifs des régions", Page: "/objectifs", Formula: "somme de ce qui vaut à ce jour dans chaque région",
		Sentence: "Objectif partagé par la COP où elle l’a fait, proposé par le panorama ailleurs. Rien de ce qui n’est que discuté n’y entre.",
		Numbers:  sigma(l.Sum, "régions"), Figure: valued(f, summed(l.Sum))}
	for _, c := range l.Regions {
		source := c.State.Name()
		if c.On != "" {
			source += " le " + french.Day(c.On)
		}
		x.Inputs = append(x.Inputs, figure.Input{Symbol: "+", Label: c.Region.Name, Value: number(c.Read), Source: source, Key: Key(lever, "region:"+c.Region.Code, cycle)})
	}
	if l.National.Known {
		x.Inputs = append(x.Inputs, figure.Input{Symbol: "N", Label: "objectif national, pour comparaison", Value: number(l.National), Source: "SGPE, panorama national", Key: panorama.FigureKey(panorama.July, lever, territory.France)})
		for _, w := range l.Why {
			x.Notes = append(x.Notes, "Ce qui sépare l’objectif national de ce qui est proposé aux régions\u00a0: "+w+".")
		}
	}
	if l.Sum.Missing > 0 {
		x.Notes = append(x.Notes, fmt.Sprintf("%d %s sans valeur\u00a0: ce qui manque n’est dans aucune somme, et n’y compte pas pour zéro.", l.Sum.Missing, french.Plural(l.Sum.Missing, "région est", "régions sont")))
	}
	return x, nil
}

// sigma writes a sum of known values.
func sigma(t panorama.Total, of string) string {
	return fmt.Sprintf("Σ de %d %s = %s", t.Known, of, number(summed(t)))
}

func summed(t panorama.Total) panorama.Amount {
	if t.Known == 0 {
		return panorama.Amount{Reason: "aucune région n’a de valeur"}
	}
	return panorama.Amount{Kg: t.Kg, Known: true}
}

// explainPerimeter adds up the parts of a perimeter in each of its regions.
func (m *Room) explainPerimeter(ctx context.Context, model *panorama.Model, lever string, ref territory.Ref, cycle string, f figure.Figure, none error) (x figure.Explanation, err error) {
	p, err := territory.FindPerimeter(ctx, m.DB, ref.Code)
	if err != nil {
		return x, none
	}
	t := p.Territory(model.Tree())
	var regions []string
	for _, r := range t.Parents {
		if r.Scale == territory.RegionS {
			regions = append(regions, r.Code)
		}
	}
	// As its page reads it: with the CRTE in force when it is one, else alone.
	communes, err := territory.MembersOf(ctx, m.DB, model.Tree(), p.ID)
	if err != nil {
		return x, err
	}
	sum := panorama.Amount{Known: true}
	x = figure.Explanation{Title: t.Name + "\u00a0: objectif pour 2030", Page: t.Path + "/objectifs", Formula: "somme de ses parts dans chaque région"}
	found := false
	for _, code := range regions {
		c, err := cop.Find(ctx, m.DB, cop.RegionID(cycle, code))
		if err != nil {
			return x, none
		}
		all, err := ReadPerimeter(ctx, m.DB, model, c, p, communes, m.Now().UTC().Format(time.DateOnly), Anyone)
		if err != nil {
			return x, err
		}
		for _, l := range all.Levers {
			i := slices.IndexFunc(l.Cells, func(x Cell) bool { return x.Territory.Ref == ref })
			if l.Lever.Code != lever || i < 0 {
				continue
			}
			found = true
			if len(regions) == 1 {
				return m.explainCell(ctx, model, l.Lever.Name, l.Cells[i], l.Region, c, t, f)
			}
			x.Title = l.Lever.Name + ", " + t.Name + "\u00a0: objectif pour 2030"
			x.Inputs = append(x.Inputs, figure.Input{Symbol: "+", Label: c.Name + " (" + stateOf(l.Cells[i]) + ")", Value: number(l.Cells[i].Read), Source: "COP de la région"})
			switch {
			case !l.Cells[i].Read.Known:
				sum = panorama.Amount{Reason: l.Cells[i].Read.Reason}
			case sum.Known:
				sum.Kg += l.Cells[i].Read.Kg
			}
		}
	}
	if !found {
		return x, none
	}
	x.Sentence = "Ce territoire s’étend sur plusieurs régions\u00a0: chacune compte la part qui est chez elle."
	x.Figure = valued(f, sum)
	return x, nil
}
