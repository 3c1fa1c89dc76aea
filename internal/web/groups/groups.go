// Package groups serves the working groups of a region, and the page of its debate.
package groups

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/group"
	"jalon/internal/diagnosis"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *group.Room
	// Hub are what the other rooms show on the page of the debate of a COP, in their
	// order: a section each, that is not drawn when it is empty.
	Hub []func(ctx context.Context, a policy.Actor, c cop.COP) (sections.Part, error)
	// Acts are what one can do now in the debate of a COP, by room: none when nothing
	// is open there.
	Acts []func(ctx context.Context, c cop.COP) ([]sections.Tile, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"debate-hub": d.hub, "groups": d.public, "group": d.publicOne,
		"group-desk": d.desk, "group-add": d.add, "group-paste": d.paste, "group-one": d.one, "group-save": d.save, "group-turn": d.turn, "group-facilitate": d.facilitate,
		"group-members": d.members, "group-member": d.member, "group-member-save": d.member}
}

const nb = french.NoBreak

// tabGroups names these pages in the trail.
const tabGroups = "Groupes de travail"

// where is the COP of the region of an address.
type where struct {
	territory.Region
	cop  cop.COP
	tree *territory.Tree
	fw   *framework.Framework
}

func (x where) base() string { return "/regions/" + x.Slug }
func (x where) desk() string { return x.base() + "/bureau/groupes" }

// seen is the region of an address. Its COP is that of the first cycle, as on the
// other pages of a region.
func (d Deps) seen(r *http.Request) (x where, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	x.tree, x.fw = m.Tree(), m.Framework()
	if x.Region, err = x.tree.RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	x.cop, err = cop.OfRegion(r.Context(), d.Q, x.Code)
	return x, err
}

// departments are those of the region, as code and name.
func (x where) departments() [][2]string {
	var out [][2]string
	for _, d := range x.tree.Departments() {
		if d.Region == x.Code {
			out = append(out, [2]string{d.Code, d.Name})
		}
	}
	return out
}

// over lists where somebody may do a verb to the groups of the region: the whole COP,
// or only some of its départements.
func (x where) over(a policy.Actor, v policy.Verb) (whole bool, departments []string) {
	thing := x.cop.Thing(policy.Group)
	if policy.Can(a, v, thing) {
		return true, nil
	}
	for _, d := range x.departments() {
		if thing.Department = d[0]; policy.Can(a, v, thing) {
			departments = append(departments, d[0])
		}
	}
	return false, departments
}

// working is seen, for who may read the desk of groups: over the region, one of its
// départements, or a group of it.
func (d Deps) working(r *http.Request) (x where, all []group.Group, err error) {
	if x, err = d.seen(r); err != nil {
		return x, nil, err
	}
	a := shell.Actor(r)
	if all, err = group.Of(r.Context(), d.Q, x.cop.ID, d.Room.Today(x.cop)); err != nil {
		return x, nil, err
	}
	whole, departments := x.over(a, policy.Read)
	if !whole {
		all = slices.DeleteFunc(all, func(g group.Group) bool {
			t := g.Thing(x.cop)
			t.Part = ""
			return !policy.Can(a, policy.Read, t)
		})
	}
	if !whole && len(departments)+len(all) == 0 {
		return x, nil, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	return x, all, nil
}

// found is the group of an address of the desk.
func (d Deps) found(r *http.Request) (x where, g group.Group, err error) {
	if x, err = d.seen(r); err != nil {
		return x, g, err
	}
	g, _, err = group.Works(r.Context(), d.Q, shell.Actor(r), r.PathValue("id"))
	if err == nil && g.COP != x.cop.ID {
		err = apperr.NotFoundf("Ce groupe n’est pas de cette région.")
	}
	return x, g, err
}

func trail(x where, last ...ui.Link) []ui.Link {
	return wording.RegionTrail(x.Region, append([]ui.Link{{Label: wording.TabDebate, Href: x.base() + "/debat"}}, last...)...)
}

func deskTabs(x where) ui.Pages {
	return ui.Pages{Tabs: []ui.Link{{Label: wording.TabCOP, Href: x.base()}, {Label: wording.TabDebate, Href: x.base() + "/debat"}, {Label: "Bureau", Href: x.base() + "/bureau"},
		{Label: tabGroups, Href: x.desk(), Current: true}, {Label: "Réunions", Href: x.base() + "/bureau/reunions"}}}
}

// wrongIn puts the message of an error beside its field.
func wrongIn(fields []ui.Field, err error) []ui.Alert {
	var f *group.Fault
	field := ""
	if errors.As(err, &f) {
		field = f.Field
	}
	return sections.Wrong(fields, field, err)
}

// leverOptions are the levers that the State gives to the region, as code and name.
func (x where) leverOptions() [][2]string {
	version := framework.National
	if x.Overseas {
		version = framework.Overseas
	}
	var out [][2]string
	for _, l := range x.fw.Levers(version) {
		out = append(out, [2]string{l.Code, l.Name})
	}
	return out
}

func (x where) departmentName(code string) string {
	if d, err := x.tree.Dept(code); err == nil {
		return d.Name
	}
	return code
}

// facts are what anyone reads of a group, before its members.
func (d Deps) facts(r *http.Request, x where, g group.Group) (out [][2]string, err error) {
	add := func(name, value string) {
		if value != "" {
			out = append(out, [2]string{name, value})
		}
	}
	if g.Body != "" {
		add("Instance", bodyName(g.Body)+", qui existait avant la COP")
		add("Mandat donné par", or(g.Rule, g.Body.Rule()))
	}
	add("Ce que le groupe remet", g.Expected)
	if g.Until != "" {
		add("Échéance", french.Day(g.Until))
	}
	themes, err := diagnosis.Themes(r.Context(), d.Q, x.cop.ID)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range themes {
		if slices.Contains(g.Themes, t.ID) {
			names = append(names, t.Name)
		}
	}
	add("Thèmes", strings.Join(names, ", "))
	names = nil
	for _, code := range g.Departments {
		names = append(names, x.departmentName(code))
	}
	add("Départements", strings.Join(names, ", "))
	names = nil
	for _, id := range g.Perimeters {
		if p, err := territory.FindPerimeter(r.Context(), d.Q, id); err == nil {
			names = append(names, p.Name)
		} else if apperr.KindOf(err) != apperr.NotFound {
			return nil, err
		}
	}
	add("Périmètres", strings.Join(names, ", "))
	add("Secrétariat", g.Secretariat)
	add("Contact", g.Contact)
	if g.State == group.Closed {
		add("Clos", "le "+french.Day(g.ClosedOn)+nb+": "+g.ClosedReason)
	}
	return out, nil
}

func bodyName(b group.Body) string {
	if b == "autre" {
		return b.Full()
	}
	if b.Short() == b.Full() || strings.HasPrefix(b.Full(), b.Short()) {
		return b.Full()
	}
	return b.Full() + " (" + b.Short() + ")"
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func partName(part string) string {
	if part == policy.Public {
		return "public"
	}
	return "fermé"
}

func standing(g group.Group) string {
	if g.State == group.Closed {
		return "clos le " + french.Day(g.ClosedOn)
	}
	return "actif"
}
