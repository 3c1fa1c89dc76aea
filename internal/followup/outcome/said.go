package outcome

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/db"
	"jalon/internal/followup"
	"jalon/internal/panorama"
)

// readSaid reads what stands of what was said in some COPs: of the actions that somebody
// spoke of since, and of those that were not retained before.
func readSaid(ctx context.Context, q db.Q, all []*reading) error {
	spoken, err := spokenOf(ctx, q, all)
	if err != nil {
		return err
	}
	var asked which
	of := make(map[string]*reading, len(all))
	for _, r := range all {
		of[r.id], r.said = r, map[string]*history{}
		ids, known := spoken[r.id]
		if r.was != nil {
			ids = append(ids, r.added()...)
		}
		if asked.add(r.id, !known, ids) {
			continue
		}
		r.said = r.was.said
		if len(ids) == 0 {
			continue
		}
		r.said = maps.Clone(r.said)
		for _, id := range ids {
			delete(r.said, id)
		}
	}
	return readHistories(ctx, q, asked, func(cop, id string) *history {
		said := of[cop].said
		if said[id] == nil {
			said[id] = &history{}
		}
		return said[id]
	})
}

// added lists the actions that were not there the last time.
func (r *reading) added() (out []string) {
	if r.actions == r.was.actions {
		return nil
	}
	old := make(map[string]bool, len(r.was.facts))
	for _, f := range r.was.facts {
		old[f.id] = true
	}
	for _, f := range r.facts {
		if !old[f.id] {
			out = append(out, f.id)
		}
	}
	return out
}

// spokenOf lists the actions that somebody spoke of since some COPs were read, by COP: a
// COP is not there when it was never read, or when what made one of its versions is not
// known, as after a file that filled it: all of it is read then.
func spokenOf(ctx context.Context, q db.Q, all []*reading) (map[string][]string, error) {
	out := map[string][]string{}
	var or []string
	var args []any
	for _, r := range all {
		switch {
		case r.was == nil || r.words-r.was.words > fewest:
		case r.words == r.was.words:
			out[r.id] = nil
		default:
			n := len(args)
			or = append(or, `cop_id = $`+strconv.Itoa(n+1)+` AND version > $`+strconv.Itoa(n+2)+` AND version <= $`+strconv.Itoa(n+3))
			args = append(args, r.id, r.was.words, r.words)
		}
	}
	if len(or) == 0 {
		return out, nil
	}
	rows, err := q.Query(ctx, `SELECT cop_id, action_id FROM followup_moved WHERE `+strings.Join(or, " OR "), args...)
	if _, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var cop, id string
		err = r.Scan(&cop, &id)
		out[cop] = append(out[cop], id)
		return none, err
	}); err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.was != nil && int64(len(out[r.id])) != r.words-r.was.words {
			delete(out, r.id)
		}
	}
	return out, nil
}

// readHistories reads the words and the quantities that stand of some actions, and sets
// them by day.
func readHistories(ctx context.Context, q db.Q, asked which, of func(cop, id string) *history) error {
	if asked.none() {
		return nil
	}
	read := map[*history]bool{}
	where, args := asked.where("u.cop_id IN (%s)", "u.action_id IN (%s)")
	rows, err := q.Query(ctx, `SELECT u.cop_id, u.action_id, u.day, u.status, u.blocked, COALESCE(u.progress, -1) FROM followup_update u
		WHERE u.standing = 'current' AND `+where, args...)
	if _, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var cop, id string
		var w word
		if err := r.Scan(&cop, &id, &w.day, &w.status, &w.blocked, &w.progress); err != nil {
			return none, err
		}
		h := of(cop, id)
		h.words, read[h] = append(h.words, w), true
		return none, nil
	}); err != nil {
		return err
	}
	where, args = asked.where("x.cop_id IN (%s)", "x.update_id IN (SELECT u.id FROM followup_update u WHERE u.action_id IN (%s))")
	rows, err = q.Query(ctx, `SELECT x.cop_id, x.action_id, x.lever, x.day, x.quantity, x.unit, x.class, x.kg FROM followup_quantity x
		WHERE x.standing = 'current' AND `+where, args...)
	_, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var cop, id, lever, class string
		var s said
		var kg *int64
		if err := r.Scan(&cop, &id, &lever, &s.day, &s.quantity, &s.unit, &class, &kg); err != nil {
			return none, err
		}
		s.class = followup.Class(class)
		if kg != nil {
			s.kg, s.weighed = panorama.Kg(*kg), true
		}
		h := of(cop, id)
		if read[h] = true; h.said == nil {
			h.said = map[string][]said{}
		}
		h.said[lever] = append(h.said[lever], s)
		return none, nil
	})
	for h := range read {
		slices.SortFunc(h.words, func(a, b word) int { return cmp.Compare(a.day, b.day) })
		for _, list := range h.said {
			slices.SortFunc(list, func(a, b said) int { return cmp.Compare(a.day, b.day) })
		}
	}
	return err
}
