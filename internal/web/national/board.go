package national

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

type boardView struct {
	Heading  ui.Heading
	Tabs     []ui.Link
	Notice   *ui.Alert
	Findings []finding
	More     string // how many others stall, and where to read them
	MoreHref string
	Moved    []line
	Since    string
	Figures  []ui.KeyFigure
	Filters  []ui.Field
	Columns  ui.Field
	Sort     string
	Order    string
	Table    ui.Table
	Empty    *ui.Empty
	Shown    string
	Declared ui.Table
	Map      ui.Map
	// Aims sum up what the COPs aim at together, live.
	Aims     []ui.KeyFigure
	AimsHref string
	Left     []definition
	Foot     ui.Source
}

// finding is a region that stalls, and on what.
type finding struct{ Name, Href, Text string }

// line is a region that moved.
type line struct{ Name, Href, Text string }

// definition is what a column counts and leaves out.
type definition struct{ Name, Href, Text, Out string }

const findingsShown = 5

func (d Deps) board(w http.ResponseWriter, r *http.Request) error {
	a, err := d.read(r)
	if err != nil {
		return err
	}
	c, err := d.choose(r)
	if err != nil {
		return err
	}
	b, err := d.Room.Read(r.Context(), d.Q, a.Cycle, a.Day)
	if err != nil {
		return err
	}
	stalled := b.Stalled(national.StalledAfter)
	v := boardView{Tabs: a.tabs(""), Notice: notice(b), Sort: c.sort}
	if c.down {
		v.Order = "decroissant"
	}
	title := "Aucune région n’est restée six mois sans événement daté"
	if n := len(stalled); n > 0 {
		title = strconv.Itoa(n) + nb + french.Plural(n, "région est", "régions sont") + " sans événement daté depuis six mois"
	}
	v.Heading = ui.Heading{Overline: "Tableau national des COP", Title: title, Scope: []string{"cycle " + a.Cycle, "au " + french.Day(a.Day), "réservé aux équipes"}}
	for _, f := range stalled {
		x := finding{Name: a.names[f.COP.Region], Href: "/regions/" + f.COP.Slug, Text: f.On}
		if f.Since >= 0 {
			x.Text = french.Integer(f.Since) + nb + "jours, " + f.On
		} else {
			x.Text = "aucun événement daté, " + f.On
		}
		v.Findings = append(v.Findings, x)
	}
	if n := len(v.Findings); n > findingsShown {
		v.Findings = v.Findings[:findingsShown]
		v.More = strconv.Itoa(n-findingsShown) + nb + french.Plural(n-findingsShown, "autre région", "autres régions")
		all := c
		all.stalled, all.stage, all.where, all.name = national.StalledAfter, "", "", ""
		v.MoreHref = all.address(a, "/national", national.SinceKey, true) + "#tableau"
	}
	if b.Live {
		if err := d.movedSince(r, a, b, &v); err != nil {
			return err
		}
	}
	v.Figures = keyFigures(a, b)
	v.Filters, v.Columns = c.fields(a, b.Metrics)
	d.fillTable(a, b, c, &v)
	if err := d.fillDeclared(r, a, &v); err != nil {
		return err
	}
	if b.Live {
		if err := d.fillAims(r, a, &v); err != nil {
			return err
		}
	}
	v.Foot = ui.Source{Text: "événements, réunions et actes enregistrés dans Jalon, chacun avec sa source ou son auteur.",
		Sources: []ui.Link{{Label: "Ce que chaque indicateur compte", Href: "/national/indicateurs" + a.query()}}, Print: true}
	if national.CanExport(shell.Actor(r)) {
		v.Foot.Downloads = []ui.Link{{Label: "Tout le tableau (CSV)", Href: "/national/tableau.csv" + a.query()}, {Label: "Pour un programme", Href: "/api/v1/board?day=" + a.Day + "&cycle=" + a.Cycle, Note: "JSON"}}
	}
	p := d.page(r, title)
	p.Trail[len(p.Trail)-1].Href = ""
	return d.Shell.Render(w, r, p, boardPage(v))
}

