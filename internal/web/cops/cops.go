// Package cops serves the public side of the COPs: where each of the 18 stands
// on any day, and the page of each, from dated events that bear their source.
package cops

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	// Room does what people do to COPs.
	Room *cop.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"regions": d.all, "region": d.one,
		"desk": d.desk, "desk-event": d.addEvent, "desk-act": d.act, "desk-delegate": d.delegate, "desk-tick": d.tick,
		"meetings": d.meetings, "meeting-add": d.addMeeting, "meeting-save": d.saveMeeting,
		"news": d.news, "news-add": d.addNews, "news-change": d.changeNews, "calendar": d.calendar,
		"cop-journal": d.acts, "cop-journal-csv": d.actsCSV, "board": d.board, "board-csv": d.boardCSV, "cop-settings": d.settings, "cop-save": d.saveSettings}
}

const nb = french.NoBreak

// paris is where «today» is for a page that speaks of the whole country.
func (d Deps) today() string {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		zone = time.UTC
	}
	return d.Now().In(zone).Format(time.DateOnly)
}

// day reads the date that a page is asked for.
func (d Deps) day(r *http.Request) (on string, err error) {
	today := d.today()
	on = r.URL.Query().Get("jour")
	switch _, bad := time.Parse(time.DateOnly, on); {
	case on == "":
		return today, nil
	case bad != nil:
		return "", apperr.New(apperr.Invalid, bad, "La date demandée ne se lit pas\u00a0: écrivez-la comme 2024-05-27.")
	case on > today:
		return "", apperr.Invalidf("Cette date est à venir\u00a0: choisissez une date passée ou celle du jour.")
	}
	return on, nil
}

type allView struct {
	Title string
	Scope []string
	Field ui.Field
	Map   ui.Map
	Table ui.Table
	Left  []string // what the page leaves out
	Foot  ui.Source

	// Of the board alone.
	Figures []ui.KeyFigure
	Action  string
}

// classes groups the stages as the map shows them.
var classes = []struct {
	label  string
	stages []cop.Stage
}{
	{"préparation", []cop.Stage{cop.Preparation}},
	{"lancement", []cop.Stage{cop.Launch}},
	{"diagnostic, débat ou partage", []cop.Stage{cop.Diagnosis, cop.Debate, cop.Sharing}},
	{"feuille de route", []cop.Stage{cop.Roadmap}},
	{"suivi", []cop.Stage{cop.Following}},
}

func classOf(s cop.Stage) int {
	for i, c := range classes {
		for _, x := range c.stages {
			if x == s {
				return i + 1
			}
		}
	}
	return 0
}

// standing is a region's COP on a day.
type standing struct {
	cop.COP
	Region territory.Region
	State  cop.State
}

// standings reads the 18 COPs of a cycle in two statements.
func (d Deps) standings(ctx context.Context, tree *territory.Tree, cycle, on string) ([]standing, error) {
	all, err := cop.InCycle(ctx, d.Q, cycle)
	if err != nil {
		return nil, err
	}
	events, err := cop.EventsInCycle(ctx, d.Q, cycle)
	if err != nil {
		return nil, err
	}
	by := map[string][]cop.Event{}
	for _, e := range events {
		by[e.COP] = append(by[e.COP], e)
	}
	var out []standing
	for _, r := range tree.Regions() { // in the order of every list of regions
		for _, c := range all {
			if c.Region == r.Code {
				out = append(out, standing{COP: c, Region: r, State: cop.StateAt(by[c.ID], on)})
			}
		}
	}
	return out, nil
}

