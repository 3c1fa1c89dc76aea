package exits

import (
	"net/http"
	"strconv"

	"jalon/internal/french"
	"jalon/internal/roadmap"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
)

// changes is what differs in an edition from the one before it, and why.
func (d Deps) changes(w http.ResponseWriter, r *http.Request) error {
	e, err := d.readEdition(r)
	if err != nil {
		return err
	}
	v := sections.View{Heading: ui.Heading{Overline: "Feuille de route, ce qui change", Title: e.place.Name + nb + ": c’est la première édition adoptée", Scope: []string{e.name(), "situation au " + french.Day(e.Day)}}, Tabs: e.publicTabs("/feuille-de-route")}
	way := e.trail(ui.Link{Label: "Ce qui change"})
	if e.before == nil {
		v.Parts = []sections.Part{{Empty: ui.Empty{Title: "Rien à comparer", Text: "Aucune édition n’a été adoptée avant celle-ci.", Action: ui.Link{Label: "Lire l’édition", Href: e.page()}}}}
		return d.show(w, r, http.StatusOK, v, false, way...)
	}
	c, err := roadmap.ChangesBetween(r.Context(), d.Q, *e.before, e.Edition)
	if err != nil {
		return err
	}
	was := e.place.page() + "/feuille-de-route/editions/" + strconv.FormatInt(e.before.Seq, 10)
	n := len(c.Added) + len(c.Removed) + len(c.Changed)
	v.Heading.Title = e.place.Name + nb + ": " + french.Integer(n) + nb + french.Plural(n, "partie change", "parties changent") + " depuis l’édition n°" + nb + french.Integer(e.before.Seq)
	if c.None() {
		v.Heading.Title = e.place.Name + nb + ": rien ne change dans le texte depuis l’édition n°" + nb + french.Integer(e.before.Seq)
	}
	first := sections.Part{Links: []ui.Link{{Label: "Lire cette édition", Href: e.page()}, {Label: "Lire la précédente", Href: was}}}
	if e.Why != "" {
		first.Facts = [][2]string{{"Raison donnée", e.Why}}
	}
	v.Parts = append(v.Parts, first)
	for _, x := range []struct {
		id, title string
		list      []string
	}{{"ajoutees", "Parties ajoutées", c.Added}, {"retirees", "Parties retirées", c.Removed}, {"changees", "Parties modifiées", c.Changed}, {"actions-ajoutees", "Actions ajoutées", c.ActionsAdded}, {"actions-retirees", "Actions retirées", c.ActionsWithdrawn}} {
		if len(x.list) > 0 {
			v.Parts = append(v.Parts, sections.Part{ID: x.id, Title: x.title, List: x.list})
		}
	}
	if len(c.Figures) > 0 {
		t := ui.Table{ID: "chiffres", Caption: "Les chiffres que les deux éditions montrent, et qui changent", Columns: []ui.Column{{Label: "Chiffre", Wide: true}, {Label: "Unité"}, {Label: "Avant", Number: true}, {Label: "Maintenant", Number: true}}}
		for _, f := range c.Figures {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: f.Title}, {Text: f.Unit}, {Text: f.Was}, {Text: f.Now, Explain: e.page() + "/chiffres/" + f.Key, Name: f.Title}}})
		}
		v.Parts = append(v.Parts, sections.Part{ID: "chiffres-changes", Title: "Chiffres qui changent", Tables: []ui.Table{t}})
	}
	return d.show(w, r, http.StatusOK, v, false, way...)
}
