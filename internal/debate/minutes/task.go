package minutes

import (
	"context"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/jobs"
	"jalon/internal/mail"
	"jalon/internal/policy"
)

// The states of a task.
const (
	TaskOpen    = "open"
	TaskDone    = "done"
	TaskDropped = "dropped"
)

// TaskStates are the states of a task, as code and name.
var TaskStates = [][2]string{{TaskOpen, "à faire"}, {TaskDone, "faite"}, {TaskDropped, "abandonnée"}}

// Task is what somebody has to do after a meeting.
type Task struct {
	ID           string `json:"id"`
	Rev          int64  `json:"-"`
	COP          string `json:"cop"`
	Meeting      string `json:"meeting"`
	What         string `json:"what"`
	Account      string `json:"account"` // empty: somebody without an account, by name
	Holder       string `json:"holder"`
	Org          string `json:"org"`
	Due          string `json:"due"` // empty when no day is set
	State        string `json:"state"`
	EndedOn      string `json:"ended_on"`
	Reason       string `json:"reason"`
	MeetingTitle string `json:"-"`
}

// Late reports whether a task should be done already, on a day.
func (t Task) Late(today string) bool { return t.State == TaskOpen && t.Due != "" && t.Due < today }

// Who says who holds a task.
func (t Task) Who() string {
	switch {
	case t.Org != "" && t.Holder != "":
		return t.Holder + ", " + t.Org
	case t.Org != "":
		return t.Org
	}
	return t.Holder
}

const taskSelect = `SELECT t.id, t.rev, t.cop_id, t.meeting_id, t.what, t.account, t.holder, t.org, t.due, t.state, t.ended_on, t.reason, m.title FROM meeting_task t JOIN meeting m ON m.id = t.meeting_id `

func scanTask(r *db.Rows) (t Task, err error) {
	err = r.Scan(&t.ID, &t.Rev, &t.COP, &t.Meeting, &t.What, &t.Account, &t.Holder, &t.Org, &t.Due, &t.State, &t.EndedOn, &t.Reason, &t.MeetingTitle)
	return t, err
}

// Tasks lists the tasks of a meeting, the soonest due first. The caller read the
// meeting under its rights.
func Tasks(ctx context.Context, q db.Q, meeting string) (_ []Task, err error) {
	defer apperr.Wrap(&err, "minutes.Tasks(%s)", meeting)
	rows, err := q.Query(ctx, taskSelect+`WHERE t.meeting_id = $1 ORDER BY CASE WHEN t.due = '' THEN 1 ELSE 0 END, t.due, t.id`, meeting)
	return db.Collect(rows, err, scanTask)
}

// TaskInput is what somebody says of a task. Email is the address of an account of
// Jalon, when whoever holds it has one; nobody is told whether it has.
type TaskInput struct{ What, Holder, Org, Email, Due string }

func (in *TaskInput) check() error {
	in.What, in.Holder, in.Org = debate.Line(in.What), debate.Line(in.Holder), debate.Line(in.Org)
	switch {
	case in.What == "":
		return apperr.Invalidf("Écrivez ce qui est à faire.")
	case in.Holder == "" && in.Org == "":
		return apperr.Invalidf("Dites qui s’en charge\u00a0: un nom ou un organisme.")
	case in.Due != "":
		if err := day(in.Due); err != nil {
			return err
		}
	}
	if err := debate.Long("la tâche", in.What, sentenceMost); err != nil {
		return err
	}
	return debate.Long("le nom", in.Holder+in.Org, sentenceMost)
}

