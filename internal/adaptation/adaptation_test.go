package adaptation_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jalon/data"
	"jalon/internal/action"
	"jalon/internal/adaptation"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/intake"
	"jalon/internal/journal"
	"jalon/internal/panorama"
	"jalon/internal/policy"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

// kit is the room with two départements of Grand Est in the cycle of 2025, and one of
// Bretagne.
type kit struct {
	room                 *adaptation.Room
	db                   *db.DB
	model                *panorama.Model
	east, rhine, moselle cop.COP
	prefect, other, team policy.Actor
}

var embedded = sync.OnceValues(territory.Embedded)

func newKit(t testing.TB, d *db.DB) *kit {
	t.Helper()
	now := func() time.Time { return time.Date(2025, 10, 6, 9, 0, 0, 0, time.UTC) }
	tree, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	m, err := panorama.NewStore(d, data.FS, func(context.Context) (*territory.Tree, error) { return tree, nil }).Model(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ids, cursors := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("k"))
	log := journal.New(ids, now, cursors)
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: log, Cursors: cursors, Random: rand.Reader}
	ctx := context.Background()
	if err := cops.Load(ctx, data.FS, m.Tree()); err != nil {
		t.Fatal(err)
	}
	boss := policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
	if _, err := cops.OpenCycle(ctx, boss, "2025", m.Tree()); err != nil {
		t.Fatal(err)
	}
	k := &kit{db: d, model: m, room: &adaptation.Room{DB: d, IDs: ids, Now: now, Journal: log, COPs: cops, Cursors: cursors, Intake: intake.New(ids, now), Model: func(context.Context) (*panorama.Model, error) { return m, nil }}}
	open := func(parent, code string) cop.COP {
		dept, err := m.Tree().Dept(code)
		if err != nil {
			t.Fatal(err)
		}
		c, err := cops.OpenDepartment(ctx, boss, parent, dept, false)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	k.rhine, k.moselle = open("2025-r44", "67"), open("2025-r44", "57")
	if k.east, err = cop.Find(ctx, d, "2025-r44"); err != nil {
		t.Fatal(err)
	}
	lead := func(person, dept string) policy.Actor {
		return policy.Actor{Person: person, Grants: []policy.Grant{{Role: policy.DepartmentLead, Department: dept}}}
	}
	k.prefect, k.other = lead("prefete", "67"), lead("voisin", "57")
	k.team = policy.Actor{Person: "equipe", Grants: []policy.Grant{{Role: policy.Team, COP: k.east.ID}}}
	if _, err := cops.SetOffice(ctx, boss, cop.Office{COP: k.rhine.ID, Side: cop.StateSide, Person: "prefete", Name: "La préfète", Title: "préfète du département", From: "2025-01-01"}, "ouverture"); err != nil {
		t.Fatal(err)
	}
	return k
}

func whole() adaptation.Input {
	return adaptation.Input{Title: "Rafraîchir les cours d’école", Text: "Trente cours en trois ans.", Sheet: adaptation.Sheet{Effect: "chaleur", Sensitivity: "Écoles sans ombre", Lever: "a25-renaturation-villes", Level: "1", Ends: "30/06/2028",
		Criteria: "Les élèves restent dehors l’été", Parties: "Communes\nÉducation nationale", Engineering: "Cerema", Funding: "Agence de l’eau", Regional: "Marchés groupés", National: "Une dotation sur trois ans", Budget: "1,2 M€"}}
}

