package renewal_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"jalon/internal/action"
	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/renewal"
)

// department opens the COP of the Bas-Rhin under that of its region.
func (k *kit) department(t testing.TB, parent cop.COP) cop.COP {
	t.Helper()
	m, err := k.Model(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dept, err := m.Tree().Dept("67")
	if err != nil {
		t.Fatal(err)
	}
	c, err := k.COPs.OpenDepartment(t.Context(), k.nation, parent.ID, dept, true)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// adopted is a priority that the COP of a département adopted: the state is set as its act
// does.
func (k *kit) adopted(t testing.TB, a policy.Actor, c cop.COP, in adaptation.Input) adaptation.Priority {
	t.Helper()
	x, err := k.Adaptation.Add(t.Context(), a, c.ID, in)
	if err != nil {
		t.Fatal(apperr.Message(err), err)
	}
	if _, err := k.DB.Exec(t.Context(), `UPDATE priority SET state = 'adopted' WHERE id = $1`, x.ID); err != nil {
		t.Fatal(err)
	}
	return x
}

var prefect = policy.Actor{Person: "préfète", Grants: []policy.Grant{{Role: policy.DepartmentLead, Department: "67"}}}

// The COP of a département takes the priorities of its last one, sheet and all, as drafts;
// a lever that adaptation does not have is left to be chosen, and said.
func TestADepartmentTakesItsPriorities(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		old, next := k.department(t, k.far), k.department(t, k.next)
		shade := k.adopted(t, prefect, old, adaptation.Input{Title: "Ombrager les écoles", Text: "Trente cours.", Sheet: adaptation.Sheet{Effect: "chaleur", Lever: "a25-renaturation-villes", Criteria: "Les élèves restent dehors", Budget: "1,2 M€"}})
		water := k.adopted(t, prefect, old, adaptation.Input{Title: "Partager l’eau"})
		if _, err := k.DB.Exec(ctx, `UPDATE adaptation_sheet SET body = '{"lever":"gestion-haies"}' WHERE id = $1`, water.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Adaptation.Add(ctx, prefect, old.ID, adaptation.Input{Title: "En rédaction"}); err != nil {
			t.Fatal(err)
		}
		merged := k.adopted(t, prefect, old, adaptation.Input{Title: "Planter des arbres"})
		if _, err := k.DB.Exec(ctx, `UPDATE priority SET state = 'merged' WHERE id = $1`, merged.ID); err != nil {
			t.Fatal(err)
		}
		p, err := k.Propose(ctx, k.DB, prefect, next, "")
		if err != nil {
			t.Fatal(err)
		}
		if p.From.ID != old.ID {
			t.Fatalf("the COP of a département begins from %s", p.From.ID)
		}
		if all, goes, _, _ := p.Count(renewal.Priorities); all != 2 || goes != 2 {
			t.Fatalf("%d priorities, %d go", all, goes)
		}
		if x := item(t, p, renewal.Priorities, water.ID); !strings.Contains(x.Note, "à choisir dans la fiche") {
			t.Errorf("a lever of mitigation goes without a word: %q", x.Note)
		}
		if !slices.ContainsFunc(p.Stays, func(s renewal.Stay) bool { return s.Title == merged.Title && strings.Contains(s.Why, "fusionnée") }) {
			t.Errorf("what the region merged is not told: %v", p.Stays)
		}
		x, err := k.Choose(ctx, prefect, next.ID, old.ID, 0, renewal.Choices{})
		if err != nil {
			t.Fatal(err)
		}
		if p, err = k.Propose(ctx, k.DB, prefect, next, ""); err != nil {
			t.Fatal(err)
		}
		neighbour := policy.Actor{Person: "voisin", Grants: []policy.Grant{{Role: policy.DepartmentLead, Department: "68"}}}
		if _, err := k.Apply(ctx, neighbour, next.ID, x.Rev, p.Digest()); err == nil {
			t.Fatal("a neighbour carries over")
		}
		out, err := k.Apply(ctx, prefect, next.ID, x.Rev, p.Digest())
		if err != nil {
			t.Fatal(err)
		}
		if out.Count[renewal.Priorities] != 2 {
			t.Errorf("carried: %v", out.Count)
		}
		made, err := adaptation.Of(ctx, k.DB, prefect, next)
		if err != nil || len(made) != 2 {
			t.Fatalf("%v %v", made, err)
		}
		i := slices.IndexFunc(made, func(y adaptation.Priority) bool { return y.Title == shade.Title })
		if i < 0 || made[i].State != cop.PriorityDraft || made[i].Lever != "a25-renaturation-villes" || made[i].Criteria != "Les élèves restent dehors" || made[i].Cents == nil || *made[i].Cents != 120_000_000 {
			t.Errorf("the sheet did not come whole: %+v", made)
		}
		if j := slices.IndexFunc(made, func(y adaptation.Priority) bool { return y.Title == water.Title }); j < 0 || made[j].Lever != "" {
			t.Errorf("a lever that does not map was kept: %+v", made)
		}
		was, err := adaptation.Adopted(ctx, k.DB, "2025", "", old.ID)
		if err != nil || len(was) != 3 {
			t.Errorf("the earlier COP moved: %v %v", was, err)
		}
	})
}

// From the COP of its region, a département takes what is its own: actions stay in the
// register of the region, which is told, as what lies in several départements.
func TestADepartmentBeginsFromItsRegion(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := k.department(t, k.far)
		here := k.retained(t, action.Action{Title: "Planter", Levers: []string{"gestion-haies"}})
		both := k.retained(t, action.Action{Title: "Relier", Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "department:67"}, {Territory: "department:57"}}})
		k.retained(t, action.Action{Title: "Ailleurs", Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "department:57"}}})
		p, err := k.Propose(t.Context(), k.DB, prefect, c, "")
		if err != nil {
			t.Fatal(err)
		}
		if p.From.ID != k.first.ID {
			t.Fatalf("it begins from %s", p.From.ID)
		}
		item(t, p, renewal.Subjects, "sujet")
		if len(p.Of(renewal.Actions)) != 0 {
			t.Error("a département has no register, and takes actions")
		}
		why := map[string]string{}
		for _, s := range p.Stays {
			why[s.Action] = s.Why
		}
		if len(p.Stays) != 2 || !strings.Contains(why[here.ID], "dans le département") || !strings.Contains(why[both.ID], "aussi ailleurs") {
			t.Errorf("what stays: %v", p.Stays)
		}
		region, err := k.Propose(t.Context(), k.DB, k.team, k.far, "")
		if err != nil {
			t.Fatal(err)
		}
		shares, across, err := k.Shares(t.Context(), k.DB, region)
		if err != nil {
			t.Fatal(err)
		}
		// No lever of 2023-24 maps to adaptation: what waits is counted where it lies too.
		at := map[string]renewal.Share{}
		for _, s := range shares {
			at[s.Dept.Code] = s
		}
		if across != 1 || at["67"].Actions != 1 || at["57"].Actions != 1 || at["67"].COP.ID != c.ID || at["57"].COP.ID != "" {
			t.Errorf("%d across, %+v", across, shares)
		}
	})
}

// Of twenty who apply the same choices at once one does, and no priority is made twice.
func TestTwentyDepartmentsLeadsApplyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		old, next := k.department(t, k.far), k.department(t, k.next)
		k.adopted(t, prefect, old, adaptation.Input{Title: "Ombrager les écoles"})
		x, err := k.Choose(ctx, prefect, next.ID, old.ID, 0, renewal.Choices{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := k.Propose(ctx, k.DB, prefect, next, "")
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			all.Go(func() { _, errs[i] = k.Apply(ctx, prefect, next.ID, x.Rev, p.Digest()) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case apperr.KindOf(err) != apperr.Conflict:
				t.Errorf("%v", err)
			}
		}
		made, err := adaptation.Of(ctx, k.DB, prefect, next)
		if err != nil || won != 1 || len(made) != 1 {
			t.Errorf("%d applied, %d priorities, %v", won, len(made), err)
		}
	})
}
