package plan

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func room(t *testing.T, d *db.DB) *Room {
	t.Helper()
	now := func() time.Time { return noon }
	ids := db.NewIDs(now, rand.Reader)
	m := &Room{DB: d, IDs: ids, Now: now, Journal: journal.New(ids, now, db.NewCursors([]byte("essai")))}
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: m.Journal, Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	return m
}

func team(region string) policy.Actor {
	return policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, region)}}}
}

func sraddet(region string) Plan {
	return Plan{Kind: SRADDET, Territory: "region:" + region, Region: region, Name: "SRADDET", Adopted: "2020-01-24", From: 2019, To: 2050, State: InForce, Source: "Région"}
}

func TestPlansAreKeptWithTheirVersions(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		if _, err := m.Add(ctx, d, team("53"), sraddet("44")); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("the team of another region: %v", err)
		}
		p, err := m.Add(ctx, d, team("44"), sraddet("44"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.AddObjective(ctx, d, team("44"), Objective{Plan: p.ID, Lever: "gestion-haies", Gain: true, BaseYear: 2019, TargetYear: 2030, Target: 4000, Unit: "km", Written: "4 000 km", Page: "112"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.AddObjective(ctx, d, team("53"), Objective{Plan: p.ID, Lever: "biogaz", BaseYear: 2019, TargetYear: 2030, Target: 1, Unit: "TWh"}); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("an objective by another region: %v", err)
		}
		var f *Fault
		if _, err := m.AddObjective(ctx, d, team("44"), Objective{Plan: p.ID, Lever: "biogaz", BaseYear: 2030, TargetYear: 2019, Target: 1, Unit: "TWh"}); !errors.As(err, &f) || f.Field != "target_year" {
			t.Errorf("a target before its base: %v", err)
		}
		found, err := ObjectivesIn(ctx, d, "44")
		if err != nil || len(found) != 1 || found[0].Base.Known || found[0].Base.Reason == "" || !found[0].Gain || found[0].Written != "4 000 km" {
			t.Errorf("%+v %v", found, err)
		}
		o := found[0]
		o.State = "withdrawn"
		if _, err := m.SaveObjective(ctx, d, team("44"), o, "saisi deux fois"); err != nil {
			t.Fatal(err)
		}
		if _, err := m.SaveObjective(ctx, d, team("44"), o, "encore"); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("withdrawn twice: %v", err)
		}
		if found, err := ObjectivesOf(ctx, d, p.ID); err != nil || len(found) != 0 {
			t.Errorf("%+v %v", found, err)
		}
		var versions int
		if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM plan_objective_version WHERE id = $1`, o.ID).Scan(&versions); err != nil || versions != 2 {
			t.Errorf("%d versions, %v", versions, err)
		}
	})
}

// Of twenty people who edit a plan at once, one is kept and the others are told.
func TestTwoPeopleEditAPlan(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), room(t, d)
		p, err := m.Add(ctx, d, team("44"), sraddet("44"))
		if err != nil {
			t.Fatal(err)
		}
		won := make(chan bool, 20)
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				_, err := m.Save(ctx, d, team("44"), p, "relecture")
				if apperr.KindOf(err) == apperr.Conflict {
					return nil
				}
				won <- err == nil
				return err
			})
		}
		if err := g.Wait(); err != nil || len(won) != 1 {
			t.Errorf("%d were kept, %v", len(won), err)
		}
	})
}

// A region aims at a subject that no kilotonne counts by an objective of one of
// its own plans, under its name.
func TestWhatARegionAimsAtBesideKilotonnes(t *testing.T) {
	ctx, d := t.Context(), testkit.DB(t)
	m := room(t, d)
	p, err := m.Add(ctx, d, team("44"), sraddet("44"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.AddObjective(ctx, d, team("44"), Objective{Plan: p.ID, Indicator: "zones humides", Gain: true, BaseYear: 2019, TargetYear: 2030, Target: 2500, Unit: "ha", Page: "9"}); err != nil {
		t.Fatal(err)
	}
	a, err := AimsOf(ctx, d, "44")
	if err != nil {
		t.Fatal(err)
	}
	if text, source := a.For("t26-zones-humides", "Zones humides"); text != "2\u202f500\u00a0ha en 2030, gagnés depuis 2019" || source != "SRADDET, p.\u00a09" {
		t.Errorf("%q %q", text, source)
	}
	if text, _ := a.For("", "Haies"); text != "" {
		t.Errorf("it aims at nothing there: %q", text)
	}
}
