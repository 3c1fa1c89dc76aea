package trends

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// tally is how many levers have a verdict.
type tally struct {
	Mark  ui.VerdictMark
	Count string
}

// leversView is the page of all levers.
type leversView struct {
	Heading ui.Heading
	Tabs    ui.Pages
	Notices []ui.Alert
	Tallies []tally
	Levers  ui.Table
	Others  *ui.Table
	Rules   []string
	Order   string
	Years   string
	Bounds  []string
	Parts   []ui.Link
	Source  ui.Source
}

// The order in which a target is taken, as pages say it.
const orderRule = "Un verdict demande une cible dans la même unité, pour le même territoire. Elle est prise dans cet ordre" + nb + ": l’objectif que la région partage, le niveau de 2030 du panorama de l’État " +
	"(la valeur de 2019 plus l’objectif), le plan de la région. Une cible nationale qui est un taux peut être dessinée sous son nom, sans verdict" + nb + "; une quantité nationale n’est jamais dessinée sur une région."

func (d Deps) levers(w http.ResponseWriter, r *http.Request, t *place) error {
	t.trends = panorama.Trends(&t.p, d.Book, t.curves, t.own, t.year)
	given, seen := panorama.Given(t.trends)
	v := leversView{Tabs: t.tabs(wording.TabTrends), Rules: series.DefaultRules().Text(), Order: orderRule, Years: series.YearRule, Bounds: series.DefaultBounds().Text()}
	title := t.title(given)
	v.Heading = ui.Heading{Overline: "Tendances – " + wording.Upper(t.p.Territory.Kind), Title: title, Scope: []string{
		strconv.Itoa(given) + french.Plural(given, " levier", " leviers") + " sur " + strconv.Itoa(len(t.trends)) + french.Plural(given, " a un verdict", " ont un verdict"),
		strconv.Itoa(seen) + french.Plural(seen, " est mesuré par une série", " sont mesurés par une série"),
		"objectif indicatif, non contraignant",
	}}
	if !t.region() {
		v.Heading.Scope[0] = "aucun verdict sous la région"
		v.Notices = append(v.Notices, ui.Alert{State: "info", Title: "Pas de cible à cette échelle",
			Text: "Le panorama de l’État ne donne un niveau à atteindre que par région" + nb + ": un département montre ce qui se passe, sans verdict.", Links: t.upwards()})
	}
	v.Tallies = t.tallies()
	v.Levers = t.table()
	v.Others = t.others(d.Book)
	if t.region() {
		for _, dept := range t.m.Tree().Departments() {
			if dept.Region == t.p.Territory.Ref.Code {
				v.Parts = append(v.Parts, ui.Link{Label: dept.Name, Href: "/departements/" + dept.Code + "/tendances"})
			}
		}
	}
	v.Source = ui.Source{Text: t.sources(d.Book), Downloads: []ui.Link{{Label: "JSON", Href: "/api/v1/trends/" + t.p.Territory.Ref.String()}, {Label: "Données ouvertes", Href: "/donnees"}}, Print: true,
		Share: d.Shell.Absolute(t.base + "/tendances"), Changed: t.changed()}
	page := d.page(r, t, title, "Ce qui se passe, levier par levier, face à ce qu’il faudrait d’ici 2030"+nb+": "+v.Heading.Scope[0]+".", ui.Link{Label: "Tendances"})
	return d.Shell.Render(w, r, page, leversPage(v))
}

// upwards leads to the regions of the territory.
func (t *place) upwards() []ui.Link {
	var out []ui.Link
	for _, ref := range t.p.Regions {
		if region, err := t.m.Tree().Region(ref.Code); err == nil {
			out = append(out, ui.Link{Label: "Tendances de la région " + region.Name, Href: "/regions/" + region.Slug + "/tendances"})
		}
	}
	return out
}

