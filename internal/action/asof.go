package action

import (
	"context"
	"encoding/json"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/db"
)

// Then is the register of some COPs as it stood before an instant.
type Then struct {
	Actions []Action // those written by then, by COP and number, whatever their state
	counted map[[2]string]int64
}

// Counted is the part of an action that counted for a lever then, in ten-thousandths, by
// what teams had settled.
func (t Then) Counted(id, lever string) int64 {
	if n, ok := t.counted[[2]string{id, lever}]; ok {
		return n
	}
	return whole
}

// StoodBy reads the actions of some COPs as they stood before an instant: the last version
// of each that was written by then. What was written since changes nothing in it. Two
// statements.
func StoodBy(ctx context.Context, q db.Q, cops []string, before time.Time) (out Then, err error) {
	defer apperr.Wrap(&err, "action.StoodBy(%s)", before)
	if len(cops) == 0 {
		return out, nil
	}
	args := make([]any, len(cops), len(cops)+1)
	for i, c := range cops {
		args[i] = c
	}
	args = append(args, before.UnixMilli())
	in, at := db.Params(1, len(cops)), db.Params(len(cops)+1, 1)
	rows, err := q.Query(ctx, `SELECT v.rev, v.body FROM action a JOIN action_version v ON v.id = a.id
		 WHERE a.cop_id IN (`+in+`) AND v.rev = (SELECT MAX(w.rev) FROM action_version w WHERE w.id = a.id AND w.at < `+at+`)
		 ORDER BY a.cop_id, a.seq`, args...)
	if out.Actions, err = db.Collect(rows, err, func(r *db.Rows) (x Action, err error) {
		var rev int64
		var body string
		if err := r.Scan(&rev, &body); err != nil {
			return x, err
		}
		err = json.Unmarshal([]byte(body), &x)
		x.Rev = rev
		return x, err
	}); err != nil {
		return out, err
	}
	rows, err = q.Query(ctx, `SELECT v.body FROM action_overlap o JOIN action_overlap_version v ON v.id = o.id
		 WHERE o.cop_id IN (`+in+`) AND v.rev = (SELECT MAX(w.rev) FROM action_overlap_version w WHERE w.id = o.id AND w.at < `+at+`)
		 ORDER BY o.id`, args...)
	settled, err := db.Collect(rows, err, func(r *db.Rows) (o Overlap, err error) {
		var body string
		if err := r.Scan(&body); err != nil {
			return o, err
		}
		return o, json.Unmarshal([]byte(body), &o)
	})
	out.count(settled)
	return out, err
}

// count applies the rule of overlaps to what stood then: see recount.
func (t *Then) count(settled []Overlap) {
	by := make(map[string]*Action, len(t.Actions))
	for i := range t.Actions {
		by[t.Actions[i].ID] = &t.Actions[i]
	}
	t.counted = map[[2]string]int64{}
	for _, o := range settled {
		whole, other := by[o.Counts], by[o.Other]
		if o.State == Confirmed && whole != nil && other != nil && whole.COP == other.COP && whole.State == Retained && whole.Status != "abandoned" {
			key := [2]string{o.Other, o.Lever}
			t.counted[key] = max(0, t.Counted(o.Other, o.Lever)-(10_000-o.Part))
		}
	}
}
