package objective_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/figure"
	"jalon/internal/journal"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/series"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

const electric = "voitures-electriques"

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func newRoom(t testing.TB, d *db.DB) *objective.Room {
	t.Helper()
	now := func() time.Time { return noon }
	ids := db.NewIDs(now, rand.Reader)
	j := journal.New(ids, now, db.NewCursors([]byte("essai")))
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: j, Cursors: db.NewCursors([]byte("essai")), Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, theModel(t).Tree()); err != nil {
		t.Fatal(err)
	}
	return &objective.Room{DB: d, IDs: ids, Now: now, Journal: j, COPs: cops}
}

// kept is a row as the table holds it: discussed at discussed kt when it is not
// zero, shared at shared kt when it is not.
type kept struct {
	region, territory, lever string
	discussed, shared        float64
	level                    float64
}

func keep(t testing.TB, d *db.DB, all ...kept) {
	t.Helper()
	var rows, versions [][]any
	var lines []string
	for i, x := range all {
		state, kg, rev := "discussed", int64(x.discussed*1e6), int64(1)
		var sharedKg, level, sharedLevel any
		on := ""
		if x.shared != 0 {
			rev, sharedKg, on = 2, int64(x.shared*1e6), "2026-01-05"
			if x.level != 0 {
				level, sharedLevel = x.level, x.level
			}
			if x.discussed == 0 {
				state, kg = "shared", sharedKg.(int64)
			}
		}
		scale, _, _ := strings.Cut(x.territory, ":")
		id := fmt.Sprintf("o%04d-%s", i, x.territory)
		sharedRev := int64(0)
		if x.shared != 0 {
			sharedRev = 2
			versions = append(versions, []any{id, 2, noon.UnixMilli(), "equipe", "parce que", `{"sharing":"list"}`})
			lines = append(lines, `{"objective":"`+id+`","lever":"`+x.lever+`","typed":"douze","measure":"kt","reason":"la concertation de janvier","on":"2026-01-02","dissents":[{"party":"associations","name":"Alsace Nature","day":"2026-01-04"}]}`)
		}
		rows = append(rows, []any{id, rev, cop.RegionID(cop.First, x.region), cop.First, x.region, x.territory, scale, x.lever, state, kg, level, "milliers de véhicules électriques", "kt", "secret", false, "une raison gardée", "equipe", noon.UnixMilli(),
			sharedRev, sharedKg, sharedLevel, on, ""})
	}
	if _, err := db.Insert(t.Context(), d, "objective", []string{"id", "rev", "cop_id", "cycle", "region", "territory", "scale", "lever", "state", "kg", "level", "unit", "measure", "typed", "above", "reason", "by", "at",
		"shared_rev", "shared_kg", "shared_level", "shared_on", "sharing"}, rows, ""); err != nil {
		t.Fatal(err)
	}
	if len(versions) == 0 {
		return
	}
	if _, err := db.Insert(t.Context(), d, "objective_sharing", []string{"id", "cop_id", "seq", "state", "act", "by", "at", "ended_on", "sha256", "body"},
		[][]any{{"list", cop.RegionID(cop.First, all[0].region), 1, "shared", "none", "equipe", noon.UnixMilli(), "2026-01-05", "x", `{"lines":[` + strings.Join(lines, ",") + `]}`}}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Insert(t.Context(), d, "objective_version", []string{"id", "rev", "at", "by", "reason", "body"}, versions, ""); err != nil {
		t.Fatal(err)
	}
}

// With nothing on the table the sums are those of the panorama, and what separates
// the national objective from them is named to the kilotonne.
func TestTheNationStartsFromThePanorama(t *testing.T) {
	m := theModel(t)
	c, err := objective.Consolidate(m, cop.First, nil, nil, objective.Anyone)
	if err != nil {
		t.Fatal(err)
	}
	s := m.Scopes()
	if len(c.Lines) != 30 || c.Total.National.Kg != s.National.Kg || c.Total.Sum.Kg != c.Total.Offered.Kg {
		t.Errorf("%d levers, %v of %v, %v read of %v offered", len(c.Lines), c.Total.National, s.National, c.Total.Sum, c.Total.Offered)
	}
	var corse, overseas panorama.Kg
	for _, l := range c.Corse {
		corse += l.Sum.Kg
	}
	for _, l := range c.Overseas {
		overseas += l.Sum.Kg
	}
	if c.Total.Sum.Kg+corse != s.Mainland.Kg || overseas != s.Overseas.Kg || len(c.Overseas) != 13 {
		t.Errorf("mainland %d + %d of %d, overseas %d of %d on %d levers", c.Total.Sum.Kg, corse, s.Mainland.Kg, overseas, s.Overseas.Kg, len(c.Overseas))
	}
	for _, l := range c.Lines {
		if len(l.Regions) != 13 || l.Only != 13 || l.Sum.Known+l.Sum.Missing != 13 || l.Gap() != 0 {
			t.Errorf("%s: %d regions, %d only offered, %d known, gap %d", l.Lever.Code, len(l.Regions), l.Only, l.Sum.Known, l.Gap())
		}
		for _, w := range l.Why {
			if strings.Contains(w, "ne l’explique pas") {
				t.Errorf("%s: %s", l.Lever.Code, w)
			}
		}
	}
}

// The nation's sum reads what is shared for anyone, and what is discussed for who
// works on it: in their own region, or over the nation.
func TestOnlyWhatIsSharedIsReadByAnyone(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), theModel(t)
		newRoom(t, d)
		keep(t, d, kept{"44", "region:44", electric, 0, 1000, 0}, kept{"53", "region:53", electric, 777, 0, 0}, kept{"84", "region:84", electric, 555, 444, 0}, kept{"44", "department:67", electric, 99, 0, 0}, kept{"04", "region:04", "om-mix-electrique", 0, 12, 0})
		if _, err := db.Insert(ctx, d, "objective_dissent", []string{"id", "rev", "objective_id", "cop_id", "party", "name", "org", "kg", "level", "measure", "typed", "text", "day", "state", "by", "at"},
			[][]any{{"d1", 1, "o0000-region:44", "x", "associations", "Alsace Nature", "", nil, nil, "kt", "1 200", "", "2026-01-04", "held", "x", 1},
				{"d2", 1, "o0000-region:44", "x", "experts", "", "", nil, nil, "kt", "", "", "2026-01-04", "lifted", "x", 1},
				{"d3", 1, "o0001-region:53", "x", "experts", "", "", nil, nil, "kt", "", "", "2026-01-04", "held", "x", 1}}, ""); err != nil {
			t.Fatal(err)
		}
		read := func(a policy.Actor) (objective.NationLine, map[string]objective.RegionCell) {
			c, err := objective.ReadConsolidation(ctx, d, m, cop.First, a)
			if err != nil {
				t.Fatal(err)
			}
			l, ok := c.Line(electric)
			if !ok {
				t.Fatal("no such lever")
			}
			by := map[string]objective.RegionCell{}
			for _, x := range l.Regions {
				by[x.Region.Code] = x
			}
			if o, _ := c.Line("om-mix-electrique"); o.Shared != 1 || len(c.Overseas) != 13 {
				t.Errorf("overseas: %d shared", o.Shared)
			}
			return l, by
		}
		l, by := read(policy.Actor{})
		if l.Shared != 2 || l.Discussed != 0 || l.Only != 11 || by["53"].State != objective.Offered || by["84"].Read.Kg != 444_000_000 || by["44"].Dissent != 1 || by["53"].Dissent != 0 {
			t.Errorf("anyone: %+v", l)
		}
		if want := by["44"].Read.Kg - by["44"].Offered.Kg + by["84"].Read.Kg - by["84"].Offered.Kg; l.Gap() != want {
			t.Errorf("gap %d, want %d", l.Gap(), want)
		}
		team := policy.Actor{Person: "e", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "53")}}}
		if l, by = read(team); l.Discussed != 1 || by["53"].Read.Kg != 777_000_000 || by["53"].Dissent != 1 || by["84"].Read.Kg != 444_000_000 {
			t.Errorf("its team: %+v", l)
		}
		nation := policy.Actor{Person: "n", Grants: []policy.Grant{{Role: policy.NationalReader, Nation: true}}}
		if l, by = read(nation); l.Shared != 2 || l.Discussed != 1 || by["84"].Read.Kg != 444_000_000 {
			t.Errorf("the nation: what is shared stays in force while another is discussed: %+v", l)
		}
		if cycle, err := objective.LatestCycle(ctx, d); err != nil || cycle != cop.First {
			t.Errorf("latest cycle %q, %v", cycle, err)
		}
	})
}

