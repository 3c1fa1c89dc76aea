// Package contributions serves what people contribute: the form, the lists, each
// page.
package contributions

import (
	"context"
	"time"

	"jalon/internal/db"
	"jalon/internal/debate/contribution"
	"jalon/internal/panorama"
	"jalon/internal/web/shell"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *contribution.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(_ Deps) map[string]shell.Handler {
	return map[string]shell.Handler{}
}
