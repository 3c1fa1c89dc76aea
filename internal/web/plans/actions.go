package plans

import (
	"context"

	"jalon/internal/framework"
	"jalon/internal/link"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

// actions are the actions that answer plans of one region, plan by plan, as far as a
// reader may read them.
func (d Deps) actions(ctx context.Context, a policy.Actor, fw *framework.Framework, plans ...plan.Plan) (t ui.Table, err error) {
	t = ui.Table{ID: "actions-liees-tableau", Caption: "Actions de la COP liées à un plan", CaptionHidden: true, Stack: true, Columns: []ui.Column{{Label: "Action", Wide: true}, {Label: "Plan"}, {Label: "Ce que le plan vise"}}}
	if d.Actions == nil || len(plans) == 0 {
		return t, nil
	}
	all, err := d.Actions(ctx, a, plans[0].Region)
	if err != nil || len(all) == 0 {
		return t, err
	}
	aims, err := plan.ObjectivesIn(ctx, d.Q, plans[0].Region)
	if err != nil {
		return t, err
	}
	for _, p := range plans {
		for _, l := range all[link.End{Kind: link.Plan, ID: p.ID}] {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Label, Href: l.Href}, {Text: p.Name}, {Text: "le plan entier"}}})
		}
		for _, o := range aims {
			if o.Plan != p.ID {
				continue
			}
			for _, l := range all[link.End{Kind: link.PlanAim, ID: o.ID}] {
				t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Label, Href: l.Href}, {Text: p.Name}, {Text: wording.PlanAim(fw, o)}}})
			}
		}
	}
	return t, nil
}
