package trends

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/series"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// natureView is the panorama of biodiversity and resources.
type natureView struct {
	Heading ui.Heading
	Tabs    ui.Pages
	Axes    []ui.Table
	Honest  string
	Source  ui.Source
}

func (d Deps) nature(w http.ResponseWriter, r *http.Request, t *place) error {
	fw := t.m.Framework()
	seen := 0
	aim := func(string, string) (text, source string) { return "", "" }
	if d.Aim != nil {
		var err error
		if aim, err = d.Aim(r.Context(), t.p.Territory.Ref); err != nil {
			return err
		}
	}
	v := natureView{Tabs: t.tabs(wording.TabNature)}
	for _, a := range fw.Axes() {
		table := ui.Table{ID: "axe-" + a.Code, Caption: a.Name, CaptionHidden: true, Columns: []ui.Column{{Label: "Sujet"}, {Label: "Cible nationale", Wide: true}, {Label: "Cible de la région"}, {Label: "Dernière valeur", Number: true},
			{Label: "Rythme sur 1 an", Unit: "par an", Number: true}, {Label: "Rythme sur 3 ans", Unit: "par an", Number: true}}}
		for i := range d.Book.Nature {
			x := &d.Book.Nature[i]
			if x.Axis != a.Code {
				continue
			}
			row, known := d.axisRow(t, fw, x, aim)
			if known {
				seen++
			}
			table.Rows = append(table.Rows, row)
		}
		if len(table.Rows) > 0 {
			table.Caption = a.Name
			v.Axes = append(v.Axes, table)
		}
	}
	of := len(d.Book.Nature)
	title := t.name() + nb + ": " + strconv.Itoa(seen) + french.Plural(seen, " sujet", " sujets") + " de biodiversité et de ressources sur " + strconv.Itoa(of) + french.Plural(seen, " est suivi", " sont suivis") + " par une série"
	v.Heading = ui.Heading{Overline: "Biodiversité et ressources – " + wording.Upper(t.p.Territory.Kind), Title: title, Scope: []string{"objectif indicatif, non contraignant", "cibles nationales", "aucune clé régionale inventée"},
		Lead: "Le climat n’est pas le seul but. Voici ce que la nation vise sur les autres axes, ce que la région mesure, et à quel rythme."}
	v.Honest = "Parmi les " + strconv.Itoa(t.of) + " leviers territoriaux de 2026, " + strconv.Itoa(t.measured) + french.Plural(t.measured, " a une série", " ont une série") +
		" dans cette région, d’après le catalogue de Jalon. Les autres n’en ont pas" + nb + ": rien n’est estimé à leur place."
	path := t.base + "/biodiversite-ressources"
	v.Source = ui.Source{Text: t.sources(d.Book), Downloads: []ui.Link{{Label: "Cibles nationales", Href: "/donnees"}}, Print: true, Share: d.Shell.Absolute(path), Changed: t.changed()}
	page := d.page(r, t, title, v.Heading.Lead, ui.Link{Label: "Biodiversité et ressources"})
	return d.Shell.Render(w, r, page, naturePage(v))
}

// axisRow is one line: the nation's target, the region's when it has set one, its
// value and its pace. A line without series says so.
func (d Deps) axisRow(t *place, fw *framework.Framework, x *series.Axis, aim Aim) (ui.Row, bool) {
	name := ui.Cell{Text: x.Name, Sub: x.Note}
	own := ui.Cell{Missing: "La région n’a pas saisi de cible pour ce sujet" + nb + "; Jalon n’en calcule pas. L’équipe de la COP la saisit parmi les objectifs d’un plan de la région, sous le nom du sujet."}
	if text, source := aim(x.Lever, x.Name); text != "" {
		own = ui.Cell{Text: text, Sub: source}
	}
	cells := []ui.Cell{name, nationalCell(d.Book, fw, x), own}
	c := t.curves[x.Indicator]
	if c == nil || c.Known() == 0 {
		why := ui.Cell{Missing: "Aucune série du catalogue ne suit ce sujet dans cette région."}
		return ui.Row{Cells: append(cells, why, why, why)}, false
	}
	cells[0].Href = t.base + "/tendances/" + x.Indicator
	last := lastCell(c)
	last.Sub = c.Indicator.Unit + ", " + last.Sub
	return ui.Row{Cells: append(cells, last, paceCell(c.PaceOver(1), 1), paceCell(c.PaceOver(3), 3))}, true
}

// nationalCell is the nation's target in a sentence, with its source.
func nationalCell(book *series.Book, fw *framework.Framework, x *series.Axis) ui.Cell {
	targets := fw.Targets(x.Lever)
	i := slices.IndexFunc(targets, func(n framework.Target) bool { return n.Target == x.Target })
	if i < 0 {
		return ui.Cell{Missing: "Aucune cible nationale n’est publiée dans une unité qu’une région puisse lire."}
	}
	n := targets[i]
	return ui.Cell{Text: strings.TrimSuffix(n.Text, "."), Sub: book.SourceTitle(n.Source)}
}
