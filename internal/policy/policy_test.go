package policy

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCan(t *testing.T) {
	anyone := Actor{}
	operator := Actor{Person: "opérateur", Grants: []Grant{{Role: Operator, Nation: true}}}
	local := Actor{Person: "x", Grants: []Grant{{Role: Operator, COP: "44"}}}
	for _, c := range []struct {
		name  string
		actor Actor
		verb  Verb
		thing Thing
		want  bool
	}{
		{"anyone reads figures", anyone, Read, Thing{Kind: Reference}, true},
		{"anyone reads perimeters", anyone, Read, Thing{Kind: Perimeter}, true},
		{"nobody draws a perimeter without a grant", anyone, Create, Thing{Kind: Perimeter}, false},
		{"an operator draws perimeters", operator, Create, Thing{Kind: Perimeter}, true},
		{"an operator edits perimeters", operator, Edit, Thing{Kind: Perimeter}, true},
		{"what the State published is edited by nobody", operator, Edit, Thing{Kind: Reference}, false},
		{"a grant holds only where it was given", local, Edit, Thing{Kind: Perimeter, COPs: []string{"53"}}, false},
		{"and it holds there", local, Edit, Thing{Kind: Perimeter, COPs: []string{"53", "44"}}, true},
		{"an unknown kind is closed", operator, Read, Thing{Kind: "secret"}, false},
	} {
		if got := Can(c.actor, c.verb, c.thing); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// A listing shows exactly what one may open.
func TestWhereIsCan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cops := rapid.SliceOfN(rapid.SampledFrom([]string{"11", "44", "53"}), 0, 3)
		grant := rapid.Custom(func(t *rapid.T) Grant {
			return Grant{
				Role:   rapid.SampledFrom([]Role{Operator, "other"}).Draw(t, "role"),
				Nation: rapid.Bool().Draw(t, "nation"),
				COP:    rapid.SampledFrom([]string{"", "11", "44"}).Draw(t, "cop"),
			}
		})
		a := Actor{Grants: rapid.SliceOfN(grant, 0, 3).Draw(t, "grants")}
		thing := Thing{Kind: rapid.SampledFrom(append(Kinds(), "unknown")).Draw(t, "kind"), COPs: cops.Draw(t, "cops")}
		v := rapid.SampledFrom(Verbs()).Draw(t, "verb")
		if can, where := Can(a, v, thing), Where(a, v, thing.Kind).Admits(thing); can != where {
			t.Fatalf("Can %v, Where %v", can, where)
		}
	})
}
