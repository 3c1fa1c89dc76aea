// Package minutes serves what a meeting says: agenda, minutes, decisions, tasks,
// record.
package minutes

import (
	"context"
	"time"

	"jalon/internal/db"
	"jalon/internal/debate/minutes"
	"jalon/internal/panorama"
	"jalon/internal/web/shell"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *minutes.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(_ Deps) map[string]shell.Handler {
	return map[string]shell.Handler{}
}
