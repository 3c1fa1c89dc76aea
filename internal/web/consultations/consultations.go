// Package consultations serves public consultations on a draft.
package consultations

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/consultation"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
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

// about says which document a text is a draft of, and what became of it; at the desk it
// leads to the draft besides. It is nil for a text of its own.
func (d Deps) about(r *http.Request, p place, x consultation.Consultation, desk bool) (*ui.Alert, error) {
	a, ok, err := roadmap.AboutOf(r.Context(), d.Q, x)
	if err != nil || !ok {
		return nil, err
	}
	k, page := a.Document.Kind, p.c.Path()+a.Document.Kind.Path(a.Document.Term)
	words := k.Words()
	edition := func(e composition.Edition) string { return "édition n°" + nb + french.Integer(e.Seq) }
	read := func(e composition.Edition) ui.Link {
		return ui.Link{Label: "Lire l’" + edition(e), Href: page + "/editions/" + strconv.FormatInt(e.Seq, 10)}
	}
	out := &ui.Alert{State: "info", Title: "Ce texte est le projet " + words.Of + ", tel qu’il était le " + french.Date(x.At.In(p.c.Location()))}
	switch {
	case a.After != nil && a.After.Retired():
		out.Text = "Il a mené à l’" + edition(*a.After) + ", adoptée le " + french.Day(a.After.PublishedOn) + " et retirée depuis."
		out.Links = append(out.Links, read(*a.After))
	case a.After != nil:
		out.Text = "Il a mené à l’" + edition(*a.After) + ", que les deux têtes de la COP ont adoptée le " + french.Day(a.After.PublishedOn) + "."
		out.Links = append(out.Links, read(*a.After))
	case a.Before != nil:
		out.Text = "Il prépare l’édition qui suivra l’" + edition(*a.Before) + ", adoptée le " + french.Day(a.Before.PublishedOn) + "."
		out.Links = append(out.Links, read(*a.Before))
	default:
		out.Text = "Il prépare la première édition\u00a0: rien n’est encore adopté."
		out.Links = append(out.Links, ui.Link{Label: french.Upper(words.The) + " de la région", Href: page})
	}
	if desk {
		out.Links = append(out.Links, ui.Link{Label: "Le projet, au bureau", Href: p.c.Path() + "/bureau" + k.Path(a.Document.Term)})
	}
	return out, nil
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
