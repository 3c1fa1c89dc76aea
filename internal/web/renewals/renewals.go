// Package renewals serves how a COP begins from the last one: what is carried over, the
// crosswalks of the nation, and the archive of a COP.
package renewals

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/renewal"
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
	Room  *renewal.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"renewal-desk": d.desk, "renewal-act": d.act, "cop-archive": d.archive,
		"crosswalks": d.crosswalks, "crosswalk-table": d.table, "crosswalk-try": d.try, "crosswalk": d.crosswalk, "crosswalk-turn": d.turn}
}

const nb = french.NoBreak

// where is the territory of an address, the COP that begins and the one it may begin from.
type where struct {
	region  territory.Region
	all     []cop.COP // of the territory itself, the newest first
	to      cop.COP   // empty when no COP follows another one yet
	from    string    // the id that the address asks for, empty for none
	earlier []cop.COP
	dept    string // name of the département whose COP begins, empty for that of a region
}

// place names the territory whose COP begins.
func (x where) place() string { return cmp.Or(x.dept, x.region.Name) }

// Path is the page where the team of a COP reads what it may take from an earlier one.
func Path(c cop.COP) string {
	if c.Parent != "" {
		return c.Path() + "/bureau/reprise"
	}
	return cop.RegionPath(c.Slug, cop.First) + "/bureau/reprise?cycle=" + c.Cycle
}

func (x where) path() string {
	out, _, _ := strings.Cut(Path(x.to), "?")
	return out
}

// here is the page of the COPs that it speaks of.
func (x where) here(from string) string {
	return x.path() + "?cycle=" + x.to.Cycle + "&de=" + x.named(from)
}

// named is how an address names an earlier COP: by its cycle, with «region» before it when
// a département begins from that of its region.
func (x where) named(id string) string {
	for _, c := range x.earlier {
		if c.ID == id {
			return asked(x.to, c)
		}
	}
	return ""
}

func asked(to, from cop.COP) string {
	if to.Parent != "" && from.Parent == "" {
		return "region-" + from.Cycle
	}
	return from.Cycle
}

// called is how pages call the COP that another one begins from.
func called(from cop.COP, to cop.COP) string {
	if to.Parent != "" && from.Parent == "" {
		return "COP de la région, " + from.Cycle
	}
	return "COP " + from.Cycle
}

// home is the desk of the COP that begins.
func (x where) home() string { return x.to.Path() + "/bureau" }

// at reads the address of the desk, for who works on the actions of the region.
func (d Deps) at(r *http.Request) (x where, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	if code := r.PathValue("code"); code != "" {
		return d.atDepartment(r, m.Tree(), code)
	}
	if x.region, err = m.Tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	list, err := cop.ListOfRegion(r.Context(), d.Q, x.region.Code)
	if err != nil {
		return x, err
	}
	for _, c := range list {
		if c.Parent == "" {
			x.all = append(x.all, c)
		}
	}
	if len(x.all) == 0 {
		return x, apperr.NotFoundf("Cette région n’a pas de COP.")
	}
	a := shell.Actor(r)
	if err := policy.Check(a, policy.Read, x.all[0].Thing(policy.Desk)); err != nil {
		return x, err
	}
	if err := policy.Check(a, policy.Judge, x.all[0].Thing(policy.Action)); err != nil {
		return x, err
	}
	x.to = x.all[0]
	if cycle := r.URL.Query().Get("cycle"); cycle != "" {
		if x.to, err = cop.FindIn(r.Context(), d.Q, cycle, "region:"+x.region.Code); err != nil {
			return x, err
		}
	}
	return x, d.begins(r, &x)
}

// atDepartment is at for the COP of a département, which begins from its own of before or
// from that of its region.
func (d Deps) atDepartment(r *http.Request, tree *territory.Tree, code string) (x where, err error) {
	if x.to, err = cop.FindIn(r.Context(), d.Q, r.PathValue("cycle"), "department:"+code); err != nil {
		return x, err
	}
	a := shell.Actor(r)
	if err := policy.Check(a, policy.Read, x.to.Thing(policy.Desk)); err != nil {
		return x, err
	}
	if err := policy.Check(a, policy.Judge, x.to.Thing(policy.Action)); err != nil {
		return x, err
	}
	if x.region, err = tree.Region(x.to.Region); err != nil {
		return x, err
	}
	dept, err := tree.Dept(code)
	if err != nil {
		return x, err
	}
	x.dept, x.all = dept.Name, []cop.COP{x.to}
	return x, d.begins(r, &x)
}

