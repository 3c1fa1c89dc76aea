// Package compositions serves the documents of a region: where its team composes
// them from live blocks, what both heads publish, and each edition with its files and
// the explanations of its figures as they were.
package compositions

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/consultation"
	"jalon/internal/document"
	"jalon/internal/figure"
	"jalon/internal/french"
	"jalon/internal/link"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/roadmap/live"
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
	Room  *composition.Room
	// Kind is what these pages compose.
	Kind composition.Kind
	// Catalogue makes the live blocks.
	Catalogue composition.Catalogue
	// Explain answers for the figures of a draft.
	Explain figure.Explainer
	// Together lets the explanations of one document share what they read.
	Together func(ctx context.Context) context.Context
	// PDF prints a document, nil without a browser on the machine.
	PDF func(ctx context.Context, d document.Document) ([]byte, error)
	// Register counts the actions of a COP, and Shelf keeps the editions of its roadmap;
	// both are nil for another kind.
	Register *action.Room
	Shelf    *live.Shelf
	// More leads to what else there is of a published edition, from the address of its
	// page; nil for nothing.
	More func(edition string) []ui.Link
	// Closing keeps what is said of the draft of a roadmap, and Consultation puts it in
	// public consultation; nil for another kind. Names tells who wrote.
	Closing      *roadmap.Room
	Consultation *consultation.Room
	Links        *link.Links
	Names        func(ctx context.Context, ids []string) (map[string]string, error)
	// Figure draws the page of an explanation that was kept, with a word on what it is
	// of; terms leads to the explanation of one of its terms.
	Figure func(w http.ResponseWriter, r *http.Request, e figure.Explanation, kept ui.Alert, terms func(key string) string, trail []ui.Link) error
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	out := map[string]shell.Handler{}
	for name, h := range map[string]shell.Handler{
		"desk": d.desk, "begin": d.begin, "add": d.menu, "block-add": d.add, "block": d.block, "block-save": d.save, "block-place": d.move,
		"preview": d.preview, "draft-file": d.draftFile, "publish": d.publish, "propose": d.propose,
		"proposed": d.proposed, "proposed-file": d.proposedFile, "proposed-figure": d.proposedFigure,
		"editions": d.editions, "edition": d.edition, "edition-file": d.editionFile, "edition-figure": d.editionFigure,
	} {
		out[d.Kind.Name()+"-"+name] = h
	}
	if d.Kind == composition.Roadmap {
		out["roadmap"], out["roadmap-edition-action"] = d.roadmap, d.editionAction
		out["roadmap-poster"], out["roadmap-poster-file"] = d.poster, d.posterFile
		out["roadmap-comments"], out["roadmap-comment-add"], out["roadmap-comment-answer"], out["roadmap-consult"] = d.comments, d.comment, d.answer, d.consult
	}
	return out
}

const nb = french.NoBreak

var year = regexp.MustCompile(`^20[2-9][0-9]$`)

// place is the region of an address, and its COP.
type place struct {
	territory.Region
	tree *territory.Tree
	cop  cop.COP
	all  []cop.COP // of the region, one each cycle
	kind composition.Kind
	term string
}

func (x place) page() string { return x.cop.Path() }

// The addresses of a document, at the desk and in public. A review says its year.
func (x place) base() string   { return x.page() + "/bureau" + x.kind.Path(x.term) }
func (x place) public() string { return x.page() + x.kind.Path(x.term) }

// region begins the addresses of what is of the region, whatever the cycle.
func (x place) region() string { return cop.RegionPath(x.Slug, cop.First) }

// top is the page above the editions of a document: what a region knows, its roadmap, its
// reviews.
func (x place) top() string {
	switch x.kind {
	case composition.Diagnosis:
		return x.region() + x.kind.Path("")
	case composition.Review:
		return x.page() + "/suivi/revues"
	}
	return x.public()
}

func (x place) words() composition.Words { return x.kind.Words() }
func (x place) draftName() string        { return "projet-" + x.kind.File(x.term) + "-" + x.Slug }

func (x place) tab() string {
	return map[composition.Kind]string{composition.Diagnosis: wording.TabDiagnosis, composition.Roadmap: wording.TabRoadmap, composition.Review: wording.TabFollowUp}[x.kind]
}

// here is the document in a trail.
func (x place) here(at string) ui.Link {
	name := wording.Upper(x.words().Bare)
	if x.term != "" {
		name += " " + x.term
	}
	return ui.Link{Label: name, Href: at}
}

