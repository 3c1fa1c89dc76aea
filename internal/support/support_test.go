package support

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/framework"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

var noon = time.Date(2026, 12, 2, 12, 0, 0, 0, time.UTC)

func room(t testing.TB, d *db.DB) *Room {
	t.Helper()
	now := func() time.Time { return noon }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	m := &Room{DB: d, IDs: ids, Now: now, Journal: journal.New(ids, now, keys)}
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if err := (&cop.Room{DB: d, IDs: ids, Now: now, Journal: m.Journal, Cursors: keys, Random: rand.Reader}).Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	return m
}

func over(person string, role policy.Role, region string) policy.Actor {
	return policy.Actor{Person: person, Grants: []policy.Grant{{Role: role, COP: cop.RegionID(cop.First, region)}}}
}

var admin = policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}

func anyLever(code string) bool { return code != "inconnu" }

func measure(region, text string) Measure {
	return Measure{Region: region, Lever: "l25-velo", Step: "infrastructure", Kind: Action, Audience: []string{"epci"}, Text: text, Reviewed: "2026-12-01"}
}

func seed(rows string) fstest.MapFS {
	return fstest.MapFS{"measures.csv": {Data: []byte("code,lever,step,kind,audience,text,reviewed\n" + rows)}}
}

const one = "l25-velo.study.1,l25-velo,study,action,epci|commune,Relever les coupures du réseau,2026-11-27\n"

func TestWhatComesWithTheProgramIsNeverWrittenOver(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := room(t, d), t.Context()
		if err := m.Load(ctx, seed(one+"l25-velo.own.rien,l25-velo,own,none,,,2026-11-27\n")); err != nil {
			t.Fatal(err)
		}
		x, err := Find(ctx, d, "l25-velo.study.1")
		if err != nil || x.Text != "Relever les coupures du réseau" || len(x.Audience) != 2 || x.Region != "" || x.Rev != 1 {
			t.Fatalf("%+v, %v", x, err)
		}
		x.Text, x.State = "Relever les coupures avec les usagers", Withdrawn
		if _, err := m.Change(ctx, admin, x, "", anyLever); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("withdrawn without a reason: %v", err)
		}
		if x, err = m.Change(ctx, admin, x, "dit autrement", anyLever); err != nil || x.Rev != 2 {
			t.Fatal(x.Rev, err)
		}
		version, err := db.Version(ctx, d, Version)
		if err != nil {
			t.Fatal(err)
		}
		// The next release says it otherwise, and brings another.
		more := strings.Replace(one, "Relever", "Compter", 1) + "l25-velo.study.2,l25-velo,study,action,epci,Étudier une liaison entre bourgs,2027-01-01\n"
		for range 2 {
			if err := m.Load(ctx, seed(more)); err != nil {
				t.Fatal(err)
			}
		}
		if x, err = Find(ctx, d, x.ID); err != nil || x.Text != "Relever les coupures avec les usagers" || x.State != Withdrawn {
			t.Errorf("%+v, %v", x, err)
		}
		list, err := Of(ctx, d, []string{"l25-velo"}, "")
		if err != nil || len(list) != 1 || list[0].ID != "l25-velo.study.2" {
			t.Errorf("%+v, %v", list, err)
		}
		if now, err := db.Version(ctx, d, Version); err != nil || now != version+1 {
			t.Errorf("version %d after %d: the second start wrote nothing (%v)", now, version, err)
		}
		past, err := History(ctx, d, x.ID)
		if err != nil || len(past) != 2 || past[0].Reason != "dit autrement" || past[1].Measure.Text != "Relever les coupures du réseau" {
			t.Errorf("%+v, %v", past, err)
		}
	})
}

