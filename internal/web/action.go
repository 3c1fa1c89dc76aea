package web

import (
	"context"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apikey"
	"jalon/internal/support"
	"jalon/internal/support/aid"
	"jalon/internal/web/actions"
	"jalon/internal/web/aids"
	"jalon/internal/web/coverages"
	"jalon/internal/web/grids"
	"jalon/internal/web/keys"
	"jalon/internal/web/measures"
	"jalon/internal/web/registers"
	"jalon/internal/web/shares"
	"jalon/internal/web/shell"
	"jalon/internal/web/transfers"
)

// Action are the rooms of actions and of what helps them.
type Action struct {
	Register *action.Room
	Coverage *coverage.Room
	Support  *support.Room
	Aid      *aid.Room
	Keys     *apikey.Room
	// Share says where the content of the cartography of a lever is kept.
	Share func(ctx context.Context) (support.Sharing, error)
	// Aids are those that serve some levers, as the cartography shows them.
	Aids func(ctx context.Context, levers []string, region string) ([]measures.AidLine, error)
}

// actionHandlers are those of actionRoutes, one room of pages each.
func (s *server) actionHandlers() []map[string]shell.Handler {
	a := s.Action
	return []map[string]shell.Handler{
		actions.Handlers(actions.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register}),
		registers.Handlers(registers.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register}),
		grids.Handlers(grids.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register, Minutes: s.Debate.Minutes, PDF: s.PDF}),
		coverages.Handlers(coverages.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register, Coverage: a.Coverage}),
		measures.Handlers(measures.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Support, Share: a.Share, Aids: a.Aids}),
		aids.Handlers(aids.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register, Aid: a.Aid, Trusted: s.TrustedProxies}),
		shares.Handlers(shares.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register, Coverage: a.Coverage}),
		keys.Handlers(keys.Deps{Shell: s.shell, Q: s.DB, Now: s.Now, Room: a.Keys, Tried: s.Accounts.Tried}),
		transfers.Handlers(transfers.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register}),
	}
}
