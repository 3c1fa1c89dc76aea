package aid_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/intake"
	"jalon/internal/jobs"
	"jalon/internal/journal"
	"jalon/internal/knowledge"
	"jalon/internal/mail"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/support/aid"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// kit is the catalogue with its COPs, as the program builds it.
type kit struct {
	db     *db.DB
	room   *aid.Room
	tree   *territory.Tree
	model  *panorama.Model
	cop    cop.COP
	now    time.Time
	nation policy.Actor
	team   policy.Actor
}

func newKit(t testing.TB, d *db.DB) *kit {
	t.Helper()
	k := &kit{db: d, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return k.now }
	ids := db.NewIDs(now, rand.Reader)
	j := journal.New(ids, now, db.NewCursors([]byte("essai")))
	store := panorama.NewStore(d, data.FS, func(ctx context.Context) (*territory.Tree, error) { return territory.LoadActive(ctx, d) })
	m, err := store.Model(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, m.Tree()); err != nil {
		t.Fatal(err)
	}
	if k.cop, err = cop.OfRegion(t.Context(), d, "44"); err != nil {
		t.Fatal(err)
	}
	queue := jobs.New(ids, now)
	k.room = &aid.Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: j, Cursors: db.NewCursors([]byte("essai")), COPs: cops, Queue: queue, Intake: intake.New(ids, now),
		Outbox: mail.New(mail.Options{IDs: ids, Now: now, Queue: queue, Cursors: db.NewCursors([]byte("essai"))}), Tree: func(context.Context) (*territory.Tree, error) { return m.Tree(), nil }, BaseURL: "https://jalon.example"}
	k.room.Knowledge = &knowledge.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: db.NewCursors([]byte("essai")), Queue: queue, Outbox: k.room.Outbox}
	k.tree, k.model = m.Tree(), m
	k.nation = policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
	k.team = policy.Actor{Person: "équipe", Grants: []policy.Grant{{Role: policy.Team, COP: k.cop.ID}}}
	return k
}

func each(t *testing.T, do func(t *testing.T, k *kit)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { do(t, newKit(t, d)) })
}

func percent(n int64) *int64 { return &n }

// hedges is an aid of Grand Est for who plants hedges.
func hedges() aid.Aid {
	return aid.Aid{Facts: aid.Facts{Name: "Planter des haies", Holders: []string{"Région Grand Est"}, HolderKind: "region", Types: []string{"grant"}, Moments: []string{"op"}, Audiences: []string{"epci", "farmer"},
		Pays: []string{"investment"}, Territories: []string{"region:44"}, Opens: "2026-01-01", Closes: "2026-05-12", RateMax: percent(80)}, Ours: aid.Ours{Serves: []aid.Serve{{Lever: "gestion-haies", Steps: []string{"infrastructure"}}}}}
}

// An aid is kept, changed at its revision by who may, and the second of two writers gets
// what the first wrote.
func TestAidIsKeptAndConflictsAreSaid(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		if _, err := k.room.Add(ctx, k.db, k.team, hedges()); apperr.KindOf(err) != apperr.Forbidden && apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a team writes for the nation: %v", err)
		}
		own := hedges()
		own.Owner = "44"
		x, err := k.room.Add(ctx, k.db, k.team, own)
		if err != nil {
			t.Fatal(err)
		}
		y := x
		y.Name, y.Description = "Planter des haies et les gérer", "Pour les **EPCI**."
		if y, err = k.room.Save(ctx, k.db, k.team, y, ""); err != nil || y.Rev != 2 {
			t.Fatal(y.Rev, err)
		}
		x.Name = "Autre"
		now, err := k.room.Save(ctx, k.db, k.team, x, "")
		if apperr.KindOf(err) != apperr.Conflict || now.Name != y.Name || now.Description != y.Description {
			t.Errorf("the second writer: %v, %+v", err, now)
		}
		for field, spoil := range map[string]func(*aid.Aid){
			"name": func(x *aid.Aid) { x.Name = " " }, "types": func(x *aid.Aid) { x.Types = []string{"cadeau"} }, "closes": func(x *aid.Aid) { x.Closes = "2025-01-01" },
			"apply": func(x *aid.Aid) { x.Apply = "javascript:alert(1)" }, "rate_max": func(x *aid.Aid) { x.RateMax = percent(140) }, "territories": func(x *aid.Aid) { x.Territories = []string{"lune:1"} },
			"serves": func(x *aid.Aid) { x.Serves = append(x.Serves, x.Serves[0]) }, "previous": func(x *aid.Aid) { x.Previous = "nulle" }, "generic": func(x *aid.Aid) { x.Generic = "nulle" },
		} {
			bad, f := y, (*aid.Fault)(nil)
			spoil(&bad)
			if _, err := k.room.Save(ctx, k.db, k.team, bad, ""); !errors.As(err, &f) || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		past, err := aid.History(ctx, k.db, x.ID)
		if err != nil || len(past) != 2 || past[1].Aid.Name != "Planter des haies" {
			t.Errorf("history: %+v %v", past, err)
		}
		if e, err := k.room.Add(ctx, k.db, k.nation, hedges()); err != nil || e.Owner != "" {
			t.Error(err)
		}
	})
}