func (d Deps) all(w http.ResponseWriter, r *http.Request) error {
	on, err := d.day(r)
	if err != nil {
		return err
	}
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	list, err := d.standings(r.Context(), m.Tree(), cop.First, on)
	if err != nil {
		return err
	}
	launched, roadmaps := 0, 0
	for _, s := range list {
		if _, ok := s.State.Launched(); ok {
			launched++
		}
		if s.State.Finished[cop.Roadmap] {
			roadmaps++
		}
	}
	adopted := "aucune feuille de route adoptée"
	if roadmaps > 0 {
		adopted = strconv.Itoa(roadmaps) + nb + french.Plural(roadmaps, "feuille de route adoptée", "feuilles de route adoptées")
	}
	v := allView{
		Title: strconv.Itoa(launched) + nb + "COP" + french.Plural(launched, " régionale lancée", " régionales lancées") + " sur" + nb + strconv.Itoa(len(list)) +
			" au " + french.Day(on) + ", " + adopted,
		Scope: []string{"cycle 2023-24", "événements datés, chacun avec sa source", "une annonce n’est pas un événement"},
		Field: ui.Field{ID: "jour", Label: "Lire l’état des COP à une autre date", Type: "date", Value: on,
			Help: "Le point d’étape de l’État date du 27" + nb + "mai" + nb + "2024."},
		Left: []string{
			"Une étape compte du jour qu’un événement daté prouve. Une feuille de route que l’on sait adoptée sans en connaître la date n’y est donc pas" + nb + ": le bilan national du 7" + nb + "mai" + nb + "2025 en comptait 14.",
			"Les COP de 2025 et de 2026, et celles des départements, n’y sont pas.",
		},
		Foot: ui.Source{Text: "SGPE, point d’étape des COP régionales, 27" + nb + "mai" + nb + "2024" + nb + "; services de l’État, Régions et presse pour la suite, nommés à chaque ligne.",
			Sources: []ui.Link{{Label: "Méthode", Href: "/methode"}}, Print: true},
	}
	v.Map = ui.Map{ID: "carte", Title: "L’étape de chaque région au " + french.Day(on), ListTitle: "Les régions"}
	for _, c := range classes {
		v.Map.Legend = append(v.Map.Legend, c.label)
	}
	v.Table = ui.Table{ID: "etat", Caption: "Où en est chaque COP au " + french.Day(on), Columns: []ui.Column{
		{Label: "Région"}, {Label: "Étape"}, {Label: "Lancement"}, {Label: "Dernier événement", Wide: true}, {Label: "Depuis", Unit: "jours", Number: true}}}
	for _, s := range list {
		href := "/regions/" + s.Region.Slug
		v.Map.Places = append(v.Map.Places, ui.Place{Code: s.Region.Code, Name: s.Region.Name, Href: href, Text: strings.ToLower(s.State.Stage.Name()), Class: classOf(s.State.Stage)})
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: cells(s, href, on)})
	}
	page := d.Shell.Page(r, v.Title, "Où en est chacune des 18 COP régionales, à la date que vous choisissez, avec la source de chaque événement.",
		ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Les COP régionales"})
	return d.Shell.Render(w, r, page, allPage(v))
}

func cells(s standing, href, on string) []ui.Cell {
	launch := ui.Cell{Missing: "aucun lancement daté à cette date"}
	if e, ok := s.State.Launched(); ok {
		launch = ui.Cell{Text: e.Date()}
		if len(s.State.Conflicts) > 0 {
			launch.Sub = "ou " + s.State.Conflicts[0].Date() + ", selon " + s.State.Conflicts[0].Source
		}
	} else if s.State.Next != nil {
		launch = ui.Cell{Text: "annoncé", Sub: s.State.Next.Date()}
	}
	last, since := ui.Cell{Missing: "aucun événement daté à cette date"}, ui.Cell{Missing: "aucun événement daté à cette date"}
	if e := s.State.Last; e != nil {
		last = ui.Cell{Text: e.Stage.Name() + ", " + e.Mark.Name() + nb + ": " + e.Date(), Sub: e.Source}
		since = ui.Cell{Text: french.Integer(days(e.Day, on))}
	}
	return []ui.Cell{{Text: s.Region.Name, Href: href}, {Text: s.State.Stage.Name()}, launch, last, since}
}

