package framework

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jalon/data"
	"jalon/internal/apperr"
)

func load(t testing.TB) *Framework {
	t.Helper()
	f, err := Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func codes(levers []Lever) []string {
	var out []string
	for _, l := range levers {
		out = append(out, l.Code)
	}
	slices.Sort(out)
	return out
}

func TestVersionsCountTheirLevers(t *testing.T) {
	got := map[string][2]int{}
	for _, v := range load(t).Versions() {
		got[v.ID] = [2]int{v.Count, v.Territorial}
	}
	want := map[string][2]int{
		National: {30, 0}, Overseas: {13, 0}, March2025: {50, 0}, Adaptation: {22, 0},
		Year2026: {134, 89}, Wide2026: {21, 0},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("levers and territorial levers by version (-want +got):\n%s", d)
	}
}

func TestNamesMayCollideAndHoldCommas(t *testing.T) {
	f := load(t)
	byName := map[string][]string{}
	for _, l := range f.Levers(National) {
		byName[l.Name] = append(byName[l.Name], l.Code)
	}
	collisions := map[string][]string{}
	for name, c := range byName {
		if len(c) > 1 {
			slices.Sort(c)
			collisions[name] = c
		}
	}
	want := map[string][]string{
		"Changement de chaudière à fioul":     {"residentiel-fioul", "tertiaire-fioul"},
		"Changement de chaudière à gaz":       {"residentiel-gaz", "tertiaire-gaz"},
		"Sobriété et isolation des bâtiments": {"residentiel-sobriete-isolation", "tertiaire-sobriete-isolation"},
	}
	if d := cmp.Diff(want, collisions); d != "" {
		t.Errorf("names used twice in 2023-24 (-want +got):\n%s", d)
	}
	l, err := f.Lever("a25-inondations-cours-eau")
	if err != nil || !strings.Contains(l.Name, ", notamment") {
		t.Errorf("a name with a comma is cut: %q, %v", l.Name, err)
	}
	same := f.BySourceID(Year2026, "Incorporation de carburants routiers durables")
	if len(same) != 2 {
		t.Errorf("2026 uses this name twice, got %v", codes(same))
	}
}

func TestTheTwoElectricityLeversAreNotOne(t *testing.T) {
	f := load(t)
	for version, code := range map[string]string{National: "electricite-renouvelable", Overseas: "om-mix-electrique"} {
		got := f.BySourceID(version, "co2_enr")
		if d := cmp.Diff([]string{code}, codes(got)); d != "" {
			t.Errorf("co2_enr in %s (-want +got):\n%s", version, d)
		}
	}
	via, err := f.ObjectiveVia("om-mix-electrique")
	if err != nil || len(via) != 1 || via[0].Code != "om-mix-electrique" {
		t.Errorf("the electricity mix must keep its own objective, got %v, %v", codes(via), err)
	}
}

func TestUnitsAndDirections(t *testing.T) {
	f := load(t)
	var none, rates []string
	for _, l := range f.Levers(National) {
		switch l.UnitKind {
		case NoUnit:
			none = append(none, l.Code)
		case Rate:
			rates = append(rates, l.Code)
		case Quantity:
		}
		if l.Sector == "" || l.Theme == Consume {
			t.Errorf("%s: sector %q, theme %q", l.Code, l.Sector, l.Theme)
		}
		if want := l.Code != "gestion-forets"; l.Regional != want {
			t.Errorf("%s: Regional = %v", l.Code, l.Regional)
		}
	}
	slices.Sort(none)
	slices.Sort(rates)
	wantNone := []string{"biogaz", "captage-methane", "electricite-renouvelable", "elevage-durable", "gestion-forets", "production-industrielle", "produits-bois"}
	wantRates := []string{"covoiturage", "efficacite-carburants-vehicules", "prevention-dechets", "reduction-deplacements", "reseaux-chaleur", "valorisation-matiere-dechets", "velo-transports-commun"}
	if d := cmp.Diff(wantNone, none); d != "" {
		t.Errorf("levers without unit (-want +got):\n%s", d)
	}
	if d := cmp.Diff(wantRates, rates); d != "" {
		t.Errorf("levers whose unit is a rate (-want +got):\n%s", d)
	}
	for code, want := range map[string]string{"residentiel-fioul": "down", "voitures-electriques": "up", "gestion-forets": ""} {
		if l, err := f.Lever(code); err != nil || l.Direction != want {
			t.Errorf("%s: direction %q, %v; want %q", code, l.Direction, err, want)
		}
	}
}

func TestObjectiveVia(t *testing.T) {
	f := load(t)
	for code, want := range map[string][]string{
		"covoiturage":                      {"covoiturage"},
		"l25-covoiturage":                  {"covoiturage"},
		"t26-covoiturage":                  {"covoiturage"},
		"l25-gestion-forets-produits-bois": {"gestion-forets", "produits-bois"},
		"w26-renovation-residentiel":       {"residentiel-fioul", "residentiel-gaz", "residentiel-sobriete-isolation"},
		"l25-velo":                         nil, // a part: never split
		"l25-top-50-sites-industriels":     nil,
		"l25-aires-protegees":              nil,
		"a25-patrimoine":                   nil,
		"w26-biogaz":                       nil, // holds biofuels, which have no objective
	} {
		got, err := f.ObjectiveVia(code)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, codes(got)); d != "" {
			t.Errorf("ObjectiveVia(%s) (-want +got):\n%s", code, d)
		}
	}
	if _, err := f.ObjectiveVia("nulle-part"); apperr.KindOf(err) != apperr.NotFound {
		t.Errorf("an unknown code must be not found, got %v", err)
	}
}

