package objectives

import (
	"strconv"
	"strings"

	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// deskTable is the table that is worked on.
type deskTable struct {
	x        where
	docs     map[string]plan.Line
	held     map[string][]objective.Dissent
	people   map[string]string
	picked   map[string]bool
	decimals int
	share    bool
	link     bool
	all      []string
}

func (t *deskTable) table(lines []objective.Line) ui.Table {
	out := ui.Table{ID: "leviers", Caption: "Chaque levier" + nb + ": ce qui est proposé, ce que disent les plans, ce qui est sur la table", Columns: []ui.Column{{Label: "Levier"}, {Label: "Proposé", Unit: wording.Kilotonnes, Number: true}}}
	if t.docs != nil {
		out.Columns = append(out.Columns, ui.Column{Label: "Document de la Région", Unit: wording.Kilotonnes, Number: true})
	}
	out.Columns = append(out.Columns, t.x.beforeColumn()...)
	out.Columns = append(out.Columns, ui.Column{Label: "Sur la table", Unit: wording.Kilotonnes, Number: true}, ui.Column{Label: "Écart au proposé", Unit: "kt", Number: true}, ui.Column{Label: "État"}, ui.Column{Label: "Désaccords"})
	for _, l := range lines {
		out.Rows = append(out.Rows, ui.Row{Cells: t.row(l)})
	}
	return out
}

func (t *deskTable) row(l objective.Line) []ui.Cell {
	cells := []ui.Cell{t.first(l), offeredCell(l, t.decimals)}
	if t.docs != nil {
		cells = append(cells, documentCell(t.docs[l.Lever.Code], t.decimals))
	}
	cells = append(cells, t.x.beforeCell(l, t.decimals)...)
	nothing := "Aucune valeur n’est sur la table\u00a0: ce qui est proposé tient lieu de départ."
	if o, ok := t.x.holds(l); ok {
		nothing = "Aucune valeur n’est sur la table de la COP " + t.x.cop.Cycle + "\u00a0: l’objectif de la COP " + o.Cycle + " reste en vigueur."
	}
	put := []ui.Cell{{Missing: nothing}, {Missing: nothing}}
	if l.Put() {
		value := valueCell(l.Reading.Value, t.decimals)
		if l.Reading.State == objective.Shared {
			value = t.x.sharedWhy(value, l.Lever.Code, l.Lever.ShortName)
		}
		put = []ui.Cell{value, difference(beyond(l), t.decimals)}
	}
	return append(append(cells, put...), t.standing(l)...)
}

// subjects is the table of what does not count in CO₂.
func (t *deskTable) subjects(lines []objective.Line) ui.Table {
	out := ui.Table{ID: "sujets", Caption: "Biodiversité et ressources" + nb + ": des niveaux, hors de toute somme", Columns: []ui.Column{{Label: "Sujet", Wide: true}, {Label: "Cible nationale", Wide: true}, {Label: "Sur la table", Number: true}, {Label: "État"}, {Label: "Désaccords"}}}
	for _, l := range lines {
		put := ui.Cell{Missing: "Aucune valeur n’est sur la table\u00a0: aucune part de la cible nationale n’est proposée aux régions."}
		if l.Put() {
			put = levelCell(l.Reading.Value)
		}
		out.Rows = append(out.Rows, ui.Row{Cells: append([]ui.Cell{t.first(l), {Text: t.x.place.Aim(l.Lever.Code)}, put}, t.standing(l)...)})
	}
	return out
}

// standing is where a lever stands, and who does not hold its value.
func (t *deskTable) standing(l objective.Line) []ui.Cell {
	state := ui.Cell{Text: l.Reading.State.Name()}
	if objective.Subject(l.Lever.Code) && !l.Put() {
		state.Text = "pas encore discuté" // nothing of it is offered to a region
	}
	if o, ok := t.x.holds(l); ok {
		state = heldState(o)
	}
	switch o := l.Objective; {
	case l.Reading.State == objective.Shared:
		state.Sub = "le" + nb + french.Day(l.Reading.On)
	case l.Put():
		state.Sub = "le" + nb + french.Date(o.At) + by(t.people[o.By])
		if o.SharedRev > 0 {
			state.Sub += "\u00a0; en vigueur" + nb + ": " + o.SharedValue.Text()
		}
	case o.State == objective.Withdrawn && t.link:
		state.Sub = "une valeur a été retirée le " + french.Date(o.At)
	}
	dissent := ui.Cell{}
	if l.Put() {
		dissent.Text = "aucun"
	}
	if held := t.held[l.Objective.ID]; len(held) > 0 {
		dissent.Text = french.Integer(len(held)) + nb + french.Plural(len(held), "partie", "parties")
		var who []string
		for _, x := range held {
			who = append(who, x.Name)
		}
		dissent.Sub = strings.Join(who, ", ")
	}
	return []ui.Cell{state, dissent}
}

// first is the name of a lever, with the box that chooses it.
func (t *deskTable) first(l objective.Line) ui.Cell {
	code := l.Lever.Code
	first := ui.Cell{Text: l.Lever.ShortName}
	if t.link {
		first.Href = t.x.lever(code)
	}
	if value, label, ok := pickOf(l); ok && t.share {
		first.Check = &ui.Check{Name: "pick", Value: value, Label: label, Checked: t.picked[code]}
		if l.Reading.State == objective.Discussed {
			t.all = append(t.all, value)
		}
	}
	return first
}

func by(name string) string {
	if name == "" {
		return ""
	}
	return ", " + name
}

// pickOf is the value of the box of a lever, and what it chooses; false for a lever
// that nothing is to be shared of.
func pickOf(l objective.Line) (value, label string, ok bool) {
	rev := strconv.FormatInt(l.Objective.Rev, 10)
	switch {
	case l.Reading.State == objective.Discussed:
		return l.Lever.Code + ":" + rev, "Choisir l’objectif discuté" + nb + ": " + l.Lever.ShortName, true
	case !l.Put() && l.Line.Objective.Known:
		return l.Lever.Code + ":" + rev + ":" + strconv.FormatInt(int64(l.Line.Objective.Kg), 10), "Choisir la proposition de l’État telle quelle" + nb + ": " + l.Lever.ShortName, true
	}
	return "", "", false
}

func offeredKt(l objective.Line, decimals int) ui.Cell {
	c := ktCell(objective.Value{Kg: l.Line.Objective}, decimals)
	if l.Line.Objective.Known {
		c.Explain, c.Name, c.Mark = wording.FigurePath(l.FigureKey), l.Lever.ShortName, wording.MarkOf(l.Line.State)
	}
	return c
}

// sharedWhy leads the value in force of a lever to how it was shared. That of a
// perimeter is told with the closure of its region alone, and a subject has no figure.
func (x where) sharedWhy(c ui.Cell, lever, name string) ui.Cell {
	return x.sharedIn(c, objective.Objective{Lever: lever, Cycle: x.cop.Cycle}, name)
}

// sharedIn is sharedWhy for what the COP of a cycle shared there.
func (x where) sharedIn(c ui.Cell, o objective.Objective, name string) ui.Cell {
	ref := x.place.Ref()
	return explained(c, objective.Key(o.Lever, ref.String(), o.Cycle), name, ref.Scale != territory.Perimeter && !objective.Subject(o.Lever))
}

// offeredWhy leads to the total of the panorama.
func offeredWhy(x where) string {
	if x.place.Ref().Scale == territory.Perimeter {
		return ""
	}
	return wording.FigurePath(wording.TotalKey(x.place.Panorama.Edition, x.place.Ref()))
}

// offeredCell is what is offered in both measures: that of the lever under the kt.
func offeredCell(l objective.Line, decimals int) ui.Cell {
	return inUnit(offeredKt(l, decimals), l.Offered)
}

// valueCell is a value in both measures, in one column: a table of thirty levers is
// read on a telephone too.
func valueCell(v objective.Value, decimals int) ui.Cell { return inUnit(ktCell(v, decimals), v) }

func inUnit(c ui.Cell, v objective.Value) ui.Cell {
	switch {
	case !v.Level.Known:
	case c.Missing != "":
		c = ui.Cell{Text: v.LevelText()}
	case c.Sub != "":
		c.Sub += ", " + v.LevelText()
	default:
		c.Sub = v.LevelText()
	}
	return c
}

// beyond is what is read less what is offered.
func beyond(l objective.Line) panorama.Amount {
	return less(l.Reading.Value.Kg, l.Line.Objective)
}

func ktCell(v objective.Value, decimals int) ui.Cell {
	if !v.Kg.Known {
		return ui.Cell{Missing: v.Kg.Reason}
	}
	c := ui.Cell{Text: french.Kt(int64(v.Kg.Kg), decimals), Exact: wording.Exact(v.Kg.Kg)}
	if v.Kg.Kg < 0 {
		c.Sub = "hausse des émissions"
	}
	return c
}

func levelCell(v objective.Value) ui.Cell {
	if !v.Level.Known {
		return ui.Cell{Missing: v.Level.Reason}
	}
	return ui.Cell{Text: objective.LevelNumber(v.Level.V), Sub: v.Unit}
}

// documentCell is what the region's own document aims at, in the terms of the
// panorama.
func documentCell(l plan.Line, decimals int) ui.Cell {
	if len(l.Regional) == 0 {
		return ui.Cell{Missing: l.Gap.Reason}
	}
	s := l.Regional[0]
	if !s.Effort.Kt.Known {
		return ui.Cell{Missing: s.Effort.Kt.Reason}
	}
	return ui.Cell{Text: french.Number(s.Effort.Kt.V, decimals), Sub: s.Plan.Kind.Name()}
}
