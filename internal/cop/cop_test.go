package cop

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

type room struct {
	*Room
	t   *testing.T
	now time.Time
}

func newRoom(t *testing.T, d *db.DB) *room {
	t.Helper()
	r := &room{t: t, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return r.now }
	ids := db.NewIDs(clock, rand.Reader)
	cursors := db.NewCursors([]byte("k"))
	r.Room = &Room{DB: d, IDs: ids, Now: clock, Journal: journal.New(ids, clock, cursors), Cursors: cursors, Random: rand.Reader}
	for range 2 { // a second start adds nothing
		if err := r.Load(t.Context(), data.FS, tree(t)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

var embedded = sync.OnceValues(territory.Embedded)

func tree(t *testing.T) *territory.Tree {
	t.Helper()
	tr, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func (r *room) states(on string) map[string]State {
	r.t.Helper()
	events, err := EventsInCycle(r.t.Context(), r.DB, First)
	if err != nil {
		r.t.Fatal(err)
	}
	by := map[string][]Event{}
	for _, e := range events {
		by[e.COP] = append(by[e.COP], e)
	}
	cops, err := InCycle(r.t.Context(), r.DB, First)
	if err != nil {
		r.t.Fatal(err)
	}
	out := map[string]State{}
	for _, c := range cops {
		out[c.Region] = StateAt(by[c.ID], on)
	}
	return out
}

func launched(states map[string]State) (n int) {
	for _, s := range states {
		if _, ok := s.Launched(); ok {
			n++
		}
	}
	return n
}

// The founding document counts sixteen COPs launched on 27 May 2024, Guyane and
// Mayotte being launched.
func TestTheBoardOfMay2024(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		may := r.states("2024-05-27")
		if len(may) != 18 || launched(may) != 16 {
			t.Fatalf("%d COPs, %d launched", len(may), launched(may))
		}
		for _, code := range []string{"03", "06"} {
			if s := may[code]; s.Stage != Preparation || s.Next == nil || s.Next.Date() != "premier semestre 2024" {
				t.Errorf("region %s: %+v", code, s)
			}
		}
		if s := may["04"]; s.Reached[Launch].Day != "2023-12-06" || len(s.Conflicts) != 1 || s.Conflicts[0].Day != "2023-12-08" {
			t.Errorf("La Réunion keeps its two dates: %+v", s)
		}
		if n := launched(r.states("2023-11-13")); n != 0 {
			t.Errorf("%d launched before the first", n)
		}
		later := r.states("2025-06-01")
		if s := later["03"]; s.Stage != Preparation || s.Next.Date() != "premier semestre 2024" || s.Noted == nil || s.Noted.Day != "2024-11-06" {
			t.Errorf("Guyane: announced, then found not launched: %+v", s)
		}
		if s := later["53"]; s.Next != nil || s.Noted == nil || s.Finished[Roadmap] {
			t.Errorf("Bretagne: a roadmap being written is not one: %+v", s)
		}
		if s := later["06"]; s.Stage != Launch || s.Next != nil {
			t.Errorf("Mayotte was launched in July 2024: %+v", s)
		}
		if s := later["44"]; s.Stage != Roadmap || !s.Finished[Roadmap] {
			t.Errorf("Grand Est: %+v", s)
		}
		roadmaps := 0
		for _, s := range later {
			if s.Finished[Roadmap] {
				roadmaps++
			}
		}
		if roadmaps != 10 {
			t.Errorf("%d roadmaps are proved by a dated event, want 10", roadmaps)
		}
	})
}

var (
	prefet    = policy.Actor{Person: "prefet", Grants: []policy.Grant{{Role: policy.StateChair, COP: "2025-r44"}}}
	president = policy.Actor{Person: "president", Grants: []policy.Grant{{Role: policy.RegionChair, COP: "2025-r44"}}}
	team      = policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: "2025-r44"}}}
	elsewhere = policy.Actor{Person: "ailleurs", Grants: []policy.Grant{{Role: policy.StateChair, COP: "2025-r53"}}}
	delegate  = policy.Actor{Person: "delegue"}
	national  = policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
)

func (r *room) open2025() {
	r.t.Helper()
	if n, err := r.OpenCycle(r.t.Context(), national, "2025", tree(r.t)); err != nil || n != 18 {
		r.t.Fatal(n, err)
	}
	if n, err := r.OpenCycle(r.t.Context(), national, "2025", tree(r.t)); err != nil || n != 0 {
		r.t.Fatalf("the same cycle opened twice: %d %v", n, err)
	}
	if _, err := r.OpenCycle(r.t.Context(), prefet, "2025", tree(r.t)); err == nil {
		r.t.Fatal("a préfet opened a cycle")
	}
}

func (r *room) launch(a policy.Actor) (Event, Act) {
	r.t.Helper()
	e, act, err := r.AddEvent(r.t.Context(), a, "2025-r44", NewEvent{Stage: Launch, Mark: Opened, Day: "2026-02-20"})
	if err != nil {
		r.t.Fatal(err)
	}
	return e, act
}

