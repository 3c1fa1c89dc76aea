// Package moderation reads what people write before everybody does: the queue, the
// decisions and their reasons, what readers report, appeals, and what is published
// of it all.
package moderation

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
