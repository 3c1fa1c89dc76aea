// Package grids serves the grid of the COP action, the list that both heads retain, the vivier and what is declared twice.
package grids

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/minutes"
	"jalon/internal/document"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const nb = french.NoBreak

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *action.Room
	// Minutes knows the decisions of meetings, that an action was debated by.
	Minutes *minutes.Room
	// PDF prints a document, nil without a browser on the machine.
	PDF func(ctx context.Context, d document.Document) ([]byte, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"grid": d.grid, "grid-act": d.act,
		"listing-compose": d.compose, "listing-propose": d.propose, "listing-desk": d.listings, "listing-pending": d.pending,
		"listings": d.publicListings, "listing": d.publicListing, "listing-file": d.file, "listing-pending-file": d.file,
		"pool": d.pool, "pool-csv": d.poolCSV,
		"action-pairs": d.pairs, "action-pairs-act": d.actPairs, "action-pair": d.pair, "action-merge": d.merge,
		"action-cross": d.cross, "action-cross-save": d.saveCross,
	}
}

// where is the COP of a region that an address names.
type where struct {
	region territory.Region
	cop    cop.COP
	all    []cop.COP // of the region, one each cycle
	model  *panorama.Model
	list   string // the referential of the cycle
}

func (x where) home() string { return x.cop.Path() }
func (x where) desk() string { return wording.RegisterPath(x.cop) }

// tree is that of the territories.
func (x where) tree() *territory.Tree { return x.model.Tree() }

// lever names a lever, by its code when nobody knows it.
func (x where) lever(code string) string { return wording.LeverName(x.model.Framework(), code) }

// place names a territory in words.
func (x where) place(ref string) string { return wording.PlaceName(x.model.Tree(), ref) }

func (x where) places(all []action.Place) string {
	var out []string
	for i, p := range all {
		if i == 4 {
			out = append(out, french.Integer(len(all)-i)+nb+french.Plural(len(all)-i, "autre", "autres"))
			break
		}
		out = append(out, x.place(p.Territory))
	}
	return strings.Join(out, ", ")
}

// about is the lever of an action, or its cross-cutting theme.
func (x where) about(a action.Action, themes []action.CrossTheme) string {
	if a.Kind == action.CrossCutting {
		return "transversale\u00a0: " + action.CrossName(themes, a.Cross)
	}
	if a.Central() == "" {
		return "levier à choisir"
	}
	return x.lever(a.Central())
}

// levers are the options of the levers of the COP.
func (x where) levers() []framework.Lever {
	return wording.LeversIn(x.model.Framework(), x.cop, x.list)
}

// region reads the COP of an address, for anyone.
func (d Deps) regionOf(r *http.Request) (x where, err error) {
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, err
	}
	if x.region, err = x.tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	if x.cop, x.all, err = cop.Among(r.Context(), d.Q, x.region.Code, shell.Cycle(r)); err != nil {
		return x, err
	}
	return x, d.listOf(r, &x)
}

// listOf reads the referential that the cycle of a COP chose.
func (d Deps) listOf(r *http.Request, x *where) error {
	cycle, err := cop.FindCycle(r.Context(), d.Q, x.cop.Cycle)
	x.list = cycle.Framework
	return err
}

// atDesk is regionOf for who works at the desk of the COP and may do something to its
// actions.
func (d Deps) atDesk(r *http.Request, verb policy.Verb) (where, error) {
	x, err := d.regionOf(r)
	if err != nil {
		return x, err
	}
	if err := policy.Check(shell.Actor(r), policy.Read, x.cop.Thing(policy.Desk)); err != nil {
		return x, err
	}
	return x, policy.Check(shell.Actor(r), verb, x.cop.Thing(policy.Action))
}

// ofAction reads the action of an address, with its COP.
func (d Deps) ofAction(r *http.Request) (x where, a action.Action, err error) {
	if a, x.cop, err = action.Find(r.Context(), d.Q, shell.Actor(r), r.PathValue("id")); err != nil {
		return x, a, err
	}
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, a, err
	}
	if err = d.listOf(r, &x); err != nil {
		return x, a, err
	}
	x.region, err = x.tree().Region(x.cop.Region)
	return x, a, err
}

// view is every page of this package: parts that are empty are not drawn.
type view struct {
	Heading  ui.Heading
	Tabs     ui.Pages
	Done     string
	Notices  []ui.Alert
	Conflict ui.Table
	Lead     string
	Path     []step
	Links    []ui.Link
	Filter   []ui.Field // of a list
	Filtered bool
	Table    ui.Table
	Empty    *ui.Empty
	Body     templ.Component
	Paper    bool      // Body has its own title
	First    []section // before the forms
	Forms    []formView
	Sections []section
	Foot     ui.Source
}

// section is a part of a page that is read.
type section struct {
	ID, Title string
	Texts     []string
	Table     ui.Table
	Links     []ui.Link
}

