package coverage

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/action"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/french"
)

// TwiceRule is how the nation counts what two COPs declare, as pages write it.
const TwiceRule = "Même objet déclaré dans deux régions\u00a0: chaque région le compte, la nation une seule fois. Est le même objet sans autre examen ce que deux COP ont retenu avec le même levier, le même titre, le même porteur, la même quantité et les mêmes lieux\u00a0: la première déclarée compte. " +
	"Pour le reste, l’équipe dont l’action s’efface le dit, avec sa raison et la part qui compte encore\u00a0; elle peut aussi dire que ce sont deux objets. La réduction ne joue que si l’action qui compte est retenue, chiffrée et n’est pas abandonnée."

// Twin is one of two actions that declare the same thing in two regions.
type Twin struct {
	ID, Title string
	Region    string
}

// Twice is the same thing declared in two regions for a lever: Counts counts whole in the
// nation, and Other loses Kg there, and there alone.
type Twice struct {
	Lever         string
	Counts, Other Twin
	Part          int64 // of Other that still counts, in ten-thousandths
	Kg            Range // what the nation does not add
	Reason        string
	Settled       bool // said by a team; otherwise both are alike in all
}

// object is a retained and quantified impact with what tells whether another one is of
// the same thing.
type object struct {
	id, cop string
	title   string
	alike   string // lever, title, holder, quantity and unit
	Group
}

// impacts reads what is retained in some COPs, one impact after the other: one statement.
func impacts(ctx context.Context, q db.Q, cops []string) ([]object, error) {
	if len(cops) == 0 {
		return nil, nil
	}
	args, holes := make([]any, len(cops)), make([]string, len(cops))
	for i, c := range cops {
		args[i], holes[i] = c, "$"+strconv.Itoa(i+1)
	}
	rows, err := q.Query(ctx, `
		SELECT i.action_id, i.cop_id, i.lever, i.class, i.first_year, i.status, i.outside, i.gross, i.counted, COALESCE(i.kg_low, i.kg, 0), COALESCE(i.kg, 0), COALESCE(i.kg_high, i.kg, 0), i.quantity, i.unit, a.title, a.sort, a.holder
		  FROM action_impact i JOIN action a ON a.id = i.action_id
		 WHERE i.state = 'retained' AND i.cop_id IN (`+strings.Join(holes, ", ")+`)
		 ORDER BY i.cop_id, i.action_id, i.lever`, args...)
	return db.Collect(rows, err, func(r *db.Rows) (x object, err error) {
		var class, status, unit, sort, holder string
		var outside, gross bool
		var quantity *float64
		err = r.Scan(&x.id, &x.cop, &x.Lever, &class, &x.First, &status, &outside, &gross, &x.Counted, &x.Kg.Low, &x.Kg.Central, &x.Kg.High, &quantity, &unit, &x.title, &sort, &holder)
		x.Actions = 1
		x.mark(status, outside, gross)
		if x.stand(class); status == abandoned {
			x.Class = ""
			x.stand(abandoned)
		}
		if x.whole() {
			if quantity != nil && holder != "" {
				x.alike = strings.Join([]string{x.Lever, strconv.FormatFloat(*quantity, 'g', -1, 64), unit, french.Fold(holder), sort}, "\n")
			}
		} else {
			x.First = 0
		}
		return x, err
	})
}

// whole reports whether an impact is quantified and stands.
func (g *Group) whole() bool { return g.Class == action.Quantified && !g.Abandoned }

// objects are the impacts of some COPs that are quantified and stand.
func objects(ctx context.Context, q db.Q, cops []string) ([]object, error) {
	all, err := impacts(ctx, q, cops)
	return slices.DeleteFunc(all, func(x object) bool { return !x.whole() }), err
}

// grouped sums impacts that coverage treats alike, as groups reads them.
func grouped(all []object) (out []Group) {
	type alike struct {
		lever     string
		class     action.Class
		abandoned bool
		first     int
		counted   int64
	}
	at := map[alike]int{}
	for _, x := range all {
		k := alike{x.Lever, x.Class, x.Abandoned, x.First, x.Counted}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, Group{Lever: x.Lever, Class: x.Class, Abandoned: x.Abandoned, First: x.First, Counted: x.Counted})
		}
		g := &out[i]
		g.Actions, g.Increases, g.Gross, g.GrossKg = g.Actions+x.Actions, g.Increases+x.Increases, g.Gross+x.Gross, g.GrossKg+x.GrossKg
		g.Paused, g.Blocked, g.Kg = g.Paused+x.Paused, g.Blocked+x.Blocked, g.Kg.Plus(x.Kg)
	}
	return out
}

