package objectives

import (
	"testing"

	"jalon/internal/cop"
	"jalon/internal/territory"
	"jalon/internal/web/ui"
)

// What is shared leads to its explanation where there is one: not for a subject of
// biodiversity, nor for a perimeter, nor for a value that is missing.
func TestWhatIsSharedLeadsToItsExplanation(t *testing.T) {
	for _, c := range []struct {
		ref   territory.Ref
		lever string
		cell  ui.Cell
		want  string
	}{
		{territory.Ref{Scale: territory.RegionS, Code: "44"}, "biogaz", ui.Cell{Text: "600,0"}, "/chiffres/objectif/biogaz/region:44"},
		{territory.Ref{Scale: territory.Department, Code: "67"}, "biogaz", ui.Cell{Text: "60,0"}, "/chiffres/objectif/biogaz/department:67"},
		{territory.Ref{Scale: territory.RegionS, Code: "44"}, "biogaz", ui.Cell{Missing: "sans valeur"}, ""},
		{territory.Ref{Scale: territory.RegionS, Code: "44"}, "nature-bio", ui.Cell{Text: "18 %"}, ""},
		{territory.Ref{Scale: territory.Perimeter, Code: "x"}, "biogaz", ui.Cell{Text: "6,0"}, ""},
	} {
		var x where
		x.cop.Cycle = cop.First
		x.place.Panorama.Territory.Ref = c.ref
		if got := x.sharedWhy(c.cell, c.lever, "essai").Explain; got != c.want {
			t.Errorf("%s at %s leads to %q, want %q", c.lever, c.ref, got, c.want)
		}
	}
}
