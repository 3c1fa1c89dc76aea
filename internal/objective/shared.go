package objective

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// InForceOf lists what both heads shared for a territory, by lever: that of the
// newest cycle where there are several. Anyone may read it.
func InForceOf(ctx context.Context, q db.Q, at string) (_ []Objective, err error) {
	defer apperr.Wrap(&err, "objective.InForceOf(%q)", at)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM objective o WHERE o.territory = $1 AND o.shared_rev > 0 ORDER BY o.lever, o.cycle DESC, o.id`, at)
	all, err := db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scan(r) })
	var out []Objective
	for _, o := range all {
		if len(out) == 0 || out[len(out)-1].Lever != o.Lever {
			out = append(out, o)
		}
	}
	return out, err
}

// SharedName is how pages name an objective in force.
func SharedName(on string) string { return "objectif partagé par la COP le " + french.Day(on) }

// Own gives the objectives in force of a territory as targets that judge a trend,
// those that have a level.
func Own(ctx context.Context, q db.Q, m *panorama.Model, ref territory.Ref) (_ panorama.Own, err error) {
	defer apperr.Wrap(&err, "objective.Own(%s)", ref)
	if ref.Scale != territory.RegionS && ref.Scale != territory.Department {
		return panorama.NoOwn, nil
	}
	all, err := InForceOf(ctx, q, ref.String())
	if err != nil || len(all) == 0 {
		return panorama.NoOwn, err
	}
	p, err := m.Of(ref)
	if err != nil {
		return nil, err
	}
	return Targets(p, all), nil
}

// Targets brings what was shared for the territory of a panorama to the levels that
// judge a trend. What is only on the table judges nothing, nor does an objective in
// tonnes alone, nor one of which the change alone is known.
func Targets(p panorama.Panorama, rows []Objective) panorama.Own {
	out := map[string][]series.Target{}
	for _, line := range p.Lines {
		for _, o := range rows {
			level := o.SharedValue.Level
			// The panorama's own words name the unit: a series is held against them.
			unit := cmp.Or(line.Equiv.Unit, o.SharedValue.Unit, line.Lever.Unit)
			if o.Lever != line.Lever.Code || o.Territory != p.Territory.Ref.String() || o.SharedRev == 0 || !level.Known || unit == "" || strings.HasSuffix(o.SharedValue.Unit, SinceStart) {
				continue
			}
			t := series.Target{Origin: series.Shared, Label: SharedName(o.SharedOn), Value: level.V, Unit: unit, Year: series.Horizon, Source: SharedName(o.SharedOn), Key: Key(o.Lever, o.Territory, o.Cycle)}
			if line.Equiv.Start.Known {
				t.Base, t.BaseYear = line.Equiv.Start.V, plan.BaseYear
			}
			out[o.Lever] = append(out[o.Lever], t)
		}
	}
	return func(lever string) []series.Target { return out[lever] }
}

// Ambition tells what the COP of a region shared for a lever, in the terms in which
// plans are compared.
func Ambition(ctx context.Context, q db.Q, m *panorama.Model, region string) (_ plan.Ambition, err error) {
	defer apperr.Wrap(&err, "objective.Ambition(%q)", region)
	ref := territory.Ref{Scale: territory.RegionS, Code: region}
	all, err := InForceOf(ctx, q, ref.String())
	if err != nil {
		return nil, err
	}
	p, err := m.Of(ref)
	if err != nil {
		return nil, err
	}
	out := map[string]plan.Effort{}
	for _, o := range all {
		v := o.SharedValue
		e := plan.Effort{Unit: v.Unit, Steps: []string{SharedName(o.SharedOn)}, Key: Key(o.Lever, o.Territory, o.Cycle),
			Kt:     plan.Figure{V: v.Kg.Kg.Kt(), Known: v.Kg.Known, Reason: v.Kg.Reason},
			Level:  plan.Figure{V: v.Level.V, Known: v.Level.Known, Reason: v.Level.Reason},
			Change: plan.Figure{Reason: noLevel}}
		if unit, change := strings.CutSuffix(v.Unit, SinceStart); change {
			e.Unit, e.Change, e.Level = unit, e.Level, e.Change
		}
		for _, line := range p.Lines {
			if line.Lever.Code == o.Lever && line.Equiv.Start.Known && e.Level.Known {
				e.Change = plan.Figure{V: e.Level.V - line.Equiv.Start.V, Known: true}
			}
		}
		out[o.Lever] = e
	}
	return func(lever string) (plan.Effort, bool) { e, ok := out[lever]; return e, ok }, nil
}

// ReadDepartments sets the region of a COP beside its départements, as a reader may
// know them, in one statement, two for a later COP.
func ReadDepartments(ctx context.Context, q db.Q, m *panorama.Model, c cop.COP, onTable func(Objective) bool) (_ []LeverClosure, err error) {
	defer apperr.Wrap(&err, "objective.ReadDepartments(%s)", c.ID)
	rows, err := standing(ctx, q, c)
	if err != nil {
		return nil, err
	}
	return CloseDepartments(m, c.Region, rows, onTable)
}

// ReadPerimeters sets the region of a COP beside the CRTE that are in force on a
// day and touch it, in two statements, three for a later COP.
func ReadPerimeters(ctx context.Context, q db.Q, m *panorama.Model, c cop.COP, day string, onTable func(Objective) bool) (_ Perimeters, err error) {
	defer apperr.Wrap(&err, "objective.ReadPerimeters(%s)", c.ID)
	rows, err := standing(ctx, q, c)
	if err != nil {
		return Perimeters{}, err
	}
	communes, err := m.Tree().CommunesOf(territory.Ref{Scale: territory.RegionS, Code: c.Region})
	if err != nil {
		return Perimeters{}, err
	}
	zones, err := territory.ZonesOver(ctx, q, m.Tree(), territory.CRTE, day, communes)
	if err != nil {
		return Perimeters{}, err
	}
	return ClosePerimeters(m, c.Region, zones, rows, onTable)
}

// ReadPerimeter is ReadPerimeters where a perimeter is among those that are read:
// with the other CRTE when it is one in force, else alone, as no closure counts it.
func ReadPerimeter(ctx context.Context, q db.Q, m *panorama.Model, c cop.COP, p territory.FreePerimeter, communes []int32, day string, onTable func(Objective) bool) (_ Perimeters, err error) {
	defer apperr.Wrap(&err, "objective.ReadPerimeter(%s, %s)", c.ID, p.ID)
	if p.Kind == territory.CRTE {
		all, err := ReadPerimeters(ctx, q, m, c, day, onTable)
		if err != nil || slices.ContainsFunc(all.Zones, func(z territory.Zone) bool { return z.ID == p.ID }) {
			return all, err
		}
	}
	rows, err := standing(ctx, q, c)
	if err != nil {
		return Perimeters{}, err
	}
	return ClosePerimeters(m, c.Region, []territory.Zone{{ID: p.ID, Name: p.Name, Demo: p.Demo, Communes: communes}}, rows, onTable)
}

// CycleOf is the newest cycle in which a region shared an objective, else the first
// one.
func CycleOf(ctx context.Context, q db.Q, region string) (cycle string, err error) {
	err = q.QueryRow(ctx, `SELECT COALESCE(MAX(o.cycle), '') FROM objective o WHERE o.region = $1 AND o.shared_rev > 0`, region).Scan(&cycle)
	if cycle == "" {
		cycle = cop.First
	}
	return cycle, err
}

// InForceOfRegions is InForceOf for every region at once, by territory: one statement.
func InForceOfRegions(ctx context.Context, q db.Q) (_ map[string][]Objective, err error) {
	defer apperr.Wrap(&err, "objective.InForceOfRegions")
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM objective o WHERE o.scale = 'region' AND o.shared_rev > 0 ORDER BY o.territory, o.lever, o.cycle DESC, o.id`)
	all, err := db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scan(r) })
	out := map[string][]Objective{}
	for _, o := range all {
		of := out[o.Territory]
		if len(of) == 0 || of[len(of)-1].Lever != o.Lever {
			out[o.Territory] = append(of, o)
		}
	}
	return out, err
}
