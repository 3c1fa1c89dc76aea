package policy

import "slices"

// gives says which roles the holder of a role may give, within their own
// scope. A role that is not here gives none; nobody gives what is above them,
// and only the national administration names heads.
var gives = map[Role][]Role{
	NationalAdmin:  {NationalAdmin, NationalReader, StateChair, RegionChair, Team, DepartmentLead, Expert, Facilitator, Writer, Validator, Participant},
	StateChair:     {Team, DepartmentLead, Expert, Facilitator, Writer, Validator, Participant},
	RegionChair:    {Team, Expert, Facilitator, Writer, Validator, Participant},
	Team:           {Team, Expert, Facilitator, Writer, Validator, Participant},
	DepartmentLead: {Expert, Facilitator, Writer, Validator, Participant},
	Facilitator:    {Participant},
	Validator:      {Writer, Validator},
}

// national are the roles that only make sense over the whole nation; the
// operator's is given by whoever holds the machine.
func national(r Role) bool { return r == NationalAdmin || r == NationalReader || r == Operator }

// MayGrant reports whether an actor may give a role over a scope. at tells where
// that scope lies (the COPs and the département of an organisation, of a
// group): a scope is within another one only when it says so.
func MayGrant(a Actor, g Grant, at Thing) bool {
	if !g.Role.Valid() || national(g.Role) != g.Nation || !g.oneScope() {
		return false
	}
	if g.COP != "" {
		at.COPs = append(slices.Clone(at.COPs), g.COP)
	}
	at.Department, at.Org, at.Group = or(g.Department, at.Department), or(g.Org, at.Org), or(g.Group, at.Group)
	return slices.ContainsFunc(a.Grants, func(own Grant) bool {
		return slices.Contains(gives[own.Role], g.Role) && (own.Nation || !g.Nation && own.covers(at))
	})
}

// Gives lists the roles that an actor may give somewhere, in the order of Roles.
func Gives(a Actor) []Role {
	var out []Role
	for _, r := range Roles() {
		if slices.ContainsFunc(a.Grants, func(g Grant) bool { return slices.Contains(gives[g.Role], r) }) {
			out = append(out, r)
		}
	}
	return out
}

func (g Grant) oneScope() bool {
	n := 0
	for _, set := range []bool{g.Nation, g.COP != "", g.Department != "", g.Org != "", g.Group != ""} {
		if set {
			n++
		}
	}
	return n == 1
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Row is a line of the table, for its documentation.
type Row struct {
	Who   Role
	Kind  Kind
	Verbs []Verb
}

// Table lists the whole table in its own order.
func Table() []Row {
	out := make([]Row, 0, len(rules))
	for _, r := range rules {
		out = append(out, Row{r.who, r.kind, slices.Clone(r.verbs)})
	}
	return out
}

// Given lists the roles that a role lets give.
func Given(r Role) []Role { return slices.Clone(gives[r]) }
