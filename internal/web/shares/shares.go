// Package shares serves the sharing of objectives under the region: what is read for a
// département or for a perimeter beside the actions that take place there, the sheet of a
// meeting, and the desk of the lead.
package shares

import (
	"context"
	"net/http"
	"slices"
	"time"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell    *shell.Shell
	Model    func(ctx context.Context) (*panorama.Model, error)
	Q        db.Q
	Now      func() time.Time
	Room     *action.Room
	Coverage *coverage.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"share-department": d.department, "share-perimeter": d.perimeter, "share-desk": d.desk}
}

const nb = "\u00a0"

// share is a territory under a region: what is read for it, lever by lever, and what
// covers it.
type share struct {
	m        *panorama.Model
	region   territory.Region
	cop      cop.COP
	actor    policy.Actor
	p        panorama.Panorama
	communes []int32
	cells    map[string]objective.Cell // by lever
	coverage.Coverage
	places  []string
	today   string
	trail   []ui.Link
	free    *territory.FreePerimeter
	regions []territory.Ref // of a perimeter
	private bool            // holds what is only discussed
}

// at reads the COP of a region as somebody may, and the communes of a territory there.
func (d Deps) at(r *http.Request, m *panorama.Model, region string, p panorama.Panorama, communes []int32) (x share, err error) {
	x = share{m: m, actor: shell.Actor(r), p: p, cells: map[string]objective.Cell{}, today: d.Now().UTC().Format(time.DateOnly)}
	if x.region, err = m.Tree().Region(region); err != nil {
		return x, err
	}
	cycle, err := objective.CycleOf(r.Context(), d.Q, region)
	if err != nil {
		return x, err
	}
	if x.cop, err = cop.FindIn(r.Context(), d.Q, cycle, "region:"+region); err != nil {
		return x, err
	}
	for _, i := range communes {
		dept, err := m.Tree().Dept(m.Tree().Communes()[i].Dept)
		if err != nil {
			return x, err
		}
		if dept.Region == region {
			x.communes = append(x.communes, i)
		}
	}
	x.places = action.InsideOf(m.Tree(), p.Territory.Ref, x.communes)
	return x, nil
}

// read keeps the cell of each lever, and holds coverage against it.
func (x *share) read(r *http.Request, d Deps, levers []objective.LeverClosure) (err error) {
	for _, l := range levers {
		if i := slices.IndexFunc(l.Cells, func(c objective.Cell) bool { return c.Territory.Ref.Code == x.p.Territory.Ref.Code }); i >= 0 {
			c := l.Cells[i]
			x.cells[l.Lever.Code] = c
			x.private = x.private || !public(c) || !public(l.Region)
		}
	}
	cycle := x.cop.Cycle
	if x.free != nil {
		cycle = ""
	}
	x.Coverage, err = d.Coverage.OfCommunes(r.Context(), d.Q, x.region.Code, x.p, x.communes, coverage.Given(x.cells, x.p.Territory.Ref, cycle))
	return err
}

func public(c objective.Cell) bool {
	return c.State == objective.Offered || c.State == objective.Shared
}

// ofDepartment reads the département of an address.
func (d Deps) ofDepartment(r *http.Request) (x share, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	dept, err := m.Tree().Dept(r.PathValue("code"))
	if err != nil {
		return x, err
	}
	ref := territory.Ref{Scale: territory.Department, Code: dept.Code}
	p, err := m.Of(ref)
	if err != nil {
		return x, err
	}
	communes, err := m.Tree().CommunesOf(ref)
	if err != nil {
		return x, err
	}
	if x, err = d.at(r, m, dept.Region, p, communes); err != nil {
		return x, err
	}
	if p.SameAs != "" { // overseas, a département is its region
		x.places = append(x.places, "region:"+dept.Region)
	}
	x.trail = wording.Trail(m.Tree(), p.Territory)
	all, err := objective.ReadDepartments(r.Context(), d.Q, m, x.cop, objective.Readable(x.cop, x.actor))
	if err != nil {
		return x, err
	}
	return x, x.read(r, d, all)
}

// ofPerimeter reads the perimeter of an address, in the first of its regions or in the
// one that is asked for.
func (d Deps) ofPerimeter(r *http.Request) (x share, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	free, err := territory.FindPerimeter(r.Context(), d.Q, r.PathValue("id"))
	if err != nil {
		return x, err
	}
	communes, err := territory.MembersOf(r.Context(), d.Q, m.Tree(), free.ID)
	if err != nil {
		return x, err
	}
	t := free.Territory(m.Tree())
	p := m.OfCommunes(t, communes)
	if len(p.Regions) == 0 {
		return x, apperr.NotFoundf("Ce périmètre n’a aucune commune connue\u00a0: il n’a pas de fiche.")
	}
	region := p.Regions[0].Code
	if asked := r.URL.Query().Get("region"); asked != "" {
		if !slices.ContainsFunc(p.Regions, func(ref territory.Ref) bool { return ref.Code == asked }) {
			return x, apperr.NotFoundf("Ce périmètre n’est pas dans cette région.")
		}
		region = asked
	}
	if x, err = d.at(r, m, region, p, communes); err != nil {
		return x, err
	}
	x.free, x.regions = &free, p.Regions
	if len(p.Regions) > 1 {
		x.p = m.OfCommunes(t, x.communes)
	}
	x.trail = []ui.Link{{Label: x.region.Name, Href: "/regions/" + x.region.Slug}, {Label: t.Name, Href: "/perimetres/" + free.ID}}
	all, err := objective.ReadPerimeter(r.Context(), d.Q, m, x.cop, free, communes, x.today, objective.Readable(x.cop, x.actor))
	if err != nil {
		return x, err
	}
	levers := make([]objective.LeverClosure, len(all.Levers))
	for i, l := range all.Levers {
		levers[i] = l.LeverClosure
	}
	return x, x.read(r, d, levers)
}

// there lists the actions of some states that somebody may read and that take place in a
// territory, at most a hundred.
func (d Deps) there(r *http.Request, x share, f action.Filter) (p action.Page, err error) {
	f.Cycle, f.Places = x.cop.Cycle, x.places
	if p, err = d.Room.List(r.Context(), d.Q, x.actor, f, "", 100); err != nil {
		return p, err
	}
	return p, action.Dress(r.Context(), d.Q, p.Rows)
}
