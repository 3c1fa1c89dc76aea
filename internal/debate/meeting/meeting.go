// Package meeting keeps who comes to a meeting: registration with its waiting list,
// invitations and reminders, attendance in the name of organisations. A seat counts once
// its holder confirmed their address: nobody holds one by typing somebody else's.
package meeting

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{
		{Name: "meeting_entry", Order: []string{"meeting_id"}, Scope: db.COP},
		{Name: "meeting_entry_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}},
		{Name: "meeting_seat", Order: []string{"id"}, Scope: db.COP, Personal: []string{"name", "name_key", "needs"}, Free: []string{"name", "name_key", "needs"}},
		{Name: "meeting_presence", Order: []string{"id"}, Scope: db.COP, Personal: []string{"name", "who", "by"}, Free: []string{"name", "who"}},
		{Name: "meeting_invite", Order: []string{"meeting_id", "email"}, Scope: db.COP, Personal: []string{"email", "name", "by"}, Owner: []string{"email"}, Free: []string{"name"}},
	}
}

// Registration is the kind of thing that the link of a mail confirms.
const Registration = "registration"

// Room does what people do here.
type Room struct {
	*debate.Room
}

// Attach makes the room do its part when an address is confirmed, when a meeting is
// changed, when a voice reads what it left and when it is erased.
func (m *Room) Attach() {
	if m.OnConfirm == nil {
		m.OnConfirm = map[string]func(context.Context, db.Q, debate.Voice, string) (string, error){}
	}
	if m.Names == nil {
		m.Names = map[string]func(context.Context, db.Q, string) (string, error){}
	}
	m.OnConfirm[Registration] = m.confirmed
	m.Names[Registration] = m.named
	m.Sections = append(m.Sections, m.section)
	m.OnErase = append(m.OnErase, m.EraseVoice)
	m.COPs.OnMeeting = m.changed
}

// named says what a link confirms.
func (m *Room) named(ctx context.Context, q db.Q, seat string) (string, error) {
	s, err := FindSeat(ctx, q, seat)
	if err != nil {
		return "", err
	}
	x, _, err := cop.MeetingOf(ctx, q, s.Meeting)
	return "votre inscription à «" + nb + x.Title + nb + "», " + When(x), err
}

// section lists the meetings for which a voice registered, on its own page.
func (m *Room) section(ctx context.Context, q db.Q, v debate.Voice) (out debate.Section, err error) {
	out = debate.Section{ID: "reunions", Title: "Mes inscriptions à des réunions"}
	rows, err := q.Query(ctx, `SELECT `+seatColumns+`, m.title, m.day, m.start_at, m.end_at FROM meeting_seat s JOIN meeting m ON m.id = s.meeting_id WHERE s.voice_id = $1 ORDER BY m.day DESC, m.id DESC LIMIT 200`, v.ID)
	out.Rows, err = db.Collect(rows, err, func(r *db.Rows) (l debate.LeftRow, err error) {
		var x cop.Meeting
		s, err := scanSeat(more{r, []any{&x.Title, &x.Day, &x.Start, &x.End}})
		l = debate.LeftRow{Text: x.Title + ", " + When(x), Note: s.State.Name(), Path: m.SeatPath(s), At: s.At}
		if s.Needs != "" {
			l.Note += nb + "; besoins" + nb + ": " + s.Needs
		}
		return l, err
	})
	return out, err
}
