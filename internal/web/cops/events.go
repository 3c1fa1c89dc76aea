package cops

import (
	"net/http"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// eventsView lists all that was said of the stages, what no longer counts too.
type eventsView struct {
	workView
	Events ui.Table
}

// eventView is an event to correct or to withdraw.
type eventView struct {
	workView
	Facts   []string
	Commits bool
	Open    bool // it counts, and may be changed
	Reason  ui.Field
}

// standingOf says in words whether an event counts.
func standingOf(e cop.Event, gone map[string]bool) string {
	switch {
	case e.State == cop.Pending:
		return "attend la validation des deux têtes"
	case e.State == cop.Withdrawn:
		return "retiré"
	case gone[e.ID]:
		return "corrigé"
	}
	return "compte"
}

func (d Deps) events(w http.ResponseWriter, r *http.Request) error {
	c, where, err := d.find(r)
	if err != nil {
		return err
	}
	events, err := cop.Events(r.Context(), d.Q, c.ID)
	if err != nil {
		return err
	}
	a := shell.Actor(r)
	v := eventsView{workView: workView{Heading: ui.Heading{Overline: "Étapes", Title: where + nb + ": ce qui est arrivé à chaque étape", Scope: []string{"cycle " + c.Cycle, "rien n’est effacé" + nb + ": une correction s’ajoute"}},
		Tabs: tabs(r, c, "/bureau/evenements"), Done: r.URL.Query().Get("fait") == "1", Action: c.Path() + "/bureau/evenements", MayAdd: policy.Can(a, policy.Create, c.Thing(policy.StageEvent))}}
	v.Events = ui.Table{ID: "evenements", Caption: "Les événements, du plus récent au plus ancien", Columns: []ui.Column{{Label: "Date"}, {Label: "Étape"}, {Label: "Fait"}, {Label: "État"}, {Label: "Source"}, {Label: "Précision", Wide: true}, {Label: "Changer"}}}
	gone := cop.Corrected(events)
	for _, e := range slices.Backward(events) {
		state, change := ui.Cell{Text: standingOf(e, gone)}, ui.Cell{}
		if v.MayAdd && state.Text == "compte" {
			change = ui.Cell{Text: "corriger ou retirer", Href: v.Action + "/" + e.ID}
		}
		source := ui.Cell{Text: e.Source}
		if source.Text == "" {
			source.Text = "équipe de la COP"
		}
		if strings.HasPrefix(e.Evidence, "https://") || strings.HasPrefix(e.Evidence, "/documents/") {
			source.Href = e.Evidence
		}
		v.Events.Rows = append(v.Events.Rows, ui.Row{Cells: []ui.Cell{{Text: e.Date()}, {Text: e.Stage.Name()}, {Text: e.Mark.Name()}, state, source, {Text: e.Note}, change}})
	}
	if len(events) == 0 {
		v.Empty = &ui.Empty{Title: "Aucun événement pour l’instant", Text: "Enregistrez le premier au bureau de la COP.", Action: ui.Link{Label: "Enregistrer un événement", Href: c.Path() + "/bureau#evenement"}}
	}
	return d.private(w, r, http.StatusOK, v.Heading, eventsPage(v), trail(c, where, ui.Link{Label: "Étapes"})...)
}

// happened returns an event of the COP that the address names.
func (d Deps) happened(r *http.Request) (e cop.Event, gone map[string]bool, c cop.COP, where string, err error) {
	if c, where, err = d.find(r); err != nil {
		return e, nil, c, where, err
	}
	if err := policy.Check(shell.Actor(r), policy.Create, c.Thing(policy.StageEvent)); err != nil {
		return e, nil, c, where, err
	}
	events, err := cop.Events(r.Context(), d.Q, c.ID)
	if err != nil {
		return e, nil, c, where, err
	}
	i := slices.IndexFunc(events, func(x cop.Event) bool { return x.ID == r.PathValue("id") })
	if i < 0 {
		return e, nil, c, where, apperr.NotFoundf("Cet événement n’existe pas dans cette COP.")
	}
	return events[i], cop.Corrected(events), c, where, nil
}

func (d Deps) event(w http.ResponseWriter, r *http.Request) error {
	return d.showEvent(w, r, http.StatusOK, nil, "", "")
}

func (d Deps) showEvent(w http.ResponseWriter, r *http.Request, status int, typed *cop.NewEvent, on, wrong string) error {
	e, gone, c, where, err := d.happened(r)
	if err != nil {
		return err
	}
	show := cop.NewEvent{Stage: e.Stage, Mark: e.Mark, Day: e.Day, Elsewhere: e.Elsewhere, Evidence: e.Evidence}
	if typed != nil {
		show = *typed
	}
	state := standingOf(e, gone)
	v := eventView{workView: workView{Heading: ui.Heading{Overline: "Événement d’étape", Title: e.Stage.Name() + ", " + e.Mark.Name() + nb + ": " + e.Date(), Scope: []string{"cycle " + c.Cycle, state}},
		Tabs: tabs(r, c, "/bureau/evenements"), Action: c.Path() + "/bureau/evenements/" + e.ID}, Open: state == "compte", Commits: cop.Commits(e.Stage, e.Mark) && !e.Elsewhere}
	v.Fields = eventFields(c, show, only(on == "correct", wrong))
	last := &v.Fields[len(v.Fields)-1]
	last.Label, last.Required, last.Help = "Ce que vous corrigez, et pourquoi", true, "La raison reste à côté de l’événement."
	v.Reason = ui.Field{ID: "reason", Label: "Pourquoi il n’a pas eu lieu", Required: true, Value: r.PostForm.Get("reason"), Error: only(on == "retract", wrong)}
	if e.Note != "" {
		v.Facts = append(v.Facts, e.Note)
	}
	if e.Source != "" {
		v.Facts = append(v.Facts, "Source"+nb+": "+e.Source)
	}
	return d.private(w, r, status, v.Heading, eventPage(v), trail(c, where, ui.Link{Label: "Étapes", Href: c.Path() + "/bureau/evenements"}, ui.Link{Label: v.Heading.Title})...)
}

func typedEvent(r *http.Request) cop.NewEvent {
	f := r.PostForm
	return cop.NewEvent{Stage: cop.Stage(f.Get("stage")), Mark: cop.Mark(f.Get("mark")), Day: f.Get("day"), Elsewhere: f.Get("elsewhere") == "1",
		Evidence: strings.TrimSpace(f.Get("evidence")), Note: strings.TrimSpace(f.Get("note"))}
}

func (d Deps) changeEvent(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	e, _, c, _, err := d.happened(r)
	if err != nil {
		return err
	}
	a, do, in := shell.Actor(r), r.PostForm.Get("do"), typedEvent(r)
	switch do {
	case "correct":
		_, _, err = d.Room.CorrectEvent(r.Context(), a, c.ID, e.ID, in)
	case "retract":
		_, err = d.Room.RetractEvent(r.Context(), a, c.ID, e.ID, strings.TrimSpace(r.PostForm.Get("reason")))
	default:
		err = apperr.Invalidf("Ce bouton n’est pas connu. Rechargez la page.")
	}
	if err != nil && beside(err) {
		typed := &in
		if do != "correct" {
			typed = nil
		}
		return d.showEvent(w, r, apperr.Status(err), typed, do, apperr.Message(err))
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, c.Path()+"/bureau/evenements?fait=1")
}
