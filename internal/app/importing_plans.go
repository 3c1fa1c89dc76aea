package app

import (
	"context"
	"fmt"

	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/plan"
	"jalon/internal/policy"
)

// importPlans keeps the plans of a file and what they aim at, on the word of
// whoever runs the installation.
func (c *Core) importPlans(ctx context.Context, r ImportRequest, table *exchange.Table, digest string, o Outcome) (Outcome, error) {
	m, err := c.Model(ctx)
	if err != nil {
		return o, err
	}
	read, err := exchange.ReadPlans(table, r.Mapping)
	if err != nil {
		return o, err
	}
	judge := plan.NewIncoming(m, plan.Place(ctx, c.DB, m.Tree()))
	var kept []plan.Row
	run, err := c.Intake.Stage(ctx, c.DB, intake.File{Kind: r.Kind, Name: o.File, SHA256: digest, By: r.By, Again: r.Again}, o.watch(exchange.JudgePlans(read, judge, nil, func(r plan.Row) { kept = append(kept, r) })), nil)
	if err != nil {
		return o, err
	}
	o.Run = run
	room := &plan.Room{DB: c.DB, IDs: c.IDs, Now: c.now, Journal: journal.New(c.IDs, c.now, db.Cursors{})}
	by := policy.Actor{Person: r.By, Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
	var did plan.Applied
	o, err = c.conclude(ctx, r, o, func(ctx context.Context, tx db.Q) (err error) {
		did, err = room.Apply(ctx, tx, by, kept, "import du fichier "+o.File)
		return err
	})
	if o.Applied {
		o.Summary = append(o.Summary, fmt.Sprintf("Plans créés\u00a0: %d\u00a0; objectifs ajoutés\u00a0: %d\u00a0; modifiés\u00a0: %d\u00a0; inchangés\u00a0: %d.", did.Plans, did.Objectives, did.Changed, did.Same))
	}
	return o, err
}
