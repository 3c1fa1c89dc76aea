package registers

import (
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"jalon/internal/action"
	"jalon/internal/french"
	"jalon/internal/web/sections"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// mostDrawn is how many actions the calendar draws.
const mostDrawn = 200

// The drawing of the calendar: one line for each action, names on the left.
const (
	nameWidth  = 360
	yearWidth  = 80
	lineHeight = 26
	headHeight = 28
)

// span is an action in the calendar, in the drawing's own units.
type span struct {
	Name, Href, Title, Class string
	X, Y, W                  int
	Open                     bool // its end is not said
}

// gantt is the drawing: years in columns, actions in lines.
type gantt struct {
	Width, Height int
	Years         []tick
	Now           int
	Spans         []span
}

type tick struct {
	X    int
	Year string
}

// draw places actions between the first and the last year that they name.
func draw(rows []action.Row, now time.Time) (g gantt) {
	first, last := now.Year(), now.Year()+1
	for _, a := range rows {
		if a.First > 0 {
			first = min(first, a.First)
		}
		last = max(last, a.Last, a.First)
	}
	first, last = max(first, now.Year()-6), min(last, now.Year()+14)
	at := func(day string, end bool) int {
		return nameWidth + int(float64(yearWidth)*(yearOf(day, end)-float64(first)))
	}
	g.Width = nameWidth + yearWidth*(last-first+1)
	clamp := func(x int) int { return min(max(x, nameWidth), g.Width) }
	for y := first; y <= last; y++ {
		g.Years = append(g.Years, tick{nameWidth + yearWidth*(y-first), strconv.Itoa(y)})
	}
	g.Now = clamp(nameWidth + int(float64(yearWidth)*(float64(now.Year()-first)+float64(now.YearDay())/366)))
	for i, a := range rows {
		s := span{Name: named(a), Href: wording.ActionPath(a.ID), Y: headHeight + i*lineHeight, Class: "gantt-" + a.Status}
		from, to := clamp(at(a.Starts, false)), g.Width
		if a.Ends != "" {
			to = clamp(at(a.Ends, true))
		} else {
			s.Open = true
		}
		s.X, s.W = from, max(4, to-from)
		s.Title = a.Title + nb + ": " + words(a)
		g.Spans = append(g.Spans, s)
	}
	g.Height = headHeight + len(rows)*lineHeight
	return g
}

// named is an action on the left of its line, with its status when a bar alone would
// not tell it.
func named(a action.Row) string {
	switch a.Status {
	case "late", "blocked", "paused", "abandoned", "done":
		return wording.Clip(a.Title, 32) + " (" + action.Named(action.Statuses(), a.Status) + ")"
	}
	return wording.Clip(a.Title, 46)
}

// yearOf reads a year, a month or a day as a number of years; end takes its last day.
func yearOf(day string, end bool) float64 {
	step := 1.0
	year, _ := strconv.Atoi(day[:min(4, len(day))])
	v := float64(year)
	if len(day) >= 7 {
		month, _ := strconv.Atoi(day[5:7])
		v, step = v+float64(month-1)/12, 1.0/12
	}
	if len(day) >= 10 {
		n, _ := strconv.Atoi(day[8:10])
		v, step = v+float64(n-1)/365, 1.0/365
	}
	if end {
		v += step
	}
	return v
}

// words is the calendar of an action and where it is.
func words(a action.Row) string {
	text := french.When(a.Starts)
	if a.Ends != "" {
		text += " à " + french.When(a.Ends)
	} else {
		text += ", fin non précisée"
	}
	if a.Status != "" {
		text += ", " + action.Named(action.Statuses(), a.Status)
	}
	return text
}

// calendar is the register in time.
func (d Deps) calendar(w http.ResponseWriter, r *http.Request) error {
	x, err := d.at(r)
	if err != nil {
		return err
	}
	f, err := x.filter()
	if err != nil {
		return err
	}
	f.Order = action.ByStart
	page, err := d.Room.List(r.Context(), d.Q, shell.Actor(r), f, "", mostDrawn)
	if err != nil {
		return err
	}
	dated := datedOf(page.Rows)
	v := sections.View{Heading: ui.Heading{Overline: x.cop.Name + ", registre des actions", Title: french.Integer(len(dated)) + nb + french.Plural(len(dated), "action datée", "actions datées") + " sur " + french.Integer(page.Total), Scope: []string{"dans l’ordre de leur début"}}, Tabs: x.tabs(wording.RegisterCalendar)}
	v.Parts = append(v.Parts, sections.Part{ID: "filtrer", Fold: "Filtrer", Forms: []sections.Form{x.filterForm(x.desk() + "/calendrier")}})
	part := sections.Part{ID: "calendrier", Title: "Le calendrier"}
	if len(dated) == 0 {
		part.Empty = ui.Empty{Title: "Aucune de ces actions n’a de dates", Text: "Le calendrier se remplit quand une action dit quand elle commence."}
		v.Parts = append(v.Parts, part)
		return d.show(w, r, http.StatusOK, x, v, "Calendrier des actions")
	}
	if int64(len(page.Rows)) < page.Total || page.More {
		part.Lead = "Les " + french.Integer(len(page.Rows)) + " premières sont dessinées\u00a0: filtrez pour voir les autres."
	}
	body, t := InTime(page.Rows, d.Now())
	part.Bodies, part.Tables = []templ.Component{body}, []ui.Table{t}
	v.Parts = append(v.Parts, part)
	return d.show(w, r, http.StatusOK, x, v, "Calendrier des actions")
}

func box(g gantt) string { return "0 0 " + strconv.Itoa(g.Width) + " " + strconv.Itoa(g.Height) }

// said is what the drawing shows, for who does not see it.
func said(g gantt) string {
	return french.Integer(len(g.Spans)) + nb + french.Plural(len(g.Spans), "action", "actions") + " entre " + g.Years[0].Year + " et " + g.Years[len(g.Years)-1].Year + ". Le trait vertical est aujourd’hui. Le tableau dit la même chose."
}

func datedOf(rows []action.Row) (dated []action.Row) {
	for _, a := range rows {
		if a.First > 0 {
			dated = append(dated, a)
		}
	}
	return dated
}

// InTime draws the actions that say when they begin, and says the same in a table; nil
// when none does. Its page has the style of the register.
func InTime(rows []action.Row, now time.Time) (templ.Component, ui.Table) {
	dated := datedOf(rows)
	if len(dated) == 0 {
		return nil, ui.Table{}
	}
	t := ui.Table{ID: "calendrier-tableau", Caption: "Calendrier des actions", Stack: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Début"}, {Label: "Fin"}, {Label: "Statut"}}}
	for _, a := range dated {
		end := ui.Cell{Missing: "La fin n’est pas précisée."}
		if a.Ends != "" {
			end = ui.Cell{Text: french.When(a.Ends)}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: a.Title, Href: wording.ActionPath(a.ID), Sub: number(a.Seq)}, {Text: french.When(a.Starts)}, end, {Text: action.Named(action.Statuses(), a.Status)}}})
	}
	return drawing(draw(dated, now)), t
}
