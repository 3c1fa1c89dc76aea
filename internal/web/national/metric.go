package national

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"jalon/internal/cop"
	"jalon/internal/exchange"
	"jalon/internal/french"
	"jalon/internal/national"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

type metricsView struct {
	Heading ui.Heading
	Tabs    []ui.Link
	Table   ui.Table
	Coming  ui.Table
	Foot    ui.Source
}

// metrics lists every metric with what it counts.
func (d Deps) metrics(w http.ResponseWriter, r *http.Request) error {
	a, err := d.read(r)
	if err != nil {
		return err
	}
	b, err := d.Room.Read(r.Context(), d.Q, a.Cycle, a.Day)
	if err != nil {
		return err
	}
	v := metricsView{Tabs: a.tabs("/indicateurs")}
	v.Table = ui.Table{ID: "indicateurs", Caption: "Les indicateurs que Jalon calcule", Columns: []ui.Column{{Label: "Indicateur"}, {Label: "Ce qu’il compte", Wide: true}, {Label: "Ce qu’il laisse de côté", Wide: true}, {Label: "Pays", Number: true}, {Label: "Au passé"}}}
	v.Coming = ui.Table{ID: "a-venir", Caption: "Les indicateurs à venir", Columns: []ui.Column{{Label: "Indicateur"}, {Label: "Ce qu’il comptera", Wide: true}, {Label: "Ce qu’il laissera de côté", Wide: true}, {Label: "Quand"}}}
	ready := 0
	for _, m := range b.Metrics {
		if m.Coming != "" {
			v.Coming.Rows = append(v.Coming.Rows, ui.Row{Cells: []ui.Cell{{Text: m.Name, Href: a.metricPath(m.Key)}, {Text: m.Definition}, {Text: m.LeavesOut}, {Text: m.Coming}}})
			continue
		}
		ready++
		t := b.Nation(m)
		cell := a.cell(m, t.Value, "")
		if t.Known {
			cell.Sub = m.UnitText()
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: m.Name, Href: a.metricPath(m.Key)}, {Text: m.Definition}, {Text: m.LeavesOut}, cell, {Text: m.Past.Name()}}})
	}
	title := strconv.Itoa(ready) + nb + "indicateurs calculés, " + strconv.Itoa(len(b.Metrics)-ready) + nb + "à venir"
	v.Heading = ui.Heading{Overline: "Indicateurs du tableau national", Title: title, Scope: []string{"chacun dit ce qu’il compte et ce qu’il laisse de côté", "ce qui manque n’est jamais zéro"}}
	v.Foot = ui.Source{Text: "définitions de Jalon, versionnées.", Print: true, Downloads: []ui.Link{{Label: "Pour un programme", Href: "/api/v1/metrics", Note: "JSON"}}}
	return d.Shell.Render(w, r, d.page(r, title, ui.Link{Label: "Indicateurs"}), metricsPage(v))
}

type metricView struct {
	Heading  ui.Heading
	Tabs     []ui.Link
	Notice   *ui.Alert
	Fields   []ui.Field
	Key      []ui.KeyFigure
	Facts    ui.Table
	Table    ui.Table
	Declared ui.Table
	Curve    *curve
	NoCurve  string
	Nights   ui.Table
	Foot     ui.Source
}

// curve is the nights kept of a metric, for the nation or for a region.
type curve struct {
	Title, Text, Path string
	Low, High         string
	From, To          string
}

// curveDays is how far back a curve goes.
const curveDays = 400

// tableNights is how many nights the table beside the curve lists; the file has
// them all.
const tableNights = 31

// metricOf finds the metric that an address names.
func (d Deps) metricOf(r *http.Request) (national.Metric, error) {
	return d.Room.Registry.Find(r.PathValue("room") + "/" + r.PathValue("name"))
}

