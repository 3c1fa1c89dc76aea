package objective

import (
	"errors"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// Of twenty people who propose the same list, or write the same objective, at once,
// one wins and the others read so.
func TestOneOfManyWins(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, model := table(t, d)
		p := place(t, d, model, "44", "region:44")
		race := func(what string, do func(i int) error) {
			var won atomic.Int64
			var g errgroup.Group
			for i := range 20 {
				g.Go(func() error {
					switch err := do(i); {
					case err == nil:
						won.Add(1)
					case apperr.KindOf(err) != apperr.Conflict:
						return err
					}
					return nil
				})
			}
			if err := g.Wait(); err != nil || won.Load() != 1 {
				t.Errorf("%s: %d won, %v", what, won.Load(), err)
			}
		}
		race("created", func(int) error { _, err := m.Put(ctx, team, p, kt("biogaz", "700", 0)); return err })
		race("changed", func(int) error { _, err := m.Put(ctx, team, p, kt("biogaz", "701", 1)); return err })
		race("a dissent from what the State offers, or a value meanwhile", func(i int) error {
			if i == 7 {
				_, err := m.Put(ctx, team, p, kt("covoiturage", "50", 0))
				return err
			}
			_, err := m.Dissent(ctx, team, p, NewDissent{Lever: "covoiturage", Party: "citoyens", Name: "Assemblée", Text: "Trop peu.", OfOffered: true})
			return err
		})
		line, _ := p.Line("voitures-electriques")
		race("proposed, or changed meanwhile", func(i int) error {
			if i == 7 {
				_, err := m.Put(ctx, team, p, kt("biogaz", "702", 2))
				return err
			}
			a := []policy.Actor{state, region}[i%2]
			_, err := m.ProposeSharing(ctx, a, p, []Pick{{Lever: "biogaz", Rev: 2}, {Lever: "voitures-electriques", AsOffered: true, Kg: line.Objective.Kg}})
			return err
		})
	})
}

// A subject of biodiversity is put on the table by a level alone, shared like a lever,
// and is in no sum; a share above 100 % is asked to be confirmed.
func TestASubjectHasALevelAlone(t *testing.T) {
	book, err := series.LoadBook(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, model := table(t, d)
		bare := place(t, d, model, "44", "region:44")
		p := bare.WithSubjects(book)
		const code = "nature-aires-protegees"
		if p.Aim(code) == "" || len(p.SubjectLines(nil, true)) < 8 {
			t.Fatalf("subjects: %+v", p.subjects)
		}
		in := NewValue{Lever: code, Measure: InLevel, Typed: "130", Reason: "Plus."}
		_, err := m.Put(ctx, team, bare, in)
		kind(t, "where subjects were not read", err, apperr.NotFound)
		_, err = m.Put(ctx, team, p, in)
		var u *Unconfirmed
		if !errors.As(err, &u) {
			t.Errorf("130 %%: %v", err)
		}
		in.Measure, in.Typed = InKt, "3"
		_, err = m.Put(ctx, team, p, in)
		kind(t, "in kt", err, apperr.Invalid)
		in.Measure, in.Typed = InLevel, "32,5"
		o, err := m.Put(ctx, team, p, in)
		if err != nil || o.Value.Kg.Known || o.Value.Level.V != 32.5 || o.Value.Unit != "%" {
			t.Fatalf("%+v %v", o, err)
		}
		_, err = m.ProposeSharing(ctx, team, p, []Pick{{Lever: "nature-bio", AsOffered: true}})
		kind(t, "nothing is offered", err, apperr.Invalid)
		s, err := m.ProposeSharing(ctx, team, p, []Pick{{Lever: code, Rev: 1}})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range []policy.Actor{state, region} {
			if _, err := m.COPs.Consent(ctx, a, s.Act); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := OfCOP(ctx, d, p.COP.ID)
		if err != nil || len(rows) != 1 || rows[0].SharedValue.Level.V != 32.5 || rows[0].SharedValue.Kg.Known {
			t.Fatalf("%+v %v", rows, err)
		}
		if g := GaugeOf(p.Lines(rows, true)); g.Put != 0 || g.SharedLevers != 0 {
			t.Errorf("a subject is in the sum: %+v", g)
		}
	})
}

// An edit that comes while a list is proposed is refused, or makes the list stale: never both kept.
func TestAnEditAndASharingAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		m, model := table(t, d)
		p := place(t, d, model, "44", "region:44")
		for round := range 5 {
			codes := []string{"biogaz", "voitures-electriques", "gestion-haies", "produits-bois", "elevage-durable"}
			o, err := m.Put(ctx, team, p, kt(codes[round], "10", 0))
			if err != nil {
				t.Fatal(err)
			}
			var kept atomic.Int64
			var g errgroup.Group
			for i := range 20 {
				g.Go(func() error {
					var err error
					if i%2 == 0 {
						_, err = m.Put(ctx, team, p, kt(codes[round], "11", o.Rev))
					} else {
						_, err = m.ProposeSharing(ctx, state, p, []Pick{{Lever: codes[round], Rev: o.Rev}})
					}
					if err == nil {
						kept.Add(1)
					} else if apperr.KindOf(err) != apperr.Conflict {
						return err
					}
					return nil
				})
			}
			if err := g.Wait(); err != nil || kept.Load() != 1 {
				t.Errorf("%d kept, %v", kept.Load(), err)
			}
		}
	})
}

// Emissions that were imported bound a value in the territory that they make up.
func TestImportedEmissionsBoundAValue(t *testing.T) {
	tree := func(t *testing.T, d *db.DB) *panorama.Model {
		t.Helper()
		_, m := table(t, d)
		return m
	}
	d := testkit.Open(t, db.SQLite)
	was := tree(t, d)
	communes, err := was.Tree().CommunesOf(territory.Ref{Scale: territory.EPCI, Code: "246700488"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := panorama.NewModel(was.Tree(), was.Framework(), panorama.Inputs{Tables: data.FS, Version: "essai",
		Emissions: []panorama.Emission{{EPCI: "246700488", Sector: "dechets", Year: 2019, Kg: 12 * panorama.KgPerKt}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.SectorEmissions(communes, "dechets"); !got.Known || got.Kg != 12*panorama.KgPerKt {
		t.Errorf("%+v", got)
	}
	for what, got := range map[string]panorama.Amount{"another sector": m.SectorEmissions(communes, "energie"), "a part of the EPCI": m.SectorEmissions(communes[1:], "dechets"), "nothing": m.SectorEmissions(nil, "dechets"), "nothing imported": was.SectorEmissions(communes, "dechets")} {
		if got.Known || got.Reason == "" {
			t.Errorf("%s: %+v", what, got)
		}
	}
	c, err := cop.Find(t.Context(), d, cop.RegionID(cop.First, "44"))
	if err != nil {
		t.Fatal(err)
	}
	free, err := territory.CreatePerimeter(t.Context(), d, was.Tree(), "crte", territory.PerimeterInput{Kind: territory.CRTE, Name: "CRTE", Members: []string{"246700488"}}, territory.Act{By: "x", Reason: "essai"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := PlaceOf(t.Context(), d, m, c, territory.Ref{Scale: territory.Perimeter, Code: free.ID})
	if err != nil {
		t.Fatal(err)
	}
	line, _ := p.Line("captage-methane")
	if c := p.Ceiling(line, Value{Kg: kg(13)}); !c.Above() || c.Nothing {
		t.Errorf("%+v", c)
	}
	if c := p.Ceiling(line, Value{Kg: kg(11)}); c.Above() {
		t.Errorf("%+v", c)
	}
}
