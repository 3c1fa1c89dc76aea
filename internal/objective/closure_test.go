package objective_test

import (
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"jalon/data"
	"jalon/internal/framework"
	"jalon/internal/objective"
	"jalon/internal/panorama"
	"jalon/internal/territory"
)

var model = sync.OnceValues(func() (*panorama.Model, error) {
	tree, err := territory.Embedded()
	if err != nil {
		return nil, err
	}
	fw, err := framework.Load(data.FS)
	if err != nil {
		return nil, err
	}
	return panorama.FromObservations(tree, fw, data.FS, nil)
})

func theModel(t testing.TB) *panorama.Model {
	t.Helper()
	m, err := model()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func put(region, at, lever string, kg panorama.Kg, shared bool) objective.Objective {
	o := objective.Objective{ID: at + lever, COP: "r" + region, Region: region, Territory: at, Lever: lever, State: objective.Discussed,
		Value: objective.Value{Kg: panorama.Amount{Kg: kg, Known: true}}}
	if shared {
		o.State, o.SharedRev, o.SharedValue, o.SharedOn = objective.Shared, 2, o.Value, "2026-01-05"
	}
	return o
}

func all(objective.Objective) bool { return true }

// regions of each shape: many départements, the two of Corse with levers of its
// own, Île-de-France whose forests have no value, and one overseas.
var someRegions = []string{"44", "94", "11", "04"}

// Whatever is read for the region, its départements close to the kilogram until
// somebody puts another value, and the gap is then what those who did moved.
func TestDepartmentsClose(t *testing.T) {
	m := theModel(t)
	rapid.Check(t, func(r *rapid.T) {
		region := rapid.SampledFrom(someRegions).Draw(r, "region")
		p, err := m.Of(territory.Ref{Scale: territory.RegionS, Code: region})
		if err != nil {
			r.Fatal(err)
		}
		var rows []objective.Objective
		for _, l := range p.Lines {
			if rapid.Bool().Draw(r, "put") {
				rows = append(rows, put(region, "region:"+region, l.Lever.Code, panorama.Kg(rapid.Int64Range(-5e9, 5e10).Draw(r, "kg")), rapid.Bool().Draw(r, "shared")))
			}
		}
		closed, err := objective.CloseDepartments(m, region, rows, all)
		if err != nil {
			r.Fatal(err)
		}
		if len(closed) != len(p.Lines) {
			r.Fatalf("%d levers of %d", len(closed), len(p.Lines))
		}
		for _, l := range closed {
			checkSum(r, l, 0, 0)
			if l.Gap.Known && l.Gap.Kg != 0 {
				r.Fatalf("%s does not close: %d kg", l.Lever.Code, l.Gap.Kg)
			}
		}
		i := rapid.IntRange(0, len(closed)-1).Draw(r, "lever")
		c := rapid.SampledFrom(closed[i].Cells).Draw(r, "cell")
		if closed[i].Missing > 0 {
			return
		}
		kg := panorama.Kg(rapid.Int64Range(-1e9, 1e10).Draw(r, "own"))
		again, err := objective.CloseDepartments(m, region, append(rows, put(region, c.Territory.Ref.String(), closed[i].Lever.Code, kg, false)), all)
		if err != nil {
			r.Fatal(err)
		}
		l := again[i]
		if !l.Gap.Known || l.Gap.Kg != kg-c.Part.Kg {
			r.Fatalf("%s: gap %v, want %d", l.Lever.Code, l.Gap, kg-c.Part.Kg)
		}
		if makers := l.Makers(); (kg != c.Part.Kg) != (len(makers) == 1 && makers[0].Territory.Ref == c.Territory.Ref) {
			r.Fatalf("%s: made by %v", l.Lever.Code, makers)
		}
	})
}

func checkSum(r *rapid.T, l objective.LeverClosure, twice, outside panorama.Kg) {
	var sum panorama.Kg
	missing := 0
	for _, c := range l.Cells {
		switch {
		case c.Read.Known:
			sum += c.Read.Kg
		case c.Read.Reason == "":
			r.Fatalf("%s: %s is missing without a reason", l.Lever.Code, c.Territory.Name)
		default:
			missing++
		}
	}
	if missing != l.Missing || missing > 0 && (l.Sum.Known || l.Sum.Reason == "") {
		r.Fatalf("%s: %d missing, said %d, sum %v", l.Lever.Code, missing, l.Missing, l.Sum)
	}
	if l.Sum.Known && l.Sum.Kg != sum-twice {
		r.Fatalf("%s: %d is not %d less %d", l.Lever.Code, l.Sum.Kg, sum, twice)
	}
	if l.Gap.Known && l.Gap.Kg != l.Sum.Kg+outside-l.Region.Read.Kg {
		r.Fatalf("%s: gap %d", l.Lever.Code, l.Gap.Kg)
	}
}

// Perimeters drawn anyhow over a region and its neighbour: no commune counts twice,
// what lies in none is told, and the whole is the region's to the kilogram.
func TestPerimetersNeverCountACommuneTwice(t *testing.T) {
	m := theModel(t)
	communes := map[string][]int32{}
	for _, code := range []string{"94", "93"} {
		idx, err := m.Tree().CommunesOf(territory.Ref{Scale: territory.RegionS, Code: code})
		if err != nil {
			t.Fatal(err)
		}
		communes[code] = idx
	}
	rapid.Check(t, func(r *rapid.T) {
		var zones []territory.Zone
		for n := range rapid.IntRange(0, 5).Draw(r, "zones") {
			z := territory.Zone{ID: string(rune('a' + n)), Name: string(rune('A' + n))}
			from := rapid.IntRange(0, len(communes["94"])-1).Draw(r, "from")
			z.Communes = append(z.Communes, communes["94"][from:min(len(communes["94"]), from+rapid.IntRange(1, 200).Draw(r, "n"))]...)
			if rapid.Bool().Draw(r, "two regions") {
				z.Communes = append(z.Communes, communes["93"][:10]...)
			}
			slices.Sort(z.Communes)
			zones = append(zones, z)
		}
		lever := "voitures-electriques"
		ambition := panorama.Kg(rapid.Int64Range(-1e9, 1e9).Draw(r, "ambition"))
		rows := []objective.Objective{put("94", "region:94", lever, ambition, true)}
		x, err := objective.ClosePerimeters(m, "94", zones, rows, objective.Anyone)
		if err != nil {
			r.Fatal(err)
		}
		count := map[int32]int{}
		for i, z := range zones {
			inside := territory.Common(z.Communes, communes["94"])
			for _, c := range inside {
				count[c]++
			}
			if !slices.Equal(inside, x.Inside[i]) {
				r.Fatalf("%s: %d communes inside, want %d", z.Name, len(x.Inside[i]), len(inside))
			}
		}
		none, twice := 0, 0
		for _, c := range communes["94"] {
			switch n := count[c]; {
			case n == 0:
				none++
			case n > 1:
				twice++
			}
		}
		said := 0
		for _, a := range x.Twice {
			said += len(a.Communes)
		}
		if said != twice || len(x.Outside.Communes) != none {
			r.Fatalf("%d communes in two said, %d are; %d in none said, %d are", said, twice, len(x.Outside.Communes), none)
		}
		for _, l := range x.Levers {
			checkSum(r, l.LeverClosure, l.CountedTwice.Kg, l.Outside.Kg)
			if l.Gap.Known && l.Gap.Kg != 0 {
				r.Fatalf("%s does not close: %d kg", l.Lever.Code, l.Gap.Kg)
			}
			if l.Lever.Code == lever && !l.Gap.Known {
				r.Fatalf("%s: %v", lever, l.Gap)
			}
			if len(x.Twice) == 0 && l.CountedTwice != (panorama.Amount{Known: true}) {
				r.Fatalf("%s: %v counted twice of nothing", l.Lever.Code, l.CountedTwice)
			}
		}
	})
}

// Where nothing was put on the table the indicative parts are those of the panorama.
func TestPartsAreThoseOfThePanorama(t *testing.T) {
	closed, err := objective.CloseDepartments(theModel(t), "44", nil, objective.Anyone)
	if err != nil {
		t.Fatal(err)
	}
	known := 0
	for _, l := range closed {
		for _, c := range l.Cells {
			if c.Read.Known {
				known++
			}
			if c.Part.Kg != c.Offered.Kg || c.Part.Known != c.Offered.Known || c.State != objective.Offered {
				t.Errorf("%s, %s: %v is offered and %v is the part", l.Lever.Code, c.Territory.Name, c.Offered, c.Part)
			}
		}
	}
	if known < 100 {
		t.Errorf("%d cells have a value", known)
	}
}

// A value that is only discussed is not read by those who may not know it, and what
// was shared stays in force while another is discussed.
func TestWhatIsReadIsWhatIsInForce(t *testing.T) {
	m := theModel(t)
	const lever = "voitures-electriques"
	again := put("44", "region:44", lever, 7_000_000, true)
	again.State, again.Value.Kg.Kg = objective.Discussed, 9_000_000
	for _, x := range []struct {
		row   objective.Objective
		may   func(objective.Objective) bool
		state objective.State
		kg    panorama.Kg
	}{
		{put("44", "region:44", lever, 5_000_000, false), objective.Anyone, objective.Offered, 0},
		{put("44", "region:44", lever, 5_000_000, false), all, objective.Discussed, 5_000_000},
		{again, objective.Anyone, objective.Shared, 7_000_000},
		{again, all, objective.Shared, 7_000_000},
	} {
		closed, err := objective.CloseDepartments(m, "44", []objective.Objective{x.row}, x.may)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(closed, func(l objective.LeverClosure) bool { return l.Lever.Code == lever })
		c := closed[i].Region
		if want := x.kg; c.State != x.state || want != 0 && c.Read.Kg != want || want == 0 && c.Read != c.Offered {
			t.Errorf("reads %v %v, want %v %d", c.State, c.Read, x.state, x.kg)
		}
	}
}