func (d Deps) metric(w http.ResponseWriter, r *http.Request) error {
	a, err := d.read(r)
	if err != nil {
		return err
	}
	m, err := d.metricOf(r)
	if err != nil {
		return err
	}
	b, err := d.Room.Read(r.Context(), d.Q, a.Cycle, a.Day, m.Key)
	if err != nil {
		return err
	}
	nights, err := d.Room.Curves(r.Context(), d.Q, a.Cycle, m.Key, back(a.Day, curveDays), a.Day)
	if err != nil {
		return err
	}
	t := b.Nation(m)
	title := m.Name + nb + ": " + over(t)
	switch {
	case m.Coming != "":
		title = m.Name + nb + ": à venir"
	case t.Known:
		title = m.Name + nb + ": " + strings.TrimSpace(m.Show(t.Value)+nb+m.UnitText()) + ", " + over(t)
	}
	v := metricView{Tabs: a.tabs("/indicateurs"), Notice: notice(b)}
	v.Heading = ui.Heading{Overline: "Indicateur", Title: title, Scope: []string{"cycle " + a.Cycle, "au " + french.Day(a.Day)}, Lead: m.Definition}
	v.Fields = append([]ui.Field{{ID: "jour", Label: "Lire à une autre date", Type: "date", Value: a.Day, Required: true}}, a.cycleField()...)
	v.Facts = ui.Table{ID: "definition", Caption: "Définition", Columns: []ui.Column{{Label: "Rubrique"}, {Label: "Contenu", Wide: true}}}
	for _, x := range [][2]string{{"Compte", m.Definition}, {"Laisse de côté", m.LeavesOut}, {"Provenance", wording.Upper(m.Class.Label())}, {"Pour le pays", wording.Upper(m.Total.Name())},
		{"Au passé", wording.Upper(m.Past.Name())}, {"Nom", m.Key + ", définition " + strconv.FormatInt(m.Version, 10)}, {"Quand", m.Coming}} {
		if x[1] != "" {
			v.Facts.Rows = append(v.Facts.Rows, ui.Row{Cells: []ui.Cell{{Text: x[0]}, {Text: x[1]}}})
		}
	}
	v.Table = d.regionTable(shell.Actor(r), a, m, b, nights)
	if err := d.declaredBeside(r, a, m, &v); err != nil {
		return err
	}
	d.draw(m, b, nights, &v)
	v.Foot = ui.Source{Text: m.Definition + " " + m.LeavesOut, Sources: []ui.Link{{Label: "Tous les indicateurs", Href: "/national/indicateurs" + a.query()}}, Print: true}
	if national.CanExport(shell.Actor(r)) {
		v.Foot.Downloads = []ui.Link{{Label: "Valeurs et relevés (CSV)", Href: "/national/indicateurs/" + m.Key + "/valeurs.csv" + a.query()},
			{Label: "Pour un programme", Href: "/api/v1/board?metric=" + m.Key + "&day=" + a.Day + "&cycle=" + a.Cycle, Note: "JSON"}}
	}
	p := d.page(r, title, ui.Link{Label: "Indicateurs", Href: "/national/indicateurs" + a.query()}, ui.Link{Label: m.Name})
	return d.Shell.Render(w, r, p, metricPage(v))
}

