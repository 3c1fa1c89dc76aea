// Package actions serves actions as people read, propose and write them.
package actions

import (
	"context"
	"maps"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/knowledge"
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
	Room  *action.Room
	Known *knowledge.Room
	// Things name what an action is linked to in other rooms, by kind: «contribution», as
	// far as the actor may read it; empty when they may not.
	Things map[string]func(ctx context.Context, a policy.Actor, id string) (ui.Link, error)
	// Follows lead to what an action follows and to what follows it, in other COPs of its
	// region; none when nil.
	Follows func(ctx context.Context, a policy.Actor, x action.Action) ([]ui.Link, error)
	// Said is what was said since of where an action stands, and what its reader may say;
	// nil when there is no follow-up.
	Said func(r *http.Request, x action.Action, c cop.COP, lever func(string) string) (sections.Part, error)
	// InTime draws actions in a calendar, and says the same in a table.
	InTime func(rows []action.Row, now time.Time) (templ.Component, ui.Table)
	// PersonName names who wrote a version.
	PersonName func(ctx context.Context, ids []string) (map[string]string, error)
	// Draw leads who may to the good practice that may be drawn from an action; nil, or an
	// empty link, for nothing.
	Draw func(ctx context.Context, a policy.Actor, x action.Action) (ui.Link, error)
	// Adopted is where an action stands in the roadmap that its COP published, false when
	// it is not there; nil when nobody knows.
	Adopted func(ctx context.Context, c cop.COP, id string) (ui.Link, bool, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	out := d.readers()
	maps.Copy(out, d.writers())
	return out
}

const nb = french.NoBreak

// tabActions names these pages in the trail.
const tabActions = "Actions"

// where is the COP that an address speaks of.
type where struct {
	region territory.Region
	cop    cop.COP
	all    []cop.COP // of the region, one each cycle
	model  *panorama.Model
	list   string // the referential of its cycle
	inner  bool   // the reader of an action reads all of it
}

func (x where) home() string          { return x.cop.Path() }
func (x where) tree() *territory.Tree { return x.model.Tree() }

// of is the region of a slug, with the COP that its pages speak of.
func (d Deps) of(r *http.Request) (x where, err error) {
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, err
	}
	if x.region, err = x.tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	if x.cop, x.all, err = cop.Among(r.Context(), d.Q, x.region.Code, shell.Cycle(r)); err != nil {
		return x, err
	}
	x.list, err = d.listOf(r, x.cop)
	return x, err
}

// listOf is the referential that the cycle of a COP chose.
func (d Deps) listOf(r *http.Request, c cop.COP) (string, error) {
	cycle, err := cop.FindCycle(r.Context(), d.Q, c.Cycle)
	return cycle.Framework, err
}

// one is the action of an address, with its COP, as the reader may read it.
func (d Deps) one(r *http.Request) (x where, a action.Action, err error) {
	if a, x.cop, err = action.Find(r.Context(), d.Q, shell.Actor(r), r.PathValue("id")); err != nil {
		return x, a, err
	}
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, a, err
	}
	if x.list, err = d.listOf(r, x.cop); err != nil {
		return x, a, err
	}
	x.region, err = x.tree().Region(x.cop.Region)
	x.inner = a.Inner(shell.Actor(r), x.cop)
	return x, a.For(shell.Actor(r), x.cop), err
}

// lever names a lever, by its code when nobody knows it.
func (x where) lever(code string) string { return wording.LeverName(x.model.Framework(), code) }

// levers are those of the COP.
func (x where) levers() []framework.Lever {
	return wording.LeversIn(x.model.Framework(), x.cop, x.list)
}

// place names a territory in words.
func (x where) place(ref string) string { return wording.PlaceName(x.model.Tree(), ref) }

func (x where) theme(code string) string {
	for _, t := range x.model.Framework().Themes() {
		if string(t.Code) == code {
			return t.Name
		}
	}
	return code
}

// words names codes for the differences between versions.
func (x where) words() action.Words {
	return action.Words{Lever: x.lever, Place: x.place, Theme: x.theme}
}

// number is how pages name an action.
func number(seq int64) string { return wording.ActionNumber(seq) }

// trail leads to an action.
func (x where) trail(last ...ui.Link) []ui.Link {
	out := []ui.Link{{Label: "France", Href: "/"}, {Label: x.region.Name, Href: x.home()}, {Label: tabActions, Href: wording.ActionsPath(x.cop)}}
	return append(out, last...)
}

// departments are those of the region, as code and name.
func (x where) departments() (out [][2]string) {
	for _, t := range x.tree().Departments() {
		if t.Region == x.region.Code {
			out = append(out, [2]string{t.Code, t.Name})
		}
	}
	return out
}
