// Package measures serves what helps a lever, step by step: the cartography that anyone
// reads, prints and takes away, and the desks where the nation and the regions write it.
package measures

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/support"
	"jalon/internal/territory"
	"jalon/internal/web/sections"
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
	Room  *support.Room
	// Share says under which levers the content of a lever is kept.
	Share func(ctx context.Context) (support.Sharing, error)
	// Aids lists the aids that serve some levers, with the steps they serve, those of
	// other regions left out.
	Aids func(ctx context.Context, levers []string, region string) ([]AidLine, error)
}

// AidLine is an aid set against the steps that it serves.
type AidLine struct {
	ID, Name, Holder, Types string
	Steps                   []string // of action.Steps
	Levers                  []string // those asked for that it serves
	Href                    string   // its page, empty when there is none
	Link                    string   // where its holder or source speaks of it, empty when that was not read
	Checked                 string   // the day it was last seen
	Stale                   bool     // to be checked
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"measures": d.index, "measures-lever": d.lever, "measures-csv": d.csv, "measures-json": d.json,
		"measure-desk": d.desk, "measure-add": d.add, "measure-one": d.one, "measure-save": d.save,
		"measure-nation": d.desk, "measure-nation-add": d.add, "measure-nation-one": d.one, "measure-nation-save": d.save}
}

const nb = french.NoBreak

// title names these pages in trails.
const title = "Actions et aides par levier"

// cell is what is known of a lever at one step.
type cell struct {
	Step      string // code
	Name      string
	Aims      []support.Measure
	Actions   []support.Measure
	Aids      []AidLine
	Resources []support.Measure
}

// chart is the cartography of a lever.
type chart struct {
	Lever    framework.Lever
	Content  []framework.Lever // whose content it reads, when it is not its own
	Region   territory.Region  // whose own is added, empty when none was asked for
	Cells    []cell
	Oldest   string // day of the measure read again the longest ago
	Reviewed string // day of the last one read again
	Own      bool   // the region added something
	Written  bool   // somebody wrote something: what is empty was looked at
	Aided    bool
}

// chartOf reads the cartography of a lever: three statements, whatever there is.
func (d Deps) chartOf(r *http.Request) (c chart, m *panorama.Model, err error) {
	if m, err = d.Model(r.Context()); err != nil {
		return c, m, err
	}
	if c.Lever, err = m.Framework().Lever(r.PathValue("code")); err != nil {
		return c, m, err
	}
	if slug := shell.Clean(r.URL.Query().Get("region")); slug != "" {
		if c.Region, err = m.Tree().RegionBySlug(slug); err != nil {
			return c, m, err
		}
	}
	s, err := d.Share(r.Context())
	if err != nil {
		return c, m, err
	}
	levers := s.Of(c.Lever.Code)
	for _, code := range levers {
		if l, err := m.Framework().Lever(code); err == nil && code != c.Lever.Code {
			c.Content = append(c.Content, l)
		}
	}
	if !slices.Contains(levers, c.Lever.Code) {
		levers = append(levers, c.Lever.Code)
	}
	list, err := support.Of(r.Context(), d.Q, levers, c.Region.Code)
	if err != nil {
		return c, m, err
	}
	aids, err := d.Aids(r.Context(), levers, c.Region.Code)
	if err != nil {
		return c, m, err
	}
	c.Aided, c.Written = len(aids) > 0, len(list) > 0
	for _, step := range action.Steps() {
		x := cell{Step: step[0], Name: step[1]}
		for _, y := range list {
			if y.Step != step[0] {
				continue
			}
			c.Own = c.Own || y.Region != ""
			if c.Oldest == "" || y.Reviewed < c.Oldest {
				c.Oldest = y.Reviewed
			}
			c.Reviewed = max(c.Reviewed, y.Reviewed)
			switch y.Kind {
			case support.Aim:
				x.Aims = append(x.Aims, y)
			case support.Action:
				x.Actions = append(x.Actions, y)
			case support.Resource:
				x.Resources = append(x.Resources, y)
			}
		}
		for _, a := range aids {
			if slices.Contains(a.Steps, step[0]) {
				x.Aids = append(x.Aids, a)
			}
		}
		c.Cells = append(c.Cells, x)
	}
	return c, m, nil
}

// path is where the cartography of a lever is read, with that of a region when one is
// asked for.
func path(lever, slug string) string {
	if slug == "" {
		return wording.LeverPath(lever) + "/mesures"
	}
	return wording.LeverPath(lever) + "/mesures?region=" + slug
}

// wrongIn puts the message of an error beside its field.
func wrongIn(fields []ui.Field, err error) []ui.Alert {
	var f *support.Fault
	field := ""
	if errors.As(err, &f) {
		field = f.Field
	}
	return sections.Wrong(fields, field, err)
}

// noRegion is what a desk that no region has says of an address.
func noRegion() error {
	return apperr.NotFoundf("Cette mesure est d’une autre région, ou du niveau national.")
}
