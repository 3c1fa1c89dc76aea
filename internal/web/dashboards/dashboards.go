// Package dashboards serves what actions come to: planned, said by holders, observed,
// side by side, for a region, a département, the nation, a theme, a holder; and the
// reviews of each year.
package dashboards

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/followup/outcome"
	"jalon/internal/panorama"
	"jalon/internal/territory"
	"jalon/internal/web/preview"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell   *shell.Shell
	Model   func(ctx context.Context) (*panorama.Model, error)
	Q       db.Q
	Now     func() time.Time
	Outcome *outcome.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"followup": d.region, "followup-csv": d.regionCSV, "followup-department": d.department, "followup-department-csv": d.departmentCSV,
		"followup-nation": d.nation, "followup-nation-csv": d.nationCSV,
		"reviews": d.reviews, "reviews-desk": d.reviewsDesk, "review-of-edition": d.reviewOfEdition,
	}
}

const (
	nb         = "\u00a0"
	kilotonnes = wording.Kilotonnes
	nationPath = "/national/suivi"
)

// asked reads the filter of an address; what is unknown is refused.
func (d Deps) asked(r *http.Request, m *panorama.Model) (a outcome.Ask, err error) {
	ask := r.URL.Query()
	a.Theme, a.Holder, a.Department = shell.Clean(ask.Get("theme")), shell.Clean(ask.Get("porteur")), shell.Clean(ask.Get("departement"))
	known := a.Theme == ""
	for _, t := range m.Framework().Themes() {
		known = known || string(t.Code) == a.Theme
	}
	if !known {
		return a, apperr.NotFoundf("Cette thématique n’existe pas.")
	}
	return a, nil
}

func (d Deps) ofRegion(r *http.Request) (o outcome.Outcome, m *panorama.Model, err error) {
	if m, err = d.Model(r.Context()); err != nil {
		return o, m, err
	}
	region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
	if err != nil {
		return o, m, err
	}
	a, err := d.asked(r, m)
	if err != nil {
		return o, m, err
	}
	a.Region = region.Code
	o, err = d.Outcome.Of(r.Context(), d.Q, a)
	return o, m, err
}

func (d Deps) region(w http.ResponseWriter, r *http.Request) error {
	o, m, err := d.ofRegion(r)
	if err != nil {
		return err
	}
	base := "/regions/" + o.At.Slug
	x := reading{Outcome: o, base: base + "/couverture", actions: base + "/actions"}
	v := x.page()
	v.Heading.Overline = "Suivi de la feuille de route"
	v.Tabs = wording.RegionTabs(o.At, wording.TabFollowUp)
	v.Parts = append([]sections.Part{filters(base+"/suivi", m, o, true)}, v.Parts...)
	_, all, err := cop.Among(r.Context(), d.Q, o.At.Code, "")
	if err != nil {
		return err
	}
	if len(all) > 1 {
		each := sections.Part{ID: "par-cop", Title: "Les COP de la région", Lead: "Cette page additionne les actions retenues par toutes les COP de la région, quel que soit le cycle. Chaque COP a ses actions, ses revues et sa feuille de route."}
		for _, c := range all {
			each.Links = append(each.Links, ui.Link{Label: "Cycle " + c.Cycle + "\u00a0: les actions", Href: wording.ActionsPath(c)}, ui.Link{Label: "Cycle " + c.Cycle + "\u00a0: les revues annuelles", Href: c.Path() + "/suivi/revues"})
		}
		v.Parts = append(v.Parts, each)
	}
	links := []ui.Link{{Label: "Les revues annuelles", Href: base + "/suivi/revues"}, {Label: "La couverture des objectifs", Href: base + "/couverture"}, {Label: "Les actions de la COP", Href: base + "/actions"}, {Label: "Le suivi des 18 régions", Href: nationPath}}
	v.Foot = foot(links, base+"/suivi.csv", r.URL.Query())
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, wording.RegionTrail(o.At, ui.Link{Label: "Suivi"})...)
}

func foot(links []ui.Link, csv string, ask url.Values) ui.Source {
	kept := url.Values{}
	for _, k := range []string{"departement", "theme", "porteur"} {
		if v := shell.Clean(ask.Get(k)); v != "" {
			kept.Set(k, v)
		}
	}
	if len(kept) > 0 {
		csv += "?" + kept.Encode()
	}
	return ui.Source{Text: "actions retenues par les deux têtes" + nb + "; points d’avancement de leurs porteurs" + nb + "; séries observées" + nb + "; objectifs partagés, à défaut panorama de l’État (juillet 2024).", Print: true,
		Sources: links, Downloads: []ui.Link{{Label: "Ce suivi (CSV)", Href: csv}}}
}

