package territory

import (
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jalon/internal/apperr"
)

var shared = sync.OnceValues(Embedded)

func embedded(t testing.TB) *Tree {
	t.Helper()
	tree, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestEmbeddedCounts(t *testing.T) {
	tree := embedded(t)
	kinds := map[string]int{}
	severalDepts, severalRegions := 0, 0
	for _, g := range tree.Groups() {
		kinds[g.Kind]++
		parts, err := tree.Parts(Ref{EPCI, g.SIREN})
		if err != nil {
			t.Fatal(err)
		}
		regions := map[string]bool{}
		members := 0
		for _, p := range parts {
			regions[p.Region] = true
			members += len(p.Communes)
		}
		if members != len(g.Communes) {
			t.Errorf("%s: %d communes in parts, %d in the group", g.Name, members, len(g.Communes))
		}
		if len(parts) > 1 {
			severalDepts++
		}
		if len(regions) > 1 {
			severalRegions++
		}
	}
	if d := cmp.Diff(map[string]int{"CC": 989, "CA": 230, "METRO": 21, "CU": 14, "MET69": 1}, kinds); d != "" {
		t.Error(d)
	}
	var outside []string
	overseas := 0
	for _, c := range tree.Communes() {
		switch {
		case c.Overseas != "":
			overseas++
		case c.EPCI == "":
			outside = append(outside, c.Code)
		}
	}
	if d := cmp.Diff([]string{"22016", "29083", "29155", "85113"}, outside); d != "" {
		t.Error(d)
	}
	all, _ := tree.CommunesOf(France)
	for what, n := range map[string][2]int{
		"regions": {len(tree.Regions()), 18}, "metropolitan regions": {len(tree.MetropolitanRegions()), 13},
		"départements": {len(tree.Departments()), 101}, "EPT": {len(tree.EPTs()), 11},
		"communes": {len(tree.Communes()), 34_969}, "communes of the 18 regions": {len(all), 34_875},
		"overseas communes": {overseas, 94}, "overseas collectivities": {len(tree.OverseasCollectivities()), 8},
		"EPCI over several départements": {severalDepts, 89}, "EPCI over several regions": {severalRegions, 26},
	} {
		if n[0] != n[1] {
			t.Errorf("%s: %d, want %d", what, n[0], n[1])
		}
	}
	if e := tree.Edition(); e.Name != "6.0.0" || e.Year != 2026 || e.PopulationYear != 2023 || !strings.Contains(e.Note, "Mayotte") {
		t.Errorf("edition %+v", e)
	}
}

// Every commune of the 18 regions is in one region and one département, and the
// sums agree at each scale.
func TestTreeCloses(t *testing.T) {
	tree := embedded(t)
	sum := func(refs []Ref) (communes int, population int64) {
		for _, r := range refs {
			list, err := tree.CommunesOf(r)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.IsSorted(list) {
				t.Errorf("%s: communes not ascending", r)
			}
			x, err := tree.Lookup(r)
			if err != nil {
				t.Fatal(err)
			}
			communes, population = communes+len(list), population+x.Population
		}
		return communes, population
	}
	var regions, depts []Ref
	for _, r := range tree.Regions() {
		regions = append(regions, Ref{RegionS, r.Code})
	}
	for _, d := range tree.Departments() {
		depts = append(depts, Ref{Department, d.Code})
	}
	c1, p1 := sum(regions)
	c2, p2 := sum(depts)
	c3, p3 := sum([]Ref{France})
	if c1 != c2 || c2 != c3 || p1 != p2 || p2 != p3 || c3 != 34_875 {
		t.Errorf("regions %d %d, départements %d %d, nation %d %d", c1, p1, c2, p2, c3, p3)
	}
	for i := range tree.Communes() {
		if i > 0 && tree.Communes()[i-1].Code >= tree.Communes()[i].Code {
			t.Fatal("communes not ascending")
		}
	}
}

func TestRegionsAreInFrenchOrder(t *testing.T) {
	var names, slugs []string
	for _, r := range embedded(t).Regions() {
		names, slugs = append(names, r.Name), append(slugs, r.Slug)
	}
	want := []string{"Auvergne-Rhône-Alpes", "Bourgogne-Franche-Comté", "Bretagne", "Centre-Val de Loire", "Corse", "Grand Est",
		"Guadeloupe", "Guyane", "Hauts-de-France", "Île-de-France", "La Réunion", "Martinique", "Mayotte", "Normandie",
		"Nouvelle-Aquitaine", "Occitanie", "Pays de la Loire", "Provence-Alpes-Côte d’Azur"}
	if d := cmp.Diff(want, names); d != "" {
		t.Error(d)
	}
	for _, s := range []string{"grand-est", "ile-de-france", "provence-alpes-cote-d-azur", "la-reunion"} {
		if !slices.Contains(slugs, s) {
			t.Errorf("no slug %s", s)
		}
	}
}

func TestSameCodeTwoScales(t *testing.T) {
	tree := embedded(t)
	for ref, want := range map[string]string{
		"region:01": "Guadeloupe", "department:01": "Ain", "department:971": "Guadeloupe",
		"department:2A": "Corse-du-Sud", "commune:2A004": "Ajaccio", "epci:246700488": "Eurométropole de Strasbourg",
		"ept:200057867": "Plaine Commune", "commune:67482": "Strasbourg", "nation": "France",
	} {
		r, err := ParseRef(ref)
		if err != nil {
			t.Fatal(err)
		}
		if x, err := tree.Lookup(r); err != nil || x.Name != want {
			t.Errorf("Lookup(%s) = %q, %v", ref, x.Name, err)
		}
	}
}

func TestSameAs(t *testing.T) {
	tree := embedded(t)
	for in, want := range map[string]string{
		"department:974": "region:04", "region:04": "department:974", "department:971": "region:01", "region:06": "department:976",
		"department:67": "", "region:44": "", "commune:75056": "", "department:zz": "",
	} {
		r, _ := ParseRef(in)
		got, ok := tree.SameAs(r)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("SameAs(%s) = %s, %v", in, got, ok)
		}
	}
}

