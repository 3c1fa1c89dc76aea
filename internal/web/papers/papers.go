// Package papers serves what leaves and comes back as files: exports of answers,
// the questionnaire of each authority as a workbook and as a page to print, forms
// that come back, and what a team types for those who answered on paper.
package papers

import (
	"context"
	"net/http"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
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
	return map[string]shell.Handler{
		"paper-exports": d.exports, "paper-export-ask": d.ask, "paper-export-file": d.file,
		"paper-nation": d.exports, "paper-nation-ask": d.ask, "paper-nation-file": d.file,
		"paper-workbook": d.workbook, "paper-workbooks": d.workbooks, "paper-form": d.form, "paper-form-send": d.send, "paper-form-read": d.read, "paper-form-apply": d.apply,
		"paper-forms": d.forms, "paper-forms-send": d.formsSend, "paper-forms-read": d.formsRead, "paper-forms-apply": d.formsApply,
		"paper-print": d.print, "paper-print-pdf": d.printPDF, "paper-blank": d.blank, "paper-blank-pdf": d.blankPDF,
		"paper-behalf": d.behalf, "paper-behalf-add": d.behalfAdd, "paper-behalf-scan": d.scan, "paper-behalf-section": d.entry, "paper-behalf-save": d.entrySave, "paper-behalf-validate": d.behalfValidate,
	}
}

const nb = french.NoBreak

// view is every page of this package: parts that are empty are not drawn.
type view struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Done    string
	Notices []ui.Alert
	Facts   [][2]string
	Links   []ui.Link
	Texts   []string
	Tables  []titled
	Forms   []formView
	Pager   ui.Pager
	Foot    ui.Source
}

type titled struct {
	ID, Title, Lead string
	Table           ui.Table
	Empty           string
}

type formView struct {
	ID, Title, Action, Submit, Lead string
	Fields                          []ui.Field
	Hidden                          [][2]string
	Files                           bool
}

func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, v view, trail ...ui.Link) error {
	if v.Done == "" && r.URL.Query().Get("fait") == "1" {
		v.Done = "C’est enregistré"
	}
	page := d.Shell.Page(r, v.Heading.Title, strings.Join(append([]string{v.Heading.Title}, v.Heading.Scope...), ", ")+".", trail...)
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, onePage(v))
}

// beside reports whether an error belongs beside a form, which comes back filled.
func beside(err error) bool {
	switch apperr.KindOf(err) {
	case apperr.Invalid, apperr.Forbidden, apperr.Conflict, apperr.TooLarge:
		return err != nil
	}
	return false
}

func typed(r *http.Request, name string) string { return shell.Clean(r.PostFormValue(name)) }

var errUnknown = apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")

// place is the region of an address, the COP of its cycle and its campaign.
type place struct {
	territory.Region
	tree     *territory.Tree
	cop      cop.COP
	campaign survey.Campaign
	has      bool
	path     string
}

func (x place) base() string { return x.path + "/bureau/questionnaire" }

// at is the place of a page of those who work for a region.
func (d Deps) at(r *http.Request) (x place, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	x.tree = m.Tree()
	if x.Region, err = x.tree.RegionBySlug(r.PathValue("slug")); err != nil {
		return x, errUnknown
	}
	cycle := cop.First
	x.path = "/regions/" + x.Slug
	if c := r.PathValue("cycle"); c != "" {
		cycle = c
		x.path += "/cycles/" + c
	}
	if x.cop, err = cop.FindIn(r.Context(), d.Q, cycle, "region:"+x.Code); err != nil {
		return x, err
	}
	x.campaign, err = survey.CampaignOf(r.Context(), d.Q, x.cop.ID)
	x.has = err == nil
	if err != nil && apperr.KindOf(err) == apperr.NotFound {
		err = nil
	}
	return x, err
}

// departments of the region over which an actor may do something to responses; all
// says that they may over the whole of it.
func (x place) departments(a policy.Actor, v policy.Verb) (all bool, codes []string) {
	if policy.Can(a, v, policy.Thing{Kind: policy.Response, COPs: []string{x.cop.ID}}) {
		return true, nil
	}
	for _, dept := range x.tree.Departments() {
		if dept.Region == x.Code && policy.Can(a, v, policy.Thing{Kind: policy.Response, Department: dept.Code}) {
			codes = append(codes, dept.Code)
		}
	}
	return false, codes
}

func (x place) tabs(here string) []ui.Link {
	out := []ui.Link{{Label: "Bureau", Href: x.path + "/bureau"}, {Label: "Suivi", Href: x.base()}, {Label: "Formulaires", Href: x.base() + "/formulaires"}, {Label: "Exports", Href: x.base() + "/exports"}}
	for i := range out {
		out[i].Current = out[i].Href == here
	}
	return out
}

func (x place) trail(more ...ui.Link) []ui.Link {
	return wording.RegionTrail(x.Region, append([]ui.Link{{Label: "Questionnaire", Href: x.base()}}, more...)...)
}

// cookieName holds the seats that a browser has taken: that of the pages where one
// answers.
const cookieName = "jalon_sieges"

// table is a response and whoever works on it.
type table struct {
	survey.Response
	seat survey.Seat
	team bool // works for the COP, not for the authority
	path string
}

// seated is the response of an address, for those who answer for it or work for
// its COP. Nobody else knows it.
func (d Deps) seated(r *http.Request) (t table, err error) {
	if t.Response, err = survey.FindResponse(r.Context(), d.Q, r.PathValue("id")); err != nil {
		return t, err
	}
	t.path = "/reponses/" + t.ID
	cookie := ""
	if c, err := r.Cookie(cookieName); err == nil {
		cookie = c.Value
	}
	who := shell.Of(r)
	if t.seat, err = d.Room.SeatAt(r.Context(), d.Q, cookie, who.Actor, who.Name, t.Response); err == nil {
		return t, nil
	}
	if policy.Can(who.Actor, policy.Create, t.Thing()) {
		t.team, t.seat = true, survey.TeamSeat(who.Actor, t.Response)
		return t, nil
	}
	return t, err
}

// forTeam is seated, for those who work for the COP alone.
func (d Deps) forTeam(r *http.Request) (t table, err error) {
	if t.Response, err = survey.FindResponse(r.Context(), d.Q, r.PathValue("id")); err != nil {
		return t, err
	}
	t.path = "/reponses/" + t.ID
	a := shell.Actor(r)
	if !policy.Can(a, policy.Create, t.Thing()) {
		return t, errUnknown
	}
	t.team, t.seat = true, survey.TeamSeat(a, t.Response)
	return t, nil
}

func (t table) trail(more ...ui.Link) []ui.Link {
	if t.team {
		return append([]ui.Link{{Label: "Réponse papier", Href: t.path + "/papier"}}, more...)
	}
	return append([]ui.Link{{Label: "Ma réponse", Href: t.path}}, more...)
}
