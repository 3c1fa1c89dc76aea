package cop

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/journal"
	"jalon/internal/policy"
)

// Due is something that the team has to do.
type Due struct {
	Kind    string // of the thing: act, meeting, news, delegation, priority, event, office, check, task
	Subject string // its id, or the key of a line of the checklist
	Text    string // French
	Day     string // when; empty when no day is set
	Late    bool
}

// Waiting is what the COP waits for, and from whom.
type Waiting struct {
	Act   Act
	Side  Side
	Who   string    // title and name of the head who is asked
	Since time.Time // since when
	Alone time.Time // from when the other may go on
	Mine  bool      // the actor is the one who is asked
}

// Moved is something that happened since the last visit.
type Moved struct {
	journal.Entry
	Text string
}

// Desk is what the team of a COP opens: what is due, what waits for whom, what
// moved.
type Desk struct {
	COP       COP
	State     State
	Due       []Due
	Waiting   []Waiting
	Moved     []Moved
	MovedMore bool // there is more than is shown
	Checklist []Check
	Left      int // lines of the current stages that are not done
	Offices   []Office
	Since     time.Time // of the last visit; zero the first time
}

// deskMoves is how many moves a desk shows; the journal has them all.
const deskMoves = 30

// Visit notes that a person opened the desk, and returns when they last did.
func (m *Room) Visit(ctx context.Context, a policy.Actor, copID string) (last time.Time, err error) {
	defer apperr.Wrap(&err, "cop.Visit(%s)", copID)
	if a.Person == "" {
		return last, nil
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var at int64
		switch err := tx.QueryRow(ctx, `SELECT at FROM cop_visit WHERE person = $1 AND cop_id = $2`, a.Person, copID).Scan(&at); {
		case err == nil:
			last = time.UnixMilli(at).UTC()
		case !notFound(err):
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO cop_visit (person, cop_id, at) VALUES ($1, $2, $3) ON CONFLICT (person, cop_id) DO UPDATE SET at = excluded.at`,
			a.Person, copID, m.Now().UnixMilli())
		return err
	})
	return last, err
}

// Desk reads the desk of a COP for a person, in a number of statements that does
// not depend on what it holds.
func (m *Room) Desk(ctx context.Context, q db.Q, a policy.Actor, copID string, since time.Time) (d Desk, err error) {
	defer apperr.Wrap(&err, "cop.Desk(%s)", copID)
	c, err := Find(ctx, q, copID)
	if err != nil {
		return d, err
	}
	if err := policy.Check(a, policy.Read, c.Thing(policy.Desk)); err != nil {
		return d, err
	}
	d = Desk{COP: c, Since: since}
	today := m.today(c)
	f := Facts{COP: c, Today: today}
	if f.Events, err = Events(ctx, q, copID); err != nil {
		return d, err
	}
	d.State = StateAt(f.Events, today)
	if f.Offices, err = Offices(ctx, q, copID); err != nil {
		return d, err
	}
	d.Offices = f.Offices
	if f.Meetings, f.Documents, err = counts(ctx, q, copID); err != nil {
		return d, err
	}
	up, err := priorities(ctx, q, c)
	if err != nil {
		return d, err
	}
	for _, p := range up {
		if p.COP != copID && p.State != PriorityAdopted {
			f.Priorities++
		}
	}
	template, err := TemplateOf(ctx, q, c)
	if err != nil {
		return d, err
	}
	marks, err := ticked(ctx, q, copID)
	if err != nil {
		return d, err
	}
	d.Checklist = checklist(template.Template, f, marks)
	for _, x := range d.Checklist {
		if !x.Done && current(d.State, x.Stage) {
			d.Left++
		}
	}
	if err := m.waiting(ctx, q, a, &d); err != nil {
		return d, err
	}
	if err := m.due(ctx, q, &d, f, up); err != nil {
		return d, err
	}
	return d, m.moved(ctx, q, a, &d)
}

// current tells whether a stage is under way: reached and not finished, or the
// furthest one.
func current(s State, stage Stage) bool {
	_, reached := s.Reached[stage]
	return stage == s.Stage || reached && !s.Finished[stage] && stage != Launch
}

func (m *Room) waiting(ctx context.Context, q db.Q, a policy.Actor, d *Desk) error {
	acts, err := Acts(ctx, q, d.COP.ID)
	if err != nil {
		return err
	}
	for _, act := range acts {
		if act.State != ActPending {
			continue
		}
		mine, err := m.SideOf(ctx, q, a, d.COP, act)
		if err != nil {
			return err
		}
		for _, side := range []Side{StateSide, RegionSide} {
			if act.Has(side) || side == RegionSide && !d.COP.Both {
				continue
			}
			head := HeadOn(d.Offices, side, m.today(d.COP))
			who := head.Title
			if who == "" {
				who = d.COP.Head(side)
			}
			if head.Name != "" {
				who = head.Name + ", " + who
			}
			d.Waiting = append(d.Waiting, Waiting{Act: act, Side: side, Who: who, Since: act.At, Alone: act.AloneFrom(d.COP), Mine: mine == side})
		}
	}
	return nil
}

// due gathers what the team has to do, the soonest first.
func (m *Room) due(ctx context.Context, q db.Q, d *Desk, f Facts, up []Priority) error {
	c, today := d.COP, f.Today
	add := func(kind, subject, text, day string) {
		d.Due = append(d.Due, Due{Kind: kind, Subject: subject, Text: text, Day: day, Late: day != "" && day < today})
	}
	for _, side := range []Side{StateSide, RegionSide} {
		if (side == StateSide || c.Both) && HeadOn(f.Offices, side, today).ID == "" {
			add("office", string(side), "Indiquer qui conduit la COP pour "+c.Head(side), "")
		}
	}
	for _, w := range d.Waiting {
		if w.Mine {
			add("act", w.Act.ID, "Valider\u00a0: "+w.Act.Title, "")
		} else if !m.Now().Before(w.Alone) && w.Act.Has(w.Side.other()) {
			add("act", w.Act.ID, upper(c.Head(w.Side))+" n’a pas répondu dans le délai\u00a0: "+w.Act.Title, w.Alone.Format(time.DateOnly))
		}
	}
	if e := d.State.Next; e != nil {
		text := e.Stage.Name() + ", annoncé pour\u00a0: " + e.Date()
		if e.Day < today {
			text = e.Stage.Name() + " annoncé (" + e.Date() + ")\u00a0: enregistrer ce qui a eu lieu"
		}
		add("event", e.ID, text, e.Day)
	}
	for _, p := range up {
		if p.COP != c.ID && p.State == PriorityAdopted {
			add("priority", p.ID, "Répondre à la priorité d’un département\u00a0: "+p.Title, "")
		}
	}
	soon := m.Now().AddDate(0, 0, 14).Format(time.DateOnly)
	if err := m.dueRows(ctx, q, c, today, soon, add); err != nil {
		return err
	}
	if m.MoreDue != nil {
		more, err := m.MoreDue(ctx, q, c.ID, soon)
		if err != nil {
			return err
		}
		for _, x := range more {
			add(x.Kind, x.Subject, x.Text, x.Day)
		}
	}
	slices.SortStableFunc(d.Due, func(x, y Due) int {
		if (x.Day == "") != (y.Day == "") {
			return cmp.Compare(y.Day, x.Day) // a day comes before none
		}
		return cmp.Compare(x.Day, y.Day)
	})
	return nil
}

// dueRows reads meetings to hold, meetings past that nobody closed or counted,
// drafts, and delegations about to end, in one statement.
func (m *Room) dueRows(ctx context.Context, q db.Q, c COP, today, soon string, add func(kind, subject, text, day string)) error {
	recently := m.Now().AddDate(0, 0, -60).Format(time.DateOnly)
	rows, err := q.Query(ctx, `
		SELECT 'soon', id, title, day FROM meeting WHERE cop_id = $1 AND state = 'planned' AND day >= $2 AND day <= $3
		UNION ALL SELECT 'past', id, title, day FROM meeting WHERE cop_id = $1 AND state = 'planned' AND day < $2
		UNION ALL SELECT 'count', id, title, day FROM meeting WHERE cop_id = $1 AND state = 'held' AND attendance IS NULL AND day >= $4
		UNION ALL SELECT 'news', id, title, '' FROM news WHERE cop_id = $1 AND part = 'draft'
		UNION ALL SELECT 'delegation', id, decision, to_day FROM delegation WHERE cop_id = $1 AND ended_at IS NULL AND to_day >= $2 AND to_day <= $3
		ORDER BY 4, 2`, c.ID, today, soon, recently)
	type line struct{ what, id, title, day string }
	lines, err := db.Collect(rows, err, func(r *db.Rows) (x line, err error) {
		err = r.Scan(&x.what, &x.id, &x.title, &x.day)
		return x, err
	})
	for _, x := range lines {
		switch x.what {
		case "soon":
			add("meeting", x.id, "Réunion\u00a0: "+x.title, x.day)
		case "past":
			add("meeting", x.id, "Dire si la réunion a été tenue\u00a0: "+x.title, x.day)
		case "count":
			add("meeting", x.id, "Enregistrer le nombre de présents\u00a0: "+x.title, "")
		case "news":
			add("news", x.id, "Actualité à publier\u00a0: "+x.title, "")
		case "delegation":
			add("delegation", x.id, "Délégation qui prend fin ("+x.title+")", x.day)
		}
	}
	return err
}

func (m *Room) moved(ctx context.Context, q db.Q, a policy.Actor, d *Desk) error {
	if d.Since.IsZero() {
		return nil
	}
	p, err := m.Journal.List(ctx, q, journal.Filter{COPs: []string{d.COP.ID}, From: d.Since}, "", deskMoves)
	for _, e := range p.Entries {
		if e.Actor != a.Person {
			d.Moved = append(d.Moved, Moved{Entry: e, Text: Sentence(e)})
		}
	}
	d.MovedMore = p.Next != ""
	return err
}

// Summary is the desk in one line, for the title of its page and for a digest.
func (d Desk) Summary() string {
	return strconv.Itoa(len(d.Due)) + french.Plural(len(d.Due), " chose à faire", " choses à faire") + ", " +
		strconv.Itoa(len(d.Waiting)) + french.Plural(len(d.Waiting), " validation en attente", " validations en attente")
}
