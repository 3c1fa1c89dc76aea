// Package diagnosis holds what a region shares before it debates: its list of
// themes and those that both heads put first, the scores of levers that inform the
// choice. The document itself is a composition (package composition), its live
// blocks those of diagnosis/live.
package diagnosis

import (
	"context"
	"time"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/restitution"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// Tables lists the tables of this room.
func Tables() []db.Table {
	versions := func(name string) db.Table {
		return db.Table{Name: name + "_version", Order: []string{"id", "rev"}, Scope: db.COP, Personal: []string{"by"}}
	}
	return []db.Table{
		{Name: "diagnosis_theme", Order: []string{"id"}, Scope: db.COP}, versions("diagnosis_theme"),
		{Name: "diagnosis_weights", Order: []string{"id"}, Scope: db.COP}, versions("diagnosis_weights"),
		{Name: "diagnosis_choice", Order: []string{"id"}, Scope: db.COP, Personal: []string{"by"}},
	}
}

// Version is the name of the version of all that the public pages of this room
// show.
const Version = "diagnosis"

// Prefix is that of the keys of figures of this room: scores of levers.
const Prefix = "diagnostic"

// Room does what people do to themes and to the diagnosis. Time and ids are given.
type Room struct {
	DB      *db.DB
	IDs     *db.IDs
	Now     func() time.Time
	Journal *journal.Journal
	COPs    *cop.Room
	// What the scores of levers are made from: the panorama, the series, the targets
	// that a region set itself, what authorities answered.
	Model       func(ctx context.Context) (*panorama.Model, error)
	Book        func() (*series.Book, error)
	Own         func(ctx context.Context, at territory.Ref) (panorama.Own, error)
	Restitution *restitution.Room
}
