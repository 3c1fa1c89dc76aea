package cop

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// Stage is a step of a COP. Stages follow one another and may overlap.
type Stage string

// The stages, in their order.
const (
	Preparation Stage = "preparation"
	Launch      Stage = "lancement"
	Diagnosis   Stage = "diagnostic"
	Debate      Stage = "debat"
	Sharing     Stage = "partage"
	Roadmap     Stage = "feuille-de-route"
	Following   Stage = "suivi"
)

// Stages lists the stages in their order.
func Stages() []Stage {
	return []Stage{Preparation, Launch, Diagnosis, Debate, Sharing, Roadmap, Following}
}

var stageNames = map[Stage]string{Preparation: "Préparation", Launch: "Lancement", Diagnosis: "Diagnostic", Debate: "Débat",
	Sharing: "Partage infrarégional", Roadmap: "Feuille de route", Following: "Suivi"}

// Name is the French name of a stage.
func (s Stage) Name() string { return stageNames[s] }

func (s Stage) order() int { return slices.Index(Stages(), s) }

// Mark is what an event says of a stage.
type Mark string

// The marks. Announced says what somebody expects, Noted how somebody found the
// stage on a day («no COP launched»); the others, what happened.
const (
	Announced Mark = "announced"
	Noted     Mark = "noted"
	Opened    Mark = "opened"
	Held      Mark = "held" // a conference, a plenary, within the stage
	Done      Mark = "done"
)

var markNames = map[Mark]string{Announced: "annoncé", Noted: "constat", Opened: "ouvert", Held: "séance tenue", Done: "achevé"}

// Name is the French name of a mark.
func (k Mark) Name() string { return markNames[k] }

// Event is something that happened to a stage, or is announced.
type Event struct {
	ID, COP    string
	Stage      Stage
	Mark       Mark
	Day        string // 2024-05-27; the first or last day of a period for a coarser precision
	Precision  string // day, month, half-year
	KnownOn    string // the day from which it is known
	Elsewhere  bool   // recorded as done outside Jalon, on evidence
	Evidence   string // address of what proves it
	Source     string // who says so
	Note       string
	Act        string // the act by which both heads validated it
	State      string // recorded, pending, withdrawn
	Supersedes string
	By         string
}

// The states of an event: pending ones wait for both heads.
const (
	Recorded  = "recorded"
	Pending   = "pending"
	Withdrawn = "withdrawn"
)

// Date writes the day of an event as precisely as it is known.
func (e Event) Date() string {
	switch e.Precision {
	case "month":
		return french.Month(e.Day[:7])
	case "half-year":
		half := "premier"
		if e.Day[5:7] > "06" {
			half = "second"
		}
		return half + " semestre " + e.Day[:4]
	}
	return french.Day(e.Day)
}

// Commits reports whether a change of stage commits the COP, and so needs both
// heads: its launch, its diagnosis published, its roadmap adopted.
func Commits(s Stage, k Mark) bool {
	return s == Launch && k == Opened || s == Diagnosis && k == Done || s == Roadmap && k == Done
}

// NewEvent is what a person gives to record a change of stage.
type NewEvent struct {
	Stage     Stage
	Mark      Mark
	Day       string
	Elsewhere bool
	Evidence  string
	Note      string
}

func (m *Room) checkEvent(c COP, before []Event, in NewEvent) error {
	if in.Stage.order() < 0 {
		return apperr.Invalidf("Choisissez l’étape dans la liste.")
	}
	if markNames[in.Mark] == "" {
		return apperr.Invalidf("Dites ce qui est arrivé à l’étape\u00a0: annoncée, ouverte, tenue ou achevée.")
	}
	if err := day(in.Day, "Date de l’événement"); err != nil {
		return err
	}
	if in.Mark != Announced && in.Day > m.today(c) {
		return apperr.Invalidf("Cette date est à venir\u00a0: une étape se date du jour où elle a eu lieu. Pour une date prévue, choisissez «\u00a0annoncé\u00a0».")
	}
	if in.Elsewhere && in.Evidence == "" {
		return apperr.Invalidf("Ce qui s’est fait hors de Jalon s’enregistre avec sa preuve\u00a0: l’adresse d’un document ou d’une page.")
	}
	if in.Evidence != "" && !strings.HasPrefix(in.Evidence, "https://") && !strings.HasPrefix(in.Evidence, "http://") && !strings.HasPrefix(in.Evidence, "/documents/") {
		return apperr.Invalidf("La preuve est l’adresse d’une page (https://…) ou d’un document de la COP.")
	}
	if in.Mark == Announced || in.Mark == Noted || in.Stage == Preparation {
		return nil
	}
	opened := map[Stage]string{}
	for _, e := range before {
		if e.State == Recorded && (e.Mark == Opened || e.Mark == Done || e.Mark == Held) && (opened[e.Stage] == "" || e.Day < opened[e.Stage]) {
			opened[e.Stage] = e.Day
		}
	}
	launch := opened[Launch]
	switch {
	case in.Stage != Launch && launch == "":
		return apperr.Invalidf("La COP n’est pas encore lancée\u00a0: enregistrez d’abord son lancement, puis «\u00a0%s\u00a0».", in.Stage.Name())
	case in.Stage != Launch && in.Day < launch:
		return apperr.Invalidf("Cette date précède le lancement de la COP, le %s.", french.Day(launch))
	case in.Mark == Done && opened[in.Stage] != "" && in.Day < opened[in.Stage]:
		return apperr.Invalidf("Cette étape s’est ouverte le %s\u00a0: elle ne peut pas s’achever avant.", french.Day(opened[in.Stage]))
	}
	return nil
}