func TestLookupParentsAndPaths(t *testing.T) {
	tree := embedded(t)
	strasbourg, err := tree.Lookup(Ref{CommuneS, "67482"})
	if err != nil {
		t.Fatal(err)
	}
	want := Territory{Ref: Ref{CommuneS, "67482"}, Name: "Strasbourg", Kind: "commune", Path: "/communes/67482", Population: 293_771,
		Parents: []Ref{{RegionS, "44"}, {Department, "67"}, {EPCI, "246700488"}}}
	if d := cmp.Diff(want, strasbourg); d != "" {
		t.Error(d)
	}
	stDenis, _ := tree.Lookup(Ref{EPT, "200057867"})
	if d := cmp.Diff([]Ref{{RegionS, "11"}, {Department, "93"}, {EPCI, "200054781"}}, stDenis.Parents); d != "" {
		t.Error(d)
	}
	kinds := map[string]bool{}
	for _, g := range tree.Groups() {
		x, _ := tree.Lookup(Ref{EPCI, g.SIREN})
		kinds[x.Kind] = true
	}
	if d := cmp.Diff([]string{"communauté de communes", "communauté d’agglomération", "communauté urbaine", "métropole", "métropole de Lyon"},
		slices.Sorted(maps.Keys(kinds))); d != "" {
		t.Error(d)
	}
}

