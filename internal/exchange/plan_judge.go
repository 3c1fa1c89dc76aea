package exchange

import (
	"errors"
	"iter"

	"jalon/internal/apperr"
	"jalon/internal/intake"
	"jalon/internal/plan"
)

// PlanLimits bound a file of plans that is sent on a page.
func PlanLimits() Limits {
	l := UploadLimits()
	l.Rows, l.Columns, l.Cell = plan.MaxRows+1, 60, 2000
	return l
}

// JudgePlans gives each row its verdict, at its line and column. may, when it is
// there, judges the right to bring the plan of a row; keep is told of each row
// that was understood.
func JudgePlans(read iter.Seq2[PlanRow, error], judge *plan.Incoming, may func(plan.Plan) error, keep func(plan.Row)) iter.Seq2[intake.Row, error] {
	return func(yield func(intake.Row, error) bool) {
		for r, err := range read {
			if err != nil {
				yield(intake.Row{}, err)
				return
			}
			row, understood := r.judge(judge, may)
			if understood != nil && keep != nil {
				keep(*understood)
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (r PlanRow) judge(judge *plan.Incoming, may func(plan.Plan) error) (intake.Row, *plan.Row) {
	if r.Err != nil {
		return intake.Refuse(r.Line, r.Err), nil
	}
	row, err := judge.Row(plan.Received{Line: r.Line, Kind: r.Kind.Value, Territory: r.Territory.Value, Name: r.Name.Value, Adopted: r.Adopted.Value, From: r.From, To: r.To,
		Link: r.Link.Value, State: r.State.Value, Source: r.Source, Lever: r.Lever.Value, Indicator: r.Indicator.Value, Measure: r.Measure.Value, BaseYear: r.BaseYear, Base: r.Base,
		Year: r.Year, Target: r.Target, Written: r.Written.Value, Unit: r.Unit.Value, Page: r.Page.Value})
	if err == nil && may != nil {
		err = may(row.Plan)
	}
	var f *plan.Fault
	switch {
	case errors.As(err, &f):
		cells := map[string]Cell{"plan": r.Kind, "kind": r.Kind, "territory": r.Territory, "name": r.Name, "adopted": r.Adopted, "link": r.Link, "state": r.State,
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