// An explanation says what was shared, and nothing of what is only discussed.
func TestExplanationsTellNothingThatIsDiscussed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), theModel(t)
		r := newRoom(t, d)
		keep(t, d, kept{"44", "region:44", electric, 0, 1000, 459.7}, kept{"53", "region:53", electric, 131.9797, 0, 0}, kept{"84", "region:84", electric, 242.8686, 444, 0}, kept{"44", "department:67", electric, 99, 0, 0})
		if err := territoryPerimeter(t, d, m.Tree()); err != nil {
			t.Fatal(err)
		}
		explain := func(key string) figure.Explanation {
			t.Helper()
			x, err := r.Explain(ctx, m, key)
			if err != nil {
				t.Fatalf("%s: %v", key, err)
			}
			if x.Figure.Key != key || x.Title == "" || x.Sentence == "" || x.Formula == "" {
				t.Errorf("%s: %+v", key, x)
			}
			all := fmt.Sprintf("%+v", x)
			for _, word := range []string{"131,9797", "242,8686", "secret", "une raison gardée"} {
				if key != objective.Key(electric, "region:44", cop.First) && strings.Contains(all, word) {
					t.Errorf("%s tells %q: %s", key, word, all)
				}
			}
			for _, in := range x.Inputs {
				if strings.HasPrefix(in.Key, objective.Prefix+"/") {
					if _, err := r.Explain(ctx, m, in.Key); err != nil {
						t.Errorf("%s leads to %s: %v", key, in.Key, err)
					}
				}
			}
			return x
		}
		x := explain(objective.Key(electric, "region:44", cop.First))
		if x.Figure.Value != 1000 || !strings.Contains(fmt.Sprint(x.Inputs, x.Notes), "douze") || !strings.Contains(fmt.Sprint(x.Notes), "la concertation de janvier") || !strings.Contains(fmt.Sprint(x.Notes), "Alsace Nature") {
			t.Errorf("%+v", x)
		}
		if x := explain(objective.Key(electric, "region:84", cop.First)); x.Figure.Value != 444 || x.Figure.Class != figure.Declared {
			t.Errorf("%+v", x)
		}
		if x := explain(objective.Key(electric, "region:53", cop.First)); x.Figure.Class != figure.Reference || x.Figure.Value == 131.9797 {
			t.Errorf("%+v", x)
		}
		explain(objective.Key(electric, "department:67", cop.First))
		explain(objective.Key(electric, "perimeter:pays", cop.First))
		if x := explain(objective.GapKey(electric, "44", cop.First)); !x.Figure.Known() || x.Figure.Value != 0 || len(x.Inputs) != 11 {
			t.Errorf("%+v", x)
		}
		one, all := explain(objective.SumKey(electric, cop.First)), explain(objective.SumKey(objective.TotalSum, cop.First))
		if !one.Figure.Known() || len(all.Inputs) != 30 {
			t.Errorf("%+v", all)
		}
		for _, key := range []string{"objectif", "objectif/x/region:44", "objectif/" + electric + "/region:99", "objectif/" + electric + "/epci:246700488", "objectif/" + electric + "/region:44/2099", "objectif/" + electric + "/region:44/2023-24", "objectif/consolidation/rien",
			"objectif/consolidation/total/1999", "objectif/bouclage/" + electric + "/department:67", "objectif/" + electric + "/perimeter:rien", "objectif/a/b/c/d"} {
			if _, err := r.Explain(ctx, m, key); apperr.KindOf(err) != apperr.NotFound {
				t.Errorf("%s: %v", key, err)
			}
		}
	})
}

