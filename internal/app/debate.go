package app

import (
	"context"
	"strings"

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
	"jalon/internal/panorama"
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
	return Debate(&debate.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Random: c.random, Journal: r.journal, Cursors: db.NewCursors(desk.Key("debate")), Queue: r.queue, Outbox: r.outbox,
		COPs: r.cops, Accounts: r.accounts, Links: &link.Links{IDs: c.IDs, Now: c.now}, Tree: tree, BaseURL: strings.TrimRight(base, "/")}, c.Model)
}

// Debate builds the rooms of the debate over what they share, each told of the others
// what it needs.
func Debate(shared *debate.Room, model func(context.Context) (*panorama.Model, error)) web.Debate {
	meetings := &meeting.Room{Room: shared}
	ballots := &ballot.Room{Room: shared, Present: meetings.Seats}
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
		contribution.SupportKind:    d.Contribution.Supported,
		string(debate.Condition):    d.Ambition.ConfirmedCondition,
		ambition.Kind:               d.Ambition.Confirmed,
	}
	shared.OnState = map[debate.Kind]func(context.Context, db.Q, debate.Post, debate.PostState) error{
		debate.Contribution: d.Contribution.Turned,
		debate.Comment:      d.Contribution.Commented,
		debate.Statement:    d.Question.Turned,
	}
	shared.OnConfirm[moderation.ConfirmReport] = func(context.Context, db.Q, debate.Voice, string) (string, error) { return "", nil }
	shared.OnErase = append(shared.OnErase, d.Moderation.Erased, d.Question.EraseVoice)
	d.Moderation.Near = d.Contribution.Alike
	d.Contribution.Steps = d.Contribution.StepsOf
	d.Contribution.Delay = func(ctx context.Context, q db.Q, x cop.COP) (string, error) { return moderation.DelayIn(ctx, q, x.ID) }
	shared.Links.OnJoin = map[string]func(context.Context, db.Q, link.Link) error{link.Contribution: d.Contribution.Linked}
	people := shared.Accounts
	people.OnErase = append(people.OnErase, d.Question.Erase, d.Contribution.Erase, shared.Erase, d.Group.Erase)
	people.OnEraseAddress = append(people.OnEraseAddress, d.Group.EraseAddress)
	people.GroupAt = group.Placed
	WireFollow(d, model)
	d.Meeting.Attach()
	tellFollowers(d)
	shared.COPs.MoreDue = minutes.Due
	return d
}

// debateJobs registers what the rooms of the debate do in the background.
func (a *App) debateJobs(c *jobs.Config) {
	a.debate.Contribution.RegisterThemes(c)
	a.debate.Question.Register(c)
	a.debate.Contribution.Register(c)
	a.debate.Follow.RegisterJobs(c)
	a.debate.Minutes.Register(c)
	a.debate.Meeting.RegisterJobs(c)
}
