// Package composition holds the documents that a COP composes from live blocks and
// its own texts, and that both heads publish: the shared diagnosis, the roadmap, the
// review of a year. A draft is rows that several people write at once; an edition is
// frozen when it is proposed, and stays as both heads validated it.
package composition

import (
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	versions := func(name string) db.Table {
		return db.Table{Name: name + "_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}}
	}
	return []db.Table{
		{Name: "composition", Order: []string{"id"}, Scope: db.COP}, versions("composition"),
		{Name: "composition_block", Order: []string{"id"}, Scope: db.COP}, versions("composition_block"),
		{Name: "composition_edition", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
	}
}

// Version is the name of the version of all that the public pages of this room
// show.
const Version = "composition"

// Room does what people do to documents. Time and ids are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
	COPs    *cop.Room
}
