package survey

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"jalon/data"
	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/journal"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/territory"
	"jalon/internal/testkit"
)

var formNoon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// formRoom is a room with the COPs and the national template of the binary.
func formRoom(t testing.TB, d *db.DB) *Room {
	t.Helper()
	now := func() time.Time { return formNoon }
	ids, keys := db.NewIDs(now, rand.Reader), db.NewCursors([]byte("essai"))
	m := &Room{DB: d, IDs: ids, Now: now, Random: rand.Reader, Journal: journal.New(ids, now, keys), Cursors: keys}
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	cops := &cop.Room{DB: d, IDs: ids, Now: now, Journal: m.Journal, Cursors: keys, Random: rand.Reader}
	if err := cops.Load(t.Context(), data.FS, tree); err != nil {
		t.Fatal(err)
	}
	for range 2 { // as each start does
		if err := m.Load(t.Context(), data.FS); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

var (
	nationDesk = policy.Actor{Person: "nation", Grants: []policy.Grant{{Role: policy.NationalAdmin, Nation: true}}}
	teamOf44   = policy.Actor{Person: "equipe-44", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "44")}}}
	teamOf27   = policy.Actor{Person: "equipe-27", Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, "27")}}}
)

func findForm(t testing.TB, m *Room, code string) Questionnaire {
	t.Helper()
	x, err := FindQuestionnaire(t.Context(), m.DB, code)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// firstMatrix is the first grid of a form.
func firstMatrix(t testing.TB, f *questionnaire.Form) *questionnaire.Question {
	t.Helper()
	for i := range f.Sections {
		for j := range f.Sections[i].Questions {
			if q := &f.Sections[i].Questions[j]; q.Type == questionnaire.Matrix && len(q.Rows) > 1 {
				return q
			}
		}
	}
	t.Fatal("no grid")
	return nil
}

func TestDraftThenVersion(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := formRoom(t, d), t.Context()
		x := findForm(t, m, National)
		if x.Draft || x.Version != 1 || x.Rev != 1 {
			t.Fatalf("%+v", x)
		}
		f := x.Form.Clone()
		grid := firstMatrix(t, &f)
		grid.Rows = append(grid.Rows, questionnaire.Row{ID: "essai-nouvelle-ligne", Label: "Nouvelle ligne", Step: questionnaire.Study})
		if _, err := m.EditForm(ctx, d, teamOf44, National, x.Rev, f, "essai"); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("a team writes the national template: %v", err)
		}
		y, err := m.EditForm(ctx, d, nationDesk, National, x.Rev, f, "une ligne de plus")
		if err != nil || !y.Draft || y.Rev != 2 || y.Version != 1 {
			t.Fatalf("%+v, %v", y, err)
		}
		// The second writer of the same revision is told, and nothing is lost.
		if _, err := m.EditForm(ctx, d, nationDesk, National, x.Rev, x.Form, "trop tard"); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("the second writer: %v", err)
		}
		// A start of the program leaves the draft.
		if err := m.Load(ctx, data.FS); err != nil || findForm(t, m, National).Rev != 2 {
			t.Errorf("a start touched the draft: %v", err)
		}
		if _, err := m.PublishForm(ctx, d, nationDesk, National, y.Rev, " "); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("published without a reason: %v", err)
		}
		z, err := m.PublishForm(ctx, d, nationDesk, National, y.Rev, "Une ligne demandée par les régions.")
		if err != nil || z.Version != 2 || z.Draft || z.Form.Version != 2 {
			t.Fatalf("%+v, %v", z, err)
		}
		if _, err := m.PublishForm(ctx, d, nationDesk, National, z.Rev, "encore"); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("published without a change: %v", err)
		}
		versions, err := FormVersions(ctx, d, National)
		if err != nil || len(versions) != 2 || versions[0].Version != 2 || versions[0].By != "nation" {
			t.Fatalf("%+v, %v", versions, err)
		}
		one, err := FormAt(ctx, d, National, 1)
		if err != nil {
			t.Fatal(err)
		}
		two, err := FormAt(ctx, d, National, 2)
		if err != nil {
			t.Fatal(err)
		}
		if diff := questionnaire.Diff(one, two); len(diff) != 1 || diff[0].Kind != questionnaire.Added {
			t.Errorf("%+v", diff)
		}
		slots, err := Slots(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[int]bool{}
		for _, key := range two.Keys() {
			n, ok := slots[key]
			if !ok || seen[n] {
				t.Fatalf("%s has no place of its own", key)
			}
			seen[n] = true
		}
		past, err := FormHistory(ctx, d, National)
		if err != nil || len(past) != 3 {
			t.Errorf("%+v, %v", past, err)
		}
		first, err := FormRev(ctx, d, National, 1)
		if err != nil || len(questionnaire.Diff(first, one)) > 0 {
			t.Errorf("the first revision is not kept: %v", err)
		}
	})
}

