package diagnosis

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/plan"
	"jalon/internal/policy"
	"jalon/internal/restitution"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// reference is what does not depend on a database: read once for all the tests.
var reference = sync.OnceValues(func() (r struct {
	tree  *territory.Tree
	model *panorama.Model
	book  *series.Book
}, err error) {
	if r.tree, err = territory.Embedded(); err != nil {
		return r, err
	}
	fw, err := framework.Load(data.FS)
	if err != nil {
		return r, err
	}
	if r.model, err = panorama.NewModel(r.tree, fw, panorama.Inputs{Tables: data.FS, Version: "essai"}); err != nil {
		return r, err
	}
	r.book, err = series.LoadBook(data.FS)
	return r, err
})

// themed is the room as the program builds it.
func themed(t testing.TB, d *db.DB) *Room {
	t.Helper()
	ref, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	now := noon
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	j := journal.New(ids, now, keys)
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, ref.tree); err != nil {
		t.Fatal(err)
	}
	m := &Room{DB: d, IDs: ids, Now: now, Journal: j, COPs: cops,
		Model: func(context.Context) (*panorama.Model, error) { return ref.model, nil }, Book: func() (*series.Book, error) { return ref.book, nil },
		Own: func(ctx context.Context, at territory.Ref) (panorama.Own, error) {
			return plan.Own(ctx, d, ref.model, at)
		},
		Restitution: &restitution.Room{DB: d, IDs: ids, Now: now, Journal: j, COPs: cops, Tree: func(context.Context) (*territory.Tree, error) { return ref.tree, nil }}}
	cops.OnEnd = map[string]func(context.Context, db.Q, cop.Act) error{cop.ThemesAct: m.EndChoice}
	return m
}

func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

var theCOP = cop.RegionID(cop.First, "44")

func holding(person string, role policy.Role, region string) policy.Actor {
	return policy.Actor{Person: person, Grants: []policy.Grant{{Role: role, COP: cop.RegionID(cop.First, region)}}}
}

var (
	theTeam   = holding("équipe", policy.Team, "44")
	thePrefet = holding("préfet", policy.StateChair, "44")
	theHead   = holding("présidente", policy.RegionChair, "44")
)

func kindIs(t testing.TB, what string, err error, want apperr.Kind) {
	t.Helper()
	if apperr.KindOf(err) != want {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func input(name string, levers ...string) ThemeInput {
	return ThemeInput{Name: name, Kind: OfLevers, Maps: []string{"produire"}, Levers: levers}
}

func TestAListStartsFromTheSixThemesOfThePlan(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		started := must[[]Theme](t)(m.StartThemes(ctx, theTeam, theCOP))
		kept := must[[]Theme](t)(Themes(ctx, d, theCOP))
		if len(started) != 6 || len(kept) != 6 {
			t.Fatalf("%d started, %d kept", len(started), len(kept))
		}
		n := 0
		for i, x := range kept {
			n += len(x.Levers)
			if x.ID != started[i].ID || x.Rev != 1 || x.Position != int64(i+1) || len(x.Maps) != 1 || (len(x.Levers) == 0) != (x.Kind == Cross) {
				t.Errorf("%+v", x)
			}
		}
		lines := must[[]panorama.Line](t)(m.Lines(ctx, "44"))
		if n != len(lines) {
			t.Errorf("%d levers in the six themes, the panorama has %d", n, len(lines))
		}
		_, err := m.StartThemes(ctx, theTeam, theCOP)
		kindIs(t, "started twice", err, apperr.Conflict)
		_, err = m.StartThemes(ctx, holding("experte", policy.Expert, "44"), theCOP)
		kindIs(t, "by who only reads", err, apperr.Forbidden)
		_, err = m.StartThemes(ctx, holding("ailleurs", policy.Team, "53"), theCOP)
		kindIs(t, "by another region", err, apperr.NotFound)

		// La Réunion has levers of its own; a theme of the plan that has none there is
		// a subject that cuts across them: a theme of levers is never empty.
		over := must[[]Theme](t)(m.StartThemes(ctx, holding("outre-mer", policy.Team, "04"), cop.RegionID(cop.First, "04")))
		for _, x := range over {
			for _, l := range x.Levers {
				if !strings.HasPrefix(l, "om-") {
					t.Errorf("%s is no lever of La Réunion", l)
				}
			}
			if (len(x.Levers) == 0) != (x.Kind == Cross) {
				t.Errorf("%+v", x)
			}
		}
		if len(over) != 6 {
			t.Errorf("%d themes in La Réunion", len(over))
		}
	})
}

