package meeting

import (
	"context"
	"strconv"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/french"
	"jalon/internal/policy"
)

// SeatState is where a registration stands.
type SeatState string

// The states of a registration.
const (
	Unconfirmed SeatState = "unconfirmed" // the address was typed, nobody confirmed it: no seat is held
	Confirmed   SeatState = "confirmed"
	Waiting     SeatState = "waiting"
	Cancelled   SeatState = "cancelled"
)

// Name says a state in French.
func (s SeatState) Name() string {
	switch s {
	case Unconfirmed:
		return "adresse à confirmer"
	case Confirmed:
		return "inscription confirmée"
	case Waiting:
		return "en liste d’attente"
	case Cancelled:
		return "désinscription"
	}
	return ""
}

// Seat is somebody's registration.
type Seat struct {
	ID        string
	Rev       int64
	COP       string
	Meeting   string
	Voice     string
	State     SeatState
	Name      string
	Org       string // organisation of the accounts, when chosen there
	OrgName   string
	Authority string // commune:67482, when that organisation is an authority
	College   debate.College
	Territory string
	Needs     string // what they need to take part; forgotten 30 days after the meeting
	Remote    bool
	Seated    bool // takes a seat of the room
	Place     int64
	At        time.Time
}

// NewSeat is what somebody says who registers.
type NewSeat struct {
	debate.Speaker
	Needs   string
	Remote  bool
	Invited string // the address that an invitation was sent to, when it is followed
}

const seatColumns = `s.id, s.rev, s.cop_id, s.meeting_id, s.voice_id, s.state, s.name, s.org, s.org_name, s.authority, s.college, s.territory, s.needs, s.remote, s.seated, s.place, s.at`

func scanSeat(r interface{ Scan(...any) error }) (s Seat, err error) {
	var at int64
	err = r.Scan(&s.ID, &s.Rev, &s.COP, &s.Meeting, &s.Voice, &s.State, &s.Name, &s.Org, &s.OrgName, &s.Authority, &s.College, &s.Territory, &s.Needs, &s.Remote, &s.Seated, &s.Place, &at)
	s.At = time.UnixMilli(at).UTC()
	return s, err
}

// FindSeat returns a registration by its id.
func FindSeat(ctx context.Context, q db.Q, id string) (Seat, error) {
	s, err := scanSeat(q.QueryRow(ctx, `SELECT `+seatColumns+` FROM meeting_seat s WHERE s.id = $1`, id))
	return s, db.OrNotFound(err, "Cette inscription n’existe plus.")
}

// SeatOf is the registration of a voice at a meeting.
func SeatOf(ctx context.Context, q db.Q, meeting, voice string) (Seat, error) {
	s, err := scanSeat(q.QueryRow(ctx, `SELECT `+seatColumns+` FROM meeting_seat s WHERE s.meeting_id = $1 AND s.voice_id = $2`, meeting, voice))
	return s, db.OrNotFound(err, "Vous n’êtes pas inscrit à cette réunion.")
}

// SeatPath is the address where whoever registered reads and cancels it, from the mails
// that they get: whoever holds it is them.
func (m *Room) SeatPath(s Seat) string {
	return "/reunions/" + s.Meeting + "/inscription/" + m.Cursors.Seal("seat", s.ID)
}

// OpenSeat is the registration of such an address.
func (m *Room) OpenSeat(ctx context.Context, q db.Q, meeting, token string) (s Seat, err error) {
	defer apperr.Wrap(&err, "meeting.OpenSeat")
	parts, err := m.Cursors.Open("seat", token, 1)
	if err != nil || len(parts) != 1 {
		return s, apperr.NotFoundf("Cette adresse est incomplète. Ouvrez-la depuis le dernier mail reçu.")
	}
	if s, err = FindSeat(ctx, q, parts[0]); err == nil && s.Meeting != meeting {
		err = apperr.NotFoundf("Cette inscription n’est pas à cette réunion.")
	}
	return s, err
}