func (x place) thing() policy.Thing {
	return policy.Thing{Kind: x.kind.Policy(), COPs: []string{x.cop.ID}}
}

// seen is the region of a public page.
func (d Deps) seen(r *http.Request) (x place, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	x.tree, x.kind = m.Tree(), d.Kind
	if d.Kind == composition.Review {
		if x.term = r.PathValue("annee"); !year.MatchString(x.term) {
			return x, apperr.NotFoundf("Une revue porte une année\u00a0: «\u00a0%s\u00a0» n’en est pas une.", x.term)
		}
	}
	if x.Region, err = x.tree.RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	x.cop, x.all, err = cop.Among(r.Context(), d.Q, x.Code, shell.Cycle(r))
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
		if dept.Region == x.Code && policy.Can(a, policy.Read, policy.Thing{Kind: x.kind.Policy(), Department: dept.Code}) {
			return x, nil
		}
	}
	return x, apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
}

// draft is what a region composes, for who reads it; begun is false before.
type draft struct {
	composition.Composition
	blocks []composition.Block
	begun  bool
}

func (d Deps) draft(ctx context.Context, x place) (out draft, err error) {
	err = db.Snapshot(ctx, d.Q, func(ctx context.Context, q db.Q) (err error) {
		if out.Composition, err = composition.Of(ctx, q, x.kind, x.cop.ID, x.term); err != nil {
			return err
		}
		out.begun = true
		out.blocks, err = composition.Blocks(ctx, q, out.Composition)
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

func (d Deps) place(x place) composition.Place {
	return composition.Place{COP: x.cop.ID, Cycle: x.cop.Cycle, Region: x.Region, Day: d.today(x), Term: x.term}
}

func (d Deps) author(x place) string {
	return "COP régionale de la région " + x.Name
}

// compose makes the document of a draft.
func (d Deps) compose(r *http.Request, x place, t draft) (composition.Draft, error) {
	return composition.Compose(anyone(r.Context()), t.Composition, t.blocks, d.Catalogue, d.place(x), composition.Sheet{Author: d.author(x), Demo: d.Shell.Demo, Mark: composition.DraftMark,
		Version: "projet du " + french.Date(d.Now().In(x.cop.Location())) + ", révision " + strconv.FormatInt(t.Rev, 10), Address: d.Shell.Site(r) + x.base() + "/apercu"})
}

// explain answers for a figure as anyone reads it.
func (d Deps) explain(ctx context.Context, key string) (figure.Explanation, error) {
	return d.Explain(anyone(ctx), key)
}

func trail(x place, last ...ui.Link) []ui.Link {
	return wording.COPTrail(x.cop, x.Region, last...)
}

// The pages of the desk of the diagnosis.
const (
	tabCompose = "Composer"
	tabPreview = "Aperçu"
	tabPublish = "Publication"
)

// publicTabs are those of the pages that anyone reads, with the same document of the
// other COPs of the region.
func (x place) publicTabs() ui.Pages {
	end := x.kind.Path("") + "/editions"
	switch x.kind {
	case composition.Roadmap:
		end = x.kind.Path("")
	case composition.Review:
		end = "/suivi/revues"
	}
	return wording.InCycles(wording.COPTabs(x.cop, x.Region, x.tab()), policy.Actor{}, x.cop, x.all, end)
}

func (x place) tabs(a policy.Actor, current string) ui.Pages {
	out := ui.Pages{Tabs: []ui.Link{{Label: wording.TabCOP, Href: x.page()}, {Label: "Bureau", Href: x.page() + "/bureau"}, {Label: x.tab(), Href: x.base(), Current: true}}}
	parts := []ui.Link{{Label: tabCompose, Href: x.base()}, {Label: tabPreview, Href: x.base() + "/apercu"}, {Label: tabPublish, Href: x.base() + "/publication"}}
	if x.kind == composition.Roadmap {
		parts = slices.Insert(parts, 2, ui.Link{Label: tabComments, Href: x.base() + "/relecture"})
	}
	for _, p := range parts {
		p.Current = p.Label == current
		out.Parts = append(out.Parts, p)
	}
	return wording.InCycles(out, a, x.cop, x.all, "")
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
	var f *composition.Refusal
	if errors.As(err, &f) {
		for i := range fields {
			if fields[i].ID == f.Field {
				at = i
			}
		}
	}
	fields[at].Error = apperr.Message(err)
}
