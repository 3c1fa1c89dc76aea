// Package policy says who may do what, and is pure: Can judges one thing,
// Where gives the same table as a filter for listings, and MayGrant says who
// may give which role. What an actor may not know to exist is «not found» to
// them: Check says it so.
package policy

import (
	"slices"

	"jalon/internal/apperr"
)

//go:generate go run ../../tools/policydoc -out ../../docs/policy.md

// Grant gives a role over the nation, or over the one scope that its other
// fields name. A role over a region is a Grant for each COP of that region,
// made when the session is read.
type Grant struct {
	Role       Role
	Nation     bool
	COP        string
	Department string
	Org        string
	Group      string
}

// covers reports whether the scope of a grant holds a thing.
func (g Grant) covers(t Thing) bool {
	return g.Nation ||
		g.COP != "" && slices.Contains(t.COPs, g.COP) ||
		g.Department != "" && g.Department == t.Department ||
		g.Org != "" && g.Org == t.Org ||
		g.Group != "" && g.Group == t.Group
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

// Holds reports whether the actor holds one of some roles over a thing.
func (a Actor) Holds(t Thing, roles ...Role) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return slices.Contains(roles, g.Role) && g.covers(t) })
}

// Public is the Part of a thing that anyone may read: a published document, an
// announced meeting.
const Public = "public"

// Thing is what is acted upon, by the fields that decide.
type Thing struct {
	Kind       Kind
	COPs       []string
	Department string
	Org        string
	Group      string
	Author     string
	Part       string
}

// Filter is the part of a kind that an actor may act upon. The zero Filter
// admits nothing.
type Filter struct {
	All         bool
	Public      bool // those whose Part is Public
	COPs        []string
	Departments []string
	Orgs        []string
	Groups      []string
	Own         string // those whose Author is this person
}

// Admits reports whether a thing passes the filter, as the SQL made from the
// filter would say.
func (f Filter) Admits(t Thing) bool {
	return f.All || f.Public && t.Part == Public ||
		slices.ContainsFunc(t.COPs, func(c string) bool { return slices.Contains(f.COPs, c) }) ||
		t.Department != "" && slices.Contains(f.Departments, t.Department) ||
		t.Org != "" && slices.Contains(f.Orgs, t.Org) ||
		t.Group != "" && slices.Contains(f.Groups, t.Group) ||
		f.Own != "" && f.Own == t.Author
}

// None reports whether the filter admits nothing at all.
func (f Filter) None() bool {
	return !f.All && !f.Public && f.Own == "" && len(f.COPs)+len(f.Departments)+len(f.Orgs)+len(f.Groups) == 0
}

func (f *Filter) add(g Grant) {
	once := func(list *[]string, id string) {
		if id != "" && !slices.Contains(*list, id) {
			*list = append(*list, id)
		}
	}
	f.All = f.All || g.Nation
	once(&f.COPs, g.COP)
	once(&f.Departments, g.Department)
	once(&f.Orgs, g.Org)
	once(&f.Groups, g.Group)
}

// Where gives the things of a kind to which an actor may do a verb. There is
// no listing without one.
func Where(a Actor, v Verb, k Kind) Filter {
	var f Filter
	for _, r := range rules {
		if r.kind != k || !slices.Contains(r.verbs, v) {
			continue
		}
		switch r.who {
		case anyone:
			f.All = true
		case public:
			f.Public = true
		case themselves:
			f.Own = a.Person
		default:
			for _, g := range a.Grants {
				if g.Role == r.who {
					f.add(g)
				}
			}
		}
	}
	return f
}

// Can reports whether an actor may do a verb to a thing.
func Can(a Actor, v Verb, t Thing) bool {
	return slices.ContainsFunc(rules, func(r rule) bool {
		if r.kind != t.Kind || !slices.Contains(r.verbs, v) {
			return false
		}
		switch r.who {
		case anyone:
			return true
		case public:
			return t.Part == Public
		case themselves:
			return a.Person != "" && a.Person == t.Author
		}
		return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == r.who && g.covers(t) })
	})
}

// Check is Can as an error: «not found» for what the actor may not know to
// exist, «forbidden» for what they see and may not change.
func Check(a Actor, v Verb, t Thing) error {
	switch {
	case Can(a, v, t):
		return nil
	case v != Read && Can(a, Read, t):
		return apperr.New(apperr.Forbidden, nil, "Votre rôle permet de lire ceci, pas de le changer. Rien n’a été enregistré. Adressez-vous à l’équipe de la COP.")
	}
	return apperr.NotFoundf("Cette page n’existe pas, ou elle est réservée à d’autres rôles que les vôtres.")
}
