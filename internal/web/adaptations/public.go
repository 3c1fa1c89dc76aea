package adaptations

import (
	"net/http"
	"slices"
	"strings"

	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/web/paper"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// adopted are the priorities of a COP that anyone reads.
func (d Deps) adopted(r *http.Request, p place) ([]adaptation.Priority, error) {
	if p.ofDept() {
		return adaptation.Adopted(r.Context(), d.Q, p.cop.Cycle, p.cop.Region, p.cop.ID)
	}
	return adaptation.Adopted(r.Context(), d.Q, p.cop.Cycle, p.cop.Region, "")
}

// list is what the COP of a département adopted, or what a region gathers.
func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	p, err := d.at(r)
	if err != nil {
		return err
	}
	list, err := d.adopted(r, p)
	if err != nil {
		return err
	}
	what := french.Integer(len(list)) + nb + french.Plural(len(list), "priorité d’adaptation adoptée", "priorités d’adaptation adoptées")
	if len(list) == 0 {
		what = "aucune priorité d’adaptation n’est encore adoptée"
	}
	v := sections.View{Heading: ui.Heading{Overline: "Adaptation au changement climatique", Title: p.where + nb + ": " + what, Scope: []string{p.cycleWord(), "adoptées par les COP des départements"}}, Tabs: p.tabs("public")}
	v.Parts = append(v.Parts, p.warmingPart())
	f := filterOf(r)
	shown := f.keep(list)
	part := sections.Part{ID: "priorites", Title: "Les priorités", Forms: nil}
	if len(list) > 0 {
		part.Tables = []ui.Table{p.listTable(shown)}
		if len(shown) == 0 {
			part.Tables, part.Empty = nil, ui.Empty{Title: "Aucune priorité ne répond à ce choix", Text: "Retirez un filtre pour en voir d’autres.", Action: ui.Link{Label: "Voir toutes les priorités", Href: p.public()}}
		}
		part.Links = append(part.Links, ui.Link{Label: "Voir et imprimer toutes les fiches, une par page", Href: p.public() + "/fiches"})
		for _, x := range d.files() {
			part.Links = append(part.Links, ui.Link{Label: x[1], Href: p.public() + "/fichiers/" + x[0]})
		}
	} else {
		part.Empty = ui.Empty{Title: "Aucune priorité adoptée pour l’instant", Text: "Elles paraîtront ici quand la COP " + map[bool]string{true: "du département", false: "d’un département"}[p.ofDept()] + " les aura adoptées."}
	}
	if len(list) > 3 {
		v.Parts = append(v.Parts, sections.Part{ID: "choisir", Fold: "Choisir par effet, levier, état" + map[bool]string{true: "", false: ", département"}[p.ofDept()], Open: f.any(), Forms: []sections.Form{f.form(p, list)}})
	}
	v.Parts = append(v.Parts, part)
	if !p.ofDept() && len(list) > 0 {
		v.Parts = append(v.Parts, sections.Part{ID: "comptes", Title: "Ce que les départements mettent en avant", Lead: "Nombre de fiches adoptées, et rien d’autre" + nb + ": une fiche ne dit pas l’ampleur d’un risque.",
			Tables: append(p.counts(list), p.answers(list))})
	}
	meetings, err := d.meetings(r, p)
	if err != nil {
		return err
	}
	if p.ofDept() {
		v.Parts = append(v.Parts, meetings)
	}
	v.Foot = ui.Source{Text: "fiches adoptées par les COP des départements, au modèle de la table de l’État" + nb + "; trajectoire de réchauffement de référence.", Print: true}
	if p.ofDept() {
		if region, err := p.tree.Region(p.cop.Region); err == nil {
			v.Foot.Sources = append(v.Foot.Sources, ui.Link{Label: "Ce que la région " + region.Name + " rassemble", Href: "/regions/" + region.Slug + "/cycles/" + p.cop.Cycle + "/priorites"})
		}
	}
	v.Foot.Sources = append(v.Foot.Sources, ui.Link{Label: "La vue nationale", Href: "/national/adaptation?cycle=" + p.cop.Cycle})
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, p.trail(ui.Link{Label: "Priorités d’adaptation"})...)
}

// filter chooses priorities of a list.
type filter struct{ effect, lever, state, department string }

