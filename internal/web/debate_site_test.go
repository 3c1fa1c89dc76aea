package web_test

import (
	"context"
	"crypto/rand"

	"jalon/internal/app"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/consultation"
	"jalon/internal/jobs"
	"jalon/internal/link"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/web"
)

// debateRooms are the rooms of the debate, as internal/app builds them.
func (s *site) debateRooms(queue *jobs.Queue, tree func(context.Context) (*territory.Tree, error)) web.Debate {
	clock := s.cops.Now
	return app.Debate(&debate.Room{DB: s.d, IDs: s.ids, Now: clock, Random: rand.Reader, Journal: s.cops.Journal, Cursors: db.NewCursors([]byte("essai")), Queue: queue, Outbox: s.accounts.Outbox,
		COPs: s.cops, Accounts: s.accounts, Links: &link.Links{IDs: s.ids, Now: clock}, Tree: tree, BaseURL: "http://jalon.example"}, s.store.Model)
}

// debateFixtures are the things of the debate that the addresses of the walk name.
func (s *site) debateFixtures(slug, copID string, team policy.Actor, out map[string]string) {
	s.t.Helper()
	c, err := cop.Find(s.t.Context(), s.d, copID)
	if err != nil {
		s.t.Fatal(err)
	}
	x, err := s.debate.Follow.AddLetter(s.t.Context(), team, c, "Lettre", "Un texte.")
	if err != nil {
		s.t.Fatal(err)
	}
	y, err := s.debate.Consultation.Create(s.t.Context(), team, c, consultation.Input{Title: "Projet", OpensOn: "2026-03-02", ClosesOn: "2026-03-31"})
	if err != nil {
		s.t.Fatal(err)
	}
	out[slug+"/letter"], out[slug+"/consultation"] = x.ID, y.ID
}