// Twenty people who write the same revision at once: one writes.
func TestOneOfTwentyWriters(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		x, err := k.room.Add(t.Context(), k.db, k.nation, hedges())
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			wg.Go(func() {
				y := x
				y.Name += " " + strings.Repeat("!", i)
				_, errs[i] = k.room.Save(context.Background(), k.db, k.nation, y, "")
			})
		}
		wg.Wait()
		wrote := 0
		for _, err := range errs {
			switch apperr.KindOf(err) {
			case apperr.Conflict:
			default:
				if err != nil {
					t.Error(err)
				}
				wrote++
			}
		}
		if y, err := aid.Find(t.Context(), k.db, x.ID); wrote != 1 || err != nil || y.Rev != 2 {
			t.Errorf("%d wrote, revision %d %v", wrote, y.Rev, err)
		}
	})
}

// An action finds the aids that serve it, each with why, and why not.
func TestMatchSaysWhy(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		add := func(change func(*aid.Aid)) aid.Aid {
			x := hedges()
			change(&x)
			x, err := k.room.Add(ctx, k.db, k.nation, x)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		fits := add(func(*aid.Aid) {})
		add(func(x *aid.Aid) { x.Name, x.Audiences = "Pour les fermes", []string{"farmer"} })
		add(func(x *aid.Aid) { x.Name, x.Territories = "En Bretagne", []string{"region:53"} })
		add(func(x *aid.Aid) { x.Name, x.Closes = "Close", "2026-02-01" })
		add(func(x *aid.Aid) { x.Name, x.Closes, x.RateMax = "Bientôt close", "2026-03-12", nil })
		add(func(x *aid.Aid) {
			x.Name, x.Territories, x.Place = "Bassin", nil, "Bassin Rhin-Meuse"
			x.Serves = nil
		})
		money := int64(1_000_000)
		w := aid.WantOf(action.Action{Levers: []string{"gestion-haies"}, Step: "infrastructure", Starts: "2026-04", Holder: action.Party{Kind: "epci"}, Places: []action.Place{{Territory: "department:67"}}, Budget: action.Budget{Invest: &money}})
		s, err := k.room.Shelf(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m := s.Match(w, "2026-03-02", k.tree)
		said := func(list []aid.Match, name string) string {
			for _, x := range list {
				if x.Aid.Name == name {
					var out []string
					for _, r := range x.Reasons {
						out = append(out, r.Text)
					}
					return strings.ReplaceAll(strings.Join(out, " | "), "\u00a0", " ")
				}
			}
			return "absente"
		}
		if len(m.Fits) == 0 || m.Fits[0].Aid.ID != fits.ID {
			t.Fatalf("fits: %+v", m.Fits)
		}
		for _, c := range []struct {
			list       []aid.Match
			name, want string
		}{
			{m.Fits, "Planter des haies", "ouverte aux EPCI"}, {m.Fits, "Planter des haies", "ouverte dans le territoire de l’action (Grand Est)"}, {m.Fits, "Planter des haies", "jusqu’à 80 %"},
			{m.Miss, "Pour les fermes", "n’accepte pas les EPCI : elle s’adresse aux agriculteurs"}, {m.Miss, "En Bretagne", "elle l’est dans « Bretagne »"},
			{m.Miss, "Close", "close depuis le 1er février 2026"}, {m.Part, "Bientôt close", "ferme le 12 mars 2026, l’action commence en avril 2026"},
		} {
			if got := said(c.list, c.name); !strings.Contains(got, c.want) {
				t.Errorf("%s: %q, not %q", c.name, got, c.want)
			}
		}
		if got := said(m.Fits, "Bassin") + said(m.Part, "Bassin"); strings.Contains(got, "gestion") {
			t.Error(got)
		}
	})
}

