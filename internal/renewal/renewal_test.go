package renewal_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/action/coverage"
	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/link"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/renewal"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// kit is Grand Est with its COPs of three cycles, as the program builds them.
type kit struct {
	*renewal.Room
	d                db.Q
	first, next, far cop.COP // 2023-24, 2026, 2025
	team, nation     policy.Actor
}

func newKit(t testing.TB, d *db.DB) *kit {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 9, 2, 12, 0, 0, 0, time.UTC) }
	ids := db.NewIDs(now, rand.Reader)
	cursors := db.NewCursors([]byte("essai"))
	j := journal.New(ids, now, cursors)
	store := panorama.NewStore(d, data.FS, func(ctx context.Context) (*territory.Tree, error) { return territory.LoadActive(ctx, d) })
	m, err := store.Model(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: cursors, Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, m.Tree()); err != nil {
		t.Fatal(err)
	}
	book, err := series.LoadBook(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	k := &kit{d: d, nation: policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}, team: policy.Actor{Person: "équipe"}}
	for _, cycle := range []string{"2025", "2026"} {
		if _, err := cops.OpenCycle(t.Context(), k.nation, cycle, m.Tree()); err != nil {
			t.Fatal(err)
		}
	}
	for cycle, to := range map[string]*cop.COP{cop.First: &k.first, "2025": &k.far, "2026": &k.next} {
		if *to, err = cop.FindIn(t.Context(), d, cycle, "region:44"); err != nil {
			t.Fatal(err)
		}
		k.team.Grants = append(k.team.Grants, policy.Grant{Role: policy.Team, COP: to.ID})
	}
	k.Room = &renewal.Room{DB: d, IDs: ids, Now: now, Journal: j, COPs: cops, Model: store.Model,
		Adaptation: &adaptation.Room{DB: d, IDs: ids, Now: now, Journal: j, COPs: cops, Model: store.Model},
		Register:   &action.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: cursors, COPs: cops, Links: &link.Links{IDs: ids, Now: now}},
		Knowledge:  &knowledge.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: cursors},
		Coverage:   &coverage.Room{DB: d, Now: now, Model: store.Model, Book: func() (*series.Book, error) { return book, nil }},
		Subjects: func(_ context.Context, _ db.Q, copID string) ([]renewal.Subject, error) {
			if copID != cop.RegionID(cop.First, "44") {
				return nil, nil
			}
			return []renewal.Subject{{ID: "sujet", Title: "Parler d’eau", Text: "Elle manquait.", Public: true}}, nil
		}}
	return k
}

func each(t *testing.T, do func(t *testing.T, k *kit)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { do(t, newKit(t, d)) })
}

