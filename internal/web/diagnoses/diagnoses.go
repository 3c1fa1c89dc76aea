// Package diagnoses serves the diagnosis of a region: where its team composes it
// from live blocks, what both heads publish, and each edition with its files and
// the explanations of its figures as they were.
package diagnoses

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/paper"
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
	Room  *diagnosis.Room
	// Catalogue makes the live blocks.
	Catalogue diagnosis.Catalogue
	// Explain answers for the figures of a draft.
	Explain figure.Explainer
	// PDF prints a document, nil without a browser on the machine.
	PDF func(ctx context.Context, d document.Document) ([]byte, error)
	// Figure draws the page of an explanation that was kept, with a word on what it is
	// of; terms leads to the explanation of one of its terms.
	Figure func(w http.ResponseWriter, r *http.Request, e figure.Explanation, kept ui.Alert, terms func(key string) string, trail []ui.Link) error
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"diagnosis-desk": d.desk, "diagnosis-begin": d.begin, "diagnosis-add": d.menu, "diagnosis-block-add": d.add, "diagnosis-block": d.block, "diagnosis-block-save": d.save, "diagnosis-block-place": d.move,
		"diagnosis-preview": d.preview, "diagnosis-draft-file": d.draftFile, "diagnosis-publish": d.publish, "diagnosis-propose": d.propose,
		"diagnosis-proposed": d.proposed, "diagnosis-proposed-file": d.proposedFile, "diagnosis-proposed-figure": d.proposedFigure,
		"diagnosis-editions": d.editions, "diagnosis-edition": d.edition, "diagnosis-edition-file": d.editionFile, "diagnosis-edition-figure": d.editionFigure,
	}
}

const nb = french.NoBreak

// place is the region of an address, and its COP.
type place struct {
	territory.Region
	tree *territory.Tree
	cop  cop.COP
}

func (x place) page() string   { return "/regions/" + x.Slug }
func (x place) base() string   { return x.page() + "/bureau/diagnostic" }
func (x place) public() string { return x.page() + "/diagnostic" }

func (x place) thing() policy.Thing {
	return policy.Thing{Kind: policy.Diagnosis, COPs: []string{x.cop.ID}}
}

// seen is the region of a public page.
func (d Deps) seen(r *http.Request) (x place, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	x.tree = m.Tree()
	if x.Region, err = x.tree.RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	x.cop, err = cop.OfRegion(r.Context(), d.Q, x.Code)
	return x, err
}

// working is the region of a page of those who read its draft: over the region, or
// one of its départements. Nobody else knows the page.
func (d Deps) working(r *http.Request) (place, error) {
	x, err := d.seen(r)
	if err != nil {
		return x, err
	}
	a := shell.Actor(r)
	if policy.Can(a, policy.Read, x.thing()) {
		return x, nil
	}
	for _, dept := range x.tree.Departments() {
		if dept.Region == x.Code && policy.Can(a, policy.Read, policy.Thing{Kind: policy.Diagnosis, Department: dept.Code}) {
			return x, nil
		}
	}
	return x, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
}

// draft is what a region composes, for who reads it; begun is false before.
type draft struct {
	diagnosis.Diagnosis
	blocks []diagnosis.Block
	begun  bool
}

func (d Deps) draft(ctx context.Context, x place) (out draft, err error) {
	err = db.Snapshot(ctx, d.Q, func(ctx context.Context, q db.Q) (err error) {
		if out.Diagnosis, err = diagnosis.Of(ctx, q, x.cop.ID); err != nil {
			return err
		}
		out.begun = true
		out.blocks, err = diagnosis.Blocks(ctx, q, out.ID)
		return err
	})
	if apperr.KindOf(err) == apperr.NotFound && err != nil {
		return draft{}, nil
	}
	return out, err
}

// today is the day in the region.
func (d Deps) today(x place) string { return x.cop.DayAt(d.Now()) }

// anyone reads as nobody in particular: what only a team may read never enters a
// document that both heads publish, nor its explanations.
func anyone(ctx context.Context) context.Context { return shell.With(ctx, shell.Who{}) }

func (d Deps) place(x place) diagnosis.Place {
	return diagnosis.Place{COP: x.cop.ID, Cycle: x.cop.Cycle, Region: x.Region, Day: d.today(x)}
}

func (d Deps) author(x place) string {
	return "COP régionale de la région " + x.Name
}

// compose makes the document of a draft.
func (d Deps) compose(r *http.Request, x place, t draft) (diagnosis.Draft, error) {
	return diagnosis.Compose(anyone(r.Context()), t.Diagnosis, t.blocks, d.Catalogue, d.place(x), diagnosis.Sheet{Author: d.author(x), Demo: d.Shell.Demo, Mark: diagnosis.DraftMark,
		Version: "projet du " + french.Date(d.Now().In(x.cop.Location())) + ", révision " + strconv.FormatInt(t.Rev, 10), Address: d.Shell.Site(r) + x.base() + "/apercu"})
}

// explain answers for a figure as anyone reads it.
func (d Deps) explain(ctx context.Context, key string) (figure.Explanation, error) {
	return d.Explain(anyone(ctx), key)
}

func trail(x place, last ...ui.Link) []ui.Link {
	return wording.RegionTrail(x.Region, last...)
}

// The pages of the desk of the diagnosis.
const (
	tabCompose = "Composer"
	tabPreview = "Aperçu"
	tabPublish = "Publication"
)

func (x place) tabs(current string) ui.Pages {
	out := ui.Pages{Tabs: []ui.Link{{Label: wording.TabCOP, Href: x.page()}, {Label: "Bureau", Href: x.page() + "/bureau"}, {Label: wording.TabDiagnosis, Href: x.base(), Current: true}}}
	for _, p := range []ui.Link{{Label: tabCompose, Href: x.base()}, {Label: tabPreview, Href: x.base() + "/apercu"}, {Label: tabPublish, Href: x.base() + "/publication"}} {
		p.Current = p.Label == current
		out.Parts = append(out.Parts, p)
	}
	return out
}

func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, v view, last ...ui.Link) error {
	page := d.Shell.Page(r, v.Heading.Title, strings.Join(append([]string{v.Heading.Title}, v.Heading.Scope...), ", ")+".", last...)
	page.Styles = append(page.Styles, paper.Stylesheet())
	page.NoIndex, page.Canonical = true, ""
	v.Done = r.URL.Query().Get("fait") == "1"
	return d.Shell.RenderStatus(w, r, status, page, deskPage(v))
}

// wrongIn puts the message of an error beside its field, the first one when it is
// about the whole.
func wrongIn(fields []ui.Field, err error) {
	if err == nil || len(fields) == 0 {
		return
	}
	at := 0
	var f *diagnosis.Refusal
	if errors.As(err, &f) {
		for i := range fields {
			if fields[i].ID == f.Field {
				at = i
			}
		}
	}
	fields[at].Error = apperr.Message(err)
}
