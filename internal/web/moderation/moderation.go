// Package moderation serves the queue of moderators, the rules, reports and
// appeals.
package moderation

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/moderation"
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
	Room  *moderation.Room
	// TrustedProxies are the front servers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"moderation-desk": d.desk, "moderation-many": d.many, "moderation-one": d.one, "moderation-decide": d.decide,
		"moderation-appeal": d.appeal, "moderation-appeal-end": d.endAppeal, "moderation-settings": d.settings,
		"moderation-rules": d.rules, "moderation-stats": d.stats, "moderation-stats-csv": d.statsCSV,
		"post-report": d.report, "post-report-send": d.sendReport, "contribution-report": d.report, "contribution-report-send": d.sendReport,
		"decision-appeal": d.ownAppeal, "decision-appeal-send": d.sendAppeal}
}

const (
	nb      = french.NoBreak
	perPage = 50
)

// view is every page of this package: parts that are empty are not drawn.
type view struct {
	Heading ui.Heading
	Tabs    ui.Pages
	Views   []ui.Link
	Done    bool
	Notices []ui.Alert
	Queue   *queueView
	Parts   []part
	Foot    ui.Source
}

type part struct {
	ID, Title, Lead string
	Text            string // what somebody wrote, as they wrote it
	Spots           []moderation.Spot
	List            []string
	Terms           [][2]string // what, and what it means
	Figures         []ui.KeyFigure
	Tables          []ui.Table
	Links           []ui.Link
	Empty           ui.Empty
	Form            *formView
}

type formView struct {
	Action, Rev, Submit string
	Trap                bool // a field that robots alone fill
	Fields              []ui.Field
	Buttons             [][2]string // value of «do», label
}

// where is the COP of the region of an address.
type where struct {
	territory.Region
	cop cop.COP
}

func (x where) base() string { return "/regions/" + x.Slug }
func (x where) desk() string { return x.base() + "/bureau/moderation" }

// seen is the region of an address. Its COP is that of cop.OfRegion, as in every
// room of the debate.
func (d Deps) seen(r *http.Request) (x where, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	if x.Region, err = m.Tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	x.cop, err = cop.OfRegion(r.Context(), d.Q, x.Code)
	return x, err
}

// moderating is seen, for who moderates there.
func (d Deps) moderating(r *http.Request) (x where, err error) {
	if r.Method == http.MethodPost {
		if err := shell.ReadForm(r); err != nil {
			return x, err
		}
	}
	if x, err = d.seen(r); err != nil {
		return x, err
	}
	return x, policy.Check(shell.Actor(r), policy.Judge, x.cop.Thing(policy.Post))
}

func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, v view, private bool, trail ...ui.Link) error {
	v.Done = r.URL.Query().Get("fait") == "1"
	page := d.Shell.Page(r, v.Heading.Title, strings.Join(append([]string{v.Heading.Title}, v.Heading.Scope...), ", ")+".", trail...)
	if private {
		page.NoIndex, page.Canonical = true, ""
	}
	return d.Shell.RenderStatus(w, r, status, page, onePage(v))
}

func (x where) trail(last ...ui.Link) []ui.Link { return wording.RegionTrail(x.Region, last...) }

// deskTabs are the pages where the debate of a region is worked on.
func (x where) deskTabs(current string) ui.Pages {
	all := []ui.Link{{Label: wording.TabCOP, Href: x.base()}, {Label: "Bureau", Href: x.base() + "/bureau"}, {Label: "Modération", Href: x.desk()}, {Label: "Contributions à étudier", Href: x.base() + "/bureau/contributions"}}
	for i := range all {
		all[i].Current = all[i].Href == current
	}
	return ui.Pages{Tabs: all}
}

// name is how a colleague is called; of somebody who left, nothing is known.
func (d Deps) name(r *http.Request, id string) (string, error) {
	if id == "" {
		return "plusieurs lecteurs", nil
	}
	a, err := account.Find(r.Context(), d.Q, id)
	switch {
	case apperr.KindOf(err) == apperr.NotFound && err != nil:
		return "quelqu’un qui n’est plus là", nil
	case err != nil:
		return "", err
	case a.Name == "":
		return a.Email, nil
	}
	return a.Name, nil
}

// decided says what a decision was, by whom and when.
func (d Deps) decided(r *http.Request, c cop.COP, x moderation.Act) (string, error) {
	who, err := d.name(r, x.By)
	if err != nil {
		return "", err
	}
	at := x.At.In(c.Location())
	text := wording.Upper(x.Verb.Name()) + " par " + who + ", le " + french.Date(at) + " à " + at.Format("15:04")
	if reason := moderation.ReasonName(x.Reason); reason != "" && x.Verb != moderation.Publish {
		text += " (" + wording.Lower(reason) + ")"
	}
	return text + ".", nil
}

// quoted names a text in a sentence.
func quoted(p debate.Post) string {
	title := p.Title
	if title == "" {
		title = debate.Line(p.Text)
	}
	if title == "" {
		title = "texte effacé"
	}
	return "«" + nb + wording.Clip(title, 90) + nb + "»"
}

func reasonField(id, none, value string) ui.Field {
	f := ui.Field{ID: id, Name: "reason", Label: "Raison", Type: "select", Options: []ui.Option{{Label: none}}}
	for _, x := range moderation.Reasons() {
		f.Options = append(f.Options, ui.Option{Value: x.Code, Label: x.Name, Selected: x.Code == value})
	}
	return f
}

// waits says for how long a text has waited, in whole days.
func waits(since, now time.Time) string {
	switch n := int(now.Sub(since).Hours() / 24); {
	case n < 1:
		return "arrivé depuis moins d’un jour"
	default:
		return "attend depuis " + french.Integer(n) + nb + french.Plural(n, "jour", "jours")
	}
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

// capped is a count that stops at 1 000.
func capped(n int64) string {
	if n >= 1000 {
		return "1" + nb + "000 ou plus"
	}
	return french.Integer(n)
}