// mark counts one action by its status and what it counts.
func (g *Group) mark(status string, outside, gross bool) {
	switch status {
	case "paused":
		g.Paused = 1
	case "blocked":
		g.Blocked = 1
	}
	if outside {
		g.First = Outside
	}
	if gross {
		g.Gross, g.GrossKg = 1, g.Kg.Central
	}
	if g.Kg.Central < 0 {
		g.Increases = 1
	}
}

// settled is what a team said of two actions of two COPs.
type settled struct {
	lever, counts, other, state, reason string
	part                                int64
}

// across reads what teams said of actions of two COPs: one statement, whose rows are few.
func across(ctx context.Context, q db.Q) ([]settled, error) {
	rows, err := q.Query(ctx, `
		SELECT o.lever, o.counts, o.other, o.state, o.reason, o.part
		  FROM action_overlap o JOIN action a ON a.id = o.counts JOIN action b ON b.id = o.other
		 WHERE a.cop_id <> b.cop_id ORDER BY o.lever, o.id`)
	return db.Collect(rows, err, func(r *db.Rows) (x settled, err error) {
		err = r.Scan(&x.lever, &x.counts, &x.other, &x.state, &x.reason, &x.part)
		return x, err
	})
}

// places reads where some actions take place, each as one text: one statement.
func places(ctx context.Context, q db.Q, ids []string) (map[string]string, error) {
	out := map[string]string{}
	if len(ids) == 0 {
		return out, nil
	}
	args, holes := make([]any, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		args[i], holes[i] = id, "$"+strconv.Itoa(i+1)
	}
	rows, err := q.Query(ctx, `SELECT action_id, territory FROM action_place WHERE action_id IN (`+strings.Join(holes, ", ")+`) ORDER BY action_id, territory`, args...)
	all, err := db.Collect(rows, err, func(r *db.Rows) (x [2]string, err error) { err = r.Scan(&x[0], &x[1]); return x, err })
	for _, x := range all {
		out[x[0]] += x[1] + "\n"
	}
	return out, err
}

// mostTwins bounds the actions whose places are compared: beyond, a title and a quantity
// are so common that nothing says they are of one thing.
const mostTwins = 5_000