// days counts from one day to another.
func days(from, to string) int {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA != nil || errB != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}

type oneView struct {
	Heading      ui.Heading
	Tabs         []ui.Link
	Steps        []step
	Figures      []ui.KeyFigure
	Presentation string
	Contact      string
	Conflict     *ui.Alert
	Events       ui.Table
	News         []newsLine
	Meetings     []meetingLine
	Calendar     string
	Empty        *ui.Empty
	Foot         ui.Source
}

// step is a stage on the stepper: what is known of it in words, for its colour
// says nothing alone.
type step struct {
	Name, Text string
	State      string // done, open, announced, unknown
}

func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	slug := r.PathValue("slug")
	region, err := m.Tree().RegionBySlug(slug)
	if err != nil {
		// «/regions/44» and «/regions/Grand-Est» are what people try.
		if byCode, cerr := m.Tree().Region(slug); cerr == nil {
			return shell.Moved(w, r, "/regions/"+byCode.Slug)
		}
		if bySlug, serr := m.Tree().RegionBySlug(strings.ToLower(slug)); serr == nil {
			return shell.Moved(w, r, "/regions/"+bySlug.Slug)
		}
		return err
	}
	c, err := cop.FindIn(r.Context(), d.Q, cop.First, "region:"+region.Code)
	if err != nil {
		return err
	}
	events, err := cop.Events(r.Context(), d.Q, c.ID)
	if err != nil {
		return err
	}
	on := d.today()
	s := cop.StateAt(events, on)
	p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: region.Code})
	if err != nil {
		return err
	}
	v := oneView{
		Heading: ui.Heading{Overline: "COP régionale", Title: finding(region.Name, s), Scope: []string{"cycle 2023-24", "co-animée par l’État et la Région", "objectifs indicatifs, proposés à la discussion"}},
		Tabs: []ui.Link{{Label: "La COP", Href: "/regions/" + region.Slug, Current: true}, {Label: "Panorama", Href: "/regions/" + region.Slug + "/panorama"},
			{Label: "Tendances", Href: "/regions/" + region.Slug + "/tendances"},
			{Label: "Simulateur", Href: "/simulateur/" + region.Slug}},
		Steps: steps(s), Contact: c.Contact,
		Foot: ui.Source{Text: "événements nommés ci-dessus, chacun avec sa source.", Sources: []ui.Link{{Label: "Les 18 COP", Href: "/regions"}}, Print: true},
	}
	v.Presentation = c.Presentation
	v.Figures = figures(p, s, on)
	if len(s.Conflicts) > 0 {
		first, _ := s.Launched()
		v.Conflict = &ui.Alert{State: "info", Title: "Deux dates de lancement sont publiées",
			Text: "Le " + first.Date() + " selon " + first.Source + ", le " + s.Conflicts[0].Date() + " selon " + s.Conflicts[0].Source + ". Jalon garde les deux et compte de la première."}
	}
	v.Events = eventTable(events)
	if len(v.Events.Rows) == 0 {
		v.Empty = &ui.Empty{Title: "Aucun événement pour l’instant", Text: "L’équipe de la COP enregistrera ici chaque étape, avec sa date et sa preuve."}
	}
	v.Calendar = "/regions/" + region.Slug + "/calendrier.ics"
	told, err := d.Room.NewsOf(r.Context(), d.Q, policy.Actor{}, c, "", 3)
	if err != nil {
		return err
	}
	for _, x := range told.Rows {
		v.News = append(v.News, newsOf(x))
	}
	held, err := d.Room.Meetings(r.Context(), d.Q, policy.Actor{}, c, "", 6)
	if err != nil {
		return err
	}
	for _, x := range held.Rows {
		v.Meetings = append(v.Meetings, lineOf(x, false))
	}
	page := d.Shell.Page(r, v.Heading.Title, "Où en est la COP de la région "+region.Name+", ce qui s’y est passé, et comment y prendre part.",
		ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: region.Name})
	return d.Shell.Render(w, r, page, onePage(v))
}

