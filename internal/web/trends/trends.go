// Package trends serves what happens in a territory: every lever against the
// series that measures it, one indicator with its curve, and the panorama of
// biodiversity and resources beside that of emissions.
package trends

import (
	"context"
	"net/http"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

const nb = french.NoBreak

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Book  *series.Book
	Q     db.Q
	Now   func() time.Time
	// Own gives the targets that a territory has set itself, by lever; nil where
	// no room sets any.
	Own func(ctx context.Context, ref territory.Ref) (panorama.Own, error)
	// Aim gives what a region aims at on the axes that have no kt, with its source;
	// nil where no room lets it say so.
	Aim func(ctx context.Context, region territory.Ref) (Aim, error)
}

// Aim says what a region aims at for a subject, by the code of its lever or by its
// name, and who says so; both are empty when it said nothing.
type Aim func(lever, name string) (text, source string)

// Handlers are the pages of this folder, by route name.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"region-trends":     d.territory(regionRef, d.levers),
		"region-trend":      d.at(regionRef, d.one),
		"region-trend-csv":  d.at(regionRef, d.csv),
		"department-trends": d.territory(departmentRef, d.levers),
		"department-trend":  d.at(departmentRef, d.one),

		"department-trend-csv": d.at(departmentRef, d.csv),
		"region-nature":        d.territory(regionRef, d.nature),
	}
}

// place is the territory of an address with what is known of it.
type place struct {
	m        *panorama.Model
	p        panorama.Panorama
	base     string // «/regions/grand-est»
	curves   map[string]*series.Curve
	own      panorama.Own
	year     int
	trends   []panorama.LeverTrend
	measured int // of the territorial levers of 2026
	of       int
}

type reader func(m *panorama.Model, r *http.Request) (ref territory.Ref, base, canonical string, err error)

func regionRef(m *panorama.Model, r *http.Request) (territory.Ref, string, string, error) {
	slug := r.PathValue("slug")
	region, err := m.Tree().RegionBySlug(slug)
	if err != nil {
		if other, oerr := m.Tree().RegionBySlug(strings.ToLower(slug)); oerr == nil {
			return territory.Ref{}, "", "/regions/" + other.Slug, nil
		}
		if other, oerr := m.Tree().Region(slug); oerr == nil {
			return territory.Ref{}, "", "/regions/" + other.Slug, nil
		}
		return territory.Ref{}, "", "", err
	}
	return territory.Ref{Scale: territory.RegionS, Code: region.Code}, "/regions/" + region.Slug, "", nil
}

func departmentRef(m *panorama.Model, r *http.Request) (territory.Ref, string, string, error) {
	code := r.PathValue("code")
	dept, err := m.Tree().Dept(code)
	if err != nil {
		if other, oerr := m.Tree().Dept(strings.ToUpper(code)); oerr == nil {
			return territory.Ref{}, "", "/departements/" + other.Code, nil
		}
		return territory.Ref{}, "", "", err
	}
	return territory.Ref{Scale: territory.Department, Code: dept.Code}, "/departements/" + dept.Code, "", nil
}

// territory is at with every curve of the territory: one statement, whatever the
// base holds.
func (d Deps) territory(read reader, then func(w http.ResponseWriter, r *http.Request, t *place) error) shell.Handler {
	return d.at(read, func(w http.ResponseWriter, r *http.Request, t *place) (err error) {
		if t.curves, err = d.Book.Read(r.Context(), d.Q, t.p.Territory.Ref.String()); err != nil {
			return err
		}
		d.Book.Complete(t.curves)
		t.measured, t.of = t.m.Measured(d.Book, t.curves)
		return then(w, r, t)
	})
}

