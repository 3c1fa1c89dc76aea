package objective

import (
	"context"
	"slices"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
)

// Before is InForceOf as the COPs of the cycles before one left it, by lever: in force
// until that of the cycle shares another.
func Before(ctx context.Context, q db.Q, at, cycle string) (_ map[string]Objective, err error) {
	defer apperr.Wrap(&err, "objective.Before(%q, %s)", at, cycle)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM objective o WHERE o.territory = $1 AND o.cycle < $2 AND o.shared_rev > 0 ORDER BY o.cycle, o.id`, at, cycle)
	all, err := db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scan(r) })
	out := map[string]Objective{}
	for _, o := range all {
		out[o.Lever] = o
	}
	return out, err
}

// standing is what stands for the territories of a COP: all that it put on the table, and
// what its region shared before it, which stays in force until it shares another.
func standing(ctx context.Context, q db.Q, c cop.COP) ([]Objective, error) {
	own, err := OfCOP(ctx, q, c.ID)
	if err != nil || c.Cycle == cop.First {
		return own, err
	}
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM objective o WHERE o.region = $1 AND o.cycle < $2 AND o.shared_rev > 0 ORDER BY o.cycle, o.id`, c.Region, c.Cycle)
	earlier, err := db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scan(r) })
	return after(own, earlier), err
}

// standingOfRegions is standing for the regions themselves, all those of a cycle.
func standingOfRegions(ctx context.Context, q db.Q, cycle string) ([]Objective, error) {
	own, err := OfRegions(ctx, q, cycle)
	if err != nil || cycle == cop.First {
		return own, err
	}
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM objective o WHERE o.scale = 'region' AND o.cycle < $1 AND o.shared_rev > 0 ORDER BY o.cycle, o.id`, cycle)
	earlier, err := db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scan(r) })
	return after(own, earlier), err
}

// after sets what is only discussed before what earlier COPs shared, oldest first, and what
// is shared after both: of a territory and a lever the last one stands.
func after(own, earlier []Objective) []Objective {
	var open, shared []Objective
	for _, o := range own {
		if o.SharedRev > 0 {
			shared = append(shared, o)
		} else {
			open = append(open, o)
		}
	}
	return slices.Concat(open, earlier, shared)
}
