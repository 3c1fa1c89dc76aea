// Package transfers serves files of actions, read and written: a file that a team
// sends, the meaning of its columns, each row with its verdict, the act that keeps it;
// and the files that go out, for the team and for anyone.
package transfers

import (
	"context"
	"net/http"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
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
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"action-import": d.importForm, "action-import-send": d.send, "action-import-model": d.model, "action-import-columns": d.columns, "action-import-map": d.mapColumns,
		"action-import-preview": d.preview, "action-import-verdicts": d.verdicts, "action-import-refused": d.refused, "action-import-apply": d.apply,
		"action-export": d.exports, "action-export-file": d.exportFile, "action-files": d.publicFiles, "action-file": d.publicFile, "action-examples": d.examples}
}

const nb = french.NoBreak

// tabActions names the public page of the actions.
const tabActions = wording.TabActions

// place is the COP of a region, for those who bring actions to it.
type place struct {
	region      territory.Region
	cop         cop.COP
	all         []cop.COP // of the region, one each cycle
	model       *panorama.Model
	departments []string
}

const nobody = "Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres."

func (d Deps) place(r *http.Request) (p place, err error) {
	ctx := r.Context()
	if p.model, err = d.Model(ctx); err != nil {
		return p, err
	}
	if p.region, err = p.model.Tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return p, err
	}
	if p.cop, p.all, err = cop.Among(ctx, d.Q, p.region.Code, shell.Cycle(r)); err != nil {
		return p, err
	}
	for _, x := range p.model.Tree().Departments() {
		if x.Region == p.region.Code {
			p.departments = append(p.departments, x.Code)
		}
	}
	return p, nil
}

// desk is place for the team; to others the page is not there.
func (d Deps) desk(r *http.Request) (place, error) {
	p, err := d.place(r)
	if err == nil && action.MayImport(shell.Actor(r), p.cop, p.departments) != nil {
		err = apperr.NotFoundf(nobody)
	}
	return p, err
}

func (p place) base() string    { return wording.RegisterPath(p.cop) }
func (p place) imports() string { return p.base() + "/importer" }
func (p place) exports() string { return p.base() + "/exporter" }
func (p place) public() string  { return wording.ActionsPath(p.cop) + "/fichiers" }

func (p place) tabs(a policy.Actor, current string) ui.Pages {
	tabs := []ui.Link{{Label: "La COP", Href: p.cop.Path()}, {Label: "Bureau", Href: p.cop.Path() + "/bureau"}, {Label: "Importer des actions", Href: p.imports(), Current: current == "in"}, {Label: "Exporter", Href: p.exports(), Current: current == "out"}}
	return wording.InCycles(ui.Pages{Tabs: tabs}, a, p.cop, p.all, "")
}

// title is how pages and files name what the COP has; one of a later cycle says which.
func (p place) title() string {
	out := p.region.Name + nb + ": actions de la COP"
	if p.cop.Cycle != cop.First {
		out += nb + p.cop.Cycle
	}
	return out
}

func (d Deps) page(r *http.Request, p place, title string, trail ...ui.Link) ui.Page {
	page := d.Shell.Page(r, title, "", wording.COPTrail(p.cop, p.region, trail...)...)
	page.NoIndex, page.Canonical = true, ""
	return page
}

// names give the words of codes: levers as the list of 2025 calls them, which is how
// the projects of authorities name theirs.
func (d Deps) names(ctx context.Context, q db.Q, p place) (exchange.ActionNames, error) {
	frame, tree := p.model.Framework(), p.model.Tree()
	names := exchange.ActionNames{SIREN: func(string) string { return "" },
		Lever: func(code string) string { return leverName(frame, code) },
		Territory: func(text string) string {
			ref, err := territory.ParseRef(text)
			if err != nil {
				return text
			}
			t, err := tree.Lookup(ref)
			if err != nil {
				return text
			}
			return t.Name
		}}
	if d.Room.SIREN == nil {
		return names, nil
	}
	var err error
	names.SIREN, err = d.Room.SIREN(ctx, q)
	return names, err
}

func leverName(frame *framework.Framework, code string) string {
	l, err := frame.Lever(code)
	if err != nil {
		return code
	}
	for _, k := range frame.Crosswalk(code) {
		if k.Kind != framework.OneToOne {
			continue
		}
		if o, err := frame.Lever(k.Other(code)); err == nil && o.Version == framework.March2025 {
			return o.Name
		}
	}
	return l.Name
}

// get reads a field as text that a database takes.
func get(r *http.Request, name string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(r.PostForm.Get(name), "\x00", ""), ""))
}

// beside reports whether an error belongs beside a form, which comes back filled.
func beside(err error) bool {
	switch apperr.KindOf(err) {
	case apperr.Invalid, apperr.Forbidden, apperr.Conflict, apperr.TooLarge:
		return true
	}
	return false
}
