package objective

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/territory"
)

// Ambition tells, for the comparison of plans, what the COP of a region shared for
// its levers: what is discussed is not the COP's yet.
func Ambition(ctx context.Context, q db.Q, region string) (_ plan.Ambition, err error) {
	defer apperr.Wrap(&err, "objective.Ambition(%q)", region)
	c, err := cop.HomeOf(ctx, q, region)
	if err != nil {
		return nil, err
	}
	rows, err := OfTerritory(ctx, q, c.ID, territory.Ref{Scale: territory.RegionS, Code: region}.String())
	if err != nil {
		return nil, err
	}
	shared := map[string]Reading{}
	for _, o := range rows {
		if reading, ok := o.Now(false); ok {
			shared[o.Lever] = reading
		}
	}
	return func(lever string) (plan.Effort, bool) {
		reading, ok := shared[lever]
		level := func(v panorama.Value) plan.Figure { return plan.Figure{V: v.V, Known: v.Known, Reason: v.Reason} }
		v := reading.Value
		const change = "la COP partage un niveau, pas une variation"
		return plan.Effort{Kt: plan.Figure{V: v.Kg.Kg.Kt(), Known: v.Kg.Known, Reason: v.Kg.Reason}, Level: level(v.Level), Change: plan.Figure{Reason: change}, Unit: v.Unit}, ok
	}, nil
}
