package coverages

import (
	"slices"
	"strconv"

	"jalon/internal/action/coverage"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const kilotonnes = wording.Kilotonnes

const noAction = "Aucune action retenue et chiffrée."

// percent writes a part of the objective.
func percent(v float64) string {
	if v != 0 && v > -0.01 && v < 0.01 {
		return french.Number(v*100, 1) + nb + "%"
	}
	return french.Number(v*100, 0) + nb + "%"
}

// mass is a cell that leads to where it comes from.
func mass(kg panorama.Kg, decimals int, key, name string) ui.Cell {
	c := ui.Cell{Text: french.Number(kg.Kt(), decimals), Exact: wording.Exact(kg), Name: name}
	if key != "" {
		c.Explain = wording.FigurePath(key)
	}
	return c
}

// between writes a range in small, empty when it is none.
func between(r coverage.Range, decimals int) string {
	low, high := french.Number(r.Low.Kt(), decimals), french.Number(r.High.Kt(), decimals)
	if low == high {
		return ""
	}
	return "de " + low + " à " + high
}

// row is one lever of a territory.
type row struct {
	coverage.Cell
	at   territory.Ref
	href string
}

func (x row) key(p coverage.Part) string {
	return coverage.Key(x.Line.Lever.Code, x.at, p)
}

// cells are the columns of a lever: objective, done, expected, still to find, covered.
func (x row) cells(decimals int) []ui.Cell {
	name := x.Line.Lever.ShortName
	out := []ui.Cell{{Text: name, Href: x.href}}
	switch {
	case !x.Objective.Known:
		out = append(out, ui.Cell{Missing: x.Objective.Reason})
	default:
		c := mass(x.Objective.Kg, decimals, x.Objective.Key, name+", objectif")
		c.Sub = "proposé"
		if x.Objective.Origin == coverage.Shared {
			c.Sub = "partagé"
		}
		if x.at.Scale == territory.Nation {
			c.Sub, c.Explain = "", wording.FigurePath(x.key(coverage.AimIs))
		}
		c.Mark = wording.MarkOf(x.Line.State)
		out = append(out, c)
	}
	if !x.Done.Kg.Known {
		out = append(out, ui.Cell{Missing: x.Done.Kg.Reason})
	} else {
		c := mass(x.Done.Kg.Kg, decimals, x.key(coverage.DoneIs), name+", déjà fait")
		c.Sub = "en " + strconv.Itoa(x.Done.Year)
		if x.Done.Of > 0 {
			c.Sub = french.Integer(x.Done.Summed) + nb + "sur" + nb + french.Integer(x.Done.Of) + nb + "régions"
		}
		out = append(out, c)
	}
	out = append(out, x.planned(decimals), x.rest(decimals), x.others())
	return out
}

func (x row) planned(decimals int) ui.Cell {
	p := x.Planned
	if p.Actions == 0 {
		reason := noAction
		if p.Any() {
			reason = "Les actions retenues ne sont pas chiffrées, ou sont supposées déjà dans l’observé."
		}
		return ui.Cell{Missing: reason}
	}
	c := mass(p.Kg.Central, decimals, x.key(coverage.PlannedIs), x.Line.Lever.ShortName+", attendu des actions")
	c.Sub = between(p.Kg, decimals)
	if p.Gross > 0 {
		c.Sub = joined(c.Sub, "brut")
	}
	return c
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

func (x row) rest(decimals int) ui.Cell {
	if !x.Rest.Known {
		return ui.Cell{Missing: x.Rest.Reason}
	}
	c := mass(x.Rest.Central, decimals, x.key(coverage.RestIs), x.Line.Lever.ShortName+", reste à trouver")
	switch {
	case x.Rest.Central <= 0:
		c.Sub = "objectif dépassé"
	case x.Rest.WithoutDone:
		c.Sub = "sans le déjà fait"
	default:
		c.Sub = between(x.Rest.Range, decimals)
	}
	return c
}

// others counts the actions that bring no kt here.
func (x row) others() ui.Cell {
	p := x.Planned
	c := ui.Cell{Text: french.Integer(p.Actions), Sub: ""}
	if n := p.Started.Actions + p.Undated.Actions; n > 0 {
		c.Sub = french.Integer(n) + nb + "déjà dans l’observé"
	}
	if n := p.Qualitative + p.Unassessed; n > 0 {
		c.Sub = joined(c.Sub, french.Integer(n)+nb+"sans chiffre")
	}
	if p.Regional.Actions > 0 {
		c.Sub = joined(c.Sub, french.Integer(p.Regional.Actions)+nb+french.Plural(p.Regional.Actions, "régionale", "régionales"))
	}
	return c
}

// total is a row of sums.
type total struct {
	label string
	coverage.Total
	scope string // as the address of its figures writes it, empty for one of a filter
	at    territory.Ref
}

func (t total) key(p coverage.Part) string {
	if t.scope == "" {
		return ""
	}
	return coverage.Key(t.scope, t.at, p)
}

// tableOf is every lever in one table, with its totals.
func tableOf(caption string, rows []row, totals []total, decimals int) ui.Table {
	t := ui.Table{ID: "leviers", Caption: caption, Columns: []ui.Column{{Label: "Levier"}, {Label: "Objectif", Unit: kilotonnes, Number: true}, {Label: "Déjà fait", Unit: kilotonnes, Number: true},
		{Label: "Attendu des actions", Unit: kilotonnes, Number: true}, {Label: "Reste à trouver", Unit: kilotonnes, Number: true}, {Label: "Actions comptées", Number: true}}}
	for _, x := range rows {
		t.Rows = append(t.Rows, ui.Row{Cells: x.cells(decimals)})
	}
	for _, x := range totals {
		t.Foot = append(t.Foot, ui.Row{Cells: totalCells(x, decimals)})
	}
	return t
}

func totalCells(t total, decimals int) []ui.Cell {
	sub := french.Integer(t.Levers) + nb + french.Plural(t.Levers, "levier", "leviers")
	if t.Missing > 0 {
		sub += ", " + french.Integer(t.Missing) + nb + "sans objectif"
	}
	sum := func(kg panorama.Kg, p coverage.Part, name string) ui.Cell {
		return mass(kg, decimals, t.key(p), t.label+", "+name)
	}
	done := ui.Cell{Missing: "Aucune série ne dit ce qui est déjà fait."}
	if t.Measured > 0 {
		done = sum(t.Done, coverage.DoneIs, "déjà fait")
		done.Sub = french.Integer(t.Measured) + nb + french.Plural(t.Measured, "levier mesuré", "leviers mesurés")
	}
	rest := sum(t.Rest.Central, coverage.RestIs, "reste à trouver")
	if t.Beyond > 0 {
		rest.Sub = "dont " + french.Number(t.Gap.Kt(), decimals) + " manquent et " + french.Number(t.Beyond.Kt(), decimals) + " dépassent"
	}
	planned := ui.Cell{Missing: noAction}
	if t.Actions > 0 {
		planned = sum(t.Planned.Central, coverage.PlannedIs, "attendu des actions")
		planned.Sub = between(t.Planned, decimals)
	}
	return []ui.Cell{{Text: t.label, Sub: sub}, sum(t.Objective, coverage.AimIs, "objectif"), done, planned, rest, {Text: french.Integer(t.Actions)}}
}

// most bounds what a row of the chart draws, as a part of the objective: what goes
// beyond is in its words.
const most = 1.5

// chartOf draws the levers that some action or some series is about, as parts of their
// objective.
func chartOf(rows []row) *ui.Stacks {
	s := &ui.Stacks{ID: "parts", Title: "De chaque objectif, ce qui est fait, attendu, à trouver", TableHref: "#leviers",
		Description: "Plein" + nb + ": déjà fait depuis 2019. Clair" + nb + ": attendu des actions retenues. Cadre vide" + nb + ": reste à trouver. À gauche de zéro, ce qui va à contre-sens. Les dessins s’arrêtent à 150" + nb + "% de l’objectif.",
		Marks:       []ui.SpreadMark{{Text: "l’objectif (100" + nb + "%)", At: 1}}}
	for _, x := range rows {
		done, measured := x.DonePart()
		planned, ok := x.PlannedPart()
		if !ok || !measured && x.Planned.Actions == 0 {
			continue
		}
		r := ui.Stack{Name: x.Line.Lever.ShortName, Href: x.href, Text: percent(done+planned) + " couvert"}
		words := "déjà fait" + nb + ": pas de série"
		if measured {
			words = "déjà fait " + percent(done)
		}
		words += ", attendu " + percent(planned)
		if x.Rest.Central > 0 {
			words += ", reste " + percent(1-done-planned)
		} else {
			words += ", objectif dépassé"
		}
		if x.Gross() {
			words += " (quantité brute)"
		}
		r.Sub = words
		at := 0.0
		for _, p := range []struct {
			v    float64
			look ui.Look
		}{{done, ui.Filled}, {planned, ui.Light}} {
			if p.v < 0 {
				r.Pieces = append(r.Pieces, ui.Piece{From: max(-most, p.v), To: 0, Look: ui.Back})
				continue
			}
			r.Pieces = append(r.Pieces, ui.Piece{From: min(most, at), To: min(most, at+p.v), Look: p.look})
			at += p.v
		}
		if at < 1 {
			r.Pieces = append(r.Pieces, ui.Piece{From: at, To: 1, Look: ui.Hollow})
		}
		s.Rows = append(s.Rows, r)
	}
	if len(s.Rows) == 0 {
		return nil
	}
	return s
}

// byGap puts first what is most to find; what has no objective comes last.
func byGap(rows []row) {
	slices.SortStableFunc(rows, func(a, b row) int {
		switch {
		case a.Rest.Known != b.Rest.Known:
			if a.Rest.Known {
				return -1
			}
			return 1
		case a.Rest.Central != b.Rest.Central:
			if a.Rest.Central > b.Rest.Central {
				return -1
			}
			return 1
		}
		return 0
	})
}
