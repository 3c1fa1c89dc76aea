// Package groups serves the working groups of a region, and the page of its debate.
package groups

import (
	"context"
	"time"

	"jalon/internal/db"
	"jalon/internal/debate/group"
	"jalon/internal/panorama"
	"jalon/internal/web/shell"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *group.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(_ Deps) map[string]shell.Handler {
	return map[string]shell.Handler{}
}
