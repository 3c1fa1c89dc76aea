package minutes

import (
	"net/http"

	"jalon/internal/apperr"
	"jalon/internal/debate/minutes"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func (d Deps) tasks(w http.ResponseWriter, r *http.Request) error {
	return d.showTasks(w, r, http.StatusOK, minutes.TaskInput{}, nil, "")
}

// showTasks draws the list and the form; on names the task that an error is about,
// empty for the form.
func (d Deps) showTasks(w http.ResponseWriter, r *http.Request, status int, in minutes.TaskInput, bad error, on string) error {
	x, err := d.meeting(r)
	if err != nil {
		return err
	}
	list, err := minutes.Tasks(r.Context(), d.Q, x.meeting.ID)
	if err != nil {
		return err
	}
	left, late, today := 0, 0, x.cop.DayAt(d.Now())
	v := view{}
	for _, t := range list {
		l := lineView{ID: t.ID, Title: t.What, Late: t.Late(today)}
		due := "sans échéance"
		if t.Due != "" {
			due = "pour le " + french.Day(t.Due)
		}
		state := minutes.Word(minutes.TaskStates, t.State)
		if t.EndedOn != "" {
			state += " le " + french.Day(t.EndedOn)
		}
		if t.Reason != "" {
			state += nb + ": " + t.Reason
		}
		l.About = join(t.Who(), due, state)
		if t.State == minutes.TaskOpen {
			left++
		}
		if l.Late {
			late++
		}
		if x.may || t.Account != "" && t.Account == shell.Of(r).Account {
			reason := ui.Field{ID: "raison-" + t.ID, Name: "reason", Label: "Précision, ou raison"}
			day := ui.Field{ID: "jour-" + t.ID, Name: "on", Label: "Finie le", Type: "date", Help: "Aujourd’hui si vous laissez vide."}
			if on == t.ID {
				reason.Error, reason.Value, day.Value = apperr.Message(bad), shell.Typed(r, "reason"), shell.Typed(r, "on")
			}
			f := formView{ID: "tache-" + t.ID + "-suite", Title: "Dire ce qu’elle est devenue", Action: x.path(wording.MeetingTasks) + "/" + t.ID, Rev: rev(t.Rev), Folded: on != t.ID, Fields: []ui.Field{day, reason}, Buttons: [][2]string{{minutes.TaskDone, "Faite"}, {minutes.TaskDropped, "Abandonnée"}}}
			if t.State != minutes.TaskOpen {
				f.Fields, f.Buttons = nil, [][2]string{{minutes.TaskOpen, "Remettre à faire"}}
			}
			l.Forms = append(l.Forms, f)
		}
		v.Lines = append(v.Lines, l)
	}
	title := wording.OfMeeting("Les suites à donner", x.meeting)
	if len(list) > 0 {
		title = french.Integer(left) + nb + french.Plural(left, "tâche à faire", "tâches à faire") + " sur " + french.Integer(len(list)) + nb + ": " + x.meeting.Title
		if late > 0 {
			title = french.Integer(late) + nb + french.Plural(late, "tâche en retard", "tâches en retard") + nb + ": " + x.meeting.Title
		}
	} else {
		v.Empty = &ui.Empty{Title: "Aucune tâche pour l’instant", Text: "Ce que chacun doit faire après la réunion paraîtra ici, avec son échéance."}
	}
	v.Heading = x.heading("Tâches", title)
	if x.may {
		what := ui.Field{ID: "what", Label: "Ce qui est à faire", Required: true, Value: in.What}
		if on == "" && bad != nil {
			what.Error = apperr.Message(bad)
		}
		v.Forms = []formView{{ID: "ajouter", Title: "Confier une tâche", Action: x.path(wording.MeetingTasks), Buttons: [][2]string{{"add", "Confier la tâche"}}, Fields: []ui.Field{what,
			{ID: "holder", Label: "Qui s’en charge", Value: in.Holder, Help: "Le nom de la personne, ou l’organisme ci-dessous."}, {ID: "org", Label: "Organisme", Value: in.Org},
			{ID: "due", Label: "Échéance", Type: "date", Value: in.Due},
			{ID: "email", Label: "Adresse électronique", Type: "email", Value: in.Email, Help: "Si un compte a cette adresse, la personne reçoit la tâche et ses rappels. Sinon rien ne part."}}}}
	}
	return d.show(w, r, status, x, wording.MeetingTasks, v, ui.Link{Label: "Tâches"})
}

func (d Deps) addTask(w http.ResponseWriter, r *http.Request) error {
	x, _, err := d.sent(r)
	if err != nil {
		return err
	}
	in := minutes.TaskInput{What: shell.Typed(r, "what"), Holder: shell.Typed(r, "holder"), Org: shell.Typed(r, "org"), Email: shell.Typed(r, "email"), Due: shell.Typed(r, "due")}
	if _, err := d.Room.AddTask(r.Context(), shell.Actor(r), x.meeting.ID, in); err != nil {
		if shell.Beside(err) {
			return d.showTasks(w, r, apperr.Status(err), in, err, "")
		}
		return err
	}
	return shell.SeeOther(w, r, x.path(wording.MeetingTasks)+"?fait=1")
}

// endTask is for who runs the meeting, and for whoever holds the task: the room judges.
func (d Deps) endTask(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	x, err := d.meeting(r)
	if err != nil {
		return err
	}
	n, err := shell.Rev(r)
	if err != nil {
		return err
	}
	if _, err := d.Room.EndTask(r.Context(), shell.Actor(r), r.PathValue("tache"), n, shell.Typed(r, "do"), shell.Typed(r, "on"), shell.Typed(r, "reason")); err != nil {
		if shell.Beside(err) && apperr.KindOf(err) != apperr.Forbidden {
			return d.showTasks(w, r, apperr.Status(err), minutes.TaskInput{}, err, r.PathValue("tache"))
		}
		return err
	}
	return shell.SeeOther(w, r, x.path(wording.MeetingTasks)+"?fait=1")
}
