// Package questions serves debates on a question: voting, statements, groups of
// opinion.
package questions

import (
	"context"
	"time"

	"jalon/internal/db"
	"jalon/internal/debate/question"
	"jalon/internal/panorama"
	"jalon/internal/web/shell"
)

// Deps is what these pages need.
type Deps struct {
	Shell *shell.Shell
	Model func(ctx context.Context) (*panorama.Model, error)
	Q     db.Q
	Now   func() time.Time
	Room  *question.Room
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(_ Deps) map[string]shell.Handler {
	return map[string]shell.Handler{}
}
