// Package themes serves the themes of a region: its own list, the scores of levers
// that inform the choice, and what both heads put first.
package themes

import (
	"context"
	"time"

	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/panorama"
	"jalon/internal/web/shell"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *diagnosis.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(Deps) map[string]shell.Handler {
	return map[string]shell.Handler{}
}
