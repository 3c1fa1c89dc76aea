package territory

import (
	"context"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// PerimetersTouching lists the perimeters in force that have a commune in a region, by
// name, without their members, in one statement whatever their number.
func PerimetersTouching(ctx context.Context, q db.Q, t *Tree, region string) (out []FreePerimeter, err error) {
	defer apperr.Wrap(&err, "PerimetersTouching(%q)", region)
	inside := map[string]bool{}
	for _, d := range t.Departments() {
		inside[d.Code] = d.Region == region
	}
	// The code of a commune begins with that of its département: two signs, three
	// overseas.
	rows, err := q.Query(ctx, `
		SELECT DISTINCT p.id, p.kind, p.name, p.name_fold, SUBSTR(m.commune, 1, 3)
		FROM perimeter p JOIN perimeter_member m ON m.perimeter = p.id
		WHERE p.state = $1 ORDER BY p.name_fold, p.id`, PerimeterActive)
	_, err = db.Collect(rows, err, func(r *db.Rows) (p FreePerimeter, err error) {
		var fold, kind, prefix string
		if err := r.Scan(&p.ID, &kind, &p.Name, &fold, &prefix); err != nil {
			return p, err
		}
		p.Kind, p.State = PerimeterKind(kind), PerimeterActive
		if last := len(out) - 1; (inside[prefix] || inside[prefix[:2]]) && (last < 0 || out[last].ID != p.ID) {
			out = append(out, p)
		}
		return p, nil
	})
	return out, err
}
