package web

import (
	"jalon/internal/composition"
	"jalon/internal/diagnosis"
	"jalon/internal/link"
	"jalon/internal/web/compositions"
	"jalon/internal/web/exits"
	"jalon/internal/web/objectives"
	"jalon/internal/web/panoramas"
	"jalon/internal/web/shell"
	"jalon/internal/web/themes"
	"jalon/internal/web/ui"
)

// diagnosisHandlers are those of diagnosisRoutes, one room of pages each.
func (s *server) diagnosisHandlers() []map[string]shell.Handler {
	return []map[string]shell.Handler{
		objectives.Handlers(objectives.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Objectives, Book: s.Book, Reachable: reachable(s.DB)}),
		themes.Handlers(themes.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Diagnosis}),
		s.compositionHandlers(composition.Diagnosis),
	}
}

// compositionHandlers are those of the pages of a kind of document.
func (s *server) compositionHandlers(k composition.Kind) map[string]shell.Handler {
	var more func(string) []ui.Link
	if k == composition.Roadmap {
		more = exits.Links
	}
	var links *link.Links
	if s.Debate.Shared != nil { // a site whose rooms are not there yet has none
		links = s.Debate.Shared.Links
	}
	return compositions.Handlers(compositions.Deps{More: more, Closing: s.Follow.Roadmap, Consultation: s.Debate.Consultation, Links: links, Names: s.names, Register: s.Action.Register, Shelf: &s.shelf, Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Composed, Kind: k, Catalogue: s.Blocks[k], Explain: s.Explain, PDF: s.PDF, Together: diagnosis.Together,
		Figure: panoramas.Deps{Shell: s.shell, Model: s.Model, Explain: s.Explain, Perimeter: s.perimeter}.KeptFigure})
}
