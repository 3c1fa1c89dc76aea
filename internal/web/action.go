package web

import (
	"context"

	"jalon/internal/account"
	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apikey"
	"jalon/internal/policy"
	"jalon/internal/support"
	"jalon/internal/support/aid"
	"jalon/internal/territory"
	"jalon/internal/web/actions"
	"jalon/internal/web/aids"
	"jalon/internal/web/coverages"
	"jalon/internal/web/grids"
	"jalon/internal/web/keys"
	"jalon/internal/web/measures"
	"jalon/internal/web/registers"
	"jalon/internal/web/renewals"
	"jalon/internal/web/shares"
	"jalon/internal/web/shell"
	"jalon/internal/web/transfers"
	"jalon/internal/web/ui"
	"jalon/internal/web/updates"
	"jalon/internal/web/wording"
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

// names are what people are called, by their ids.
func (s *server) names(ctx context.Context, ids []string) (map[string]string, error) {
	return account.Names(ctx, s.DB, ids)
}

// actionHandlers are those of actionRoutes, one room of pages each.
func (s *server) actionHandlers() []map[string]shell.Handler {
	a := s.Action
	return []map[string]shell.Handler{
		actions.Handlers(actions.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register, Known: s.Knowledge, Things: s.things(), InTime: registers.InTime, Follows: func(ctx context.Context, who policy.Actor, x action.Action) ([]ui.Link, error) {
			return renewals.Follows(ctx, s.DB, who, x)
		}, PersonName: s.names, Adopted: s.adopted, Said: updates.Sheet(s.DB, s.Now), Draw: s.draws}),
		registers.Handlers(registers.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register, PersonName: s.names}),
		grids.Handlers(grids.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register, Minutes: s.Debate.Minutes, PDF: s.PDF}),
		coverages.Handlers(coverages.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register, Coverage: a.Coverage}),
		measures.Handlers(measures.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Support, Share: a.Share, Aids: a.Aids}),
		aids.Handlers(aids.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register, Aid: a.Aid, Trusted: s.TrustedProxies}),
		shares.Handlers(shares.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register, Coverage: a.Coverage}),
		keys.Handlers(keys.Deps{Shell: s.shell, Q: s.DB, Now: s.Now, Room: a.Keys, Tried: s.Accounts.Tried}),
		transfers.Handlers(transfers.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register}),
	}
}

// actionsNear are the last three actions that anyone reads in a territory under the
// region, or around it, then the page of all those of its region.
func (s *server) actionsNear(ctx context.Context, ref territory.Ref) ([]ui.Link, error) {
	m, err := s.Model(ctx)
	if err != nil || s.Action.Register == nil {
		return nil, err
	}
	var places []string
	switch ref.Scale {
	case territory.CommuneS:
		places, err = action.Around(m.Tree(), ref)
	case territory.EPCI, territory.Department:
		places, err = action.Inside(m.Tree(), ref)
	}
	if err != nil || len(places) == 0 || len(places) > 2_000 {
		return nil, err
	}
	page, err := s.Action.Register.List(ctx, s.DB, policy.Actor{}, action.Filter{Places: places, States: []action.State{action.Retained, action.Debated}, Order: action.ByChange}, "", 3)
	if err != nil || len(page.Rows) == 0 {
		return nil, err
	}
	var out []ui.Link
	for _, a := range page.Rows {
		out = append(out, ui.Link{Label: a.Title + " (" + a.State.Name() + ")", Href: wording.ActionPath(a.ID)})
	}
	r, err := m.Tree().Region(page.Rows[0].Region)
	return append(out, ui.Link{Label: "Toutes les actions de la région", Href: "/regions/" + r.Slug + "/actions"}), err
}
