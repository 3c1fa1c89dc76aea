package action_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/policy"
)

// told keeps what other rooms are told of moves.
func (k *kit) told(out *[]string) func(context.Context, db.Q, action.Action, action.State) error {
	return func(_ context.Context, _ db.Q, x action.Action, from action.State) error {
		*out = append(*out, string(from)+">"+string(x.State))
		return nil
	}
}

// full is a reading of the grid that lets an action in.
func sample(verdict string) action.Assessment {
	return action.Assessment{
		Met: map[string]bool{"born": true, "study": false, "lever": true, "potential": true, "actors": true, "actors.territories": true},
		Why: map[string]string{"born": "Née de l’atelier Haies.", "lever": "Elle plante des haies.", "potential": "Le cinquième de l’ambition.", "actors": "Trois EPCI."}, Verdict: verdict, Reason: "La grille est remplie.",
		Levers: []string{"gestion-haies", "biogaz"}}
}

// whole is an action that lacks nothing but its self-assessment.
func whole(title string) action.Action {
	return action.Action{Kind: action.Sectoral, Title: title, Summary: "Planter des haies avec les agriculteurs.", Levers: []string{"gestion-haies"}, Places: []action.Place{{Territory: "region:44"}}, Holder: action.Party{Name: "Chambre d’agriculture"}}
}

// brought adds an action and brings it to a state by the same acts as people do.
func (k *kit) brought(t *testing.T, title string, to action.State) action.Action {
	t.Helper()
	ctx := t.Context()
	x, err := k.room.Add(ctx, k.db, k.team, k.cop, whole(title))
	step := func(then func() (action.Action, error)) {
		if err == nil && x.State != to {
			x, err = then()
		}
	}
	step(func() (action.Action, error) {
		return k.room.Assess(ctx, k.db, k.team, x.ID, x.Rev, action.SelfTurn, sample(""))
	})
	step(func() (action.Action, error) {
		return k.room.Move(ctx, k.db, k.team, action.Turned{ID: x.ID, Rev: x.Rev, To: action.Proposed})
	})
	step(func() (action.Action, error) {
		return k.room.Assess(ctx, k.db, k.team, x.ID, x.Rev, action.OpinionTurn, sample("favourable"))
	})
	step(func() (action.Action, error) {
		if to == action.Pool {
			return k.room.Decide(ctx, k.db, k.team, x.ID, x.Rev, sample("pool"), "a_travailler")
		}
		return k.room.Decide(ctx, k.db, k.team, x.ID, x.Rev, sample("qualified"), "")
	})
	step(func() (action.Action, error) {
		return k.room.Move(ctx, k.db, k.team, action.Turned{ID: x.ID, Rev: x.Rev, To: action.Debated, Debate: action.Debate{On: "2026-02-20", Reason: "Atelier Haies à Metz."}})
	})
	if err != nil || x.State != to {
		t.Fatalf("brought to %s: %s, %v", to, x.State, err)
	}
	return x
}

// The grid says yes exactly when the founding document does: a new dimension by one
// criterion at least, and structuring by all three.
func TestEligibleIsTheRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		flip := func(name string) bool { return rapid.Bool().Draw(t, name) }
		k := rapid.SampledFrom([]action.Kind{action.Sectoral, action.CrossCutting}).Draw(t, "kind")
		a := &action.Assessment{Met: map[string]bool{}, Why: map[string]string{}}
		for _, c := range action.Criteria(k) {
			a.Met[c.Code] = flip(c.Code)
			for _, w := range c.Ways {
				a.Met[w.Code] = flip(w.Code)
			}
		}
		a.Why["actors.other"] = rapid.SampledFrom([]string{"", "  ", "Un club d’entreprises."}).Draw(t, "other")
		a.Levers = rapid.SliceOfN(rapid.SampledFrom([]string{"biogaz", "gestion-haies", "covoiturage"}), 0, 4).Draw(t, "levers")
		distinct := map[string]bool{}
		for _, l := range a.Levers {
			distinct[l] = true
		}
		fresh := a.Met["born"] || a.Met["study"] || a.Met["amplified"] && (a.Met["amplified.method"] || a.Met["amplified.structure"] || a.Met["amplified.simplification"])
		several := a.Met["actors"] && (a.Met["actors.territories"] || a.Met["actors.actors"] || a.Met["actors.deployment"] || a.Met["actors.other"] && strings.TrimSpace(a.Why["actors.other"]) != "")
		lever := a.Met["lever"] && (k == action.Sectoral || len(distinct) >= 2)
		want := fresh && lever && a.Met["potential"] && several
		if got, lacks := action.Eligible(a, k); got != want || got != (len(lacks) == 0) {
			t.Fatalf("got %v %q, want %v", got, lacks, want)
		}
	})
	if ok, lacks := action.Eligible(nil, action.Sectoral); ok || len(lacks) != 4 {
		t.Errorf("nothing said: %v %q", ok, lacks)
	}
}