// keyFigures open the board: launched, roadmaps, meetings.
func keyFigures(a asked, b national.Board) []ui.KeyFigure {
	find := func(key string) (national.Metric, national.Total) {
		i := slices.IndexFunc(b.Metrics, func(m national.Metric) bool { return m.Key == key })
		return b.Metrics[i], b.Nation(b.Metrics[i])
	}
	_, launched := find(national.LaunchKey)
	_, roadmaps := find(national.RoadmapKey)
	held, meetings := find(national.HeldKey)
	v := total(held, meetings)
	v.Explain = a.metricPath(national.HeldKey)
	return []ui.KeyFigure{
		{Label: "COP lancées", Value: ui.Value{Text: strconv.Itoa(launched.COPs), Unit: "sur" + nb + strconv.Itoa(len(b.COPs)), Explain: a.metricPath(national.LaunchKey), Name: "COP lancées"}, Meaning: "lancement daté\u00a0; une annonce ne compte pas"},
		{Label: "Feuilles de route", Value: ui.Value{Text: strconv.Itoa(roadmaps.COPs), Unit: "sur" + nb + strconv.Itoa(len(b.COPs)), Explain: a.metricPath(national.RoadmapKey), Name: "feuilles de route"}, Meaning: "adoption datée\u00a0; celles dont la date n’est pas connue n’y sont pas"},
		{Label: "Réunions tenues", Value: v, Meaning: "enregistrées dans Jalon, celles des départements comprises\u00a0; " + over(meetings)},
	}
}

// fillTable draws the COPs that the reader chose, and says of each column what
// it counts.
func (d Deps) fillTable(a asked, b national.Board, c choice, v *boardView) {
	cops := c.keep(a, b)
	head := func(label, unit, key string, number bool) ui.Column {
		x := ui.Column{Label: label, Unit: unit, Number: number}
		// A second press turns the order round.
		x.SortHref = c.address(a, "/national", key, c.sort == key && !c.down || c.sort != key && number) + "#tableau"
		if c.sort == key {
			if x.Sorted = "ascending"; c.down {
				x.Sorted = "descending"
			}
		}
		return x
	}
	v.Table = ui.Table{ID: "tableau-national", Caption: "Les COP du cycle " + a.Cycle + " au " + french.Day(a.Day), Columns: []ui.Column{head("Région", "", "region", false)}}
	var shown []national.Metric
	for _, m := range b.Metrics {
		if slices.Contains(c.columns, m.Key) {
			shown = append(shown, m)
			v.Table.Columns = append(v.Table.Columns, head(m.Name, m.UnitText(), m.Key, m.Kind != national.Date && m.Kind != national.Step))
			v.Left = append(v.Left, definition{Name: m.Name, Href: a.metricPath(m.Key), Text: m.Definition, Out: m.LeavesOut})
		}
	}
	var ids []string
	v.Map = ui.Map{ID: "carte", Title: "L’étape de chaque région au " + french.Day(a.Day), ListTitle: "Les régions", Legend: wording.StageLegend()}
	for _, x := range cops {
		name := a.names[x.Region]
		row := ui.Row{Cells: []ui.Cell{{Text: name, Href: "/regions/" + x.Slug}}}
		for _, m := range shown {
			row.Cells = append(row.Cells, a.cell(m, b.Value(m.Key, x.ID), name))
		}
		ids = append(ids, x.ID)
		v.Table.Rows = append(v.Table.Rows, row)
		stage := cop.Stage(b.Value(national.StageKey, x.ID).Text)
		v.Map.Places = append(v.Map.Places, ui.Place{Code: x.Region, Name: name, Href: "/regions/" + x.Slug, Text: strings.ToLower(stage.Name()), Class: wording.StageClass(stage)})
	}
	v.Shown = strconv.Itoa(len(cops)) + nb + "sur" + nb + strconv.Itoa(len(b.COPs)) + nb + "COP"
	if len(cops) == 0 {
		v.Empty = &ui.Empty{Title: "Aucune COP ne répond à ces choix", Text: "Élargissez l’étape, le territoire, le nom ou le nombre de jours.", Action: ui.Link{Label: "Revoir les " + strconv.Itoa(len(b.COPs)), Href: "/national" + a.query()}}
		return
	}
	foot := ui.Row{Cells: []ui.Cell{{Text: "Ensemble"}}}
	for _, m := range shown {
		t := b.Over(m, ids)
		cell := a.cell(m, t.Value, "")
		if cell.Sub = ""; t.Known {
			cell.Sub = strconv.Itoa(t.COPs) + nb + "COP"
		}
		foot.Cells = append(foot.Cells, cell)
	}
	v.Table.Foot = []ui.Row{foot}
}

