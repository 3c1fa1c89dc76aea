// Package adaptation holds the priorities of adaptation of the COPs of départements:
// the sixteen fields of the State's own sheet, against the warming that the reference
// trajectory announces.
package adaptation

import (
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
)

// Tables lists the tables of this room.
func Tables() []db.Table { return nil }

// Room does what people do to priorities of adaptation. Time and ids are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
	COPs    *cop.Room
}
