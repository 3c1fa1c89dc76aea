package restitution

import (
	"testing"

	"jalon/internal/db"
	"jalon/internal/questionnaire"
	"jalon/internal/testkit"
	"jalon/internal/testkit/answered"
)

func copOf(region string) string { return "2024-region-" + region }

func two(t *testing.T, d *db.DB) int {
	t.Helper()
	return answered.Fill(t, d, answered.Campaign{Form: answered.WideForm(4), Cycle: "2024", Regions: map[string][]string{"44": {"67", "68"}, "53": {"35"}}, Communes: 30, Groups: 8, Share: 0.6, Seed: 3, COP: copOf})
}

// A room that has read before and one that starts now say the same, whatever
// happened in between: answers, corrections, answers that went away.
func TestReadingKeepsUp(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, n := t.Context(), two(t, d)
		kept := &Room{DB: d}
		check := func(what string, answers int) *Board {
			t.Helper()
			for _, region := range []string{"", "44"} {
				old, err := kept.Read(ctx, "2024", region)
				if err != nil {
					t.Fatal(err)
				}
				fresh, err := (&Room{DB: d}).Read(ctx, "2024", region)
				if err != nil {
					t.Fatal(err)
				}
				if !same(old.Of(Filter{}), fresh.Of(Filter{})) {
					t.Errorf("%s: what was kept is not what there is (region %q)", what, region)
				}
				for _, dim := range []Dimension{ByRegion, ByDepartment, ByKind, BySize} {
					a, b := old.By(Filter{}, dim), fresh.By(Filter{}, dim)
					if len(a) != len(b) {
						t.Fatalf("%s: %d and %d groups", what, len(a), len(b))
					}
					for i := range a {
						if !same(a[i], b[i]) {
							t.Errorf("%s: group %v differs", what, a[i].Codes)
						}
					}
					if !same(Merge(a...), old.Of(Filter{})) {
						t.Errorf("%s: the groups by %s are not the whole", what, dim)
					}
				}
				if region == "" && fresh.Of(Filter{}).Answers != answers {
					t.Errorf("%s: %d answers, want %d", what, fresh.Of(Filter{}).Answers, answers)
				}
				if region == "44" && fresh.Of(Filter{Regions: []string{"53"}}).Answers != 0 {
					t.Error("a region reads another's answers")
				}
			}
			b, err := kept.Read(ctx, "2024", "")
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		exec := func(text string, args ...any) {
			t.Helper()
			if _, err := d.Exec(ctx, text, args...); err != nil {
				t.Fatal(err)
			}
		}
		b := check("at first", n)
		whole := b.Of(Filter{})
		if whole.Population <= whole.Answers || len(whole.Levers()) != 4 {
			t.Errorf("%d of %d, %d levers", whole.Answers, whole.Population, len(whole.Levers()))
		}
		exec(`UPDATE answer SET seq = 2, at = at + 100000, packed = (SELECT packed FROM answer WHERE kind = 'region' AND region = '53') WHERE kind = 'departement' AND region = '44'`)
		check("corrected", n)
		exec(`INSERT INTO answer (response_id, cycle, region, department, authority, kind, size, seq, at, packed) SELECT 'neuve', cycle, region, '67', 'org-neuve', 'epci', 's3', 1, at + 200000, packed FROM answer WHERE kind = 'region' AND region = '53'`)
		check("one more", n+1)
		exec(`DELETE FROM answer WHERE response_id = 'neuve'`)
		check("one that went away", n)
		// An authority that grew changes groups, at no new instant.
		for _, table := range []string{"response", "answer"} {
			id := "id"
			if table == "answer" {
				id = "response_id"
			}
			exec(`UPDATE ` + table + ` SET size = 's6' WHERE ` + id + ` IN (SELECT response_id FROM answer WHERE region = '44' AND kind = 'commune' AND department = '67' AND size IN ('s1', 's6'))`)
		}
		if grown := check("of another size", n); grown.Of(Filter{Regions: []string{"44"}, Kind: questionnaire.Commune, Size: "s6"}).Answers == 0 {
			t.Error("what was kept stayed in its old group")
		}
		exec(`UPDATE response SET counted = FALSE WHERE id IN (SELECT response_id FROM answer WHERE region = '44' AND kind = 'epci')`)
		outside := check("recipients outside the tree", n-b.Of(Filter{Regions: []string{"44"}, Kind: questionnaire.Group}).Answers)
		if outside.Outside["44"] == 0 || outside.Of(Filter{Regions: []string{"44"}, Kind: questionnaire.Group}).Answers != 0 {
			t.Errorf("outside %v", outside.Outside)
		}
	})
}

// A new version of a form, and the variant of a region, change what a slot means
// for nobody: rows that are new are read, those of a variant count under the lever
// that they were added to.
func TestVersionsAndVariants(t *testing.T) {
	d := testkit.Open(t, db.SQLite)
	ctx := t.Context()
	two(t, d)
	room := &Room{DB: d}
	before, err := room.Read(ctx, "2024", "")
	if err != nil {
		t.Fatal(err)
	}
	f := answered.WideForm(4)
	f.Version = 2
	m := &f.Sections[0].Questions[0]
	m.Rows = append(m.Rows, questionnaire.Row{ID: "r44-neuve", Label: "Une action de la région", Step: questionnaire.Study, For: []questionnaire.Kind{questionnaire.Group}})
	slots := answered.LoadForm(t, d, f)
	if _, err := d.Exec(ctx, `UPDATE campaign SET form_version = 2 WHERE region = '44'`); err != nil {
		t.Fatal(err)
	}
	a := rate("3", "3", "deploye", "deploye")
	a["r44-neuve.pertinence"], a["r44-neuve.mobilisation"] = "0", "rien"
	if _, err := d.Exec(ctx, `UPDATE answer SET at = at + 5000, seq = 2, packed = $1 WHERE region = '44' AND department = '67' AND kind = 'epci'`, f.Path(questionnaire.Group).Pack(slots, a)); err != nil {
		t.Fatal(err)
	}
	after, err := room.Read(ctx, "2024", "")
	if err != nil {
		t.Fatal(err)
	}
	for i, old := range before.Of(Filter{Regions: []string{"53"}}).Levers() {
		if now := after.Of(Filter{Regions: []string{"53"}}).Lever(i); now.Scores != old.Scores || now.Answers != old.Answers || now.Blank != old.Blank {
			t.Errorf("another region moved: %+v, then %+v", old, now)
		}
	}
	x := after.Of(Filter{Regions: []string{"44"}, Department: "67", Kind: questionnaire.Group})
	rows := x.Rows(0)
	if len(rows) != 3 || rows[2].Row.ID != "r44-neuve" || rows[2].Counts[Relevance][0] != x.Answers || x.Answers == 0 {
		t.Fatalf("%d answers, rows %+v", x.Answers, rows)
	}
	if s := x.Lever(0).Scores[Relevance]; x.Answers >= Fewest && math2(s.Value) != 0.67 { // (1 + 1 + 0) / 3
		t.Errorf("score %v of %d", s.Value, s.N)
	}
	if rows := after.Of(Filter{Regions: []string{"53"}}).Rows(0); len(rows) != 2 {
		t.Errorf("%d rows where one of three was never put", len(rows))
	}
}

func math2(v float64) float64 { return float64(int(v*100+0.5)) / 100 }
