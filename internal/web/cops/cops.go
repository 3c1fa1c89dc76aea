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
	// Chain is what the page of a COP says of those before and after it; none when nil.
	Chain func(ctx context.Context, c cop.COP) ([]ui.Alert, error)
	// ActorOf is what policy asks of an account as it stands now.
	ActorOf func(ctx context.Context, account string) (policy.Actor, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return map[string]shell.Handler{"regions": d.all, "region": d.one, "cop": d.one, "department-cop": d.departmentCOP, "department-desk": d.departmentDesk,
		"documents": d.documents, "document-add": d.addDocument, "document-edit": d.document, "document-save": d.saveDocument, "document-withdraw": d.withdrawDocument, "document-file": d.file,
		"priorities": d.priorities, "priority-add": d.addPriority, "priority": d.priority, "priority-change": d.changePriority,
		"cop-departments": d.departments, "cop-department-open": d.openDepartment,
		"events": d.events, "event": d.event, "event-change": d.changeEvent, "feed-change": d.changeFeed, "feed": d.feed,
		"template": d.template, "template-save": d.saveTemplate,
		"cycles": d.cycles, "cycle-add": d.addCycle, "cycle": d.cycle, "cycle-save": d.saveCycle, "cycle-open": d.openCycle, "cycle-template": d.saveCycleTemplate,
		"desk": d.desk, "desk-event": d.addEvent, "desk-act": d.act, "desk-delegate": d.delegate, "desk-tick": d.tick,
		"meetings": d.meetings, "meeting-add": d.addMeeting, "meeting-save": d.saveMeeting,
		"news": d.news, "news-add": d.addNews, "news-change": d.changeNews, "calendar": d.calendar,
		"cop-journal": d.acts, "cop-journal-csv": d.actsCSV, "national-journal": d.nationActs, "national-journal-csv": d.nationActsCSV, "cop-settings": d.settings, "cop-save": d.saveSettings}
}

const nb = french.NoBreak

// paris is where «today» is for a page that speaks of the whole country.
func (d Deps) paris() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return time.UTC
	}
	return zone
}

func (d Deps) today() string { return d.Now().In(d.paris()).Format(time.DateOnly) }

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
	v.Map.Legend = wording.StageLegend()
	v.Table = ui.Table{ID: "etat", Caption: "Où en est chaque COP au " + french.Day(on), Columns: []ui.Column{
		{Label: "Région"}, {Label: "Étape"}, {Label: "Lancement"}, {Label: "Dernier événement", Wide: true}, {Label: "Depuis", Unit: "jours", Number: true}}}
	for _, s := range list {
		href := "/regions/" + s.Region.Slug
		v.Map.Places = append(v.Map.Places, ui.Place{Code: s.Region.Code, Name: s.Region.Name, Href: href, Text: strings.ToLower(s.State.Stage.Name()), Class: wording.StageClass(s.State.Stage)})
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