func TestASheetIsWrittenAdoptedAndFrozen(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := newKit(t, d), t.Context()
		x, err := k.room.Add(ctx, k.prefect, k.rhine.ID, whole())
		if err != nil {
			t.Fatal(err)
		}
		if x.Ends != "2028-06-30" || x.Cents == nil || *x.Cents != 120_000_000 || x.Theme != "se-loger" || x.Input().Filled() != 16 {
			t.Errorf("kept %+v, %v of 16", x.Sheet, x.Input().Filled())
		}
		if _, _, err := adaptation.Find(ctx, d, policy.Actor{}, x.ID); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("a draft is known to anyone: %v", err)
		}
		for who, a := range map[string]policy.Actor{"neighbour": k.other, "anyone": {}} {
			if _, err := k.room.Save(ctx, a, x.ID, x.Rev, whole()); apperr.KindOf(err) != apperr.NotFound && apperr.KindOf(err) != apperr.Forbidden {
				t.Errorf("the %s saved it: %v", who, err)
			}
			if _, err := k.room.Add(ctx, a, k.rhine.ID, whole()); err == nil {
				t.Errorf("the %s added one", who)
			}
		}
		in := whole()
		in.Budget, in.Level, in.LevelOther = "entre 1 et 2 M€", adaptation.Other, "à confirmer"
		y, err := k.room.Save(ctx, k.prefect, x.ID, x.Rev, in)
		if err != nil || y.Cents != nil || y.BudgetText() != "entre 1 et 2 M€" || y.LevelName() != "à confirmer" {
			t.Fatalf("%+v, %v", y, err)
		}
		if _, err := k.room.Save(ctx, k.prefect, x.ID, x.Rev, whole()); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("the second writer: %v", err)
		}
		if _, _, err := k.room.COPs.AdoptPriority(ctx, k.prefect, x.ID, y.Rev); err != nil {
			t.Fatal(err)
		}
		z, c, err := adaptation.Find(ctx, d, policy.Actor{}, x.ID)
		if err != nil || !z.Adopted() || c.ID != k.rhine.ID || z.Criteria != in.Criteria {
			t.Fatalf("adopted: %+v, %v", z, err)
		}
		if _, err := k.room.Save(ctx, k.prefect, x.ID, z.Rev, whole()); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("what was adopted was edited: %v", err)
		}
		if list, err := adaptation.Adopted(ctx, d, "2025", "44", ""); err != nil || len(list) != 1 {
			t.Errorf("gathered: %v, %v", list, err)
		}
		if list, err := adaptation.Adopted(ctx, d, "2025", "53", ""); err != nil || len(list) != 0 {
			t.Errorf("another region: %v, %v", list, err)
		}
		versions, err := adaptation.Versions(ctx, d, k.prefect, x.ID)
		if err != nil || len(versions) != 4 || versions[0].State != cop.PriorityAdopted || versions[0].Budget != in.Budget || versions[3].Budget != "1,2 M€" {
			t.Errorf("versions: %+v, %v", versions, err)
		}
	})
}

func TestWhatASheetRefuses(t *testing.T) {
	k := newKit(t, testkit.Open(t, db.SQLite))
	for _, c := range []struct {
		field string
		with  func(*adaptation.Input)
	}{
		{"title", func(in *adaptation.Input) { in.Title = " " }}, {"title", func(in *adaptation.Input) { in.Title = strings.Repeat("a", 301) }},
		{"effect", func(in *adaptation.Input) { in.Effect = "pluie" }}, {"effect_other", func(in *adaptation.Input) { in.Effect = adaptation.Other }},
		{"level", func(in *adaptation.Input) { in.Level = "9" }}, {"lever", func(in *adaptation.Input) { in.Lever = "covoiturage" }},
		{"ends", func(in *adaptation.Input) { in.Ends = "bientôt" }}, {"national", func(in *adaptation.Input) { in.National = strings.Repeat("é", 5001) }},
		{"text", func(in *adaptation.Input) { in.Text = strings.Repeat("a", 20_001) }},
	} {
		in := whole()
		c.with(&in)
		_, err := k.room.Add(t.Context(), k.prefect, k.rhine.ID, in)
		var f *adaptation.Fault
		if !errors.As(err, &f) || f.Field != c.field {
			t.Errorf("%s: %v", c.field, err)
		}
	}
	if _, err := k.room.Add(t.Context(), k.team, k.east.ID, whole()); apperr.KindOf(err) != apperr.Invalid {
		t.Errorf("a region has no priority of its own: %v", err)
	}
}

