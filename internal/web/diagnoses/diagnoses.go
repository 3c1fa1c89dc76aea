// Package diagnoses serves the diagnosis of a region: where its team composes it
// from live blocks, what both heads publish, and each edition with its files and
// the explanations of its figures as they were.
package diagnoses

import (
	"context"
	"time"

	"jalon/internal/db"
	"jalon/internal/diagnosis"
	"jalon/internal/document"
	"jalon/internal/figure"
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
	// Catalogue makes the live blocks.
	Catalogue diagnosis.Catalogue
	// Explain answers for the figures of a draft.
	Explain figure.Explainer
	// PDF prints a document, nil without a browser on the machine.
	PDF func(ctx context.Context, d document.Document) ([]byte, error)
}

// Handlers are the handlers of this package by the names of the routes.
func Handlers(Deps) map[string]shell.Handler {
	return map[string]shell.Handler{}
}
