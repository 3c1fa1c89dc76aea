// Package national serves the national board: where the 18 COPs stand on any
// day, what each figure counts and leaves out, what moved, and the figures that
// were declared before Jalon counted any. It knows no metric by name but those
// that its findings need: the registry gives the rest.
package national

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/national"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Room  *national.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{
		"board": d.board, "board-csv": d.boardCSV, "board-moves": d.moves, "board-timeline": d.timeline,
		"metrics": d.metrics, "metric": d.metric, "metric-csv": d.metricCSV,
		"declared": d.declared, "declared-add": d.declare, "declared-one": d.declaredOne, "declared-save": d.supersede,
	}
}

const nb = french.NoBreak

// asked is what every page of the board is asked for: a cycle and a day.
type asked struct {
	Cycle, Day string
	Cycles     []cop.Cycle
	Tree       *territory.Tree
	names      map[string]string // of regions, by code
	rank       map[string]int    // order of every list of regions
	obstacles  bool              // the reader also reads what the regions sent up
	measures   bool              // and writes what helps each lever
	journal    bool              // and who did what
}

// read judges who asks, then reads what for.
func (d Deps) read(r *http.Request) (a asked, err error) {
	if err := national.MayRead(shell.Actor(r)); err != nil {
		return a, err
	}
	a.journal = policy.Can(shell.Actor(r), policy.Read, policy.Thing{Kind: policy.Journal})
	a.obstacles = policy.Can(shell.Actor(r), policy.Export, knowledge.National())
	a.measures = policy.Can(shell.Actor(r), policy.Edit, policy.Thing{Kind: policy.Measure})
	q := r.URL.Query()
	if a.Day, err = d.Room.CheckDay(q.Get("jour")); err != nil {
		return a, err
	}
	if a.Cycles, err = cop.OpenedCycles(r.Context(), d.Q); err != nil {
		return a, err
	}
	a.Cycle = q.Get("cycle")
	if a.Cycle == "" {
		a.Cycle = cop.First
	}
	if !slices.ContainsFunc(a.Cycles, func(c cop.Cycle) bool { return c.Code == a.Cycle }) {
		return a, apperr.NotFoundf("Ce cycle n’existe pas, ou aucune COP n’y est ouverte.")
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return a, err
	}
	a.Tree, a.names, a.rank = m.Tree(), map[string]string{}, map[string]int{}
	for i, x := range a.Tree.Regions() {
		a.names[x.Code], a.rank[x.Code] = x.Name, i
	}
	return a, nil
}

// ordered puts COPs in the order of every list of regions.
func (a asked) ordered(cops []cop.COP) []cop.COP {
	out := slices.Clone(cops)
	slices.SortStableFunc(out, func(x, y cop.COP) int { return a.rank[x.Region] - a.rank[y.Region] })
	return out
}

// cycleField lets the reader choose among the cycles that have COPs; there is
// nothing to choose among one.
func (a asked) cycleField() []ui.Field {
	if len(a.Cycles) < 2 {
		return nil
	}
	f := ui.Field{ID: "cycle", Label: "Cycle", Type: "select", Required: true}
	for _, c := range a.Cycles {
		f.Options = append(f.Options, ui.Option{Value: c.Code, Label: c.Name, Selected: c.Code == a.Cycle})
	}
	return []ui.Field{f}
}

// query is the address of what is asked, with more: name, value, name, value.
func (a asked) query(more ...string) string {
	v := url.Values{}
	v.Set("jour", a.Day)
	if a.Cycle != cop.First {
		v.Set("cycle", a.Cycle)
	}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			v.Set(more[i], more[i+1])
		}
	}
	return "?" + v.Encode()
}

func (a asked) metricPath(key string) string { return "/national/indicateurs/" + key + a.query() }

// tabs are the pages of the board.
func (a asked) tabs(current string) []ui.Link {
	var out []ui.Link
	for _, t := range [][2]string{{"Tableau", ""}, {"Ce qui a bougé", "/mouvements"}, {"Frise", "/frise"}, {"Indicateurs", "/indicateurs"}, {"Chiffres déclarés", "/chiffres-declares"}, {"Documents", "/documents"}, {"Objectifs", "/objectifs"}, {"Actions", "/actions"}, {"Thèmes prioritaires", "/themes"}} {
		query := a.query()
		if t[1] == "/mouvements" || t[1] == "/chiffres-declares" {
			query = ""
			if a.Cycle != cop.First && t[1] == "/mouvements" {
				query = "?cycle=" + url.QueryEscape(a.Cycle)
			}
		}
		out = append(out, ui.Link{Label: t[0], Href: "/national" + t[1] + query, Current: t[1] == current})
	}
	adapted := "/national/adaptation"
	if a.Cycle != cop.First {
		adapted += "?cycle=" + url.QueryEscape(a.Cycle)
	}
	out = append(out, ui.Link{Label: "Adaptation", Href: adapted})
	if a.obstacles {
		out = append(out, ui.Link{Label: "Freins", Href: "/national/freins"})
	}
	if a.measures {
		out = append(out, ui.Link{Label: "Actions et aides par levier", Href: "/national/mesures"})
	}
	if a.journal {
		out = append(out, ui.Link{Label: "Journal", Href: "/national/journal"})
	}
	return out
}

