// Package actions serves actions as people read, propose and write them.
package actions

import (
	"context"
	"time"

	"jalon/internal/action"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/web/shell"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *action.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(d Deps) map[string]shell.Handler {
	return d.writers()
}
