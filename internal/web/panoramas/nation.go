package panoramas

import (
	"cmp"
	"net/http"
	"slices"

	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// nationView is the page of the nation: three totals that are never one sum.
type nationView struct {
	Heading  ui.Heading
	Figures  []ui.KeyFigure
	Views    []ui.Link
	View     string
	Chart    ui.Chart
	Levers   ui.Table
	Mainland ui.Table
	Overseas ui.Table
	Source   ui.Source
}

// nation serves /france/panorama.
func (d Deps) nation(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	p, err := m.Of(territory.France)
	if err != nil {
		return err
	}
	b := &builder{m: m, p: p, fw: m.Framework(), path: wording.PanoramaPath(p.Territory)}
	b.sectors = wording.SectorLook(b.fw)
	s := m.Scopes()
	v := nationView{
		Heading: ui.Heading{Title: b.title(),
			Scope:   []string{"objectif indicatif, non contraignant", "référentiel 2023-24", s.National.Scope},
			Explain: wording.FigurePath(wording.TotalKey(p.Edition, p.Territory.Ref))},
		Views: b.views(""),
		View:  r.URL.Query().Get("vue"),
	}
	v.Views = v.Views[:3]
	switch v.View {
	case viewThemes:
		v.Chart, v.Views[1].Current = b.byTheme(), true
	case viewTable:
		v.Views[2].Current = true
	default:
		v.View, v.Chart, v.Views[0].Current = viewSectors, b.bySector(), true
	}
	v.Levers = b.leverTable(r.URL.Query().Get("tri"))
	v.Levers.Columns[2].Label = "Part du total"
	b.totalShares(&v.Levers)
	v.Figures = []ui.KeyFigure{
		b.scopeFigure("Objectif national", s.National, wording.FigurePath(wording.TotalKey(p.Edition, territory.France))),
		b.scopeFigure("13 régions de l’Hexagone et de Corse", s.Mainland, "#hexagone"),
		b.scopeFigure("5 régions d’outre-mer, à part", s.Overseas, "#outre-mer"),
	}
	if v.Mainland, v.Overseas, err = b.regionTables(s); err != nil {
		return err
	}
	v.Source = b.source()
	v.Source.Downloads = v.Source.Downloads[:1]
	v.Source.Downloads = append(v.Source.Downloads, ui.Link{Label: "Ce panorama pour un programme", Href: "/api/v1/panorama/nation", Note: "JSON"})
	v.Source.Share = d.Shell.Absolute(b.path)
	page := d.Shell.Page(r, v.Heading.Title, "L’objectif national pour 2030, levier par levier, et ce que les 18\u00a0régions sont invitées à faire.", ui.Link{Label: "France"})
	return d.Shell.Render(w, r, page, nationPage(v))
}

// totalShares replaces the share of the nation in itself, which is always one,
// by the share of each lever in the total.
func (b *builder) totalShares(t *ui.Table) {
	byPath := map[string]*panorama.Line{}
	for i := range b.p.Lines {
		l := &b.p.Lines[i]
		byPath[wording.LeverPath(l.Lever.Code)] = l
	}
	for i := range t.Rows {
		t.Rows[i].Cells[2] = partCell(byPath[t.Rows[i].Cells[0].Href], &b.p)
	}
}

func (b *builder) scopeFigure(label string, t panorama.Total, explain string) ui.KeyFigure {
	k := ui.KeyFigure{Label: label, Meaning: t.Scope + "."}
	k.Value = ui.Value{Text: french.Kt(int64(t.Kg), 0), Unit: wording.Kilotonnes, Exact: wording.Exact(t.Kg), Name: label, Explain: explain}
	k.Value.Provenance, k.Value.ProvenanceLabel = wording.Class(figure.Computed) // a sum of what the State publishes
	return k
}

// regionTables list the mainland regions, then those of overseas, each with
// its own total under it.
func (b *builder) regionTables(s panorama.Scopes) (mainland, overseas ui.Table, err error) {
	var all []panorama.Panorama
	for _, r := range b.m.Tree().Regions() {
		p, err := b.m.Of(territory.Ref{Scale: territory.RegionS, Code: r.Code})
		if err != nil {
			return mainland, overseas, err
		}
		all = append(all, p)
	}
	slices.SortStableFunc(all, func(a, b panorama.Panorama) int { return cmp.Compare(b.Total.Kg, a.Total.Kg) })
	mainland = regionTable("hexagone", "13 régions de l’Hexagone et de Corse, sur les 30 leviers", s.Mainland)
	overseas = regionTable("outre-mer", "5 régions d’outre-mer, sur leurs 13 leviers", s.Overseas)
	for i := range all {
		if all[i].Overseas {
			overseas.Rows = append(overseas.Rows, regionRow(&all[i]))
		} else {
			mainland.Rows = append(mainland.Rows, regionRow(&all[i]))
		}
	}
	return mainland, overseas, nil
}

func regionTable(id, caption string, t panorama.Total) ui.Table {
	return ui.Table{ID: id, Caption: caption, Columns: []ui.Column{
		{Label: "Région"},
		{Label: "Objectif", Unit: wording.Kilotonnes, Number: true},
		{Label: "Sans les forêts", Unit: wording.Kilotonnes, Number: true},
		{Label: "Par habitant", Unit: "tCO₂e par an", Number: true},
		{Label: "Leviers", Number: true},
	}, Foot: []ui.Row{{Cells: []ui.Cell{{Text: "Total", Sub: t.Scope}, {Text: french.Kt(int64(t.Kg), 1), Exact: wording.Exact(t.Kg)}, {}, {}, {}}}}}
}

func regionRow(p *panorama.Panorama) ui.Row {
	t := p.Territory
	row := ui.Row{Cells: []ui.Cell{
		{Text: t.Name, Href: wording.PanoramaPath(t)},
		{Text: french.Kt(int64(p.Total.Kg), 1), Exact: wording.Exact(p.Total.Kg), Explain: wording.FigurePath(wording.TotalKey(p.Edition, t.Ref)), Name: t.Name},
		{Text: french.Kt(int64(p.WithoutForest.Kg), 1), Exact: wording.Exact(p.WithoutForest.Kg), Explain: wording.FigurePath(panorama.FigureKey(p.Edition, panorama.WithoutForestName, t.Ref)), Name: t.Name + ", sans les forêts"},
		{Missing: "La population de cette région n’est pas connue."},
		{Text: french.Integer(p.Total.Known)},
	}}
	if t.Population > 0 {
		row.Cells[3] = ui.Cell{Text: french.Number(float64(p.Total.Kg)/float64(t.Population)/1000, 2),
			Explain: wording.FigurePath(wording.TotalKey(p.Edition, t.Ref) + "/" + panorama.AskPerPerson), Name: t.Name + ", par habitant"}
	}
	return row
}
