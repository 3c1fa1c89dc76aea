package live

import (
	"testing"

	"jalon/internal/composition"
)

// Each block stands in a part of the review, once, and the usual ones make its plan.
func TestBlocksStandInTheParts(t *testing.T) {
	seen := map[string]bool{}
	usual := map[composition.Part]bool{}
	for _, l := range New(Sources{}).List() {
		if seen[l.Code] || composition.Review.PartName(l.Part) == "" || l.Name == "" || l.Help == "" {
			t.Errorf("block %q stands in part %q", l.Code, l.Part)
		}
		seen[l.Code] = true
		usual[l.Part] = usual[l.Part] || l.Usual
	}
	for _, p := range composition.Review.Parts() {
		if part := composition.Part(p[0]); part != composition.Preface && !usual[part] {
			t.Errorf("the plan of a review has nothing in %q", p[1])
		}
	}
}

// The address of a figure is the same whatever its day, and a key of another shape is
// left as it is.
func TestUndated(t *testing.T) {
	for key, want := range map[string]string{"suivi/total/region:44/declare/2025-12-31": "suivi/total/region:44/declare", "suivi/total/region:44/declare": "suivi/total/region:44/declare", "court": "court"} {
		if got := undated(key); got != want {
			t.Errorf("%q: %q", key, got)
		}
	}
}
