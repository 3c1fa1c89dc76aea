package action

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/plan"
	"jalon/internal/territory"
	"jalon/internal/textmining"
)

// Near is two actions that may declare the same thing for a lever. A is in the wider
// place, so that it is the one proposed to count whole.
type Near struct {
	Lever string
	A, B  Action
	Why   []string // in French
}

// Pair names it whatever the order.
func (n Near) Pair() string { return n.Lever + "|" + pairOf(n.A.ID, n.B.ID) }

// Pair names the actions of an overlap as Near does.
func (o Overlap) Pair() string { return o.Lever + "|" + pairOf(o.Counts, o.Other) }

// NearOf looks for actions of a COP that declare the same thing for the same lever:
// quantified, on places one inside the other, with near words for what is made or near
// quantities. What nobody takes further any more is left out. One statement.
func NearOf(ctx context.Context, q db.Q, tree *territory.Tree, copID string) (_ []Near, err error) {
	defer apperr.Wrap(&err, "action.NearOf(%q)", copID)
	all, err := collect(q.Query(ctx, `SELECT `+columns+` FROM action x WHERE x.cop_id = $1 AND x.kind = 'sectoral' AND x.state IN ('qualified', 'debated', 'retaining', 'retained') AND x.status <> 'abandoned' ORDER BY x.seq`, copID))
	if err != nil {
		return nil, err
	}
	return FindNear(tree, all), nil
}

// NearAcross looks for retained actions of other COPs of the cycle that declare the same
// thing as one of this COP, on places one inside the other: A is of this COP, B of the
// other one. Only what reaches over the border of the region can be. Two statements.
func NearAcross(ctx context.Context, q db.Q, tree *territory.Tree, copID string) (out []Near, err error) {
	defer apperr.Wrap(&err, "action.NearAcross(%q)", copID)
	own, err := collect(q.Query(ctx, `SELECT `+columns+` FROM action x WHERE x.cop_id = $1 AND x.kind = 'sectoral' AND x.state IN ('qualified', 'debated', 'retaining', 'retained') AND x.status <> 'abandoned' ORDER BY x.seq`, copID))
	if err != nil || len(own) == 0 {
		return nil, err
	}
	var b binder
	text := `SELECT ` + columns + ` FROM action x WHERE x.cycle = ` + b.bind(own[0].Cycle) + ` AND x.cop_id <> ` + b.bind(copID) + ` AND x.kind = 'sectoral' AND x.state = 'retained' AND x.status <> 'abandoned'
		AND EXISTS (SELECT 1 FROM action_place p WHERE p.action_id = x.id AND p.territory IN (` + b.in(bordering(tree, own)) + `)) ORDER BY x.cop_id, x.seq LIMIT 2000`
	others, err := collect(q.Query(ctx, text, b.args...))
	if err != nil {
		return nil, err
	}
	for _, n := range FindNear(tree, slices.Concat(own, others)) {
		if n.A.COP == n.B.COP {
			continue
		}
		if n.A.COP != copID {
			n.A, n.B = n.B, n.A
		}
		if n.A.COP == copID {
			out = append(out, n)
		}
	}
	return out, nil
}

