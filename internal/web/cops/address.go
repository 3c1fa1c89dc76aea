package cops

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// which tells which COP an address names, and of which territory: a département
// and a cycle, a region and a cycle, or a region alone for its first COP.
func (d Deps) which(r *http.Request) (c cop.COP, where string, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return c, "", err
	}
	cycle := cmp.Or(r.PathValue("cycle"), cop.First)
	if code := r.PathValue("code"); code != "" {
		dept, err := m.Tree().Dept(code)
		if err != nil {
			return c, "", err
		}
		c, err = cop.FindIn(r.Context(), d.Q, cycle, "department:"+dept.Code)
		return c, dept.Name, err
	}
	region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
	if err != nil {
		return c, "", err
	}
	c, err = cop.FindIn(r.Context(), d.Q, cycle, "region:"+region.Code)
	return c, region.Name, err
}

// find is which, for who may read the desk of that COP.
func (d Deps) find(r *http.Request) (cop.COP, string, error) {
	c, where, err := d.which(r)
	if err != nil {
		return c, where, err
	}
	return c, where, policy.Check(shell.Actor(r), policy.Read, c.Thing(policy.Desk))
}

// tabs are those of the private side of a COP that the reader may open.
func tabs(r *http.Request, c cop.COP, here string) []ui.Link {
	a, base := shell.Actor(r), c.Path()
	out := []ui.Link{{Label: "La COP", Href: base}}
	for _, x := range []struct {
		label, path string
		verb        policy.Verb
		thing       policy.Thing
	}{
		{"Bureau", "/bureau", policy.Read, c.Thing(policy.Desk)},
		{"Étapes", "/bureau/evenements", policy.Read, c.Thing(policy.Desk)},
		{"Réunions", "/bureau/reunions", policy.Read, partOf(c.Thing(policy.Meeting), cop.Internal)},
		{"Documents", "/bureau/documents", policy.Read, partOf(c.Thing(policy.Document), cop.Internal)},
		{"Actualités", "/bureau/actualites", policy.Read, c.Thing(policy.Desk)},
		{"Priorités", "/bureau/priorites", policy.Read, c.Thing(policy.Priority)},
		{"Fiches d’adaptation", "/bureau/adaptation", policy.Read, c.Thing(policy.Priority)},
		{"Départements", "/bureau/departements", policy.Read, c.Thing(policy.Desk)},
		{"Modèle", "/bureau/modele", policy.Read, c.Thing(policy.Desk)},
		{"Réglages", "/bureau/reglages", policy.Edit, c.Thing(policy.COP)},
		{"Journal", "/bureau/journal", policy.Read, c.Thing(policy.Journal)},
	} {
		if policy.Can(a, x.verb, x.thing) && (x.label != "Départements" || c.Parent == "") && (x.path != "/bureau/adaptation" || c.Cycle != cop.First) {
			out = append(out, ui.Link{Label: x.label, Href: base + x.path, Current: x.path == here})
		}
	}
	if c.Parent != "" && policy.Can(a, policy.Judge, c.Thing(policy.Action)) {
		out = append(out, ui.Link{Label: "Reprise", Href: c.Path() + "/bureau/reprise"})
	}
	if c.Parent == "" && c.Cycle != cop.First && policy.Can(a, policy.Judge, c.Thing(policy.Action)) {
		out = append(out, ui.Link{Label: "Reprise", Href: "/regions/" + c.Slug + "/bureau/reprise?cycle=" + c.Cycle}, ui.Link{Label: "Registre", Href: wording.RegisterPath(c)})
	}
	return out
}

// desks are those of the other COPs of the territory that the reader may open:
// the other cycles, the region's, those of its départements.
func (d Deps) desks(r *http.Request, c cop.COP) ([]ui.Link, error) {
	all, err := cop.ListOfRegion(r.Context(), d.Q, c.Region)
	if err != nil {
		return nil, err
	}
	var out []ui.Link
	for _, x := range all {
		if x.ID != c.ID && policy.Can(shell.Actor(r), policy.Read, x.Thing(policy.Desk)) {
			out = append(out, ui.Link{Label: x.Name + ", cycle " + x.Cycle, Href: x.Path() + "/bureau"})
		}
	}
	return out, nil
}

// trail leads from the country to a COP.
func trail(c cop.COP, where string, more ...ui.Link) []ui.Link {
	if c.Cycle != cop.First {
		where += ", cycle " + c.Cycle
	}
	out := []ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Les COP régionales", Href: "/regions"}, {Label: where, Href: c.Path()}}
	return append(out, more...)
}

// workPage draws a private page of a COP.
func (d Deps) workPage(w http.ResponseWriter, r *http.Request, status int, where string, c cop.COP, v workView, draw func(workView) templ.Component) error {
	return d.private(w, r, status, v.Heading, draw(v), trail(c, where, ui.Link{Label: v.Heading.Overline})...)
}

// private draws a page that nobody indexes.
func (d Deps) private(w http.ResponseWriter, r *http.Request, status int, h ui.Heading, body templ.Component, way ...ui.Link) error {
	page := d.Shell.Page(r, h.Title, "", way...)
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, body)
}

// latest is the COP of a département in the newest cycle that has one.
func (d Deps) latest(r *http.Request) (c cop.COP, dept territory.Dept, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return c, dept, err
	}
	if dept, err = m.Tree().Dept(r.PathValue("code")); err != nil {
		return c, dept, err
	}
	all, err := cop.ListOfRegion(r.Context(), d.Q, dept.Region)
	if err != nil {
		return c, dept, err
	}
	if i := slices.IndexFunc(all, func(x cop.COP) bool { return x.Department() == dept.Code }); i >= 0 {
		c = all[i]
	}
	return c, dept, nil
}

// departmentCOP leads to the COP of a département, or says that it has none.
func (d Deps) departmentCOP(w http.ResponseWriter, r *http.Request) error {
	c, dept, err := d.latest(r)
	if err != nil {
		return err
	}
	if c.ID != "" {
		return shell.SeeOther(w, r, c.Path())
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	region, err := m.Tree().Region(dept.Region)
	if err != nil {
		return err
	}
	title := dept.Name + nb + ": pas encore de COP départementale"
	page := d.Shell.Page(r, title, "", ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: region.Name, Href: "/regions/" + region.Slug}, ui.Link{Label: dept.Name})
	page.NoIndex = true
	return d.Shell.Render(w, r, page, noCOPPage(ui.Heading{Overline: "COP départementale", Title: title}, ui.Empty{Title: "Aucune COP n’est ouverte dans ce département",
		Text: "La région ou l’administration nationale l’ouvre, sous la COP de la région.", Action: ui.Link{Label: "La COP de la région", Href: "/regions/" + region.Slug}}))
}

// departmentDesk leads to the desk of the latest COP of a département.
func (d Deps) departmentDesk(w http.ResponseWriter, r *http.Request) error {
	c, dept, err := d.latest(r)
	if err != nil {
		return err
	}
	if c.ID == "" {
		return shell.SeeOther(w, r, "/departements/"+dept.Code+"/cop")
	}
	if err := policy.Check(shell.Actor(r), policy.Read, c.Thing(policy.Desk)); err != nil {
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau")
}