// title states what the verdicts say, or that there is none.
func (t *place) title(given int) string {
	if given == 0 && t.region() {
		return t.name() + nb + ": aucun des " + strconv.Itoa(len(t.trends)) + " leviers ne peut être jugé, faute de cible dans l’unité des séries"
	}
	if given == 0 {
		return t.name() + nb + ": " + strconv.Itoa(len(t.curves)) + french.Plural(len(t.curves), " série dit", " séries disent") + " ce qui se passe"
	}
	count := map[series.Verdict]int{}
	for i := range t.trends {
		count[t.trends[i].Verdict()]++
	}
	var parts []string
	for _, p := range []struct {
		v         series.Verdict
		one, many string
	}{{series.Wrong, "va à contre-sens", "vont à contre-sens"}, {series.Behind, "est en retard", "sont en retard"}, {series.OnTrack, "est sur sa trajectoire", "sont sur leur trajectoire"}, {series.Ahead, "est en avance", "sont en avance"}} {
		if n := count[p.v]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+french.Plural(n, p.one, p.many))
		}
	}
	if given == 1 {
		return t.name() + nb + ": le seul levier que l’on puisse juger " + strings.TrimPrefix(parts[0], "1 ")
	}
	return t.name() + nb + ": des " + strconv.Itoa(given) + " leviers que l’on peut juger, " + french.List(parts)
}

var verdictOrder = []series.Verdict{series.Wrong, series.Behind, series.OnTrack, series.Ahead, series.Insufficient, series.NoTarget}

func (t *place) tallies() []tally {
	if !t.region() {
		return nil
	}
	count := map[series.Verdict]int{}
	for i := range t.trends {
		count[t.trends[i].Verdict()]++
	}
	var out []tally
	for _, v := range verdictOrder {
		if n := count[v]; n > 0 {
			out = append(out, tally{Mark: *mark(v), Count: strconv.Itoa(n) + french.Plural(n, " levier", " leviers")})
		}
	}
	return out
}

// group is where a lever stands in the table: judged, measured or without series.
func group(l *panorama.LeverTrend) int {
	switch {
	case l.Main < 0:
		return 2
	case l.Verdict() == series.NoTarget:
		return 1
	}
	return 0
}

// table is one row a lever, those with a verdict first, the worst at the top.
func (t *place) table() ui.Table {
	out := ui.Table{ID: "leviers", Caption: "Les leviers un par un", CaptionHidden: true, Columns: []ui.Column{{Label: "Levier"}, {Label: "Ce qui est mesuré", Wide: true}, {Label: "Dernière valeur", Number: true},
		{Label: "Rythme sur 1 an", Unit: "par an", Number: true}, {Label: "Rythme sur 3 ans", Unit: "par an", Number: true}, {Label: "Rythme requis", Unit: "par an d’ici 2030", Number: true}, {Label: "Verdict"}}}
	at := make([]*panorama.LeverTrend, len(t.trends))
	for i := range t.trends {
		at[i] = &t.trends[i]
	}
	slices.SortStableFunc(at, func(a, b *panorama.LeverTrend) int {
		if g := group(a) - group(b); g != 0 {
			return g
		}
		return slices.Index(verdictOrder, a.Verdict()) - slices.Index(verdictOrder, b.Verdict())
	})
	before := -1
	for _, l := range at {
		if g := group(l); g != before {
			before = g
			title := []string{"Avec une cible dans la même unité", "Mesurés, sans cible comparable", "Sans série"}[g]
			out.Rows = append(out.Rows, ui.Row{Group: true, Cells: []ui.Cell{{Text: title}}})
		}
		out.Rows = append(out.Rows, t.row(l))
	}
	return out
}

