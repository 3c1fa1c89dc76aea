package action

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/textmining"
)

// alike is what was compared of each COP: comparing thousands of texts two by two at each
// view would take most of a second, and few of them move between two.
type alike struct {
	mu   sync.Mutex
	cops map[string]*compared
}

// compared is the actions of a COP as they were last read, and those that look alike, by
// subject.
type compared struct {
	tree  *territory.Tree
	texts map[string]wording
	found map[string][]likely
	order []likely // of all subjects, each pair once, the closest first
}

// wording is what of an action is compared, at its revision.
type wording struct {
	rev   int64
	state State
	x     Action // title, summary, subjects, places and impacts alone
}

// likely is two actions of a subject that look alike.
type likely struct {
	subject  string
	a, b     string
	score    float64
	where    string
	quantity bool
}

// Pairs lists the actions of a COP that look alike two by two, the closest first, most
// at most: the same lever or theme, a place in common, and close words. Those that
// somebody said to be two are left out. Three statements when nothing moved, and one more
// of the actions that did.
func (m *Room) Pairs(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, tree *territory.Tree, lever func(string) string, most int) (out []Pair, err error) {
	defer apperr.Wrap(&err, "action.Pairs(%s)", c.ID)
	all, err := m.alike.of(ctx, q, c.ID, tree)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT a, b FROM action_pair WHERE cop_id = $1 AND state IN ('dismissed', 'parted')`, c.ID)
	gone, err := db.Collect(rows, err, func(r *db.Rows) (p [2]string, err error) { err = r.Scan(&p[0], &p[1]); return p, err })
	if err != nil {
		return nil, err
	}
	seen := map[[2]string]bool{}
	for _, p := range gone {
		seen[p] = true
	}
	for len(all) > 0 && len(out) < most {
		var some []likely
		for len(all) > 0 && len(some) < most {
			if !seen[[2]string{all[0].a, all[0].b}] {
				some = append(some, all[0])
			}
			all = all[1:]
		}
		byID, err := readPairs(ctx, q, some)
		if err != nil {
			return nil, err
		}
		for _, l := range some {
			x, one := byID[l.a]
			y, two := byID[l.b]
			if one && two && policy.Can(a, policy.Read, x.Thing(c)) && policy.Can(a, policy.Read, y.Thing(c)) && len(out) < most {
				p := Pair{A: x, B: y, Score: l.score, subject: l.subject, where: l.where, quantity: l.quantity}
				p.Why = p.why(tree, lever)
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// readPairs reads the actions of some pairs.
func readPairs(ctx context.Context, q db.Q, some []likely) (map[string]Action, error) {
	ids := map[string]bool{}
	for _, p := range some {
		ids[p.a], ids[p.b] = true, true
	}
	var b binder
	list, err := collect(q.Query(ctx, `SELECT `+columns+` FROM action x WHERE x.id IN (`+b.in(slices.Sorted(maps.Keys(ids)))+`)`, b.args...))
	out := make(map[string]Action, len(list))
	for _, x := range list {
		out[x.ID] = x
	}
	return out, err
}

// of compares again the subjects whose actions moved since they were read, and gives all
// pairs, the closest first: a new list each time it changes.
func (k *alike) of(ctx context.Context, q db.Q, copID string, tree *territory.Tree) (_ []likely, err error) {
	rows, err := q.Query(ctx, `SELECT id, rev, state FROM action WHERE cop_id = $1 AND state NOT IN ('draft', 'merged', 'withdrawn') ORDER BY id`, copID)
	type row struct {
		id string
		wording
	}
	now, err := db.Collect(rows, err, func(r *db.Rows) (x row, err error) {
		var state string
		err = r.Scan(&x.id, &x.rev, &state)
		x.state = State(state)
		return x, err
	})
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	was := k.cops[copID]
	if was == nil || was.tree != tree {
		was = &compared{tree: tree, texts: map[string]wording{}, found: map[string][]likely{}}
	}
	var stale []string
	there := make(map[string]bool, len(now))
	for _, x := range now {
		there[x.id] = true
		if t, ok := was.texts[x.id]; !ok || t.rev != x.rev || t.state != x.state {
			stale = append(stale, x.id)
		}
	}
	fresh, err := readTexts(ctx, q, copID, stale, len(now))
	if err != nil {
		return nil, err
	}
	if k.cops == nil {
		k.cops = map[string]*compared{}
	}
	k.cops[copID] = was
	was.take(fresh, there)
	return was.order, nil
}

// readTexts reads the actions that moved: one by one when they are few, all of the COP
// otherwise.
func readTexts(ctx context.Context, q db.Q, copID string, ids []string, of int) ([]Action, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if len(ids) > 500 || len(ids) == of {
		return collect(q.Query(ctx, `SELECT `+columns+` FROM action x WHERE x.cop_id = $1 AND x.state NOT IN ('draft', 'merged', 'withdrawn') ORDER BY x.id`, copID))
	}
	var b binder
	return collect(q.Query(ctx, `SELECT `+columns+` FROM action x WHERE x.id IN (`+b.in(ids)+`) ORDER BY x.id`, b.args...))
}

// take puts what moved in its place, and compares the subjects that it is or was of.
func (c *compared) take(fresh []Action, there map[string]bool) {
	moved := map[string]bool{}
	touch := func(id string) {
		for _, s := range c.texts[id].x.subjects() {
			moved[s] = true
		}
	}
	for id := range c.texts {
		if !there[id] {
			touch(id)
			delete(c.texts, id)
		}
	}
	for _, x := range fresh {
		touch(x.ID)
		c.texts[x.ID] = wording{x.Rev, x.State, Action{ID: x.ID, Kind: x.Kind, State: x.State, Title: x.Title, Summary: x.Summary, Cross: x.Cross, Levers: x.Levers, Places: x.Places, Impacts: x.Impacts}}
		touch(x.ID)
	}
	if len(moved) == 0 {
		return
	}
	of := map[string][]Action{}
	for _, id := range slices.Sorted(maps.Keys(c.texts)) {
		x := c.texts[id].x
		for _, s := range x.subjects() {
			if moved[s] {
				of[s] = append(of[s], x)
			}
		}
	}
	for s := range moved {
		if c.found[s] = c.compare(s, of[s]); len(c.found[s]) == 0 {
			delete(c.found, s)
		}
	}
	seen := map[[2]string]bool{}
	c.order = nil
	for _, s := range slices.Sorted(maps.Keys(c.found)) {
		for _, p := range c.found[s] {
			if at := [2]string{p.a, p.b}; !seen[at] {
				seen[at] = true
				c.order = append(c.order, p)
			}
		}
	}
	slices.SortStableFunc(c.order, func(a, b likely) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.a, b.a)) })
}

// compare finds the actions of a subject that look alike.
func (c *compared) compare(subject string, all []Action) (out []likely) {
	kin, byID, seen := textmining.NewKindred(), map[string]Action{}, map[[2]string]bool{}
	for _, x := range all {
		kin.Put(x.ID, x.Title, x.Summary+" "+x.object())
		byID[x.ID] = x
	}
	for _, x := range all {
		for _, k := range kin.Near(x.Title, 6) {
			first, second := orderPair(x.ID, k.ID)
			y := byID[k.ID]
			quantity := sameQuantity(x, y)
			if k.ID == x.ID || seen[[2]string{first, second}] || k.Score < textmining.Close && (!quantity || k.Score < alikeBut) || x.State == Retained && y.State == Retained {
				continue
			}
			if where := meet(c.tree, x.Places, y.Places); where != "" {
				seen[[2]string{first, second}] = true
				out = append(out, likely{subject, first, second, k.Score, where, quantity})
			}
		}
	}
	return out
}
