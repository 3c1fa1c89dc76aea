package cop

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

var lead = policy.Actor{Person: "prefet67", Grants: []policy.Grant{{Role: policy.DepartmentLead, Department: "67"}}}

func TestPrioritiesGoUp(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		c := r.department("67", false)
		_, err := r.AddPriority(ctx, team, grandEst, NewPriority{Title: "Ombre"})
		want(t, err, apperr.Invalid, "département")
		x := must[Priority](t)(r.AddPriority(ctx, lead, c.ID, NewPriority{Title: "Ombre dans les écoles", Theme: "se-loger"}))
		_, err = r.Answer(ctx, prefet, x.ID, x.Rev, TakenUp, "", "")
		want(t, err, apperr.Conflict, "pas encore adopté")
		if up := must[[]Priority](t)(Priorities(ctx, d, team, r.cop(grandEst))); len(up) != 0 {
			t.Errorf("a draft went up: %+v", up)
		}
		x, act, err := r.AdoptPriority(ctx, lead, x.ID, x.Rev)
		if err != nil || x.State != PriorityAdopted || act.State != ActRecorded {
			t.Fatalf("%+v %+v %v", x, act, err)
		}
		_, err = r.SavePriority(ctx, lead, x.ID, x.Rev, NewPriority{Title: "Autre"})
		want(t, err, apperr.Conflict, "plus en rédaction")
		_, err = r.Answer(ctx, lead, x.ID, x.Rev, TakenUp, "", "")
		want(t, err, apperr.Forbidden, "à la région")
		_, err = r.Answer(ctx, prefet, x.ID, x.Rev, SetAside, "", "")
		want(t, err, apperr.Invalid, "pourquoi")
		_, err = r.Answer(ctx, prefet, x.ID, x.Rev, Merged, "déjà dite", x.ID)
		want(t, err, apperr.Invalid, "autre priorité")
		y := must[Priority](t)(r.AddPriority(ctx, lead, c.ID, NewPriority{Title: "Cours d’école"}))
		_, err = r.Answer(ctx, prefet, x.ID, x.Rev, Merged, "proche", y.ID)
		want(t, err, apperr.Invalid, "adoptée")
		y, _, err = r.AdoptPriority(ctx, lead, y.ID, y.Rev)
		if err != nil {
			t.Fatal(err)
		}
		x = must[Priority](t)(r.Answer(ctx, prefet, x.ID, x.Rev, Merged, "proche de l’autre", y.ID))
		if x.State != Merged || x.Into != y.ID {
			t.Errorf("%+v", x)
		}
		if up := must[[]Priority](t)(Priorities(ctx, d, team, r.cop(grandEst))); len(up) != 2 {
			t.Errorf("%+v", up)
		}
		_, err = Priorities(ctx, d, policy.Actor{}, c)
		want(t, err, apperr.NotFound, "")
	})
}

// A département that its council leads too adopts by both; withdrawn, the
// priority is a draft again.
func TestAPriorityOfTwoHeads(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		c := r.department("67", true)
		x := must[Priority](t)(r.AddPriority(ctx, lead, c.ID, NewPriority{Title: "Ombre"}))
		x, act, err := r.AdoptPriority(ctx, lead, x.ID, x.Rev)
		if err != nil || x.State != PriorityProposed || act.WaitsFor() != RegionSide {
			t.Fatalf("%+v %+v %v", x, act, err)
		}
		if _, err := r.Withdraw(ctx, lead, act.ID, "à revoir"); err != nil {
			t.Fatal(err)
		}
		x, _, err = FindPriority(ctx, d, lead, x.ID)
		if err != nil || x.State != PriorityDraft {
			t.Fatalf("%+v %v", x, err)
		}
		x, act, err = r.AdoptPriority(ctx, lead, x.ID, x.Rev)
		if err != nil {
			t.Fatal(err)
		}
		council := policy.Actor{Person: "cd67", Grants: []policy.Grant{{Role: policy.RegionChair, Department: "67"}}}
		if _, err := r.Consent(ctx, council, act.ID); err != nil {
			t.Fatal(err)
		}
		if x, _, err = FindPriority(ctx, d, lead, x.ID); err != nil || x.State != PriorityAdopted {
			t.Errorf("%+v %v", x, err)
		}
	})
}