func TestTheNationWritesTheReferenceAndRegionsTheirOwn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := room(t, d), t.Context()
		east, west, lead := over("est", policy.Team, "44"), over("ouest", policy.Team, "53"), over("ddt", policy.Participant, "44")
		if _, err := m.Add(ctx, east, measure("", "Poser des abris dans les gares"), anyLever); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("a team writes the nation's: %v", err)
		}
		if _, err := m.Add(ctx, lead, measure("44", "Poser des abris dans les gares"), anyLever); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("a participant writes: %v", err)
		}
		if _, err := m.Add(ctx, admin, measure("", "Poser des abris dans les gares"), anyLever); err != nil {
			t.Fatal(err)
		}
		own, err := m.Add(ctx, east, measure("44", "Relier les voies vertes du canal"), anyLever)
		if err != nil {
			t.Fatal(err)
		}
		for region, want := range map[string]int{"": 1, "44": 2, "53": 1} {
			if list, err := Of(ctx, d, []string{"l25-velo", "l25-biogaz"}, region); err != nil || len(list) != want {
				t.Errorf("region %q reads %d, want %d (%v)", region, len(list), want, err)
			}
		}
		own.Text = "Autre chose"
		if _, err := m.Change(ctx, west, own, "", anyLever); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("another region changes it: %v", err)
		}
		own.Region = "" // never moves to the nation
		if own, err = m.Change(ctx, east, own, "", anyLever); err != nil || own.Region != "44" {
			t.Errorf("%+v, %v", own, err)
		}
		counts, err := Counts(ctx, d)
		if err != nil || len(counts) != 2 || counts[1].Region != "44" || counts[1].N != 1 {
			t.Errorf("%+v, %v", counts, err)
		}
		for field, bad := range map[string]func(*Measure){
			"lever": func(x *Measure) { x.Lever = "inconnu" }, "step": func(x *Measure) { x.Step = "jamais" }, "kind": func(x *Measure) { x.Kind = "ordre" }, "text": func(x *Measure) { x.Text = " \n " },
			"audience": func(x *Measure) { x.Audience = []string{"roi"} }, "link": func(x *Measure) { x.Link = "javascript:alert(1)" }, "reviewed": func(x *Measure) { x.Reviewed = "hier" }, "publisher": func(x *Measure) { x.Kind = Resource },
		} {
			x := measure("44", "Un texte")
			bad(&x)
			_, err := m.Add(ctx, east, x, anyLever)
			var f *Fault
			if !errors.As(err, &f) || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestOneOfTwentyWritersWins(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := room(t, d), t.Context()
		x, err := m.Add(ctx, admin, measure("", "Poser des abris"), anyLever)
		if err != nil {
			t.Fatal(err)
		}
		var won, lost atomic.Int64
		var g errgroup.Group
		for range 20 {
			g.Go(func() error {
				y := x
				y.Text = "Poser des abris fermés"
				_, err := m.Change(context.WithoutCancel(ctx), admin, y, "", anyLever)
				switch {
				case err == nil:
					won.Add(1)
				case apperr.KindOf(err) == apperr.Conflict:
					lost.Add(1)
				default:
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if won.Load() != 1 || lost.Load() != 19 {
			t.Errorf("%d won, %d lost", won.Load(), lost.Load())
		}
	})
}

func TestTwentyProgramsStartAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := room(t, d), t.Context()
		var g errgroup.Group
		for range 20 {
			g.Go(func() error { return m.Load(context.WithoutCancel(ctx), data.FS) })
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		counts, err := Counts(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		steps := map[string]bool{}
		for _, c := range counts {
			steps[c.Lever+c.Step] = true
		}
		if len(steps) < 45*5 {
			t.Errorf("%d steps are written", len(steps))
		}
	})
}

func TestEveryLeverOfTheStateFindsItsContent(t *testing.T) {
	fw, err := framework.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	table, err := readTable(data.FS, "measures.csv")
	if err != nil {
		t.Fatal(err)
	}
	var counts []Count
	for _, r := range table {
		counts = append(counts, Count{Lever: r["lever"]})
	}
	s, err := Share(data.FS, fw, counts)
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{framework.National, framework.Overseas} {
		for _, l := range fw.Levers(version) {
			if len(s.Of(l.Code)) == 0 {
				t.Errorf("%s has no content", l.Code)
			}
		}
	}
	for lever, want := range map[string]string{"covoiturage": "l25-covoiturage", "velo-transports-commun": "l25-velo l25-transports-commun", "gestion-forets": "l25-gestion-forets-produits-bois",
		"l25-velo": "l25-velo", "om-gaz-hfc": "l25-gaz-fluores-residentiel l25-gaz-fluores-tertiaire", "production-industrielle": "l25-top-50-sites-industriels l25-industrie-diffuse", "l25-nucleaire": "", "t26-restauration-collective": "l25-egalim-restauration-collective"} {
		if got := strings.Join(s.Of(lever), " "); got != want {
			t.Errorf("%s reads %q, want %q", lever, got, want)
		}
	}
}

func TestAYearLaterItIsToBeReadAgain(t *testing.T) {
	for day, want := range map[string]bool{"2026-11-27": false, "2025-12-03": false, "2025-12-01": true, "": true} {
		if got := (Measure{Reviewed: day}).ToReview(noon); got != want {
			t.Errorf("read again on %q: %v", day, got)
		}
	}
}
