package policy

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"jalon/internal/apperr"
)

func TestCan(t *testing.T) {
	anyone := Actor{}
	operator := Actor{Person: "o", Grants: []Grant{{Role: Operator, Nation: true}}}
	admin := Actor{Person: "n", Grants: []Grant{{Role: NationalAdmin, Nation: true}}}
	chair := Actor{Person: "p", Grants: []Grant{{Role: StateChair, COP: "44"}}}
	lead := Actor{Person: "d", Grants: []Grant{{Role: DepartmentLead, Department: "67"}}}
	validator := Actor{Person: "v", Grants: []Grant{{Role: Validator, Org: "ems"}}}
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
		{"what the State published is edited by nobody", admin, Edit, Thing{Kind: Reference}, false},
		{"a head consents in their COP", chair, Consent, Thing{Kind: Validation, COPs: []string{"44"}}, true},
		{"and in no other", chair, Consent, Thing{Kind: Validation, COPs: []string{"53"}}, false},
		{"the nation does not consent for a head", admin, Consent, Thing{Kind: Validation, COPs: []string{"44"}}, false},
		{"a lead works in their département", lead, Create, Thing{Kind: Meeting, COPs: []string{"44"}, Department: "67"}, true},
		{"and in no other", lead, Create, Thing{Kind: Meeting, COPs: []string{"44"}, Department: "68"}, false},
		{"anyone reads what is published", anyone, Read, Thing{Kind: Document, Part: Public}, true},
		{"and not what is internal", anyone, Read, Thing{Kind: Document, Part: "internal"}, false},
		{"one reads one's own data", validator, Export, Thing{Kind: Self, Author: "v"}, true},
		{"and nobody else's", admin, Export, Thing{Kind: Self, Author: "v"}, false},
		{"nobody is nobody's self", anyone, Read, Thing{Kind: Self}, false},
		{"an unknown kind is closed", admin, Read, Thing{Kind: "secret"}, false},
	} {
		if got := Can(c.actor, c.verb, c.thing); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

func TestCheck(t *testing.T) {
	reader := Actor{Person: "r", Grants: []Grant{{Role: NationalReader, Nation: true}}}
	kind := func(err error) apperr.Kind {
		var e *apperr.Error
		if !errors.As(err, &e) {
			return apperr.Internal
		}
		return e.Kind
	}
	if err := Check(reader, Read, Thing{Kind: Board}); err != nil {
		t.Error(err)
	}
	if k := kind(Check(reader, Edit, Thing{Kind: Metric})); k != apperr.Forbidden {
		t.Errorf("what one reads and may not change: %v", k)
	}
	if k := kind(Check(reader, Read, Thing{Kind: Desk, COPs: []string{"44"}})); k != apperr.NotFound {
		t.Errorf("what one may not know: %v", k)
	}
}

// A listing shows exactly what one may open.
func TestWhereIsCan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, thing := drawActor(t), drawThing(t)
		v := rapid.SampledFrom(Verbs()).Draw(t, "verb")
		f := Where(a, v, thing.Kind)
		if can, where := Can(a, v, thing), f.Admits(thing); can != where {
			t.Fatalf("Can %v, Where %v", can, where)
		}
		if f.None() && f.Admits(thing) {
			t.Fatal("an empty filter admits something")
		}
	})
}

// Nobody gives a role over what they do not hold themselves, nor one that
// reads or changes more kinds of things than their own, heads apart.
func TestNobodyGivesAboveThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, at := drawActor(t), drawThing(t)
		g := drawGrant(t)
		if !MayGrant(a, g, at) {
			return
		}
		if g.Role == Operator || (g.Nation && !a.Is(NationalAdmin)) {
			t.Fatalf("%v gives %v", a.Grants, g)
		}
		if !slices.ContainsFunc(a.Grants, func(own Grant) bool {
			return own.Nation || own.COP != "" && (own.COP == g.COP || slices.Contains(at.COPs, own.COP)) ||
				own.Department != "" && (own.Department == g.Department || own.Department == at.Department) ||
				own.Org != "" && (own.Org == g.Org || own.Org == at.Org) || own.Group != "" && (own.Group == g.Group || own.Group == at.Group)
		}) {
			t.Fatalf("%v gives %v, out of scope", a.Grants, g)
		}
	})
	for giver, given := range gives {
		for _, r := range given {
			if giver == NationalAdmin {
				continue
			}
			for _, row := range rules {
				if row.who != r {
					continue
				}
				for _, verb := range row.verbs {
					// What a validator says is their authority's own word: whoever
					// names them may not say it in their stead.
					if r == Validator && row.kind == Response && verb == Consent {
						continue
					}
					if !slices.ContainsFunc(rules, func(x rule) bool {
						return (x.who == giver || x.who == anyone) && x.kind == row.kind && slices.Contains(x.verbs, verb)
					}) {
						t.Errorf("%s gives %s, which may %s %s", giver, r, verb, row.kind)
					}
				}
			}
		}
	}
}

func TestEveryRoleHasANameAndARule(t *testing.T) {
	for _, r := range Roles() {
		if r.Name() == "" || !slices.ContainsFunc(rules, func(x rule) bool { return x.who == r }) {
			t.Errorf("%s has no name or no rule", r)
		}
	}
	for _, k := range Kinds() {
		if !slices.ContainsFunc(rules, func(x rule) bool { return x.kind == k && slices.Contains(x.verbs, Read) }) {
			t.Errorf("nobody reads %s", k)
		}
	}
}

func drawGrant(t *rapid.T) Grant {
	id := rapid.SampledFrom([]string{"", "", "a", "b"})
	return Grant{
		Role: rapid.SampledFrom(append(Roles(), "other")).Draw(t, "role"), Nation: rapid.Bool().Draw(t, "nation"),
		COP: id.Draw(t, "cop"), Department: id.Draw(t, "dept"), Org: id.Draw(t, "org"), Group: id.Draw(t, "group"),
	}
}

func drawActor(t *rapid.T) Actor {
	return Actor{Person: rapid.SampledFrom([]string{"", "moi"}).Draw(t, "person"), Grants: rapid.SliceOfN(rapid.Custom(drawGrant), 0, 3).Draw(t, "grants")}
}

func drawThing(t *rapid.T) Thing {
	id := rapid.SampledFrom([]string{"", "a", "b"})
	return Thing{
		Kind: rapid.SampledFrom(append(Kinds(), "unknown")).Draw(t, "kind"),
		COPs: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 2).Draw(t, "cops"), Department: id.Draw(t, "td"),
		Org: id.Draw(t, "to"), Group: id.Draw(t, "tg"), Author: rapid.SampledFrom([]string{"", "moi", "toi"}).Draw(t, "author"),
		Part: rapid.SampledFrom([]string{"", Public, "internal"}).Draw(t, "part"),
	}
}
