package objectives

import (
	"cmp"
	"net/http"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/chart"
	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// across is a page that reads objectives from one scale to another.
type across struct {
	Heading  ui.Heading
	Tabs     ui.Pages
	Switch   []ui.Link
	Notices  []ui.Alert
	Figures  []ui.KeyFigure
	Empty    ui.Empty
	Filters  []ui.Field
	FilterTo string
	Hidden   [][2]string
	Sections []acrossSection
	Foot     ui.Source
}

type acrossSection struct {
	ID, Title string
	Lead      []string
	Map       *ui.Map
	Bars      *ui.Bars
	Table     ui.Table
	Apart     ui.Table // levers without a sum, folded under ApartOf
	ApartOf   string
	List      []string
	ListTitle string // folds the list under it
	More      ui.Link
}

// place is a COP as whoever asks may read its objectives.
type place struct {
	m      *panorama.Model
	region territory.Region
	cop    cop.COP
	actor  policy.Actor
	home   string // address of the COP, without the cycle where it is asked for beside it
	asked  string // cycle asked for beside the address, empty by default
	sees   func(objective.Objective) bool
	today  string
}

const sp = french.NoBreak

// at finds the COP of a region in the cycle that is asked for beside the address: the
// newest in which it shared an objective, else the first.
func (d Deps) at(r *http.Request, m *panorama.Model, region territory.Region) (x place, err error) {
	asked := r.URL.Query().Get("cycle")
	cycle := asked
	if cycle == "" {
		if cycle, err = objective.CycleOf(r.Context(), d.Q, region.Code); err != nil {
			return x, err
		}
	}
	return d.in(r, m, region, cycle, asked)
}

// in is the COP of a region in a cycle.
func (d Deps) in(r *http.Request, m *panorama.Model, region territory.Region, cycle, asked string) (x place, err error) {
	x = place{m: m, region: region, actor: shell.Actor(r), asked: asked, home: cop.RegionPath(region.Slug, cop.First)}
	if asked == "" {
		x.home = cop.RegionPath(region.Slug, cycle)
	}
	if x.cop, err = cop.FindIn(r.Context(), d.Q, cycle, "region:"+region.Code); err != nil {
		return x, err
	}
	x.sees = objective.Readable(x.cop, x.actor)
	x.today = d.Now().UTC().Format("2006-01-02")
	return x, nil
}

// named is the COP that an address names, that of the first cycle when it names none.
func (d Deps) named(r *http.Request) (place, error) {
	m, err := d.Model(r.Context())
	if err != nil {
		return place{}, err
	}
	region, err := m.Tree().RegionBySlug(r.PathValue("slug"))
	if err != nil {
		return place{}, err
	}
	if cycle := r.PathValue("cycle"); cycle != "" {
		return d.in(r, m, region, cycle, "")
	}
	asked := r.URL.Query().Get("cycle")
	return d.in(r, m, region, cmp.Or(asked, cop.First), asked)
}

func (x place) base() string { return x.home + "/objectifs/bouclage" }

// query keeps the cycle that was asked for; more is name, value.
func (x place) query(more ...string) string {
	q := ""
	add := func(name, value string) {
		if value == "" {
			return
		}
		if q == "" {
			q = "?"
		} else {
			q += "&"
		}
		q += name + "=" + value
	}
	add("cycle", x.asked)
	for i := 0; i+1 < len(more); i += 2 {
		add(more[i], more[i+1])
	}
	return q
}

// public tells that what a cell shows is what anyone reads.
func public(c objective.Cell) bool {
	return c.State == objective.Offered || c.State == objective.Shared
}

// notices say whether the page holds what only some may read.
func notices(private bool) []ui.Alert {
	if !private {
		return nil
	}
	return []ui.Alert{{State: "info", Title: "Cette page montre aussi ce qui est encore discuté", Text: "Ce qui est discuté est réservé à ceux qui y travaillent. Le public lit ici ce que les deux têtes ont partagé, et ailleurs ce que le panorama propose."}}
}

// amount is a mass in a column of kilotonnes.
func amount(a panorama.Amount, decimals int) ui.Cell {
	if !a.Known {
		return ui.Cell{Missing: a.Reason}
	}
	return ui.Cell{Text: french.Kt(int64(a.Kg), decimals), Exact: wording.Exact(a.Kg)}
}

// difference is a mass with its sign: a zero is said exactly.
func difference(a panorama.Amount, decimals int) ui.Cell {
	c := amount(a, decimals)
	switch {
	case !a.Known:
	case a.Kg == 0:
		c.Text = "0"
	case french.Kt(int64(a.Kg), decimals) == french.Kt(0, decimals) || french.Kt(int64(a.Kg), decimals) == "-"+french.Kt(0, decimals):
		if c.Text = wording.Mass(a.Kg); a.Kg > 0 {
			c.Text = "+" + c.Text
		}
	case a.Kg > 0:
		c.Text = "+" + c.Text
	}
	return c
}

// moved is what a territory brings to a gap: nothing, exactly, where its value is the
// indicative part.
func moved(c objective.Cell, decimals int) ui.Cell {
	switch {
	case c.Objective == nil && c.Read.Known:
		return ui.Cell{Text: "0"}
	case c.Objective == nil:
		return ui.Cell{Missing: c.Read.Reason}
	}
	return difference(c.Moved(), decimals)
}

// explained leads to the explanation of a figure that anyone may read; what is only
// discussed has none.
func explained(c ui.Cell, key, name string, may bool) ui.Cell {
	if may && c.Missing == "" {
		c.Explain, c.Name = wording.FigurePath(key), name
	}
	return c
}

// stateText is where a value stands, in a cell.
func stateText(c objective.Cell, region bool) ui.Cell {
	switch {
	case c.Objective == nil && !c.Read.Known:
		return ui.Cell{Text: "sans valeur"}
	case c.Objective == nil && region:
		return ui.Cell{Text: "proposé"}
	case c.Objective == nil:
		return ui.Cell{Text: "part indicative"}
	case c.On != "":
		return ui.Cell{Text: c.State.Name(), Sub: french.Day(c.On)}
	}
	return ui.Cell{Text: c.State.Name()}
}

func mark(c objective.Cell) ui.Mark {
	if c.Objective == nil && c.Estimated && c.Read.Known {
		return ui.Estimated
	}
	return ui.Plain
}

const mapClasses = 5

// spread is one value of a map of territories.
type spread struct {
	Code, Name, Href string
	Amount           panorama.Amount
	Mark             ui.Mark
}

// mapOf colours territories by what is read for them.
func mapOf(id, title, table string, departments bool, all []spread) *ui.Map {
	var values []float64
	for _, s := range all {
		if s.Amount.Known {
			values = append(values, s.Amount.Kg.Kt())
		}
	}
	if len(values) == 0 {
		return nil
	}
	breaks := chart.Classes(values, mapClasses)
	out := &ui.Map{ID: id, Title: title, Description: "Carte en cinq classes au plus, en kilotonnes. Le tableau donne chaque valeur.", Departments: departments, TableHref: "#" + table}
	for i, b := range breaks {
		if i == 0 {
			out.Legend = append(out.Legend, "jusqu’à "+french.Significant(b, 3)+sp+"kt")
			continue
		}
		out.Legend = append(out.Legend, "plus de "+french.Significant(breaks[i-1], 3)+" à "+french.Significant(b, 3)+sp+"kt")
	}
	out.ListTitle = "Les régions"
	if departments {
		out.ListTitle = "Les départements"
	}
	for _, s := range all {
		p := ui.Place{Code: s.Code, Name: s.Name, Href: s.Href, Missing: s.Amount.Reason, Mark: s.Mark}
		if s.Amount.Known {
			p.Text, p.Missing, p.Class = wording.Mass(s.Amount.Kg), "", chart.ClassOf(breaks, s.Amount.Kg.Kt())
		}
		out.Places = append(out.Places, p)
	}
	slices.SortFunc(out.Places, func(a, b ui.Place) int { return cmp.Compare(french.SortKey(a.Name), french.SortKey(b.Name)) })
	return out
}

func (d Deps) acrossPage(w http.ResponseWriter, r *http.Request, v across, private bool, trail ...ui.Link) error {
	page := d.Shell.Page(r, v.Heading.Title, v.Heading.Title+".", trail...)
	if private {
		page.NoIndex, page.Canonical = true, ""
	}
	return d.Shell.Render(w, r, page, acrossPage(v))
}

// kilotonnes is a mass as a file holds it: nothing when it is missing.
func kilotonnes(a panorama.Amount) exchange.Datum {
	if !a.Known {
		return exchange.Number("")
	}
	return exchange.Number(exchange.KgAsKt(int64(a.Kg)))
}

func unknownLever(code string) error {
	return apperr.NotFoundf("Aucun levier de ce territoire ne porte le code «\u00a0%s\u00a0».", code)
}
