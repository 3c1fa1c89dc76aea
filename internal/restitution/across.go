package restitution

import (
	"cmp"
	"slices"
	"strings"

	"jalon/internal/questionnaire"
)

// The numbers that a lever tells of a group, by how many authorities are behind
// each: its two scores, then its obstacles and its needs.
const told = int(axes) + 2

// behind is how many authorities are behind one of them.
func (g Group) behind(lever, what int) int {
	if what < int(axes) {
		return g.lever(lever).Scores[what].N
	}
	x := &g.layout.Levers[lever]
	if k := what - int(axes); len([][]Option{x.Obstacles, x.Needs}[k]) > 0 {
		return int(g.tally.counts[x.lists[k].at])
	}
	return 0 // not asked
}

// tells reports whether a group shows one of them.
func (g Group) tells(lever, what int) bool {
	return !g.Hidden(lever) && (what < int(axes) || g.mute == nil || !g.mute[what-int(axes)][lever])
}

// silence hides one of them: a score takes its whole lever with it.
func (g *Group) silence(lever, what int) {
	if what < int(axes) {
		g.hide(lever)
		return
	}
	if g.mute == nil {
		g.mute = new([2]map[int]bool)
		*g.mute = [2]map[int]bool{{}, {}}
	}
	g.mute[what-int(axes)][lever] = true
}

// conceal hides, of groups whose total is shown, what would tell of one to four
// authorities. n says how many a number would tell of.
func conceal(all []Group, n func(g Group, lever, what int) int) {
	if len(all) == 0 {
		return
	}
	line := make([]int, len(all))
	for lever := range all[0].layout.Levers {
		for what := range told {
			for i, g := range all {
				line[i] = n(g, lever, what)
			}
			for i, h := range Hide(line) {
				if h {
					all[i].silence(lever, what)
				}
			}
		}
	}
}

// untold is how many authorities are behind what some groups do not tell.
func untold(groups []Group, lever, what int) (n int) {
	for _, g := range groups {
		if !g.tells(lever, what) {
			n += g.behind(lever, what)
		}
	}
	return n
}

// regions are those of a board, in order.
func (v View) regions() []string {
	var out []string
	for _, c := range v.cells {
		if !slices.Contains(out, c.region) {
			out = append(out, c.region)
		}
	}
	return out
}

// wholes are the regions as their own pages tell them.
func (v View) wholes() []Group {
	all := v.By(Filter{}, ByRegion)
	for i := range all {
		one := all[i : i+1]
		conceal(one, func(g Group, lever, what int) int { return g.behind(lever, what) })
	}
	return all
}

// across are the groups of the nation as anyone reads them, beside the pages of the
// regions. Each is made of whole groups of regions, those of the same name: where a
// region reads its départements with its EPCI because they are too few, they are in
// that group of the nation too. Otherwise the nation less the other regions would
// be the few that this one merged. A lever is not told where the regions hide, of
// what is in the group, one to four.
func (v View) across(d Dimension) []Group {
	parts := map[string][]Group{}
	var keys []string
	add := func(g Group) {
		codes := slices.Clone(g.Codes)
		slices.Sort(codes)
		key := strings.Join(codes, "+")
		if parts[key] == nil {
			keys = append(keys, key)
		}
		parts[key] = append(parts[key], g)
	}
	if d == ByRegion {
		for _, g := range v.wholes() {
			add(g)
		}
	} else {
		for _, r := range v.regions() {
			for _, g := range v.protected(Filter{Regions: []string{r}}, d) {
				add(g)
			}
		}
	}
	var out []Group
	made := map[string][]Group{}
	for _, key := range keys {
		g := Merge(parts[key]...)
		g.Codes = slices.Clone(parts[key][0].Codes)
		made[strings.Join(g.Codes, "+")] = parts[key]
		out = append(out, g)
	}
	conceal(out, func(g Group, lever, what int) int { return g.behind(lever, what) })
	conceal(out, func(g Group, lever, what int) int { return untold(made[strings.Join(g.Codes, "+")], lever, what) })
	rank := func(g Group) int {
		if d != ByKind {
			return 0
		}
		return slices.Index(questionnaire.Kinds(), questionnaire.Kind(g.Codes[0]))
	}
	slices.SortStableFunc(out, func(x, y Group) int {
		return cmp.Or(cmp.Compare(len(x.Codes), len(y.Codes)), cmp.Compare(rank(x), rank(y)), cmp.Compare(x.Codes[0], y.Codes[0]))
	})
	return out
}
