// Package levers serves the list of levers by theme and the page of each: its
// objective, its key, the regions, and what it becomes in other versions.
package levers

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"jalon/internal/action"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	// Book names the series that measure a lever; nil where there are none.
	Book *series.Book
	// Actions is the register, of which a lever shows what anyone reads; nil where there
	// is none.
	Actions *action.Room
	Q       db.Q
}

// Handlers are the pages of this folder, by route name.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"levers": d.list, "lever": d.lever}
}

const nb = french.NoBreak

// listView is the list of one version, by theme or by axis.
type listView struct {
	Version  framework.Version
	Versions []ui.Link
	Groups   []group
	Lead     string
}

type group struct {
	ID, Title string
	Table     ui.Table
}

func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	fw := m.Framework()
	versions := fw.Versions()
	asked := r.URL.Query().Get("version")
	i := slices.IndexFunc(versions, func(v framework.Version) bool { return v.ID == asked })
	if i < 0 {
		i = slices.IndexFunc(versions, func(v framework.Version) bool { return v.ID == framework.National })
	}
	v := listView{Version: versions[i], Lead: "Un levier est un changement précis qui fait baisser les émissions ou protège les ressources" + nb + ": rouler à l’électrique, isoler les logements, planter des haies."}
	for _, o := range versions {
		href := "/leviers"
		if o.ID != framework.National {
			href += "?version=" + o.ID
		}
		v.Versions = append(v.Versions, ui.Link{Label: o.Title, Href: href, Current: o.ID == v.Version.ID})
	}
	for _, t := range fw.Themes() {
		if g := themeGroup(m, v.Version.ID, t); len(g.Table.Rows) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	if g := themeGroup(m, v.Version.ID, framework.ThemeInfo{Name: "Sans thématique"}); len(g.Table.Rows) > 0 {
		v.Groups = append(v.Groups, g)
	}
	title := french.Integer(v.Version.Count) + " leviers" + nb + ": " + wording.Lower(v.Version.Title)
	page := d.Shell.Page(r, title, v.Lead, ui.Link{Label: "Accueil", Href: "/"}, ui.Link{Label: "Leviers", Href: "/leviers"})
	return d.Shell.Render(w, r, page, listPage(title, v))
}

func themeGroup(m *panorama.Model, version string, t framework.ThemeInfo) group {
	id := string(t.Code)
	if id == "" {
		id = "autres"
	}
	g := group{ID: id, Title: t.Name, Table: ui.Table{
		ID: "leviers-" + id, Caption: t.Name, CaptionHidden: true,
		Columns: []ui.Column{{Label: "Levier"}, {Label: "En une phrase", Wide: true}, {Label: "Objectif national 2030", Unit: "ktCO₂e par an", Number: true}},
	}}
	for _, l := range m.Framework().Levers(version) {
		if l.Theme != t.Code {
			continue
		}
		name := l.Name
		if l.ShortName != l.Name && version == framework.National {
			name = l.ShortName
		}
		g.Table.Rows = append(g.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: name, Href: wording.LeverPath(l.Code)}, {Text: l.Gloss}, objectiveCell(m, l)}})
	}
	return g
}

// objectiveCell is the national objective of a lever: its own in the version of
// 2023-24, what the crosswalk lets it show in the others.
func objectiveCell(m *panorama.Model, l framework.Lever) ui.Cell {
	kg, via, reason := objective(m, l)
	if reason != "" {
		return ui.Cell{Missing: reason}
	}
	c := ui.Cell{Text: french.Kt(int64(kg), 0), Name: l.ShortName}
	if len(via) == 0 {
		c.Explain = wording.FigurePath(panorama.FigureKey(panorama.July, l.Code, territory.France))
	} else {
		c.Sub = "par correspondance"
	}
	return c
}

func objective(m *panorama.Model, l framework.Lever) (kg panorama.Kg, via []framework.Lever, reason string) {
	if kg, ok := m.Reference().National[l.Code]; ok {
		return kg, nil, ""
	}
	if l.Version == framework.Overseas {
		return 0, nil, "Levier propre à la Corse et aux outre-mer" + nb + ": publié par région, sans objectif national."
	}
	via, err := m.Framework().ObjectiveVia(l.Code)
	if err != nil || len(via) == 0 {
		return 0, nil, "Sans objectif chiffré" + nb + ": les objectifs en ktCO₂e appartiennent aux leviers de 2023-24."
	}
	for _, v := range via {
		kg += m.Reference().National[v.Code]
	}
	return kg, via, ""
}