func territoryPerimeter(t *testing.T, d *db.DB, tree *territory.Tree) error {
	t.Helper()
	for id, members := range map[string][]string{"pays": {"246700488"}, "autre": {"67482", "67001"}, "loin": {"13055"}} {
		if _, err := territory.CreatePerimeter(t.Context(), d, tree, id, territory.PerimeterInput{Kind: territory.CRTE, Name: id, Members: members}, territory.Act{By: "x", Reason: "essai", At: noon}); err != nil {
			return err
		}
	}
	_, err := territory.CreatePerimeter(t.Context(), d, tree, "fini", territory.PerimeterInput{Kind: territory.CRTE, Name: "fini", To: "2025-12-31", Members: []string{"67482"}}, territory.Act{By: "x", Reason: "essai", At: noon})
	return err
}

// The CRTE in force are read in two statements; one that ended and one elsewhere
// are not among them.
func TestPerimetersOfARegion(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), theModel(t)
		newRoom(t, d)
		if err := territoryPerimeter(t, d, m.Tree()); err != nil {
			t.Fatal(err)
		}
		c, err := cop.Find(ctx, d, cop.RegionID(cop.First, "44"))
		if err != nil {
			t.Fatal(err)
		}
		x, err := objective.ReadPerimeters(ctx, d, m, c, "2026-03-02", objective.Anyone)
		if err != nil {
			t.Fatal(err)
		}
		if len(x.Zones) != 2 || x.Zones[0].ID != "autre" || len(x.Twice) != 1 || len(x.Twice[0].Communes) < 1 {
			t.Fatalf("%+v %v", x.Zones, x.Twice)
		}
		for _, l := range x.Levers {
			if l.Lever.Code == electric && (!l.CountedTwice.Known || l.CountedTwice.Kg <= 0 || !l.Gap.Known || l.Gap.Kg != 0 || l.Outside.Kg <= 0) {
				t.Errorf("%+v", l)
			}
		}
	})
}