// AddTask gives somebody something to do. Whoever has an account is told by mail.
func (m *Room) AddTask(ctx context.Context, a policy.Actor, meeting string, in TaskInput) (t Task, err error) {
	if err := in.check(); err != nil {
		return t, err
	}
	err = m.write(ctx, a, meeting, "AddTask", func(ctx context.Context, tx db.Q, x cop.Meeting, c cop.COP) error {
		t = Task{Rev: 1, COP: x.COP, Meeting: x.ID, What: in.What, Holder: in.Holder, Org: in.Org, Due: in.Due, State: TaskOpen, MeetingTitle: x.Title}
		if err := m.holder(ctx, tx, in.Email, &t); err != nil {
			return err
		}
		if t.ID, err = m.IDs.New(); err != nil {
			return err
		}
		if _, err := db.Insert(ctx, tx, "meeting_task", []string{"id", "rev", "cop_id", "meeting_id", "what", "account", "holder", "org", "due", "state", "ended_on", "reason"},
			[][]any{{t.ID, t.Rev, t.COP, t.Meeting, t.What, t.Account, t.Holder, t.Org, t.Due, t.State, "", ""}}, ""); err != nil {
			return err
		}
		if err := m.tell(ctx, tx, c, t, "given", "Une tâche vous est confiée", "La réunion «\u00a0"+x.Title+"\u00a0» vous a confié\u00a0:"); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, "create", "task", t.ID, t.Rev, t.COP, "", t)
	})
	return t, err
}

// holder finds the account that an address names; an address without one is no error:
// whoever has it is known by name alone.
func (m *Room) holder(ctx context.Context, tx db.Q, email string, t *Task) error {
	if email == "" {
		return nil
	}
	address, err := account.Address(email)
	if err != nil {
		return err
	}
	who, err := account.FindByEmail(ctx, tx, address)
	if err != nil && apperr.KindOf(err) == apperr.NotFound {
		return nil
	}
	t.Account = who.ID
	return err
}

// EndTask says that a task is done, dropped with its reason, or open again. Whoever
// holds it may say so too. It lives on after the minutes are approved.
func (m *Room) EndTask(ctx context.Context, a policy.Actor, id string, rev int64, state, on, reason string) (t Task, err error) {
	defer apperr.Wrap(&err, "minutes.EndTask(%s)", id)
	reason = debate.Line(reason)
	switch {
	case Word(TaskStates, state) == "":
		return t, apperr.Invalidf("Choisissez dans la liste ce que la tâche est devenue.")
	case state == TaskDropped && reason == "":
		return t, apperr.Invalidf("Dites pourquoi cette tâche est abandonnée\u00a0: la raison paraît à côté d’elle.")
	}
	if err := debate.Long("la raison", reason, 500); err != nil {
		return t, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		n, err := tx.Exec(ctx, `UPDATE meeting_task SET rev = rev + 1 WHERE id = $1 AND rev = $2`, id, rev)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, taskSelect+`WHERE t.id = $1`, id)
		list, err := db.Collect(rows, err, scanTask)
		if err == nil && len(list) == 0 {
			err = apperr.NotFoundf("Cette tâche n’existe pas.")
		}
		if err != nil {
			return err
		}
		t = list[0]
		x, c, err := cop.FindMeeting(ctx, tx, a, t.Meeting)
		if err != nil {
			return err
		}
		if a.Person == "" || a.Person != t.Account {
			if err := policy.Check(a, policy.Edit, x.Thing(c)); err != nil {
				return err
			}
		}
		if n == 0 {
			return moved("cette tâche")
		}
		switch {
		case state == TaskOpen:
			on = ""
		case on == "":
			on = c.DayAt(m.Now())
		default:
			if err := day(on); err != nil {
				return err
			}
			if on > c.DayAt(m.Now()) {
				return apperr.Invalidf("Cette date est à venir\u00a0: donnez le jour où la tâche a été finie.")
			}
		}
		t.State, t.EndedOn, t.Reason = state, on, reason
		if _, err := tx.Exec(ctx, `UPDATE meeting_task SET state = $2, ended_on = $3, reason = $4 WHERE id = $1`, id, state, on, reason); err != nil {
			return err
		}
		return m.kept(ctx, tx, a, state, "task", t.ID, t.Rev, t.COP, reason, t)
	})
	return t, err
}

