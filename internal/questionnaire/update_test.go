package questionnaire

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestUpdate(t *testing.T) {
	old := smallForm(t)
	next := old.Clone()
	next.Version = 2
	next.Title = "Essai, deuxième"
	grid := &next.Sections[0].Questions[0]
	grid.Rows[0].Label = "Plan national"
	grid.Rows = slices.Insert(grid.Rows, 1, Row{ID: "r1b", Label: "Entre deux", Step: Study})
	next.Sections[1].Questions = next.Sections[1].Questions[:1]

	mine := Variant(old, "essai-44")
	own := &mine.Sections[0].Questions[0]
	own.Rows[1].Label = "Pistes du canal"
	own.Rows = append(own.Rows, Row{ID: "r44-x", Label: "À nous", Step: Study})
	got, kept := Update(old, next, mine)
	if len(kept) > 0 {
		t.Errorf("%q", kept)
	}
	var labels []string
	for _, r := range got.Sections[0].Questions[0].Rows {
		labels = append(labels, r.Label)
	}
	if d := cmp.Diff([]string{"Plan national", "Entre deux", "Pistes du canal", "À nous"}, labels); d != "" {
		t.Error(d)
	}
	if got.Title != "Essai, deuxième" || got.Code != "essai-44" || got.Base.Version != 2 || len(got.Sections[1].Questions) != 1 {
		t.Errorf("%+v", got)
	}

	// Both changed the same row: the region's words stand, and it is said.
	own.Rows[0].Label = "Plan régional"
	mine.Sections[1].Questions[1].Label = "Nos mots"
	got, kept = Update(old, next, mine)
	if got.Sections[0].Questions[0].Rows[0].Label != "Plan régional" || len(kept) != 2 || !strings.Contains(kept[0], "Plan régional") || !strings.Contains(kept[1], "n’est plus dans le modèle") || len(got.Sections[1].Questions) != 2 {
		t.Errorf("%q", kept)
	}
	if err := Validate(got); err != nil {
		t.Error(err)
	}
}

// A variant that changed nothing becomes the template's new version; a template
// that changed nothing changes nothing of a variant.
func TestUpdateOfNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Custom(anyForm).Draw(t, "a"), rapid.Custom(anyForm).Draw(t, "b")
		b.Version = 2
		got, kept := Update(a, b, Variant(a, "v"))
		if len(kept) > 0 {
			t.Fatal(kept)
		}
		for _, c := range Diff(b, got) {
			if c.Kind != Moved {
				t.Fatalf("%+v", c)
			}
		}
		mine := Variant(b, "v")
		got, kept = Update(a, a, mine)
		if d := Diff(mine, got); len(d) > 0 || len(kept) > 0 {
			t.Fatalf("%+v %v", d, kept)
		}
	})
}