// regionTable is the value of each region, where it comes from, and its rows.
func (d Deps) regionTable(actor policy.Actor, a asked, m national.Metric, b national.Board, nights map[string][]national.Point) ui.Table {
	t := ui.Table{ID: "par-region", Caption: m.Name + ", région par région, au " + french.Day(a.Day), Columns: []ui.Column{{Label: "Région"}, {Label: m.Name, Unit: m.UnitText(), Number: m.Kind != national.Date && m.Kind != national.Step},
		{Label: "Provenance", Wide: true}, {Label: "Relevé de la nuit", Number: true}, {Label: "Lignes"}}}
	for _, c := range a.ordered(b.COPs) {
		name := a.names[c.Region]
		v := b.Value(m.Key, c.ID)
		cell := a.cell(m, v, "")
		if m.HasFigure() && v.Known {
			cell.Explain, cell.Name = wording.FigurePath(national.FigureKey(m.Key, c.Territory, a.Day, a.Cycle)), m.Name+", "+name
		}
		kept := ui.Cell{Text: "–"}
		if list := nights[c.ID]; len(list) > 0 && list[len(list)-1].Day == a.Day {
			if p := list[len(list)-1]; p.Value.Known {
				kept = ui.Cell{Text: m.Show(p.Value)}
				if v.Known && m.Show(v) != m.Show(p.Value) {
					kept.Sub = "corrigé depuis"
				}
			}
		}
		rows := rowsOf(actor, a, m, c, name)
		from := ui.Cell{Text: wording.Upper(m.Provenance(v))}
		if !v.Known {
			from = ui.Cell{Text: "–"}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: name, Href: "/regions/" + c.Slug}, cell, from, kept, rows}})
	}
	n := b.Nation(m)
	cell := a.cell(m, n.Value, "")
	if m.HasFigure() && n.Known {
		cell.Explain, cell.Name = wording.FigurePath(national.FigureKey(m.Key, "nation", a.Day, a.Cycle)), m.Name+", ensemble"
	}
	t.Foot = []ui.Row{{Cells: []ui.Cell{{Text: "Ensemble"}, cell, {Text: over(n)}, {Text: "–"}, {Text: "–"}}}}
	return t
}

// rowsOf leads to the rows that a metric counts in a region, for those who may
// read them.
func rowsOf(actor policy.Actor, a asked, m national.Metric, c cop.COP, name string) ui.Cell {
	switch {
	case m.Rows == "":
		return ui.Cell{Text: "–"}
	case a.Cycle != cop.First:
		return ui.Cell{Missing: "les pages des COP de ce cycle ne sont pas encore ouvertes"}
	case strings.Contains(m.Rows, "/bureau") && !policy.Can(actor, policy.Read, c.Thing(policy.Desk)),
		m.Rows == "/roles" && len(policy.Gives(actor)) == 0:
		return ui.Cell{Missing: "ces lignes sont réservées à l’équipe de la COP"}
	}
	return ui.Cell{Text: "ouvrir", Href: m.RowsOf(c.Slug), Name: name}
}

// declaredBeside shows what was declared before Jalon beside what Jalon counts:
// in a table of its own.
func (d Deps) declaredBeside(r *http.Request, a asked, m national.Metric, v *metricView) error {
	if !policy.Can(shell.Actor(r), policy.Read, policy.Thing{Kind: policy.Metric}) {
		return nil
	}
	all, err := national.DeclaredAt(r.Context(), d.Q, a.Day)
	var mine []national.Declared
	for _, x := range all {
		if x.Metric == m.Key {
			mine = append(mine, x)
		}
	}
	if len(mine) > 0 {
		v.Declared = declaredTable(mine)
	}
	return err
}