func TestUnknownHelps(t *testing.T) {
	tree := embedded(t)
	for ref, want := range map[string]string{
		"region:67":            "67 est un département (Bas-Rhin)\u00a0: écrivez department:67",
		"department:44":        "",
		"department:246700488": "epci:246700488",
		"epci:67482":           "écrivez commune:67482",
		"commune:59355":        "Lille (commune:59350)",
		"region:grand est":     "region:44 (Grand Est)",
		"commune:99999":        "Cherchez-le par son nom",
		"perimeter:x":          "Périmètre inconnu",
	} {
		r, err := ParseRef(ref)
		if err != nil {
			t.Fatal(err)
		}
		_, err = tree.Lookup(r)
		_, errCommunes := tree.CommunesOf(r)
		if want == "" {
			if err != nil || errCommunes != nil {
				t.Errorf("%s: %v, %v", ref, err, errCommunes)
			}
			continue
		}
		for _, err := range []error{err, errCommunes} {
			if apperr.KindOf(err) != apperr.NotFound || !strings.Contains(apperr.Message(err), want) {
				t.Errorf("%s: %q does not hold %q", ref, apperr.Message(err), want)
			}
		}
	}
	for slug, want := range map[string]string{"grand-set": "grand-est", "Bretagne": "bretagne", "reunion": "la-reunion", "zz": "Cherchez"} {
		if _, err := tree.RegionBySlug(slug); apperr.KindOf(err) != apperr.NotFound || !strings.Contains(apperr.Message(err), want) {
			t.Errorf("slug %s: %v", slug, err)
		}
	}
}

func TestSuccessor(t *testing.T) {
	tree := embedded(t)
	if c, ok := tree.Successor("59355"); !ok || c.Name != "Lille" { // Lomme, associée to Lille
		t.Errorf("59355 → %v %v", c.Name, ok)
	}
	if c, ok := tree.Successor("75101"); !ok || c.Code != "75056" {
		t.Errorf("75101 → %v %v", c.Code, ok)
	}
	for _, code := range []string{"67482", "99999", ""} {
		if c, ok := tree.Successor(code); ok {
			t.Errorf("%q → %v", code, c)
		}
	}
}

func TestParseRefusesBrokenTables(t *testing.T) {
	head := "E\t1\t2026\t2023\t\tx\nR\t44\tGrand Est\tmetro\nD\t67\tBas-Rhin\t44\n"
	for name, table := range map[string]string{
		"empty":           "",
		"no commune":      head,
		"unknown row":     head + "Z\t1\n",
		"short row":       head + "C\t67482\tStrasbourg\n",
		"unknown dept":    head + "C\t01001\tX\t01\t\t\t1\t\t\n",
		"no dept":         head + "C\t67482\tX\t\t\t\t1\t\t\n",
		"unknown EPCI":    head + "C\t67482\tX\t67\t246700488\t\t1\t\t\n",
		"unknown EPT":     head + "C\t67482\tX\t67\t\t2\t1\t\t\n",
		"bad population":  head + "C\t67482\tX\t67\t\t\t-5\t\t\n",
		"commune twice":   head + strings.Repeat("C\t67482\tX\t67\t\t\t1\t\t\n", 2),
		"region twice":    head + "R\t44\tAutre\tmetro\n",
		"lost former":     head + "C\t67482\tX\t67\t\t\t1\t\t\nF\t67001\tD\t67999\tY\n",
		"dept no region":  "E\t1\t2026\t2023\t\tx\nD\t67\tBas-Rhin\t44\n",
		"edition no year": "E\t1\tsoon\t2023\t\tx\n",
	} {
		if _, err := Parse(table); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Parse(head + "C\t67482\tStrasbourg\t67\t\t\t-\t\t\n"); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("E\t1\t2026\t2023\t\tx\nR\t44\tGrand Est\tmetro\nD\t67\tBas-Rhin\t44\nC\t67482\tStrasbourg\t67\t\t\t-\t=\t67000\nF\t67001\tD\t67482\tY\n")
	f.Fuzz(func(t *testing.T, table string) {
		tree, err := Parse(table)
		if err == nil {
			tree.Search("s", 5)
		}
	})
}

func BenchmarkEmbedded(b *testing.B) {
	for b.Loop() {
		if _, err := readEmbedded(); err != nil {
			b.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tree, err := readEmbedded()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-retained")
	runtime.KeepAlive(tree)
}
