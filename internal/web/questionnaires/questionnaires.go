// Package questionnaires serves what authorities are asked: the page where
// anyone reads it, its versions and what changed between them, and the editors
// of the nation and of the regions.
package questionnaires

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
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
	Room  *survey.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"questionnaires": d.list, "questionnaire": d.read, "questionnaire-diff": d.diff, "questionnaire-schema": d.schema,
		"form-editor": d.editor, "form-edit": d.edit, "form-section": d.sectionPage, "form-preview": d.preview, "form-publish": d.publish, "form-import": d.load, "form-export": d.export,
		"variant-editor": d.editor, "variant-edit": d.edit, "variant-section": d.sectionPage, "variant-preview": d.preview, "variant-publish": d.publish, "variant-import": d.load, "variant-export": d.export,
		"variant-make": d.make, "variant-apply": d.apply}
}

const nb = french.NoBreak

// view is every page of this package: parts that are empty are not drawn.
type view struct {
	Heading  ui.Heading
	Done     bool
	Notices  []ui.Alert
	Faults   []string
	Conflict ui.Table
	Switch   string // what its links choose
	Switches []ui.Link
	Facts    [][2]string
	Intro    string // markdown
	Links    []ui.Link
	Editing  *formView // comes first when somebody edits
	Publish  *formView
	Tables   []titled
	Parts    []partView
	Preview  *previewView
	Items    []itemList
	Forms    []formView
	Foot     ui.Source
	Empty    ui.Empty
}

type titled struct {
	ID, Title, Lead string
	Table           ui.Table
}

// formView is a form of the editor. Its fields come back as they were typed.
type formView struct {
	ID, Title, Action, Lead string
	Fields                  []ui.Field
	Hidden                  [][2]string
	Buttons                 [][2]string // value of «do», label
	Files                   bool
	Open                    bool // shown whole; a form that only adds is folded
	Live                    string
}

// itemList is a list whose elements one moves, edits and removes.
type itemList struct {
	ID, Title, Lead, Empty string
	Items                  []item
}

type item struct {
	Name, Sub string
	Href      string
	Deep      bool // of the element before
	Action    string
	Hidden    [][2]string
	First     bool
	Last      bool
}

func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, v view, private bool, trail ...ui.Link) error {
	v.Done = r.URL.Query().Get("fait") == "1"
	page := d.Shell.Page(r, v.Heading.Title, strings.Join(append([]string{v.Heading.Title}, v.Heading.Scope...), ", ")+".", trail...)
	if private {
		page.NoIndex, page.Canonical = true, ""
	}
	if v.Preview != nil {
		page.Live = true
		page.Scripts = append(page.Scripts, d.asset("questionnaire.js"))
	}
	return d.Shell.RenderStatus(w, r, status, page, onePage(v))
}

func (d Deps) asset(name string) string {
	if d.Shell.Asset == nil {
		return "/static/" + name
	}
	return d.Shell.Asset(name)
}

// beside reports whether an error belongs beside a form, which comes back filled.
func beside(err error) bool {
	switch apperr.KindOf(err) {
	case apperr.Invalid, apperr.Forbidden, apperr.Conflict, apperr.TooLarge:
		return true
	}
	return false
}

// readForm reads what a form sent, a file beside it or not.
func readForm(r *http.Request) error {
	return shell.ReadUpload(r, "Ce qui a été envoyé dépasse 4\u00a0Mo. Rien n’a été enregistré.")
}

// clean is a text that a database takes, with one sort of line end.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), ""), "\r\n", "\n")
	return strings.TrimSpace(s)
}

func get(r *http.Request, name string) string { return clean(r.PostForm.Get(name)) }

func number(n int64) string { return strconv.FormatInt(n, 10) }

