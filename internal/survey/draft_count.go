package survey

import (
	"context"
	"slices"
	"time"

	"jalon/internal/db"
)

// near reads the cells of a save, with those that share their rows and the flags
// that skip their sections: what its effect on the counts depends on.
func (m *Room) near(ctx context.Context, tx db.Q, response string, p *Path, todo []work) (map[string]Draft, error) {
	var keys []string
	for _, w := range todo {
		c := p.cells[w.Key]
		keys = append(keys, w.Key)
		keys = append(keys, p.siblings[c.Row]...)
		if skip, ok := p.skip[c.Section]; ok {
			keys = append(keys, skip)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	out := map[string]Draft{}
	if len(keys) > 100 { // a whole form: read all of it
		all, err := Drafts(ctx, tx, response)
		for _, d := range all {
			out[d.Key] = d
		}
		return out, err
	}
	if len(keys) == 0 {
		return out, nil
	}
	args := []any{response}
	for _, k := range keys {
		args = append(args, k)
	}
	rows, err := tx.Query(ctx, `SELECT question, value, class, source, reason, by, at, rev FROM draft WHERE response_id = $1 AND question IN (`+db.Params(2, len(keys))+`)`, args...)
	_, err = db.Collect(rows, err, func(r *db.Rows) (d Draft, err error) {
		var at int64
		err = r.Scan(&d.Key, &d.Value, &d.Class, &d.Source, &d.Reason, &d.By, &at, &d.Rev)
		d.At = time.UnixMilli(at).UTC()
		out[d.Key] = d
		return d, err
	})
	return out, err
}

// count is what some cells count for.
type count struct{ answered, rated int64 }

// tally counts the cells of a save and their rows. The difference of two tallies
// moves the counters of the response, which are then never counted again in full.
func tally(p *Path, cells map[string]Draft, todo []work) (n count) {
	rows := map[string]bool{}
	for _, w := range todo {
		c := p.cells[w.Key]
		if cells[w.Key].Value != "" && !c.Flag {
			n.answered++
		}
		if c.Row == "" || rows[c.Row] || cells[p.skip[c.Section]].Value != "" {
			continue
		}
		rows[c.Row] = true
		if !slices.ContainsFunc(p.siblings[c.Row], func(k string) bool { return cells[k].Value == "" }) {
			n.rated++
		}
	}
	return n
}
