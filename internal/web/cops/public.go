package cops

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/roadmap"
	"jalon/internal/territory"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// oneView is the public side of a COP.
type oneView struct {
	Panorama, Simulator string
	Heading             ui.Heading
	Tabs                ui.Pages
	Steps               []step
	Figures             []ui.KeyFigure
	Asked               askedLine // where the questionnaire stands, once a campaign was opened
	Presentation        string
	Contact             string
	Conflict            *ui.Alert
	Closed              *ui.Alert
	Chain               []ui.Alert // the COPs before and after it
	Events              ui.Table
	News                []newsLine
	Coming              []meetingLine
	Held                []meetingLine
	Documents           []documentLine
	Others              []ui.Link // COPs of the same territory in other cycles
	Departments         []ui.Link
	Above               *ui.Link // the region's COP, for that of a département
	Calendar            string
	Empty               *ui.Empty
	Foot                ui.Source
}

// step is a stage on the stepper: what is known of it in words, for its colour
// says nothing alone.
type step struct {
	Name, Text string
	State      string // done, open, announced, unknown
	Current    bool   // the furthest stage that an event proves
}

// publicDocuments is how many the page shows; the list is then cut, and says so.
const publicDocuments = 100

// one is the public page of a COP, of a region or of a département.
func (d Deps) one(w http.ResponseWriter, r *http.Request) error {
	m, err := d.Model(r.Context())
	if err != nil {
		return err
	}
	if slug := r.PathValue("slug"); slug != "" {
		if _, err := m.Tree().RegionBySlug(slug); err != nil {
			// «/regions/44» and «/regions/Grand-Est» are what people try.
			if byCode, cerr := m.Tree().Region(slug); cerr == nil {
				return shell.Moved(w, r, "/regions/"+byCode.Slug)
			}
			if bySlug, serr := m.Tree().RegionBySlug(strings.ToLower(slug)); serr == nil {
				return shell.Moved(w, r, "/regions/"+bySlug.Slug)
			}
			return err
		}
	}
	c, where, err := d.which(r)
	if err != nil {
		return err
	}
	if r.URL.Path != c.Path() {
		return shell.Moved(w, r, c.Path())
	}
	events, err := cop.Events(r.Context(), d.Q, c.ID)
	if err != nil {
		return err
	}
	on := d.now(c)
	s := cop.StateAt(events, on)
	p, err := m.Of(refOf(c))
	if err != nil {
		return err
	}
	v := oneView{Heading: heading(c, where, s), Tabs: wording.Tabs(m.Tree(), p, wording.TabCOP), Panorama: wording.PanoramaPath(p.Territory), Simulator: wording.SimulatorPath(m.Tree(), p), Steps: steps(s), Contact: c.Contact, Presentation: c.Presentation, Figures: figures(p, s, on), Calendar: c.Path() + "/calendrier.ics",
		Foot: ui.Source{Text: "événements nommés ci-dessus, chacun avec sa source.", Sources: []ui.Link{{Label: "Les 18 COP", Href: "/regions"}}, Print: true}}
	cycle, err := cop.FindCycle(r.Context(), d.Q, c.Cycle)
	if err != nil {
		return err
	}
	if !slices.Contains(strings.Split(cycle.Axes, "|"), "attenuation") {
		v.Figures = v.Figures[1:] // an objective in kt says nothing of adaptation
	}
	if len(s.Conflicts) > 0 {
		first, _ := s.Launched()
		v.Conflict = &ui.Alert{State: "info", Title: "Deux dates de lancement sont publiées",
			Text: "Le " + first.Date() + " selon " + first.Source + ", le " + s.Conflicts[0].Date() + " selon " + s.Conflicts[0].Source + ". Jalon garde les deux et compte de la première."}
	}
	ended, err := roadmap.CloseOf(r.Context(), d.Q, c.ID)
	if err != nil {
		return err
	}
	if ended.State == roadmap.Closed {
		v.Closed = &ui.Alert{State: "info", Title: "Cette COP est close depuis le " + french.Day(ended.EndedOn), Text: "Ses points de sortie, et les raisons de ce qui manquait, restent à lire.",
			Links: []ui.Link{{Label: "Les points de sortie", Href: c.Path() + "/feuille-de-route/points-de-sortie"}}}
	}
	if d.Chain != nil {
		if v.Chain, err = d.Chain(r.Context(), c); err != nil {
			return err
		}
	}
	if v.Events, err = d.eventTable(r, c, events); err != nil {
		return err
	}
	if len(v.Events.Rows) == 0 {
		v.Empty = &ui.Empty{Title: "Aucun événement pour l’instant", Text: "L’équipe de la COP enregistrera ici chaque étape, avec sa date et sa preuve."}
	}
	if line, ok, err := d.asked(r, c, on); err != nil {
		return err
	} else if ok {
		line.Label, line.Href = "Voir le questionnaire et ses taux", "/regions/"+c.Slug+"/questionnaire"
		v.Asked = line
	}
	if err := d.publicWork(r, c, on, &v); err != nil {
		return err
	}
	if err := d.relatives(r, m.Tree(), c, &v); err != nil {
		return err
	}
	page := d.Shell.Page(r, v.Heading.Title, "Où en est la COP, "+where+", ce qui s’y est passé, et comment y prendre part.",
		ui.Link{Label: "France", Href: "/france/panorama"}, ui.Link{Label: "Les COP régionales", Href: "/regions"}, ui.Link{Label: where})
	return d.Shell.Render(w, r, page, onePage(v))
}