// What a region shared judges its trends before its plans do, by its name, and is
// the ambition that plans are compared with.
func TestASharedObjectiveIsATarget(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, m := t.Context(), theModel(t)
		newRoom(t, d)
		keep(t, d, kept{"44", "region:44", electric, 900, 1000, 459.7}, kept{"53", "region:53", electric, 777, 0, 0})
		own, err := objective.Own(ctx, d, m, territory.Ref{Scale: territory.RegionS, Code: "44"})
		if err != nil {
			t.Fatal(err)
		}
		got := own(electric)
		if len(got) != 1 || got[0].Origin != series.Shared || got[0].Value != 459.7 || got[0].BaseYear != 2019 || !strings.Contains(got[0].Label, "janvier") || len(own("covoiturage")) != 0 {
			t.Errorf("%+v", got)
		}
		ambition, err := objective.Ambition(ctx, d, m, "44")
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := ambition(electric); !ok || e.Kt.V != 1000 || !e.Change.Known || e.Level.V != 459.7 {
			t.Errorf("%+v", e)
		}
		if ambition, err = objective.Ambition(ctx, d, m, "53"); err != nil {
			t.Fatal(err)
		}
		if _, ok := ambition(electric); ok {
			t.Error("what is discussed is no ambition that anyone reads")
		}
	})
}