// retained keeps an action that both heads retained: the state is set as their list does.
func (k *kit) retained(t testing.TB, x action.Action) action.Action {
	t.Helper()
	x.Kind, x.State = action.Sectoral, action.Proposed
	if x.Places == nil {
		x.Places = []action.Place{{Territory: "department:67"}}
	}
	x, err := k.Register.Add(t.Context(), k.DB, k.team, k.first, x)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{`UPDATE action SET state = 'retained' WHERE id = $1`, `UPDATE action_impact SET state = 'retained' WHERE action_id = $1`} {
		if _, err := k.DB.Exec(t.Context(), text, x.ID); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

func value(v float64) *float64 { return &v }

// cars is an action that the crosswalk leads to one lever of 2026, with its quantity.
func (k *kit) cars(t testing.TB) action.Action {
	kg := panorama.Kg(1)
	return k.retained(t, action.Action{Title: "Bornes de recharge", Levers: []string{"voitures-electriques", "covoiturage"}, Starts: "2025", Ends: "2029", Holder: action.Party{Name: "Région"},
		Tasks:   []action.Task{{ID: "1", Title: "Étude", Done: "2025-02-01"}, {ID: "2", Title: "Travaux"}},
		Impacts: []action.Impact{{Lever: "voitures-electriques", Class: action.Quantified, Quantity: value(2_000), Unit: "tCO₂e", How: "calculé par le syndicat d’énergie", Kg: &kg}, {Lever: "covoiturage", Class: action.Unassessed}}})
}

func (k *kit) propose(t testing.TB, c cop.COP, from string) renewal.Proposal {
	t.Helper()
	p, err := k.Propose(t.Context(), k.DB, k.team, c, from)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func item(t testing.TB, p renewal.Proposal, k renewal.Kind, source string) renewal.Item {
	t.Helper()
	i := slices.IndexFunc(p.Items, func(x renewal.Item) bool { return x.Kind == k && x.Source == source })
	if i < 0 {
		t.Fatalf("no %s %s is proposed", k, source)
	}
	return p.Items[i]
}

// A COP is begun from the first one: what was not finished becomes proposals that know
// where they come from, levers go through the crosswalk, what it does not map waits for
// the team, and the earlier COP does not change.
func TestACOPBeginsFromTheLast(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		cars := k.cars(t)
		bikes := k.retained(t, action.Action{Title: "Pistes cyclables", Levers: []string{"velo-transports-commun"}})
		over := k.retained(t, action.Action{Title: "Chaufferie", Levers: []string{"biogaz"}, Status: "done"})
		hedges := k.retained(t, action.Action{Title: "Planter", Levers: []string{"gestion-haies"}})

		p := k.propose(t, k.next, k.first.ID)
		if all, goes, done, waits := p.Count(renewal.Actions); all != 3 || goes != 2 || done != 0 || waits != 1 {
			t.Fatalf("%d actions, %d go, %d done, %d wait", all, goes, done, waits)
		}
		if slices.ContainsFunc(p.Items, func(x renewal.Item) bool { return x.Source == over.ID }) {
			t.Error("what is finished is proposed again")
		}
		if x := item(t, p, renewal.Actions, bikes.ID); !strings.Contains(x.Lack, "attend votre choix") {
			t.Errorf("a lever that was split waits for nobody: %q", x.Lack)
		}
		if x := item(t, p, renewal.Actions, cars.ID); !strings.Contains(x.Note, "1\u00a0apport recalculé") {
			t.Errorf("the impact is not computed again: %q", x.Note)
		}
		item(t, p, renewal.Subjects, "sujet")

		x, err := k.Choose(ctx, k.team, k.next.ID, k.first.ID, 0, renewal.Choices{
			Left:   map[string]bool{"action/" + hedges.ID: true},
			Levers: map[string]renewal.Settled{"velo-transports-commun": {Way: renewal.ToLever, To: "t26-mobilites-actives"}}})
		if err != nil {
			t.Fatal(err)
		}
		p = k.propose(t, k.next, "")
		out, err := k.Apply(ctx, k.team, k.next.ID, x.Rev, p.Digest())
		if err != nil {
			t.Fatal(err)
		}
		if out.Count[renewal.Actions] != 2 || out.Count[renewal.Subjects] != 1 {
			t.Errorf("carried: %v", out.Count)
		}
		from, err := renewal.CarriedFrom(ctx, k.DB, renewal.Actions, cars.ID)
		if err != nil || len(from) != 1 {
			t.Fatalf("%v %v", from, err)
		}
		made, c, err := action.Find(ctx, k.DB, k.team, from[0].Made)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case c.ID != k.next.ID || made.Seq != 1 || made.State != action.Proposed || made.Follows() != cars.ID:
			t.Errorf("the action is not one of the new COP: %+v", made)
		case !slices.Equal(made.Levers, []string{"t26-voitures-electriques", "t26-covoiturage"}):
			t.Errorf("levers: %v", made.Levers)
		case len(made.Tasks) != 1 || made.Tasks[0].Title != "Travaux":
			t.Errorf("tasks: %v", made.Tasks)
		case len(made.Impacts) != 2 || made.Impacts[0].Kg == nil || *made.Impacts[0].Kg != 2_000_000 || made.Impacts[1].Class != action.Unassessed:
			t.Errorf("impacts: %+v", made.Impacts)
		case !strings.Contains(made.Impacts[0].How, "COP 2023-24"):
			t.Errorf("the impact does not say where it comes from: %q", made.Impacts[0].How)
		}
		if from, err = renewal.CarriedFrom(ctx, k.DB, renewal.Actions, bikes.ID); err != nil || len(from) != 1 {
			t.Fatalf("%v %v", from, err)
		}
		if made, _, err = action.Find(ctx, k.DB, k.team, from[0].Made); err != nil || made.Central() != "t26-mobilites-actives" {
			t.Errorf("what was settled by hand is not followed: %v %v", made.Levers, err)
		}
		was, _, err := action.Find(ctx, k.DB, k.team, cars.ID)
		if err != nil || was.Rev != cars.Rev || was.Central() != "voitures-electriques" {
			t.Errorf("the earlier COP changed: %+v %v", was, err)
		}
		next, err := renewal.Nexts(ctx, k.DB, k.first.ID)
		if err != nil || len(next) != 1 || next[0].COP != k.next.ID {
			t.Errorf("the earlier COP does not say what follows it: %v %v", next, err)
		}

		// Again: nothing twice; what was left may be taken later.
		p = k.propose(t, k.next, "")
		if _, err := k.Apply(ctx, k.team, k.next.ID, p.Renewal.Rev, p.Digest()); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("applied again with nothing to carry: %v", err)
		}
		if _, err := k.Apply(ctx, k.team, k.next.ID, x.Rev, p.Digest()); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("a replay is taken: %v", err)
		}
		if x, err = k.Choose(ctx, k.team, k.next.ID, k.first.ID, p.Renewal.Rev, renewal.Choices{Levers: p.Renewal.Choices.Levers}); err != nil {
			t.Fatal(err)
		}
		p = k.propose(t, k.next, "")
		if out, err = k.Apply(ctx, k.team, k.next.ID, x.Rev, p.Digest()); err != nil || out.Count[renewal.Actions] != 1 || len(out.Count) != 1 {
			t.Errorf("what was left is not taken later, alone: %v %v", out.Count, err)
		}
	})
}

