// Package policy says who may do what, and is pure: Can judges one thing,
// Where gives the same table as a filter for listings. What an actor may not
// know to exist is «not found» to them; the caller says it so.
package policy

import "slices"

// Role is what a grant lets its holder be.
type Role string

// The roles in use. An operator keeps this installation: imports, perimeters.
const (
	Operator Role = "operator"
)

// Grant gives a role over the nation, or over what its fields name.
type Grant struct {
	Role       Role
	Nation     bool
	COP        string
	Department string
	Org        string
	Group      string
}

// Actor is who acts: nobody in particular (the zero Actor) or a person with
// grants.
type Actor struct {
	Person string
	Grants []Grant
}

// Is reports whether the actor holds a role over the whole nation.
func (a Actor) Is(role Role) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == role && g.Nation })
}

// Kind is the kind of a thing.
type Kind string

// The kinds of things that exist so far: public reference data, and the
// perimeters that an operator draws.
const (
	Reference Kind = "reference" // territories, levers, panoramas, figures, exports
	Perimeter Kind = "perimeter"
)

// Kinds lists every kind, for the tests that walk the table.
func Kinds() []Kind { return []Kind{Reference, Perimeter} }

// Verb is what is done to a thing.
type Verb string

// The verbs. Nothing is ever deleted: what is decided is superseded.
const (
	Read   Verb = "read"
	Create Verb = "create"
	Edit   Verb = "edit"
)

// Verbs lists every verb, for the tests that walk the table.
func Verbs() []Verb { return []Verb{Read, Create, Edit} }

// Thing is what is acted upon, by the fields that decide.
type Thing struct {
	Kind       Kind
	COPs       []string
	Department string
	Org        string
	Group      string
	Author     string
	State      string
	Part       string
}

// rule lets a role do a verb to a kind. The empty role is anyone.
type rule struct {
	role Role
	verb Verb
	kind Kind
}

// rules is the whole table; Can and Where both read it, so they cannot differ.
func rules() []rule {
	return []rule{
		{"", Read, Reference},
		{"", Read, Perimeter},
		{Operator, Create, Perimeter},
		{Operator, Edit, Perimeter},
	}
}

// Filter is the part of a kind that an actor may act upon. The zero Filter
// admits nothing.
type Filter struct {
	All  bool
	COPs []string
}

// Admits reports whether a thing passes the filter, as the SQL made from the
// filter would say.
func (f Filter) Admits(t Thing) bool {
	return f.All || slices.ContainsFunc(t.COPs, func(c string) bool { return slices.Contains(f.COPs, c) })
}

// Where gives the things of a kind to which an actor may do a verb. There is
// no listing without one.
func Where(a Actor, v Verb, k Kind) Filter {
	var f Filter
	for _, r := range rules() {
		if r.verb != v || r.kind != k {
			continue
		}
		if r.role == "" {
			return Filter{All: true}
		}
		for _, g := range a.Grants {
			switch {
			case g.Role != r.role:
			case g.Nation:
				return Filter{All: true}
			case g.COP != "" && !slices.Contains(f.COPs, g.COP):
				f.COPs = append(f.COPs, g.COP)
			}
		}
	}
	return f
}

// Can reports whether an actor may do a verb to a thing.
func Can(a Actor, v Verb, t Thing) bool {
	for _, r := range rules() {
		if r.verb == v && r.kind == t.Kind && (r.role == "" || slices.ContainsFunc(a.Grants, func(g Grant) bool {
			return g.Role == r.role && (g.Nation || g.COP != "" && slices.Contains(t.COPs, g.COP))
		})) {
			return true
		}
	}
	return false
}
