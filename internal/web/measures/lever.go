package measures

import (
	"maps"
	"net/http"
	"slices"

	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/support"
	"jalon/internal/territory"
	"jalon/internal/web/static"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// leverView is the page of the cartography of a lever.
type leverView struct {
	chart
	Heading ui.Heading
	Notices []ui.Alert
	Region  territory.Region
	Choose  []ui.Field // the region
	Same    []ui.Link  // the levers whose content this is
	Report  string     // where one says that an aid is missing
	Import  string
	Foot    ui.Source
	Review  func(support.Measure) bool
}

func (d Deps) lever(w http.ResponseWriter, r *http.Request) error {
	c, m, err := d.chartOf(r)
	if err != nil {
		return err
	}
	v := leverView{chart: c, Region: c.Region, Review: func(x support.Measure) bool { return x.ToReview(d.Now()) }, Report: "/aides", Import: "/aides"}
	kept := c.Lever.Code // the catalogue names levers as the content does
	if len(c.Content) > 0 {
		kept = c.Content[0].Code
	}
	v.Heading = ui.Heading{Overline: title, Title: c.Lever.Name, Scope: []string{"ni exhaustif, ni un classement", "l’étape de la dernière colonne est à la main de la collectivité"}}
	if c.Region.Slug != "" {
		said := "la région " + c.Region.Name + " n’a rien ajouté à ce jour"
		if c.Own {
			said = "avec les ajouts de la région " + c.Region.Name
		}
		v.Heading.Scope = append(v.Heading.Scope, said)
		v.Report, v.Import = "/regions/"+c.Region.Slug+"/bureau/besoins?levier="+kept, "/regions/"+c.Region.Slug+"/bureau/aides"
	}
	for _, l := range c.Content {
		v.Same = append(v.Same, ui.Link{Label: l.Name, Href: path(l.Code, c.Region.Slug)})
	}
	v.Choose = []ui.Field{regionField(m.Tree(), c.Region.Slug)}
	v.Foot = ui.Source{Text: "Actions usuelles écrites pour Jalon, complétées par les régions\u00a0; aides du catalogue, telles que leur source les dit", Print: true,
		Downloads: []ui.Link{{Label: "CSV", Href: files(c, ".csv")}, {Label: "JSON", Href: files(c, ".json")}}}
	if c.Reviewed != "" {
		v.Foot.Text += "\u00a0; dernière relecture le " + french.Day(c.Reviewed)
	}
	trail := []ui.Link{{Label: "Accueil", Href: "/"}, {Label: "Leviers", Href: "/leviers"}, {Label: c.Lever.Name, Href: wording.LeverPath(c.Lever.Code)}, {Label: "Actions et aides"}}
	page := d.Shell.Page(r, c.Lever.Name+nb+": actions usuelles et aides, étape par étape", "Ce qui aide à agir sur ce levier, étape par étape"+nb+": actions usuelles, aides, ressources. Ni exhaustif, ni un classement.", trail...)
	page.Styles = append(page.Styles, static.URL("measures.css"))
	return d.Shell.Render(w, r, page, leverPage(v))
}

// files is the address of a file of the cartography.
func files(c chart, ending string) string {
	at := wording.LeverPath(c.Lever.Code) + "/mesures" + ending
	if c.Region.Slug != "" {
		at += "?region=" + c.Region.Slug
	}
	return at
}

// regionField chooses whose additions are shown.
func regionField(tree *territory.Tree, slug string) ui.Field {
	f := ui.Field{ID: "region", Label: "Ajouter ce qu’une région propose", Type: "select", Options: []ui.Option{{Label: "aucune région\u00a0: le fonds national seul"}}}
	for _, x := range tree.Regions() {
		f.Options = append(f.Options, ui.Option{Value: x.Slug, Label: x.Name, Selected: x.Slug == slug})
	}
	return f
}

// propose is where an action of this lever and step is proposed, in the region read.
func (v leverView) propose(step string) string {
	return "/regions/" + v.Region.Slug + "/actions/nouvelle?levier=" + v.Lever.Code + "&etape=" + step
}

// nothing says why a part is empty: looked at and left so, or not written yet.
func (v leverView) nothing() string {
	if !v.Written {
		return "Pas encore écrit pour ce levier."
	}
	return "Rien d’usuel à ce stade."
}

// by says who added a measure, when it is a region.
func (v leverView) by(x support.Measure) string {
	if x.Region == "" {
		return ""
	}
	return "ajouté par la région " + v.Region.Name
}

// index lists every lever that has a cartography, by theme, and how much of it is
// written.
func (d Deps) index(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	counts, err := support.Counts(r.Context(), d.Q)
	if err != nil {
		return err
	}
	type sum struct {
		actions, regional int64
		steps             map[string]bool
	}
	of := map[string]*sum{}
	for _, c := range counts {
		s := of[c.Lever]
		if s == nil {
			s = &sum{steps: map[string]bool{}}
			of[c.Lever] = s
		}
		if c.Region != "" {
			s.regional += c.N
			continue
		}
		if c.Kind == support.Action {
			s.actions += c.N
			s.steps[c.Step] = true
		}
	}
	v := indexView{Heading: ui.Heading{Overline: "Leviers", Title: "Ce qui aide à agir, levier par levier et étape par étape", Scope: []string{"ni exhaustif, ni un classement", "actions usuelles, aides, ressources"}},
		Foot: ui.Source{Text: "Actions usuelles écrites pour Jalon, sans chiffre ni seuil\u00a0; aides du catalogue", Print: true, Sources: []ui.Link{{Label: "Les aides", Href: "/aides"}, {Label: "Les leviers", Href: "/leviers"}}}}
	aids, err := d.aidsByLever(r, slices.Sorted(maps.Keys(of)))
	if err != nil {
		return err
	}
	var levers int
	for _, t := range m.Framework().Themes() {
		table := ui.Table{ID: "theme-" + string(t.Code), Caption: t.Name, CaptionHidden: true, Columns: []ui.Column{{Label: "Levier", Wide: true}, {Label: "Référentiel"}, {Label: "Actions usuelles", Number: true}, {Label: "Étapes traitées", Number: true}, {Label: "Ajouts des régions", Number: true}, {Label: "Aides", Number: true}}}
		for _, version := range []string{framework.March2025, framework.Overseas} {
			for _, l := range m.Framework().Levers(version) {
				s := of[l.Code]
				if l.Theme != t.Code || s == nil {
					continue
				}
				levers++
				n := ui.Cell{Text: french.Integer(aids[l.Code])}
				if aids[l.Code] == 0 {
					n = ui.Cell{Missing: "aucune aide recensée à ce jour"}
				}
				name := "mars 2025"
				if version == framework.Overseas {
					name = "outre-mer"
				}
				table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Name, Href: path(l.Code, "")}, {Text: name}, {Text: french.Integer(s.actions)}, {Text: french.Integer(len(s.steps)) + nb + "sur" + nb + "5"}, {Text: french.Integer(s.regional)}, n}})
			}
		}
		if len(table.Rows) > 0 {
			v.Themes = append(v.Themes, themeView{ID: "t-" + string(t.Code), Title: t.Name, Table: table})
		}
	}
	v.Lead = french.Integer(levers) + nb + "leviers ont leurs actions usuelles. Les leviers des autres référentiels y renvoient par correspondance. Un tiret, dans la colonne des aides, dit qu’aucune n’est recensée à ce jour" + nb + ": ce n’est pas qu’il n’en existe pas."
	page := d.Shell.Page(r, v.Heading.Title, v.Lead, ui.Link{Label: "Accueil", Href: "/"}, ui.Link{Label: "Leviers", Href: "/leviers"}, ui.Link{Label: title})
	return d.Shell.Render(w, r, page, indexPage(v))
}

// aidsByLever counts the nation's aids of some levers.
func (d Deps) aidsByLever(r *http.Request, levers []string) (map[string]int, error) {
	list, err := d.Aids(r.Context(), levers, "")
	out := map[string]int{}
	for _, a := range list {
		for _, l := range a.Levers {
			out[l]++
		}
	}
	return out, err
}

// indexView is the list of what there is, by theme.
type indexView struct {
	Heading ui.Heading
	Lead    string
	Themes  []themeView
	Foot    ui.Source
}

type themeView struct {
	ID, Title string
	Table     ui.Table
}

// ending is what follows a name of a list.
func ending(i, n int) string {
	switch {
	case i == n-1:
		return "."
	case i == n-2:
		return " et "
	}
	return ", "
}
