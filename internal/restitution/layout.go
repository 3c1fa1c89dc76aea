// Package restitution reads what authorities answered together: rates per lever
// and per row, obstacles and needs, and the three families of levers. It reads
// validated answers alone, in one statement, and keeps them added up by
// stratum (region, département, path, size), so that a page costs no more for
// the nation than for a region.
package restitution

import (
	"cmp"
	"slices"

	"jalon/internal/questionnaire"
)

// Axis is what rows are rated on.
type Axis int

// The two axes of the families.
const (
	Relevance Axis = iota
	Mobilisation
	axes
)

// Code is the column of a matrix that an axis is read from.
func (a Axis) Code() string {
	return [...]string{questionnaire.Relevance, questionnaire.Mobilisation}[a]
}

// Name is the French name of an axis.
func (a Axis) Name() string { return [...]string{"pertinence", "mobilisation"}[a] }

// Option is one answer of a scale, or one obstacle or need.
type Option struct {
	Code, Label string
	Score       float64 // 0 to 1
	Rated       bool    // false for «non concerné»: it has no score
}

// Row is a typical action that authorities rate.
type Row struct {
	ID, Label string
	Step      questionnaire.Step
	Scales    [axes][]Option // the place in the list is what is packed

	slots [axes]int // -1 when the row is not rated on the axis
	at    [axes]int // first of its counters: one an option, then blanks
	place int       // its bit in a path
}

// Lever is a lever of a framework, with what was asked about it in any form.
type Lever struct {
	Code, Title, Theme string
	Rows               []Row
	Obstacles, Needs   []Option

	skips []int    // slots of «pas notre compétence»
	lists [2]ticks // obstacles, needs
	at    int      // first of its counters
	place int
}

// ticks are where the options of a question of several choices are packed.
type ticks struct {
	slots [][]int // by option: one for each question of that role
	at    int     // authorities that answered, then one counter an option
}

// The counters of a lever, from Lever.at.
const (
	cAnswers = iota // authorities to which it was put and that answered
	cSkipped        // «pas notre compétence»
	cSilent         // neither skipped nor rated on any axis
	cRated          // rated on relevance, then on mobilisation
	cRated2
	cOut   // ratings «non concerné»
	cBlank // rows left blank
	leverCounters
)

// Layout says what each counter and each slot means: it is made from the forms
// that were published, whatever their version or region.
type Layout struct {
	Levers []Lever

	counters int
	paths    map[pathKey]path
}

type pathKey struct {
	code    string
	version int64
	kind    questionnaire.Kind
}

// path is what one kind of authority is asked by one form.
type path struct{ levers, rows []bool }

// NewLayout reads the forms; of a row or a lever that several define, the last
// version names it. Templates come before the variants made from them.
func NewLayout(forms []questionnaire.Form, slots questionnaire.Slots) *Layout {
	forms = slices.Clone(forms)
	slices.SortStableFunc(forms, func(a, b questionnaire.Form) int {
		return cmp.Or(cmp.Compare(variant(a), variant(b)), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Version, b.Version))
	})
	l := &Layout{paths: map[pathKey]path{}}
	at := func(key string) int {
		if n, ok := slots[key]; ok {
			return n
		}
		return -1
	}
	levers, rows := map[string]int{}, map[string][2]int{}
	for _, f := range forms {
		for _, s := range f.Sections {
			if s.Lever == "" {
				continue
			}
			i, ok := levers[s.Lever]
			if !ok {
				i = len(l.Levers)
				levers[s.Lever] = i
				l.Levers = append(l.Levers, Lever{Code: s.Lever, place: i})
			}
			x := &l.Levers[i]
			if x.Title == "" || f.Base == nil {
				x.Title, x.Theme = s.Title, s.Theme
			}
			if n := at(s.Skip()); s.Skippable && n >= 0 && !slices.Contains(x.skips, n) {
				x.skips = append(x.skips, n)
			}
			for _, q := range s.Questions {
				switch {
				case q.Type == questionnaire.Matrix:
					for _, r := range q.Rows {
						x.row(f, q, r, at, i, rows)
					}
				case q.Type == questionnaire.Choices && q.Role == questionnaire.RoleObstacles:
					x.Obstacles = x.lists[0].add(x.Obstacles, q, at)
				case q.Type == questionnaire.Choices && q.Role == questionnaire.RoleNeeds:
					x.Needs = x.lists[1].add(x.Needs, q, at)
				}
			}
		}
	}
	l.place()
	for _, f := range forms {
		for _, k := range questionnaire.Kinds() {
			p := path{levers: make([]bool, len(l.Levers)), rows: make([]bool, len(rows))}
			for _, s := range f.Path(k).Sections {
				if s.Lever == "" {
					continue
				}
				for _, q := range s.Questions {
					for _, r := range q.Rows {
						at := rows[r.ID]
						p.levers[levers[s.Lever]] = true
						p.rows[l.Levers[at[0]].Rows[at[1]].place] = true
					}
				}
			}
			l.paths[pathKey{f.Code, int64(f.Version), k}] = p
		}
	}
	return l
}

