package web

import (
	"jalon/internal/web/campaigns"
	"jalon/internal/web/shell"
)

// surveyHandlers are those of surveyRoutes, one room of pages each.
func (s *server) surveyHandlers() []map[string]shell.Handler {
	return []map[string]shell.Handler{
		// questionnaires
		// campaigns
		campaigns.Handlers(campaigns.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Survey}),
		// answers
		// papers
		// restitutions
	}
}