func filterOf(r *http.Request) filter {
	q := r.URL.Query()
	return filter{q.Get("effet"), q.Get("levier"), q.Get("reponse"), q.Get("departement")}
}

func (f filter) any() bool { return f != filter{} }

func (f filter) keep(list []adaptation.Priority) (out []adaptation.Priority) {
	for _, x := range list {
		if (f.effect == "" || x.Effect == f.effect) && (f.lever == "" || x.Lever == f.lever) && (f.state == "" || string(x.State) == f.state) && (f.department == "" || x.Department == f.department) {
			out = append(out, x)
		}
	}
	return out
}

func (f filter) form(p place, list []adaptation.Priority) sections.Form {
	levers, depts, seen := [][2]string{}, [][2]string{}, map[string]bool{}
	for _, l := range p.frame.Levers(framework.Adaptation) {
		levers = append(levers, [2]string{l.Code, l.ShortName})
	}
	for _, x := range list {
		if !seen[x.Department] {
			seen[x.Department] = true
			depts = append(depts, [2]string{x.Department, p.deptName(x.Department)})
		}
	}
	var states [][2]string
	for _, s := range []cop.PriorityState{cop.PriorityAdopted, cop.TakenUp, cop.Merged, cop.SetAside} {
		states = append(states, [2]string{string(s), s.Name()})
	}
	out := sections.Form{ID: "filtre", Action: p.public(), Get: true, Submit: "Filtrer", Secondary: true, Fields: []ui.Field{
		sections.Choose("effet", "Effet du changement climatique", f.effect, "Tous", adaptation.Effects()), sections.Choose("levier", "Levier", f.lever, "Tous", levers), sections.Choose("reponse", "Réponse de la région", f.state, "Toutes", states)}}
	if !p.ofDept() {
		out.Fields = append(out.Fields, sections.Choose("departement", "Département", f.department, "Tous", depts))
	}
	return out
}

func (p place) listTable(list []adaptation.Priority) ui.Table {
	t := ui.Table{ID: "priorites-tableau", Caption: "Priorités adoptées", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Priorité", Wide: true}, {Label: "Effet"}, {Label: "Levier"}, {Label: "Niveau"}, {Label: "Fin prévue"}, {Label: "Réponse de la région"}}}
	if !p.ofDept() {
		t.Columns = append([]ui.Column{{Label: "Département"}}, t.Columns...)
	}
	for _, x := range list {
		row := []ui.Cell{{Text: x.Title, Href: path(x)}, cellOf(x.EffectName(), unsaid), cellOf(p.short(x.Lever), unsaid), cellOf(x.LevelName(), unsaid), cellOf(x.EndsText(), unsaid), {Text: answerName(x)}}
		if !p.ofDept() {
			row = append([]ui.Cell{{Text: p.deptName(x.Department), Href: "/departements/" + x.Department + "/cycles/" + x.Cycle + "/priorites"}}, row...)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: row})
	}
	return t
}

func answerName(x adaptation.Priority) string {
	if x.State == cop.PriorityAdopted {
		return "pas encore de réponse"
	}
	return x.State.Name()
}

// counts are the numbers of fiches by effect, lever and level.
func (p place) counts(list []adaptation.Priority) []ui.Table {
	table := func(id, what string, of func(adaptation.Priority) string, name func(code string) string) ui.Table {
		t := ui.Table{ID: id, Caption: "Nombre de fiches par " + strings.ToLower(what), Columns: []ui.Column{{Label: what, Wide: true}, {Label: "Fiches", Number: true}}}
		for _, c := range adaptation.CountBy(list, of) {
			label := name(c.Code)
			if c.Code == "" {
				label = "Non renseigné"
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: label}, {Text: french.Integer(c.N)}}})
		}
		return t
	}
	return []ui.Table{
		table("par-effet", "Effet", func(x adaptation.Priority) string { return x.Effect }, func(c string) string { return adaptation.Named(adaptation.Effects(), c) }),
		table("par-levier", "Levier", func(x adaptation.Priority) string { return x.Lever }, p.short),
		table("par-niveau", "Niveau", func(x adaptation.Priority) string { return x.Level }, func(c string) string { return adaptation.Named(adaptation.Levels(), c) }),
	}
}

