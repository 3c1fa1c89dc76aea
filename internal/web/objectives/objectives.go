// Package objectives serves the objectives of a COP: the table where a region puts
// them, discusses and shares them, their closure down to départements and
// perimeters, and the nation's sum of ambitions.
package objectives

import (
	"context"
	"maps"
	"time"

	"jalon/internal/db"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/web/shell"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *objective.Room
	Book  *series.Book // names the subjects of biodiversity and resources
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	out := d.tableHandlers()
	maps.Copy(out, d.closureHandlers())
	return out
}
