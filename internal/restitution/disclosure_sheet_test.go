package restitution

import (
	"fmt"
	"math"
	"testing"

	"jalon/internal/db"
	"jalon/internal/questionnaire"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

// The group is widened until five others answered, itself never counted, and a
// lever that four of them rated has no mean.
func TestSheetIsNeverBesideFewerThanFive(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		_, _, f, slots := openRooms(t, d)
		path := f.Path(questionnaire.Group)
		var rows []string // a row of two levers
		for _, s := range path.Sections {
			if c := path.CellsOf(s); len(rows) < 2 && s.Lever != "" {
				for _, x := range c {
					if x.Column == questionnaire.Relevance {
						rows = append(rows, x.Row)
						break
					}
				}
			}
		}
		sheet := func(id string, a questionnaire.Answers) Beside {
			r, err := survey.FindResponse(ctx, d, id)
			if err != nil {
				t.Fatal(err)
			}
			b, err := SheetOf(ctx, d, "cycle", r, path, a)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		own := questionnaire.Answers{rows[0] + ".pertinence": "3", rows[0] + ".mobilisation": "non-concerne", rows[1] + ".pertinence": "0"}
		openAnswer(t, d, f, slots, "me", questionnaire.Group, "67", 1, own)
		for i := range 4 {
			openAnswer(t, d, f, slots, fmt.Sprintf("a%d", i), questionnaire.Group, "67", 1, questionnaire.Answers{rows[0] + ".pertinence": "3", rows[1] + ".pertinence": "3"})
		}
		if b := sheet("me", own); b.Near != Nobody || b.Others != 0 || b.Levers[0].Known[0] {
			t.Errorf("four others: %+v", b.Near)
		}
		openAnswer(t, d, f, slots, "b1", questionnaire.Group, "08", 1, questionnaire.Answers{rows[0] + ".pertinence": "0"})
		b := sheet("me", own)
		at := func(row string) BesideLever {
			for _, l := range b.Levers {
				for _, q := range l.Section.Questions {
					for _, r := range q.Rows {
						if r.ID == row {
							return l
						}
					}
				}
			}
			t.Fatalf("no %s", row)
			return BesideLever{}
		}
		one, two := at(rows[0]), at(rows[1])
		if b.Near != NearSize || b.Others != 5 || !one.Known[0] || math.Abs(one.Mean[0]-0.8) > 1e-9 || one.Rating[0] != 5 || one.Own[0] != 1 || one.HasOwn[1] {
			t.Errorf("widened to the region: %v %d %+v", b.Near, b.Others, one)
		}
		if two.Known[0] || two.Rating[0] != 4 || !two.HasOwn[0] || two.Own[0] != 0 {
			t.Errorf("a lever that four others rated: %+v", two)
		}
		openAnswer(t, d, f, slots, "a4", questionnaire.Group, "67", 1, questionnaire.Answers{})
		openAnswer(t, d, f, slots, "petr", questionnaire.Group, "67", 1, questionnaire.Answers{})
		if b = sheet("me", own); b.Near != NearDepartment || b.Others != 5 {
			t.Errorf("of the same département, a syndicat left out: %v %d", b.Near, b.Others)
		}
	})
}
