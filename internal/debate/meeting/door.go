package meeting

import (
	"context"
	"io"
	"strings"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// letters are those of a code: none that is taken for another, aloud or on a screen.
const letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

// doorSize is how many letters a code has: 31^7 of them, and few tries an hour.
const doorSize = 7

// NewDoor gives the entrance of a meeting its code, another one each time: it opens on
// the day of the meeting alone.
func (m *Room) NewDoor(ctx context.Context, a policy.Actor, id string) (code string, err error) {
	defer apperr.Wrap(&err, "meeting.NewDoor(%s)", id)
	raw := make([]byte, doorSize)
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		x, c, err := m.mine(ctx, tx, a, id)
		if err != nil {
			return err
		}
		if x.State == cop.Cancelled || c.DayAt(m.Now()) > x.Day {
			return apperr.Invalidf("Cette réunion n’est plus à venir\u00a0: son entrée n’a plus besoin de code.")
		}
		if _, err := m.ensure(ctx, tx, x); err != nil {
			return err
		}
		if _, err := io.ReadFull(m.Random, raw); err != nil {
			return err
		}
		b := make([]byte, doorSize)
		for i, r := range raw {
			b[i] = letters[int(r)%len(letters)]
		}
		code = string(b)
		if _, err := tx.Exec(ctx, `UPDATE meeting_entry SET door = $2 WHERE meeting_id = $1`, x.ID, code); err != nil {
			return err
		}
		return m.record(ctx, tx, a, "door", x.ID, x.Rev, x.COP)
	})
	return code, err
}

// errDoor says the same of a code that never was, of one that was changed, and of one
// whose day is not today.
var errDoor = apperr.New(apperr.NotFound, nil, "Ce code n’ouvre aucune réunion aujourd’hui. Relisez-le à l’écran de la salle\u00a0: il ne sert que le jour de la réunion, et l’animateur peut l’avoir changé.")

// Behind is the meeting that a code opens today.
func (m *Room) Behind(ctx context.Context, q db.Q, code string) (x cop.Meeting, c cop.COP, err error) {
	defer apperr.Wrap(&err, "meeting.Behind")
	code = strings.ToUpper(strings.Join(strings.Fields(code), ""))
	if len(code) != doorSize {
		return x, c, errDoor
	}
	var id string
	if err = q.QueryRow(ctx, `SELECT meeting_id FROM meeting_entry WHERE door = $1`, code).Scan(&id); err != nil {
		if apperr.KindOf(err) == apperr.NotFound {
			return x, c, errDoor
		}
		return x, c, err
	}
	if x, c, err = cop.MeetingOf(ctx, q, id); err != nil {
		return x, c, err
	}
	if x.State == cop.Cancelled || c.DayAt(m.Now()) != x.Day {
		return x, c, errDoor
	}
	return x, c, nil
}

// Arrival is what somebody says at the door. Whoever registered gives their address
// alone; nobody learns from the answer who did.
type Arrival struct {
	NewPresence
	Email  string
	Voice  string // that this browser confirmed
	Device string // this browser
}

// Enter notes somebody who read the code at the door, once for each voice and each
// device. fresh is false for who was noted already.
func (m *Room) Enter(ctx context.Context, a policy.Actor, code string, in Arrival) (x cop.Meeting, fresh bool, err error) {
	defer apperr.Wrap(&err, "meeting.Enter")
	if in.Device == "" {
		return x, false, apperr.Invalidf("Votre navigateur refuse les cookies\u00a0: l’accueil peut vous noter sur la liste.")
	}
	err = db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error {
		var c cop.COP
		if x, c, err = m.Behind(ctx, tx, code); err != nil {
			return err
		}
		s, known, err := m.recognise(ctx, tx, a, c, x, in)
		if err != nil {
			return err
		}
		voice := ""
		if known {
			voice = s.Voice
			in.NewPresence = NewPresence{Name: s.Name, Org: s.Org, OrgName: s.OrgName, College: s.College, Territory: s.Territory}
		} else if err := in.check(); err != nil {
			return err
		}
		if fresh, err = m.present(ctx, tx, policy.Actor{}, x, voice, in.Device, ByDoor, in.NewPresence); err != nil {
			return err
		}
		return m.settle(ctx, tx, policy.Actor{}, x, false)
	})
	return x, fresh, err
}

// recognise finds the registration of whoever stands at the door: by their account, by
// the address that their browser confirmed, or by the one that they type.
func (m *Room) recognise(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, x cop.Meeting, in Arrival) (s Seat, known bool, err error) {
	where, arg := "v.id = $2", in.Voice
	switch {
	case strings.TrimSpace(in.Email) != "":
		email, err := account.Address(in.Email)
		if err != nil {
			return s, false, err
		}
		where, arg = "v.email = $2 AND v.state = 'confirmed'", email
	case a.Person != "":
		where, arg = "v.account = $2 AND v.cop_id = s.cop_id", a.Person
	case in.Voice == "":
		return s, false, nil
	}
	s, err = scanSeat(q.QueryRow(ctx, `SELECT `+seatColumns+` FROM meeting_seat s JOIN debate_voice v ON v.id = s.voice_id WHERE s.meeting_id = $1 AND `+where+` AND s.state <> 'unconfirmed' ORDER BY s.id LIMIT 1`, x.ID, arg))
	if err != nil && apperr.KindOf(err) == apperr.NotFound {
		return s, false, nil
	}
	return s, err == nil && s.COP == c.ID, err
}

// Recognised is the registration that the door already knows: shown to its holder, so
// that two touches are enough.
func (m *Room) Recognised(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, x cop.Meeting, voice string) (Seat, bool, error) {
	return m.recognise(ctx, q, a, c, x, Arrival{Voice: voice})
}
