package objectives

import (
	"slices"

	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/policy"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// pages are those of the region as the COP of the address has them, with the objectives
// of its other COPs.
func (x where) pages() ui.Pages {
	return wording.InCycles(wording.COPTabs(x.cop, x.region, wording.TabObjectives), policy.Actor{}, x.cop, x.all, "/objectifs")
}

// earlier are the cycles whose COPs shared something there, in their order.
func (x where) earlier() (out []string) {
	for _, o := range x.before {
		if !slices.Contains(out, o.Cycle) {
			out = append(out, o.Cycle)
		}
	}
	slices.Sort(out)
	return out
}

// beforeColumn is the column of what earlier COPs shared, none when they shared nothing.
func (x where) beforeColumn() []ui.Column {
	if len(x.before) == 0 {
		return nil
	}
	label := "Partagé avant"
	if all := x.earlier(); len(all) == 1 {
		label = "Partagé par la COP " + all[0]
	}
	return []ui.Column{{Label: label, Unit: wording.Kilotonnes, Number: true}}
}

// beforeCell is what an earlier COP shared for a lever, and whether it was replaced.
func (x where) beforeCell(l objective.Line, decimals int) []ui.Cell {
	if len(x.before) == 0 {
		return nil
	}
	o, ok := x.before[l.Lever.Code]
	if !ok {
		return []ui.Cell{{Missing: "Aucune COP d’avant n’a partagé d’objectif pour ce levier."}}
	}
	c := x.sharedIn(valueCell(o.SharedValue, decimals), o, l.Lever.ShortName+", COP "+o.Cycle)
	if l.Objective.SharedRev > 0 {
		if c.Sub != "" {
			c.Sub += "\u00a0; "
		}
		c.Sub += "remplacé"
	}
	return []ui.Cell{c}
}

// holds is what an earlier COP shared for a lever of which this one has put nothing forward.
func (x where) holds(l objective.Line) (objective.Objective, bool) {
	o, ok := x.before[l.Lever.Code]
	return o, ok && !l.Put()
}

// earlierHolds is what an earlier COP shared for the lever, while this one has shared none.
func (x lever) earlierHolds() (objective.Objective, bool) {
	o, ok := x.before[x.line.Lever.Code]
	return o, ok && x.o.SharedRev == 0
}

func (x lever) heldBefore() bool {
	_, held := x.earlierHolds()
	return held
}

// heldState is where such a lever stands.
func heldState(o objective.Objective) ui.Cell {
	return ui.Cell{Text: "toujours en vigueur", Sub: "COP " + o.Cycle + ", le" + nb + french.Day(o.SharedOn)}
}

// facts are those of a gauge; what earlier COPs shared that is in force is said apart, and
// is not only offered.
func (x where) facts(lines []objective.Line, g objective.Gauge, onTable bool) []string {
	held := map[string]int{}
	for _, l := range lines {
		o, ok := x.before[l.Lever.Code]
		if !ok || l.Objective.SharedRev > 0 {
			continue
		}
		held[o.Cycle]++
		if !l.Put() {
			g.OfferedLevers--
		}
	}
	out := facts(g, onTable)
	for _, cycle := range x.earlier() {
		if n := held[cycle]; n > 0 {
			out = append(out, heldText(n, cycle)+", hors de cette somme")
		}
	}
	return out
}

func heldText(n int, cycle string) string {
	return french.Integer(n) + nb + french.Plural(n, "objectif", "objectifs") + " de la COP " + cycle + " toujours en vigueur"
}

// finding is the title of what both heads shared: while they have shared nothing, what
// earlier COPs left.
func (x shared) finding(g objective.Gauge) string {
	var held []string
	if g.SharedLevers == 0 {
		for _, cycle := range x.earlier() {
			n := 0
			for _, l := range x.lines {
				if o, ok := x.holds(l); ok && o.Cycle == cycle {
					n++
				}
			}
			if n > 0 {
				held = append(held, heldText(n, cycle))
			}
		}
	}
	if len(held) == 0 {
		return publicFinding(g, len(x.lines))
	}
	return french.List(held) + ", celle de " + x.cop.Cycle + " n’en a pas encore partagé"
}

// inherits says, in a closure of a later COP, that what earlier ones shared counts there.
func (x place) inherits() []ui.Alert {
	if x.cop.Cycle == cop.First {
		return nil
	}
	return []ui.Alert{{State: "info", Title: "Ce bouclage compte aussi les objectifs des COP d’avant", Text: "Un objectif partagé par une COP d’avant reste en vigueur tant que la COP " + x.cop.Cycle + " n’en a pas partagé un autre\u00a0: la date du partage le dit."}}
}
