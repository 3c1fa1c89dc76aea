package contributions

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/chart"
	"jalon/internal/debate"
	"jalon/internal/debate/contribution"
	"jalon/internal/french"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// card is a contribution in a list.
type card struct {
	Title, Href, Text string
	About             []string
	Study             string
	Supports          string
	Comments          string
}

type listView struct {
	Heading  ui.Heading
	Tabs     ui.Pages
	Leave    string
	Filters  []ui.Field
	FilterTo string
	Narrowed bool
	Sort     []ui.Link
	Order    string // kept while one filters
	Cards    []card
	Pager    ui.Pager
	Empty    ui.Empty
	Map      ui.Map
	Tables   []ui.Table
	Curve    curve
	Foot     ui.Source
}

// filter reads what an address chooses.
func filter(q url.Values) contribution.Filter {
	return contribution.Filter{Words: shell.Clean(q.Get("q")), Theme: shell.Clean(q.Get("theme")), Lever: shell.Clean(q.Get("levier")), Territory: shell.Clean(q.Get("lieu")), Study: shell.Clean(q.Get("suite-donnee")),
		Speaker: shell.Clean(q.Get("parole")), Sort: shell.Clean(q.Get("tri"))}
}

// excerpt is the beginning of a text, on one line.
func excerpt(text string) string { return wording.Clip(debate.Line(text), 280) }

func (d Deps) list(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	f := filter(q)
	if err := f.Check(x.fw, x.tree); err != nil {
		return err
	}
	page, err := d.Room.List(r.Context(), d.Q, x.cop, f, q.Get("suite"), perPage)
	if err != nil {
		return err
	}
	n, err := d.Room.Count(r.Context(), d.Q, x.cop, f)
	if err != nil {
		return err
	}
	told, err := d.Room.Answers(r.Context(), d.Q, x.cop)
	if err != nil {
		return err
	}
	narrowed := f != contribution.Filter{Sort: f.Sort}
	here := x.base()
	v := listView{Heading: ui.Heading{Overline: x.cop.SenderName(), Title: said(x.Name, page.Total, n.Supports, narrowed), Scope: []string{"déposées par des habitants et des organismes", "lues par un modérateur avant publication"}},
		Tabs: wording.RegionTabs(x.Region, "Débat"), Leave: here + "/nouvelle", FilterTo: here, Narrowed: narrowed,
		Foot: ui.Source{Text: "contributions publiées de la COP, sans données personnelles, sous Licence Ouverte" + nb + "2.0.", Print: true,
			Downloads: []ui.Link{{Label: "CSV", Href: here + ".csv"}, {Label: "JSON", Href: here + ".json"}, {Label: "Dictionnaire des colonnes", Href: here + "-dictionnaire.csv"}, {Label: "Empreinte SHA-256 du CSV", Href: here + ".csv.sha256"}},
			Sources:   []ui.Link{{Label: "Règles de publication", Href: here + "/regles"}}}}
	if told.Received > 0 {
		v.Heading.Scope = append(v.Heading.Scope, "répondues"+nb+": "+french.Integer(told.Answered)+" sur "+french.Integer(told.Received))
	}
	if told.Median > 0 {
		v.Heading.Scope = append(v.Heading.Scope, "réponse en "+tookText(told.Median)+" d’attente médiane")
	}
	v.Filters, v.Order = x.filters(f), f.Sort
	v.Sort = []ui.Link{{Label: "Les plus récentes", Href: with(here, q, "tri", ""), Current: f.Sort == contribution.ByDate}, {Label: "Les plus soutenues", Href: with(here, q, "tri", contribution.BySupport), Current: f.Sort == contribution.BySupport}}
	for i, p := range page.Rows {
		v.Cards = append(v.Cards, x.card(p, page.Studs[i]))
	}
	if page.Next != "" {
		more := url.Values{}
		for k, vs := range q {
			if vs[0] != "" {
				more.Set(k, vs[0])
			}
		}
		more.Set("suite", page.Next)
		v.Pager.Next = here + "?" + more.Encode()
	}
	if q.Get("suite") != "" {
		v.Pager.Previous = with(here, q, "suite", "")
	}
	switch {
	case len(v.Cards) == 0 && narrowed:
		v.Empty = ui.Empty{Title: "Aucune contribution ne répond à cette recherche", Text: "Essayez d’autres mots, ou un filtre de moins.", Action: ui.Link{Label: "Voir toutes les contributions", Href: here}}
	case len(v.Cards) == 0:
		v.Empty = ui.Empty{Title: "Aucune contribution publiée pour l’instant", Text: "La vôtre peut être la première" + nb + ": deux minutes, sans compte.", Action: ui.Link{Label: "Déposer une contribution", Href: v.Leave}}
	default:
		x.figures(&v, q, n)
	}
	frame := d.Shell.Page(r, v.Heading.Title, v.Heading.Title+".", x.trail()...)
	frame.NoIndex = narrowed || q.Get("suite") != ""
	return d.Shell.Render(w, r, frame, listPage(v))
}

