// Package exits serves what a COP ends with: its four exit points in public, at the desk
// and for the nation, its close, and what follows the adoption of its roadmap (evidence,
// commitments of organisations, what changed from one edition to the next, the archive
// that proves it).
package exits

import (
	"context"
	"net/http"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
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
	Room  *roadmap.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"exit": d.public, "exit-desk": d.desk, "exit-nation": d.nation, "exit-close": d.close, "exit-propose": d.propose,
		"exit-subject-add": d.addSubject, "exit-subject": d.subject, "exit-subject-save": d.saveSubject,
		"adoption": d.adoption, "adoption-archive": d.archive, "adoption-file": d.evidence, "adoption-changes": d.changes,
		"adoption-desk": d.adoptionDesk, "adoption-join": d.join, "adoption-turn": d.turnAdoption, "adoption-mine": d.mine, "adoption-commit": d.commit,
		"exit-arrangement-add": d.addArrangement, "exit-arrangement": d.arrangement, "exit-arrangement-save": d.saveArrangement,
	}
}

const nb = french.NoBreak

// here names these pages in the trail.
const here = "Points de sortie"

// place is the COP of the region of an address.
type place struct {
	territory.Region
	cop cop.COP
	all []cop.COP // of the region, one each cycle
}

func (x place) page() string   { return x.cop.Path() }
func (x place) bureau() string { return x.page() + "/bureau" }

// region begins the addresses of what is of the region, whatever the cycle.
func (x place) region() string { return cop.RegionPath(x.Slug, cop.First) }

func (x place) public() string { return x.page() + "/feuille-de-route/points-de-sortie" }
func (x place) desk() string   { return x.bureau() + "/points-de-sortie" }

func (x place) thing(k policy.Kind) policy.Thing {
	return policy.Thing{Kind: k, COPs: []string{x.cop.ID}}
}

func (d Deps) seen(r *http.Request) (x place, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	if x.Region, err = m.Tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	x.cop, x.all, err = cop.Among(r.Context(), d.Q, x.Code, shell.Cycle(r))
	return x, err
}

// working is seen, for who reads the draft of the roadmap. Nobody else knows the page.
func (d Deps) working(r *http.Request) (place, error) {
	x, err := d.seen(r)
	if err != nil {
		return x, err
	}
	if !policy.Can(shell.Actor(r), policy.Read, x.thing(policy.Roadmap)) {
		return x, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	}
	return x, nil
}

func (d Deps) exit(ctx context.Context, x place) (e roadmap.Exit, err error) {
	m, err := d.Model(ctx)
	if err != nil {
		return e, err
	}
	err = db.Snapshot(ctx, d.Q, func(ctx context.Context, q db.Q) (err error) {
		e, err = d.Room.Of(ctx, q, m, x.cop)
		return err
	})
	return e, err
}

func (x place) tabs(a policy.Actor) ui.Pages {
	pages := ui.Pages{Tabs: []ui.Link{{Label: wording.TabCOP, Href: x.page()}, {Label: "Bureau", Href: x.bureau()}, {Label: wording.TabRoadmap, Href: x.bureau() + "/feuille-de-route"}, {Label: here, Href: x.desk(), Current: true}}}
	return wording.InCycles(pages, a, x.cop, x.all, "")
}

// publicTabs are those of the pages that anyone reads, with the page at end of the other
// COPs of the region.
func (x place) publicTabs(end string) ui.Pages {
	return wording.InCycles(wording.COPTabs(x.cop, x.Region, wording.TabRoadmap), policy.Actor{}, x.cop, x.all, end)
}

func trail(x place, last ...ui.Link) []ui.Link { return wording.COPTrail(x.cop, x.Region, last...) }

func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, v sections.View, private bool, way ...ui.Link) error {
	return sections.Show(d.Shell, w, r, status, v, private, way...)
}

// finding is where a COP stands, in one sentence.
func finding(e roadmap.Exit) string {
	switch n := e.Met(); n {
	case 0:
		return "aucun des quatre points de sortie n’est encore atteint"
	case 1:
		return "un point de sortie est atteint sur quatre"
	case 4:
		return "les quatre points de sortie sont atteints"
	default:
		return french.Integer(n) + nb + "points de sortie sont atteints sur quatre"
	}
}