// now is the day it is where a COP is held.
func (d Deps) now(c cop.COP) string { return c.DayAt(d.Now()) }

func refOf(c cop.COP) territory.Ref {
	if code := c.Department(); code != "" {
		return territory.Ref{Scale: territory.Department, Code: code}
	}
	return territory.Ref{Scale: territory.RegionS, Code: c.Region}
}

func heading(c cop.COP, where string, s cop.State) ui.Heading {
	h := ui.Heading{Overline: "COP régionale", Title: finding(where, s), Scope: []string{"cycle " + c.Cycle, "co-animée par l’État et la Région", "objectifs indicatifs, proposés à la discussion"}}
	if c.Department() != "" {
		h.Overline, h.Scope[1] = "COP départementale", "conduite par le préfet du département"
		if c.Both {
			h.Scope[1] = "conduite par le préfet et la présidence du conseil départemental"
		}
	}
	return h
}

// publicWork adds the news, the meetings and the documents that anyone reads.
func (d Deps) publicWork(r *http.Request, c cop.COP, on string, v *oneView) error {
	told, err := d.Room.NewsOf(r.Context(), d.Q, policy.Actor{}, c, "", 3)
	if err != nil {
		return err
	}
	for _, x := range told.Rows {
		v.News = append(v.News, newsOf(x))
	}
	meetings, err := d.Room.Meetings(r.Context(), d.Q, policy.Actor{}, c, "", 50)
	if err != nil {
		return err
	}
	for _, x := range meetings.Rows {
		switch {
		case x.Day >= on:
			v.Coming = append(v.Coming, lineOf(x, false))
		case len(v.Held) < 6:
			line := lineOf(x, false)
			if x.State == cop.Planned { // nobody said yet whether it was held
				line.State = "à confirmer"
			}
			v.Held = append(v.Held, line)
		}
	}
	slices.Reverse(v.Coming) // the soonest first
	files, err := d.Room.Documents(r.Context(), d.Q, policy.Actor{}, c, "", publicDocuments)
	if err != nil {
		return err
	}
	for _, x := range files.Rows {
		v.Documents = append(v.Documents, documentOf(x))
	}
	return nil
}

