package territory

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func firsts(hits []Hit, n int) []string {
	var out []string
	for _, h := range hits[:min(n, len(hits))] {
		s := h.Territory.Ref.String() + " " + h.Territory.Name
		if h.Matched != "" {
			s += " < " + h.Matched
		}
		out = append(out, s)
	}
	return out
}

func TestSearchFirst(t *testing.T) {
	tree := embedded(t)
	for q, want := range map[string]string{
		"grand est":                "region:44 Grand Est",
		"GRAND-EST":                "region:44 Grand Est",
		"ile de france":            "region:11 Île-de-France",
		"paca":                     "region:93 Provence-Alpes-Côte d’Azur",
		"idf":                      "region:11 Île-de-France",
		"provence alpes cote":      "region:93 Provence-Alpes-Côte d’Azur",
		"strasbourg":               "commune:67482 Strasbourg",
		"Strasb":                   "commune:67482 Strasbourg",
		"l'hay":                    "commune:94038 L’Haÿ-les-Roses",
		"lhay les roses":           "commune:94038 L’Haÿ-les-Roses",
		"hay les roses":            "commune:94038 L’Haÿ-les-Roses",
		"villeneuve dascq":         "commune:59009 Villeneuve-d’Ascq",
		"cote dor":                 "department:21 Côte-d’Or",
		"Côte-d’Or":                "department:21 Côte-d’Or",
		"reunion":                  "region:04 La Réunion",
		"st etienne":               "commune:42218 Saint-Étienne",
		"saint-étienne":            "commune:42218 Saint-Étienne",
		"ste marie aux mines":      "commune:68298 Sainte-Marie-aux-Mines",
		"saint etienne 42000":      "commune:42218 Saint-Étienne",
		"saint denis 97400":        "commune:97411 Saint-Denis",
		"97411 st denis":           "commune:97411 Saint-Denis",
		"st-gildas":                "",
		"67":                       "department:67 Bas-Rhin",
		"2a":                       "department:2A Corse-du-Sud",
		"2A004":                    "commune:2A004 Ajaccio",
		"67482":                    "commune:67482 Strasbourg",
		"67000":                    "commune:67482 Strasbourg",
		"246700488":                "epci:246700488 Eurométropole de Strasbourg",
		"246 700 488":              "epci:246700488 Eurométropole de Strasbourg",
		"75015":                    "commune:75056 Paris",
		"75115":                    "commune:75056 Paris < Paris 15e Arrondissement",
		"lomme":                    "commune:59350 Lille < Lomme",
		"59355":                    "commune:59350 Lille < Lomme",
		"plaine commune":           "ept:200057867 Plaine Commune",
		"grand reims":              "epci:200067213 CU du Grand Reims",
		"havre":                    "commune:76351 Le Havre",
		"saint denis 93":           "commune:93066 Saint-Denis",
		"saint denis reunion":      "commune:97411 Saint-Denis",
		"montreuil seine st denis": "commune:93048 Montreuil",
		"oeting":                   "commune:57521 Œting",
		"Y":                        "region:", // filled below
		"noumea":                   "commune:98818 Nouméa",
		"zzzzqq":                   "",
	} {
		got := firsts(tree.Search(q, 10), 1)
		switch {
		case q == "Y" || q == "st-gildas":
			if len(got) == 0 {
				t.Errorf("%q finds nothing", q)
			}
		case want == "" && len(got) > 0, want != "" && (len(got) == 0 || got[0] != want):
			t.Errorf("Search(%q) = %v, want %q", q, firsts(tree.Search(q, 10), 4), want)
		}
	}
}

func TestSearchShowsWhereAndWhy(t *testing.T) {
	tree := embedded(t)
	for q, want := range map[string]Hit{
		"lomme":     {Matched: "Lomme", Note: "Ancienne commune, aujourd’hui Lille", Place: "Nord, Hauts-de-France"},
		"75115":     {Matched: "Paris 15e Arrondissement", Note: "Arrondissement de Paris", Place: "Paris, Île-de-France"},
		"97411":     {Place: "La Réunion"},
		"67482":     {Place: "Bas-Rhin, Grand Est"},
		"98818":     {Place: "Nouvelle-Calédonie", Note: "Collectivité d’outre-mer, hors des 18\u00a0régions\u00a0: pas de panorama"},
		"grand est": {},
	} {
		got := tree.Search(q, 1)
		if len(got) != 1 {
			t.Fatalf("%q: %d hits", q, len(got))
		}
		got[0].Territory = Territory{}
		if d := cmp.Diff(want, got[0]); d != "" {
			t.Errorf("%q: %s", q, d)
		}
	}
}

func TestSearchScale(t *testing.T) {
	tree := embedded(t)
	for _, h := range tree.SearchScale("paris", 20, Department) {
		if h.Territory.Ref.Scale != Department {
			t.Errorf("%v", h.Territory.Ref)
		}
	}
	if got := firsts(tree.SearchScale("st", 3, RegionS), 3); len(got) != 0 {
		t.Errorf("%v", got)
	}
	// While one types «st», both Strasbourg and the saints are in sight.
	seen := map[string]bool{}
	for _, h := range tree.SearchScale("st", 40, CommuneS) {
		seen[h.Territory.Name] = true
	}
	if !seen["Strasbourg"] || !seen["Saint-Denis"] {
		t.Errorf("%v", seen)
	}
}

// Whatever is typed: no panic, no more than asked, no double, valid text; and
// each territory is found by its own name and code.
func TestSearchProperties(t *testing.T) {
	tree := embedded(t)
	rapid.Check(t, func(rt *rapid.T) {
		q, limit := rapid.String().Draw(rt, "q"), rapid.IntRange(-1, 150).Draw(rt, "limit")
		checkHits(rt.Fatalf, tree.Search(q, limit), limit)
		c := tree.Communes()[rapid.IntRange(0, len(tree.Communes())-1).Draw(rt, "commune")]
		for _, q := range []string{c.Code, c.Name, strings.ToUpper(c.Name), strings.ReplaceAll(c.Name, "-", " ")} {
			found := false
			for _, h := range tree.SearchScale(q, 100, CommuneS) {
				found = found || h.Territory.Ref.Code == c.Code
			}
			if !found {
				rt.Fatalf("%s %s is not found by %q", c.Code, c.Name, q)
			}
		}
	})
}

func checkHits(fatalf func(string, ...any), hits []Hit, limit int) {
	if len(hits) > max(limit, 0) || len(hits) > maxHits {
		fatalf("%d hits for a limit of %d", len(hits), limit)
	}
	seen := map[string]bool{}
	for _, h := range hits {
		key := h.Territory.Ref.String() + "|" + h.Matched + "|" + h.Note
		if seen[key] || h.Territory.Path == "" || !utf8.ValidString(h.Note) {
			fatalf("bad or double hit %q", key)
		}
		seen[key] = true
	}
}

func FuzzSearch(f *testing.F) {
	tree := embedded(f)
	for _, q := range []string{"s", "st", "saint d", "l'haÿ", "67", "2a", "246700488", "de la du", "\xff", "99999999999999999999"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) { checkHits(t.Fatalf, tree.Search(q, 20), 20) })
}

func BenchmarkSearch(b *testing.B) {
	tree := embedded(b)
	for _, q := range []string{"s", "l", "d", "1", "st", "saint", "strasbourg", "saint d", "saint denis 93", "de la du", "sur s d l", "67000", "zzzz"} {
		b.Run(q, func(b *testing.B) {
			for b.Loop() {
				tree.Search(q, 20)
			}
		})
	}
}
