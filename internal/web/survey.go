package web

import "jalon/internal/web/shell"

// surveyHandlers are those of surveyRoutes, one room of pages each.
func (s *server) surveyHandlers() []map[string]shell.Handler {
	return []map[string]shell.Handler{
		// questionnaires
		// campaigns
		// answers
		// papers
		// restitutions
	}
}
