// Package themes serves the themes of a region: its own list, the scores of levers
// that inform the choice, and what both heads put first.
package themes

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/diagnosis"
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
	Room  *diagnosis.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"themes": d.public, "themes-national": d.national,
		"theme-desk": d.desk, "theme-add": d.add, "theme-start": d.start, "theme-one": d.one, "theme-save": d.save, "theme-move": d.move, "theme-turn": d.turn,
		"theme-scores": d.scores, "theme-weights": d.weights, "theme-choice": d.choice, "theme-propose": d.propose}
}

const nb = french.NoBreak

// view is every page of this package: parts that are empty are not drawn.
type view struct {
	Heading  ui.Heading
	Tabs     ui.Pages
	Views    []ui.Link
	Done     bool
	Notices  []ui.Alert
	Conflict ui.Table
	Parts    []part
	Foot     ui.Source
}

// part is a section of a page.
type part struct {
	ID, Title, Lead string
	Fold            string // folds what follows the body under these words
	Open            bool   // unfolded all the same
	Rules           []string
	Notices         []ui.Alert
	List            []string
	Links           []ui.Link
	Body            templ.Component
	Tables          []ui.Table
	Forms           []formView
	Empty           ui.Empty
}

type formView struct {
	Action, Rev, Submit string
	Fields              []ui.Field
	Hidden              [][2]string
}

// where is the COP of the region of an address.
type where struct {
	territory.Region
	cop    cop.COP
	all    []cop.COP // of the region, the newest first
	reader policy.Actor
	tree   *territory.Tree
	fw     *framework.Framework
}

func (x where) base() string { return x.cop.Path() }
func (x where) desk() string { return x.base() + "/bureau/themes" }

// seen is the COP of a region that an address names, that of the first cycle when it
// names none.
func (d Deps) seen(r *http.Request) (x where, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	x.tree, x.fw = m.Tree(), m.Framework()
	if x.Region, err = x.tree.RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	x.reader = shell.Actor(r)
	x.cop, x.all, err = cop.Among(r.Context(), d.Q, x.Code, shell.Cycle(r))
	return x, err
}

// reading is seen, for who may read the desk of themes: over the region, or over one
// of its départements.
func (d Deps) reading(r *http.Request) (x where, err error) {
	if x, err = d.seen(r); err != nil {
		return x, err
	}
	a, thing := shell.Actor(r), x.cop.Thing(policy.Theme)
	if policy.Can(a, policy.Read, thing) {
		return x, nil
	}
	for _, dept := range x.tree.Departments() {
		thing.Department = dept.Code
		if dept.Region == x.Code && policy.Can(a, policy.Read, thing) {
			return x, nil
		}
	}
	return x, policy.Check(a, policy.Read, x.cop.Thing(policy.Theme))
}

// doing is seen, for who may do a verb to the themes of the region.
func (d Deps) doing(r *http.Request, v policy.Verb) (x where, err error) {
	if err := shell.ReadForm(r); err != nil {
		return x, err
	}
	if x, err = d.seen(r); err != nil {
		return x, err
	}
	return x, policy.Check(shell.Actor(r), v, x.cop.Thing(policy.Theme))
}

func (d Deps) may(r *http.Request, x where, v policy.Verb) bool {
	return policy.Can(shell.Actor(r), v, x.cop.Thing(policy.Theme))
}

func trail(x where, last ...ui.Link) []ui.Link {
	return wording.COPTrail(x.cop, x.Region, last...)
}

// deskTabs are the pages where the themes of a region are worked on, with those of its
// other COPs: a theme is of one COP, and leads to the lists of the others.
func deskTabs(x where, current string) ui.Pages {
	all := []ui.Link{{Label: wording.TabCOP, Href: x.base()}, {Label: "Bureau", Href: x.base() + "/bureau"}, {Label: wording.TabThemes, Href: x.desk()}, {Label: "Scores des leviers", Href: x.desk() + "/notes"}, {Label: "Choix des priorités", Href: x.desk() + "/choix"}}
	for i := range all {
		all[i].Current = all[i].Href == current
	}
	end := strings.TrimPrefix(x.desk(), x.base())
	if slices.ContainsFunc(all, func(l ui.Link) bool { return l.Current }) {
		end = strings.TrimPrefix(current, x.base())
	}
	return wording.InCycles(ui.Pages{Tabs: all}, x.reader, x.cop, x.all, end)
}

// show draws a page; private ones are found by nobody.
func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, v view, private bool, way ...ui.Link) error {
	v.Done = r.URL.Query().Get("fait") == "1"
	page := d.Shell.Page(r, v.Heading.Title, strings.Join(append([]string{v.Heading.Title}, v.Heading.Scope...), ", ")+".", way...)
	if private {
		page.NoIndex, page.Canonical = true, ""
	}
	return d.Shell.RenderStatus(w, r, status, page, onePage(v))
}

func list(r *http.Request, name string) []string {
	var out []string
	for _, v := range r.PostForm[name] {
		if v = shell.Clean(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// wrongIn puts each message of an error beside its field, and gives back what is
// about the whole.
func wrongIn(fields []ui.Field, err error) []ui.Alert {
	var faults diagnosis.ThemeFaults
	if err == nil {
		return nil
	}
	left := false
	if errors.As(err, &faults) {
		for _, f := range faults {
			i := slices.IndexFunc(fields, func(x ui.Field) bool { return x.ID == f.Field })
			if i < 0 {
				left = true
				continue
			}
			fields[i].Error = f.Message
		}
		if !left {
			return nil
		}
	}
	return []ui.Alert{{State: "warning", Title: "Rien n’a été enregistré", Text: apperr.Message(err)}}
}

// decimal writes a score or a note.
func decimal(v float64) string { return french.Number(v, 2) }

// percent writes a part of a whole, whole percents.
func percent(v float64) string { return french.Number(v*100, 0) + nb + "%" }

func ordinal(n int) string {
	if n == 1 {
		return "1er"
	}
	return french.Integer(n) + "e"
}

func (x where) leverName(code string) string { return diagnosis.LeverName(x.fw, code) }

func (x where) mapNames(codes []string) string {
	var out []string
	for _, t := range x.fw.Themes() {
		if slices.Contains(codes, string(t.Code)) {
			out = append(out, t.Name)
		}
	}
	return strings.Join(out, ", ")
}

func kindOf(t diagnosis.Theme) string {
	if t.Kind == diagnosis.Cross {
		return "sujet transversal" + nb + ": " + wording.Lower(diagnosis.SubjectName(t.Subject))
	}
	return french.Integer(len(t.Levers)) + nb + french.Plural(len(t.Levers), "levier", "leviers")
}

func quoted(s string) string { return "«" + nb + s + nb + "»" }