// Twenty people save one draft at once: one stands, its sheet is that of its revision.
func TestTwentySaveAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := newKit(t, d), t.Context()
		x, err := k.room.Add(ctx, k.prefect, k.rhine.ID, whole())
		if err != nil {
			t.Fatal(err)
		}
		errs := make([]error, 20)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				in := whole()
				in.Title, in.Sensitivity = fmt.Sprintf("Titre %d", i), fmt.Sprintf("Titre %d", i)
				_, errs[i] = k.room.Save(ctx, k.prefect, x.ID, x.Rev, in)
			})
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if apperr.KindOf(err) != apperr.Conflict {
				t.Errorf("%v", err)
			}
		}
		y, _, err := adaptation.Find(ctx, d, k.prefect, x.ID)
		if err != nil || won != 1 || y.Title != y.Sensitivity || y.Rev != x.Rev+1 {
			t.Errorf("%d won, %+v, %v", won, y, err)
		}
	})
}

func (k *kit) lines(t testing.TB, run string) iter.Seq2[intake.Line, error] {
	t.Helper()
	return func(yield func(intake.Line, error) bool) {
		for after := 0; ; {
			page, err := intake.Verdicts(context.Background(), k.db, run, "", after, 1000)
			if err != nil {
				yield(intake.Line{}, err)
				return
			}
			for _, l := range page {
				if after = l.Line; !yield(l, nil) {
					return
				}
			}
			if len(page) < 1000 {
				return
			}
		}
	}
}

