// Package aids serves the catalogue of aids, what fits an action, and what nobody helps yet.
package aids

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/support/aid"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell   *shell.Shell
	Model   func(ctx context.Context) (*panorama.Model, error)
	Q       db.Q
	Now     func() time.Time
	Room    *action.Room
	Aid     *aid.Room
	Trusted []netip.Prefix // front servers whose word of who asks is believed
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"aids": d.list, "aid": d.one, "aid-report": d.report, "aid-reported": d.reported, "aid-follow": d.follow, "aid-followed": d.followed, "aid-alert": d.alert, "aid-alert-turn": d.alertTurn,
		"action-aids": d.matches, "action-aid-add": d.plan, "action-need": d.actionNeed,
		"aids-desk": d.desk, "aids-desk-add": d.deskAdd, "aids-desk-one": d.deskOne, "aids-desk-save": d.deskSave,
		"national-aids": d.national, "national-aids-add": d.nationalAdd, "national-aid": d.nationalOne, "national-aid-save": d.nationalSave, "national-aid-report": d.judgeReport,
		"national-aids-import": d.importForm, "national-aids-stage": d.stage, "national-aids-run": d.run, "national-aids-apply": d.apply,
		"needs-desk": d.needs, "need-add": d.needAdd, "need-turn": d.needTurn, "national-needs": d.nationalNeeds,
	}
}

const (
	nb      = french.NoBreak
	perPage = 40
)

// view is every page of this package: parts that are empty are not drawn.
type view struct {
	Heading    ui.Heading
	Tabs       []ui.Link
	Done       string
	Notices    []ui.Alert
	Conflict   ui.Table
	Facts      [][2]string
	Links      []ui.Link
	Texts      []text
	Filters    []ui.Field
	FilterTo   string
	ListTitle  string
	List       ui.Table
	Next       string
	Summary    string
	Empty      ui.Empty
	EmptyLinks []ui.Link
	Groups     []matchGroup
	Tables     []titled
	Forms      []formView
	Foot       ui.Source
}

type text struct{ ID, Title, Markdown string }

type titled struct {
	ID, Title, Lead string
	Table           ui.Table
}

type formView struct {
	ID, Title, Lead, Action, Rev string
	Hidden                       [][2]string
	Fields                       []ui.Field
	Buttons                      [][2]string // value of «do», label
	Files                        bool
}

type matchGroup struct {
	ID, Title, Lead string
	Matches         []matchView
}

type matchView struct {
	Anchor, Name, Href, About string
	Reasons                   [][2]string // how it fits, why
	Planned                   bool
	Add                       formView
}

func enctype(f formView) templ.Attributes {
	if f.Files {
		return templ.Attributes{"enctype": "multipart/form-data"}
	}
	return nil
}

// done are what a page says after something was done, by the word of its address.
var done = map[string]string{"1": "C’est enregistré", "signale": "Merci. Votre signalement est gardé\u00a0: l’administration nationale le lira.", "alerte": "C’est noté. Si l’adresse est à confirmer, un message vient d’y partir.",
	"plan": "L’aide est au plan de financement de l’action, à l’état «\u00a0envisagé\u00a0»", "besoin": "Le besoin est enregistré", "import": "L’import est appliqué"}

func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, v view, private bool, trail ...ui.Link) error {
	v.Done = done[r.URL.Query().Get("fait")]
	page := d.Shell.Page(r, v.Heading.Title, strings.Join(append([]string{v.Heading.Title}, v.Heading.Scope...), ", ")+".", trail...)
	if private {
		page.NoIndex, page.Canonical = true, ""
	}
	return d.Shell.RenderStatus(w, r, status, page, onePage(v))
}

func trail(last ...ui.Link) []ui.Link {
	return append([]ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Aides", Href: "/aides"}}, last...)
}

func choose(id, label, value, none string, options [][2]string) ui.Field {
	f := ui.Field{ID: id, Label: label, Type: "select"}
	if none != "" {
		f.Options = append(f.Options, ui.Option{Label: none})
	}
	for _, o := range options {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: wording.Upper(o[1]), Selected: o[0] == value})
	}
	return f
}

func ticks(id, label string, chosen []string, options [][2]string) ui.Field {
	f := ui.Field{ID: id, Label: label, Type: "checkbox"}
	for _, o := range options {
		f.Options = append(f.Options, ui.Option{Value: o[0], Label: wording.Upper(o[1]), Selected: slices.Contains(chosen, o[0])})
	}
	return f
}

// leverOptions are the levers of forms and filters, each named once with its sector, for
// some bear the same name.
func leverOptions(fw *framework.Framework) [][2]string {
	var out [][2]string
	for _, version := range []string{framework.National, framework.Overseas} {
		for _, l := range fw.Levers(version) {
			name := l.ShortName
			if version == framework.Overseas {
				name += ", référentiel outre-mer"
			}
			out = append(out, [2]string{l.Code, name})
		}
	}
	return out
}

func leverName(fw *framework.Framework, code string) string {
	if l, err := fw.Lever(code); err == nil {
		return l.ShortName
	}
	return code
}

// placeName is how a territory is called.
func placeName(tree *territory.Tree, text string) string {
	ref, err := territory.ParseRef(text)
	if err != nil {
		return text
	}
	if ref == territory.France {
		return "France"
	}
	if t, err := tree.Lookup(ref); err == nil {
		return t.Name
	}
	return text
}

// placeOf reads what somebody typed as a territory: its reference, its code, or its name
// when one alone bears it.
func placeOf(tree *territory.Tree, text string) (string, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", true
	}
	if ref, err := territory.ParseRef(text); err == nil {
		if ref == territory.France {
			return ref.String(), true
		}
		_, err := tree.Lookup(ref)
		return ref.String(), err == nil
	}
	hits := tree.Search(text, 3)
	if len(hits) == 0 {
		return "", false
	}
	return hits[0].Territory.Ref.String(), true
}

// wrongIn puts the message of an error beside its field, the first one when it is about
// the whole.
func wrongIn(fields []ui.Field, err error) {
	if err == nil || len(fields) == 0 {
		return
	}
	var f *aid.Fault
	if errors.As(err, &f) {
		for i := range fields {
			if fields[i].ID == f.Field {
				fields[i].Error = f.Message
				return
			}
		}
	}
	fields[0].Error = apperr.Message(err)
}

// nextPage is the address of the next part of a list, the rest of the query kept.
func nextPage(r *http.Request, cursor string) string {
	if cursor == "" {
		return ""
	}
	q := r.URL.Query()
	q.Set("suite", cursor)
	return r.URL.Path + "?" + q.Encode()
}

// back is an address with what was done.
func back(path, what string) string {
	return path + "?" + url.Values{"fait": {what}}.Encode()
}