// said is the finding of a list.
func said(region string, total, support int64, narrowed bool) string {
	what := french.Integer(total) + nb + french.Plural(int(total), "contribution", "contributions")
	if narrowed {
		what += " pour cette recherche"
	}
	if total == 0 {
		what = "aucune contribution" + map[bool]string{true: " pour cette recherche"}[narrowed]
	} else if support > 0 {
		what += ", " + supports(support)
	}
	return region + nb + ": " + what
}

func (x place) card(p debate.Post, s contribution.Study) card {
	c := card{Title: p.Title, Href: x.base() + "/" + p.ID, Text: excerpt(p.Text), Supports: supports(p.Supports), About: []string{p.Signed, x.dayOf(p.PublishedAt), x.placeName(p.Territory)}}
	if about := x.about(p); about != "" {
		c.About = append(c.About, about)
	}
	if s != contribution.Unstudied {
		c.Study = s.Name()
	}
	if p.Comments > 0 {
		c.Comments = french.Integer(p.Comments) + nb + french.Plural(int(p.Comments), "commentaire", "commentaires")
	}
	return c
}

// about is the lever of a contribution, or its theme.
func (x place) about(p debate.Post) string {
	if l, err := x.fw.Lever(p.Lever); err == nil {
		return l.Name
	}
	return x.themeName(p.Theme)
}

func (x place) filters(f contribution.Filter) []ui.Field {
	all := func(label string, options []ui.Option, value string) []ui.Option {
		return choose(append([]ui.Option{{Label: label}}, options...), value)
	}
	var places, studies, speakers []ui.Option
	for _, dept := range x.tree.Departments() {
		if dept.Region == x.Code {
			places = append(places, ui.Option{Value: "department:" + dept.Code, Label: dept.Name})
		}
	}
	if f.Territory != "" && !slices.ContainsFunc(places, func(o ui.Option) bool { return o.Value == f.Territory }) {
		places = append(places, ui.Option{Value: f.Territory, Label: x.placeName(f.Territory)})
	}
	for _, s := range contribution.Studies() {
		code := string(s)
		if s == contribution.Unstudied {
			code = contribution.None
		}
		studies = append(studies, ui.Option{Value: code, Label: s.Name()})
	}
	for _, code := range debate.Speakers() {
		speakers = append(speakers, ui.Option{Value: code, Label: debate.SpeakerName(code)})
	}
	return []ui.Field{
		{ID: "q-mots", Name: "q", Label: "Mots cherchés", Type: "search", Value: f.Words},
		{ID: "theme", Label: "Thématique", Type: "select", Options: all("toutes", x.themes(), f.Theme)},
		{ID: "levier", Label: "Levier", Type: "select", Options: all("tous", append(x.levers(), ui.Option{Value: contribution.None, Label: "sans levier"}), f.Lever)},
		{ID: "lieu", Label: "Territoire", Type: "select", Options: all("toute la région", places, f.Territory)},
		{ID: "suite-donnee", Label: "Suite donnée", Type: "select", Options: all("toutes", studies, f.Study)},
		{ID: "parole", Label: "Qui parle", Type: "select", Options: all("tous", speakers, f.Speaker)},
	}
}

