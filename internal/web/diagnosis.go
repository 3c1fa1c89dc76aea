package web

import (
	"jalon/internal/web/diagnoses"
	"jalon/internal/web/objectives"
	"jalon/internal/web/panoramas"
	"jalon/internal/web/shell"
	"jalon/internal/web/themes"
)

// diagnosisHandlers are those of diagnosisRoutes, one room of pages each.
func (s *server) diagnosisHandlers() []map[string]shell.Handler {
	return []map[string]shell.Handler{
		objectives.Handlers(objectives.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Objectives, Book: s.Book, Reachable: reachable(s.DB)}),
		themes.Handlers(themes.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Diagnosis}),
		diagnoses.Handlers(diagnoses.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Diagnosis, Catalogue: s.Blocks, Explain: s.Explain, PDF: s.PDF,
			Figure: panoramas.Deps{Shell: s.shell, Model: s.Model, Explain: s.Explain, Perimeter: s.perimeter}.KeptFigure}),
	}
}
