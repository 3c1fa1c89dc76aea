package compositions

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/policy"
	"jalon/internal/web/paper"
	"jalon/internal/web/sections"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// roadmap is the roadmap of a region as anyone reads it: its last edition, or what is
// there before one.
func (d Deps) roadmap(w http.ResponseWriter, r *http.Request) error {
	x, err := d.seen(r)
	if err != nil {
		return err
	}
	kept, e, ok, err := d.Shelf.Last(r.Context(), d.Q, x.cop.ID, x.public())
	if err != nil {
		return err
	}
	if !ok {
		return d.roadmapToCome(w, r, x)
	}
	f := frozen{place: x, Edition: e, base: x.public() + "/editions/" + strconv.FormatInt(e.Seq, 10)}
	if f.pub, err = document.Find(r.Context(), d.Q, e.Publication); err != nil {
		return err
	}
	v := paperView{Tabs: x.publicTabs(), Doc: kept.Short, Digest: e.SHA256, Files: f.files()}
	v.Notices = []ui.Alert{{State: "info", Title: "Édition n°" + nb + french.Integer(e.Seq) + ", publiée par les deux têtes de la COP le " + french.Day(e.PublishedOn), Text: "Elle reste telle qu’elles l’ont validée. Chaque chiffre y garde son explication.",
		Links: []ui.Link{{Label: "Lire l’édition entière, fiches comprises", Href: f.base}, {Label: "Toutes les éditions", Href: x.public() + "/editions"}}}}
	if v.Facts, err = d.facts(r, f, kept.Frozen); err != nil {
		return err
	}
	coming, _, _, err := d.heard(r, x, "")
	if err != nil {
		return err
	}
	for i := range coming {
		coming[i].Title = "Prochaine édition. " + coming[i].Title
	}
	v.Notices = append(v.Notices, coming...)
	_, heard, links, err := d.heard(r, x, e.ID)
	if err != nil {
		return err
	}
	v.Facts, v.Links = append(v.Facts, heard...), append(v.Links, links...)
	v.Back = []ui.Link{{Label: "Ce qui avance\u00a0: le suivi", Href: x.region() + "/suivi"}, {Label: "Les actions aujourd’hui, dans le registre", Href: x.page() + "/actions"}, {Label: "Toutes les éditions", Href: x.public() + "/editions"}}
	page := d.Shell.Page(r, v.Doc.Title, v.Doc.Title+", édition n°"+nb+french.Integer(e.Seq)+".", trail(x, ui.Link{Label: "Feuille de route"})...)
	page.Styles = append(page.Styles, paper.Stylesheet())
	return d.Shell.Render(w, r, page, paperPage(v))
}

// roadmapToCome says what is there before a roadmap is adopted.
func (d Deps) roadmapToCome(w http.ResponseWriter, r *http.Request, x place) error {
	counts, err := d.Register.TallyBy(r.Context(), d.Q, policy.Actor{}, action.Filter{COP: x.cop.ID, States: []action.State{action.Retained}}, "state")
	if err != nil {
		return err
	}
	var n int64
	for _, t := range counts {
		n += t.Count
	}
	have := "Aucune action n’est encore retenue."
	if n > 0 {
		have = french.Many(n, "action est déjà retenue", "actions sont déjà retenues") + " par les deux têtes de la COP."
	}
	v := sections.View{Heading: ui.Heading{Overline: "Feuille de route", Title: x.Name + nb + ": la feuille de route se prépare", Scope: []string{"cycle " + x.cop.Cycle, "elle paraîtra quand les deux têtes de la COP l’auront validée"}}, Tabs: x.publicTabs()}
	if v.Notices, _, _, err = d.heard(r, x, ""); err != nil {
		return err
	}
	v.Parts = []sections.Part{{ID: "a-venir", Title: "Ce que vous lirez ici", List: []string{"les objectifs que la région partage, levier par levier\u00a0;", "le plan d’action, thème par thème et département par département, avec une fiche par action\u00a0;", "ce que ces actions couvrent, et ce qui reste à trouver\u00a0;", "ce qui manque encore, ce qui est demandé à l’échelon national, et comment la suite sera suivie."}},
		{ID: "deja-la", Title: "Ce qui est déjà là", Lead: have, Links: []ui.Link{{Label: "Les actions de la COP", Href: x.page() + "/actions"}, {Label: "Ce qu’elles couvrent des objectifs", Href: x.region() + "/couverture"}, {Label: "Les objectifs partagés", Href: x.page() + "/objectifs"}, {Label: "Les thèmes mis en premier", Href: x.page() + "/themes"}, {Label: "Le diagnostic", Href: x.region() + "/diagnostic"}, {Label: "Les projets en consultation", Href: x.page() + "/consultations"}}}}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, trail(x, ui.Link{Label: "Feuille de route"})...)
}

