// Package support says what helps a lever: typical actions, aids and resources, set
// against the five step types of an action. It is neither exhaustive nor a ranking.
package support

import (
	"time"

	"jalon/internal/db"
	"jalon/internal/journal"
)

// Tables lists the tables of this room.
func Tables() []db.Table { return nil }

// Version is the name of the version of what the public pages of measures show.
const Version = "measures"

// Room does what people do to measures. Time and ids are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
}
