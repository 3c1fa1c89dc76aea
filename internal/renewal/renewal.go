// Package renewal opens the next COP of a territory from the last one: what is carried
// over, what the new referential no longer maps, what stays to be read as it was.
package renewal

import (
	"time"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
)

// Tables lists the tables of this room.
func Tables() []db.Table { return nil }

// Room does what people do to open a COP from the one before. Time and ids are given.
type Room struct {
	DB        *db.DB
	IDs       *db.IDs
	Now       func() time.Time
	Journal   *journal.Journal
	COPs      *cop.Room
	Register  *action.Room
	Knowledge *knowledge.Room
}