func TestWhatCannotBePublished(t *testing.T) {
	m := formRoom(t, testkit.DB(t))
	ctx := t.Context()
	for _, c := range []struct {
		name   string
		change func(f *questionnaire.Form)
		want   string
	}{
		{"a double id", func(f *questionnaire.Form) { q := firstMatrix(t, f); q.Rows[1].ID = q.Rows[0].ID }, "cet identifiant sert déjà"},
		{"a scale reordered", func(f *questionnaire.Form) { slices.Reverse(f.Scales[0].Options) }, "en change l’ordre"},
		{"an option of a scale goes", func(f *questionnaire.Form) { f.Scales[0].Options = f.Scales[0].Options[1:] }, "perd une réponse"},
		{"an id of a region", func(f *questionnaire.Form) { firstMatrix(t, f).Rows[1].ID = "r44-canal" }, "réservé à ce qu’une région ajoute"},
		{"a cycle", func(f *questionnaire.Form) {
			f.Sections[0].When = &questionnaire.Condition{Key: f.Sections[0].Questions[0].ID, Rated: ""}
			f.Sections[0].Questions[0].Type, f.Sections[0].Questions[0].Rows, f.Sections[0].Questions[0].Columns, f.Sections[0].Questions[0].Options = questionnaire.Text, nil, nil, nil
		}, "s’attendent l’une l’autre"},
	} {
		x := findForm(t, m, National)
		last, err := FormAt(ctx, m.DB, National, 1)
		if err != nil {
			t.Fatal(err)
		}
		f := last.Clone()
		c.change(&f)
		y, err := m.EditForm(ctx, m.DB, nationDesk, National, x.Rev, f, "essai")
		if err != nil {
			t.Fatalf("%s: a faulty draft is not kept: %v", c.name, err)
		}
		_, err = m.PublishForm(ctx, m.DB, nationDesk, National, y.Rev, "essai")
		var faults questionnaire.Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		all := ""
		for _, f := range faults {
			all += f.String() + "\n"
		}
		if !strings.Contains(all, c.want) {
			t.Errorf("%s: %q is not in\n%s", c.name, c.want, all)
		}
	}
	if v, err := FormVersions(ctx, m.DB, National); err != nil || len(v) != 1 {
		t.Errorf("%d versions, %v", len(v), err)
	}
}

// variant publishes a variant of a region with one row of its own.
func variant(t testing.TB, m *Room, a policy.Actor, region string) Questionnaire {
	t.Helper()
	ctx := t.Context()
	x, err := m.MakeVariant(ctx, m.DB, a, National, 1, region, cop.First)
	if err != nil {
		t.Fatal(err)
	}
	f := x.Form.Clone()
	q := firstMatrix(t, &f)
	q.Rows = append(q.Rows, questionnaire.Row{ID: "r" + region + "-canal", Label: "Longer le canal", Step: questionnaire.Infrastructure})
	if x, err = m.EditForm(ctx, m.DB, a, x.Code, x.Rev, f, "le canal"); err != nil {
		t.Fatal(err)
	}
	if x, err = m.PublishForm(ctx, m.DB, a, x.Code, x.Rev, "Le canal traverse la région."); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestRegionalVariant(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := formRoom(t, d), t.Context()
		if _, err := m.MakeVariant(ctx, d, teamOf27, National, 1, "44", cop.First); err == nil {
			t.Error("a team makes the variant of another region")
		}
		x := variant(t, m, teamOf44, "44")
		if x.Code != "national-2025-44" || x.Version != 1 || x.Form.Base == nil || x.Form.Base.Version != 1 {
			t.Fatalf("%+v", x)
		}
		if got := x.Form.Base.Changes; len(got) != 2 || got[0] != "Le canal traverse la région." || !strings.Contains(got[1], "Longer le canal") {
			t.Errorf("%q", got)
		}
		if _, err := m.MakeVariant(ctx, d, teamOf44, National, 1, "44", cop.First); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("made twice: %v", err)
		}
		if y, err := VariantOf(ctx, d, "44", cop.First); err != nil || y.Code != x.Code {
			t.Errorf("%+v, %v", y, err)
		}
		if _, err := m.EditForm(ctx, d, teamOf27, x.Code, x.Rev, x.Form, "intrusion"); apperr.KindOf(err) != apperr.Forbidden {
			t.Errorf("another region writes it: %v", err)
		}
		// The same key keeps its place in every questionnaire; a row of another region gets its own.
		before, err := Slots(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		variant(t, m, teamOf27, "27")
		after, err := Slots(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		for key, n := range before {
			if after[key] != n {
				t.Fatalf("%s moved from %d to %d", key, n, after[key])
			}
		}
		if len(after) != len(before)+2 { // two columns
			t.Errorf("%d places, then %d", len(before), len(after))
		}
		// A row of one's own without the region's prefix is refused.
		f := x.Form.Clone()
		q := firstMatrix(t, &f)
		q.Rows = append(q.Rows, questionnaire.Row{ID: "sans-prefixe", Label: "x", Step: questionnaire.Study})
		y, err := m.EditForm(ctx, d, teamOf44, x.Code, x.Rev, f, "x")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.PublishForm(ctx, d, teamOf44, x.Code, y.Rev, "x"); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("%v", err)
		}
	})
}

