package cop

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// deaf is a transaction whose delegations cannot be read.
type deaf struct{ db.Q }

var errDeaf = errors.New("the database does not answer")

func (q deaf) Query(ctx context.Context, query string, args ...any) (*db.Rows, error) {
	if strings.Contains(query, "FROM delegation") {
		return nil, errDeaf
	}
	return q.Q.Query(ctx, query, args...)
}

// A team proposes without giving a word because it is no head. A database that
// does not answer says nothing of who it is: nothing is proposed.
func TestAProposalNeedsAnAnswerOfTheDatabase(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		err := db.Tx(ctx, d, func(ctx context.Context, tx db.Q) error {
			_, err := r.propose(ctx, deaf{tx}, team, r.copIn(ctx, tx), NewAct{Kind: StageAct, Subject: "x", Title: "x"})
			return err
		})
		if !errors.Is(err, errDeaf) {
			t.Errorf("the error is hidden: %v", err)
		}
		if acts := must[[]Act](t)(Acts(ctx, d, grandEst)); len(acts) != 0 {
			t.Errorf("%+v", acts)
		}
		act := must[Act](t)(r.Propose(ctx, team, grandEst, NewAct{Kind: "essai", Subject: "x", Title: "x"}))
		if act.Side != "" || len(act.Consents) != 0 {
			t.Errorf("%+v", act)
		}
		_, err = r.SideOf(ctx, deaf{d}, team, r.cop(grandEst), act)
		if !errors.Is(err, errDeaf) {
			t.Errorf("the error is hidden: %v", err)
		}
		if side := must[Side](t)(r.SideOf(ctx, d, team, r.cop(grandEst), act)); side != "" {
			t.Errorf("the team is %s", side)
		}
	})
}

func (r *room) copIn(ctx context.Context, q db.Q) COP {
	r.t.Helper()
	c, err := Find(ctx, q, grandEst)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// The heads of a région do not speak for those of a département, whose own
// adopt; of twenty words at once on either side, one counts.
func TestADepartmentHasItsOwnHeads(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		c := r.department("67", true)
		if c.Path() != "/departements/67/cycles/2025" || c.Head(RegionSide) != "le Département" || r.cop(grandEst).Path() != "/regions/grand-est/cycles/2025" || r.cop("2023-24-r44").Path() != "/regions/grand-est" {
			t.Errorf("%+v %s", c, c.Path())
		}
		x := must[Priority](t)(r.AddPriority(ctx, lead, c.ID, NewPriority{Title: "Ombre"}))
		// A role over the region holds for each of its COPs.
		all := func(role policy.Role) policy.Actor {
			return policy.Actor{Person: string(role), Grants: []policy.Grant{{Role: role, COP: grandEst}, {Role: role, COP: c.ID}}}
		}
		_, act, err := r.AdoptPriority(ctx, all(policy.Team), x.ID, x.Rev)
		if err != nil || len(act.Consents) != 0 {
			t.Fatalf("%+v %v", act, err)
		}
		for _, role := range []policy.Role{policy.StateChair, policy.RegionChair} {
			_, err := r.Consent(ctx, all(role), act.ID)
			want(t, err, apperr.Forbidden, "deux têtes")
		}
		_, err = r.Consent(ctx, elsewhere, act.ID)
		want(t, err, apperr.NotFound, "")
		council := policy.Actor{Person: "cd67", Grants: []policy.Grant{{Role: policy.RegionChair, Department: "67"}}}
		words := 0
		for i, a := range []policy.Actor{lead, council} {
			words += atOnce(t, func(ctx context.Context) error {
				_, err := r.Consent(ctx, a, act.ID)
				return err
			})
			if words != i+1 {
				t.Errorf("%d words after %s", words, a.Person)
			}
		}
		if act = must[Act](t)(FindAct(ctx, d, act.ID)); act.State != ActRecorded || len(act.Consents) != 2 {
			t.Errorf("%+v", act)
		}
		if x = must[[]Priority](t)(Priorities(ctx, d, team, r.cop(grandEst)))[0]; x.State != PriorityAdopted {
			t.Errorf("%+v", x)
		}
		must[Priority](t)(r.Answer(ctx, prefet, x.ID, x.Rev, SetAside, "hors sujet", ""))
		for _, a := range []policy.Actor{lead, team} {
			history := must[[]VersionOf[Priority]](t)(PriorityVersions(ctx, d, a, x.ID))
			var states []PriorityState
			for _, v := range history {
				states = append(states, v.Body.State)
			}
			if diff := cmp.Diff([]PriorityState{SetAside, PriorityAdopted, PriorityProposed, PriorityDraft}, states); diff != "" || history[0].Body.Reason != "hors sujet" {
				t.Errorf("%s reads %s", a.Person, diff)
			}
		}
		_, err = PriorityVersions(ctx, d, elsewhere, x.ID)
		want(t, err, apperr.NotFound, "")
	})
}