// movedSince says which regions moved since the reader's last visit.
func (d Deps) movedSince(r *http.Request, a asked, b national.Board, v *boardView) error {
	last, err := d.Room.Visit(r.Context(), shell.Of(r).Account)
	if err != nil {
		return err
	}
	since := d.Room.Since(last)
	moves, err := d.Room.MovedTo(r.Context(), d.Q, b, since)
	if err != nil {
		return err
	}
	v.Since = "depuis le " + french.Day(since)
	if last != "" && last == since {
		v.Since = "depuis votre visite du " + french.Day(since)
	}
	for _, x := range moves.Regions {
		if !x.Still() {
			v.Moved = append(v.Moved, line{Name: a.names[x.COP.Region], Href: "/national/mouvements?du=" + since + "&au=" + a.Day + "&cycle=" + a.Cycle + "#r-" + x.COP.Region, Text: summary(x)})
		}
	}
	return nil
}

// fillDeclared sets the figures from before Jalon apart: another table, its own
// caption, no total.
func (d Deps) fillDeclared(r *http.Request, a asked, v *boardView) error {
	if !policy.Can(shell.Actor(r), policy.Read, policy.Thing{Kind: policy.Metric}) || a.Cycle != cop.First {
		return nil
	}
	list, err := national.DeclaredAt(r.Context(), d.Q, a.Day)
	if err != nil || len(list) == 0 {
		return err
	}
	v.Declared = declaredTable(list)
	return nil
}

func (d Deps) boardCSV(w http.ResponseWriter, r *http.Request) error {
	if err := national.MayExport(shell.Actor(r)); err != nil {
		return err
	}
	a, err := d.read(r)
	if err != nil {
		return err
	}
	b, err := d.Room.Read(r.Context(), d.Q, a.Cycle, a.Day)
	if err != nil {
		return err
	}
	data := exchange.Dataset{Name: "tableau-national-" + a.Day, Fields: []exchange.Field{{Name: "jour"}, {Name: "cycle"}, {Name: "code_region"}, {Name: "region"}}}
	for _, m := range b.Metrics {
		data.Fields = append(data.Fields, exchange.Field{Name: column(m), Number: m.Kind != national.Date && m.Kind != national.Step}, exchange.Field{Name: column(m) + "_note"})
	}
	var rows [][]exchange.Datum
	for _, x := range a.ordered(b.COPs) {
		row := []exchange.Datum{exchange.Text(a.Day), exchange.Text(a.Cycle), exchange.Text(x.Region), exchange.Text(a.names[x.Region])}
		for _, m := range b.Metrics {
			y := b.Value(m.Key, x.ID)
			note := y.Reason
			if y.Known {
				note = strings.TrimPrefix(y.Note+"\u00a0; "+y.Source, "\u00a0; ")
				note = strings.TrimSuffix(note, "\u00a0; ")
			}
			row = append(row, csvValue(m, y), exchange.Text(note))
		}
		rows = append(rows, row)
	}
	data.Rows = exchange.Slice(rows)
	return sendCSV(w, data)
}
