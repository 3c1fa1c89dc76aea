// Package coverage says how far what is done and what is retained cover the objective of
// a lever in a territory, in kt of CO₂e per year in 2030 against 2019: done since 2019,
// expected from retained actions, still to find, always apart.
package coverage

import (
	"context"
	"time"

	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/series"
)

// Tables lists the tables of this room.
func Tables() []db.Table { return nil }

// Prefix is that of the keys of figures of this room.
const Prefix = "couverture"

// Room reads coverage. Time is given.
type Room struct {
	DB    *db.DB
	Now   func() time.Time
	Model func(ctx context.Context) (*panorama.Model, error)
	Book  func() (*series.Book, error)
	// Together are the groups of levers that act on the same emissions.
	Together func() ([]Together, error)

	kept kept
	past held
}
