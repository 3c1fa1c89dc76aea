package live

import (
	"context"
	"slices"
	"strings"

	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/diagnosis"
	"jalon/internal/document"
	"jalon/internal/french"
	"jalon/internal/knowledge"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

const nbsp = french.NoBreak

// The units of heads of columns.
const (
	kilotonnes = "ktCO₂e par an"
	percent    = "%"
)

// retained is an action that both heads retained, with what counts of what it brings.
type retained struct {
	action.Action
	sum   coverage.Range // over its levers, what is declared twice counted once
	known bool           // something of it is quantified
	many  bool           // over several levers
	part  bool           // of it, something is declared twice
}

// abandoned was given up since it was retained: shown, and in no sum.
func (x retained) abandoned() bool { return x.Status == "abandoned" }

// actions are those that both heads retained, as anyone reads them: two statements.
func (r *reading) actions(ctx context.Context) ([]retained, error) {
	return r.onceActions.get(func() ([]retained, error) {
		list, err := action.RetainedOf(ctx, r.DB, r.COP)
		if err != nil {
			return nil, err
		}
		counted, err := action.CountedOf(ctx, r.DB, r.COP)
		if err != nil {
			return nil, err
		}
		out := make([]retained, len(list))
		for i, x := range list {
			out[i] = weigh(x, counted)
		}
		return out, nil
	})
}

func weigh(x action.Action, counted map[[2]string]int64) retained {
	y, n := retained{Action: x}, 0
	for _, p := range x.Impacts {
		if p.Kg == nil {
			continue
		}
		k := coverage.Range{Low: *p.Kg, Central: *p.Kg, High: *p.Kg}
		if p.KgLow != nil {
			k.Low = *p.KgLow
		}
		if p.KgHigh != nil {
			k.High = *p.KgHigh
		}
		if part, ok := counted[[2]string{x.ID, p.Lever}]; ok {
			k = coverage.Range{Low: action.Share(k.Low, part), Central: action.Share(k.Central, part), High: action.Share(k.High, part)}
			y.part = true
		}
		y.sum, y.known, n = y.sum.Plus(k), true, n+1
	}
	y.many = n > 1
	return y
}

// number is how a document names an action of a COP.
func number(x action.Action) string { return "n°" + nbsp + french.Integer(x.Seq) }

// brings is what an action brings, over its levers.
func (r *reading) brings(x retained) document.Cell {
	switch {
	case x.Kind == action.CrossCutting:
		return document.Absent("une action transversale n’est pas comptée en tonnes")
	case !x.known && slices.ContainsFunc(x.Impacts, func(p action.Impact) bool { return p.Class == action.Qualitative }):
		return document.Absent("ce qu’elle apporte est dit en mots, sans quantité")
	case !x.known:
		return document.Absent("ce qu’elle apporte n’est pas encore évalué")
	}
	var key string
	if i := slices.IndexFunc(x.Impacts, func(p action.Impact) bool { return p.Kg != nil }); !x.many && !x.part {
		key = coverage.ActionKey(x.ID, x.Impacts[i].Lever)
	} else {
		key = r.key(Brings + "-" + x.ID)
	}
	return document.Keyed(french.Kt(int64(x.sum.Central), 1), key)
}

// between writes a range in kt, empty when it is one value.
func between(low, high panorama.Kg) string {
	if low == high {
		return ""
	}
	return "de " + french.Kt(int64(low), 1) + " à " + french.Kt(int64(high), 1)
}

// dates are when an action begins and ends.
func dates(x action.Action) document.Cell {
	switch {
	case x.Starts != "" && x.Ends != "":
		return document.Word(french.When(x.Starts) + " – " + french.When(x.Ends))
	case x.Starts != "":
		return document.Word("à partir de " + french.When(x.Starts))
	case x.Ends != "":
		return document.Word("jusqu’à " + french.When(x.Ends))
	}
	return document.Absent("ses dates ne sont pas dites")
}

// leverNames names levers, by their codes when nobody knows them.
func (r *reading) leverNames(codes []string) string {
	var out []string
	for _, c := range codes {
		if l, err := r.model.Framework().Lever(c); err == nil {
			out = append(out, l.ShortName)
		} else {
			out = append(out, c)
		}
	}
	return strings.Join(out, ", ")
}

// family is a theme with its actions, in the order of their numbers.
type family struct {
	name, reason string // reason: why both heads put it first, empty for another
	first        bool
	list         []retained
}

// families sort actions by the themes of the region: the first whose levers hold the
// central one of the action, else one of its others; cross-cutting ones by their own
// themes. National tells to use the six themes of the plan, whatever the region's.
func (r *reading) families(ctx context.Context, national bool) (out []family, err error) {
	all, err := r.actions(ctx)
	if err != nil {
		return nil, err
	}
	own, err := r.themes(ctx)
	if err != nil {
		return nil, err
	}
	cross, err := r.onceCross.get(func() ([]action.CrossTheme, error) { return action.CrossThemes(ctx, r.DB, r.COP) })
	if err != nil {
		return nil, err
	}
	national = national || len(own) == 0
	if national {
		for _, t := range knowledge.Themes() {
			out = append(out, family{name: t[1]})
		}
	} else {
		for _, t := range own {
			out = append(out, family{name: t.Name, first: t.Priority, reason: t.Why})
		}
	}
	rest, across := family{name: "Hors des thèmes de la région"}, map[string]*family{}
	for _, x := range all {
		var i int
		switch {
		case x.Kind == action.CrossCutting:
			if across[x.Cross] == nil {
				across[x.Cross] = &family{name: "Transversal" + nbsp + ": " + french.Lower(action.CrossName(cross, x.Cross))}
			}
			across[x.Cross].list = append(across[x.Cross].list, x)
			continue
		case national:
			i = slices.IndexFunc(knowledge.Themes(), func(t [2]string) bool { return t[0] == x.Theme })
		default:
			i = themeOf(own, x.Action)
		}
		if i < 0 {
			rest.list = append(rest.list, x)
			continue
		}
		out[i].list = append(out[i].list, x)
	}
	if national { // an empty theme of the region is told: both heads chose it
		out = slices.DeleteFunc(out, func(f family) bool { return len(f.list) == 0 })
	}
	if len(rest.list) > 0 {
		out = append(out, rest)
	}
	for _, t := range cross {
		if f := across[t.Code]; f != nil {
			out = append(out, *f)
			delete(across, t.Code)
		}
	}
	left := make([]string, 0, len(across))
	for code := range across {
		left = append(left, code)
	}
	slices.Sort(left)
	for _, code := range left {
		out = append(out, *across[code])
	}
	return out, nil
}

// themeOf is the theme of a region that an action serves, -1 for none.
func themeOf(themes []diagnosis.Theme, x action.Action) int {
	for _, lever := range x.Levers { // the central one first
		if i := slices.IndexFunc(themes, func(t diagnosis.Theme) bool { return slices.Contains(t.Levers, lever) }); i >= 0 {
			return i
		}
	}
	return -1
}

// total adds what actions bring, those given up apart.
func total(list []retained) (t coverage.Range, counted int) {
	for _, x := range list {
		if x.known && !x.abandoned() && x.Kind != action.CrossCutting {
			t, counted = t.Plus(x.sum), counted+1
		}
	}
	return t, counted
}

// where is which départements a territory of an action is in; none for the region.
type where struct {
	name        string
	departments []string
}

// wheres reads the territories of the actions.
func (r *reading) wheres(ctx context.Context) (map[string]where, error) {
	all, err := r.actions(ctx)
	if err != nil {
		return nil, err
	}
	return r.oncePlaces.get(func() (map[string]where, error) {
		out := map[string]where{}
		for _, x := range all {
			for _, p := range x.Places {
				if _, ok := out[p.Territory]; ok {
					continue
				}
				w, err := r.whereIs(ctx, p.Territory)
				if err != nil {
					return nil, err
				}
				out[p.Territory] = w
			}
		}
		return out, nil
	})
}

func (r *reading) whereIs(ctx context.Context, text string) (w where, err error) {
	ref, err := territory.ParseRef(text)
	if err != nil {
		return where{name: text}, nil //nolint:nilerr // a territory that nobody knows any more keeps its code
	}
	tree := r.model.Tree()
	var communes []int32
	switch ref.Scale {
	case territory.Perimeter:
		w.name = "un périmètre de projet"
		communes, err = territory.MembersOf(ctx, r.DB, tree, ref.Code)
	default:
		t, lerr := tree.Lookup(ref)
		if lerr != nil {
			return where{name: ref.Code}, nil //nolint:nilerr // same
		}
		if w.name = t.Name; ref.Scale == territory.RegionS || ref.Scale == territory.Nation {
			return w, nil
		}
		communes, err = tree.CommunesOf(ref)
	}
	if err != nil {
		return w, err
	}
	seen := map[string]bool{}
	for _, i := range communes {
		if d := tree.Communes()[i].Dept; !seen[d] {
			seen[d] = true
			w.departments = append(w.departments, d)
		}
	}
	slices.Sort(w.departments)
	return w, nil
}