func TestAThemeIsKeptWithItsVersions(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		x := must[Theme](t)(m.AddTheme(ctx, theTeam, theCOP, input("Énergie", "biogaz", "biogaz")))
		if !slices.Equal(x.Levers, []string{"biogaz"}) {
			t.Errorf("a lever counts once: %v", x.Levers)
		}
		in := input("Énergie et chaleur", "biogaz", "reseaux-chaleur")
		x = must[Theme](t)(m.SaveTheme(ctx, theTeam, x.ID, 1, in, "la chaleur compte"))
		_, err := m.SaveTheme(ctx, theTeam, x.ID, 1, input("Autre", "biogaz"), "")
		kindIs(t, "an old revision", err, apperr.Conflict)

		for field, bad := range map[string]ThemeInput{
			"levers":  {Name: "Vide", Kind: OfLevers, Maps: []string{"produire"}},
			"maps":    {Name: "Nulle part", Kind: OfLevers, Levers: []string{"biogaz"}},
			"subject": {Name: "Sans sujet", Kind: Cross, Maps: []string{"produire"}},
			"name":    {Kind: OfLevers, Maps: []string{"produire"}, Levers: []string{"biogaz"}},
			"kind":    {Name: "Rien", Maps: []string{"produire"}},
		} {
			_, err := m.SaveTheme(ctx, theTeam, x.ID, x.Rev, bad, "")
			var faults ThemeFaults
			if !errors.As(err, &faults) || len(faults) != 1 || faults[0].Field != field || apperr.KindOf(err) != apperr.Invalid {
				t.Errorf("%s: %v", field, err)
			}
		}
		_, err = m.SaveTheme(ctx, theTeam, x.ID, x.Rev, input("Parti", "om-dechets"), "")
		kindIs(t, "a lever of elsewhere", err, apperr.Invalid)

		_, err = m.WithdrawTheme(ctx, theTeam, x.ID, x.Rev, " ")
		kindIs(t, "withdrawn without reason", err, apperr.Invalid)
		x = must[Theme](t)(m.WithdrawTheme(ctx, theTeam, x.ID, x.Rev, "réuni avec un autre"))
		_, err = m.SaveTheme(ctx, theTeam, x.ID, x.Rev, in, "")
		kindIs(t, "a withdrawn one is not edited", err, apperr.Conflict)
		if kept := must[[]Theme](t)(Themes(ctx, d, theCOP)); len(kept) != 0 {
			t.Errorf("withdrawn, and still in the list: %+v", kept)
		}
		x = must[Theme](t)(m.RestoreTheme(ctx, theTeam, x.ID, x.Rev, "finalement à part"))
		past := must[[]Past[Theme]](t)(ThemeHistory(ctx, d, x.ID))
		if len(past) != 4 || past[0].Body.State != ThemeKept || past[1].Reason != "réuni avec un autre" || past[3].Body.Name != "Énergie" {
			t.Errorf("history: %+v", past)
		}
	})
}

func TestTheOrderOfAListIsNoRevisionOfItsThemes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		var ids []string
		for _, name := range []string{"A", "B", "C"} {
			ids = append(ids, must[Theme](t)(m.AddTheme(ctx, theTeam, theCOP, input(name, "biogaz"))).ID)
		}
		order := func() string {
			out := ""
			for _, x := range must[[]Theme](t)(Themes(ctx, d, theCOP)) {
				out += x.Name
				if x.Rev != 1 {
					t.Errorf("%s was moved to revision %d", x.Name, x.Rev)
				}
			}
			return out
		}
		for _, step := range []struct {
			id   string
			down bool
			want string
		}{{ids[2], false, "ACB"}, {ids[2], false, "CAB"}, {ids[2], false, "CAB"}, {ids[0], true, "CBA"}, {ids[0], true, "CBA"}} {
			if err := m.MoveTheme(ctx, theTeam, step.id, step.down); err != nil {
				t.Fatal(err)
			}
			if got := order(); got != step.want {
				t.Errorf("order %s, want %s", got, step.want)
			}
		}
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error { return m.MoveTheme(ctx, theTeam, ids[i%3], i%2 == 0) })
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if got := []byte(order()); len(got) != 3 {
			t.Errorf("twenty moves at once left %s", got)
		}
		seen := map[int64]bool{}
		for _, x := range must[[]Theme](t)(Themes(ctx, d, theCOP)) {
			if seen[x.Position] {
				t.Errorf("two themes at %d", x.Position)
			}
			seen[x.Position] = true
		}
	})
}

func TestWeightsKeepTheirHistoryAndOneOfTwentyWins(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), themed(t, d)
		if w := must[Weights](t)(WeightsOf(ctx, d, theCOP)); w.Rev != 0 || w.By[Gap] != 2 {
			t.Errorf("proposed: %+v", w)
		}
		var won, lost atomic.Int64
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				w := ProposedWeights()
				w.By[Size] = float64(i) / 2
				switch _, err := m.SaveWeights(ctx, theTeam, theCOP, w, "essai"); apperr.KindOf(err) {
				case apperr.Conflict:
					lost.Add(1)
				default:
					if err != nil {
						return err
					}
					won.Add(1)
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || won.Load() != 1 || lost.Load() != 19 {
			t.Fatalf("%v: %d won, %d lost", err, won.Load(), lost.Load())
		}
		w := must[Weights](t)(WeightsOf(ctx, d, theCOP))
		w.By[Size], w.Turned = 3, map[Criterion]bool{Strong: true}
		w = must[Weights](t)(m.SaveWeights(ctx, theTeam, theCOP, w, "le poids d’abord"))
		if again := must[Weights](t)(WeightsOf(ctx, d, theCOP)); again.Rev != 2 || again.By[Size] != 3 || !again.Turned[Strong] {
			t.Errorf("kept: %+v", again)
		}
		if past := must[[]Past[Weights]](t)(WeightsHistory(ctx, d, w.ID)); len(past) != 2 || past[0].Reason != "le poids d’abord" || past[0].Body.By[Size] != 3 {
			t.Errorf("history: %+v", past)
		}
		for _, bad := range []Weights{{Rev: 2, By: map[Criterion]float64{}}, {Rev: 2, By: map[Criterion]float64{Gap: 11}}, {Rev: 2, By: map[Criterion]float64{Gap: -1, Size: 1}}, {Rev: 2, By: map[Criterion]float64{Gap: 1}, Turned: map[Criterion]bool{Gap: true}}} {
			_, err := m.SaveWeights(ctx, theTeam, theCOP, bad, "essai")
			kindIs(t, "bad weights", err, apperr.Invalid)
		}
		_, err := m.SaveWeights(ctx, holding("experte", policy.Expert, "44"), theCOP, w, "essai")
		kindIs(t, "by who only reads", err, apperr.Forbidden)
	})
}
