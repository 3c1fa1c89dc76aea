package objective

import (
	"testing"

	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

func TestOnlyWhatIsSharedAndHasALevelJudges(t *testing.T) {
	p := panorama.Panorama{Territory: territory.Territory{Ref: territory.Ref{Scale: territory.RegionS, Code: "44"}}}
	for _, code := range []string{"voitures-electriques", "biogaz", "haies"} {
		p.Lines = append(p.Lines, panorama.Line{Lever: framework.Lever{Code: code}, Equiv: panorama.Equivalent{Unit: "unité du panorama", Start: panorama.Value{V: 7.8, Known: true}}})
	}
	level := func(v float64) Value { return Value{Level: panorama.Value{V: v, Known: true}, Unit: "unité courte"} }
	own := Targets(p, []Objective{
		{Territory: "region:44", Lever: "voitures-electriques", State: Discussed, Value: level(500), SharedRev: 2, SharedValue: level(380), SharedOn: "2026-01-10"},
		{Territory: "region:44", Lever: "biogaz", State: Discussed, Value: level(3)},
		{Territory: "region:44", Lever: "haies", State: Shared, SharedRev: 2, SharedOn: "2026-01-10"},
		{Territory: "region:44", Lever: "haies", State: Shared, SharedRev: 2, SharedValue: Value{Level: panorama.Value{V: 9, Known: true}, Unit: "km" + SinceStart}, SharedOn: "2026-01-10"},
		{Territory: "department:67", Lever: "haies", State: Shared, SharedRev: 2, SharedValue: level(9), SharedOn: "2026-01-10"},
	})
	if got := own("voitures-electriques"); len(got) != 1 || got[0].Value != 380 || got[0].Unit != "unité du panorama" || got[0].BaseYear != 2019 || got[0].Base != 7.8 {
		t.Errorf("what is in force: %+v", got)
	}
	if len(own("biogaz")) != 0 || len(own("haies")) != 0 {
		t.Errorf("what is discussed, what has no level, what is another territory's: %+v %+v", own("biogaz"), own("haies"))
	}
}