// filters are the choices of a reader.
func filters(to string, m *panorama.Model, o outcome.Outcome, departments bool) sections.Part {
	f := sections.Form{ID: "filtre", Action: to, Get: true, Secondary: true, Submit: "Afficher"}
	if departments {
		var list [][2]string
		for _, x := range m.Tree().Departments() {
			if x.Region == o.At.Code {
				list = append(list, [2]string{x.Code, x.Name})
			}
		}
		if len(list) > 1 {
			f.Fields = append(f.Fields, sections.Choose("departement", "Département", o.Department, "toute la région", list))
		}
	}
	var themes, holders [][2]string
	for _, t := range m.Framework().Themes() {
		themes = append(themes, [2]string{string(t.Code), t.Name})
	}
	for _, h := range o.Holders {
		holders = append(holders, [2]string{h, h})
	}
	f.Fields = append(f.Fields, sections.Choose("theme", "Thématique", o.Theme, "toutes", themes))
	if len(holders) > 0 {
		f.Fields = append(f.Fields, sections.Choose("porteur", "Porteur", o.Holder, "tous", holders))
	}
	return sections.Part{Fold: "Choisir un département, une thématique, un porteur", Open: o.Theme != "" || o.Holder != "" || departments && o.Department != "", Forms: []sections.Form{f}}
}

func (d Deps) regionCSV(w http.ResponseWriter, r *http.Request) error {
	o, _, err := d.ofRegion(r)
	if err != nil {
		return err
	}
	return preview.SendCSV(w, dataset("suivi-"+o.At.Slug, []outcome.Outcome{o}))
}

func (d Deps) ofDepartment(r *http.Request) (o outcome.Outcome, m *panorama.Model, err error) {
	if m, err = d.Model(r.Context()); err != nil {
		return o, m, err
	}
	a, err := d.asked(r, m)
	if err != nil {
		return o, m, err
	}
	a.Department = r.PathValue("code")
	o, err = d.Outcome.Of(r.Context(), d.Q, a)
	return o, m, err
}

func (d Deps) department(w http.ResponseWriter, r *http.Request) error {
	o, m, err := d.ofDepartment(r)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	t, err := m.Tree().Lookup(territory.Ref{Scale: territory.Department, Code: code})
	if err != nil {
		return err
	}
	p, err := m.Of(t.Ref)
	if err != nil {
		return err
	}
	base, here := "/regions/"+o.At.Slug, "/departements/"+code+"/suivi"
	x := reading{Outcome: o, base: base + "/couverture", actions: base + "/actions", department: code}
	v := x.page()
	v.Heading.Overline = "Département, suivi de la feuille de route"
	v.Tabs = wording.Tabs(m.Tree(), p, wording.TabFollowUp)
	v.Parts = append([]sections.Part{filters(here, m, o, false)}, v.Parts...)
	v.Foot = foot([]ui.Link{{Label: "Le suivi de la région", Href: base + "/suivi"}, {Label: "La couverture du département", Href: "/departements/" + code + "/couverture"}}, here+".csv", r.URL.Query())
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, append(wording.Trail(m.Tree(), t), ui.Link{Label: "Suivi"})...)
}

func (d Deps) departmentCSV(w http.ResponseWriter, r *http.Request) error {
	o, _, err := d.ofDepartment(r)
	if err != nil {
		return err
	}
	return preview.SendCSV(w, dataset("suivi-"+r.PathValue("code"), []outcome.Outcome{o}))
}

func (d Deps) nation(w http.ResponseWriter, r *http.Request) error {
	n, err := d.Outcome.OfNation(r.Context(), d.Q, "")
	if err != nil {
		return err
	}
	x := reading{Outcome: n.Outcome, nation: true}
	x.Place.Name, x.Place.Ref = "France", territory.Ref{Scale: territory.Nation}
	v := x.page()
	v.Heading.Overline = "Les 18 régions, suivi des feuilles de route"
	v.Parts = append(v.Parts[:1:1], append([]sections.Part{regions(n)}, v.Parts[1:]...)...)
	if len(n.Overseas) > 0 {
		over := x
		over.Levers = n.Overseas
		if t := over.table("leviers-outre-mer"); len(t.Rows) > 0 {
			v.Parts = append(v.Parts, sections.Part{ID: "outre-mer", Title: "Leviers d’outre-mer et de Corse", Lead: "Comptés à part\u00a0: ils ne sont dans aucune somme avec les autres.", Tables: []ui.Table{t}})
		}
	}
	v.Foot = foot([]ui.Link{{Label: "La couverture des 18 régions", Href: "/national/couverture"}}, nationPath+".csv", nil)
	return sections.Show(d.Shell, w, r, http.StatusOK, v, false, ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Suivi"})
}

func (d Deps) nationCSV(w http.ResponseWriter, r *http.Request) error {
	n, err := d.Outcome.OfNation(r.Context(), d.Q, "")
	if err != nil {
		return err
	}
	return preview.SendCSV(w, dataset("suivi-regions", n.Regions))
}
