package objective

import (
	"cmp"
	"context"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/panorama"
)

const columns = `o.id, o.rev, o.cop_id, o.cycle, o.region, o.territory, o.scale, o.lever, o.state, o.kg, o.level, o.unit, o.measure, o.typed, o.above, o.reason, o.by, o.at,
	o.shared_rev, o.shared_kg, o.shared_level, o.shared_unit, o.shared_on, o.sharing`

func scan(r interface{ Scan(...any) error }) (o Objective, err error) {
	var kg, sharedKg *int64
	var level, sharedLevel *float64
	var at int64
	err = r.Scan(&o.ID, &o.Rev, &o.COP, &o.Cycle, &o.Region, &o.Territory, &o.Scale, &o.Lever, &o.State, &kg, &level, &o.Value.Unit, &o.Measure, &o.Typed, &o.Above, &o.Reason, &o.By, &at,
		&o.SharedRev, &sharedKg, &sharedLevel, &o.SharedValue.Unit, &o.SharedOn, &o.Sharing)
	o.At = time.UnixMilli(at).UTC()
	o.Value = valueOf(kg, level, o.Value.Unit)
	o.SharedValue = valueOf(sharedKg, sharedLevel, cmp.Or(o.SharedValue.Unit, o.Value.Unit))
	return o, err
}

// The reasons of a value that has one measure alone.
const (
	noKg    = "Ce levier ne se compte pas en tonnes de CO₂."
	noLevel = "Pas d’ordre de grandeur pour ce levier à cette échelle."
)

func valueOf(kg *int64, level *float64, unit string) Value {
	v := Value{Kg: panorama.Amount{Reason: noKg}, Level: panorama.Value{Reason: noLevel}, Unit: unit}
	if kg != nil {
		v.Kg = panorama.Amount{Kg: panorama.Kg(*kg), Known: true}
	}
	if level != nil {
		v.Level = panorama.Value{V: *level, Known: true}
	}
	return v
}

// Find returns an objective by its id.
func Find(ctx context.Context, q db.Q, id string) (_ Objective, err error) {
	defer apperr.Wrap(&err, "objective.Find(%q)", id)
	o, err := scan(q.QueryRow(ctx, `SELECT `+columns+` FROM objective o WHERE o.id = $1`, id))
	return o, db.OrNotFound(err, "Cet objectif n’existe pas.")
}

// OfCOP lists all that a COP put on the table, whatever its territory and its
// state: a few thousand rows at most (levers by départements and perimeters).
func OfCOP(ctx context.Context, q db.Q, copID string) (_ []Objective, err error) {
	defer apperr.Wrap(&err, "objective.OfCOP(%q)", copID)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM objective o WHERE o.cop_id = $1 ORDER BY o.territory, o.lever, o.id`, copID)
	return db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scan(r) })
}

// OfRegions lists what the COPs of a cycle put on the table for their regions
// themselves: at most one row a lever and a region.
func OfRegions(ctx context.Context, q db.Q, cycle string) (_ []Objective, err error) {
	defer apperr.Wrap(&err, "objective.OfRegions(%q)", cycle)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM objective o WHERE o.cycle = $1 AND o.scale = 'region' ORDER BY o.region, o.lever, o.id`, cycle)
	return db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scan(r) })
}

// OfTerritory lists what a COP put on the table for one territory.
func OfTerritory(ctx context.Context, q db.Q, copID, territory string) (_ []Objective, err error) {
	defer apperr.Wrap(&err, "objective.OfTerritory(%q, %q)", copID, territory)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM objective o WHERE o.cop_id = $1 AND o.territory = $2 ORDER BY o.lever, o.id`, copID, territory)
	return db.Collect(rows, err, func(r *db.Rows) (Objective, error) { return scan(r) })
}

// Reading is which value of an objective somebody reads: what is in force for
// anyone, what is on the table for who works on it.
type Reading struct {
	Value Value
	State State  // Offered, Discussed, Sharing or Shared
	On    string // day of the sharing, for a shared one
}

// Now is the value on the table when the reader may know it, else the last one
// shared; false when there is neither: what the panorama offers then stands.
func (o Objective) Now(onTable bool) (Reading, bool) {
	switch {
	case o.State == Withdrawn && o.SharedRev == 0:
		return Reading{}, false
	case onTable && (o.State == Discussed || o.State == Sharing):
		return Reading{Value: o.Value, State: o.State}, true
	case o.SharedRev > 0:
		return Reading{Value: o.SharedValue, State: Shared, On: o.SharedOn}, true
	}
	return Reading{}, false
}
