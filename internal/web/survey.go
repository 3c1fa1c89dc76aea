package web

import (
	"jalon/internal/web/opendata"
	"jalon/internal/web/sheets"
	"jalon/internal/web/shell"
	"jalon/internal/web/texts"
)

// surveyHandlers are those of surveyRoutes, one room of pages each.
func (s *server) surveyHandlers() []map[string]shell.Handler {
	return []map[string]shell.Handler{
		// questionnaires
		// campaigns
		// answers
		// papers
		// restitutions
		// what comes out besides
		texts.Handlers(texts.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Room: s.Survey}),
		sheets.Handlers(sheets.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Room: s.Survey, Knowledge: s.Knowledge}),
		opendata.Handlers(opendata.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Room: s.OpenData}),
	}
}
