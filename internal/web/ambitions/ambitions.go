// Package ambitions serves the debate on how far a lever may go.
package ambitions

import (
	"context"
	"time"

	"jalon/internal/db"
	"jalon/internal/debate/ambition"
	"jalon/internal/panorama"
	"jalon/internal/web/shell"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *ambition.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(_ Deps) map[string]shell.Handler {
	return map[string]shell.Handler{}
}