// AddEvent records a change of stage. One that commits the COP becomes an act
// that waits for both heads, unless it is recorded as done elsewhere, on
// evidence. It returns the event, and the act it waits for if any.
func (m *Room) AddEvent(ctx context.Context, a policy.Actor, copID string, in NewEvent) (Event, Act, error) {
	return m.addEvent(ctx, a, copID, in, "")
}

// addEvent records an event, in the place of another one when supersedes names
// it.
func (m *Room) addEvent(ctx context.Context, a policy.Actor, copID string, in NewEvent, supersedes string) (e Event, act Act, err error) {
	defer apperr.Wrap(&err, "cop.AddEvent(%s)", copID)
	c, err := Find(ctx, m.DB, copID)
	if err != nil {
		return e, act, err
	}
	if err := policy.Check(a, policy.Create, c.Thing(policy.StageEvent)); err != nil {
		return e, act, err
	}
	id, err := m.IDs.New()
	if err != nil {
		return e, act, err
	}
	e = Event{ID: id, COP: copID, Stage: in.Stage, Mark: in.Mark, Day: in.Day, Precision: "day", KnownOn: m.today(c), Elsewhere: in.Elsewhere,
		Evidence: in.Evidence, Note: in.Note, State: Recorded, Supersedes: supersedes, By: a.Person}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		// The root first: two people who record at once come one after the other.
		if _, err := tx.Exec(ctx, `UPDATE cop SET rev = rev + 1 WHERE id = $1`, copID); err != nil {
			return err
		}
		before, err := Events(ctx, tx, copID)
		if err != nil {
			return err
		}
		if before, err = replaced(before, supersedes); err != nil {
			return err
		}
		if err := m.checkEvent(c, before, in); err != nil {
			return err
		}
		if err := evidence(ctx, tx, copID, in.Evidence); err != nil {
			return err
		}
		if slices.ContainsFunc(before, func(x Event) bool {
			return x.Stage == e.Stage && x.Mark == e.Mark && x.State != Withdrawn && (x.Day == e.Day || Commits(e.Stage, e.Mark) && x.State == Pending)
		}) {
			return apperr.Conflictf("Cet événement est déjà enregistré, ou attend déjà la validation des deux têtes.")
		}
		if Commits(e.Stage, e.Mark) && !e.Elsewhere {
			if act, err = m.propose(ctx, tx, a, c, NewAct{Kind: StageAct, Subject: e.ID, Title: e.Stage.Name() + "\u00a0: " + e.Mark.Name() + ", le " + french.Day(e.Day)}); err != nil {
				return err
			}
			e.Act, e.State = act.ID, Pending
			if act.State != ActPending {
				e.State = Recorded
			}
		}
		if _, err := insertEvents(ctx, tx, []Event{e}, m.Now().UnixMilli()); err != nil {
			return err
		}
		current, err := Find(ctx, tx, copID)
		if err != nil {
			return err
		}
		if err := m.version(ctx, tx, "cop", copID, current.Rev, a.Person, "événement d’étape", current); err != nil {
			return err
		}
		return m.record(ctx, tx, a, "create", "stage_event", e.ID, 0, copID)
	})
	return e, act, err
}

