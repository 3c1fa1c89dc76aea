package action

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/textmining"
)

// Pair is two actions that look alike, and why. Score is between 0 and 1.
type Pair struct {
	A, B  Action
	Score float64
	Why   []string // French, one each

	subject, where string
	quantity       bool
}

// alikeBut is the score from which two actions of one lever and one place are shown
// when they also announce the same quantity.
const alikeBut = 0.35

// object is what an action makes, in the words of its impacts.
func (x Action) object() string {
	var out []string
	for _, p := range x.Impacts {
		out = append(out, p.Object)
	}
	return strings.Join(out, " ")
}

// Touch reports whether two territories have a commune in common, as far as the one
// holds the other or they are the same; a free perimeter overlaps with itself alone.
func Touch(tree *territory.Tree, a, b string) bool {
	if a == b {
		return true
	}
	holds := func(x, y string) bool {
		ref, err := territory.ParseRef(x)
		if err != nil || tree == nil {
			return false
		}
		parents, err := tree.Parents(ref)
		return err == nil && slices.ContainsFunc(parents, func(p territory.Ref) bool { return p.String() == y })
	}
	return holds(a, b) || holds(b, a)
}

// meet names a territory that two lists of places have in common, empty when none is.
func meet(tree *territory.Tree, a, b []Place) string {
	for _, x := range a {
		for _, y := range b {
			if Touch(tree, x.Territory, y.Territory) {
				return x.Territory
			}
		}
	}
	return ""
}

// sameQuantity reports whether two actions announce the same quantity for a lever.
func sameQuantity(a, b Action) bool {
	for _, x := range a.Impacts {
		for _, y := range b.Impacts {
			if x.Lever == y.Lever && x.Unit == y.Unit && x.Quantity != nil && y.Quantity != nil && *x.Quantity == *y.Quantity && *x.Quantity != 0 {
				return true
			}
		}
	}
	return false
}

// subjects are what two actions have in common when they are of one subject: levers, or
// a cross-cutting theme.
func (x Action) subjects() []string {
	if x.Kind == CrossCutting {
		return []string{"cross:" + x.Cross}
	}
	return x.Levers
}

// Alike lists the actions of a COP that an actor may read and that look like one that is
// being written: same lever, a place in common, close words. Lever or places left out
// do not narrow. The closest first, five at most.
func Alike(ctx context.Context, q db.Q, a policy.Actor, c cop.COP, tree *territory.Tree, title, lever string, places []string) (out []Action, err error) {
	defer apperr.Wrap(&err, "action.Alike(%s)", c.ID)
	words := textmining.NewStemmer().Stems(title)
	if len(words) == 0 {
		return nil, nil
	}
	if len(words) > 30 {
		words = words[:30]
	}
	args := []any{c.ID, lever}
	holes := make([]string, 0, len(words))
	for _, w := range words {
		args = append(args, w)
		holes = append(holes, "$"+strconv.Itoa(len(args)))
	}
	rows, err := q.Query(ctx, `
		SELECT `+columns+` FROM action x
		  JOIN (SELECT w.action_id, COUNT(*) AS n FROM action_word w WHERE w.word IN (`+strings.Join(holes, ", ")+`) GROUP BY w.action_id) f ON f.action_id = x.id
		 WHERE x.cop_id = $1 AND x.state NOT IN ('merged', 'withdrawn')
		   AND ($2 = '' OR EXISTS (SELECT 1 FROM action_lever l WHERE l.action_id = x.id AND l.lever = $2))
		 ORDER BY f.n DESC, x.id LIMIT 100`, args...)
	all, err := collect(rows, err)
	if err != nil {
		return nil, err
	}
	kin := textmining.NewKindred()
	byID := map[string]Action{}
	for _, x := range all {
		if !policy.Can(a, policy.Read, x.Thing(c)) {
			continue
		}
		if len(places) > 0 && !slices.ContainsFunc(x.Places, func(p Place) bool {
			return slices.ContainsFunc(places, func(t string) bool { return Touch(tree, p.Territory, t) })
		}) {
			continue
		}
		kin.Put(x.ID, x.Title, x.Summary+" "+x.object())
		byID[x.ID] = x
	}
	for _, k := range kin.Near(title, 5) {
		if k.Score >= textmining.Close {
			out = append(out, byID[k.ID])
		}
	}
	return out, nil
}

func orderPair(a, b string) (string, string) {
	if a > b {
		return b, a
	}
	return a, b
}

// why says in French what two actions have in common.
func (p Pair) why(tree *territory.Tree, lever func(string) string) []string {
	var out []string
	if common := common(p.A.Title, p.B.Title); len(common) > 0 {
		out = append(out, "mêmes mots dans les titres\u00a0: "+strings.Join(common, ", "))
	} else {
		out = append(out, "mots du titre de l’une dans le résumé de l’autre")
	}
	if ref, err := territory.ParseRef(p.where); err == nil && tree != nil {
		if t, err := tree.Lookup(ref); err == nil {
			out = append(out, "même lieu\u00a0: "+t.Name)
		}
	}
	if !strings.HasPrefix(p.subject, "cross:") {
		out = append(out, "même levier\u00a0: "+lever(p.subject))
	} else {
		out = append(out, "même thème transversal")
	}
	if p.quantity {
		out = append(out, "même quantité annoncée")
	}
	if p.A.Holder.Name != "" && p.A.Holder.Name == p.B.Holder.Name {
		out = append(out, "même porteur\u00a0: "+p.A.Holder.Name)
	}
	return out
}

// common lists the words of a title whose stems another title has.
func common(a, b string) (out []string) {
	s := textmining.NewStemmer()
	other := s.Stems(b)
	for _, w := range strings.Fields(a) {
		w = strings.Trim(w, ",;:.()«»\u00a0")
		stems := s.Stems(w)
		if len(stems) > 0 && len(w) > 2 && (w[0] < '0' || w[0] > '9') && !slices.Contains(out, quoted(w)) && slices.Contains(other, stems[0]) && len(out) < 6 {
			out = append(out, quoted(w))
		}
	}
	return out
}

func quoted(w string) string { return "«\u00a0" + w + "\u00a0»" }
