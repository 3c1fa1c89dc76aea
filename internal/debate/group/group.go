// Package group keeps the working groups of a COP: their mandate, their members by
// college, the bodies that existed before them.
package group

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