// Register notes that somebody comes: at once when their address is known to be theirs,
// once they confirmed it otherwise. sure tells which.
func (m *Room) Register(ctx context.Context, a policy.Actor, id string, in NewSeat) (s Seat, sure bool, err error) {
	defer apperr.Wrap(&err, "meeting.Register(%s)", id)
	in.Needs = debate.Tidy(in.Needs)
	if err := debate.Long("ce que vous écrivez de vos besoins", in.Needs, 1000); err != nil {
		return s, false, err
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, c, err := cop.MeetingOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if in.Remote && x.JoinURL == "" {
			return apperr.Invalidf("Cette réunion ne se suit pas à distance\u00a0: choisissez de venir sur place.")
		}
		if in.Invited != "" && in.Email == "" {
			in.Email = in.Invited
		}
		// The voice, then the meeting: in the order of whoever confirms or is erased.
		var v debate.Voice
		if v, sure, err = m.Speak(ctx, tx, a, c, in.Speaker); err != nil {
			return err
		}
		e, err := m.ensure(ctx, tx, x)
		if err != nil {
			return err
		}
		if why := e.Takes(x, c.DayAt(m.Now())); why != "" {
			return apperr.Invalidf("%s Votre inscription n’est pas enregistrée.", why)
		}
		if e.Mode == Invited {
			// An address that is only typed is that of the invitation: nobody learns by
			// trying which ones were invited.
			if !sure && !strings.EqualFold(v.Email, in.Invited) && !policy.Can(a, policy.Edit, x.Thing(c)) {
				return errInvited
			}
			if err := m.invited(ctx, tx, a, x, c, v.Email); err != nil {
				return err
			}
		}
		if in.Name = debate.Line(in.Name); in.Name == "" && sure {
			in.Name = v.Name
		}
		if in.Name == "" {
			return apperr.Invalidf("Donnez votre nom\u00a0: c’est lui que l’on cherche à l’accueil.")
		}
		if s, err = m.put(ctx, tx, x, v, in); err != nil {
			return err
		}
		if sure {
			s, err = m.take(ctx, tx, c, x, s)
			return err
		}
		return m.AskConfirm(ctx, tx, c, v, Registration, s.ID, "votre inscription à «"+nb+x.Title+nb+"», le "+french.Day(x.Day)+",")
	})
	return s, sure, err
}

// put writes what somebody said of a registration that holds no seat yet.
func (m *Room) put(ctx context.Context, tx db.Q, x cop.Meeting, v debate.Voice, in NewSeat) (Seat, error) {
	id, err := m.IDs.New()
	if err != nil {
		return Seat{}, err
	}
	authority, college, err := authorityOf(ctx, tx, in.Org, in.College)
	if err != nil {
		return Seat{}, err
	}
	name, org, seated := in.Name, debate.Line(in.OrgName), !in.Remote || x.Place == ""
	if _, err := db.Insert(ctx, tx, "meeting_seat", []string{"id", "rev", "cop_id", "meeting_id", "voice_id", "state", "name", "name_key", "org", "org_name", "authority", "college", "territory", "needs", "remote", "seated", "place", "at"},
		[][]any{{id, int64(1), x.COP, x.ID, v.ID, string(Unconfirmed), name, french.SortKey(name), in.Org, org, authority, string(college), in.Territory, in.Needs, in.Remote, seated, int64(0), m.Now().UnixMilli()}},
		"ON CONFLICT (meeting_id, voice_id) DO NOTHING"); err != nil {
		return Seat{}, err
	}
	if _, err := tx.Exec(ctx, `
		UPDATE meeting_seat SET rev = rev + 1, name = $3, name_key = $4, org = $5, org_name = $6, authority = $7, college = $8, territory = $9, needs = $10, remote = $11, seated = $12
		 WHERE meeting_id = $1 AND voice_id = $2 AND state IN ('unconfirmed', 'cancelled') AND id <> $13`,
		x.ID, v.ID, name, french.SortKey(name), in.Org, org, authority, string(college), in.Territory, in.Needs, in.Remote, seated, id); err != nil {
		return Seat{}, err
	}
	return SeatOf(ctx, tx, x.ID, v.ID)
}

// authorityOf is the territory of an organisation that is an authority, and the college
// that it belongs to when nobody said one.
func authorityOf(ctx context.Context, q db.Q, org string, said debate.College) (string, debate.College, error) {
	if org == "" {
		return "", said, nil
	}
	o, err := account.FindOrganisation(ctx, q, org)
	if err != nil {
		return "", said, err
	}
	if said == "" {
		said = debate.CollegeOf(o.Kind)
	}
	return o.Territory, said, nil
}

// confirmed lets a registration take a seat, once its address is confirmed.
func (m *Room) confirmed(ctx context.Context, tx db.Q, _ debate.Voice, id string) (path string, err error) {
	defer apperr.Wrap(&err, "meeting.confirmed(%s)", id)
	s, err := FindSeat(ctx, tx, id)
	if err != nil {
		return "", err
	}
	x, c, err := cop.MeetingOf(ctx, tx, s.Meeting)
	if err != nil {
		return "", err
	}
	if x.State != cop.Planned || c.DayAt(m.Now()) > x.Day {
		return x.Path(), nil // it is too late, which the page of the meeting says
	}
	if _, err := m.ensure(ctx, tx, x); err != nil {
		return "", err
	}
	s, err = m.take(ctx, tx, c, x, s)
	return m.SeatPath(s), err
}

// take gives a seat to who has none, or a place on the waiting list. The row of the
// meeting is held: no two take the last one.
func (m *Room) take(ctx context.Context, tx db.Q, c cop.COP, x cop.Meeting, s Seat) (Seat, error) {
	s, err := FindSeat(ctx, tx, s.ID) // as it is now that the row is held
	if err != nil || s.State == Confirmed || s.State == Waiting {
		return s, err
	}
	state, place := Confirmed, int64(0)
	if s.Seated {
		n, err := tx.Exec(ctx, `UPDATE meeting_entry SET taken = taken + 1 WHERE meeting_id = $1 AND (capacity IS NULL OR taken < capacity AND waiting = 0)`, x.ID)
		if err != nil {
			return s, err
		}
		if n == 0 {
			state = Waiting
			if err := tx.QueryRow(ctx, `UPDATE meeting_entry SET waiting = waiting + 1, line = line + 1 WHERE meeting_id = $1 RETURNING line`, x.ID).Scan(&place); err != nil {
				return s, err
			}
		}
	}
	return m.turn(ctx, tx, c, x, s, state, place, "")
}