// stage sends a file for a COP and gives its run.
func (k *kit) stage(t testing.TB, a policy.Actor, c cop.COP, name string, body []byte) intake.Run {
	t.Helper()
	ctx := context.Background()
	table, err := exchange.ReadTable(name, bytes.NewReader(body), exchange.AdaptationLimits())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := k.room.Intake.Stage(ctx, k.db, intake.File{Kind: adaptation.ColumnsKind(c.ID), Name: name, SHA256: "x", By: a.Person, Again: true}, exchange.AdaptationRows(table), nil)
	if err := errors.Join(err, table.Close()); err != nil {
		t.Fatal(err)
	}
	columns := exchange.AdaptationColumns(table.Header, nil)
	if err := exchange.DecidedColumns(columns); err != nil {
		t.Fatalf("%v: %q", err, columns)
	}
	judge, err := k.room.Judge(ctx, k.db, a, c)
	if err != nil {
		t.Fatal(err)
	}
	run, err := k.room.Intake.Stage(ctx, k.db, intake.File{Kind: adaptation.RunKind(c.ID), Name: name, SHA256: "x", By: a.Person, Again: true}, exchange.JudgeAdaptation(judge, columns, k.lines(t, raw.ID)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func head() string {
	var names []string
	for _, f := range adaptation.Fields() {
		names = append(names, f.Column)
	}
	return strings.Join(names, ",") + "\n"
}

// The table of the State goes in, out with the same sixteen names, and in again without a
// double.
func TestTheTableGoesInAndOutWithoutDoubles(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := newKit(t, d), t.Context()
		file := []byte(head() +
			`Ombre,Grand Est,Bas-Rhin,Canicule,Écoles,Personnes vulnérables,Haute,Planter,2028-06,Dehors l’été,Communes,Cerema,,,Une règle,"1,2 M€"` + "\n" +
			`'=1+1 Digues,Grand Est,57,Crues inédites,,Un levier inconnu,P2,,,,,,,,,entre 1 et 2 M€` + "\n" +
			`Ailleurs,Bretagne,Finistère,,,,,,,,,,,,,` + "\n")
		run := k.stage(t, k.team, k.east, "grist.csv", file)
		if run.State != intake.Staged || run.Rows != 3 {
			t.Fatalf("%+v", run)
		}
		var does []string
		for l := range k.lines(t, run.ID) {
			var x adaptation.Incomer
			if err := json.Unmarshal(l.Data, &x); err != nil {
				t.Fatal(err)
			}
			does = append(does, x.Do)
		}
		if !slices.Equal(does, []string{adaptation.DoAdd, adaptation.DoAdd, adaptation.DoLeave}) {
			t.Errorf("%v", does)
		}
		if _, err := k.room.ApplyRun(ctx, k.other, k.east, run.ID, run.Rev); apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("somebody else applied it: %v", err)
		}
		errs := make([]error, 20)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { _, errs[i] = k.room.ApplyRun(ctx, k.team, k.east, run.ID, run.Rev) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			}
		}
		rhine, err := adaptation.Of(ctx, d, k.team, k.rhine)
		if err != nil || won != 1 || len(rhine) != 1 {
			t.Fatalf("%d applied, %+v, %v", won, rhine, err)
		}
		x := rhine[0]
		if x.Effect != "chaleur" || x.Level != "1" || x.Lever != "a25-personnes-vulnerables" || x.Ends != "2028-06" || x.Cents == nil || x.National != "Une règle" || x.State != cop.PriorityDraft {
			t.Errorf("%+v", x)
		}
		moselle, err := adaptation.Of(ctx, d, k.team, k.moselle)
		if err != nil || len(moselle) != 1 {
			t.Fatal(moselle, err)
		}
		y := moselle[0]
		if y.Title != "=1+1 Digues" || y.Effect != adaptation.Other || y.EffectOther != "Crues inédites" || y.Lever != "" || !strings.Contains(y.Text, "Un levier inconnu") || y.Cents != nil || y.Budget != "entre 1 et 2 M€" {
			t.Errorf("%+v", y)
		}

		set := exchange.WriteAdaptation("priorites", "Priorités", append(rhine, moselle...), k.model.Framework(), func(string) string { return "Grand Est" }, func(code string) string { return map[string]string{"67": "Bas-Rhin", "57": "Moselle"}[code] })
		if got := strings.Join(set.Names(), ",") + "\n"; got != head() {
			t.Errorf("columns: %s", got)
		}
		var out bytes.Buffer
		if _, err := exchange.WriteCSV(&out, set, ','); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "\n=") {
			t.Errorf("a formula goes out alive: %s", out.String())
		}
		again := k.stage(t, k.team, k.east, "retour.csv", out.Bytes())
		for l := range k.lines(t, again.ID) {
			var x adaptation.Incomer
			if err := json.Unmarshal(l.Data, &x); err != nil || x.Do != adaptation.DoLeave {
				t.Errorf("line %d: %s %s (%v)", l.Line, x.Do, l.Reason, err)
			}
		}
		if _, err := k.room.ApplyRun(ctx, k.team, k.east, again.ID, again.Rev); err != nil {
			t.Fatal(err)
		}
		if rhine, err = adaptation.Of(ctx, d, k.team, k.rhine); err != nil || len(rhine) != 1 || rhine[0].Rev != x.Rev {
			t.Errorf("a double or a change: %+v, %v", rhine, err)
		}
	})
}

// A département brings nothing to its neighbour, and a row that says two things is refused.
func TestAFileOfADepartmentStaysThere(t *testing.T) {
	k := newKit(t, testkit.Open(t, db.SQLite))
	run := k.stage(t, k.prefect, k.rhine, "f.csv", []byte(head()+"Ombre,,67,,,,,,,,,,,,,\nOmbre,,,,,,,,,,,,,,,\nEau,,Moselle,,,,,,,,,,,,,\nFeu,,Atlantide,,,,,,,,,,,,,\nDate,,67,,,,,,bientôt,,,,,,,\n,,67,,,,,,,,,,,,,\n"))
	if run.State != intake.Refused || run.Errors != 4 {
		t.Errorf("%+v", run)
	}
	cols := map[int]int{}
	for l := range k.lines(t, run.ID) {
		if l.Verdict == intake.Error {
			cols[l.Line] = l.Col
		}
	}
	if cols[3] != 1 || cols[5] != 3 || cols[6] != 9 || cols[7] != 1 {
		t.Errorf("places of the faults: %v", cols)
	}
	if _, err := k.room.Judge(t.Context(), k.db, k.other, k.rhine); err == nil {
		t.Error("the neighbour judges a file for it")
	}
}