// Nothing of the list of 2023-24 is in that of adaptation: each lever is settled by hand,
// made cross-cutting, or left behind with a reason that the page says.
func TestWhatDoesNotMapIsSettledByHand(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		cars := k.cars(t)
		hedges := k.retained(t, action.Action{Title: "Planter", Levers: []string{"gestion-haies"}})
		p := k.propose(t, k.far, "")
		if len(p.Levers) != 3 || slices.ContainsFunc(p.Levers, func(l renewal.LeverLine) bool { return l.Way != framework.Unmapped || !l.Open() }) {
			t.Fatalf("levers: %+v", p.Levers)
		}
		to := p.Options()[0].Code
		for name, c := range map[string]struct {
			code string
			said renewal.Settled
		}{
			"no reason":         {"gestion-haies", renewal.Settled{Way: renewal.Behind, Reason: " "}},
			"an unknown way":    {"gestion-haies", renewal.Settled{Way: "magic"}},
			"an unknown lever":  {"gestion-haies", renewal.Settled{Way: renewal.ToLever, To: "l99"}},
			"a lever of before": {"gestion-haies", renewal.Settled{Way: renewal.ToLever, To: "covoiturage"}},
			"a book":            {"gestion-haies", renewal.Settled{Way: renewal.Behind, Reason: strings.Repeat("é", 1_001)}},
		} {
			var fault *renewal.Fault
			if _, err := k.Choose(ctx, k.team, k.far.ID, k.first.ID, 0, renewal.Choices{Levers: map[string]renewal.Settled{c.code: c.said}}); !errors.As(err, &fault) {
				t.Errorf("%s: %v", name, err)
			}
		}
		x, err := k.Choose(ctx, k.team, k.far.ID, k.first.ID, 0, renewal.Choices{Theme: "adaptation", Levers: map[string]renewal.Settled{
			"voitures-electriques": {Way: renewal.ToCross}, "gestion-haies": {Way: renewal.ToLever, To: to}, "covoiturage": {Way: renewal.Behind, Reason: "hors sujet"}}})
		if err != nil {
			t.Fatal(err)
		}
		p = k.propose(t, k.far, "")
		if _, err := k.Apply(ctx, k.team, k.far.ID, x.Rev, p.Digest()); err != nil {
			t.Fatal(err)
		}
		for source, want := range map[string]func(action.Action) bool{
			cars.ID: func(x action.Action) bool {
				return x.Kind == action.CrossCutting && x.Cross == "adaptation" && len(x.Levers) == 0 && len(x.Impacts) == 0
			},
			hedges.ID: func(x action.Action) bool { return x.Central() == to && x.Kind == action.Sectoral },
		} {
			from, err := renewal.CarriedFrom(ctx, k.DB, renewal.Actions, source)
			if err != nil || len(from) != 1 {
				t.Fatalf("%v %v", from, err)
			}
			if made, _, err := action.Find(ctx, k.DB, k.team, from[0].Made); err != nil || !want(made) {
				t.Errorf("%+v %v", made, err)
			}
		}
	})
}