// draw makes the curve of the nation from the nights kept, and its table.
func (d Deps) draw(m national.Metric, b national.Board, nights map[string][]national.Point, v *metricView) {
	v.NoCurve = "Aucun relevé de nuit n’est encore gardé\u00a0: la courbe commencera demain."
	if m.Total == national.NoTotal || m.Coming != "" {
		v.NoCurve = "Cet indicateur ne se trace pas pour le pays entier."
		return
	}
	type sum struct {
		n, whole    int64
		cops, count int
	}
	by := map[string]*sum{}
	var days []string
	for _, c := range b.COPs {
		for _, p := range nights[c.ID] {
			s := by[p.Day]
			if s == nil {
				s = &sum{}
				by[p.Day] = s
				days = append(days, p.Day)
			}
			if s.count++; !p.Value.Known || p.Version != m.Version {
				continue
			}
			s.cops++
			if s.whole += p.Value.Whole; m.Total == national.Highest {
				s.n = max(s.n, p.Value.N)
			} else {
				s.n += p.Value.N
			}
		}
	}
	if len(days) == 0 {
		return
	}
	days = sorted(days)
	v.Nights = ui.Table{ID: "releves", Caption: "Les derniers relevés de nuit, pour le pays", Columns: []ui.Column{{Label: "Nuit du"}, {Label: m.Name, Unit: m.UnitText(), Number: true}, {Label: "COP qui ont un chiffre", Number: true}}}
	var known []point
	for _, day := range days {
		s := by[day]
		x := national.Value{Known: s.cops > 0 && (m.Kind != national.Rate || s.whole > 0), N: s.n, Whole: s.whole, Reason: "aucune COP n’avait de chiffre cette nuit-là"}
		if x.Known {
			value := float64(x.N)
			if m.Kind == national.Rate {
				value = 100 * float64(x.N) / float64(x.Whole)
			}
			known = append(known, point{day, value, m.Show(x)})
		}
		cell := ui.Cell{Text: m.Show(x)}
		if !x.Known {
			cell = ui.Cell{Missing: x.Reason}
		}
		v.Nights.Rows = append([]ui.Row{{Cells: []ui.Cell{{Text: french.Day(day)}, cell, {Text: strconv.Itoa(s.cops) + nb + "sur" + nb + strconv.Itoa(s.count)}}}}, v.Nights.Rows...)
	}
	if len(v.Nights.Rows) > tableNights {
		v.Nights.Rows = v.Nights.Rows[:tableNights]
	}
	if len(known) < 2 {
		v.NoCurve = "Une courbe demande au moins deux relevés de nuit avec un chiffre."
		return
	}
	v.Curve = plot(m, known)
}

func (d Deps) metricCSV(w http.ResponseWriter, r *http.Request) error {
	if err := national.MayExport(shell.Actor(r)); err != nil {
		return err
	}
	a, err := d.read(r)
	if err != nil {
		return err
	}
	m, err := d.metricOf(r)
	if err != nil {
		return err
	}
	b, err := d.Room.Read(r.Context(), d.Q, a.Cycle, a.Day, m.Key)
	if err != nil {
		return err
	}
	nights, err := d.Room.Curves(r.Context(), d.Q, a.Cycle, m.Key, back(a.Day, curveDays), a.Day)
	if err != nil {
		return err
	}
	data := exchange.Dataset{Name: strings.ReplaceAll(m.Key, "/", "-") + "-" + a.Day, Fields: []exchange.Field{{Name: "origine"}, {Name: "jour"}, {Name: "cycle"}, {Name: "code_region"}, {Name: "region"},
		{Name: column(m), Number: m.Kind != national.Date && m.Kind != national.Step}, {Name: "numerateur", Number: true}, {Name: "denominateur", Number: true}, {Name: "raison"}, {Name: "definition", Number: true}}}
	var rows [][]exchange.Datum
	add := func(origin, day, code string, v national.Value, version int64) {
		n, whole := exchange.Number(""), exchange.Number("")
		if m.Kind == national.Rate && v.Known {
			n, whole = exchange.Integer(v.N), exchange.Integer(v.Whole)
		}
		rows = append(rows, []exchange.Datum{exchange.Text(origin), exchange.Text(day), exchange.Text(a.Cycle), exchange.Text(code), exchange.Text(a.names[code]), csvValue(m, v), n, whole,
			exchange.Text(v.Reason), exchange.Integer(version)})
	}
	for _, c := range a.ordered(b.COPs) {
		add("tableau", a.Day, c.Region, b.Value(m.Key, c.ID), m.Version)
		for _, p := range nights[c.ID] {
			add("releve", p.Day, c.Region, p.Value, p.Version)
		}
	}
	data.Rows = exchange.Slice(rows)
	return sendCSV(w, data)
}

func back(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, -days).Format(time.DateOnly)
}
