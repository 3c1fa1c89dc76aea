package web_test

import (
	"context"
	"crypto/rand"

	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/ballot"
	"jalon/internal/debate/consultation"
	"jalon/internal/debate/follow"
	"jalon/internal/debate/meeting"
	"jalon/internal/debate/minutes"
	"jalon/internal/jobs"
	"jalon/internal/link"
	"jalon/internal/territory"
	"jalon/internal/web"
)

// debateRooms are the rooms of the debate, as internal/app builds them.
func (s *site) debateRooms(queue *jobs.Queue, tree func(context.Context) (*territory.Tree, error)) web.Debate {
	clock := s.cops.Now
	shared := &debate.Room{DB: s.d, IDs: s.ids, Now: clock, Random: rand.Reader, Journal: s.cops.Journal, Cursors: db.NewCursors([]byte("essai")), Queue: queue, Outbox: s.accounts.Outbox,
		COPs: s.cops, Accounts: s.accounts, Links: &link.Links{IDs: s.ids, Now: clock}, Tree: tree, BaseURL: "http://jalon.example",
		OnConfirm: map[string]func(context.Context, db.Q, debate.Voice, string) (string, error){},
		OnState:   map[debate.Kind]func(context.Context, db.Q, debate.Post, debate.PostState) error{}}
	for _, k := range []debate.Kind{debate.Contribution, debate.Comment, debate.Statement, debate.Amendment} {
		shared.OnConfirm[string(k)] = shared.Confirmed
	}
	d := web.Debate{Shared: shared, Meeting: &meeting.Room{Room: shared}, Ballot: &ballot.Room{Room: shared}, Consultation: &consultation.Room{Room: shared}, Follow: &follow.Room{Room: shared}}
	d.Ballot.Present = d.Meeting.Seats
	d.Minutes = &minutes.Room{Room: shared, Ballots: d.Ballot}
	s.cops.MoreDue = minutes.Due
	d.Meeting.Attach()
	s.meetings = d.Meeting
	return d
}
