package account

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// reference is made once: a test seeds what it needs of it.
var reference = sync.OnceValues(func() ([]Organisation, error) {
	tree, err := territory.Embedded()
	if err != nil {
		return nil, err
	}
	list, _, err := Reference(tree, data.FS)
	return list, err
})

func (r *room) reference() []Organisation {
	r.t.Helper()
	list, err := reference()
	if err != nil {
		r.t.Fatal(err)
	}
	return slices.Clone(list)
}

// few are the ids that most tests need, from three regions and several scales.
var few = map[string]bool{"region-44": true, "region-53": true, "alsace": true, "departement-08": true, "epci-246700488": true, "commune-67482": true, "commune-68066": true,
	"commune-35238": true, "dreal-44": true, "dreal-53": true, "prefecture-67": true, "sgpe": true, "commune-08105": true, "ademe": true}

func (r *room) seedFew() {
	r.t.Helper()
	list := slices.DeleteFunc(r.reference(), func(o Organisation) bool { return !few[o.ID] })
	if len(list) != len(few) {
		r.t.Fatalf("%d of the %d organisations of tests exist", len(list), len(few))
	}
	if _, err := r.Seed(r.t.Context(), "few", list); err != nil {
		r.t.Fatal(err)
	}
}

// as gives a role and returns who acts with it.
func (r *room) as(email string, role policy.Role, kind, scope string) policy.Actor {
	r.t.Helper()
	g, err := r.Appoint(r.t.Context(), email, "", role, kind, scope, "ici")
	if err != nil {
		r.t.Fatal(err)
	}
	a, err := r.Actor(r.t.Context(), g.Account)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

// counted counts the statements that go through it.
type counted struct {
	db.Q
	n int
}

func (c *counted) Query(ctx context.Context, text string, args ...any) (*db.Rows, error) {
	c.n++
	return c.Q.Query(ctx, text, args...)
}

func (c *counted) QueryRow(ctx context.Context, text string, args ...any) *db.Row {
	c.n++
	return c.Q.QueryRow(ctx, text, args...)
}

// Forty thousand organisations come in once, and a newer edition writes its
// difference alone: what is gone is marked, what people wrote stays.
func TestOrganisationsFollowTheTree(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		list := r.reference()
		start := time.Now()
		s, err := r.Seed(ctx, "a", list)
		if err != nil || s.Added != len(list) || s.Changed+s.Gone != 0 || len(list) < 36_000 {
			t.Fatal(s, len(list), err)
		}
		t.Logf("%d organisations in %v", s.Added, time.Since(start))
		start = time.Now()
		if s, err = r.Seed(ctx, "a", r.reference()); err != nil || s != (Seeded{}) {
			t.Fatal(s, err)
		}
		t.Logf("again in %v", time.Since(start))
		for id, want := range map[string]OrgKind{"region-44": OrgRegion, "corse": OrgRegion, "alsace": OrgDepartment, "departement-08": OrgDepartment, "epci-200046977": OrgMetropole,
			"epci-246700488": OrgMetropole, "commune-75056": OrgCommune, "commune-67482": OrgCommune, "dreal-44": OrgState, "prefecture-region-44": OrgPrefecture, "ars-06": OrgOperator} {
			if o, err := FindOrganisation(ctx, d, id); err != nil || o.Kind != want || o.State != OrgActive {
				t.Errorf("%s: %+v %v", id, o, err)
			}
		}
		team := r.as("equipe@exemple.fr", policy.Team, "region", "44")
		o, err := r.SaveOrganisation(ctx, team, "commune-67482", 1, OrgInput{Contact: "Mairie@Strasbourg.example"})
		if err != nil || o.Contact != "mairie@strasbourg.example" || o.Rev != 2 {
			t.Fatal(o, err)
		}
		next := slices.DeleteFunc(r.reference(), func(o Organisation) bool { return o.ID == "commune-68066" })
		for i := range next {
			if next[i].ID == "commune-67482" {
				next[i].Name = "Strasbourg-Neuve"
			}
		}
		next = append(next, Organisation{ID: "commune-99999", Name: "Neuville", Kind: OrgCommune, Label: "commune", Region: "44", Department: "67", Origin: FromTree, State: OrgActive})
		if s, err = r.Seed(ctx, "b", next); err != nil || s != (Seeded{Added: 1, Changed: 1, Gone: 1}) {
			t.Fatal(s, err)
		}
		if o, err := FindOrganisation(ctx, d, "commune-67482"); err != nil || o.Name != "Strasbourg-Neuve" || o.Contact != "mairie@strasbourg.example" || o.Rev != 3 {
			t.Errorf("%+v %v", o, err)
		}
		if o, err := FindOrganisation(ctx, d, "commune-68066"); err != nil || o.State != OrgGone || !o.GoneAt.Equal(r.now) {
			t.Errorf("what is there no more: %+v %v", o, err)
		}
		var versions int64
		if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM organisation_version WHERE id = 'commune-67482'`).Scan(&versions); err != nil || versions != 3 {
			t.Errorf("%d versions: %v", versions, err)
		}
		if s, err = r.Seed(ctx, "a", r.reference()); err != nil || s != (Seeded{Changed: 2, Gone: 1}) { // and back
			t.Fatal(s, err)
		}
		if o, err := FindOrganisation(ctx, d, "commune-68066"); err != nil || o.State != OrgActive || !o.GoneAt.IsZero() {
			t.Errorf("back again: %+v %v", o, err)
		}
		if edition, err := SeededAs(ctx, d); err != nil || edition != "a" {
			t.Error(edition, err)
		}

		// A page costs as many statements here as on an almost empty base.
		small := newRoom(t, testkit.Open(t, d.Engine()))
		small.seedFew()
		var n [2]int
		for i, x := range []*room{r, small} {
			a := x.as("lecture@exemple.fr", policy.Team, "region", "44")
			q := &counted{Q: x.DB}
			start := time.Now()
			p, err := x.Organisations(ctx, q, a, OrgFilter{Query: "saint"}, "", 50)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("a page of %d of %d in %v", len(p.Rows), p.Total, time.Since(start))
			n[i] = q.n
		}
		if n[0] != n[1] || n[0] > 4 {
			t.Errorf("%d statements on 40 000 organisations, %d on a few", n[0], n[1])
		}
		seen := map[string]bool{}
		cursor := ""
		for {
			p, err := r.Organisations(ctx, d, team, OrgFilter{Query: "Saint-Étienne"}, cursor, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range p.Rows {
				if seen[o.ID] || !strings.Contains(o.Name, "tienne") {
					t.Errorf("%s twice, or not what was sought: %s", o.ID, o.Name)
				}
				seen[o.ID] = true
			}
			if cursor = p.Next; cursor == "" {
				if int64(len(seen)) != p.Total || len(seen) < 5 {
					t.Errorf("%d seen of %d", len(seen), p.Total)
				}
				break
			}
		}
		if p, err := r.Organisations(ctx, d, admin, OrgFilter{}, "", 10); err != nil || !p.More || p.Total != OrgCounted {
			t.Errorf("%+v %v", p, err)
		}
	})
}

// The list shows exactly what one may open, and a cursor serves its own filter.
func TestTheListIsWhatOneMayOpen(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.seedFew()
		for name, a := range map[string]policy.Actor{
			"nation": admin, "team": r.as("a@exemple.fr", policy.Team, "region", "44"), "lead": r.as("b@exemple.fr", policy.DepartmentLead, "department", "68"),
			"writer": r.as("c@exemple.fr", policy.Writer, "organisation", "commune-35238"), "nobody": {Person: "x"},
			"expert": r.as("d@exemple.fr", policy.Expert, "region", "44"), "two": r.as("c@exemple.fr", policy.Team, "region", "53"),
		} {
			listed := map[string]bool{}
			p, err := r.Organisations(ctx, d, a, OrgFilter{}, "", 100)
			if err != nil && apperr.KindOf(err) != apperr.NotFound {
				t.Fatal(err)
			}
			for _, o := range p.Rows {
				listed[o.ID] = true
			}
			for id := range few {
				_, _, err := r.Open(ctx, d, a, id)
				if (err == nil) != listed[id] || err != nil && apperr.KindOf(err) != apperr.NotFound {
					t.Errorf("%s, %s: listed %v, opened %v", name, id, listed[id], err)
				}
			}
			if want := map[string]int{"nation": len(few), "nobody": 0, "expert": 0, "writer": 1}; name != "two" {
				if n, fixed := want[name]; fixed && len(listed) != n {
					t.Errorf("%s reads %d", name, len(listed))
				}
			}
		}
		lead := r.as("b@exemple.fr", policy.DepartmentLead, "department", "68")
		if _, _, err := r.Open(ctx, d, lead, "alsace"); err != nil {
			t.Errorf("an authority is read by each département it serves: %v", err)
		}
		_, rights, err := r.Open(ctx, d, lead, "alsace")
		if err != nil || rights.Can(policy.Edit, policy.Organisation) {
			t.Errorf("and changed at its seat alone: %v", err)
		}
		first, err := r.Organisations(ctx, d, admin, OrgFilter{}, "", 2)
		if err != nil || first.Next == "" {
			t.Fatal(first, err)
		}
		_, err = r.Organisations(ctx, d, admin, OrgFilter{Kind: OrgCommune}, first.Next, 2)
		want(t, err, apperr.Invalid, "filtre a changé")
		_, err = r.Organisations(ctx, d, admin, OrgFilter{}, first.Next[:len(first.Next)-2]+"zz", 2)
		want(t, err, apperr.Invalid, "modifiée")
		for text, n := range map[string]int{"246700488": 1, "2467 00 488": 1, "commune-67482": 1, "STRASBOURG": 2, "ademe": 1, "%": 0, "_": 0, "'; DROP": 0} {
			if p, err := r.Organisations(ctx, d, admin, OrgFilter{Query: text}, "", 50); err != nil || len(p.Rows) != n {
				t.Errorf("%q finds %d: %v", text, len(p.Rows), err)
			}
		}
	})
}

func TestOrganisationsOfTeams(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.seedFew()
		team := r.as("equipe@exemple.fr", policy.Team, "region", "44")
		in := OrgInput{Name: "  Alter Alsace Énergies ", Kind: OrgAssociation, SIREN: "732 829 320", Department: "68", Contact: "contact@alter.example"}
		o, err := r.CreateOrganisation(ctx, team, in)
		if err != nil || o.Name != "Alter Alsace Énergies" || o.Region != "44" || o.SIREN != "732829320" {
			t.Fatalf("%+v %v", o, err)
		}
		for field, bad := range map[string]OrgInput{
			"name": {Kind: OrgAssociation, Region: "44"}, "siren": {Name: "X", Kind: OrgAssociation, SIREN: "732829321", Region: "44"},
			"kind": {Name: "X", Kind: OrgCommune, Region: "44"}, "region": {Name: "X", Kind: OrgCompany, Region: "99"},
			"department": {Name: "X", Kind: OrgCompany, Region: "53", Department: "67"}, "contact": {Name: "X", Kind: OrgCompany, Region: "44", Contact: "pas une adresse"},
		} {
			_, err := r.CreateOrganisation(ctx, team, bad)
			var faults OrgFaults
			if !asFaults(err, &faults) || faults[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		_, err = r.CreateOrganisation(ctx, team, in)
		want(t, err, apperr.Invalid, "existe déjà")
		in.SIREN = ""
		for _, region := range []string{"53", ""} {
			_, err = r.CreateOrganisation(ctx, team, OrgInput{Name: "X", Kind: OrgCompany, Region: region})
			want(t, err, apperr.Forbidden, "périmètre")
		}
		_, err = r.CreateOrganisation(ctx, r.as("e@exemple.fr", policy.Expert, "region", "44"), in)
		want(t, err, apperr.NotFound, "")
		in.Name, in.Region, in.Reason = "Alter Alsace", "44", "nouveau nom"
		saved, err := r.SaveOrganisation(ctx, team, o.ID, 1, in)
		if err != nil || saved.Name != "Alter Alsace" || saved.Rev != 2 {
			t.Fatal(saved, err)
		}
		_, err = r.SaveOrganisation(ctx, team, o.ID, 1, in)
		want(t, err, apperr.Conflict, "deux versions")
		in.Region, in.Department = "53", "35"
		_, err = r.SaveOrganisation(ctx, team, o.ID, 2, in)
		want(t, err, apperr.Forbidden, "périmètre")
		in.Region, in.Department, in.Gone = "44", "68", true
		if saved, err = r.SaveOrganisation(ctx, team, o.ID, 2, in); err != nil || saved.State != OrgGone {
			t.Fatal(saved, err)
		}
		_, _, err = r.Attach(ctx, team, o.ID, "p@exemple.fr", "", "", false)
		want(t, err, apperr.Invalid, "n’existe plus")
		if _, err := FindByEmail(ctx, d, "p@exemple.fr"); err == nil {
			t.Error("a refusal left an account")
		}
	})
}

// Twenty who add the same person at once, or take them away: one does.
func TestMembershipsAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.WithoutCancel(t.Context())
		r := newRoom(t, d)
		r.seedFew()
		team := r.as("equipe@exemple.fr", policy.Team, "region", "44")
		var wg sync.WaitGroup
		errs, fresh := make([]error, 20), make([]bool, 20)
		for i := range errs {
			wg.Go(func() {
				_, fresh[i], errs[i] = r.Attach(ctx, team, "commune-67482", "maire@exemple.fr", "Anne", "maire", true)
			})
		}
		wg.Wait()
		made := 0
		for i := range errs {
			if errs[i] != nil {
				t.Error(errs[i])
			}
			if fresh[i] {
				made++
			}
		}
		list, err := Members(ctx, d, "commune-67482", 10)
		if err != nil || made != 1 || len(list) != 1 || !list[0].Contact || list[0].Title != "maire" {
			t.Fatalf("%d made, %+v, %v", made, list, err)
		}
		for i := range errs {
			wg.Go(func() { errs[i] = r.Detach(ctx, team, list[0].ID, list[0].Rev) })
		}
		wg.Wait()
		ended := 0
		for _, err := range errs {
			if err == nil {
				ended++
			} else if apperr.KindOf(err) != apperr.Conflict {
				t.Error(err)
			}
		}
		if ended != 1 {
			t.Errorf("%d ended it", ended)
		}
		if x, fresh, err := r.Attach(ctx, team, "commune-67482", "maire@exemple.fr", "", "", false); err != nil || !fresh || x.ID == list[0].ID {
			t.Errorf("they come back: %+v %v %v", x, fresh, err)
		}
		maire := policy.Actor{Person: list[0].Account}
		mine, err := Memberships(ctx, d, maire.Person)
		if err != nil || len(mine) != 1 {
			t.Fatal(mine, err)
		}
		if _, err := r.SaveMembership(ctx, maire, mine[0].ID, mine[0].Rev, "maire honoraire", true); err != nil {
			t.Errorf("one's own function: %v", err)
		}
		other := r.as("ailleurs@exemple.fr", policy.Team, "region", "53")
		want(t, r.Detach(ctx, other, mine[0].ID, mine[0].Rev+1), apperr.NotFound, "")
		_, _, err = r.Attach(ctx, other, "commune-67482", "x@exemple.fr", "", "", false)
		want(t, err, apperr.NotFound, "")
		if err := r.Detach(ctx, maire, mine[0].ID, mine[0].Rev+1); err != nil {
			t.Errorf("one's own membership: %v", err)
		}
	})
}

// A team names writers of its region's authorities, a département its own, a
// validator those of their own organisation; nobody elsewhere, nor other roles.
func TestRolesOverOrganisations(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.seedFew()
		team, lead := r.as("equipe@exemple.fr", policy.Team, "region", "44"), r.as("pref67@exemple.fr", policy.DepartmentLead, "department", "67")
		validator := r.as("maire@exemple.fr", policy.Validator, "organisation", "commune-67482")
		writer := r.as("agent@exemple.fr", policy.Writer, "organisation", "commune-67482")
		for _, c := range []struct {
			who  policy.Actor
			role policy.Role
			org  string
			kind apperr.Kind
		}{
			{team, policy.Writer, "commune-67482", 0}, {team, policy.Validator, "dreal-44", 0}, {team, policy.Writer, "commune-35238", apperr.Forbidden},
			{team, policy.Team, "commune-67482", apperr.Invalid}, {team, policy.Writer, "sgpe", apperr.Forbidden}, {team, policy.Writer, "inconnue", apperr.NotFound},
			{lead, policy.Writer, "commune-67482", 0}, {lead, policy.Writer, "commune-08105", apperr.Forbidden}, {lead, policy.Writer, "region-44", apperr.Forbidden},
			{validator, policy.Writer, "commune-67482", 0}, {validator, policy.Writer, "commune-68066", apperr.Forbidden}, {writer, policy.Writer, "commune-67482", apperr.Forbidden},
		} {
			_, err := r.Give(ctx, c.who, "nouveau@exemple.fr", "", c.role, "organisation", c.org, "")
			if c.kind == 0 && err != nil || c.kind != 0 && (err == nil || apperr.KindOf(err) != c.kind) {
				t.Errorf("%v gives %s over %s: %v", c.who.Grants, c.role, c.org, err)
			}
		}
		found, err := r.Grantable(ctx, d, team, "strasbourg", 20)
		if err != nil || len(found) != 1 || found[0].ID != "commune-67482" {
			t.Errorf("the exact name comes alone: %+v %v", found, err)
		}
	})
}

func asFaults(err error, into *OrgFaults) bool { return errors.As(err, into) }