// dueMost bounds what a desk shows of tasks.
const dueMost = 20

// Due are the tasks of a COP that are late, or due within a week: what its desk shows.
func Due(ctx context.Context, q db.Q, copID, until string) (_ []cop.Due, err error) {
	defer apperr.Wrap(&err, "minutes.Due(%s)", copID)
	rows, err := q.Query(ctx, taskSelect+`WHERE t.cop_id = $1 AND t.state = 'open' AND t.due <> '' AND t.due <= $2 ORDER BY t.due, t.id LIMIT $3`, copID, until, int64(dueMost))
	list, err := db.Collect(rows, err, scanTask)
	var out []cop.Due
	for _, t := range list {
		out = append(out, cop.Due{Kind: "task", Subject: t.Meeting, Text: "Tâche de réunion (" + t.Who() + ")\u00a0: " + t.What, Day: t.Due})
	}
	return out, err
}

func (m *Room) tell(ctx context.Context, tx db.Q, c cop.COP, t Task, what, subject, says string) error {
	if t.Account == "" || m.Outbox == nil {
		return nil
	}
	text := t.What
	if t.Due != "" {
		text += " (pour le " + t.Due + ")"
	}
	_, err := m.Accounts.Notify(ctx, tx, t.Account, account.Tasks, c.Location(), mail.Mail{Dedup: "meeting-task/" + t.ID + "/" + what, FromName: c.SenderName(), ReplyTo: c.Contact, COP: c.ID,
		Letter: mail.Letter{Subject: subject + "\u00a0: " + c.Name, Blocks: []mail.Block{mail.Para(says), mail.Para(text), mail.Link("Voir la tâche, ou dire qu’elle est faite", m.BaseURL+"/reunions/"+t.Meeting+"/taches")},
			Reason: "Vous recevez ce message parce qu’une réunion de la COP vous a confié cette tâche."}})
	return err
}

// RemindKind is the job that reminds of tasks, once a day.
const RemindKind = "minutes.remind"

// remindAhead is how many days before its day a task is reminded of.
const remindAhead = 3

// Register does in the background what this room has to do.
func (m *Room) Register(c *jobs.Config) {
	c.Handlers[RemindKind] = jobs.Handler{Do: func(ctx context.Context, _ jobs.Job) error { return m.Remind(ctx) }}
	c.Periodic = append(c.Periodic, jobs.Periodic{Name: RemindKind, Last: jobs.Daily(6, 30, cop.COP{Zone: "Europe/Paris"}.Location())})
}

// Remind writes to the accounts that hold tasks due in the days that come, then once
// more when they are late: each mail goes once for each day that a task is due.
func (m *Room) Remind(ctx context.Context) (err error) {
	defer apperr.Wrap(&err, "minutes.Remind")
	until := m.Now().AddDate(0, 0, remindAhead).UTC().Format("2006-01-02")
	last := ""
	for {
		rows, err := m.DB.Query(ctx, taskSelect+`WHERE t.state = 'open' AND t.account <> '' AND t.due <> '' AND t.due <= $1 AND t.id > $2 AND m.state <> 'cancelled' ORDER BY t.id LIMIT 100`, until, last)
		list, err := db.Collect(rows, err, scanTask)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, t := range list {
			last = t.ID
			c, err := cop.Find(ctx, m.DB, t.COP)
			if err != nil {
				return err
			}
			what, subject := "soon/"+t.Due, "Une tâche arrive à échéance"
			if t.Late(c.DayAt(m.Now())) {
				what, subject = "late/"+t.Due, "Une tâche est en retard"
			}
			if err := db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
				return m.tell(ctx, tx, c, t, what, subject, "La réunion «\u00a0"+t.MeetingTitle+"\u00a0» vous avait confié\u00a0:")
			}); err != nil {
				return err
			}
		}
	}
}
