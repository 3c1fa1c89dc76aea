package web

import (
	"context"

	"jalon/internal/account"
	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apikey"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/debate"
	"jalon/internal/debate/contribution"
	"jalon/internal/debate/minutes"
	"jalon/internal/knowledge"
	"jalon/internal/link"
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

// actionHandlers are those of actionRoutes, one room of pages each.
func (s *server) actionHandlers() []map[string]shell.Handler {
	a := s.Action
	return []map[string]shell.Handler{
		actions.Handlers(actions.Deps{Shell: s.shell, Model: s.Model, Q: s.DB, Now: s.Now, Room: a.Register, Things: s.things(), Said: updates.Sheet(s.DB, s.Now), PersonName: func(ctx context.Context, ids []string) (map[string]string, error) {
			return account.Names(ctx, s.DB, ids)
		}}),
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

// things name what actions are linked to in other rooms, as far as a reader may read it.
func (s *server) things() map[string]func(ctx context.Context, a policy.Actor, id string) (ui.Link, error) {
	hidden := func(l ui.Link, err error) (ui.Link, error) {
		if k := apperr.KindOf(err); err != nil && (k == apperr.NotFound || k == apperr.Forbidden) {
			return ui.Link{}, nil
		}
		return l, err
	}
	return map[string]func(ctx context.Context, a policy.Actor, id string) (ui.Link, error){
		link.Contribution: func(ctx context.Context, _ policy.Actor, id string) (ui.Link, error) {
			p, err := debate.FindPost(ctx, s.DB, id)
			if err != nil || !p.Read() {
				return hidden(ui.Link{}, err)
			}
			c, err := cop.Find(ctx, s.DB, p.COP)
			return hidden(ui.Link{Label: "La contribution «\u00a0" + p.Title + "\u00a0»", Href: contribution.Path(c, id)}, err)
		},
		link.Decision: func(ctx context.Context, a policy.Actor, id string) (ui.Link, error) {
			x, m, _, err := minutes.FindDecision(ctx, s.DB, a, id)
			return hidden(ui.Link{Label: "La décision «\u00a0" + wording.Clip(x.Sentence, 160) + "\u00a0»", Href: wording.MeetingPath(m) + "/decisions#decision-" + x.ID}, err)
		},
		link.Obstacle: func(ctx context.Context, a policy.Actor, id string) (ui.Link, error) {
			x, err := knowledge.Find(ctx, s.DB, a, id)
			if err != nil {
				return hidden(ui.Link{}, err)
			}
			m, err := s.Model(ctx)
			if err != nil {
				return ui.Link{}, err
			}
			r, err := m.Tree().Region(x.Region)
			return hidden(ui.Link{Label: "Le frein «\u00a0" + x.Title + "\u00a0»", Href: "/regions/" + r.Slug + "/freins/" + id}, err)
		},
		link.Aid: func(_ context.Context, _ policy.Actor, id string) (ui.Link, error) {
			return ui.Link{Label: "Une aide du catalogue", Href: "/aides/" + id}, nil
		},
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