// relatives adds the COPs of the other cycles, of the départements, of the
// region.
func (d Deps) relatives(r *http.Request, tree *territory.Tree, c cop.COP, v *oneView) error {
	all, err := cop.ListOfRegion(r.Context(), d.Q, c.Region)
	if err != nil {
		return err
	}
	for _, x := range all {
		switch {
		case x.ID == c.ID:
		case x.Territory == c.Territory:
			v.Others = append(v.Others, ui.Link{Label: x.Name + ", cycle " + x.Cycle, Href: x.Path()})
		case x.ID == c.Parent:
			v.Above = &ui.Link{Label: x.Name + ", cycle " + x.Cycle, Href: x.Path()}
		case c.Parent == "" && x.Parent != "" && (x.Parent == c.ID || c.Cycle == cop.First):
			dept, err := tree.Dept(x.Department())
			if err != nil {
				return err
			}
			v.Departments = append(v.Departments, ui.Link{Label: dept.Name + ", cycle " + x.Cycle, Href: x.Path()})
		}
	}
	return nil
}

// calendar is the public calendar of a COP, for whoever follows it from their
// own.
func (d Deps) calendar(w http.ResponseWriter, r *http.Request) error {
	c, _, err := d.which(r)
	if err != nil {
		return err
	}
	return d.sendCalendar(w, r, policy.Actor{}, c.ID)
}

// sendCalendar writes what an actor may see of a COP's calendar.
func (d Deps) sendCalendar(w http.ResponseWriter, r *http.Request, a policy.Actor, id string) error {
	now := d.Now()
	c, entries, err := cop.Calendar(r.Context(), d.Q, a, id, now.AddDate(-3, 0, 0).Format(time.DateOnly), now.AddDate(2, 0, 0).Format(time.DateOnly))
	if err != nil {
		return err
	}
	calendar := c.Name
	if d.Shell.Demo {
		calendar += " (données de démonstration)"
	}
	body := []byte(cop.ICS(calendar, d.Shell.BaseURL, entries))
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="cop-`+c.Slug+`.ics"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, err = w.Write(body)
	return err
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
		x := step{Name: stage.Name(), State: "unknown", Text: "pas de date connue", Current: stage == s.Stage}
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

// eventTable lists what counts, the latest first, with what proves it when the
// reader may open it.
func (d Deps) eventTable(r *http.Request, c cop.COP, events []cop.Event) (ui.Table, error) {
	t := ui.Table{ID: "evenements", Caption: "Ce qui s’est passé, du plus récent au plus ancien", Columns: []ui.Column{
		{Label: "Date"}, {Label: "Étape"}, {Label: "Fait"}, {Label: "Source"}, {Label: "Précision", Wide: true}}}
	open, err := d.evidence(r, c, events)
	if err != nil {
		return t, err
	}
	gone := cop.Corrected(events)
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		if e.State != cop.Recorded || gone[e.ID] {
			continue
		}
		source := ui.Cell{Text: e.Source, Href: open(e)}
		if source.Text == "" {
			source.Text = "équipe de la COP"
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: e.Date()}, {Text: e.Stage.Name()}, {Text: e.Mark.Name()}, source, {Text: e.Note}}})
	}
	return t, nil
}

// evidence gives the address of what proves an event, empty when anyone may not
// open it: a page, or a document that the COP published.
func (d Deps) evidence(r *http.Request, c cop.COP, events []cop.Event) (func(cop.Event) string, error) {
	published := map[string]bool{}
	if slices.ContainsFunc(events, func(e cop.Event) bool { return strings.HasPrefix(e.Evidence, "/documents/") }) {
		var err error
		if published, err = cop.PublicDocuments(r.Context(), d.Q, c.ID); err != nil {
			return nil, err
		}
	}
	return func(e cop.Event) string {
		if id, ok := strings.CutPrefix(e.Evidence, "/documents/"); strings.HasPrefix(e.Evidence, "https://") || ok && published[id] {
			return e.Evidence
		}
		return ""
	}, nil
}