// Twenty people of the region answer one priority at once: one answer stands,
// the others read that somebody was first.
func TestOneAnswerAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		c := r.department("67", false)
		x := must[Priority](t)(r.AddPriority(ctx, lead, c.ID, NewPriority{Title: "Ombre"}))
		x, _, err := r.AdoptPriority(ctx, lead, x.ID, x.Rev)
		if err != nil {
			t.Fatal(err)
		}
		passed := atOnce(t, func(ctx context.Context) error {
			_, err := r.Answer(ctx, prefet, x.ID, x.Rev, TakenUp, "", "")
			return err
		})
		if passed != 1 {
			t.Errorf("%d answers", passed)
		}
	})
}

// atOnce runs twenty times the same at once, lets only conflicts fail, and tells
// how many passed.
func atOnce(t *testing.T, do func(ctx context.Context) error) (passed int) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() { errs[i] = do(context.WithoutCancel(t.Context())) })
	}
	wg.Wait()
	for _, err := range errs {
		if err == nil {
			passed++
		} else if apperr.KindOf(err) != apperr.Conflict {
			t.Error(err)
		}
	}
	return passed
}

func TestOfficesAndWords(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		first := Office{COP: grandEst, Side: StateSide, Person: "prefet", Name: "A. Martin", Title: "préfète de la région Grand Est", From: "2025-01-01"}
		_, err := r.SetOffice(ctx, elsewhere, first, "")
		want(t, err, apperr.NotFound, "")
		bad := first
		bad.Title = ""
		_, err = r.SetOffice(ctx, team, bad, "")
		want(t, err, apperr.Invalid, "fonction")
		must[Office](t)(r.SetOffice(ctx, team, first, ""))
		_, act := r.launch(president)
		given := must[Delegation](t)(r.Delegate(ctx, prefet, Delegation{COP: grandEst, Person: "delegue", Reach: "all", From: "2026-03-01", To: "2026-12-31", Decision: "arrêté 2026-12"}))
		act = must[Act](t)(r.Consent(ctx, delegate, act.ID))

		_, err = r.SetOffice(ctx, team, Office{COP: grandEst, Side: StateSide, Title: "préfet", From: "2025-01-01"}, "")
		want(t, err, apperr.Invalid, "commence après")
		r.now = r.now.AddDate(0, 1, 0)
		must[Office](t)(r.SetOffice(ctx, team, Office{COP: grandEst, Side: StateSide, Person: "successeur", Name: "B. Durand", Title: "préfet de la région Grand Est", From: "2026-04-01"}, "décret"))
		offices := must[[]Office](t)(Offices(ctx, d, grandEst))
		if len(offices) != 2 || offices[0].To != "2026-03-31" || HeadOn(offices, StateSide, "2026-04-01").Name != "B. Durand" || HeadOn(offices, StateSide, "2024-12-31").ID != "" {
			t.Errorf("%+v", offices)
		}
		// The delegation lapsed with who gave it, the act reads as it was given.
		delegations := must[[]Delegation](t)(Delegations(ctx, d, grandEst))
		if delegations[0].ID != given.ID || delegations[0].EndedAt.IsZero() {
			t.Errorf("%+v", delegations)
		}
		act = must[Act](t)(FindAct(ctx, d, act.ID))
		var texts []string
		for _, w := range Words(r.cop(grandEst), act, offices, delegations) {
			texts = append(texts, w.Text("X"))
		}
		if diff := cmp.Diff([]string{"X, la Région", "X, par délégation de préfète de la région Grand Est"}, texts); diff != "" {
			t.Error(diff)
		}
		passed := atOnce(t, func(ctx context.Context) error {
			_, err := r.SetOffice(ctx, team, Office{COP: grandEst, Side: RegionSide, Title: "président", From: "2026-04-02"}, "")
			if err != nil && apperr.KindOf(err) == apperr.Invalid {
				return apperr.Conflictf("second")
			}
			return err
		})
		if passed != 1 {
			t.Errorf("%d heads of one side from the same day", passed)
		}
	})
}

