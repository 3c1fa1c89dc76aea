package aid

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/french"
	"jalon/internal/territory"
)

// Shelf is the whole catalogue in memory, without its texts, as it was at a version: what
// lists, matching and counts read. Nobody writes in it.
type Shelf struct {
	Version int64
	Aids    []Aid // by name
	byID    map[string]int
	byLever map[string][]int
	entries []entry
	locals  map[string][]int // of a generic aid
	next    map[string]int   // the edition after
	places  map[string]placed
}

// placed is a territory as many aids name it: looked up once.
type placed struct {
	name   string
	around []string // itself, and what holds it
}

// entry is what is made once from an aid so that thousands are judged at each page.
type entry struct {
	folded string          // what it is searched by
	levers []string        // served, suggested ones too
	around map[string]bool // its territories and all that holds them
	whole  bool            // open all over France
	sort   string
}

// Shelf returns the catalogue as it is now. It is read again only when it changed.
func (m *Room) Shelf(ctx context.Context) (_ *Shelf, err error) {
	defer apperr.Wrap(&err, "aid.Shelf")
	v, err := db.Version(ctx, m.DB, Version)
	if err != nil {
		return nil, err
	}
	m.shelves.Lock()
	defer m.shelves.Unlock()
	if m.shelf != nil && m.shelf.Version == v {
		return m.shelf, nil
	}
	tree, err := m.Tree(ctx)
	if err != nil {
		return nil, err
	}
	related := func(string) []string { return nil }
	if m.Related != nil {
		if related, err = m.Related(ctx); err != nil {
			return nil, err
		}
	}
	rows, err := m.DB.Query(ctx, `SELECT `+columns+` FROM aid x ORDER BY x.sort, x.id`)
	all, err := db.Collect(rows, err, func(r *db.Rows) (Aid, error) { return scan(r) })
	if err != nil {
		return nil, err
	}
	m.shelf = NewShelf(v, all, tree, related)
	return m.shelf, nil
}

// NewShelf makes the shelf of some aids, in their order. related are the levers of other
// versions of the framework that answer to one.
func NewShelf(version int64, all []Aid, tree *territory.Tree, related func(string) []string) *Shelf {
	s := &Shelf{Version: version, Aids: all, byID: make(map[string]int, len(all)), byLever: map[string][]int{}, locals: map[string][]int{}, next: map[string]int{}, places: map[string]placed{}, entries: make([]entry, len(all))}
	for i, x := range all {
		s.byID[x.ID] = i
	}
	for i := range all {
		x := &all[i]
		if g, ok := s.byID[x.Generic]; ok && x.Generic != "" {
			s.locals[x.Generic] = append(s.locals[x.Generic], i)
			x.inherit(all[g])
		}
		if x.Previous != "" {
			s.next[x.Previous] = i
		}
		if len(x.Serves) == 0 {
			x.Serves = Suggest(x.Facts)
		}
		x.Serves = widened(x.Serves, related)
		e := &s.entries[i]
		e.folded = french.Fold(strings.Join([]string{x.Name, x.Initial, x.Short, x.Holder(), strings.Join(x.Instructors, " "), strings.Join(x.Programmes, " "), strings.Join(x.Categories, " "), x.Place}, "\n"))
		for _, v := range x.Serves {
			e.levers = append(e.levers, v.Lever)
			s.byLever[v.Lever] = append(s.byLever[v.Lever], i)
		}
		e.sort, e.around = french.SortKey(x.Name), s.around(x.Territories, tree)
		e.whole = e.around["nation"] && slices.Contains(x.Territories, "nation")
	}
	return s
}

// widened are levers with those that answer to them in other versions of the framework.
func widened(list []Serve, related func(string) []string) []Serve {
	out := slices.Clone(list)
	for _, s := range list {
		for _, l := range related(s.Lever) {
			if !slices.ContainsFunc(out, func(o Serve) bool { return o.Lever == l }) {
				out = append(out, Serve{Lever: l, Steps: s.Steps, Suggested: s.Suggested, Via: s.Lever})
			}
		}
	}
	return out
}

