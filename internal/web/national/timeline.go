package national

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/web/ui"
)

type timelineView struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Fields  []ui.Field
	Years   []tick
	Lanes   []lane
	Key     []stageKey
	Table   ui.Table
	Foot    ui.Source
}

// tick is the first of January of a year, where it stands in percent.
type tick struct{ At, Label string }

// lane is the line of a region.
type lane struct {
	Name, Href, Text string // Text says what the drawing shows
	Marks            []eventMark
}

// eventMark is an event on a lane.
type eventMark struct{ At, Class, Path, Title string }

// stageKey names a shape.
type stageKey struct{ Class, Path, Name string }

// shapes tell stages apart without colour: each its own outline, 12 units wide.
var shapes = map[cop.Stage]string{
	cop.Preparation: "M-6 0h12",
	cop.Launch:      "M0-6 6 6H-6z",
	cop.Diagnosis:   "M-5-5H5V5H-5z",
	cop.Debate:      "M0-7 7 0 0 7-7 0z",
	cop.Sharing:     "M-6-2h4v-4h4v4h4v4h-4v4h-4v-4h-4z",
	cop.Roadmap:     "M-5-6V6h2V1h8L2-2.500 5-6z",
	cop.Following:   "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
}

func (d Deps) timeline(w http.ResponseWriter, r *http.Request) error {
	a, err := d.read(r)
	if err != nil {
		return err
	}
	cops, err := cop.InCycle(r.Context(), d.Q, a.Cycle)
	if err != nil {
		return err
	}
	all, err := cop.EventsInCycle(r.Context(), d.Q, a.Cycle)
	if err != nil {
		return err
	}
	by := map[string][]cop.Event{}
	for _, e := range all {
		by[e.COP] = append(by[e.COP], e)
	}
	shown := map[string][]cop.Event{}
	first, count := a.Day, 0
	for id, events := range by {
		gone := cop.Corrected(events)
		for _, e := range events {
			if e.State == cop.Recorded && !gone[e.ID] && e.Mark != cop.Announced && e.Mark != cop.Noted && e.Day <= a.Day {
				shown[id] = append(shown[id], e)
				first = min(first, e.Day)
				count++
			}
		}
	}
	axis := newAxis(first, a.Day)
	v := timelineView{Tabs: a.tabs("/frise"), Fields: append([]ui.Field{{ID: "jour", Label: "Arrêter la frise à une date", Type: "date", Value: a.Day, Required: true}}, a.cycleField()...), Years: axis.years()}
	for _, s := range cop.Stages()[1:] {
		v.Key = append(v.Key, stageKey{Class: "ev ev-" + string(s), Path: shapes[s], Name: s.Name()})
	}
	v.Table = ui.Table{ID: "evenements", Caption: "Les événements datés, région par région", Columns: []ui.Column{{Label: "Région"}, {Label: "Date"}, {Label: "Étape"}, {Label: "Fait"}, {Label: "Source", Wide: true}}}
	without := 0
	for _, c := range a.ordered(cops) {
		name := a.names[c.Region]
		x := lane{Name: name, Href: "/regions/" + c.Slug}
		var said []string
		for _, e := range shown[c.ID] {
			text := e.Stage.Name() + ", " + e.Mark.Name() + nb + ": " + e.Date()
			said = append(said, text)
			x.Marks = append(x.Marks, eventMark{At: axis.at(e.Day), Class: "ev ev-" + string(e.Stage), Path: shapes[e.Stage], Title: name + nb + ": " + text})
			source := e.Source
			if source == "" {
				source = "équipe de la COP"
			}
			cell := ui.Cell{Text: source}
			if strings.HasPrefix(e.Evidence, "https://") {
				cell.Href = e.Evidence
			}
			v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: name, Href: x.Href}, {Text: e.Date()}, {Text: e.Stage.Name()}, {Text: e.Mark.Name()}, cell}})
		}
		if x.Text = name + nb + ": " + strings.Join(said, "\u00a0; "); len(said) == 0 {
			x.Text = name + nb + ": aucun événement daté"
			without++
		}
		v.Lanes = append(v.Lanes, x)
	}
	title := strconv.Itoa(count) + nb + french.Plural(count, "événement daté", "événements datés") + " dans " + strconv.Itoa(len(cops)-without) + nb + "régions au " + french.Day(a.Day)
	if without > 0 {
		title += ", aucun dans " + strconv.Itoa(without)
	}
	v.Heading = ui.Heading{Overline: "Frise des COP", Title: title, Scope: []string{"cycle " + a.Cycle, "ce qui est annoncé n’y est pas", "une date connue au mois près est placée au premier ou au dernier jour"}}
	v.Foot = ui.Source{Text: "événements nommés dans le tableau, chacun avec sa source.", Print: true}
	return d.Shell.Render(w, r, d.page(r, title, ui.Link{Label: "Frise"}), timelinePage(v))
}

// axis places days between the first event and the day asked, with room at both
// ends for a shape.
type axis struct{ from, to time.Time }

func newAxis(first, last string) axis {
	from, _ := time.Parse(time.DateOnly, first)
	to, _ := time.Parse(time.DateOnly, last)
	if !to.After(from) {
		from = to.AddDate(-1, 0, 0)
	}
	margin := to.Sub(from) / 20
	return axis{from.Add(-margin), to.Add(margin)}
}

func (x axis) place(t time.Time) string {
	return strconv.FormatFloat(100*float64(t.Sub(x.from))/float64(x.to.Sub(x.from)), 'f', 2, 64) + "%"
}

func (x axis) at(day string) string {
	t, _ := time.Parse(time.DateOnly, day)
	return x.place(t)
}

func (x axis) years() []tick {
	var out []tick
	for y := x.from.Year() + 1; y <= x.to.Year(); y++ {
		out = append(out, tick{At: x.place(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)), Label: strconv.Itoa(y)})
	}
	return out
}