// A lever that stands for one objective by one-to-one links must not stand for
// a second one, and a version never shows the same kilotonne twice.
func TestNoObjectiveIsShownTwiceInAVersion(t *testing.T) {
	f := load(t)
	for _, v := range f.Versions() {
		shown := map[string]string{}
		for _, l := range f.Levers(v.ID) {
			national := 0
			for _, e := range f.equals(l.Code) {
				if kilotonnes(f.levers[f.index[e]].Version) {
					national++
				}
			}
			if national > 1 {
				t.Errorf("%s equals %d levers of 2023-24", l.Code, national)
			}
			via, err := f.ObjectiveVia(l.Code)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range via {
				if other, twice := shown[o.Code]; twice {
					t.Errorf("%s: %s is counted under %s and %s", v.ID, o.Code, other, l.Code)
				}
				shown[o.Code] = l.Code
			}
		}
	}
}

func TestCrosswalkIsReadBothWaysAndCoversEveryLever(t *testing.T) {
	f := load(t)
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(f.levers).Draw(t, "lever")
		links := f.Crosswalk(l.Code)
		if len(links) == 0 {
			t.Fatalf("%s has no link, not even «no match»", l.Code)
		}
		for _, k := range links {
			if k.From != l.Code && k.To != l.Code {
				t.Fatalf("%s is at no end of %+v", l.Code, k)
			}
			if o := k.Other(l.Code); o != "" && !slices.Contains(f.Crosswalk(o), k) {
				t.Fatalf("%+v is not seen from %s", k, o)
			}
		}
	})
}

// Every lever of 2023-24 says what it became in 2025; every one of 2025 says
// where it came from and what it became in 2026, be it nothing.
func TestCrosswalkCoversTheVersionsInChain(t *testing.T) {
	f := load(t)
	towards := func(code, version string) bool {
		return slices.ContainsFunc(f.Crosswalk(code), func(k Link) bool {
			o := k.Other(code)
			if o == "" {
				return k.ToVersion == version
			}
			v := f.levers[f.index[o]].Version
			return v == version || version == Year2026 && v == Wide2026
		})
	}
	for _, l := range f.Levers(National) {
		if !towards(l.Code, March2025) {
			t.Errorf("%s has no link to 2025", l.Code)
		}
	}
	for _, l := range f.Levers(March2025) {
		for _, v := range []string{National, Year2026} {
			if !towards(l.Code, v) {
				t.Errorf("%s has no link to %s", l.Code, v)
			}
		}
	}
}

