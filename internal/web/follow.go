package web

import (
	"context"

	"jalon/internal/account"
	"jalon/internal/adaptation"
	"jalon/internal/composition"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
	"jalon/internal/french"
	"jalon/internal/renewal"
	"jalon/internal/roadmap"
	"jalon/internal/web/adaptations"
	"jalon/internal/web/dashboards"
	"jalon/internal/web/exits"
	"jalon/internal/web/groupsheets"
	"jalon/internal/web/renewals"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/updates"
)

// Follow are the rooms of what a COP ends with, and of what follows.
type Follow struct {
	Roadmap    *roadmap.Room
	FollowUp   *followup.Room
	Outcome    *outcome.Room
	Adaptation *adaptation.Room
	Renewal    *renewal.Room
}

// followHandlers are those of followRoutes, one room of pages each.
func (s *server) followHandlers() []map[string]shell.Handler {
	return []map[string]shell.Handler{
		s.compositionHandlers(composition.Roadmap),
		s.compositionHandlers(composition.Review),
		renewals.Handlers(renewals.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Follow.Renewal}),
		groupsheets.Handlers(groupsheets.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Register: s.Action.Register, Coverage: s.Action.Coverage, Aid: s.Action.Aid}),
		adaptations.Handlers(adaptations.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Follow.Adaptation, Register: s.Action.Register, PDF: s.PDF,
			Names: s.names}),
		dashboards.Handlers(dashboards.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Outcome: s.Follow.Outcome}),
		updates.Handlers(updates.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Follow.FollowUp, PersonName: s.names}),
		exits.Handlers(exits.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Follow.Roadmap}),
	}
}

// updatesWaiting leads a person to the actions of which they are asked where they stand,
// and to what the organisations that they write for may validate of a roadmap.
func (s *server) updatesWaiting(ctx context.Context, a account.Account) (out []ui.Link, err error) {
	if s.Follow.FollowUp == nil {
		return nil, nil
	}
	token, n, err := s.Follow.FollowUp.WaitingFor(ctx, s.DB, a.ID, a.Email)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		out = append(out, ui.Link{Label: "Dire où " + french.Plural(n, "en est l’action que vous suivez", "en sont les "+french.Integer(n)+"\u00a0actions que vous suivez"), Href: followup.LinkPath(token)})
	}
	return out, nil
}