// at reads the territory of an address, and what it has set itself.
func (d Deps) at(read reader, then func(w http.ResponseWriter, r *http.Request, t *place) error) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx := r.Context()
		m, err := d.Model(ctx)
		if err != nil {
			return err
		}
		ref, base, canonical, err := read(m, r)
		if err != nil {
			return err
		}
		if canonical != "" {
			_, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
			_, rest, _ = strings.Cut(rest, "/")
			return shell.Moved(w, r, canonical+"/"+rest)
		}
		t := &place{m: m, base: base, year: d.Now().Year(), own: panorama.NoOwn}
		if t.p, err = m.Of(ref); err != nil {
			return err
		}
		if d.Own != nil {
			if t.own, err = d.Own(ctx, ref); err != nil {
				return err
			}
		}
		return then(w, r, t)
	}
}

// indicator is that of an address; one without value in the territory is said
// not to be there.
func (d Deps) indicator(r *http.Request, t *place) (*series.Curve, error) {
	ind, err := d.Book.Catalogue.Find(r.PathValue("indicateur"))
	if err != nil {
		return nil, err
	}
	c, err := d.Book.ReadOne(r.Context(), d.Q, ind, t.p.Territory.Ref.String())
	if err != nil {
		return nil, err
	}
	if c == nil || len(c.Points) == 0 {
		return nil, apperr.NotFoundf("Aucune valeur de «"+nb+"%s"+nb+"» n’est connue pour %s.", ind.Name, t.p.Territory.Name)
	}
	return c, nil
}

func (t *place) name() string { return t.p.Territory.Name }

func (t *place) region() bool { return t.p.Territory.Ref.Scale == territory.RegionS }

// tabs are the pages of the territory.
func (t *place) tabs(current string) ui.Pages { return wording.Tabs(t.m.Tree(), t.p, current) }

func (t *place) trail(last ...ui.Link) []ui.Link {
	return append(wording.Trail(t.m.Tree(), t.p.Territory), last...)
}

// page is the frame of a page of the territory.
func (d Deps) page(r *http.Request, t *place, title, description string, last ...ui.Link) ui.Page {
	return d.Shell.Page(r, title, description, t.trail(last...)...)
}

// mark is a verdict as a page shows it.
func mark(v series.Verdict) *ui.VerdictMark {
	state := string(v)
	if state == "" {
		state = "none"
	}
	return &ui.VerdictMark{State: state, Word: v.Label()}
}

// shown writes a value with three significant digits.
func shown(v float64) string { return french.Significant(v, 3) }

// exact writes a value with its unit as it is.
func exact(v float64, unit string) string { return french.Significant(v, 9) + nb + unit }

// signed writes a change, its sign always there.
func signed(v float64) string {
	s := shown(v)
	if v > 0 && s != "0" {
		return "+" + s
	}
	return s
}

// paceCell is a pace in a table, or why there is none.
func paceCell(p series.Pace, years int) ui.Cell {
	if !p.Known {
		return ui.Cell{Missing: "Pas de valeur " + map[int]string{1: "un an", 3: "trois ans"}[years] + " avant la dernière."}
	}
	return ui.Cell{Text: signed(p.PerYear), Exact: french.Significant(p.PerYear, 9)}
}

// points are those of a curve for a drawing.
func points(c *series.Curve) []ui.CurvePoint {
	var out []ui.CurvePoint
	for i, p := range c.Points {
		if i > 0 && p.Year-c.Points[i-1].Year > c.Indicator.Every {
			for y := c.Points[i-1].Year + 1; y < p.Year; y++ {
				out = append(out, ui.CurvePoint{Year: y, Missing: "Aucune valeur publiée pour cette année."})
			}
		}
		v := ui.CurvePoint{Year: p.Year, Value: p.Value, Text: shown(p.Value), Partial: p.Partial, Href: wording.FigurePath(series.Figure(c.Indicator.Code, c.Territory, p.Year))}
		if !p.Known {
			v.Missing = p.Reason
		}
		out = append(out, v)
	}
	return out
}

func themeName(fw *framework.Framework, code string) string {
	for _, t := range fw.Themes() {
		if string(t.Code) == code {
			return t.Name
		}
	}
	return ""
}
