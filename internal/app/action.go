package app

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/apikey"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/debate/contribution"
	"jalon/internal/link"
	"jalon/internal/support"
	"jalon/internal/support/aid"
	"jalon/internal/territory"
	"jalon/internal/web"
	"jalon/internal/web/operator"
)

// actionTables lists the tables of the register of actions and of what helps actions.
func actionTables() []db.Table {
	return slices.Concat(action.Tables(), coverage.Tables(), apikey.Tables(), support.Tables(), aid.Tables())
}

// actionRooms builds these rooms, once those of the debate are there.
func (c *Core) actionRooms(r rooms, desk *operator.Desk, base string, tree func(context.Context) (*territory.Tree, error)) web.Action {
	a := web.Action{
		Register: &action.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, Cursors: db.NewCursors(desk.Key("action")), COPs: r.cops, Links: r.debate.Shared.Links},
		Coverage: c.nationCoverage(),
		Support:  &support.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal},
		Aid: &aid.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Random: c.random, Journal: r.journal, Cursors: db.NewCursors(desk.Key("aid")), Queue: r.queue, Outbox: r.outbox,
			Accounts: r.accounts, COPs: r.cops, Links: r.debate.Shared.Links, Intake: c.Intake, Tree: tree, Knowledge: r.knowledge, Related: c.related, BaseURL: strings.TrimRight(base, "/")},
	}
	a.Keys = &apikey.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Random: c.random, Journal: r.journal, Held: r.accounts.Held}
	c.actionFiles(r, a.Register)
	a.Share, a.Aids = c.sharing(), aidsOf(a.Aid)
	wireActions(r.cops, a, r.debate)
	r.accounts.OnErase = append(r.accounts.OnErase, a.Register.Erase, a.Keys.Erase)
	r.accounts.OnEraseAddress = append(r.accounts.OnEraseAddress, a.Register.EraseAddress)
	return a
}

// wireActions tells other rooms what they need of actions.
func wireActions(cops *cop.Room, a web.Action, d web.Debate) {
	cops.OnEnd[cop.ActionsAct] = a.Register.End
	TellContributors(a.Register, d.Contribution)
}

// TellContributors tells who left or supported a contribution what becomes of the action
// that takes it up: once anyone reads it, then once both heads retain it.
func TellContributors(register *action.Room, contributions *contribution.Room) {
	register.OnState = append(register.OnState, func(ctx context.Context, tx db.Q, x action.Action, from action.State) error {
		if !x.State.Public() || from.Public() && x.State != action.Retained {
			return nil
		}
		all, err := link.From(ctx, tx, link.End{Kind: link.Action, ID: x.ID})
		if err != nil {
			return err
		}
		for _, l := range all {
			if l.To.Kind != link.Contribution {
				continue
			}
			if !from.Public() {
				if err := contributions.Linked(ctx, tx, l); err != nil {
					return err
				}
			}
			if x.State != action.Retained {
				continue
			}
			c, err := cop.Find(ctx, tx, x.COP)
			if err != nil {
				return err
			}
			if err := contributions.Follow(ctx, tx, c, l.To.ID, contribution.Event{Fact: contribution.Fact{Kind: contribution.FactProgress, Subject: x.ID + ":retained", Text: "L’action «\u00a0" + x.Title + "\u00a0» est retenue par les deux têtes de la COP.", Path: "/actions/" + x.ID}, Subject: "Une action retenue"}); err != nil {
				return err
			}
		}
		return nil
	})
}

// related are the levers that answer to one in the other versions of the framework.
func (c *Core) related(ctx context.Context) (func(string) []string, error) {
	m, err := c.Model(ctx)
	if err != nil {
		return nil, err
	}
	return aid.Related(m.Framework()), nil
}