// begins finds the COPs that one may begin from, and the one that an address asks for.
func (d Deps) begins(r *http.Request, x *where) (err error) {
	if x.earlier, err = renewal.Earlier(r.Context(), d.Q, x.to); err != nil {
		return err
	}
	if de := r.URL.Query().Get("de"); de != "" {
		at := slices.IndexFunc(x.earlier, func(c cop.COP) bool { return asked(x.to, c) == de })
		if at < 0 {
			return apperr.NotFoundf("Aucune COP du cycle «\u00a0%s\u00a0» ne précède celle-ci.", wording.Clip(de, 20))
		}
		x.from = x.earlier[at].ID
	}
	return nil
}

// show draws a page of the desk.
func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, x where, v sections.View) error {
	return sections.Show(d.Shell, w, r, status, v, true, x.trail(ui.Link{Label: "Bureau", Href: x.home()}, ui.Link{Label: "Reprise de la COP précédente"})...)
}

// trail is the way down to a page of the COP that begins.
func (x where) trail(last ...ui.Link) []ui.Link {
	if x.dept != "" {
		return wording.RegionTrail(x.region, append([]ui.Link{{Label: x.dept + ", cycle " + x.to.Cycle, Href: x.to.Path()}}, last...)...)
	}
	return wording.COPTrail(x.to, x.region, last...)
}

// Told is what the page of a COP says of those before and after it.
func Told(ctx context.Context, q db.Q, c cop.COP) (out []ui.Alert, err error) {
	x, err := renewal.Find(ctx, q, c.ID)
	if err != nil {
		return nil, err
	}
	if x.State == renewal.Applied {
		from, err := cop.Find(ctx, q, x.From)
		if err != nil {
			return nil, err
		}
		all, err := renewal.CarriedTo(ctx, q, c.ID)
		if err != nil {
			return nil, err
		}
		a := ui.Alert{State: "info", Title: "Cette COP reprend la " + called(from, c) + nb + ": " + counted(all), Text: "La " + called(from, c) + " reste entière à ses adresses.",
			Links: []ui.Link{{Label: "La " + called(from, c), Href: from.Path()}, {Label: "Ses archives", Href: ArchivePath(from)}}}
		if c.Department() == "" {
			a.Text = "Chaque action reprise dit de laquelle elle est la suite. " + a.Text
			a.Links = append([]ui.Link{{Label: "Les actions de cette COP", Href: wording.ActionsPath(c)}}, a.Links...)
		}
		out = append(out, a)
	}
	nexts, err := renewal.Nexts(ctx, q, c.ID)
	if err != nil {
		return nil, err
	}
	for _, n := range nexts {
		to, err := cop.Find(ctx, q, n.COP)
		if err != nil {
			return nil, err
		}
		if to.Territory != c.Territory {
			continue // a département took its part; the COP of the region is not followed by it
		}
		out = append(out, ui.Alert{State: "info", Title: "Cette COP est suivie par la COP " + to.Cycle, Text: "Ce qu’elle a décidé reste ici, tel que validé.",
			Links: []ui.Link{{Label: "La COP " + to.Cycle, Href: to.Path()}, {Label: "Les archives de cette COP", Href: ArchivePath(c)}}})
	}
	return out, nil
}

// counted writes «12 actions, 3 freins, 1 sujet».
func counted(all []renewal.Carried) string {
	n := map[renewal.Kind]int{}
	for _, c := range all {
		n[c.Kind]++
	}
	var words []string
	for _, k := range renewal.Kinds() {
		if n[k] > 0 {
			words = append(words, french.Integer(n[k])+nb+french.Plural(n[k], k.One(), k.Name()))
		}
	}
	if len(words) == 0 {
		return "rien"
	}
	return french.List(words)
}

// Follows leads from an action to the one it follows and to those that follow it, as far
// as the reader may read them.
func Follows(ctx context.Context, q db.Q, a policy.Actor, x action.Action) (out []ui.Link, err error) {
	add := func(id, word string) error {
		y, c, err := action.Find(ctx, q, a, id)
		if k := apperr.KindOf(err); err != nil && (k == apperr.NotFound || k == apperr.Forbidden) {
			return nil
		}
		if err == nil {
			out = append(out, ui.Link{Label: word + nb + ": " + wording.ActionNumber(y.Seq) + " de la COP " + c.Cycle + ", " + y.Title, Href: wording.ActionPath(y.ID)})
		}
		return err
	}
	back, err := renewal.MadeFrom(ctx, q, x.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range back {
		if err := add(c.Source, "Suite de"); err != nil {
			return nil, err
		}
	}
	on, err := renewal.CarriedFrom(ctx, q, renewal.Actions, x.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range on {
		if err := add(c.Made, "Continuée par"); err != nil {
			return nil, err
		}
	}
	return out, nil
}
