// Package contribution keeps what people contribute: how it is left, read,
// supported and commented, studied and answered.
package contribution

import (
	"jalon/internal/db"
	"jalon/internal/debate"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	return instructionTables()
}

// Room does what people do here.
type Room struct {
	*debate.Room
}
