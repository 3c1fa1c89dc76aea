package web

import (
	"context"
	"strings"

	"jalon/internal/cop"
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
	"jalon/internal/policy"
	"jalon/internal/web/ambitions"
	"jalon/internal/web/ballots"
	"jalon/internal/web/consultations"
	"jalon/internal/web/contributions"
	"jalon/internal/web/follows"
	"jalon/internal/web/groups"
	"jalon/internal/web/instructions"
	"jalon/internal/web/meetings"
	minutespages "jalon/internal/web/minutes"
	moderationpages "jalon/internal/web/moderation"
	"jalon/internal/web/questions"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// Debate are the rooms of the debate.
type Debate struct {
	Shared       *debate.Room
	Moderation   *moderation.Room
	Group        *group.Room
	Meeting      *meeting.Room
	Minutes      *minutes.Room
	Ballot       *ballot.Room
	Contribution *contribution.Room
	Question     *question.Room
	Ambition     *ambition.Room
	Consultation *consultation.Room
	Follow       *follow.Room
}

// debateHandlers are those of debateRoutes, one room of pages each.
func (s *server) debateHandlers() []map[string]shell.Handler {
	d := s.Debate
	return []map[string]shell.Handler{
		groups.Handlers(groups.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: d.Group, Acts: s.debateActs(), Hub: s.debateParts()}),
		meetings.Handlers(meetings.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: d.Meeting,
			Secure: strings.HasPrefix(s.BaseURL, "https://"), TrustedProxies: s.TrustedProxies, Parts: []func(context.Context, policy.Actor, cop.Meeting, cop.COP) ([]ui.Link, error){minutespages.Links(s.DB)}}),
		minutespages.Handlers(minutespages.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: d.Minutes, PDF: s.PDF}),
		ballots.Handlers(ballots.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: d.Ballot, Secure: strings.HasPrefix(s.BaseURL, "https://"), Trusted: s.TrustedProxies}),
		contributions.Handlers(contributions.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: d.Contribution, Trusted: s.TrustedProxies, NewID: s.NewID, Secure: strings.HasPrefix(s.BaseURL, "https://")}),
		instructions.Handlers(instructions.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: d.Contribution}),
		moderationpages.Handlers(moderationpages.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: d.Moderation, TrustedProxies: s.TrustedProxies}),
		questions.Handlers(questions.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: d.Question, Secure: strings.HasPrefix(s.BaseURL, "https://"), Trusted: s.TrustedProxies}),
		ambitions.Handlers(ambitions.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: d.Ambition, Trusted: s.TrustedProxies}),
		consultations.Handlers(consultations.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: d.Consultation, TrustedProxies: s.TrustedProxies}),
		follows.Handlers(follows.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: d.Follow,
			Secure: strings.HasPrefix(s.BaseURL, "https://"), TrustedProxies: s.TrustedProxies}),
	}
}
