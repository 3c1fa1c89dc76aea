// Package consultations serves public consultations on a draft.
package consultations

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/consultation"
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
	Room  *consultation.Room
	// TrustedProxies are the front servers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"consultations": d.all, "consultation": d.one, "consultation-article": d.article, "consultation-amend": d.amend, "consultation-support": d.support, "consultation-changes": d.changes, "consultation-text": d.text,
		"consultation-csv": d.csv, "consultation-odt": d.odt,
		"consultation-desk": d.desk, "consultation-add": d.add, "consultation-edit": d.edit, "consultation-save": d.save, "consultation-judging": d.judging, "consultation-judge": d.judge,
	}
}

const nb = french.NoBreak

// place is the COP of the region of an address.
type place struct {
	c cop.COP
	g territory.Region
}

func (d Deps) place(r *http.Request) (x place, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	if x.g, err = m.Tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	x.c, _, err = cop.Among(r.Context(), d.Q, x.g.Code, shell.Cycle(r))
	return x, err
}

// read is the consultation of a public address, and the text that is read.
func (d Deps) read(r *http.Request) (p place, x consultation.Consultation, err error) {
	if p, err = d.place(r); err != nil {
		return p, x, err
	}
	x, err = consultation.Find(r.Context(), d.Q, policy.Actor{}, p.c, r.PathValue("id"))
	return p, x, err
}

func (d Deps) today(p place) string { return p.c.DayAt(d.Now()) }

func (d Deps) show(w http.ResponseWriter, r *http.Request, status int, p place, h ui.Heading, body templ.Component, last ...ui.Link) error {
	page := d.Shell.Page(r, h.Title, h.Lead, wording.COPTrail(p.c, p.g, last...)...)
	return d.Shell.RenderStatus(w, r, status, page, body)
}

// private draws a page of the team.
func (d Deps) private(w http.ResponseWriter, r *http.Request, status int, p place, h ui.Heading, body templ.Component, last ...ui.Link) error {
	page := d.Shell.Page(r, h.Title, "", wording.COPTrail(p.c, p.g, append([]ui.Link{{Label: "Bureau", Href: p.c.Path() + "/bureau"}}, last...)...)...)
	page.NoIndex, page.Canonical = true, ""
	return d.Shell.RenderStatus(w, r, status, page, body)
}

// phaseText says where a consultation stands.
func phaseText(x consultation.Consultation, today string) string {
	switch x.Phase(today) {
	case consultation.Draft:
		return "brouillon"
	case consultation.Coming:
		return "ouvre le " + french.Day(x.OpensOn)
	case consultation.Closed:
		return "close depuis le " + french.Day(x.ClosesOn)
	case consultation.Open:
	}
	return "ouverte jusqu’au " + french.Day(x.ClosesOn)
}

func counted(n int, one, many string) string {
	if n == 0 {
		return "aucun " + one
	}
	return french.Integer(n) + nb + french.Plural(n, one, many)
}
