// Package ballots serves the votes taken live: the screen of the room, the phones,
// the facilitator.
package ballots

import (
	"context"
	"time"

	"jalon/internal/db"
	"jalon/internal/debate/ballot"
	"jalon/internal/panorama"
	"jalon/internal/web/shell"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *ballot.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(_ Deps) map[string]shell.Handler {
	return map[string]shell.Handler{}
}
