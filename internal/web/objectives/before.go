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

// beforeCell is what an earlier COP shared for a lever, and whether it is in force.
func (x where) beforeCell(l objective.Line, decimals int) []ui.Cell {
	if len(x.before) == 0 {
		return nil
	}
	o, ok := x.before[l.Lever.Code]
	if !ok {
		return []ui.Cell{{Missing: "Aucune COP d’avant n’a partagé d’objectif pour ce levier."}}
	}
	c := x.sharedIn(valueCell(o.SharedValue, decimals), o, l.Lever.ShortName+", COP "+o.Cycle)
	standing := "toujours en vigueur"
	if l.Objective.SharedRev > 0 {
		standing = "remplacé"
	} else if len(x.earlier()) > 1 {
		standing += ", COP " + o.Cycle
	}
	if c.Sub != "" {
		standing = "\u00a0; " + standing
	}
	c.Sub += standing
	return []ui.Cell{c}
}

// stillHeld says how many objectives of earlier COPs are in force, which the sum of this
// one leaves out.
func (x where) stillHeld(lines []objective.Line) (out []string) {
	for _, cycle := range x.earlier() {
		n := 0
		for _, l := range lines {
			if o, ok := x.before[l.Lever.Code]; ok && o.Cycle == cycle && l.Objective.SharedRev == 0 {
				n++
			}
		}
		if n > 0 {
			out = append(out, french.Integer(n)+nb+french.Plural(n, "objectif partagé", "objectifs partagés")+" par la COP "+cycle+nb+": toujours en vigueur tant que celle-ci n’en partage pas un autre, hors de cette somme")
		}
	}
	return out
}

// inherits says, in a closure of a later COP, that what earlier ones shared counts there.
func (x place) inherits() []ui.Alert {
	if x.cop.Cycle == cop.First {
		return nil
	}
	return []ui.Alert{{State: "info", Title: "Ce bouclage compte aussi les objectifs des COP d’avant", Text: "Un objectif partagé par une COP d’avant reste en vigueur tant que la COP " + x.cop.Cycle + " n’en a pas partagé un autre\u00a0: la date du partage le dit."}}
}