// Nobody moves by hand what is retained, waits for both heads, is merged or withdrawn.
func TestRetainedMovesNoMore(t *testing.T) {
	team := over("équipe", policy.Team, "44")
	thing := policy.Thing{Kind: policy.Action, COPs: []string{team.Grants[0].COP}}
	for _, from := range action.States() {
		got := action.Reachable(team, action.Action{State: from}, thing)
		still := slices.Contains([]action.State{action.Retained, action.Retaining, action.Merged, action.Withdrawn}, from)
		if still != (len(got) == 0) {
			t.Errorf("from %s: %v", from, got)
		}
		for _, to := range action.States() {
			if lacks := action.Missing(action.Guards(action.Action{State: from}, to)); from == action.Retained && len(lacks) == 0 {
				t.Errorf("retained may become %s", to)
			}
		}
	}
	if got := action.Reachable(policy.Actor{}, action.Action{State: action.Debated}, thing); len(got) != 0 {
		t.Errorf("anyone: %v", got)
	}
}

// A proposal says beforehand what lacks, then goes its whole way; each turn is a
// version, and other rooms are told of each move.
func TestFromADraftToTheDebate(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		var told []string
		k.room.OnState = append(k.room.OnState, k.told(&told))
		x, err := k.room.Add(ctx, k.db, k.team, k.cop, action.Action{Kind: action.Sectoral, Title: "Planter des haies"})
		if err != nil {
			t.Fatal(err)
		}
		if lacks := action.Missing(action.Guards(x, action.Proposed)); len(lacks) != 5 {
			t.Errorf("lacks: %q", lacks)
		}
		var u *action.Unready
		if _, err := k.room.Move(ctx, k.db, k.team, action.Turned{ID: x.ID, Rev: x.Rev, To: action.Proposed}); !errors.As(err, &u) || len(u.Lacks) != 5 {
			t.Errorf("proposed too early: %v", err)
		}
		p := k.brought(t, "Haies du Sundgau", action.Proposed)
		stranger := over("autre", policy.Team, "84")
		if _, err := k.room.Assess(ctx, k.db, stranger, p.ID, p.Rev, action.OpinionTurn, sample("favourable")); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("another region: %v", err)
		}
		if _, err := k.room.Decide(ctx, k.db, k.team, p.ID, p.Rev, sample("qualified"), ""); !errors.As(err, &u) {
			t.Errorf("decided without an opinion: %v", err)
		}
		p, err = k.room.Assess(ctx, k.db, k.team, p.ID, p.Rev, action.OpinionTurn, sample("reserved"))
		if err != nil {
			t.Fatal(err)
		}
		poor := sample("qualified")
		poor.Met["potential"] = false
		if _, err := k.room.Decide(ctx, k.db, k.team, p.ID, p.Rev, poor, ""); !errors.As(err, &u) {
			t.Errorf("qualified against the grid: %v", err)
		}
		poor.Verdict = "pool"
		if _, err := k.room.Decide(ctx, k.db, k.team, p.ID, p.Rev, poor, "ailleurs"); !errors.As(err, &u) {
			t.Errorf("an unknown status of the vivier: %v", err)
		}
		v, err := k.room.Decide(ctx, k.db, k.team, p.ID, p.Rev, poor, "hors_cop_mais_crte")
		if err != nil || v.State != action.Pool || v.PoolState != "hors_cop_mais_crte" {
			t.Fatalf("%+v %v", v, err)
		}
		back, err := k.room.Move(ctx, k.db, k.team, action.Turned{ID: v.ID, Rev: v.Rev, To: action.Proposed, Reason: "Deux EPCI s’y joignent."})
		if err != nil || back.State != action.Proposed || back.PoolState != "" || back.Grid.Decision != nil || back.Grid.Self == nil {
			t.Fatalf("back from the vivier: %+v %v", back, err)
		}
		k.brought(t, "Haies de la Meuse", action.Debated)
		if want := []string{"draft>proposed", "proposed>pool", "pool>proposed", "draft>proposed", "proposed>qualified", "qualified>debated"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}