// evidence checks that a document named as evidence is one of this COP.
func evidence(ctx context.Context, q db.Q, copID, address string) error {
	id, ok := strings.CutPrefix(address, "/documents/")
	if !ok {
		return nil
	}
	x, err := oneDocument(ctx, q, id)
	if err != nil && !notFound(err) {
		return err
	}
	if err != nil || x.COP != copID || x.State != Kept {
		return apperr.Invalidf("La preuve désigne un document qui n’est pas dans cette COP\u00a0: choisissez-en un de sa page «\u00a0Documents\u00a0».")
	}
	return nil
}

func insertEvents(ctx context.Context, tx db.Q, events []Event, at int64) (int64, error) {
	rows := make([][]any, 0, len(events))
	for _, e := range events {
		rows = append(rows, []any{e.ID, e.COP, string(e.Stage), string(e.Mark), e.Day, e.Precision, e.KnownOn, e.Elsewhere, e.Evidence, e.Source, e.Note,
			null(e.Act), e.State, null(e.Supersedes), e.By, at})
	}
	return db.Insert(ctx, tx, "cop_event", []string{"id", "cop_id", "stage", "mark", "day", "precision_", "known_on", "elsewhere", "evidence", "source", "note",
		"act", "state", "supersedes", "by", "at"}, rows, "ON CONFLICT (id) DO NOTHING")
}

func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

const eventColumns = `id, cop_id, stage, mark, day, precision_, known_on, elsewhere, evidence, source, note, COALESCE(act, ''), state, COALESCE(supersedes, ''), by`

func scanEvent(r *db.Rows) (e Event, err error) {
	err = r.Scan(&e.ID, &e.COP, &e.Stage, &e.Mark, &e.Day, &e.Precision, &e.KnownOn, &e.Elsewhere, &e.Evidence, &e.Source, &e.Note, &e.Act, &e.State, &e.Supersedes, &e.By)
	return e, err
}

// Events lists what happened in a COP, oldest first.
func Events(ctx context.Context, q db.Q, copID string) ([]Event, error) {
	rows, err := q.Query(ctx, `SELECT `+eventColumns+` FROM cop_event WHERE cop_id = $1 ORDER BY day, id`, copID)
	return db.Collect(rows, err, scanEvent)
}

// EventsInCycle lists the events of every COP of the regions in a cycle, in one
// statement.
func EventsInCycle(ctx context.Context, q db.Q, cycle string) ([]Event, error) {
	rows, err := q.Query(ctx, `SELECT `+eventColumns+`
		FROM cop_event WHERE cop_id IN (SELECT id FROM cop WHERE cycle = $1 AND parent IS NULL) ORDER BY cop_id, day, id`, cycle)
	return db.Collect(rows, err, scanEvent)
}

// State is where a COP stands on a day, by its dated events alone.
type State struct {
	Stage     Stage // the furthest stage that an event proves; Preparation when none does
	Reached   map[Stage]Event
	Finished  map[Stage]bool
	Last      *Event // the latest thing that happened
	Next      *Event // what was announced by then and had not happened
	Noted     *Event // how somebody last found the COP: it proves no stage
	Conflicts []Event
}

// StateAt reads events as they were known on a day. What happened later, and
// what was only learnt later, does not count: a launch of April that a report
// of May tells is known for April, so only announcements wait to be known.
func StateAt(events []Event, on string) State {
	s := State{Stage: Preparation, Reached: map[Stage]Event{}, Finished: map[Stage]bool{}}
	gone := Corrected(events)
	for i := range events {
		e := events[i]
		switch {
		case e.State != Recorded || gone[e.ID]:
			continue
		case e.Mark == Announced:
			if e.KnownOn <= on {
				s.Next = &events[i]
			}
			continue
		case e.Day > on:
			continue
		case e.Mark == Noted:
			s.Noted = &events[i]
			continue
		}
		if first, ok := s.Reached[e.Stage]; !ok {
			s.Reached[e.Stage] = e
		} else if first.Mark == e.Mark && e.Mark == Opened {
			s.Conflicts = append(s.Conflicts, e)
		}
		if e.Mark == Done {
			s.Finished[e.Stage] = true
		}
		if e.Stage.order() > s.Stage.order() {
			s.Stage = e.Stage
		}
		if s.Last == nil || e.Day >= s.Last.Day {
			s.Last = &events[i]
		}
	}
	if s.Next != nil {
		if _, done := s.Reached[s.Next.Stage]; done {
			s.Next = nil
		}
	}
	return s
}

// Launched reports whether the COP was launched, and when first.
func (s State) Launched() (Event, bool) {
	e, ok := s.Reached[Launch]
	return e, ok
}
