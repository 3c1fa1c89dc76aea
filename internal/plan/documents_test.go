package plan

import (
	"strings"
	"testing"

	"jalon/internal/territory"
)

// Each region has its own documents: eleven SRADDET, and what stands for one in
// the others.
func TestEveryRegionHasItsDocuments(t *testing.T) {
	tree, err := territory.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	count := map[Kind]int{}
	for _, r := range tree.Regions() {
		all, err := Documents(r.Code)
		if err != nil {
			t.Fatalf("%s: %v", r.Name, err)
		}
		var names []string
		for _, d := range all {
			count[d.Kind]++
			names = append(names, d.Kind.Name())
			if d.Article == "" {
				t.Errorf("%s: no article for %s", r.Name, d.Kind)
			}
		}
		want := "SRADDET"
		switch {
		case r.Code == "11":
			want = "SDRIF-E SRCAE"
		case r.Code == "94":
			want = "PADDUC PPE"
		case r.Code < "11":
			want = "SAR PPE"
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", r.Name, got, want)
		}
	}
	if count[SRADDET] != 11 || count[SAR] != 5 || count[PPE] != 6 {
		t.Errorf("%v", count)
	}
	all, err := Documents("11")
	if err != nil || Expected(all) != "Les documents de la Région sont ici le SDRIF-E et le SRCAE." {
		t.Errorf("%q %v", Expected(all), err)
	}
	if _, err := Documents("99"); err == nil {
		t.Error("a region that does not exist has documents")
	}
}