// leverView is the page of one lever.
type leverView struct {
	Lever       framework.Lever
	Overline    string
	Title       string
	Scope       []string
	Explain     string
	Key         panorama.OfficialKey
	HasKey      bool
	KeyNote     string
	Regions     *ui.Table
	Map         ui.Map
	Bars        ui.Bars
	Departments []ui.Link
	DeptTable   *ui.Table
	DeptTitle   string
	DeptNote    string
	Via         []ui.Link
	Targets     []framework.Target
	NoRegional  bool
	Links       *ui.Table
	Series      []*series.Indicator
	Trends      []ui.Link // of each region
	Source      string
	Actions     ui.Table // the last ones that anyone reads
	ActionsBy   ui.Table // of each region
	ActionsLead string
}

func (d Deps) lever(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	l, err := m.Framework().Lever(r.PathValue("code"))
	if err != nil {
		return err
	}
	v := leverView{Lever: l, Targets: m.Framework().Targets(l.Code)}
	v.Overline = "Levier"
	// Three names are borne by two levers: the sector tells them apart.
	if s, err := m.Framework().Sector(l.Sector); err == nil {
		v.Overline += " – " + s.Name
	}
	version := versionOf(m.Framework(), l.Version)
	kg, via, missing := objective(m, l)
	v.Scope = []string{version.Title}
	switch {
	case missing != "":
		v.Title = l.Name
		v.Scope = append(v.Scope, wording.Lower(missing))
	case len(via) > 0:
		v.Title = l.Name + nb + ": " + wording.Mass(kg) + " de moins par an en 2030, par correspondance"
		for _, x := range via {
			v.Via = append(v.Via, ui.Link{Label: x.Name, Href: wording.LeverPath(x.Code)})
		}
	default:
		v.Title = l.Name + nb + ": " + wording.Mass(kg) + " de moins par an en 2030, dans toute la France"
		v.Explain = wording.FigurePath(panorama.FigureKey(panorama.July, l.Code, territory.France))
		v.Scope = append(v.Scope, "objectif indicatif, non contraignant", "par rapport à 2019")
	}
	if s, err := m.Framework().Source(l.Source); err == nil {
		v.Source = s.Publisher + ", " + s.Title
	}
	v.Key, v.HasKey = m.Reference().Official[l.Code]
	v.KeyNote = keyNote(v.Key)
	v.Links = links(m.Framework(), l.Code)
	if l.Version == framework.National || l.Version == framework.Overseas {
		if err := regions(m, &v); err != nil {
			return err
		}
		if err := departments(m, r.URL.Query().Get("region"), &v); err != nil {
			return err
		}
	} else {
		v.NoRegional = len(via) == 0
	}
	d.series(m, &v)
	if err := d.actions(r.Context(), m, &v); err != nil {
		return err
	}
	page := d.Shell.Page(r, v.Title, l.Gloss, ui.Link{Label: "Accueil", Href: "/"}, ui.Link{Label: "Leviers", Href: "/leviers"}, ui.Link{Label: l.Name, Href: wording.LeverPath(l.Code)})
	return d.Shell.Render(w, r, page, leverPage(v))
}

// series names what measures the lever, and where its curves are read.
func (d Deps) series(m *panorama.Model, v *leverView) {
	if d.Book == nil {
		return
	}
	if v.Series = d.Book.Catalogue.OfLever(v.Lever.Code); len(v.Series) == 0 {
		return
	}
	for _, r := range m.Tree().Regions() {
		if v.Lever.Version != framework.Overseas || r.Overseas {
			v.Trends = append(v.Trends, ui.Link{Label: r.Name, Href: "/regions/" + r.Slug + "/tendances"})
		}
	}
}

func keyNote(k panorama.OfficialKey) string {
	if k.Recomputed {
		return "Cette clé est faite de chiffres publics" + nb + ": Jalon la recalcule et retrouve les parts publiées (voir la méthode)."
	}
	return "Les valeurs de cette clé ne sont pas publiques" + nb + ": seule la part de chaque région l’est."
}

func versionOf(fw *framework.Framework, id string) framework.Version {
	for _, v := range fw.Versions() {
		if v.ID == id {
			return v
		}
	}
	return framework.Version{ID: id, Title: id}
}

// links is the crosswalk of a lever, both ways.
func links(fw *framework.Framework, code string) *ui.Table {
	t := ui.Table{ID: "correspondances", Caption: "Correspondances avec les autres référentiels", CaptionHidden: true,
		Columns: []ui.Column{{Label: "Référentiel"}, {Label: "Levier"}, {Label: "Lien"}, {Label: "Raison", Wide: true}}}
	for _, x := range fw.Crosswalk(code) {
		other, err := fw.Lever(x.Other(code))
		if err != nil {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: versionOf(fw, x.ToVersion).Title}, {Text: "aucun levier"}, {Text: x.Kind.Label()}, {Text: x.Reason}}})
			continue
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: versionOf(fw, other.Version).Title}, {Text: other.Name, Href: wording.LeverPath(other.Code)}, {Text: x.Kind.Label()}, {Text: x.Reason}}})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return &t
}

func yearText(y string) string {
	if _, err := strconv.Atoi(y); err != nil {
		return ""
	}
	return " en " + y
}
