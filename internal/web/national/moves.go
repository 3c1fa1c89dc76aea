package national

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

type movesView struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Fields  []ui.Field
	Notices []ui.Alert
	Regions []movement
	Still   string
	Empty   *ui.Empty
	Foot    ui.Source
}

type movement struct {
	Anchor, Name, Href string
	Events             []string
	Changes            []ui.Row
	Table              ui.Table
}

// summary is what moved in a region, in a few words.
func summary(m national.Movement) string {
	var parts []string
	if n := len(m.Events); n > 0 {
		parts = append(parts, strconv.Itoa(n)+nb+french.Plural(n, "événement", "événements"))
	}
	if n := len(m.Changes); n > 0 {
		parts = append(parts, strconv.Itoa(n)+nb+french.Plural(n, "chiffre qui a changé", "chiffres qui ont changé"))
	}
	return strings.Join(parts, ", ")
}

func (d Deps) moves(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	to, err := d.Room.CheckDay(q.Get("au"))
	if err != nil {
		return err
	}
	// The day of every other link of the page is the second one.
	q.Set("jour", to)
	r.URL.RawQuery = q.Encode()
	a, err := d.read(r)
	if err != nil {
		return err
	}
	from := q.Get("du")
	if from == "" {
		last, err := d.Room.Visit(r.Context(), shell.Of(r).Account)
		if err != nil {
			return err
		}
		if from = d.Room.Since(last); from >= to {
			from = ""
		}
	}
	if from == "" {
		return apperr.Invalidf("Donnez deux dates, la première avant la seconde.")
	}
	if from, err = d.Room.CheckDay(from); err != nil {
		return err
	}
	m, err := d.Room.Moved(r.Context(), d.Q, a.Cycle, from, to)
	if err != nil {
		return err
	}
	v := movesView{Tabs: a.tabs("/mouvements"), Fields: append([]ui.Field{{ID: "du", Label: "Du", Type: "date", Value: from, Required: true}, {ID: "au", Label: "Au", Type: "date", Value: to, Required: true}}, a.cycleField()...)}
	for _, b := range []national.Board{m.From, m.To} {
		if n := notice(b); n != nil {
			n.Title = "Au " + french.Day(b.Day) + nb + ": " + strings.ToLower(n.Title[:1]) + n.Title[1:]
			v.Notices = append(v.Notices, *n)
		}
	}
	var still []string
	by := map[string]national.Movement{}
	for _, x := range m.Regions {
		by[x.COP.ID] = x
	}
	for _, c := range a.ordered(m.To.COPs) {
		x := by[c.ID]
		if x.Still() {
			still = append(still, a.names[c.Region])
			continue
		}
		y := movement{Anchor: "r-" + c.Region, Name: a.names[c.Region], Href: "/regions/" + c.Slug}
		for _, e := range x.Events {
			text := e.Stage.Name() + ", " + e.Mark.Name() + nb + ": " + e.Date()
			if e.Day <= from {
				text += ", su le " + french.Day(e.KnownOn)
			}
			if e.Source != "" {
				text += " (" + e.Source + ")"
			}
			y.Events = append(y.Events, text)
		}
		if len(x.Changes) > 0 {
			y.Table = ui.Table{ID: "t-" + c.Region, Caption: "Ce qui a changé, " + y.Name, CaptionHidden: true, Columns: []ui.Column{{Label: "Indicateur"}, {Label: french.Day(from), Number: true}, {Label: french.Day(to), Number: true}}}
			for _, k := range x.Changes {
				after := ui.Cell{Text: k.Metric.Show(k.After)}
				if n, ok := k.By(); ok {
					if after.Sub = french.Integer(n); n > 0 {
						after.Sub = "+" + after.Sub
					}
				}
				before := ui.Cell{Text: k.Metric.Show(k.Before)}
				if !k.Before.Known {
					before = ui.Cell{Missing: k.Before.Reason}
				}
				y.Table.Rows = append(y.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: k.Metric.Name, Href: a.metricPath(k.Metric.Key)}, before, after}})
			}
		}
		v.Regions = append(v.Regions, y)
	}
	title := "Du " + french.Day(from) + " au " + french.Day(to) + nb + ": " + strconv.Itoa(len(v.Regions)) + nb + french.Plural(len(v.Regions), "région a bougé", "régions ont bougé")
	if len(v.Regions) == 0 {
		title = "Du " + french.Day(from) + " au " + french.Day(to) + nb + ": rien n’a bougé"
		v.Empty = &ui.Empty{Title: "Rien n’a bougé entre ces deux dates", Text: "Aucun événement daté, et aucun chiffre n’a changé. Élargissez la période.",
			Action: ui.Link{Label: "Depuis le point d’étape de mai 2024", Href: "/national/mouvements?du=2024-05-27&au=" + to + "&cycle=" + url.QueryEscape(a.Cycle)}}
	} else if len(still) > 0 {
		v.Still = "Rien n’a bougé\u00a0: " + french.List(still) + "."
	}
	v.Heading = ui.Heading{Overline: "Ce qui a bougé", Title: title, Scope: []string{"cycle " + a.Cycle, "un événement appris depuis compte comme un mouvement", "les jours qui passent n’en sont pas un"}}
	v.Foot = ui.Source{Text: "événements datés, et tableau national aux deux dates.", Print: true}
	return d.Shell.Render(w, r, d.page(r, title, ui.Link{Label: "Ce qui a bougé"}), movesPage(v))
}
