package cop

import (
	"context"
	"net/url"
	"strings"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// Internal is the Part of what only the people of a COP read.
const Internal = "internal"

// Draft is the Part of news that is not published yet.
const Draft = "draft"

// Page is a part of a list. Next is the cursor of the part after it, empty at
// the end.
type Page[T any] struct {
	Rows []T
	Next string
}

// MeetingKind is what sort of meeting it is.
type MeetingKind string

// The kinds of meetings.
const (
	LaunchMeeting  MeetingKind = "lancement"
	Plenary        MeetingKind = "pleniere"
	GroupMeeting   MeetingKind = "groupe"
	Workshop       MeetingKind = "atelier"
	LocalMeeting   MeetingKind = "departement"
	Committee      MeetingKind = "comite"
	PublicHearing  MeetingKind = "reunion-publique"
	OtherGathering MeetingKind = "autre"

	MidtermCOP       MeetingKind = "intermediaire"
	LocalRestitution MeetingKind = "restitution"
)

// MeetingKinds lists the kinds in the order of forms.
func MeetingKinds() []MeetingKind {
	return []MeetingKind{LaunchMeeting, Plenary, MidtermCOP, LocalRestitution, GroupMeeting, Workshop, LocalMeeting, Committee, PublicHearing, OtherGathering}
}

var meetingNames = map[MeetingKind]string{LaunchMeeting: "Réunion de lancement", Plenary: "Plénière", GroupMeeting: "Groupe de travail", Workshop: "Atelier",
	LocalMeeting: "Réunion départementale", Committee: "Comité de pilotage", PublicHearing: "Réunion publique", OtherGathering: "Autre réunion",
	MidtermCOP: "COP intermédiaire", LocalRestitution: "Restitution départementale"}

// Name is the French name of a kind of meeting.
func (k MeetingKind) Name() string { return meetingNames[k] }

// The states of a meeting.
const (
	Planned   = "planned"
	MeetingOn = "held"
	Cancelled = "cancelled"
)

// Meeting is a gathering of a COP. Its hours are those of the COP's time zone.
type Meeting struct {
	ID         string      `json:"id"`
	Rev        int64       `json:"-"`
	COP        string      `json:"cop"`
	Kind       MeetingKind `json:"kind"`
	Stage      Stage       `json:"stage"`
	Title      string      `json:"title"`
	Day        string      `json:"day"`
	Start      string      `json:"start"` // 14:30, empty when the whole day
	End        string      `json:"end"`
	Place      string      `json:"place"`
	Part       string      `json:"part"`       // public, internal
	Attendance *int64      `json:"attendance"` // nil: nobody said, which is not zero
	Counted    bool        `json:"counted"`    // counted on a list, or else declared by the team
	Note       string      `json:"note"`
	State      string      `json:"state"`
	Group      string      `json:"group"`      // the working group that meets, empty for none
	Department string      `json:"department"` // the département that it is about, empty for the whole COP
	JoinURL    string      `json:"join_url"`   // where it is joined from afar
	UpdatedAt  time.Time   `json:"-"`
}

// Thing is a meeting as policy sees it.
func (x Meeting) Thing(c COP) policy.Thing {
	t := part(c.Thing(policy.Meeting), x.Part)
	t.Group = x.Group
	if x.Department != "" {
		t.Department = x.Department
	}
	return t
}

func part(t policy.Thing, p string) policy.Thing {
	t.Part = p
	return t
}

func (m *Room) checkMeeting(c COP, x Meeting) error {
	clock := func(s string) bool { _, err := time.Parse("15:04", s); return err == nil && len(s) == 5 }
	if err := day(x.Day, "Date de la réunion"); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(x.Title) == "" || len(x.Title) > 300:
		return apperr.Invalidf("Donnez à la réunion un titre de 300 caractères au plus.")
	case x.Kind.Name() == "":
		return apperr.Invalidf("Choisissez le type de réunion dans la liste.")
	case x.Stage.order() < 0:
		return apperr.Invalidf("Choisissez l’étape dans la liste.")
	case x.Part != policy.Public && x.Part != Internal:
		return apperr.Invalidf("Dites si la réunion est publique ou interne à la COP.")
	case x.Start != "" && !clock(x.Start) || x.End != "" && !clock(x.End):
		return apperr.Invalidf("Écrivez l’heure comme 14:30.")
	case x.End != "" && (x.Start == "" || x.End <= x.Start):
		return apperr.Invalidf("La réunion se termine avant de commencer\u00a0: vérifiez les heures.")
	case x.State != Planned && x.State != MeetingOn && x.State != Cancelled:
		return apperr.Invalidf("Dites si la réunion est prévue, tenue ou annulée.")
	case x.State == MeetingOn && x.Day > m.today(c):
		return apperr.Invalidf("Cette réunion est à venir\u00a0: elle ne peut pas être déjà tenue.")
	case x.Attendance != nil && x.State != MeetingOn:
		return apperr.Invalidf("Le nombre de présents s’enregistre une fois la réunion tenue.")
	case x.Attendance != nil && (*x.Attendance < 0 || *x.Attendance > 1_000_000):
		return apperr.Invalidf("Le nombre de présents va de 0 à 1\u202f000\u202f000.")
	case x.Counted && x.Attendance == nil:
		return apperr.Invalidf("Indiquez combien de présents ont été comptés.")
	case x.JoinURL != "" && !webAddress(x.JoinURL):
		return apperr.Invalidf("Le lien pour rejoindre la réunion commence par https:// et tient en 500 caractères.")
	case len(x.Place) > 500 || len(x.Note) > 20_000:
		return apperr.Invalidf("Le lieu tient en 500 caractères, la note en 20\u202f000.")
	}
	return nil
}

