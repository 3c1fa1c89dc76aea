package web

import (
	"context"

	"jalon/internal/account"
	"jalon/internal/adaptation"
	"jalon/internal/composition"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
	"jalon/internal/renewal"
	"jalon/internal/roadmap"
	"jalon/internal/web/dashboards"
	"jalon/internal/web/shell"
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
		dashboards.Handlers(dashboards.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Outcome: s.Follow.Outcome}),
		updates.Handlers(updates.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: s.Follow.FollowUp, PersonName: func(ctx context.Context, ids []string) (map[string]string, error) {
			return account.Names(ctx, s.DB, ids)
		}}),
	}
}
