package plan

import (
	"strings"
	"testing"

	"jalon/data"
	"jalon/internal/panorama"
	"jalon/internal/series"
	"jalon/internal/territory"
)

// corse is a lever of Corse without a level in the panorama (withdrawn in 2024),
// and a series of its unit such as an observatory brings in.
func corse(t *testing.T) (panorama.Panorama, *series.Book, map[string]*series.Curve) {
	t.Helper()
	book, err := series.LoadBook(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	ind, err := book.Catalogue.Find("conso-residentiel")
	if err != nil {
		t.Fatal(err)
	}
	c := &series.Curve{Indicator: ind, Territory: "region:94", Label: "essai", Decimals: 2}
	for i, v := range []float64{2.0, 1.95, 1.9, 1.85, 1.8} {
		c.Points = append(c.Points, series.Point{Year: 2019 + i, Value: v, Known: true})
	}
	line := lines(t, "94")["residentiel-sobriete-isolation"]
	if line.Equiv.Target.Known {
		t.Fatal("the panorama gives this level now: the test needs another lever")
	}
	ref := territory.Ref{Scale: territory.RegionS, Code: "94"}
	return panorama.Panorama{Territory: territory.Territory{Ref: ref}, Lines: []panorama.Line{line}}, book, map[string]*series.Curve{ind.Code: c}
}

// A document that gives a level has its say where the panorama publishes none.
func TestAPlanJudgesWhereThePanoramaDoesNot(t *testing.T) {
	p, book, curves := corse(t)
	doc := Plan{ID: "p", Kind: PADDUC, Territory: "region:94", Region: "94", Name: "Essai", State: InForce, Source: "Collectivité"}
	level := Objective{Plan: "p", Lever: "residentiel-sobriete-isolation", BaseYear: 2019, Base: known(2000), TargetYear: 2030, Target: 1450, Unit: "GWh", State: "active"}
	judge := func(x Plan, o Objective) panorama.Trend {
		all := panorama.Trends(&p, book, curves, Targets(p, []Plan{x}, []Objective{o}), 2024)
		return all[0].Trends[all[0].Main]
	}
	if v := panorama.Trends(&p, book, curves, panorama.NoOwn, 2024)[0].Verdict(); v.Given() {
		t.Fatalf("a verdict without a target: %s", v)
	}
	j := judge(doc, level).Judgement
	if j.Verdict != series.OnTrack || j.Target == nil || j.Target.Origin != series.Plan || j.Target.Value != 1.45 || j.Target.Base != 2 || j.Target.BaseYear != 2019 ||
		j.Target.Label != "PADDUC, Essai" || j.Target.Source != "Collectivité" || j.Target.Key != "plan/residentiel-sobriete-isolation/region:94" {
		t.Errorf("%+v %+v", j, j.Target)
	}
	for name, change := range map[string]func(*Plan, *Objective){
		"a draft":                              func(x *Plan, _ *Objective) { x.State = Drafted },
		"a document that ended":                func(x *Plan, _ *Objective) { x.State = Ended },
		"a climate plan":                       func(x *Plan, _ *Objective) { x.Kind = PCAET },
		"another unit":                         func(_ *Plan, o *Objective) { o.Unit = "logements" },
		"another measure: it starts elsewhere": func(_ *Plan, o *Objective) { o.Base = known(3000) },
		"elsewhere, in another base year":      func(_ *Plan, o *Objective) { o.BaseYear, o.Base = 2021, known(3000) },
		"a term before 2030":                   func(_ *Plan, o *Objective) { o.TargetYear = 2026 },
		"a gain from nowhere":                  func(_ *Plan, o *Objective) { o.Gain, o.Base, o.Target = true, missing("x"), 500 },
	} {
		x, o := doc, level
		change(&x, &o)
		if v := judge(x, o).Judgement.Verdict; v.Given() {
			t.Errorf("%s judges: %s", name, v)
		}
	}
}

// The panorama comes before the plan.
func TestThePanoramaComesBeforeThePlan(t *testing.T) {
	p, book, curves := corse(t)
	line := lines(t, "44")["voitures-electriques"]
	p.Territory.Ref.Code, p.Lines = "44", []panorama.Line{line}
	c, ok := book.Embedded("vehicules-electriques", "region:44")
	if !ok {
		t.Fatal("no series")
	}
	curves["vehicules-electriques"] = c
	doc := Plan{ID: "p", Kind: SRADDET, Territory: "region:44", Region: "44", Name: "Essai", State: InForce}
	own := Targets(p, []Plan{doc}, []Objective{{Plan: "p", Lever: line.Lever.Code, BaseYear: 2019, Base: known(7.821), TargetYear: 2030, Target: 300, Unit: "milliers de véhicules"}})
	if all := own(line.Lever.Code); len(all) != 1 || all[0].Value != 300 || !strings.Contains(all[0].Unit, "véhicules électriques") {
		t.Fatalf("%+v", all)
	}
	all := panorama.Trends(&p, book, curves, own, 2024)
	if j := all[0].Trends[all[0].Main].Judgement; j.Target == nil || j.Target.Origin != series.Panorama {
		t.Errorf("%+v", j)
	}
}