func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && len(text) <= 500
}

// AddMeeting records a meeting, planned or already held.
func (m *Room) AddMeeting(ctx context.Context, a policy.Actor, in Meeting) (x Meeting, err error) {
	defer apperr.Wrap(&err, "cop.AddMeeting(%s)", in.COP)
	c, err := Find(ctx, m.DB, in.COP)
	if err != nil {
		return x, err
	}
	if err := policy.Check(a, policy.Create, in.Thing(c)); err != nil {
		return x, err
	}
	if err := m.checkMeeting(c, in); err != nil {
		return x, err
	}
	x = in
	x.Rev = 1
	if x.ID, err = m.IDs.New(); err != nil {
		return x, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		if _, err := db.Insert(ctx, tx, "meeting", []string{"id", "rev", "cop_id", "kind", "stage", "title", "day", "start_at", "end_at", "place", "part", "attendance", "counted", "note", "state", "group_id", "department", "join_url"},
			[][]any{{x.ID, x.Rev, x.COP, string(x.Kind), string(x.Stage), x.Title, x.Day, x.Start, x.End, x.Place, x.Part, x.Attendance, x.Counted, x.Note, x.State, x.Group, x.Department, x.JoinURL}}, ""); err != nil {
			return err
		}
		if err := m.kept(ctx, tx, a, "create", "meeting", x.ID, x.Rev, x.COP, "", x); err != nil || m.OnMeeting == nil {
			return err
		}
		return m.OnMeeting(ctx, tx, c, Meeting{}, x)
	})
	return x, err
}

// kept writes the version of a thing and the row of the journal, which every act
// on it needs.
func (m *Room) kept(ctx context.Context, tx db.Q, a policy.Actor, verb, kind, id string, rev int64, copID, reason string, body any) error {
	if err := m.version(ctx, tx, kind, id, rev, a.Person, reason, body); err != nil {
		return err
	}
	return m.record(ctx, tx, a, verb, kind, id, rev, copID)
}

// SaveMeeting edits a meeting as it was at revision in.Rev: its hour, its place,
// its attendance once held.
func (m *Room) SaveMeeting(ctx context.Context, a policy.Actor, in Meeting, reason string) (x Meeting, err error) {
	defer apperr.Wrap(&err, "cop.SaveMeeting(%s)", in.ID)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		before, err := meeting(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `
			UPDATE meeting SET rev = rev + 1, kind = $3, stage = $4, title = $5, day = $6, start_at = $7, end_at = $8, place = $9,
			       part = $10, attendance = $11, counted = $12, note = $13, state = $14, group_id = $15, department = $16, join_url = $17
			 WHERE id = $1 AND rev = $2`, in.ID, in.Rev, string(in.Kind), string(in.Stage), in.Title, in.Day, in.Start, in.End, in.Place,
			in.Part, in.Attendance, in.Counted, in.Note, in.State, in.Group, in.Department, in.JoinURL)
		if err != nil {
			return err
		}
		if x, err = meeting(ctx, tx, in.ID); err != nil {
			return err
		}
		c, err := Find(ctx, tx, x.COP)
		if err != nil {
			return err
		}
		// Whoever moves a meeting from one group to another must hold both.
		for _, at := range []Meeting{before, x} {
			if err := policy.Check(a, policy.Edit, at.Thing(c)); err != nil {
				return err
			}
		}
		if n == 0 {
			return errMoved("cette réunion")
		}
		if err := m.checkMeeting(c, x); err != nil {
			return err
		}
		if err := m.kept(ctx, tx, a, "edit", "meeting", x.ID, x.Rev, x.COP, reason, x); err != nil || m.OnMeeting == nil {
			return err
		}
		return m.OnMeeting(ctx, tx, c, before, x)
	})
	return x, err
}

