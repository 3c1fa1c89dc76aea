// Package updates serves the rounds of updates of the team, and the short form by which
// a holder says where an action stands.
package updates

import (
	"context"
	"net/http"
	"time"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/followup"
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
	Room  *followup.Room
	// PersonName names accounts.
	PersonName func(ctx context.Context, ids []string) (map[string]string, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"followup-desk": d.desk, "followup-round-add": d.add, "followup-round": d.round, "followup-round-act": d.act, "followup-rules": d.rules, "followup-rules-save": d.rulesSave,
		"followup-alerts": d.alerts, "followup-alert-answer": d.alertAnswer,
		"point": d.point, "point-one": d.pointOne, "point-send": d.pointSend, "update": d.own, "update-say": d.ownSay, "update-file": d.file,
	}
}

const nb = french.NoBreak

// where is the COP that an address speaks of.
type where struct {
	region territory.Region
	cop    cop.COP
	all    []cop.COP // of the region, one each cycle
	model  *panorama.Model
}

// of is the region of a slug, with its COP, for who may do a verb to its follow-up.
func (d Deps) of(r *http.Request, v policy.Verb) (x where, err error) {
	if x.model, err = d.Model(r.Context()); err != nil {
		return x, err
	}
	if x.region, err = x.model.Tree().RegionBySlug(r.PathValue("slug")); err != nil {
		return x, err
	}
	if x.cop, x.all, err = cop.Among(r.Context(), d.Q, x.region.Code, shell.Cycle(r)); err != nil {
		return x, err
	}
	return x, policy.Check(shell.Actor(r), v, x.cop.Thing(policy.FollowUp))
}

func (x where) lever(code string) string { return wording.LeverName(x.model.Framework(), code) }

// tabs are the pages of the follow-up at the desk of a COP, with the same one of the other
// COPs of the region.
func (x where) tabs(a policy.Actor, end string) ui.Pages {
	home := x.cop.Path()
	var out ui.Pages
	for _, t := range []ui.Link{{Label: wording.TabCOP, Href: home}, {Label: "Bureau", Href: home + "/bureau"}, {Label: "Tours de suivi", Href: x.path()}, {Label: "Alertes", Href: x.path() + "/alertes"}, {Label: "Réglages", Href: x.path() + "/reglages"}, {Label: "Revues annuelles", Href: x.path() + "/revues"}} {
		t.Current = t.Href == x.path()+end
		out.Tabs = append(out.Tabs, t)
	}
	return wording.InCycles(out, a, x.cop, x.all, "/bureau/suivi"+end)
}

func (x where) trail(last ...ui.Link) []ui.Link {
	desk := x.cop.Path() + "/bureau"
	return wording.COPTrail(x.cop, x.region, append([]ui.Link{{Label: "Bureau", Href: desk}, {Label: wording.TabFollowUp, Href: desk + "/suivi"}}, last...)...)
}

// named is an action as lists name it.
func named(x action.Action) string { return wording.ActionNumber(x.Seq) + " " + x.Title }
