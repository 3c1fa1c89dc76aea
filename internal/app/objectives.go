package app

import (
	"context"
	"slices"

	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// own gives the targets that a territory has set itself: what its COP shared, then
// what the documents of a region say.
func (c *Core) own(ctx context.Context, ref territory.Ref) (panorama.Own, error) {
	m, err := c.Model(ctx)
	if err != nil {
		return nil, err
	}
	shared, err := objective.Own(ctx, c.DB, m, ref)
	if err != nil {
		return nil, err
	}
	plans, err := plan.Own(ctx, c.DB, m, ref)
	if err != nil {
		return nil, err
	}
	return func(lever string) []series.Target { return slices.Concat(shared(lever), plans(lever)) }, nil
}

// ambition tells what the COP of a region shared, for the plans beside it.
func (a *App) ambition(ctx context.Context, region string) (plan.Ambition, error) {
	m, err := a.Model(ctx)
	if err != nil {
		return nil, err
	}
	return objective.Ambition(ctx, a.DB, m, region)
}