func enctype(f formView) templ.Attributes {
	a := templ.Attributes{}
	if f.Files {
		a["enctype"] = "multipart/form-data"
	}
	if f.Live != "" { // the preview follows what is typed; nothing is kept
		a["hx-post"], a["hx-trigger"], a["hx-target"], a["hx-swap"] = f.Live, "input delay:400ms", "#apercu-corps", "outerHTML"
	}
	return a
}

// desk is the editor of one questionnaire: whose it is, and where it stands.
type desk struct {
	x      survey.Questionnaire
	none   bool // a region that has no variant yet
	region territory.Region
	cycle  string
	base   string // address
	prefix string // of the ids that are added
	// seen is the revision that a form which comes back was drawn at, so that what
	// others write meanwhile is still told; 0 is the present one.
	seen int64
}

// again has forms come back as they were sent, unless it is a conflict: then what
// is there now is shown beside, and the next sending is meant for it.
func (k *desk) again(r *http.Request, wrong error) {
	if n, err := shell.Rev(r); err == nil && (wrong == nil || apperr.KindOf(wrong) != apperr.Conflict) {
		k.seen = n
	}
}

// desk finds the questionnaire of an address, for whoever may write it; nobody
// else knows the page.
func (d Deps) desk(r *http.Request) (k desk, err error) {
	ctx, a := r.Context(), shell.Actor(r)
	hidden := apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
	slug := r.PathValue("slug")
	if slug == "" {
		if k.x, err = survey.FindQuestionnaire(ctx, d.Q, r.PathValue("code")); err != nil {
			return k, err
		}
		k.base, k.cycle = "/national/questionnaires/"+k.x.Code, k.x.Cycle
	} else {
		m, err := d.Model(ctx)
		if err != nil {
			return k, err
		}
		if k.region, err = m.Tree().RegionBySlug(slug); err != nil {
			return k, err
		}
		home, err := cop.HomeOf(ctx, d.Q, k.region.Code)
		if err != nil {
			return k, err
		}
		k.cycle, k.base = home.Cycle, "/regions/"+slug+"/bureau/questionnaire/modele"
		if c := r.URL.Query().Get("cycle"); c != "" {
			k.cycle = c
		}
		k.x, err = survey.VariantOf(ctx, d.Q, k.region.Code, k.cycle)
		if apperr.KindOf(err) == apperr.NotFound {
			k.none, err = true, nil
			k.x = survey.Questionnaire{Region: k.region.Code, Cycle: k.cycle}
		}
		if err != nil {
			return k, err
		}
	}
	may, err := survey.MayEditForm(ctx, d.Q, a, k.x)
	if err == nil && !may {
		err = hidden
	}
	if k.x.Region != "" {
		k.prefix = questionnaire.Prefix(k.x.Region)
	}
	return k, err
}

// written is a desk with a questionnaire in it.
func (d Deps) written(r *http.Request) (desk, error) {
	k, err := d.desk(r)
	if err == nil && k.none {
		err = apperr.NotFoundf("La région n’a pas encore de variante\u00a0: créez-la d’abord depuis la page du modèle.")
	}
	return k, err
}

func (k desk) trail(last ...ui.Link) []ui.Link {
	if k.region.Slug == "" {
		return append([]ui.Link{{Label: "Tableau national", Href: "/national"}, {Label: "Questionnaires", Href: "/questionnaires"}, {Label: k.x.Title, Href: k.base}}, last...)
	}
	base := "/regions/" + k.region.Slug
	return wording.RegionTrail(k.region, append([]ui.Link{{Label: "Bureau", Href: base + "/bureau"}, {Label: "Ce qui est demandé", Href: k.base}}, last...)...)
}

func (k desk) section(id string) string { return k.base + "/sections/" + id }

// rev is the revision that a form was drawn at.
// kindOf reads the path that an address asks for; none is all of them.
func kindOf(text string) questionnaire.Kind {
	for _, k := range questionnaire.Kinds() {
		if text == string(k) {
			return k
		}
	}
	return ""
}
