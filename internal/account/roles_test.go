package account

import (
	"slices"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// The préfet de région names the lead of a département of theirs, ends their
// role and hands it over; of another region's, no. A team names no lead.
func TestTheHeadOfARegionNamesTheLeadsOfItsDepartments(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		chair := r.as("prefet@exemple.fr", policy.StateChair, "region", "44")
		team := r.as("equipe@exemple.fr", policy.Team, "region", "44")
		g, err := r.Give(ctx, chair, "prefet67@exemple.fr", "Anne", policy.DepartmentLead, "department", "67", "Bas-Rhin")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			by   policy.Actor
			role policy.Role
			code string
		}{{chair, policy.DepartmentLead, "35"}, {chair, policy.StateChair, "67"}, {chair, policy.DepartmentLead, "999"}, {team, policy.DepartmentLead, "67"}, {team, policy.Expert, "35"}} {
			_, err := r.Give(ctx, c.by, "autre@exemple.fr", "", c.role, "department", c.code, "ici")
			want(t, err, apperr.Forbidden, "Rien n’a été enregistré")
		}
		if _, err := r.Give(ctx, team, "expert@exemple.fr", "", policy.Expert, "department", "67", "Bas-Rhin"); err != nil {
			t.Errorf("a team and an expert of its département: %v", err)
		}
		held, err := Holders(ctx, d, "department", "67")
		if err != nil || len(held) != 2 || held[0].ID != g.ID || held[0].Email != "prefet67@exemple.fr" || held[1].Role != policy.Expert {
			t.Errorf("%+v %v", held, err)
		}
		want(t, r.End(ctx, team, g.ID), apperr.Forbidden, "au-dessous du sien")
		want(t, r.End(ctx, r.as("bretagne@exemple.fr", policy.StateChair, "region", "53"), g.ID), apperr.Forbidden, "au-dessous du sien")
		if h, err := r.Transferable(ctx, d, chair, g.Account); err != nil || len(h.Roles) != 1 {
			t.Errorf("handing the lead over: %+v %v", h, err)
		}
		if err := r.End(ctx, chair, g.ID); err != nil {
			t.Error(err)
		}
	})
}

// Whoever gives, whatever and wherever: the role is one of those that theirs
// gives, and the place lies in theirs.
func TestNobodyGivesOutsideTheirPlace(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	r := newRoom(t, d)
	r.seedFew()
	ctx := t.Context()
	tree, err := r.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	type place struct{ kind, code, department, region string }
	places := []place{{"nation", "", "", ""}, {"region", "44", "", "44"}, {"region", "53", "", "53"}, {"department", "67", "67", "44"}, {"department", "35", "35", "53"},
		{"organisation", "commune-67482", "67", "44"}, {"organisation", "commune-35238", "35", "53"}}
	within := func(x, own place) bool {
		switch own.kind {
		case "nation":
			return true
		case "region":
			return x.region == own.code
		case "department":
			return x.department == own.code
		}
		return x == own
	}
	nationwide := []policy.Role{policy.NationalAdmin, policy.NationalReader, policy.Operator}
	allowed, refused := 0, 0
	for _, role := range policy.Roles() {
		for _, own := range places {
			by := r.as(string(role)+own.code+"@exemple.fr", role, own.kind, own.code)
			for _, given := range policy.Roles() {
				for _, at := range places {
					could := slices.Contains(policy.Given(role), given) && within(at, own) && slices.Contains(nationwide, given) == (at.kind == "nation")
					if at.kind == "organisation" {
						could = could && (given == policy.Writer || given == policy.Validator)
					}
					err := r.mayGrant(ctx, d, tree, by, given, at.kind, at.code)
					if err == nil != could {
						t.Errorf("%s over %s:%s and %s over %s:%s: %v", role, own.kind, own.code, given, at.kind, at.code, err)
					}
					if could {
						allowed++
					} else {
						refused++
					}
				}
			}
		}
	}
	if allowed < 100 || refused < 1000 {
		t.Errorf("%d allowed and %d refused: the property looks at nothing", allowed, refused)
	}
}