// A local version stands for its generic aid where it is open, and takes from it what is
// handed down; elsewhere the generic one answers.
func TestLocalStandsForGeneric(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		g := hedges()
		g.Name, g.Territories, g.Kept, g.RateMax = "Haies de France", []string{"nation"}, []string{"rates"}, percent(50)
		g, err := k.room.Add(ctx, k.db, k.nation, g)
		if err != nil {
			t.Fatal(err)
		}
		l := hedges()
		l.Name, l.Generic = "Haies du Grand Est", g.ID
		if _, err = k.room.Add(ctx, k.db, k.nation, l); err != nil {
			t.Fatal(err)
		}
		names := func(place string) string {
			s, err := k.room.Shelf(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, m := range s.Match(aid.Want{Levers: []string{"gestion-haies"}, Holder: "epci", Places: []string{place}}, "2026-03-02", k.tree).Fits {
				out = append(out, m.Aid.Name)
				if *m.Aid.RateMax != 50 {
					t.Errorf("%s: %d %%", m.Aid.Name, *m.Aid.RateMax)
				}
			}
			return strings.Join(out, ", ")
		}
		if got := names("department:67"); got != "Haies du Grand Est" {
			t.Error(got)
		}
		if got := names("department:35"); got != "Haies de France" {
			t.Error(got)
		}
	})
}

// Editions of one aid follow each other once somebody said so; the earlier is closed.
func TestChainClosesTheEditionBefore(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := t.Context()
		a, err := k.room.Add(ctx, k.db, k.nation, hedges())
		if err != nil {
			t.Fatal(err)
		}
		next := hedges()
		next.Serves = nil
		b, err := k.room.Add(ctx, k.db, k.nation, next)
		if err != nil {
			t.Fatal(err)
		}
		if b, err = k.room.Chain(ctx, k.db, k.nation, b.ID, b.Rev, a.ID); err != nil || len(b.Said()) != 1 {
			t.Fatal(b.Serves, err)
		}
		if a, err = aid.Find(ctx, k.db, a.ID); err != nil || a.State != aid.Closed {
			t.Error(a.State, err)
		}
		var f *aid.Fault
		a.Previous = b.ID
		if _, err := k.room.Save(ctx, k.db, k.nation, a, ""); !errors.As(err, &f) || f.Field != "previous" {
			t.Errorf("a chain that turns: %v", err)
		}
		s, err := k.room.Shelf(ctx)
		if err != nil || len(s.Editions(a.ID)) != 2 || s.Editions(b.ID)[0].ID != a.ID || s.Last(a.ID) {
			t.Error(s.Editions(a.ID), err)
		}
	})
}

// What ships is read with its source, never doubled, and its words name real levers.
func TestLoadTwiceIsOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		table := strings.Join(aid.Columns, ",") + "\nfonds,Fonds essai,ADEME,state,grant,gestion-haies,infrastructure,epci,Document lu,https://exemple.fr/a,2026-02-01\n"
		for range 2 {
			if err := k.room.Load(t.Context(), fstest.MapFS{aid.File: {Data: []byte(table)}}); err != nil {
				t.Fatal(err)
			}
		}
		p, err := k.room.List(t.Context(), aid.Filter{Lever: "gestion-haies", Step: "infrastructure", Audience: "epci", Place: "commune:67482"}, "", 10)
		if err != nil || p.Total != 1 || p.Aids[0].Closes != "" || p.Aids[0].RateMax != nil || p.Aids[0].Apply != "" {
			t.Errorf("%+v %v", p, err)
		}
		if p.Aids[0].Stale("2026-07-31") || !p.Aids[0].Stale("2026-08-02") {
			t.Error("an aid is to be checked after six months, not before")
		}
		if err := k.room.Load(t.Context(), fstest.MapFS{aid.File: {Data: []byte(strings.Join(aid.Columns, ",") + "\nx,Sans porteur,,state,grant,,,,Lu,,2026-02-01\n")}}); err == nil {
			t.Error("an aid without holder ships")
		}
	})
}

// The words that suggest levers name levers of the framework.
func TestSuggestedLeversAreThere(t *testing.T) {
	fw, err := framework.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range aid.WordLevers() {
		if _, err := fw.Lever(c); err != nil {
			t.Error(err)
		}
	}
	got := aid.Suggest(aid.Facts{Name: "Installer des bornes de recharge et planter des haies"})
	if len(got) != 2 || got[0].Lever != "voitures-electriques" || !got[0].Suggested || got[1].Lever != "gestion-haies" {
		t.Errorf("%+v", got)
	}
	if got := aid.Suggest(aid.Facts{Name: "Rémunérer les hayeurs"}); len(got) != 0 {
		t.Errorf("half a word suggests: %+v", got)
	}
}
