package plan

import (
	"fmt"
	"testing"

	"jalon/data"
	"jalon/internal/framework"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

// BenchmarkCompare compares a region where 300 climate plans each have 30
// objectives, in the units of greenhouse gases.
func BenchmarkCompare(b *testing.B) {
	tree, err := territory.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	fw, err := framework.Load(data.FS)
	if err != nil {
		b.Fatal(err)
	}
	m, err := panorama.FromObservations(tree, fw, data.FS, nil)
	if err != nil {
		b.Fatal(err)
	}
	p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: "44"})
	if err != nil {
		b.Fatal(err)
	}
	var plans []Plan
	var all []Objective
	groups := tree.Groups()
	for i := range 300 {
		x := Plan{ID: fmt.Sprint("p", i), Kind: PCAET, Territory: "epci:" + groups[i].SIREN, Region: "44", Name: fmt.Sprint("Plan ", i), State: InForce}
		plans = append(plans, x)
		for k := range 30 {
			all = append(all, Objective{ID: fmt.Sprint(i, "-", k), Plan: x.ID, Lever: p.Lines[k%len(p.Lines)].Lever.Code, Gain: true, BaseYear: 2019, TargetYear: 2030, Target: 3, Unit: carbon, State: "active"})
		}
	}
	for b.Loop() {
		if _, err := Compare(m, p, plans, all, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}