func (r *room) event(id string) Event {
	r.t.Helper()
	events, err := Events(r.t.Context(), r.DB, "2025-r44")
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range events {
		if e.ID == id {
			return e
		}
	}
	r.t.Fatalf("no event %s", id)
	return Event{}
}

func want(t *testing.T, err error, kind apperr.Kind, says string) {
	t.Helper()
	if err == nil || apperr.KindOf(err) != kind || !strings.Contains(apperr.Message(err), says) {
		t.Errorf("got %v, want kind %d that says %q", err, kind, says)
	}
}

func TestBothHeadsLaunch(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		e, act := r.launch(prefet)
		if e.State != Pending || act.State != ActPending || act.WaitsFor() != RegionSide {
			t.Fatalf("%+v %+v", e, act)
		}
		_, _, err := r.AddEvent(ctx, team, "2025-r44", NewEvent{Stage: Launch, Mark: Opened, Day: "2026-02-21"})
		want(t, err, apperr.Conflict, "attend déjà")
		_, err = r.Consent(ctx, prefet, act.ID)
		want(t, err, apperr.Conflict, "L’État a déjà validé")
		_, err = r.Consent(ctx, team, act.ID)
		want(t, err, apperr.Forbidden, "deux têtes")
		_, err = r.Consent(ctx, elsewhere, act.ID)
		want(t, err, apperr.NotFound, "")
		_, err = r.Consent(ctx, policy.Actor{}, act.ID)
		want(t, err, apperr.NotFound, "")
		_, err = r.GoAlone(ctx, prefet, act.ID, "sans réponse")
		want(t, err, apperr.Forbidden, "30 jours")
		act, err = r.Consent(ctx, president, act.ID)
		if err != nil || act.State != ActRecorded || r.event(e.ID).State != Recorded {
			t.Fatalf("%+v %v, %+v", act, err, r.event(e.ID))
		}
		_, err = r.Withdraw(ctx, prefet, act.ID, "trop tard")
		want(t, err, apperr.Conflict, "déjà close")
		if s := StateAt([]Event{r.event(e.ID)}, "2026-03-01"); s.Stage != Launch {
			t.Errorf("%+v", s)
		}
	})
}

func TestOneHeadGoesOnAlone(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		e, act := r.launch(president)
		r.now = r.now.AddDate(0, 0, 30)
		_, err := r.GoAlone(ctx, president, act.ID, "")
		want(t, err, apperr.Invalid, "pourquoi")
		_, err = r.GoAlone(ctx, prefet, act.ID, "pas le mien")
		want(t, err, apperr.Invalid, "Validez d’abord")
		act, err = r.GoAlone(ctx, president, act.ID, "la préfecture n’a pas répondu")
		if err != nil || act.State != ActAlone || act.Reason == "" || r.event(e.ID).State != Recorded {
			t.Fatalf("%+v %v", act, err)
		}
	})
}

func TestDelegation(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		_, act := r.launch(president)
		give := Delegation{COP: "2025-r44", Person: "delegue", Reach: "kind", Target: StageAct, From: "2026-03-01", To: "2026-03-31", Decision: "arrêté 2026-12"}
		_, err := r.Delegate(ctx, team, give)
		want(t, err, apperr.Forbidden, "")
		bad := give
		bad.To = "2026-02-01"
		_, err = r.Delegate(ctx, prefet, bad)
		want(t, err, apperr.Invalid, "avant de commencer")
		bad = give
		bad.Decision = ""
		_, err = r.Delegate(ctx, prefet, bad)
		want(t, err, apperr.Invalid, "décision")
		given, err := r.Delegate(ctx, prefet, give)
		if err != nil {
			t.Fatal(err)
		}
		r.now = r.now.AddDate(0, 2, 0)
		_, err = r.Consent(ctx, delegate, act.ID)
		want(t, err, apperr.NotFound, "") // it has ended, and they are nobody here
		r.now = r.now.AddDate(0, -2, 0)
		act, err = r.Consent(ctx, delegate, act.ID)
		if err != nil || act.State != ActRecorded {
			t.Fatalf("%+v %v", act, err)
		}
		act, err = FindAct(ctx, d, act.ID)
		if err != nil || len(act.Consents) != 2 || act.Consents[1].Delegation != given.ID || act.Consents[1].Side != StateSide {
			t.Errorf("%+v %v", act, err)
		}
		if err := r.EndDelegation(ctx, prefet, "2025-r44", given.ID); err != nil {
			t.Fatal(err)
		}
		want(t, r.EndDelegation(ctx, prefet, "2025-r44", given.ID), apperr.NotFound, "terminée")
	})
}

