package web

import (
	"context"
	"strings"

	"jalon/internal/document"
	"jalon/internal/web/answers"
	"jalon/internal/web/campaigns"
	"jalon/internal/web/opendata"
	"jalon/internal/web/paper"
	"jalon/internal/web/papers"
	"jalon/internal/web/questionnaires"
	"jalon/internal/web/restitutions"
	"jalon/internal/web/sheets"
	"jalon/internal/web/shell"
	"jalon/internal/web/texts"
)

// surveyHandlers are those of surveyRoutes, one room of pages each.
func (s *server) surveyHandlers() []map[string]shell.Handler {
	return []map[string]shell.Handler{
		questionnaires.Handlers(questionnaires.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Survey}),
		answers.Handlers(s.answers()),
		campaigns.Handlers(campaigns.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Survey}),
		papers.Handlers(papers.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Survey}),
		// restitutions
		// what comes out besides
		texts.Handlers(texts.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Room: s.Survey}),
		sheets.Handlers(sheets.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Room: s.Survey, Knowledge: s.Knowledge, Actions: s.actionsOf}),
		opendata.Handlers(opendata.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Room: s.OpenData}),
		restitutions.Handlers(restitutions.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Restitution, Book: s.Book, PDF: s.PDF}),
	}
}

// answers are the pages where an authority answers. A PDF needs a browser on the
// machine.
func (s *server) answers() answers.Deps {
	d := answers.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Room: s.Survey, Secure: strings.HasPrefix(s.BaseURL, "https://"), Trusted: s.TrustedProxies}
	if document.Browser() != "" {
		d.PDF = func(ctx context.Context, x document.Document) ([]byte, error) {
			page, err := paper.Standalone(ctx, x)
			if err != nil {
				return nil, err
			}
			return document.PDF(ctx, page)
		}
	}
	return d
}
