package plan

import (
	"context"
	"strconv"

	"jalon/internal/db"
	"jalon/internal/french"
)

// Aims are what a region aims at besides kilotonnes, from its own plans that are
// in force.
type Aims struct {
	plans map[string]Plan
	all   []Objective
}

// AimsOf reads what a region aims at, in two statements.
func AimsOf(ctx context.Context, q db.Q, region string) (a Aims, err error) {
	plans, err := OfRegion(ctx, q, region)
	if err != nil {
		return a, err
	}
	all, err := ObjectivesIn(ctx, q, region)
	return AimsFrom(region, plans, all), err
}

// AimsFrom is AimsOf for plans and objectives of the region that were read already.
func AimsFrom(region string, plans []Plan, objectives []Objective) Aims {
	a := Aims{plans: map[string]Plan{}, all: objectives}
	for _, p := range plans {
		if p.Territory == "region:"+region && p.State.Holds() {
			a.plans[p.ID] = p
		}
	}
	return a
}

// For says in French what the region aims at for a subject, known by the code of
// its lever or by its name, and who says so; empty when it said nothing.
func (a Aims) For(lever, name string) (text, source string) {
	for _, o := range a.all {
		p, ok := a.plans[o.Plan]
		if !ok || (o.Lever == "" || o.Lever != lever) && french.Fold(o.Indicator) != french.Fold(name) {
			continue
		}
		text = Exact(o.Target) + french.NoBreak + o.Unit + " en " + strconv.Itoa(o.TargetYear)
		if o.Gain {
			text += ", gagnés depuis " + strconv.Itoa(o.BaseYear)
		}
		source = p.Name
		if o.Page != "" {
			source += ", p." + french.NoBreak + o.Page
		}
		return text, source
	}
	return "", ""
}
