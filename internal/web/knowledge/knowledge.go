// Package knowledge serves strong points, good practices, obstacles and notes of
// expertise: what anyone reads of them, the pages where those who work for a
// region keep them, and the nation's list of obstacles.
package knowledge

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *knowledge.Room
	// FollowUp draws good practices from actions that are over.
	FollowUp *followup.Room
	// Actions are those that are linked to an item, as far as a reader may read them; nil
	// where no room has any.
	Actions func(ctx context.Context, a policy.Actor, to ...link.End) ([]ui.Link, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	out := map[string]shell.Handler{"diagnosis": d.diagnosis, "practices": d.practices, "practice": d.practice, "practice-take": d.take, "practice-taken": d.taken,
		"national-obstacles": d.national, "national-obstacles-csv": d.nationalCSV, "national-obstacle": d.line, "national-obstacle-save": d.lineSave,
		"notes": d.notes, "note": d.note, "note-file": d.noteFile, "note-desk": d.noteDesk, "note-add": d.noteAdd, "note-one": d.noteOne, "note-save": d.noteSave, "note-judge": d.noteJudge}
	for name, k := range map[string]knowledge.Kind{"strength": knowledge.Strength, "obstacle": knowledge.Obstacle} {
		p := pages{d, k}
		out[name+"s"], out[name] = p.public, p.publicOne
		out[name+"-desk"], out[name+"-add"], out[name+"-one"], out[name+"-save"], out[name+"-judge"] = p.desk, p.add, p.one, p.save, p.judge
	}
	drawn := pages{d, knowledge.Strength}
	out["practice-draw"], out["practice-draw-save"] = drawn.draw, drawn.drawSave
	return out
}

const (
	nb      = french.NoBreak
	perPage = 50
)

// view is every page of this package: parts that are empty are not drawn.
type view struct {
	Heading   ui.Heading
	Tabs      ui.Pages
	Done      bool
	Notices   []ui.Alert
	Conflict  ui.Table
	Facts     [][2]string
	Texts     []text
	Links     []ui.Link
	Aside     aside
	Filters   []ui.Field
	FilterTo  string
	ListTitle string
	Lead      string
	List      ui.Table
	Empty     ui.Empty
	Pager     ui.Pager
	Tables    []titled
	Forms     []formView
	Foot      ui.Source
}

// aside is one line above a list, with what it leads to.
type aside struct {
	Text  string
	Links []ui.Link
}

type text struct{ ID, Title, Markdown string }

type titled struct {
	ID, Title string
	Table     ui.Table
	Lead      string
}

type formView struct {
	ID, Title, Action, Rev, Submit, Lead string
	Fields                               []ui.Field
	Hidden                               [][2]string
	Buttons                              [][2]string // value of «do», label
	Files                                bool
}

func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, v view, private bool, trail ...ui.Link) error {
	v.Done = r.URL.Query().Get("fait") == "1"
	page := d.Shell.Page(r, v.Heading.Title, strings.Join(append([]string{v.Heading.Title}, v.Heading.Scope...), ", ")+".", trail...)
	if private {
		page.NoIndex, page.Canonical = true, ""
	}
	return d.Shell.RenderStatus(w, r, status, page, onePage(v))
}

// beside reports whether an error belongs beside a form, which comes back filled.
func beside(err error) bool {
	switch apperr.KindOf(err) {
	case apperr.Invalid, apperr.Forbidden, apperr.Conflict, apperr.TooLarge:
		return true
	}
	return false
}

// wrongIn puts the message of an error beside its field, the first one when it
// is about the whole.
func wrongIn(fields []ui.Field, err error) {
	if err == nil || len(fields) == 0 {
		return
	}
	at := fields[0].ID
	var f *knowledge.Fault
	if errors.As(err, &f) {
		at = f.Field
	}
	for i := range fields {
		if fields[i].ID == at || fields[i].Name == at {
			fields[i].Error = apperr.Message(err)
			return
		}
	}
	fields[0].Error = apperr.Message(err)
}

func choose(id, label, value, none string, options [][2]string) ui.Field {
	f := ui.Field{ID: id, Label: label, Type: "select", Required: none == ""}
	if none != "" {
		f.Options = append(f.Options, ui.Option{Label: none})
	}
	for _, o := range options {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: o[1], Selected: o[0] == value})
	}
	return f
}

// leverOptions are the levers of forms and filters, each named once with its
// version.
func leverOptions(fw *framework.Framework) [][2]string {
	var out [][2]string
	for _, version := range []string{framework.National, framework.Overseas, framework.March2025, framework.Adaptation} {
		for _, l := range fw.Levers(version) {
			name := l.Name
			switch version {
			case framework.Overseas:
				name += ", référentiel outre-mer"
			case framework.March2025:
				name += ", référentiel de mars 2025"
			case framework.Adaptation:
				name += ", adaptation"
			}
			out = append(out, [2]string{l.Code, name})
		}
	}
	return out
}

// about names the levers of a thing, or its theme.
func about(fw *framework.Framework, levers []string, theme string) string {
	var out []string
	for _, code := range levers {
		if l, err := fw.Lever(code); err == nil {
			out = append(out, l.Name)
		}
	}
	if len(out) == 0 {
		return knowledge.Named(knowledge.Themes(), theme)
	}
	return strings.Join(out, ", ")
}

// placeName names a territory, by its code when the tree does not hold it.
func placeName(t *territory.Tree, ref string) string {
	r, err := territory.ParseRef(ref)
	if err != nil {
		return ref
	}
	if r.Scale == territory.Perimeter {
		return "périmètre " + r.Code
	}
	x, err := t.Lookup(r)
	if err != nil {
		return ref
	}
	return x.Name
}

func dayOf(text string) string {
	if text == "" {
		return ""
	}
	return french.Day(text)
}

// counted is a total as a page writes it.
func counted(total int64, more bool, one, many string) string {
	if more {
		return "plus de " + french.Integer(total) + nb + many
	}
	return french.Integer(total) + nb + french.Plural(int(total), one, many)
}

// next is the address of the page after, with the filters of this one.
func next(r *http.Request, cursor string) string {
	if cursor == "" {
		return ""
	}
	q := url.Values{}
	for k, v := range r.URL.Query() {
		if k != "fait" && len(v) > 0 && v[0] != "" {
			q[k] = slices.Clone(v)
		}
	}
	q.Set("suite", cursor)
	return r.URL.Path + "?" + q.Encode()
}