// editionAction is the sheet of an action as an edition froze it.
func (d Deps) editionAction(w http.ResponseWriter, r *http.Request) error {
	f, err := d.read(r)
	if err != nil {
		return err
	}
	kept, err := d.Shelf.Of(r.Context(), d.Q, f.pub, f.base)
	if err != nil {
		return err
	}
	i, ok := kept.Sheet(r.PathValue("action"))
	if !ok {
		return apperr.NotFoundf("Cette action n’est pas dans l’édition n°\u00a0%d de la feuille de route. L’édition donne la liste de celles qui y sont.", f.Seq)
	}
	s := kept.Sheets[i]
	v := sections.View{Heading: ui.Heading{Overline: "Feuille de route, édition n°" + nb + french.Integer(f.Seq), Title: s.Table.Caption, Scope: []string{"telle que figée au " + french.Day(f.Day), "validée par les deux têtes de la COP"}}, Tabs: f.publicTabs()}
	if s.Theme != "" {
		v.Heading.Scope = append(v.Heading.Scope, "thème\u00a0: "+french.Lower(s.Theme))
	}
	v.Style = paper.Stylesheet()
	s.Table.Caption = "La fiche de l’action, telle qu’elle est figée"
	v.Parts = append(v.Parts, sections.Part{ID: "fiche", Title: "La fiche", Bodies: []templ.Component{paper.Blocks(kept.Document, document.Part{ID: "fiche-figee", Blocks: []document.Block{s.Table}})}})
	links := []ui.Link{{Label: "L’action aujourd’hui, dans le registre", Href: wording.ActionPath(s.Action)}, {Label: "Cette fiche dans l’édition entière", Href: f.base + "#" + s.Anchor}, {Label: "La feuille de route", Href: f.public()}}
	if i > 0 {
		links = append(links, ui.Link{Label: "Fiche précédente\u00a0: " + kept.Sheets[i-1].Table.Caption, Href: kept.Path(kept.Sheets[i-1].Action)})
	}
	if i+1 < len(kept.Sheets) {
		links = append(links, ui.Link{Label: "Fiche suivante\u00a0: " + kept.Sheets[i+1].Table.Caption, Href: kept.Path(kept.Sheets[i+1].Action)})
	}
	v.Parts = append(v.Parts, sections.Part{ID: "aller", Title: "Aller plus loin", Links: links})
	v.Foot = ui.Source{Text: "Feuille de route de la COP, édition n°" + nb + french.Integer(f.Seq) + ", situation au " + french.Day(f.Day) + ". Empreinte SHA-256 de l’édition" + nb + ": " + f.SHA256, Print: true}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, f.trail(ui.Link{Label: "Édition n°" + nb + french.Integer(f.Seq), Href: f.base}, ui.Link{Label: "Action"})...)
}

// body is the document of an edition as a page shows it: that of a roadmap leads to its
// own sheets.
func (d Deps) body(r *http.Request, f frozen) (document.Frozen, error) {
	if f.kind != composition.Roadmap || f.desk || d.Shelf == nil {
		return document.Load(r.Context(), d.Q, f.pub)
	}
	kept, err := d.Shelf.Of(r.Context(), d.Q, f.pub, f.base)
	if err != nil {
		return document.Frozen{}, err
	}
	return kept.Frozen, nil
}