// step is one state of the way of an action.
type step struct {
	Name, Text, Class string
	Current           bool
}

// formView is a form; Buttons are values of «do» with their labels. Guards are said
// before the button; Table is drawn within the form.
type formView struct {
	ID, Title, Lead, Action, Rev string
	Hidden                       [][2]string
	Groups                       []group
	Guards                       []action.Guard
	Table                        ui.Table
	Buttons                      [][2]string
	Folded                       bool
}

// group is some fields of a form under a title.
type group struct {
	Title, Lead string
	Fields      []ui.Field
}

// fields are those of a form, in order.
func (f formView) fields() (out []ui.Field) {
	for _, g := range f.Groups {
		out = append(out, g.Fields...)
	}
	return out
}

// beside puts the message of a fault beside its field, and reports whether it did.
func (f formView) beside(err error) bool {
	var fault *action.Fault
	if !errors.As(err, &fault) {
		return false
	}
	for _, g := range f.Groups {
		for i := range g.Fields {
			if g.Fields[i].ID == fault.Field || g.Fields[i].Name == fault.Field {
				g.Fields[i].Error = fault.Message
				return true
			}
		}
	}
	return false
}

// wrong is a notice for what was refused.
func wrong(err error) []ui.Alert {
	if err == nil {
		return nil
	}
	var u *action.Unready
	if errors.As(err, &u) {
		return []ui.Alert{{State: "error", Title: "Il manque encore quelque chose", Text: strings.Join(u.Lacks, " ") + " Rien n’a été déplacé, et ce que vous avez tapé est ci-dessous."}}
	}
	return []ui.Alert{{State: "error", Title: "Rien n’a été enregistré", Text: apperr.Message(err)}}
}

// private draws a page that nobody indexes.
func (d Deps) private(w http.ResponseWriter, r *http.Request, status int, x where, v view, last ...ui.Link) error {
	page := d.Shell.Page(r, v.Heading.Title, "", wording.COPTrail(x.cop, x.region, append([]ui.Link{{Label: "Actions", Href: x.home() + "/actions"}}, last...)...)...)
	page.NoIndex, page.Canonical = true, ""
	if status == http.StatusOK {
		v.Done = done[r.URL.Query().Get("fait")]
	}
	return d.Shell.RenderStatus(w, r, status, page, onePage(v))
}

// done says what was done, by the word that the address carries.
var done = map[string]string{"1": "C’est enregistré", "proposee": "L’action est proposée", "avis": "L’avis est enregistré", "decision": "La décision est enregistrée", "debat": "Le débat est noté",
	"retrait": "L’action est retirée", "vivier": "L’action est au vivier", "liste": "La liste est proposée aux deux têtes", "fusion": "Les deux actions n’en font plus qu’une", "separees": "Les deux actions sont de nouveau séparées",
	"separees-gardee": "Les deux actions sont de nouveau séparées\u00a0; celle qui était gardée avait changé depuis, elle reste telle qu’elle est", "distinctes": "Jalon retient que ces deux actions sont distinctes"}

// deskTabs lead from one page of the actions of a COP to the other ones.
func (d Deps) deskTabs(r *http.Request, x where, current string) ui.Pages {
	return wording.InCycles(wording.RegisterTabs(shell.Actor(r), x.cop, "", current), shell.Actor(r), x.cop, x.all, "")
}

// publicTabs are those of the pages that anyone reads, with the lists of the other COPs
// of the region.
func (x where) publicTabs() ui.Pages {
	return wording.InCycles(wording.COPTabs(x.cop, x.region, wording.TabCOP), policy.Actor{}, x.cop, x.all, "/actions/releves")
}

const (
	tabRetain   = wording.RegisterRetain
	tabListings = wording.RegisterListings
	tabPool     = wording.RegisterPool
	tabPairs    = wording.RegisterPairs
	tabCross    = wording.RegisterCross
)

// selected is a list to choose in, with its first line when nothing is chosen.
func selected(id, label, none string, options [][2]string, value string) ui.Field {
	f := ui.Field{ID: id, Label: label, Type: "select"}
	if none != "" {
		f.Options = append(f.Options, ui.Option{Label: none, Selected: value == ""})
	}
	for _, o := range options {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: o[0] == value})
	}
	return f
}

// number is how pages name an action.
func number(a action.Action) string { return wording.ActionNumber(a.Seq) }

// listed reads the actions of a COP in some states that a reader may read, by number.
func (d Deps) listed(r *http.Request, x where, states ...action.State) ([]action.Action, error) {
	all, err := action.InStates(r.Context(), d.Q, x.cop.ID, states...)
	if err != nil {
		return nil, err
	}
	who := shell.Actor(r)
	return slices.DeleteFunc(all, func(a action.Action) bool { return !policy.Can(who, policy.Read, a.Thing(x.cop)) }), nil
}