func TestOpeningADepartment(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		dept := must2(tree(t).Dept("67"))
		_, err := r.OpenDepartment(ctx, national, "2023-24-r44", dept, true)
		want(t, err, apperr.Invalid, "cycle 2025")
		_, err = r.OpenDepartment(ctx, national, "2025-r53", dept, true)
		want(t, err, apperr.Invalid, "cette région")
		_, err = r.OpenDepartment(ctx, elsewhere, grandEst, dept, true)
		want(t, err, apperr.Forbidden, "")
		if n := atOnce(t, func(ctx context.Context) error {
			_, err := r.OpenDepartment(ctx, national, grandEst, dept, false)
			return err
		}); n != 1 {
			t.Errorf("opened %d times", n)
		}
	})
}

func must2[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// A document is evidence of what happened in its own COP, while it is kept.
func TestEvidenceIsADocumentOfTheCOP(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		x := must[Document](t)(r.AddDocument(ctx, team, grandEst, paper, bytes.NewReader(pdf), blob.Claim{Name: "arrete.pdf"}))
		event := NewEvent{Stage: Preparation, Mark: Done, Day: "2026-02-01", Evidence: "/documents/" + x.ID}
		other := event
		_, _, err := r.AddEvent(ctx, elsewhere, "2025-r53", other)
		want(t, err, apperr.Invalid, "pas dans cette COP")
		other.Evidence = "/documents/rien"
		_, _, err = r.AddEvent(ctx, team, grandEst, other)
		want(t, err, apperr.Invalid, "pas dans cette COP")
		e, _, err := r.AddEvent(ctx, team, grandEst, event)
		if err != nil {
			t.Fatal(err)
		}
		if open := must[map[string]bool](t)(PublicDocuments(ctx, d, grandEst)); len(open) != 0 {
			t.Errorf("an internal document is shown as evidence: %v", open)
		}
		if err := r.WithdrawDocument(ctx, team, x.ID, x.Rev, "erreur"); err != nil {
			t.Fatal(err)
		}
		event.Note, event.Day = "la veille", "2026-01-31"
		_, _, err = r.CorrectEvent(ctx, team, grandEst, e.ID, event)
		want(t, err, apperr.Invalid, "pas dans cette COP")
		_, _, err = OpenVersion(ctx, d, policy.Actor{}, x.ID, 1)
		want(t, err, apperr.NotFound, "")
		if old, _, err := OpenVersion(ctx, d, team, x.ID, 1); err != nil || old.SHA256 != x.SHA256 {
			t.Errorf("%+v %v", old, err)
		}
		_, _, err = OpenVersion(ctx, d, team, x.ID, 9)
		want(t, err, apperr.NotFound, "version")
	})
}

func TestCyclesAreMadeAndChanged(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		in := Cycle{Code: "2027", Name: "COP régionales 2027", Subject: "eau", Framework: "2026", Axes: "eau"}
		_, err := r.AddCycle(ctx, team, in, "2026")
		want(t, err, apperr.Forbidden, "")
		bad := in
		bad.Code = "vingt"
		_, err = r.AddCycle(ctx, national, bad, "2026")
		want(t, err, apperr.Invalid, "code")
		_, err = r.AddCycle(ctx, national, in, "1999")
		want(t, err, apperr.NotFound, "modèle")
		if n := atOnce(t, func(ctx context.Context) error {
			_, err := r.AddCycle(ctx, national, in, "2026")
			return err
		}); n != 1 {
			t.Errorf("made %d times", n)
		}
		c := must[Cycle](t)(FindCycle(ctx, d, "2027"))
		if diff := cmp.Diff(must[InForce](t)(CycleTemplate(ctx, d, "2026")).Template, must[InForce](t)(CycleTemplate(ctx, d, "2027")).Template); diff != "" {
			t.Error(diff)
		}
		c.Subject, c.State = "eau et sols", CycleClosed
		if n := atOnce(t, func(ctx context.Context) error {
			_, err := r.SaveCycle(ctx, national, 1, c, "")
			return err
		}); n != 1 {
			t.Errorf("saved %d times", n)
		}
		_, err = r.OpenCycle(ctx, national, "2027", tree(t))
		want(t, err, apperr.NotFound, "clos")
		var opened atomic.Int64
		passed := atOnce(t, func(ctx context.Context) error {
			n, err := r.OpenCycle(ctx, national, "2026", tree(t))
			opened.Add(int64(n))
			return err
		})
		if all := must[[]COP](t)(InCycle(ctx, d, "2026")); passed != 20 || opened.Load() != 18 || len(all) != 18 {
			t.Errorf("of %d clicks, %d COPs opened, %d there", passed, opened.Load(), len(all))
		}
	})
}