func TestEventsThatCannotBe(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		add := func(in NewEvent) error {
			_, _, err := r.AddEvent(ctx, team, "2025-r44", in)
			return err
		}
		want(t, add(NewEvent{Stage: Debate, Mark: Opened, Day: "2026-02-20"}), apperr.Invalid, "pas encore lancée")
		want(t, add(NewEvent{Stage: Launch, Mark: Opened, Day: "2026-03-03"}), apperr.Invalid, "à venir")
		want(t, add(NewEvent{Stage: Launch, Mark: Opened, Day: "3 mars"}), apperr.Invalid, "écrivez une date")
		want(t, add(NewEvent{Stage: "fin", Mark: Opened, Day: "2026-02-20"}), apperr.Invalid, "étape")
		want(t, add(NewEvent{Stage: Launch, Mark: Opened, Day: "2026-02-20", Elsewhere: true}), apperr.Invalid, "preuve")
		want(t, add(NewEvent{Stage: Launch, Mark: Opened, Day: "2026-02-20", Elsewhere: true, Evidence: "javascript:alert(1)"}), apperr.Invalid, "adresse")
		if err := add(NewEvent{Stage: Launch, Mark: Opened, Day: "2026-02-20", Elsewhere: true, Evidence: "https://exemple.fr/lancement"}); err != nil {
			t.Fatal(err)
		}
		want(t, add(NewEvent{Stage: Debate, Mark: Opened, Day: "2026-02-19"}), apperr.Invalid, "précède le lancement")
		if err := add(NewEvent{Stage: Debate, Mark: Opened, Day: "2026-02-25"}); err != nil {
			t.Fatal(err)
		}
		want(t, add(NewEvent{Stage: Debate, Mark: Done, Day: "2026-02-24"}), apperr.Invalid, "ne peut pas s’achever avant")
		want(t, add(NewEvent{Stage: Debate, Mark: Opened, Day: "2026-02-25"}), apperr.Conflict, "déjà")
		_, _, err := r.AddEvent(ctx, elsewhere, "2025-r44", NewEvent{Stage: Debate, Mark: Held, Day: "2026-02-26"})
		want(t, err, apperr.Forbidden, "lire")
	})
}

// Twenty people of the two sides come at once: one word of each side counts, one
// act ends, once.
func TestTwoHeadsAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		r.open2025()
		_, act := r.launch(team)
		var wg sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			wg.Go(func() {
				who := prefet
				if i%2 == 1 {
					who = president
				}
				_, errs[i] = r.Consent(context.WithoutCancel(t.Context()), who, act.ID)
			})
		}
		wg.Wait()
		passed := 0
		for _, err := range errs {
			if err == nil {
				passed++
			} else if apperr.KindOf(err) != apperr.Conflict {
				t.Error(err)
			}
		}
		got, err := FindAct(t.Context(), d, act.ID)
		if err != nil || passed != 2 || len(got.Consents) != 2 || got.State != ActRecorded {
			t.Errorf("%d passed, %+v %v", passed, got, err)
		}
	})
}

func TestEditConflict(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		c, err := Find(ctx, d, "2025-r44")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Save(ctx, team, c.ID, c.Rev, Change{Name: "COP Grand Est", Patience: 15}); err != nil {
			t.Fatal(err)
		}
		_, err = r.Save(ctx, prefet, c.ID, c.Rev, Change{Name: "Autre", Patience: 15})
		want(t, err, apperr.Conflict, "pendant votre saisie")
		_, err = r.Save(ctx, elsewhere, c.ID, c.Rev+1, Change{Name: "Autre", Patience: 15})
		want(t, err, apperr.Forbidden, "")
		_, err = r.Save(ctx, team, c.ID, c.Rev+1, Change{Name: "", Patience: 15})
		want(t, err, apperr.Invalid, "nom")
		if now, err := Find(ctx, d, c.ID); err != nil || now.Name != "COP Grand Est" {
			t.Errorf("%+v %v", now, err)
		}
	})
}

// The préfet of a département leads its COP alone, unless the region chose
// otherwise; the region's heads see it as theirs.
func TestADepartment(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.open2025()
		var bas territory.Dept
		for _, x := range tree(t).Departments() {
			if x.Code == "67" {
				bas = x
			}
		}
		c, err := r.OpenDepartment(ctx, prefet, "2025-r44", bas, false)
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.OpenDepartment(ctx, prefet, "2025-r44", bas, false)
		want(t, err, apperr.Conflict, "déjà sa COP")
		lead := policy.Actor{Person: "prefet67", Grants: []policy.Grant{{Role: policy.DepartmentLead, Department: "67"}}}
		e, act, err := r.AddEvent(ctx, lead, c.ID, NewEvent{Stage: Launch, Mark: Opened, Day: "2026-02-20"})
		if err != nil || act.State != ActRecorded || e.State != Recorded {
			t.Errorf("%+v %+v %v", e, act, err)
		}
		if _, _, err := r.AddEvent(ctx, prefet, c.ID, NewEvent{Stage: Debate, Mark: Opened, Day: "2026-02-25"}); err != nil {
			t.Errorf("the region's head: %v", err)
		}
		cops, err := ListOfRegion(ctx, d, "44")
		if err != nil || len(cops) != 3 || cops[0].ID != "2025-r44" || cops[1].ID != c.ID {
			t.Errorf("%v %+v", err, cops)
		}
		if home, err := OfRegion(ctx, d, "44"); err != nil || home.ID != RegionID(First, "44") {
			t.Errorf("a next cycle moved the pages of the region: %v %s", err, home.ID)
		}
	})
}
