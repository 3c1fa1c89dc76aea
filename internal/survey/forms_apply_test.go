package survey

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"jalon/internal/apperr"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/policy"
	"jalon/internal/questionnaire"
	"jalon/internal/testkit"
)

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
