package web_test

import (
	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/series"
	"jalon/internal/web"
)

// actionRooms are the rooms of actions and of what helps them.
func (s *site) actionRooms(book *series.Book, figures *figure.Registry) web.Action {
	out := web.Action{
		Register: &action.Room{DB: s.d, IDs: s.ids, Now: s.cops.Now, Journal: s.cops.Journal, Cursors: db.NewCursors([]byte("actions")), COPs: s.cops, Links: s.debate.Shared.Links},
		Coverage: &coverage.Room{DB: s.d, Now: s.cops.Now, Model: s.store.Model, Book: func() (*series.Book, error) { return book, nil }, Together: func() ([]coverage.Together, error) { return coverage.LoadTogether(data.FS) }},
	}
	figures.Register(coverage.Prefix, out.Coverage.Explain)
	figures.Register(coverage.ActionPrefix, out.Coverage.ExplainAction)
	return out
}
