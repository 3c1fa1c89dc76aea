// Package adaptations serves the priorities of adaptation: where the team of a département
// writes and prints them, what anyone reads once they are adopted, what a region and the
// nation gather, and the State's table that goes in and out.
package adaptations

import (
	"context"
	"net/http"
	"time"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

const nb = french.NoBreak

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *adaptation.Room
	// Register remembers what the columns of a file mean.
	Register *action.Room
	// PDF prints a document, nil without a browser on the machine.
	PDF func(ctx context.Context, d document.Document) ([]byte, error)
	// Names gives the names of people by their accounts.
	Names func(ctx context.Context, ids []string) (map[string]string, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"adaptation-desk": d.desk, "adaptation-new": d.fresh, "adaptation-add": d.add, "adaptation-edit": d.edit, "adaptation-save": d.save, "adaptation-draft-sheets": d.draftSheets, "adaptation-draft-file": d.draftFile,
		"adaptation-import": d.importForm, "adaptation-send": d.send, "adaptation-columns": d.columns, "adaptation-map": d.mapColumns,
		"adaptation-preview": d.preview, "adaptation-verdicts": d.verdicts, "adaptation-apply": d.apply,
		"adaptation": d.list, "adaptation-one": d.one, "adaptation-sheets": d.sheets, "adaptation-file": d.file, "adaptation-one-file": d.oneFile, "adaptation-nation": d.nation, "adaptation-nation-file": d.nationFile,
	}
}

// place is the COP of an address, and what its pages read.
type place struct {
	cop     cop.COP
	where   string // name of the département or of the region
	tree    *territory.Tree
	frame   *framework.Framework
	actor   policy.Actor
	warming adaptation.Warming
}

// at reads the COP of an address: a département and a cycle, or a region and a cycle.
func (d Deps) at(r *http.Request) (p place, err error) {
	ctx := r.Context()
	m, err := d.Model(ctx)
	if err != nil {
		return p, err
	}
	p = place{tree: m.Tree(), frame: m.Framework(), actor: shell.Actor(r)}
	var ref string
	if code := r.PathValue("code"); code != "" {
		dept, err := p.tree.Dept(code)
		if err != nil {
			return p, err
		}
		ref, p.where = "department:"+dept.Code, dept.Name
	} else {
		region, err := p.tree.RegionBySlug(r.PathValue("slug"))
		if err != nil {
			return p, err
		}
		ref, p.where = "region:"+region.Code, region.Name
	}
	if p.cop, err = cop.FindIn(ctx, d.Q, r.PathValue("cycle"), ref); err != nil {
		return p, err
	}
	if p.cop.Cycle == cop.First {
		return p, apperr.NotFoundf("La COP de 2023-24 n’a pas de priorités d’adaptation\u00a0: elles commencent au cycle de 2025.")
	}
	mainland, err := adaptation.Mainland(data.FS)
	if err != nil {
		return p, err
	}
	p.warming, err = d.Room.WarmingOf(ctx, d.Q, p.cop.Region, mainland)
	return p, err
}

// atDesk is at, for who reads the priorities of that COP as they are written.
func (d Deps) atDesk(r *http.Request) (place, error) {
	p, err := d.at(r)
	if err != nil {
		return p, err
	}
	if err := policy.Check(p.actor, policy.Read, p.cop.Thing(policy.Desk)); err != nil {
		return p, err
	}
	return p, policy.Check(p.actor, policy.Read, p.cop.Thing(policy.Priority))
}

func (p place) desk() string    { return p.cop.Path() + "/bureau/adaptation" }
func (p place) public() string  { return p.cop.Path() + "/priorites" }
func (p place) imports() string { return p.desk() + "/importer" }
func (p place) writes() bool    { return p.cop.Department() != "" && p.creates() }
func (p place) creates() bool {
	return policy.Can(p.actor, policy.Create, p.cop.Thing(policy.Priority))
}
func (p place) readsDesk() bool {
	return policy.Can(p.actor, policy.Read, p.cop.Thing(policy.Priority))
}
func (p place) ofDept() bool      { return p.cop.Department() != "" }
func (p place) cycleWord() string { return "cycle " + p.cop.Cycle }

// trail leads from the country to a page of a COP.
func (p place) trail(more ...ui.Link) []ui.Link {
	out := []ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Les COP régionales", Href: "/regions"}, {Label: p.where + ", cycle " + p.cop.Cycle, Href: p.cop.Path()}}
	return append(out, more...)
}

// tabs are the pages of the priorities of a COP.
func (p place) tabs(current string) ui.Pages {
	links := []ui.Link{{Label: "La COP", Href: p.cop.Path()}, {Label: "Priorités adoptées", Href: p.public(), Current: current == "public"}}
	if p.readsDesk() {
		links = append(links, ui.Link{Label: "Bureau", Href: p.cop.Path() + "/bureau"}, ui.Link{Label: "Fiches d’adaptation", Href: p.desk(), Current: current == "desk"})
	}
	if p.creates() {
		links = append(links, ui.Link{Label: "Importer", Href: p.imports(), Current: current == "import"})
	}
	return ui.Pages{Tabs: links}
}

func (p place) deptName(code string) string {
	if x, err := p.tree.Dept(code); err == nil {
		return x.Name
	}
	return code
}

func (p place) regionName(code string) string {
	if x, err := p.tree.Region(code); err == nil {
		return x.Name
	}
	return code
}

// path is the public page of a priority.
func path(x adaptation.Priority) string {
	return "/departements/" + x.Department + "/cycles/" + x.Cycle + "/priorites/" + x.ID
}

// cellOf is a word, or «–» with the reason of its absence.
func cellOf(text, missing string) ui.Cell {
	if text == "" {
		return ui.Cell{Missing: missing}
	}
	return ui.Cell{Text: text}
}

const unsaid = "La fiche ne le dit pas encore."