// Of twenty people who decide of one action at once, one wins and the others read so.
func TestOneDecisionOfMany(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		x := k.brought(t, "Haies", action.Proposed)
		x, err := k.room.Assess(ctx, k.db, k.team, x.ID, x.Rev, action.OpinionTurn, sample("favourable"))
		if err != nil {
			t.Fatal(err)
		}
		var won atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				var err error
				switch i % 3 {
				case 0:
					_, err = k.room.Decide(ctx, k.db, k.team, x.ID, x.Rev, sample("qualified"), "")
				case 1:
					_, err = k.room.Decide(ctx, k.db, k.team, x.ID, x.Rev, sample("pool"), "a_remonter")
				default:
					_, err = k.room.Move(ctx, k.db, k.team, action.Turned{ID: x.ID, Rev: x.Rev, To: action.Withdrawn})
				}
				if err == nil {
					won.Add(1)
				} else if apperr.KindOf(err) != apperr.Conflict {
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 {
			t.Errorf("%d won, %v", won.Load(), err)
		}
	})
}

// A cross-cutting action has a theme in place of a lever, and names the levers that it
// serves; none of them is counted.
func TestACrossCuttingActionServesSeveralLevers(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		in := whole("Former aux métiers")
		in.Kind, in.Levers, in.Cross = action.CrossCutting, nil, "emploi-competences"
		x, err := k.room.Add(ctx, k.db, k.team, k.cop, in)
		if err != nil {
			t.Fatal(err)
		}
		x, err = k.room.Assess(ctx, k.db, k.team, x.ID, x.Rev, action.SelfTurn, sample(""))
		if err != nil || x.Central() != "" || len(x.Levers) != 2 {
			t.Fatalf("%+v %v", x, err)
		}
		if lacks := action.Missing(action.Guards(x, action.Proposed)); len(lacks) != 0 {
			t.Errorf("lacks %q", lacks)
		}
		if err := k.room.SaveCross(ctx, k.team, k.cop, action.CrossTheme{Name: "Culture  et climat"}); err != nil {
			t.Fatal(err)
		}
		if err := k.room.SaveCross(ctx, k.team, k.cop, action.CrossTheme{Name: "culture et climat"}); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("the same name twice: %v", err)
		}
		if err := k.room.SaveCross(ctx, k.team, k.cop, action.CrossTheme{Code: "sante", Name: "Santé-environnement"}); err != nil {
			t.Fatal(err)
		}
		if err := k.room.SaveCross(ctx, k.team, k.cop, action.CrossTheme{Code: "sante", Name: "Autre"}); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("the second writer: %v", err)
		}
		all, err := action.CrossThemes(ctx, k.db, k.cop.ID)
		if err != nil || action.CrossName(all, "sante") != "Santé-environnement" || action.CrossName(all, "culture-et-climat") != "Culture et climat" {
			t.Errorf("%+v %v", all, err)
		}
	})
}