// figures draw where and when what the list holds was contributed.
func (x place) figures(v *listView, q url.Values, n contribution.Figures) {
	v.Curve = curveOf(n.Days)
	m := ui.Map{ID: "carte", Title: "Contributions par département", Description: "Communes et intercommunalités comprises. Celles qui valent pour toute la région n’y sont pas.", Departments: true, ListTitle: "Les départements", TableHref: "#departements"}
	depts := ui.Table{ID: "departements", Caption: "Contributions par département", Columns: []ui.Column{{Label: "Département"}, {Label: "Contributions", Number: true}, {Label: "Pour 100" + french.NarrowSpace + "000 habitants", Number: true}}}
	var values []float64
	rest := n.Total
	for _, dept := range x.tree.Departments() {
		if dept.Region == x.Code {
			values = append(values, float64(n.Departments[dept.Code]))
		}
	}
	bounds := chart.Classes(values, 5)
	low := 0
	for _, b := range bounds {
		v.Map.Legend = append(v.Map.Legend, span(low, int(b)))
		low = int(b) + 1
	}
	m.Legend = v.Map.Legend
	for _, dept := range x.tree.Departments() {
		if dept.Region != x.Code {
			continue
		}
		count := n.Departments[dept.Code]
		rest -= count
		href := with(v.FilterTo, q, "lieu", "department:"+dept.Code)
		m.Places = append(m.Places, ui.Place{Code: dept.Code, Name: dept.Name, Href: href, Text: french.Integer(count), Class: chart.ClassOf(bounds, float64(count))})
		rate := ui.Cell{Missing: "la population de ce département n’est pas connue"}
		if t, err := x.tree.Lookup(territory.Ref{Scale: territory.Department, Code: dept.Code}); err == nil && t.Population > 0 {
			rate = ui.Cell{Text: french.Number(float64(count)*1e5/float64(t.Population), 1)}
		}
		depts.Rows = append(depts.Rows, ui.Row{Cells: []ui.Cell{{Text: dept.Name, Href: href}, {Text: french.Integer(count)}, rate}})
	}
	if rest > 0 {
		depts.Rows = append(depts.Rows, ui.Row{Cells: []ui.Cell{{Text: "Toute la région, ou plusieurs départements"}, {Text: french.Integer(rest)}, {Missing: "ces contributions ne sont pas d’un département"}}})
	}
	v.Map, v.Tables = m, []ui.Table{depts}
	type group struct {
		siren string
		count int64
	}
	var groups []group
	for siren, count := range n.Groups {
		groups = append(groups, group{siren, count})
	}
	slices.SortFunc(groups, func(a, b group) int {
		if a.count != b.count {
			return int(b.count - a.count)
		}
		return strings.Compare(a.siren, b.siren)
	})
	t := ui.Table{ID: "epci", Caption: "Contributions par intercommunalité (EPCI), les vingt premières", Columns: []ui.Column{{Label: "Intercommunalité", Wide: true}, {Label: "Contributions", Number: true}}}
	for _, g := range groups[:min(len(groups), 20)] {
		ref := "epci:" + g.siren
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: x.placeName(ref), Href: with(v.FilterTo, q, "lieu", ref)}, {Text: french.Integer(g.count)}}})
	}
	if len(t.Rows) > 0 {
		v.Tables = append(v.Tables, t)
	}
	days := ui.Table{ID: "jours", Caption: "Contributions publiées par jour, les soixante derniers jours où il y en eut", Columns: []ui.Column{{Label: "Jour"}, {Label: "Contributions", Number: true}}}
	for _, day := range slices.Backward(n.Days) {
		if day.Count > 0 && len(days.Rows) < 60 {
			days.Rows = append(days.Rows, ui.Row{Cells: []ui.Cell{{Text: french.Day(day.Day)}, {Text: french.Integer(day.Count)}}})
		}
	}
	v.Tables = append(v.Tables, days)
}

func span(low, high int) string {
	if low == high {
		return french.Integer(high)
	}
	return french.Integer(low) + " à " + french.Integer(high)
}

// curve is what was published day after day; its table says the same.
type curve struct{ Title, Text, High, Path, From, To string }

// curveOf draws one step for each day, from zero; one day alone is no curve.
func curveOf(days []contribution.Day) curve {
	if len(days) < 2 {
		return curve{}
	}
	most := slices.MaxFunc(days, func(a, b contribution.Day) int { return int(a.Count - b.Count) })
	path := make([]byte, 0, 16*len(days))
	path = append(path, "M0 200"...)
	for i, day := range days {
		for _, edge := range []int{i, i + 1} {
			path = append(path, 'L')
			path = strconv.AppendInt(path, int64(edge*1000/len(days)), 10)
			path = append(path, ' ')
			path = strconv.AppendInt(path, int64(math.Round(200-195*float64(day.Count)/float64(most.Count))), 10)
		}
	}
	first, last := days[0], days[len(days)-1]
	return curve{Title: "Contributions publiées chaque jour", High: french.Integer(most.Count), Path: string(path), From: french.Day(first.Day), To: french.Day(last.Day),
		Text: "Du " + french.Day(first.Day) + " au " + french.Day(last.Day) + ". Le plus" + nb + ": " + french.Integer(most.Count) + " le " + french.Day(most.Day) + "."}
}

// tookText is a delay in whole days.
func tookText(t time.Duration) string {
	n := int(t.Hours()/24 + 0.5)
	if n < 1 {
		return "moins d’un jour"
	}
	return french.Integer(n) + nb + french.Plural(n, "jour", "jours")
}