// page is the frame of a page that only some may read.
func (d Deps) page(r *http.Request, title string, trail ...ui.Link) ui.Page {
	p := d.Shell.Page(r, title, "", append([]ui.Link{{Label: "France", Href: "/france/panorama"}, {Label: "Tableau national", Href: "/national"}}, trail...)...)
	p.NoIndex, p.Canonical = true, ""
	return p
}

// notice says what a past day is told from, and what it therefore lacks.
func notice(b national.Board) *ui.Alert {
	switch {
	case b.Before && b.First == "":
		return &ui.Alert{State: "info", Title: "Cette date n’est connue que par des faits datés",
			Text: "Aucun relevé de nuit n’existe encore. Les étapes et les réunions se lisent à leur date\u00a0; les autres indicateurs restent sans chiffre."}
	case b.Before:
		return &ui.Alert{State: "info", Title: "Cette date n’est connue que par des faits datés",
			Text: "Elle précède le premier relevé de nuit, du " + french.Day(b.First) + ". Les étapes et les réunions se lisent à leur date\u00a0; les autres indicateurs restent sans chiffre."}
	case b.Missed:
		return &ui.Alert{State: "warning", Title: "Le relevé de cette nuit a été manqué",
			Text: "Ce qui porte une date est recalculé. Les indicateurs qui ne se recalculent pas après coup restent sans chiffre."}
	}
	return nil
}

// cell is a value of a metric as a table shows it.
func (a asked) cell(m national.Metric, v national.Value, name string) ui.Cell {
	if !v.Known {
		return ui.Cell{Missing: v.Reason, Sub: v.Note}
	}
	c := ui.Cell{Text: m.Show(v), Sub: v.Note}
	if m.Kind == national.Rate {
		c.Exact = french.Integer(v.N) + " sur " + french.Integer(v.Whole)
	}
	if name != "" {
		c.Explain, c.Name = a.metricPath(m.Key), m.Name+", "+name
	}
	return c
}

// total is the metric of the nation in words, with how many COPs it is of.
func total(m national.Metric, t national.Total) ui.Value {
	if !t.Known {
		return ui.Value{Missing: t.Reason}
	}
	return ui.Value{Text: m.Show(t.Value), Unit: m.UnitText(), Name: m.Name}
}

func over(t national.Total) string {
	n := t.COPs + t.Without
	switch {
	case t.COPs == 0:
		return "aucune COP n’a de chiffre"
	case t.Without == 0:
		return "sur " + strconv.Itoa(n) + nb + "COP"
	}
	return strconv.Itoa(t.COPs) + nb + french.Plural(t.COPs, "COP a", "COP ont") + " un chiffre, " + strconv.Itoa(t.Without) + nb + french.Plural(t.Without, "n’en a pas", "n’en ont pas")
}

// sendCSV writes a small data set as a file.
func sendCSV(w http.ResponseWriter, data exchange.Dataset) error {
	var body bytes.Buffer
	if _, err := exchange.WriteCSV(&body, data, ','); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+data.Name+`.csv"`)
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	_, err := w.Write(body.Bytes())
	return err
}

// csvValue is a value as a file holds it: nothing when it is missing.
func csvValue(m national.Metric, v national.Value) exchange.Datum {
	switch {
	case !v.Known:
		return exchange.Number("")
	case m.Kind == national.Step:
		return exchange.Text(cop.Stage(v.Text).Name())
	case m.Kind == national.Date:
		return exchange.Text(v.Text)
	case m.Kind == national.Rate:
		return exchange.Number(exchange.Fixed(100*float64(v.N)/float64(v.Whole), 2))
	}
	return exchange.Integer(v.N)
}

// column is the name of a metric as the head of a column of a file.
func column(m national.Metric) string {
	_, name, _ := strings.Cut(m.Key, "/")
	return strings.ReplaceAll(name, "-", "_")
}