// finding is what the page says in its title.
func finding(name string, s cop.State) string {
	switch {
	case s.Finished[cop.Roadmap]:
		for _, e := range []cop.Stage{cop.Roadmap} {
			return name + nb + ": feuille de route adoptée, " + when(s.Reached[e])
		}
	case s.Last != nil:
		launch, ok := s.Launched()
		if ok {
			return name + nb + ": COP lancée " + when(launch)
		}
	case s.Next != nil:
		return name + nb + ": lancement annoncé, " + s.Next.Date()
	}
	return name + nb + ": une COP en préparation"
}

// when writes «le 14 novembre 2023», or «en février 2025» when the day is not
// known.
func when(e cop.Event) string {
	if e.Precision == "day" {
		return "le " + e.Date()
	}
	return "en " + e.Date()
}

func steps(s cop.State) []step {
	var out []step
	for _, stage := range cop.Stages() {
		x := step{Name: stage.Name(), State: "unknown", Text: "pas de date connue"}
		e, reached := s.Reached[stage]
		switch {
		case stage == cop.Preparation && s.Stage != cop.Preparation:
			x.State, x.Text = "done", "faite"
		case stage == cop.Preparation:
			x.State, x.Text = "open", "en cours"
		case s.Finished[stage]:
			x.State, x.Text = "done", "achevée, "+e.Date()
		case reached && stage == cop.Launch:
			x.State, x.Text = "done", e.Date()
		case reached:
			x.State, x.Text = "open", e.Mark.Name()+", "+e.Date()
		case s.Next != nil && s.Next.Stage == stage:
			x.State, x.Text = "announced", "annoncée, "+s.Next.Date()
		}
		out = append(out, x)
	}
	return out
}

func figures(p panorama.Panorama, s cop.State, on string) []ui.KeyFigure {
	out := []ui.KeyFigure{{Label: "Objectif proposé pour 2030", Meaning: "de moins par an en 2030 qu’en 2019, à discuter dans la COP",
		Value: ui.Value{Text: wording.Mass(p.Total.Kg), Provenance: "computed", ProvenanceLabel: "calculé par Jalon",
			Explain: wording.FigurePath(wording.TotalKey(p.Edition, p.Territory.Ref)), Name: "Objectif proposé pour 2030"}}}
	if e, ok := s.Launched(); ok {
		since := days(e.Day, on)
		out = append(out, ui.KeyFigure{Label: "Depuis le lancement", Value: ui.Value{Text: french.Integer(since), Unit: french.Plural(since, "jour", "jours")}, Meaning: "lancée " + when(e)})
	}
	if s.Last != nil {
		since := days(s.Last.Day, on)
		out = append(out, ui.KeyFigure{Label: "Dernier événement connu", Value: ui.Value{Text: french.Integer(since), Unit: french.Plural(since, "jour", "jours")},
			Meaning: "depuis «" + nb + s.Last.Stage.Name() + ", " + s.Last.Mark.Name() + nb + "», " + when(*s.Last)})
	}
	return out
}

func eventTable(events []cop.Event) ui.Table {
	t := ui.Table{ID: "evenements", Caption: "Ce qui s’est passé, du plus récent au plus ancien", Columns: []ui.Column{
		{Label: "Date"}, {Label: "Étape"}, {Label: "Fait"}, {Label: "Source"}, {Label: "Précision", Wide: true}}}
	gone := cop.Corrected(events)
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		if e.State != cop.Recorded || gone[e.ID] {
			continue
		}
		source := ui.Cell{Text: e.Source}
		if source.Text == "" {
			source.Text = "équipe de la COP"
		}
		if strings.HasPrefix(e.Evidence, "https://") {
			source.Href = e.Evidence
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: e.Date()}, {Text: e.Stage.Name()}, {Text: e.Mark.Name()}, source, {Text: e.Note}}})
	}
	return t
}