// A COP comes back to the nation's template by a new version; what it had
// written stays.
func TestBackToTheTemplate(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		c := r.cop(grandEst)
		want(t, r.ResetTemplate(ctx, team, grandEst, 0), apperr.Invalid, "déjà")
		mine := must[InForce](t)(TemplateOf(ctx, d, c)).Template
		mine.Checklist = append(mine.Checklist[1:len(mine.Checklist):len(mine.Checklist)], Item{Stage: Following, Code: "fete", Name: "Fêter la COP"})
		mine.Grid = append([]Item{}, mine.Grid...)
		mine.Grid[0].Name = "Une initiative nouvelle"
		mine.Themes = mine.Themes[1:]
		if n := atOnce(t, func(ctx context.Context) error {
			return r.SaveTemplate(ctx, team, grandEst, 0, mine, "à notre façon")
		}); n != 1 {
			t.Errorf("adapted %d times", n)
		}
		base := must[InForce](t)(BaseTemplate(ctx, d, c))
		got := map[string]int{}
		for _, x := range Differences(base.Template, mine) {
			got[x.Part+" "+x.What]++
		}
		if diff := cmp.Diff(map[string]int{"points à vérifier ajouté": 1, "points à vérifier retiré": 1, "critères modifié": 1, "thématiques retiré": 1}, got); diff != "" {
			t.Error(diff)
		}
		want(t, r.ResetTemplate(ctx, elsewhere, grandEst, 1), apperr.Forbidden, "")
		if n := atOnce(t, func(ctx context.Context) error { return r.ResetTemplate(ctx, team, grandEst, 1) }); n != 1 {
			t.Errorf("reset %d times", n)
		}
		own := must[InForce](t)(TemplateOf(ctx, d, c))
		if left := Differences(base.Template, own.Template); len(left) != 0 || !own.Own || own.Rev != 2 {
			t.Errorf("%+v %+v", own, left)
		}
		versions := must[[]VersionOf[Template]](t)(TemplateVersions(ctx, d, c))
		if len(versions) != 2 || versions[1].Reason != "à notre façon" || versions[1].By != team.Person || len(versions[1].Body.Themes) != 5 {
			t.Errorf("%+v", versions)
		}
	})
}

func TestAnOfficeEnds(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		o := must[Office](t)(r.SetOffice(ctx, team, Office{COP: grandEst, Side: StateSide, Person: "prefet", Title: "préfète", From: "2025-01-01"}, ""))
		must[Delegation](t)(r.Delegate(ctx, prefet, Delegation{COP: grandEst, Person: "delegue", Reach: "all", From: "2026-03-01", To: "2026-12-31", Decision: "arrêté"}))
		want(t, r.EndOffice(ctx, team, grandEst, o.ID, "2024-12-31", ""), apperr.Invalid, "commencé")
		want(t, r.EndOffice(ctx, team, grandEst, o.ID, "2027-01-01", ""), apperr.Invalid, "à venir")
		want(t, r.EndOffice(ctx, team, grandEst, o.ID, "demain", ""), apperr.Invalid, "date")
		want(t, r.EndOffice(ctx, elsewhere, grandEst, o.ID, "2026-03-01", ""), apperr.NotFound, "")
		want(t, r.EndOffice(ctx, team, grandEst, "rien", "2026-03-01", ""), apperr.NotFound, "fonction")
		if n := atOnce(t, func(ctx context.Context) error { return r.EndOffice(ctx, team, grandEst, o.ID, "2026-03-01", "") }); n != 1 {
			t.Errorf("ended %d times", n)
		}
		if all := must[[]Office](t)(Offices(ctx, d, grandEst)); all[0].To != "2026-03-01" {
			t.Errorf("%+v", all)
		}
		if given := must[[]Delegation](t)(Delegations(ctx, d, grandEst)); given[0].EndedAt.IsZero() {
			t.Errorf("the delegation goes on: %+v", given)
		}
	})
}
