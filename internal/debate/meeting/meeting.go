// Package meeting keeps who comes to a meeting: registration with its waiting list,
// invitations and reminders, attendance in the name of organisations.
package meeting

import (
	"jalon/internal/db"
	"jalon/internal/debate"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return []db.Table{}
}

// Room does what people do here.
type Room struct {
	*debate.Room
}