// CountMeeting records how many people were counted at a meeting, which proves that it
// was held: by a list, a code at the door or a count of heads. It does nothing when
// that number is already there.
func (m *Room) CountMeeting(ctx context.Context, tx db.Q, a policy.Actor, id string, people int64, reason string) (err error) {
	defer apperr.Wrap(&err, "cop.CountMeeting(%s)", id)
	n, err := tx.Exec(ctx, `
		UPDATE meeting SET rev = rev + 1, attendance = $2, counted = TRUE, state = 'held'
		 WHERE id = $1 AND state <> 'cancelled' AND (state <> 'held' OR NOT counted OR attendance IS NULL OR attendance <> $2)`, id, people)
	if err != nil || n == 0 {
		return err
	}
	x, err := meeting(ctx, tx, id)
	if err != nil {
		return err
	}
	return m.kept(ctx, tx, a, "edit", "meeting", x.ID, x.Rev, x.COP, reason, x)
}

const meetingSelect = `SELECT m.id, m.rev, m.cop_id, m.kind, m.stage, m.title, m.day, m.start_at, m.end_at, m.place, m.part, m.attendance, m.counted, m.note, m.state, m.group_id, m.department, m.join_url, COALESCE(v.at, 0)
		FROM meeting m LEFT JOIN meeting_version v ON v.id = m.id AND v.rev = m.rev `

func scanMeeting(r interface{ Scan(...any) error }) (x Meeting, err error) {
	var at int64
	err = r.Scan(&x.ID, &x.Rev, &x.COP, &x.Kind, &x.Stage, &x.Title, &x.Day, &x.Start, &x.End, &x.Place, &x.Part, &x.Attendance, &x.Counted, &x.Note, &x.State, &x.Group, &x.Department, &x.JoinURL, &at)
	x.UpdatedAt = time.UnixMilli(at).UTC()
	return x, err
}

func meeting(ctx context.Context, q db.Q, id string) (Meeting, error) {
	x, err := scanMeeting(q.QueryRow(ctx, meetingSelect+`WHERE m.id = $1`, id))
	return x, db.OrNotFound(err, "Cette réunion n’existe pas.")
}

// MeetingOf returns a meeting and its COP, whoever asks: the caller asks policy.
func MeetingOf(ctx context.Context, q db.Q, id string) (x Meeting, c COP, err error) {
	if x, err = meeting(ctx, q, id); err != nil {
		return x, c, err
	}
	c, err = Find(ctx, q, x.COP)
	return x, c, err
}

// FindMeeting returns a meeting that the actor may read.
func FindMeeting(ctx context.Context, q db.Q, a policy.Actor, id string) (x Meeting, c COP, err error) {
	if x, c, err = MeetingOf(ctx, q, id); err != nil {
		return x, c, err
	}
	return x, c, policy.Check(a, policy.Read, x.Thing(c))
}

// reads tells which parts of a COP's things of a kind an actor reads: all of
// them, or those that are public.
func reads(a policy.Actor, c COP, kind policy.Kind) bool {
	return policy.Can(a, policy.Read, part(c.Thing(kind), Internal))
}

// Path is the address of a meeting, whatever its COP.
func (x Meeting) Path() string { return "/reunions/" + x.ID }

// Begins is the instant at which a meeting begins, and whether its hour is known: the
// first of its day when not.
func (x Meeting) Begins(c COP) (at time.Time, hour bool) {
	if at = instant(x.Day, x.Start, c.Location()); !at.IsZero() {
		return at, true
	}
	return instant(x.Day, "00:00", c.Location()), false
}

// Appointment is a meeting as an entry of a calendar.
func (x Meeting) Appointment(c COP) Appointment {
	zone := c.Location()
	return Appointment{UID: "reunion-" + x.ID, Sequence: x.Rev - 1, COP: x.COP, Name: x.Title, Day: x.Day,
		Start: instant(x.Day, x.Start, zone), End: instant(x.Day, x.End, zone), Place: x.Place, Note: x.Note, Path: x.Path(),
		Category: x.Kind.Name(), Private: x.Part != policy.Public, Cancelled: x.State == Cancelled, UpdatedAt: x.UpdatedAt}
}

// Meetings lists the meetings of a COP that the actor may read, the latest day
// first.
func (m *Room) Meetings(ctx context.Context, q db.Q, a policy.Actor, c COP, cursor string, limit int) (p Page[Meeting], err error) {
	defer apperr.Wrap(&err, "cop.Meetings(%s)", c.ID)
	all := reads(a, c, policy.Meeting)
	return page(m, "meetings", c.ID, all, cursor, limit, func(day, id string, n int64) ([]Meeting, error) {
		rows, err := q.Query(ctx, meetingSelect+`
			WHERE m.cop_id = $1 AND (m.part = 'public' OR $2) AND (m.day, m.id) < ($3, $4) ORDER BY m.day DESC, m.id DESC LIMIT $5`, c.ID, all, day, id, n)
		return db.Collect(rows, err, func(r *db.Rows) (Meeting, error) { return scanMeeting(r) })
	}, func(x Meeting) (string, string) { return x.Day, x.ID })
}

