package outcome

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/db"
	"jalon/internal/french"
)

// readFacts reads the retained actions of some COPs, places and ramps of those alone whose
// revision moved, and the lists that retained them when they were not read yet.
func (m *Room) readFacts(ctx context.Context, q db.Q, all []*reading) error {
	if len(all) == 0 {
		return nil
	}
	of, cops := map[string]*reading{}, make([]string, len(all))
	for i, r := range all {
		of[r.id], cops[i] = r, r.id
	}
	byID, lists := map[string]*fact{}, map[string]bool{}
	rows, err := q.Query(ctx, `SELECT a.id, a.rev, a.cop_id, a.seq, a.kind, a.title, a.theme, a.holder, a.status, a.starts, a.ends, a.list_id,
			COALESCE(i.lever, ''), COALESCE(i.class, ''), i.quantity, COALESCE(i.unit, ''), i.kg, i.kg_low, i.kg_high, COALESCE(i.counted, 0), COALESCE(i.first_year, 0), COALESCE(i.gross, FALSE), COALESCE(i.outside, FALSE)
		  FROM action a LEFT JOIN action_impact i ON i.action_id = a.id
		 WHERE a.state = 'retained' AND a.cop_id IN (`+holes(1, len(cops))+`) ORDER BY a.cop_id, a.seq, i.lever`, anys(cops)...)
	if _, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var x fact
		var p planned
		var kind, class string
		var outside bool
		if err := r.Scan(&x.id, &x.rev, &x.cop, &x.seq, &kind, &x.title, &x.theme, &x.holder, &x.status, &x.starts, &x.ends, &x.list,
			&p.Lever, &class, &p.Quantity, &p.Unit, &p.Kg, &p.KgLow, &p.KgHigh, &p.counted, &p.first, &p.Gross, &outside); err != nil {
			return none, err
		}
		f := byID[x.id]
		if f == nil {
			x.cross = action.Kind(kind) == action.CrossCutting
			f = &x
			byID[x.id] = f
			of[x.cop].facts = append(of[x.cop].facts, f)
			if x.list != "" {
				lists[x.list] = true
			}
		}
		if p.Lever == "" || f.cross {
			return none, nil
		}
		if p.Class = action.Class(class); outside {
			p.Outside = "dit" // that it is said is enough here
		}
		f.levers = append(f.levers, p)
		return none, nil
	}); err != nil {
		return err
	}
	if err := readPlaces(ctx, q, all, byID); err != nil {
		return err
	}
	if err := m.readLists(ctx, q, lists); err != nil {
		return err
	}
	for _, f := range byID {
		for i := range f.levers {
			f.levers[i].Ramp = f.ramps[f.levers[i].Lever]
		}
		f.retainedBy(m.kept.list(f.list))
	}
	for _, r := range all {
		r.holders = holders(r.facts)
	}
	return nil
}

// list is a retained list that was read, empty for none.
func (k *kept) list(id string) (l listing) {
	if x, ok := k.lists.Load(id); ok {
		l = x.(listing)
	}
	return l
}

// retainedBy sets beside an action what the list that retained it says.
func (f *fact) retainedBy(l listing) {
	f.since = l.day
	for i := range f.levers {
		if then, ok := l.of[f.id][f.levers[i].Lever]; ok {
			f.levers[i].then = &then
		}
	}
}

// readPlaces takes the places and the ramps of actions from what was read before, and
// reads those of the actions whose revision moved.
func readPlaces(ctx context.Context, q db.Q, all []*reading, byID map[string]*fact) error {
	var moved which
	for _, r := range all {
		old := map[string]*fact{}
		if r.was != nil {
			for _, f := range r.was.facts {
				old[f.id] = f
			}
		}
		var ids []string
		for _, f := range r.facts {
			if was := old[f.id]; was != nil && was.rev == f.rev {
				f.places, f.ramps = was.places, was.ramps
			} else {
				ids = append(ids, f.id)
			}
		}
		if moved.add(r.id, r.was == nil, ids) {
			for _, f := range r.facts {
				f.places, f.ramps = nil, nil
			}
		}
	}
	if moved.none() {
		return nil
	}
	where, args := moved.where("a.cop_id IN (%s)", "a.id IN (%s)")
	rows, err := q.Query(ctx, `SELECT p.action_id, p.territory, p.share FROM action a JOIN action_place p ON p.action_id = a.id
		WHERE a.state = 'retained' AND `+where+` ORDER BY p.action_id, p.territory`, args...)
	if _, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var id string
		var p action.Place
		err = r.Scan(&id, &p.Territory, &p.Share)
		if f := byID[id]; f != nil {
			f.places = append(f.places, p)
		}
		return none, err
	}); err != nil {
		return err
	}
	rows, err = q.Query(ctx, `SELECT a.id, a.body FROM action a WHERE a.state = 'retained' AND `+where+` AND REPLACE(a.body, '"ramp":', '') <> a.body`, args...)
	_, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var id, body string
		if err := r.Scan(&id, &body); err != nil {
			return none, err
		}
		if f := byID[id]; f != nil {
			f.ramps, err = rampsOf(body)
		}
		return none, err
	})
	return err
}

func rampsOf(body string) (map[string][]action.Ramp, error) {
	var x struct {
		Impacts []struct {
			Lever string        `json:"lever"`
			Ramp  []action.Ramp `json:"ramp"`
		} `json:"impacts"`
	}
	if err := json.Unmarshal([]byte(body), &x); err != nil {
		return nil, err
	}
	out := map[string][]action.Ramp{}
	for _, i := range x.Impacts {
		out[i.Lever] = i.Ramp
	}
	return out, nil
}

// readLists reads what both heads retained, where it was not read yet.
func (m *Room) readLists(ctx context.Context, q db.Q, ids map[string]bool) error {
	var missing []string
	for id := range ids {
		if _, ok := m.kept.lists.Load(id); !ok {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	rows, err := q.Query(ctx, `SELECT l.id, l.ended_on, l.body FROM action_listing l WHERE l.state = 'retained' AND l.id IN (`+holes(1, len(missing))+`)`, anys(missing)...)
	_, err = db.Collect(rows, err, func(r *db.Rows) (none struct{}, err error) {
		var id, day, body string
		if err := r.Scan(&id, &day, &body); err != nil {
			return none, err
		}
		var l action.FrozenList
		if err := json.Unmarshal([]byte(body), &l); err != nil {
			return none, err
		}
		out := listing{day, map[string]map[string]retained{}}
		for _, x := range l.Actions {
			of := map[string]retained{}
			for _, i := range x.Impacts {
				of[i.Lever] = retained{i, x.Starts, x.Ends}
			}
			out.of[x.Action] = of
		}
		m.kept.lists.Store(id, out)
		return none, nil
	})
	return err
}

// holders lists who holds some actions, in the order of names.
func holders(facts []*fact) (out []string) {
	keys := map[string]string{}
	for _, x := range facts {
		if _, ok := keys[x.holder]; x.holder != "" && !ok {
			keys[x.holder] = french.SortKey(x.holder)
			out = append(out, x.holder)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(keys[a], keys[b]) })
	return out
}