func variant(f questionnaire.Form) int {
	if f.Base == nil {
		return 0
	}
	return 1
}

// row adds a row, or names again one that an earlier form had: its key is the
// same in each version, and it counts under the lever that asked it first.
func (x *Lever) row(f questionnaire.Form, q questionnaire.Question, r questionnaire.Row, at func(string) int, lever int, seen map[string][2]int) {
	k, ok := seen[r.ID]
	if ok && k[0] != lever {
		return
	}
	if !ok {
		k = [2]int{lever, len(x.Rows)}
		seen[r.ID] = k
		x.Rows = append(x.Rows, Row{ID: r.ID, slots: [axes]int{-1, -1}})
	}
	row := &x.Rows[k[1]]
	if row.Label == "" || f.Base == nil {
		row.Label, row.Step = r.Label, r.Step
	}
	for a := range axes {
		if !slices.Contains(q.Columns, a.Code()) {
			continue
		}
		row.slots[a] = at(r.ID + "." + a.Code())
		scale := f.Scale(a.Code()).Options
		for i, o := range scale {
			y := Option{Code: o.Code, Label: o.Label}
			if o.Score != nil {
				y.Score, y.Rated = min(max(*o.Score, 0), 1), true
			}
			if i < len(row.Scales[a]) {
				row.Scales[a][i] = y
			} else {
				row.Scales[a] = append(row.Scales[a], y)
			}
		}
	}
}

func (k *ticks) add(known []Option, q questionnaire.Question, at func(string) int) []Option {
	for _, o := range q.Options {
		i := slices.IndexFunc(known, func(x Option) bool { return x.Code == o.Code })
		if i < 0 {
			i = len(known)
			known = append(known, Option{Code: o.Code, Label: o.Label})
			k.slots = append(k.slots, nil)
		}
		if n := at(q.ID + ":" + o.Code); n >= 0 && !slices.Contains(k.slots[i], n) {
			k.slots[i] = append(k.slots[i], n)
		}
	}
	return known
}

// place gives each counter its place.
func (l *Layout) place() {
	n, row := 0, 0
	for i := range l.Levers {
		x := &l.Levers[i]
		x.at, n = n, n+leverCounters
		for k, options := range [][]Option{x.Obstacles, x.Needs} {
			x.lists[k].at, n = n, n+1+len(options)
		}
		for j := range x.Rows {
			r := &x.Rows[j]
			r.place, row = row, row+1
			for a := range axes {
				r.at[a], n = n, n+len(r.Scales[a])+1
			}
		}
	}
	l.counters = n
}

// path is what a kind of authority was asked by a form; of a form that is not
// known, nothing.
func (l *Layout) path(code string, version int64, k questionnaire.Kind) path {
	return l.paths[pathKey{code, version, k}]
}

// Lever finds a lever by its code.
func (l *Layout) Lever(code string) (int, bool) {
	i := slices.IndexFunc(l.Levers, func(x Lever) bool { return x.Code == code })
	return i, i >= 0
}
