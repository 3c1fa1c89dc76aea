// Package ambition holds what each party says that it holds reachable for a lever,
// and on what condition.
package ambition

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
