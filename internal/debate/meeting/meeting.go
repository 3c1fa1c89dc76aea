// Package meeting keeps who comes to a meeting: registration with its waiting list,
// invitations and reminders, attendance in the name of organisations. A seat counts once
// its holder confirmed their address: nobody holds one by typing somebody else's.
package meeting

import (
	"context"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/mail"
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

// Group is a working group that meets.
type Group struct{ ID, Name string }

// Room does what people do here.
type Room struct {
	*debate.Room
	// Groups lists the working groups of a COP; nil when there are none.
	Groups func(ctx context.Context, q db.Q, c cop.COP) ([]Group, error)
	// Members lists the addresses of those of a group; nil when there are none.
	Members func(ctx context.Context, q db.Q, group string) ([]mail.Address, error)
}

// Attach makes the room do its part when an address is confirmed, when a meeting is
// changed and when a voice is erased.
func (m *Room) Attach() {
	if m.OnConfirm == nil {
		m.OnConfirm = map[string]func(context.Context, db.Q, debate.Voice, string) (string, error){}
	}
	m.OnConfirm[Registration] = m.confirmed
	m.COPs.OnMeeting = m.changed
}
