package app

import (
	"context"

	"jalon/internal/adaptation"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/intake"
)

// warming is the kind of files of the warming that regions overseas prepare for.
const warming = "warming"

// importWarming replaces what is known of the regions of a file.
func (c *Core) importWarming(ctx context.Context, r ImportRequest, table *exchange.Table, digest string, o Outcome) (Outcome, error) {
	m, err := c.Model(ctx)
	if err != nil {
		return o, err
	}
	var kept []adaptation.Degree
	rows, err := exchange.ReadWarming(table, r.Mapping, func(region string) bool { _, err := m.Tree().Region(region); return err == nil }, func(d adaptation.Degree) { kept = append(kept, d) })
	if err != nil {
		return o, err
	}
	if o.Run, err = c.Intake.Stage(ctx, c.DB, intake.File{Kind: r.Kind, Name: o.File, SHA256: digest, By: r.By, Again: r.Again}, o.watch(rows), nil); err != nil {
		return o, err
	}
	return c.conclude(ctx, r, o, func(ctx context.Context, tx db.Q) error {
		return adaptation.ImportWarming(ctx, tx, r.By, c.now(), kept)
	})
}
