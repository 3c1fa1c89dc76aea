package web_test

import (
	"context"
	"crypto/rand"

	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate"
	"jalon/internal/debate/ambition"
	"jalon/internal/debate/ballot"
	"jalon/internal/debate/consultation"
	"jalon/internal/debate/contribution"
	"jalon/internal/debate/follow"
	"jalon/internal/debate/group"
	"jalon/internal/debate/meeting"
	"jalon/internal/debate/minutes"
	"jalon/internal/debate/moderation"
	"jalon/internal/debate/question"
	"jalon/internal/jobs"
	"jalon/internal/link"
	"jalon/internal/territory"
	"jalon/internal/web"
)

// debateRooms builds the rooms of the debate as the program does.
func (s *site) debateRooms(cops *cop.Room, keys db.Cursors, queue *jobs.Queue, tree func(context.Context) (*territory.Tree, error)) web.Debate {
	shared := &debate.Room{DB: s.d, IDs: s.ids, Now: s.accounts.Now, Random: rand.Reader, Journal: cops.Journal, Cursors: keys, Queue: queue, Outbox: s.accounts.Outbox,
		COPs: cops, Accounts: s.accounts, Links: &link.Links{IDs: s.ids, Now: s.accounts.Now}, Tree: tree, BaseURL: "http://jalon.example"}
	s.accounts.GroupAt = group.Placed
	return web.Debate{Shared: shared, Moderation: &moderation.Room{Room: shared}, Group: &group.Room{Room: shared}, Meeting: &meeting.Room{Room: shared}, Minutes: &minutes.Room{Room: shared}, Ballot: &ballot.Room{Room: shared},
		Contribution: &contribution.Room{Room: shared}, Question: &question.Room{Room: shared}, Ambition: &ambition.Room{Room: shared}, Consultation: &consultation.Room{Room: shared}, Follow: &follow.Room{Room: shared}}
}
