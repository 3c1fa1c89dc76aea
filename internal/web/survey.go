package web

import (
	"jalon/internal/web/questionnaires"
	"jalon/internal/web/shell"
)

// surveyHandlers are those of surveyRoutes, one room of pages each.
func (s *server) surveyHandlers() []map[string]shell.Handler {
	return []map[string]shell.Handler{
		questionnaires.Handlers(questionnaires.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Survey}),
		// campaigns
		// answers
		// papers
		// restitutions
	}
}