func TestFiveThousandRowsWithErrors(t *testing.T) {
	k := newKit(t, testkit.Open(t, db.SQLite))
	var b strings.Builder
	b.WriteString(head())
	for i := range 5000 {
		day := "2028"
		if i%1000 == 999 {
			day = "jamais"
		}
		fmt.Fprintf(&b, "Priorité %d,,67,chaleur,,,1,Texte,%s,,,,,,,12 k€\n", i, day)
	}
	began := time.Now()
	run := k.stage(t, k.prefect, k.rhine, "grand.csv", []byte(b.String()))
	if run.State != intake.Refused || run.Errors != 5 || run.Rows != 5000 {
		t.Errorf("%+v", run)
	}
	if _, err := k.room.ApplyRun(t.Context(), k.prefect, k.rhine, run.ID, run.Rev); apperr.KindOf(err) != apperr.Invalid {
		t.Errorf("a refused file was applied: %v", err)
	}
	judged := time.Since(began)
	began = time.Now()
	run = k.stage(t, k.prefect, k.rhine, "grand.csv", []byte(strings.ReplaceAll(b.String(), "jamais", "2029")))
	if out, err := k.room.ApplyRun(t.Context(), k.prefect, k.rhine, run.ID, run.Rev); err != nil || out.Added != 5000 {
		t.Errorf("%+v, %v", out, err)
	}
	t.Logf("judged in %v, judged and applied in %v", judged, time.Since(began))
}

func TestWarming(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := newKit(t, d), t.Context()
		mainland, err := adaptation.Mainland(data.FS)
		if err != nil || mainland.Text() != "+2\u00a0°C en 2030, +2,7\u00a0°C en 2050 et +4\u00a0°C en 2100, par rapport à l’ère préindustrielle." {
			t.Fatalf("%q, %v", mainland.Text(), err)
		}
		for region, known := range map[string]bool{"44": true, "94": true, "04": false} {
			w, err := k.room.WarmingOf(ctx, d, region, mainland)
			if err != nil || len(w.Steps) > 0 != known || !known && w.Missing == "" {
				t.Errorf("%s: %+v, %v", region, w, err)
			}
		}
		if _, err := adaptation.ReadDegree("44", "2050", "2,7", "x", "y", ""); err == nil {
			t.Error("the mainland is not to be imported")
		}
		if _, err := adaptation.ReadDegree("04", "2050", "2", "x", "", ""); err == nil {
			t.Error("no warming without its source")
		}
		row, err := adaptation.ReadDegree("region:04", "2050", "2,1", "1991-2020", "Météo-France", "")
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := adaptation.ImportWarming(ctx, d, "operateur", k.room.Now(), []adaptation.Degree{row}); err != nil {
				t.Fatal(err)
			}
		}
		if w, err := k.room.WarmingOf(ctx, d, "04", mainland); err != nil || w.Text() != "+2,1\u00a0°C en 2050, par rapport à 1991-2020." {
			t.Errorf("%q, %v", w.Text(), err)
		}
	})
}

// What a header means is remembered apart from files of actions.
func TestColumns(t *testing.T) {
	got := exchange.AdaptationColumns([]string{"Intitulé de la priorité", "Departement", "Niveau_de_priorite", "id", ""}, [][2]string{{"ID", exchange.Ignored}})
	if want := []string{"title", "department", "level", exchange.Ignored, exchange.Ignored}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for _, bad := range [][]string{{"title", ""}, {"title", "title"}, {"text"}, {"title", "inconnu"}} {
		if exchange.DecidedColumns(bad) == nil {
			t.Errorf("%q is decided", bad)
		}
	}
	if action.Fingerprint([]string{"a"}) == action.Fingerprint([]string{"priorités d’adaptation", "a"}) {
		t.Error("two kinds of files have one memory")
	}
}
