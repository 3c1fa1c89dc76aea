package web

import (
	"jalon/internal/web/restitutions"
	"jalon/internal/web/shell"
)

// surveyHandlers are those of surveyRoutes, one room of pages each.
func (s *server) surveyHandlers() []map[string]shell.Handler {
	return []map[string]shell.Handler{
		// questionnaires
		// campaigns
		// answers
		// papers
		restitutions.Handlers(restitutions.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Restitution, Book: s.Book, PDF: s.PDF}),
	}
}
