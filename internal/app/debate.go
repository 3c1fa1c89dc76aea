package app

import (
	"context"
	"strings"

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
	"jalon/internal/web/operator"
)

// debateTables lists the tables of the rooms of the debate.
func debateTables() []db.Table {
	all := append(link.Tables(), debate.Tables()...)
	for _, room := range [][]db.Table{
		moderation.Tables(),
		group.Tables(),
		meeting.Tables(),
		minutes.Tables(),
		ballot.Tables(),
		contribution.Tables(),
		question.Tables(),
		ambition.Tables(),
		consultation.Tables(),
		follow.Tables(),
	} {
		all = append(all, room...)
	}
	return all
}

// debateRooms builds them, once the other rooms are there.
func (c *Core) debateRooms(r rooms, desk *operator.Desk, base string, tree func(context.Context) (*territory.Tree, error)) web.Debate {
	shared := &debate.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Random: c.random, Journal: r.journal, Cursors: db.NewCursors(desk.Key("debate")), Queue: r.queue, Outbox: r.outbox,
		COPs: r.cops, Accounts: r.accounts, Links: &link.Links{IDs: c.IDs, Now: c.now}, Tree: tree, BaseURL: strings.TrimRight(base, "/")}
	meetings := &meeting.Room{Room: shared}
	ballots := &ballot.Room{Room: shared, Present: meetings.Seats}
	r.cops.MoreDue = minutes.Due
	d := web.Debate{Shared: shared,
		Moderation:   &moderation.Room{Room: shared},
		Group:        &group.Room{Room: shared},
		Meeting:      meetings,
		Minutes:      &minutes.Room{Room: shared, Ballots: ballots},
		Ballot:       ballots,
		Contribution: &contribution.Room{Room: shared},
		Question:     &question.Room{Room: shared},
		Ambition:     &ambition.Room{Room: shared},
		Consultation: &consultation.Room{Room: shared},
		Follow:       &follow.Room{Room: shared},
	}
	shared.OnConfirm = map[string]func(context.Context, db.Q, debate.Voice, string) (string, error){
		string(debate.Contribution): shared.Confirmed,
		string(debate.Comment):      shared.Confirmed,
		string(debate.Statement):    shared.Confirmed,
		string(debate.Amendment):    shared.Confirmed,
	}
	shared.OnState = map[debate.Kind]func(context.Context, db.Q, debate.Post, debate.PostState) error{}
	d.Meeting.Attach()
	return d
}

// debateJobs registers what the rooms of the debate do in the background.
func (a *App) debateJobs(c *jobs.Config) {
	a.debate.Minutes.Register(c)
	a.debate.Meeting.RegisterJobs(c)
}