func TestCorrections(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		e, act := r.launch(prefet)
		_, _, err := r.CorrectEvent(ctx, prefet, grandEst, e.ID, NewEvent{Stage: Launch, Mark: Opened, Day: "2026-02-19", Note: "date"})
		want(t, err, apperr.Conflict, "corrigé")
		must[Act](t)(r.Consent(ctx, president, act.ID))
		_, _, err = r.CorrectEvent(ctx, prefet, grandEst, e.ID, NewEvent{Stage: Launch, Mark: Opened, Day: "2026-02-19"})
		want(t, err, apperr.Invalid, "pourquoi")
		right, act, err := r.CorrectEvent(ctx, prefet, grandEst, e.ID, NewEvent{Stage: Launch, Mark: Opened, Day: "2026-02-19", Note: "la séance était la veille"})
		if err != nil || right.State != Pending {
			t.Fatalf("%+v %v", right, err)
		}
		_, _, err = r.CorrectEvent(ctx, president, grandEst, e.ID, NewEvent{Stage: Launch, Mark: Opened, Day: "2026-02-18", Note: "x"})
		want(t, err, apperr.Conflict, "attend déjà")
		launch := func() string {
			s, _ := StateAt(must[[]Event](t)(Events(ctx, d, grandEst)), "2026-03-01").Launched()
			return s.Day
		}
		if launch() != "2026-02-20" {
			t.Errorf("the first stands until both have spoken: %s", launch())
		}
		must[Act](t)(r.Consent(ctx, president, act.ID))
		if launch() != "2026-02-19" {
			t.Errorf("%s", launch())
		}
		_, err = r.RetractEvent(ctx, team, grandEst, e.ID, "x")
		want(t, err, apperr.Conflict, "déjà été corrigé")
		act = must[Act](t)(r.RetractEvent(ctx, prefet, grandEst, right.ID, "séance annulée"))
		if act.Kind != RetractAct || launch() == "" {
			t.Errorf("%+v", act)
		}
		_, err = r.RetractEvent(ctx, prefet, grandEst, right.ID, "séance annulée")
		want(t, err, apperr.Conflict, "attend déjà")
		must[Act](t)(r.Consent(ctx, president, act.ID))
		if day := launch(); day != "" {
			t.Errorf("the event, or the one it corrected, still counts: %s", day)
		}
	})
}

func TestTemplatesAreAdapted(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		c := r.cop(grandEst)
		h := must[InForce](t)(TemplateOf(ctx, d, c))
		if h.Own || h.Rev != 0 || len(h.Checklist) < 20 || len(h.Grid) != 4 || len(h.Themes) != 6 {
			t.Fatalf("%+v", h)
		}
		mine := h.Template
		mine.Checklist = append(mine.Checklist, Item{Stage: Debate, Code: "citoyens", Name: "Réunir la convention citoyenne"})
		if err := r.SaveTemplate(ctx, team, grandEst, 0, mine, "notre méthode"); err != nil {
			t.Fatal(err)
		}
		want(t, r.SaveTemplate(ctx, prefet, grandEst, 0, mine, ""), apperr.Conflict, "modèle")
		want(t, r.SaveTemplate(ctx, elsewhere, grandEst, 1, mine, ""), apperr.Forbidden, "")
		bad := mine
		bad.Checklist = append(bad.Checklist, bad.Checklist[0])
		want(t, r.SaveTemplate(ctx, team, grandEst, 1, bad, ""), apperr.Invalid, "deux fois")

		nation := must[InForce](t)(CycleTemplate(ctx, d, "2025"))
		nation.Grid = nation.Grid[:3]
		want(t, r.SaveCycleTemplate(ctx, prefet, "2025", 1, nation.Template, ""), apperr.Forbidden, "")
		if err := r.SaveCycleTemplate(ctx, national, "2025", 1, nation.Template, "grille"); err != nil {
			t.Fatal(err)
		}
		own := must[InForce](t)(TemplateOf(ctx, d, c))
		dept := must[InForce](t)(TemplateOf(ctx, d, r.department("67", false)))
		other := must[InForce](t)(TemplateOf(ctx, d, r.cop("2025-r53")))
		if !own.Own || own.Rev != 1 || len(own.Grid) != 4 || dept.Own || len(dept.Grid) != 4 || len(other.Grid) != 3 {
			t.Errorf("%v %v %v", own, dept, other)
		}
	})
}