// bordering lists where an action of another COP may be on the same ground as these: the
// places of these, the EPCI that reach over the border of their region, and the
// communes of those.
func bordering(tree *territory.Tree, own []Action) []string {
	seen := map[string]bool{}
	for _, x := range own {
		for _, p := range x.Places {
			seen[p.Territory] = true
		}
	}
	region := own[0].Region
	for _, g := range tree.Groups() {
		here, there := false, false
		for _, i := range g.Communes {
			r := tree.Communes()[i].Region
			here, there = here || r == region, there || r != region
		}
		if !here || !there {
			continue
		}
		seen[territory.Ref{Scale: territory.EPCI, Code: g.SIREN}.String()] = true
		for _, i := range g.Communes {
			seen[territory.Ref{Scale: territory.CommuneS, Code: tree.Communes()[i].Code}.String()] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// candidate is one impact with what it is compared by.
type candidate struct {
	x     Action
	p     Impact
	words []string
	base  float64 // quantity in the base unit of its dimension
	unit  string
}

// FindNear is the rule of NearOf.
func FindNear(tree *territory.Tree, all []Action) (out []Near) {
	stems := textmining.NewStemmer()
	by := map[string][]candidate{}
	for _, x := range all {
		for _, p := range x.Impacts {
			if p.Class != Quantified || p.Quantity == nil {
				continue
			}
			text := p.Object
			if strings.TrimSpace(text) == "" {
				text = x.Title
			}
			c := candidate{x: x, p: p, words: stems.Stems(text), unit: p.Unit, base: *p.Quantity}
			if alike := plan.Alike(p.Unit); len(alike) > 0 {
				c.unit = alike[len(alike)-1]
				c.base, _ = plan.Convert(*p.Quantity, p.Unit, c.unit)
			}
			by[p.Lever] = append(by[p.Lever], c)
		}
	}
	land := places{tree: tree, known: map[string][]int32{}}
	for _, lever := range slices.Sorted(maps.Keys(by)) {
		list := by[lever]
		for i, a := range list {
			for _, b := range list[i+1:] {
				why := nearBy(a, b)
				if len(why) == 0 {
					continue
				}
				inside, swap := land.nested(a.x, b.x)
				if !inside {
					continue
				}
				n := Near{Lever: lever, A: a.x, B: b.x, Why: why}
				if swap {
					n.A, n.B = b.x, a.x
				}
				out = append(out, n)
			}
		}
	}
	return out
}

// nearBy says why two impacts may be of the same thing.
func nearBy(a, b candidate) (why []string) {
	for _, r := range append(slices.Clone(a.x.Relations), b.x.Relations...) {
		if (r.Other == a.x.ID || r.Other == b.x.ID) && r.Kind != "depends" {
			why = append(why, "une des deux dit qu’elle recoupe l’autre ou en fait partie")
		}
	}
	if likeness(a.words, b.words) >= 0.5 {
		why = append(why, "ce qui est fait se dit presque avec les mêmes mots")
	}
	if a.unit == b.unit && a.base != 0 && math.Abs(a.base-b.base) <= 0.02*math.Abs(a.base) {
		why = append(why, "les quantités sont presque égales ("+french.Significant(*a.p.Quantity, 5)+"\u00a0"+a.p.Unit+" et "+french.Significant(*b.p.Quantity, 5)+"\u00a0"+b.p.Unit+")")
	}
	return why
}

// likeness is the part of the words of the shorter text that the other has too.
func likeness(a, b []string) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	a = slices.Compact(slices.Sorted(slices.Values(a)))
	if len(a) < 2 {
		return 0
	}
	n := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

// places reads the communes of territories once each.
type places struct {
	tree  *territory.Tree
	known map[string][]int32
}

func (l places) of(x Action) (out []int32) {
	for _, p := range x.Places {
		at, ok := l.known[p.Territory]
		if !ok {
			if ref, err := territory.ParseRef(p.Territory); err == nil && ref.Scale != territory.Perimeter {
				at, _ = l.tree.CommunesOf(ref)
			}
			l.known[p.Territory] = at
		}
		out = append(out, at...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nested tells that the places of one action are all inside those of the other, and
// whether it is the second that is the wider.
func (l places) nested(a, b Action) (inside, swap bool) {
	x, y := l.of(a), l.of(b)
	if len(x) == 0 || len(y) == 0 {
		return false, false
	}
	if len(x) < len(y) {
		x, y, swap = y, x, true
	}
	at := 0
	for _, c := range y {
		for at < len(x) && x[at] < c {
			at++
		}
		if at == len(x) || x[at] != c {
			return false, false
		}
	}
	return true, swap
}
