package objective

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// SharedBy lists what both heads of the COPs of a cycle had shared for their regions
// before an instant, as it stood then: a value shared again since, or discussed
// anew, changes nothing in it. One statement, at most one row a lever and a region.
func SharedBy(ctx context.Context, q db.Q, cycle string, before time.Time) (out []Objective, err error) {
	defer apperr.Wrap(&err, "objective.SharedBy(%q)", cycle)
	rows, err := q.Query(ctx, `
		SELECT v.rev, v.body FROM objective o JOIN objective_version v ON v.id = o.id
		 WHERE o.cycle = $1 AND o.scale = 'region' AND v.rev = (SELECT MAX(w.rev) FROM objective_version w WHERE w.id = o.id AND w.at < $2)
		 ORDER BY o.region, o.lever, o.id`, cycle, before.UnixMilli())
	return stood(rows, err)
}

// InForceBy is InForceOf as it stood before an instant, for one territory.
func InForceBy(ctx context.Context, q db.Q, at string, before time.Time) (out []Objective, err error) {
	defer apperr.Wrap(&err, "objective.InForceBy(%q)", at)
	rows, err := q.Query(ctx, `
		SELECT v.rev, v.body FROM objective o JOIN objective_version v ON v.id = o.id
		 WHERE o.territory = $1 AND v.rev = (SELECT MAX(w.rev) FROM objective_version w WHERE w.id = o.id AND w.at < $2)
		 ORDER BY o.lever, o.cycle DESC, o.id`, at, before.UnixMilli())
	all, err := stood(rows, err)
	for _, o := range all {
		if len(out) == 0 || out[len(out)-1].Lever != o.Lever {
			out = append(out, o)
		}
	}
	return out, err
}

// stood reads versions of objectives, those of which a value was shared.
func stood(rows *db.Rows, err error) (out []Objective, _ error) {
	all, err := db.Collect(rows, err, func(r *db.Rows) (o Objective, err error) {
		var rev int64
		var body string
		if err := r.Scan(&rev, &body); err != nil {
			return o, err
		}
		err = json.Unmarshal([]byte(body), &o)
		o.Rev = rev
		return o, err
	})
	for _, o := range all {
		if o.SharedRev > 0 && o.SharedOn != "" {
			out = append(out, o)
		}
	}
	return out, err
}