// An answer keeps its place across questionnaires: another list under the same
// key is refused, a longer one makes the kept list longer.
func TestPlacesOfAnswersAreKept(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := formRoom(t, d), t.Context()
		f := questionnaire.Form{Sections: []questionnaire.Section{{ID: "s", Questions: []questionnaire.Question{{ID: "q", Type: questionnaire.Choice, Options: []questionnaire.Option{{Code: "a"}, {Code: "b"}}}}}}}
		put := func(codes ...string) error {
			g := f.Clone()
			g.Sections[0].Questions[0].Options = nil
			for _, c := range codes {
				g.Sections[0].Questions[0].Options = append(g.Sections[0].Questions[0].Options, questionnaire.Option{Code: c, Label: c})
			}
			return db.Tx(ctx, m.DB, func(ctx context.Context, tx db.Q) error { return allot(ctx, tx, g) })
		}
		for _, codes := range [][]string{{"a", "b"}, {"a", "b", "c"}, {"a", "b"}, {"a", "b", "c", "d"}} {
			if err := put(codes...); err != nil {
				t.Fatalf("%v: %v", codes, err)
			}
		}
		if err := put("b", "a"); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("reordered: %v", err)
		}
		if err := put("a", "b", "z"); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("another third option: %v", err)
		}
		_, options, err := places(ctx, d)
		if err != nil || options["q"] != "a b c d" {
			t.Errorf("%q, %v", options["q"], err)
		}
	})
}