// What moved since it was read is not carried: another choice, an action that somebody
// edits meanwhile; another region's team never is.
func TestWhatMovedIsNotCarried(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		cars := k.cars(t)
		x, err := k.Choose(ctx, k.team, k.next.ID, k.first.ID, 0, renewal.Choices{})
		if err != nil {
			t.Fatal(err)
		}
		p := k.propose(t, k.next, "")
		edited := cars
		edited.Title = "Bornes de recharge rapide"
		if _, err := k.Register.Save(ctx, k.DB, k.team, edited, "précision"); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Apply(ctx, k.team, k.next.ID, x.Rev, p.Digest()); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("an action that moved is carried as it was: %v", err)
		}
		if _, err := k.Choose(ctx, k.team, k.next.ID, k.first.ID, 0, renewal.Choices{}); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("choices of who read nothing replace others: %v", err)
		}
		if _, err := k.Choose(ctx, k.team, k.next.ID, "2023-24-r53", x.Rev, renewal.Choices{}); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("the COP of another region is taken: %v", err)
		}
		if _, err := k.Choose(ctx, k.team, k.next.ID, k.next.ID, x.Rev, renewal.Choices{}); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a COP follows itself: %v", err)
		}
		if _, err := k.Propose(ctx, k.DB, k.team, k.first, ""); err == nil {
			t.Error("the first COP has one before it")
		}
		stranger := policy.Actor{Person: "voisine", Grants: []policy.Grant{{Role: policy.Team, COP: "2026-r53"}, {Role: policy.Team, COP: "2023-24-r53"}}}
		for name, err := range map[string]error{
			"propose": second(k.Propose(ctx, k.DB, stranger, k.next, "")),
			"choose":  second(k.Choose(ctx, stranger, k.next.ID, k.first.ID, x.Rev, renewal.Choices{})),
			"apply":   second(k.Apply(ctx, stranger, k.next.ID, x.Rev, k.propose(t, k.next, "").Digest())),
			"nobody":  second(k.Apply(ctx, policy.Actor{}, k.next.ID, x.Rev, "")),
		} {
			if kind := apperr.KindOf(err); kind != apperr.NotFound && kind != apperr.Forbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
		if all, err := renewal.CarriedTo(ctx, k.DB, k.next.ID); err != nil || len(all) != 0 {
			t.Errorf("something was carried: %v %v", all, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// Of twenty who apply at once, one does; the others are told, and nothing is twice.
func TestTwentyApplyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		k.cars(t)
		x, err := k.Choose(ctx, k.team, k.next.ID, k.first.ID, 0, renewal.Choices{})
		if err != nil {
			t.Fatal(err)
		}
		digest := k.propose(t, k.next, "").Digest()
		errs := make([]error, 20)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { errs[i] = second(k.Apply(ctx, k.team, k.next.ID, x.Rev, digest)) })
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			switch {
			case err == nil:
				done++
			case apperr.KindOf(err) != apperr.Conflict:
				t.Errorf("one of twenty: %v", err)
			}
		}
		list, err := action.InStates(ctx, k.DB, k.next.ID, action.Proposed)
		if err != nil || done != 1 || len(list) != 1 {
			t.Errorf("%d applied, %d actions, %v", done, len(list), err)
		}
	})
}

// A crosswalk that the nation sends is tried, then put in force: what it says is read
// from then on, and one that has a bad line never is.
func TestTheNationSendsACrosswalk(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		k.retained(t, action.Action{Title: "Planter", Levers: []string{"gestion-haies"}})
		to := lastOption(k.propose(t, k.far, ""))
		const head = "from;to;kind;reason;source;to_version\n"
		good, err := k.Try(ctx, k.nation, "haies.csv", []byte(head+"gestion-haies;"+to+";part-of;Même objet.;jalon;2025-adaptation\n"))
		if err != nil {
			t.Fatal(err)
		}
		if p := k.propose(t, k.far, ""); !p.Levers[0].Open() {
			t.Error("a crosswalk on trial is read")
		}
		bad, err := k.Try(ctx, k.nation, "boucle.csv", []byte(head+"velo-transports-commun;t26-transports-commun;part-of;Essai.;jalon;2026\n"))
		if err != nil {
			t.Fatal(err)
		}
		if j, err := k.Judge(ctx, bad); err != nil || j.Good || j.Refuse != 1 || !strings.Contains(j.Lines[0].Reason, "tourne en rond") {
			t.Errorf("a loop is not told: %+v %v", j, err)
		}
		if err := k.Turn(ctx, k.nation, bad.ID, bad.Rev, renewal.Current, "essai"); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("a loop is put in force: %v", err)
		}
		if err := k.Turn(ctx, k.nation, good.ID, good.Rev, renewal.Current, " "); err == nil {
			t.Error("put in force without a word")
		}
		if err := k.Turn(ctx, k.nation, good.ID, good.Rev, renewal.Current, "demandée par les régions"); err != nil {
			t.Fatal(err)
		}
		if err := k.Turn(ctx, k.nation, good.ID, good.Rev, renewal.Withdrawn, "rejoué"); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("a replay: %v", err)
		}
		if p := k.propose(t, k.far, ""); p.Levers[0].Open() || p.Levers[0].Settled.To != to {
			t.Errorf("the crosswalk in force is not read: %+v", p.Levers[0])
		}
		for name, err := range map[string]error{
			"a team":        second(k.Try(ctx, k.team, "a.csv", []byte(head))),
			"a team's turn": k.Turn(ctx, k.team, good.ID, 2, renewal.Withdrawn, "non"),
		} {
			if kind := apperr.KindOf(err); kind != apperr.NotFound && kind != apperr.Forbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := k.Try(ctx, k.nation, "x.csv", []byte("rien")); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("what is no crosswalk: %v", err)
		}
	})
}

// lastOption is a lever of the new referential that no crosswalk speaks of.
func lastOption(p renewal.Proposal) string {
	all := p.Options()
	return all[len(all)-1].Code
}