// page reads one more row than asked, to know whether another page follows. The
// cursor is sealed with the COP and with what the reader may see of it.
func page[T any](m *Room, list, copID string, all bool, cursor string, limit int, read func(key, id string, n int64) ([]T, error), key func(T) (string, string)) (p Page[T], err error) {
	name := list + "?cop=" + copID
	if all {
		name += "&all"
	}
	from, err := m.Cursors.Open(name, cursor, 2)
	if err != nil {
		return p, err
	}
	if from == nil {
		from = []string{"~", ""} // after every date and every id
	}
	if p.Rows, err = read(from[0], from[1], int64(limit)+1); err != nil {
		return p, err
	}
	if len(p.Rows) > limit {
		p.Rows = p.Rows[:limit]
		last, id := key(p.Rows[limit-1])
		p.Next = m.Cursors.Seal(name, last, id)
	}
	return p, nil
}

// Mobilisation is what the recorded meetings of a COP, and of those of its
// départements, show. Counted and declared attendances are never added.
type Mobilisation struct {
	COP           string
	Kind          MeetingKind
	Held          int64 // meetings held
	Counted       int64 // people, at the meetings where they were counted
	CountedAt     int64 // those meetings
	Declared      int64 // people, where the team declared a number
	DeclaredAt    int64
	Largest       int64 // at one meeting, counted or declared
	WithoutFigure int64 // meetings held of which nobody said how many came
}

// MobilisationAt sums the meetings held until a day in a cycle, by region's COP
// and kind of meeting, in one statement.
func MobilisationAt(ctx context.Context, q db.Q, cycle, on string) (_ []Mobilisation, err error) {
	defer apperr.Wrap(&err, "cop.MobilisationAt(%s, %s)", cycle, on)
	rows, err := q.Query(ctx, `
		SELECT COALESCE(c.parent, c.id) AS region_cop, m.kind, COUNT(*),
		       CAST(COALESCE(SUM(CASE WHEN m.counted THEN m.attendance END), 0) AS BIGINT), COUNT(CASE WHEN m.counted THEN m.attendance END),
		       CAST(COALESCE(SUM(CASE WHEN m.counted THEN NULL ELSE m.attendance END), 0) AS BIGINT), COUNT(CASE WHEN m.counted THEN NULL ELSE m.attendance END),
		       COALESCE(MAX(m.attendance), 0)
		  FROM meeting m JOIN cop c ON c.id = m.cop_id
		 WHERE c.cycle = $1 AND m.state = 'held' AND m.day <= $2
		 GROUP BY COALESCE(c.parent, c.id), m.kind
		 ORDER BY 1, 2`, cycle, on)
	return db.Collect(rows, err, func(r *db.Rows) (x Mobilisation, err error) {
		err = r.Scan(&x.COP, &x.Kind, &x.Held, &x.Counted, &x.CountedAt, &x.Declared, &x.DeclaredAt, &x.Largest)
		x.WithoutFigure = x.Held - x.CountedAt - x.DeclaredAt
		return x, err
	})
}

// MeetingsOfGroup lists the meetings of a working group that an actor may read, the
// latest day first: 200 at most.
func MeetingsOfGroup(ctx context.Context, q db.Q, a policy.Actor, c COP, group string) (_ []Meeting, err error) {
	defer apperr.Wrap(&err, "cop.MeetingsOfGroup(%s)", group)
	rows, err := q.Query(ctx, meetingSelect+`WHERE m.group_id = $1 AND m.cop_id = $2 ORDER BY m.day DESC, m.id DESC LIMIT 200`, group, c.ID)
	all, err := db.Collect(rows, err, func(r *db.Rows) (Meeting, error) { return scanMeeting(r) })
	var out []Meeting
	for _, x := range all {
		if policy.Can(a, policy.Read, x.Thing(c)) {
			out = append(out, x)
		}
	}
	return out, err
}

// NextMeetings lists the public meetings of a COP from a day on, the soonest first.
func NextMeetings(ctx context.Context, q db.Q, c COP, from string, limit int) (_ []Meeting, err error) {
	defer apperr.Wrap(&err, "cop.NextMeetings(%s)", c.ID)
	rows, err := q.Query(ctx, meetingSelect+`WHERE m.cop_id = $1 AND m.part = 'public' AND m.state = 'planned' AND m.day >= $2 ORDER BY m.day, m.start_at, m.id LIMIT $3`, c.ID, from, int64(limit))
	return db.Collect(rows, err, func(r *db.Rows) (Meeting, error) { return scanMeeting(r) })
}