// turn moves a registration to another state, and tells its holder.
func (m *Room) turn(ctx context.Context, tx db.Q, c cop.COP, x cop.Meeting, s Seat, to SeatState, place int64, why string) (Seat, error) {
	if _, err := tx.Exec(ctx, `UPDATE meeting_seat SET rev = rev + 1, state = $2, place = $3 WHERE id = $1`, s.ID, string(to), place); err != nil {
		return s, err
	}
	s.Rev, s.State, s.Place = s.Rev+1, to, place
	e, err := EntryOf(ctx, tx, x)
	if err != nil {
		return s, err
	}
	return s, m.Tell(ctx, tx, c, s.Voice, "meeting/"+s.ID+"/"+strconv.FormatInt(s.Rev, 10), m.seatLetter(c, x, e, s, why), false)
}

// Cancel frees the seat of a registration, which goes to the first who waits. Twice
// does it once.
func (m *Room) Cancel(ctx context.Context, seat string) (s Seat, err error) {
	defer apperr.Wrap(&err, "meeting.Cancel(%s)", seat)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		s, err = m.cancel(ctx, tx, seat)
		return err
	})
	return s, err
}

func (m *Room) cancel(ctx context.Context, tx db.Q, seat string) (s Seat, err error) {
	if s, err = FindSeat(ctx, tx, seat); err != nil {
		return s, err
	}
	x, c, err := cop.MeetingOf(ctx, tx, s.Meeting)
	if err != nil {
		return s, err
	}
	if _, err := m.ensure(ctx, tx, x); err != nil {
		return s, err
	}
	if s, err = FindSeat(ctx, tx, seat); err != nil || s.State == Cancelled {
		return s, err
	}
	free := ""
	switch {
	case s.State == Waiting:
		free = `UPDATE meeting_entry SET waiting = waiting - 1 WHERE meeting_id = $1`
	case s.State == Confirmed && s.Seated:
		free = `UPDATE meeting_entry SET taken = taken - 1 WHERE meeting_id = $1`
	}
	if free != "" {
		if _, err := tx.Exec(ctx, free, x.ID); err != nil {
			return s, err
		}
	}
	if s, err = m.turn(ctx, tx, c, x, s, Cancelled, 0, ""); err != nil {
		return s, err
	}
	return s, m.promote(ctx, tx, c, x)
}

// promote gives the seats that are free to those who wait, in their order, until the
// eve of the meeting: later, nobody would have the time to come, and the places that
// are left are given at the door.
func (m *Room) promote(ctx context.Context, tx db.Q, c cop.COP, x cop.Meeting) error {
	if x.State != cop.Planned || c.DayAt(m.Now()) >= x.Day {
		return nil
	}
	for {
		n, err := tx.Exec(ctx, `UPDATE meeting_entry SET taken = taken + 1, waiting = waiting - 1 WHERE meeting_id = $1 AND waiting > 0 AND (capacity IS NULL OR taken < capacity)`, x.ID)
		if err != nil || n == 0 {
			return err
		}
		s, err := scanSeat(tx.QueryRow(ctx, `SELECT `+seatColumns+` FROM meeting_seat s WHERE s.meeting_id = $1 AND s.state = 'waiting' ORDER BY s.place, s.id LIMIT 1`, x.ID))
		if err != nil {
			return err
		}
		if _, err := m.turn(ctx, tx, c, x, s, Confirmed, 0, "Une place s’est libérée"+nb+": elle est à vous."); err != nil {
			return err
		}
	}
}

// EraseVoice forgets who registered or came with a voice that is erased: its seat goes
// to the next, its organisation stays counted.
func (m *Room) EraseVoice(ctx context.Context, tx db.Q, v debate.Voice) (err error) {
	defer apperr.Wrap(&err, "meeting.EraseVoice")
	rows, err := tx.Query(ctx, `SELECT s.id FROM meeting_seat s JOIN meeting m ON m.id = s.meeting_id WHERE s.voice_id = $1 AND s.state IN ('confirmed', 'waiting') AND m.state = 'planned' ORDER BY s.id`, v.ID)
	seats, err := db.Strings(rows, err)
	if err != nil {
		return err
	}
	for _, id := range seats {
		if _, err := m.cancel(ctx, tx, id); err != nil {
			return err
		}
	}
	for _, text := range []string{
		`UPDATE meeting_seat SET rev = rev + 1, name = '', name_key = '', needs = '' WHERE voice_id = $1`,
		`UPDATE meeting_presence SET name = '' WHERE voice_id = $1`,
	} {
		if _, err := tx.Exec(ctx, text, v.ID); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `DELETE FROM meeting_invite WHERE cop_id = $1 AND email = $2`, v.COP, strings.ToLower(v.Email))
	return err
}

const nb = french.NoBreak
