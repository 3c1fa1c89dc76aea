package coverage

import (
	"context"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// Coverage is every lever of a territory.
type Coverage struct {
	Panorama panorama.Panorama
	Region   territory.Region // the first, of an EPCI over several
	Cells    []Cell           // in the order of the panorama
	// Total holds every lever that has an objective; WithoutForest all but forests,
	// which the State does not regionalise.
	Total, WithoutForest Total
}

// Cell returns a lever of it.
func (x Coverage) Cell(lever string) (Cell, bool) {
	for _, c := range x.Cells {
		if c.Line.Lever.Code == lever {
			return c, true
		}
	}
	return Cell{}, false
}

func (x *Coverage) sum() {
	x.Total = Sum(x.Cells)
	var rest []Cell
	for _, c := range x.Cells {
		if c.Line.Lever.Code != panorama.ForestLever {
			rest = append(rest, c)
		}
	}
	x.WithoutForest = Sum(rest)
}

// groupSQL sums retained actions that coverage treats alike: the year of those shown not
// to be in the series is after any series, and that of what is not quantified is none.
// A range that is not given is the central value.
const groupSQL = `
	SELECT i.cop_id, i.lever, CASE WHEN i.status = 'abandoned' THEN 'abandoned' ELSE i.class END AS standing,
	       CASE WHEN i.class <> 'quantified' OR i.status = 'abandoned' THEN 0 WHEN i.outside THEN 9999 ELSE i.first_year END AS since, i.counted, COUNT(*),
	       CAST(SUM(CASE WHEN i.kg < 0 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN i.gross THEN 1 ELSE 0 END) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN i.gross THEN i.kg ELSE 0 END), 0) AS BIGINT),
	       CAST(SUM(CASE WHEN i.status = 'paused' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN i.status = 'blocked' THEN 1 ELSE 0 END) AS BIGINT),
	       CAST(COALESCE(SUM(COALESCE(i.kg_low, i.kg)), 0) AS BIGINT), CAST(COALESCE(SUM(i.kg), 0) AS BIGINT), CAST(COALESCE(SUM(COALESCE(i.kg_high, i.kg)), 0) AS BIGINT)
	  FROM action_impact i
	 WHERE i.state = 'retained' AND i.cop_id IN (`

const groupEnd = `)
	 GROUP BY i.cop_id, i.lever, standing, since, i.counted`

// inCOP is what is retained in one COP that coverage treats alike.
type inCOP struct {
	cop string
	Group
}

// groups reads the retained actions of some COPs, in one statement.
func groups(ctx context.Context, q db.Q, cops []string) ([]inCOP, error) {
	if len(cops) == 0 {
		return nil, nil
	}
	args, holes := make([]any, len(cops)), make([]string, len(cops))
	for i, c := range cops {
		args[i], holes[i] = c, "$"+strconv.Itoa(i+1)
	}
	rows, err := q.Query(ctx, groupSQL+strings.Join(holes, ", ")+groupEnd, args...)
	return db.Collect(rows, err, func(r *db.Rows) (x inCOP, err error) {
		var standing string
		err = r.Scan(&x.cop, &x.Lever, &standing, &x.First, &x.Counted, &x.Actions, &x.Increases, &x.Gross, &x.GrossKg, &x.Paused, &x.Blocked, &x.Kg.Low, &x.Kg.Central, &x.Kg.High)
		x.stand(standing)
		return x, err
	})
}

const abandoned = "abandoned"

// stand says how a group counts.
func (g *Group) stand(standing string) {
	if g.Abandoned = standing == abandoned; !g.Abandoned {
		g.Class = action.Class(standing)
	}
}

// objectiveOf is what a line is held against: what both heads shared, else what the
// panorama offers.
func objectiveOf(line panorama.Line, shared []objective.Objective) Objective {
	for _, o := range shared {
		if o.Lever == line.Lever.Code {
			return Objective{o.SharedValue.Kg, Shared, o.SharedOn, objective.Key(o.Lever, o.Territory, o.Cycle)}
		}
	}
	return Objective{line.Objective, Offered, "", line.FigureKey}
}

// OfRegion reads the coverage of a region: four statements, however many actions.
func (m *Room) OfRegion(ctx context.Context, q db.Q, region string) (x Coverage, err error) {
	defer apperr.Wrap(&err, "coverage.OfRegion(%q)", region)
	ref := territory.Ref{Scale: territory.RegionS, Code: region}
	cops, err := cop.IDsOfRegion(ctx, q, region)
	if err != nil {
		return x, err
	}
	all, err := groups(ctx, q, cops)
	if err != nil {
		return x, err
	}
	return m.of(ctx, q, ref, func(*panorama.Model) ([]Group, error) {
		out := make([]Group, len(all))
		for i := range all {
			out[i] = all[i].Group
		}
		return out, nil
	})
}

// of builds the coverage of one territory: objectives and series, one statement each,
// and what groups reads.
func (m *Room) of(ctx context.Context, q db.Q, ref territory.Ref, groups func(*panorama.Model) ([]Group, error)) (x Coverage, err error) {
	book, err := m.held(ctx, ref, &x)
	if err != nil {
		return x, err
	}
	model, err := m.Model(ctx)
	if err != nil {
		return x, err
	}
	shared, err := objective.InForceOf(ctx, q, ref.String())
	if err != nil {
		return x, err
	}
	curves, err := book.Read(ctx, q, ref.String())
	if err != nil {
		return x, err
	}
	list, err := groups(model)
	if err != nil {
		return x, err
	}
	x.build(book, curves, shared, list)
	return x, nil
}

// held gives a coverage the panorama of a territory and its region.
func (m *Room) held(ctx context.Context, ref territory.Ref, x *Coverage) (*series.Book, error) {
	model, book, err := m.inputs(ctx)
	if err != nil {
		return nil, err
	}
	if x.Panorama, err = model.Of(ref); err != nil {
		return nil, err
	}
	if len(x.Panorama.Regions) == 0 {
		return nil, apperr.NotFoundf("%s est hors des 18\u00a0régions\u00a0: aucune COP n’y retient d’action.", x.Panorama.Territory.Name)
	}
	x.Region, err = model.Tree().Region(x.Panorama.Regions[0].Code)
	return book, err
}

func (x *Coverage) build(book *series.Book, curves map[string]*series.Curve, shared []objective.Objective, list []Group) {
	for _, line := range x.Panorama.Lines {
		x.Cells = append(x.Cells, CellOf(line, objectiveOf(line, shared), DoneOf(line, x.Panorama.Territory.Ref, book, curves), list))
	}
	x.sum()
}

func (m *Room) inputs(ctx context.Context) (*panorama.Model, *series.Book, error) {
	model, err := m.Model(ctx)
	if err != nil {
		return nil, nil, err
	}
	book, err := m.Book()
	return model, book, err
}