func (t *place) row(l *panorama.LeverTrend) ui.Row {
	lever := ui.Cell{Text: l.Line.Lever.ShortName, Href: wording.LeverPath(l.Line.Lever.Code)}
	if s, err := t.m.Framework().Sector(l.Line.Lever.Sector); err == nil {
		lever.Sub = s.Name
		lever.Color = s.Color
	}
	if l.Main < 0 {
		none := ui.Cell{Missing: l.Reason}
		return ui.Row{Cells: []ui.Cell{lever, {Text: "aucune série"}, none, none, none, none, {Verdict: mark(series.NoTarget)}}}
	}
	x := &l.Trends[l.Main]
	ind := x.Curve.Indicator
	cells := []ui.Cell{lever, {Text: ind.Name, Href: t.base + "/tendances/" + ind.Code, Sub: ind.Unit}, lastCell(x.Curve), paceCell(x.Pace1, 1), paceCell(x.Pace3, 3)}
	required := ui.Cell{Missing: l.Reason}
	if p := x.Judgement.Required; p.Known {
		required = ui.Cell{Text: signed(p.PerYear), Exact: french.Significant(p.PerYear, 9), Sub: "cible " + shown(x.Judgement.Target.Value)}
	}
	verdict := ui.Cell{Verdict: mark(x.Judgement.Verdict)}
	if x.Judgement.Verdict != series.NoTarget {
		verdict.Sub = x.Judgement.Reason
	}
	return ui.Row{Cells: append(cells, required, verdict)}
}

// lastCell is the last value of a whole year, with its small curve.
func lastCell(c *series.Curve) ui.Cell {
	last, ok := c.Last()
	if !ok {
		return ui.Cell{Missing: "Aucune valeur d’année entière."}
	}
	return ui.Cell{Text: shown(last.Value), Explain: wording.FigurePath(series.Figure(c.Indicator.Code, c.Territory, last.Year)), Name: c.Indicator.Name + ", " + strconv.Itoa(last.Year), Sub: strconv.Itoa(last.Year),
		Spark: &ui.Spark{Points: points(c), Step: c.Indicator.Every}}
}

// others are the series that no lever of this referential is tied to, and the
// further ones of levers: each series of the territory has its page.
func (t *place) others(book *series.Book) *ui.Table {
	main := map[string]bool{}
	for i := range t.trends {
		if m := t.trends[i].Main; m >= 0 {
			main[t.trends[i].Trends[m].Curve.Indicator.Code] = true
		}
	}
	out := &ui.Table{ID: "autres", Caption: "Les autres séries", CaptionHidden: true, Columns: []ui.Column{{Label: "Ce qui est mesuré"}, {Label: "Thématique"}, {Label: "Dernière valeur", Number: true},
		{Label: "Rythme sur 1 an", Unit: "par an", Number: true}, {Label: "Rythme sur 3 ans", Unit: "par an", Number: true}}}
	for _, ind := range book.Catalogue.All() {
		c := t.curves[ind.Code]
		if c == nil || main[ind.Code] || c.Known() == 0 {
			continue
		}
		out.Rows = append(out.Rows, ui.Row{Cells: []ui.Cell{{Text: ind.Name, Href: t.base + "/tendances/" + ind.Code, Sub: ind.Unit}, {Text: themeName(t.m.Framework(), ind.Theme)},
			lastCell(c), paceCell(c.PaceOver(1), 1), paceCell(c.PaceOver(3), 3)}})
	}
	if len(out.Rows) == 0 {
		return nil
	}
	return out
}

// sources names the sources of the curves of a page, once each.
func (t *place) sources(book *series.Book) string {
	var names []string
	for _, c := range t.curves {
		if s := book.SourceTitle(c.Source); !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	slices.Sort(names)
	return strings.Join(names, nb+"; ") + ". Rythmes et verdicts calculés par Jalon."
}

// changed is the day of the last edition that came in by an import.
func (t *place) changed() string {
	last := ""
	for _, c := range t.curves {
		if !c.At.IsZero() && c.Edition > last {
			last = c.Edition
		}
	}
	for _, c := range t.curves {
		if last != "" && c.Edition == last {
			return french.Date(c.At) + ", import de séries"
		}
	}
	return ""
}

// group of regions that may be compared with one: those of the mainland and
// Corse, or those overseas.
func comparable(tree *territory.Tree, code string) []string {
	overseas := false
	if r, err := tree.Region(code); err == nil {
		overseas = r.Overseas
	}
	var out []string
	for _, r := range tree.Regions() {
		if r.Overseas == overseas {
			out = append(out, territory.Ref{Scale: territory.RegionS, Code: r.Code}.String())
		}
	}
	return out
}
