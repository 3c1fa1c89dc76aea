// Package contributions serves what people contribute: the form, the lists, each
// page.
package contributions

import (
	"context"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/contribution"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
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
	Room  *contribution.Room
	// Trusted are the front servers whose X-Forwarded-For is believed.
	Trusted []netip.Prefix
	NewID   func() (string, error)
	// Secure asks browsers to give cookies back over TLS alone.
	Secure bool
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	all := map[string]shell.Handler{
		"contributions": d.list, "contributions-csv": d.csv, "contributions-csv-digest": d.csv, "contributions-json": d.json, "contributions-json-digest": d.json,
		"contributions-codebook": d.codebook, "contribution-new": d.blank, "contribution-leave": d.leave, "contribution-near": d.near, "contribution-thanks": d.thanks,
		"contribution": d.one, "contribution-support": d.support, "contribution-comment": d.comment, "contribution-file": d.file,
	}
	maps.Copy(all, themeHandlers(d))
	return all
}

const (
	nb      = french.NoBreak
	perPage = 25
)

// place is the region of an address and the COP where it speaks.
type place struct {
	territory.Region
	tree *territory.Tree
	fw   *framework.Framework
	cop  cop.COP
}

func (x place) base() string { return "/regions/" + x.Slug + "/contributions" }

func (d Deps) place(r *http.Request) (x place, err error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return x, err
	}
	x.tree, x.fw = m.Tree(), m.Framework()
	if x.Region, err = x.tree.RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	x.cop, err = cop.OfRegion(r.Context(), d.Q, x.Code)
	return x, err
}

// trail leads to the list, and on.
func (x place) trail(last ...ui.Link) []ui.Link {
	if len(last) == 0 {
		return wording.RegionTrail(x.Region, ui.Link{Label: "Contributions"})
	}
	return wording.RegionTrail(x.Region, append([]ui.Link{{Label: "Contributions", Href: x.base()}}, last...)...)
}

// levers are those that a region speaks of, by their code.
func (x place) levers() []ui.Option {
	version := framework.National
	if x.Overseas {
		version = framework.Overseas
	}
	var out []ui.Option
	for _, l := range x.fw.Levers(version) {
		out = append(out, ui.Option{Value: l.Code, Label: l.Name})
	}
	return out
}

func (x place) themes() []ui.Option {
	var out []ui.Option
	for _, t := range x.fw.Themes() {
		out = append(out, ui.Option{Value: string(t.Code), Label: t.Name})
	}
	return out
}

func (x place) themeName(code string) string {
	for _, o := range x.themes() {
		if o.Value == code {
			return o.Label
		}
	}
	return ""
}

// placeName names a territory that somebody speaks of.
func (x place) placeName(text string) string {
	ref, err := territory.ParseRef(text)
	if err != nil || ref.Scale == territory.RegionS {
		return "toute la région"
	}
	t, err := x.tree.Lookup(ref)
	if err != nil {
		return text
	}
	return t.Name
}

// choose marks the option that is chosen.
func choose(options []ui.Option, value string) []ui.Option {
	for i := range options {
		options[i].Selected = options[i].Value == value
	}
	return options
}

// with is the address of the page with one parameter changed, from its first page.
func with(path string, q url.Values, name, value string) string {
	out := url.Values{}
	for k, v := range q {
		if k != "suite" && k != "fait" && len(v) > 0 && v[0] != "" {
			out.Set(k, v[0])
		}
	}
	if value == "" {
		out.Del(name)
	} else {
		out.Set(name, value)
	}
	if len(out) == 0 {
		return path
	}
	return path + "?" + out.Encode()
}

// dayOf is a day where the COP is.
func (x place) dayOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return french.Day(x.cop.DayAt(at))
}

// delay is in how long what comes in is read.
func (d Deps) delay(r *http.Request, x place) (string, error) {
	if d.Room.Delay == nil {
		return contribution.DefaultDelay, nil
	}
	return d.Room.Delay(r.Context(), d.Q, x.cop)
}
