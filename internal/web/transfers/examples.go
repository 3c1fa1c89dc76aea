package transfers

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/web/ui"
)

// example is a public example of an action: facts of a source, titles of ours.
type example struct {
	region, title, lever, target, unit, done, year, holder, budget, note, source string
}

// roadmaps are the examples of the table that the program embeds.
var roadmaps = sync.OnceValues(func() (_ []example, err error) {
	defer apperr.Wrap(&err, "transfers.roadmaps")
	f, err := data.FS.Open("roadmap-examples.csv")
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(f).ReadAll()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != "region,title,lever,target,unit,done,year,holder,budget,note,source" {
		return nil, fmt.Errorf("roadmap-examples.csv: columns")
	}
	var out []example
	for _, r := range rows[1:] {
		out = append(out, example{r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10]})
	}
	return out, nil
})

// examplesView is the page of public examples.
type examplesView struct {
	Heading ui.Heading
	Notice  ui.Alert
	Tables  []ui.Table
}

// examples shows what roadmaps and regions made public, apart from any register.
func (d Deps) examples(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	all, err := roadmaps()
	if err != nil {
		return err
	}
	v := examplesView{Heading: ui.Heading{Overline: "Actions", Title: "Exemples publics d’actions", Scope: []string{french.Integer(len(all)) + nb + "exemples", "feuilles de route et bilans de 2024 à 2026"},
		Lead: "Ce que des COP et des régions ont rendu public, tel que leur source le dit, avec des titres reformulés."},
		Notice: ui.Alert{State: "warning", Title: "Hors registre et hors couverture", Text: "Ces exemples ne sont dans le registre d’aucune COP" + nb + ": aucun chiffre de cette page n’entre dans une somme, un objectif ou une couverture. Un chiffre absent n’est pas dans la source."}}
	for _, region := range m.Tree().Regions() {
		t := ui.Table{ID: "region-" + region.Code, Caption: region.Name, Columns: []ui.Column{{Label: "Exemple", Wide: true}, {Label: "Levier"}, {Label: "Visé", Number: true}, {Label: "Fait", Number: true}, {Label: "Source", Wide: true}}}
		for _, x := range all {
			if x.region != region.Code {
				continue
			}
			lever := ui.Cell{Missing: "aucun levier en particulier"}
			if l, err := m.Framework().Lever(x.lever); err == nil {
				lever = ui.Cell{Text: l.Name, Href: "/leviers/" + l.Code}
			}
			source := ui.Cell{Text: x.source}
			if s, err := m.Framework().Source(x.source); err == nil {
				source = ui.Cell{Text: s.Publisher, Sub: s.Title, Href: s.Address}
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.title, Sub: x.about()}, lever, amount(x.target, x.unit, x.year), amount(x.done, x.unit, ""), source}})
		}
		if len(t.Rows) > 0 {
			v.Tables = append(v.Tables, t)
		}
	}
	page := d.Shell.Page(r, v.Heading.Title, "Des exemples publics d’actions des COP régionales, avec leur source, hors de tout registre.", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: v.Heading.Title})
	return d.Shell.Render(w, r, page, examplesPage(v))
}

// about is who carries an example, and what must be known of its figures.
func (x example) about() string {
	var parts []string
	for _, p := range []string{x.holder, x.note} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if x.budget != "" {
		if n, err := strconv.ParseInt(x.budget, 10, 64); err == nil {
			parts = append(parts, "budget de "+french.Integer(n)+nb+"€")
		}
	}
	return strings.Join(parts, " · ")
}

// amount is a figure of a source, or why there is none.
func amount(text, unit, year string) ui.Cell {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return ui.Cell{Missing: "la source ne donne pas de chiffre"}
	}
	c := ui.Cell{Text: french.Integer(int64(v)) + nb + unit}
	if year != "" {
		c.Sub = "en " + year
	}
	return c
}
