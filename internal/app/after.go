package app

import (
	"context"
	"slices"

	"jalon/internal/adaptation"
	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/followup/outcome"
	"jalon/internal/renewal"
	"jalon/internal/roadmap"
	"jalon/internal/territory"
	"jalon/internal/web"
	"jalon/internal/web/operator"
)

// followTables lists the tables of what a COP ends with and of what follows.
func followTables() []db.Table {
	return slices.Concat(roadmap.Tables(), followup.Tables(), adaptation.Tables(), renewal.Tables())
}

// followRooms builds these rooms, once those of actions are there.
func (c *Core) followRooms(r rooms, _ *operator.Desk, _ string, _ func(context.Context) (*territory.Tree, error)) web.Follow {
	return web.Follow{
		Roadmap:    &roadmap.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, COPs: r.cops, Composed: r.composed, Register: r.action.Register, Coverage: r.action.Coverage},
		FollowUp:   &followup.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, COPs: r.cops, Register: r.action.Register},
		Outcome:    &outcome.Room{DB: c.DB, Now: c.now, Model: c.Model, Coverage: r.action.Coverage},
		Adaptation: &adaptation.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, COPs: r.cops},
		Renewal:    &renewal.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: r.journal, COPs: r.cops, Register: r.action.Register, Knowledge: r.knowledge},
	}
}