func TestRunningCampaignTakesAVersion(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		m, ctx := formRoom(t, d), t.Context()
		copID := cop.RegionID(cop.First, "44")
		for _, text := range []string{
			`INSERT INTO campaign (id, rev, cop_id, region, cycle, form, form_version, communes, opens_on, closes_on, state, marked_on, message, contact, remind_max, remind_every, relevance, mobilisation, published_on, at)
				VALUES ('c', 1, '` + copID + `', '44', '` + cop.First + `', '` + National + `', 1, FALSE, '', '', 'open', '', '', '', 3, 7, 0.5, 0.5, '', 0)`,
			`INSERT INTO response (id, rev, campaign_id, authority, cop_id, region, department, kind, size, capacities, metropole, counted, name, sort_key, state, form_version, seq, rows_asked, rows_rated, prefilled, answered, silent, reminders, reason)
				VALUES ('r', 1, 'c', 'a', '` + copID + `', '44', '67', 'epci', 's4', 'epci', FALSE, TRUE, 'A', 'a', 'started', 1, 0, 0, 0, 0, 0, FALSE, 0, ''),
				       ('v', 1, 'c', 'b', '` + copID + `', '44', '67', 'epci', 's4', 'epci', FALSE, TRUE, 'B', 'b', 'validated', 1, 1, 0, 0, 0, 0, FALSE, 0, '')`,
		} {
			if _, err := d.Exec(ctx, text); err != nil {
				t.Fatal(err)
			}
		}
		// A second national version loses a row that was answered.
		x := findForm(t, m, National)
		f := x.Form.Clone()
		grid := firstMatrix(t, &f)
		gone := grid.Rows[1].ID
		grid.Rows = slices.Delete(grid.Rows, 1, 2)
		x, err := m.EditForm(ctx, d, nationDesk, National, x.Rev, f, "x")
		if err != nil {
			t.Fatal(err)
		}
		if x, err = m.PublishForm(ctx, d, nationDesk, National, x.Rev, "Une ligne de moins."); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(ctx, `INSERT INTO draft (response_id, question, value, class, source, reason, by, at, rev) VALUES ('r', $1, 'engage', 'declared', '', '', 's', 0, 1)`, gone+".mobilisation"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := m.ApplyForm(ctx, d, teamOf27, "c", 1, National, 2, "x"); err == nil {
			t.Error("another team changes the campaign")
		}
		c, p, err := m.ApplyForm(ctx, d, teamOf44, "c", 1, National, 2, "La ligne faisait double emploi.")
		if err != nil || c.FormVersion != 2 || p.Moving != 1 || p.Kept != 1 || len(p.Effects) == 0 {
			t.Fatalf("%+v, %+v, %v", c, p, err)
		}
		if _, _, err := m.ApplyForm(ctx, d, teamOf44, "c", 1, National, 1, "x"); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("at an old revision: %v", err)
		}
		// The one being answered follows when it is opened, the validated one does not.
		for id, want := range map[string]int64{"r": 2, "v": 1} {
			r, err := FindResponse(ctx, d, id)
			if err != nil {
				t.Fatal(err)
			}
			if r, err = m.Follow(ctx, d, r, c, false); err != nil || r.FormVersion != want {
				t.Errorf("%s: version %d, want %d (%v)", id, r.FormVersion, want, err)
			}
		}
		if r, err := FindResponse(ctx, d, "v"); err != nil {
			t.Fatal(err)
		} else if r, err = m.Follow(ctx, d, r, c, true); err != nil || r.FormVersion != 2 {
			t.Errorf("a correction stays behind: %d, %v", r.FormVersion, err)
		}
		drafts, err := Drafts(ctx, d, "r")
		if err != nil || len(drafts) != 1 {
			t.Fatalf("%+v, %v", drafts, err)
		}
		if left := Leftovers(x.Form.Path(questionnaire.Group), drafts); len(left) != 1 || left[0].Value != "engage" {
			t.Errorf("the answer to the row that went: %+v", left)
		}
		// The variant of another region is refused; its own moves every response.
		variant(t, m, teamOf27, "27")
		own := variant(t, m, teamOf44, "44")
		if _, _, err := m.ApplyForm(ctx, d, teamOf44, "c", c.Rev, "national-2025-27", 1, "x"); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("the variant of another region: %v", err)
		}
		if c, _, err = m.ApplyForm(ctx, d, teamOf44, "c", c.Rev, own.Code, own.Version, "Notre variante."); err != nil || c.Form != own.Code {
			t.Fatalf("%+v, %v", c, err)
		}
		var behind int
		if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM response WHERE form_version <> $1`, own.Version).Scan(&behind); err != nil || behind != 0 {
			t.Errorf("%d responses name a version of another questionnaire (%v)", behind, err)
		}
	})
}

// Twenty writers of one revision: one is kept, the others are told.
func TestTwentyEditorsAndPublishers(t *testing.T) {
	d := testkit.Open(t, db.PostgreSQL)
	m, ctx := formRoom(t, d), t.Context()
	x := findForm(t, m, National)
	race := func(do func(i int) error) (won, told int32) {
		var wins, conflicts atomic.Int32
		var g errgroup.Group
		for i := range 20 {
			g.Go(func() error {
				switch err := do(i); apperr.KindOf(err) {
				case apperr.Conflict:
					conflicts.Add(1)
				default:
					if err != nil {
						return err
					}
					wins.Add(1)
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		return wins.Load(), conflicts.Load()
	}
	won, told := race(func(i int) error {
		f := x.Form.Clone()
		f.Title += strings.Repeat("!", i+1)
		_, err := m.EditForm(ctx, d, nationDesk, National, x.Rev, f, "x")
		return err
	})
	if won != 1 || told != 19 {
		t.Errorf("%d kept, %d told", won, told)
	}
	x = findForm(t, m, National)
	won, told = race(func(int) error { _, err := m.PublishForm(ctx, d, nationDesk, National, x.Rev, "x"); return err })
	if won != 1 || told != 19 {
		t.Errorf("%d published, %d told", won, told)
	}
	if v, err := FormVersions(ctx, d, National); err != nil || len(v) != 2 {
		t.Errorf("%d versions, %v", len(v), err)
	}
	// Regions publish at once, each with rows of its own: every key gets one place.
	regions := []string{"11", "24", "27", "28", "32", "44", "52", "53", "75", "76"}
	var g errgroup.Group
	for _, region := range regions {
		g.Go(func() error {
			a := policy.Actor{Person: "equipe-" + region, Grants: []policy.Grant{{Role: policy.Team, COP: cop.RegionID(cop.First, region)}}}
			v, err := m.MakeVariant(ctx, d, a, National, 2, region, cop.First)
			if err != nil {
				return err
			}
			f := v.Form.Clone()
			q := firstMatrix(t, &f)
			q.Rows = append(q.Rows, questionnaire.Row{ID: "r" + region + "-x", Label: "x", Step: questionnaire.Study})
			if v, err = m.EditForm(ctx, d, a, v.Code, v.Rev, f, "x"); err != nil {
				return err
			}
			_, err = m.PublishForm(ctx, d, a, v.Code, v.Rev, "x")
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	slots, err := Slots(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	for _, region := range regions {
		if _, ok := slots["r"+region+"-x.mobilisation"]; !ok {
			t.Errorf("the row of %s has no place", region)
		}
	}
}
