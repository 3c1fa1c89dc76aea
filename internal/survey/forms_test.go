package survey

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

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

// A region brings what its template became into its variant, and keeps its own.
func TestVariantFollowsItsTemplate(t *testing.T) {
	m := formRoom(t, testkit.DB(t))
	ctx := t.Context()
	x := variant(t, m, teamOf44, "44")
	if n, err := NewerTemplate(ctx, m.DB, x); n != nil || err != nil {
		t.Fatalf("%+v, %v", n, err)
	}
	if _, err := m.FollowTemplate(ctx, m.DB, teamOf44, x.Code, x.Rev); apperr.KindOf(err) != apperr.Invalid {
		t.Errorf("nothing to follow: %v", err)
	}
	base := findForm(t, m, National)
	f := base.Form.Clone()
	grid := firstMatrix(t, &f)
	grid.Rows = append(grid.Rows, questionnaire.Row{ID: "nouvelle-action", Label: "Nouvelle action", Step: questionnaire.Study})
	base, err := m.EditForm(ctx, m.DB, nationDesk, National, base.Rev, f, "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.PublishForm(ctx, m.DB, nationDesk, National, base.Rev, "Une action de plus."); err != nil {
		t.Fatal(err)
	}
	if _, err := m.FollowTemplate(ctx, m.DB, teamOf27, x.Code, x.Rev); err == nil {
		t.Error("another region brings it")
	}
	if x, err = m.FollowTemplate(ctx, m.DB, teamOf44, x.Code, x.Rev); err != nil || x.Form.Base.Version != 2 || !x.Draft {
		t.Fatalf("%+v, %v", x.Form.Base, err)
	}
	if x, err = m.PublishForm(ctx, m.DB, teamOf44, x.Code, x.Rev, "Comme le modèle."); err != nil {
		t.Fatal(err)
	}
	ids := firstMatrix(t, &x.Form).Keys()
	if !slices.Contains(ids, "nouvelle-action.mobilisation") || !slices.Contains(ids, "r44-canal.mobilisation") {
		t.Errorf("%q", ids)
	}
	if got := x.Form.Base.Changes; len(got) != 2 || !strings.Contains(got[1], "Longer le canal") {
		t.Errorf("the variant says %q", got)
	}
}
