package outcome

import (
	"cmp"
	"slices"

	"jalon/internal/chart"
	"jalon/internal/document"
	"jalon/internal/followup"
	"jalon/internal/french"
	"jalon/internal/panorama"
)

// FlowNote says what the flow counts.
const FlowNote = "De gauche à droite\u00a0: l’objectif de 2030, les leviers qui le portent, puis ce qui en est observé, ce qui en est attendu d’actions retenues et ce qui reste à trouver\u00a0; enfin ce que les porteurs disent fait de l’attendu. " +
	"Un levier n’est dessiné que jusqu’à son objectif\u00a0: d’abord l’observé, puis l’attendu, et le dit fait jamais au-delà de l’attendu. Ce qui recule ou dépasse n’est pas dessiné\u00a0; le tableau des leviers le dit en entier."

// flowLevers is how many levers are drawn by name; the others are one bar.
const flowLevers = 7

// flow is the part of an objective that goes each way, in kg; none is negative and
// Aim is Seen plus Planned plus Rest.
type flow struct {
	name            string
	aim, seen, rest panorama.Kg
	planned         panorama.Kg
	said            map[followup.Class]panorama.Kg // never more than planned together
	reason          string                         // why nothing is observed
}

func flowOf(l Lever) flow {
	upTo := func(kg, most panorama.Kg) panorama.Kg { return min(max(kg, 0), most) }
	f := flow{name: l.Line.Lever.ShortName, aim: l.Objective.Kg, said: map[followup.Class]panorama.Kg{}}
	if f.reason = l.Done.Kg.Reason; l.Done.Kg.Known {
		f.seen = upTo(l.Done.Kg.Kg, f.aim)
	}
	f.planned = upTo(l.Planned.Kg.Central, f.aim-f.seen)
	f.rest = f.aim - f.seen - f.planned
	left := f.planned
	for _, class := range Classes() {
		f.said[class] = upTo(l.Said[class].Kg, left)
		left -= f.said[class]
	}
	return f
}

func (f *flow) plus(o flow) {
	f.aim, f.seen, f.planned, f.rest = f.aim+o.aim, f.seen+o.seen, f.planned+o.planned, f.rest+o.rest
	for class, kg := range o.said {
		f.said[class] += kg
	}
}

// spoken is what is said done, of any class.
func (f flow) spoken() (kg panorama.Kg) {
	for _, x := range f.said {
		kg += x
	}
	return kg
}

// Flow draws where the objective goes: levers, observed, expected of actions, said done.
// Without any known objective, or for a part of the actions, it draws nothing.
func (o Outcome) Flow(id string) document.Chart {
	c := document.Chart{ID: id, Title: "De l’objectif à ce qui est fait", Description: FlowNote}
	if o.Theme != "" || o.Holder != "" {
		return c
	}
	var all []flow
	total := flow{said: map[followup.Class]panorama.Kg{}}
	for _, l := range o.Levers {
		if l.Objective.Known && l.Objective.Kg > 0 {
			all = append(all, flowOf(l))
			total.plus(all[len(all)-1])
		}
	}
	if total.aim == 0 {
		return c
	}
	slices.SortStableFunc(all, func(a, b flow) int { return cmp.Compare(b.aim, a.aim) })
	c.Drawing, c.Table = flowDrawing(all, total), flowTable(id, all, total)
	return c
}

func flowDrawing(all []flow, total flow) chart.Drawing {
	drawn := all
	if len(all) > flowLevers+1 {
		rest := flow{name: french.Integer(int64(len(all)-flowLevers)) + " autres leviers", said: map[followup.Class]panorama.Kg{}}
		for _, f := range all[flowLevers:] {
			rest.plus(f)
		}
		drawn = append(slices.Clone(all[:flowLevers]), rest)
	}
	var nodes []chart.FlowNode
	var links []chart.FlowLink
	node := func(column int, name string, kg panorama.Kg, tone chart.Tone) int {
		nodes = append(nodes, chart.FlowNode{Column: column, Name: name, Text: french.MassText(int64(kg)), Value: kg.Kt(), Tone: tone})
		return len(nodes) - 1
	}
	aim := node(0, "objectif de 2030", total.aim, chart.Ink)
	seen, planned := node(2, "observé depuis 2019", total.seen, chart.Second), node(2, "attendu d’actions retenues", total.planned, chart.Accent)
	rest := node(2, "reste à trouver", total.rest, chart.Absent)
	for _, f := range drawn {
		at := node(1, f.name, f.aim, chart.Ink)
		links = append(links, chart.FlowLink{From: aim, To: at, Value: f.aim.Kt()}, chart.FlowLink{From: at, To: seen, Value: f.seen.Kt()},
			chart.FlowLink{From: at, To: planned, Value: f.planned.Kt()}, chart.FlowLink{From: at, To: rest, Value: f.rest.Kt()})
	}
	for _, class := range Classes() {
		if kg := total.said[class]; kg > 0 {
			links = append(links, chart.FlowLink{From: planned, To: node(3, ByHolders(class), kg, chart.Accent), Value: kg.Kt()})
		}
	}
	if silent := total.planned - total.spoken(); silent > 0 {
		links = append(links, chart.FlowLink{From: planned, To: node(3, "attendu, pas encore dit fait", silent, chart.Absent), Value: silent.Kt()})
	}
	return chart.FlowDrawing(nodes, links)
}

func flowTable(id string, all []flow, total flow) document.Table {
	t := document.Table{ID: id + "-tableau", Caption: "Ce que le dessin montre, levier par levier", Columns: []document.Column{{Label: "Levier"}}}
	for _, label := range []string{"Objectif de 2030", "dont observé", "dont attendu d’actions", "dont dit fait", "Reste à trouver"} {
		t.Columns = append(t.Columns, document.Column{Label: label, Unit: "ktCO₂e par an", Number: true})
	}
	d := decimalsOf(total.aim)
	row := func(f flow) []document.Cell {
		seen := document.Cell{Text: kt(f.seen, d)}
		if f.reason != "" {
			seen = document.Cell{Missing: f.reason}
		}
		return []document.Cell{{Text: f.name}, {Text: kt(f.aim, d)}, seen, {Text: kt(f.planned, d)}, {Text: kt(f.spoken(), d)}, {Text: kt(f.rest, d)}}
	}
	for _, f := range all {
		t.Rows = append(t.Rows, row(f))
	}
	total.name = "Ensemble"
	t.Rows = append(t.Rows, row(total))
	return t
}
