package web_test

import (
	"context"
	"crypto/rand"

	"jalon/internal/app"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/jobs"
	"jalon/internal/link"
	"jalon/internal/territory"
	"jalon/internal/web"
)

// debateRooms are the rooms of the debate, as internal/app builds them.
func (s *site) debateRooms(queue *jobs.Queue, tree func(context.Context) (*territory.Tree, error)) web.Debate {
	clock := s.cops.Now
	return app.Debate(&debate.Room{DB: s.d, IDs: s.ids, Now: clock, Random: rand.Reader, Journal: s.cops.Journal, Cursors: db.NewCursors([]byte("essai")), Queue: queue, Outbox: s.accounts.Outbox,
		COPs: s.cops, Accounts: s.accounts, Links: &link.Links{IDs: s.ids, Now: clock}, Tree: tree, BaseURL: "http://jalon.example"})
}
