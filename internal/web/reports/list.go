package reports

import (
	"context"
	"net/http"

	"jalon/internal/cop"
	"jalon/internal/document"
	"jalon/internal/web/ui"
)

// documentView is a document with what can be done of it.
type documentView struct {
	Doc    document.Document
	Files  []ui.Link
	Action string
	Choose []ui.Field
	Freeze string // address of the form, empty for whoever may not
}

// chooser are the questions that choose an edition.
func (d Deps) chooser(ctx context.Context, k kind, a ask) ([]ui.Field, error) {
	fields := []ui.Field{{ID: "jour", Label: "Situation au", Type: "date", Value: a.Day, Required: true}}
	if k.Dated {
		cycles, err := cop.Cycles(ctx, d.DB)
		if err != nil {
			return nil, err
		}
		f := ui.Field{ID: "cycle", Label: "Cycle", Type: "select", Required: true}
		for _, c := range cycles {
			f.Options = append(f.Options, ui.Option{Value: c.Code, Label: c.Name, Selected: c.Code == a.Cycle})
		}
		fields = append(fields, f)
	}
	if k.Regional {
		m, err := d.Model(ctx)
		if err != nil {
			return nil, err
		}
		f := ui.Field{ID: "region", Label: "Territoire", Type: "select", Required: true, Options: []ui.Option{{Value: nation, Label: "France entière", Selected: a.Region.Slug == ""}}}
		for _, r := range m.Tree().Regions() {
			f.Options = append(f.Options, ui.Option{Value: r.Slug, Label: r.Name, Selected: r.Slug == a.Region.Slug})
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// choice is a document on a list, with the questions that choose its edition.
type choice struct {
	kind
	Fields []ui.Field
}

type listView struct {
	Heading    ui.Heading
	Choices    []choice
	Frozen     ui.Table
	ShowFrozen bool
}

// choices are the documents of a list, at the day and in the cycle that the
// reader comes with.
func (d Deps) choices(r *http.Request, kinds ...kind) ([]choice, error) {
	ctx := r.Context()
	m, err := d.Model(ctx)
	if err != nil {
		return nil, err
	}
	var out []choice
	for _, k := range kinds {
		a, err := d.read(r, m, k, r.URL.Query())
		if err != nil {
			return nil, err
		}
		fields, err := d.chooser(ctx, k, a)
		if err != nil {
			return nil, err
		}
		for i := range fields {
			fields[i].Name, fields[i].ID = fields[i].ID, k.Code+"-"+fields[i].ID // one page, several forms
		}
		out = append(out, choice{k, fields})
	}
	return out, nil
}

// studies is the public list of the three.
func (d Deps) studies(w http.ResponseWriter, r *http.Request) error {
	v := listView{Heading: ui.Heading{Overline: "Les COP régionales", Title: "Trois études pour accompagner les COP, produites à la date et pour la région de votre choix",
		Lead: "Chaque étude se lit en page, ou se prend en diaporama, en texte ou en PDF. Ce qui n’a pas encore de données y est dit."}}
	var err error
	if v.Choices, err = d.choices(r, theStudies...); err != nil {
		return err
	}
	page := d.Shell.Page(r, v.Heading.Title, "Guide du panorama des leviers, retour des questionnaires, actions et mesures d’accompagnement.",
		ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Études"})
	return d.Shell.Render(w, r, page, listPage(v))
}

// list is every document of the national team, with the frozen ones.
func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	if err := mayRead(r, pointEtape); err != nil {
		return err
	}
	v := listView{Heading: ui.Heading{Overline: "Équipe nationale", Title: "Documents nationaux\u00a0: le point d’étape et les trois études, à la date de votre choix", Scope: []string{"réservé aux équipes", "études publiques"},
		Lead: "Un document produit deux fois à la même date, sur les mêmes données, est le même. Figé, il ne change plus."}}
	var err error
	if v.Choices, err = d.choices(r, append([]kind{pointEtape}, theStudies...)...); err != nil {
		return err
	}
	page := d.Shell.Page(r, v.Heading.Title, "", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Tableau national", Href: "/national"}, ui.Link{Label: "Documents"})
	if v.Frozen, err = d.frozenTable(r); err != nil {
		return err
	}
	v.ShowFrozen = true
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.Render(w, r, page, listPage(v))
}
