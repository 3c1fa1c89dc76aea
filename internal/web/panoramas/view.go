package panoramas

import (
	"net/http"

	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// The views of one panorama, each at its own address.
const (
	viewSectors = "secteurs"
	viewThemes  = "themes"
	viewTable   = "tableau"
	viewAxes    = "axes"
)

// view is everything that the page of a panorama shows.
type view struct {
	Heading  ui.Heading
	Tabs     ui.Pages
	Views    []ui.Link
	Notices  []ui.Alert
	Figures  []ui.KeyFigure
	OneKt    string
	View     string
	Chart    ui.Chart
	Levers   ui.Table
	Absent   *ui.Table
	Parts    *ui.Table
	Methods  *ui.Table
	Apart    string // what the second method leaves out
	Imported *ui.Table
	Wider    *ui.Table
	Axes     []ui.Table
	Next     []ui.Link
	Nearby   []nearby
	Source   ui.Source
}

// nearby is a list of territories to go on to.
type nearby struct {
	Title string
	Links []ui.Link
	Open  bool
}

// show draws the panorama of a territory.
func (d Deps) show(w http.ResponseWriter, r *http.Request, m *panorama.Model, f found) error {
	b := &builder{m: m, p: f.panorama, idx: f.communes, fw: m.Framework(), path: wording.PanoramaPath(f.panorama.Territory)}
	b.sectors = wording.SectorLook(b.fw)
	b.below = len(b.p.Lines) > 0 && b.p.Territory.Ref.Scale != territory.RegionS && b.p.SameAs == ""
	v := b.view(r)
	v.Source.Share = d.Shell.Absolute(b.path)
	page := d.Shell.Page(r, v.Heading.Title, b.description(), wording.Trail(m.Tree(), b.p.Territory)...)
	if d.Actions != nil {
		near, err := d.Actions(r.Context(), f.panorama.Territory.Ref)
		if err != nil {
			return err
		}
		if len(near) > 0 {
			v.Nearby = append([]nearby{{Title: "Des actions près d’ici", Links: near, Open: true}}, v.Nearby...)
		}
	}
	return d.Shell.Render(w, r, page, panoramaPage(v))
}

// builder makes the view of one panorama.
type builder struct {
	m       *panorama.Model
	p       panorama.Panorama
	idx     []int32
	fw      *framework.Framework
	sectors map[string]framework.Sector
	path    string
	below   bool // under the region: values are divided, not published
}

func (b *builder) view(r *http.Request) view {
	q := r.URL.Query()
	v := view{View: q.Get("vue")}
	switch v.View {
	case viewThemes, viewTable, viewAxes:
	default:
		v.View = viewSectors
	}
	v.Heading = ui.Heading{
		Overline: wording.Upper(b.p.Territory.Kind), Title: b.title(), Scope: wording.Scope(b.p), Lead: b.lead(),
		Explain: wording.FigurePath(wording.TotalKey(b.p.Edition, b.p.Territory.Ref)),
	}
	v.Tabs = b.tabs()
	v.Views = b.views(v.View)
	v.Notices = b.notices()
	v.Source = b.source()
	v.Next, v.Nearby = b.next(), b.nearby()
	if v.View == viewAxes {
		v.Axes = axes(b.fw)
		return v
	}
	v.Figures = b.keyFigures()
	v.OneKt = b.oneKt()
	switch v.View {
	case viewSectors:
		v.Chart = b.bySector()
	case viewThemes:
		v.Chart = b.byTheme()
	}
	v.Levers = b.leverTable(q.Get("tri"))
	v.Absent = b.absentTable()
	v.Parts = b.partsTable()
	v.Methods, v.Apart = b.methodsTable()
	v.Imported = b.importedTable()
	v.Wider = b.widerTable()
	return v
}

func (b *builder) views(current string) []ui.Link {
	links := []ui.Link{
		{Label: "Par secteur", Href: b.path},
		{Label: "Par thème", Href: b.path + "?vue=" + viewThemes},
		{Label: "Tableau", Href: b.path + "?vue=" + viewTable},
		{Label: "Autres axes", Href: b.path + "?vue=" + viewAxes},
	}
	for i, name := range []string{viewSectors, viewThemes, viewTable, viewAxes} {
		links[i].Current = name == current
	}
	return links
}

func (b *builder) tabs() ui.Pages { return wording.Tabs(b.m.Tree(), b.p, wording.TabPanorama) }

func (b *builder) next() []ui.Link {
	next := []ui.Link{}
	if len(b.p.Regions) == 1 {
		next = append(next, ui.Link{Label: "Essayer d’autres objectifs dans le simulateur", Href: wording.SimulatorPath(b.m.Tree(), b.p)})
	}
	next = append(next, ui.Link{Label: "Comparer avec un autre territoire", Href: "/comparer?a=" + b.p.Territory.Ref.String()})
	if b.below {
		next = append(next, ui.Link{Label: "Ajouter les données de votre territoire", Href: "/methode#vos-donnees"})
	}
	return append(next,
		ui.Link{Label: "Comprendre la méthode", Href: "/methode"},
		ui.Link{Label: "Télécharger les données", Href: "/donnees"})
}

func (b *builder) source() ui.Source {
	s := ui.Source{
		Text: "objectifs régionaux affichés par le Secrétariat général à la planification écologique, " + french.Month(b.p.Edition) + ".",
		Sources: []ui.Link{
			{Label: "Méthode", Href: "/methode"},
		},
		Downloads: []ui.Link{{Label: "Toutes les données, avec leur notice", Href: "/donnees", Note: "CSV, XLSX, JSON"}},
		Print:     true,
		Embed:     b.path + "?integre=1",
		Changed:   wording.Changed(b.m),
	}
	if b.below {
		s.Text = "objectifs régionaux affichés par le Secrétariat général à la planification écologique, " + french.Month(b.p.Edition) +
			"\u00a0; répartition sous la région calculée par Jalon."
	}
	s.Downloads = append(s.Downloads, ui.Link{Label: "Ce panorama pour un programme", Href: "/api/v1/panorama/" + b.p.Territory.Ref.String(), Note: "JSON"})
	return s
}