// around is the function below, of territories that many aids share.
func (s *Shelf) around(refs []string, tree *territory.Tree) map[string]bool {
	out := make(map[string]bool, 4*len(refs))
	for _, t := range refs {
		p, ok := s.places[t]
		if !ok {
			if ref, err := territory.ParseRef(t); err == nil && tree != nil {
				if x, err := tree.Lookup(ref); err == nil {
					p.name = x.Name
				}
			}
			for a := range around([]string{t}, tree) {
				p.around = append(p.around, a)
			}
			s.places[t] = p
		}
		for _, a := range p.around {
			out[a] = true
		}
	}
	return out
}

// around is a set of territories and of all that holds them.
func around(refs []string, tree *territory.Tree) map[string]bool {
	out := map[string]bool{}
	for _, t := range refs {
		out[t] = true
		ref, err := territory.ParseRef(t)
		if err != nil || tree == nil {
			continue
		}
		parents, err := tree.Parents(ref)
		if err != nil {
			continue
		}
		for _, p := range parents {
			out[p.String()] = true
		}
	}
	if len(out) > 0 {
		out["nation"] = true
	}
	return out
}

// Find returns an aid of the shelf.
func (s *Shelf) Find(id string) (Aid, bool) {
	i, ok := s.byID[id]
	if !ok {
		return Aid{}, false
	}
	return s.Aids[i], true
}

// Locals are the local versions of a generic aid.
func (s *Shelf) Locals(id string) []Aid { return s.at(s.locals[id]) }

func (s *Shelf) at(list []int) []Aid {
	out := make([]Aid, len(list))
	for i, n := range list {
		out[i] = s.Aids[n]
	}
	return out
}

// Editions are those of one aid, the oldest first, itself among them.
func (s *Shelf) Editions(id string) []Aid {
	at, ok := s.byID[id]
	if !ok {
		return nil
	}
	seen := map[int]bool{}
	for p, ok := at, true; ok && !seen[p]; {
		at, seen[p] = p, true
		p, ok = s.byID[s.Aids[p].Previous]
	}
	clear(seen)
	var out []Aid
	for n, ok := at, true; ok && !seen[n]; {
		seen[n] = true
		out = append(out, s.Aids[n])
		n, ok = s.next[s.Aids[n].ID]
	}
	return out
}

// Last reports whether no later edition took the place of an aid.
func (s *Shelf) Last(id string) bool {
	_, later := s.next[id]
	return !later
}

// ForLever are the aids that serve a lever and are not over on a day, generic ones left out
// when a local version stands for them nowhere in particular. By name.
func (s *Shelf) ForLever(lever, day string) []Aid {
	var out []Aid
	for _, i := range s.byLever[lever] {
		if x := s.Aids[i]; x.State == Published && !x.Expired(day) {
			out = append(out, x)
		}
	}
	return out
}

// Sanctuaries are the fields that a generic aid may hand to its local versions, with their
// French names.
func Sanctuaries() [][2]string {
	return [][2]string{{"name", "nom"}, {"types", "types de soutien"}, {"audiences", "bénéficiaires"}, {"moments", "étapes du projet"}, {"pays", "dépenses couvertes"}, {"rates", "taux"}, {"dates", "dates"}, {"serves", "leviers"}}
}

// inherit takes from a generic aid what it hands to its local versions.
func (x *Aid) inherit(g Aid) {
	for _, f := range g.Kept {
		switch f {
		case "name":
			x.Name = cmp.Or(g.Name, x.Name)
		case "types":
			x.Types = g.Types
		case "audiences":
			x.Audiences = g.Audiences
		case "moments":
			x.Moments = g.Moments
		case "pays":
			x.Pays = g.Pays
		case "rates":
			x.RateMin, x.RateMax, x.RateNote = g.RateMin, g.RateMax, g.RateNote
		case "dates":
			x.Opens, x.Predeposit, x.Closes, x.Recurrence = g.Opens, g.Predeposit, g.Closes, g.Recurrence
		case "serves":
			x.Serves = g.Serves
		}
	}
}
