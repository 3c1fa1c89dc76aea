// Package minutes keeps what a meeting says: its agenda, its minutes, its
// decisions, its tasks and its record.
package minutes

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