// twins are the pairs of a lever that are alike in all, the first declared first; seen
// holds the pairs that a team settled.
func twins(ctx context.Context, q db.Q, all []object, seen map[[3]string]bool) (out []settled, err error) {
	by := map[string][]object{}
	for _, x := range all {
		if x.alike != "" {
			by[x.alike] = append(by[x.alike], x)
		}
	}
	var groups [][]object
	var ids []string
	for _, list := range by {
		if len(list) < 2 || !slices.ContainsFunc(list, func(x object) bool { return x.cop != list[0].cop }) {
			continue
		}
		slices.SortFunc(list, func(a, b object) int { return cmp.Compare(a.id, b.id) }) // ids are in order of time
		groups = append(groups, list)
		for _, x := range list {
			ids = append(ids, x.id)
		}
	}
	if len(ids) == 0 || len(ids) > mostTwins {
		return nil, nil
	}
	slices.Sort(ids)
	at, err := places(ctx, q, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(groups, func(a, b []object) int {
		return cmp.Or(cmp.Compare(a[0].Lever, b[0].Lever), cmp.Compare(a[0].id, b[0].id))
	})
	for _, list := range groups {
		for i, x := range list {
			first := slices.IndexFunc(list[:i], func(y object) bool {
				return y.cop != x.cop && at[x.id] != "" && at[x.id] == at[y.id] && !seen[pair(x.Lever, x.id, y.id)]
			})
			if first >= 0 {
				out = append(out, settled{lever: x.Lever, counts: list[first].id, other: x.id, state: action.Confirmed, reason: "mêmes levier, titre, porteur, quantité et lieux"})
			}
		}
	}
	return out, nil
}

// pair names two actions and a lever whatever their order.
func pair(lever, a, b string) [3]string {
	if a > b {
		a, b = b, a
	}
	return [3]string{lever, a, b}
}

// twice is what the nation does not add: what teams settled, then what is alike in all.
// region names
// that of a COP. At most three statements.
func twice(ctx context.Context, q db.Q, all []object, region func(copID string) string) (out []Twice, by map[string]object, err error) {
	said, err := across(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	seen := map[[3]string]bool{}
	for _, s := range said {
		seen[pair(s.lever, s.counts, s.other)] = true
	}
	found, err := twins(ctx, q, all, seen)
	if err != nil {
		return nil, nil, err
	}
	by = make(map[string]object, len(all))
	for _, x := range all {
		by[x.Lever+"|"+x.id] = x
	}
	for i, s := range append(said, found...) {
		counts, ok := by[s.lever+"|"+s.counts]
		other, also := by[s.lever+"|"+s.other]
		if s.state != action.Confirmed || !ok || !also || closes(out, s) {
			continue
		}
		out = append(out, Twice{Lever: s.lever, Counts: Twin{counts.id, counts.title, region(counts.cop)}, Other: Twin{other.id, other.title, region(other.cop)}, Part: s.part, Reason: s.reason, Settled: i < len(said)})
	}
	return out, by, nil
}

// declaredOnce takes off what several regions declare twice, where an EPCI reads the
// actions of all of them. At most six statements.
func declaredOnce(ctx context.Context, q db.Q, regions []string, all []spread) ([]spread, error) {
	var cops []string
	for _, r := range regions {
		ids, err := cop.IDsOfRegion(ctx, q, r)
		if err != nil {
			return nil, err
		}
		cops = append(cops, ids...)
	}
	things, err := objects(ctx, q, cops)
	if err != nil {
		return nil, err
	}
	pairs, _, err := twice(ctx, q, things, func(string) string { return "" })
	if err != nil {
		return nil, err
	}
	lost := map[[2]string]int64{}
	for _, t := range pairs {
		at := [2]string{t.Lever, t.Other.ID}
		lost[at] = min(whole, lost[at]+whole-t.Part)
	}
	out := all[:0:0]
	for _, s := range all {
		if part := lost[[2]string{s.Lever, s.id}]; part < whole {
			s.Counted = s.Counted * (whole - part) / whole
			out = append(out, s)
		}
	}
	return out, nil
}

// closes tells of a pair that would go round: each would count less than once for the
// sake of the other.
func closes(list []Twice, s settled) bool {
	next, seen := []string{s.counts}, map[string]bool{}
	for len(next) > 0 {
		at := next[0]
		if next = next[1:]; at == s.other {
			return true
		}
		if seen[at] {
			continue
		}
		seen[at] = true
		for _, t := range list {
			if t.Lever == s.lever && t.Other.ID == at {
				next = append(next, t.Counts.ID)
			}
		}
	}
	return false
}

// once takes off the sum of a lever what its regions declare twice, and writes in each
// pair what it took: nothing of an action that its own region does not add.
func (n *Nation) once(sum *Cell, by map[string]object) {
	lost := map[string]int64{} // of an action, in ten-thousandths
	for i := range n.Twice {
		t := &n.Twice[i]
		if t.Lever != sum.Line.Lever.Code {
			continue
		}
		c, ok := n.Of(t.Other.Region, t.Lever)
		var p Planned
		if p.take(by[t.Lever+"|"+t.Other.ID].Group, c.Done); !ok || p.Actions == 0 {
			continue
		}
		part := min(whole-t.Part, whole-lost[t.Other.ID])
		if part <= 0 {
			continue
		}
		lost[t.Other.ID] += part
		t.Kg = p.Kg.share(part)
		sum.Planned.Kg = sum.Planned.Kg.minus(t.Kg)
		sum.Planned.GrossKg -= action.Share(p.GrossKg, part)
		if lost[t.Other.ID] == whole {
			sum.Planned.Actions -= p.Actions
			sum.Planned.Gross, sum.Planned.Increases, sum.Planned.Reduced = sum.Planned.Gross-p.Gross, sum.Planned.Increases-p.Increases, sum.Planned.Reduced-p.Reduced
			sum.Planned.Paused, sum.Planned.Blocked = sum.Planned.Paused-p.Paused, sum.Planned.Blocked-p.Blocked
		}
		sum.Planned.Twice.add(1, t.Kg)
		if c.Objective.Known {
			// What is not expected is still to find: what took the most leaves the most.
			sum.Rest.Range = sum.Rest.Plus(Range{t.Kg.High, t.Kg.Central, t.Kg.Low})
		}
	}
}

// whole is all of an action, in ten-thousandths.
const whole = 10_000

// minus takes a range off the one that holds it.
func (r Range) minus(o Range) Range {
	return Range{r.Low - o.Low, r.Central - o.Central, r.High - o.High}
}
