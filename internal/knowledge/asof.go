package knowledge

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// ObstaclesBy lists the obstacles that a region had retained before an instant, those
// merged into another left out, the newest first, and what the nation answered by then, by
// its line: what was said since changes nothing in it. Two statements.
func ObstaclesBy(ctx context.Context, q db.Q, region string, before time.Time) (list []Item, answers map[string]Group, err error) {
	defer apperr.Wrap(&err, "knowledge.ObstaclesBy(%q)", region)
	// What boxes ticked gave and nobody took up was retained by nobody: it is not read.
	rows, err := q.Query(ctx, `SELECT v.rev, i.at, v.body FROM knowledge_item i JOIN knowledge_item_version v ON v.id = i.id
		 WHERE i.kind = $1 AND i.region = $2 AND i.ticked = $3 AND v.rev = (SELECT MAX(w.rev) FROM knowledge_item_version w WHERE w.id = i.id AND w.at < $4)
		 ORDER BY i.at DESC, i.id DESC`, string(Obstacle), region, false, before.UnixMilli())
	all, err := db.Collect(rows, err, func(r *db.Rows) (x Item, err error) {
		var at int64
		var body string
		if err := r.Scan(&x.Rev, &at, &body); err != nil {
			return x, err
		}
		x.At = time.UnixMilli(at).UTC()
		return x, json.Unmarshal([]byte(body), &x)
	})
	if err != nil {
		return nil, nil, err
	}
	var b binder
	at := b.bind(before.UnixMilli())
	var lines []string
	for _, x := range all {
		if x.State == Retained && x.MergedInto == "" {
			list = append(list, x)
			if x.Group != "" {
				lines = append(lines, x.Group)
			}
		}
	}
	rows, err = q.Query(ctx, `SELECT v.id, v.rev, v.body FROM obstacle_group_version v
		 WHERE v.id IN (`+b.in(lines)+`) AND v.rev = (SELECT MAX(w.rev) FROM obstacle_group_version w WHERE w.id = v.id AND w.at < `+at+`) ORDER BY v.id`, b.args...)
	answers = map[string]Group{}
	_, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var g Group
		var id, body string
		if err := r.Scan(&id, &g.Rev, &body); err != nil {
			return none, err
		}
		err = json.Unmarshal([]byte(body), &g)
		answers[id] = g
		return none, err
	})
	return list, answers, err
}
