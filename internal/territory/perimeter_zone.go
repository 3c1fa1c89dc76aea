package territory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Zone is a perimeter in force with its communes by their index in a tree,
// ascending.
type Zone struct {
	ID       string
	Name     string
	Demo     bool
	Communes []int32
}

// Ref is the reference of the perimeter.
func (z Zone) Ref() Ref { return Ref{Perimeter, z.ID} }

// ZonesOver lists by name the perimeters of a kind that are in force on a day and
// hold one of the communes at least, each with all its communes, in one statement.
func ZonesOver(ctx context.Context, q db.Q, t *Tree, kind PerimeterKind, day string, communes []int32) (_ []Zone, err error) {
	defer apperr.Wrap(&err, "ZonesOver(%s)", kind)
	args := []any{PerimeterActive, string(kind), day}
	var ranges []string
	for _, p := range t.PartsOf(communes) {
		// A commune's code begins with that of its département: the index finds them by range.
		ranges = append(ranges, fmt.Sprintf(`n.commune >= $%d AND n.commune < $%d`, len(args)+1, len(args)+2))
		args = append(args, p.Dept, p.Dept+"~")
	}
	if len(ranges) == 0 {
		return nil, nil
	}
	type member struct {
		Zone
		commune string
	}
	rows, err := q.Query(ctx, `
		SELECT p.id, p.name, p.demo, m.commune
		FROM perimeter p JOIN perimeter_member m ON m.perimeter = p.id
		WHERE p.state = $1 AND p.kind = $2 AND (p.valid_from IS NULL OR p.valid_from <= $3) AND (p.valid_to IS NULL OR p.valid_to >= $3)
			AND p.id IN (SELECT n.perimeter FROM perimeter_member n WHERE `+strings.Join(ranges, ` OR `)+`)
		ORDER BY p.name_fold, p.id, m.commune`, args...)
	members, err := db.Collect(rows, err, func(r *db.Rows) (x member, err error) {
		err = r.Scan(&x.ID, &x.Name, &x.Demo, &x.commune)
		return x, err
	})
	if err != nil {
		return nil, err
	}
	inside := map[int32]bool{}
	for _, i := range communes {
		inside[i] = true
	}
	var out []Zone
	for i := 0; i < len(members); {
		z, codes := members[i].Zone, []string(nil)
		for ; i < len(members) && members[i].ID == z.ID; i++ {
			codes = append(codes, members[i].commune)
		}
		z.Communes = t.indexes(codes)
		if slices.ContainsFunc(z.Communes, func(c int32) bool { return inside[c] }) {
			out = append(out, z)
		}
	}
	return out, nil
}

// Common lists the communes that two sets, each ascending, both hold.
func Common(a, b []int32) (both []int32) {
	for _, c := range a {
		if _, ok := slices.BinarySearch(b, c); ok {
			both = append(both, c)
		}
	}
	return both
}

// Overlaps lists the other CRTE in force on a day that hold communes of a CRTE,
// each with the communes that both hold. A perimeter of another kind overlaps
// freely, and nothing is said of it.
func Overlaps(ctx context.Context, q db.Q, t *Tree, p FreePerimeter, day string) (out []Zone, err error) {
	if p.Kind != CRTE || p.State != PerimeterActive {
		return nil, nil
	}
	mine := t.indexes(p.Communes)
	all, err := ZonesOver(ctx, q, t, p.Kind, day, mine)
	for _, z := range all {
		if z.ID == p.ID {
			continue
		}
		z.Communes = Common(z.Communes, mine)
		out = append(out, z)
	}
	return out, err
}
