package panoramas

import (
	"cmp"
	"slices"

	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// The orders of the table of levers.
const (
	byObjective = "objectif"
	byName      = "levier"
	byShare     = "part"
	byOrigin    = "origine"
)

// known are the lines that have a value, in the order asked for.
func (b *builder) known(order string) []panorama.Line {
	lines := make([]panorama.Line, 0, len(b.p.Lines))
	for _, l := range b.p.Lines {
		if l.Objective.Known {
			lines = append(lines, l)
		}
	}
	switch order {
	case byName:
		keys := make(map[string]string, len(lines))
		for _, l := range lines {
			keys[l.Lever.Code] = french.SortKey(l.Lever.Name)
		}
		slices.SortStableFunc(lines, func(a, c panorama.Line) int { return cmp.Compare(keys[a.Lever.Code], keys[c.Lever.Code]) })
	case byShare:
		slices.SortStableFunc(lines, func(a, c panorama.Line) int { return cmp.Compare(c.Share.V, a.Share.V) })
	case byOrigin:
		slices.SortStableFunc(lines, func(a, c panorama.Line) int { return cmp.Compare(wording.Origin(a), wording.Origin(c)) })
	}
	return lines
}

// leverTable is the table that every chart can be read as.
func (b *builder) leverTable(order string) ui.Table {
	switch order {
	case byName, byShare, byOrigin:
	default:
		order = byObjective
	}
	sort := func(name, way string) (href, sorted string) {
		if name == order {
			return "", way
		}
		return b.path + "?vue=" + viewTable + "&tri=" + name + tableAnchor, ""
	}
	column := func(c ui.Column, name, way string) ui.Column {
		c.SortHref, c.Sorted = sort(name, way)
		return c
	}
	t := ui.Table{ID: "leviers", Caption: "Objectif de chaque levier pour 2030 par rapport à 2019"}
	t.Columns = []ui.Column{
		column(ui.Column{Label: "Levier", Wide: true}, byName, "ascending"),
		column(ui.Column{Label: "Objectif", Unit: wording.Kilotonnes, Number: true}, byObjective, "descending"),
		column(ui.Column{Label: "Part du national", Unit: "%", Number: true}, byShare, "descending"),
	}
	levels := !b.below
	if levels {
		t.Columns = append(t.Columns, ui.Column{Label: "2019", Number: true}, ui.Column{Label: "2030", Number: true})
	}
	t.Columns = append(t.Columns, ui.Column{Label: "Variation", Number: true}, ui.Column{Label: "Unité"}, column(ui.Column{Label: "Origine"}, byOrigin, "ascending"))
	decimals, parts := wording.TableDecimals(b.p.Total.Kg), b.shareDecimals()
	for _, l := range b.known(order) {
		t.Rows = append(t.Rows, b.leverRow(&l, decimals, parts, levels))
	}
	blank := []ui.Cell{{}, {}, {}, {}}
	if levels {
		blank = append(blank, ui.Cell{}, ui.Cell{})
	}
	total := func(label, key string, x panorama.Total) {
		t.Foot = append(t.Foot, ui.Row{Cells: append([]ui.Cell{
			{Text: label, Sub: x.Scope},
			{Text: french.Kt(int64(x.Kg), decimals), Exact: wording.Exact(x.Kg), Explain: wording.FigurePath(key), Name: label},
		}, blank...)})
	}
	if b.p.Total.Known > 0 {
		total("Total", wording.TotalKey(b.p.Edition, b.p.Territory.Ref), b.p.Total)
		if b.p.WithoutForest.Kg != b.p.Total.Kg {
			total("Total sans les forêts", "panorama/"+b.p.Edition+"/"+panorama.WithoutForestName+"/"+b.p.Territory.Ref.String(), b.p.WithoutForest)
		}
	}
	return t
}

func (b *builder) leverRow(l *panorama.Line, decimals, parts int, levels bool) ui.Row {
	why := wording.FigurePath(l.FigureKey)
	cells := []ui.Cell{
		b.leverCell(l),
		{Text: french.Kt(int64(l.Objective.Kg), decimals), Exact: wording.Exact(l.Objective.Kg), Explain: why, Name: l.Lever.Name, Mark: wording.MarkOf(l.State)},
		b.shareCell(l, why, parts),
	}
	e := &l.Equiv
	level := func(v panorama.Value, ask string, change bool) ui.Cell {
		if !v.Known {
			return ui.Cell{Missing: v.Reason}
		}
		return ui.Cell{Text: wording.Reading(*e, v, change), Explain: why + "/" + ask, Name: l.Lever.Name}
	}
	if levels {
		cells = append(cells, level(e.Start, panorama.AskStart, false), level(e.Target, panorama.AskTarget, false))
	}
	unit := ui.Cell{Text: e.Unit}
	if e.RegionAverage {
		unit.Sub = "moyenne régionale"
	}
	cells = append(cells, level(e.Change, panorama.AskChange, true), unit, ui.Cell{Text: wording.Origin(*l)})
	return ui.Row{Cells: cells}
}

// leverCell names a lever; the three names that two levers share are told apart
// by their sector.
func (b *builder) leverCell(l *panorama.Line) ui.Cell {
	c := ui.Cell{Text: l.Lever.Name, Href: wording.LeverPath(l.Lever.Code), Color: b.sectors[l.Lever.Sector].Color}
	for i := range b.p.Lines {
		if o := &b.p.Lines[i]; o.Lever.Name == l.Lever.Name && o.Lever.Code != l.Lever.Code {
			c.Sub = b.sectors[l.Lever.Sector].Name
		}
	}
	return c
}

// shareDecimals are those of the column of parts of the nation.
func (b *builder) shareDecimals() int {
	parts := make([]float64, 0, len(b.p.Lines))
	for i := range b.p.Lines {
		if l := &b.p.Lines[i]; l.Objective.Known && l.Share.Known {
			parts = append(parts, l.Share.V)
		}
	}
	return wording.ShareDecimals(parts...)
}

func (b *builder) shareCell(l *panorama.Line, why string, decimals int) ui.Cell {
	if !l.Share.Known {
		return ui.Cell{Missing: l.Share.Reason}
	}
	return ui.Cell{Text: wording.Share(l.Share.V, decimals), Explain: why + "/" + panorama.AskShare, Name: l.Lever.Name}
}

// absentTable lists apart what has no value here, with what the region has and
// why nothing comes down from it.
func (b *builder) absentTable() *ui.Table {
	if b.p.Territory.Ref.Scale == territory.CommuneS {
		return nil // the commune reads its EPCI's and its region's: widerTable
	}
	t := ui.Table{ID: "sans-valeur", Caption: "Leviers sans valeur à cette échelle"}
	t.Columns = []ui.Column{{Label: "Levier"}, {Label: "Objectif de la région", Unit: wording.Kilotonnes, Number: true}, {Label: "Pourquoi", Wide: true}}
	if !b.below {
		t.Columns = slices.Delete(t.Columns, 1, 2)
	}
	for i := range b.p.Lines {
		l := &b.p.Lines[i]
		if l.Objective.Known {
			continue
		}
		cells := []ui.Cell{b.leverCell(l)}
		if b.below {
			cells = append(cells, b.regionCell(l))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: append(cells, ui.Cell{Text: l.Objective.Reason})})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return &t
}

// regionCell is the objective of the region, or of the regions, for a lever.
func (b *builder) regionCell(l *panorama.Line) ui.Cell {
	if !l.Region.Known {
		return ui.Cell{Missing: l.Region.Reason}
	}
	c := ui.Cell{Text: french.Kt(int64(l.Region.Kg), 1), Exact: wording.Exact(l.Region.Kg)}
	if len(b.p.Regions) == 1 {
		c.Explain, c.Name = wording.FigurePath(panorama.FigureKey(b.p.Edition, l.Lever.Code, b.p.Regions[0])), l.Lever.Name
	}
	return c
}

// widerTable gives a commune what its EPCI and its region are invited to do.
func (b *builder) widerTable() *ui.Table {
	if b.p.Territory.Ref.Scale != territory.CommuneS {
		return nil
	}
	group, hasGroup := b.group1()
	t := ui.Table{ID: "plus-large", Caption: "Les autres leviers, à l’échelle de l’intercommunalité et de la région"}
	t.Columns = []ui.Column{{Label: "Levier"}}
	if hasGroup {
		t.Columns = append(t.Columns, ui.Column{Label: group.Territory.Name, Unit: wording.Kilotonnes, Number: true})
	}
	t.Columns = append(t.Columns, ui.Column{Label: b.regionNames(), Unit: wording.Kilotonnes, Number: true}, ui.Column{Label: "Pourquoi rien à la commune", Wide: true})
	for i := range b.p.Lines {
		l := &b.p.Lines[i]
		if l.Objective.Known {
			continue
		}
		cells := []ui.Cell{b.leverCell(l)}
		if hasGroup {
			cells = append(cells, groupCell(group, l.Lever.Code, l.Objective.Reason))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: append(cells, b.regionCell(l), ui.Cell{Text: l.Objective.Reason})})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return &t
}

// group1 is the panorama of the EPCI of a commune; four communes have none.
func (b *builder) group1() (panorama.Panorama, bool) {
	for _, ref := range b.p.Territory.Parents {
		if ref.Scale == territory.EPCI {
			p, err := b.m.Of(ref)
			return p, err == nil
		}
	}
	return panorama.Panorama{}, false
}

// groupCell is what an EPCI is invited to do; a reason that the row of the
// commune already gives is not given twice.
func groupCell(g panorama.Panorama, lever, said string) ui.Cell {
	for i := range g.Lines {
		if l := &g.Lines[i]; l.Lever.Code == lever {
			if !l.Objective.Known && l.Objective.Reason == said {
				return ui.Cell{Text: "–"}
			}
			if !l.Objective.Known {
				return ui.Cell{Missing: l.Objective.Reason}
			}
			return ui.Cell{Text: french.Kt(int64(l.Objective.Kg), wording.TableDecimals(g.Total.Kg)), Exact: wording.Exact(l.Objective.Kg),
				Explain: wording.FigurePath(l.FigureKey), Name: l.Lever.Name, Mark: wording.MarkOf(l.State)}
		}
	}
	return ui.Cell{Missing: "Ce levier n’est pas suivi dans cette intercommunalité."}
}
