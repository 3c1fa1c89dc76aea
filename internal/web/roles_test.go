package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"jalon/internal/account"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// The préfet de région names, on the page, the lead of a département of theirs
// and of no other; the team sees them and names none; the nation sees all.
func TestTheRolesOfDepartments(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		chair, base := s.signIn("prefet@exemple.fr", policy.StateChair, "region", "44")
		p := s.visit(chair, base+"/roles", nil)
		p.has("#scope option", "Bas-Rhin (67)")
		checkPage(t, "roles of a region", p)
		if offered := p.attr("#scope option", "value"); len(offered) != 11 || offered[0] != "region:44" || slices.Contains(offered, "department:35") {
			t.Errorf("a region and its ten départements: %q", offered)
		}
		form := url.Values{"email": {"lead@exemple.fr"}, "name": {"Anne Lead"}, "role": {string(policy.DepartmentLead)}, "scope": {"department:67"}}
		p = s.visit(chair, base+"/roles", form)
		p.has("#tenus h2", "Bas-Rhin (67)")
		p.has("#tenus ul.hits li", "lead@exemple.fr")
		checkPage(t, "roles given in a département", p)
		form.Set("scope", "department:35")
		p = s.visit(chair, base+"/roles", form)
		p.has("#email-erreur", "dans son périmètre")
		if v := p.attr("input#email", "value"); p.StatusCode != http.StatusForbidden || v[0] != "lead@exemple.fr" {
			t.Errorf("another region's département: %s %q", p.Status, v)
		}

		team, base2 := s.signIn("equipe@exemple.fr", policy.Team, "region", "44")
		p = s.visit(team, base2+"/roles?ou=department:67", nil)
		p.has("#tenus ul.hits li", "Anne Lead")
		if offered := p.attr("#role option", "value"); slices.Contains(offered, string(policy.DepartmentLead)) {
			t.Errorf("a team is offered %q", offered)
		}
		form.Set("scope", "department:67")
		form.Set("email", "autre@exemple.fr")
		if p = s.visit(team, base2+"/roles", form); p.StatusCode != http.StatusForbidden {
			t.Errorf("a team names a lead: %s", p.Status)
		}
		form.Set("role", string(policy.Expert))
		s.visit(team, base2+"/roles", form).has("#tenus ul.hits li", "autre@exemple.fr")

		nation, base3 := s.signIn("nation@exemple.fr", policy.NationalAdmin, "nation", "")
		p = s.visit(nation, base3+"/roles?ou=department:67", nil)
		p.has("#tenus ul.hits li", "Anne Lead")
		p.has("#scope option", "La Réunion (974)")
		if n := len(p.attr("#scope option", "value")); n != 1+18+101 {
			t.Errorf("the nation gives in %d places", n)
		}
		lead, base4 := s.signIn("lead@exemple.fr", policy.DepartmentLead, "department", "67")
		if offered := s.visit(lead, base4+"/roles", nil).attr("#scope option", "value"); !slices.Equal(offered, []string{"department:67"}) {
			t.Errorf("a lead gives in %q", offered)
		}

		held, err := account.Holders(t.Context(), d, "department", "67")
		if err != nil || len(held) != 2 {
			t.Fatal(held, err)
		}
		i := slices.IndexFunc(held, func(g account.Role) bool { return g.Role == policy.DepartmentLead })
		s.visit(chair, base+"/roles/"+held[i].ID+"/fin", url.Values{})
		if again := s.visit(chair, base+"/roles?ou=department:67", nil).texts("#tenus ul.hits li"); len(again) != 1 {
			t.Errorf("ended, and still there: %q", again)
		}
	})
}
