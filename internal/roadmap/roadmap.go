// Package roadmap holds what a COP ends with: its four exit points, the adoption of the
// roadmap that it composed (package composition), what organisations commit to in it,
// and the proof that anyone can check off line.
package roadmap

import (
	"time"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
)

// Tables lists the tables of this room.
func Tables() []db.Table { return comments() }

// Room does what people do to what ends a COP. Time and ids are given.
type Room struct {
	DB       *db.DB
	IDs      *db.IDs
	Now      func() time.Time
	Journal  *journal.Journal
	COPs     *cop.Room
	Composed *composition.Room
	Register *action.Room
	Coverage *coverage.Room
}
