// Package coverages serves coverage: objective, done since 2019, expected from retained actions, still to find.
package coverages

import (
	"context"
	"net/http"
	"time"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell    *shell.Shell
	Model    func(ctx context.Context) (*panorama.Model, error)
	Q        db.Q
	Now      func() time.Time
	Room     *action.Room
	Coverage *coverage.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"coverage": d.region, "coverage-csv": d.regionCSV, "coverage-lever": d.lever, "coverage-lever-csv": d.leverCSV,
		"coverage-department": d.department, "coverage-department-csv": d.departmentCSV, "coverage-epci": d.group, "coverage-epci-csv": d.groupCSV, "coverage-nation": d.nation, "coverage-nation-csv": d.nationCSV,
		"nation-actions": d.register, "nation-actions-csv": d.registerCSV,
		"overlaps": d.overlaps, "overlap-settle": d.settle,
	}
}

const nb = "\u00a0"

// view is a page of coverage.
type view struct {
	Heading  ui.Heading
	Pages    ui.Pages
	Tabs     []ui.Link
	Notices  []ui.Alert
	Figures  []ui.KeyFigure
	Filters  []ui.Field
	FilterTo string
	Intro    []string
	Sections []section
	Foot     ui.Source
}

// section is one part of a page: sentences, a chart, a table, a list, forms.
type section struct {
	ID, Title string
	Lead      []string
	Chart     *ui.Stacks
	Table     ui.Table
	List      []string
	Links     []ui.Link
	Forms     []form
}

// form is what the team says of two actions.
type form struct {
	Title, Action string
	Hidden        [][2]string
	Fields        []ui.Field
	Submit        string
}

func (d Deps) show(w http.ResponseWriter, r *http.Request, v view, description string, trail ...ui.Link) error {
	page := d.Shell.Page(r, v.Heading.Title, description, trail...)
	return d.Shell.Render(w, r, page, coveragePage(v))
}
