package national_test

import (
	"sync"
	"testing"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/national"
	"jalon/internal/policy"
	"jalon/internal/testkit"
)

// The five figures of 27 May 2024 come with the program, each with its scope,
// and are in no sum.
func TestDeclaredFiguresOfMay2024(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		list := must[[]national.Declared](t)(national.DeclaredAt(ctx, d, "2024-05-27"))
		values := map[float64]bool{}
		for _, x := range list {
			values[x.Value] = true
			if x.Scope == "" || x.Source == "" || x.Day != "2024-05-27" {
				t.Errorf("%+v", x)
			}
			if m := r.metric(x.Metric); r.read("2024-05-27").Nation(m).Known {
				t.Errorf("%s: counted, though nothing was", m.Key)
			}
		}
		for _, v := range []float64{3000, 120, 300, 65, 4000} {
			if !values[v] {
				t.Errorf("%v is not declared", v)
			}
		}
		if list := must[[]national.Declared](t)(national.DeclaredAt(ctx, d, "2024-05-26")); len(list) != 0 {
			t.Errorf("known the day before: %+v", list)
		}
	})
}

var late = national.Declared{Metric: "cop/cop-departementales", Name: "COP départementales", Value: 80, AsPublished: "plus de 80", Unit: "COP", Day: "2025-11-27", Scope: "France entière", Source: "Ministère"}

func TestDeclareAndSupersede(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		for _, a := range []policy.Actor{reader, team, {}} {
			_, err := r.Declare(ctx, a, late)
			if kind := apperr.KindOf(err); kind != apperr.Forbidden && kind != apperr.NotFound {
				t.Errorf("%s declared: %v", a.Person, err)
			}
		}
		for _, change := range []func(*national.Declared){
			func(x *national.Declared) { x.Name = " " }, func(x *national.Declared) { x.Source = "" }, func(x *national.Declared) { x.Scope = "" }, func(x *national.Declared) { x.Day = "2026-03-03" },
			func(x *national.Declared) { x.Day = "hier" }, func(x *national.Declared) { x.Value = -1 }, func(x *national.Declared) { x.Unit, x.Value = "%", 101 }, func(x *national.Declared) { x.URL = "javascript:alert(1)" },
			func(x *national.Declared) { x.Metric = "cop/rien" }, func(x *national.Declared) { x.AsPublished = "" }, func(x *national.Declared) { x.Unit = "" },
		} {
			x := late
			change(&x)
			_, err := r.Declare(ctx, admin, x)
			want(t, err, apperr.Invalid)
		}
		var wg sync.WaitGroup
		kinds := make(chan error, 20)
		for range 20 {
			wg.Go(func() {
				_, err := r.Declare(ctx, admin, late)
				kinds <- err
			})
		}
		wg.Wait()
		close(kinds)
		entered := 0
		for err := range kinds {
			if err == nil {
				entered++
			} else {
				want(t, err, apperr.Conflict)
			}
		}
		id := "2025-11-27-cop-departementales"
		if entered != 1 || r.count(`SELECT COUNT(*) FROM declared_figure_version WHERE id = $1`, id) != 1 {
			t.Fatalf("entered %d times", entered)
		}
		x, _, err := national.FindDeclared(ctx, d, reader, id)
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Supersede(ctx, admin, x, 1, "")
		want(t, err, apperr.Invalid)
		_, err = r.Supersede(ctx, reader, x, 1, "essai")
		want(t, err, apperr.Forbidden)
		x.AsPublished = "environ 85"
		done := make(chan error, 20)
		for range 20 {
			wg.Go(func() {
				_, err := r.Supersede(ctx, admin, x, 1, "précision")
				done <- err
			})
		}
		wg.Wait()
		close(done)
		saved := 0
		for err := range done {
			if err == nil {
				saved++
			} else {
				want(t, err, apperr.Conflict)
			}
		}
		y, versions, err := national.FindDeclared(ctx, d, admin, id)
		if err != nil || saved != 1 || y.Rev != 2 || len(versions) != 2 || versions[0].Reason != "précision" || versions[1].AsPublished != "plus de 80" {
			t.Errorf("saved %d times: %+v %+v %v", saved, y, versions, err)
		}
		_, _, err = national.FindDeclared(ctx, d, team, id)
		want(t, err, apperr.NotFound)
		y.State = national.Withdrawn
		must[national.Declared](t)(r.Supersede(ctx, admin, y, 2, "doublon"))
		for _, x := range must[[]national.Declared](t)(national.DeclaredAt(ctx, d, "2026-03-02")) {
			if x.ID == id {
				t.Error("a withdrawn figure is listed")
			}
		}
		y.ID = "rien"
		_, err = r.Supersede(ctx, admin, y, 1, "essai")
		want(t, err, apperr.NotFound)
	})
}

// A figure of the board is explained to whoever may read the board alone.
func TestFiguresOfTheBoard(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		r := newRoom(t, d)
		r.meet(cop.Plenary, "2026-01-10", n(50), true)
		key := national.FigureKey(national.CountedKey, "region:44", "2026-03-02", cop.First)
		if key != "national/cop/personnes-comptees/region:44/2026-03-02" {
			t.Error(key)
		}
		e, err := r.Figure(ctx, key)
		if err != nil || e.Figure.Value != 50 || !e.Figure.Known() || e.Figure.Unit != "personnes" || e.Page == "" {
			t.Errorf("%+v %v", e, err)
		}
		e, err = r.Figure(ctx, national.FigureKey(national.CountedKey, "region:53", "2026-03-02", cop.First))
		if err != nil || e.Figure.Known() || e.Figure.Reason == "" {
			t.Errorf("%+v %v", e, err)
		}
		e, err = r.Figure(ctx, national.FigureKey(national.CountedKey, "nation", "2026-03-02", cop.First))
		if err != nil || e.Figure.Value != 50 || len(e.Inputs) != 18 {
			t.Errorf("%+v %v", e, err)
		}
		e, err = r.Figure(ctx, national.FigureKey(national.SinceKey, "region:44", "2024-05-27", cop.First))
		if err != nil || e.Figure.Value != 195 || len(e.Inputs) != 1 {
			t.Errorf("%+v %v", e, err)
		}
		_, err = r.Explain(ctx, key) // nobody is known to ask
		want(t, err, apperr.NotFound)
		for _, bad := range []string{"national", "national/cop/personnes-comptees", "autre/cop/personnes-comptees/region:44/2026-03-02", key + "/x/y", "national/cop/personnes-comptees/region:044/2026-03-02", "national/cop/personnes-comptees//2026-03-02", "national/cop/personnes-comptees/region:44/"} {
			_, err := r.Figure(ctx, bad)
			want(t, err, apperr.NotFound)
		}
	})
}