// answers are the numbers of fiches by what the region answered.
func (p place) answers(list []adaptation.Priority) ui.Table {
	t := ui.Table{ID: "par-reponse", Caption: "Nombre de fiches par réponse de la région", Columns: []ui.Column{{Label: "Réponse", Wide: true}, {Label: "Fiches", Number: true}}}
	for _, c := range adaptation.CountBy(list, func(x adaptation.Priority) string { return answerName(x) }) {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Code}, {Text: french.Integer(c.N)}}})
	}
	return t
}

// public is a priority of the address that anyone reads.
func (d Deps) publicOne(r *http.Request) (p place, x adaptation.Priority, err error) {
	if p, err = d.at(r); err != nil {
		return p, x, err
	}
	x, c, err := adaptation.Find(r.Context(), d.Q, p.actor, r.PathValue("id"))
	if err == nil && (c.ID != p.cop.ID || !x.Adopted()) {
		err = apperr.NotFoundf("Cette priorité n’existe pas dans cette COP, ou son département ne l’a pas encore adoptée.")
	}
	return p, x, err
}

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	p, x, err := d.publicOne(r)
	if err != nil {
		return err
	}
	v := sections.View{Heading: ui.Heading{Overline: "Priorité d’adaptation", Title: x.Title, Scope: []string{p.where, p.cycleWord(), x.State.Name()}}, Tabs: p.tabs("public"), Notices: answered(x), Parts: p.sheetParts(x)}
	if x.State == cop.Merged && x.Into != "" {
		if other, _, err := adaptation.Find(r.Context(), d.Q, p.actor, x.Into); err == nil && other.Adopted() {
			v.Notices[0].Links = []ui.Link{{Label: "La priorité avec laquelle elle est fusionnée" + nb + ": " + other.Title, Href: path(other)}}
		}
	}
	v.Parts = append(v.Parts, sections.Part{ID: "papier", Title: "Emporter cette fiche", Links: append([]ui.Link{{Label: "La voir seule, à imprimer sur une page", Href: p.public() + "/fiches?priorite=" + x.ID}}, d.papers(path(x))...)})
	v.Foot = ui.Source{Text: "fiche adoptée par la COP du département, au modèle de la table de l’État.", Print: true, Share: d.Shell.Absolute(path(x)), Sources: []ui.Link{{Label: "Toutes les priorités du département", Href: p.public()}}}
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, p.trail(ui.Link{Label: "Priorités d’adaptation", Href: p.public()}, ui.Link{Label: x.Title})...)
}

// sheets is the print view of what a COP adopted: one fiche per page.
func (d Deps) sheets(w http.ResponseWriter, r *http.Request) error {
	p, err := d.at(r)
	if err != nil {
		return err
	}
	list, err := d.adopted(r, p)
	if err != nil {
		return err
	}
	if id := r.URL.Query().Get("priorite"); id != "" {
		list = slices.DeleteFunc(list, func(x adaptation.Priority) bool { return x.ID != id })
	}
	return d.printed(w, r, p, list, p.public(), false)
}

// draftSheets is the same of all that a desk reads.
func (d Deps) draftSheets(w http.ResponseWriter, r *http.Request) error {
	p, err := d.atDesk(r)
	if err != nil {
		return err
	}
	list, err := d.seen(r, p)
	if err != nil {
		return err
	}
	return d.printed(w, r, p, list, p.desk(), true)
}

func (d Deps) printed(w http.ResponseWriter, r *http.Request, p place, list []adaptation.Priority, from string, private bool) error {
	if len(list) == 0 {
		return apperr.NotFoundf("Il n’y a pas encore de fiche à imprimer.")
	}
	doc := d.document(p, list, p.where+nb+": fiches des priorités d’adaptation", from+"/fiches")
	page := d.Shell.Page(r, doc.Title, "Les fiches des priorités d’adaptation, une par page.", p.trail(ui.Link{Label: "Priorités d’adaptation", Href: from}, ui.Link{Label: "Fiches"})...)
	page.Styles = append(page.Styles, paper.Stylesheet())
	if private {
		page.NoIndex, page.Canonical = true, ""
	}
	return d.Shell.Render(w, r, page, paper.Body(doc))
}

// cycleOf is the cycle that a page of the nation is asked for.
func cycleOf(r *http.Request) string {
	if c := shell.Clean(r.URL.Query().Get("cycle")); c != "" {
		return c
	}
	return "2025"
}