func TestWhatIsShownIsWrittenInFrench(t *testing.T) {
	f := load(t)
	check := func(where, s string) {
		for _, bad := range []string{" :", " ;", " ?", " !", " %", "« ", " »", "'", "  "} {
			if strings.Contains(s, bad) {
				t.Errorf("%s: %q holds %q", where, s, bad)
			}
		}
	}
	for _, l := range f.levers {
		for _, s := range []string{l.Name, l.ShortName, l.Unit, l.UnitShort, l.Gloss, l.Scope} {
			check(l.Code, s)
		}
		if n := utf8.RuneCountInString(l.Gloss); n > 140 {
			t.Errorf("%s: the gloss has %d characters", l.Code, n)
		}
		if l.Gloss == "" && (l.Version != Year2026 || l.Territorial) {
			t.Errorf("%s has no gloss", l.Code)
		}
		for _, k := range f.links[l.Code] {
			check("link "+k.From+" "+k.To, k.Reason)
		}
		for _, target := range f.targets[l.Code] {
			check("target "+l.Code, target.Text+target.Target+target.Unit)
		}
	}
	for _, term := range f.glossary {
		check("glossary", term.Term+"|"+term.Gloss)
	}
	for _, w := range f.workstreams {
		check("workstream", w.Name+"|"+w.Note)
	}
}

func TestWiderGroupsWhatTheStateMerges(t *testing.T) {
	f := load(t)
	n := 0
	for _, l := range f.Levers(Wide2026) {
		under := f.Under(l.Code)
		if len(under) == 0 {
			t.Errorf("%s holds no lever", l.Code)
		}
		n += len(under)
	}
	if n != 51 {
		t.Errorf("%d levers are under a wider one, want 51", n)
	}
	if d := cmp.Diff([]string{"t26-poids-lourds-electriques", "t26-utilitaires-electriques"}, codes(f.Under("w26-fret-routier-electrique"))); d != "" {
		t.Error(d)
	}
}

func TestLookUps(t *testing.T) {
	f := load(t)
	if len(f.Sectors()) != 10 || len(f.Themes()) != 6 || len(f.Axes()) != 6 || len(f.Workstreams()) != 37 || len(f.Sources()) == 0 {
		t.Errorf("%d sectors, %d themes, %d axes, %d workstreams", len(f.Sectors()), len(f.Themes()), len(f.Axes()), len(f.Workstreams()))
	}
	if s, err := f.Source("sgpe-2024-07"); err != nil || s.Date != "2024-07-24" {
		t.Errorf("%+v, %v", s, err)
	}
	for _, term := range []string{"levier", "epci", "SRADDET", "ktCO₂e", "COP", "SNBC", "panorama", "clé de répartition", "ordre de grandeur", "bouclage", "SGPE", "PCAET", "CRTE", "EPT", "DMA", "ISDND"} {
		if _, err := f.Define(term); err != nil {
			t.Error(err)
		}
	}
	for _, err := range []error{
		second(f.Lever("x")), second(f.Sector("x")), second(f.Source("x")), second(f.Define("x")),
	} {
		if apperr.KindOf(err) != apperr.NotFound {
			t.Errorf("want not found, got %v", err)
		}
	}
	for axis, code := range map[string]string{"biodiversite": "l25-aires-protegees", "eau": "l25-sobriete-eau", "economie-circulaire": "l25-prevention-dechets"} {
		l, err := f.Lever(code)
		if err != nil || !slices.Contains(l.Axes, axis) || len(f.Targets(code)) == 0 {
			t.Errorf("%s: axes %v, %d targets, %v", code, l.Axes, len(f.Targets(code)), err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestACallerCannotChangeTheReferential(t *testing.T) {
	f := load(t)
	f.Levers(National)[0].Axes[0] = "pollution"
	l, err := f.Lever("gestion-haies")
	if err != nil {
		t.Fatal(err)
	}
	l.Axes[0] = "pollution"
	if d := cmp.Diff(load(t).Levers(National), f.Levers(National)); d != "" {
		t.Errorf("the referential changed (-want +got):\n%s", d)
	}
}
