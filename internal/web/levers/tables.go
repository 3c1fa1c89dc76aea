package levers

import (
	"cmp"
	"slices"

	"jalon/internal/chart"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const classes = 5

// regions draws a lever over the regions: map, bars, table of the same figures.
func regions(m *panorama.Model, v *leverView) error {
	cells, err := m.LeverAcross(v.Lever.Code)
	if err != nil || len(cells) == 0 {
		return err
	}
	v.Map = ui.Map{ID: "carte", Title: v.Lever.Name + nb + ": objectif de chaque région pour 2030",
		Description: "Carte des régions en cinq classes d’objectif, en kilotonnes. Le tableau donne chaque valeur.", ListTitle: "Les régions", TableHref: "#regions"}
	v.Bars = ui.Bars{ID: "barres", Title: v.Lever.Name + nb + ": les régions par objectif", Description: "Une barre par région, en ktCO₂e par an en 2030 par rapport à 2019.", TableHref: "#regions"}
	t := ui.Table{ID: "regions", Caption: "Objectif de chaque région pour ce levier",
		Columns: []ui.Column{{Label: "Région"}, {Label: "Objectif", Unit: wording.Kilotonnes, Number: true}, {Label: "Part de l’objectif national", Unit: "%", Number: true}, {Label: "Ordre de grandeur", Wide: true}}}
	var values []float64
	for _, c := range cells {
		if c.Line.Objective.Known {
			values = append(values, c.Line.Objective.Kg.Kt())
		}
	}
	breaks := chart.Classes(values, classes)
	v.Map.Legend = legend(breaks)
	slices.SortStableFunc(cells, func(a, b panorama.RegionCell) int {
		return cmp.Or(cmp.Compare(known(b), known(a)), cmp.Compare(b.Line.Objective.Kg, a.Line.Objective.Kg))
	})
	for _, c := range cells {
		href := "/regions/" + c.Region.Slug + "/panorama"
		o := c.Line.Objective
		place := ui.Place{Code: c.Region.Code, Name: c.Region.Name, Href: href, Missing: o.Reason}
		row := ui.Row{Cells: []ui.Cell{{Text: c.Region.Name, Href: href}}}
		if o.Known {
			place.Text, place.Missing = wording.Mass(o.Kg), ""
			place.Class = chart.ClassOf(breaks, o.Kg.Kt())
			v.Bars.Rows = append(v.Bars.Rows, ui.Stat{Name: c.Region.Name, Href: href, Text: french.Significant(o.Kg.Kt(), 3) + nb + "kt", Amount: o.Kg.Kt()})
			row.Cells = append(row.Cells, ui.Cell{Text: french.Kt(int64(o.Kg), 1), Exact: wording.Exact(o.Kg), Explain: wording.FigurePath(c.Line.FigureKey), Name: c.Region.Name})
		} else {
			row.Cells = append(row.Cells, ui.Cell{Missing: o.Reason})
		}
		v.Map.Places = append(v.Map.Places, place)
		row.Cells = append(row.Cells, shareCell(c.Line), equivalentCell(c.Line))
		t.Rows = append(t.Rows, row)
	}
	others(m, cells, v, &t)
	slices.SortFunc(v.Map.Places, func(a, b ui.Place) int { return cmp.Compare(french.SortKey(a.Name), french.SortKey(b.Name)) })
	v.Regions = &t
	return nil
}

// others shows the regions that the lever is not offered to, so that 18 regions
// are always seen: an absence has its reason.
func others(m *panorama.Model, cells []panorama.RegionCell, v *leverView, t *ui.Table) {
	reason := "Ce levier est propre à la Corse et aux outre-mer" + nb + ": cette région a ceux de l’Hexagone."
	if v.Lever.Version == framework.National {
		reason = "Les régions d’outre-mer ont leurs propres leviers, hors des 30 de l’objectif national."
	}
	for _, r := range m.Tree().Regions() {
		if slices.ContainsFunc(cells, func(c panorama.RegionCell) bool { return c.Region.Code == r.Code }) {
			continue
		}
		href := "/regions/" + r.Slug + "/panorama"
		v.Map.Places = append(v.Map.Places, ui.Place{Code: r.Code, Name: r.Name, Href: href, Missing: reason})
		missing := ui.Cell{Missing: reason}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.Name, Href: href}, missing, missing, missing}})
	}
}

func known(c panorama.RegionCell) int {
	if c.Line.Objective.Known {
		return 1
	}
	return 0
}

// legend names the range of each class from the highest value that each holds.
func legend(bounds []float64) (out []string) {
	for i, b := range bounds {
		if i == 0 {
			out = append(out, "jusqu’à "+french.Significant(b, 3)+nb+"kt")
			continue
		}
		out = append(out, "plus de "+french.Significant(bounds[i-1], 3)+" à "+french.Significant(b, 3)+nb+"kt")
	}
	return out
}

func shareCell(l panorama.Line) ui.Cell {
	if !l.Share.Known {
		return ui.Cell{Missing: l.Share.Reason}
	}
	return ui.Cell{Text: wording.Share(l.Share.V, 2), Explain: wording.FigurePath(l.FigureKey + "/" + panorama.AskShare), Name: l.Lever.Name}
}

func equivalentCell(l panorama.Line) ui.Cell {
	if l.Equiv.Reason != "" {
		return ui.Cell{Missing: l.Equiv.Reason}
	}
	return ui.Cell{Text: wording.Equivalent(l.Equiv)}
}

// departments shows the départements of one region, chosen by the reader, when
// the lever reaches them.
func departments(m *panorama.Model, region string, v *leverView) error {
	rule := m.Reference().Rule(v.Lever.Code, territory.Department)
	for _, r := range m.Tree().MetropolitanRegions() {
		cells, err := m.LeverDepartments(v.Lever.Code, r.Code)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(cells, func(c panorama.DepartmentCell) bool { return c.Line.Objective.Known }) {
			continue
		}
		v.Departments = append(v.Departments, ui.Link{Label: r.Name, Href: wording.LeverPath(v.Lever.Code) + "?region=" + r.Slug + "#departements", Current: r.Slug == region})
		if r.Slug == region {
			v.DeptTitle = r.Name
			v.DeptTable = departmentTable(cells)
		}
	}
	v.DeptNote = rule.Reason
	return nil
}

func departmentTable(cells []panorama.DepartmentCell) *ui.Table {
	t := ui.Table{ID: "par-departement", Caption: "Part de chaque département", Columns: []ui.Column{
		{Label: "Département"}, {Label: "Part de l’objectif", Unit: wording.Kilotonnes, Number: true}, {Label: "D’où elle vient", Wide: true}}}
	for _, c := range cells {
		row := ui.Row{Cells: []ui.Cell{{Text: c.Department.Name, Href: wording.PanoramaPath(c.Department)}}}
		if o := c.Line.Objective; o.Known {
			row.Cells = append(row.Cells, ui.Cell{Text: french.Kt(int64(o.Kg), 2), Exact: wording.Exact(o.Kg), Mark: wording.MarkOf(c.Line.State), Explain: wording.FigurePath(c.Line.FigureKey), Name: c.Department.Name})
		} else {
			row.Cells = append(row.Cells, ui.Cell{Missing: o.Reason})
		}
		row.Cells = append(row.Cells, ui.Cell{Text: wording.Origin(c.Line)})
		t.Rows = append(t.Rows, row)
	}
	return &t
}
