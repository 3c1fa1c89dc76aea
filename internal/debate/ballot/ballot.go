// Package ballot holds the votes taken live in a room: a code on the screen, one
// voice for each device, results shown when the facilitator says.
package ballot

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
