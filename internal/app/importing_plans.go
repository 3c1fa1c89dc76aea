package app

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/territory"
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
	judge := plan.NewIncoming(m, c.placeOf(ctx))
	var kept []plan.Row
	run, err := c.Intake.Stage(ctx, c.DB, intake.File{Kind: r.Kind, Name: o.File, SHA256: digest, By: r.By, Again: r.Again}, o.watch(planRows(read, judge, &kept)), nil)
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

// placeOf says where the plan of a territory is read: the region and département
// of most of its people, no département when it lies in several.
func (c *Core) placeOf(ctx context.Context) func(territory.Ref) (region, department string, err error) {
	return func(ref territory.Ref) (string, string, error) {
		tree, err := c.tree(ctx)
		if err != nil {
			return "", "", err
		}
		var parts []territory.Part
		if ref.Scale == territory.Perimeter {
			communes, err := territory.MembersOf(ctx, c.DB, tree, ref.Code)
			if err != nil {
				return "", "", err
			}
			parts = tree.PartsOf(communes)
		} else if parts, err = tree.Parts(ref); err != nil {
			return "", "", err
		}
		return plan.PlaceOf(ref, parts)
	}
}

func planRows(read iter.Seq2[exchange.PlanRow, error], judge *plan.Incoming, kept *[]plan.Row) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		for r, err := range read {
			if err != nil {
				yield(intake.Row{}, err)
				return
			}
			row, understood := planRow(r, judge)
			if understood != nil {
				*kept = append(*kept, *understood)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func planRow(r exchange.PlanRow, judge *plan.Incoming) (intake.Row, *plan.Row) {
	if r.Err != nil {
		return intake.Refuse(r.Line, r.Err), nil
	}
	row, err := judge.Row(plan.Received{Line: r.Line, Kind: r.Kind.Value, Territory: r.Territory.Value, Name: r.Name.Value, Adopted: r.Adopted.Value, From: r.From, To: r.To,
		Link: r.Link.Value, State: r.State.Value, Source: r.Source, Lever: r.Lever.Value, Indicator: r.Indicator.Value, Measure: r.Measure.Value, BaseYear: r.BaseYear, Base: r.Base,
		Year: r.Year, Target: r.Target, Written: r.Written.Value, Unit: r.Unit.Value, Page: r.Page.Value})
	var f *plan.Fault
	switch {
	case errors.As(err, &f):
		cells := map[string]exchange.Cell{"plan": r.Kind, "kind": r.Kind, "territory": r.Territory, "name": r.Name, "adopted": r.Adopted, "link": r.Link, "state": r.State,
			"lever": r.Lever, "indicator": r.Indicator, "measure": r.Measure, "unit": r.Unit, "page": r.Page, "target": r.Written, "target_year": r.Written}
		if cell, ok := cells[f.Field]; ok {
			return intake.Refuse(r.Line, cell.Fault("%s", f.Message)), nil
		}
		return intake.Refuse(r.Line, apperr.Invalidf("%s", f.Message)), nil
	case err != nil:
		return intake.Refuse(r.Line, err), nil
	case row.Warning != "":
		return intake.Warn(r.Line, row, row.Warning), &row
	}
	return intake.Accept(r.Line, row), &row
}
